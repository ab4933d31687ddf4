"""Tables of runs, of sweeps and of listings, as they are shown in a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.padding import Padding
from rich.styled import Styled
from rich.table import Table

from analysis.effects.findings import both_worlds
from analysis.effects.levels import compared_factors, delays_said
from analysis.effects.tables import own_tables
from analysis.labels import INVENTED, factor_title, is_share, level_texts, listed, number_of, percent
from analysis.plotting.captions import MOST_NAMED, names
from analysis.results.folder import Results
from analysis.results.tables import estimate_text, interval_text
from analysis.statistics.intervals import caution
from experiments.design.design import Design
from experiments.listing.tables import Listing
from experiments.running.single import columns_of
from experiments.terminal.screen import narrowed, titled, widest
from model.ensemble import OneRun
from model.metrics.catalogue import AGAINST_TWIN, EFFECTS, HEADLINE, METRICS, figure
from model.metrics.columns import DELAYS
from model.metrics.placebos import PLACEBOS, placebo_of


def sweep_tables(results: Results, width: int) -> Iterator[Any]:
    """The headline metrics overall and at each level of each factor, with 95 % intervals, and what they mean.

    Tables are for a screen of this width. Where not all metrics fit, `EFFECTS` remain.
    """
    found = results.estimate((), HEADLINE)
    if found["n"].max() == 1:
        yield "\nNo estimates are shown, because an interval needs at least two replicates. The runs are saved.\n"
        return
    overall: list[Sequence[str]] = [("all points", *_cells(found))]
    if results.twin_answers:
        overall.append(("placebo", *_placebos(results)))
    by_factor = {factor: _levels(results, factor) for factor in results.levelled}
    fit = all(_room_left(HEADLINE, rows, width) >= 0 for rows in (overall, *by_factor.values()))
    metrics = HEADLINE if fit else EFFECTS
    yield _table(results.manifest.title, metrics, overall, width)
    for factor, rows in by_factor.items():
        yield _table(factor_title(factor), metrics, rows, width)
        if said := delays_said(results, [factor]):
            yield f"{said}\n"
    for factor in () if results.unreached else compared_factors(results):
        if text := both_worlds(results, factor):
            yield f"\n{text}"
    yield (
        f"\nPer cent, ± half of a 95 % interval over {number_of('replicate', results.manifest.replicates)} "
        "(with its ends in brackets if it is asymmetric), "
        f"{number_of('run', results.counts[0])} in all. "
        f"{'Deterred, dampened' if fit else 'Deterred'}: share of the acts that the twin would carry out, "
        f"the same world {TWIN_ANSWERS if results.twin_answers else 'without toolbox.'} "
        f"{'Escalated, provoked' if fit else 'Escalated'}: share of opportunities. "
        f"Averted: share of the twin's {AVERTED}. {'' if fit else LEFT_OUT}"
        "Levels of a factor are averaged over those of the other factors. "
        f"{caution(results.manifest.replicates)}\n"
        f"{_sampled(results)}"
    )


def own_rows(results: Results) -> Iterator[Any]:
    """Metrics of the user's own, overall and at each level of each factor, with differences; nothing without them."""
    for table in own_tables(results).values():
        yield ""
        figures = {"justify": "right", "vertical": "bottom"}
        for (metric,), rows in table.frame.group_by("metric", maintain_order=True):
            texts = list(map(_own_cells, rows.to_dicts()))
            heads = ("", "estimate", "difference", "n")
            yield titled(str(metric), heads, texts, first={"overflow": "fold"}, others=figures, padding=(0, 1, 0, 0))
        yield (
            "\nOwn metrics: means over runs, ± half of a 95 % interval (with its ends in brackets if it is "
            "asymmetric). Differences are from the first level, or from the reference, on the same random numbers.\n"
        )


