"""The command line: what each command takes, and how everything that can go wrong is said.

Commands that find something out of results, or compare, stand in `experiments.commands.inquiries`. What is heavy is
imported inside the commands, so that `deter --help` answers at once.
"""

import errno
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from experiments.commands.inquiries import compare, discover, explain, figure, report, search, sensitivity, why
from experiments.terminal.at_hand import with_file
from experiments.terminal.options import (
    DONE,
    FAILED,
    INTERRUPTED,
    LARGEST,
    WRONG_INPUT,
    Folder,
    NoFigures,
    Quiet,
    Set,
    assignments,
)
from model.errors import ConfigurationError, WorkersLost

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


UsageError = cast("type[Exception]", typer.BadParameter.__base__)
"""What the parser raises: of click, or of typer itself from the version on that no longer needs click."""


def _version(asked: bool) -> None:
    if asked:
        from experiments.store.provenance import versions

        found = versions()
        typer.echo(f"deter {found.pop('deter')} · " + " · ".join(f"{name} {number}" for name, number in found.items()))
        raise typer.Exit


@app.callback()
def deter(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and leave.")
    ] = False,
) -> None:
    """Agent-based model of deterrence by the EU Cyber Diplomacy Toolbox.

    Example: `deter sweep headline`
    """


def run(
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="A shipped scenario or a path to a .toml file.")
    ] = "baseline",
    doctrine: Annotated[str, typer.Option(help="A shipped doctrine or a path to a .toml file.")] = "status_quo",
    seed: Annotated[int, typer.Option(min=0, max=LARGEST, help="Seed of the random numbers.")] = 1,
    replicate: Annotated[int, typer.Option(min=0, max=LARGEST, help="Replicate under this seed.")] = 0,
    settings: Set = None,
    engine: Annotated[Literal["mesa", "compiled"], typer.Option(help="Engine; both give the same bits.")] = "compiled",
    ledger: Annotated[bool, typer.Option("--ledger", help="Also write one row for each case and each vote.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default results/run-….")] = None,
    no_figures: NoFigures = False,
    quiet: Quiet = False,
) -> None:
    """Run one world beside its twin, and tell what happened.

    Example: `deter run baseline --doctrine clear_ladder --seed 7 --set doctrine.clarity=0.5 --ledger`
    """
    from experiments.commands.bodies import run_command

    overrides = assignments(settings)
    run_command(
        scenario,
        doctrine,
        seed,
        replicate,
        overrides,
        engine,
        ledger=ledger,
        out=out,
        figures=not no_figures,
        quiet=quiet,
    )


def sweep(
    experiment: Annotated[
        str, typer.Argument(metavar="EXPERIMENT", help="A shipped experiment or a path to a .toml file.")
    ],
    out: Annotated[Path | None, typer.Option(help="Folder for the results; by default results/EXPERIMENT.")] = None,
    replicates: Annotated[int | None, typer.Option(min=1, help="Runs of each point, in place of the file's.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed, in place of the file's.")] = None,
    engine: Annotated[
        Literal["mesa", "compiled"] | None,
        typer.Option(help="Engine, in place of the file's: the same runs."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Workers; by default one for each processor.")
    ] = None,
    processes: Annotated[
        bool,
        typer.Option("--processes", help="Processes, not threads; on the Mesa engine always."),
    ] = False,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Let the workers of this Dask scheduler do the work.")
    ] = None,
    settings: Set = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what the design is and what it would take; run and write nothing.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Do again the tasks in which a run failed.")
    ] = False,
    fresh: Annotated[
        bool,
        typer.Option(
            "--fresh",
            help="Start anew, and lose the results in the folder, if they are of another design or version of the "
            "model; results of the same are kept and completed.",
        ),
    ] = False,
    no_figures: NoFigures = False,
    quiet: Quiet = False,
) -> None:
    """Run an experiment over all its points; taken up again where an earlier call was interrupted.

    Example: `deter sweep headline --replicates 20 --out results/quick`
    """
    from experiments.commands.bodies import Hands, dry_command, sweep_command

    given = {"replicates": replicates, "seed": seed, "engine": engine}
    changes = {name: value for name, value in given.items() if value is not None}
    hands = Hands(workers, processes, dask)
    if dry_run:
        dry_command(experiment, changes, assignments(settings), hands, quiet=quiet)
        return
    failed = sweep_command(
        experiment,
        out,
        changes,
        assignments(settings),
        hands,
        retry_failed=retry_failed,
        fresh=fresh,
        figures=not no_figures,
        quiet=quiet,
    )
    if failed:
        raise typer.Exit(FAILED)


