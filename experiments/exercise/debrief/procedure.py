"""How much came from procedure, and how much from the measures chosen.

Procedure is what lies between a choice and its effect: evidence that is awaited, votes, and weeks of preparation. The
same choices are made once more in a Union whose members all agree and whose preparation takes a tenth of the time.
"""

from collections.abc import Mapping

from agents.member_state import SUPPORTS
from agents.union.tracks import TRACKS
from agents.world import World
from experiments.exercise.consequences import DECIDED, NOTHING, Consequences, decided, of_worlds
from experiments.exercise.debrief.rounds import Sat
from experiments.exercise.play import Play
from model.onward.script import Order, script_of
from model.onward.worlds import under

QUICK = 0.1
"""Preparation time in a Union that loses none, relative to the doctrine's."""
AGREED, PREPARED, BOTH = "with all members in favour", "with quick preparation", "with both"


def procedure(sat: Sat, number: int) -> Consequences:
    """What a round's choices bring about as they were made, with every vote won, prepared at once, and both."""
    play = sat.began
    return of_worlds(play, _worlds(play, sat), number=number)


def _worlds(play: Play, sat: Sat) -> Mapping[str, World]:
    plain = decided(play, sat.decided)
    other = play._copied()
    for entry in sat.decided:
        other.do(entry)
    cases = {order.case for order in other.orders if order.order == "take"}
    votes = [
        Order(play.week, "vote", case, track=track, victim=member, activity=SUPPORTS)
        for case in sorted(cases)
        for track in TRACKS
        for member in range(len(play.world.member_states))
    ]
    held = {order.case for order in other.orders if order.order == "hold" and other.held(order.case)}
    given_back = [Order(play.week + 1, "release", case) for case in sorted(held)]
    agreed = script_of([*other.orders, *votes, *given_back])
    factor = float(play.configuration.doctrine.delay_factor)
    quick = play.configuration.with_values({"doctrine.delay_factor": max(0.01, QUICK * factor)})
    fast = under(play.world, quick, play.week)
    return {
        NOTHING: decided(play, ()),
        DECIDED: plain,
        AGREED: play.world.replace(script=agreed),
        PREPARED: fast.replace(script=plain.script),
        BOTH: fast.replace(script=agreed),
    }
