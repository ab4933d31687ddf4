"""The state of the world, and classes of the coupled draws, for stories of single runs."""

from agents.belief import CLASSES
from model.metrics.columns import DOCS, part_of
from model.metrics.definition import YEARS, Metric, Total, count, ratio

METRICS: dict[str, Metric] = {
    "credibility": ratio("Credibility", "0 to 1", "mean credibility of the EU", "credibility", "weeks"),
    "norm_strength": ratio("Norm strength", "0 to 1", "mean norm strength", "norm_strength", "weeks"),
    "resilience": ratio("Resilience", "0 to 1", "mean resilience of victims", "resilience", "weeks"),
    "grievance": ratio("Grievance", "utility", "mean grievance of perpetrators", "grievance", "weeks"),
    "pressure": ratio("Pressure", "bite", "mean bite in force against a perpetrator", "pressure", "weeks"),
    # phases of the doctrine: all zero, or undefined, where it has none
    "time_in_phases": ratio(
        "Time in phases", "share of weeks", "weeks in which a phase of the doctrine held", "phased_weeks", "weeks"
    ),
    "doctrine_changes": count(
        "Changes of doctrine", "changes of doctrine, by phases that began or ended", "doctrine_changes"
    ),
    "first_phase": ratio(
        "First phase after",
        "years",
        "years from the first week counted to the first in which a phase held, of runs that had one",
        "turned_after",
        Total(("turned",), times=YEARS.per),
    ),
    # whether an answer brings what is believed of it: 1 where it does
    **{
        f"belief_{name}": ratio(
            f"Bite believed of {name} acts",
            "ratio",
            f"bite believed of attributed {name} acts, relative to what was delivered",
            part_of("believed_bite", name),
            part_of("delivered_bite", name),
        )
        for name in CLASSES
    },
    # classes of the coupled draws: for stories of single runs
    **{
        f"realised_{name}": count(f"Realised: {name}", DOCS[f"realised_{name}"], f"realised_{name}")
        for name in ("deterred", "dampened", "escalated", "provoked", "suppressed", "released")
    },
}
