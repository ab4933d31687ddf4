"""The compiled engine: the same rules as loops, over weeks and over runs.

`run` carries one configuration through many replicates. It releases the interpreter's lock, so that a pool of threads
runs several configurations at once. `Twins` holds what the reference world chose, once for all that share it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from agents.books import BOOKS, QUARTER, YEAR
from agents.foundation.compiled import Tables, rule
from agents.union.reporting import draw_reports
from agents.union.tracks import TRACKS
from agents.world import ARRAYS, World
from model.build import TEMPLATES, build_world, docket
from model.configuration import Configuration
from model.display.cards import Card, html, line
from model.errors import whole
from model.metrics.catalogue import headline_rows
from model.metrics.columns import Beside
from model.record import moments
from model.recording import Trace, add_up, close_books, compare, laid_out, note_choices, record, series_week
from model.schedule import Opportunities, advance, begin, of_run, open_books, reset

LEDGER = 4096
"""Rows of the ledger to begin with."""
ROOM = 1 << 27
"""Bytes of room made at once for what twins choose. One opportunity a week and perpetrator fits; few are met."""


@rule
def carry(
    world: Tables, twin: Opportunities, met: Opportunities, periods: Any, every: int, first: int, burn_in: int, end: int
) -> None:
    """The weeks of a run from `first` to `end`, exclusive; compared with the twin's choices if there are any.

    Books are opened in the week in which the burn-in is over. `met` takes its own opportunities and choices, and
    `periods` the books at the end of `every` so many weeks counted, and of the last week, where there is room for them.
    """
    for week in range(first, end):
        place = week - burn_in
        if place == 0:
            open_books(world, 0, week)
        keep = place >= 0 and len(world.series) > 0
        if keep:
            world.before[0] = world.books[0]
        advance(world, twin, week)
        if len(met.before) > 0:
            note_choices(world, met, week, burn_in)
        if place < 0:
            continue
        record(world, 0, week)
        if len(twin.before) > 0:
            compare(world, twin.at_least, twin.code, twin.before[week], twin.uncounted)
        if keep:
            series_week(world, place)
        if place // every < len(periods) and ((place + 1) % every == 0 or week + 1 == end):
            add_up(world, 0, week)
            periods[place // every] = world.books[0]


@rule
def simulate(
    world: Tables, twin: Opportunities, met: Opportunities, periods: Any, every: int, burn_in: int, weeks: int
) -> None:
    """One run from its beginning to its end, its books closed; the rest as of `carry`."""
    begin(world, 0, 0)
    carry(world, twin, met, periods, every, 0, burn_in, burn_in + weeks)
    close_books(world, 0, burn_in + weeks)


@rule
def simulate_all(
    world: Tables,
    template: Tables,
    seed: int,
    replicates: Any,
    twins: Opportunities,
    met: Opportunities,
    periods: Any,
    every: int,
    books: Any,
    burn_in: int,
    weeks: int,
) -> None:
    """One run for each replicate, with its twin's choices; `books` takes the results, `met` what each met and chose."""
    for run in range(len(replicates)):
        reset(world, template)
        world.clock[0].seed = seed
        world.clock[0].replicate = replicates[run]
        own = of_run(met, run)
        simulate(world, of_run(twins, run), own, periods[run], every, burn_in, weeks)
        if len(own.before) > 0:
            met.uncounted[run] += own.before[burn_in] - own.before[0]
            if run + 1 < len(replicates):
                met.before[run + 1, 0], met.uncounted[run + 1] = own.before[burn_in + weeks], met.uncounted[run]
        books[run] = world.books[0]


class Twins(NamedTuple):
    """Runs of a reference world: the replicates, their books and their choices, and their books by quarter if kept."""

    replicates: tuple[int, ...]
    books: Any
    choices: Opportunities
    quarters: Any = None

    def select(self, replicates: Sequence[int]) -> "Twins":
        """The twins of these replicates."""
        places = [self.replicates.index(replicate) for replicate in replicates]
        before, uncounted, *opportunities = self.choices
        choices = Opportunities(before[places], uncounted[places], *opportunities)
        quarters = None if self.quarters is None else self.quarters[places]
        return Twins(tuple(replicates), self.books[places], choices, quarters)


def room(configuration: Configuration, runs: int = 1) -> Opportunities:
    """Room for all opportunities that so many runs may meet: one a week and perpetrator."""
    time, perpetrators = configuration.scenario.time, len(configuration.perpetrators)
    weeks = time.burn_in + time.weeks
    most = runs * weeks * perpetrators
    return Opportunities(
        np.zeros((runs, weeks + 1), np.int64),
        np.zeros(runs, np.int64),
        np.zeros(most, np.int64),
        np.zeros(most, np.int8),
        np.zeros((runs * time.weeks * perpetrators, len(configuration.activities))),
    )


