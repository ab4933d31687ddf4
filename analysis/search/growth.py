"""How the front of a search has grown: the hypervolume of all candidates so far, and whether it still rose at the end.

Each objective is scaled from the worst figure of any candidate of the search to the best, 0 to 1; the worst are the
reference point. The hypervolume is the share of that box in which a candidate is at least as good (Zitzler & Thiele
1999). A search whose front still grew in its last quarter has not found what there is; one whose front did not may have
stopped short all the same. Figures are means over few runs, and the best of many were lucky too: some growth is chance.
"""

from typing import NamedTuple

import numpy as np

from analysis.search.answer import Found
from analysis.statistics.fronts import added, non_dominated
from analysis.statistics.ratio import Array

LAST, LEAST = 0.25, 0.01
"""The end of a search, as a share of its trials, and growth in it, as a share of the hypervolume, that counts."""
MOST_OBJECTIVES = 6
"""Objectives up to which the hypervolume is measured: it takes many times as long with each."""


class Growth(NamedTuple):
    """The hypervolume after each trial; generation of each, and how many were on the front so far."""

    volume: Array
    generation: list[int]
    front: list[int]

    @property
    def late(self) -> float:
        """How much it grew in the last quarter of the trials, as a share of what it came to."""
        before = self.volume[len(self.volume) - 1 - int(LAST * len(self.volume))]
        return float(1.0 - before / self.volume[-1])

    @property
    def still(self) -> bool:
        """Whether that counts."""
        return self.late > LEAST

    @property
    def ends(self) -> list[int]:
        """The last trial of each generation."""
        after = [*self.generation[1:], None]
        return [at for at, (one, other) in enumerate(zip(self.generation, after, strict=True)) if one != other]


def growth(found: Found) -> Growth | None:
    """The growth of a search's front; None where it is unknown.

    That is where fewer than two objectives differ between candidates, or more than `MOST_OBJECTIVES`, or where none is
    better than the worst in all at once.
    """
    turned = np.array([[one.sign * each.figures[one.key] for one in found.aims] for each in found.tried])
    if len(turned) < 2:
        return None
    low, high = turned.min(axis=0), turned.max(axis=0)
    differs = high > low
    if not 2 <= differs.sum() <= MOST_OBJECTIVES:
        return None
    scaled = ((turned - low) / np.where(differs, high - low, 1.0))[:, differs]
    volume = np.cumsum(list(added(scaled)))
    if volume[-1] <= 0.0:
        return None
    generation = [each.generation for each in found.tried]
    ends = Growth(volume, generation, []).ends
    front = [int(non_dominated(np.unique(scaled[: end + 1], axis=0)).sum()) for end in ends]
    return Growth(volume, generation, front)


def growth_sentence(found: Found) -> str | None:
    """How much of its box the front covers, and whether it was still growing; None where that is unknown."""
    if (grown := growth(found)) is None:
        return None
    whole = f"The front covers {100.0 * grown.volume[-1]:.1f} % of the box between the worst and the best figures tried"
    late = f"{100.0 * grown.late:.1f} % of that was added in the last quarter of the search"
    end = (
        "the front was still growing, and more trials would improve it"
        if grown.still
        else f"less than the {100.0 * LEAST:.0f} % that counts as growth"
    )
    noise = "Figures of few runs are partly luck, and so is a front of the best of them."
    return f"{whole} (its hypervolume); {late}: {end}. {noise}"
