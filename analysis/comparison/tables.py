"""Tables of a comparison for readers, and the words that say how to read them."""

from collections.abc import Collection, Sequence

from analysis.comparison.comparison import Comparison, differences, estimates
from analysis.comparison.pareto import pareto
from analysis.comparison.regret import regret, satisficing
from analysis.comparison.slide import UNCLEAR, slide
from analysis.comparison.superiority import dominance, superiority
from analysis.comparison.winners import winners
from analysis.labels import listed, number_of
from analysis.plotting.captions import note
from analysis.results.conditions import DEFAULT_TARGETS
from analysis.results.tables import Table
from model.metrics import COMPARED, CRITERIA, METRICS, TRADED


def comparison_tables(comparison: Comparison) -> dict[str, Table]:
    """All tables by the name of their files."""
    named, stamp = comparison.doctrines[comparison.reference], origin(comparison)
    each, apart = estimates(comparison), differences(comparison)
    against = f"against {named}"
    shares = f"Shares of {comparison.unit}. {share_note(comparison)}"
    return {
        "slide": Table(f"Doctrines {against}", slide(comparison), note(slide_note(comparison), stamp)),
        "comparison": Table("Estimates by doctrine", each, note(interval_note(comparison, each["interval"]), stamp)),
        "differences": Table(
            f"Paired differences {against}",
            apart,
            note(interval_note(comparison, apart["interval"]), multiple(comparison), stamp),
        ),
        "superiority": Table(
            "How often each doctrine does better than each other", superiority(comparison), note(shares, stamp)
        ),
        "dominance": Table(
            "Which doctrine dominates which", dominance(comparison), note(f"By {criteria(TRADED)}.", shares, stamp)
        ),
        "pareto": Table("The Pareto set", pareto(comparison), note(pareto_note(comparison), stamp)),
        "regret": Table("Regret", regret(comparison), note(regret_note(comparison), stamp)),
        "satisficing": Table("Targets met", satisficing(comparison), note(target_note(comparison), shares, stamp)),
        "winners": Table(
            "Which doctrine wins where", winners(comparison), note(shares, winners_note(comparison), stamp)
        ),
    }


def criteria(metrics: Sequence[str]) -> str:
    """Criteria in a sentence, with which way is better."""
    return listed([f"{'more' if METRICS[name].better > 0 else 'less'} {METRICS[name].short}" for name in metrics])


def origin(comparison: Comparison) -> str:
    """The seed, what is left out, and where the data come from."""
    manifest = comparison.results.manifest
    left = comparison.left_out
    out = f"{left:,} cells, in which the run of a doctrine failed or is missing, are left out for all. " if left else ""
    return f"{out}Seed {manifest.seed}; {manifest.stamp}."


def size(comparison: Comparison) -> str:
    """Over how many worlds and replicates."""
    replicates = comparison.cells.replicates
    chance = number_of("replicate", replicates)
    if not comparison.has_worlds:
        return chance
    count = int((comparison.cells.worlds > 0.0).sum())
    effective = comparison.cells.effective
    weighted = f", by their weights as good as {effective:,.0f}" if effective < 0.99 * count else ""
    return f"{count:,} worlds{weighted}, {chance} in each"


IN_CELLS = "± half of a 95 %"
"""How tables begin to say what their intervals are."""


def interval_note(comparison: Comparison, methods: Collection[str] = ("student",), mark: str = IN_CELLS) -> str:
    """What intervals are, or why there are none; `methods` is how each was got, `mark` how they are shown."""
    cells = comparison.cells
    if cells.drawn:
        both = "worlds and the replicates that they share both count as drawn"
        alone = "worlds count as drawn; what one replicate adds to all of them is not in it"
        what = both if cells.replicates > 1 else alone
        return f"{mark} interval of the mean over {size(comparison)}: {what}."
    if cells.replicates < 2:
        return f"n = 1 replicate{' in each world' * comparison.has_worlds}, hence no interval: that takes two."
    skewed = "bootstrap" in methods
    way = "Student's t; bootstrap where replicates are skewed" if skewed else "Student's t"
    ends = ", in brackets its ends" * (skewed and mark == IN_CELLS)
    held = "; the worlds are taken as given" if comparison.has_worlds else ""
    return f"{mark} interval of the mean over {size(comparison)} ({way}{ends}{held})."


def multiple(comparison: Comparison, metrics: Sequence[str] = CRITERIA) -> str:
    """What many intervals at once mean."""
    count = (len(comparison.doctrines) - 1) * len(metrics)
    return (
        f"Each interval holds by itself: of {count} differences that were zero, about {0.05 * count:.1g} would look "
        "clear. `jointly` says which stay clear when all are to hold together (Bonferroni)."
    )


def slide_note(comparison: Comparison) -> str:
    """How the table of differences is read."""
    name = comparison.doctrines[comparison.reference]
    own = estimates(comparison, COMPARED).filter(doctrine=name)
    methods = {*own["interval"], *differences(comparison, COMPARED)["interval"]}
    mark = f" {UNCLEAR}: the interval includes zero." if comparison.cells.units > 1 else ""
    return (
        f"First row: {name} itself; below, differences from it, paired on the same random numbers. "
        f"{interval_note(comparison, methods)}{mark} Better: {criteria(COMPARED)}. "
        "Deterred: per cent of the acts that the twin, the same world without toolbox, would carry out; escalated: of "
        "opportunities; averted: of the twin's harm and severe acts; cost: units of the catalogue a year."
    )


def share_note(comparison: Comparison) -> str:
    """What the interval of a share is."""
    if not comparison.is_sample:
        return "No intervals: the worlds are those of the design, not a sample."
    if comparison.cells.units < 2 and comparison.case_weights.size < 2:
        return "n = 1 replicate, hence no shares and no intervals: that takes two."
    return "In brackets or as low and high: 95 % intervals (Wilson)."


def pareto_note(comparison: Comparison) -> str:
    """What the set is, and what its shares."""
    return (
        f"In the set: no other doctrine is as good by all criteria ({criteria(TRADED)}) and better by one, in the "
        "means. "
        "`resamples`: share of 1,000 resamples in which it is."
    )


def regret_note(comparison: Comparison) -> str:
    """What regret is."""
    what = "What a doctrine falls short of the best, in the metric's units"
    cells = comparison.cells
    if cells.replicates < 2:
        chance = "how much of it is the chance of looking best takes two replicates to tell"
        return f"{what}{', in the world where it is most, and in the mean' * comparison.has_worlds}; {chance}."
    units = "worlds and replicates" if cells.drawn else "replicates"
    mean = (
        "the mean less the bias that is the chance of looking best (by cross-validation); in its 95 % interval "
        f"{units} count as drawn"
    )
    if comparison.has_worlds:
        return f"{what}: in the world where it is most, as it looks, some chance with it; {mean}."
    return f"{what}, over {size(comparison)}: as it looks; {mean}."


def target_note(comparison: Comparison) -> str:
    """Where the targets come from."""
    if comparison.targets == DEFAULT_TARGETS:
        return "Targets are assumptions, for want of any that a document sets; --target replaces them."
    return "Targets as given."


def winners_note(comparison: Comparison) -> str:
    """What parts the winners."""
    if not comparison.has_worlds:
        return ""
    return (
        "Parameters by how far they part the winners, strongest first; `by_chance`: what none of them reaches "
        "in 95 of 100 shuffles. `from` and `to`: ends of the part."
    )
