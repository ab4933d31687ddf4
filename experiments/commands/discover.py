"""`deter discover`: in which worlds of a sweep something happens under a doctrine, found, said, drawn and kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from analysis.discovery.answer import Answer, fits, restrictions, sentences, trajectory
from analysis.discovery.prim import LEAST, METHODS, doubt, in_any, peel, rule, stability, workbench
from analysis.report.gallery import draw
from analysis.results.conditions import Array, Condition, Worlds, condition, worlds_of
from analysis.results.folder import ANSWER, Results, open_results
from analysis.results.tables import TABLES, Table
from experiments.store.atomic import write
from experiments.terminal.options import Folder, Quiet
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Screen
from model.errors import ConfigurationError

METRIC = "harm_averted"
"""What is looked at where no condition is given."""


def discover_command(
    folder: Folder,
    doctrine: Annotated[
        str | None, typer.Option(help="A doctrine of the folder; by default the first of its sweep.")
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION",
            help="What is looked for: METRIC<VALUE, with <, <=, > or >=; may be repeated, then all hold. "
            "By default less harm averted than in half of the worlds.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Another doctrine of the folder: conditions are on the difference, in the same world."),
    ] = None,
    either: Annotated[bool, typer.Option("--any", help="One of several conditions is enough.")] = False,
    quiet: Quiet = False,
) -> None:
    """Find in which worlds of a sweep a doctrine fails, as a rule that can be read, by PRIM and CART.

    Example: `deter discover results/uncertain_worlds --doctrine status_quo --target "harm_averted<0.1"`
    """
    _discover(folder, doctrine, target or [], against, either=either, quiet=quiet)


def _discover(
    folder: Path,
    doctrine: str | None,
    targets: Sequence[str],
    against: str | None,
    *,
    either: bool,
    quiet: bool,
) -> None:
    """Find the worlds asked for, say what they have in common, and write tables and figures into the folder."""
    screen = Screen(quiet=quiet)
    conditions = [condition(text) for text in targets]
    results = open_results(folder)
    worlds = worlds_of(results, _metrics(conditions), doctrine, against)
    assumed = not conditions
    conditions = conditions or [default_condition(worlds)]
    cases = worlds.meet(conditions, either=either)
    check_cases(cases, folder, conditions)
    workbench()
    factors = len(worlds.frame.columns)
    screen.say(f"looking for a rule in {len(cases)} worlds of {factors} factors, and whether it holds; some seconds …")
    answer = answered(results, worlds, conditions, cases, either=either, assumed=assumed)
    write(folder / ANSWER, (answer.model_dump_json(indent=1) + "\n").encode())
    tables = tables_of(answer, results)
    write_tables(folder, tables)
    names = ["discovery", "peeling"] if answer.box else ["peeling"]
    write_figures(folder, {name: draw(name, results) for name in names})
    for sentence in sentences(answer):
        screen.show(f"{sentence}\n")
    screen.say(f"tables  {folder / TABLES}/: {', '.join(tables)}\nfigures {folder / 'figures'}/: {', '.join(names)}")


def _metrics(conditions: Sequence[Condition]) -> list[str]:
    return list(dict.fromkeys(one.metric for one in conditions)) or [METRIC]


def default_condition(worlds: Worlds) -> Condition:
    """What is looked for where nothing is asked: less harm averted than in half the worlds; of two doctrines, more."""
    if worlds.against is not None:
        return Condition(METRIC, ">", 0.0)
    return Condition(METRIC, "<", float(np.median(worlds.values(METRIC))) if worlds.frame.height else 0.0)


def check_cases(cases: Array, folder: Path, conditions: Sequence[Condition]) -> None:
    """Refuse a sample in which too few worlds, or too many, are such: any box would fit."""
    found, others = int(cases.sum()), int((~cases).sum())
    if min(found, others) >= LEAST:
        return
    asked = " ".join(one.text for one in conditions)
    if found + others < 2 * LEAST:
        problem = f"has {found + others} worlds"
        allowed = f"{2 * LEAST} at least: a larger sample"
    else:
        what = "all" if not others else "none" if not found else f"{found}"
        problem = f"{asked} holds in {what} of {found + others} worlds"
        allowed = (
            f"{LEAST} worlds at least in which it holds, and {LEAST} in which not: another --target, or more worlds"
        )
    raise ConfigurationError(problem, file=str(folder), allowed=allowed)


def answered(
    results: Results, worlds: Worlds, conditions: Sequence[Condition], cases: Array, *, either: bool, assumed: bool
) -> Answer:
    """What PRIM and CART find, and how sure it is."""
    several = worlds.replicates > 1
    surely, possibly = worlds.surely(conditions, either=either)
    rules = [rule(method, worlds.frame, cases) for method in METHODS]
    way = peel(worlds.frame, cases)
    levels = results.manifest.factors.get("doctrine")
    return Answer(
        design_hash=results.manifest.design_hash,
        doctrine=worlds.doctrine if levels else None,
        against=worlds.against,
        doctrine_title=results.configuration.doctrine.title,
        conditions=[(one.metric, one.operator, one.value) for one in conditions],
        either=either,
        assumed=assumed,
        worlds=len(cases),
        cases=int(cases.sum()),
        left_out=worlds.left_out,
        replicates=worlds.replicates,
        unsure=int((possibly & ~surely).sum()) if several else None,
        doubt=doubt(in_any(rules[0].boxes, worlds.frame), surely, possibly) if several else None,
        rules=rules,
        steps=way.steps,
        chosen=way.chosen,
        again=stability(worlds.frame, cases),
    )


def tables_of(answer: Answer, results: Results) -> dict[str, Table]:
    """The restrictions, the fits and PRIM's way, for readers."""
    said = sentences(answer)
    note = f"{' '.join(said)} {results.manifest.stamp}."
    return {
        "discovery": Table("Worlds in which it happens: the restrictions of PRIM’s box", restrictions(answer), note),
        "discovery_fit": Table("How well the rules tell such worlds from others", fits(answer), note),
        "peeling": Table(
            "Coverage and density on PRIM’s way to smaller boxes",
            trajectory(answer),
            f"{said[0]} {results.manifest.stamp}.",
        ),
    }