def reproduce(
    folder: Folder,
    point: Annotated[int | None, typer.Option(min=0, help="Make one run of this point again, by default all.")] = None,
    replicate: Annotated[int | None, typer.Option(min=0, help="Make this one of its replicates again.")] = None,
    out: Annotated[Path | None, typer.Option(help="New folder that keeps what was made again.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=1024, help="Workers; by default one for each processor.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Make results again from what their folder holds, and compare them bit by bit: exit code 0 the same, 1 not.

    Example: `deter reproduce results/headline --point 3 --replicate 7`
    """
    from experiments.commands.bodies import reproduce_command

    if not reproduce_command(folder, point, replicate, out, workers, quiet=quiet):
        raise typer.Exit(FAILED)


def list_(
    kind: Annotated[
        str | None,
        typer.Argument(help="doctrines, scenarios, experiments, activities, measures, parameters, metrics or figures."),
    ] = None,
    name: Annotated[
        str | None, typer.Argument(help="One of them, to be shown whole; for parameters also the start of a path.")
    ] = None,
) -> None:
    """List what there is; or show one doctrine, scenario, measure, parameter … whole, with unit and source.

    Example: `deter list doctrines clear_ladder` or `deter list parameters doctrine`
    """
    from experiments.commands.bodies import list_command

    list_command(kind, name)


def bench(
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; figures are medians over them.")] = 10,
    out: Annotated[Path, typer.Option(help="File for the figures; if it holds some, they are compared with.")] = Path(
        "results/bench.json"
    ),
    quiet: Quiet = False,
) -> None:
    """Measure how fast the model is here: engines, threads, the floor, phases, start-up and compilation.

    Takes about two minutes on two cores, on which nothing else should run. Example: `deter bench --rounds 5`
    """
    from experiments.commands.bodies import bench_command

    bench_command(rounds, out, quiet=quiet)


COMMANDS: dict[str, Callable[..., None]] = {
    "run": run,
    "sweep": sweep,
    "compare": compare,
    "why": why,
    "discover": discover,
    "search": search,
    "explain": explain,
    "sensitivity": sensitivity,
    "report": report,
    "figure": figure,
    "reproduce": reproduce,
    "list": list_,
    "bench": bench,
}
"""Commands by name, in the order of `deter --help`."""
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 done, 1 failed, 2 wrong input, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = typer.main.get_command(app)
    try:
        with command.make_context("deter", words.copy()) as context:
            command.invoke(context)
    except typer.Exit as leaving:
        return int(leaving.exit_code)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else FAILED
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except UsageError as error:
        return _complain(_refused(error, words), WRONG_INPUT)
    except ConfigurationError as error:
        return _complain(with_file(error), WRONG_INPUT)
    except OSError as error:
        return _complain(_explained(error), FAILED)
    except WorkersLost as error:
        return _complain(f"{error}; the same command goes on from what is done", FAILED)
    except MemoryError:
        return _complain("there is not enough memory; fewer workers need less (--workers)", FAILED)
    return DONE


def _refused(error: Any, words: Sequence[str]) -> str:
    """What the parser found wrong, in one line: the option with its value where there is one, and where to look."""
    text = " ".join(error.format_message().split()).rstrip(".")
    option, value = _given(getattr(error, "param", None), words)
    if option:
        text = f"{option} = {value!r}: {error.message.removeprefix('Value error, ').removeprefix('Input ').rstrip('.')}"
    path = error.ctx.command_path if error.ctx else "deter"
    commands = ", ".join(getattr(error.ctx.command, "commands", {}) if error.ctx else ())
    return f"{text} ({f'commands: {commands}; ' if commands else ''}see {path} --help)"


def _given(parameter: Any, words: Sequence[str]) -> tuple[str | None, str | None]:
    """The option of a parameter and its value on the command line, if it is there."""
    for place, word in reversed(list(enumerate(words))):
        option, equals, value = word.partition("=")
        if option in getattr(parameter, "opts", ()) and (equals or place + 1 < len(words)):
            return option, value if equals else words[place + 1]
    return None, None


def _explained(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    problem = f"{where}{error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{problem}; what is done is kept: with more room there, the same command goes on"
    return f"{problem}; the folder can be given with --out"


def _complain(problem: object, code: int) -> int:
    print(f"deter: {problem}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
