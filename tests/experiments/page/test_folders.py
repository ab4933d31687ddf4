"""Results folders on the page: the figures of the library, the story of `deter explain`, and strangers' folders."""

import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.served import SHORT_VALUES, awaited, served, small_room
from support.wire import wired

from analysis import open_results
from analysis.results.folder import Results
from analysis.results.identity import hash_of
from analysis.results.manifest import read_manifest
from experiments.commands.main import main
from experiments.page.folders import figures, runs
from experiments.page.room import Room
from experiments.page.views import VIEWS
from experiments.running.sweep import Sweep, sweep_manifest
from experiments.store.parquet import parquet
from experiments.store.store import open_store
from model.errors import ConfigurationError
from model.metrics.catalogue import figure

X, Y, Z = "doctrine.clarity", "doctrine.attribution_confidence", "doctrine.firmness"
ENDS = ["mean", "low", "high", "n"]


def ask(room: Room, view: str, what: Any) -> dict[str, Any]:
    """The last answer of a view, which must be such as a socket carries."""

    async def answered() -> dict[str, Any]:
        answers = [answer async for answer in VIEWS[view](room, what)]
        return answers[-1]

    found = awaited(answered())
    json.dumps(found, allow_nan=False)
    return found


@pytest.fixture(scope="module")
def room(place: Path) -> Room:
    return small_room(place)


@pytest.fixture
def copied(place: Path, tmp_path: Path) -> Path:
    """A copy of the sweep, alone in its folder, for a stranger to change."""
    return shutil.copytree(place / "sweep", tmp_path / "copied")


def cells_by_place(answer: dict[str, Any]) -> dict[tuple[int, ...], list[Any]]:
    return {tuple(cell["at"]): [cell[end] for end in ENDS] for cell in answer["cells"]}


# What is shown


def test_the_list_says_what_each_folder_holds(room: Room) -> None:
    rows = {row["name"]: row for row in ask(room, "folders", None)["rows"]}
    assert list(rows) == ["broken", "sample", "single", "sweep"]
    sweep = {"title": "Clarity and <b>certainty</b>", "kind": "sweep", "points": 12, "runs": 48, "failed": 0}
    assert rows["sweep"] == {"name": "sweep", **sweep, "status": "complete", "problem": ""}
    assert rows["single"]["kind"] == "run"
    assert "is damaged" in rows["broken"]["problem"]
    assert [row["name"] for row in ask(room, "folders", {"find": "S"})["rows"]] == ["sample", "single", "sweep"]


def test_a_place_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert ask(small_room(tmp_path / "none"), "folders", None)["there"] is False


@pytest.mark.parametrize("axes", [[X, Y], [Y, X], [X], []])
@pytest.mark.parametrize("metric", ["harm_averted", "deterrence_rate"])
def test_a_surface_has_the_figures_of_the_library(room: Room, place: Path, axes: list[str], metric: str) -> None:
    results = open_results(place / "sweep")
    levels = [results.design[path].unique().sort().to_list() for path in axes]
    found = ask(room, "cells", {"folder": "sweep", "metric": metric, "axes": axes})
    wanted = {
        tuple(each.index(row[path]) for each, path in zip(levels, axes, strict=True)): [row[end] for end in ENDS]
        for row in results.estimate(axes, [metric]).iter_rows(named=True)
    }
    assert cells_by_place(found) == wanted
    assert len(found["pooled"]) == 3 - len(axes)


def test_at_fixed_levels_a_surface_has_the_figures_of_those_points(room: Room, place: Path) -> None:
    results = open_results(place / "sweep")
    found = ask(room, "cells", {"folder": "sweep", "metric": "harm_averted", "axes": [X, Y], "fixed": {Z: 1}})
    by_point = results.estimate(["point"], ["harm_averted"]).join(results.design, on="point").filter(pl.col(Z) == 2.0)
    wanted = {(row[X], row[Y]): pytest.approx([row[end] for end in ENDS]) for row in by_point.iter_rows(named=True)}
    levels = [(0.0, 0.5, 1.0), (0.6, 0.9)]
    assert {(levels[0][x], levels[1][y]): each for (x, y), each in cells_by_place(found).items()} == wanted
    assert found["pooled"] == []
    some = ask(room, "cells", {"folder": "sweep", "metric": "harm_averted", "axes": [X], "fixed": {Z: 0}})
    pooled = results.estimate([X, Z], ["harm_averted"]).filter(pl.col(Z) == 0.5)
    assert [cell["mean"] for cell in some["cells"]] == pooled["mean"].to_list()


