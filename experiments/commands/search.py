"""`deter search`: robust doctrines by many objectives, judged again on fresh worlds, and asked what they lean on."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import typer

from analysis.comparison.pareto import non_dominated
from analysis.report.gallery import draw
from analysis.results.folder import FIGURES, SEARCHED, Results
from analysis.results.tables import TABLES
from analysis.search.answer import FRESH, GENERATIONS, Found, Judged, Tried, sentences
from analysis.search.objectives import Aim, Judge, shortfall
from analysis.search.search_tables import search_tables
from experiments.design.design import Design
from experiments.design.factors import factor_text
from experiments.running.executors import default_workers
from experiments.running.sweep import Progress, carry_out
from experiments.search.optimiser import Candidate, Trial, optuna, search
from experiments.search.saving import saved
from experiments.search.stages import Plan, plan_of, sides
from experiments.search.stress_test import leaned, leaning_design
from experiments.store.atomic import TEMPORARY, write
from experiments.store.folders import check_no_file
from experiments.terminal.options import INTERRUPTED
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Counter, Screen
from model.errors import ConfigurationError
from model.loading import shipped

SHIPPED, LEANING, DOCTRINES = "shipped", "leaning", "doctrines"
"""Folders below that of a search, beside those of its candidates and of fresh worlds."""
KEPT = 16
"""Candidates of the front, winners among them, that are judged again."""


class Stages:
    """Where the sweeps of a search go, and how far they are."""

    def __init__(self, plan: Plan, folder: Path, workers: int, screen: Screen, *, fresh: bool) -> None:
        self.plan, self.folder, self.workers, self.screen, self.fresh = plan, folder, workers, screen, fresh
        self.done = 0
        self.counter: Counter | None = None

    def carry(self, name: str, design: Design, *, again: bool = False) -> Results:
        """The results of a stage: read where they are there, run where not; `again` replaces another design's."""
        before, counter = self.done, self.counter

        def report(now: Progress) -> None:
            if counter:
                total = max(counter.runs, before + now.runs)
                counter.report(Progress(before + now.done, total, before + now.found, now.failed))

        fresh = self.fresh or again
        results = carry_out(design, self.folder / name, self.workers, fresh=fresh, report=report, warn=self.screen.warn)
        self.done += design.runs
        return results


def search_command(
    experiment: str,
    changes: Mapping[str, int | None],
    overrides: Mapping[str, Any],
    out: Path | None,
    workers: int | None,
    *,
    fresh: bool,
    quiet: bool,
) -> None:
    """Search, judge again, ask what winners lean on, and write doctrines, tables and figures."""
    screen = Screen(quiet=quiet)
    plan = plan_of(experiment, changes, overrides)
    optuna()
    folder = out or Path("results") / Path(experiment).stem
    check_no_file(folder)
    stages = Stages(plan, folder, workers or default_workers(), screen, fresh=fresh)
    screen.say(f"{plan.experiment.title}: {plan.search.trials} candidates in {plan.worlds} worlds")
    try:
        with Counter(screen, expected_runs(plan)) as stages.counter:
            found, kept, results = carried_out(stages)
    except KeyboardInterrupt:
        screen.warn(f"interrupted; the same command goes on from what {folder} holds")
        raise typer.Exit(INTERRUPTED) from None
    write_all(folder, found, results, plan, kept)
    for sentence in sentences(found):
        screen.show(f"{sentence}\n")
    screen.say(
        f"doctrines {folder / DOCTRINES}/: {', '.join(kept)}\ntables    {folder / TABLES}/\n"
        f"figures   {folder / FIGURES}/: front, leaning"
    )


def expected_runs(plan: Plan) -> int:
    """Runs of the search, and of what follows as far as it is known."""
    names = len(shipped("doctrines"))
    first = (plan.search.trials + names) * plan.worlds * plan.replicates
    return first + (names + KEPT) * plan.search.fresh_worlds * plan.search.fresh_replicates


