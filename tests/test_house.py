"""The house: every module stands in a room, and imports run one way, as the table below says.

A room may import those beside its name and all that they may import; nothing else. So a question never knows of
another, and what is below never of what is above.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from support.house import Arrows, Modules, arrows_of, changes, circle, modules_of, patterns, room_of, unencoded
from support.paths import ROOT

from experiments.commands.main import COMMANDS

QUESTION = ("analysis.plotting", "analysis.sentences")
ROOMS: dict[str, tuple[str, ...]] = {
    # one room each, with shelves of their own
    "agents": (),
    "model": ("agents",),
    # what all questions stand on
    "analysis.labels": ("model",),
    "analysis.statistics": ("model",),
    "analysis.sentences": ("analysis.labels", "analysis.statistics"),
    "analysis.results": ("analysis.labels", "analysis.statistics"),
    "analysis.plotting": ("analysis.results",),
    # a room for each question: none imports another
    "analysis.effects": QUESTION,
    "analysis.comparison": QUESTION,
    "analysis.sensitivity": QUESTION,
    "analysis.discovery": QUESTION,
    "analysis.search": QUESTION,
    "analysis.decomposition": QUESTION,
    "analysis.story": QUESTION,
    "analysis.years": QUESTION,
    "analysis.sampled": QUESTION,
    "analysis.theory": QUESTION,
    "analysis.history": QUESTION,
    "analysis.validation": QUESTION,
    "analysis.calibration": QUESTION,
    # what brings their answers together
    "analysis.report": (
        "analysis.effects",
        "analysis.comparison",
        "analysis.sensitivity",
        "analysis.discovery",
        "analysis.search",
        "analysis.decomposition",
        "analysis.story",
        "analysis.years",
        "analysis.sampled",
        "analysis.theory",
        "analysis.calibration",
    ),
    "analysis": ("analysis.report",),  # re-exports alone
    # from an experiment's file to its results
    "experiments.design": ("analysis.report",),
    "experiments.store": ("experiments.design",),
    "experiments.search": ("experiments.design",),
    "experiments.listing": ("experiments.design",),
    "experiments.running": ("experiments.store", "experiments.search", "experiments.listing"),
    "experiments.benchmark": ("experiments.running",),
    "experiments.clients": ("experiments.running",),
    "experiments.calibration": ("experiments.running", "analysis.calibration"),
    "experiments.history": ("experiments.running", "analysis.history"),
    "experiments.validation": ("experiments.history", "analysis.validation", "analysis.theory"),
    "experiments.terminal": (
        "experiments.benchmark",
        "experiments.calibration",
        "experiments.clients",
        "experiments.exercise",
        "experiments.validation",
    ),
    "experiments.exercise": ("experiments.running",),
    "experiments.page": ("experiments.running", "experiments.exercise"),
    "experiments.commands": ("experiments.terminal", "experiments.page"),
    "experiments": ("experiments.running",),  # re-exports alone
}
"""Rooms, from the ground up, and what each may import."""

LONGEST, MOST_MODULES = 500, 16
"""Lines of a module, and modules of a folder, at most."""


@pytest.fixture(scope="module")
def modules() -> Modules:
    return modules_of(ROOT)


@pytest.fixture(scope="module")
def arrows(modules: Modules) -> Arrows:
    return arrows_of(modules)


def allowed(room: str) -> set[str]:
    """Rooms that a room may import, itself among them."""
    return {room}.union(*map(allowed, ROOMS[room]))


def turned(arrows: Arrows) -> list[str]:
    """Imports that the table does not allow."""
    found = []
    for module, others in arrows.items():
        room = room_of(module, ROOMS)
        found += [
            f"{module} ({room}) imports {other}"
            for other in sorted(others)
            if room is None or room_of(other, ROOMS) not in allowed(room)
        ]
    return found


def test_every_arrow_runs_down(arrows: Arrows) -> None:
    assert turned(arrows) == []


def test_an_arrow_that_turns_is_seen(arrows: Arrows) -> None:
    assert turned({**arrows, "analysis.effects.effects": {"analysis.comparison.comparison"}})
    assert turned({**arrows, "agents.world": {"model.metrics"}})
    assert turned({**arrows, "model.metrics": {"analysis.labels"}})


def test_no_modules_import_one_another_in_a_circle(arrows: Arrows) -> None:
    assert circle(arrows) == []
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


def test_every_room_has_modules(modules: Modules) -> None:
    assert {room_of(name, ROOMS) for name in modules} == set(ROOMS)


def test_every_room_is_a_package_that_says_what_it_is_for(modules: Modules) -> None:
    files = {path for path in modules.values() if path.parent != ROOT}
    for folder in sorted({file.parent for file in files}):
        assert folder / "__init__.py" in files, f"{folder.relative_to(ROOT)} is no package, and no wheel would have it"
        assert (folder / "__init__.py").read_text("utf-8").startswith('"""')


def test_a_name_through_an_init_counts_as_the_module_behind_it(tmp_path: Path) -> None:
    for name, text in (
        ("agents/__init__.py", "from agents.one import what\n"),
        ("agents/one.py", "what = 1\n"),
        ("agents/two.py", "def later():\n    from agents import what\n"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert arrows_of(modules_of(tmp_path))["agents.two"] == {"agents.one"}


def test_modules_and_folders_can_be_overlooked(modules: Modules, arrows: Arrows) -> None:
    long = {name: lines for name, path in modules.items() if (lines := path.read_text("utf-8").count("\n")) > LONGEST}
    assert long == {}
    folders: dict[Path, int] = {}
    for path in modules.values():
        folders[path.parent] = folders.get(path.parent, 0) + 1
    commands = folders.pop(ROOT / "experiments" / "commands")
    assert {folder.name: count for folder, count in folders.items() if count > MOST_MODULES} == {}
    # one file for each command, found by its name: who looks for a command need not look the folder over
    files = {path.stem for path in modules.values() if path.parent == ROOT / "experiments" / "commands"}
    assert files == {*COMMANDS, "main", "__init__"}
    assert commands == len(files)
    assert median(map(len, arrows.values())) <= 3
    assert median(folders.values()) <= 12


FILES = "experiments.store.files"
"""The one module that moves and removes files, and flushes them to disk."""
HABITS: dict[Callable[[str], Iterator[str]], tuple[set[str], list[str]]] = {
    patterns: (
        set(),
        [
            *("pl.scan_parquet(path)", "pl.read_parquet([path])", "pl.read_csv(str(path), glob=False)"),
            *("polars.scan_csv(path, glob=True)", "frame.sink_parquet(path)", "reader = pl.read_parquet"),
        ],
    ),
    changes: (
        {FILES},
        [
            *("path.unlink()", "os.replace(one, other)", "path.rename(other)", "path.replace(other)", "import fcntl"),
            *("shutil.rmtree(folder)", "folder.rmdir()", "os.fsync(file)"),
        ],
    ),
    unencoded: (
        set(),
        [
            *("open(path)", "path.open()", "path.open('w')", "path.read_text()"),
            *("path.write_text(text)", "path.write_text(text, 'utf-8')"),
        ],
    ),
}
"""What no module does, but for these: how it is found, and what it would look like."""


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_files_are_read_and_changed_in_one_way(habit: Callable[[str], Iterator[str]], modules: Modules) -> None:
    may, examples = HABITS[habit]
    files = {**modules, "deter": ROOT / "deter.py"}
    found = {name: list(habit(path.read_text("utf-8"))) for name, path in files.items() if name not in may}
    assert {name: calls for name, calls in found.items() if calls} == {}
    assert [text for text in examples if not list(habit(text))] == []
