"""How much came from procedure, and how much from the measures chosen.

Procedure is what lies between a choice and its effect: votes, and weeks of preparation. The same measures are taken
once more where all members agree to them, and where they are besides prepared in a tenth of the time. Evidence stays as
it was: no choice makes it come sooner.
"""

from agents.member_state import SUPPORTS
from experiments.exercise.consequences import DECIDED, Consequences, of_worlds
from experiments.exercise.debrief.rounds import Sat
from model.onward.script import Order, script_of
from model.onward.worlds import played

QUICK = 0.1
"""Weeks of preparation where none are lost, relative to those of the catalogue."""
AGREED, BOTH = "with all members in favour", "with all members in favour and quick preparation"


def procedure(sat: Sat, number: int) -> Consequences | None:
    """What a round's measures bring about as they were taken, with every vote won, and prepared quickly as well.

    How long preparation takes is drawn in the week of the choice. So that week is the one that was played, with this
    preparation for these measures, and futures begin after it. None where no measure was taken.
    """
    play = sat.began
    other = play._copied()
    for entry in sat.decided:
        other.do(entry)
    taken = [order for order in other.orders if order.order == "take" and order.week == play.week]
    if not taken:
        return None
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
    starts = {
        DECIDED: play.world.replace(script=plain),
        AGREED: play.world.replace(script=agreed),
        BOTH: quick.replace(script=agreed),
    }
    burn_in = play.configuration.scenario.time.burn_in
    worlds = {
        name: played(start, burn_in, play.week, play.week + 1).replace(measures=play.world.measures)
        for name, start in starts.items()
    }
    after = play._copied()
    after.week, after.world = play.week + 1, worlds[DECIDED]
    return of_worlds(after, worlds, number=number)
