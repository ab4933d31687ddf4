"""The doctrines of a comparison, one by one: title, idea, and in what each differs from the reference."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.comparison.comparison import DOCTRINE, default_reference
from analysis.labels import listed, stated_text
from analysis.results.folder import Results

DESCRIBING = ("title", "idea", "source", "sources")
"""Fields with which a doctrine describes itself: no choices of it."""


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
        yield f"“{titles[level]}”", text.strip()


def _differs(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> str:
    """In which choices a doctrine differs from another, with what that has in brackets."""
    apart = [
        f"{key.replace('_', ' ')} {stated_text(value)} ({stated_text(other[key])})"
        for key, value in one.items()
        if key not in DESCRIBING and not isinstance(value, (dict, list)) and key in other and value != other[key]
    ]
    return (
        f"Other than “{name}” (in brackets): {listed(apart)}." if apart else f"All its numbers are those of “{name}”."
    )