def carried_out(stages: Stages) -> tuple[Found, dict[str, Candidate], Results]:
    """All stages; returns the answer, the winners, and the folder of fresh worlds."""
    plan = stages.plan
    aims, metrics = plan.search.aims, _metrics(plan)
    worlds = plan.drawn(plan.worlds, plan.seed).to_dicts()

    def evaluate(generation: int, some: Sequence[Candidate]) -> list[list[float]]:
        design = plan.stage([plan.candidate(each) for each in some], worlds, plan.replicates, plan.seed)
        results = stages.carry(f"{GENERATIONS}/{generation:03d}", design)
        judge = Judge(sides(results, design, [f"{at}" for at in range(len(some))], metrics), plan.search.worst)
        return [[judge.figure(name, one) for one in aims] for name in judge.sides]

    start = plan.named(plan.base_doctrine)
    trials = search(
        plan.space,
        aims,
        evaluate,
        trials=plan.search.trials,
        population=plan.search.population,
        seed=plan.seed,
        start=start,
    )
    if not any(trial.defined for trial in trials):
        raise ConfigurationError(
            "no candidate has all its figures: runs failed, or a metric is undefined in some world"
        )
    names = {name: plan.named(name) for name in shipped("doctrines")}
    design = plan.stage(list(names.values()), worlds, plan.replicates, plan.seed)
    there = Judge(sides(stages.carry(SHIPPED, design), design, list(names), metrics), plan.search.worst)
    front = _front(trials, aims)
    reference = plan.search.reference
    alike = {path: value for path, value in names[reference].items() if path != "doctrine"}
    front = [at for at in front if plan.base_doctrine != reference or trials[at].values != alike] or front
    winners = chosen(trials, front, aims, plan.search.main, there.figure(reference, plan.search.main))
    return _judged(stages, trials, front, winners, names, there)


def _metrics(plan: Plan) -> list[str]:
    return list(dict.fromkeys([*(one.metric for one in plan.search.aims), plan.search.main.metric]))


def _turned(trials: Sequence[Trial], aims: Sequence[Aim]) -> Any:
    return np.array([[one.sign * value for one, value in zip(aims, each.figures, strict=True)] for each in trials])


def _front(trials: Sequence[Trial], aims: Sequence[Aim]) -> list[int]:
    """The trials that no other beats in everything, the most balanced first, each doctrine once."""
    places = [at for at, each in enumerate(trials) if each.defined]
    values = _turned([trials[at] for at in places], aims)
    short = shortfall(values)
    order = sorted(np.flatnonzero(non_dominated(values)).tolist(), key=lambda at: (short[at], at))
    seen: set[tuple[Any, ...]] = set()
    found = []
    for at in order:
        key = tuple(trials[places[at]].values.values())
        if key not in seen:
            seen.add(key)
            found.append(places[at])
    return found


def chosen(trials: Sequence[Trial], front: Sequence[int], aims: Sequence[Aim], main: Aim, bar: float) -> dict[str, int]:
    """The winners by name: the most balanced, the best by the main metric, also in the worst worlds, the cheapest good.

    The last is the cheapest of those that do as well as the reference by the main metric, `bar`.
    """
    found = {"balanced": front[0]}
    values = _turned(trials, aims)
    for place, one in enumerate(aims):
        if one.metric == main.metric:
            found[f"best_{one.key}"] = max(front, key=lambda at: values[at, place])
    keys = [one.key for one in aims]
    if "eu_cost" in keys and main.key in keys and main.metric != "eu_cost":
        lead, cost = keys.index(main.key), keys.index("eu_cost")
        good = [at for at in front if values[at, lead] >= main.sign * bar]
        if good:
            found["cheapest_as_good"] = max(good, key=lambda at: values[at, cost])
    once = {at: name for name, at in reversed(found.items())}
    return {name: at for name, at in found.items() if once[at] == name}


