"""How much came from procedure, and how much from the measures chosen.

Procedure is what lies between a choice and its effect: votes, and weeks of preparation. The same choices are made once
more where all members agree to them, and where these measures are prepared in a tenth of the time. Evidence stays as it
was: no choice makes it come sooner.
"""

from collections.abc import Mapping
from typing import Any

from agents.member_state import SUPPORTS
from experiments.exercise.debrief.rounds import Sat
from model.onward.script import Order, script_of

QUICK = 0.1
"""Weeks of preparation where none are lost, relative to those of the catalogue."""
AGREED, PREPARED, BOTH = "with all members in favour", "with quick preparation", "with both"


def unhindered(sat: Sat) -> Mapping[str, Any]:
    """The worlds in which a round's measures win every vote, are prepared quickly, and both; none without a measure."""
    play = sat.began
    other = play._copied()
    for entry in sat.decided:
        other.do(entry)
    taken = [order for order in other.orders if order.order == "take" and order.week == play.week]
    if not taken:
        return {}
    votes = [
        Order(play.week, "vote", order.case, track=order.track, victim=member, activity=SUPPORTS)
        for order in taken
        for member in range(len(play.world.member_states))
    ]
    held = {order.case for order in other.orders if order.order == "hold" and other.held(order.case)}
    given_back = [Order(play.week + 1, "release", case) for case in sorted(held)]
    plain, agreed = (script_of([*other.orders, *more, *given_back]) for more in ((), votes))
    quick = play.world.copy()
    for measure in {order.measure for order in taken}:
        quick.measures.delay_low[measure] *= QUICK
        quick.measures.delay_high[measure] *= QUICK
    return {
        AGREED: play.world.replace(script=agreed),
        PREPARED: quick.replace(script=plain),
        BOTH: quick.replace(script=agreed),
    }
