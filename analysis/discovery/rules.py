"""Rules by PRIM and CART: in which worlds does something happen, as boxes that a person can read?

PRIM peels a box out of the sample in which cases of interest are dense (Friedman & Fisher 1999; Bryant & Lempert 2010),
CART splits it into leaves (Breiman et al. 1984); both are those of the EMA Workbench (Kwakkel 2017).

A box is chosen for looking good in the sample, so that its coverage and density are too high. Beside them stands what
is left when each world is judged by a box found without it, and a rule counts as found only where that is better than
chance.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, NamedTuple
from warnings import catch_warnings

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from analysis.discovery.boxes import (
    Box,
    Count,
    Fit,
    Limit,
    Proportion,
    WorldFlags,
    chance,
    fit_of,
    in_any,
    inside,
    united,
)
from analysis.results.reading import AnswerPart
from model.errors import ConfigurationError

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


class Rule(AnswerPart):
    """Boxes that a method has found, their fit in the sample, and that on worlds they were not found in."""

    method: str
    boxes: Annotated[list[Annotated[Box, Field(min_length=1)]], Field(max_length=2**DEPTH)]
    fit: Fit
    held_out: Fit
    p: Proportion  # of the fit held out, if boxes told nothing

    @model_validator(mode="after")
    def _restricts(self) -> "Rule":
        for name, limit in ((name, limit) for box in self.boxes for name, limit in box.items()):
            if not limit.sides:
                raise ConfigurationError("restricts nothing", key=f"boxes.{name}")
        return self

    @property
    def found(self) -> bool:
        """Whether it says more than chance would."""
        return bool(self.boxes) and self.p <= ALPHA


class Step(AnswerPart):
    """A box on the way from all worlds to the smallest."""

    coverage: Proportion
    density: Proportion
    mass: Proportion
    restricted: Count

    @property
    def balance(self) -> float:
        """The harmonic mean of coverage and density."""
        both = self.coverage + self.density
        return 2.0 * self.coverage * self.density / both if both else 0.0


class Peeled(NamedTuple):
    """The box that was chosen, and the way to it."""

    box: Box
    steps: list[Step]
    chosen: int


def workbench() -> Any:
    """The modules `prim` and `cart` of the EMA Workbench; raises `ConfigurationError` where it is not installed."""
    try:
        with catch_warnings(action="ignore"):
            from ema_workbench.analysis import cart, prim
    except ImportError:
        problem = "needs the EMA Workbench, which is not installed; pip install 'deter[ema]'"
        raise ConfigurationError(problem, file="deter discover") from None
    return prim, cart


def _columns(frame: pl.DataFrame) -> Any:
    """Worlds as the workbench takes them: numbers as they are, everything else as names."""
    import pandas as pd

    kinds = {column.name: pl.Float64 if column.dtype.is_numeric() else pl.String for column in frame}
    return pd.DataFrame({name: frame[name].cast(kind).to_numpy() for name, kind in kinds.items()})


def peel(frame: pl.DataFrame, cases: WorldFlags) -> Peeled:
    """PRIM's box with the best balance of coverage and density, less restrictions that may be chance."""
    prim, _ = workbench()
    # warnings of libraries mean nothing to a reader of results
    sizes = {"peel_alpha": PEEL, "paste_alpha": PEEL, "mass_min": LEAST_MASS}
    with catch_warnings(action="ignore"):
        box = prim.Prim(_columns(frame), cases.astype(int), threshold=1e-9, **sizes).find_box()
        way = box.peeling_trajectory.rename(columns={"res_dim": "restricted"})[[*Step.model_fields]]
        steps = [Step(**step) for step in way.to_dict("records")]
        chosen = max(range(len(steps)), key=lambda place: (steps[place].balance, -place))
        box.select(chosen)
        _drop_chance(prim, box)
        return Peeled(_limits(box), steps, chosen)


def _drop_chance(prim: Any, box: Any) -> None:
    """Take back the restriction that is most likely chance, one side after the other, while there is one."""
    while True:
        at, first = box._cur_box, box.box_lims[0]
        values = {(name, side): p for name, sides in box.qp[at].items() for side, p in enumerate(sides)}
        worst = max(values, key=lambda key: values[key], default=None)
        if worst is None or values[worst] <= ALPHA:
            return
        name, side = worst
        limits = box.box_lims[at].copy()
        for each in (0, 1) if isinstance(first.loc[0, name], set) else (side,):
            limits.at[each, name] = first.loc[each, name]
        rows = box.prim.yi_remaining
        box.update(limits, rows[prim.sdutil._in_box(box.prim.x.loc[rows], limits)])


def _limits(box: Any) -> Box:
    """The restrictions of the workbench's current box."""
    first, last, found = box.box_lims[0], box.box_lim, {}
    for name, p in box.qp[box._cur_box].items():
        low, high = last.loc[0, name], last.loc[1, name]
        if isinstance(low, set):
            found[str(name)] = Limit(among=sorted(low), p_high=float(p[0]))
            continue
        p_low, p_high = (float(one) if one >= 0.0 else None for one in p)
        found[str(name)] = Limit(
            low=None if low == first.loc[0, name] else float(low),
            high=None if high == first.loc[1, name] else float(high),
            p_low=p_low,
            p_high=p_high,
        )
    return found


