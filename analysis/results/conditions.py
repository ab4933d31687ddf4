"""What is looked for among worlds: conditions on metrics, and in which worlds of a sweep they hold under a doctrine.

A world is a point of the design without its doctrine. Its figures are ratios of sums over replicates. A condition holds
*surely* where the world's own 95 % interval (Student's, of the linearised ratio or paired difference) lies on that side
of the threshold, and *possibly* where one end of it does. How many worlds are such lies between the two counts. To
resample replicates and count again would not do: two or three of them have too few resamples, and where noise is each
world's own a resample has it twice, which moves worlds over the threshold rather than back.
"""

import re
from collections.abc import Sequence
from math import isclose
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from analysis.labels import is_share, shown, stated_text, title
from analysis.results.folder import Results
from analysis.statistics.intervals import LEVEL, quantile
from analysis.statistics.ratio import Ratio, RunArray, spread
from model.errors import ConfigurationError, nearest_name
from model.metrics.catalogue import ESTIMATED, METRICS
from model.metrics.columns import DELAYS

Array = np.ndarray[Any, np.dtype[Any]]
OPERATORS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
FORM = re.compile(r"\s*(\w+)\s*(<=|>=|<|>)\s*([-+−]?[\d.]+(?:[eE][-+]?\d+)?)\s*(%?)\s*")


class Condition(NamedTuple):
    """A metric below or above a value, such as `harm_averted<0.1`; of two doctrines, of their difference."""

    metric: str
    operator: str
    value: float

    @property
    def text(self) -> str:
        """The condition as it is written on the command line."""
        return f"{self.metric}{self.operator}{repr(self.value).removesuffix('.0')}"

    def holds(self, values: Array) -> Array:
        """Where it holds; nowhere where a value is undefined."""
        with np.errstate(invalid="ignore"):
            compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[self.operator]
            return np.asarray(compare(values, self.value))


def condition(text: str) -> Condition:
    """Read `METRIC<VALUE`, with `<`, `<=`, `>` or `>=`; raises `ConfigurationError`."""
    found = FORM.fullmatch(text)
    if not found:
        allowed = "a metric, <, <=, > or >=, and a number: harm_averted<0.1"
        raise ConfigurationError("is no condition", file="--target", value=text, allowed=allowed)
    metric, operator, number, per_cent = found.groups()
    if metric not in ESTIMATED:
        nearest = nearest_name(metric, ESTIMATED)
        where = None if nearest else "what `deter list metrics` shows"
        raise ConfigurationError("is no metric", file="--target", value=metric, nearest=nearest, allowed=where)
    try:
        value = float(number.replace("−", "-"))
    except ValueError:
        raise ConfigurationError("is no number", file="--target", key=metric, value=number) from None
    one = Condition(metric, operator, value / 100.0 if per_cent else value)
    _check_share(one, number, stated=bool(per_cent))
    return one


def _check_share(one: Condition, number: str, *, stated: bool) -> None:
    """Refuse shares beyond the whole: they are per cent without their sign. More than all may be lost, in per cent."""
    if is_share(one.metric) and (one.value > 1.0 or (one.value < -1.0 and not stated)):
        problem = f"is {'more' if one.value > 1.0 else 'less'} than the whole"
        allowed = f"a share of 1, or per cent: {0.1 if one.value > 0.0 else -0.1} or {10 if one.value > 0.0 else -10}%"
        raise ConfigurationError(problem, file="--target", key=one.metric, value=number, allowed=allowed)


SHORT, FIGURES = 6, 3
"""Significant digits up to which a value was stated by somebody, and those of one that was found."""


def value_text(metric: str, value: float, *, difference: bool = False) -> str:
    """A value of a metric: 10 %, or of a difference of shares 10 points."""
    number = shown(metric) * value
    text = f"{number:.{SHORT if isclose(number, float(f'{number:.{SHORT}g}')) else FIGURES}g}".replace("-", "−")
    if not is_share(metric):
        return text
    return f"{text} points" if difference else f"{text} %"


def condition_text(one: Condition, *, difference: bool = False) -> str:
    """A condition in words: harm averted below 10 %."""
    value = value_text(one.metric, one.value, difference=difference)
    return f"{title(one.metric)} {OPERATORS[one.operator]} {value}"


def target_label(target: Condition) -> str:
    """A target for readers, in the unit of tables: harm averted ≥ 10 %."""
    name = ESTIMATED[target.metric].short or title(target.metric)
    sign = target.operator.replace(">=", "≥").replace("<=", "≤")
    unit = " %" if is_share(target.metric) else ""
    return f"{name} {sign} {stated_text(shown(target.metric) * target.value)}{unit}".replace("-", "−")


