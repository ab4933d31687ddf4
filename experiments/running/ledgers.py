"""A run in tables, with names in place of codes: cases, votes, acts, weeks; and what own metrics are given."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from numbers import Real
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl

from agents.books import CLASSES
from agents.member_state import POSITIONS
from agents.union.docket import NEVER, STATUS
from agents.union.tracks import (
    ADOPTED,
    DOSSIER,
    NOT_BEGUN,
    REACTION,
    STAGES,
    STATEMENT,
    TRACKS,
)
from analysis.results.manifest import ACTS, LEDGER, VOTES, VOTES_BY_MEMBER
from analysis.results.reading import Schema
from analysis.results.single_run import (
    ACTS_SCHEMA,
    LEDGER_SCHEMA,
    PHASE,
    TWIN,
    VOTES_BY_MEMBER_SCHEMA,
    VOTES_SCHEMA,
    WORLD,
)
from experiments.design.model_class import MetricSource
from model.configuration import Configuration, Doctrine
from model.ensemble import OneRun
from model.metrics.catalogue import figure
from model.metrics.columns import Beside
from model.metrics.definition import own_name


class _Names:
    """A run with the names and days of its configuration, for the columns of its ledgers."""

    def __init__(self, configuration: Configuration, run: OneRun) -> None:
        self.time, self.choices = configuration.scenario.time, run.trace.code
        self.patience = configuration.scenario.council.patience
        self.perpetrators, self.activities = list(configuration.perpetrators), list(configuration.activities)
        self.measures = list(configuration.measures)
        self.victims = [*configuration.member_states.members, *configuration.partners.members]

    def day(self, week: int) -> date:
        """The day on which a week begins."""
        return self.time.start + timedelta(weeks=week)

    def next_of(self, case: Any, least: int) -> tuple[str | None, int | None]:
        """First choice of the party named after the answer, or else the naming, and its week; `least` 1: first act."""
        since = case.attributed if case.answered == NEVER else case.answered
        after = since + 1 - self.time.burn_in
        followed = case.suspect >= 0 and since != NEVER and after >= 1  # choices are kept from the burn-in's end on
        weeks: Any = np.flatnonzero(self.choices[after:, case.suspect] >= least) if followed else ()
        if not len(weeks):
            return None, None
        week = after + int(weeks[0])
        return self.activities[self.choices[week, case.suspect]], self.time.burn_in + week

    def until_now(self, week: int) -> int | None:
        """A week, unless it is none or lies beyond the run's end."""
        return _if(week != NEVER and week < self.time.burn_in + self.time.weeks, week)


def _at(names: Sequence[str], row: int) -> str | None:
    return names[row] if row >= 0 else None


def _if(happened: bool, value: Any) -> Any:
    return value if happened else None


def _week(week: int) -> int | None:
    return _if(week != NEVER, week)


RowColumns = dict[str, Callable[[_Names, Any], Any]]
"""Columns by name: the value of a row, given the run and the record."""


def _of_track(kind: int) -> RowColumns:
    """What became of a track of the answer; null where it was not begun."""
    name = TRACKS[kind]

    def measure(run: _Names, case: Any) -> str | None:
        return _at(run.measures, case.tracks[kind].measure)

    def bite(_run: _Names, case: Any) -> float | None:
        track = case.tracks[kind]
        return _if(track.stage == ADOPTED, track.bite)

    return {
        f"{name}_stage": lambda _run, case: _if(case.tracks[kind].stage != NOT_BEGUN, STAGES[case.tracks[kind].stage]),
        f"{name}_measure": measure,  # prepared, whether or not it was adopted
        f"{name}_settled_week": lambda _run, case: _week(case.tracks[kind].settled),
        f"{name}_bite": bite,  # of the measure adopted, in units of severity
    }


def _decisive(case: Any) -> int:
    """The track whose vote decided most on a case: the gravest put to members; 0, the reaction, where none was."""
    voted = [
        kind for kind, track in enumerate(case.tracks) if track.supporting + track.objecting + track.abstaining > 0
    ]
    return DOSSIER if DOSSIER in voted else max(voted, default=REACTION)


def _voted(case: Any, votes: str) -> int | None:
    kind = _decisive(case)
    return _if(kind != REACTION, getattr(case.tracks[kind], votes))


