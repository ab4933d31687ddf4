"""The world: one structured array per kind of agent, and what belongs to pairs of them."""

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np

from agents.belief import CLASSES
from agents.books import BOOKS, DELAYS, SERIES
from agents.catalogue import ACTIVITY, DIMENSIONS, MEASURE
from agents.doctrine import DOCTRINE, SWITCHES
from agents.foundation.columns import Columns, natural, real
from agents.foundation.compiled import contents, register
from agents.member_state import MEMBER_PRIOR, MEMBER_STATE
from agents.partner import PARTNER, PARTNER_PRIOR
from agents.perpetrator import PERPETRATOR, PRIOR
from agents.scenario import CLASS, SCENARIO
from agents.union.council import COUNCIL
from agents.union.docket import CASE, NOTHING_DUE, VOTE
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
    credibility=real("share of what credibility remembers kept a week"),
    caution=real("share of Member States' caution after errors kept a week"),
    retooled=real("share of new tools kept a week"),
    norms=real("share of norm strength gained kept a week"),
    resilience=real("share of resilience gained kept a week"),
    diligence=real("share of diligence gained kept a week"),
)


_REAL, _INTEGER = np.dtype("<f8"), np.dtype("<i8")

ARRAYS: dict[str, tuple[np.dtype[Any], int, str]] = {
    "clock": (CLOCK.dtype, 1, "one row: seed and replicate"),
    "scenario": (SCENARIO.dtype, 1, "one row: circumstances"),
    "keep": (KEEP.dtype, 1, "one row: what is kept a week of what fades"),
    "classes": (CLASS.dtype, 1, "classes of severity: prior beliefs and credibility at the start"),
    "doctrine": (DOCTRINE.dtype, 1, "one row: the EU's doctrine"),
    "switches": (SWITCHES.dtype, 1, "one row: mechanisms switched on"),
    "activities": (ACTIVITY.dtype, 1, "the catalogue of activities, in order of severity"),
    "measures": (MEASURE.dtype, 1, "the toolbox"),
    "priors": (PRIOR.dtype, 1, "distributions of the perpetrators' traits"),
    "member_priors": (MEMBER_PRIOR.dtype, 1, "one row: distribution of Member States' traits"),
    "partner_priors": (PARTNER_PRIOR.dtype, 1, "one row: distribution of partners' traits"),
    "perpetrators": (PERPETRATOR.dtype, 1, "perpetrators"),
    "member_states": (MEMBER_STATE.dtype, 1, "Member States"),
    "partners": (PARTNER.dtype, 1, "partners"),
    "victims": (VICTIM.dtype, 1, "Member States, then partners, as victims"),
    "council": (COUNCIL.dtype, 1, "one row: the European Union"),
    "cases": (CASE.dtype, 1, "the docket"),
    "tracks": (TRACK.dtype, 1, "what is done about each case: as many rows a case as there are tracks"),
    "ledger": (CASE.dtype, 1, "cases that have ended, where a ledger is kept"),
    "ledger_tracks": (TRACK.dtype, 1, "their tracks"),
    "votes": (VOTE.dtype, 1, "votes put to members, where a ledger is kept"),
    "books": (BOOKS.dtype, 1, "one row: what the run counts"),
    "before": (BOOKS.dtype, 1, "one row: books at the start of the week, where a series is kept"),
    "blank": (BOOKS.dtype, 1, "one row: books with nothing in them"),
    "series": (SERIES.dtype, 1, "the weeks recorded, where a series is kept"),
    "rungs": (_INTEGER, 2, "[week, rung]: activities carried out, where a series is kept"),
    "severity_weights": (_REAL, 1, "[dimension]: weights in severity, summing to 1"),
    "pull": (_REAL, 2, "[perpetrator, victim]: exposure times affinity"),
    "dependence": (_REAL, 2, "[member, perpetrator]: the member's exposure to a perpetrator state"),
    "limits": (_REAL, 2, "[states and proxies, others; rung]: bite that may lawfully be announced"),
    "attraction": (_REAL, 2, "[perpetrator, rung]: what experience says an activity is worth, utility"),
    "believed": (_REAL, 2, "[perpetrator, rung]: what was believed of it at the last opportunity, utility"),
    "at_least": (_REAL, 2, "[perpetrator, rung]: P(activity at least this severe) at this week's opportunity"),
    "last_week": (_INTEGER, 2, "[perpetrator, victim]: week of the last activity, a sponsor's proxies' included"),
    "last_rung": (_INTEGER, 2, "[perpetrator, victim]: its rung"),
    "calendar": (_INTEGER, 1, "[case]: next week in which something is due"),
    "ended": (_INTEGER, 1, "[place]: rows of the attributed cases whose answer was completed this week"),
    "met": (_INTEGER, 1, "[place]: rows of the perpetrators that met an opportunity this week"),
    "due": (_INTEGER, 1, "[place]: rows of the cases on which something is due this week"),
    "weights": (_REAL, 1, "[candidate]: weights in the race being run"),
    "lots": (_REAL, 1, "[candidate]: their uniforms"),
    "delays": (_INTEGER, 2, "[row of DELAYS, weeks]: cases"),
}
"""Arrays of a world: dtype, number of dimensions, content. Victims are Member States first, then partners."""


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
    kinds = {name: (np.dtype(dtype), dimensions) for name, (dtype, dimensions, _) in ARRAYS.items()}
    if {name: (array.dtype, array.ndim) for name, array in arrays.items()} != kinds:
        raise pickle.UnpicklingError("this model was pickled by another version of deter: its world has other tables")
    return World(**arrays).copy()  # an array that came with the pickle may be read-only, or still another's


