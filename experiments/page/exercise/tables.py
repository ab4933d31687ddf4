"""The exercises that lie below the results folder and those that are open: begun, found by a code, taken up again.

A browser names an exercise of the shelf, or a folder that holds a journal, and never a file. Whoever has a key or a
code has the exercise opened where it lies, so that all go on where a server was killed.
"""

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

from experiments.exercise import journal
from experiments.exercise.scenario import Exercise, load_exercise
from experiments.page.exercise.chairs import LEADS, NAME, Seat, seats_for, store, stored, with_code, with_key
from experiments.page.exercise.table import Table
from experiments.page.exercise.tries import Tries
from experiments.page.folders.opening import MOST_SEEN, cut, placed
from experiments.page.shelf import Shelf
from experiments.store.lock import Lock
from model.configuration import Configuration
from model.errors import ConfigurationError
from model.loading import find, read_toml

MOST_OPEN, MOST_LISTED, MOST_ALIKE = 12, 100, 200
"""Exercises that are open at once, those in the list, and folders of one exercise."""
LARGEST = 64 * 2**20
"""Bytes of a journal at most."""
UNKNOWN = "no exercise here has this code; ask who leads it"
GONE = "this chair is not known here any longer; join again with your code"


class Tables:
    """The exercises of a shelf, by the names of their folders. What it does may take a while: in a thread."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self._tries = shelf, Tries()
        self._open: dict[str, Table] = {}
        self._opening = threading.Lock()

    def offered(self) -> list[dict[str, Any]]:
        """Exercises that may be begun: name and title."""
        return [
            {"name": name, "title": str(read_toml(find("exercises", file)).get("title", name))}
            for name, file in self._shelf.exercises.items()
        ]

    def lying(self) -> list[dict[str, Any]]:
        """Exercises that lie below the results folder, and whether there are codes for their chairs."""
        place = self._shelf.folder
        names = self._folders() if place.is_dir() else []
        return [{"folder": name, "coded": (place / name / NAME).exists()} for name in names[:MOST_LISTED]]

    def _folders(self) -> list[str]:
        found = []
        with os.scandir(self._shelf.folder) as entries:
            for _, entry in zip(range(MOST_SEEN), entries, strict=False):
                if entry.name.isprintable() and os.path.isfile(os.path.join(entry.path, journal.NAME)):
                    found.append(entry.name)
        return sorted(found)

    def begin(self, name: str, loop: asyncio.AbstractEventLoop) -> tuple[Table, Seat]:
        """Begin an exercise in a new folder; gives the facilitator's chair. Raises `ConfigurationError`."""
        exercise, configuration = load_exercise(self._shelf.exercise(name))
        with self._opening:
            self._make_room()
            folder = self._new(name)
            lock, seats = Lock(folder), seats_for(exercise)
            try:
                store(folder, seats)
                begun = journal.begin(folder, exercise, configuration)
            except BaseException:
                lock.release()
                raise
            self._open[folder.name] = Table(folder.name, begun, seats, lock.release, loop)
        return self._open[folder.name], seats[LEADS]

    def _new(self, name: str) -> Path:
        place = self._shelf.folder
        place.mkdir(parents=True, exist_ok=True)
        for number in range(1, MOST_ALIKE + 1):
            folder = place / (name if number == 1 else f"{name}-{number}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
        raise ConfigurationError("has been begun too often here", key="exercise", value=name, allowed="another folder")

    def _make_room(self) -> None:
        """Close one at which nobody sits, if too many are open: it is opened again for whoever comes back."""
        if len(self._open) < MOST_OPEN:
            return
        left = [name for name, table in self._open.items() if not table.listeners]
        if not left:
            problem = f"cannot be opened: people sit at {MOST_OPEN} others"
            raise ConfigurationError(problem, key="exercise", allowed="after one has ended")
        self._open.pop(left[0]).close()

    def take_up(self, folder: str, loop: asyncio.AbstractEventLoop) -> tuple[Table, Seat]:
        """Take up an exercise that has no codes yet, as one from the terminal; gives the facilitator's chair.

        Raises `ConfigurationError`, also where there are codes: who has none is not to see the truth.
        """
        if stored(self._lying(folder)):
            allowed = f"the facilitator's code, which stands in {folder}/{NAME}"
            raise ConfigurationError("has codes for its chairs", value=folder, allowed=allowed)
        table = self._opened(folder, loop)
        return table, table.seats[LEADS]

    def join(self, code: str, loop: asyncio.AbstractEventLoop) -> tuple[Table, Seat]:
        """The exercise and the chair of a code; raises `ConfigurationError`."""
        self._tries.take()
        for table in list(self._open.values()):
            if seat := with_code(table.seats, code):
                self._tries.give_back()
                return table, seat
        for folder in [each["folder"] for each in self.lying() if each["coded"]]:
            if seat := with_code(_seats(self._shelf.folder / folder), code):
                self._tries.give_back()
                return self._opened(folder, loop), seat
        raise ConfigurationError(UNKNOWN, key="code")

    def seated(self, folder: str, key: str, loop: asyncio.AbstractEventLoop) -> tuple[Table, Seat]:
        """The exercise in a folder and the chair of a key; raises `ConfigurationError`."""
        table = self._open.get(folder)
        seat = with_key(table.seats if table else _seats(self._lying(folder)), key)
        if seat is None:
            raise ConfigurationError(GONE, key="key")
        return table or self._opened(folder, loop), seat

    def _lying(self, folder: str) -> Path:
        path = placed(self._shelf.folder, folder)
        file = path / journal.NAME
        if not file.is_file():
            raise ConfigurationError("holds no exercise", value=folder, allowed="a name from the list")
        if file.stat().st_size > LARGEST:
            raise ConfigurationError("has a journal that is too long to be one", value=folder)
        return path

    def _opened(self, folder: str, loop: asyncio.AbstractEventLoop) -> Table:
        """An exercise, opened where it lies if it is not open yet."""
        with self._opening:
            if folder not in self._open:
                self._make_room()
                path = self._lying(folder)
                lock = Lock(path)
                try:
                    self._open[folder] = self._resumed(path, lock, loop)
                except BaseException:
                    lock.release()
                    raise
            return self._open[folder]

    def _resumed(self, path: Path, lock: Lock, loop: asyncio.AbstractEventLoop) -> Table:
        head = next(journal.lines_of(path / journal.NAME), None)
        stated = head.get("exercise") if isinstance(head, dict) else None
        exercise, configuration = self._stated(stated if isinstance(stated, dict) else {})
        found = journal.resume(path, exercise, configuration)
        seats = stored(path)
        if not seats:
            seats = seats_for(exercise)
            store(path, seats)
        return Table(path.name, found, seats, lock.release, loop)

    def _stated(self, stated: dict[str, Any]) -> tuple[Exercise, Configuration]:
        """The exercise of the shelf that a journal states; raises `ConfigurationError`."""
        title = str(stated.get("title", ""))
        for name in [each["name"] for each in self.offered() if each["title"] == title]:
            exercise, configuration = load_exercise(self._shelf.exercise(name))
            if exercise.model_dump(mode="json", by_alias=True) == stated:
                return exercise, configuration
        allowed = "deter app --exercise FILE, with the file as it was"
        raise ConfigurationError("is an exercise that is not on offer", value=cut(title), allowed=allowed)

    def close(self) -> None:
        """Let others write the journals."""
        for table in self._open.values():
            table.close()


def _seats(folder: Path) -> dict[str, Seat]:
    """The chairs of a folder; none where their file is damaged."""
    try:
        return stored(folder)
    except ConfigurationError:
        return {}
