"""A single run in full: the weekly series, the ledgers of cases and of votes, and its folder."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from agents.union.docket import NEVER, STATUS
from analysis.results.folder import Results, open_results
from analysis.results.identity import digest
from analysis.results.manifest import LEDGER, SERIES, VOTES
from analysis.results.reading import Schema
from analysis.results.single_run import LEDGER_SCHEMA, VOTES_SCHEMA
from analysis.results.table_files import csv
from experiments.design.design import Design, world_of
from experiments.running.worker import frame_of_runs
from experiments.store.files import write
from experiments.store.provenance import manifest_of
from experiments.store.store import open_store
from model.configuration import Configuration, load_configuration
from model.ensemble import OneRun, run_one
from model.errors import ConfigurationError, nearest_name
from model.metrics import results

Engine = Literal["compiled", "mesa"]


def run_single(configuration: Configuration, seed: int, replicate: int, engine: Engine, *, ledger: bool) -> OneRun:
    """One run and its twin on either engine; raises `ConfigurationError` for another, and for what is no seed."""
    if engine not in get_args(Engine):
        allowed, nearest = ", ".join(get_args(Engine)), nearest_name(str(engine), get_args(Engine))
        raise ConfigurationError("is no engine", key="engine", value=engine, allowed=allowed, nearest=nearest)
    if engine == "mesa":
        from model.deterrence import DeterrenceModel

        return DeterrenceModel.run_one(configuration, seed, replicate, ledger=ledger)
    return run_one(configuration, seed, replicate, ledger=ledger)


def columns_of(run: OneRun) -> dict[str, np.ndarray[Any, Any]]:
    """The figures of a run beside its twin; of a run without one, beside itself."""
    return results(run.books, (run.twin or run).books)


def save_run(folder: Path, design: Design, run: OneRun, engine: Engine, *, ledger: bool) -> Results:
    """Write a run into a folder, in place of a run that is there already."""
    with open_store(folder, manifest_of(design, "run", engine), design.frame, replace_run=True) as store:
        runs = frame_of_runs(0, [design.first_replicate], design.seed, columns_of(run))
        store.save(SERIES, series_frame(design.base, run))
        if ledger:
            for name, frame in ((LEDGER, ledger_frame(design.base, run)), (VOTES, votes_frame(design.base, run))):
                store.save(name, frame)
                write((folder / name).with_suffix(".csv"), csv(frame))
        store.finish(runs)
    return open_results(folder)


def series_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """Weeks in rows: `week`, `date`, the series of the world, then of the twin (`twin_…`); acts by activity last."""
    time, weeks = configuration.scenario.time, len(run.series)
    first = time.start + timedelta(weeks=time.burn_in)
    columns: dict[str, Any] = {
        "week": np.arange(time.burn_in, time.burn_in + weeks),
        "date": [first + timedelta(weeks=week) for week in range(weeks)],
    }
    worlds = {"": run, "twin_": run.twin} if run.twin else {"": run}
    for prefix, world in worlds.items():
        columns |= {prefix + name: np.array(world.series[name]) for name in world.series.dtype.names}
    for prefix, world in worlds.items():
        acts = zip(configuration.activities, world.rungs.T, strict=True)
        columns |= {f"{prefix}acts_{name}": np.array(number) for name, number in acts}
    return pl.DataFrame(columns)


class _Names:
    """A run with the names and days of its configuration, for the columns of its ledgers."""

    def __init__(self, configuration: Configuration, run: OneRun) -> None:
        self.time, self.choices = configuration.scenario.time, run.trace.code
        self.perpetrators, self.activities = list(configuration.perpetrators), list(configuration.activities)
        self.measures = list(configuration.measures)
        self.routine = [measure.adoption == "routine" for measure in configuration.measures.values()]
        self.victims = [*configuration.member_states.members, *configuration.partners.members]

    def day(self, week: int) -> date:
        """The day on which a week begins."""
        return self.time.start + timedelta(weeks=week)

    def was_voted(self, case: Any) -> bool:
        """True of a case whose answer members decided on, rather than routine."""
        return case.rounds > 0 and not self.routine[case.measure]

    def next_of(self, case: Any, least: int) -> tuple[str | None, int | None]:
        """First choice of the party named after the answer, or else the naming, and its week; `least` 1: first act."""
        since = case.attributed if case.adopted == NEVER else case.adopted
        after = since + 1 - self.time.burn_in
        followed = case.suspect >= 0 and since != NEVER and after >= 1  # choices are kept from the burn-in's end on
        weeks: Any = np.flatnonzero(self.choices[after:, case.suspect] >= least) if followed else ()
        if not len(weeks):
            return None, None
        week = after + int(weeks[0])
        return self.activities[self.choices[week, case.suspect]], self.time.burn_in + week


def _at(names: Sequence[str], row: int) -> str | None:
    return names[row] if row >= 0 else None


def _if(happened: bool, value: Any) -> Any:
    return value if happened else None


def _week(week: int) -> int | None:
    return _if(week != NEVER, week)


RowColumns = dict[str, Callable[[_Names, Any], Any]]
"""Columns by name: the value of a row, given the run and the record."""

LEDGER_COLUMNS: RowColumns = {
    "act_week": lambda run, case: case.begun,  # week of the act
    "opened_week": lambda run, case: case.opened,  # week of detection
    "opened": lambda run, case: run.day(case.opened),  # its day
    # whether it was opened in the weeks that figures count
    "counted": lambda run, case: case.opened >= run.time.burn_in,
    "status": lambda run, case: STATUS[case.status],  # stage reached: open, preparing, answered, closed
    "culprit": lambda run, case: _at(run.perpetrators, case.culprit),  # null: a false alarm
    # the party named, or the one that leads; null: none
    "suspect": lambda run, case: _at(run.perpetrators, case.suspect),
    "victim": lambda run, case: run.victims[case.victim],
    "activity": lambda run, case: _at(run.activities, case.activity),
    "severity": lambda run, case: case.severity,  # assessed, 0 to 1
    "confidence": lambda run, case: _if(case.suspect >= 0, case.confidence),  # in the suspect, 0 to 1
    # week in which the Union's standard was met
    "attributed_week": lambda run, case: _week(case.attributed),
    "attributed_rightly": lambda run, case: _if(case.attributed != NEVER, bool(case.right)),
    "joint_week": lambda run, case: _week(case.joint),  # week of joint attribution by consensus
    # measure taken without attribution
    "reaction": lambda run, case: _if(case.reaction_adopted != NEVER, _at(run.measures, case.reaction)),
    "reaction_week": lambda run, case: _week(case.reaction_adopted),
    "measure": lambda run, case: _at(run.measures, case.measure),  # answer prepared last, or adopted
    "decisions": lambda run, case: case.rounds,
    # members at the last decision; null where it was routine
    "votes_for": lambda run, case: _if(run.was_voted(case), case.votes_for),
    "votes_against": lambda run, case: _if(run.was_voted(case), case.votes_against),
    "votes_abstaining": lambda run, case: _if(run.was_voted(case), case.votes_abstaining),
    "adopted_week": lambda run, case: _week(case.adopted),
    # weeks from act to adoption
    "delay": lambda run, case: _if(case.adopted != NEVER, case.adopted - case.begun),
    "bite": lambda run, case: _if(case.adopted != NEVER, case.bite),  # in units of severity
    # the named party's next choice after the answer, or the naming; null in the burn-in
    "next_choice": lambda run, case: run.next_of(case, 0)[0],
    "next_choice_week": lambda run, case: run.next_of(case, 0)[1],
    "next_act": lambda run, case: run.next_of(case, 1)[0],  # its next act
    "next_act_week": lambda run, case: run.next_of(case, 1)[1],
}
"""Columns of `ledger.parquet`: one row for each case; null where something did not happen."""

VOTES_COLUMNS: RowColumns = {
    "week": lambda run, vote: vote.week,  # of the vote
    "date": lambda run, vote: run.day(vote.week),  # the day on which this week begins
    # whether it is one of the weeks that figures count
    "counted": lambda run, vote: vote.week >= run.time.burn_in,
    "act_week": lambda run, vote: vote.begun,  # week of the act that the case is about
    "culprit": lambda run, vote: _at(run.perpetrators, vote.culprit),  # null: a false alarm
    # the party suspected at the vote; null: none
    "suspect": lambda run, vote: _at(run.perpetrators, vote.suspect),
    "victim": lambda run, vote: run.victims[vote.victim],
    "measure": lambda run, vote: _at(run.measures, vote.measure),
    # whether it was to be taken without attribution
    "reaction": lambda run, vote: bool(vote.reaction),
    "votes_for": lambda run, vote: vote.supporting,  # members
    "votes_against": lambda run, vote: vote.objecting,
    "votes_abstaining": lambda run, vote: vote.abstaining,
    "share": lambda run, vote: round(vote.share, 6),  # of the Union that carries the measure
    "passed": lambda run, vote: vote.share > 0.0,
}
"""Columns of `votes.parquet`: one row for each vote put to members."""


def ledger_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """The cases of a run in the order of their opening, with names in place of codes."""
    return _frame(LEDGER_SCHEMA, LEDGER_COLUMNS, _Names(configuration, run), run.ledger, ["opened", "begun", "culprit"])


def votes_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """The votes of a run in the order of their weeks, with names in place of codes."""
    order = ["week", "begun", "culprit", "victim", "reaction", "measure"]
    return _frame(VOTES_SCHEMA, VOTES_COLUMNS, _Names(configuration, run), run.votes, order)


def _frame(schema: Schema, columns: RowColumns, run: _Names, records: Any, order: Sequence[str]) -> pl.DataFrame:
    record = namedtuple("record", records.dtype.names)  # type: ignore[misc]
    rows = sorted(map(record._make, records.tolist()), key=attrgetter(*order))
    content = [{name: value(run, row) for name, value in columns.items()} for row in rows]
    return pl.DataFrame(content, schema=schema)


def folder_name(scenario: str, doctrine: str, seed: int, replicate: int, configuration: Configuration) -> str:
    """Default folder of a single run; what is not as shipped is told apart by its content."""
    name = f"run-{Path(scenario).stem}-{Path(doctrine).stem}-seed{seed}-{replicate}"
    content = world_of(configuration)
    try:
        shipped = content == world_of(load_configuration(Path(scenario).stem, Path(doctrine).stem))
    except ConfigurationError:
        shipped = False
    return name if shipped else f"{name}-{digest(content)[:6]}"
