"""The story of one run of a folder: the run made again with its ledger, checked against its row, and told.

A story of another run than the folder's would mislead, so nothing is told where a figure differs from the record.
"""

from pathlib import Path
from typing import NamedTuple

import polars as pl
from rich.text import Text

from analysis.labels import percent
from analysis.plotting.files import rendered
from analysis.plotting.pages import drawing
from analysis.results.folder import RUNS
from analysis.story.ledger import Tale
from analysis.story.narrative import Section, markdown, story
from analysis.story.swimlanes import picture
from experiments.design.design import Design
from experiments.running.reproduce import (
    Kept,
    Reproduction,
    compare_run,
    fails_now,
    open_kept,
    recorded,
    risks,
    simulated,
    single,
)
from experiments.running.single import ledger_frame, votes_frame
from experiments.store.atomic import write
from experiments.store.bitwise import cells_table
from experiments.store.folders import check_no_file
from experiments.terminal.screen import Screen
from model.ensemble import OneRun
from model.errors import ConfigurationError
from model.metrics import METRICS

STORIES = "stories"
"""Folder of the stories below that of the results."""
CHOSEN_BY = "harm_averted"
"""The metric by which a run is chosen where none is named."""


class Choice(NamedTuple):
    """Which run is told, and why."""

    point: int
    replicate: int
    why: str


def choose(kept: Kept, point: int | None, replicate: int | None, *, worst: bool) -> Choice:
    """The run to tell; raises `ConfigurationError` where there is none.

    With `replicate`, that of the point, by default the first. Else the median run of the point by harm averted (of an
    even number the lower of the two in the middle), or with `worst` the run with the least, of all points if none is
    named. Of equal runs the first is taken.
    """
    if worst and replicate is not None:
        allowed = "one of the two"
        raise ConfigurationError(
            "picks a replicate, and one is named", file="--worst", value=replicate, allowed=allowed
        )
    if replicate is not None:
        point, replicate = recorded(kept, point, replicate).select("point", "replicate").row(0)
        return Choice(point, replicate, "the run named")
    if point is not None or not worst:
        point = point or 0
        if point >= kept.design.points:
            recorded(kept, point, None)  # which refuses it, and says what is allowed
    return _ranked(kept, point, worst=worst)


def _ranked(kept: Kept, point: int | None, *, worst: bool) -> Choice:
    metric = METRICS[CHOSEN_BY]
    good = kept.results.scan.filter(pl.col("status") == "ok")
    if point is not None:
        good = good.filter(pl.col("point") == point)
    columns = {name: pl.col(name) for name in kept.results.scan.collect_schema()}
    share = metric.numerator(columns) / metric.denominator(columns)
    value = pl.when(metric.denominator(columns) > 0.0).then(1.0 - share if metric.complement else share)
    runs = good.select("point", "replicate", value.alias("value")).sort("value", "point", "replicate", nulls_last=True)
    frame = runs.collect()
    of = "all points" if point is None else f"point {point}"
    if not frame.height:
        problem = f"holds no run of {of} that went well"
        raise ConfigurationError(problem, file=str(kept.results.folder))
    known = frame.drop_nulls("value").rows() or sorted(frame.rows())
    chosen_point, chosen_replicate, averted = known[0 if worst else (len(known) - 1) // 2]
    if frame.height == 1:
        why = "the only run"
    elif averted is None:
        why = f"in the middle of {of}, where harm averted is undefined"
    else:
        of_runs = f"({percent(averted)}) of {len(known):,} runs of {of}"
        why = f"{'the least' if worst else 'the median'} harm averted {of_runs}"
    return Choice(chosen_point, chosen_replicate, why)


class Told(NamedTuple):
    """What came of it: the story and the files with it, or how the run differs from what was recorded."""

    reproduction: Reproduction
    sections: list[Section]
    files: list[Path]


def explain(kept: Kept, choice: Choice, out: Path | None = None) -> Told:
    """Make a run again and write its story; nothing is written where the run differs from its row."""
    row = recorded(kept, choice.point, choice.replicate)
    design = single(kept, choice.point, choice.replicate)
    try:
        one = simulated(kept, design, ledger=True)
    except Exception as error:  # whatever a model does wrong is a difference to what it did
        return Told(fails_now(error), [], [])
    reproduction = compare_run(row, one)
    if reproduction.different:
        return Told(reproduction, [], [])
    tale = tale_of_run(kept, design, one, row)
    sections = story(tale)
    folder = out or kept.results.folder / STORIES
    return Told(
        reproduction, sections, _written(tale, sections, folder, f"point-{choice.point}-replicate-{choice.replicate}")
    )


def tale_of_run(kept: Kept, design: Design, one: OneRun, row: pl.DataFrame) -> Tale:
    """A run made again as a tale."""
    replicate, manifest = design.first_replicate, kept.manifest
    return Tale(
        design.base,
        ledger_frame(design.base, one),
        votes_frame(design.base, one),
        row.row(0, named=True),
        f"{design.title}, replicate {replicate}",
        manifest.stamp,
    )


def _written(tale: Tale, sections: list[Section], folder: Path, name: str) -> list[Path]:
    files = []
    with drawing():
        figure = picture(tale)
    if figure is not None:
        for kind, content in rendered(figure).items():
            files.append(folder / f"{name}.{kind}")
            write(files[-1], content)
    page = markdown(tale, sections, f"{name}.png" if figure is not None else None)
    files.insert(0, folder / f"{name}.md")
    write(files[0], page.encode())
    return files


def explain_command(
    folder: Path, point: int | None, replicate: int | None, out: Path | None, *, worst: bool, quiet: bool
) -> bool:
    """Tell a run of a folder; returns whether it is still the run that the folder recorded."""
    screen = Screen(quiet=quiet)
    if out is not None:
        check_no_file(out)
    kept = open_kept(folder)
    choice = choose(kept, point, replicate, worst=worst)
    screen.say(f"point {choice.point}, replicate {choice.replicate}: {choice.why}")
    found = list(risks(kept))
    told = explain(kept, choice, out)
    if told.reproduction.different:
        _refuse(screen, kept, told.reproduction, found)
        return False
    for section in told.sections:
        screen.show(Text(f"\n{section.heading}", style="bold"))
        for paragraph in section.paragraphs:
            screen.show(Text(f"{paragraph}\n"))
    screen.say(f"story   {', '.join(map(str, told.files))}")
    return True


def _refuse(screen: Screen, kept: Kept, reproduction: Reproduction, found: list[str]) -> None:
    folder = kept.results.folder
    screen.warn(f"{folder}: the run made again is not the one that {RUNS} recorded, so its story is not told")
    for risk in found:
        screen.warn(f"{folder}: {risk}")
    for text in reproduction.said():
        screen.warn(text)
    for difference in reproduction.different:
        if difference.cells:
            screen.show(cells_table(difference))
