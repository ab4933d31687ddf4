"""What the process of the command line is given by its surroundings, made fit to be read and written.

Output may be closed, full, read by nobody any more, or of an encoding without our letters; variables of the environment
may say what makes nothing readable. Only the command `deter` itself sets these right: who calls `main` from Python
keeps what they have.
"""

import codecs
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import IO

SPELT = {"−": "-", "–": "-", "—": "-", "±": "+-", "×": "x", "·": ".", "…": "...", "→": "->", "≥": ">=", "≤": "<="}
SPELT |= {"“": '"', "”": '"', "‘": "'", "’": "'", "μ": "mu", "σ": "sigma", "\N{NO-BREAK SPACE}": " "}
"""Signs of ours where an encoding lacks them: a lost minus would be another number. Any other letter is a `?`."""
OUTPUT = "standard output"
"""What stands in the place of a file in errors of writing to it."""
NARROWEST = 40
"""Characters across in which tables can be read."""
FREE = "deter-spelt"
"""Name under which Python knows our way with letters that an encoding lacks."""


def settle() -> None:
    """Open what is closed, let no letter be refused, and pass over variables of the environment that make no sense."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # the next file to be opened would take its number, and be written to
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    codecs.register_error(FREE, _spelt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=FREE)
    for name in ("COLUMNS", "LINES", "TERMINAL_WIDTH"):
        if not re.fullmatch("[0-9]{1,4}", os.environ.get(name, "")) or int(os.environ[name]) < _least(name):
            os.environ.pop(name, None)
    if in_cell():  # which asks for colours, and shows some of them as letters
        os.environ.pop("FORCE_COLOR", None)
        os.environ["TERM"] = "dumb"
        os.environ["NUMBA_DISABLE_ERROR_MESSAGE_HIGHLIGHTING"] = "1"  # with colorama there, it ends with such an order
    os.environ["MPLBACKEND"] = "agg"  # a notebook's is not there in a process of its own


def in_cell() -> bool:
    """Whether a cell of a notebook runs the command (`!deter …`).

    Its output calls itself a terminal, and shows the orders to one as letters.
    """
    return "JPY_PARENT_PID" in os.environ


def _least(name: str) -> int:
    return 1 if name == "LINES" else NARROWEST


def _spelt(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(SPELT.get(letter, "?") for letter in error.object[error.start : error.end]), error.end


def abandon(stream: IO[str]) -> None:
    """Let what is still written to a stream go nowhere: nobody reads it, or it has no room."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


@contextmanager
def written() -> Iterator[None]:
    """Name the output in errors of the system, which know no file for it."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, OUTPUT) from None


def flushed() -> OSError | None:
    """Write what is left of all output; returns what went wrong, but for readers that have gone."""
    problem = None
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            with written():
                stream.flush()
        except OSError as error:
            abandon(stream)
            problem = problem if isinstance(error, BrokenPipeError) else error
    return problem
