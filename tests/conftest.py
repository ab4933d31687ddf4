"""What several test files share."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from support.nursery import Nursery, seconds
from support.paths import FROM_CHECKOUT
from support.worlds import History, begun, random_configuration, short

from agents.world import World
from model.configuration import Configuration
from model.ensemble import run_one

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# How long an example takes on a busy machine says nothing about whether it is right.
settings.register_profile("deter", deadline=None)
settings.load_profile("deter")


# What is imported and collected stays: the collector of garbage need not look through it again and again.
gc.disable()


def pytest_collection_finish() -> None:
    """Collect garbage from now on, of what the tests make."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="module", autouse=True)
def laid_out(request: pytest.FixtureRequest) -> Iterator[None]:
    """Figures that commands write are laid out and not drawn, which takes twice as long; `drawn` marks the others.

    Their SVG has its size and nothing in it. Slides are drawn as ever, and so is what is not written by a command.
    """
    if request.node.get_closest_marker("drawn"):
        yield
        return
    from analysis.plotting import files, style

    rendered = files.rendered

    def settled(figure: "Figure", kinds: Iterable[str] = files.KINDS, *, slide: bool = False) -> dict[str, bytes]:
        if slide:
            return rendered(figure, kinds, slide=slide)
        with style.house():
            files.settle(figure)
        width, height = 72.0 * figure.get_size_inches()
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.6g}pt" height="{height:.6g}pt"></svg>'
        return dict.fromkeys(kinds, svg.encode())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "rendered", settled)
        yield


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where commands that are to be killed are begun."""
    nursery = Nursery(seconds())
    yield nursery
    nursery.close()


@pytest.fixture(scope="session")
def histories() -> list[History]:
    """Ledgers of runs from all over the space of parameters."""
    configurations = [random_configuration(number, burn_in=0, tempo=2.0) for number in range(24)]
    return [History(each, run_one(each, 7, place, ledger=True)) for place, each in enumerate(configurations)]


@pytest.fixture(scope="session")
def illustrative() -> Configuration:
    """Two years of the illustrative scenario after one of burn-in, under the status quo."""
    return short()


@pytest.fixture
def world(illustrative: Configuration) -> World:
    """A world of one's own, in which nothing has happened yet."""
    return begun(illustrative)


@pytest.fixture(scope="session")
def plain_python() -> Callable[[str], str]:
    """Run a script with the rules as plain Python, and give what it prints."""

    def execute(script: str) -> str:
        environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", **FROM_CHECKOUT}
        command = [sys.executable, "-c", script]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return execute


@pytest.fixture
def no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake must be found before anything is simulated."""

    def started(*_: object, **__: object) -> None:
        raise AssertionError("a simulation was started")

    for name in ("running.single.run_single", "running.sweep.warm_up", "running.sweep.run_tasks"):
        monkeypatch.setattr(f"experiments.{name}", started)
