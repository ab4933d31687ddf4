"""Scenario discovery: in which worlds does something happen, as a rule that a person can read?

PRIM peels a box out of the sample in which cases of interest are dense (Friedman & Fisher 1999; Bryant & Lempert 2010),
CART splits it into leaves (Breiman et al. 1984); both are those of the EMA Workbench (Kwakkel 2017). Coverage is the
share of all cases that lie in the box, density the share of the box that are cases.

A box is chosen for looking good in the sample, so that its coverage and density are too high. Beside them stands what
is left when each world is judged by a box found without it, and a rule counts as found only where that is better than
chance.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from pydantic import BaseModel

from analysis.results.conditions import Array
from model.errors import ConfigurationError

LEAST = 10
"""Cases, and worlds that are none, below which no rule is looked for: any box would fit."""
FOLDS = 10
"""Parts of the sample, each judged by a rule found in the others."""
SUBSAMPLES, KEPT = 20, 2 / 3
"""Subsamples in which a rule is looked for again, and the share of the worlds in each: is it the same?"""
ALPHA = 0.05
"""Largest quasi-p-value that a restriction may have, and largest p-value of a rule on worlds it was not found in."""
PEEL, LEAST_MASS = 0.05, 0.05
"""Share of a box that PRIM peels at a time, and the smallest box, as shares."""
LEAF, DEPTH = 0.1, 3
"""The smallest leaf of CART as a share of the worlds, and its deepest split."""
SIDES = ("low", "high")


class Limit(BaseModel):
    """What a box asks of one factor: numbers from `low` to `high`, or one of the names `among`; None asks nothing."""

    low: float | None = None
    high: float | None = None
    among: list[str] | None = None
    p_low: float | None = None
    p_high: float | None = None  # of a restriction to names as well

    @property
    def p(self) -> float:
        """The smaller quasi-p-value: how likely a box of this size is as dense without the restriction."""
        return min((p for p in (self.p_low, self.p_high) if p is not None), default=1.0)


Limits = dict[str, Limit]


class Fit(BaseModel):
    """How well boxes tell cases from others."""

    coverage: float | None  # None: there are no cases
    density: float | None  # None: there are no worlds in the boxes
    mass: float
    worlds: int
    cases: int


class Rule(BaseModel):
    """What a method has found: boxes, their fit in the sample, and that on worlds they were not found in."""

    method: str
    boxes: list[Limits]
    fit: Fit
    held_out: Fit
    p: float  # of the fit held out, if boxes told nothing

    @property
    def found(self) -> bool:
        """Whether it says more than chance would."""
        return bool(self.boxes) and self.p <= ALPHA


class Step(BaseModel):
    """A box on the way from all worlds to the smallest."""

    coverage: float
    density: float
    mass: float
    restricted: int


class Peeled(NamedTuple):
    """The box that was chosen, and the way to it."""

    limits: Limits
    steps: list[Step]
    chosen: int


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings of libraries, which mean nothing to a reader of results."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def workbench() -> Any:
    """The modules `prim` and `cart` of the EMA Workbench; raises `ConfigurationError` where it is not installed."""
    try:
        with quiet():
            from ema_workbench.analysis import cart, prim
    except ImportError:
        problem = "needs the EMA Workbench, which is not installed; pip install 'deter[ema]'"
        raise ConfigurationError(problem, file="deter discover") from None
    return prim, cart


def columns_of(frame: pl.DataFrame) -> Any:
    """Worlds as the workbench takes them: numbers as they are, everything else as names."""
    import pandas as pd

    columns = {
        name: frame[name].cast(pl.Float64).to_numpy()
        if is_number(frame[name])
        else np.array(texts(frame[name]), object)
        for name in frame.columns
    }
    return pd.DataFrame(columns)


def is_number(column: pl.Series) -> bool:
    """Whether a factor has an order of numbers."""
    return column.dtype.is_numeric()


def texts(column: pl.Series) -> list[str]:
    """Levels as names."""
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in column]


def inside(limits: Limits, frame: pl.DataFrame) -> Array:
    """Which worlds are in a box."""
    kept = np.ones(frame.height, bool)
    for name, limit in limits.items():
        if limit.among is not None:
            kept &= np.isin(texts(frame[name]), limit.among)
            continue
        values = frame[name].cast(pl.Float64).to_numpy()
        kept &= (values >= (-np.inf if limit.low is None else limit.low)) & (
            values <= (np.inf if limit.high is None else limit.high)
        )
    return kept


def in_any(boxes: list[Limits], frame: pl.DataFrame) -> Array:
    """Which worlds are in one of the boxes; none where there are no boxes."""
    return np.any([inside(box, frame) for box in boxes], axis=0) if boxes else np.zeros(frame.height, bool)


def fit_of(chosen: Array, cases: Array) -> Fit:
    """Coverage, density and mass of a choice of worlds."""
    both, worlds, all_cases = int((chosen & cases).sum()), int(chosen.sum()), int(cases.sum())
    coverage = both / all_cases if all_cases else None
    return Fit(
        coverage=coverage,
        density=both / worlds if worlds else None,
        mass=worlds / len(cases),
        worlds=worlds,
        cases=both,
    )


def chance(chosen: Array, cases: Array) -> float:
    """Probability that as many worlds chosen blindly hold as many cases, or more (Fisher's exact test, one-sided)."""
    from scipy.stats import hypergeom

    both = int((chosen & cases).sum())
    return float(hypergeom.sf(both - 1, len(cases), int(cases.sum()), int(chosen.sum())))


def peel(frame: pl.DataFrame, cases: Array) -> Peeled:
    """PRIM's box with the best balance of coverage and density, less restrictions that may be chance."""
    prim, _ = workbench()
    with quiet():
        search = prim.Prim(
            columns_of(frame), cases.astype(int), threshold=1e-9, peel_alpha=PEEL, paste_alpha=PEEL, mass_min=LEAST_MASS
        )
        box = search.find_box()
        way = box.peeling_trajectory.to_dict("records")
        steps = [
            Step(coverage=w["coverage"], density=w["density"], mass=w["mass"], restricted=w["res_dim"]) for w in way
        ]
        chosen = max(range(len(steps)), key=lambda place: (_balance(steps[place]), -place))
        box.select(chosen)
        _drop_chance(box)
        limits = _limits(box)
    return Peeled(limits, steps, chosen)


def _balance(step: Step) -> float:
    """The harmonic mean of coverage and density."""
    both = step.coverage + step.density
    return 2.0 * step.coverage * step.density / both if both else 0.0


def _drop_chance(box: Any) -> None:
    """Take back the restriction that is most likely chance, one side after the other, while there is one."""
    while True:
        at = box._cur_box
        values = {(name, side): p for name, sides in box.qp[at].items() for side, p in enumerate(sides) if p >= 0.0}
        worst = max(values, key=lambda key: values[key], default=None)
        if worst is None or values[worst] <= ALPHA:
            return
        name, side = worst
        limits, first = box.box_lims[at].copy(), box.box_lims[0]
        sides = (0, 1) if isinstance(first.loc[0, name], set) else (side,)
        for each in sides:
            limits.at[each, name] = first.loc[each, name]
        box.update(limits, box.prim.yi_remaining[_in_box(limits, first, box.prim.x)])


def _in_box(limits: Any, first: Any, x: Any) -> Array:
    """Which rows of the workbench's frame are in one of its boxes."""
    kept = np.ones(len(x), bool)
    for name in limits.columns:
        low, high = limits.loc[0, name], limits.loc[1, name]
        if isinstance(low, set):
            kept &= np.array([value in low for value in x[name]])
        else:
            kept &= ((x[name] >= low) & (x[name] <= high)).to_numpy()
    return kept


def _limits(box: Any) -> Limits:
    """The restrictions of the workbench's current box."""
    first, last, found = box.box_lims[0], box.box_lim, {}
    for name, p in box.qp[box._cur_box].items():
        low, high = last.loc[0, name], last.loc[1, name]
        if isinstance(low, set):
            found[str(name)] = Limit(among=sorted(low), p_high=float(p[0]))
            continue
        ends = (low if low != first.loc[0, name] else None, high if high != first.loc[1, name] else None)
        found[str(name)] = Limit(
            low=None if ends[0] is None else float(low),
            high=None if ends[1] is None else float(high),
            p_low=float(p[0]) if p[0] >= 0.0 else None,
            p_high=float(p[1]) if p[1] >= 0.0 else None,
        )
    return found


def prim_boxes(frame: pl.DataFrame, cases: Array) -> list[Limits]:
    """PRIM's box, if it asks anything."""
    limits = peel(frame, cases).limits
    return [limits] if limits else []


def cart_boxes(frame: pl.DataFrame, cases: Array) -> list[Limits]:
    """The leaves of a small tree in which most worlds are cases."""
    from sklearn.tree import DecisionTreeClassifier

    _, cart = workbench()

    class Small(cart.CART):  # type: ignore[misc,name-defined]
        """The workbench's tree, kept small and the same every time: scikit-learn breaks ties at random."""

        def build_tree(self) -> None:
            least = max(2, round(LEAF * len(self.x)))
            self.clf = DecisionTreeClassifier(min_samples_leaf=least, max_depth=DEPTH, random_state=0)
            self.clf.fit(self._x, self.y)

    with quiet():
        tree = Small(columns_of(frame), cases.astype(int))
        tree.build_tree()
        if tree.clf.tree_.node_count == 1:
            return []
        leaves = np.flatnonzero(tree.clf.tree_.children_left == -1)
        where = tree.clf.apply(tree._x)
        split = {tree.feature_names[at].partition(tree.sep)[0] for at in tree.clf.tree_.feature if at >= 0}
        boxes = [
            _differs(box, frame, where == leaf, split) for leaf, box in zip(leaves.tolist(), tree.boxes, strict=True)
        ]
    dense = [box for box in boxes if box and 2 * (cases & inside(box, frame)).sum() >= inside(box, frame).sum()]
    names = {name: set(texts(frame[name])) for name in frame.columns if not is_number(frame[name])}
    found = united(dense, names)
    return [] if {} in found else found


def united(boxes: list[Limits], names: Mapping[str, set[str]]) -> list[Limits]:
    """The same worlds in fewer boxes: two that differ in one factor alone, and meet there, are one.

    `names` are all that a factor without order takes: a box that holds them all does not restrict it.
    """
    for one, other in combinations(boxes, 2):
        both = _joined(one, other, names)
        if both is not None:
            return united([both, *(box for box in boxes if box is not one and box is not other)], names)
    return boxes


def _joined(one: Limits, other: Limits, names: Mapping[str, set[str]]) -> Limits | None:
    """Two boxes as one; None where their union is no box."""
    if set(one) != set(other):
        return None
    apart = [name for name in one if one[name] != other[name]]
    if len(apart) > 1:
        return None
    rest = {name: limit for name, limit in one.items() if name not in apart}
    limit = _limits_joined(one[apart[0]], other[apart[0]], names.get(apart[0], set())) if apart else Limit()
    if limit is None:
        return None
    return rest if limit == Limit() else {**rest, apart[0]: limit}


def _limits_joined(one: Limit, other: Limit, names: set[str]) -> Limit | None:
    """Limits that let through what either does; None where there is a gap between them."""
    if one.among is not None and other.among is not None:
        among = {*one.among, *other.among}
        return Limit() if among == names else Limit(among=sorted(among))
    below, above = sorted((one, other), key=lambda limit: -np.inf if limit.low is None else limit.low)
    if above.low is not None and (np.inf if below.high is None else below.high) < above.low:
        return None
    high = None if below.high is None or above.high is None else max(below.high, above.high)
    return Limit(low=below.low, high=high)


def _differs(box: Any, frame: pl.DataFrame, leaf: Array, split: set[str]) -> Limits:
    """What a leaf of the workbench's tree asks beyond the range of the sample.

    Of names, the workbench notes those that a branch excludes and not those that it asks for: hence those in the leaf.
    """
    found = {}
    for name in frame.columns:
        low, high = box.loc[0, name], box.loc[1, name]
        if isinstance(low, set):
            held = set(np.array(texts(frame[name]))[leaf].tolist()) if name in split else set(low)
            if held != set(texts(frame[name])):
                found[name] = Limit(among=sorted(held))
            continue
        values = frame[name].cast(pl.Float64)
        ends = (float(low) if low > values.min() else None, float(high) if high < values.max() else None)
        if ends != (None, None):
            found[name] = Limit(low=ends[0], high=ends[1])
    return found


METHODS: dict[str, Callable[[pl.DataFrame, Array], list[Limits]]] = {"PRIM": prim_boxes, "CART": cart_boxes}


def rule(method: str, frame: pl.DataFrame, cases: Array) -> Rule:
    """What a method finds in worlds, and how well the same way of finding does on worlds that it has not seen."""
    find = METHODS[method]
    boxes = find(frame, cases)
    seen = in_any(boxes, frame)
    unseen = np.zeros(len(cases), bool)
    for part in folds(cases):
        without = find(frame.filter(~part), cases[~part])
        unseen[part] = in_any(without, frame.filter(part))
    return Rule(
        method=method,
        boxes=boxes,
        fit=fit_of(seen, cases),
        held_out=fit_of(unseen, cases),
        p=chance(unseen, cases),
    )


def folds(cases: Array) -> Iterator[Array]:
    """The parts of the sample by turns, each with its share of the cases."""
    rng = np.random.default_rng(0)
    part = np.zeros(len(cases), np.int64)
    for some in (np.flatnonzero(cases), np.flatnonzero(~cases)):
        part[rng.permutation(some)] = np.arange(len(some)) % FOLDS
    yield from (part == number for number in range(FOLDS))


class Again(BaseModel):
    """How often a side of a factor is restricted in subsamples, and the limits there (10 % to 90 % of them)."""

    share: float
    least: float | None = None
    most: float | None = None


def stability(frame: pl.DataFrame, cases: Array) -> dict[str, dict[str, Again]]:
    """PRIM in subsamples without replacement: for each factor restricted at all, by side `low`, `high` or `among`."""
    rng = np.random.default_rng(1)
    seen: dict[tuple[str, str], list[float]] = {}
    for _ in range(SUBSAMPLES):
        some = np.concatenate(
            [rng.choice(rows, round(KEPT * len(rows)), replace=False) for rows in map(np.flatnonzero, (cases, ~cases))]
        )
        some.sort()
        for name, limit in peel(frame[some], cases[some]).limits.items():
            for side, end in (("low", limit.low), ("high", limit.high), ("among", limit.among)):
                if end is not None:
                    seen.setdefault((name, side), []).append(end if isinstance(end, float) else np.nan)
    found: dict[str, dict[str, Again]] = {}
    for (name, side), ends in seen.items():
        least, most = (None, None) if side == "among" else np.quantile(ends, (0.1, 0.9)).tolist()
        found.setdefault(name, {})[side] = Again(share=len(ends) / SUBSAMPLES, least=least, most=most)
    return found


class Doubt(BaseModel):
    """What the noise of the metrics leaves open: least and most, as each world in doubt may be on either side."""

    cases: tuple[int, int]
    coverage: tuple[float, float] | None
    density: tuple[float, float] | None


def doubt(chosen: Array, surely: Array, possibly: Array) -> Doubt:
    """Cases, coverage and density of fixed boxes, where worlds are cases surely, possibly or not at all.

    Coverage is least where of the worlds in doubt those outside are cases and those inside are none, and the other way
    round most.
    """
    (sure, sure_out), (maybe, maybe_out) = (
        (int((kind & chosen).sum()), int((kind & ~chosen).sum())) for kind in (surely, possibly)
    )
    inside = int(chosen.sum())
    least = sure / (sure + maybe_out) if sure + maybe_out else 1.0
    most = maybe / (maybe + sure_out) if maybe + sure_out else 0.0
    return Doubt(
        cases=(sure + sure_out, maybe + maybe_out),
        coverage=(least, most) if inside else None,
        density=(sure / inside, maybe / inside) if inside else None,
    )


def restricting(limits: Mapping[str, Limit]) -> list[str]:
    """The factors of a box, those first whose restriction is least likely chance."""
    return sorted(limits, key=lambda name: limits[name].p)