def prim_boxes(frame: pl.DataFrame, cases: WorldFlags) -> list[Box]:
    """PRIM's box, if it asks anything."""
    return [box] if (box := peel(frame, cases).box) else []


def cart_boxes(frame: pl.DataFrame, cases: WorldFlags) -> list[Box]:
    """The leaves of a small tree in which most worlds are cases."""
    from sklearn.tree import DecisionTreeClassifier

    _, cart = workbench()
    with catch_warnings(action="ignore"):
        tree = cart.CART(_columns(frame), cases.astype(int))
        # the workbench's own tree is as deep as it gets, and breaks ties at random
        least = max(2, round(LEAF * len(frame)))
        tree.clf = DecisionTreeClassifier(min_samples_leaf=least, max_depth=DEPTH, random_state=0).fit(tree._x, tree.y)
        if tree.clf.tree_.node_count == 1:
            return []
        leaves = np.flatnonzero(tree.clf.tree_.children_left == -1)
        where = tree.clf.apply(tree._x)
        split = {tree.feature_names[at].partition(tree.sep)[0] for at in tree.clf.tree_.feature if at >= 0}
        boxes = [_leaf(box, frame, where == leaf, split) for leaf, box in zip(leaves.tolist(), tree.boxes, strict=True)]
    dense = [box for box in boxes if box and 2 * (cases & inside(box, frame)).sum() >= inside(box, frame).sum()]
    names = {each.name: set(each.cast(pl.String)) for each in frame if not each.dtype.is_numeric()}
    found = united(dense, names)
    return [] if {} in found else found


def _leaf(box: Any, frame: pl.DataFrame, leaf: WorldFlags, split: set[str]) -> Box:
    """The limits of a leaf of the workbench's tree within the range of the sample.

    Of names, the workbench notes those that a branch excludes and not those that it asks for: hence those in the leaf.
    """
    found = {}
    for column in frame:
        name, (low, high) = column.name, box[column.name]
        if isinstance(low, set):
            names = column.cast(pl.String)
            held = set(names.filter(pl.Series(leaf))) if name in split else low
            if held != set(names):
                found[name] = Limit(among=sorted(held))
            continue
        ends = (float(low) if low > column.min() else None, float(high) if high < column.max() else None)
        if ends != (None, None):
            found[name] = Limit(low=ends[0], high=ends[1])
    return found


METHODS: dict[str, Callable[[pl.DataFrame, WorldFlags], list[Box]]] = {"PRIM": prim_boxes, "CART": cart_boxes}


def rule(method: str, frame: pl.DataFrame, cases: WorldFlags) -> Rule:
    """The boxes of a method, and how well the same way of finding does on worlds that it has not seen."""
    find = METHODS[method]
    boxes = find(frame, cases)
    unseen = np.zeros(len(cases), bool)
    for part in folds(cases):
        unseen[part] = in_any(find(frame.filter(~part), cases[~part]), frame.filter(part))
    fit, held_out = fit_of(in_any(boxes, frame), cases), fit_of(unseen, cases)
    return Rule(method=method, boxes=boxes, fit=fit, held_out=held_out, p=chance(unseen, cases))


def folds(cases: WorldFlags) -> Iterator[WorldFlags]:
    """The parts of the sample by turns, each with its share of the cases."""
    rng = np.random.default_rng(0)
    part = np.zeros(len(cases), np.int64)
    for some in (np.flatnonzero(cases), np.flatnonzero(~cases)):
        part[rng.permutation(some)] = np.arange(len(some)) % FOLDS
    yield from (part == number for number in range(FOLDS))


class Recurrence(AnswerPart):
    """How often a side of a factor is restricted in subsamples, and the limits there (10 % to 90 % of them)."""

    share: Proportion
    least: float | None = None
    most: float | None = None


def stability(frame: pl.DataFrame, cases: WorldFlags) -> dict[str, dict[str, Recurrence]]:
    """PRIM in subsamples without replacement: for each factor restricted at all, by side `low`, `high` or `among`."""
    rng = np.random.default_rng(1)
    seen: dict[tuple[str, str], list[Any]] = {}
    for _ in range(SUBSAMPLES):
        drawn = (rng.choice(rows, round(KEPT * len(rows)), False) for rows in map(np.flatnonzero, (cases, ~cases)))
        some = np.sort(np.concatenate(list(drawn)))
        for name, limit in peel(frame[some], cases[some]).box.items():
            for side in limit.sides:
                seen.setdefault((name, side), []).append(getattr(limit, side))
    found: dict[str, dict[str, Recurrence]] = {}
    for (name, side), ends in seen.items():
        least, most = (None, None) if side == "among" else np.quantile(ends, (0.1, 0.9)).tolist()
        found.setdefault(name, {})[side] = Recurrence(share=len(ends) / SUBSAMPLES, least=least, most=most)
    return found
