"""Output that is closed, full, read by nobody or of a poor encoding, and an environment that makes no sense."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

from experiments.commands.main import COMMANDS
from experiments.terminal import streams
from experiments.terminal.screen import PlainConsole

START = "import sys, deter; sys.exit(deter.main())"
SHORT = ["--set", "scenario.time.weeks=20", "--set", "scenario.time.burn_in=6"]


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A line of bash in which `deter` is the command, under these variables besides those of the tests."""
    function = f"deter() {{ {sys.executable} -c '{START}' \"$@\"; }}\n"
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    variables = {**os.environ, "PYTHONPATH": paths, **environment}
    return subprocess.run(
        ["bash", "-c", function + line], env=variables, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("deter list | head -1 >&2; exit ${PIPESTATUS[0]}", 0),
        ("deter list metrics | true; exit ${PIPESTATUS[0]}", 0),
        ("deter --help | true; exit ${PIPESTATUS[0]}", 0),
        ("deter --version | true; exit ${PIPESTATUS[0]}", 0),
        ("deter list >&-", 0),
        ("deter list <&- >&- 2>&-", 0),
        ("deter lisst 2>&-", 2),
        ("deter lisst 2>/dev/full", 2),
    ],
)
def test_output_that_nobody_reads_is_no_failure(line: str, codes: int) -> None:
    done = shell(line)
    assert done.returncode == codes
    assert "rror" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize("line", ["deter list > /dev/full", "deter --help > /dev/full", "deter --version > /dev/full"])
def test_output_without_room_is_one_message(line: str) -> None:
    done = shell(line)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr


def test_what_is_under_way_goes_on_when_nobody_reads_it() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as file:
        console = PlainConsole(file=file)
        for _ in range(3):
            console.print("a table " * 10_000)


@pytest.mark.parametrize("columns", ["0", "1", "39", "-5", "abc", "²", "9" * 5000, ""])
def test_a_width_that_makes_no_sense_is_passed_over(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "LINES", "TERMINAL_WIDTH"):
        monkeypatch.setenv(name, columns)
    monkeypatch.setenv("MPLBACKEND", "nonsense")
    streams.settle()
    assert not {"COLUMNS", "TERMINAL_WIDTH"} & set(os.environ)
    assert PlainConsole().width >= streams.NARROWEST
    assert os.environ["MPLBACKEND"] == "agg"


def test_a_width_that_makes_sense_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "132")
    monkeypatch.setenv("MPLBACKEND", "agg")
    streams.settle()
    assert PlainConsole().width == 132


@pytest.mark.parametrize("environment", [{"TERM": "dumb", "COLUMNS": "0"}, {"NO_COLOR": "1", "COLUMNS": "²"}])
def test_a_plain_terminal_gets_plain_text(environment: dict[str, str]) -> None:
    done = shell("deter list", **environment)
    assert done.returncode == 0
    assert "doctrines    13" in done.stdout
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "−3 ± 1 é 中 ?"), ("cp1252", "-3 ± 1 é ? ?"), ("ascii", "-3 +- 1 ? ? ?")]
)
def test_no_sign_of_ours_is_lost_where_an_encoding_lacks_it(
    encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")
    streams.settle()
    assert "−3 ± 1 é 中 \udc80".encode(encoding, streams.FREE).decode(encoding) == shown


EVERY = """
import sys, deter
from experiments.commands.main import COMMANDS
from experiments.terminal import streams
from experiments.terminal.screen import PlainConsole
place, short = sys.argv[1], sys.argv[2:]
open(place + "/e.toml", "w").write(
    'title = "é 中 −"\\nquestion = "?"\\nreplicates = 2\\nseed = 3\\n[factors]\\n"doctrine.clarity" = [0.0, 1.0]\\n'
)
commands = [[], ["--version"], *([name, "--help"] for name in COMMANDS), *(["list", kind] for kind in ("metrics", "é")),
    ["sweep", place + "/e.toml", "--dry-run", *short], ["sweep", place + "/e.toml", "--out", place + "/é", *short],
    ["report", place + "/é"], ["figure", "main_effects", place + "/é"], ["explain", place + "/é"],
    ["reproduce", place + "/é"], ["compare", "status_quo", "none", "--replicates", "2", "--out", place + "/c", *short],
    ["run", "--set", "doctrine.clarity=−", "--out", place + "/r"], ["run", "--out", place + "/r", *short]]
codes = []
for command in commands:
    sys.argv[1:] = command
    codes.append(deter.main())
print("CODES", codes[2:], flush=True)
"""


@pytest.mark.slow
def test_no_command_fails_where_letters_cannot_be_shown(tmp_path: Path) -> None:
    """The drawing of figures does not hang on the environment either."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    surroundings = {
        "PYTHONIOENCODING": "ascii",
        "MPLBACKEND": "module://of.a.notebook",
        "COLUMNS": "0",
        "PYTHONPATH": paths,
    }
    done = subprocess.run(
        [sys.executable, "-c", EVERY, str(tmp_path), *SHORT],
        env={**os.environ, **surroundings, "PYTHONPATH": paths},
        capture_output=True,
        check=False,
    )
    said, problems = done.stdout.decode("ascii"), done.stderr.decode("ascii")
    assert done.returncode == 0, problems
    codes = [0] * len(COMMANDS) + [0, 2] + [0] * 7 + [2, 0]
    assert f"CODES {codes}" in said, problems
    assert "Traceback" not in problems
    assert "+-" in said
    assert "? ? -: " in problems
    assert 'title = "é 中 −"' in (tmp_path / "e.toml").read_text("utf-8")
    assert "é 中 −" in (tmp_path / "é" / "report.html").read_text("utf-8")
