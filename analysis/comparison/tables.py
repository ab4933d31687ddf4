"""Tables of a comparison for readers, those that fit a slide among them, and the words that say how to read them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl

from analysis.comparison.by_kind import by_kind, units_of
from analysis.comparison.comparison import Comparison, differences, estimates
from analysis.comparison.overtaking import overtaking, places
from analysis.comparison.pareto import dominance, pareto
from analysis.comparison.ranking import Ranking
from analysis.comparison.regret import regret, satisficing
from analysis.comparison.superiority import ranks, superiority
from analysis.comparison.winners import winners
from analysis.labels import listed, number_of, shown
from analysis.plotting.captions import note, over_worlds
from analysis.results.conditions import DEFAULT_TARGETS
from analysis.results.tables import Table, interval_text
from analysis.sentences import PLACEBO
from analysis.statistics.intervals import caution
from model.metrics.catalogue import COMPARED, CRITERIA, METRICS, TRADED

UNCLEAR = "~"
"""Behind a difference that is unclear where all statements are to hold jointly."""
Texts = dict[tuple[str, str], str]
"""Texts by doctrine and metric."""


def comparison_tables(comparison: Comparison, of_replicates: Sequence[str] = ()) -> dict[str, Table]:
    """All tables by the name of their files; `of_replicates` as in `Ranking`."""
    ranking = Ranking(comparison, of_replicates)
    each, apart = estimates(comparison), differences(comparison)
    against = f"against {comparison.doctrines[comparison.reference]}"
    shares = f"Shares of {comparison.unit}. {share_note(comparison)}"
    turns = {
        "places": ("The place of each doctrine", places, PLACES),
        "overtaking": ("Which doctrine overtakes which between groups of worlds", overtaking, OVERTAKING),
    }

    def table(title: str, frame: pl.DataFrame, *notes: str) -> Table:
        return Table(title, frame, note(*notes, comparison_origin(comparison)))

    return {
        "slide": table(f"Doctrines {against}", slide(comparison), slide_note(comparison)),
        "comparison": table(
            "Estimates by doctrine", each, interval_note(comparison, each["interval"]), placebo_note(comparison)
        ),
        "differences": table(
            f"Paired differences {against}",
            apart,
            interval_note(comparison, apart["interval"]),
            multiple(comparison),
            placebo_note(comparison),
        ),
        "by_kind": table(
            f"Doctrines by kind of perpetrator, and their differences {against}",
            by_kind(comparison),
            BY_KIND,
            interval_note(comparison, apart["interval"]),
        ),
        "policy_units": table(
            "Acts, severe acts and harm a year, and years to a listing",
            units_of(comparison),
            POLICY_UNITS,
            interval_note(comparison, each["interval"]),
        ),
        "superiority": table(
            "How often each doctrine does better than each other doctrine", superiority(comparison), shares
        ),
        "dominance": table("Which doctrine dominates which", dominance(comparison), f"By {criteria(TRADED)}.", shares),
        "pareto": table("The Pareto set", pareto(comparison), PARETO),
        "regret": table("Regret", regret(comparison), regret_note(comparison)),
        "satisficing": table("Targets met", satisficing(comparison), target_note(comparison), shares),
        "winners": table("Which doctrine wins where", winners(comparison), shares, winners_note(comparison)),
        "ranks": table("How often each doctrine is first, second, and so on", ranks(comparison), shares),
        **{name: table(text, made(ranking), said) for name, (text, made, said) in turns.items() if ranking.groups},
    }


def slide(comparison: Comparison, metrics: Sequence[str] = COMPARED) -> pl.DataFrame:
    """The reference with its own estimates, then every other doctrine less the reference; `~`: unclear.

    Where the twin answers a row follows each with the placebo of rates that count only increases.
    """
    reference, *others = reference_first(comparison)
    cells: Texts = {}
    for frame, signed in (
        (estimates(comparison, metrics).filter(doctrine=reference), False),
        (differences(comparison, metrics), True),
    ):
        for row in frame.iter_rows(named=True):
            cells[row["doctrine"], row["metric"]] = _cell(row, signed=signed)
            swapped = {"metric": row["metric"], **{name: row.get(column) for name, column in PLACEBO.items()}}
            text = "" if swapped["mean"] is None else _cell(swapped, signed=signed)
            cells[placebo_row(row["doctrine"]), row["metric"]] = text
    rows = [reference, *others]
    if comparison.results.twin_answers:
        rows = [row for name in rows for row in (name, placebo_row(name))]
    return _wide(rows, heads_of(metrics), cells)


def placebo_row(doctrine: str) -> str:
    """The name of the row with the placebo of a doctrine."""
    return f"{doctrine}, placebo"


def reference_first(comparison: Comparison) -> dict[str, str]:
    """Doctrines with their titles as a slide has them: the reference and then the others."""
    reference, titles = comparison.doctrines[comparison.reference], comparison.titles
    return {reference: titles[reference], **titles}


def heads_of(metrics: Sequence[str]) -> dict[str, str]:
    """The heads of columns: criteria with what they are counted in."""
    return {name: f"{METRICS[name].short}{' %' if METRICS[name].is_share else ''}" for name in metrics}


def _wide(doctrines: Sequence[str], heads: Mapping[str, str], cells: Texts) -> pl.DataFrame:
    """A row for each doctrine, a column for each head."""
    columns = {head: [cells.get((name, key), "–") for name in doctrines] for key, head in heads.items()}
    return pl.DataFrame({"doctrine": list(doctrines), **columns}, schema_overrides=dict.fromkeys(columns, pl.String()))


def _cell(row: Mapping[str, Any], *, signed: bool) -> str:
    """An estimate in the unit of the table; where no interval can be had no number."""
    if row["mean"] is None or row["low"] is None or row["high"] is None:
        return "–"
    mean, low, high = (shown(row["metric"]) * row[name] for name in ("mean", "low", "high"))
    return slide_number(mean, (low, high), signed=signed) + UNCLEAR * (row.get("verdict") == "unclear")


def slide_number(value: float, ends: tuple[float, float] | None = None, *, signed: bool = False) -> str:
    """A number with its interval, to the digits that the interval leaves a meaning: +4.56 ±0.48."""
    low, high = ends or (value, value)
    width = (high - low) / 2 if ends else abs(value)
    digits = 0 if width >= 9.95 else 1 if width >= 0.95 or abs(value) >= 9.995 else 2 if width >= 0.005 else 3
    text = interval_text(value, low, high, digits, signed=signed)
    return text if ends else text.split(" ")[0]


def criteria(metrics: Sequence[str]) -> str:
    """Criteria in a sentence, with which way is better."""
    return listed([f"{'more' if METRICS[name].better > 0 else 'less'} {METRICS[name].short}" for name in metrics])


def comparison_origin(comparison: Comparison) -> str:
    """Over which worlds, the seed, what is left out, and where the data come from."""
    manifest = comparison.results.manifest
    left = comparison.left_out
    out = f"{left:,} cells in which the run of a doctrine failed or is missing are left out for all. " if left else ""
    return note(over_worlds(comparison.results), f"{out}Seed {manifest.seed}; {manifest.stamp}.")


def _size(comparison: Comparison) -> str:
    """Over how many worlds and replicates."""
    chance = number_of("replicate", comparison.cells.replicates)
    if not comparison.has_worlds:
        return chance
    count = int((comparison.cells.worlds > 0.0).sum())
    effective = comparison.cells.effective
    weighted = f", equivalent by weight to {effective:,.0f}" if effective < 0.99 * count else ""
    return f"{count:,} worlds{weighted}, {chance} in each"


IN_CELLS = "± half of a 95 %"
"""Words with which tables begin to say what their intervals are."""


def interval_note(comparison: Comparison, methods: Collection[str] = ("student",), mark: str = IN_CELLS) -> str:
    """A sentence on intervals, or on why there are none; `methods` is how each was got, `mark` how they are shown."""
    cells = comparison.cells
    if cells.drawn:
        both = "worlds and the replicates that they share both count as drawn"
        alone = "worlds count as drawn; it leaves out what one replicate adds to all of them"
        what = both if cells.replicates > 1 else alone
        return f"{mark} interval of the mean over {_size(comparison)}: {what}."
    if cells.replicates < 2:
        return f"n = 1 replicate{' in each world' * comparison.has_worlds}, so no interval: that takes two."
    skewed = "bootstrap" in methods
    way = "Student's t; bootstrap where replicates are skewed" if skewed else "Student's t"
    ends = ", its ends in brackets" * (skewed and mark == IN_CELLS)
    held = "; the worlds are taken as given" if comparison.has_worlds else ""
    what = f"{mark} interval of the mean over {_size(comparison)} ({way}{ends}{held})."
    return note(what, caution(cells.replicates))


def multiple(comparison: Comparison, metrics: Sequence[str] = CRITERIA) -> str:
    """A warning that many intervals at once miss some: how many would look clear by luck, and how verdicts mind it."""
    count = (len(comparison.doctrines) - 1) * len(metrics)
    return (
        f"Each interval is individual: if all {count} differences were zero, about {0.05 * count:.1g} would look "
        "clear. `verdict` and `jointly` show what stays clear when all statements on the comparison are to hold "
        "jointly (Bonferroni)."
    )


def placebo_note(comparison: Comparison) -> str:
    """A sentence on placebos; empty where the twin takes no measure."""
    if not comparison.results.twin_answers:
        return ""
    return (
        "Placebo: what rates such as deterred and escalated reach by chance alone, because two worlds that both "
        "answer drift apart: the same rate with the world and its twin swapped. Believe a rate only where it clearly "
        "exceeds its placebo."
    )


def slide_note(comparison: Comparison) -> str:
    """How to read the table that fits a slide: rows, marks, units, and which way is better."""
    name = comparison.doctrines[comparison.reference]
    own = estimates(comparison, COMPARED).filter(doctrine=name)
    methods = {*own["interval"], *differences(comparison, COMPARED)["interval"]}
    told = f" {UNCLEAR}: unclear where all statements hold jointly (Bonferroni)."
    mark = told if comparison.cells.units > 1 else ""
    return note(
        f"First row: {name} itself; below, differences from it, paired on the same random numbers.",
        f"{interval_note(comparison, methods)}{mark} Better: {criteria(COMPARED)}.",
        units_note(comparison),
        placebo_note(comparison),
    )


def screen_note(comparison: Comparison) -> str:
    """Over which worlds it is, and how to read the table of differences."""
    methods = differences(comparison, COMPARED)["interval"]
    told = f"{UNCLEAR}: unclear where all statements hold jointly (Bonferroni)."
    return note(
        over_worlds(comparison.results),
        "Differences are paired on the same random numbers.",
        interval_note(comparison, methods, "In brackets: 95 %"),
        told if comparison.cells.units > 1 else "",
        f"Better: {criteria(COMPARED)}.",
        units_note(comparison),
        placebo_note(comparison),
    )


def units_note(comparison: Comparison) -> str:
    """What criteria are counted in, and what the twin is."""
    twin = comparison.results.configuration.reference.doctrine
    what = f"under “{twin.title}”" if twin.answers else "without the toolbox"
    averted = listed([METRICS[metric].unit.rpartition("'s ")[2] for metric in COMPARED if METRICS[metric].complement])
    return (
        f"Deterred: per cent of the acts that the twin, the same world {what}, would carry out; escalated: of "
        f"opportunities; averted: of the twin's {averted}; cost: units of the catalogue a year."
    )


KIND_NOTE = (
    f"Differences and intervals as above, of the acts, harm or opportunities of that kind alone; {UNCLEAR}: unclear "
    "where those of all kinds hold jointly with all other statements (Bonferroni)."
)
"""How to read differences by kind on a screen."""
UNIT_NOTE = (
    "Acts, severe acts and harm are expected in a year, free of chance in the draws; averted: the twin's less the "
    "doctrine's. Harm is in the scenario's units. Years from act to listing: the mean of the listings adopted."
)
"""How to read policy units on a screen."""
BY_KIND = (
    "`difference` is the paired difference from the reference; `verdict` is clear where those of all kinds and "
    "metrics hold jointly with all other statements (Bonferroni). Shares are of the acts, harm or opportunities of "
    "that kind alone; `acts` and `twin_acts_a_year` are counts of draws, and the kinds add up to all."
)
"""Note of the table by kind."""
POLICY_UNITS = (
    "Acts, severe acts and harm are expected in a year, in the world and in its twin; `averted` is the twin's less the "
    "world's, `share` the same as a share of the twin's, `more` what is averted beyond what the reference averts, "
    "paired. For years from act to listing, `world` is the mean of the listings adopted, `more` how many years more "
    "than under the reference; empty where nobody is listed. Harm is in the scenario's units."
)
"""Note of the table in policy units."""


def share_note(comparison: Comparison) -> str:
    """A sentence on the intervals of shares, or on why there are none."""
    if not comparison.is_sample:
        return "No intervals: the worlds are those of the design, not a sample."
    if comparison.cells.units < 2 and comparison.case_weights.size < 2:
        return "n = 1 replicate, so no shares and no intervals: they take two."
    return "In brackets or as low and high: 95 % intervals (Wilson)."


PLACES = (
    "`place` is by the mean; `place_low` to `place_high` are the places that cannot be ruled out where all pairs of "
    "doctrines, groups and criteria hold jointly at 95 % (Bonferroni)."
)
"""Note of places: what their intervals are."""
OVERTAKING = (
    "Pairs clearly in one order in the first part of a parameter's values and in the other in the second, where all "
    "pairs, groups and criteria hold jointly (Bonferroni), the clearest first; differences are doctrine less other, "
    "with individual 95 % intervals. Empty: no pair clearly turns."
)
"""Note of doctrines that overtake another: when a row is one."""
PARETO = (
    f"In the set: no other doctrine is as good by all criteria ({criteria(TRADED)}) and better by one, on average. "
    "`resamples`: share of 1,000 resamples in which it is. `clearly_dominated_by`: doctrines that are better by each "
    "criterion beyond chance, judged jointly for all pairs."
)
"""Note of the Pareto set: what is in it, and what its shares are."""
PARETO_MARKS = (
    f"Filled circles: no other doctrine is as good by all criteria ({criteria(TRADED)}) and better by one, on "
    "average; open circles: another is, which may be chance; open squares: another is better by each, beyond chance. "
    "Upwards and to the left is better."
)
"""Note of a figure of doctrines between what they gain and what they cost: its marks."""


def regret_note(comparison: Comparison) -> str:
    """A sentence on regret: over what it is taken, and how chance is taken off."""
    what = "How far a doctrine falls short of the best, in the metric's units"
    cells = comparison.cells
    if cells.replicates < 2:
        chance = "it takes two replicates to separate out the luck of looking best"
        return f"{what}{', in the world where it is largest, and on average' * comparison.has_worlds}; {chance}."
    units = "worlds and replicates" if cells.drawn else "replicates"
    mean = (
        f"the mean less the bias from the luck of looking best (by cross-validation); in its 95 % interval {units} "
        "count as drawn"
    )
    if comparison.has_worlds:
        return f"{what}: in the world where it is largest, as estimated and including some chance; {mean}."
    return f"{what}, over {_size(comparison)}: as estimated; {mean}."


def target_note(comparison: Comparison) -> str:
    """A sentence on whether the targets are assumptions or given."""
    if comparison.targets == DEFAULT_TARGETS:
        return "Targets are assumptions, because no document sets any; --target replaces them."
    return "Targets as given."


def winners_note(comparison: Comparison) -> str:
    """A sentence on the parameters that part the winners; empty in one world."""
    if not comparison.has_worlds:
        return ""
    return (
        "Parameters by how far they separate the winners, strongest first; `by_chance`: the level none of them "
        "reaches by any criterion in 95 of 100 shuffles. `from` and `to`: ends of the part."
    )


def pareto_sentence(comparison: Comparison) -> str:
    """The Pareto set in a sentence or two."""
    found, titles = pareto(comparison), comparison.titles
    inside = [_member(row, titles) for row in found.filter("in_set").iter_rows(named=True)]
    beaten = found.filter(pl.col("clearly_dominated_by") != "").select("doctrine", "clearly_dominated_by").rows()
    outside = [f"{titles[name]} (by {listed([titles.get(one, one) for one in by.split(', ')])})" for name, by in beaten]
    shares = ""
    if found["resamples"].is_not_null().any():
        shares = f" (in brackets: the share of resamples of the {comparison.unit} in which this holds)"
    text = f"On average, dominated by none{shares}: {', '.join(inside)}."
    if outside:
        return f"{text} Dominated beyond chance: {', '.join(outside)}."
    return f"{text} It is unclear whether any doctrine is dominated."


def _member(row: dict[str, Any], titles: Mapping[str, str]) -> str:
    title = titles[row["doctrine"]]
    return title if row["resamples"] is None else f"{title} ({100 * row['resamples']:.0f} %)"