def test_where_each_cell_is_a_point_no_run_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: Any) -> None:
        raise AssertionError("runs were read")

    for name in ("scan", "runs", "scan_part"):
        monkeypatch.setattr(Results, name, property(read))
    fresh = small_room(shutil.copytree(place / "sweep", place / "again").parent)
    try:
        ask(fresh, "folder", {"folder": "again"})
        found = ask(fresh, "cells", {"folder": "again", "metric": "acts", "axes": [X, Y], "fixed": {Z: 0}})
        assert len(found["cells"]) == 6
    finally:
        shutil.rmtree(place / "again")


def test_a_sample_is_shown_point_by_point_with_a_smooth(room: Room, place: Path) -> None:
    about = ask(room, "folder", {"folder": "sample"})
    assert about["axes"] == ["scenario.belief.spillover"]
    found = ask(room, "cells", {"folder": "sample", "metric": "harm_averted", "axes": about["axes"]})
    results = open_results(place / "sample")
    rows = results.summary.filter(pl.col("metric") == "harm_averted").join(results.design, on="point")
    rows = rows.filter(pl.col("doctrine") == "status_quo").sort("scenario.belief.spillover")
    assert [each["x"] for each in found["points"]] == rows["scenario.belief.spillover"].to_list()
    assert [each["mean"] for each in found["points"]] == rows["mean"].to_list()
    assert found["fixed"] == {"doctrine": 1}
    assert found["smooth"] is not None
    assert all(each["low"] <= each["mean"] <= each["high"] for each in found["smooth"])


def test_runs_have_the_figures_of_their_rows(room: Room, place: Path) -> None:
    runs = open_results(place / "sweep").runs
    found = ask(room, "runs", {"folder": "sweep", "metric": "harm_averted", "at": {X: 2, Y: 0}})
    assert (found["of"], found["failed"], found["points"]) == (8, 0, 2)
    for row in found["rows"]:
        (at,) = [i for i, each in enumerate(runs.iter_rows()) if each[:2] == (row["point"], row["replicate"])]
        assert row["value"] == pytest.approx(figure("harm_averted", runs, at))
    lowest, highest = (
        [
            row["value"]
            for row in ask(room, "runs", {"folder": "sweep", "metric": "harm_averted", "order": order})["rows"]
        ]
        for order in ("lowest", "highest")
    )
    assert lowest == sorted(lowest)
    assert highest == lowest[::-1]


def test_runs_come_page_by_page_and_the_failed_with_their_error(copied: Path) -> None:
    bad = (pl.col("point") == 5) & (pl.col("replicate") == 1)
    with_failure(copied, bad)
    room = small_room(copied.parent)
    what = {"folder": "copied", "metric": "harm_averted"}
    first = ask(room, "runs", {**what, "order": "failed"})
    assert (first["failed"], first["of"], first["pages"]) == (1, 48, 1)
    assert first["rows"][0] == {
        "point": 5,
        "replicate": 1,
        "value": None,
        "failed": True,
        "error": "<script>",
        "setting": ["0.5", "0.6", "2"],
    }
    assert ask(room, "runs", {**what, "page": 9})["page"] == 0
    assert ask(room, "runs", {**what, "order": "lowest"})["rows"][-1]["failed"]


