from pathlib import Path

import pytest

from experiments.page.shelf import Shelf, shelf_of
from model.errors import ConfigurationError


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return shelf_of(tmp_path, scenarios=[], doctrines=[], worlds=[])


@pytest.mark.parametrize("path", ["scenario", "doctrine", "reference", "reference.doctrine"])
def test_no_value_names_a_file(shelf: Shelf, path: str, tmp_path: Path) -> None:
    file = tmp_path / "secret.toml"
    file.write_text('title = "secret"')
    with pytest.raises(ConfigurationError, match="is not a single value"):
        shelf.setting({"values": {path: str(file)}})


def test_no_worlds_take_the_name_of_others_and_worlds_that_are_none_are_told(tmp_path: Path) -> None:
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
    mine, theirs, posterior, empty = (
        tmp_path / name for name in ("one/mine.csv", "other/mine.csv", "posterior.csv", "empty.csv")
    )
    for file in (mine, theirs, posterior):
        file.write_bytes(b"scenario.grievance.grievance_gain\n0.5\n4.0\n")
    empty.write_bytes(b"")
    assert list(shelf_of(tmp_path, scenarios=[], doctrines=[], worlds=[str(mine)]).worlds)[-1] == "mine"
    for files in ([mine, theirs], [posterior], [empty]):
        with pytest.raises(ConfigurationError, match=files[-1].name):
            shelf_of(tmp_path, scenarios=[], doctrines=[], worlds=list(map(str, files)))
