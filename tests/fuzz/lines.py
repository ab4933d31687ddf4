"""Command lines with mutated files, folders and options, for the real command in a process of its own."""

import random
from pathlib import Path

from fuzz.folders import own_up
from fuzz.targets import TARGETS

NASTY = (
    "", "0", "-1", "1", "3", "1.5", "9" * 400, "1e400", "nan", "x", ".", "..", "-", "--", "=", "*", "[1]", "[b]",
    "$x$", "{}", "\x1b[2J", "\u202e", "é", "a\nb", "none", "status_quo", "baseline", "headline", "deterrence_rate",
    "doctrine.clarity", "/dev/null", "/dev/zero", "mine.toml", "doctrine.clarity=0.5",
    "doctrine.clarity=[" + "[" * 99, "harm_averted<0.1", "harm_averted>=9999%", "mesa", "json:Mine",
)  # fmt: skip
"""Words that stand where another is meant."""
OPTIONS = (
    "--seed", "--replicates", "--workers", "--engine", "--set", "--point", "--replicate", "--doctrine", "--scenario",
    "--reference", "--worlds", "--target", "--against", "--metric", "--half-width", "--trials", "--out", "--quiet",
    "--all", "--any", "--worst", "--slide", "--fresh", "--dry-run", "--help", "--version", "--ledger", "--acts", "--x",
    "-v",
)  # fmt: skip
"""Options of some commands."""
COMMANDS = (
    "run",
    "sweep",
    "compare",
    "why",
    "discover",
    "search",
    "explain",
    "sensitivity",
    "report",
    "figure",
    "reproduce",
    "list",
)
SHORT = ("--set", "scenario.time.weeks=4", "--set", "scenario.time.burn_in=0")
FILES = {
    "doctrine": (
        ("run", "--doctrine", "FILE", *SHORT),
        ("compare", "none", "FILE", "--replicates", "2", *SHORT),
        ("list", "doctrines", "FILE"),
    ),
    "scenario": (("run", "FILE", *SHORT), ("list", "scenarios", "FILE")),
    "experiment": (
        ("sweep", "FILE", "--dry-run"),
        ("list", "experiments", "FILE"),
        ("search", "FILE", "--trials", "x"),
    ),
    "worlds in text": (("compare", "none", "status_quo", "--worlds", "FILE", "--replicates", "2", *SHORT),),
    "worlds in Parquet": (("compare", "none", "status_quo", "--worlds", "FILE", "--replicates", "2", *SHORT),),
}
"""Commands that read a mutated file, by target."""
READERS = (
    ("report",), ("explain",), ("reproduce",), ("sensitivity",), ("discover",), ("figure", "all"),
    ("figure", "main_effects"), ("explain", "--point", "1", "--replicate", "0"),
)  # fmt: skip
"""Commands that read a folder, which is named last."""


def line(chance: random.Random, whole: Path, room: Path) -> list[str]:
    """The words of a command line, whose mutated file or folder is made in a room of its own."""
    way = chance.random()
    if way < 0.4:
        words = _of_a_file(chance, room)
    elif way < 0.7:
        words = _of_a_folder(chance, whole, room)
    else:
        words = [chance.choice(COMMANDS), *(chance.choice(NASTY) for _ in range(chance.randrange(3)))]
        if words[0] in ("run", "sweep", "compare", "why", "search", "sensitivity"):
            words += ["--set", "no.such.parameter=1"]  # nothing is to be simulated for an hour
    for _ in range(chance.choice((0, 0, 1, 2))):
        words[1:1] = chance.choice(([chance.choice(OPTIONS)], [chance.choice(OPTIONS), chance.choice(NASTY)]))
    return words


def _of_a_file(chance: random.Random, room: Path) -> list[str]:
    target = TARGETS[chance.choice(list(FILES))]
    path = room / target.file
    path.write_bytes(target.make("lines", chance.randrange(2**32)))
    words = chance.choice(FILES[target.name])
    return [word.replace("FILE", str(path)) for word in words]


def _of_a_folder(chance: random.Random, whole: Path, room: Path) -> list[str]:
    target = TARGETS[chance.choice([name for name in TARGETS if name.endswith("of a folder")])]
    content = target.make("lines", chance.randrange(2**32))
    own_up(whole, room / "results", target.file, content)
    return [*chance.choice(READERS), str(room / "results")]
