"""The store: parts that are damaged or foreign, one writer at a time, runs assembled in a stream, a status to watch."""

import errno
import fcntl
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support.mistakes import by_name

from analysis import open_results
from analysis.results.folder import COLUMNS_SCHEMA, RUNS_SCHEMA
from analysis.results.manifest import read_manifest
from analysis.results.status import LOCK, being_written
from analysis.statistics.estimates import estimate
from experiments.design.design import Design
from experiments.running import runner, sweep
from experiments.running.sweep import Sweep, carry_out, sweep_manifest
from experiments.store import assembly, lock, store
from experiments.store.assembly import OtherRuns, Planned, assemble
from experiments.store.lock import Lock
from experiments.store.parquet import parquet
from experiments.store.parts import JOURNAL
from experiments.store.store import open_store
from model.configuration import ConfigurationError

EXPERIMENT = """
title = "Small"
question = "Is it kept?"
replicates = 6
seed = 3
[factors]
"doctrine.clarity" = [0.0, 0.5, 1.0]
"doctrine.firmness" = [0.5, 2.0]
"""
SHORT = {"scenario.time.weeks": 30, "scenario.time.burn_in": 6}
TABLES = ("design.parquet", "runs.parquet", "summary.parquet")


@pytest.fixture
def design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Design:
    monkeypatch.setattr(runner, "SECONDS", 0.0009)  # small tasks: several parts
    path = tmp_path / "small.toml"
    path.write_text(EXPERIMENT)
    return Sweep(path, overrides=SHORT).design()


@pytest.fixture
def swept(design: Design, tmp_path: Path) -> Path:
    carry_out(design, tmp_path / "swept", 1)
    return tmp_path / "swept"


def tables(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in TABLES]


def parts(folder: Path) -> list[Path]:
    return sorted((folder / "parts").glob("part-*.parquet"))


def done_again(design: Design, folder: Path) -> tuple[int, list[str]]:
    """Tasks that a sweep does in a folder, and what it tells the user."""
    done: list[sweep.Progress] = []
    told: list[str] = []
    carry_out(design, folder, 1, report=done.append, warn=told.append)
    return len(done), told


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def swapped(path: Path) -> None:
    other = next(other for other in parts(path.parent.parent) if other != path)
    between = path.with_name("between")
    path.rename(between)
    other.rename(path)
    between.rename(other)


def made_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "mine.txt").write_text("mine")


def of_another_sweep(path: Path) -> None:
    runs = pl.read_parquet(path)
    path.write_bytes(parquet(runs.with_columns(pl.col("acts") + 1)))


DAMAGE: dict[str, tuple[Callable[[Path], object], int]] = {
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:-40]), 1),
    "a bit flipped": (flipped, 1),
    "empty": (lambda path: path.write_bytes(b""), 1),
    "swapped with another": (swapped, 2),
    "foreign Parquet": (lambda path: pl.DataFrame({"a": [1]}).write_parquet(path), 1),
    "of another sweep": (of_another_sweep, 1),
    "a folder": (made_a_folder, 1),
    "a link to nowhere": (lambda path: (path.unlink(), path.symlink_to("nowhere")), 1),
}


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "unlisted"])
@pytest.mark.parametrize("case", DAMAGE.values(), ids=DAMAGE.keys())
def test_what_is_no_whole_part_of_ours_is_set_aside(
    case: tuple[Callable[[Path], object], int], listed: bool, swept: Path, design: Design
) -> None:
    before, part = tables(swept), parts(swept)[1]
    if not listed:
        forget_parts(swept)
    spoil, spoilt = case
    spoil(part)
    done, told = done_again(design, swept)
    assert done == spoilt
    assert len(told) == 1
    assert f"moved to {swept}/parts/damaged and run again: " in told[0]
    assert part.name in told[0]
    assert tables(swept) == before
    aside = swept / "parts" / "damaged"
    assert len(list(aside.iterdir())) == spoilt
    if case[0] is made_a_folder:
        assert (aside / part.name / "mine.txt").read_text() == "mine"
    assert done_again(design, swept) == (0, [])


