"""Parts: the runs of a sweep as they came, and how to tell those that are whole and ours from what is not.

A journal takes down the SHA-256 of each part before the part is renamed into place. So what is there under a part's
name was written by this sweep, in full, if the journal or the manifest vouches for its bytes; all else is set aside.
"""

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from analysis.results.manifest import Written
from experiments.store.files import append, own, remove, remove_temporary, replacing, set_aside, sha256_of
from experiments.store.parquet import parquet

JOURNAL, DAMAGED = "journal.jsonl", "damaged"
PART = re.compile(r"part-\d+-[0-9a-f]+\.parquet")
"""Names of parts: number, and a hash of what is in it."""


class _Entry(Written):
    """A line of the journal."""

    name: str


class Parts:
    """The folder of parts: `listed` are those that the manifest vouches for, `damaged` the names of those set aside."""

    def __init__(self, folder: Path, listed: dict[str, Written]) -> None:
        """Read the journal of a folder; `listed` is the manifest's own, which is kept up to date.

        Raises `ConfigurationError` where a link stands in the place of what is written here.
        """
        self.folder, self.listed = folder, listed
        self._journal, self._aside = own(folder, JOURNAL), own(folder, DAMAGED)
        self.damaged: list[str] = []
        self._vouched: dict[str, list[Written]] = defaultdict(list)
        for name, written in listed.items():
            self._vouched[name].append(written)
        for line in self._journal.read_bytes().splitlines() if self._journal.is_file() else ():
            with suppress(ValidationError):  # cut short by a crash
                entry = _Entry.model_validate_json(line)
                self._vouched[entry.name].append(Written(**entry.model_dump(exclude={"name"})))

    def save(self, name: str, runs: pl.DataFrame) -> None:
        """Write a part, in place of one of the same name."""
        content = parquet(runs)
        failed = int((runs["status"] == "failed").sum()) if "status" in runs.columns else 0
        written = Written(rows=runs.height, sha256=hashlib.sha256(content).hexdigest(), failed=failed)
        with replacing(self.folder / name) as temporary:
            temporary.write_bytes(content)
            entry = _Entry(name=name, **written.model_dump()).model_dump_json()
            append(self._journal, f"\n{entry}".encode())  # on a line of its own, whatever a crash left of the last
        self._vouched[name].append(written)
        self.listed[name] = written

    def has(self, name: str, rows: int | None = None) -> bool:
        """Tell whether a part is there, whole, ours and of this size; otherwise what is there is set aside."""
        path = self.folder / name
        written = self._as_written(path)
        if written and rows in (None, written.rows):
            self.listed[name] = written
            return True
        self.listed.pop(name, None)
        if os.path.lexists(path):
            self._set_aside(path)
        return False

    def _as_written(self, path: Path) -> Written | None:
        """The entry that vouches for the bytes of a file."""
        try:
            sha256 = sha256_of(path)
        except OSError:  # no file, or none that can be read
            return None
        return next((written for written in self._vouched[path.name] if written.sha256 == sha256), None)

    def keep(self, names: Collection[str]) -> None:
        """Remove parts of a plan that is no longer followed: its runs are computed again; set foreign ones aside."""
        for name in set(self.listed) - set(names):
            del self.listed[name]
        for path in sorted(self.folder.iterdir()) if self.folder.is_dir() else ():
            if PART.fullmatch(path.name) and path.name not in names:
                if self._as_written(path):
                    remove(path)
                else:
                    self._set_aside(path)
        remove_temporary(self.folder)

    def _set_aside(self, path: Path) -> None:
        set_aside(path, self._aside)
        self.damaged.append(path.name)