def _own_cells(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """A row of a table of own metrics: the level, its estimate, its difference, and n."""
    what = f"{factor_title(row['factor'])} {row['level']}" if row["level"] else row["factor"]
    apart = [row[name] for name in ("difference", "difference_low", "difference_high")]
    told = "" if apart[0] is None else estimate_text(*apart)
    return what, estimate_text(row["mean"], row["low"], row["high"]), told, f"{row['n']:,}"


AVERTED = listed([METRICS[name].unit.rpartition("'s ")[2] for name in HEADLINE if METRICS[name].complement])
TWIN_ANSWERS = (
    "under its own doctrine. Placebo: a rate that counts only increases, with the world and its twin swapped. Two "
    "worlds that both respond drift apart by chance."
)


REST = listed([METRICS[name].short for name in HEADLINE if name not in EFFECTS])
LEFT_OUT = f"On a wider screen, and in summary.csv: {REST}. "


def _levels(results: Results, factor: str) -> list[Sequence[str]]:
    """A row for each level of a factor: its name, and a cell for each headline metric."""
    levels = results.estimate([factor], HEADLINE)
    different = levels[factor].unique(maintain_order=True).to_list()
    texts = zip(level_texts(different), different, strict=True)
    return [(text, *_cells(levels.filter(levels[factor] == level))) for text, level in texts]


def _placebos(results: Results) -> Iterator[str]:
    """Placebos of the headline metrics that have one."""
    return (
        next(_cells(results.estimate((), [placebo_of(name)]))) if placebo_of(name) in PLACEBOS else ""
        for name in HEADLINE
    )


def _sampled(results: Results) -> str:
    """A sentence on the factors that have no table, for their values are drawn; empty where there are none."""
    rest = [factor for factor in results.manifest.factors if factor not in results.levelled]
    if not rest:
        return ""
    some = names(rest) if len(rest) <= MOST_NAMED else f"{len(rest)} factors"
    return (
        f"Drawn, without tables of their own: {some}. The intervals hold "
        "for these points and do not include the chance of other draws.\n"
    )


MOST_FIRST = 16
"""Characters of the names of rows that are not broken."""


APART = 2
"""Characters between columns."""


def _columns(metrics: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> tuple[int, list[list[str]]]:
    """Width of the names of rows, and a column for each metric, its head first, as narrow as a screen asks for."""
    names, *columns = map(list, zip(*rows, strict=True))
    first, held = min(widest(names), MOST_FIRST), dict(zip(HEADLINE, columns, strict=True))
    heads = {name: METRICS[name].short.replace(" ", "\n") for name in metrics}
    return first, narrowed([[heads[name], *held[name]] for name in metrics], width - first, APART)


def _room_left(metrics: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> int:
    """Characters of a screen that a table leaves free; below zero: it does not fit."""
    first, columns = _columns(metrics, rows, width)
    return width - first - sum(widest(column) + APART for column in columns)


def _table(title: str, metrics: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Table:
    """A table with a column for each metric; the cells of rows are those of all headline metrics."""
    figures = {"justify": "right", "no_wrap": True, "vertical": "top"}  # estimates stand beside the name of their row
    first, columns = _columns(metrics, rows, width)
    cells = zip([row[0] for row in rows], *(column[1:] for column in columns), strict=True)
    style = {"min_width": first, "overflow": "fold"}
    heads = ["", *(column[0] for column in columns)]
    return titled(title, heads, cells, first=style, others=figures, padding=(0, 1, 0, 0))


def _cells(estimates: Any) -> Iterator[str]:
    for row in estimates.iter_rows(named=True):
        if row["low"] is None:  # no interval, no number
            yield "–"
        else:
            mean, low, high = (100 * row[name] for name in ("mean", "low", "high"))
            digits = 0 if high - low >= 20.0 else 2 if 0.0 < high - low < 0.1 else 1
            yield interval_text(mean, low, high, digits)


WIDE_SCREEN = 120
"""Characters from which a screen has room for columns of prose."""


def listing_shown(listing: Listing, width: int) -> Iterator[Any]:
    """A listing as it is shown on a screen of this width: title, text, table."""
    yield Styled(listing.title, "bold")
    if listing.text:
        yield f"{listing.text}\n"
    if width < WIDE_SCREEN and any(listing.columns):
        yield from _narrow(listing)
        return
    table = Table(box=SIMPLE_HEAD if any(listing.columns) else None, show_header=any(listing.columns), show_edge=False)
    for place, column in enumerate(listing.columns):
        table.add_column(column, overflow="fold", no_wrap=place < len(listing.columns) - listing.prose, vertical="top")
    for row in listing.rows:
        table.add_row(*row)
    yield table


def _narrow(listing: Listing) -> Iterator[Any]:
    """A listing for a screen without room for columns of prose, which stand below each row."""
    short = len(listing.columns) - listing.prose
    rows = [listing.columns, *listing.rows]
    widths = [max(len(row[place]) for row in rows) for place in range(short)]
    for place, row in enumerate(rows):
        style = "" if place else "bold"
        cells = "  ".join(cell.ljust(width) for cell, width in zip(row[:short], widths, strict=True))
        yield Styled(cells.rstrip(), style)
        prose = [cell for cell in row[short:] if cell]
        if prose:
            yield Padding(Styled(" · ".join(prose), style), (0, 0, 0, 4))


BESIDE_TWIN = (
    ("acts", "acts a year"),
    ("severe_acts", "severe acts a year"),
    ("mean_severity", "mean severity of acts, 0 to 1"),
    ("upward_escalation", "acts more severe than the last on the same victim"),
    ("detection_rate", "acts detected"),
    ("attribution_rate", "cases attributed"),
    ("wrong_attribution", "attributions that were wrong"),
    ("response_rate", "cases answered, including reactions"),
    ("response_given_attribution", "attributed cases answered"),
    ("wrongful_responses", "wrongful responses a year"),
    ("attribution_delay", "weeks from detection to attribution, median"),
    ("response_delay", "weeks from act to response, median"),
    ("votes_failed", "votes failed"),
    ("credibility", "credibility of the EU, 0 to 1"),
    ("grievance", "grievance of perpetrators"),
    ("eu_cost", "political cost to the EU a year"),
)


IN_PHASES = (
    ("time_in_phases", "weeks in a phase of the doctrine"),
    ("doctrine_changes", "changes of doctrine a year"),
)


def run_shown(design: Design, one: OneRun) -> Iterator[Any]:
    """A run on the screen: first that it is invented, then its table."""
    yield f"{INVENTED}\n"
    yield run_table(design, one)


def run_table(design: Design, one: OneRun) -> Table:
    """The figures of a run beside those of its twin; `design` is that of the one run."""
    world, twin = columns_of(one), columns_of(one.twin) if one.twin else None
    time, swapped = design.base.scenario.time, design.base.reference.doctrine.answers
    first = time.start + timedelta(weeks=time.burn_in)
    last = first + timedelta(weeks=time.weeks) - timedelta(days=1)
    table = titled(
        f"{design.title}\n{first} to {last}, seed {design.seed}, replicate {design.first_replicate}",
        ("expected at each opportunity, against the twin", "world", "swapped" if swapped else "twin"),
        [(_against(name), _cell(name, world), _placebo_cell(name, world) if swapped else "") for name in AGAINST_TWIN],
        others={"justify": "right"},
        caption=(
            "One run is a story, not an estimate; `deter sweep` gives intervals. The twin is the "
            "same world with the same chance events and the reference doctrine, by default no toolbox. The upper part "
            "compares what was likely at each opportunity in the two worlds, without the chance in the lower part."
            f"{SWAPPED_SAID if swapped else ''}"
        ),
        caption_justify="left",
    )
    table.add_section()
    table.add_row("what happened in this run", "", "twin" if swapped else "", style="bold")
    for name, label in BESIDE_TWIN:
        table.add_row(label, _cell(name, world), _cell(name, twin) if twin else "")
    if design.base.doctrine.phases or design.base.reference.doctrine.phases:
        for name, label in IN_PHASES:
            table.add_row(label, _cell(name, world), _cell(name, twin) if twin else "")
    return table


SWAPPED_SAID = (
    " Swapped: the placebo, the same figure with world and twin swapped. Two worlds that both respond drift apart by "
    "chance, so a figure no higher than its placebo may be chance."
)


def _against(name: str) -> str:
    """A metric against the twin: harm averted, of the twin's harm."""
    return f"{METRICS[name].short}, {METRICS[name].unit.removeprefix('share ')}"


def _placebo_cell(name: str, columns: Mapping[str, np.ndarray[Any, Any]]) -> str:
    return _cell(placebo_of(name), columns) if placebo_of(name) in PLACEBOS else ""


def _cell(name: str, columns: Mapping[str, np.ndarray[Any, Any]]) -> str:
    found = figure(name, columns)
    if found is None:
        return "–"
    if name in DELAYS:
        return f"{found:.0f}"
    return percent(found) if is_share(name) else f"{found:.2f}"