def test_what_was_set_aside_is_never_written_over(swept: Path, design: Design) -> None:
    part = parts(swept)[0]
    for content in (b"first", b"second", b"third"):
        part.write_bytes(content)
        assert done_again(design, swept)[0] == 1
    assert {path.read_bytes() for path in (swept / "parts" / "damaged").iterdir()} == {b"first", b"second", b"third"}


def forget_parts(folder: Path) -> None:
    """As after a crash within a second of the first part: the manifest does not know of any."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"parts": {}, "files": {}, "status": "running"}))


def test_parts_that_the_manifest_does_not_list_are_adopted(swept: Path, design: Design) -> None:
    before, listed = tables(swept), read_manifest(swept).parts
    forget_parts(swept)
    journal = swept / "parts" / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-9])  # the last line was being written
    torn = next(name for name in listed if f'"{name}"' not in journal.read_text())
    told = f"1 part is damaged or from other runs; moved to {swept}/parts/damaged and run again: {torn}"
    assert done_again(design, swept) == (1, [told])
    assert tables(swept) == before
    assert read_manifest(swept).parts == listed
    forget_parts(swept)
    assert done_again(design, swept) == (0, [])


def test_parts_without_journal_are_known_from_the_manifest(swept: Path, design: Design) -> None:
    (swept / "parts" / JOURNAL).unlink()
    assert done_again(design, swept) == (0, [])
    (swept / "parts" / JOURNAL).unlink(missing_ok=True)
    forget_parts(swept)
    done, told = done_again(design, swept)
    assert (done, len(told)) == (len(parts(swept)), 1)


def test_parts_of_another_plan_are_removed(swept: Path, design: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    before, old = tables(swept), {path.name for path in parts(swept)}
    monkeypatch.setattr(runner, "SECONDS", 0.003)
    done, told = done_again(design, swept)
    assert (told, done) == ([], len(parts(swept)))
    assert not old & {path.name for path in parts(swept)}
    assert tables(swept) == before


def test_failed_runs_are_counted(design: Design, tmp_path: Path) -> None:
    runs = random_runs(4, 2)
    broken = runs.with_columns(status=pl.when(pl.col("point") == 1).then(pl.lit("failed")).otherwise("status"))
    with open_store(tmp_path / "out", sweep_manifest(design), design.frame) as opened:
        opened.save_part("part-000000-0.parquet", broken)
        assert opened.manifest.parts["part-000000-0.parquet"].failed == 2
        opened.progress(8, 36)
    assert open_results(tmp_path / "out").status.failed == 2
    assert open_results(tmp_path / "out").counts == (8, 2)


# one writer at a time


def test_a_folder_has_one_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.0)
    first = Lock(tmp_path)
    assert being_written(tmp_path)
    with pytest.raises(ConfigurationError, match=r"is being written by process \d+ on .+, since \d{4}-"):
        Lock(tmp_path)
    first.release()
    assert not being_written(tmp_path)
    assert list(tmp_path.iterdir()) == []
    Lock(tmp_path).release()


def test_a_lock_that_was_left_behind_is_taken_over(swept: Path, design: Design) -> None:
    (swept / LOCK).write_text("process 1 on elsewhere, since 2020-01-01T00:00:00+00:00")
    assert being_written(swept) is False
    assert done_again(design, swept) == (0, [])
    assert not (swept / LOCK).exists()


def test_a_look_at_the_lock_keeps_nobody_out(tmp_path: Path) -> None:
    """A reader holds it for a moment, in which a sweep may begin."""
    (tmp_path / LOCK).touch()
    with (tmp_path / LOCK).open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        line = [sys.executable, "-c", "import time; time.sleep(0.1)"]
        releasing = subprocess.Popen(line, pass_fds=[looking.fileno()])
    Lock(tmp_path).release()
    releasing.wait()


def test_a_folder_is_let_go_whatever_happens(design: Design, tmp_path: Path) -> None:
    def broken(_: sweep.Progress) -> None:
        raise RuntimeError("on the way")

    for _ in range(2):
        with pytest.raises(RuntimeError, match="on the way"):
            carry_out(design, tmp_path / "out", 1, report=broken)
    assert open_results(tmp_path / "out").status.state == "failed"
    assert not being_written(tmp_path / "out")
    with pytest.raises(ConfigurationError, match=r"another experiment \(its points or the worlds"):
        open_store(tmp_path / "out", sweep_manifest(design).model_copy(update={"design_hash": "0"}), design.frame)
    assert not being_written(tmp_path / "out")


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS], ids=os.strerror)
def test_without_locks_the_user_is_told(
    number: int, design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_locks(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(fcntl, "flock", without_locks)
    out = tmp_path / "out"
    done, told = done_again(design, out)
    assert done > 0
    assert told == [f"this system has no file locks here: make sure that nothing else writes into {out}"]
    assert open_results(out).status.state == "complete"


# what a crash leaves before there is a manifest, or between two


def test_a_crash_before_the_manifest_leaves_a_folder_that_goes_on(design: Design, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for left in (LOCK, ".manifest.json.77.deter-tmp"):
        (out / left).write_text("half")
    carry_out(design, out, 1)
    assert {path.name for path in out.iterdir()} == {
        "manifest.json",
        "requirements.txt",
        "status.json",
        "parts",
        "summary.csv",
        "quarters.parquet",
        *TABLES,
    }


def test_a_crash_between_two_designs_leaves_a_folder_that_goes_on(
    swept: Path, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    (swept / "notes.txt").write_text("mine")
    changed = Sweep(swept.parent / "small.toml", changes={"seed": 4}, overrides=SHORT).design()
    with monkeypatch.context() as patch:
        patch.setattr(store.Store, "begin", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            carry_out(changed, swept, 1, fresh=True)
    assert parts(swept) == []
    assert carry_out(changed, swept, 1, fresh=True).manifest.seed == 4
    assert (swept / "notes.txt").read_text() == "mine"


# runs assembled in a stream


@pytest.fixture
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that a few thousand runs are many of them."""
    monkeypatch.setattr(assembly, "HELD", 64)
    monkeypatch.setitem(assembly.PARQUET, "row_group_size", 64)


