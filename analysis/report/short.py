"""What a short brief says: the bottom line, three findings and what limits each, one table, the strongest objection.

Of a comparison the bottom line is the doctrine that averts most harm, told against the reference; of a sweep it is the
factor that moves harm most. Of other folders it is what their findings say first.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import polars as pl

from analysis.calibration.informed import uninformed
from analysis.comparison.comparison import Comparison, comparison_of, differences, is_comparison, named
from analysis.comparison.findings import BESIDE
from analysis.comparison.tables import slide
from analysis.decomposition.findings import shares_out
from analysis.discovery.answer import has_box
from analysis.effects.findings import main_effects
from analysis.labels import factor_words, listed, metric_unit, number_of, shown, title
from analysis.report.briefs import Brief
from analysis.report.limits import GENERAL, LIMITS, Limit, beside, limits_of
from analysis.report.shown import as_shown, spoken
from analysis.report.uninformed import TURNS, UNINFORMED, moved, over_uninformed
from analysis.results.folder import Results
from analysis.results.tables import Table, estimate_text
from analysis.search.answer import read_found
from analysis.sensitivity.findings import is_structured
from analysis.sentences import Finding, difference, has_interval, is_told, number, together
from model.metrics.catalogue import EFFECTS, LEAD, METRICS

MOST = 3
"""Findings, and caveats, of a short brief."""
MOST_ROWS = 11
"""Rows of the one table."""
LEADING = {"metric": LEAD, "way": "shapley", "game": "toolbox"}
"""Rows that a table is cut to, where it has them: by column."""
SAME = ("doctrine", "reference", "game", "way", "metric", "unit", "interval")
"""Columns that a table goes without where they say the same in every row."""
PRICES = ("eu_cost", "escalation_rate", "wrongful_responses")
"""Metrics by which a choice is paid for."""
NOTHING = "These runs support no finding that can be said in a sentence."
UNTOLD = ("The effect of ", "It is unclear ", "No ", "Among ")
"""How sentences begin that claim nothing."""
Row = dict[str, Any]


class Chosen(NamedTuple):
    """What was chosen of all that a folder says: a bottom line, findings, factors they are about, a table."""

    bottom: str
    findings: Sequence[Finding]
    factors: Collection[str] = ()  # that findings are about without saying so
    table: Table | None = None
    about: str = ""  # the effect of which it is asked over what it turns


class Short(NamedTuple):
    """What a short brief says, each finding with the caveat beside it."""

    bottom: str
    findings: Sequence[tuple[Finding | None, str]]
    table: Table | None
    objection: str
    answer: str


def short_of(brief: Brief) -> Short:
    """What the short brief of a folder says."""
    results = brief.results
    chosen = _chosen(brief)
    findings: list[Finding | None] = list(chosen.findings[:MOST])
    groups = [[one.text] for one in findings if one]
    objection = _objection(results, chosen, groups)
    limits = iter(beside(groups, 9))
    caveats: list[Limit] = []
    spare = [*limits_of(chain(*groups)), *GENERAL, *LIMITS]
    for _ in range(MOST):
        # the first that limits a finding limits it most; where nothing is left, what limits any finding
        own = [*next(limits, []), *spare]
        caveats.append(next(one for one in own if one not in caveats and one.objection != objection[0]))
    findings += [None] * (MOST - len(findings))
    return Short(
        chosen.bottom, list(zip(findings, [one.caveat for one in caveats], strict=True)), chosen.table, *objection
    )


def called_by(results: Results) -> dict[str, str]:
    """Titles of the doctrines compared, by the names that tables have; none of a search, of candidates."""
    titles = {} if read_found(results) else results.manifest.doctrine_titles
    return dict(zip(named(list(titles)), titles.values(), strict=True))


def bottom_line(brief: Brief) -> str:
    """The bottom line of a folder in a sentence or two."""
    return _chosen(brief).bottom


def _objection(results: Results, chosen: Chosen, groups: Sequence[Sequence[str]]) -> tuple[str, str]:
    """The strongest objection to the findings, as an opponent would put it, and our answer.

    First comes a number that no data inform over which a finding turns; then what limits the factors that it is about,
    its metrics, and any finding.
    """
    if turned := next(_turns(results, chosen.about), None):
        return turned
    limit = [*limits_of(chain(*groups[:1]), chosen.factors), *limits_of(chain(*groups)), *GENERAL][0]
    return limit.objection, limit.answer


def _turns(results: Results, effect: str) -> Iterator[tuple[str, str]]:
    """Numbers that no data inform over which an effect turns its sign, the one first that moves it most."""
    parameters = uninformed(results) if effect else []
    if not parameters:
        return
    found = over_uninformed(results, parameters)
    for metric in (LEAD, *EFFECTS):
        for low, high in moved(found, effect, metric):
            if low["sign"] == TURNS:
                what = factor_words(low["parameter"])
                yield (
                    f"Your result is your assumption on {what}. Assume otherwise, and it reverses.",
                    f"It does: {title(metric)} changes by {number(low)} where {what} is in the lowest third of the "
                    f"worlds and by {number(high)} where it is in the highest (n = {min(low['n'], high['n'])} each). "
                    "No data "
                    f"inform {what}; a reader with a view on it should read the figure for that view.",
                )


def _chosen(brief: Brief) -> Chosen:
    results = brief.results
    found = None
    if _is_plain(brief):
        found = _of_comparison(brief) if is_comparison(results) else _of_sweep(brief)
    return found or _of_any(brief)


def _is_plain(brief: Brief) -> bool:
    """Whether a folder is of doctrines or factors compared, and of nothing that has an answer of its own."""
    results = brief.results
    answered = shares_out(results) or is_structured(results) or has_box(results) or "search_winners" in brief.tables
    return results.manifest.kind == "sweep" and not answered and not results.unreached


def _of_any(brief: Brief) -> Chosen:
    """The first findings that claim something, one under each heading before a second."""
    told = [one for one in brief.findings if not one.text.startswith(UNTOLD)]
    others = [one for one in brief.findings if one not in told]
    if not brief.findings:
        return Chosen(NOTHING, (), table=_small(brief))
    first, *rest = [*_varied(told), *_varied(others)]
    bottom = f"{first.text.removesuffix('.')} (n = {first.n:,} {first.unit})."
    return Chosen(bottom, rest if len(rest) >= MOST else [first, *rest], table=_small(brief))


def _varied(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with one under each heading before a second."""
    seen: dict[str, int] = {}
    ranked = []
    for one in findings:
        seen[one.heading] = seen.get(one.heading, 0) + 1
        ranked.append((seen[one.heading], one))
    return [one for _, one in sorted(ranked, key=lambda pair: pair[0])]


