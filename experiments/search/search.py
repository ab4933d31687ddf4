"""A search for doctrines from its first generation to its answer: found, judged on fresh worlds, and put to the test.

`search(plan_of("robust_doctrine", {}), carry)` does all of it; `carry` runs the sweep of each stage.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from analysis.comparison.candidates import Candidates
from analysis.results.conditions import Array, sides_by_name
from analysis.results.folder import Results
from analysis.search.answer import FRESH, GENERATIONS, Estimate, Found, Judged, Tried
from analysis.search.findings import tally, with_interval
from analysis.search.objectives import Aim, imbalance
from analysis.statistics.fronts import non_dominated
from experiments.design.doctrine_file import doctrine_text
from experiments.design.experiment import factor_text
from experiments.design.factors import Level
from experiments.search.optimiser import Candidate, Trial, optimise
from experiments.search.stages import Carry, Plan
from experiments.search.stress_test import stress_test
from model.errors import ConfigurationError
from model.loading import shipped
from model.metrics.catalogue import METRICS

SHIPPED_KIND = "shipped"
"""Kind of the doctrines that are shipped, and folder of their runs in the worlds of the search."""
JUDGED_AGAIN = 16
"""Candidates of the front, winners among them, that are judged again."""
BALANCED, BEST, CHEAPEST = "balanced", "best_", "cheapest_as_good"
"""Names of winners; that of an aim follows on `best_`."""


def expected_runs(plan: Plan) -> int:
    """Runs of the search, and of what follows as far as it is known."""
    names = len(shipped("doctrines"))
    first = (plan.search.trials + names) * plan.worlds * plan.experiment.floor
    return first + (names + JUDGED_AGAIN) * plan.search.fresh_worlds * plan.search.fresh_replicates


def search_by_stages(plan: Plan, carry: Carry) -> tuple[Found, Results]:
    """Search, judge the front again on fresh worlds beside the shipped doctrines, and put the winners to the test.

    `carry` runs the design of a stage in a folder below that of the search, or reads what it holds.

    Returns the answer and the folder of fresh worlds. Raises `ConfigurationError` where no candidate has all its
    figures.
    """
    goal, trials = plan.search, explored(plan, carry)
    named = {name: plan.named(name) for name in shipped("doctrines")}
    there, _ = _met(plan, carry, SHIPPED_KIND, named)
    searched = {name: {one.key: there.figure(name, *plan.over(one)) for one in plan.aims} for name in named}
    reference = named[goal.reference]
    front = _front(trials, goal.aims)
    alike = {path: value for path, value in reference.items() if path != "doctrine"}
    # the reference itself is no find, unless nothing else is
    front = [at for at in front if plan.base_doctrine != goal.reference or trials[at].values != alike] or front
    winners = winners_of(trials, front, goal.aims, goal.main, searched[goal.reference][goal.main.key])
    others = [at for at in front if at not in winners.values()][: max(0, JUDGED_AGAIN - len(winners))]
    places = {**winners, **{f"trial_{at:04d}": at for at in others}}
    searched |= {name: _figures(trials[at], goal.aims) for name, at in places.items()}
    candidates = {name: plan.candidate(trials[at].values) for name, at in places.items()}
    kinds = {**dict.fromkeys(named, SHIPPED_KIND), **dict.fromkeys(places, "front"), **dict.fromkeys(winners, "winner")}
    judge, results = _met(plan, carry, FRESH, named | candidates, fresh=True)
    leanings, shares = stress_test(plan, {name: candidates[name] for name in winners}, reference, carry)
    found = Found(
        design_hash=results.manifest.design_hash,
        title=plan.experiment.title,
        main=goal.main.text,
        worlds=plan.worlds,
        replicates=plan.experiment.floor,
        **goal.model_dump(include=set(Found.model_fields)),
        tried=[
            Tried(values=each.values, figures=_figures(each, goal.aims), generation=each.generation, front=at in front)  # type: ignore[arg-type]
            for at, each in enumerate(trials)
            if each.defined
        ],
        judged=list(_judged(plan, judge, named | candidates, kinds, searched)),
        leanings=leanings,
        shares=shares,
        ranges={path: factor_text(factor) for path, factor in plan.experiment.factors.items()},
    )
    return found, results


def _met(
    plan: Plan, carry: Carry, folder: str, candidates: Mapping[str, Candidate], *, fresh: bool = False
) -> tuple[Candidates, Results]:
    """What candidates come to in the worlds of the search, or in fresh ones, and the folder of their runs."""
    results = carry(folder, plan.stage(candidates.values(), fresh=fresh), fresh)
    metrics = list(dict.fromkeys(one.metric for one in plan.search.aims))
    return Candidates(sides_by_name(results, list(candidates), metrics)), results


def explored(plan: Plan, carry: Carry) -> list[Trial]:
    """The trials of the search, all in the same worlds; raises `ConfigurationError` where none has all its figures."""
    goal = plan.search

    def evaluate(generation: int, some: Sequence[Candidate]) -> list[list[float]]:
        candidates = {f"{at}": plan.candidate(each) for at, each in enumerate(some)}
        judge, _ = _met(plan, carry, f"{GENERATIONS}/{generation:03d}", candidates)
        return [[judge.figure(name, *plan.over(one)) for one in goal.aims] for name in candidates]

    start = plan.named(plan.base_doctrine)
    size = {"trials": goal.trials, "population": goal.population, "seed": plan.experiment.seed}
    trials = optimise(plan.space, goal.aims, evaluate, **size, start=start)
    if not any(trial.defined for trial in trials):
        problem = "no candidate has all its figures, because runs failed or a metric is undefined in some world"
        raise ConfigurationError(problem)
    return trials


def _figures(trial: Trial, aims: Sequence[Aim]) -> dict[str, float]:
    return dict(zip((one.key for one in aims), trial.figures, strict=True))


def _turned(trials: Sequence[Trial], aims: Sequence[Aim]) -> Array:
    """Figures [trial, aim] of which more is better."""
    return np.array([each.figures for each in trials]) * [one.sign for one in aims]


def _front(trials: Sequence[Trial], aims: Sequence[Aim]) -> list[int]:
    """The trials that no other beats in everything, the most balanced first, each doctrine once."""
    places = [at for at, each in enumerate(trials) if each.defined]
    values = _turned([trials[at] for at in places], aims)
    short = imbalance(values)
    order = sorted(np.flatnonzero(non_dominated(values)).tolist(), key=lambda at: (short[at], at))
    once: dict[tuple[Level, ...], int] = {}
    for at in order:
        once.setdefault(tuple(trials[places[at]].values.values()), places[at])
    return list(once.values())


def winner_names() -> set[str]:
    """Every name that a winner may have, and so the file of one."""
    return {BALANCED, CHEAPEST, *(BEST + worst + metric for worst in ("", "worst_") for metric in METRICS)}


def winners_of(
    trials: Sequence[Trial], front: Sequence[int], aims: Sequence[Aim], main: Aim, bar: float
) -> dict[str, int]:
    """The winners by name: the most balanced, the best by the main metric, also in the worst worlds, the cheapest good.

    The last is the cheapest of those that do as well as the reference by the main metric, `bar`.
    """
    found = {BALANCED: front[0]}
    values, keys = _turned(trials, aims), [one.key for one in aims]
    for place, one in enumerate(aims):
        if one.metric == main.metric:
            found[BEST + one.key] = max(front, key=lambda at: values[at, place])
    if {"eu_cost", main.key} <= set(keys) and main.metric != "eu_cost":
        lead, cost = keys.index(main.key), keys.index("eu_cost")
        if good := [at for at in front if values[at, lead] >= main.sign * bar]:
            found[CHEAPEST] = max(good, key=lambda at: values[at, cost])
    once = {at: name for name, at in reversed(found.items())}
    return {name: at for name, at in found.items() if once[at] == name}


def _judged(
    plan: Plan,
    judge: Candidates,
    candidates: Mapping[str, Candidate],
    kinds: Mapping[str, str],
    searched: Mapping[str, dict[str, float]],
) -> Iterator[Judged]:
    """Each doctrine on fresh worlds: its figures, what it gains over the reference, and whether none beats it."""
    turned = [[one.sign * judge.figure(name, *plan.over(one)) for one in plan.search.aims] for name in candidates]
    for (name, values), inside in zip(candidates.items(), non_dominated(np.array(turned)), strict=True):
        fresh, gain = (
            {one.key: Estimate(*judge.estimate(name, *plan.over(one), against)) for one in plan.aims}
            for against in (None, plan.search.reference)
        )
        yield Judged(
            name=name,
            kind=kinds[name],
            values=values,  # type: ignore[arg-type]
            searched=searched[name],
            fresh=fresh,
            gain=gain,
            front=bool(inside),
        )


SEARCH_SOURCE = "found by deter search: a number that did well in the model, nothing more"
"""Source of the numbers that were searched."""


def doctrine_file(plan: Plan, winner: Judged, found: Found, stamp: str) -> str:
    """The doctrine file of a winner: TOML that `--doctrine` takes, and that says how it was found."""
    doctrine, lead = plan.base.with_values(dict(winner.values)).doctrine, found.lead
    name, changed = winner.name.replace("_", " "), tally(found, winner)
    idea = (
        f"Found by a search, not by reasoning: {name} of {len(found.tried)} candidates for "
        f"{', '.join(found.objectives)}. In worlds that the search had not seen, {lead.words} against "
        f"{found.reference}: {with_interval(lead.metric, winner.gain[lead.key], difference=True)}."
    )
    size = f"{found.worlds} worlds × {found.replicates} replicates, seed {plan.experiment.seed}"
    head = {
        "title": f"Found: {name}",
        "idea": f"{idea} {changed}." if changed else idea,
        "source": f"deter search: {plan.experiment.title}; {size}; {stamp}",
    }
    default = f"as in {plan.experiment.doctrine}, where the search started"
    sources = {"default": default, **{path.partition(".")[2]: SEARCH_SOURCE for path in plan.space.factors}}
    return doctrine_text(doctrine, sources, **head)