def _bite(case: Any) -> float:
    return sum(track.bite for track in case.tracks if track.stage == ADOPTED)


LEDGER_COLUMNS: RowColumns = {
    "act_week": lambda run, case: case.begun,  # week of the act
    "opened_week": lambda run, case: case.opened,  # week of detection
    "opened": lambda run, case: run.day(case.opened),  # its day
    # whether it was opened in the weeks that figures count
    "counted": lambda run, case: case.opened >= run.time.burn_in,
    "status": lambda run, case: STATUS[case.status],  # stage reached: open, answering, answered, closed
    "culprit": lambda run, case: _at(run.perpetrators, case.culprit),  # null: a false alarm
    # the party named, or the one that leads; null: none
    "suspect": lambda run, case: _at(run.perpetrators, case.suspect),
    "victim": lambda run, case: run.victims[case.victim],
    "activity": lambda run, case: _at(run.activities, case.activity),
    "severity": lambda run, case: case.severity,  # assessed, 0 to 1
    "confidence": lambda run, case: _if(case.suspect >= 0, case.confidence),  # in the suspect, 0 to 1
    # first attribution by a Member State in public, and whether it was right
    "national_week": lambda run, case: _week(case.first_national),
    "national_rightly": lambda run, case: _if(case.first_national != NEVER, bool(case.first_national_right)),
    # week in which the Union's standard was met
    "attributed_week": lambda run, case: _week(case.attributed),
    "attributed_rightly": lambda run, case: _if(case.attributed != NEVER, bool(case.right)),
    "exposed_week": lambda run, case: run.until_now(case.exposed),  # week in which a wrong one came to light
    "joint_week": lambda run, case: _week(case.joint),  # week from which all members could attribute it to a state
    # measure taken without attribution
    "reaction": lambda run, case: _if(
        case.tracks[REACTION].adopted != NEVER, _at(run.measures, case.tracks[REACTION].measure)
    ),
    "reaction_week": lambda run, case: _week(case.tracks[REACTION].adopted),
    "intended": lambda run, case: _if(case.attributed != NEVER, case.intended),  # bite that the doctrine intends
    **{name: value for kind in range(STATEMENT, len(TRACKS)) for name, value in _of_track(kind).items()},
    # week from which its dossier waited for room on the agenda
    "dossier_opened_week": lambda run, case: _if(
        case.tracks[DOSSIER].until != NEVER, case.tracks[DOSSIER].until - run.patience
    ),
    "adopted_week": lambda run, case: _week(case.answered),  # of the first measure on an attributed case
    # weeks from act to that
    "delay": lambda run, case: _if(case.answered != NEVER, case.answered - case.begun),
    "bite": lambda run, case: _if(case.answered != NEVER, _bite(case)),  # of all measures adopted, units of severity
    # members at the vote that decided most, and the track it was on; null where none was held once it was attributed
    "voted_track": lambda run, case: _if(_decisive(case) != REACTION, TRACKS[_decisive(case)]),
    "votes_for": lambda run, case: _voted(case, "supporting"),
    "votes_against": lambda run, case: _voted(case, "objecting"),
    "votes_abstaining": lambda run, case: _voted(case, "abstaining"),
    # the named party's next choice after the first answer, or the naming; null in the burn-in
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
    "track": lambda run, vote: TRACKS[vote.track],  # on which it was to be taken
    "votes_for": lambda run, vote: vote.supporting,  # members
    "votes_against": lambda run, vote: vote.objecting,
    "votes_abstaining": lambda run, vote: vote.abstaining,  # declared, or for want of evidence
    "unconvinced": lambda run, vote: vote.unconvinced,  # of them those whose own standard was not met
    "share": lambda run, vote: round(vote.share, 6),  # of the Union that carries the measure
    "passed": lambda run, vote: vote.share > 0.0,
}
"""Columns of `votes.parquet`: one row for each vote put to members."""
VOTES_ORDER = attrgetter("week", "begun", "culprit", "victim", "track", "measure")
"""The order in which votes stand: that in which cases are visited within a week is no matter of record."""


def ledger_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """The cases of a run in the order of their opening, with names in place of codes."""
    tracks = _records(run.tracks)
    cases = _records(run.ledger)
    for place, case in enumerate(cases):
        case.tracks = tracks[len(TRACKS) * place : len(TRACKS) * (place + 1)]
    cases.sort(key=attrgetter("opened", "begun", "culprit"))
    return _frame(LEDGER_SCHEMA, LEDGER_COLUMNS, _Names(configuration, run), cases)


