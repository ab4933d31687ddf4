"""`deter bench`: how fast the model is here, beside what the last run found."""

from pathlib import Path
from typing import Annotated

from typer import Option

from experiments.terminal.options import Quiet


def bench_command(
    rounds: Annotated[int, Option(min=1, help="Number of rounds; figures are medians over them.")] = 10,
    out: Annotated[
        Path, Option(help="File for the figures; if it exists, the new figures are compared with it.")
    ] = Path("results/bench.json"),
    against: Annotated[
        Path | None,
        Option(help="Folder of another checkout: measure only its speed and that of this checkout, in turn."),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Measure the speed of the model here: engines, threads, the floor, phases, growth, memory, start-up, compilation.

    Takes about five minutes on two otherwise idle cores. Example: `deter bench --rounds 5`
    """
    from experiments.benchmark.bench import beside_file, beside_folder
    from experiments.terminal.screen import Screen

    screen = Screen(quiet=quiet)
    if against:
        screen.show(beside_folder(against, rounds, screen.say))
        return
    table, comparable = beside_file(out, rounds, screen.say)
    screen.show(table)
    if not comparable:
        screen.warn("the earlier figures come from another machine or other versions; compare with care")
    screen.say(f"written to {out}; the next run compares with it")
