"""A comparison of doctrines as it is shown in a terminal: the finding first, then what it rests on.

No cell is broken and none is cut. Few doctrines are columns, where they fit; else they are rows, with fewer figures of
each, in as many tables one below the other as the screen is narrow.
"""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

from rich.styled import Styled
from rich.table import Table

from agents.catalogue import KINDS
from analysis.comparison import tables as words
from analysis.comparison.by_kind import SHOWN_BY_KIND, told_by_kind, units_of
from analysis.comparison.comparison import Comparison, differences, estimates
from analysis.comparison.findings import lead_findings
from analysis.comparison.regret import regret, satisficing
from analysis.comparison.superiority import superiority
from analysis.comparison.tables import UNCLEAR, Texts, heads_of, reference_first, slide_number
from analysis.labels import listed, shown
from analysis.results.conditions import target_label
from analysis.sentences import PLACEBO, decimals, fixed
from analysis.statistics.policy_units import LISTING
from experiments.terminal.screen import titled, visible, widest
from model.metrics.catalogue import A_YEAR, COMPARED, LEAD, METRICS
from model.metrics.columns import WORDS

LONGEST = 36
"""Characters of a title of a doctrine that stand on one line; the rest of a longer one is set in below it."""
TARGETS = "targets"
SHOWN_REGRET = ("deterrence_rate", "harm_averted", "eu_cost")
"""Metrics of which regret is shown; the table has all."""
MOST_DIGITS = 3
"""Decimals at most: an end that is nearly zero gets no more, for a table has room for so many."""
APART = 2
"""Characters between columns."""


def screen_tables(comparison: Comparison, width: int) -> Iterator[Any]:
    """The finding, differences, by kind, policy units, and the rest in short; of one run each why there is none."""
    if not comparison.has_worlds and comparison.cells.replicates < 2:
        yield f"{words.interval_note(comparison)} The result of one run may be chance. Use --replicates 100."
        return
    found = list(lead_findings(comparison))
    if found:
        n = f"95 % intervals; n = {found[0].n:,} {found[0].unit}"
        yield "".join(f"{finding.text}\n" for finding in found) + f"({n}.)\n"
    yield from _tables(difference_grid(comparison), width)
    yield f"{own_levels(comparison)} {words.screen_note(comparison)}\n".lstrip()
    yield from _tables(kind_grid(comparison), width)
    yield f"{words.KIND_NOTE}\n"
    units = unit_grid(comparison)
    yield from _tables(units, width)
    twin = "" if _as_columns(units, width) else twin_levels(comparison)  # columns have it
    yield f"{twin} {words.UNIT_NOTE}\n".lstrip()
    yield from _tables(rest_grid(comparison), width)
    case = "one set of random numbers, not one belief about the world"
    if comparison.results.worlds is not None:
        case = "one world with one set of random numbers"
    few = "" if comparison.has_worlds else f" One replicate is {case}."
    yield (
        f"{words.share_note(comparison)} A tie counts half.{few} Regret: the loss against the best doctrine (* the "
        f"least). Targets: {listed([target_label(target) for target in comparison.targets])}. "
        f"{words.target_note(comparison)}\n"
    )
    yield words.pareto_sentence(comparison)


class Line(NamedTuple):
    """A line of a grid: one thing that is said of each doctrine, by its name; undefined where it has no cell.

    Where doctrines are rows it is a column, headed by `head`; only `brief` lines are, for those are to fit.
    """

    label: str
    head: str
    cells: Mapping[str, str]
    section: str = ""
    brief: bool = True


class Grid(NamedTuple):
    """What is said of doctrines on a screen: `doctrines` are titles by name; `short` is the title of brief lines."""

    title: str
    doctrines: Mapping[str, str]
    lines: Sequence[Line]
    short: str