def votes_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """The votes of a run in the order of their weeks, with names in place of codes."""
    votes = sorted(_records(run.votes), key=VOTES_ORDER)
    return _frame(VOTES_SCHEMA, VOTES_COLUMNS, _Names(configuration, run), votes)


def votes_by_member_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """The position of every Member State in every vote; `vote` is the vote's row in the frame of votes.

    `by_chance` says of whom nothing is stated that would tell its votes from those of others in like cases.
    """
    votes, members = _records(run.votes), list(configuration.member_states.members)
    order = sorted(range(len(votes)), key=lambda place: VOTES_ORDER(votes[place]))
    chance = [configuration.member_states.votes_by_chance(member) for member in members]
    about = votes_frame(configuration, run).select("week", "date", "counted", "measure", "track", "passed")
    taken = [POSITIONS[code] for row in order for code in run.positions[row].tolist()]
    rows = np.repeat(np.arange(len(votes)), len(members))
    frame = pl.DataFrame({"vote": rows, "member": members * len(votes), "position": taken})
    frame = frame.with_columns(about[rows].get_columns(), by_chance=pl.Series(chance * len(votes), dtype=pl.Boolean))
    return frame.select(pl.col(name).cast(kind) for name, kind in VOTES_BY_MEMBER_SCHEMA.items())


def acts_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """Every act of the weeks counted, of the world and then of its twin, each in the order of weeks.

    `severity` and `harm` are those of the activity; harm is done where the act succeeded.
    """
    worlds = {WORLD: run, TWIN: run.twin} if run.twin else {WORLD: run}
    return pl.concat([_acts_of(name, configuration, each) for name, each in worlds.items()])


def _acts_of(world: str, configuration: Configuration, run: OneRun) -> pl.DataFrame:
    names, time, acts = _Names(configuration, run), configuration.scenario.time, run.acts
    activities = list(configuration.activities.values())
    severities, kinds = list(configuration.severities().values()), list(map(configuration.kind, names.perpetrators))
    succeeded = acts.succeeded == 1
    detected = (acts.surfaces != NEVER) & (acts.surfaces < time.burn_in + time.weeks)
    columns: dict[str, Any] = {
        "world": np.repeat(world, len(acts)),
        "week": acts.week,
        "date": [names.day(week) for week in acts.week.tolist()],
        "perpetrator": [names.perpetrators[row] for row in acts.perpetrator],
        "kind": [kinds[row] for row in acts.perpetrator],
        "victim": [names.victims[row] for row in acts.victim],
        "activity": [names.activities[row] for row in acts.activity],
        "severity": [severities[row] for row in acts.activity],
        "severe": acts.activity >= configuration.severe_rung,
        "succeeded": succeeded,
        "harm": np.where(succeeded, np.array([activity.harm for activity in activities])[acts.activity], 0.0),
        "detected": detected,
        # the week in which it came to light as a case; null where it had not when the run ended
        "detected_week": [week if seen else None for week, seen in zip(acts.surfaces.tolist(), detected, strict=True)],
    }
    return pl.DataFrame({name: pl.Series(columns[name], dtype=kind) for name, kind in ACTS_SCHEMA.items()})


def _records(table: Any) -> list[Any]:
    """The rows of a table, whose columns are attributes."""
    return [SimpleNamespace(**dict(zip(table.dtype.names, row, strict=True))) for row in table.tolist()]


def _frame(schema: Schema, columns: RowColumns, run: _Names, rows: Sequence[Any]) -> pl.DataFrame:
    content = [{name: value(run, row) for name, value in columns.items()} for row in rows]
    return pl.DataFrame(content, schema=schema)


def records(configuration: Configuration, run: OneRun, *, ledger: bool, acts: bool) -> dict[str, pl.DataFrame]:
    """What is kept of a run one by one, by the names of its tables: cases and votes, and every act."""
    frames = {LEDGER: ledger_frame, VOTES: votes_frame, VOTES_BY_MEMBER: votes_by_member_frame} if ledger else {}
    frames |= {ACTS: acts_frame} if acts else {}
    return {name: frame(configuration, run) for name, frame in frames.items()}


