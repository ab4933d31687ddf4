"""The loop of a search for doctrines: candidates by generations, from a sampler that follows from its seed alone.

The sampler is NSGA-II (Deb et al. 2002) of optuna. A generation is asked for as a whole, evaluated, and told in its
order, so that neither the number of workers nor an interruption changes what comes next: taken up again, the loop asks
for the same candidates, and what has been evaluated is read rather than run.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from analysis.search.objectives import Aim
from experiments.design.factors import Factor, Level, Span
from model.errors import ConfigurationError

DIGITS = 4
"""Significant digits of a candidate's numbers: what a doctrine file says is what was run."""

Candidate = dict[str, Level]
Evaluate = Callable[[int, Sequence[Candidate]], Sequence[Sequence[float]]]
"""Figures of candidates, one for each aim and none turned; NaN where one is undefined. It is told the generation."""


class Trial(NamedTuple):
    """A candidate with its figures, in the order of the aims."""

    values: Candidate
    figures: tuple[float, ...]
    generation: int

    @property
    def defined(self) -> bool:
        """Whether all its figures are defined."""
        return bool(np.isfinite(self.figures).all())


class Space(NamedTuple):
    """The factors that are searched, by path, and which of the ranges take whole numbers."""

    factors: Mapping[str, Factor]
    whole: frozenset[str] = frozenset()

    def suggested(self, trial: Any) -> Candidate:
        """The candidate that a trial of optuna's proposes."""
        return {path: self._suggested(trial, path, factor) for path, factor in self.factors.items()}

    def _suggested(self, trial: Any, path: str, factor: Factor) -> Level:
        if not isinstance(factor, Span):
            return factor[trial.suggest_categorical(path, list(range(len(factor))))]
        log = factor.scale == "log"
        if path in self.whole:
            return int(trial.suggest_int(path, int(factor.low), int(factor.high), log=log))
        value = trial.suggest_float(path, float(factor.low), float(factor.high), log=log)
        return min(max(float(f"{value:.{DIGITS}g}"), float(factor.low)), float(factor.high))

    def start(self, values: Mapping[str, Level]) -> dict[str, Any] | None:
        """A candidate as optuna is given it to begin with; None where it is outside the ranges."""
        given: dict[str, Any] = {}
        for path, factor in self.factors.items():
            value: Any = values[path]
            if not (factor.low <= value <= factor.high if isinstance(factor, Span) else value in factor):
                return None
            given[path] = value if isinstance(factor, Span) else factor.index(value)
        return given


def optuna() -> Any:
    """The library; raises `ConfigurationError` where it is not installed."""
    try:
        import optuna as library
    except ImportError:
        problem = "needs optuna, which is not installed: pip install 'deter[search]'"
        raise ConfigurationError(problem, file="deter search") from None
    library.logging.set_verbosity(library.logging.WARNING)
    return library


def optimise(
    space: Space,
    aims: Sequence[Aim],
    evaluate: Evaluate,
    *,
    trials: int,
    population: int,
    seed: int,
    start: Mapping[str, Level] | None = None,
) -> list[Trial]:
    """Look for candidates by generations of `population`; returns all trials in their order.

    What was evaluated before is not evaluated again. `start` is the first candidate, if it is within the ranges.
    """
    library = optuna()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sampler = library.samplers.NSGAIISampler(population_size=population, seed=seed % 2**32)
        directions = ["maximize" if one.sense == "max" else "minimize" for one in aims]
        study = library.create_study(directions=directions, sampler=sampler)
        first = space.start(start) if start else None
        if first is not None:
            study.enqueue_trial(first)
        known: dict[tuple[Level, ...], tuple[float, ...]] = {}
        found: list[Trial] = []
        for generation in range(-(-trials // population)):
            asked = [study.ask() for _ in range(min(population, trials - len(found)))]
            candidates = [space.suggested(trial) for trial in asked]
            keys = [tuple(values.values()) for values in candidates]
            new = {key: values for key, values in zip(keys, candidates, strict=True) if key not in known}
            if new:
                figures = evaluate(generation, list(new.values()))
                known.update(zip(new, (tuple(map(float, each)) for each in figures), strict=True))
            for trial, values, key in zip(asked, candidates, keys, strict=True):
                found.append(Trial(values, known[key], generation))
                if found[-1].defined:
                    study.tell(trial, list(known[key]))
                else:
                    study.tell(trial, state=library.trial.TrialState.FAIL)
    return found
