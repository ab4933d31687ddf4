from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support.served import SHORT_VALUES, browser, served, small_room

from experiments import run_sweep
from experiments.design.design import single_point
from experiments.running.runner import warm_up
from experiments.running.single import run_single, save_run
from model.configuration import load_configuration

expect.set_options(timeout=30_000)  # a busy machine is no fault of the page


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page with few replicates and no results folders."""
    warm_up(load_configuration("baseline", "status_quo"))  # a page that waits for the compiler is no test of the page
    with served(small_room(tmp_path_factory.mktemp("results"))) as found:
        yield found


EXPERIMENT = """
title = "Clarity and <b>certainty</b>"
question = "What do they do?"
replicates = 4
seed = 3
[factors]
"doctrine.clarity" = [0.0, 0.5, 1.0]
"doctrine.attribution_confidence" = [0.6, 0.9]
"doctrine.firmness" = [0.5, 2.0]
"""
SAMPLE = """
title = "Uncertain worlds"
question = "Where does it fail?"
replicates = 2
seed = 3
[design]
kind = "latin"
size = 24
seed = 2
cross = ["doctrine"]
[factors]
doctrine = ["none", "status_quo"]
"scenario.belief.spillover" = { low = 0.1, high = 0.9 }
"""


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with results folders: a sweep, a sample, a single run and a broken one; not to be changed."""
    place = tmp_path_factory.mktemp("place")
    for name, text in (("sweep", EXPERIMENT), ("sample", SAMPLE)):
        (place / f"{name}.toml").write_text(text)
        run_sweep(place / f"{name}.toml", place / name, overrides=SHORT_VALUES, workers=1)
    configuration = load_configuration("baseline", "status_quo", SHORT_VALUES)
    design = single_point(configuration, 1, 0, "One run", "What happens in one world?")
    save_run(
        place / "single", design, run_single(configuration, 1, 0, "compiled", ledger=True), "compiled", ledger=True
    )
    (place / "broken").mkdir()
    (place / "broken" / "manifest.json").write_text("{")
    (place / "notes").mkdir()
    return place
