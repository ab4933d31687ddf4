"""Addressed random numbers: Philox4x64-10 (Salmon et al. 2011), where a draw is an address and not a position.

A draw stands at key (seed, replicate) and counter (block, week, entity, purpose · 2³² + week the case was opened).
Nothing that one agent draws can shift what another draws, so that two doctrines share every draw, an added actor
disturbs nobody, and no result depends on threads, chunks or the order of visits. Block b of an address is
`numpy.random.Philox(counter=[0, week, entity, purpose], key=[seed, replicate]).random_raw()[4 * b : 4 * b + 4]`.
"""

import hashlib
import math
from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from agents.foundation.compiled import JIT, Tables, inlined, rule

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

_MASK = (1 << 64) - 1
_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_TO_UNIT = 2.0**-53
_SHIFT = np.uint64(11)
_HALF_WORD = np.uint64(32)


class Draw(NamedTuple):
    """Four independent uniforms in [0, 1) of one block."""

    first: float
    second: float
    third: float
    fourth: float


class Stream(NamedTuple):
    """An address but for the entity: what the candidates of one choice share."""

    seed: Any
    replicate: Any
    week: Any
    address: Any


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


@inlined
def unit(word: Any) -> float:
    """A uniform in [0, 1) from the upper 53 bits of a word, as numpy makes it."""
    return float(np.int64(word >> _SHIFT)) * _TO_UNIT


@inlined
def stream(world: Tables, week: int, purpose: int, opened: int = 0) -> Stream:
    """All addresses of a purpose in a week, of the case opened in week `opened` if it is about one."""
    clock = world.clock[0]
    address = (np.uint64(purpose) << _HALF_WORD) | np.uint64(opened)
    return Stream(np.uint64(clock.seed), np.uint64(clock.replicate), np.uint64(week), address)


@inlined
def draw_from(source: Stream, who: Any, block: int = 0) -> Draw:
    """Four uniforms in [0, 1) for an entity."""
    a, b, c, d = philox(
        source.seed, source.replicate, np.uint64(block + 1), source.week, np.uint64(who), source.address
    )
    return Draw(unit(a), unit(b), unit(c), unit(d))


@inlined
def draw(world: Tables, week: int, who: Any, purpose: int, opened: int = 0, block: int = 0) -> Draw:
    """Four uniforms in [0, 1) at an address; `who` is an entity, `opened` the week in which its case was opened."""
    return draw_from(stream(world, week, purpose, opened), who, block)


@inlined
def exponential(uniform: float) -> float:
    """A standard exponential from a uniform in [0, 1)."""
    return -math.log(1.0 - uniform)


@inlined
def arrival(uniform: float, weight: float, best: float) -> float:
    """Arrival time of a candidate of this weight in an exponential race, if before `best`, else infinity.

    An exponential is never less than u + u²/2 of its uniform u, which settles most races without a logarithm.
    """
    if uniform + 0.5 * uniform * uniform >= best * weight:
        return math.inf
    time = exponential(uniform) / weight
    return time if time < best else math.inf


@rule
def race(world: Tables, candidates: int) -> int:
    """The winner of an exponential race among candidates, each as likely as its share of weight; −1: none has any.

    `world.weights` and `world.lots` hold their weights and uniforms. Those who call draw for all candidates before any
    two are compared: a processor that guesses a comparison wrongly throws away the draws that it has begun.
    """
    best = math.inf
    winner = -1
    for candidate in range(candidates):
        weight = world.weights[candidate]
        if weight <= 0.0:
            continue
        time = arrival(world.lots[candidate], weight, best)
        if time < best:
            best = time
            winner = candidate
    return winner


@inlined
def normals(uniform: float, angle: float) -> tuple[float, float]:
    """Two independent standard normals from two uniforms (Box & Muller 1958)."""
    radius = math.sqrt(2.0 * exponential(uniform))
    return radius * math.cos(2.0 * math.pi * angle), radius * math.sin(2.0 * math.pi * angle)


@inlined
def normal(uniform: float, angle: float) -> float:
    """A standard normal from two uniforms: the first of `normals`."""
    return math.sqrt(2.0 * exponential(uniform)) * math.cos(2.0 * math.pi * angle)


@inlined
def weekly_rate(probability: float) -> float:
    """Rate of the exponential that stands for a weekly trial with this probability; infinite where it is certain."""
    return -math.log(1.0 - probability) if probability < 1.0 else math.inf


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
