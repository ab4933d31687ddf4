"""What stays: whatever a link in a folder of results points to, and files in it that deter has not written."""

import shutil
from pathlib import Path

import pytest
from support.mistakes import EXPERIMENT, SHORT, Capture, one_answer

from analysis import open_results
from experiments.commands.main import FAILED, WRONG_INPUT, main
from experiments.terminal.publish import write_slides
from model.errors import ConfigurationError


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sweep in `sweep`, and a run in `run`, both with figures."""
    folder = tmp_path_factory.mktemp("links")
    (folder / "small.toml").write_text(EXPERIMENT)
    for command in (sweep(folder), run(folder)):
        assert main(command) == 0
    return folder


@pytest.fixture
def here(made: Path, tmp_path: Path) -> Path:
    """The same, to be spoilt."""
    shutil.copytree(made, tmp_path / "here")
    return tmp_path / "here"


def sweep(folder: Path, *more: str) -> list[str]:
    return ["sweep", str(folder / "small.toml"), "--quiet", "--out", str(folder / "sweep"), *SHORT, *more]


def run(folder: Path, *more: str) -> list[str]:
    return ["run", "--quiet", "--out", str(folder / "run"), *SHORT, *more]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def moved_and_linked(path: Path, to: Path) -> Path:
    """Where what stands at a path is now, to which a link in its place points; a folder if there was nothing."""
    to.parent.mkdir(exist_ok=True)
    if path.exists():
        path.rename(to)
    else:
        to.mkdir()
        (to / "mine.txt").write_text("mine")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(to)
    return to


STARTS = {
    "sweep": sweep,
    "sweep anew": lambda folder: sweep(folder, "--seed", "4", "--fresh"),
    "run": lambda folder: run(folder, "--seed", "4"),
}


@pytest.mark.parametrize("below", ["parts", "figures", "tables"])
@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_a_folder_that_is_a_link_is_refused_before_anything_runs(
    start: object, below: str, here: Path, no_run: None, capsys: Capture
) -> None:
    command = start(here)  # type: ignore[operator]
    place = Path(command[command.index("--out") + 1]) / below
    elsewhere = moved_and_linked(place, here / "mine" / "kept")
    (elsewhere / "mine.png").write_text("mine")
    before = contents(here)
    assert main(command) == WRONG_INPUT
    one_answer(capsys, f"{place}: is a link, so files would be written or removed elsewhere")
    assert contents(here) == before


OTHERS: dict[str, tuple[str, list[str]]] = {
    "figure": ("sweep/figures", ["figure", "main_effects", "sweep"]),
    "slides": ("sweep/figures/slides", ["figure", "main_effects", "sweep", "--slide"]),
    "slides below": ("sweep/figures", ["figure", "main_effects", "sweep", "--slide"]),
    "story": ("sweep/stories", ["explain", "sweep"]),
    "journal": ("sweep/parts/journal.jsonl", ["sweep", "small.toml", "--out", "sweep", *SHORT]),
    "damaged": ("sweep/parts/damaged", ["sweep", "small.toml", "--out", "sweep", *SHORT]),
    "doctrines": ("new/doctrines", ["search", "robust_doctrine", "--out", "new"]),
    "generation": ("new/generations", ["search", "robust_doctrine", "--out", "new"]),
    "mechanisms": ("new/mechanisms", ["why", "clear_ladder", "--out", "new"]),
    "features": ("new/features-clear_ladder", ["why", "clear_ladder", "--out", "new", "--fresh"]),
    "why": ("sweep/why", ["compare", "clear_ladder", "status_quo", "--out", "sweep", "--why", "--fresh"]),
}


@pytest.mark.parametrize(("place", "command"), OTHERS.values(), ids=OTHERS)
def test_what_is_a_link_in_a_folder_is_not_followed(
    place: str, command: list[str], here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(here)
    moved_and_linked(Path(place), here / "mine" / "kept")
    before = contents(here / "mine")
    assert main([*command, "--quiet"]) == WRONG_INPUT
    one_answer(capsys, f"{place}: is a link")
    assert contents(here / "mine") == before


def test_a_link_in_the_place_of_a_file_is_replaced_and_what_it_points_to_stays(here: Path, capsys: Capture) -> None:
    mine = here / "mine"
    names = ["manifest.json", "design.parquet", "runs.parquet", "summary.parquet", "status.json"]
    names += ["figures/main_effects.png", "figures/main_effects.svg", "report.html"]
    (here / "sweep" / "report.html").write_text("mine")
    for name in names:
        moved_and_linked(here / "sweep" / name, mine / name.replace("/", "-"))
    part = next((here / "sweep" / "parts").glob("part-*"))
    moved_and_linked(part, mine / part.name)
    before = contents(mine)
    for command in (sweep(here, "--seed", "4", "--fresh"), ["report", str(here / "sweep"), "--quiet"]):
        assert main(command) == 0
    assert contents(mine) == before
    assert not [path for path in (here / "sweep").rglob("*") if path.is_symlink()]
    assert open_results(here / "sweep").runs["seed"].unique().to_list() == [4]


def test_a_run_replaces_links_in_the_place_of_its_files(here: Path) -> None:
    names = ["runs.parquet", "series.parquet", "figures/run.png"]
    for name in names:
        moved_and_linked(here / "run" / name, here / "mine" / Path(name).name)
    before = contents(here / "mine")
    assert main(run(here, "--seed", "4")) == 0
    assert contents(here / "mine") == before
    assert not any((here / "run" / name).is_symlink() for name in names)


def test_a_link_to_a_folder_in_the_place_of_a_file_is_removed_alone(here: Path) -> None:
    mine = here / "mine"
    mine.mkdir()
    (mine / "mine.txt").write_text("mine")
    for name in ("runs.parquet", "figures/main_effects.png"):
        (here / "sweep" / name).unlink()
        (here / "sweep" / name).symlink_to(mine)
    assert main(sweep(here, "--seed", "4", "--fresh")) == 0
    assert contents(mine) == {"mine.txt": b"mine"}
    assert open_results(here / "sweep").runs.height == 4


def test_the_folder_that_is_named_may_be_a_link(here: Path) -> None:
    elsewhere = moved_and_linked(here / "sweep", here / "mine" / "sweep")
    assert main(sweep(here, "--seed", "4", "--fresh")) == 0
    assert (here / "sweep").is_symlink()
    assert open_results(elsewhere).manifest.seed == 4


KEPT = [
    *("figures/mine.png", "figures/main_effects-old.png", "figures/.mine.deter-tmp", "figures/slides/mine.svg"),
    *("parts/part-mine.parquet", "parts/part-000001-mine.parquet", "tables/mine.parquet", "notes.txt", ".x.deter-tmp"),
]


@pytest.mark.parametrize(("start", "out"), [("sweep anew", "sweep"), ("run", "run")], ids=["sweep", "run"])
def test_what_deter_has_not_written_stays(start: str, out: str, here: Path) -> None:
    left = [here / out / "figures" / ".main_effects.png.77.deter-tmp", here / out / ".manifest.json.77.deter-tmp"]
    mine = [here / out / name for name in KEPT]
    for path in mine + left:
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("mine")
    stale = here / out / "figures" / "deterrence_rate.png"
    stale.write_text("of the figure of a metric, drawn before")
    assert main([*STARTS[start](here), "--no-figures"]) == 0
    assert open_results(here / out).manifest.seed == 4
    assert [path for path in mine if not path.exists()] == []
    assert [path for path in (*left, stale) if path.exists()] == []


def test_slides_of_ones_own_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.plotting.files.rendered", lambda *_, **__: {"png": b"new"})
    place = tmp_path / "figures" / "slides"
    place.mkdir(parents=True)
    for name in ("where-3.png", "where-2024.png", "where-mine.png", "where.png"):
        (place / name).write_bytes(b"old")
    write_slides(tmp_path, "where", [None, None])
    new = {"where-1.png": b"new", "where-2.png": b"new"}
    assert contents(place) == {"where-2024.png": b"old", "where-mine.png": b"old", **new}


def test_a_file_in_the_place_of_a_folder_is_named(here: Path, capsys: Capture) -> None:
    shutil.rmtree(here / "sweep" / "figures")
    (here / "sweep" / "figures").write_text("mine")
    assert main(["figure", "main_effects", str(here / "sweep")]) == FAILED
    assert "deter-tmp" not in one_answer(capsys, f"{here / 'sweep' / 'figures'}: ")
    assert (here / "sweep" / "figures").read_text() == "mine"


def test_a_folder_in_the_place_of_a_table_is_named_before_anything_is_removed(here: Path, capsys: Capture) -> None:
    (here / "sweep" / "runs.parquet").unlink()
    (here / "sweep" / "runs.parquet").mkdir()
    before = contents(here / "sweep")
    assert main(STARTS["sweep anew"](here)) == WRONG_INPUT
    one_answer(capsys, f"{here / 'sweep' / 'runs.parquet'}: is a folder, but there should be a table")
    assert contents(here / "sweep") == before


def test_a_lock_that_is_a_link_is_named(here: Path, capsys: Capture) -> None:
    (here / "sweep" / ".lock").symlink_to(here / "mine.txt")
    assert main(STARTS["sweep anew"](here)) == WRONG_INPUT
    one_answer(capsys, f"{here / 'sweep' / '.lock'}: is a link")


def test_python_refuses_links_as_well(here: Path) -> None:
    moved_and_linked(here / "sweep" / "parts", here / "mine" / "parts")
    from experiments import run_sweep

    with pytest.raises(ConfigurationError, match="parts: is a link"):
        run_sweep(here / "small.toml", here / "sweep", seed=4, fresh=True)
