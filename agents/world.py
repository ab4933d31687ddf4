"""The world: one structured array per kind of agent, and what belongs to pairs of them."""

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.belief import CLASSES
from agents.books import BOOKS, DELAYS, SERIES
from agents.catalogue import ACTIVITY, DIMENSIONS, MEASURE
from agents.doctrine import DOCTRINE, PHASE, SWITCHES
from agents.foundation.columns import Columns, natural, real
from agents.foundation.memory import Layout, contents, register
from agents.foundation.tables import Table
from agents.member_state import MEMBER_PRIOR, MEMBER_STATE
from agents.partner import PARTNER, PARTNER_PRIOR
from agents.perpetrator import ACT, PERPETRATOR, PRIOR
from agents.scenario import CLASS, SCENARIO
from agents.union.council import COUNCIL
from agents.union.docket import CASE, NOTHING_DUE, VOTE
from agents.union.script import SCRIPT
from agents.union.tracks import TRACK, TRACKS
from agents.victim import VICTIM

CLOCK = Columns(
    seed=natural("seed of the run: first word of the key of every draw"),
    replicate=natural("replicate: second word of the key of every draw"),
)

KEEP = Columns(
    memory=real("share of the evidence in a belief kept a week"),
    grievance=real("share of grievance kept a week"),
    blame=real("share of the learned rate of blame kept a week"),
    record=real("share of the EU's record of an actor kept a week"),
    credibility=real("share of memory in credibility kept a week"),
    caution=real("share of Member States' caution after errors kept a week"),
    retooled=real("share of new tools kept a week"),
    norms=real("share of norm strength gained kept a week"),
    resilience=real("share of resilience gained kept a week"),
    diligence=real("share of diligence gained kept a week"),
)


_REAL, _INTEGER, _COUNT = np.dtype("<f8"), np.dtype("<i8"), np.dtype("<i4")


def _row(columns: Columns, doc: str, *, constant: bool = False) -> Layout:
    return Layout(columns.dtype, 1, doc, by_column=True, rows=1, constant=constant)


def _table(columns: Columns, doc: str, *, constant: bool = False) -> Layout:
    return Layout(columns.dtype, 1, doc, by_column=True, constant=constant)


ARRAYS: dict[str, Layout] = {
    "clock": _row(CLOCK, "seed and replicate"),
    "scenario": _row(SCENARIO, "circumstances", constant=True),
    "keep": _row(KEEP, "shares kept each week of all that fades", constant=True),
    "classes": _table(CLASS, "classes of severity: prior beliefs and credibility at the start", constant=True),
    "doctrine": _row(DOCTRINE, "the EU's doctrine, as it is this week"),
    "doctrines": _table(DOCTRINE, "the doctrine under every combination of its phases, a bit for each", constant=True),
    "phases": _table(PHASE, "phases of the doctrine, each over those before it"),
    "switches": _row(SWITCHES, "mechanisms switched on", constant=True),
    "activities": _table(ACTIVITY, "the catalogue of activities, in order of severity", constant=True),
    "measures": _table(MEASURE, "the toolbox", constant=True),
    "priors": _table(PRIOR, "distributions of the perpetrators' traits", constant=True),
    "member_priors": _table(MEMBER_PRIOR, "distributions of the Member States' traits", constant=True),
    "partner_priors": _row(PARTNER_PRIOR, "distribution of partners' traits", constant=True),
    "perpetrators": _table(PERPETRATOR, "perpetrators"),
    "member_states": _table(MEMBER_STATE, "Member States"),
    "partners": _table(PARTNER, "partners"),
    "victims": _table(VICTIM, "Member States, then partners, as victims"),
    "council": _row(COUNCIL, "the European Union"),
    "script": _table(SCRIPT, "what people decide and inject, in the order of weeks", constant=True),
    "cases": Layout(CASE.dtype, 1, "the docket"),
    "tracks": Layout(TRACK.dtype, 1, "what is done about each case: as many rows a case as there are tracks"),
    "ledger": Layout(CASE.dtype, 1, "cases that have ended, where a ledger is kept"),
    "ledger_tracks": Layout(TRACK.dtype, 1, "their tracks"),
    "votes": Layout(VOTE.dtype, 1, "votes put to members, where a ledger is kept"),
    "positions": Layout(_COUNT, 2, "[vote, member]: its position in each vote written down, a code of POSITIONS"),
    "acts": Layout(ACT.dtype, 1, "acts of the weeks counted, where they are kept"),
    "books": Layout(BOOKS.dtype, 1, "one row: what the run counts"),
    "before": Layout(BOOKS.dtype, 1, "one row: books at the start of the week, where a series is kept"),
    "blank": Layout(BOOKS.dtype, 1, "one row: books with nothing in them"),
    "series": Layout(SERIES.dtype, 1, "the weeks recorded, where a series is kept"),
    "in_force": Layout(_INTEGER, 1, "[week]: phases of the doctrine that hold, a bit for each, where a series is kept"),
    "rungs": Layout(_INTEGER, 2, "[week, rung]: activities carried out, where a series is kept"),
    "severity_weights": Layout(_REAL, 1, "[dimension]: weights in severity, summing to 1"),
    "pull": Layout(_REAL, 2, "[perpetrator, victim]: exposure times affinity"),
    "dependence": Layout(_REAL, 2, "[member, perpetrator]: the member's exposure to a perpetrator state"),
    "limits": Layout(_REAL, 2, "[states and proxies, others; rung]: bite that may lawfully be announced"),
    "attraction": Layout(_REAL, 2, "[perpetrator, rung]: what experience says an activity is worth, utility"),
    "believed": Layout(_REAL, 2, "[perpetrator, rung]: what was believed of it at the last opportunity, utility"),
    "at_least": Layout(_REAL, 2, "[perpetrator, rung]: P(activity at least this severe) at this week's opportunity"),
    "scratch": Layout(_REAL, 2, "[rate, sum; rung]: what lies between utilities and probabilities of a choice"),
    "last_week": Layout(_INTEGER, 2, "[perpetrator, victim]: week of the last activity, a sponsor's proxies' included"),
    "last_rung": Layout(_INTEGER, 2, "[perpetrator, victim]: its rung"),
    "calendar": Layout(_INTEGER, 1, "[case]: next week in which something is due"),
    "ended": Layout(_INTEGER, 1, "[place]: rows of the attributed cases whose answer was completed this week"),
    "met": Layout(_INTEGER, 1, "[place]: rows of the perpetrators that met an opportunity this week"),
    "due": Layout(_INTEGER, 1, "[place]: rows of the cases on which something is due this week"),
    "delays": Layout(_COUNT, 2, "[row of DELAYS, weeks]: cases"),
}
"""Arrays of a world. Victims are Member States first, then partners.

What rules loop over, and what never changes, lies by column; what is copied row by row into results, in records.
"""


