"""Commands that a brief prints: a shell that runs them gives the command what was meant."""

import subprocess
from pathlib import Path

import pytest

from analysis.report.briefs import command_path

NAMES = [
    "results/quick", "-x", "--help", "a b", "it's", '"', "$HOME `id` $(id)", "a;b&c|d", "*?[x]", "~", "!x", "#x", "\\n",
    "a\nb", "\x1b[2J", "\u202e'\\x", "é 中", "a\udc80b",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_printed_path_is_what_a_shell_gives(name: str) -> None:
    printed = command_path(Path(name))
    assert printed.isprintable()
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {printed}"], capture_output=True, check=True)
    given = done.stdout.decode("utf-8", "surrogateescape").removesuffix("\0")
    assert not given.startswith("-")
    assert Path(given) == Path(name)