def trimmed(room: Opportunities) -> Opportunities:
    """What runs have written into their room, which is given up."""
    met = int(room.before[-1, -1])
    for array, rows in ((room.row, met), (room.code, met), (room.at_least, met - int(room.uncounted[-1]))):
        array.resize((rows, *array.shape[1:]), refcheck=False)  # in place: what was never touched costs nothing
    return room


NO_TWIN = Opportunities(np.zeros(0, np.int64), 0, np.zeros(0, np.int64), np.zeros(0, np.int8), np.zeros((0, 0)))
"""Stands in for the opportunities of a twin where there is none, and for room where none are written down."""
NO_PERIODS = BOOKS.empty(0)
"""Stands in for the books by period where none are kept."""


def room_for_years(configuration: Configuration, runs: int) -> Any:
    """Room for the books [run, year] at the end of each year that so many runs count; weeks beyond fill no year."""
    return BOOKS.empty(runs, configuration.scenario.time.weeks // YEAR)


def room_for_quarters(configuration: Configuration, runs: int) -> Any:
    """Room for the books [run, quarter] at the end of each quarter that so many runs count; the last may be short."""
    return BOOKS.empty(runs, -(-configuration.scenario.time.weeks // QUARTER))


def stack(runs: Sequence[Opportunities]) -> Opportunities:
    """The opportunities of several runs as one."""
    return joined([run._replace(before=run.before[None], uncounted=np.array([run.uncounted])) for run in runs])


def joined(parts: Sequence[Opportunities]) -> Opportunities:
    """The opportunities of several times several runs as those of all."""
    if len(parts) == 1:
        return parts[0]
    met = np.cumsum([0, *(len(part.row) for part in parts[:-1])])
    skipped = np.cumsum([0, *(len(part.row) - len(part.at_least) for part in parts[:-1])])
    before = np.concatenate([part.before + first for part, first in zip(parts, met, strict=True)])
    uncounted = np.concatenate([part.uncounted + first for part, first in zip(parts, skipped, strict=True)])
    return Opportunities(before, uncounted, *(np.concatenate(field) for field in list(zip(*parts, strict=True))[2:]))


def scratch(template: World) -> World:
    """A world that shares with its template what a run never writes."""
    shared = {"scenario", "keep", "classes", "doctrines", "switches", "activities", "measures", "blank"}
    return template.replace(**{name: getattr(template, name).copy() for name in ARRAYS if name not in shared})


def run(
    configuration: Configuration,
    seed: int,
    replicates: Sequence[int],
    twins: Twins | None = None,
    *,
    reference: bool = False,
    met: Opportunities | None = None,
    periods: Any = None,
    every: int = YEAR,
    cases: int | None = None,
) -> Any:
    """Run a configuration, or with `reference` its twin, for these replicates; returns one row of `BOOKS` for each.

    `twins` are those of the same replicates; without them the classes against the twin stay zero. `met` takes the
    opportunities of each run and its choices (`room`), `periods` its books at the end of `every` so many weeks
    (`room_for_years`, `room_for_quarters`).
    """
    cases = cases or docket(configuration)
    template = TEMPLATES.take(configuration, reference=reference, cases=cases)
    books = BOOKS.empty(len(replicates))
    given = twins.choices if twins else stack([NO_TWIN] * len(replicates))
    own = met or stack([NO_TWIN] * len(replicates))
    kept = BOOKS.empty(len(replicates), 0) if periods is None else periods
    time, seed = configuration.scenario.time, whole("seed", seed, "a seed")
    keys = np.array([whole("replicates", each, "a seed") for each in replicates], np.uint64)
    simulate_all(scratch(template), template, seed, keys, given, own, kept, every, books, time.burn_in, time.weeks)
    for place in np.flatnonzero(books.overflow).tolist():
        again = slice(place, place + 1)
        if met:  # the same opportunities once more, in the same places
            met.uncounted[place] -= met.before[place, time.burn_in] - met.before[place, 0]
        books[again] = run(
            configuration,
            seed,
            [replicates[place]],
            twins.select([replicates[place]]) if twins else None,
            reference=reference,
            met=own._replace(before=own.before[again], uncounted=own.uncounted[again]) if met else None,
            periods=kept[again],
            every=every,
            cases=2 * cases,
        )
    return books


class Ended(NamedTuple):
    """One world after its run, the cases that it had, and their tracks [case, track]."""

    world: World
    cases: Any
    tracks: Any


def run_with_cases(configuration: Configuration, seed: int, replicate: int, *, room_for: int = 1) -> Ended:
    """Run one replicate without a twin, and keep its cases."""
    world = build_world(configuration, cases=room_for * docket(configuration), ledger=room_for * LEDGER)
    world.clock.seed, world.clock.replicate = seed, replicate
    time = configuration.scenario.time
    simulate(world, NO_TWIN, NO_TWIN, NO_PERIODS, YEAR, time.burn_in, time.weeks)
    if world.books[0].overflow:
        return run_with_cases(configuration, seed, replicate, room_for=2 * room_for)
    number = world.council[0].ledger_rows
    return Ended(world, world.ledger[:number], world.ledger_tracks[: number * len(TRACKS)].reshape(number, len(TRACKS)))


def run_recorded(configuration: Configuration, seed: int, replicate: int) -> tuple[Any, dict[str, float]]:
    """Run one replicate without a twin; returns its row of `BOOKS` and the moments of its public record."""
    world, cases, tracks = run_with_cases(configuration, seed, replicate)
    uniforms = np.zeros(len(cases))
    draw_reports(world, uniforms)
    return world.books, moments(configuration, cases, tracks, uniforms)


class OneRun(NamedTuple):
    """One world in full: books, weekly series, acts by rung and week, cases, their tracks, votes, choices, its twin.

    `phases` are the phases of the doctrine that hold in each week counted, a bit for each; `positions` [vote, member]
    are codes of `POSITIONS`, and `acts` all acts of the weeks counted, where they were asked for. `quarters` are the
    books at the end of each quarter.
    """

    books: Any
    series: Any
    rungs: Any
    ledger: Any
    tracks: Any
    votes: Any
    trace: Trace
    phases: Any
    positions: Any
    acts: Any
    twin: "OneRun | None" = None
    quarters: Any = None

    def __repr__(self) -> str:
        cases = f"{len(self.ledger):,} cases" if len(self.ledger) else "no ledger"
        twin = "beside its twin" if self.twin else "without a twin"
        return line("OneRun", "", f"{self._weeks:,} weeks", f"{int(self.books.acts[0]):,} acts", cases, twin)

    @property
    def _weeks(self) -> int:
        return int(self.books.weeks[0])

    def _repr_html_(self) -> str:
        found = Beside(self.books, (self.twin or self).books)
        facts = {"weeks": f"{self._weeks:,}", "acts": f"{int(self.books.acts[0]):,}"}
        facts |= {"acts of the twin": f"{int(self.twin.books.acts[0]):,}"} if self.twin else {}
        facts |= {"cases in the ledger": f"{len(self.ledger):,}"} if len(self.ledger) else {}
        calls = {"run.series": "the weeks", "run.trace": "the choices", "run.twin": "the same for the twin"}
        return html(Card("One run beside its twin", "", facts, headline_rows(found), calls=calls))


def run_one(
    configuration: Configuration, seed: int, replicate: int, *, ledger: bool = False, acts: bool = False
) -> OneRun:
    """Run one world and its twin, and keep everything; `ledger` keeps cases and votes as well, `acts` every act."""
    seed, replicate = whole("seed", seed, "a seed"), whole("replicate", replicate, "a seed")
    twin, met = _run_in_full(configuration, seed, replicate, None, ledger, acts)
    world, _ = _run_in_full(configuration, seed, replicate, met, ledger, acts)
    return world._replace(twin=twin)


def _run_in_full(
    configuration: Configuration,
    seed: int,
    replicate: int,
    twin: Opportunities | None,
    ledger: bool,
    acts: bool,
    room_for: int = 1,
) -> tuple[OneRun, Opportunities]:
    time, cases = configuration.scenario.time, room_for * docket(configuration)
    rows = room_for * LEDGER if ledger else 0
    world = build_world(configuration, reference=twin is None, cases=cases, ledger=rows, series=True, acts=acts)
    world.clock.seed, world.clock.replicate = seed, replicate
    met, quarters = of_run(room(configuration), 0), room_for_quarters(configuration, 1)[0]
    simulate(world, twin or NO_TWIN, met, quarters, QUARTER, time.burn_in, time.weeks)
    if world.books[0].overflow:
        return _run_in_full(configuration, seed, replicate, twin, ledger, acts, 2 * room_for)
    cases_ended, votes = world.council[0].ledger_rows, world.council[0].votes_written
    kept = OneRun(
        world.books,
        world.series,
        world.rungs,
        world.ledger[:cases_ended],
        world.ledger_tracks[: cases_ended * len(TRACKS)],
        world.votes[:votes],
        laid_out(met, time.burn_in, len(configuration.perpetrators)),
        world.in_force,
        world.positions[:votes],
        world.acts[: world.council[0].acts_written],
        quarters=quarters,
    )
    return kept, met._replace(uncounted=met.before[time.burn_in])


def run_twins(
    configuration: Configuration, seed: int, replicates: Sequence[int], periods: Any = None, every: int = YEAR
) -> Twins:
    """Run the reference world of a configuration for these replicates, keeping its choices.

    `periods` and `every` as of `run`; what `every` quarter holds is kept with the twins.
    """
    books, choices = [], []
    most = max(1, ROOM // room(configuration).at_least.nbytes)
    for first in range(0, len(replicates), most):
        some = replicates[first : first + most]
        met, kept = room(configuration, len(some)), None if periods is None else periods[first : first + most]
        books.append(run(configuration, seed, some, reference=True, met=met, periods=kept, every=every))
        choices.append(trimmed(met))
    quarters = periods if every == QUARTER else None
    return Twins(tuple(replicates), np.concatenate(books).view(np.recarray), joined(choices), quarters)
