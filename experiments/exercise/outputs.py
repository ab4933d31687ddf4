"""Files of an exercise beside its journal: lists of injects, the journal for others to read, and the brief."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from experiments.exercise import exchange, exports
from experiments.exercise.debrief.debriefed import debriefed
from experiments.exercise.debrief.page import page_of
from experiments.exercise.journal import resume
from experiments.exercise.scenario import Exercise, load_exercise
from experiments.store import files
from model.configuration import Configuration
from model.errors import ConfigurationError

PAGE, VALUES = "debrief.html", "debrief.json"
Writers = dict[str, Callable[[Any], str | bytes]]
LISTS: Writers = {".csv": exchange.csv_of, ".json": exchange.json_of}
JOURNALS: Writers = {".csv": exports.csv_of, ".md": exports.markdown_of}
"""What writes each kind of file, by its end."""


def read(name: str, injects: Path | None) -> tuple[Exercise, Configuration]:
    """An exercise by shipped name or path, with the injects of a list if there is one; raises `ConfigurationError`."""
    exercise, configuration = load_exercise(name)
    return exchange.with_injects(name, injects, exercise) if injects else (exercise, configuration)


def written(
    folder: Path,
    exercise: Exercise,
    configuration: Configuration,
    injects: Path | None = None,
    journal: Path | None = None,
    *,
    debrief: bool = False,
) -> Iterator[Path]:
    """Write what is asked for: a list of injects, the journal of the folder, the brief; gives each path once written.

    Raises `ConfigurationError` where a file's name has another end, or the folder holds no journal of this exercise.
    """
    for path, kinds, option in ((injects, LISTS, "--export-injects"), (journal, JOURNALS, "--export-journal")):
        if path and path.suffix.lower() not in kinds:
            problem, allowed = "is not a kind of file that this writes", " or ".join(kinds)
            raise ConfigurationError(problem, key=option, value=str(path), allowed=allowed)
    if injects:
        yield _put(injects, LISTS[injects.suffix.lower()](exercise))
    if not (journal or debrief):
        return
    opened = resume(folder, exercise, configuration)
    if journal:
        yield _put(journal, JOURNALS[journal.suffix.lower()](opened))
    if debrief:
        found = debriefed(opened.play)
        yield _put(files.own(folder, PAGE), page_of(found))
        yield _put(files.own(folder, VALUES), json.dumps(found, ensure_ascii=False, indent=1) + "\n")


def _put(path: Path, content: str | bytes) -> Path:
    files.write(path, content if isinstance(content, bytes) else content.encode())
    return path
