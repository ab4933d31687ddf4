"""The script as a table, from orders that name what they are about."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from agents.union.script import INJECTED, ORDERS, SCRIPT
from agents.union.tracks import TRACKS


class Case(NamedTuple):
    """Which case: the number under which it draws, and the week of the act."""

    entity: int
    begun: int


class Order(NamedTuple):
    """One order of the script; what its kind does not need is left out. Fields are as in `SCRIPT`."""

    week: int
    order: str  # one of ORDERS
    case: Case = Case(0, -1)
    track: str = TRACKS[0]
    measure: int = -1
    amount: float = 0.0
    perpetrator: int = -1
    victim: int = -1
    activity: int = -1
    weeks: int = -1
    planted: bool = False


def script_of(orders: Iterable[Order]) -> Any:
    """The script of these orders, a table of `SCRIPT` in the order of weeks; within a week as they are given.

    Raises `ValueError` for an order or a track that there is not, and for two acts of one perpetrator in a week.
    """
    ordered = sorted(orders, key=lambda order: order.week)
    table = SCRIPT.table(len(ordered))
    struck = set()
    for row, order in enumerate(ordered):
        given = order._asdict()
        given |= {"order": _code(order.order, ORDERS), "track": _code(order.track, TRACKS)}
        given["entity"], given["begun"] = given.pop("case")
        for name, value in given.items():
            table[name][row] = value
        if order.order == "strike":
            if (order.week, order.perpetrator) in struck:
                raise ValueError(f"perpetrator {order.perpetrator} strikes twice in week {order.week}")
            struck.add((order.week, order.perpetrator))
    return table


def _code(name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise ValueError(f"{name!r} is not one of {', '.join(names)}")
    return names.index(name)


def injected(script: Any) -> Any:
    """What of a script comes over every world alike, whatever the Union does."""
    kept = [row for row in range(len(script)) if ORDERS[script.order[row]] in INJECTED]
    table = SCRIPT.table(len(kept))
    for name in SCRIPT:
        table[name] = script[name][kept]
    return table
