"""Findings: which sentences a folder of results supports, under which headings.

First what answers the question of the folder: the rule of a discovery, the indices of a sensitivity analysis, the
shares of mechanisms and features. Then what is said of any sweep.

What each doctrine, or the whole sweep, does against its twin; what choosing one doctrine over another does; what going
from one end of a factor to the other does, where between the ends more is gained or lost than at either, and where that
depends on another factor.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any

import polars as pl

from analysis.comparison.comparison import Comparison, comparison_of, differences, estimates, is_comparison
from analysis.comparison.superiority import superiority
from analysis.decomposition.findings import reasons, shares_out
from analysis.discovery.answer import read_answer
from analysis.discovery.findings import sentences
from analysis.effects.factorial import ends, is_scale
from analysis.labels import factor_title, level_text
from analysis.results.folder import Results
from analysis.sensitivity.findings import importance, is_structured
from analysis.sentences import Finding, Row, against_twin, by_level, in_worlds, is_told, together, turned
from analysis.statistics.contrasts import contrast, contrast_table, influence, paired
from model.metrics import EFFECTS

BESIDE = (*EFFECTS, "eu_cost", "wrongful_responses")
"""Metrics by which doctrines are compared: also what they cost, and whom they wrong."""
DEPENDING = ("harm_averted", "severe_averted")
"""Metrics for which it is asked whether the effect of one factor depends on another."""
MOST_FACTORS = 6
"""Factors of which findings speak: the first of the experiment that have several levels."""


def findings(results: Results) -> list[Finding]:
    """All findings of a folder; none where it has no intervals, none on levels while points have no run yet."""
    if results.manifest.kind == "run":
        return []
    if is_structured(results):
        return list(importance(results))
    if results.unreached:
        return [*_overall(results), *_doctrines(results)] if not shares_out(results) else []
    answers = [*_discovered(results), *reasons(results)]
    if shares_out(results):
        return answers
    return [
        *answers,
        *_overall(results),
        *_doctrines(results),
        *_effects(results),
        *_turns(results),
        *_interactions(results),
    ]


def _discovered(results: Results) -> Iterator[Finding]:
    """What `deter discover` has found last: the rule and how sure it is, or that there is none."""
    answer = read_answer(results)
    if answer is not None:
        for text in sentences(answer):
            yield Finding("Where it happens (scenario discovery)", text, answer.worlds, "worlds")


def _overall(results: Results) -> Iterator[Finding]:
    """What the toolbox does against its twin, over all points or doctrine by doctrine."""
    unit = comparison_of(results).cells.unit if is_comparison(results) else "replicates"
    for subject, row in _against_twin(results):
        text = against_twin(subject, row)
        if text:
            yield Finding("Against the twin", text, row["n"], unit)


def _against_twin(results: Results) -> Iterator[tuple[str, dict[str, Any]]]:
    """Estimates of headline metrics, each with the doctrine that it is of."""
    if is_comparison(results):
        comparison = comparison_of(results)
        titles = dict(zip(comparison.doctrines, doctrine_titles(results).values(), strict=True))
        for row in estimates(comparison, EFFECTS).iter_rows(named=True):
            yield f"“{titles[row['doctrine']]}”", row
        return
    for row in results.estimate((), EFFECTS).iter_rows(named=True):
        yield _subject(results), row


def _subject(results: Results) -> str:
    varied = any(path.partition(".")[0] == "doctrine" for path in results.manifest.factors)
    name = "the toolbox" if varied else f"“{results.configuration.doctrine.title}”"
    points = results.manifest.points
    if results.unreached:
        return f"{name}, averaged over the {points - results.unreached:,} of {points:,} points that have runs so far,"
    return f"{name}, averaged over all points," if points > 1 else name


def doctrine_titles(results: Results) -> dict[Any, str]:
    """Titles of the doctrines that are levels of a factor, by level; the level itself where no title is kept."""
    levels = results.manifest.factors.get("doctrine", [])
    contents = results.manifest.contents.get("doctrine", {})
    return {level: str(contents.get(level, {}).get("title", level)) for level in levels}


def _doctrines(results: Results) -> Iterator[Finding]:
    """What choosing each doctrine over the reference does, and in how many worlds it does better."""
    if not is_comparison(results):
        return
    comparison = comparison_of(results)
    titles = dict(zip(comparison.doctrines, doctrine_titles(results).values(), strict=True))
    reference = titles[comparison.doctrines[comparison.reference]]
    for (name,), table in differences(comparison, BESIDE).group_by("doctrine", maintain_order=True):
        text = together(f"choosing “{titles[str(name)]}” over “{reference}”", table.to_dicts())
        if text:
            n: Any = table["n"].min()
            yield Finding(f"Against “{reference}”", text, n, comparison.cells.unit)
    if comparison.has_worlds:
        yield from _superiority(comparison, titles)


def _superiority(comparison: Comparison, titles: dict[str, str]) -> Iterator[Finding]:
    reference = comparison.doctrines[comparison.reference]
    for row in superiority(comparison, ["harm_averted"]).filter(other=reference).iter_rows(named=True):
        text = in_worlds(f"“{titles[row['doctrine']]}” averts more harm than “{titles[reference]}”", row)
        if text:
            yield Finding("World by world", text, row["n"], comparison.unit)


def _effects(results: Results) -> Iterator[Finding]:
    """What going from one end of a factor to the other does, averaged over the others, which are alike at both."""
    for factor in compared_factors(results):
        low, *_, high = ends(results, factor)
        yield from _said("Main effects", moving(factor, low, high), results, factor, (low, high), EFFECTS)


def _said(
    heading: str, subject: str, results: Results, factor: str, levels: tuple[Any, Any], metrics: Sequence[str]
) -> Iterator[Finding]:
    weights = all_else_alike(results.design, {factor: levels})
    if weights is None:
        return
    table = _paired(results, [factor], {factor: levels[0]}, metrics, weights)
    rows = table.filter(table[factor] == levels[1]).to_dicts()
    text = together(subject, rows)
    if text:
        yield Finding(heading, text, min(row["n"] for row in rows))


def _turns(results: Results) -> Iterator[Finding]:
    """Where a metric is higher, or lower, between the ends of a factor than at both: the ends alone would hide it."""
    found, tried = [], 0
    for factor in compared_factors(results):
        low, *between, high = levels = ends(results, factor)
        weights = all_else_alike(results.design, {factor: levels}) if between and is_scale(levels) else None
        if weights is None:
            continue
        tried += len(between) * len(EFFECTS)
        rising, falling = (_paired(results, [factor], {factor: end}, EFFECTS, weights) for end in (low, high))
        for metric in EFFECTS:
            up, down = ({row[factor]: row for row in one.filter(metric=metric).to_dicts()} for one in (rising, falling))
            turns = [level for level in between if level in up and level in down and _beyond(up[level], down[level])]
            if turns:
                most = max(turns, key=lambda level: min(abs(up[level]["mean"]), abs(down[level]["mean"])))
                steps = [(up[most], low, most), (turned(down[most]), most, high)]
                text = by_level(
                    f"raising {factor_title(factor).lower()}",
                    [(f"from {level_text(start)} to {level_text(stop)}", row) for row, start, stop in steps],
                )
                found.append((str(text), min(up[most]["n"], down[most]["n"])))
    heading = f"Between the ends (of {tried} levels tried, the most telling; each at 95 %)"
    yield from (Finding(heading, text, n) for text, n in found)


def _beyond(one: Row, other: Row) -> bool:
    """Whether two differences are told, to the same side."""
    return is_told(one) and is_told(other) and (one["mean"] > 0.0) == (other["mean"] > 0.0)


def _interactions(results: Results) -> Iterator[Finding]:
    """Where the effect of one factor depends on another: what it is at each end of the other."""
    pairs = list(combinations(compared_factors(results), 2))
    heading = f"Where one depends on another ({len(pairs) * len(DEPENDING)} tried, each at 95 %)"
    for metric in DEPENDING:
        for factor, other in pairs:
            low, *_, high = ends(results, factor)
            few, *_, many = ends(results, other)
            weights = all_else_alike(results.design, {factor: (low, high), other: (few, many)})
            if weights is None or not _depends(results, metric, (factor, other), ((low, high), (few, many)), weights):
                continue
            table = _paired(results, [factor, other], {factor: low}, [metric], weights)
            rows = {row[other]: row for row in table.filter(table[factor] == high).iter_rows(named=True)}
            circumstances = [(at(other, level), rows[level]) for level in (few, many) if level in rows]
            text = by_level(moving(factor, low, high), circumstances)
            if text:
                yield Finding(heading, text, min(row["n"] for _, row in circumstances))


def all_else_alike(design: pl.DataFrame, ends: Mapping[str, Sequence[Any]]) -> list[float] | None:
    """Weights of points: 1 where all that these factors leave is met with at every combination of their ends, else 0.

    Only of such points is a difference that of the factors: elsewhere something else differs with them. None: there is
    no such point.
    """
    cells = pl.DataFrame(list(product(*ends.values())), {name: design.schema[name] for name in ends}, orient="row")
    rest = [name for name in design.columns if name != "point" and name not in ends]
    held = design.join(cells, on=list(ends), how="semi").with_columns(cell=pl.struct(*ends), all=pl.lit(0))
    alike = held.filter(pl.col("cell").n_unique().over("all", *rest) == cells.height)["point"]
    return design["point"].is_in(alike.to_list()).cast(pl.Float64).to_list() if len(alike) else None


def _paired(
    results: Results, by: Sequence[str], reference: Mapping[str, Any], metrics: Sequence[str], weights: Sequence[float]
) -> pl.DataFrame:
    return paired(results.scan, results.design, by, reference, metrics, results.manifest.pilot, weights)


def _depends(
    results: Results,
    metric: str,
    factors: tuple[str, str],
    levels: tuple[tuple[Any, Any], ...],
    weights: Sequence[float],
) -> bool:
    """Whether the interaction of two factors between their ends leaves zero out."""
    found = influence(results.scan, results.design, factors, metric, results.manifest.pilot, weights)
    (low, high), (few, many) = levels
    signs = {(high, many): 1.0, (low, many): -1.0, (high, few): -1.0, (low, few): 1.0}
    coefficients = [[signs.get(cell, 0.0) for cell in found.levels.rows()]]
    row = contrast_table(metric, contrast(found, coefficients, [factors]))
    return is_told(row.row(0, named=True))


def compared_factors(results: Results) -> list[str]:
    """Factors whose ends are compared: of several levels, and no doctrines or scenarios."""
    levels = results.manifest.factors
    several = [name for name in results.levelled if len(levels[name]) > 1 and name not in ("doctrine", "scenario")]
    return several[:MOST_FACTORS]


def moving(factor: str, low: Any, high: Any) -> str:
    """Going from one level to another, in words."""
    name = factor_title(factor).lower()
    if isinstance(low, (int, float)) and not isinstance(low, bool):
        return f"raising {name} from {level_text(low)} to {level_text(high)}"
    if isinstance(low, bool):
        return f"switching {name} {'on' if high else 'off'}"
    return f"{name} {words(high)} in place of {words(low)}"


def at(factor: str, level: Any) -> str:
    """A level of another factor, as a circumstance."""
    name = factor_title(factor).lower()
    return f"with {name} {'on' if level else 'off'}" if isinstance(level, bool) else f"at {name} {words(level)}"


def words(level: Any) -> str:
    """A level within a sentence."""
    return level_text(level).replace("_", " ")
