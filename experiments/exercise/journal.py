"""The journal of an exercise: one line for each choice, on disk before it counts; from it the play can be had again.

A line that a crash has cut off is the last, and was not confirmed to anybody: it is left out, and overwritten.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from experiments.exercise.choices import Entry, entry_of
from experiments.exercise.play import Play
from experiments.exercise.scenario import Exercise
from experiments.store import files
from model.configuration import Configuration
from model.errors import ConfigurationError, placed

NAME = "journal.jsonl"
FORM = "deter exercise 1"
"""What the first line says of the file, before the exercise itself."""


class Journal:
    """A play and its journal; every choice is flushed to disk before it is taken to be made."""

    def __init__(self, path: Path, exercise: Exercise, configuration: Configuration) -> None:
        self.path, self.play = path, Play(exercise, configuration)
        self.entries: list[Entry] = []

    def do(self, entry: Entry) -> None:
        """Take up a choice and write it down; raises `ConfigurationError` and `OSError`, and then it was not made."""
        before = self.play.as_it_stands()
        try:
            self.play.do(entry)
            files.append(self.path, _line(entry.model_dump(mode="json")))
        except BaseException:  # whatever it was: a play that is half changed is none
            self.play = before
            raise
        self.entries.append(entry)


def begin(folder: Path, exercise: Exercise, configuration: Configuration) -> Journal:
    """A new journal in a folder; raises `ConfigurationError` where there is one already."""
    path = files.own(folder, NAME)
    if path.exists():
        raise ConfigurationError("holds an exercise already", file=str(folder), allowed="another folder, or --resume")
    head = {"form": FORM, "exercise": exercise.model_dump(mode="json", by_alias=True)}
    files.write(path, _line(head))
    return Journal(path, exercise, configuration)


def resume(folder: Path, exercise: Exercise, configuration: Configuration) -> Journal:
    """A journal taken up where it ended; raises `ConfigurationError` where it is damaged, or another exercise's."""
    path = files.own(folder, NAME)
    lines = list(lines_of(path))
    head = lines[0] if lines else {}
    stated = exercise.model_dump(mode="json", by_alias=True)
    if head.get("form") != FORM or head.get("exercise") != stated:
        raise ConfigurationError("is the journal of another exercise, or of another version", file=str(path))
    journal = Journal(path, exercise, configuration)
    with placed(str(path)):
        for number, data in enumerate(lines[1:], start=1):
            with placed(key=f"line {number + 1}"):
                entry = entry_of(data)
                journal.play.do(entry)
            journal.entries.append(entry)
    whole = b"".join(_line(line) for line in lines)
    if path.read_bytes() != whole:  # a crash has left half a line
        files.write(path, whole)
    return journal


def lines_of(path: Path) -> Iterator[Any]:
    """The lines of a journal as values, without one that was cut off at the end; raises `ConfigurationError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot be read ({error.strerror})", file=str(path)) from None
    *lines, _torn = content.split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line)
        except ValueError:
            raise ConfigurationError("is damaged", file=str(path), key=f"line {number}") from None


def _line(data: Any) -> bytes:
    return json.dumps(data, sort_keys=True, ensure_ascii=False).encode() + b"\n"
