"""The script: what people decide in the Council's place, and acts that a facilitator injects, week by week.

Without a script the doctrine decides everything. A case that people hold is investigated as ever, and the doctrine
neither names anybody for it nor opens a track: they do. Evidence, votes, preparation and what measures bring about
stay the model's. An order whose case is not there any longer, or not yet, does nothing.
"""

from agents.foundation.columns import Columns, integer, natural, real
from agents.foundation.compiled import Tables, rule

ORDERS = ("strike", "restrain", "hold", "release", "attribute", "take", "ask", "vote", "signal")
"""An act injected; a perpetrator that holds back; a case taken into people's hands, and given back; its suspect named;
a measure put into preparation; partners asked what they know; a member's position; and an announcement."""
STRIKE, RESTRAIN, HOLD, RELEASE, ATTRIBUTE, TAKE, ASK, VOTE, SIGNAL = range(len(ORDERS))
INJECTED = ("strike", "restrain")
"""Orders of those that are no part of the Union: they come over every world alike."""

SCRIPT = Columns(
    week=integer("week of the order"),
    order=integer("code in ORDERS"),
    entity=natural("number under which the case draws: with `begun` it says which case"),
    begun=integer("week of the act that the case is about"),
    track=integer("code in TRACKS, of a measure that is taken or voted on"),
    measure=integer("row of the measure that is taken"),
    amount=real("bite for which it is prepared; of an announcement its clarity, 0 to 1"),
    perpetrator=integer("row of the perpetrator that strikes or holds back"),
    victim=integer("victim; Member States first, then partners; of a vote the member"),
    activity=integer("row of the activity; of a vote the position, a code of POSITIONS"),
    weeks=integer("weeks until the act is detected, −1: never; or for which the perpetrator holds back"),
    planted=integer("1 if a clue against an innocent party is planted"),
)


@rule
def held(world: Tables, row: int, week: int) -> bool:
    """Whether people decide about a case in this week: they took it, and have not given it back."""
    case = world.cases[row]
    found = False
    for place in range(len(world.script)):  # in the order of weeks
        order = world.script[place]
        if order.week <= week and order.entity == case.entity and order.begun == case.begun:
            found = order.order == HOLD or (found and order.order != RELEASE)
    return found


@rule
def clarity_announced(world: Tables, week: int) -> float:
    """How clearly people announce this week what will follow, 0 to 1; −1: they say nothing."""
    said = -1.0
    for place in range(len(world.script)):
        order = world.script[place]
        if order.week == week and order.order == SIGNAL:
            said = order.amount
    return said


@rule
def instructed(world: Tables, member: int, case_row: int, kind: int, week: int) -> int:
    """Position that people have given to a member on a track of a case, a code of POSITIONS; −1: it finds its own."""
    case = world.cases[case_row]
    found = -1
    for place in range(len(world.script)):  # in the order of weeks
        order = world.script[place]
        if order.order != VOTE or order.week > week or order.victim != member or order.track != kind:
            continue
        if order.entity == case.entity and order.begun == case.begun:
            found = order.activity
    return found
