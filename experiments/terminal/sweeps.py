"""Sweeps run under the user's eyes: who does the work, how far it is, how to go on, and where the results are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import typer

from analysis.labels import number_of, runs_planned
from analysis.results.folder import Results
from analysis.results.manifest import FIGURES, SUMMARY_CSV
from analysis.results.tables import TABLES
from experiments.design.design import Design
from experiments.running.executors import Workforce, dask
from experiments.running.runner import warm_up
from experiments.running.sweep import Progress, Sweep, carry_out, sweep_manifest, workforce_for
from experiments.store.files import own
from experiments.store.folders import usable
from experiments.store.provenance import mended
from experiments.terminal.compiling import is_compiled, shown_compilation
from experiments.terminal.options import INTERRUPTED
from experiments.terminal.screen import Counter, Screen
from model.configuration import load_configuration


class Hands(NamedTuple):
    """Workers as asked for: so many, processes rather than threads, or those of a Dask scheduler at an address."""

    workers: int | None = None
    processes: bool = False
    dask: str | None = None

    def at_work(self, design: Design) -> Workforce:
        """The workforce for a design; raises `ConfigurationError` where a scheduler cannot be reached."""
        if self.dask is not None:
            return dask(self.dask)
        return workforce_for(design, self.workers, apart=self.processes)


def compile_first(screen: Screen) -> None:
    """Compile the model where this machine does not hold it compiled, and show how far that is."""
    if not is_compiled():
        with shown_compilation(screen):
            warm_up(load_configuration("baseline", "status_quo"))


def swept(screen: Screen, sweep: Sweep, design: Design, hands: Hands, *, retry_failed: bool, fresh: bool) -> Results:
    """Run the design of a sweep into its folder, or complete what is there, and return the results."""
    manifest = sweep_manifest(design)
    usable(sweep.folder, mended(manifest, sweep.folder) if retry_failed else manifest, fresh=fresh)
    workforce = hands.at_work(design)
    size = f"{runs_planned(design.points, design.replicates)} = {number_of('run', design.runs)}"
    more = f" or more, up to {design.points * design.most_replicates:,}" if design.precision else ""
    screen.say(f"{design.title}: {size}{more}, {workforce.title}")
    return carried_out(screen, design, sweep.folder, workforce, retry_failed=retry_failed, fresh=fresh)


def carried_out(
    screen: Screen,
    design: Design,
    folder: Path,
    workforce: Workforce | int | None,
    *,
    retry_failed: bool = False,
    fresh: bool = False,
    whole: Path | None = None,
) -> Results:
    """Run what a folder lacks of a design, showing how far it is; `whole` is the folder named if it is interrupted."""
    with resumable(screen, whole or folder):
        if design.engine == "compiled":  # the other engine compiles each rule where it first meets it
            compile_first(screen)
        with Counter(screen, design.runs) as counter:
            return carry_out(
                design,
                folder,
                workforce,
                fresh=fresh,
                retry_failed=retry_failed,
                report=counter.report,
                warn=screen.warn,
            )


class Stages:
    """The sweeps of a search in their folders, shown as one."""

    def __init__(self, folder: Path, workers: int | None, screen: Screen, counter: Counter, *, fresh: bool) -> None:
        self.folder, self.workers, self.screen, self.counter, self.fresh = folder, workers, screen, counter, fresh
        self.done = 0

    def carry(self, name: str, design: Design, again: bool) -> Results:
        """The results of a stage: read where they are there, run where not; `again` replaces another design's."""
        before = self.done

        def report(now: Progress) -> None:
            total = max(self.counter.runs, before + now.runs)
            self.counter.report(Progress(before + now.done, total, before + now.found, now.failed))

        fresh = self.fresh or again
        place = own(self.folder, *name.split("/"))
        results = carry_out(design, place, self.workers, fresh=fresh, report=report, warn=self.screen.warn)
        self.done += design.runs
        return results


@contextmanager
def resumable(screen: Screen, folder: Path) -> Iterator[None]:
    """Say how to go on where what is done inside is interrupted, and leave with the exit code for that."""
    try:
        yield
    except KeyboardInterrupt:
        screen.warn(f"interrupted; repeat the command to continue from {folder}")
        raise typer.Exit(INTERRUPTED) from None


def say_where(screen: Screen, results: Results) -> None:
    """Say where the tables and figures of a folder are."""
    folder = results.folder
    files = [*results.manifest.files, *(name for name in (SUMMARY_CSV,) if (folder / name).exists())]
    screen.say(f"\ntables  {folder}/: " + ", ".join(sorted(files)))
    for title, name, kind in (("tables ", TABLES, "csv"), ("figures", FIGURES, "png")):
        written = sorted(path.stem for path in (folder / name).glob(f"*.{kind}"))
        if written:
            screen.say(f"{title} {folder / name}/: " + ", ".join(written))
