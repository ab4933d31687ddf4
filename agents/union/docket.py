"""The docket: one row per case, that is per act that will be detected and per false alarm, from the act to its end.

Rows never move; a case that has ended frees its row for a later one.
"""

import math

from agents.foundation.columns import Columns, integer, natural, real
from agents.foundation.compiled import Tables, rule
from agents.union.tracks import clear_tracks, next_due, pending

EMPTY, LATENT, OPEN, ANSWERING, ANSWERED, CLOSED = range(6)
STATUS = ("empty", "latent", "open", "answering", "answered", "closed")

NEVER = -1

NOTHING_DUE = 1 << 40
"""Week of the next event of a row without one."""

CASE = Columns(
    status=integer("code in STATUS: not yet detected, investigated, with an answer under way, answered, closed"),
    entity=natural("number under which it draws: the culprit's, or the EU's for a false alarm"),
    culprit=integer("row of the perpetrator; −1: a false alarm"),
    framed=integer("row of the party that false clues point to; −1: there is none"),
    victim=integer("victim; Member States first, then partners"),
    activity=integer("row of the activity, or of what the accident is taken for"),
    succeeded=integer("1 if the activity succeeded"),
    planted=integer("1 if the culprit planted a clue against the framed party"),
    begun=integer("week of the act"),
    opened=integer("week of detection"),
    severity=real("weighted mean of the incident's seven values, 0 to 1"),
    # investigation
    reliability=real("probability that a clue points to the truth"),
    weight=real("log-odds that investigators give to a clue"),
    standard=real("confidence that the EU requires for this case, 0 to 1"),
    start_culprit=real("log prior of the culprit (for a false alarm: of a party that no clue points to)"),
    start_framed=real("log prior of the framed party"),
    start_nobody=real("log prior of there being no author"),
    clues=integer("clues so far"),
    clues_culprit=integer("clues to the culprit"),
    clues_framed=integer("clues to the framed party"),
    clues_nobody=integer("clues to there being no author"),
    links=integer("1 if a clue proved the link between the suspect and its sponsor"),
    next_clue=integer("week of the next clue"),
    suspect=integer("row of the leading suspect, or of the party attributed; −1: none leads"),
    confidence=real("posterior probability of the suspect, 0 to 1"),
    state_confidence=real("posterior probability of the state behind it, 0 to 1"),
    first_national=integer("week of the first national attribution; −1: none"),
    first_national_right=integer("1 if it was right"),
    national=integer("Member States that attribute it publicly"),
    publishing=natural("word from which Member States draw whether they say in public whom they hold responsible"),
    persuaded=real("greatest certainty so far, less caution, that Member States were asked about, log-odds"),
    attributed=integer("week in which the EU's standard was met; −1: not"),
    joint=integer("week in which the standards of all Member States were met on the state behind it; −1: none"),
    right=integer("1 if the party attributed is the culprit"),
    # the answer to the attributed case; its tracks stand in a table of their own
    intended=real("bite that the doctrine intends for it, fixed at attribution"),
    announced=real("bite that could lawfully be announced for it, and what was promised beyond every law"),
    backing=real("weight of the partners that join, relative to the EU's"),
    willing=integer("1 if the injured member, or the willing, have the will to respond on their own"),
    window=integer("week until which a joint attribution or a dossier may still open"),
    answered=integer("week in which the first measure on an attributed track was adopted; −1: none"),
    resolved=integer("week in which it was answered for good, given up or went cold; −1: not yet"),
    exposed=integer("week in which a wrong attribution comes to light, if the case is still held; −1: never"),
    values=("(7,)f8", "the incident's seven values, each 0 to 1"),
)


VOTE = Columns(
    week=integer("week of the vote"),
    begun=integer("week of the act that the case is about"),
    culprit=integer("row of the perpetrator; −1: a false alarm"),
    suspect=integer("row of the party suspected; −1: none"),
    victim=integer("victim; Member States first, then partners"),
    measure=integer("row of the measure voted on"),
    track=integer("code in TRACKS: the track on which it was to be taken"),
    supporting=integer("members in favour"),
    objecting=integer("members against"),
    abstaining=integer("members abstaining, declared or unconvinced"),
    unconvinced=integer("of them those whose own standard of evidence was not met"),
    share=real("share of the EU that carries the measure; 0: it failed"),
)


@rule
def enter(world: Tables, row: int, culprit: int, victim: int, activity: int, begun: int) -> None:
    """Begin a case in an empty row: an act that will surface, or a false alarm (culprit −1)."""
    case = world.cases[row]
    case.status = LATENT
    case.entity = world.council[0].entity if culprit < 0 else world.perpetrators[culprit].entity
    case.culprit = culprit
    case.victim = victim
    case.activity = activity
    case.succeeded = 0 if culprit < 0 else world.perpetrators[culprit].succeeded
    case.planted = 0 if culprit < 0 else world.perpetrators[culprit].planted
    case.begun = begun
    case.opened = begun if culprit < 0 else world.perpetrators[culprit].surfaces
    case.links = 0
    case.clues = case.clues_culprit = case.clues_framed = case.clues_nobody = 0
    case.suspect = -1
    case.confidence = case.state_confidence = 0.0
    case.first_national = case.attributed = case.joint = case.resolved = NEVER
    case.window = case.answered = case.exposed = NEVER
    case.first_national_right = case.national = case.right = case.willing = 0
    case.persuaded = -math.inf
    case.standard = world.doctrine[0].attribution_confidence
    case.intended = case.announced = case.backing = 0.0
    clear_tracks(world, row)
    world.calendar[row] = case.opened


@rule
def schedule(world: Tables, row: int, week: int, investigation_weeks: int) -> None:
    """Enter in `world.calendar` the next week, after this one, in which something is due on the case."""
    case = world.cases[row]
    due = NOTHING_DUE
    if case.status == OPEN or case.status == ANSWERING:
        if case.next_clue <= case.opened + investigation_weeks:
            due = case.next_clue
        if case.status == OPEN:
            due = min(due, case.opened + investigation_weeks)
        elif case.window > week:
            due = min(due, case.window)
        elif not pending(world, row):  # its last track ended after this week's decisions
            due = week + 1
    if case.exposed > week:
        due = min(due, case.exposed)
    world.calendar[row] = max(next_due(world, row, week, due), week + 1)
