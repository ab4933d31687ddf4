"""The model as one of the EMA Workbench: levers are what the EU may choose, uncertainties what nobody knows.

A point of the workbench is a point of a sweep: same code, same random numbers, same estimates, to the bit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from warnings import catch_warnings

import numpy as np
import polars as pl
from scipy.stats import loguniform, truncexpon

from analysis.statistics.estimates import estimate
from analysis.statistics.units import check_own, checked_metrics
from experiments.design.design import Design, design_of
from experiments.design.experiment import Experiment, Loaded, load_experiment
from experiments.design.factors import Factor, Span, ends_or_levels, read_factors
from experiments.design.points import WHOLES, scalars
from experiments.running.executors import threads
from experiments.running.runner import plan, run_tasks
from experiments.running.sweep import model_of
from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError, placed
from model.loading import shipped
from model.metrics.catalogue import HEADLINE, metric
from model.metrics.definition import own_name
from model.parameters import LARGEST, Parameter
from model.paths import unknown_path, validated

WHERE = "workbench_model"
Wanted = Iterable[str] | Mapping[str, Any]
"""Paths of parameters; or by path a pair (low, high), a list of levels, a range as in an experiment's `[factors]`, or
None for what the parameter declares."""
Factors = Mapping[str, Factor]
DEFAULTS = {
    "title": "A model of the EMA Workbench",
    "question": "What do the levers achieve, whatever the uncertainties are?",
    "replicates": 10,
    "seed": 1,
}
"""What an experiment states, where nobody else does."""


@dataclass(frozen=True)
class Evaluation:
    """The function of the workbench's model: values of parameters in, estimates over replicates out.

    Names of parameters have two underscores for a dot. An outcome that is undefined at a point is NaN.
    """

    design: Design
    outcomes: tuple[str, ...]

    def __call__(self, **values: Any) -> dict[str, float]:
        """The estimate of each outcome at a point; raises `RuntimeError` where no run of it came to its end."""
        levels = {path: values[_name(path)] for path in self.design.factors}
        # the workbench draws with NumPy, whose numbers are none of a configuration
        plain = {path: level.item() if isinstance(level, np.generic) else level for path, level in levels.items()}
        frame = pl.DataFrame({"point": [0], **{path: [plain[path]] for path in plain}})
        point = replace(self.design, frame=frame, over_time=False)
        done = [found.runs for _, found in run_tasks(point, plan(point), threads(1), model_of(point))]
        runs = pl.concat(done).sort("replicate")
        failed = runs.filter(pl.col("status") == "failed")
        if failed.height == runs.height:
            at = ", ".join(f"{path} = {level}" for path, level in plain.items())
            raise RuntimeError(f"no run came to its end at the point {at}: {failed['error'][0]}")
        means = estimate(runs, point.frame, ["point"], self.outcomes).select("metric", "mean")
        return {name: np.nan if mean is None else mean for name, mean in means.iter_rows()}


def workbench_model(
    experiment: str | Path | None = None,
    *,
    scenario: str | Path = "baseline",
    doctrine: str | Path = "status_quo",
    levers: Wanted = (),
    uncertainties: Wanted = (),
    outcomes: Sequence[str] = HEADLINE,
    replicates: int | None = None,
    seed: int | None = None,
    uncertainty: str | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Any:
    """The model as an `ema_workbench.Model`, for `perform_experiments`, `optimize` and what analyses their results.

    With an `experiment`, by shipped name or path, its factors below `doctrine` are the levers and the others the
    uncertainties. Without one, `levers` and `uncertainties` are paths of parameters in a `scenario` under a `doctrine`,
    each with the range that it declares; or a mapping says what each may be: `(low, high)`, a list of levels, or a
    range as in an experiment file. In the workbench, two underscores in a name stand for a dot.

    `outcomes` are metrics, by default the headline ones, each maximised or minimised as is better. Their values are the
    means in the summary of a sweep at the same point, seed (by default 1) and number of replicates (10), to the bit;
    all points share their random numbers. `uncertainty` is that of an experiment, `overrides` that of `run_sweep`. The
    model can be sent to other processes. Raises `ConfigurationError` for wrong input, before the first run, and where
    the workbench is not installed.
    """
    ema = _workbench()
    chosen: tuple[Factors, Factors]
    given = {"replicates": replicates, "seed": seed}
    if experiment is None:
        stated = {"scenario": str(scenario), "doctrine": str(doctrine), "uncertainty": uncertainty}
        base = load_configuration(scenario, doctrine, overrides)
        chosen = _factors("levers", levers, base), _factors("uncertainties", uncertainties, base)
        for path in chosen[0].keys() & chosen[1].keys():
            raise ConfigurationError("is both a lever and an uncertainty", file=WHERE, key=path, allowed="one of them")
        factors = {**chosen[0], **chosen[1]}
        asked = Loaded(name=WHERE, file=WHERE, experiment=_experiment({**DEFAULTS, **stated, **given}, factors))
    else:
        if levers or uncertainties or uncertainty is not None:
            problem, allowed = "are those of the experiment, so that no others can be given", "the experiment alone"
            raise ConfigurationError(problem, file=WHERE, key="levers, uncertainties", allowed=allowed)
        asked, chosen = _of_file(experiment, given)
    try:
        design = design_of(asked, overrides)
    except ConfigurationError as error:
        error.key = error.key and error.key.removeprefix("design.points.")
        raise
    check_own(outcomes, [*map(own_name, design.metrics)], WHERE)
    whole = {path for path, value in scalars(design.base).items() if type(value) is int}
    model = ema.Model("deter", function=Evaluation(design, tuple(checked_metrics(outcomes))))
    model.levers, model.uncertainties = (
        [_parameter(ema, path, each, whole=path in whole) for path, each in side.items() if not _is_single(each)]
        for side in chosen
    )
    both = {**chosen[0], **chosen[1]}
    model.constants = [
        ema.Constant(_name(path), ends_or_levels(each)[0]) for path, each in both.items() if _is_single(each)
    ]
    kinds = {1: ema.ScalarOutcome.MAXIMIZE, -1: ema.ScalarOutcome.MINIMIZE, 0: ema.ScalarOutcome.INFO}
    model.outcomes = [ema.ScalarOutcome(name, kind=kinds[metric(name).better]) for name in outcomes]
    return model


def _workbench() -> Any:
    try:
        with catch_warnings(action="ignore"):
            import ema_workbench
    except ImportError:
        problem = "needs the EMA Workbench, which is not installed; pip install 'deter[ema]'"
        raise ConfigurationError(problem, file=WHERE) from None
    return ema_workbench


def _of_file(experiment: str | Path, given: Mapping[str, Any]) -> tuple[Loaded, tuple[Factors, Factors]]:
    """An experiment as a list of points that has every level and end, with its levers and its uncertainties."""
    changes = {name: value for name, value in given.items() if value is not None}
    stated = (loaded := load_experiment(experiment, changes)).experiment
    for key, said in (("design.constraints", stated.design.constraints), ("record", stated.record)):
        if said:
            raise ConfigurationError("cannot be kept in the workbench", file=loaded.file, key=key, value=said)
    if stated.luck == "own":
        problem, allowed = "cannot be kept in the workbench, whose points have no number", "common"
        raise ConfigurationError(problem, file=loaded.file, key="luck", value="own", allowed=allowed)
    factors = stated.stated
    levers = {path: each for path, each in factors.items() if path.partition(".")[0] == "doctrine"}
    others = {path: each for path, each in factors.items() if path not in levers}
    fixed = {"replicates": stated.floor, "design": _listed(factors), "factors": {}}
    return load_experiment(experiment, {**changes, **fixed}), (levers, others)


def _experiment(table: Mapping[str, Any], factors: Factors) -> Experiment:
    if not factors:
        raise ConfigurationError("are missing", file=WHERE, key="levers, uncertainties", allowed="one path or more")
    stated = {name: DEFAULTS.get(name) if value is None else value for name, value in table.items()}
    return validated(Experiment, {**stated, "design": _listed(factors)}, file=WHERE)


def _listed(factors: Factors) -> dict[str, Any]:
    """The table `[design]` of points in which each factor has each of its levels, or both of its ends."""
    levels = {path: ends_or_levels(each) for path, each in factors.items()}
    most = max(map(len, levels.values()))
    return {
        "kind": "list",
        "points": [{path: each[at % len(each)] for path, each in levels.items()} for at in range(most)],
    }


def _factors(side: str, wanted: Wanted, base: Configuration) -> dict[str, Factor]:
    """What each path may be: as it is said, or else as its parameter declares; raises `ConfigurationError`."""
    if isinstance(wanted, str):
        wanted = [wanted]
    said = dict(wanted) if isinstance(wanted, Mapping) else dict.fromkeys(wanted)
    known = {parameter.path: parameter for parameter in base.parameters()}
    with placed(WHERE, side):
        declared = {path: _declared(path, known, base) for path, each in said.items() if each is None}
        pairs = {
            path: {"low": each[0], "high": each[1]}
            for path, each in said.items()
            if isinstance(each, tuple) and len(each) == 2
        }
        return {
            path: declared.get(path) or read_factors({path: pairs.get(path, each)})[path] for path, each in said.items()
        }


def _declared(path: str, known: Mapping[str, Parameter], base: Configuration) -> Factor:
    """The range or the choices that a parameter declares."""
    if path in WHOLES:
        return list(shipped("scenarios" if path == "scenario" else "doctrines"))
    if path not in known:
        raise unknown_path(base.model_dump(), path)
    found = known[path]
    if isinstance(found.value, bool):
        return [True, False]
    if found.choices:
        return list(found.choices)
    if found.low is None or found.high is None or found.high >= LARGEST:
        allowed = f'{{"{path}": (low, high)}}, or a list of levels'
        raise ConfigurationError("declares no range with two ends", key=path, value=found.value, allowed=allowed)
    return Span(low=found.low, high=found.high)


def _parameter(ema: Any, path: str, factor: Factor, *, whole: bool) -> Any:
    """A factor as the workbench has it."""
    name = _name(path)
    if not isinstance(factor, Span):
        return ema.CategoricalParameter(name, list(dict.fromkeys(factor)))
    if whole:
        if factor.scale != "linear":
            problem, allowed = "has no such scale in the workbench, for it takes whole numbers", "scale = linear"
            raise ConfigurationError(problem, file=WHERE, key=path, value=factor.scale, allowed=allowed)
        return ema.IntegerParameter(name, int(factor.low), int(factor.high))
    low, high = float(factor.low), float(factor.high)
    if factor.scale == "linear":
        return ema.RealParameter(name, low, high)
    drawn = loguniform(low, high) if factor.scale == "log" else truncexpon(high - low, loc=low)
    return ema.RealParameter.from_dist(name, drawn, pff=False)


def _is_single(factor: Factor) -> bool:
    return isinstance(factor, list) and len(set(factor)) == 1


def _name(path: str) -> str:
    return path.replace(".", "__")
