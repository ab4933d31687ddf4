"""Cases as the table sees them: numbered as they surface, with the evidence that there is, and what may be done.

Nothing here tells who did it: a case has a leading suspect and how sure investigators are.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np

from agents.attribution import log_odds
from agents.catalogue import ADOPTION_RULES, ATTRIBUTION_NEEDS, CATEGORIES, NEEDS_STATE, ON_CASE, TO_NOBODY
from agents.member_state import POSITIONS, attributes
from agents.union.docket import ANSWERING, EMPTY, LATENT, NEVER, OPEN, STATUS
from agents.union.measures import belongs, fits, needs_nothing
from agents.union.tracks import (
    ADOPTED,
    DROPPED,
    LAPSED,
    NOT_BEGUN,
    REACTION,
    STAGES,
    STATEMENT,
    TRACKS,
    WAITING,
    track_row,
    unfinished,
)
from agents.voting import carries, tally
from agents.world import World
from model.configuration import Configuration
from model.onward.script import Case

KINDS = {
    "reaction": "first reaction",
    "statement": "statement",
    "joint": "joint attribution",
    "dossier": "listing and the like",
    "own": "response of the willing",
}
"""Kinds of measures by their track: a case has one of each at a time."""


STAGED = {
    WAITING: "waiting for room on the agenda",
    DROPPED: "dropped, without enough evidence, an addressee or room for it",
    LAPSED: "lapsed while it waited",
}
"""Stages in words, where these are others than those of `STAGES`."""


def staged(stage: int) -> str:
    """A stage of a track in words."""
    return STAGED.get(int(stage), STAGES[stage])


class Track(NamedTuple):
    """What is done about a case on one of its tracks."""

    track: str
    stage: str
    measure: str
    due: int  # week of the decision; −1: none
    votes: tuple[int, int, int]  # for, against, abstaining
    share: float


class Seen(NamedTuple):
    """A case as everybody on the Union's side sees it."""

    number: int
    status: str
    opened: int  # week
    victim: str
    activity: str
    severity: float
    suspect: str | None
    confidence: float
    state_confidence: float
    clues: int
    national: int  # Member States that attribute it in public
    attributed: int  # week; −1: not
    held: bool  # whether the table decides about it
    tracks: tuple[Track, ...]


class Option(NamedTuple):
    """A measure that may be taken on a case, or why not."""

    measure: str
    title: str
    track: str
    category: str
    adoption: str
    needs: str
    why_not: str  # empty: it may be taken
    bite: tuple[float, float]
    cost: float
    weeks: tuple[float, float]  # of preparation
    duration: int


class Ballot(NamedTuple):
    """How the members would vote now: the position of each, and the share of the Union that carries it; 0: it fails."""

    positions: dict[str, str]
    share: float


OTHERS = 100
"""Cases of which no news tells have higher numbers: there are 100 injects at most."""


@dataclass
class Numbers:
    """Numbers of cases, in the order in which they surface: from 1 those of which news tells, from 101 all others."""

    of: dict[Case, int] = field(default_factory=dict)

    def note(self, world: World, told: Collection[Case]) -> None:
        """Number the cases that have surfaced since; `told` are those of which news tells."""
        cases = world.cases
        rows = [row for row in range(len(cases)) if cases.status[row] not in (EMPTY, LATENT)]
        found = sorted((int(cases.opened[row]), int(cases.begun[row]), row) for row in rows)
        for _, _, row in found:
            case = known(world, row)
            before = 0 if case in told else OTHERS
            same = sum((number > OTHERS) == (before == OTHERS) for number in self.of.values())
            self.of.setdefault(case, before + same + 1)

    def case(self, number: int) -> Case | None:
        """The case of a number."""
        return next((case for case, its in self.of.items() if its == number), None)


def known(world: World, row: int) -> Case:
    """Which case stands in a row of the docket."""
    return Case(int(world.cases.entity[row]), int(world.cases.begun[row]))


def row_of(world: World, case: Case) -> int:
    """Row of the docket in which a case stands; −1: it has ended."""
    cases = world.cases
    found = np.flatnonzero((cases.status != EMPTY) & (cases.entity == case.entity) & (cases.begun == case.begun))
    return int(found[0]) if len(found) else -1


def seen(world: World, configuration: Configuration, names: dict[str, str], row: int, number: int, held: bool) -> Seen:
    """A case of the docket; `names` are those under which players know victims."""
    case = world.cases[row]
    victims = [*configuration.member_states.members, *configuration.partners.members]
    perpetrators, activities = list(configuration.perpetrators.values()), list(configuration.activities.values())
    victim = victims[case.victim]
    return Seen(
        number,
        STATUS[case.status],
        int(case.opened),
        names.get(victim, victim),
        activities[case.activity].title,
        float(case.severity),
        perpetrators[case.suspect].title if case.suspect >= 0 else None,
        float(case.confidence),
        float(case.state_confidence),
        int(case.clues),
        int(case.national),
        int(case.attributed),
        held,
        tuple(_tracks(world, configuration, row)),
    )


