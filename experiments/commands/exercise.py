"""`deter exercise`: people sit in the Council's chair."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option


def exercise_command(
    scenario: Annotated[str, Argument(metavar="SCENARIO", help="A shipped exercise or a path to a .toml file.")],
    role: Annotated[
        str, Option(help="Who sits at the screen first: presidency, chair, delegation, partner, red_team.")
    ] = "presidency",
    facilitator: Annotated[
        bool, Option("--facilitator", help="Let the screen be the facilitator's as well, who sees the truth.")
    ] = False,
    resume: Annotated[bool, Option("--resume", help="Go on with the exercise in the folder.")] = False,
    out: Annotated[Path | None, Option(help="Folder for the journal; by default results/SCENARIO.")] = None,
    injects: Annotated[
        Path | None, Option(metavar="FILE", help="A list of injects (.csv or .json) in place of the scenario's own.")
    ] = None,
    export_injects: Annotated[
        Path | None, Option(metavar="FILE", help="Write the injects as a list (.csv or .json), and do not play.")
    ] = None,
    export_journal: Annotated[
        Path | None, Option(metavar="FILE", help="Write the folder's journal (.csv or .md), and do not play.")
    ] = None,
    debrief: Annotated[
        bool, Option("--debrief", help="Write the brief after the exercise into the folder, and do not play.")
    ] = False,
) -> None:
    """Play a table-top exercise: see what the Council would see, decide, and let weeks pass in the model's world.

    Example: `deter exercise discussion_2021`
    """
    import sys
    from contextlib import nullcontext

    from experiments.exercise import journal, outputs
    from experiments.store.lock import Lock
    from experiments.terminal.compiling import is_compiled, shown_compilation
    from experiments.terminal.exercise.table import Table
    from experiments.terminal.screen import Screen

    screen = Screen()
    exercise, configuration = outputs.read(scenario, injects)
    folder = out or Path("results") / Path(scenario).stem
    if export_injects or export_journal or debrief:
        for path in outputs.written(folder, exercise, configuration, export_injects, export_journal, debrief=debrief):
            screen.name(path)
        return
    if not resume:
        folder.mkdir(parents=True, exist_ok=True)
    lock = Lock(folder) if folder.is_dir() else None  # the page may have it open
    try:
        screen.say("Opening the exercise; the first one on a machine takes a minute or two …")
        with nullcontext() if is_compiled() else shown_compilation(screen):
            opened = (journal.resume if resume else journal.begin)(folder, exercise, configuration)
        table = Table(screen, opened, role, facilitator=facilitator)
        table.serve(_lines(sys.stdin.isatty()))
    finally:
        if lock:
            lock.release()
    next_step = "--debrief writes the brief" if opened.play.over else "--resume goes on"
    again = f"{scenario} --out {out}" if out else scenario
    screen.say(f"The journal is in {folder}. deter exercise {again} {next_step}.")


def _lines(asked: bool):  # type: ignore[no-untyped-def]
    """Lines that are typed, each after a prompt, or those of a file."""
    while True:
        try:
            yield input("> " if asked else "")
        except EOFError:
            return
