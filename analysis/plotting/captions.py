"""What stands on every figure of a sweep: of which doctrine, scenario and runs it is, its n and its intervals."""

from collections.abc import Collection

from analysis.labels import changes, factor_title, level_text, listed, number_of, runs_planned
from analysis.results.folder import Results

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


def interval(n: Collection[int], of: str, methods: Collection[str] = ("student",)) -> str:
    """What the intervals are, over which n; `n` are the replicates behind each estimate, `methods` how each was got."""
    few, many = min(n, default=0), max(n, default=0)
    if many < 2:
        return f"n = {many} replicate, hence no interval: that takes two."
    count = f"n = {many:,} replicates" if few == many else f"n = {few:,} to {many:,} replicates"
    way = "bootstrap" if set(methods) == {"bootstrap"} else "Student's t"
    more = "; where skewed, bootstrap" if {"student", "bootstrap"} <= set(methods) else ""
    return f"{of}: 95 % interval of the mean over {count} ({way}{more}; replicates are the independent units)."


def held(results: Results, factors: list[str]) -> str:
    """Factors of one level, and factors that are not shown, as a sentence; nothing where there are none."""
    levels = results.manifest.factors
    rest = {name: levels[name] for name in levels if name not in factors}
    fixed = [f"{factor_title(name).lower()} {level_text(found[0])}" for name, found in rest.items() if len(found) == 1]
    other = [name for name, found in rest.items() if len(found) > 1]
    sentences = [f"Held: {listed(fixed)}."] if fixed else []
    if not other:
        return " ".join(sentences)
    some = names(other) if len(other) <= MOST_NAMED else f"{len(other)} other factors"
    return " ".join([*sentences, f"Averaged over, not shown: {some}."])


def origin(results: Results) -> str:
    """The twin, the seed, and where the figure comes from."""
    manifest = results.manifest
    varied = any(path.startswith("reference.") for path in manifest.factors)
    twin = "as each point states it" if varied else f"under “{results.configuration.reference.doctrine.title}”"
    return f"Twin: the same world, on the same random numbers, {twin}. Seed {manifest.seed}; {manifest.stamp}."


def note(*sentences: str) -> str:
    """Sentences one after the other, the empty ones left out."""
    return " ".join(sentence for sentence in sentences if sentence)
