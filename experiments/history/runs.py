"""Histories: the years from 2015 on, run once for each draw of a world from a file of worlds, such as the posterior."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from agents.union.tracks import JOINT, STATEMENT
from analysis.history.outcomes import BY_WEEK, Histories
from analysis.statistics.weighted import rows_by_weight
from experiments.design.worlds import crossed, read_worlds
from model.configuration import Configuration, load_configuration
from model.ensemble import run_with_cases
from model.loading import CONFIGS
from model.record import listings, rounds

POSTERIOR = CONFIGS / "posterior.csv"
SCENARIO, DOCTRINE = "history", "status_quo"
UNTIL = date(2028, 12, 31)
"""Last day of the runs."""


class Worlds(NamedTuple):
    """Worlds of a file, as many configurations of the history as it has rows, and their weights."""

    configurations: list[Configuration]
    weights: list[float]


def worlds_of(file: Path) -> Worlds:
    """The worlds of a file; raises `ConfigurationError` where it is none."""
    base = load_configuration(SCENARIO, DOCTRINE)
    time = base.scenario.time
    begin = time.start + timedelta(weeks=time.burn_in)
    base = base.with_values({"scenario.time.weeks": (UNTIL - begin).days // 7 + 1})
    worlds = read_worlds(str(file))
    points = crossed([DOCTRINE], worlds, base).drop("point", "doctrine")
    return Worlds([base.with_values(values) for values in points.iter_rows(named=True)], worlds.weights)


def histories(worlds: Worlds, runs: int, seed: int, workers: int | None = None) -> Histories:
    """Run so many histories, each with luck of its own, shared out among threads."""
    rows = rows_by_weight(worlds.weights, runs).tolist()
    with ThreadPoolExecutor(workers or os.cpu_count() or 1, "deter") as pool:
        found = list(pool.map(lambda run: by_week(worlds.configurations[rows[run]], seed, run), range(runs)))
    time = worlds.configurations[0].scenario.time
    weeks = {name: np.array([each[name] for each in found]) for name in BY_WEEK}
    return Histories(time.start + timedelta(weeks=time.burn_in), weeks, len(set(rows)), seed)


def by_week(configuration: Configuration, seed: int, replicate: int) -> Mapping[str, Any]:
    """What one run has in every week counted: decisions on its cases by the week of adoption."""
    time = configuration.scenario.time
    _, cases, tracks = run_with_cases(configuration, seed, replicate)
    weeks = tracks.adopted - time.burn_in  # [case, track]; below 0 before the weeks counted, or never
    lags = tracks.adopted - cases.begun[:, None]

    def summed(adopted: Any, values: Any = None) -> Any:
        return np.bincount(adopted, values, time.weeks).astype(np.float32)

    taken = listings(configuration, cases, tracks, UNTIL)
    listing = (taken.persons + taken.entities > 0.0) & (taken.adopted >= time.burn_in)
    listed = taken.adopted[listing].astype(int) - time.burn_in
    jointly = weeks[:, JOINT] >= 0
    ever = tracks.adopted >= 0
    answered = np.where(ever, weeks, time.weeks).min(axis=1)[ever.any(axis=1)]
    return {
        "attributions": summed(weeks[jointly, JOINT]),
        "rounds": summed(np.array(rounds(7 * listed), int) // 7),
        "persons": summed(listed, taken.persons[listing]),
        "entities": summed(listed, taken.entities[listing]),
        "statements": summed(weeks[weeks[:, STATEMENT] >= 0, STATEMENT]),
        "responses": summed(answered[answered >= 0]),
        "listings": summed(listed),
        "listing_weeks": summed(listed, (taken.adopted - taken.begun)[listing]),
        "attribution_weeks": summed(weeks[jointly, JOINT], lags[jointly, JOINT]),
    }