class World:
    """All of a world's state, an array for each entry of `ARRAYS`."""

    __slots__ = (*ARRAYS, "address", "contents")

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(self, **arrays: Any) -> None:
        for name in ARRAYS:
            setattr(self, name, arrays[name])
        self.contents = contents([arrays[name] for name in ARRAYS])
        self.address = self.contents.ctypes.data

    def replace(self, **arrays: Any) -> "World":
        """Return a world with other arrays in these places."""
        return World(**{**{name: getattr(self, name) for name in ARRAYS}, **arrays})

    def copy(self) -> "World":
        """Return a copy that shares no memory."""
        return World(**{name: getattr(self, name).copy() for name in ARRAYS})

    def __reduce__(self) -> Any:
        # A world is its arrays. Their addresses hold in this process, and for this world, alone.
        return _world_of, ({name: getattr(self, name) for name in ARRAYS},)


def _world_of(arrays: dict[str, Any]) -> World:
    """A copied or unpickled world; raises `UnpicklingError` where its arrays are not those of this version."""
    kinds = {name: (each.dtype, each.dimensions, each.by_column) for name, each in ARRAYS.items()}
    if {name: (each.dtype, each.ndim, isinstance(each, Table)) for name, each in arrays.items()} != kinds:
        raise pickle.UnpicklingError("this model was pickled by another version of deter: its world has other tables")
    return World(**arrays).copy()  # an array that came with the pickle may be read-only, or still another's


register(World, ARRAYS)


def empty_world(
    *,
    perpetrators: int,
    members: int,
    partners: int,
    activities: int,
    measures: int,
    cases: int,
    ledger: int,
    series: int,
    weeks: int,
    phases: int = 0,
    acts: int = 0,
) -> World:
    """A world of this size with nothing in it.

    `cases`, `ledger` and `acts` are rows of these tables, `series` the weeks of which a series is kept, and `weeks` the
    longest time from which delays are counted: that of the burn-in, or the one after it. `phases` are
    those of the doctrine.
    """
    victims = members + partners
    return World(
        clock=CLOCK.table(1),
        scenario=SCENARIO.table(1),
        keep=KEEP.table(1),
        classes=CLASS.table(len(CLASSES)),
        doctrine=DOCTRINE.table(1),
        doctrines=DOCTRINE.table(1 << phases),
        phases=PHASE.table(phases),
        switches=SWITCHES.table(1),
        activities=ACTIVITY.table(activities),
        measures=MEASURE.table(measures),
        priors=PRIOR.table(perpetrators),
        member_priors=MEMBER_PRIOR.table(members),
        partner_priors=PARTNER_PRIOR.table(1),
        perpetrators=PERPETRATOR.table(perpetrators),
        member_states=MEMBER_STATE.table(members),
        partners=PARTNER.table(partners),
        victims=VICTIM.table(victims),
        council=COUNCIL.table(1),
        script=SCRIPT.table(0),
        cases=CASE.empty(cases),
        tracks=TRACK.empty(len(TRACKS) * cases),
        ledger=CASE.empty(ledger),
        ledger_tracks=TRACK.empty(len(TRACKS) * ledger),
        votes=VOTE.empty(len(TRACKS) * ledger),
        positions=np.zeros((len(TRACKS) * ledger, members), _COUNT),
        acts=ACT.empty(acts),
        books=BOOKS.empty(1),
        before=BOOKS.empty(1),
        blank=BOOKS.empty(1),
        series=SERIES.empty(series),
        in_force=np.zeros(series, np.int64),
        rungs=np.zeros((series, activities), np.int64),
        severity_weights=np.zeros(len(DIMENSIONS)),
        pull=np.zeros((perpetrators, victims)),
        dependence=np.zeros((members, perpetrators)),
        limits=np.zeros((2, activities)),
        attraction=np.zeros((perpetrators, activities)),
        believed=np.zeros((perpetrators, activities)),
        at_least=np.zeros((perpetrators, activities)),
        scratch=np.zeros((2, activities)),
        last_week=np.full((perpetrators, victims), -(1 << 20)),
        last_rung=np.zeros((perpetrators, victims), np.int64),
        calendar=np.full(cases, NOTHING_DUE),
        ended=np.zeros(cases, np.int64),
        met=np.zeros(perpetrators, np.int64),
        due=np.zeros(cases, np.int64),
        delays=np.zeros((len(DELAYS), weeks + 1), _COUNT),
    )
