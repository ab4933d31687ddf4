"""Files of a folder of results: written in full or not at all, removed and moved where they stand, links not followed.

All that changes files goes through here, so that what systems do differently is in one place. What a user names may be
a link; what lies in it may not (`own`), for what is written or removed there would be somewhere else. Errors name the
file that the user knows, not the temporary one that took its place for a moment.
"""

import hashlib
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

from model.errors import ConfigurationError

TEMPORARY = ".deter-tmp"
"""End of the names of files that are being written; what a crash leaves of them may be removed."""
_LEFT = re.compile(rf"\..+\.\d+{re.escape(TEMPORARY)}", re.DOTALL)
"""Names of files that are being written: `.NAME.PROCESS.deter-tmp`."""
WINDOWS = os.name == "nt"
PATIENCE, PAUSE = 1.0, 0.02
"""Seconds for which a file may be held open by another process on Windows, and between two tries."""


def own(folder: Path, *names: str) -> Path:
    """The path of these names, one below the other, in a folder; raises `ConfigurationError` where one is a link."""
    path = folder
    for name in names:
        path /= name
        if is_link(path):
            problem = "is a link, so files would be written or removed elsewhere"
            raise ConfigurationError(problem, file=str(path), allowed="a real folder or file instead")
    return path


def is_link(path: Path) -> bool:
    """Whether a symbolic link stands there, or a junction as Windows has them, where Python can tell (from 3.12)."""
    return path.is_symlink() or bool(getattr(path, "is_junction", bool)())


def folded(name: str) -> str:
    """A name as Windows and macOS see it: two that are equal there are one file, and here may be two."""
    return unicodedata.normalize("NFC", name).casefold().rstrip(". ")


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Let errors of the system name this path; those that tell no number stay as they are."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write to; at the end of the block it is flushed to disk and renamed to `path`.

    A link at `path` is replaced, and what it points to stays. Where anything fails, `path` stays as it was. Raises
    `OSError`, which names `path`, and `ConfigurationError` where a device or a pipe stands there: a file in the place
    of /dev/null would stop the whole machine.
    """
    if not is_link(path) and path.exists() and not (path.is_file() or path.is_dir()):
        raise ConfigurationError("is a device or a pipe", file=str(path), allowed="a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{TEMPORARY}")
    with naming(path):
        remove(temporary)  # of another process of this number, which was killed
        try:
            temporary.touch(exist_ok=False)  # not through a link
            yield temporary
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            _insist(lambda: os.replace(temporary, path))
            _sync_folder(path.parent)
        finally:
            with suppress(OSError):  # a disk that has turned read-only refuses this too, and what failed first is told
                remove(temporary)


def write(path: Path, content: bytes) -> str:
    """Write a file so that it is there in full or not at all; returns the SHA-256 of its content."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def append(path: Path, content: bytes) -> None:
    """Add to the end of a file, and flush it to disk."""
    with path.open("ab") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Remove a file, or the link that stands in its place; a folder stays."""
    if is_link(path) or not path.is_dir():
        _insist(lambda: path.unlink(missing_ok=True))


def remove_named(folder: Path, ours: Callable[[str], object]) -> None:
    """Remove files whose names are ours, or were half written, and the folder with the last of its files."""
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if ours(path.name) or is_temporary(path.name):
                remove(path)
        if not any(folder.iterdir()):
            _insist(folder.rmdir)


def is_temporary(name: str) -> bool:
    """Whether a file of this name was being written by deter."""
    return bool(_LEFT.fullmatch(name))


def remove_temporary(folder: Path) -> None:
    """Remove what processes that were killed here have left half written."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if is_temporary(path.name):
            remove(path)


def set_aside(path: Path, folder: Path) -> None:
    """Move a file, a folder or a link, whatever it is, into a folder, where it keeps its name or gets a number."""
    folder.mkdir(exist_ok=True)
    names = (f"{path.name}{f'.{number}' if number else ''}" for number in count())
    place = next(folder / name for name in names if not os.path.lexists(folder / name))
    _insist(lambda: os.rename(path, place))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _insist(change: Callable[[], object]) -> None:
    """Change a file; on Windows, which refuses while a virus scanner or a reader has it open, try for a second."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            change()
            return
        except PermissionError:
            if not WINDOWS or time.monotonic() > end:
                raise
            time.sleep(PAUSE)


def _sync_folder(folder: Path) -> None:
    """Make a renaming last through a loss of power; Windows has no handle of a folder, and sees to it itself."""
    if WINDOWS:
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
