"""The story of one run of a folder: the run made again with its ledger, checked against its row, and told.

A story of another run than the folder's would mislead, so nothing is told where a figure differs from the record.
"""

from pathlib import Path

import polars as pl
from rich.text import Text

from analysis.plotting.files import rendered
from analysis.plotting.pages import drawing
from analysis.results.folder import RUNS
from analysis.story.choice import choose
from analysis.story.ledger import RunRecord
from analysis.story.narrative import Section, markdown, story
from analysis.story.swimlanes import picture
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

STORIES = "stories"
"""Folder of the stories below that of the results."""


def explain_command(
    folder: Path, point: int | None, replicate: int | None, out: Path | None, *, worst: bool, quiet: bool
) -> bool:
    """Tell a run of a folder; returns whether it is still the run that the folder recorded."""
    screen = Screen(quiet=quiet)
    if out is not None:
        check_no_file(out)
    kept = open_kept(folder)
    if point is not None and point >= kept.design.points:
        recorded(kept, point, None)  # which refuses it, and says what is allowed
    choice = choose(kept.results, point, replicate, worst=worst)
    row = recorded(kept, choice.point, choice.replicate)
    screen.say(f"point {choice.point}, replicate {choice.replicate}: {choice.why}")
    found = made_again(kept, row)
    if isinstance(found, Reproduction):
        _refuse(screen, kept, found)
        return False
    sections = story(found)
    files = write_story(
        found, sections, (out or folder / STORIES) / f"point-{choice.point}-replicate-{choice.replicate}"
    )
    for section in sections:
        screen.show(Text(f"\n{section.heading}", style="bold"))
        for paragraph in section.paragraphs:
            screen.show(Text(f"{paragraph}\n"))
    screen.say(f"story   {', '.join(map(str, files))}")
    return True


def made_again(kept: Kept, row: pl.DataFrame) -> RunRecord | Reproduction:
    """The record of a run made again with its ledger; or how it differs from its row, if it does."""
    figures = row.row(0, named=True)
    design = single(kept, figures["point"], figures["replicate"])
    try:
        one = simulated(kept, design, ledger=True)
    except Exception as error:  # whatever a model does wrong is a difference to what it did
        return fails_now(error)
    reproduction, base = compare_run(row, one), design.base
    if reproduction.different:
        return reproduction
    title = f"{design.title}, replicate {design.first_replicate}"
    return RunRecord(base, ledger_frame(base, one), votes_frame(base, one), figures, title, kept.manifest.stamp)


def write_story(run: RunRecord, sections: list[Section], path: Path) -> list[Path]:
    """Write a story as a page, and its picture if there is a case; `path` has no ending yet. Returns the files."""
    with drawing():
        figure = picture(run)
    files = {f".{kind}": content for kind, content in (rendered(figure) if figure else {}).items()}
    page = markdown(run, sections, f"{path.name}.png" if figure else None)
    files = {".md": page.encode(), **files}
    for ending, content in files.items():
        write(path.with_name(path.name + ending), content)
    return [path.with_name(path.name + ending) for ending in files]


def _refuse(screen: Screen, kept: Kept, reproduction: Reproduction) -> None:
    folder = kept.results.folder
    screen.warn(f"{folder}: the run made again is not the one that {RUNS} recorded, so its story is not told")
    for text in (*(f"{folder}: {risk}" for risk in risks(kept)), *reproduction.said()):
        screen.warn(text)
    for difference in reproduction.different:
        if difference.cells:
            screen.show(cells_table(difference))
