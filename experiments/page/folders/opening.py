"""Which results folder a browser may open, and how: by a name that is directly in the folder given, and never a path.

A folder may come from a stranger. Nothing of it leads out, no code of it is run, and what it holds is checked before it
is read (`analysis.results.reading`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

import polars as pl

from analysis.results.folder import Results, open_results
from analysis.results.manifest import MANIFEST, PARTS, RUNS
from model.errors import ConfigurationError, printable

MOST_SEEN, MOST_WITHIN = 10_000, 1_000
"""Entries that are looked at in the folder given, and those that a results folder may have besides its parts."""
MOST_GLANCED = 4 * 2**20
"""Bytes of a manifest that is read for a list; one of very many parts is read when its folder is opened."""
MOST_KEPT = 3
"""Folders that stay open for whoever asks next."""
LONGEST = 200
"""Letters of a text from a folder."""
MOST_RUNNING = 100_000
"""Runs of a sweep under way, which have to be in memory to be read."""


def names_in(place: Path) -> tuple[list[str], bool]:
    """Names of the results folders directly in a folder, in order, and whether that is all of them."""
    found, whole = [], True
    try:
        with os.scandir(place) as entries:
            for seen, entry in enumerate(entries):
                if seen == MOST_SEEN:
                    whole = False
                    break
                if entry.name.isprintable() and os.path.lexists(os.path.join(entry.path, MANIFEST)):
                    found.append(entry.name)
    except OSError as error:
        raise ConfigurationError(f"cannot be looked at: {error.strerror}", file=str(place)) from None
    return sorted(found), whole


def placed(place: Path, name: str) -> Path:
    """The results folder of this name directly in a folder; raises `ConfigurationError`."""
    if name in ("", ".", "..") or not name.isprintable() or "/" in name or "\\" in name or len(name) > 255:
        raise ConfigurationError("is not the name of a results folder", value=name, allowed="a name from the list")
    folder, home = place / name, place.resolve()
    if not folder.is_dir():
        raise ConfigurationError("is not there", value=name, allowed="a name from the list")
    _check_within(folder, home)
    _check_links(folder, folder.resolve())
    return folder


def opened(place: Path, name: str) -> Results:
    """The results of a folder of this name, kept while its manifest stays as it is; raises `ConfigurationError`."""
    folder = placed(place, name)
    try:
        found = (folder / MANIFEST).stat()
    except OSError:
        return open_results(folder)  # which says what is wrong
    return _kept(folder, (found.st_ino, found.st_size, found.st_mtime_ns))


@lru_cache(MOST_KEPT)
def _kept(folder: Path, state: tuple[int, ...]) -> Results:
    results = open_results(folder)
    if results.manifest.status != "complete":
        rows = sum(part.rows for part in results.manifest.parts.values())
        if rows > MOST_RUNNING:
            problem = f"is not complete and holds {rows:,} runs, too many to show before it is"
            allowed = f"a complete folder, or one with {MOST_RUNNING:,} runs so far"
            raise ConfigurationError(problem, file=folder.name, allowed=allowed)
        for name in results.manifest.parts:
            _check_within(folder / PARTS / name, folder.resolve())
    return results


def glanced(place: Path, name: str) -> Results:
    """The results of a folder of this name if it is read in no time, and not kept; raises `ConfigurationError`."""
    folder = placed(place, name)
    if (folder / MANIFEST).exists() and (folder / MANIFEST).stat().st_size > MOST_GLANCED:
        raise ConfigurationError("has a very large manifest, which is read when you open it", value=name)
    return open_results(folder)


def runs_of(results: Results) -> int:
    """Runs in a folder, so far if more are to come."""
    files = results.manifest.files
    return files[RUNS].rows if RUNS in files else results.status.done


def cut(text: str) -> str:
    """A text from a folder, every letter of which can be seen, and not too long for a page."""
    return printable(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")


@contextmanager
def whole() -> Iterator[None]:
    """Turn what breaks while a checked table is read into `ConfigurationError`: it is damaged within."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, MemoryError) as error:
        first = (str(error).splitlines() or [""])[0]
        raise ConfigurationError(
            f"cannot be read: {first or type(error).__name__}", file="a table of the folder"
        ) from None


def _check_links(folder: Path, home: Path) -> None:
    """Refuse a folder in which a link leads out of it."""
    with os.scandir(folder) as entries:
        for seen, entry in enumerate(entries):
            if seen == MOST_WITHIN:
                raise ConfigurationError("holds too many files to be a results folder", value=folder.name)
            if entry.is_symlink():
                _check_within(folder / entry.name, home)


def _check_within(path: Path, home: Path) -> None:
    try:
        inside = path.resolve().is_relative_to(home)
    except (OSError, RuntimeError):  # a loop of links
        inside = False
    if not inside:
        raise ConfigurationError("is a link that leads out of its folder, and is not followed", value=path.name)
