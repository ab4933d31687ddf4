"""Phases of a doctrine in the story of a run: when each began and ended, and what it changed."""

from collections.abc import Iterator
from typing import NamedTuple

from analysis.labels import phase_words
from analysis.story.ledger import RunRecord

MOST_TOLD = 4
"""Times in phases that a story tells one by one."""


class Spell(NamedTuple):
    """A time during which a phase held: its name, its first week, and the week after its last."""

    phase: str
    first: int
    end: int


def spells(run: RunRecord) -> list[Spell]:
    """The times during which phases held in the weeks counted, in the order of their beginning."""
    found: list[Spell] = []
    for name, held in run.phases.items():
        around = [0, *held, 0]
        edges = [week for week in range(len(held) + 1) if around[week] != around[week + 1]]
        pairs = zip(edges[::2], edges[1::2], strict=True)
        found += [Spell(name, run.burn_in + first, run.burn_in + end) for first, end in pairs]
    return sorted(found, key=lambda spell: spell.first)


def phases_text(run: RunRecord) -> Iterator[str]:
    """When the Union changed its doctrine, and to what; nothing of a doctrine without phases."""
    if not (stated := run.configuration.doctrine.phases):
        return
    held = spells(run)
    if not held:
        yield f"the Union never changed its doctrine: no phase of it ({', '.join(stated)}) was reached"
    seen: set[str] = set()
    for spell in held[:MOST_TOLD]:
        phase = f"phase “{spell.phase.replace('_', ' ')}”"
        to_end = spell.end == run.end
        if spell.first == run.burn_in:
            until = "to the end" if to_end else f"to {run.week_text(spell.end)}"
            yield f"{phase} of the Union's doctrine held from the first week counted {until}"
        else:
            until = "and kept it to the end" if to_end else f"and went back in {run.week_text(spell.end)}"
            yield f"in {run.week_text(spell.first)} the Union changed its doctrine to its {phase}, {until}"
        if spell.phase not in seen:
            seen.add(spell.phase)
            yield f"that phase holds {phase_words(stated[spell.phase].model_dump())}"
    if len(held) > MOST_TOLD:
        yield f"it changed to a phase {len(held) - MOST_TOLD} times more, of which the weekly series has the weeks"
