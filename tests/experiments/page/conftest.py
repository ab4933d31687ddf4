from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from support.page import browser, served, small_room

from experiments.running.runner import warm_up
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
