"""Words for figures and tables: names and units of factors and metrics, levels, shares."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from model.configuration import USER, Configuration
from model.errors import printable
from model.metrics.catalogue import ESTIMATED

INVENTED = "A model invented this course of events. No state mentioned did or suffered any of it."
"""What stands on top of every run that is told or drawn: scenarios have real Member States as victims."""
TITLES = {
    "doctrine.attribution_confidence": "Attribution confidence required",  # more of it is asked for, not had
    "scenario.choice.rule": "Choice rule",
    "scenario.severity.exponent": "Exponent of severity",
    "scenario.reporting.share": "Share reported",
    "scenario.reporting.trend": "Rise of the share reported",
    "scenario.traits.tempo": "Tempo of all",
    "scenario.learning.experience": "Learning from experience",
}
"""Factors whose own name would mislead, or say little."""
OF = {"weights": "Weight of {}", "motive": "Motive of {}"}
"""What is said of a parameter in a table of these names, of which its own name says only which."""
PARTS = {"mean": "", "spread": ", spread", "low": ", low end", "high": ", high end"}
"""What is said of a parameter that is part of a trait or of a range, beside whose it is."""
UNITLESS = ("choice", "switch", "yes or no", "trait's own")
"""Units that say nothing beside an axis."""


def factor_title(path: str) -> str:
    """A factor as a reader calls it: `scenario.investigation.skill` → Skill."""
    if path in TITLES:
        return TITLES[path]
    *before, last = path.split(".")
    if last in PARTS and len(before) > 2:  # archetypes.major_power.sensitivity.mean: of a trait, or of a range
        whose = "" if before[-2] == "traits" else f" of {before[-2]}"  # of all members, or partners
        last = f"{before[-1]}{whose}{PARTS[last]}"
    elif before and before[-1] in OF:
        last = OF[before[-1]].format(last)
        if before[0] == "activities":
            last += f" for {before[1]}"
    elif len(before) == 2 and before[0] == "activities":
        last += f" of {before[1]}"
    return last.replace("_", " ").capitalize()


def factor_titles(paths: Iterable[str]) -> dict[str, str]:
    """Titles of factors by path; those that would be called alike keep their paths."""
    found = {path: factor_title(path) for path in paths}
    called = list(found.values())
    return {path: title if called.count(title) == 1 else path for path, title in found.items()}


def factor_label(path: str, configuration: Configuration) -> str:
    """A factor with its unit, or where it has none with its range: Clarity (0 to 1)."""
    title = factor_title(path)
    found = next((parameter for parameter in configuration.parameters() if parameter.path == path), None)
    if found is None or found.unit in UNITLESS:
        return title
    if found.unit != "1":
        return f"{title} ({found.unit})"
    return f"{title} (number)" if None in (found.low, found.high) else f"{title} ({found.low:g} to {found.high:g})"


def number_of(noun: str, number: int, plural: str | None = None) -> str:
    """A number of things in figures: 1 replicate, 1,200 points."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


FEWEST, MOST = 4, 17
"""Significant digits of a level: as many as are easily read, and as many as tell any two numbers apart."""
STATED = 15
"""Significant digits that every number keeps which somebody has stated."""


def level_text(level: Any, among: Iterable[Any] = ()) -> str:
    """A level without needless digits: with as many as tell it from every other level that it stands `among`."""
    return _level_text(level, _digits(tuple(among)) if isinstance(level, float) else 0)


def level_texts(levels: Iterable[Any]) -> list[str]:
    """Levels that stand beside one another, with as many digits as tell them apart."""
    levels = tuple(levels)
    digits = _digits(levels)
    return [_level_text(level, digits) for level in levels]


def _level_text(level: Any, digits: int) -> str:
    if isinstance(level, bool):
        return "yes" if level else "no"
    return f"{level:.{digits}g}" if isinstance(level, float) else printable(str(level))


def stated_text(value: Any) -> str:
    """A value that somebody has stated, in full."""
    return f"{value:.{STATED}g}" if isinstance(value, float) else level_text(value)


