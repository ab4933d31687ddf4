"""Print how fast the page is, in a real browser: `PYTHONPATH=.:tests python tests/measure_page.py [MOVES]`.

It serves `baseline` with 200 replicates, opens the page in chromium, moves sliders, and prints medians of the time from
the move to the figures on the screen. Nothing else should run meanwhile. It is no test: a machine is as fast as it is.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page
from support.served import browser, small_room
from support.wire import wired

from experiments.running.runner import warm_up
from model.configuration import load_configuration

REPLICATES = 200
SESSIONS = 10
MOVED = """([path, value, n]) => new Promise((done) => {
    const began = performance.now();
    const slider = document.getElementById(path);
    const before = document.body.dataset.shown;
    const at = { first: null, all: null };
    const look = () => {
        if (document.body.dataset.shown === before) return;
        at.first ??= performance.now() - began;
        if (Number(document.body.dataset.n) < n) return;
        at.all ??= performance.now() - began;
        if (document.body.dataset.refined !== "true") return;
        watcher.disconnect();
        requestAnimationFrame(() => done([at.first, at.all, performance.now() - began]));
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document.body, { attributes: true });
    slider.value = String(value);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
})"""
"""Move a slider, and give the milliseconds until its first figures, those of all replicates, and refined."""
WHEN = ("first figures", f"all {REPLICATES} replicates", "intervals refined")


def moves(page: Page, path: str, count: int) -> list[list[float]]:
    """Seconds to each of `WHEN` of so many moves, each to a value that was not there before."""
    low, high = (float(page.get_attribute(f"[id='{path}']", end) or 0) for end in ("min", "max"))
    took = []
    for number in range(count):
        value = low + (high - low) * ((number * 0.618034) % 1)
        took.append([each / 1000 for each in page.evaluate(MOVED, [path, value, REPLICATES])])
    return [list(each) for each in zip(*took, strict=True)]


def told(what: str, seconds: list[float]) -> None:
    """Print a median with the range of the middle nine tenths, and n."""
    cuts = statistics.quantiles(seconds, n=20, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 19
    print(f"{what:<58} {statistics.median(seconds):6.2f} s  ({cuts[0]:.2f} to {cuts[-1]:.2f}, n = {len(seconds)})")


@contextmanager
def app(folder: str) -> Iterator[str]:
    """`deter app` as a process of its own, as a user has it; gives the address."""
    words = ["app", "--no-browser", "--port", "0", "--replicates", str(REPLICATES), "--results", folder]
    command = [sys.executable, "-m", "experiments.commands.main", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout
        try:
            yield next(found[0] for line in process.stdout if (found := re.search(r"http://[^/]*", line)))
        finally:
            process.terminate()


ENGINE = small_room(Path("nowhere"), REPLICATES).ensembles


def runs_alone(number: int) -> float:
    """Seconds that the runs of one more setting take on all processors, without a page."""
    shelf = small_room(Path("nowhere"), REPLICATES).shelf
    setting = shelf.setting({"doctrine": "clear_ladder", "values": {"doctrine.clarity": number / 7}})
    world, arm = ENGINE.world(setting), ENGINE.arm(setting)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        blocks = ENGINE.blocks(0, REPLICATES)
        if number == 0:
            list(pool.map(lambda block: ENGINE.books(world, arm, block), blocks))  # with their twins
            return runs_alone(6)
        began = time.perf_counter()
        list(pool.map(lambda block: ENGINE.books(world, arm, block), blocks))
        return time.perf_counter() - began


def one_session(address: str, number: int, took: list[list[float]]) -> None:
    """Ask for a setting of its own over the wire, and note the seconds to each of `WHEN`."""
    with wired(address) as wire:
        began = time.perf_counter()
        asked = wire.ask("explore", {"values": {"doctrine.clarity": (number + 0.5) / (SESSIONS + 1)}})
        seconds = []
        while not (message := wire.hear()).get("done"):
            assert message["id"] == asked, message
            seconds.append(time.perf_counter() - began)
        took.append(seconds)


def main(count: int) -> None:
    """Measure and print."""
    warm_up(load_configuration("baseline", "status_quo"))
    told(f"{REPLICATES} runs by themselves, twins there", [runs_alone(number) for number in range(5)])
    with tempfile.TemporaryDirectory() as folder, app(folder) as address:
        with browser() as chromium:
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            full = f"body[data-n='{REPLICATES}']"
            ready = []
            for _ in range(3):
                began = time.perf_counter()
                page.goto(address)
                page.wait_for_selector(full, state="attached", timeout=120_000)
                ready.append(time.perf_counter() - began)
                page.goto("about:blank")
            told("page ready, warm", ready[1:])
            page.goto(address)
            page.wait_for_selector(full, state="attached")
            for when, seconds in zip(WHEN, moves(page, "doctrine.clarity", count), strict=True):
                told(f"a doctrine's slider: {when}", seconds)
            path = "scenario.grievance.grievance_gain"
            page.fill("#search", path)
            page.keyboard.press("Enter")
            page.wait_for_selector(f"[id='{path}']")
            for when, seconds in zip(WHEN, moves(page, path, count), strict=True):
                told(f"a scenario's slider, new twins: {when}", seconds)
        took: list[list[float]] = []
        threads = [threading.Thread(target=one_session, args=(address, number, took)) for number in range(SESSIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for when, seconds in zip(WHEN, zip(*took, strict=True), strict=True):
            told(f"{SESSIONS} sessions at once, each: {when}", list(seconds))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