def random_runs(points: int, replicates: int) -> pl.DataFrame:
    """Made-up runs, sorted by point and replicate."""
    rows, draws = points * replicates, np.random.default_rng(1)
    keys = {"point": np.repeat(np.arange(points), replicates), "replicate": np.tile(np.arange(replicates), points)}
    texts = {"seed": [3] * rows, "status": ["ok"] * rows, "error": [None] * rows}
    figures = {name: draws.integers(1, 99, rows) for name in COLUMNS_SCHEMA}
    return pl.DataFrame({**keys, **texts, **figures}, schema=RUNS_SCHEMA)


def planned(points: int, replicates: int) -> Planned:
    """What is planned where all of `random_runs` are."""
    return Planned(3, points, 0, replicates, replicates)


def cut(runs: pl.DataFrame, size: int, folder: Path, seed: int = 0) -> dict[Path, int]:
    """Runs in parts of this size, with their rows in no order; returns the rows of each."""
    order = list(range(runs.height))
    random.Random(seed).shuffle(order)
    folder.mkdir(exist_ok=True)
    parts = {}
    for start in range(0, runs.height, size):
        path, part = folder / f"part-{len(parts):06d}.parquet", runs[order[start : start + size]]
        path.write_bytes(parquet(part))
        parts[path] = part.height
    return parts


