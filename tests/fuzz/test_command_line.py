"""Whatever is typed, and whatever it names, the command ends in a documented code, and with one line at most."""

import os
import random
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.terminal.options import DONE, FAILED, INTERRUPTED, WRONG_INPUT
from fuzz.batches import SEED, environment, keep
from fuzz.folders import WHOLE
from fuzz.lines import line

LINES, BATCHES = 300, 10
"""Command lines in all, and tests among which they are shared out."""
SECONDS = 120
"""Time after which a command line is ended, and has failed."""


def complaint(words: list[str], room: Path, folder: Path) -> str | None:
    """What is wrong with how a command line is answered."""
    command = [sys.executable, "-m", "experiments.commands.main", *words]
    room.mkdir(exist_ok=True)
    try:
        done = subprocess.run(
            command, cwd=room, env=environment(folder), capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"takes more than {SECONDS} s"
    except ValueError:
        return None  # a zero byte, which no shell gives
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode not in (DONE, FAILED, WRONG_INPUT, INTERRUPTED):
        return f"ends with {done.returncode}: {said[-300:]}"
    if "Traceback" in said:
        return f"ends in a traceback: {said[-300:]}"
    lines = [each for each in said.splitlines() if each.startswith("deter: ")]
    if done.returncode != DONE and (len(lines) != 1 or not lines[0].isprintable()):
        return f"ends with {done.returncode} and {len(lines)} lines of complaint: {said[-300:]}"
    return None


@pytest.mark.slow
@pytest.mark.parametrize("batch", range(BATCHES))
def test_any_command_line_is_answered(
    batch: int, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, WHOLE, str(folder))
    found = []
    for number in range(batch, LINES, BATCHES):
        room = tmp_path / str(number)
        room.mkdir()
        words = line(random.Random(f"{SEED} line {number}"), folder, room)
        problem = complaint(words, room, folder)
        if problem:
            kept = keep("command line", shlex.join(words).encode())
            found.append(f"{kept} (files in {room}): deter {shlex.join(words)[:300]}: {problem}")
    assert not found, "\n".join(found)
