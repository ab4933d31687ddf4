"""Addressed random numbers: Philox4x64-10 (Salmon et al. 2011), where a draw is an address and not a position.

A draw stands at key (seed, replicate) and counter (block, week, entity, purpose · 2³² + week the case was opened).
Nothing that one agent draws can shift what another draws, so that two doctrines share every draw, an added actor
disturbs nobody, and no result depends on threads, chunks or the order of visits. Block b of an address is
`numpy.random.Philox(counter=[0, week, entity, purpose], key=[seed, replicate]).random_raw()[4 * b : 4 * b + 4]`.

Where many are candidates of one choice, one draw serves all: each has a lot of its own, mixed from a word of the draw
and its entity. A lot depends on nobody else's, so that here too an added candidate disturbs nobody.
"""

import hashlib
import math
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from agents.foundation.compiled import JIT, Tables, inlined
from agents.foundation.functions import bits, log, real_of, turn

# Purposes of a draw. Numbers are part of the address: add new ones, never reuse one.
TENSION = 1
OPPORTUNITY = 2
TARGET = 3
OUTCOME = 4
INCIDENT = 5
FRAMED = 6
CLUE = 7
FALSE_ALARM = 8
FALSE_ALARM_KIND = 9
FALSE_ALARM_VICTIM = 10
REACTING = 11
PREPARATION = 12
PERPETRATOR_TRAIT = 13
MEMBER_STATE_TRAIT = 14
PARTNER_TRAIT = 15
AFFINITY = 16
DEPENDENCE = 17
CHOICE = 18
PUBLISH = 19
STANCE = 20
WILL = 21
LIGHT = 22
STANDARD = 23
REPORT = 24
ASKED = 25

MOST_CANDIDATES = 4096
"""Candidates that may take part in one race: the row of each stands in the lowest 12 bits of its bid."""

_MASK = (1 << 64) - 1
_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_TO_UNIT = 2.0**-53
_SHIFT, _HALF_WORD = np.uint64(11), np.uint64(32)
_MIX0, _MIX1 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_FIRST, _SECOND, _THIRD = np.uint64(30), np.uint64(27), np.uint64(31)
_FRACTION, _ONE = np.uint64(12), np.uint64(0x3FF0000000000000)
_MIDDLE = 1.0 - 2.0**-53  # from [1, 2) to (0, 1), half a step from either end
_ROW = np.int64(MOST_CANDIDATES - 1)
NOBODY = np.int64(0x7FF0000000000000)
"""The least bid of a race in which nobody has any weight: an arrival at infinity."""


class Draw(NamedTuple):
    """Four independent uniforms in [0, 1) of one block."""

    first: float
    second: float
    third: float
    fourth: float


def entity(table: str, name: str) -> int:
    """The 64-bit number under which an agent draws: BLAKE2b of `table:name`, where the name never changes."""
    return int.from_bytes(hashlib.blake2b(f"{table}:{name}".encode(), digest_size=8).digest(), "little")


if JIT:

    @intrinsic
    def _product(_context: Any, a: Any, b: Any) -> Any:
        """Both halves, high and low, of the product of two 64-bit integers: one multiplication of the processor."""

        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            wide, word = ir.IntType(128), ir.IntType(64)
            product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
            high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), word)
            return context.make_tuple(builder, signature.return_type, [high, builder.trunc(product, word)])

        return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), emit

    @inlined
    def _times(a: Any, b: Any) -> Any:
        return a * b

    @inlined
    def _round(k0: Any, k1: Any, c0: Any, c1: Any, c2: Any, c3: Any) -> Any:
        high0, low0 = _product(_M0, c0)
        high1, low1 = _product(_M1, c2)
        return k0 + _W0, k1 + _W1, high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0

    @inlined
    def philox(k0: Any, k1: Any, c0: Any, c1: Any, c2: Any, c3: Any) -> Any:
        """Philox4x64-10 of a counter (lowest word first) and a key; returns four words."""
        # Written out, because a loop costs half as much again.
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        k0, k1, c0, c1, c2, c3 = _round(k0, k1, c0, c1, c2, c3)
        return c0, c1, c2, c3