@pytest.mark.usefixtures("small_stretches")
@pytest.mark.parametrize(("points", "replicates"), [(60, 5), (1, 300), (300, 1)])
def test_bytes_depend_on_the_runs_alone(
    points: int, replicates: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, path = random_runs(points, replicates), tmp_path / "runs.parquet"
    for held, size, seed in product([64, 128, 65_536], [7, 90, 1000], [0, 1]):
        monkeypatch.setattr(assembly, "HELD", held)
        assert assemble(cut(runs, size, tmp_path / "parts", seed), path, planned(points, replicates)) == 300
        assert path.read_bytes() == parquet(runs), "those of all runs sorted and written at once"


@pytest.mark.usefixtures("small_stretches")
@pytest.mark.parametrize("size", [11, 170])
def test_what_was_sorted_is_read_once_and_few_runs_are_held(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many runs and parts there are: this is what makes the time linear, and memory short."""
    runs, read, held = random_runs(60, 50), list[int](), list[int]()
    ipc, merge = pl.read_ipc, pl.concat
    monkeypatch.setattr(pl, "read_ipc", lambda source: (block := ipc(source), read.append(block.height))[0])
    monkeypatch.setattr(pl, "concat", lambda frames: (frame := merge(frames), held.append(frame.height))[0])
    assemble(cut(runs, size, tmp_path / "parts"), tmp_path / "out.parquet", planned(60, 50))
    assert sum(read) == runs.height
    assert max(held) <= 64
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.parquet", "parts"], "nothing is left behind"


@pytest.mark.parametrize("held", [8, 65_536], ids=["of two batches", "of one batch"])
def test_a_run_that_stands_in_two_parts_is_refused(held: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "HELD", held)
    runs = random_runs(6, 5)
    twice = cut(runs, 10, tmp_path / "one") | cut(runs[12:13], 1, tmp_path / "two")
    with pytest.raises(OtherRuns, match="replicate 2 of point 2 is in two parts"):
        assemble(twice, tmp_path / "runs.parquet", planned(6, 5))
    assert not (tmp_path / "runs.parquet").exists()


NOT_PLANNED: dict[str, tuple[pl.Expr | None, dict[str, pl.Expr], str]] = {
    "another seed": (None, {"seed": pl.lit(1, pl.Int64)}, "holds runs of seed 1, but the plan has seed 3"),
    "another seed once": (None, {"seed": pl.when(pl.int_range(pl.len()) == 7).then(4).otherwise("seed")}, "of seed 4"),
    "a point too many": (
        None,
        {"point": pl.col("point") + 1},
        "5 runs of point 6, replicates 0 to 4, but the plan has",
    ),
    "a point below": (
        None,
        {"point": pl.col("point") - 1},
        "5 runs of point -1, replicates 0 to 4, but the plan has 5",
    ),
    "the first point gone": (
        pl.col("point") > 0,
        {},
        "holds no run of point 0, but the plan has 5 of each of 6 points",
    ),
    "a point gone": (pl.col("point") != 3, {}, "holds no run of point 3"),
    "the last point gone": (pl.col("point") < 5, {}, "holds no run of point 5"),
    "a replicate gone": (pl.col("replicate") + pl.col("point") != 7, {}, "holds 4 runs of point 3, replicates 0 to 3"),
    "a gap": (None, {"replicate": 2 * pl.col("replicate")}, "holds 5 runs of point 0, replicates 0 to 8"),
    "other replicates": (None, {"replicate": pl.col("replicate") + 1}, "holds 5 runs of point 0, replicates 1 to 5"),
    "one before the first": (
        None,
        {"replicate": pl.col("replicate") - 1},
        "of point -1, replicates 4294967295 to 4294",
    ),
}


@by_name(NOT_PLANNED)
def test_runs_that_are_not_those_planned_are_refused_before_they_are_written(
    case: tuple[pl.Expr | None, dict[str, pl.Expr], str], tmp_path: Path
) -> None:
    """Whatever let them in: a part of another folder vouched for, or a name read as a pattern."""
    kept, changed, said = case
    runs = random_runs(6, 5)
    runs = (runs if kept is None else runs.filter(kept)).with_columns(**changed).cast(RUNS_SCHEMA)
    parts = cut(runs, 10, tmp_path / "parts")
    with pytest.raises(OtherRuns, match=f"parts: .*{said}.*; remove this folder, and the same command runs them again"):
        assemble(parts, tmp_path / "runs.parquet", planned(6, 5))
    assert not (tmp_path / "runs.parquet").exists()


def test_with_a_precision_points_may_have_more_replicates_than_the_pilot(tmp_path: Path) -> None:
    runs = random_runs(3, 8).filter((pl.col("replicate") < 5) | (pl.col("point") == 1))
    parts = cut(runs, 7, tmp_path / "parts")
    assert assemble(parts, tmp_path / "runs.parquet", planned(3, 5)._replace(most=8)) == 18
    with pytest.raises(OtherRuns, match=r"holds 8 runs of point 1, .*, but the plan has 5 to 7 of each of 3 points"):
        assemble(parts, tmp_path / "runs.parquet", planned(3, 5)._replace(most=7))


def test_assembly_needs_less_memory_than_the_runs(tmp_path: Path) -> None:
    runs = random_runs(2400, 50)
    cut(runs, 6000, tmp_path / "parts")
    cut(runs[:6000], 6000, tmp_path / "few")
    script = f"""
import resource
from pathlib import Path
from experiments.store import assembly
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if __import__("sys").platform == "darwin" else 1024)
assembly.HELD = 8192
parts = dict.fromkeys(sorted(Path({str(tmp_path / "parts")!r}).iterdir()), 6000)
planned = assembly.Planned(3, 2400, 0, 50, 50)
first = dict.fromkeys(Path({str(tmp_path / "few")!r}).iterdir(), 6000)
assembly.assemble(first, Path({str(tmp_path / "first.parquet")!r}), planned._replace(points=120))
before = peak()
assembly.assemble(parts, Path({str(tmp_path / "runs.parquet")!r}), planned)
print(peak() - before)
"""
    needed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert int(needed) < runs.estimated_size()
    assert pl.read_parquet(tmp_path / "runs.parquet").equals(runs)


def test_estimates_are_the_same_from_a_scan(swept: Path) -> None:
    results = open_results(swept)
    scanned = estimate(results.scan, results.design, ["doctrine.clarity"])
    assert "runs" not in results.__dict__
    assert scanned.equals(estimate(results.runs, results.design, ["doctrine.clarity"]))


def test_a_scan_is_checked(swept: Path) -> None:
    path = swept / "runs.parquet"
    of_another_sweep(path)
    with pytest.raises(ConfigurationError, match=r"runs\.parquet: is damaged, or was changed since it was written"):
        _ = open_results(swept).scan
    path.write_bytes(b"nothing")
    with pytest.raises(ConfigurationError, match=r"runs\.parquet: is damaged"):
        _ = open_results(swept).scan
    path.unlink()
    with pytest.raises(ConfigurationError, match=r"runs\.parquet: there is no such file"):
        _ = open_results(swept).scan


# a status to watch


def test_a_status_can_be_watched(design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "BETWEEN", 0.0)
    out, seen = tmp_path / "out", []
    carry_out(design, out, 1, report=lambda _: seen.append(open_results(out).status))
    assert [each.state for each in seen] == ["running"] * len(seen)
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    last = seen[-1]
    assert (last.done, last.runs, last.failed) == (36, 36, 0)
    assert last.rate is not None
    assert last.rate > 0
    assert last.seconds_left == 0
    assert all(later.updated_at >= sooner.updated_at for sooner, later in pairwise(seen))
    done = open_results(out).status
    assert (done.state, done.done, done.runs, done.seconds_left) == ("complete", 36, 36, None)


def test_the_status_is_written_once_a_second_at_most(
    design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    monkeypatch.setattr(store, "write", lambda path, content: written.append(path.name) or "0" * 64)
    monkeypatch.setattr(store, "BETWEEN", 3600.0)
    with open_store(tmp_path / "out", sweep_manifest(design), design.frame) as opened:
        begun = len(written)
        for done in range(100):
            opened.progress(done, 100)
        assert written[begun:] == []


@pytest.mark.parametrize("content", [b"", b"{", b'{"state": "asleep", "done": 1}', b"\xff"])
def test_a_status_that_cannot_be_read_is_told_from_the_manifest(content: bytes, swept: Path) -> None:
    (swept / "status.json").write_bytes(content)
    found = open_results(swept).status
    assert (found.state, found.done) == ("complete", 36)
    forget_parts(swept)
    assert open_results(swept).status.state == "interrupted"
