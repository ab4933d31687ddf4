"""What the choices of a round bring about, beside nothing decided, as rows of a table."""

from typing import Any

from experiments.exercise.consequences import COUNTED, DECIDED, consequences
from experiments.exercise.debrief.rounds import Sat
from model.metrics.catalogue import METRICS


def effects_of(sat: Sat) -> dict[str, Any]:
    """Figures of a round's choices beside nothing decided: levels, differences, and which are told from 0."""
    found = consequences(sat.began, {DECIDED: sat.decided})
    arms = list(dict.fromkeys(arm for arm, _ in found.levels))
    rows = [
        {
            "metric": name,
            "title": METRICS[name].title,
            "unit": METRICS[name].unit,
            "share": METRICS[name].is_share,
            "levels": [found.levels[arm, name] for arm in arms],
            "difference": found.differences[DECIDED, name],
            "told": found.told[DECIDED, name],
        }
        for name in COUNTED
    ]
    return {"title": sat.title, "weeks": found.weeks, "n": found.n, "arms": arms, "rows": rows}