DEFAULT_TARGETS = tuple(
    Condition(name, ">=" if each.better > 0 else "<=", each.target)
    for name, each in METRICS.items()
    if each.target is not None
)
"""Assumptions, for want of any that a document sets; they stand with the metrics. `--target` replaces them."""


def read_targets(texts: Sequence[str]) -> tuple[Condition, ...]:
    """Targets such as `harm_averted>=0.1`, the defaults where there are none; raises `ConfigurationError`."""
    targets = tuple(map(condition, texts))
    for place, target in enumerate(targets):
        _check_target(target)
        if any(target[:2] == other[:2] for other in targets[:place]):
            raise ConfigurationError("is a target given twice", file="--target", value=target.text)
    return targets or DEFAULT_TARGETS


def _check_target(target: Condition) -> None:
    if target.metric in DELAYS:
        problem, allowed = "is a median of a run, which worlds have none of", "one of the other metrics"
        raise ConfigurationError(problem, file="--target", value=target.metric, allowed=allowed)


class Side(NamedTuple):
    """Metrics under one doctrine, by world and replicate."""

    sums: dict[str, Ratio]

    def values(self, metric: str, weights: Array | None = None) -> Array:
        """The metric in each world: [world], or with weights [draw, replicate] of replicates [draw, world]."""
        return self.sums[metric].over(-1, 1.0 if weights is None else weights[:, None, :])


class Worlds(NamedTuple):
    """Worlds under a doctrine: `frame` has a column for each factor that varies; `other` is compared with."""

    doctrine: str
    frame: pl.DataFrame
    side: Side
    against: str | None = None
    other: Side | None = None
    points: Array = np.zeros(0, np.int64)
    left_out: int = 0

    @property
    def replicates(self) -> int:
        """Replicates of a world, at most."""
        return max((sums.above.shape[1] for sums in self.side.sums.values()), default=0)

    def values(self, metric: str, weights: Array | None = None) -> Array:
        """A metric, or its paired difference, in each world."""
        found = self.side.values(metric, weights)
        return found if self.other is None else found - self.other.values(metric, weights)

    def meet(self, conditions: Sequence[Condition], weights: Array | None = None, *, either: bool = False) -> Array:
        """Where all conditions hold, or with `either` one at least."""
        each = [one.holds(self.values(one.metric, weights)) for one in conditions]
        return np.asarray((np.any if either else np.all)(each, axis=0))

    def half(self, metric: str, level: float = LEVEL) -> Array:
        """Half the interval of each world's figure, or paired difference, over its replicates; infinite with one."""
        added, *other = (side.sums[metric].influences(-1) for side in (self.side, self.other) if side is not None)
        n = (self.side.sums[metric].below > 0.0).sum(-1)
        return np.nan_to_num(quantile(n, level) * spread(added - sum(other), n), nan=np.inf)

    def surely(self, conditions: Sequence[Condition], *, either: bool = False) -> tuple[Array, Array]:
        """Where conditions hold surely, and where possibly; of several each by an interval of Bonferroni's level."""
        level = 1.0 - (1.0 - LEVEL) / len(conditions)
        ends = []
        for one in conditions:
            value, half = self.values(one.metric), self.half(one.metric, level)
            ends.append((one.holds(value - half), one.holds(value + half)))
        join = np.any if either else np.all
        both, one_of = (join([way(pair, axis=0) for pair in ends], axis=0) for way in (np.all, np.any))
        return np.asarray(both), np.asarray(one_of)


def worlds_of(
    results: Results, metrics: Sequence[str], doctrine: str | None = None, against: str | None = None
) -> Worlds:
    """The worlds of a folder under a doctrine, and what `metrics` come to in each; raises `ConfigurationError`.

    Worlds in which a metric is undefined, or no run succeeded, are left out and counted.
    """
    _check_whole(results)
    results.check_metrics(metrics)
    doctrine, against = _doctrines(results, doctrine, against)
    dimensions = [name for name, levels in results.manifest.factors.items() if name != "doctrine" and len(levels) > 1]
    if not dimensions:
        problem = "holds no sample of worlds: no factor but the doctrine varies"
        allowed = "a sweep over uncertain parameters, such as `deter sweep uncertain_worlds`"
        raise ConfigurationError(problem, file=str(results.folder), allowed=allowed)
    _check_circumstances(results, dimensions)
    frame, points = _points(results, doctrine, dimensions)
    sides = [side_of(results, metrics, points)]
    if against is not None:
        others, their_points = _points(results, against, dimensions)
        order = _matched(frame, others, their_points)
        frame, points = frame.filter(order >= 0), points[order >= 0]
        sides = on_common_runs(
            side_of(results, metrics, points), side_of(results, metrics, their_points[order[order >= 0]])
        )
    defined = np.all([np.isfinite(side.values(metric)) for side in sides for metric in metrics], axis=0)
    kept = [Side({name: sums.at(defined) for name, sums in side.sums.items()}) for side in sides]
    return Worlds(
        doctrine or results.configuration.doctrine.title,
        frame.filter(defined),
        kept[0],
        against,
        kept[1] if len(kept) > 1 else None,
        points[defined],
        int((~defined).sum()),
    )


