"""`deter bench`: how fast the model is here, beside what the last run found."""

from pathlib import Path
from typing import Annotated

from typer import Option

from experiments.terminal.options import Quiet


def bench_command(
    rounds: Annotated[int, Option(min=1, help="Rounds; figures are medians over them.")] = 10,
    out: Annotated[Path, Option(help="File for the figures; if it holds some, they are compared with.")] = Path(
        "results/bench.json"
    ),
    quiet: Quiet = False,
) -> None:
    """Measure how fast the model is here: engines, threads, the floor, phases, start-up and compilation.

    Takes about two minutes on two cores, on which nothing else should run. Example: `deter bench --rounds 5`
    """
    from experiments.benchmark.bench import bench_against
    from experiments.terminal.screen import Screen

    screen = Screen(quiet=quiet)
    table, comparable = bench_against(out, rounds, screen.say)
    screen.show(table)
    if not comparable:
        screen.warn("the figures before come from another machine or other versions; compare with care")
    screen.say(f"written to {out}, with which the next run compares")
