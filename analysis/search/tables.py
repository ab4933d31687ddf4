"""Tables of a search for doctrines: doctrines on fresh worlds, what winners are and lean on, and the trials."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from analysis.labels import level_text, level_texts
from analysis.results.tables import Table
from analysis.search.answer import ALL_AT_ONCE, Estimate, Found
from analysis.search.growth import growth

ASSUMPTIONS = {"": "the scenario as it is", ALL_AT_ONCE: "all uncertain parameters"}
"""Assumptions that are no path of a parameter, in tables."""


def search_tables(found: Found, note: str) -> dict[str, Table]:
    """The tables of a search by name, all with this note; growth only where it can be told."""
    tables = {
        "search_winners": ("The winners: the numbers that were searched", _winners(found)),
        "search_front": ("Doctrines on fresh worlds, with differences from the reference", _judged(found)),
        "search_leaning": ("What the advantage of winners depends on", _leanings(found)),
        "search_parameters": ("What each parameter of a winner adds, and at what cost", _shares(found)),
        "search_growth": ("How the front grew", _growth(found)),
        "search_trials": ("Candidates of the search", _trials(found)),
    }
    if not tables["search_growth"][1]:
        del tables["search_growth"]
    return {name: Table(title, _frame(rows), note) for name, (title, rows) in tables.items()}


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col(pl.Float64).fill_nan(None))


LEVELS = ("value", "reference")
"""Entries that are levels, beside one another."""


def _columns(entries: Mapping[str, Any], estimate: str) -> dict[str, Any]:
    """Entries as columns: levels as text, and estimates with their ends, of which one goes without its name."""
    row: dict[str, Any] = {}
    levels = [entries.get(name) for name in LEVELS]
    for name, value in entries.items():
        if isinstance(value, Estimate):
            prefix = "" if name == estimate else f"{name}_"
            row |= {f"{prefix}{part}": number for part, number in value._asdict().items()}
        else:
            row[name] = level_text(value, levels) if name in LEVELS and value is not None else value
    return row


def _growth(found: Found) -> list[dict[str, Any]]:
    """One row for each generation; none where growth is unknown."""
    if (grown := growth(found)) is None:
        return []
    names = "generation", "trials", "front", "hypervolume", "added"
    volume = grown.volume[grown.ends]
    columns = [grown.generation[end] for end in grown.ends], [end + 1 for end in grown.ends], grown.front
    rows = zip(*columns, volume.tolist(), np.diff(volume, prepend=0.0).tolist(), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _trials(found: Found) -> list[dict[str, Any]]:
    """One row for each trial of the search."""
    return [
        {"trial": at, "generation": each.generation, "front": each.front, **_named(each.values), **each.figures}
        for at, each in enumerate(found.tried)
    ]


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    return {path.partition(".")[2] or path: value for path, value in values.items() if path != "doctrine"}


def _judged(found: Found) -> list[dict[str, Any]]:
    """One row for each doctrine on fresh worlds and objective, as found and as it is."""
    rows = []
    for each in found.ordered:
        head = {"doctrine": each.name, "kind": each.kind, "front": each.front}
        for one in found.aims:
            figures = {"searched": each.searched.get(one.key), "fresh": each.fresh[one.key], "gain": each.gain[one.key]}
            rows.append({**head, "objective": one.text, **_columns(figures, "fresh")})
    return rows


def _leanings(found: Found) -> list[dict[str, Any]]:
    """One row for each winner and assumption."""
    names = [ASSUMPTIONS.get(each.assumption, each.assumption) for each in found.leanings]
    rows = ({**dict(each), "verdict": each.verdict} for each in found.leanings)
    return [_columns({**row, "assumption": name}, "gain") for row, name in zip(rows, names, strict=True)]


def _shares(found: Found) -> list[dict[str, Any]]:
    """One row for each winner and parameter in which it differs from the reference."""
    return [_columns({**dict(each), "free": each.free}, "gain") for each in found.shares]


def _winners(found: Found) -> list[dict[str, Any]]:
    """One row for each searched parameter: its range, and its value in the reference and in each winner."""
    columns = [*(each for each in found.judged if each.name == found.reference), *found.winners]
    return [
        {"parameter": path, "searched": found.ranges.get(path)}
        | dict(zip((each.name for each in columns), level_texts(each.values[path] for each in columns), strict=True))
        for path in (found.tried[0].values if found.tried else ())
        if path != "doctrine"
    ]