def _small(brief: Brief) -> Table | None:
    """The first table, of what leads alone and without columns that say the same in every row, cut to a few rows."""
    called = called_by(brief.results)
    for name, table in brief.tables.items():
        frame = as_shown(name, table, called).frame
        for column, lead in LEADING.items():
            if column in frame.columns and lead in frame[column]:
                frame = frame.filter(pl.col(column) == lead)
        same = [name for name in SAME if name in frame.columns and frame[name].n_unique() == 1]
        said = f": {title(LEAD)}, {frame['unit'][0]}" if {"metric", "unit"} <= set(same) else ""
        return Table(f"{table.title}{said}", frame.drop(same).head(MOST_ROWS), spoken(table.note, called))
    return None


def _of_comparison(brief: Brief) -> Chosen | None:
    """The doctrine that averts most harm against the reference, its price, and what that depends on."""
    results = brief.results
    compared = comparison_of(results)
    titles = dict(zip(compared.doctrines, results.manifest.doctrine_titles.values(), strict=True))
    reference = compared.doctrines[compared.reference]
    table = differences(compared, BESIDE)
    lead = table.filter(metric=LEAD).drop_nulls(["mean", "low"]).sort("mean", descending=METRICS[LEAD].better > 0)
    if lead.is_empty():
        return None
    best: Row = lead.row(0, named=True)
    rows = {row["metric"]: row for row in table.filter(doctrine=best["doctrine"]).iter_rows(named=True)}
    name, other = titles[best["doctrine"]], titles[reference]
    choosing = f"choosing “{name}” over “{other}”"
    gains = [rows[metric] for metric in EFFECTS if metric not in PRICES]
    costs = [rows[metric] for metric in PRICES if metric in rows]
    unit, n = compared.cells.unit, best["n"]
    found = [
        Finding("What it does", text, n, unit)
        for text in (together(choosing, gains), together(choosing, costs))
        if text
    ]
    depends = [one for one in brief.findings if one.heading.startswith(UNINFORMED) and choosing in one.text]
    rest = [*depends[:1], *_others(table, best["doctrine"], titles, other, unit)]
    return Chosen(
        _bottom(compared, best, rows, titles),
        [*found, *rest],
        _differing(results, best["doctrine"], reference),
        _slide(compared, titles),
        choosing,
    )


