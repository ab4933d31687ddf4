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
    from experiments.benchmark.bench import bench
    from experiments.benchmark.record import bench_table, load, machine, save
    from experiments.terminal.screen import Screen

    screen = Screen(quiet=quiet)
    before = load(out)
    found = bench(rounds, screen.say)
    screen.show(bench_table(found, before))
    if before and before.machine != machine():
        screen.warn("the figures before come from another machine or other versions; compare with care")
    save(out, found)
    screen.say(f"written to {out}, with which the next run compares")
