"""Boxes among worlds: what a box asks of each factor, which worlds are in it, and how well it tells cases from others.

Coverage is the share of all cases that lie in a box, density the share of the box that are cases.
"""

from collections.abc import Mapping
from itertools import combinations
from typing import Annotated

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from analysis.results.manifest import MOST_POINTS
from analysis.results.reading import AnswerPart
from model.errors import ConfigurationError

WorldFlags = NDArray[np.bool_]
"""For each world, a row of a frame of factors, whether something holds of it."""


Proportion = Annotated[float, Field(ge=0.0, le=1.0)]
Side = Annotated[str, Field(pattern="^(low|high|among)$")]
Count = Annotated[int, Field(ge=0, le=MOST_POINTS)]


class Limit(AnswerPart):
    """A restriction of one factor: numbers from `low` to `high`, or one of the names `among`; None asks nothing."""

    low: float | None = None
    high: float | None = None
    among: list[str] | None = None
    p_low: Proportion | None = None
    p_high: Proportion | None = None  # of a restriction to names as well

    @model_validator(mode="after")
    def _can_be_met(self) -> "Limit":
        if self.ends[0] > self.ends[1] or self.among == [] or (self.among and {"low", "high"} & {*self.sides}):
            raise ConfigurationError("lets nothing through", allowed="low up to high, or some names")
        return self

    @property
    def p(self) -> float:
        """The smaller quasi-p-value: how likely a box of this size is as dense without the restriction."""
        return min((p for p in (self.p_low, self.p_high) if p is not None), default=1.0)

    @property
    def sides(self) -> list[str]:
        """Sides that are restricted: low, high, or of names among."""
        return [side for side in ("low", "high", "among") if getattr(self, side) is not None]

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest number that are within; infinite where nothing is asked."""
        return (-np.inf if self.low is None else self.low, np.inf if self.high is None else self.high)

    def holds(self, column: pl.Series) -> WorldFlags:
        """Where the values of a factor are within; the ends count."""
        if self.among is not None:
            return column.cast(pl.String).is_in(self.among).to_numpy()
        return column.is_between(*self.ends).to_numpy()

    def joined(self, other: "Limit", names: set[str]) -> "Limit | None":
        """The limit that lets through what either does; None where there is a gap between them.

        `names` are all that a factor without order takes: who lets them all through asks nothing.
        """
        if self.among is not None and other.among is not None:
            among = {*self.among, *other.among}
            return Limit() if among == names else Limit(among=sorted(among))
        below, above = sorted((self, other), key=lambda limit: limit.ends[0])
        if below.ends[1] < above.ends[0]:
            return None
        high = None if below.high is None or above.high is None else max(below.high, above.high)
        return Limit(low=below.low, high=high)


Box = dict[str, Limit]
"""Restrictions by factor; factors that are not there are free."""


def inside(box: Box, frame: pl.DataFrame) -> WorldFlags:
    """Which worlds, the rows of a frame of factors, are in a box."""
    return np.all([np.ones(frame.height, bool), *(limit.holds(frame[name]) for name, limit in box.items())], axis=0)


def in_any(boxes: list[Box], frame: pl.DataFrame) -> WorldFlags:
    """Which worlds are in one of the boxes; none where there are no boxes."""
    return np.any([np.zeros(frame.height, bool), *(inside(box, frame) for box in boxes)], axis=0)


def restricting(box: Mapping[str, Limit]) -> list[str]:
    """The factors of a box, those first whose restriction is least likely chance."""
    return sorted(box, key=lambda name: box[name].p)


def united(boxes: list[Box], names: Mapping[str, set[str]]) -> list[Box]:
    """The same worlds in fewer boxes: two that differ in one factor alone, and meet there, are one.

    `names` are all that a factor without order takes: a box that holds them all does not restrict it.
    """
    for one, other in combinations(boxes, 2):
        if (both := _joined(one, other, names)) is not None:
            return united([both, *(box for box in boxes if box is not one and box is not other)], names)
    return boxes


def _joined(one: Box, other: Box, names: Mapping[str, set[str]]) -> Box | None:
    """Two boxes as one; None where their union is no box."""
    apart = [name for name in one if one[name] != other.get(name)]
    if set(one) != set(other) or len(apart) > 1:
        return None
    both = {name: limit for name, limit in one.items() if name not in apart}
    for name in apart:
        if (limit := one[name].joined(other[name], names.get(name, set()))) is None:
            return None
        if limit != Limit():
            both[name] = limit
    return both


class Fit(AnswerPart):
    """How well boxes tell cases from others."""

    coverage: Proportion | None  # None: there are no cases
    density: Proportion | None  # None: there are no worlds in the boxes
    mass: Proportion
    worlds: Count
    cases: Count


def fit_of(chosen: WorldFlags, cases: WorldFlags) -> Fit:
    """Coverage, density and mass of a choice of worlds."""
    both, worlds, all_cases = int((chosen & cases).sum()), int(chosen.sum()), int(cases.sum())
    coverage, density = both / all_cases if all_cases else None, both / worlds if worlds else None
    return Fit(coverage=coverage, density=density, mass=worlds / len(cases), worlds=worlds, cases=both)


def chance(chosen: WorldFlags, cases: WorldFlags) -> float:
    """Probability that as many worlds chosen blindly hold as many cases, or more (Fisher's exact test, one-sided)."""
    from scipy.stats import hypergeom

    both = int((chosen & cases).sum())
    return float(hypergeom.sf(both - 1, len(cases), int(cases.sum()), int(chosen.sum())))


class NoiseRange(AnswerPart):
    """What the noise of the metrics leaves open: least and most, as each world in doubt may be on either side."""

    cases: tuple[Count, Count]
    coverage: tuple[Proportion, Proportion] | None
    density: tuple[Proportion, Proportion] | None


def noise_range(chosen: WorldFlags, surely: WorldFlags, possibly: WorldFlags) -> NoiseRange:
    """Cases, coverage and density of fixed boxes, where worlds are cases surely, possibly or not at all.

    Coverage is least where of the worlds in doubt those outside are cases and those inside are none, and the other way
    round most.
    """
    inside, sure, maybe = (int((kind & chosen).sum()) for kind in (np.ones_like(chosen), surely, possibly))
    sure_out, maybe_out = (int((kind & ~chosen).sum()) for kind in (surely, possibly))
    least = sure / (sure + maybe_out) if sure + maybe_out else 1.0
    most = maybe / (maybe + sure_out) if maybe + sure_out else 0.0
    return NoiseRange(
        cases=(sure + sure_out, maybe + maybe_out),
        coverage=(least, most) if inside else None,
        density=(sure / inside, maybe / inside) if inside else None,
    )
