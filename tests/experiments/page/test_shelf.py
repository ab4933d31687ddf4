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