register(World, {name: (dtype, dimensions) for name, (dtype, dimensions, _) in ARRAYS.items()})


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
) -> World:
    """A world of this size with nothing in it.

    `cases` and `ledger` are rows of the docket and the ledger, `series` the weeks of which a series is kept, and
    `weeks` the length of the run with its burn-in.
    """
    victims = members + partners
    return World(
        clock=CLOCK.empty(1),
        scenario=SCENARIO.empty(1),
        keep=KEEP.empty(1),
        classes=CLASS.empty(len(CLASSES)),
        doctrine=DOCTRINE.empty(1),
        switches=SWITCHES.empty(1),
        activities=ACTIVITY.empty(activities),
        measures=MEASURE.empty(measures),
        priors=PRIOR.empty(perpetrators),
        member_priors=MEMBER_PRIOR.empty(1),
        partner_priors=PARTNER_PRIOR.empty(1),
        perpetrators=PERPETRATOR.empty(perpetrators),
        member_states=MEMBER_STATE.empty(members),
        partners=PARTNER.empty(partners),
        victims=VICTIM.empty(victims),
        council=COUNCIL.empty(1),
        cases=CASE.empty(cases),
        tracks=TRACK.empty(len(TRACKS) * cases),
        ledger=CASE.empty(ledger),
        ledger_tracks=TRACK.empty(len(TRACKS) * ledger),
        votes=VOTE.empty(len(TRACKS) * ledger),
        books=BOOKS.empty(1),
        before=BOOKS.empty(1),
        blank=BOOKS.empty(1),
        series=SERIES.empty(series),
        rungs=np.zeros((series, activities), np.int64),
        severity_weights=np.zeros(len(DIMENSIONS)),
        pull=np.zeros((perpetrators, victims)),
        dependence=np.zeros((members, perpetrators)),
        limits=np.zeros((2, activities)),
        attraction=np.zeros((perpetrators, activities)),
        believed=np.zeros((perpetrators, activities)),
        at_least=np.zeros((perpetrators, activities)),
        last_week=np.full((perpetrators, victims), -(1 << 20)),
        last_rung=np.zeros((perpetrators, victims), np.int64),
        calendar=np.full(cases, NOTHING_DUE),
        ended=np.zeros(cases, np.int64),
        met=np.zeros(perpetrators, np.int64),
        due=np.zeros(cases, np.int64),
        weights=np.zeros(max(perpetrators, victims, activities)),
        lots=np.zeros(max(perpetrators, victims, activities)),
        delays=np.zeros((len(DELAYS), weeks + 1), np.int64),
    )
