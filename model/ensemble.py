"""The compiled engine: the same rules as loops, over weeks and over runs.

`run` carries one configuration through many replicates. It releases the interpreter's lock, so that a pool of threads
runs several configurations at once. `Twins` holds what the reference world chose, once for all that share it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from agents.books import BOOKS, YEAR
from agents.foundation.compiled import Tables, rule
from agents.union.tracks import TRACKS
from agents.world import ARRAYS, World
from model.build import build_world, docket
from model.configuration import Configuration
from model.errors import whole
from model.recording import Trace, add_up, close_books, compare, record, series_week, trace_week
from model.schedule import Opportunities, advance, begin, open_books, reset

LEDGER = 4096
"""Rows of the ledger to begin with."""
TRACED = 10
"""Twins traced at once: a trace takes ten times the room of what is kept of it."""


@rule
def simulate(world: Tables, twin: Opportunities, trace: Trace, years: Any, burn_in: int, weeks: int) -> None:
    """One run from its beginning; compared with the twin's choices if there are any, traced if there is room for it.

    `years` takes the books at the end of each year counted, if there is room for them.
    """
    begin(world, 0, 0)
    for week in range(burn_in + weeks):
        place = week - burn_in
        if place == 0:
            open_books(world, 0, week)
        keep = place >= 0 and len(world.series) > 0
        if keep:
            world.before[0] = world.books[0]
        advance(world, twin, week)
        if len(trace.code) > 0:
            trace_week(world, trace, week)
        if place < 0:
            continue
        record(world, 0, week)
        if len(twin.before) > 0:
            compare(world, twin.at_least, twin.code, twin.before[week], twin.uncounted)
        if keep:
            series_week(world, place)
        if len(years) > 0 and (place + 1) % YEAR == 0:
            add_up(world, 0, week)
            years[place // YEAR] = world.books[0]
    close_books(world, 0, burn_in + weeks)


@rule
def simulate_all(
    world: Tables,
    template: Tables,
    seed: int,
    replicates: Any,
    twins: Opportunities,
    traces: Trace,
    years: Any,
    books: Any,
    burn_in: int,
    weeks: int,
) -> None:
    """One run for each replicate, with its twin's choices; `books` takes the results."""
    for run in range(len(replicates)):
        reset(world, template)
        world.clock[0].seed = seed
        world.clock[0].replicate = replicates[run]
        twin = Opportunities(twins.before[run], twins.uncounted[run], twins.row, twins.code, twins.at_least)
        trace = Trace(traces.at_least[run], traces.code[run])
        simulate(world, twin, trace, years[run], burn_in, weeks)
        books[run] = world.books[0]


class Twins(NamedTuple):
    """Runs of a reference world: the replicates, their books and their choices."""

    replicates: tuple[int, ...]
    books: Any
    choices: Opportunities

    def select(self, replicates: Sequence[int]) -> "Twins":
        """The twins of these replicates."""
        places = [self.replicates.index(replicate) for replicate in replicates]
        before, uncounted, *opportunities = self.choices
        choices = Opportunities(before[places], uncounted[places], *opportunities)
        return Twins(tuple(replicates), self.books[places], choices)


def room(configuration: Configuration, runs: int, *, kept: bool = True) -> Trace:
    """Room for the traces of this many runs, or for none of their weeks."""
    time, perpetrators = configuration.scenario.time, len(configuration.perpetrators)
    counted, weeks = (time.weeks, time.burn_in + time.weeks) if kept else (0, 0)
    at_least = np.zeros((runs, counted, perpetrators, len(configuration.activities)))
    return Trace(at_least, np.zeros((runs, weeks, perpetrators), np.int8))


NO_TWIN = Opportunities(np.zeros(0, np.int64), 0, np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros((0, 0)))
"""Stands in for the opportunities of a twin where there is none."""
NO_YEARS = BOOKS.empty(0)
"""Stands in for the books by year where none are kept."""