@lru_cache
def _digits(levels: tuple[Any, ...]) -> int:
    numbers = {level for level in levels if isinstance(level, (int, float))}

    def apart(digits: int) -> bool:
        return len({f"{number:.{digits}g}" for number in numbers}) == len(numbers)

    return next(filter(apart, range(FEWEST, MOST)), MOST)


def runs_planned(points: int, replicates: int) -> str:
    """The size of a design in words: 12 points × 8 replicates."""
    return f"{number_of('point', points)} × {number_of('replicate', replicates)}"


WAITS = {
    "begins": "from {} on",
    "severe_acts_above": "while more than {} cases taken to be severe were opened in the last year",
    "severe_acts_below": "while fewer than {} cases taken to be severe were opened in the last year",
    "credibility_above": "while mean credibility of the last year is above {}",
    "credibility_below": "while mean credibility of the last year is below {}",
}
"""What a phase of a doctrine waits for, in words."""


def phase_words(phase: Mapping[str, Any]) -> str:
    """A phase of a doctrine as its file states it, in words: while …, at least 52 weeks: clarity 0.9."""
    trigger = next(name for name in WAITS if name in phase)
    words = WAITS[trigger].format(stated_text(phase[trigger]))
    words += f" until {phase['ends']}" if "ends" in phase else ""
    words += f", for {number_of('week', phase['lasts'])} at least" if "lasts" in phase else ""
    entries = {name: value for name, value in phase.items() if name not in {*WAITS, "ends", "lasts"}}
    return f"{words}: {listed([f'{name} {stated_text(value)}'.replace('_', ' ') for name, value in entries.items()])}"


MOST_CHANGES = 4


def changes(configuration: Configuration) -> str:
    """What the user set beside scenario and doctrine, for a title: `, with clarity 0.2`; nothing where nothing was."""
    values = {parameter.path: parameter.value for parameter in configuration.parameters()}
    paths = [path for path, text in configuration.sources.items() if text == USER and path in values]
    words = [f"{factor_title(path).lower()} {stated_text(values[path])}" for path in paths[:MOST_CHANGES]]
    more = len(paths) - len(words)
    return f", with {listed(words + [f'{more} changes more'] * bool(more))}" if paths else ""


def tick_texts(levels: Sequence[Any]) -> list[str]:
    """Levels for ticks: numbers with the same decimals, two unless more keep them apart, words apart."""
    texts = level_texts(levels)
    if not all(isinstance(level, float) for level in levels):
        words = [text.replace("_", " ") for text in texts]
        return words if len(set(words)) == len(set(texts)) else texts
    exact = (digits for digits in range(2) if all(round(level, digits) == level for level in levels))
    apart = (digits for digits in range(2, 9) if len({round(level, digits) for level in levels}) == len(levels))
    digits = next(chain(exact, apart), None)
    return texts if digits is None else [f"{level:.{digits}f}" for level in levels]


def percent(share: float, digits: int = 1) -> str:
    """A share in per cent."""
    return f"{100.0 * share:.{digits}f} %"


def title(metric: str) -> str:
    """A metric within a sentence: harm averted."""
    name = ESTIMATED[metric].title
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def is_share(metric: str) -> bool:
    """Whether a metric is a share, shown in per cent."""
    return ESTIMATED[metric].is_share


def shown(metric: str) -> float:
    """By what a metric is multiplied to be shown in the unit of its label."""
    return 100.0 if is_share(metric) else 1.0


def metric_unit(metric: str) -> str:
    """The unit in which a metric is shown: % of the twin's acts."""
    unit = ESTIMATED[metric].unit
    return f"%{unit.removeprefix('share')}" if is_share(metric) else unit


def metric_label(metric: str) -> str:
    """A metric with its unit: Deterrence rate (% of the twin's acts)."""
    return f"{ESTIMATED[metric].title} ({metric_unit(metric)})"


def listed(words: list[str]) -> str:
    """A list in a sentence: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def factor_words(path: str) -> str:
    """A factor within a sentence: sensitivity of major power."""
    name = factor_title(path).replace("_", " ")
    return name[0].lower() + name[1:]
