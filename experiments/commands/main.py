"""The command line: the list of commands, and how everything that can go wrong is said.

A command stands in the file of its name in this folder, which is imported when the command is called: `deter --help`
then answers at once, and a command imports what is heavy inside its function, so that its own help does so as well.
"""

import ast
import errno
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from experiments.terminal import streams
from experiments.terminal.options import DONE, FAILED, INTERRUPTED, WRONG_INPUT, Version
from model.errors import ConfigurationError, WorkersLost, printable

COMMANDS = (
    *("run", "sweep", "compare", "why", "years", "discover", "search", "explain", "sensitivity"),
    *("report", "figure", "reproduce", "list", "bench", "calibrate", "validate", "app", "exercise"),
)
"""Commands in the order of `deter --help`: `run` is the function `run_command` of the file `run.py`, and so on."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown")
UsageError = cast("type[Exception]", typer.BadParameter.__base__)
"""Exception of the parser: of click, or of typer itself from the version on that no longer needs click."""


@app.callback()
def deter(version: Version = False) -> None:
    """Agent-based model of deterrence by the EU Cyber Diplomacy Toolbox.

    Example: `deter sweep headline`
    """


def command(name: str) -> TyperCommand:
    """A command with its options, imported from its file."""
    single = typer.Typer(add_completion=False, rich_markup_mode="markdown")
    single.command(name)(getattr(import_module(f"experiments.commands.{name}"), f"{name}_command"))
    return cast(TyperCommand, typer.main.get_command(single))


class _Deferred(TyperCommand):
    """A command that has not been called: its help is read from its file without running that."""

    def __init__(self, name: str) -> None:
        file = ast.parse(Path(__file__).with_name(f"{name}.py").read_text("utf-8"))
        functions = {each.name: each for each in file.body if isinstance(each, ast.FunctionDef)}
        super().__init__(name, help=ast.get_docstring(functions[f"{name}_command"]))

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Parse the arguments by the options of the command itself."""
        assert self.name is not None
        return command(self.name).make_context(info_name, args, parent, **extra)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, by default that of the process; returns the exit code, one of `terminal.options`."""
    if arguments is None:
        streams.settle()
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = _run(words)
    if problem := streams.flushed():
        return _complain(_explained(problem, words), code or FAILED)
    return code


def _run(words: Sequence[str]) -> int:
    """Run a command; returns the exit code, and has said what went wrong."""
    group = cast(TyperGroup, typer.main.get_command(app))
    for name in COMMANDS:
        group.add_command(_Deferred(name))
    try:
        with group.make_context("deter", list(words)) as context:
            group.invoke(context)
    except typer.Exit as leaving:
        return int(leaving.exit_code)
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):  # of a help that nobody reads to its end
            return DONE
        return leaving.code if isinstance(leaving.code, int) else FAILED
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except UsageError as error:
        return _complain(_refused(error, words), WRONG_INPUT)
    except ConfigurationError as error:
        return _complain(error, WRONG_INPUT)
    except BrokenPipeError:
        return DONE
    except OSError as error:
        return _complain(_explained(error, words), FAILED)
    except WorkersLost as error:
        return _complain(f"{error}; repeat the command to continue from here", FAILED)
    except MemoryError:
        return _complain("not enough memory; use fewer workers (--workers)", FAILED)
    except RecursionError:
        return _complain("the input is nested too deeply to be read", WRONG_INPUT)
    except UnicodeError as error:
        return _complain(f"a name or a text contains characters that cannot be read or written: {error}", WRONG_INPUT)
    except BaseException as error:
        if not _is_of_tables(error):
            raise
        return _complain(f"a table cannot be read or processed: {str(error).splitlines()[0]}", FAILED)
    return DONE


def _is_of_tables(error: BaseException) -> bool:
    """Whether Polars gave up; its panics are no `Exception`."""
    found = sys.modules.get("polars.exceptions")
    return found is not None and isinstance(error, (found.PolarsError, found.PanicException))


def _refused(error: Any, words: Sequence[str]) -> str:
    """One line on what the parser refused: the option with its value where there is one, and where to look."""
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


def _explained(error: OSError, words: Sequence[str]) -> str:
    """An error of the system with its file, and what can be done about it with this command."""
    where = f"{error.filename}: " if error.filename else ""
    problem = f"{where}{error.strerror or error}"
    if error.filename in (None, streams.OUTPUT):
        return problem
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{problem}; finished work is kept: free some space and repeat the command to continue"
    name = next((word for word in words if word in COMMANDS), None)
    if name and not any(parameter.name == "out" for parameter in command(name).params):
        return f"{problem}; a copy of the folder elsewhere will work"
    return f"{problem}; give another folder with --out"


def _complain(problem: object, code: int) -> int:
    with suppress(OSError):  # where nobody is left to be told
        print(f"deter: {printable(str(problem))}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