def room_for_years(configuration: Configuration, runs: int) -> Any:
    """Room for the books [run, year] at the end of each year that so many runs count; weeks beyond fill no year."""
    return BOOKS.empty(runs, configuration.scenario.time.weeks // YEAR)


def stack(runs: Sequence[Opportunities]) -> Opportunities:
    """The opportunities of several runs as one."""
    met = np.cumsum([0, *(len(run.row) for run in runs)])
    skipped = np.cumsum([int(run.uncounted) for run in runs])
    before = np.stack([run.before + first for run, first in zip(runs, met, strict=False)])
    return Opportunities(before, skipped, *(np.concatenate(field) for field in list(zip(*runs, strict=True))[2:]))


def pick(traces: Trace, run: int) -> Trace:
    """The trace of one run among those of many."""
    return Trace(traces.at_least[run], traces.code[run])


def scratch(template: World) -> World:
    """A world that shares with its template what a run never writes."""
    shared = {"scenario", "keep", "classes", "doctrine", "switches", "activities", "measures", "blank"}
    return template.replace(**{name: getattr(template, name).copy() for name in ARRAYS if name not in shared})


def run(
    configuration: Configuration,
    seed: int,
    replicates: Sequence[int],
    twins: Twins | None = None,
    *,
    reference: bool = False,
    traces: Trace | None = None,
    years: Any = None,
    cases: int | None = None,
) -> Any:
    """Run a configuration, or with `reference` its twin, for these replicates; returns one row of `BOOKS` for each.

    `twins` are those of the same replicates; without them the classes against the twin stay zero. `traces` takes the
    choices of each run, `years` its books at the end of each year (`room_for_years`).
    """
    cases = cases or docket(configuration)
    template = build_world(configuration, reference=reference, cases=cases)
    books = BOOKS.empty(len(replicates))
    given = twins.choices if twins else stack([NO_TWIN] * len(replicates))
    kept = traces or room(configuration, len(replicates), kept=False)
    yearly = BOOKS.empty(len(replicates), 0) if years is None else years
    time = configuration.scenario.time
    seed = whole("seed", seed, "a seed")
    keys = np.array([whole("replicates", each, "a seed") for each in replicates], np.uint64)
    simulate_all(scratch(template), template, seed, keys, given, kept, yearly, books, time.burn_in, time.weeks)
    for place in np.flatnonzero(books.overflow).tolist():
        again = slice(place, place + 1)
        kept.at_least[again] = 0.0
        books[again] = run(
            configuration,
            seed,
            [replicates[place]],
            twins.select([replicates[place]]) if twins else None,
            reference=reference,
            traces=Trace(kept.at_least[again], kept.code[again]),
            years=yearly[again],
            cases=2 * cases,
        )
    return books


class OneRun(NamedTuple):
    """One world in full: books, weekly series, acts by rung and week, cases, their tracks, votes, choices, its twin."""

    books: Any
    series: Any
    rungs: Any
    ledger: Any
    tracks: Any
    votes: Any
    trace: Trace
    twin: "OneRun | None" = None


def run_one(configuration: Configuration, seed: int, replicate: int, *, ledger: bool = False) -> OneRun:
    """Run one world and its twin, and keep everything; `ledger` keeps the cases as well."""
    seed, replicate = whole("seed", seed, "a seed"), whole("replicate", replicate, "a seed")
    twin = _run_in_full(configuration, seed, replicate, None, ledger)
    world = _run_in_full(configuration, seed, replicate, twin.trace.opportunities(), ledger)
    return world._replace(trace=world.trace.counted(), twin=twin._replace(trace=twin.trace.counted()))


def _run_in_full(
    configuration: Configuration,
    seed: int,
    replicate: int,
    twin: Opportunities | None,
    ledger: bool,
    room_for: int = 1,
) -> OneRun:
    time, cases = configuration.scenario.time, room_for * docket(configuration)
    rows = room_for * LEDGER if ledger else 0
    world = build_world(configuration, reference=twin is None, cases=cases, ledger=rows, series=True)
    world.clock.seed, world.clock.replicate = seed, replicate
    trace = pick(room(configuration, 1), 0)
    simulate(world, twin or NO_TWIN, trace, NO_YEARS, time.burn_in, time.weeks)
    if world.books[0].overflow:
        return _run_in_full(configuration, seed, replicate, twin, ledger, 2 * room_for)
    cases_ended, votes = world.council[0].ledger_rows, world.council[0].votes_written
    ledger, tracks = world.ledger[:cases_ended], world.ledger_tracks[: cases_ended * len(TRACKS)]
    return OneRun(world.books, world.series, world.rungs, ledger, tracks, world.votes[:votes], trace)


def run_twins(configuration: Configuration, seed: int, replicates: Sequence[int], years: Any = None) -> Twins:
    """Run the reference world of a configuration for these replicates, keeping its choices; `years` as of `run`."""
    books, choices = [], []
    for first in range(0, len(replicates), TRACED):
        some = replicates[first : first + TRACED]
        traces = room(configuration, len(some))
        yearly = None if years is None else years[first : first + TRACED]
        books.append(run(configuration, seed, some, reference=True, traces=traces, years=yearly))
        choices += [pick(traces, place).opportunities() for place in range(len(some))]
    return Twins(tuple(replicates), np.concatenate(books).view(np.recarray), stack(choices))
