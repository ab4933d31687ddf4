"""The doctrines of a comparison, one by one: title, idea, and in what each differs from the reference."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.comparison.comparison import DOCTRINE, Comparison, default_reference
from analysis.labels import factor_words, listed, metric_unit, number_of, phase_words, stated_text, title
from analysis.results.folder import Results
from analysis.results.tables import interval_text
from model.policy import UNPRICED

DESCRIBING = ("title", "idea", "source", "sources")
"""Fields with which a doctrine describes itself: no choices of it."""
FEW = 3
"""Settings that are told with their values: of more the names alone."""
ABSOLUTE = ("harm_a_year", "twin_harm_a_year")
"""What is told as it stands where twins differ: in the world, and in its twin."""


def doctrines_compared(results: Results) -> Iterator[tuple[str, str]]:
    """Each doctrine that is a level of a factor by its title, with its idea and what it changes."""
    titles, stated = results.manifest.doctrine_titles, results.manifest.design.get("reference")
    if not titles:
        return
    levels, contents = list(titles), results.manifest.contents.get(DOCTRINE, {})
    reference = stated if stated in titles else default_reference(levels)
    for level in filter(contents.__contains__, levels):
        held = contents[level]
        text = " ".join(str(held.get("idea", "")).split())
        if level != reference and reference in contents:
            text += f" {_differs(held, contents[reference], titles[reference])}"
            if level in results.manifest.changes:
                text += f" {_changed_world(results, level)}, with a twin of its own."
        yield f"“{titles[level]}”", text.strip()


def setting_notes(comparison: Comparison) -> list[str]:
    """What stands below a comparison: a sentence on each doctrine's settings, on changed worlds, on free levers."""
    results = comparison.results
    titles, contents = results.manifest.doctrine_titles, results.manifest.contents.get(DOCTRINE, {})
    reference = comparison.levels[comparison.reference]
    others = [level for level in comparison.levels if level != reference and level in contents]
    if reference not in contents or not others:
        return []
    apart = {level: differing(contents[level], contents[reference]) for level in others}
    found = [_settings(results, level, apart[level], titles[reference]) for level in others]
    if changed := [level for level in others if level in results.manifest.changes]:
        found.append(_of_changed_worlds(comparison, [titles[level] for level in changed]))
        found.append(_absolute(comparison, [reference, *changed]))
    free = [key for key in UNPRICED if any(key in each for each in apart.values())]
    return [*found, price_note(free)] if free else found


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Settings in which a doctrine differs from another, as plain values: path in it → its value and the other's."""
    ours, theirs = ({**dict(_flat(held)), "phases": _phases(held)} for held in (one, other))
    both = [*ours, *(path for path in theirs if path not in ours)]
    return {path: (ours.get(path), theirs.get(path)) for path in both if ours.get(path) != theirs.get(path)}


def _phases(held: Mapping[str, Any]) -> str:
    """The phases of a doctrine in words: “pressure” while …: clarity 0.9; none."""
    said = [f"“{name.replace('_', ' ')}” {phase_words(phase)}" for name, phase in held.get("phases", {}).items()]
    return "; ".join(said) or "none"


def _flat(held: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in held.items():
        if key == "phases" and not above:
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        elif above or key not in DESCRIBING:
            yield f"{above}{key}", value


def price_note(levers: list[str]) -> str:
    """A sentence on levers that cost nothing in the model, by their names as fields of a doctrine."""
    names = ", ".join(factor_words(f"{DOCTRINE}.{name}") for name in levers)
    which, under = ("they would", "them") if len(levers) > 1 else ("it would", "it")
    measures = f"the cost of the measures taken under {under} is"
    return f"No price in the model: {names}. What {which} cost is not part of EU cost; {measures}."


def _settings(results: Results, level: str, apart: Mapping[str, tuple[Any, Any]], reference: str) -> str:
    """In how many and which settings a doctrine differs from the reference, and its world from that of the others."""
    name = f"“{results.manifest.doctrine_titles[level]}”"
    if not apart:
        differs = f"{name} has all the settings of “{reference}”"
    else:
        few = len(apart) <= FEW
        words = [factor_words(f"{DOCTRINE}.{key}") + _values(values) * few for key, values in apart.items()]
        differs = f"{name} differs from “{reference}” in {number_of('setting', len(apart))}: {listed(words)}"
    if level in results.manifest.changes:
        differs += f". {_changed_world(results, level)}"
    return f"{differs}."


def _values(values: tuple[Any, Any]) -> str:
    return f" {_text(values[0])} ({_text(values[1])})"


def _text(value: Any) -> str:
    return "none" if value is None else stated_text(value)


def _changed_world(results: Results, level: str) -> str:
    """What is other in the world of a level: Its world is changed: grievance gain 6 (3)."""
    known = {each.path: each.value for each in results.configuration.parameters()}
    drawn = results.worlds.columns if results.worlds is not None else ()
    was = {path: "drawn for each replicate" if path in drawn else _text(value) for path, value in known.items()}
    words = [
        f"{factor_words(path)} {stated_text(value)} ({was.get(path, 'as its kind has it')})"
        for path, value in results.manifest.changes[level].items()
    ]
    return f"Its world is changed: {listed(words)}"


def _of_changed_worlds(comparison: Comparison, names: list[str]) -> str:
    arms = listed([f"“{name}”" for name in names])
    contrasts = "between two causal contrasts, each against its own twin, and not an effect of a doctrine"
    if len(names) == 1:
        return f"{arms} has a twin of its own, in the changed world: its difference is that {contrasts}."
    return f"{arms} have twins of their own, each in its changed world: their differences are {contrasts}."


def _absolute(comparison: Comparison, levels: list[str]) -> str:
    """Harm in the world and in its twin, as it stands, for the reference and each changed world, with intervals."""
    titles = comparison.results.manifest.doctrine_titles
    found = [comparison.each(metric) for metric in ABSOLUTE]
    rows = []
    for level in levels:
        at = comparison.levels.index(level)
        world, twin = (each.row(at) for each in found)
        rows.append(f"“{titles[level]}” {_estimate(world)}, twin {_estimate(twin)}")
    n = found[0].row(0)["n"]
    unit = f"{title(ABSOLUTE[0])}, {metric_unit(ABSOLUTE[0])}"
    head = f"{unit[0].upper()}{unit[1:]}, in the world and in its twin (± or in brackets 95 %, n = {n:,})"
    return f"{head}: {'; '.join(rows)}."


def _estimate(row: Mapping[str, Any]) -> str:
    if row["low"] is None:
        return "undefined" if row["mean"] is None else f"{row['mean']:.3g}, without an interval"
    digits = max(0, 2 - len(str(int(abs(row["mean"])))) + 1)
    return interval_text(row["mean"], row["low"], row["high"], digits)


def _differs(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> str:
    """In which choices a doctrine differs from another, with what that has in brackets."""
    words = [key.replace("_", " ") + _values(values) for key, values in differing(one, other).items()]
    if not words:
        return f"It has all the settings of “{name}”."
    return f"Different from “{name}” (in brackets): {listed(words)}."
