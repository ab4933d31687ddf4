"""Operations on files: whole or not at all, named as the user knows them, and as other systems have them."""

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.mistakes import EXPERIMENT, SHORT

from analysis import open_results
from analysis.report.gallery import FIGURES
from analysis.results.status import LOCK, being_written, read_status
from experiments.commands.main import main
from experiments.running import reproduce
from experiments.search.search import winner_names
from experiments.store import files
from experiments.store.files import append, folded, is_temporary, own, remove, remove_named, replacing, set_aside, write
from experiments.store.lock import Lock
from model.errors import ConfigurationError
from model.metrics.catalogue import METRICS


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# errors


@pytest.mark.parametrize("number", [errno.EROFS, errno.ENOSPC, errno.EACCES], ids=errno.errorcode.get)
@pytest.mark.parametrize("step", ["touch", "unlink", "write_bytes"])
def test_an_error_names_the_file_and_not_its_temporary_name(
    step: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read-only disk says so even of the removal of a file that is not there."""

    def failing(path: Path, *_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    path = tmp_path / "page.html"
    path.write_text("before")
    monkeypatch.setattr(Path, step, failing)
    with pytest.raises(OSError, match=os.strerror(number)) as caught:
        write(path, b"after")
    monkeypatch.undo()
    assert (caught.value.errno, caught.value.filename) == (number, str(path))
    assert path.read_text() == "before"


def test_the_first_error_is_the_one_that_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: Path, **_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    def full() -> None:
        with replacing(tmp_path / "page.html"):
            monkeypatch.setattr(Path, "unlink", failing)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space left"):
        full()


def test_what_an_error_says_is_kept_where_it_has_no_number(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="in words alone"), replacing(tmp_path / "page.html"):
        raise OSError("in words alone")
    assert names(tmp_path) == []


def test_where_a_folder_is_made_again_for_a_moment_the_folder_of_all_such_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(OSError, match="No space") as caught, reproduce.new_folder(None) as folder:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / "runs.parquet"))
    assert caught.value.filename == str(tmp_path)


# links


def test_a_temporary_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with replacing(tmp_path / "page.html") as temporary:
        pass
    temporary.symlink_to(tmp_path / "mine")
    write(tmp_path / "page.html", b"page")
    assert {name: (tmp_path / name).read_text() for name in names(tmp_path)} == {"mine": "mine", "page.html": "page"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_devices_and_pipes_are_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="is a device or a pipe; allowed: a file"):
        write(tmp_path / "pipe", b"page")
    assert names(tmp_path) == ["pipe"]
    assert (tmp_path / "pipe").is_fifo()


def test_what_lies_in_a_folder_may_not_be_a_link_and_the_folder_may(tmp_path: Path) -> None:
    (tmp_path / "real" / "below").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert own(tmp_path / "link", "below", "new") == tmp_path / "link" / "below" / "new"
    for given in ((tmp_path, "link"), (tmp_path, "link", "below")):
        with pytest.raises(ConfigurationError, match="link: is a link"):
            own(*given)


@pytest.mark.parametrize("name", [".runs.parquet.7.deter-tmp", "..x.12345.deter-tmp", ".a.b.1.deter-tmp"])
def test_names_of_files_half_written(name: str, tmp_path: Path) -> None:
    assert is_temporary(name)
    with replacing(tmp_path / "x") as temporary:
        assert is_temporary(temporary.name)


@pytest.mark.parametrize(
    "name", [".mine.deter-tmp", "x.7.deter-tmp", ".x.7.deter-tmp.bak", ".x.7x.deter-tmp", ".deter-tmp"]
)
def test_other_names_are_not_ours(name: str, tmp_path: Path) -> None:
    assert not is_temporary(name)
    (tmp_path / name).touch()
    remove_named(tmp_path, lambda _: False)
    assert names(tmp_path) == [name]


# Windows: what it refuses is refused here


def open_here() -> set[str]:
    """Files that this process has open, or mapped into memory."""
    handles = [Path("/proc/self/fd") / number for number in os.listdir("/proc/self/fd")]
    held = {os.readlink(handle) for handle in handles if os.path.lexists(handle)}
    return held | {line.split(maxsplit=5)[-1].strip() for line in Path("/proc/self/maps").read_text().splitlines()}


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Nothing that is open can be replaced, moved or removed, and no folder can be opened; what was so is listed."""
    if not Path("/proc/self/fd").exists():
        pytest.skip("this system does not say what is open")
    refused: list[str] = []

    def refusing(change: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*paths: Any, **options: Any) -> Any:
            given = {os.path.realpath(path) for path in paths if os.path.lexists(path)}
            if held := given & open_here():
                refused.extend(held)
                raise PermissionError(errno.EACCES, "The process cannot access the file", held.pop())
            return change(*paths, **options)

        return changed

    opened = os.open

    def open_file(path: Any, *flags: Any, **options: Any) -> int:
        if isinstance(path, (str, Path)) and os.path.isdir(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *flags, **options)

    for name in ("replace", "rename", "unlink", "remove", "rmdir"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))
    monkeypatch.setattr(os, "open", open_file)
    # which Windows removes as it is closed, where other systems remove its name while it is open
    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: io.BytesIO())
    monkeypatch.setattr(files, "WINDOWS", True)
    return refused


