"""`deter explain`: one run of a folder told as a story."""

from pathlib import Path
from typing import Annotated

from typer import Exit, Option

from experiments.terminal.options import FAILED, Folder, Quiet, TrustModel

STORIES = "stories"
"""Folder of the stories below that of the results."""


def explain_command(
    folder: Folder,
    point: Annotated[int | None, Option(min=0, help="The point; by default 0, with --worst any.")] = None,
    replicate: Annotated[
        int | None, Option(min=0, help="The replicate; by default that of the median run by harm averted.")
    ] = None,
    worst: Annotated[bool, Option("--worst", help="Choose the run in which least harm was averted.")] = False,
    acts: Annotated[
        bool, Option("--acts", help="Also write every act of the run, and who acts against whom as a figure and table.")
    ] = False,
    out: Annotated[Path | None, Option(help="Folder for the story; by default stories/ in DIR.")] = None,
    trust_model: TrustModel = False,
    quiet: Quiet = False,
) -> None:
    """Tell one run of a folder as a story, in sentences and a picture: cases, votes and consequences.

    Example: `deter explain results/headline --point 3`
    """
    from rich.styled import Styled

    from analysis.labels import INVENTED
    from analysis.results.manifest import RUNS
    from analysis.story.choice import choose
    from analysis.story.narrative import story
    from experiments.running.explain import made_again
    from experiments.running.reproduce import Reproduction, open_kept, recorded, risks
    from experiments.store.bitwise import cells_table
    from experiments.store.files import own
    from experiments.store.folders import check_no_file
    from experiments.terminal.publish import write_story, write_who_against_whom
    from experiments.terminal.screen import Screen

    screen = Screen(quiet=quiet)
    place = out or own(folder, STORIES)
    check_no_file(place)
    kept = open_kept(folder, trust_model=trust_model, report=screen.say)
    if point is not None and point >= kept.design.points:
        recorded(kept, point, None)  # which refuses it, and says what is allowed
    choice = choose(kept.results, point, replicate, worst=worst)
    row = recorded(kept, choice.point, choice.replicate)
    screen.say(f"point {choice.point}, replicate {choice.replicate}: {choice.why}")
    found = made_again(kept, row, acts=acts)
    if isinstance(found, Reproduction):
        screen.warn(f"{folder}: the reproduced run differs from the one recorded in {RUNS}, so there is no story")
        screen.warn(*(f"{folder}: {risk}" for risk in risks(kept)), *found.said())
        screen.show(*(cells_table(each) for each in found.different if each.cells))
        raise Exit(FAILED)
    sections = story(found)
    name = f"point-{choice.point}-replicate-{choice.replicate}"
    files = write_story(found, sections, place, name)
    if acts:
        files += write_who_against_whom(found, place, name)
    screen.show(f"\n{INVENTED}")
    for section in sections:
        screen.show(Styled(f"\n{section.heading}", "bold"), *(f"{paragraph}\n" for paragraph in section.paragraphs))
    screen.say(f"story   {', '.join(map(str, files))}")
