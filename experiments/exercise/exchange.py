"""Injects to and from CSV and a master scenario event list in JSON, with weeks that count from the start.

A list names no day and no world, so that it can go from one exercise to another. What is written is read again exactly.
"""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.exercise.listed import BETWEEN, FORM, HEADS, Places, listed
from experiments.exercise.scenario import Exercise, Inject, world_of
from model.configuration import Configuration
from model.errors import ConfigurationError
from model.loading import find
from model.paths import validated


def json_of(exercise: Exercise) -> str:
    """The injects of an exercise as a master scenario event list in JSON, in the order of their weeks."""
    injects = [
        {"name": name, **inject.model_dump(mode="json", by_alias=True)} for name, inject in _ordered(exercise.injects)
    ]
    return json.dumps({"form": FORM, "title": exercise.title, "injects": injects}, ensure_ascii=False, indent=2) + "\n"


def csv_of(exercise: Exercise) -> str:
    """The injects of an exercise as CSV: a row for each, a column for each attachment, option and part of the act."""
    rows = [_row(name, inject) for name, inject in _ordered(exercise.injects)]
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, HEADS)
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _ordered(injects: Mapping[str, Inject]) -> list[tuple[str, Inject]]:
    return sorted(injects.items(), key=lambda each: each[1].week)


def _row(name: str, inject: Inject) -> dict[str, str]:
    row = {"name": name, "week": str(inject.week), "from": inject.sender, "to": BETWEEN.join(inject.to)}
    row |= {"title": inject.title, "text": inject.text}
    row |= {kind: BETWEEN.join(names) for kind, names in inject.condition}
    if inject.question:
        row["question"] = inject.question.text
        row |= {f"option_{place}": text for place, text in enumerate(inject.question.options, start=1)}
    for place, (title, text) in enumerate(inject.attachments.items(), start=1):
        row |= {f"attachment_{place}_title": title, f"attachment_{place}_text": text}
    if inject.act:
        row |= {part: _word(value) for part, value in inject.act}
    return row


def _word(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def with_injects(name: str, path: Path, shipped: Exercise) -> tuple[Exercise, Configuration]:
    """An exercise with the injects of a list in place of its own, and its world.

    Raises `ConfigurationError`, which names the line and the column of the list.
    """
    found = listed(path)
    whole = shipped.model_dump(by_alias=True) | {"injects": found.injects}
    try:
        exercise = validated(Exercise, whole)
        return exercise, world_of(exercise, find("exercises", name))
    except ConfigurationError as error:
        raise _placed(error, found.places, path) from None


def _placed(error: ConfigurationError, places: Places, path: Path) -> ConfigurationError:
    """An error with the line and the column of the nearest value that stands in the list."""
    parts = tuple((error.key or "").split("."))
    if parts[0] != "injects":
        return error.at(str(path))
    known = next(parts[1:end] for end in range(len(parts), 0, -1) if parts[1:end] in places or end == 1)
    error.file, error.key = str(path), f"{places.get(known, 'line 1')} ({'.'.join(parts[1:])})"
    error.others = [other.removeprefix("injects.") for other in error.others]
    return error