@pytest.mark.usefixtures("windows")
def test_windows_refuses_what_is_open_here(tmp_path: Path) -> None:
    write(tmp_path / "a", b"a")
    with (tmp_path / "a").open("rb"), pytest.raises(PermissionError):
        os.replace(tmp_path / "a", tmp_path / "b")
    os.replace(tmp_path / "a", tmp_path / "b")


def test_nothing_is_replaced_or_removed_while_deter_itself_has_it_open(
    windows: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.0)
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(EXPERIMENT)
    sweep = ["sweep", "small.toml", "--quiet", "--out", "out", *SHORT]
    for again in ([], ["--no-figures"], ["--no-figures", "--seed", "4", "--fresh"]):
        assert main([*sweep, *again]) == 0
        results = open_results("out")
        scan = results.scan  # a user's notebook may keep it while the folder is written again
        assert results.counts == (4, 0)
    assert main(["report", "out", "--quiet"]) == 0
    assert scan.collect()["seed"].to_list() == [4] * 4
    # the lock alone is removed while it is held, lest that of a successor is: Windows leaves it, and it holds nobody up
    assert {Path(path).name for path in windows} == {LOCK}
    assert being_written(Path("out")) is False
    assert read_status(Path("out")).state == "complete"  # type: ignore[union-attr]


@pytest.mark.parametrize("tries", [1, 3])
def test_what_is_open_for_a_moment_elsewhere_is_tried_again_on_windows(
    tries: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virus scanner, or a reader of `status.json`."""
    left, replace = [tries], os.replace

    def busy(*paths: Path) -> None:
        left[0] -= 1
        if left[0] >= 0:
            raise PermissionError(errno.EACCES, "Permission denied")
        replace(*paths)

    monkeypatch.setattr(os, "replace", busy)
    with pytest.raises(PermissionError):
        write(tmp_path / "a", b"new")  # elsewhere there is nothing to wait for
    left[0] = tries
    monkeypatch.setattr(files, "WINDOWS", True)
    write(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    left[0] = 1 << 30
    monkeypatch.setattr(files, "PATIENCE", 0.0)
    with pytest.raises(PermissionError) as caught:
        write(tmp_path / "a", b"newer")
    assert caught.value.filename == str(tmp_path / "a")
    assert (names(tmp_path), (tmp_path / "a").read_bytes()) == (["a"], b"new")


def test_files_are_moved_and_added_to(tmp_path: Path) -> None:
    for content in (b"one", b"two"):
        write(tmp_path / "x", content)
        append(tmp_path / "x", b"\n")
        set_aside(tmp_path / "x", tmp_path / "aside")
    assert {name: (tmp_path / "aside" / name).read_bytes() for name in names(tmp_path / "aside")} == {
        "x": b"one\n",
        "x.1": b"two\n",
    }
    remove(tmp_path / "aside")
    assert names(tmp_path) == ["aside"]
    remove_named(tmp_path / "aside", {"x", "x.1"}.__contains__)
    assert names(tmp_path) == []


# names, on systems that do not tell capitals apart


RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


def test_names_of_our_own_files_are_files_everywhere() -> None:
    ours = [*FIGURES, *(name for name in METRICS if name not in FIGURES)]
    for group in (ours, sorted(winner_names())):
        assert len({folded(name) for name in group}) == len(group)
        assert not {folded(name) for name in group} & RESERVED
        assert all(name.isascii() and name.replace("_", "").isalnum() for name in group)


@pytest.mark.parametrize(("one", "other"), [("Strict", "strict"), ("caf\u00e9", "cafe\u0301"), ("a", "a.")])
def test_folders_that_are_one_on_another_system_are_refused(
    one: str, other: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (files.Path(__file__).parents[3] / "configs" / "doctrines" / "clear_ladder.toml").read_text("utf-8")
    paths = [tmp_path / f"{at}" / f"{name}.toml" for at, name in enumerate((one, other))]
    for path in paths:
        path.parent.mkdir()
        path.write_text(text, "utf-8")
    assert main(["why", *map(str, paths), "--out", str(tmp_path / "out")]) == 2
    assert "on a system that ignores capitals" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


# whether a folder is being written


def test_asking_changes_nothing_and_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert being_written(tmp_path) is False
    assert names(tmp_path) == []
    held = Lock(tmp_path)
    path = tmp_path / LOCK
    said, before = path.read_bytes(), path.stat()
    for _ in range(3):
        assert being_written(tmp_path) is True
    after = (tmp_path / LOCK).stat()
    assert ((tmp_path / LOCK).read_bytes(), after.st_mtime_ns, after.st_ino) == (
        said,
        before.st_mtime_ns,
        before.st_ino,
    )
    held.release()
    assert being_written(tmp_path) is False
    assert names(tmp_path) == []


def test_what_is_left_of_a_lock_is_left(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text("process 1 on elsewhere")
    for _ in range(2):
        assert being_written(tmp_path) is False
    assert (tmp_path / LOCK).read_text() == "process 1 on elsewhere"
    (tmp_path / LOCK).unlink()
    (tmp_path / LOCK).symlink_to(tmp_path / "nowhere")
    assert being_written(tmp_path) is False
    (tmp_path / "nowhere").touch()
    assert being_written(tmp_path) is None  # a link is no lock of ours, and nothing behind it is touched
