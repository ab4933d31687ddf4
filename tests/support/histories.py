"""Histories made by hand, and a record to hold them against."""

from datetime import date

import numpy as np

from analysis.history.outcomes import BY_WEEK, Histories

START = date(2015, 1, 5)
WEEKS = 730


def made(runs: int = 2, **events: list[tuple[int, date, float]]) -> Histories:
    """Runs in which nothing happened but these events: by name, run, day and how many."""
    weeks = {name: np.zeros((runs, WEEKS), np.float32) for name in BY_WEEK}
    for name, some in events.items():
        for run, day, number in some:
            weeks[name][run, (day - START).days // 7] += number
    return Histories(START, weeks, 1, 7)
