"""A single run in full: the weekly series, the ledgers of cases and of votes, and its folder."""

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
import polars as pl

from agents.cases.docket import NEVER, STATUS
from analysis.results.folder import LEDGER, SERIES, VOTES, Results, open_results
from experiments.design.design import Design, digest, world_of
from experiments.running.worker import frame_of_runs
from experiments.store.atomic import write
from experiments.store.provenance import manifest_of
from experiments.store.store import Store, open_store
from model.configuration import Configuration, load_configuration
from model.ensemble import OneRun, run_one
from model.errors import ConfigurationError
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
    with _store(folder, design, engine) as store:
        _save(store, design, run, ledger=ledger)
    return open_results(folder)


def _save(store: Store, design: Design, run: OneRun, *, ledger: bool) -> None:
    runs = frame_of_runs(0, [design.first_replicate], design.seed, columns_of(run))
    store.save(SERIES, series_frame(design.base, run))
    if ledger:
        for name, frame in ((LEDGER, ledger_frame(design.base, run)), (VOTES, votes_frame(design.base, run))):
            store.save(name, frame)
            write((store.folder / name).with_suffix(".csv"), frame.write_csv().encode())
    store.finish(runs)


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
    "counted": pl.Boolean,  # whether it was opened in the weeks that figures count
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
    "votes_for": pl.Int64,  # members at the last decision; null where it was routine
    "votes_against": pl.Int64,
    "votes_abstaining": pl.Int64,
    "adopted_week": pl.Int64,
    "delay": pl.Int64,  # weeks from act to adoption
    "bite": pl.Float64,  # in units of severity
    "next_choice": pl.String,  # the named party's next choice after the answer, or the naming; null in the burn-in
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
    voted = case.rounds > 0 and list(configuration.measures.values())[int(case.measure)].adoption != "routine"
    return {
        **_what_happened(configuration, case),
        "attributed_week": _week(attributed),
        "attributed_rightly": bool(case.right) if attributed != NEVER else None,
        "joint_week": _week(case.joint),
        "reaction": _name(configuration.measures, case.reaction) if case.reaction_adopted != NEVER else None,
        "reaction_week": _week(case.reaction_adopted),
        "measure": _name(configuration.measures, case.measure),
        "decisions": int(case.rounds),
        "votes_for": int(case.votes_for) if voted else None,
        "votes_against": int(case.votes_against) if voted else None,
        "votes_abstaining": int(case.votes_abstaining) if voted else None,
        "adopted_week": _week(adopted),
        "delay": adopted - int(case.begun) if adopted != NEVER else None,
        "bite": float(case.bite) if adopted != NEVER else None,
        **_what_next(configuration, run, int(case.suspect), adopted if adopted != NEVER else attributed),
    }


def _what_happened(configuration: Configuration, case: Any) -> dict[str, Any]:
    return {
        "act_week": int(case.begun),
        "opened_week": int(case.opened),
        "opened": _date(configuration, case.opened),
        "counted": int(case.opened) >= configuration.scenario.time.burn_in,
        "status": STATUS[case.status],
        "culprit": _name(configuration.perpetrators, case.culprit),
        "suspect": _name(configuration.perpetrators, case.suspect),
        "victim": _victim(configuration, case.victim),
        "activity": _name(configuration.activities, case.activity),
        "severity": float(case.severity),
        "confidence": float(case.confidence) if case.suspect >= 0 else None,
    }


def _what_next(configuration: Configuration, run: OneRun, named: int, since: int) -> dict[str, Any]:
    """What the party named chose after this week; nothing where nobody was named, in the burn-in, or at the end."""
    burn_in = configuration.scenario.time.burn_in
    if named < 0 or since == NEVER or since < burn_in:
        return {}
    after = since + 1 - burn_in
    choices = run.trace.code[after:, named]
    found: dict[str, Any] = {}
    for name, weeks in (("next_choice", np.flatnonzero(choices >= 0)), ("next_act", np.flatnonzero(choices > 0))):
        if len(weeks):
            found[name] = _name(configuration.activities, choices[weeks[0]])
            found[f"{name}_week"] = burn_in + after + int(weeks[0])
    return found


VOTES_SCHEMA: dict[str, Any] = {
    "week": pl.Int64,  # of the vote
    "date": pl.Date,  # the day on which this week begins
    "counted": pl.Boolean,  # whether it is one of the weeks that figures count
    "act_week": pl.Int64,  # week of the act that the case is about
    "culprit": pl.String,  # null: a false alarm
    "suspect": pl.String,  # the party suspected at the vote; null: none
    "victim": pl.String,
    "measure": pl.String,
    "reaction": pl.Boolean,  # whether it was to be taken without attribution
    "votes_for": pl.Int64,  # members
    "votes_against": pl.Int64,
    "votes_abstaining": pl.Int64,
    "share": pl.Float64,  # of the Union that carries the measure
    "passed": pl.Boolean,
}
"""Columns of `votes.parquet`: one row for each vote put to members."""


def votes_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """The votes of a run in the order of their weeks, with names in place of codes."""
    order = np.lexsort([run.votes[name] for name in ("measure", "reaction", "victim", "culprit", "begun", "week")])
    return pl.DataFrame([_vote(configuration, run.votes[place]) for place in order], schema=VOTES_SCHEMA)


def _vote(configuration: Configuration, vote: Any) -> dict[str, Any]:
    return {
        "week": int(vote.week),
        "date": _date(configuration, vote.week),
        "counted": int(vote.week) >= configuration.scenario.time.burn_in,
        "act_week": int(vote.begun),
        "culprit": _name(configuration.perpetrators, vote.culprit),
        "suspect": _name(configuration.perpetrators, vote.suspect),
        "victim": _victim(configuration, vote.victim),
        "measure": _name(configuration.measures, vote.measure),
        "reaction": bool(vote.reaction),
        "votes_for": int(vote.supporting),
        "votes_against": int(vote.objecting),
        "votes_abstaining": int(vote.abstaining),
        "share": round(float(vote.share), 6),
        "passed": bool(vote.share > 0.0),
    }


def _date(configuration: Configuration, week: Any) -> date:
    return configuration.scenario.time.start + timedelta(weeks=int(week))


def _victim(configuration: Configuration, row: Any) -> str:
    return [*configuration.member_states.members, *configuration.partners.members][row]


def _week(week: Any) -> int | None:
    return None if week == NEVER else int(week)


def _name(table: Any, row: Any) -> str | None:
    return list(table)[row] if row >= 0 else None


def folder_name(scenario: str, doctrine: str, seed: int, replicate: int, configuration: Configuration) -> str:
    """Default folder of a single run; what is not as shipped is told apart by its content."""
    name = f"run-{Path(scenario).stem}-{Path(doctrine).stem}-seed{seed}-{replicate}"
    content = world_of(configuration)
    try:
        shipped = content == world_of(load_configuration(Path(scenario).stem, Path(doctrine).stem))
    except ConfigurationError:
        shipped = False
    return name if shipped else f"{name}-{digest(content)[:6]}"
