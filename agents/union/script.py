"""The script: what people decide in the Council's place, and acts that a facilitator injects, week by week.

Without a script the doctrine decides everything. A case that people hold is investigated as ever, and the doctrine
neither names anybody for it nor opens a track: they do. Evidence, votes, preparation and what measures bring about
stay the model's. An order whose case is not there any longer, or not yet, does nothing.
"""

from agents.foundation.columns import Columns, integer, natural, real
from agents.foundation.compiled import Tables, rule

ORDERS = ("strike", "hold", "release", "attribute", "take", "ask", "signal")
"""An act injected; a case taken into people's hands, and given back; its suspect named; a measure put into preparation;
partners asked what they know; and an announcement."""
STRIKE, HOLD, RELEASE, ATTRIBUTE, TAKE, ASK, SIGNAL = range(len(ORDERS))

SCRIPT = Columns(
    week=integer("week of the order"),
    order=integer("code in ORDERS"),
    entity=natural("number under which the case draws: with `begun` it says which case"),
    begun=integer("week of the act that the case is about"),
    track=integer("code in TRACKS, of a measure that is taken"),
    measure=integer("row of the measure that is taken"),
    size=real("bite for which it is prepared; of an announcement its clarity, 0 to 1"),
    perpetrator=integer("row of the perpetrator that strikes"),
    victim=integer("victim; Member States first, then partners"),
    activity=integer("row of the activity"),
    surfaces=integer("weeks until it is detected; −1: never"),
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
            said = order.size
    return said