def _bottom(compared: Comparison, best: Row, rows: dict[str, Row], titles: dict[str, str]) -> str:
    """Which doctrine averts most harm, by how much more than the reference, and at what price."""
    name, other = titles[best["doctrine"]], titles[compared.doctrines[compared.reference]]
    amount = f"{number(best)} (n = {best['n']:,} {compared.cells.unit})"
    if not is_told(best):
        return (
            f"No doctrine clearly averts more harm than “{other}”. “{name}” comes nearest, with {amount}, which "
            "is unclear."
        )
    if best["mean"] < 0.0:
        return f"“{other}” averts most harm. “{name}” comes nearest, with {amount}."
    price = rows.get("eu_cost")
    cost = (
        f", and {METRICS['eu_cost'].wording.rises.format(number(price))}"
        if price and is_told(price) and price["mean"] > 0.0 and METRICS["eu_cost"].wording
        else ""
    )
    at = compared.doctrines.index(best["doctrine"])
    level = compared.level()
    tied = [
        f"“{titles[each]}”"
        for place, each in enumerate(compared.doctrines)
        if place not in (at, compared.reference)
        and not compared.told(LEAD, (compared.alone[at] - compared.alone[place])[None, :], 0, level)
    ]
    alike = listed(tied) if len(tied) < 3 else f"{len(tied)} others"
    also = f" Its lead over {alike} is unclear." if tied else ""
    most = "averts most harm of those compared" if len(compared.doctrines) > 2 else f"averts more harm than “{other}”"
    more = (
        f"{number(best)} more of the twin's harm than “{other}”"
        if len(compared.doctrines) > 2
        else f"by {number(best)}"
    )
    return f"“{name}” {most}: {more}{cost} (n = {best['n']:,} {compared.cells.unit}).{also}"


def _others(table: pl.DataFrame, best: str, titles: dict[str, str], other: str, unit: str) -> Iterator[Finding]:
    """What choosing another doctrine over the reference does, those first that come next."""
    own = table.filter(pl.col("doctrine") != best, metric=LEAD).drop_nulls("mean").sort("mean", descending=True)
    for name in own["doctrine"]:
        rows = [row for row in table.filter(doctrine=name).iter_rows(named=True) if row["metric"] in EFFECTS]
        if text := together(f"choosing “{titles[name]}” over “{other}”", rows):
            yield Finding("Another choice", text, rows[0]["n"], unit)


def _differing(results: Results, one: str, other: str) -> list[str]:
    """The choices in which one doctrine differs from another, by path."""
    contents = results.manifest.contents.get("doctrine", {})
    levels = dict(zip(named(list(results.manifest.doctrine_titles)), results.manifest.doctrine_titles, strict=True))
    ours, theirs = (contents.get(levels[name], {}) for name in (one, other))
    return [f"doctrine.{key}" for key, value in ours.items() if key in theirs and theirs[key] != value]


def _slide(compared: Comparison, titles: dict[str, str]) -> Table:
    """The reference itself, then each other doctrine less the reference."""
    frame = slide(compared)
    frame = frame.with_columns(pl.col("doctrine").replace(titles))
    reference = titles[compared.doctrines[compared.reference]]
    note = (
        f"First row: “{reference}” itself. Below: differences from it, in points where the head says %, with 95 % "
        "intervals. ~: unclear where all statements are to hold jointly."
    )
    return Table(f"All doctrines against “{reference}”", frame, note)


def _of_sweep(brief: Brief) -> Chosen | None:
    """The factors that move harm averted most, one at a time."""
    results = brief.results
    effects = [
        (subject, {row["metric"]: row for row in rows if has_interval(row)}) for subject, rows in main_effects(results)
    ]
    effects = [(subject, rows) for subject, rows in effects if LEAD in rows]
    if not effects:
        return None
    effects.sort(key=lambda one: (is_told(one[1][LEAD]), abs(one[1][LEAD]["mean"])), reverse=True)
    subject, rows = effects[0]
    unit = "replicates"
    if is_told(rows[LEAD]):
        said = difference(subject, rows[LEAD]) or ""
        tried = number_of("factor", len(effects))
        most = f" It moves harm averted most of the {tried} tried." if len(effects) > 1 else ""
        bottom = f"{said.removesuffix('.')} (n = {rows[LEAD]['n']:,} {unit}).{most}"
    else:
        bottom = f"No factor of the {len(effects)} tried clearly moves harm averted (n = {rows[LEAD]['n']:,} {unit})."
    found = [
        Finding("Main effects", text, own[LEAD]["n"])
        for about, own in effects
        if (text := together(about, list(own.values())))
    ]
    rest = [one for one in _varied(brief.findings) if one.heading != "Main effects" and not one.text.startswith(UNTOLD)]
    return Chosen(bottom, [*found, *rest], table=_effects_table(effects), about=subject)


def _effects_table(effects: Sequence[tuple[str, dict[str, Row]]]) -> Table:
    """A row for each factor, a column for each headline metric."""
    columns = {
        f"{METRICS[name].short} ({'points' if METRICS[name].is_share else metric_unit(name)})": [
            _cell(own.get(name)) for _, own in effects[:MOST_ROWS]
        ]
        for name in EFFECTS
    }
    frame = pl.DataFrame(
        {
            "going from one end to the other": [
                f"{subject[0].upper()}{subject[1:]}" for subject, _ in effects[:MOST_ROWS]
            ],
            **columns,
        }
    )
    note = "Differences between the ends of each factor, averaged over the others, with 95 % intervals. ~: unclear."
    return Table("What each factor does", frame, note)


def _cell(row: Row | None) -> str:
    if row is None:
        return "–"
    text = estimate_text(*(shown(row["metric"]) * row[end] for end in ("mean", "low", "high")))
    return text if is_told(row) else f"{text}~"
