"""How the shipped doctrines would have fared: the same futures from the first round on, decided by rule."""

from collections.abc import Iterable

from experiments.exercise.consequences import Consequences, of_worlds
from experiments.exercise.debrief.rounds import Sat
from experiments.exercise.play import Play
from model.loading import shipped
from model.onward.script import Order, injected, script_of
from model.onward.worlds import under

TABLE = "the table"
"""Name of what the group has decided, round by round."""


def fared(play: Play, first: Sat, number: int, names: Iterable[str] | None = None) -> Consequences:
    """The group's decisions from the first round on, beside doctrines that had the same cases in the same futures.

    In a future evidence comes otherwise than it did: a decision of the group's that evidence does not allow there is
    not carried out. After the last round working parties deal with all cases, whatever the group had on its table.
    """
    began = first.began
    # what was injected in the play comes over all of them; what comes later than the branch was played is not known
    last = play.rounds[-1].week + 1
    held = sorted({order.case for order in play.orders if order.order == "hold" and play.held(order.case)})
    all_orders = script_of([*play.orders, *(Order(last, "release", case) for case in held)])
    worlds = {TABLE: began.world.replace(script=all_orders)}
    for name in names or [each for each in shipped("doctrines") if each != "none"]:
        policy = began.configuration.with_values({"doctrine": name})
        worlds[name] = under(began.world, policy, began.week).replace(script=injected(all_orders))
    return of_worlds(began, worlds, number=number)