def _tracks(world: World, configuration: Configuration, row: int) -> Any:
    measures = list(configuration.measures.values())
    for kind, name in enumerate(TRACKS):
        track = world.tracks[track_row(row, kind)]
        if track.stage != NOT_BEGUN:
            title = measures[track.measure].title if track.measure >= 0 else "not chosen yet"
            votes = int(track.supporting), int(track.objecting), int(track.abstaining)
            yield Track(
                name,
                staged(track.stage),
                title,
                int(track.due),
                votes,
                float(track.share),
            )


def track_of(world: World, measure: int) -> str | None:
    """Track on which a measure is taken; None: on none, as a standing programme."""
    if world.measures.occasion[measure] != ON_CASE:
        return None
    if needs_nothing(world, measure):
        return TRACKS[REACTION]
    return next((TRACKS[kind] for kind in range(STATEMENT, len(TRACKS)) if belongs(world, measure, kind)), None)


def options(world: World, configuration: Configuration, row: int, week: int) -> list[Option]:
    """Measures that may be taken on a case this week, and those that may not, with the reason."""
    found = []
    delay = float(world.doctrine[0].delay_factor)
    for place, (name, measure) in enumerate(configuration.measures.items()):
        track = track_of(world, place)
        if track is None:
            continue
        table = world.measures[place]
        found.append(
            Option(
                name,
                measure.title,
                track,
                CATEGORIES[table.category],
                ADOPTION_RULES[table.adoption],
                ATTRIBUTION_NEEDS[table.attribution],
                why_not(world, configuration, row, place, track, week),
                (float(table.bite_low), float(table.bite_high)),
                float(table.cost),
                (delay * float(table.delay_low), delay * float(table.delay_high)),
                int(table.duration),
            )
        )
    return found


def why_not(world: World, configuration: Configuration, row: int, measure: int, track: str, week: int) -> str:
    """Why a measure may not be taken on a case this week; empty: it may."""
    case, table, kind = world.cases[row], world.measures[measure], TRACKS.index(track)
    stage = world.tracks[track_row(row, kind)].stage
    if unfinished(stage) or stage == ADOPTED:
        return f"the case has its {KINDS[track]} already, {staged(stage)}"
    if table.addressee == TO_NOBODY and case.victim >= len(world.member_states):
        return "it helps Member States alone"
    if table.available > week:
        begins = configuration.scenario.time.start + timedelta(weeks=int(table.available))
        return f"it does not exist before {begins.isoformat()}"
    if table.forgone == 1:
        return "the doctrine forgoes it"
    if table.floor > case.severity:
        return f"it needs a severity of {table.floor:.2f}, and this case has {case.severity:.2f}"
    if kind == REACTION:
        return "" if case.status in (OPEN, ANSWERING) else "the case is closed"
    if case.attributed == NEVER:
        return "the case is not attributed yet"
    if case.status != ANSWERING and case.attributed != week:
        return "the answer to this case is over"
    if table.bite_high <= 0.0:
        return ""
    if not fits(world, row, measure, week, kind):
        return (
            "it needs a state to be named jointly"
            if table.attribution == NEEDS_STATE
            else "it does not reach such a suspect"
        )
    return ""


def ballot(
    world: World, configuration: Configuration, names: dict[str, str], row: int, measure: int, track: str, week: int
) -> Ballot:
    """How the members would vote this week on a measure that is voted on; by the day of the vote much may have changed.

    `names` are those under which players know victims.
    """
    copy = world.copy()
    votes = tally(copy, row, TRACKS.index(track), measure, week)
    positions = copy.positions[copy.council[0].votes_written]
    members = configuration.member_states.members
    share = float(carries(copy, measure, votes))
    found = {names.get(name, name): POSITIONS[positions[place]] for place, name in enumerate(members)}
    return Ballot(found, share)


def own_standard(world: World, member: int) -> float:
    """The confidence, from 0 to 1, at which a member is convinced now."""
    return float(1.0 / (1.0 + np.exp(-world.member_states[member].standard - world.council[0].caution)))


def own_view(world: World, row: int, member: int) -> tuple[bool, float | None]:
    """Whether a member's own standard is met for a case, and its dependence on the state of the party suspected.

    Dependence is relative to the median Member State's on a state; None while nobody is suspected.
    """
    case = world.cases[row]
    if case.suspect < 0:
        return False, None
    home = world.perpetrators[int(case.suspect)].home
    return bool(attributes(world, member, log_odds(case.confidence))), float(world.dependence[member, home])
