"""One world and its changes: every metric of every change, each world run once."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from experiments.validation.contrasts import Contrast, Values
from experiments.validation.votes import MOVERS, movers_of_support
from model.configuration import Configuration
from model.ensemble import Twins, room, run, run_twins
from model.metrics.catalogue import ESTIMATED
from model.metrics.columns import results
from model.recording import laid_out
from model.schedule import of_run

BUSY = "major_power_a"
"""The perpetrator that is left out of `others_act_rate`."""


def others_act_rate(world: Configuration, seed: int, replicates: Sequence[int]) -> dict[str, float]:
    """P(act) per open opportunity of all perpetrators but one, over the weeks counted."""
    met, burn_in = room(world, len(replicates)), world.scenario.time.burn_in
    run(world, seed, replicates, met=met)
    others = [row for row, name in enumerate(world.perpetrators) if name != BUSY]
    chances, open_ = 0.0, 0
    for place in range(len(replicates)):
        trace = laid_out(of_run(met, place), burn_in, len(world.perpetrators))
        there = trace.code[:, others] >= 0
        chances += float(trace.at_least[:, others, 1][there].sum())
        open_ += int(there.sum())
    return {"others_act_rate": chances / open_}


def support(world: Configuration, seed: int, replicates: Sequence[int]) -> dict[str, float]:
    """What moves members' support at votes, by the names of measures."""
    return {f"support_by_{name}": value for name, value in movers_of_support(world, seed, replicates).items()}


OWN: dict[str, Callable[[Configuration, int, Sequence[int]], dict[str, float]]] = {
    "others_act_rate": others_act_rate,
    **{f"support_by_{name}": support for name in MOVERS},
}
"""Measures beside the metrics, all of them shares: what computes each, with others perhaps."""


def is_share(metric: str) -> bool:
    """Whether a metric or a measure is a share."""
    return metric in OWN or ESTIMATED[metric].is_share


class Lab:
    """A world and what its changes come to, over the same replicates with luck of their own.

    What was run is kept, for many contrasts ask for the same world; twins are kept for worlds that differ by the
    doctrine alone.
    """

    def __init__(self, world: Configuration, seed: int, replicates: int) -> None:
        self.world, self.seed, self.replicates = world, seed, range(replicates)
        self._twins: dict[str, Twins] = {}
        self._columns: dict[Any, dict[str, Any]] = {}
        self._own: dict[Any, dict[str, float]] = {}

    def effect(self, contrast: Contrast) -> float:
        """A contrast in this world; NaN where one of its metrics is undefined."""
        total = 0.0
        for term in contrast:
            value = self.value(term.metric, term.values)
            with np.errstate(divide="ignore", invalid="ignore"):
                total += term.weight * float(np.log(1.0 - value) if term.left else value)
        return total

    def value(self, metric: str, values: Values) -> float:
        """A metric of the world with these values: the ratio of its sums over replicates; NaN where it is undefined."""
        key = tuple(sorted(values.items()))
        if metric in OWN:
            way = OWN[metric]
            if (way, key) not in self._own:
                self._own[way, key] = way(self.world.with_values(values), self.seed, self.replicates)
            return self._own[way, key][metric]
        if key not in self._columns:
            self._columns[key] = self._run(self.world.with_values(values))
        found, columns = ESTIMATED[metric], self._columns[key]
        above, below = (float(np.sum(part * np.ones(len(self.replicates)))) for part in found.parts(columns))
        return float(found.value(above, below)) if below > 0.0 else float("nan")

    def _run(self, world: Configuration) -> dict[str, Any]:
        """Sums of runs of a world, the twin's among them."""
        reference = world.with_values({"doctrine": world.reference.doctrine}).model_dump_json()
        if reference not in self._twins:
            self._twins[reference] = run_twins(world, self.seed, self.replicates)
        twins = self._twins[reference]
        return results(run(world, self.seed, self.replicates, twins), twins.books)
