"""The brief of a search: its winners on worlds that it had not seen, what was searched, limits, tables."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from analysis.labels import factor_label, level_text, level_texts, listed
from analysis.plotting import captions
from analysis.report.briefs import MOST_LEVELS, Brief, command_path, outline, span
from analysis.results.folder import Results
from analysis.results.tables import Table, estimate_text
from analysis.search.answer import Estimate, Found, Judged
from analysis.search.findings import amount, caveats, of_candidates, of_shipped
from analysis.search.growth import growth_sentence
from analysis.search.objectives import Aim
from analysis.search.tables import search_tables
from analysis.sentences import Finding, Row, difference, number, together

SEARCH_LIMITS = (
    "The search finds what the model rewards, its mistakes included. What a winner gains at no cost may have a price "
    "that the model does not know.",
    "A winner among many candidates was also lucky: quote its figures on fresh worlds, not those of the search.",
    "No doctrine on the front is the best: the choice among them is a choice among aims, which no search makes.",
    "Ranges are part of the question. Nothing beyond them was examined, nor any number of the doctrine that is not "
    "named above.",
)


def brief_of_search(results: Results, found: Found) -> Brief:
    """The brief of a search, without figures and tables; `results` are its fresh worlds, in a folder below its own."""
    folder = results.folder.parent
    searched = f"{len(found.tried):,} candidates in {found.worlds:,} worlds × {found.replicates:,} replicates"
    again = [
        ("deter search EXPERIMENT --out DIR", "searches again: EXPERIMENT is its file"),
        (f"deter reproduce {command_path(results.folder)}", "makes the runs on fresh worlds again"),
        (f"deter report {command_path(folder)}", "writes this page again"),
    ]
    for winner in found.winners[:1]:
        file = f"{command_path(folder / 'doctrines' / winner.name)}.toml"
        again.append((f"deter run --doctrine {file}", "a run under a winner"))
    return outline(results)._replace(
        setting=f"{searched}; judged again in {_fresh(found)}",
        runs=("Runs on fresh worlds", captions.size(results)),
        findings=list(_findings(found)),
        facts=list(_facts(found)),
        factors=list(_ranges(results, found)),
        limits=SEARCH_LIMITS,
        again=again,
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
    """Ranges that were searched and that worlds were drawn from; of an older answer, those of its candidates."""
    for path, text in found.ranges.items() or _seen(found).items():
        how = "searched" if path.startswith("doctrine.") else "drawn for each world"
        yield factor_label(path, results.configuration), f"{text}; {how}"


def _seen(found: Found) -> dict[str, str]:
    texts = {}
    for path in found.tried[0].values if found.tried else ():
        values = sorted({each.values[path] for each in found.tried}, key=lambda value: (str(type(value)), value))
        few = len(values) <= MOST_LEVELS and any(isinstance(value, (str, bool)) for value in values)
        texts[path] = ", ".join(level_texts(values)) if few else span(values)
    return texts


def _fresh(found: Found) -> str:
    return f"{found.fresh_worlds:,} fresh worlds × {found.fresh_replicates:,} replicates"


def _findings(found: Found) -> Iterator[Finding]:
    unit = _fresh(found).partition(" ")[2]
    for text in filter(None, (of_candidates(found), growth_sentence(found))):
        yield Finding("The search", text, found.worlds, "worlds of the search")
    for winner in found.winners:
        heading = f"Winner {_quoted(winner.name)} against {_quoted(found.reference)}"
        for text in _of_winner(found, winner):
            yield Finding(heading, text, found.fresh_worlds, unit)
    yield Finding("Shipped doctrines", of_shipped(found), found.fresh_worlds, unit)


def _quoted(name: str) -> str:
    return f"“{name.replace('_', ' ')}”"


def _of_winner(found: Found, winner: Judged) -> Iterator[str]:
    """Sentences on a winner: its numbers, its effect against the reference on fresh worlds, and what to doubt.

    Without an interval nothing is said but what it is.
    """
    numbers = {path: value for path, value in winner.values.items() if path != "doctrine"}
    beside = {path: [each.values.get(path) for each in found.judged] for path in numbers}
    parts = [
        f"{path.partition('.')[2]} {level_text(value, beside[path])}".replace("_", " ")
        for path, value in numbers.items()
    ]
    yield f"It is {_quoted(Path(str(winner.values.get('doctrine', ''))).stem)} with {listed(parts)}."
    subject = f"choosing {_quoted(winner.name)} over {_quoted(found.reference)}"
    rows = {one: _row(one, winner.gain[one.key], found) for one in found.aims}
    said = [together(subject, [row for one, row in rows.items() if not one.worst])]
    said += [difference(subject, row, "in the worst worlds") for one, row in rows.items() if one.worst]
    yield from filter(None, said)
    figures = [_then_and_now(found, winner, one) for one in found.aims if winner.fresh[one.key].low is not None]
    if figures:
        yield f"On fresh worlds it has {'; '.join(figures)}."
        yield from caveats(found, winner)


def _row(one: Aim, gain: Estimate, found: Found) -> Row:
    return {"metric": one.metric, "mean": gain.mean, "low": gain.low, "high": gain.high, "n": found.fresh_worlds}


def _then_and_now(found: Found, winner: Judged, one: Aim) -> str:
    """A figure on fresh worlds beside what the search had."""
    now = number(_row(one, winner.fresh[one.key], found), percent=True)
    was = winner.searched.get(one.key)
    return f"{one.words} {now}" + (f", where the search said {amount(one.metric, was)}" if was is not None else "")


def tables_of_search(results: Results, found: Found) -> dict[str, Table]:
    """The tables of the page: those that a search writes, and after the first of them its doctrines side by side."""
    note = (
        f"n = {_fresh(found)}, which all doctrines share; what winners depend on, n = {found.leaning_replicates:,} "
        "replicates. Intervals of 95 %, over worlds and replicates; differences are paired. "
        f"{results.manifest.stamp}."
    )
    kept = search_tables(found, note)
    title = f"Differences from {found.reference.replace('_', ' ')} on fresh worlds, with 95 % intervals"
    return {"search_winners": kept.pop("search_winners"), "side by side": Table(title, gains(found), note), **kept}


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
