"""The rules' own functions and lots over arrays, as loops that are vectorised where they are compiled."""

from typing import Any

import numba
import numpy as np

from agents.foundation.functions import exp, log, normal_law, real_power, turn
from agents.foundation.randomness import bid, deviate, lot, mixed

loop = numba.njit(error_model="numpy", nogil=True)


@loop
def exps(x: Any, y: Any) -> None:
    """Exponentials."""
    for place in range(len(x)):
        y[place] = exp(x[place])


@loop
def logs(x: Any, y: Any) -> None:
    """Natural logarithms."""
    for place in range(len(x)):
        y[place] = log(x[place])


@loop
def powers(x: Any, exponent: Any, y: Any) -> None:
    """Numbers from 0 to 1 to a power."""
    for place in range(len(x)):
        y[place] = real_power(x[place], exponent)


@loop
def normal_laws(x: Any, densities: Any, shares: Any) -> None:
    """Density and distribution function of the standard normal."""
    for place in range(len(x)):
        densities[place], shares[place] = normal_law(x[place])


@loop
def turns(x: Any, cosines: Any, sines: Any) -> None:
    """Cosines and sines of shares of a turn."""
    for place in range(len(x)):
        cosines[place], sines[place] = turn(x[place])


@loop
def mixes(word: Any, who: Any, y: Any) -> None:
    """Words of many entities, from one word."""
    for place in range(len(who)):
        y[place] = mixed(word, who[place])


@loop
def lots(word: Any, who: Any, y: Any) -> None:
    """Lots of many candidates, from one word."""
    for place in range(len(who)):
        y[place] = lot(word, who[place])


@loop
def bids(word: Any, who: Any, weights: Any, y: Any) -> None:
    """Bids of many candidates, from one word."""
    for place in range(len(who)):
        y[place] = bid(word, who[place], weights[place], place)


@loop
def deviates(radius: Any, angle: Any, who: Any, y: Any) -> None:
    """Standard normals of many entities, from two words."""
    for place in range(len(who)):
        y[place] = deviate(radius, angle, who[place])


LOOPS = exps, logs, powers, normal_laws, turns, lots, bids, deviates


NAMES = "exp", "log", "power", "density", "distribution", "cosine", "sine", "lot", "deviate"


def values(count: int) -> dict[str, Any]:
    """What each gives for so many arguments from all over its range."""
    raw = np.random.Philox(key=14).random_raw(count)
    share = (raw >> np.uint64(11)) * 2.0**-53
    found = {name: np.zeros(count) for name in NAMES}
    found["bid"] = np.zeros(count, np.int64)
    word, other = raw[0], raw[1]
    exps(1420.0 * share - 710.0, found["exp"])
    logs((raw % np.uint64(0x7FE0000000000000) + np.uint64(0x0010000000000000)).view(np.float64), found["log"])
    powers(share, 2.5, found["power"])
    normal_laws(18.0 * share - 9.0, found["density"], found["distribution"])
    turns(4.0 * share - 2.0, found["cosine"], found["sine"])
    lots(word, raw, found["lot"])
    bids(word, raw[:4096], share, found["bid"])
    deviates(word, other, raw, found["deviate"])
    return found
