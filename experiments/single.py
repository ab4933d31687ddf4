"""A single run in full: the weekly series, the ledger of cases, and its folder."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from agents.docket import NEVER, STATUS
from analysis.results import LEDGER, SERIES, Results, open_results
from experiments.design import Design, digest
from experiments.provenance import manifest_of
from experiments.runner import frame_of_runs
from experiments.store import Store, open_store, write
from model.configuration import Configuration
from model.ensemble import OneRun, run_one
from model.metrics import results

Engine = Literal["compiled", "mesa"]


def run_single(configuration: Configuration, seed: int, replicate: int, engine: Engine, *, ledger: bool) -> OneRun:
    """One run and its twin on either engine."""
    if engine == "mesa":
        from model.deterrence import run_mesa

        return run_mesa(configuration, seed, replicate, ledger=ledger)
    return run_one(configuration, seed, replicate, ledger=ledger)


def columns_of(run: OneRun) -> dict[str, np.ndarray[Any, Any]]:
    """The figures of a run beside its twin; of a run without one, beside itself."""
    return results(run.books, (run.twin or run).books)


def save_run(folder: Path, design: Design, run: OneRun, engine: Engine, *, ledger: bool) -> Results:
    """Write a run into a folder, in place of a run that is there already."""
    store = _store(folder, design, engine)
    runs = frame_of_runs(0, [design.first_replicate], design.seed, columns_of(run))
    store.save(SERIES, series_frame(design.base, run))
    if ledger:
        cases = ledger_frame(design.base, run)
        store.save(LEDGER, cases)
        write(folder / "ledger.csv", cases.write_csv().encode())
    store.finish(runs)
    return open_results(folder)


def _store(folder: Path, design: Design, engine: Engine) -> Store:
    manifest = manifest_of(design, "run", engine)
    return open_store(folder, manifest, design.frame, replace_run=True)


def series_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """Weeks in rows: `week`, `date`, the series of the world, then of the twin (`twin_…`); acts by activity last."""
    time, weeks = configuration.scenario.time, len(run.series)
    first = time.start + timedelta(weeks=time.burn_in)
    columns: dict[str, Any] = {
        "week": np.arange(time.burn_in, time.burn_in + weeks),
        "date": [first + timedelta(weeks=week) for week in range(weeks)],
    }
    for prefix, world in (("", run), ("twin_", run.twin)):
        if world is not None:
            columns |= {prefix + name: np.array(world.series[name]) for name in world.series.dtype.names}
    for prefix, world in (("acts_", run), ("twin_acts_", run.twin)):
        if world is not None:
            for rung, name in enumerate(configuration.activities):
                columns[prefix + name] = np.array(world.rungs[:, rung])
    return pl.DataFrame(columns)


LEDGER_SCHEMA: dict[str, Any] = {
    "act_week": pl.Int64,  # week of the act
    "opened_week": pl.Int64,  # week of detection
    "opened": pl.Date,  # its day
    "status": pl.String,  # stage reached: open, preparing, answered, closed
    "culprit": pl.String,  # null: a false alarm
    "suspect": pl.String,  # the party named, or the one that leads; null: none
    "victim": pl.String,
    "activity": pl.String,
    "severity": pl.Float64,  # assessed, 0 to 1
    "confidence": pl.Float64,  # in the suspect, 0 to 1
    "attributed_week": pl.Int64,  # week in which the Union's standard was met
    "attributed_rightly": pl.Boolean,
    "joint_week": pl.Int64,  # week of joint attribution by consensus
    "reaction": pl.String,  # measure taken without attribution
    "reaction_week": pl.Int64,
    "measure": pl.String,  # answer prepared last, or adopted
    "decisions": pl.Int64,
    "votes_for": pl.Int64,  # members at the last decision
    "votes_against": pl.Int64,
    "votes_abstaining": pl.Int64,
    "adopted_week": pl.Int64,
    "delay": pl.Int64,  # weeks from act to adoption
    "bite": pl.Float64,  # in units of severity
    "next_choice": pl.String,  # the named party's choice at its next opportunity after the answer, or the naming
    "next_choice_week": pl.Int64,
    "next_act": pl.String,  # its next act
    "next_act_week": pl.Int64,
}
"""Columns of `ledger.parquet`: one row for each case; null where something did not happen."""


def ledger_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """The cases of a run in the order of their opening, with names in place of codes."""
    cases = sorted(run.ledger, key=lambda case: (int(case.opened), int(case.begun), int(case.culprit)))
    named = partial(_case, configuration, run)
    return pl.DataFrame([named(case) for case in cases], schema=LEDGER_SCHEMA)


def _case(configuration: Configuration, run: OneRun, case: Any) -> dict[str, Any]:
    adopted, attributed = int(case.adopted), int(case.attributed)
    decided = case.rounds > 0
    return {
        **_what_happened(configuration, case),
        "attributed_week": _week(attributed),
        "attributed_rightly": bool(case.right) if attributed != NEVER else None,
        "joint_week": _week(case.joint),
        "reaction": _name(configuration.measures, case.reaction) if case.reaction_adopted != NEVER else None,
        "reaction_week": _week(case.reaction_adopted),
        "measure": _name(configuration.measures, case.measure),
        "decisions": int(case.rounds),
        "votes_for": int(case.votes_for) if decided else None,
        "votes_against": int(case.votes_against) if decided else None,
        "votes_abstaining": int(case.votes_abstaining) if decided else None,
        "adopted_week": _week(adopted),
        "delay": adopted - int(case.begun) if adopted != NEVER else None,
        "bite": float(case.bite) if adopted != NEVER else None,
        **_what_next(configuration, run, int(case.suspect), adopted if adopted != NEVER else attributed),
    }


def _what_happened(configuration: Configuration, case: Any) -> dict[str, Any]:
    victims = [*configuration.member_states.members, *configuration.partners.members]
    return {
        "act_week": int(case.begun),
        "opened_week": int(case.opened),
        "opened": configuration.scenario.time.start + timedelta(weeks=int(case.opened)),
        "status": STATUS[case.status],
        "culprit": _name(configuration.perpetrators, case.culprit),
        "suspect": _name(configuration.perpetrators, case.suspect),
        "victim": victims[case.victim],
        "activity": _name(configuration.activities, case.activity),
        "severity": float(case.severity),
        "confidence": float(case.confidence) if case.suspect >= 0 else None,
    }


def _what_next(configuration: Configuration, run: OneRun, named: int, since: int) -> dict[str, Any]:
    """What the party named chose after this week; nothing where nobody was named or the run ended."""
    if named < 0 or since == NEVER:
        return {}
    burn_in = configuration.scenario.time.burn_in
    after = max(0, since + 1 - burn_in)
    choices = run.trace.code[after:, named]
    found: dict[str, Any] = {}
    for name, weeks in (("next_choice", np.flatnonzero(choices >= 0)), ("next_act", np.flatnonzero(choices > 0))):
        if len(weeks):
            found[name] = _name(configuration.activities, choices[weeks[0]])
            found[f"{name}_week"] = burn_in + after + int(weeks[0])
    return found


def _week(week: Any) -> int | None:
    return None if week == NEVER else int(week)


def _name(table: Any, row: Any) -> str | None:
    return list(table)[row] if row >= 0 else None


def folder_name(scenario: str, doctrine: str, seed: int, replicate: int, overrides: Mapping[str, Any]) -> str:
    """Default folder of a single run."""
    name = f"run-{Path(scenario).stem}-{Path(doctrine).stem}-seed{seed}-{replicate}"
    return f"{name}-{digest(dict(overrides))[:6]}" if overrides else name
