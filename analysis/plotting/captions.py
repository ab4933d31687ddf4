"""Words on every figure of a sweep: of which doctrine, scenario and runs it is, its n, its intervals, its origin."""

import polars as pl

from analysis.labels import changes, factor_title, is_share, listed, metric_unit, number_of, runs_planned, stated_text
from analysis.results.folder import POSTERIOR, Results
from analysis.statistics.intervals import TOGETHER, caution

MOST_NAMED = 5
"""Factors that a note names one by one."""


def names(factors: list[str]) -> str:
    """Factors in a sentence: clarity and proportionality."""
    return listed([factor_title(factor).lower() for factor in factors])


def setting(results: Results) -> str:
    """The doctrine, the scenario, and how many runs."""
    manifest, base = results.manifest, results.configuration
    parts = []
    for kind, title in (("doctrine", base.doctrine.title), ("scenario", base.scenario.title)):
        levels = manifest.factors.get(kind)
        parts.append(number_of(kind, len(levels)) if levels else f"{kind} “{title}”")
    text = f"{' in '.join(parts)}{changes(base)}; {size(results)}"
    return text[0].upper() + text[1:]


def size(results: Results) -> str:
    """How many runs at how many points: those there are, and of a sweep under way of how many."""
    manifest, (runs, failed) = results.manifest, results.counts
    product = runs_planned(manifest.points, manifest.replicates)
    product += " or more" if manifest.precision else ""
    broken = f", {failed:,} of them failed and left out" if failed else ""
    if manifest.status == "complete":
        return f"{product} = {number_of('run', runs)}{broken}"
    planned = manifest.points * manifest.replicates
    of = "" if manifest.precision else f" of {planned:,}"
    return f"{runs:,}{of} runs so far, {product} being planned{broken}"


def interval(table: pl.DataFrame, of: str) -> str:
    """What the intervals of a table of estimates are, `of` which marks, and over which n; why not where it has none."""
    few, many = (end(table["n"].to_list(), default=0) for end in (min, max))
    if many < 2:
        return f"n = {many} replicate, so no interval: that takes two."
    count = f"n = {many:,} replicates" if few == many else f"n = {few:,} to {many:,} replicates"
    if (methods := set(table["interval"])) == {"none"}:
        return f"{count}: too few for intervals."
    way = "bootstrap" if methods == {"bootstrap"} else "Student's t"
    more = "; where skewed, bootstrap" if methods >= {"student", "bootstrap"} else ""
    if TOGETHER in methods:
        way, more = "studentised bootstrap", "; all those of a metric hold jointly in 95 of 100 sweeps"
    what = f"{of}: 95 % interval of the mean over {count} ({way}{more}; replicates are the independent units)."
    return note(what, TOGETHER not in methods and caution(few))


def held(results: Results, factors: list[str]) -> str:
    """Factors of one level, and factors that are not shown, as a sentence; nothing where there are none."""
    rest = {name: found for name, found in results.manifest.factors.items() if name not in factors}
    fixed = [f"{factor_title(name).lower()} {stated_text(found[0])}" for name, found in rest.items() if len(found) == 1]
    other = [name for name, found in rest.items() if len(found) > 1]
    some = names(other) if len(other) <= MOST_NAMED else f"{len(other)} other factors"
    return note(f"Held: {listed(fixed)}." if fixed else "", f"Averaged over, not shown: {some}." if other else "")


def origin(results: Results) -> str:
    """What the twin is, over which worlds, the seed, and the stamp of the folder that a figure comes from."""
    manifest = results.manifest
    varied = any(path.startswith("reference.") for path in manifest.factors)
    twin = "as each point states it" if varied else f"under “{results.configuration.reference.doctrine.title}”"
    seed = f"Seed {manifest.seed}; {manifest.stamp}."
    return note(over_worlds(results), f"Twin: the same world, on the same random numbers, {twin}.", seed)


def over_worlds(results: Results) -> str:
    """Over which worlds figures are, where these were drawn from a file, one for each replicate or as points."""
    manifest = results.manifest
    if results.worlds is not None:
        count = results.worlds.drop("replicate").n_unique()
        return f"Over {_of_file(f'{count:,} worlds', str(manifest.uncertainty))}, one for each replicate."
    if manifest.design.get("file") != POSTERIOR:
        return ""
    weights = manifest.design.get("weights")
    return f"Over {_of_file(f'{len(weights):,} worlds' if weights else 'worlds', POSTERIOR)}."


def _of_file(worlds: str, name: str) -> str:
    return f"{worlds} that agree with the record ({name})" if name == POSTERIOR else f"{worlds} of {name}"


def note(*sentences: str | bool) -> str:
    """Sentences one after the other; what is empty or false is left out, so that a condition may stand before one."""
    return " ".join(sentence for sentence in sentences if isinstance(sentence, str) and sentence)


def difference_unit(metric: str) -> str:
    """The unit of a metric's differences: points of per cent for a share, else the metric's own."""
    return "points" if is_share(metric) else metric_unit(metric)
