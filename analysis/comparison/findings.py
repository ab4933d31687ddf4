"""Findings on doctrines: what each does against its twin, and what choosing it over the reference does.

All are decided jointly, because some of many intervals exclude zero by chance.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from analysis.comparison.by_kind import SHOWN_BY_KIND, told_by_kind
from analysis.comparison.comparison import Comparison, comparison_of, differences, estimates
from analysis.comparison.overtaking import WHEN, overtaking, places
from analysis.comparison.ranking import Ranking
from analysis.comparison.superiority import in_most_cases, ranks, superiority
from analysis.labels import factor_words, level_texts, listed, number_of, title
from analysis.results.folder import Results
from analysis.results.parts import THIRDS
from analysis.sentences import Finding, against_twin, by_level, in_worlds, number, together, untold
from model.metrics.catalogue import CRITERIA, EFFECTS, LEAD, METRICS
from model.metrics.columns import WORDS

BESIDE = (*EFFECTS, *(name for name in CRITERIA if not METRICS[name].is_share))
"""Metrics by which findings compare doctrines: also what they cost, and whom they wrong."""
MOST_TOLD = 5
"""Pairs that overtake one another, and parameters, that sentences name one by one."""
MOST_NAMED = 3
"""Doctrines that a sentence names with their numbers."""
PRICES = ("deterrence_rate", "escalation_rate", "eu_cost")
"""What else is said of the doctrine that averts most harm."""
TOGETHER = "clear where all statements hold jointly at 95 %; each interval is individual"
"""How sentences of a comparison decide."""
IN_SHORT = f"In short ({TOGETHER})"


def lead_findings(comparison: Comparison) -> Iterator[Finding]:
    """The answer in one or two sentences: who averts more harm than the reference, and what the first of them costs.

    None without intervals.
    """
    titles, unit = {name: f"“{title}”" for name, title in comparison.titles.items()}, comparison.cells.unit
    found = differences(comparison, BESIDE)
    table = found.filter(metric=LEAD).drop_nulls("low").sort("mean", descending=True)
    if table.is_empty():
        return
    better, worse, unclear = (table.filter(verdict=each).to_dicts() for each in ("better", "worse", "unclear"))
    than = f"“{comparison.title}”"
    parts = [*_ahead(better, titles, than), *_ahead(worse[::-1], titles, than)]
    if unclear:
        some = [f"{titles[row['doctrine']]} ({untold(row)})" for row in unclear]
        which = listed(some) if len(some) <= MOST_NAMED else f"{len(some)} doctrines"
        parts.append(
            f"it is unclear whether {which} {'averts' if len(some) == 1 else 'avert'} more or less harm than {than}"
        )
    said = "; ".join(parts)
    yield Finding(IN_SHORT, f"{said[0].upper()}{said[1:]}.", table["n"].min(), unit)  # type: ignore[arg-type]
    if better or table.height == 1:  # of one doctrine beside the reference all of it can be said
        first = table["doctrine"][0]
        rows = found.filter(pl.col("metric").is_in(PRICES), doctrine=first).to_dicts()
        if text := together(f"choosing {titles[first]} over {than}", rows):
            yield Finding(IN_SHORT, text, table["n"][0], unit)


def _ahead(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str], than: str) -> Iterator[str]:
    """Doctrines that are told to avert more than the reference, or less, the furthest first; nothing where none is."""
    if not rows:
        return
    falls = rows[0]["mean"] < 0.0
    what = f"{'less' if falls else 'more'} of the twin's harm than {than}"
    texts = [f"{titles[row['doctrine']]} ({{}}{number(row, negative=falls)})" for row in rows]
    if len(rows) > MOST_NAMED:
        furthest = "least, by " if falls else "most, by "
        yield f"{len(rows)} doctrines avert {what}, {texts[0].format(furthest)}"
    elif len(rows) == 1:
        yield f"{titles[rows[0]['doctrine']]} averts {number(rows[0], negative=falls)} {what}"
    else:
        yield f"{listed([text.format('') for text in texts])} avert {what}"


def kind_findings(comparison: Comparison) -> Iterator[Finding]:
    """What choosing each doctrine over the reference does against each kind of perpetrator."""
    than, titles = f"“{comparison.title}”", comparison.titles
    metrics = SHOWN_BY_KIND[:2] if len(titles) <= MOST_TOLD else (LEAD,)
    found = told_by_kind(comparison, metrics)
    for (doctrine, _), table in found.group_by("doctrine", "metric", maintain_order=True):
        rows = [(f"when facing {WORDS[row['kind']]}", row) for row in table.to_dicts()]
        if text := by_level(f"choosing “{titles[str(doctrine)]}” over {than}", rows):
            n: Any = table.drop_nulls("mean")["n"].min()
            yield Finding(f"By kind of perpetrator ({TOGETHER})", text, n, comparison.cells.unit)


def comparison_findings(results: Results) -> Iterator[Finding]:
    """The answer in short; doctrines against their twins; against the reference, in all and by kind; by worlds."""
    comparison = comparison_of(results)
    yield from lead_findings(comparison)
    unit = comparison.cells.unit
    titles = comparison.titles
    for row in _against_twins(comparison):
        if _is_twin(comparison, row["doctrine"]):  # of itself nothing is to be said
            continue
        if text := against_twin(f"“{titles[row['doctrine']]}”", row):
            yield Finding(f"Against the twin ({TOGETHER})", text, row["n"], unit)
    name = comparison.doctrines[comparison.reference]
    reference = f"“{titles[name]}”"
    for (doctrine,), table in differences(comparison, BESIDE).group_by("doctrine", maintain_order=True):
        if text := together(f"choosing “{titles[str(doctrine)]}” over {reference}", table.to_dicts()):
            n: Any = table.drop_nulls("mean")["n"].min()
            yield Finding(f"Against {reference} ({TOGETHER})", text, n, unit)
    yield from kind_findings(comparison)
    if not comparison.has_worlds:  # of one world there is no share of worlds to speak of
        return
    for row in superiority(comparison, [LEAD]).filter(other=name).iter_rows(named=True):
        at = comparison.doctrines.index(row["doctrine"])
        told = {**row, "jointly": in_most_cases(comparison, LEAD, at, comparison.reference)}
        if text := in_worlds(f"“{titles[row['doctrine']]}” averts more harm than {reference}", told):
            yield Finding(f"World by world ({TOGETHER})", text, row["n"], comparison.unit)


def _is_twin(comparison: Comparison, doctrine: str) -> bool:
    """Whether a doctrine is that of the twin, so that the world and its twin are the same."""
    manifest, twin = comparison.results.manifest, comparison.results.configuration.reference.doctrine
    level = dict(zip(comparison.doctrines, manifest.doctrine_titles, strict=True))[doctrine]
    return manifest.contents.get("doctrine", {}).get(level, {}) == twin.model_dump(mode="json")


def _against_twins(comparison: Comparison) -> Iterator[dict[str, Any]]:
    """Estimates of each doctrine, and whether each is told from zero where all are."""
    level = comparison.level()
    for row in estimates(comparison, EFFECTS).iter_rows(named=True):
        at = comparison.doctrines.index(row["doctrine"])
        way = comparison.told(row["metric"], comparison.alone, at, level)
        yield {**row, "jointly": None if way is None else way != 0}


def overtaking_findings(ranking: Ranking) -> Iterator[Finding]:
    """Who leads; which doctrines overtake which between groups of worlds, or that none does; none without groups."""
    if not ranking.groups or ranking.comparison.cells.units < 2:
        return
    compared, heading = ranking.comparison, f"Who overtakes whom ({TOGETHER})"
    n, unit = compared.cells.units, compared.cells.unit
    titles = {name: f"“{text}”" for name, text in compared.titles.items()}
    found = overtaking(ranking)
    surest = found.unique(["metric", "doctrine", "other"], keep="first", maintain_order=True).head(MOST_TOLD)
    texts = [_how_often(ranking, found), *(_turn(row, titles) for row in surest.iter_rows(named=True))]
    yield from (Finding(heading, text, n, unit) for text in [*texts, *_leader(ranking, titles)])


def _how_often(ranking: Ranking, found: pl.DataFrame) -> str:
    """How many pairs change places, and over what; or that none does."""
    over = [factor_words(path) for path in ranking.parameters]
    parted = number_of("parameter", len(over))
    pairs = number_of("pair", len(ranking.pairs))
    tried = f"{pairs} of doctrines by {number_of('criterion', len(ranking.metrics), 'criteria')}"
    if found.is_empty():
        several = listed(over) if len(over) <= MOST_TOLD else parted
        return f"No doctrine overtakes another beyond noise between groups of worlds split by {several} ({tried})."
    times = Counter(factor_words(path) for path in found["parameter"]).most_common()
    often = listed([f"{name} ({count})" for name, count in times[:MOST_TOLD]])
    more = f", and {len(times) - MOST_TOLD} more" if len(times) > MOST_TOLD else ""
    turned = found.select("doctrine", "other").unique().height
    surest = " The clearest:" if found.height > MOST_TOLD else ""
    return (
        f"{turned} of {tried} {'changes' if turned == 1 else 'change'} places beyond noise between groups of worlds, "
        f"over the values of {often}{more}; {parted} were examined.{surest}"
    )


def _turn(row: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """One pair that changes places: the difference in either group."""
    one, other, words = titles[row["doctrine"]], titles[row["other"]], factor_words(row["parameter"])
    ends = [row[f"{when}_{end}"] for when in WHEN for end in ("from", "to")]
    texts = iter([""] * len(ends) if None in ends else level_texts(ends))
    parts = []
    for when in WHEN:
        part, low, high = row[f"{when}_part"], next(texts), next(texts)
        where = f"in the {part} of {words} ({low} to {high})" if part in THIRDS else f"at {words} {part}"
        difference = {"metric": row["metric"], **{end: row[f"{when}_{end}"] for end in ("mean", "low", "high")}}
        parts.append(f"{number(difference, negative=difference['mean'] < 0.0)} {where.replace('_', ' ')}")
    return f"By {title(row['metric'])} {one} is ahead of {other} by {parts[0]}, and behind it by {parts[1]}."


def _leader(ranking: Ranking, titles: Mapping[str, str]) -> Iterator[str]:
    """Which doctrine is first by the metric that leads, and how often."""
    if LEAD not in ranking.metrics:
        return
    every = places(ranking).filter(pl.col("parameter").is_null(), metric=LEAD).drop_nulls("place_low").sort("place")
    for row in every.head(1).iter_rows(named=True):
        often = ranks(ranking.comparison, [LEAD]).filter(doctrine=row["doctrine"], place=1).row(0, named=True)
        low, high = row["place_low"], row["place_high"]
        may = "alone can be first" if high == 1 else f"may be in any place from {low} to {high}"
        ends = "" if often["low"] is None else f" [{100 * often['low']:.0f}, {100 * often['high']:.0f}]"
        share = f"{100 * often['mean']:.0f} %{ends} of the {ranking.comparison.unit}"
        yield f"By {title(LEAD)} {titles[row['doctrine']]} is first on average, and in {share}; it {may}."