def test_the_runs_of_a_cell_are_read_once_for_all_its_pages(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []

    def run_values(results: Results, name: str, points: list[int]) -> pl.DataFrame:
        read.append((name, points))
        return figures.run_values(results, name, points)

    monkeypatch.setattr(runs, "run_values", run_values)
    room, what = small_room(copied.parent), {"folder": "copied", "metric": "acts"}
    for order in ("number", "lowest", "failed"):
        for page in range(3):
            ask(room, "runs", {**what, "order": order, "page": page})
    assert read == [("acts", list(range(12)))]
    ask(room, "runs", {**what, "at": {X: 1}})
    ask(room, "runs", {**what, "point": 7})
    assert read[1:] == [("acts", [4, 5, 6, 7]), ("acts", [7])]
    with_failure(copied, pl.col("point") == 7)
    assert ask(room, "runs", {**what, "point": 7})["failed"] == 4, "a folder that was changed is read anew"


def test_a_story_is_that_of_the_command(room: Room, place: Path, tmp_path: Path) -> None:
    found = ask(room, "story", {"folder": "sweep", "point": 7, "replicate": 2})
    words = found["command"].split()
    assert main([*words[1:], "--out", str(tmp_path), "--quiet"]) == 0
    (file,) = tmp_path.glob("*.md")
    page = re.sub(r"\\(.)", r"\1", file.read_text("utf-8"))
    for section in found["sections"]:
        for paragraph in section["paragraphs"]:
            assert paragraph in page
    assert found["invented"] in page
    assert len(found["cases"]) == found["of"] > 0


def test_a_single_run_opens_down_to_its_story(room: Room) -> None:
    about = ask(room, "folder", {"folder": "single"})
    found = ask(room, "cells", {"folder": "single", "metric": about["metric"], "axes": about["axes"]})
    assert [(cell["n"], cell["low"]) for cell in found["cells"]] == [(1, None)]
    (run,) = ask(room, "runs", {"folder": "single", "metric": about["metric"]})["rows"]
    assert ask(room, "story", {"folder": "single", "point": run["point"], "replicate": run["replicate"]})["sections"]


def test_a_sweep_under_way_shows_its_runs_so_far(place: Path, tmp_path: Path) -> None:
    design = Sweep(place / "sweep.toml", overrides=SHORT_VALUES).design()
    runs = open_results(place / "sweep").runs
    with open_store(tmp_path / "half", sweep_manifest(design), design.frame) as store:
        store.save_part("part-000000.parquet", runs.filter(pl.col("point") < 6).drop(), runs.head(0))
    room = small_room(tmp_path)
    assert ask(room, "folder", {"folder": "half"})["status"] == "interrupted"
    with pytest.raises(ConfigurationError, match="6 of 12 points have runs so far"):
        ask(room, "cells", {"folder": "half", "metric": "acts", "axes": [X]})
    found = ask(room, "cells", {"folder": "half", "metric": "acts", "axes": [X, Y], "fixed": {Z: 0}})
    assert [cell["n"] for cell in found["cells"]] == [4, 4, 4, 0, 0, 0]


# What a browser may send

HOSTILE_NAMES = [
    "..",
    ".",
    "",
    "../place",
    "/etc",
    "sweep/parts",
    "a\0b",
    "a\nb",
    "x" * 300,
    "\\",
    "notes",
    "none",
    "~",
]


@pytest.mark.parametrize("view", ["folder", "cells", "runs", "story"])
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_only_names_of_results_folders_open(room: Room, view: str, name: str) -> None:
    more = {"folder": {}, "story": {"point": 0, "replicate": 0}}.get(view, {"metric": "acts"})
    with pytest.raises(ConfigurationError):
        ask(room, view, {"folder": name, **more})


WRONG = {
    "another metric": ("cells", {"metric": "acs"}, "is no metric of this folder"),
    "a factor that is none": ("cells", {"metric": "acts", "axes": ["seed"]}, "does not vary in this folder"),
    "three axes": ("cells", {"metric": "acts", "axes": [X, Y, Z]}, "axes"),
    "a level that is none": ("cells", {"metric": "acts", "axes": [X], "fixed": {Z: 2}}, "is no level of this factor"),
    "a level before the first": ("cells", {"metric": "acts", "fixed": {Z: -1}}, "is no level of this factor"),
    "a point that is none": ("runs", {"metric": "acts", "point": 12}, "there is no such point"),
    "a page before the first": ("runs", {"metric": "acts", "page": -1}, "page = -1"),
    "an order that is none": ("runs", {"metric": "acts", "order": "random"}, "order"),
    "a run that is none": ("story", {"point": 12, "replicate": 0}, "12: is not a point of this design"),
    "a replicate that is none": ("story", {"point": 0, "replicate": 2**62}, "is not a replicate of point 0"),
    "a key that is none": ("story", {"point": 0, "replicate": 0, "trust_model": True}, "trust_model"),
}


@pytest.mark.parametrize(("view", "what", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_a_folder_does_not_have_is_said(room: Room, view: str, what: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        ask(room, view, {"folder": "sweep", **what})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.sampled_from([X, "sweep"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["folder", "metric", "axes", "fixed", "at", "point", "page", "find", X]), inner
        )
    ),
    max_leaves=8,
)


@given(view=st.sampled_from(["folders", "folder", "cells", "runs", "story"]), what=JSON)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_has_an_answer_or_a_message(room: Room, view: str, what: Any) -> None:
    with suppress(ConfigurationError):
        ask(room, view, what)


# Folders from strangers


def changed(folder: Path, change: Callable[[Any], object]) -> None:
    path = folder / "manifest.json"
    tree = json.loads(path.read_text())
    change(tree)
    path.write_text(json.dumps(tree))


def vouched(folder: Path, name: str, content: bytes, rows: int | None = None) -> None:
    """Other bytes in a file, for which the manifest vouches."""
    (folder / name).write_bytes(content)
    written = {"sha256": hashlib.sha256(content).hexdigest()} | ({} if rows is None else {"rows": rows})
    changed(folder, lambda tree: tree["files"][name].update(written))


def with_failure(folder: Path, bad: pl.Expr) -> None:
    """Runs of which some failed."""
    runs = pl.read_parquet(folder / "runs.parquet")
    figures = [name for name in runs.columns if name not in ("point", "replicate", "seed", "status", "error")]
    failed = {"status": pl.when(bad).then(pl.lit("failed")).otherwise("status")}
    failed |= {"error": pl.when(bad).then(pl.lit("<script>")).otherwise("error")}
    none = {name: pl.when(~bad).then(name) for name in figures}
    vouched(folder, "runs.parquet", parquet(runs.with_columns(**failed, **none)))


def bomb(name: str) -> Callable[[Path], None]:
    """A table of a few kilobytes that unpacks to a quarter of a gigabyte."""

    def spoil(folder: Path) -> None:
        content = parquet(pl.select(pl.repeat(0, 30_000_000, dtype=pl.Int64).alias("point")))
        assert len(content) < 200_000
        rows = {"runs.parquet": 48, "design.parquet": 12}.get(name, 30_000_000)
        vouched(folder, name, content, rows)

    return spoil


def linked(name: str, to: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).symlink_to(to)

    return spoil


def sparse(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    with (folder / "manifest.json").open("wb") as file:
        file.truncate(8 * 2**30)


STRANGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "a design that is a bomb": (bomb("design.parquet"), "design.parquet: has 30,000,000 rows, and not the 12"),
    "runs that are a bomb": (bomb("runs.parquet"), "runs.parquet: has 30,000,000 rows, and not the 48"),
    "a summary that is a bomb": (bomb("summary.parquet"), "are more than the points and replicates make"),
    "a summary that is none": (
        lambda folder: vouched(folder, "summary.parquet", b"PAR1" + b"\0" * 99 + b"PAR1"),
        "summary.parquet: is damaged",
    ),
    "a table that leads out": (linked("summary.parquet", "/etc/passwd"), "is a link that leads out"),
    "a manifest that leads out": (linked("manifest.json", "/etc/passwd"), "is a link that leads out"),
    "a manifest without an end": (linked("manifest.json", "/dev/zero"), "is a link that leads out"),
    "a manifest of gigabytes": (sparse, "manifest.json: has more than 268,435,456 bytes"),
    "tables in tables in tables": (
        lambda folder: (folder / "manifest.json").write_text('{"schema_version": 2, "a": ' + "[" * 1_000_000),
        "manifest.json: is damaged: ",
    ),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "has no manifest.json"),
    "a pipe for a manifest": (
        lambda folder: ((folder / "manifest.json").unlink(), os.mkfifo(folder / "manifest.json")),
        "manifest.json: is no regular file",
    ),
    "a thousand files": (
        lambda folder: [(folder / f"{number}").touch() for number in range(1_001)],
        "holds too many files to be a results folder",
    ),
    "a part with a path": (
        lambda folder: changed(
            folder, lambda tree: tree["parts"].update({"../part-1.parquet": {"rows": 1, "sha256": "0" * 64}})
        ),
        "is not a name",
    ),
}


def look_through(room: Room, name: str) -> None:
    """Open a folder with its surface from the summary, and from the runs."""
    ask(room, "folder", {"folder": name})
    ask(room, "cells", {"folder": name, "metric": "acts", "axes": [X, Y], "fixed": {Z: 0}})
    ask(room, "cells", {"folder": name, "metric": "acts", "axes": [X, Y]})


@pytest.mark.parametrize(("spoil", "message"), STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_folder_is_a_message(copied: Path, spoil: Callable[[Path], object], message: str) -> None:
    shutil.copytree(copied, copied.parent / "whole")
    spoil(copied)
    room = small_room(copied.parent)
    assert len(ask(room, "folders", None)["rows"]) == 2 - (message == "has no manifest.json")
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        look_through(room, "copied")
    look_through(room, "whole")


def test_a_link_to_a_folder_elsewhere_is_not_followed(place: Path, tmp_path: Path) -> None:
    (tmp_path / "out").symlink_to(place / "sweep")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    room = small_room(tmp_path)
    (row,) = ask(room, "folders", None)["rows"]
    assert "is a link that leads out of its folder" in row["problem"]
    for name in ("out", "loop"):
        with pytest.raises(ConfigurationError, match=r"leads out|is not there"):
            ask(room, "folder", {"folder": name})


def test_a_summary_with_numbers_that_are_none_shows_none(copied: Path) -> None:
    summary = pl.read_parquet(copied / "summary.parquet").with_columns(
        mean=pl.lit(float("nan")), high=pl.lit(float("inf"))
    )
    vouched(copied, "summary.parquet", parquet(summary))
    found = ask(
        small_room(copied.parent), "cells", {"folder": "copied", "metric": "acts", "axes": [X, Y], "fixed": {Z: 0}}
    )
    assert {(cell["mean"], cell["high"]) for cell in found["cells"]} == {(None, None)}


CODE = "open(__file__ + '.ran', 'w')\n\nclass Model: pass\n\ndef measure(run): return 1.0\n"
BROUGHT: dict[str, dict[str, Any]] = {
    "a model class": {"model": {"name": "deter_stranger:Model", "hash": "0" * 16}},
    "a metric": {"metrics": {"mine": {"name": "deter_stranger:measure", "hash": "0" * 16}}},
}


@pytest.mark.parametrize("brought", BROUGHT.values(), ids=BROUGHT.keys())
def test_code_that_a_folder_brings_is_not_run(
    copied: Path, tmp_path: Path, brought: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "deter_stranger.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    if "metrics" in brought:
        runs = pl.read_parquet(copied / "runs.parquet").with_columns(own_mine=pl.lit(1.0))
        vouched(copied, "runs.parquet", parquet(runs))
    changed(copied, lambda tree: tree.update(brought))
    rehash(copied)
    room = small_room(copied.parent)
    assert ask(room, "folder", {"folder": "copied"})["runs"] == 48
    assert len(ask(room, "cells", {"folder": "copied", "metric": "acts", "axes": [X, Y]})["cells"]) == 6
    assert ask(room, "runs", {"folder": "copied", "metric": "acts"})["of"] == 48
    told = r"comes with code of its own .*, which this page never runs; allowed: `deter explain .* --trust-model`"
    with pytest.raises(ConfigurationError, match=told):
        ask(room, "story", {"folder": "copied", "point": 0, "replicate": 0})
    assert "deter_stranger" not in sys.modules
    assert os.listdir(tmp_path / "code") == ["deter_stranger.py"]


def test_a_run_of_a_stranger_s_folder_that_would_take_minutes_is_not_made_again(copied: Path) -> None:
    what = {"folder": "copied", "point": 0, "replicate": 0}
    with served(small_room(copied.parent)) as address, wired(address) as wire:
        assert wire.answers("story", what)
        changed(copied, lambda tree: tree["configuration"]["scenario"]["time"].update(weeks=5_190))
        rehash(copied)
        text = wire.error("story", what)
        assert text.startswith(
            "scenario.time.weeks = 5190: makes runs too long for this page: 5,216 weeks with the burn-in"
        )
        assert re.search(r"or `deter explain \S+copied --point 0 --replicate 0` in a terminal", text)
        assert wire.answers("runs", {"folder": "copied", "metric": "acts"}), "what was recorded is still shown"


def rehash(folder: Path) -> None:
    """Make the hash of the design that of the manifest as it is now."""
    try:
        _ = open_results(folder).design
    except ConfigurationError:
        design = pl.read_parquet(folder / "design.parquet")
        changed(folder, lambda tree: tree.update(design_hash=hash_of(read_manifest(folder), design, None)))


def test_a_place_of_very_many_folders_is_listed_in_part(tmp_path: Path) -> None:
    for number in range(250):
        (tmp_path / f"f{number:03}").mkdir()
        (tmp_path / f"f{number:03}" / "manifest.json").write_text("{}")
    found = ask(small_room(tmp_path), "folders", None)
    assert (found["of"], len(found["rows"])) == (250, 200)
    assert [row["name"] for row in ask(small_room(tmp_path), "folders", {"find": "f249"})["rows"]] == ["f249"]
