"""Measured figures: their file, with which a later run compares, and their table."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.table import Table

from experiments.store.files import write
from model.errors import ConfigurationError


class Figure(NamedTuple):
    """A measured figure: median and quartiles over rounds."""

    unit: str
    value: float
    low: float
    high: float
    rounds: int


def measured(unit: str, values: Any) -> Figure:
    """A figure from the values of its rounds."""
    low, middle, high = (float(quantile) for quantile in np.quantile(np.asarray(values, float), [0.25, 0.5, 0.75]))
    return Figure(unit, middle, low, high, len(values))


def measurements(heading: str, unit: str, rounds: Mapping[str, Any]) -> dict[str, Figure]:
    """Figures under a heading of the table, from the values of their rounds by label."""
    return {f"{heading}: {label}": measured(unit, values) for label, values in rounds.items()}


class Record(NamedTuple):
    """Figures of a run, with its time, the hash of its source and its machine."""

    when: str
    source: str
    machine: dict[str, Any]
    figures: dict[str, Figure]


PHASE = "phase"
"""Heading of the figures that add up to a run; each has its share of it."""


def save(file: Path, record: Record) -> None:
    """Write the figures, for the next run to compare with."""
    content = {**record._asdict(), "figures": {name: each._asdict() for name, each in record.figures.items()}}
    write(file, json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n")


def load(file: Path) -> Record | None:
    """The figures of the last run, if there are any."""
    try:
        content = json.loads(file.read_text("utf-8"))
        content["figures"] = {name: Figure(**each) for name, each in content["figures"].items()}
        return Record(**content)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        problem = "holds no figures of `deter bench`; remove it, or give another file with --out"
        raise ConfigurationError(problem, file=str(file)) from None


def bench_table(found: Mapping[str, Figure], before: Record | None) -> Table:
    """Figures of a benchmark, beside those of an earlier one."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, caption_justify="left")
    table.add_column("")  # gives way where the figures need the room
    for name in ("median", "quartiles") + (("before", "ratio") if before else ()):
        table.add_column(name, justify="right", no_wrap=True)
    whole = sum(each.value for name, each in found.items() if name.startswith(f"{PHASE}: "))
    group = ""
    for name, each in found.items():
        heading, _, label = name.rpartition(": ")
        if heading != group:
            group = heading
            table.add_row()
            table.add_row(f"{heading}, {each.unit}")
        spread = f"{_figure(each.low)} – {_figure(each.high)}" if each.rounds > 1 else ""
        share = f" ({each.value / whole:.0%})" if heading == PHASE and whole else ""
        old = before.figures.get(name) if before else None
        compared = [_figure(old.value), f"{each.value / old.value:.2f}" if old.value else "–"] if old else []
        table.add_row(Padding(label, (0, 0, 0, 2)), _figure(each.value) + share, spread, *compared)
    if before:
        table.caption = f"Before: {before.when}, source {before.source}."
    return table


def _figure(number: float) -> str:
    if number >= 1e6:
        return f"{number / 1e6:.2f} M"
    return f"{number:,.0f}" if number >= 1000 else f"{number:.3g}"
