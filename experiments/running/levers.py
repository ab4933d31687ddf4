"""Levers of a doctrine at the same cost: each by itself moved until the doctrine costs so much more a year.

A lever is bisected between its value in the reference and that end of its range at which the cost lies on the other
side. All are looked at on the same random numbers, by another seed than that on which the arms are compared: a value
chosen on some luck would look better on the same luck.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from analysis.labels import factor_words
from analysis.results.tables import Table
from analysis.statistics.intervals import quantile

WITHIN = 0.02
"""How far from what is asked for the cost may be, as a share of it."""
MOST_ROUNDS = 40
DIGITS = 4
"""Significant digits of a value that is found."""

Value = float | int
Costs = np.ndarray[Any, np.dtype[np.float64]]
"""Cost a year in each replicate."""
Look = Callable[[Sequence[Mapping[str, Any]]], Sequence[Costs]]
"""Gives the costs of the reference, and of it with each of these changes."""


@dataclass
class Lever:
    """A numeric lever: its values so far with what they cost, and between which of them the cost asked for lies."""

    path: str
    own: Value
    ends: tuple[Value, ...]
    costs: dict[Value, "Cost"] = field(default_factory=dict)
    between: tuple[Value, Value] | None = None
    found: Value | None = None

    @property
    def middle(self) -> Value | None:
        """The value to look at next; None where there is none between."""
        if self.found is not None or self.between is None:
            return None
        one, other = self.between
        middle = (one + other) // 2 if isinstance(self.own, int) else float(f"{(one + other) / 2:.{DIGITS}g}")
        return None if middle in self.costs else middle


@dataclass(frozen=True)
class Cost:
    """Mean cost a year over n replicates, and of its difference from the reference's half a 95 % interval."""

    mean: float
    half: float | None
    n: int


@dataclass(frozen=True)
class SameCost:
    """What was asked for, the reference's cost, the levers, the seed by which they were looked at, and the names."""

    target: float
    reference: Cost
    levers: Sequence[Lever]
    seed: int

    @property
    def changes(self) -> list[dict[str, Any]]:
        """An arm for each lever that reaches the cost."""
        return [{lever.path: lever.found} for lever in self.levers if lever.found is not None]

    @property
    def table(self) -> Table:
        """Each lever with its value and cost where it reaches what is asked for, and the cost at either end."""
        rows = [_row(lever) for lever in self.levers]
        kinds = {"lever": pl.String(), "found": pl.Boolean(), "n": pl.Int64()}
        names = [name for name in rows[0] if name not in kinds] if rows else []
        note = (
            f"EU cost a year; the reference costs {self.reference.mean:.4g}, the target is {self.target:.4g} within "
            f"{100 * WITHIN:.0f} %. Estimated with seed {self.seed}, on other random numbers than the comparison of "
            "arms. `half`: of the 95 % interval of the paired difference from the reference, over replicates."
        )
        schema = {name: kinds.get(name, pl.Float64()) for name in ("lever", "found", *names, "n")} if rows else kinds
        return Table("Levers at the same cost", pl.DataFrame(rows, schema=schema), note)

    @property
    def sentences(self) -> list[str]:
        """What was found, in words: on which random numbers, each lever that does, and each that does not reach it."""
        ref = self.reference
        yes = [
            f"{factor_words(lever.path)} {lever.found:.15g} ({lever.own:.15g}) costs {_cost(lever.costs[lever.found])}"
            for lever in self.levers
            if lever.found is not None
        ]
        no = [
            f"{factor_words(lever.path)} ({', '.join(f'{cost.mean:.3g} at {at:.15g}' for at, cost in _ends(lever))})"
            for lever in self.levers
            if lever.found is None
        ]
        asked = (
            f"Same cost: the reference costs {ref.mean:.3g} a year (n = {ref.n:,} replicates, seed {self.seed}); the "
            f"target is {self.target:.3g}, within {100 * WITHIN:.0f} %. Values are found on these random numbers and "
            "compared on fresh ones (another seed), so costs differ by chance."
        )
        found = [f"Reached by (± 95 % of the difference from the reference): {'; '.join(yes)}."] if yes else []
        where = "with the cost at each end, or where it jumps past the target"
        return [asked, *found, *([f"Out of reach, {where}: {'; '.join(no)}."] if no else [])]


def _cost(cost: Cost) -> str:
    return f"{cost.mean:.3g}" + (f" ±{cost.half:.2g}" if cost.half is not None else "")


def _ends(lever: Lever) -> list[tuple[Value, Cost]]:
    """The ends of a lever, or the neighbours between which the cost jumps, with what they cost."""
    return [(at, lever.costs[at]) for at in sorted(lever.between or lever.ends) if lever.between or at != lever.own]


def _row(lever: Lever) -> dict[str, Any]:
    low, high = lever.ends[0], lever.ends[-1]
    cost = None if lever.found is None else lever.costs[lever.found]
    return {
        "lever": lever.path,
        "found": lever.found is not None,
        "reference": lever.own,
        "value": lever.found,
        "cost": cost.mean if cost else None,
        "half": cost.half if cost else None,
        "low": low,
        "cost_at_low": lever.costs[low].mean,
        "high": high,
        "cost_at_high": lever.costs[high].mean,
        "n": lever.costs[low].n,
    }


def search(levers: Sequence[Lever], extra: float, seed: int, look: Look) -> SameCost:
    """Move each lever until the mean cost a year is the reference's and `extra`, within 2 %; `look` runs the model.

    What is looked at of all levers in a round is looked at together. A cost below zero is reached by none.
    """
    reference = _looked([(lever, at) for lever in levers for at in lever.ends if at != lever.own], look)
    target = reference.mean + extra
    for lever in levers:
        lever.costs[lever.own] = reference
        _narrow(lever, target)
    for _ in range(MOST_ROUNDS):
        wanted = [(lever, lever.middle) for lever in levers]
        if not (between := [(lever, at) for lever, at in wanted if at is not None]):
            break
        _looked(between, look)
        for lever, _at in between:
            _narrow(lever, target)
    return SameCost(target, reference, levers, seed)


def _looked(wanted: Sequence[tuple[Lever, Value]], look: Look) -> Cost:
    """Note what levers cost at values; returns the cost of the reference."""
    reference, *costs = look([{lever.path: at} for lever, at in wanted])
    for (lever, at), each in zip(wanted, costs, strict=True):
        lever.costs[at] = _estimate(each, each - reference)
    return _estimate(reference, reference)


def _estimate(costs: Costs, apart: Costs) -> Cost:
    n = len(costs)
    half = float(quantile(n) * apart.std(ddof=1) / np.sqrt(n)) if n > 1 else None
    return Cost(float(costs.mean()), half, n)


def _narrow(lever: Lever, target: float) -> None:
    """Note a value that costs what is asked for, or else the nearest values between which it lies."""
    apart = {at: abs(cost.mean - target) for at, cost in lever.costs.items() if at != lever.own}
    reached = [at for at, distance in apart.items() if distance <= WITHIN * target]
    if reached:
        lever.found = min(reached, key=apart.__getitem__)
        return
    start = lever.between or (lever.own, lever.own)
    if lever.between is None:
        above = lever.costs[lever.own].mean > target
        across = [at for at in lever.ends if (lever.costs[at].mean > target) != above]
        lever.between = (lever.own, min(across, key=lambda at: abs(at - lever.own))) if across else None
        return
    inside = [at for at in lever.costs if min(start) < at < max(start)]
    for at in inside:
        above = lever.costs[at].mean > target
        one, other = lever.between
        same = (lever.costs[one].mean > target) == above
        lever.between = (at, other) if same else (one, at)