else:

    def philox(k0: Any, k1: Any, c0: Any, c1: Any, c2: Any, c3: Any) -> Any:
        """Philox4x64-10 of a counter (lowest word first) and a key; returns four words."""
        k0, k1, c0, c1, c2, c3 = (int(word) for word in (k0, k1, c0, c1, c2, c3))
        for _ in range(10):
            product0, product1 = int(_M0) * c0, int(_M1) * c2
            c0, c1 = (product1 >> 64) ^ c1 ^ k0, product1 & _MASK
            c2, c3 = (product0 >> 64) ^ c3 ^ k1, product0 & _MASK
            k0, k1 = (k0 + int(_W0)) & _MASK, (k1 + int(_W1)) & _MASK
        return np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)

    def _times(a: Any, b: Any) -> Any:
        return np.uint64(int(a) * int(b) & _MASK)


@inlined
def unit(word: Any) -> float:
    """A uniform in [0, 1) from the upper 53 bits of a word, as numpy makes it."""
    return float(np.int64(word >> _SHIFT)) * _TO_UNIT


@inlined
def words(world: Tables, week: int, who: Any, purpose: int, opened: int = 0, block: int = 0) -> Any:
    """Four words of 64 bits at an address; `who` is an entity, `opened` the week in which its case was opened."""
    clock = world.clock[0]
    address = (np.uint64(purpose) << _HALF_WORD) | np.uint64(opened)
    return philox(
        np.uint64(clock.seed),
        np.uint64(clock.replicate),
        np.uint64(block + 1),
        np.uint64(week),
        np.uint64(who),
        address,
    )


@inlined
def draw(world: Tables, week: int, who: Any, purpose: int, opened: int = 0, block: int = 0) -> Draw:
    """Four uniforms in [0, 1) at an address (`words`)."""
    a, b, c, d = words(world, week, who, purpose, opened, block)
    return Draw(unit(a), unit(b), unit(c), unit(d))


@inlined
def mixed(word: Any, who: Any) -> Any:
    """A word for each entity from a word for all of them (the finaliser of SplitMix64, Steele et al. 2014)."""
    x = word ^ np.uint64(who)
    x = _times(x ^ (x >> _FIRST), _MIX0)
    x = _times(x ^ (x >> _SECOND), _MIX1)
    return x ^ (x >> _THIRD)


@inlined
def lot(word: Any, who: Any) -> float:
    """An entity's uniform in (0, 1), symmetrical around a half, from a word for all candidates."""
    return real_of((mixed(word, who) >> _FRACTION) | _ONE) - _MIDDLE


@inlined
def bid(word: Any, who: Any, weight: float, row: int) -> Any:
    """A candidate's arrival in an exponential race, as an integer that has the candidate's row in its lowest bits.

    The least bid wins, each candidate's with the probability of its share of weight. Integers in the order of the
    times that they stand for: a minimum of them is taken for several candidates at once, and needs no branch.
    """
    time = -log(lot(word, who)) / weight if weight > 0.0 else math.inf
    return (bits(time) & ~_ROW) | np.int64(row)


@inlined
def winner(least: Any) -> int:
    """Row of the candidate that made the least bid; −1 where nobody has any weight."""
    return int(least & _ROW) if least < NOBODY else -1


@inlined
def deviate(radius: Any, angle: Any, who: Any) -> float:
    """An entity's standard normal from two words for all candidates (Box & Muller 1958)."""
    return math.sqrt(-2.0 * log(lot(radius, who))) * turn(lot(angle, who))[0]


@inlined
def exponential(uniform: float) -> float:
    """A standard exponential from a uniform in [0, 1)."""
    return -log(1.0 - uniform)


@inlined
def normals(uniform: float, angle: float) -> tuple[float, float]:
    """Two independent standard normals from two uniforms (Box & Muller 1958)."""
    radius = math.sqrt(2.0 * exponential(uniform))
    cosine, sine = turn(angle)
    return radius * cosine, radius * sine


@inlined
def normal(uniform: float, angle: float) -> float:
    """A standard normal from two uniforms: the first of `normals`."""
    return math.sqrt(2.0 * exponential(uniform)) * turn(angle)[0]


@inlined
def weekly_rate(probability: float) -> float:
    """Rate of the exponential that stands for a weekly trial with this probability; infinite where it is certain."""
    return -log(1.0 - probability) if probability < 1.0 else math.inf


@inlined
def waiting_time(uniform: float, rate: float) -> int:
    """Weeks, at least 1, until the first success of a weekly trial with this `weekly_rate` (geometric)."""
    if rate <= 0.0:
        return 1_000_000
    return 1 + int(min(exponential(uniform) / rate, 999_999.0))


@inlined
def pair(a: Any, b: Any) -> Any:
    """The entity of an ordered pair of entities, for draws that belong to both (entities are hashes already)."""
    b = np.uint64(b)
    return np.uint64(a) ^ ((b >> np.uint64(31)) | (b << np.uint64(33)))