CHOICES = ("doctrine.", "switches.")
"""Where the paths of what the Union chooses begin, and of what the analyst switches off: no world differs in these."""


def _check_circumstances(results: Results, dimensions: Sequence[str]) -> None:
    """Refuse a folder whose points differ in choices: a rule over them says what to choose, not where it fails."""
    chosen = [name for name in dimensions if name.startswith(CHOICES)]
    if chosen:
        problem = f"varies what is chosen ({', '.join(chosen)}), and worlds differ in circumstances"
        allowed = (
            "a sweep over uncertain parameters, such as `deter sweep uncertain_worlds`, or a comparison over worlds; "
            "for what choices do, `deter report` and `deter figure effects` or `where`"
        )
        raise ConfigurationError(problem, file=str(results.folder), allowed=allowed)


def _check_whole(results: Results) -> None:
    if results.manifest.status != "complete":
        done = sum(part.rows for part in results.manifest.parts.values())
        problem = f"is not complete: {done:,} runs are there"
        raise ConfigurationError(problem, file=str(results.folder), allowed="complete results; the same sweep goes on")
    if results.manifest.kind != "sweep":
        raise ConfigurationError("holds one run, and no sample of worlds", file=str(results.folder))
    runs, failed = results.counts
    if failed == runs:
        raise ConfigurationError("holds failed runs alone", file=str(results.folder))


def _doctrines(results: Results, doctrine: str | None, against: str | None) -> tuple[str | None, str | None]:
    """The doctrines asked for, by the names of the folder; the first where none is named."""
    levels = [str(level) for level in results.manifest.factors.get("doctrine", [])]
    for option, name in (("--doctrine", doctrine), ("--against", against)):
        if name is None or name in levels:
            continue
        if not levels:
            title = results.configuration.doctrine.title
            problem = f"does not exist here: the doctrine of this folder does not vary, it is “{title}”"
            raise ConfigurationError(problem, file=option, value=name, allowed=f"no {option}")
        nearest = nearest_name(name, levels)
        raise ConfigurationError(
            "is no doctrine of this folder", file=option, value=name, nearest=nearest, allowed=", ".join(levels)
        )
    if against is not None and against == (doctrine or levels[0]):
        raise ConfigurationError("is the doctrine itself", file="--against", value=against, allowed=", ".join(levels))
    return doctrine or (levels[0] if levels else None), against


def _points(results: Results, doctrine: str | None, dimensions: Sequence[str]) -> tuple[pl.DataFrame, Array]:
    """The worlds that a doctrine meets, one row each, and their points."""
    design = results.design
    if doctrine is not None and "doctrine" in design.columns:
        design = design.filter(pl.col("doctrine") == doctrine)
    return design.select(dimensions), design["point"].to_numpy()


def _matched(frame: pl.DataFrame, other: pl.DataFrame, points: Array) -> Array:
    """For each world its row among those of the other doctrine, or −1 where that does not meet it."""
    numbered = other.with_columns(row=pl.Series(np.arange(len(points)))).unique(other.columns, maintain_order=True)
    found = frame.join(numbered, on=frame.columns, how="left", maintain_order="left")
    return found["row"].fill_null(-1).to_numpy()


def side_of(results: Results, metrics: Sequence[str], points: Array) -> Side:
    """Metrics by world and replicate at these points, one for each world; zero where a run failed or is undefined."""
    world = np.full(results.design.height, -1, np.int64)
    world[points] = np.arange(len(points))
    runs = RunArray(results.scan, world, (len(points),))
    return Side({metric: runs.ratio(metric) for metric in metrics})


def sides_by_name(results: Results, names: Sequence[str], metrics: Sequence[str]) -> dict[str, Side]:
    """The sides of a folder whose points are names × worlds, names outermost and in this order."""
    points = results.design["point"].to_numpy().reshape(len(names), -1)
    return {name: side_of(results, metrics, rows) for name, rows in zip(names, points, strict=True)}


def on_common_runs(one: Side, other: Side) -> list[Side]:
    """Two sides on the replicates of each world that both have: what one lacks is left out of the other as well."""
    both = {name: (sums.below > 0.0) & (other.sums[name].below > 0.0) for name, sums in one.sums.items()}
    return [Side({name: sums.only(both[name]) for name, sums in side.sums.items()}) for side in (one, other)]
