"""What the brief of a sweep says, and that of a search: findings, what was compared, limits, how to get it again.

What it says of `deter why` stands in `analysis.report.why_brief`.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote
from typing import NamedTuple

import polars as pl

from analysis.comparison.comparison import DOCTRINE, named
from analysis.comparison.doctrines import doctrines_compared
from analysis.labels import factor_label, level_text, listed
from analysis.plotting import captions
from analysis.report.findings import findings
from analysis.results.folder import Results
from analysis.results.tables import Table, estimate_text
from analysis.search.answer import Estimate, Found, Judged
from analysis.search.findings import amount, caveats, of_candidates, of_shipped
from analysis.search.objectives import Aim
from analysis.search.tables import search_tables
from analysis.sentences import Finding, Row, difference, number, together

MOST_LEVELS = 12
"""Levels of a factor that are named one by one."""
SEARCH_LIMITS = (
    "The search finds what the model rewards, its mistakes included. What a winner gains at no cost may be what the "
    "model does not know the price of.",
    "A winner of many candidates was lucky as well: quote its figures on fresh worlds, not those of the search.",
    "No doctrine on the front is the best: which to take is a choice among aims, which no search makes.",
    "Ranges are part of the question. What lies beyond them was not looked at, and neither was any number of the "
    "doctrine that is not named above.",
)


class Brief(NamedTuple):
    """What differs between briefs."""

    title: str
    question: str
    setting: str
    runs: tuple[str, str]  # how many there are, and what they are called
    findings: list[Finding]
    facts: list[tuple[str, str]]  # what was done, before the factors
    factors: list[tuple[str, str]]
    limits: tuple[str, ...]
    again: list[tuple[str, str]]  # commands and what they do
    warnings: Sequence[str] = ()  # beside those that follow from the runs


def brief_of(results: Results) -> Brief:
    """The brief of a folder of runs."""
    where, manifest = place(results.folder), results.manifest
    again = [
        (f"deter reproduce {where}", "makes every run again and compares it bit by bit"),
        (f"deter report {where}", "writes this page again"),
    ]
    return Brief(
        manifest.title,
        manifest.question,
        captions.setting(results),
        ("Runs", captions.size(results)),
        findings(results),
        list(doctrines_compared(results)),
        list(factors(results)),
        (),
        again,
    )


def place(folder: Path) -> str:
    """A folder as commands take it: as it was given, for that is where the reader of the command line stands."""
    return quote(str(folder))


def factors(results: Results) -> Iterator[tuple[str, str]]:
    """Each factor with its levels or its range."""
    design = results.manifest.design
    for path, levels in results.manifest.factors.items():
        if path not in results.levelled and "seed" in design and all(isinstance(end, (int, float)) for end in levels):
            text = f"{level_text(levels[0])} to {level_text(levels[-1])}, drawn ({design['kind']})"
        elif len(levels) > MOST_LEVELS:
            text = f"{len(levels)} levels, {level_text(levels[0])} to {level_text(levels[-1])}"
        else:
            text = ", ".join(named(levels) if path == DOCTRINE else map(level_text, levels))
        label = factor_label(path, results.configuration)
        yield f"Twin: {label}" if path.startswith("reference.") else label, text


def brief_of_search(results: Results, found: Found) -> Brief:
    """The brief of a search; `results` are its fresh worlds, in a folder below its own."""
    name, fresh = place(results.folder.parent), place(results.folder)
    again = [
        ("deter search EXPERIMENT --out DIR", "searches again: EXPERIMENT is its file"),
        (f"deter reproduce {fresh}", "makes the runs on fresh worlds again"),
        (f"deter report {name}", "writes this page again"),
        *(
            (
                f"deter run --doctrine {place(results.folder.parent / 'doctrines' / winner.name)}.toml",
                "a run under a winner",
            )
            for winner in found.winners[:1]
        ),
    ]
    searched = f"{len(found.tried):,} candidates in {found.worlds:,} worlds × {found.replicates:,} replicates"
    setting = f"{searched}; judged again in {_fresh(found)}"
    return Brief(
        results.manifest.title,
        results.manifest.question,
        setting,
        ("Runs on fresh worlds", captions.size(results)),
        list(_findings(found)),
        list(_facts(found)),
        list(_ranges(results, found)),
        SEARCH_LIMITS,
        again,
    )


def _facts(found: Found) -> Iterator[tuple[str, str]]:
    generations = max((each.generation for each in found.tried), default=-1) + 1
    yield "Search", f"{len(found.tried):,} candidates in {generations:,} generations (NSGA-II), each in the same worlds"
    yield "Objectives", listed([_objective(found, one) for one in found.aims])
    yield "Worlds", f"{found.worlds:,} drawn for the search, {found.replicates:,} replicates of each"
    beside = sum(each.kind == "shipped" for each in found.judged)
    yield (
        "Fresh worlds",
        f"{found.fresh_worlds:,} drawn anew, {found.fresh_replicates:,} replicates of each, under a seed that the "
        f"search had not seen: for {len(found.judged) - beside:,} of the front, winners among them, and {beside:,} "
        "shipped doctrines",
    )
    yield "Reference", f"{found.reference}: winners are compared with it in the same worlds, on the same random numbers"


def _objective(found: Found, one: Aim) -> str:
    more = "higher" if one.sense == "max" else "lower"
    worst = f" (the {100 * (found.worst if one.sense == 'max' else 1 - found.worst):.0f} % quantile)"
    return f"{more} {one.words}{worst if one.worst else ''}"


def _ranges(results: Results, found: Found) -> Iterator[tuple[str, str]]:
    """What was searched, from what worlds were drawn; of an older answer, what its candidates went over."""
    for path, text in found.ranges.items() or _seen(found).items():
        how = "searched" if path.startswith("doctrine.") else "drawn for each world"
        yield factor_label(path, results.configuration), f"{text}; {how}"


def _seen(found: Found) -> dict[str, str]:
    texts = {}
    for path in found.tried[0].values if found.tried else ():
        values = sorted({each.values[path] for each in found.tried}, key=lambda value: (str(type(value)), value))
        few = len(values) <= MOST_LEVELS and any(isinstance(value, (str, bool)) for value in values)
        texts[path] = (
            ", ".join(map(level_text, values)) if few else f"{level_text(values[0])} to {level_text(values[-1])}"
        )
    return texts


def _fresh(found: Found) -> str:
    return f"{found.fresh_worlds:,} fresh worlds × {found.fresh_replicates:,} replicates"


def _findings(found: Found) -> Iterator[Finding]:
    unit = _fresh(found).partition(" ")[2]
    yield Finding("The search", of_candidates(found), found.worlds, "worlds of the search")
    for winner in found.winners:
        heading = f"Winner “{words(winner.name)}” against “{words(found.reference)}”"
        for text in _of_winner(found, winner):
            yield Finding(heading, text, found.fresh_worlds, unit)
    yield Finding("Shipped doctrines", of_shipped(found), found.fresh_worlds, unit)


def words(name: str) -> str:
    """A name within a sentence."""
    return name.replace("_", " ")


def _of_winner(found: Found, winner: Judged) -> Iterator[str]:
    """What it is, what choosing it over the reference does on fresh worlds, and what there is to doubt.

    Without an interval nothing is said but what it is.
    """
    yield _numbers(winner)
    subject = f"choosing “{words(winner.name)}” over “{words(found.reference)}”"
    rows = {one: _row(one, winner.gain[one.key], found) for one in found.aims}
    said = [together(subject, [row for one, row in rows.items() if not one.worst])]
    said += [difference(subject, row, "in the worst worlds") for one, row in rows.items() if one.worst]
    yield from (text for text in said if text)
    figures = [_then_and_now(found, winner, one) for one in found.aims if winner.fresh[one.key].low is not None]
    if figures:
        yield f"On fresh worlds it has {'; '.join(figures)}."
        yield from caveats(found, winner)


def _numbers(winner: Judged) -> str:
    """The numbers that were searched."""
    base = Path(str(winner.values.get("doctrine", ""))).stem
    parts = [
        f"{words(path.partition('.')[2])} {words(level_text(value))}"
        for path, value in winner.values.items()
        if path != "doctrine"
    ]
    return f"It is “{words(base)}” with {listed(parts)}."


def _row(one: Aim, gain: Estimate, found: Found) -> Row:
    return {"metric": one.metric, "mean": gain.mean, "low": gain.low, "high": gain.high, "n": found.fresh_worlds}


def _then_and_now(found: Found, winner: Judged, one: Aim) -> str:
    """A figure on fresh worlds beside what the search had."""
    now = number(_row(one, winner.fresh[one.key], found), percent=True)
    return f"{one.words} {now}, where the search said {amount(one.metric, winner.searched[one.key])}"


def tables_of_search(results: Results, found: Found) -> dict[str, Table]:
    """The tables of the page: those that a search writes, and before them its doctrines side by side."""
    note = f"{brief_note(found)} {results.manifest.stamp}."
    kept = {name: table._replace(note=note) for name, table in search_tables(found, results).items()}
    title = f"Differences from {words(found.reference)} on fresh worlds, with 95 % intervals"
    return {"search_winners": kept.pop("search_winners"), "side by side": Table(title, gains(found), note), **kept}


def brief_note(found: Found) -> str:
    """Over what, below the tables of the page."""
    return (
        f"n = {_fresh(found)}, which all doctrines share; what winners lean on, n = {found.leaning_replicates:,} "
        "replicates. Intervals of 95 %, over worlds and replicates; differences are paired."
    )


def gains(found: Found) -> pl.DataFrame:
    """A row for each doctrine, winners first, and a column for each objective, as text."""
    rows = [
        {"doctrine": each.name, "kind": each.kind}
        | {one.text: estimate_text(*each.gain[one.key]) for one in found.aims}
        | {"beaten by none": each.front}
        for each in found.ordered
        if each.name != found.reference
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