def difference_grid(comparison: Comparison, metrics: Sequence[str] = COMPARED) -> Grid:
    """Every doctrine less the reference; `~`: unclear. Where the twin answers placebos follow the rates with one."""
    cells: Texts = {}
    for row in differences(comparison, metrics).iter_rows(named=True):
        cells[row["doctrine"], row["metric"]] = _bracketed(row, signed=True)
        if row.get("placebo") is not None:
            swapped = {"metric": row["metric"], **{name: row[column] for name, column in PLACEBO.items()}}
            cells[row["doctrine"], _placebo(row["metric"])] = _bracketed(swapped, signed=True)
    heads = {key: head for name, head in heads_of(metrics).items() for key, head in _with_placebo(name, head)}
    lines = [_line(key, head, cells) for key, head in heads.items() if any(held == key for _, held in cells)]
    title = f"Differences from {comparison.title}"
    return Grid(title, _others(comparison), lines, title)


def _placebo(metric: str) -> str:
    return f"{metric}, placebo"


def _with_placebo(metric: str, head: str) -> tuple[tuple[str, str], ...]:
    return (metric, head), (_placebo(metric), f"{head.removesuffix(' %')}, placebo{' %' if head.endswith('%') else ''}")


def _line(key: str, head: str, cells: Texts, label: str = "", **more: Any) -> Line:
    return Line(label or head, head, {name: text for (name, held), text in cells.items() if held == key}, **more)


def own_levels(comparison: Comparison, metrics: Sequence[str] = COMPARED) -> str:
    """What the reference comes to by itself, in a sentence; empty without intervals."""
    found = estimates(comparison, metrics).filter(doctrine=comparison.doctrines[comparison.reference])
    heads = heads_of(metrics)
    texts = [
        f"{heads[row['metric']].removesuffix(' %')} {_bracketed(row)}{' %' * METRICS[row['metric']].is_share}"
        for row in found.drop_nulls("low").iter_rows(named=True)
    ]
    return f"{comparison.title} itself: {', '.join(texts)}." if texts else ""


def kind_grid(comparison: Comparison) -> Grid:
    """Every doctrine less the reference, against each kind of perpetrator; brief: the metric that leads."""
    heads, cells = heads_of(SHOWN_BY_KIND), {}
    for row in told_by_kind(comparison).iter_rows(named=True):
        cells[row["doctrine"], f"{row['metric']} {row['kind']}"] = _bracketed(row, signed=True)
    lines = [
        _line(f"{metric} {kind}", WORDS[kind], cells, section=heads[metric], brief=metric == LEAD)
        for metric in SHOWN_BY_KIND
        for kind in KINDS
    ]
    title = f"By kind of perpetrator, less {comparison.title}"
    return Grid(title, _others(comparison), lines, f"{title}: {heads[LEAD]}")


def unit_grid(comparison: Comparison) -> Grid:
    """Acts, severe acts and harm a year under each doctrine and in its twin; brief: what is averted, and listings."""
    cells: Texts = {}
    for row in units_of(comparison).iter_rows(named=True):
        for name in ("world", "twin", "averted", "share", "more"):
            scale, signed = (100.0 if name == "share" else 1.0), name == "more"
            ends = {end: row[f"{name}{suffix}"] for end, suffix in zip(ENDS, ("", "_low", "_high"), strict=True)}
            if ends["mean"] is not None:
                cells[row["doctrine"], f"{row['quantity']} {name}"] = bracketed(ends, scale, signed=signed)
    lines = []
    for quantity in A_YEAR:
        section = f"{quantity[0].upper()}{quantity[1:]} a year"
        for name, label in OF_QUANTITY.items():
            head = f"{quantity} averted"
            lines.append(_line(f"{quantity} {name}", head, cells, label, section=section, brief=name == "averted"))
    lines.append(_line(f"{LISTING} world", "years to listing", cells, "years", section="From act to listing"))
    title = "In policy units"
    return Grid(title, reference_first(comparison), lines, f"{title}: a year, and years from act to listing")


