"""The docket: one row per case, that is per act that will be detected and per false alarm, from the act to its end.

Rows never move; a case that has ended frees its row for a later one.
"""

from agents.foundation.columns import Columns, integer, natural, real
from agents.foundation.compiled import Tables, rule

EMPTY, LATENT, OPEN, PREPARING, ANSWERED, CLOSED = range(6)
STATUS = ("empty", "latent", "open", "preparing", "answered", "closed")

NEVER = -1

NOTHING_DUE = 1 << 40
"""Week of the next event of a row without one."""

CASE = Columns(
    status=integer("code in STATUS: not yet detected, investigated, with a measure in preparation, answered, closed"),
    entity=natural("number under which it draws: the culprit's, or the EU's for a false alarm"),
    culprit=integer("row of the perpetrator; −1: a false alarm"),
    framed=integer("row of the party that false clues point to; −1: there is none"),
    victim=integer("victim; Member States first, then partners"),
    activity=integer("row of the activity, or of what the accident is taken for"),
    succeeded=integer("1 where the activity succeeded"),
    planted=integer("1 where the culprit planted a clue against the framed party"),
    begun=integer("week of the act"),
    opened=integer("week of detection"),
    severity=real("weighted mean of the incident's seven values, 0 to 1"),
    # investigation
    reliability=real("probability that a clue points to the truth"),
    weight=real("log-odds that investigators give to a clue"),
    start_culprit=real("log prior of the culprit (for a false alarm: of a party that no clue points to)"),
    start_framed=real("log prior of the framed party"),
    start_nobody=real("log prior of there being no author"),
    clues=integer("clues so far"),
    clues_culprit=integer("clues to the culprit"),
    clues_framed=integer("clues to the framed party"),
    clues_nobody=integer("clues to there being no author"),
    links=integer("1 where a clue proved the link between the suspect and its sponsor"),
    next_clue=integer("week of the next clue"),
    suspect=integer("row of the leading suspect, or of the one named; −1: none leads"),
    confidence=real("posterior probability of the suspect, 0 to 1"),
    state_confidence=real("posterior probability of the state behind it, 0 to 1"),
    first_national=integer("week of the first national attribution; −1: none"),
    first_national_right=integer("1 where it was right"),
    national=integer("Member States whose standard was met at best"),
    attributed=integer("week in which the Union's standard was met; −1: not"),
    joint=integer("week of the joint attribution by consensus; −1: none"),
    right=integer("1 where the party named is the culprit"),
    # response to the attributed case
    announced=real("bite that the doctrine announced for it"),
    measure=integer("row of the measure in preparation, or adopted, or refused last; −1: none"),
    due=integer("week in which its preparation is done"),
    rounds=integer("decisions taken on it"),
    votes_for=integer("members in favour at the last decision on the case, reactions included"),
    votes_against=integer("members against at the last decision"),
    votes_abstaining=integer("members abstaining at the last decision"),
    resolved=integer("week in which it was answered, given up or went cold; −1: not yet"),
    adopted=integer("week of adoption; −1: none"),
    target=integer("row of the perpetrator that the measure bites; −1: none"),
    bite=real("bite of the measure adopted"),
    expires=integer("week in which it lapses; −1: nothing to lapse"),
    shared=real("bite that the target's sponsor feels besides"),
    # reaction without attribution
    reaction=integer("row of the measure taken without attribution; −1: none"),
    reaction_due=integer("week in which its preparation is done"),
    reaction_adopted=integer("week of its adoption; −1: none"),
    reaction_target=integer("row of the perpetrator that it bites or addresses; −1: none"),
    reaction_bite=real("bite of the reaction"),
    reaction_expires=integer("week in which it lapses; −1: nothing to lapse"),
    reaction_shared=real("bite that its target's sponsor feels besides"),
    values=("(7,)f8", "the incident's seven values, each 0 to 1"),
)


VOTE = Columns(
    week=integer("week of the vote"),
    begun=integer("week of the act that the case is about"),
    culprit=integer("row of the perpetrator; −1: a false alarm"),
    suspect=integer("row of the party suspected; −1: none"),
    victim=integer("victim; Member States first, then partners"),
    measure=integer("row of the measure voted on"),
    reaction=integer("1 where it was to be taken without attribution"),
    supporting=integer("members in favour"),
    objecting=integer("members against"),
    abstaining=integer("members abstaining"),
    share=real("share of the Union that carries the measure; 0: it failed"),
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
    case.first_national_right = case.national = case.right = 0
    case.measure = case.reaction = case.target = case.reaction_target = -1
    case.due = case.adopted = case.expires = NEVER
    case.reaction_due = case.reaction_adopted = case.reaction_expires = NEVER
    case.announced = case.bite = case.shared = case.reaction_bite = case.reaction_shared = 0.0
    case.rounds = case.votes_for = case.votes_against = case.votes_abstaining = 0
    world.agenda[row] = case.opened


@rule
def schedule(world: Tables, row: int, week: int, investigation_weeks: int) -> None:
    """Enter in `world.agenda` the next week, after this one, in which something is due on the case."""
    case = world.cases[row]
    due = NOTHING_DUE
    if case.status == OPEN or case.status == PREPARING:
        if case.next_clue <= case.opened + investigation_weeks:
            due = case.next_clue
        due = min(due, case.due if case.status == PREPARING else case.opened + investigation_weeks)
    if case.reaction >= 0:
        if week <= case.reaction_due:
            # The week after its due date frees the row of a case whose reaction was refused.
            due = min(due, case.reaction_due + int(week == case.reaction_due))
        if case.reaction_expires > week:
            due = min(due, case.reaction_expires)
    if case.status == ANSWERED and case.expires > week:
        due = min(due, case.expires)
    world.agenda[row] = max(due, week + 1)