def series_frame(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    """Weeks in rows: `week`, `date`, the series of the world, then of the twin (`twin_…`); acts by activity, phases.

    Classes against the twin are of the world alone.
    """
    time, weeks = configuration.scenario.time, len(run.series)
    first = time.start + timedelta(weeks=time.burn_in)
    columns: dict[str, Any] = {
        "week": np.arange(time.burn_in, time.burn_in + weeks),
        "date": [first + timedelta(weeks=week) for week in range(weeks)],
    }
    worlds = {"": run, "twin_": run.twin} if run.twin else {"": run}
    for prefix, world in worlds.items():
        names = [name for name in world.series.dtype.names if not (prefix and name in CLASSES)]
        columns |= {prefix + name: np.array(world.series[name]) for name in names}
    for prefix, world in worlds.items():
        acts = zip(configuration.activities, world.rungs.T, strict=True)
        columns |= {f"{prefix}acts_{name}": np.array(number) for name, number in acts}
    policies = {"": configuration.doctrine, "twin_": configuration.reference.doctrine}
    for prefix, world in worlds.items():
        columns |= {f"{prefix}{PHASE}{name}": held for name, held in phases_held(policies[prefix], world).items()}
    return pl.DataFrame(columns)


def phases_held(doctrine: Doctrine, run: OneRun) -> dict[str, np.ndarray[Any, Any]]:
    """By phase of its doctrine, whether it held in each week counted of a run: 1, else 0."""
    return {name: run.phases >> bit & 1 for bit, name in enumerate(doctrine.phases)}


class EndedRun:
    """A run that has ended, beside its twin, as a metric of a user's own is given it; tables are made when asked for.

    `configuration` has every parameter of its world, `seed` and `replicate` say which random numbers it had.
    """

    def __init__(self, configuration: Configuration, run: OneRun, seed: int, replicate: int) -> None:
        """Take a run in full with its twin, as `run_single` gives it with `ledger=True`."""
        self.configuration, self.seed, self.replicate = configuration, seed, replicate
        self._run, self._twin = run, run.twin or run

    def figure(self, name: str) -> float | None:
        """A shipped metric or delay of the run, by name; None where it is undefined. Raises `ConfigurationError`."""
        return figure(name, Beside(self._run.books, self._twin.books))

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """Cases, those of the burn-in too (`counted`), with the columns of `ledger.parquet`."""
        return ledger_frame(self.configuration, self._run)

    @cached_property
    def votes(self) -> pl.DataFrame:
        """Votes put to members, those of the burn-in too (`counted`), with the columns of `votes.parquet`."""
        return votes_frame(self.configuration, self._run)

    @cached_property
    def series(self) -> pl.DataFrame:
        """Weeks after the burn-in, in the world and in its twin (`twin_…`), with the columns of `series.parquet`."""
        return series_frame(self.configuration, self._run)

    @cached_property
    def twin_ledger(self) -> pl.DataFrame:
        """Cases of the twin, as in `ledger`."""
        return ledger_frame(self.configuration, self._twin)

    @cached_property
    def twin_votes(self) -> pl.DataFrame:
        """Votes of the twin, as in `votes`; none where its doctrine takes no measures."""
        return votes_frame(self.configuration, self._twin)


class MetricFailed(RuntimeError):
    """A metric of the user's own raised, or gave what is no number: the run has failed, for that reason."""


def own_figures(metrics: Mapping[str, MetricSource], run: EndedRun) -> dict[str, float]:
    """What functions of the user's own give of a run, by column; NaN where one gives None or NaN.

    Raises `MetricFailed` where one raises, or gives anything but a finite number.
    """
    return {own_name(name): _own_figure(name, source, run) for name, source in metrics.items()}


def _own_figure(name: str, source: MetricSource, run: EndedRun) -> float:
    try:
        value = source.load()(run)
        number = float(value) if isinstance(value, (Real, np.bool_)) else np.nan
    except (Exception, SystemExit) as error:
        raise MetricFailed(f"{name}: {type(error).__name__}: {error}") from None
    if value is not None and not isinstance(value, (Real, np.bool_)):
        problem = f"gave {type(value).__name__}, not a number, or None where it is undefined"
        raise MetricFailed(f"{name}: {problem}")
    if np.isinf(number):
        raise MetricFailed(f"{name}: gave {number}, not a finite number, or None where it is undefined")
    return number
