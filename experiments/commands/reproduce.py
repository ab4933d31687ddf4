"""`deter reproduce`: a folder of results, or one run of it, made again and compared bit by bit."""

from pathlib import Path
from typing import Annotated

from typer import Exit, Option

from experiments.terminal.options import FAILED, Folder, Quiet, TrustModel, Workers


def reproduce_command(
    folder: Folder,
    point: Annotated[int | None, Option(min=0, help="Reproduce only this point; by default all runs.")] = None,
    replicate: Annotated[int | None, Option(min=0, help="Reproduce only this replicate of the point.")] = None,
    out: Annotated[Path | None, Option(help="New folder in which to keep the reproduced results.")] = None,
    workers: Workers = None,
    trust_model: TrustModel = False,
    quiet: Quiet = False,
) -> None:
    """Reproduce results from their folder and compare them bit by bit. Exit code: 0 if identical, 1 if not.

    Example: `deter reproduce results/headline --point 3 --replicate 7`
    """
    from analysis.report.gallery import default_figures
    from experiments.running import reproduce
    from experiments.store.bitwise import cells_table
    from experiments.terminal import publish, sweeps, tables
    from experiments.terminal.screen import Counter, Screen

    screen = Screen(quiet=quiet)
    kept = reproduce.open_kept(folder, trust_model=trust_model, report=screen.say)
    is_run, alone = kept.results.manifest.kind == "run", point is not None or replicate is not None
    row = reproduce.recorded(kept, point, replicate) if is_run or alone else None
    if is_run or not alone:
        reproduce.check_whole(kept)
    with reproduce.new_folder(out) as place:
        found = list(reproduce.risks(kept))
        screen.warn(*(f"{folder}: {risk}" for risk in found))
        if not found:
            screen.say("code, versions and platform are the same as those that made the folder")
        sweeps.compile_first(screen)
        if row is None:
            runs, _ = kept.results.counts
            screen.say(f"{kept.design.title}: {kept.design.points:,} points, {runs:,} runs")
            with Counter(screen, runs) as counter:
                made = reproduce.sweep_again(kept, place, workers, counter.report)
        else:
            design, one, made, results = reproduce.run_again(kept, row, place, keep=out is not None)
            if one:
                screen.show(*tables.run_shown(design, one))
            if results and out is not None:
                publish.write_figures(out, default_figures(results))
    (screen.warn if made.different else screen.show)(*made.said())
    screen.show(*(cells_table(each) for each in made.different if each.cells))
    if made.different:
        raise Exit(FAILED)
