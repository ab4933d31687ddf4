"""Uncertainty that an experiment carries: each replicate lives in a world of its own, drawn from a file of worlds.

Replicate r of every point, and its twin, takes the world drawn for r. So points share worlds as they share random
numbers, replicates stay the independent units, and every mean and interval is over the worlds as well as over luck.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis.results.folder import POSTERIOR
from analysis.statistics.weighted import rows_by_weight
from experiments.design.worlds import FileOfWorlds, check_path, fitted, is_file_of_worlds, read_worlds
from model.configuration import Configuration
from model.errors import ConfigurationError, nearest_name, placed
from model.loading import CONFIGS

WITHOUT = "none"
"""What a command is given that shall carry no uncertainty."""
CARRIED_BY = "baseline"
"""Scenario whose posterior is shipped: commands carry it by default in this one alone."""
ALLOWED = "posterior, or a path to a .csv or .parquet file of worlds"


def carried(asked: str | None, scenario: str) -> str | None:
    """The uncertainty that a command carries: as asked, else that of the baseline in the baseline; None: none.

    A file is named from the folder that one stands in.
    """
    if asked is None:
        return POSTERIOR if scenario == CARRIED_BY else None
    if asked == WITHOUT:
        return None
    return str(Path(asked).expanduser().resolve()) if is_file_of_worlds(asked) else asked


def suffix(asked: str | None) -> str:
    """What the name of a folder ends with where an uncertainty was asked for, and not left to the default."""
    if asked is None:
        return ""
    return "-without_uncertainty" if asked == WITHOUT else f"-over_{Path(asked).stem}"


def file_of(name: str, beside: Path | None = None) -> Path:
    """The file of worlds of this name, relative to the file `beside`; raises `ConfigurationError` for another name."""
    if name == POSTERIOR:
        return CONFIGS / "posterior.csv"
    if not is_file_of_worlds(name):
        nearest = nearest_name(name, [POSTERIOR])
        raise ConfigurationError(
            "is not a file of worlds", key="uncertainty", value=name, allowed=ALLOWED, nearest=nearest
        )
    return (beside.parent if beside else Path()) / Path(name).expanduser()


def given_worlds(file: Path, base: Configuration, standing: Collection[str]) -> FileOfWorlds | None:
    """The worlds of a file with the columns that it gives: none at or below a path that is `standing`.

    None where no column is left. Raises `ConfigurationError` where the file is none, or its worlds do not go with the
    base.
    """
    name = str(file)
    if "scenario" in standing:
        problem = "belongs to one scenario, but the experiment varies the whole scenario"
        raise ConfigurationError(problem, key="uncertainty", value=name, allowed="parameters below it as factors")
    held, known = read_worlds(name), {each.path: each.value for each in base.parameters()}
    with placed(name):
        for path in held.frame.columns:
            check_parameter(path, known)
    given = [path for path in held.frame.columns if not any(f"{path}.".startswith(f"{at}.") for at in standing)]
    if not given:
        return None
    held = held._replace(frame=held.frame.select(given))
    return held._replace(frame=fitted(held, base))


def worlds_of_replicates(held: FileOfWorlds, seed: int, replicates: Sequence[int]) -> pl.DataFrame:
    """The world of each replicate: `replicate`, and a column for each parameter that is given."""
    rows = places(held.weights, seed, replicates)
    return held.frame[rows].insert_column(0, pl.Series("replicate", replicates, dtype=pl.Int64))


def check_parameter(path: str, known: Mapping[str, Any]) -> None:
    """Refuse a column that is no single circumstance, or the time, which all replicates share."""
    check_path(path, known)
    if path == "scenario" or path.startswith("scenario.time."):
        problem = "cannot differ between replicates, because results are averaged over them"
        raise ConfigurationError(problem, key=path, allowed="single parameters, except those of time")


def places(weights: Sequence[float], seed: int, replicates: Sequence[int]) -> list[int]:
    """The row of each replicate, from the weights, the seed and its own number alone.

    Replicates are dealt worlds in rounds of as many as there are rows. In each round worlds are drawn systematically
    by weight (Madow 1949): a world of weight w comes between the two whole numbers next to its share of a round, of
    equal weights once, and over many rounds as often as it weighs.
    """
    size = len(weights)
    rounds = {number: _round(weights, seed, number) for number in {replicate // size for replicate in replicates}}
    return [rounds[replicate // size][replicate % size] for replicate in replicates]


def _round(weights: Sequence[float], seed: int, number: int) -> list[int]:
    chance, size = random.Random(f"{seed} {number}"), len(weights)
    drawn = rows_by_weight(weights, size, chance.random())
    order = [chance.random() for _ in range(size)]
    return [int(drawn[at]) for at in sorted(range(size), key=order.__getitem__)]