ENDS = ("mean", "low", "high")
OF_QUANTITY = {
    "twin": "in the twin",
    "world": "under the doctrine",
    "averted": "averted",
    "share": "% of the twin's",
    "more": "more than reference",
}
"""What is said of a quantity in policy units."""


def twin_levels(comparison: Comparison) -> str:
    """What there is in the twin in a year, in a sentence; empty without intervals, or where twins differ."""
    found = units_of(comparison).drop_nulls("twin_low")
    texts = []
    for quantity in A_YEAR:
        rows = found.filter(quantity=quantity).select("twin", "twin_low", "twin_high").unique()
        if rows.height == 1:
            texts.append(f"{bracketed(dict(zip(ENDS, rows.row(0), strict=True)))} {quantity}")
    return f"The twin: {listed(texts)} a year." if texts else ""


def rest_grid(comparison: Comparison) -> Grid:
    """What decides where doctrines trade off: how often each is ahead, regret (`*`: the least), targets met."""
    reference, cells = comparison.doctrines[comparison.reference], {}
    for row in superiority(comparison, [LEAD]).filter(other=reference).iter_rows(named=True):
        cells[row["doctrine"], "ahead"] = share_text(row)
    for row in regret(comparison, SHOWN_REGRET).iter_rows(named=True):
        if (text := _regret(row, worlds=comparison.has_worlds)) is not None:
            cells[row["doctrine"], row["metric"]] = text + "*" * row["least"]
    met = satisficing(comparison)
    for row in met.filter(target=met["target"][-1]).iter_rows(named=True):  # all of them, or the only one
        cells[row["doctrine"], TARGETS] = share_text(row)
    least = "largest regret" if comparison.has_worlds else "regret"
    heads = heads_of(SHOWN_REGRET)
    cases = f"{comparison.case_weights.size:,} {comparison.unit}"
    lines = [_line("ahead", "ahead of reference, %", cells, f"ahead by {METRICS[LEAD].short}, %")]
    for name in SHOWN_REGRET:
        lines.append(_line(name, f"regret: {heads[name]}", cells, f"{least}: {heads[name]}", brief=name == LEAD))
    lines.append(_line(TARGETS, "meets all targets, %", cells, "meets all targets, %"))
    title = f"How often ahead, regret, and targets met (per cent of {cases})"
    return Grid(title, reference_first(comparison), lines, title)


def _regret(row: Mapping[str, Any], *, worlds: bool) -> str | None:
    """The largest regret over worlds, or in one world the mean with its interval."""
    if row["largest"] is None or not (worlds or row["low"] is not None):
        return None
    return slide_number(shown(row["metric"]) * row["largest"]) if worlds else bracketed(row, shown(row["metric"]))


def _others(comparison: Comparison) -> dict[str, str]:
    """Doctrines but for the reference."""
    names = reference_first(comparison)
    return {name: title for name, title in names.items() if name != comparison.doctrines[comparison.reference]}


def _bracketed(row: Mapping[str, Any], *, signed: bool = False) -> str:
    """An estimate in the unit of the table, marked where it is unclear."""
    return bracketed(row, shown(row["metric"]), signed=signed) + UNCLEAR * (row.get("verdict") == "unclear")


def bracketed(row: Mapping[str, Any], scale: float = 1.0, *, signed: bool = False) -> str:
    """A number with both ends of its interval, as sentences have it: +0.9 [0.7, 1.2]; without an interval no number."""
    if row["mean"] is None or row["low"] is None or row["high"] is None:
        return "–"
    mean, low, high = (scale * row[name] for name in ENDS)
    if low == high:  # to what number of digits is up to the reader
        return f"{mean + 0.0:{'+' * (signed and mean > 0.0)}.3g} [{low + 0.0:.3g}, {high + 0.0:.3g}]".replace("-", "−")
    digits = min(decimals(low, high), MOST_DIGITS)
    plus = "+" if signed and round(mean, digits) > 0.0 else ""
    return f"{plus}{fixed(mean, digits)} [{fixed(low, digits)}, {fixed(high, digits)}]"


