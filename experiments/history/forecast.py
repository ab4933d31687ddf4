"""Makes the forecast to the end of the runs, and writes it into the folder of the record: `make forecast`."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from agents.foundation.compiled import source_hash
from analysis.history.outcomes import SCORED, Histories
from analysis.history.record import FOLDER, Span, read_record
from analysis.history.scores import of_draws
from experiments.history.runs import DOCTRINE, POSTERIOR, SCENARIO, UNTIL, histories, worlds_of
from experiments.store.files import sha256_of, write

RUNS, SEED = 2000, 7
FILE = FOLDER / f"forecast_{UNTIL.year}.toml"
DIGITS = 16
"""Digits of a hash that are written."""


def ends_of_quarters(begin: date, last: date) -> Iterator[date]:
    """The last day of each quarter of a year from a day on, until another, included."""
    for month in range(3 * ((begin.month - 1) // 3) + 4, 12 * (last.year - begin.year) + 14, 3):
        day = date(begin.year + (month - 1) // 12, (month - 1) % 12 + 1, 1) - timedelta(1)
        if day <= last:
            yield day


def forecast_text(found: Histories, begin: date, made: date, posterior: str) -> str:
    """The file of a forecast: counts from a day on, added up to the end of each quarter."""
    head = {
        "title": f"Forecast to the end of {found.last.year}, made in {made.year}",
        "posterior": posterior,
        "model": source_hash()[:DIGITS],
        "scenario": SCENARIO,
        "doctrine": DOCTRINE,
        "seed": found.seed,
    }
    lines = [
        "# Written by `make forecast`. `runs`: in how many runs there are 0, 1, 2 … events from `begin` until a day.",
        "# `deter validate` scores it against events.toml once these days are over.",
        "",
        *(f"{key} = {json.dumps(value)}" for key, value in head.items()),
        f"made = {made}",
        f"begin = {begin}",
        "",
        "[sources]",
        f'default = "computed: {found.runs} runs over {found.worlds} worlds of the posterior"',
    ]
    for what in SCORED:
        for until in ends_of_quarters(begin, found.last):
            draws = found.counts(what, Span(begin, until))
            middle = of_draws(draws)
            lines += [
                "",
                "[[counts]]",
                f'what = "{what}"',
                f"until = {until}",
                f"runs = {np.bincount(draws).tolist()}",
                f"# median {middle.median:g}, 90 %: {middle.low_90:g} to {middle.high_90:g}",
            ]
    return "\n".join(lines) + "\n"


def make_forecast(posterior: Path = POSTERIOR, file: Path = FILE, made: date | None = None, runs: int = RUNS) -> None:
    """Run the histories, and write what they show of the days after the record."""
    found = histories(worlds_of(posterior), runs, SEED)
    begin = read_record().known_until + timedelta(1)
    text = forecast_text(found, begin, made or date.today(), sha256_of(posterior)[:DIGITS])
    write(file, text.encode())


if __name__ == "__main__":
    make_forecast()
