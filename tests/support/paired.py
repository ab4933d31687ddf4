"""Estimates over replicates and paired differences of worlds on the same random numbers, for facts about the model."""

import functools
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from agents.catalogue import OCCASIONS, ON_CASE
from analysis.statistics.intervals import quantile
from model.configuration import Configuration, load_configuration
from model.ensemble import Twins, room_for_years, run, run_twins
from model.metrics.catalogue import METRICS
from model.metrics.columns import results

SEED, REPLICATES = 20_260_101, 120
SCENARIOS = ("baseline", "illustrative")


class Estimate(NamedTuple):
    """A ratio of sums over replicates, and each replicate's influence on it."""

    value: float
    influence: Any

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval."""
        n = len(self.influence)
        return float(quantile(n) * self.influence.std(ddof=1) / np.sqrt(n))

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.value - self.half_width

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.value + self.half_width

    def less(self, other: "Estimate") -> "Estimate":
        """The paired difference from another estimate over the same replicates."""
        return Estimate(self.value - other.value, self.influence - other.influence)

    def __str__(self) -> str:
        return f"{self.value:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


def ratio(above: Any, below: Any) -> Estimate:
    """The ratio of the sums of two columns over replicates."""
    above, below = np.asarray(above, float), np.asarray(below, float)
    value = above.sum() / below.sum()
    return Estimate(value, (above - value * below) / below.mean())


@functools.cache
def _twins(reference: str, seed: int, replicates: int) -> Twins:
    return run_twins(Configuration.model_validate_json(reference), seed, range(replicates))


def twins(world: Configuration, seed: int = SEED, replicates: int = REPLICATES) -> Twins:
    """Twins of a world: the doctrine does not enter them, so that worlds that differ by it alone share theirs."""
    return _twins(world.with_values({"doctrine": world.reference.doctrine}).model_dump_json(), seed, replicates)


@functools.cache
def _books(configuration: str, seed: int, replicates: int) -> tuple[Any, Any]:
    world = Configuration.model_validate_json(configuration)
    reference = twins(world, seed, replicates)
    return run(world, seed, range(replicates), reference), reference.books


def books(world: Configuration) -> Any:
    """The books of a world, a row for each replicate."""
    return _books(world.model_dump_json(), SEED, REPLICATES)[0]


def columns(world: Configuration, seed: int = SEED, replicates: int = REPLICATES) -> dict[str, Any]:
    """Sums of runs by name, the twin's among them."""
    return results(*_books(world.model_dump_json(), seed, replicates))


def trend_of_deterrence(world: Configuration) -> Estimate:
    """Rise of the yearly deterrence rate from first year to last along the line of least squares, over its mean.

    The influence of a replicate is that of the jackknife.
    """
    years = room_for_years(world, REPLICATES)
    run(world, SEED, range(REPLICATES), twins(world), periods=years)
    deterred, deterrable = (np.diff(years[name], axis=1, prepend=0.0) for name in ("deterred", "deterrable"))

    def trend(kept: Any) -> float:
        levels = deterred[kept].sum(axis=0) / deterrable[kept].sum(axis=0)
        slope = np.polyfit(np.arange(len(levels)), levels, 1)[0]
        return float(slope * (len(levels) - 1) / levels.mean())

    everybody = np.arange(REPLICATES)
    value = trend(everybody)
    left_out = np.array([trend(everybody != one) for one in everybody])
    return Estimate(value, (REPLICATES - 1) * (left_out.mean() - left_out))


def estimate(world: Configuration, name: str, replicates: int = REPLICATES) -> Estimate:
    """A metric of a world."""
    metric, runs = METRICS[name], columns(world, replicates=replicates)
    found = ratio(metric.numerator(runs), np.asarray(metric.denominator(runs)) * np.ones(replicates))
    return Estimate(1.0 - found.value, -found.influence) if metric.complement else found


def change(metric: str, before: Configuration, after: Configuration, replicates: int = REPLICATES) -> Estimate:
    """The paired difference that a change of the world makes to a metric."""
    return estimate(after, metric, replicates).less(estimate(before, metric, replicates))


def rises(metric: str, before: Configuration, after: Configuration, by: float) -> None:
    """Demand that the whole interval of a rise lies beyond a minimum."""
    difference = change(metric, before, after)
    assert difference.low > by, f"{metric}: {difference}"


def falls(metric: str, before: Configuration, after: Configuration, by: float, replicates: int = REPLICATES) -> None:
    """Demand that the whole interval of a fall lies beyond a minimum."""
    difference = change(metric, before, after, replicates)
    assert difference.high < -by, f"{metric}: {difference}"


def world(scenario: str = "baseline", doctrine_: str = "status_quo", **values: Any) -> Configuration:
    """A shipped scenario under a shipped doctrine, with values of the doctrine, or by path with `__` for a dot."""
    paths = {path.replace("__", "."): value for path, value in values.items()}
    whole = {path if "." in path else f"doctrine.{path}": value for path, value in paths.items()}
    return load_configuration(scenario, doctrine_, whole)


def on_cases(world: Configuration, *names: str) -> list[str]:
    """Names of the measures taken on cases, or of some categories among them."""
    return [
        name
        for name, measure in world.measures.items()
        if measure.occasion == OCCASIONS[ON_CASE] and (not names or measure.category in names)
    ]


def without(world: Configuration, *measures: str) -> Configuration:
    """The same world in which these measures never come to exist."""
    return world.with_values({f"measures.{name}.available": "2999-01-01" for name in measures})


def from_the_start(world: Configuration) -> Configuration:
    """The same world in which every measure exists from its first week."""
    start: Mapping[str, Any] = {f"measures.{name}.available": "1999-01-01" for name in world.measures}
    return world.with_values(start)