def share_text(row: Mapping[str, Any]) -> str:
    """A share in per cent with the ends of its interval: 95 [87, 98]."""
    mean, *ends = (None if row[name] is None else f"{100 * row[name]:.0f}" for name in ENDS)
    return "–" if mean is None else mean if None in ends else f"{mean} [{', '.join(map(str, ends))}]"


def _tables(grid: Grid, width: int) -> Iterator[Any]:
    """A grid for a screen of this width: doctrines as columns where they fit, else as rows."""
    if (table := _as_columns(grid, width)) is not None:
        yield Styled(visible(grid.title), "bold")
        yield table
        return
    yield Styled(visible(grid.short), "bold")
    for at, part in enumerate(_as_rows(grid, width)):
        if at:
            yield ""
        yield part


def _as_columns(grid: Grid, width: int) -> Table | None:
    """A table with a column for each doctrine; None where they do not fit."""
    columns = [[line.cells.get(name, "–") for line in grid.lines] for name in grid.doctrines]
    labels = [f"{'  ' * bool(line.section)}{visible(line.label)}" for line in grid.lines]
    heads = [_over(visible(title), cells) for title, cells in zip(grid.doctrines.values(), columns, strict=True)]
    widths = [widest([head, *cells]) for head, cells in zip(heads, columns, strict=True)]
    first = widest([*labels, *(visible(line.section) for line in grid.lines)])
    if first + sum(each + APART for each in widths) > width:
        return None
    table, section = _empty(["", *heads], [first, *widths]), ""
    for label, line, cells in zip(labels, grid.lines, zip(*columns, strict=True), strict=True):
        if line.section != section:
            section = line.section
            table.add_row(Styled(visible(section), "bold"))
        table.add_row(label, *cells)
    return table


def _as_rows(grid: Grid, width: int) -> Iterator[Table]:
    """Tables with a row for each doctrine, and as many of the brief lines beside one another as fit."""
    lines = [line for line in grid.lines if line.brief]
    names = [_set_in(visible(title)) for title in grid.doctrines.values()]
    columns = [[line.cells.get(name, "–") for name in grid.doctrines] for line in lines]
    heads = [_over(visible(line.head), cells) for line, cells in zip(lines, columns, strict=True)]
    widths = [widest([head, *cells]) for head, cells in zip(heads, columns, strict=True)]
    first, start = widest(names), 0
    while start < len(lines):
        stop = start + 1
        while stop < len(lines) and first + sum(each + APART for each in widths[start : stop + 1]) <= width:
            stop += 1
        table = _empty(["", *heads[start:stop]], [first, *widths[start:stop]])
        for at, name in enumerate(names):
            table.add_row(name, *(column[at] for column in columns[start:stop]))
        yield table
        start = stop


def _empty(heads: Sequence[str], widths: Sequence[int]) -> Table:
    """A table without rows, whose columns are so wide and whose heads end on one line."""
    lines = max(head.count("\n") for head in heads)
    table = titled("", (), padding=(0, 1, 0, 0), pad_edge=False)
    for place, (head, wide) in enumerate(zip(heads, widths, strict=True)):
        lowered = "\n" * (lines - head.count("\n")) + head
        table.add_column(lowered, justify="right" if place else "left", no_wrap=True, min_width=wide)
    return table


def _set_in(title: str) -> str:
    """A title on one line, or where it is long on several, the others set in so that they read as one."""
    return "\n".join(wrap(title, LONGEST, subsequent_indent="  "))


def _over(head: str, cells: Sequence[str]) -> str:
    """A head over lines that are no longer than the longest of these cells, or than its longest word."""
    room = max(widest(list(cells)), *map(len, head.split()), 1)
    return "\n".join(wrap(head, room, break_long_words=False, break_on_hyphens=False))
