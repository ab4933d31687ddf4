"""A whole number may be written 26.0, wherever it is given, and is the same number; 26.5 is refused everywhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.mistakes import edited

from experiments.design.design import design_of
from experiments.design.experiment import load_experiment
from experiments.design.worlds import crossed, read_worlds
from experiments.terminal.options import assignments
from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError

PATH = "doctrine.campaign_interval"
HEAD = 'title = "Small"\nquestion = "What?"\nreplicates = 2\nseed = 3\n'


def in_a_file(number: str, folder: Path) -> Any:
    path = edited(folder, "doctrines", "status_quo", ("campaign_interval = 52", f"campaign_interval = {number}"))
    return load_configuration(doctrine=path).doctrine.campaign_interval


def in_a_setting(number: str, folder: Path) -> Any:
    return load_configuration().with_values(assignments([f"{PATH}={number}"])).doctrine.campaign_interval


def in_json(number: str, folder: Path) -> Any:
    tree = load_configuration().model_dump(mode="json")
    tree["doctrine"]["campaign_interval"] = float(number)
    try:
        return Configuration.model_validate(tree).doctrine.campaign_interval
    except ValueError as error:
        raise ConfigurationError("is not a whole number") from error


def in_levels(number: str, folder: Path) -> Any:
    return _first(f'[factors]\n"{PATH}" = [{number}, 52]', folder)


def in_a_range(number: str, folder: Path) -> Any:
    return _first(
        f'[factors]\n"{PATH}" = {{ low = {number}, high = 26.9 }}\n[design]\nkind = "latin"\nsize = 2', folder
    )


def in_a_point(number: str, folder: Path) -> Any:
    return _first(f'[design]\nkind = "list"\npoints = [{{ {PATH} = {number} }}, {{ {PATH} = 52 }}]', folder)


def _first(text: str, folder: Path) -> Any:
    (folder / "mine.toml").write_text(HEAD + text.replace("26.9", "27.0"), "utf-8")
    design = design_of(load_experiment(folder / "mine.toml"))
    assert [type(level) for level in design.factors[PATH]] == [int, int]
    assert design.frame[PATH].dtype == pl.Int64
    return min(design.frame[PATH].to_list())


def in_worlds(number: str, folder: Path) -> Any:
    (folder / "worlds.csv").write_text(f"scenario.time.weeks\n{number}\n52\n", "utf-8")
    frame = crossed(["none"], read_worlds(str(folder / "worlds.csv")), load_configuration())
    return frame["scenario.time.weeks"][0]


PLACES = [in_a_file, in_a_setting, in_json, in_levels, in_a_range, in_a_point, in_worlds]


@pytest.mark.parametrize("place", PLACES)
def test_a_whole_number_may_have_a_point(place: Callable[[str, Path], Any], tmp_path: Path) -> None:
    for text in ("26", "26.0", "2.6e1"):
        number = place(text, tmp_path)
        assert number == 26
        assert type(number) is int
    with pytest.raises(ConfigurationError, match=r"no(t a)? whole number"):
        place("26.5", tmp_path)


@pytest.mark.parametrize(
    "entry", ["replicates = 2.0", "seed = 3.0", '[design]\nkind = "latin"\nsize = 4.0\nseed = 5.0']
)
def test_numbers_of_an_experiment_too(entry: str, tmp_path: Path) -> None:
    factor = '"doctrine.clarity" = { low = 0.1, high = 0.9 }' if "latin" in entry else '"doctrine.clarity" = [0, 1]'
    hashes = []
    for text in (entry, entry.replace(".0", "")):
        key = text.partition(" ")[0]
        head = "\n".join(line for line in HEAD.splitlines() if not line.startswith(f"{key} "))
        (tmp_path / "mine.toml").write_text(f"{head}\n{text}\n[factors]\n{factor}\n", "utf-8")
        hashes.append(design_of(load_experiment(tmp_path / "mine.toml")).hash)
    assert hashes[0] == hashes[1]
