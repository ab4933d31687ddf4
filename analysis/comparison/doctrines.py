"""The doctrines of a comparison, one by one: name, title, idea, and in what each differs from the reference."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.comparison.comparison import DOCTRINE, default_reference, named
from analysis.labels import listed, phase_words, stated_text
from analysis.results.folder import Results

DESCRIBING = ("title", "idea", "source", "sources")
"""Fields with which a doctrine describes itself: no choices of it."""


def doctrines_compared(results: Results) -> Iterator[tuple[str, str]]:
    """Each doctrine that is a level of a factor, by the name that tables have, with its title once beside it."""
    titles, stated = results.manifest.doctrine_titles, results.manifest.design.get("reference")
    if not titles:
        return
    levels, contents = list(titles), results.manifest.contents.get(DOCTRINE, {})
    reference = stated if stated in titles else default_reference(levels)
    names = dict(zip(levels, named(levels), strict=True))
    for level in filter(contents.__contains__, levels):
        held = contents[level]
        text = f"“{titles[level]}”. {' '.join(str(held.get('idea', '')).split())}".strip()
        if level != reference and reference in contents:
            text += f" {_differs(held, contents[reference], names[reference])}"
        yield f"Doctrine {names[level]}", text


def _phases(held: Mapping[str, Any]) -> str:
    """The phases of a doctrine in words: “pressure” while …: clarity 0.9; none."""
    said = [f"“{name.replace('_', ' ')}” {phase_words(phase)}" for name, phase in held.get("phases", {}).items()]
    return "; ".join(said) or "none"


def _differs(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> str:
    """In which choices a doctrine differs from another, with what that has in brackets."""
    apart = [
        f"{key.replace('_', ' ')} {stated_text(value)} ({stated_text(other[key])})"
        for key, value in one.items()
        if key not in DESCRIBING and not isinstance(value, (dict, list)) and key in other and value != other[key]
    ]
    ours, theirs = (_phases(held) for held in (one, other))
    if ours != theirs:
        apart.append(f"phases {ours} ({theirs})")
    return f"Other than {name} (in brackets): {listed(apart)}." if apart else f"All its numbers are those of {name}."
