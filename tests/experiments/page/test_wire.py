"""Many who explore at once, over the wire: each gets its own figures, and memory stays flat."""

import gc
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.served import SHORT_VALUES, served, small_room
from support.wire import wired

from experiments.page import ensembles
from model import build, ensemble

MOVES = 500
SESSIONS = 50
FLAT = 0.05
"""Share by which memory may grow."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(small_room(tmp_path_factory.mktemp("results"))) as address:
        yield address


def setting(number: int) -> dict[str, Any]:
    return {"values": {**SHORT_VALUES, "doctrine.clarity": round(0.05 + number / 11, 3)}}


def last(place: str, asked: dict[str, Any]) -> dict[str, Any]:
    with wired(place) as wire:
        found: dict[str, Any] = wire.answers("explore", asked)[-1]
        return found


def test_ten_at_once_each_get_the_figures_that_they_get_alone(place: str, tmp_path: Path) -> None:
    together: dict[int, Any] = {}

    def one(number: int) -> None:
        together[number] = last(place, setting(number))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    with served(small_room(tmp_path)) as elsewhere:
        for number in (0, 4, 9):
            assert together[number] == last(elsewhere, setting(number))
    # no two are alike, so a mixture would be seen
    rates = {each["rows"][0]["parts"]["all"]["yours"]["mean"] for each in together.values()}
    assert len(rates) == len(together) == 10


def test_two_lines_of_one_view_do_not_stop_each_other(place: str) -> None:
    with wired(place) as one, wired(place) as other:
        first, second = one.ask("explore", setting(1)), other.ask("explore", setting(2))
        assert one.until_done(first)[-1]["done"]
        assert other.until_done(second)[-1]["done"]


def memory() -> int:
    """Bytes of this process in memory; what numba and allocators hold back is asked for."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_stays_flat_over_moves_and_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the stores, which are bounded, are full."""
    for name, few in {"TWINS_KEPT": 6, "BLOCKS_KEPT": 20, "WORLDS_KEPT": 2, "MOST_TEMPLATES": 4}.items():
        monkeypatch.setattr(ensembles, name, few)
    monkeypatch.setattr(ensembles, "TEMPLATES", build.Templates(4))
    monkeypatch.setattr(ensemble, "TEMPLATES", ensembles.TEMPLATES)

    def moves(first: int, count: int) -> None:
        with wired(place) as wire:
            for number in range(first, first + count):
                values = {**SHORT_VALUES, "doctrine.clarity": (number % 997) / 997}
                if number % 10 == 0:  # and now and then another world, with twins of its own
                    values["scenario.time.burn_in"] = 20 + number % 30
                assert wire.until_done(wire.ask("explore", {"values": values}))[-1]["done"]

    with served(small_room(tmp_path)) as place:
        moves(0, 120)
        before = memory()
        moves(1_000, MOVES)
        assert memory() < (1 + FLAT) * before
        for number in range(SESSIONS):
            with wired(place) as wire:
                wire.answers("explore", setting(number % 10))
        assert memory() < (1 + FLAT) * before
        assert threading.active_count() < 20


@pytest.mark.slow
def test_a_hundred_thousand_moves_that_nobody_waits_for_end_in_the_last(place: str) -> None:
    with wired(place) as wire, wired(place) as other:
        for number in range(100_000):
            ident = wire.ask("explore", setting(number % 10))
            if number % 20_000 == 0:
                assert other.answers("command", setting(1))
        assert wire.until_done(ident)[-1]["done"]
