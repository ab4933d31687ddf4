"""Waves: worlds of the prior, then of the part of it in which the posterior lies."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from analysis.calibration.estimator import Posterior
from analysis.calibration.reference import Array, Reference, from_unit, reference_of
from analysis.calibration.targets import FITTED, Targets
from analysis.results.folder import Results
from experiments.design.design import Design, design_of
from experiments.design.experiment import Loaded, load_experiment
from experiments.design.factors import Span
from experiments.design.methods import Latin
from experiments.running.executors import Workforce
from experiments.running.sweep import Report, carry_out
from model.errors import ConfigurationError
from model.record import RECORD_ENDS

TAILS = 0.002
"""Weight that the posterior has beyond either end of what the next wave is drawn from."""
ROOM = 0.1
"""Share of that range by which it is drawn wider."""


class Prior(NamedTuple):
    """The experiment of a calibration and its ranges; the last parameter is the dummy."""

    loaded: Loaded
    spans: Mapping[str, Span]

    @property
    def dummy(self) -> str:
        """The parameter that does nothing."""
        return list(self.spans)[-1]


def read_prior(experiment: str) -> Prior:
    """The prior of an experiment; raises `ConfigurationError` where it is none."""
    loaded = load_experiment(experiment)
    stated, file = loaded.experiment, loaded.file
    if not (stated.record and stated.luck == "own" and isinstance(stated.design, Latin)):
        allowed = 'record = true, luck = "own" and a latin design'
        raise ConfigurationError("is not a prior: a calibration needs the record of worlds", file=file, allowed=allowed)
    found = {path: factor for path, factor in stated.factors.items() if isinstance(factor, Span)}
    spans = {path: span for path, span in found.items() if span.scale != "exponential"}
    if len(spans) < len(stated.factors):
        path = next(iter(stated.factors.keys() - spans.keys()))
        problem = "is not a uniform or log-uniform range, as a prior needs"
        raise ConfigurationError(problem, file=file, key=path)
    return Prior(loaded, spans)


def design(prior: Prior, spans: Mapping[str, Span], worlds: int, wave: int) -> Design:
    """The design of a wave: so many worlds drawn from these ranges, run until a week after the record ends."""
    stated = prior.loaded.experiment
    changes = {"design": Latin(kind="latin", size=worlds), "factors": dict(spans), "seed": stated.seed + wave - 1}
    loaded = prior.loaded.model_copy(update={"experiment": stated.model_copy(update=changes)})
    time = loaded.base().scenario.time
    weeks = (RECORD_ENDS - time.start - timedelta(weeks=time.burn_in)).days // 7 + 2
    return design_of(loaded, {"scenario.time.weeks": weeks})


def truncated(prior: Prior, found: Posterior) -> dict[str, Span]:
    """The ranges in which a posterior lies, with some room, within those of the prior."""
    low, high = found.quantiles([TAILS, 1.0 - TAILS])
    wider = ROOM * (high - low)
    ends = np.clip([low - wider, high + wider], 0.0, 1.0).T
    return {
        path: Span(
            low=float(from_unit(ends[place, 0], span)), high=float(from_unit(ends[place, 1], span)), scale=span.scale
        )
        for place, (path, span) in enumerate(prior.spans.items())
    }


def run_wave(
    wave: Design, folder: Path, workers: Workforce | int | None, *, fresh: bool, report: Report | None
) -> Results:
    """Run a wave into its folder, or go on where that was left."""
    return carry_out(wave, folder, workers, fresh=fresh, report=report)


def tables(results: list[Results], prior: Prior, targets: Targets) -> Reference:
    """The worlds of all waves with every moment of the record; of earlier waves those in the last one's ranges."""
    found = [reference_of(one, prior.spans, list(targets.moments)) for one in results]
    low, high = found[-1].shares.min(axis=0), found[-1].shares.max(axis=0)
    together = found[0].select(inside(found[0].shares, low, high))
    for one in found[1:]:
        together = together.beside(one.select(inside(one.shares, low, high)))
    return together


def inside(shares: Array, low: Array, high: Array) -> Any:
    """Which worlds lie within these ends."""
    return ((shares >= low) & (shares <= high)).all(axis=1)


def observed(targets: Targets) -> Array:
    """The record: the value of each fitted moment."""
    return np.array([target.value for target in targets.of(FITTED).values()])


def fitted(table: Reference, targets: Targets, seed: int) -> Reference:
    """A table of fitted moments alone, with the error that each carries."""
    names = targets.of(FITTED)
    others = [name for name in table.moments if name not in names]
    return table.without(others).with_errors([target.error for target in names.values()], seed)
