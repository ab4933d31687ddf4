"""The journal: a kill at any moment loses at most the choice being typed, and the play comes back to the bit."""

import os
from pathlib import Path

import pytest

from experiments.exercise import journal
from experiments.exercise.choices import Entry, entry_of
from experiments.exercise.scenario import Exercise, load_exercise
from experiments.store import files
from model.configuration import Configuration
from model.errors import ConfigurationError

Loaded = tuple[Exercise, Configuration]


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_exercise("spilling_worm")


CHOICES = [
    {
        "role": "presidency",
        "choice": {"kind": "announce", "clarity": 0.7},
        "reason": "„nobody can say he did not know“",
    },
    {"role": "presidency", "choice": {"kind": "go_on"}},
    {"role": "facilitator", "choice": {"kind": "pause", "paused": True}},
]
ENTRIES = [entry_of(each) for each in CHOICES]


def kept(folder: Path, loaded: Loaded) -> list[Entry]:
    return journal.resume(folder, *loaded).entries


def test_what_was_chosen_is_there_again(tmp_path: Path, loaded: Loaded) -> None:
    first = journal.begin(tmp_path, *loaded)
    for entry in ENTRIES:
        first.do(entry)
    again = journal.resume(tmp_path, *loaded)
    assert again.entries == ENTRIES
    assert again.play.world.council.tobytes() == first.play.world.council.tobytes()
    assert again.play.paused


def test_a_journal_cut_off_anywhere_loses_what_was_being_written(tmp_path: Path, loaded: Loaded) -> None:
    first = journal.begin(tmp_path, *loaded)
    path = tmp_path / journal.NAME
    ends = [path.stat().st_size]
    for entry in ENTRIES:
        first.do(entry)
        ends.append(path.stat().st_size)
    whole = path.read_bytes()
    for cut in (ends[1] + 1, (ends[1] + ends[2]) // 2, ends[3] - 1):
        path.write_bytes(whole[:cut])
        entries = kept(tmp_path, loaded)
        assert entries == ENTRIES[: sum(end <= cut for end in ends) - 1]
        assert path.read_bytes() == whole[: ends[len(entries)]], "and the next choice stands in a line of its own"


def test_a_choice_that_cannot_be_written_was_not_made(
    tmp_path: Path, loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = journal.begin(tmp_path, *loaded)

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(files, "append", full)
    before = first.play.world.council.tobytes()
    with pytest.raises(OSError, match="space"):
        first.do(ENTRIES[1])
    assert first.play.round == 0
    assert first.play.world.council.tobytes() == before
    assert first.entries == []


def test_a_choice_that_is_refused_is_not_written(tmp_path: Path, loaded: Loaded) -> None:
    first = journal.begin(tmp_path, *loaded)
    size = (tmp_path / journal.NAME).stat().st_size
    with pytest.raises(ConfigurationError):
        first.do(entry_of({"role": "delegation", "choice": {"kind": "go_on"}}))
    assert (tmp_path / journal.NAME).stat().st_size == size


def test_a_folder_with_a_journal_is_not_begun_again(tmp_path: Path, loaded: Loaded) -> None:
    journal.begin(tmp_path, *loaded)
    with pytest.raises(ConfigurationError, match="--resume"):
        journal.begin(tmp_path, *loaded)


@pytest.mark.parametrize(("line", "told"), [(b"{}\n", "line 3"), (b"\xff\n", "line 3"), (b'{"role": "x"}\n', "line 3")])
def test_a_damaged_line_is_named(tmp_path: Path, loaded: Loaded, line: bytes, told: str) -> None:
    first = journal.begin(tmp_path, *loaded)
    first.do(ENTRIES[0])
    with (tmp_path / journal.NAME).open("ab") as file:
        file.write(line)
    with pytest.raises(ConfigurationError, match=told):
        journal.resume(tmp_path, *loaded)


def test_another_exercise_is_refused(tmp_path: Path, loaded: Loaded) -> None:
    journal.begin(tmp_path, *loaded)
    with pytest.raises(ConfigurationError, match="another exercise"):
        journal.resume(tmp_path, *load_exercise("hospitals"))