def _judged(
    stages: Stages,
    trials: Sequence[Trial],
    front: Sequence[int],
    winners: Mapping[str, int],
    names: Mapping[str, Candidate],
    there: Judge,
) -> tuple[Found, dict[str, Candidate], Results]:
    plan, search_ = stages.plan, stages.plan.search
    others = {f"trial_{at:04d}": at for at in front if at not in winners.values()}
    others = dict(list(others.items())[: max(0, KEPT - len(winners))])
    tried = {**winners, **others}
    entries = {**names, **{name: plan.candidate(trials[at].values) for name, at in tried.items()}}
    worlds = plan.drawn(search_.fresh_worlds, plan.fresh_seed).to_dicts()
    design = plan.stage(list(entries.values()), worlds, search_.fresh_replicates, plan.fresh_seed)
    results = stages.carry(FRESH, design, again=True)
    judge = Judge(sides(results, design, list(entries), _metrics(plan)), search_.worst)
    on_front = non_dominated(judge.matrix(search_.aims))
    aims = list({one.key: one for one in (*search_.aims, search_.main)}.values())
    rows = []
    for at, (name, values) in enumerate(entries.items()):
        kind = "shipped" if name in names else "winner" if name in winners else "front"
        seen = (
            {one.key: there.figure(name, one) for one in aims}
            if kind == "shipped"
            else dict(zip((one.key for one in search_.aims), trials[tried[name]].figures, strict=True))
        )
        fresh = {one.key: judge.estimate(name, one) for one in aims}
        gain = {one.key: judge.estimate(name, one, search_.reference) for one in aims}
        rows.append(
            Judged(name=name, kind=kind, values=values, searched=seen, fresh=fresh, gain=gain, front=bool(on_front[at]))  # type: ignore[arg-type]
        )
    kept = {name: entries[name] for name in winners}
    lean, cases = leaning_design(plan, kept, names[search_.reference])
    leaning, share = leaned(plan, stages.carry(LEANING, lean, again=True), lean, cases, kept, search_.main)
    found = Found(
        design_hash=results.manifest.design_hash,
        title=plan.experiment.title,
        objectives=search_.objectives,
        worst=search_.worst,
        main=search_.main.text,
        reference=search_.reference,
        worlds=plan.worlds,
        replicates=plan.replicates,
        fresh_worlds=search_.fresh_worlds,
        fresh_replicates=search_.fresh_replicates,
        leaning_replicates=search_.leaning_replicates,
        tried=[_tried(each, search_.aims, at in front) for at, each in enumerate(trials) if each.defined],
        judged=rows,
        leanings=leaning,
        shares=share,
        ranges={path: factor_text(factor) for path, factor in plan.experiment.factors.items()},
    )
    return found, kept, results


def _tried(trial: Trial, aims: Sequence[Aim], front: bool) -> Tried:
    figures = dict(zip((one.key for one in aims), trial.figures, strict=True))
    return Tried(values=trial.values, figures=figures, generation=trial.generation, front=front)  # type: ignore[arg-type]


def write_all(folder: Path, found: Found, results: Results, plan: Plan, kept: Mapping[str, Candidate]) -> None:
    """Doctrine files, tables, figures, and the answer beside the results it is about."""
    write(results.folder / SEARCHED, (found.model_dump_json(indent=1) + "\n").encode())
    for path in (folder / DOCTRINES).glob("*.toml"):
        path.unlink()
    for name in (DOCTRINES, TABLES, FIGURES):
        for path in (folder / name).glob(f".*{TEMPORARY}"):  # what a search that was killed here has left
            path.unlink(missing_ok=True)
    for winner in found.winners:
        write(folder / DOCTRINES / f"{winner.name}.toml", saved(plan, winner, found, results.manifest.stamp).encode())
    write_tables(folder, search_tables(found, results))
    write_figures(folder, {name: draw(name, results) for name in ("front", "leaning")})
