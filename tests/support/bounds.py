"""What every column of the world's tables may hold, week after week. A column that is not listed fails the tests."""

import math
from typing import Any, NamedTuple

import numpy as np

from agents.catalogue import ADDRESSEES, ADOPTION_RULES, ATTRIBUTION_NEEDS, CATEGORIES, KINDS, OCCASIONS, ON_CASE
from agents.doctrine import NOT_HELD, SWITCHES, TRIGGERS, VOTING_RULES
from agents.member_state import POSITIONS
from agents.union.docket import EMPTY, STATUS
from agents.union.tracks import STAGES, TRACKS
from agents.world import KEEP, World


class Bound(NamedTuple):
    """Closed bounds; an upper end that is a text is the number of rows of that table less one."""

    low: float = -math.inf
    high: float | str = math.inf


FINITE = Bound()
NOT_NEGATIVE = Bound(0)
SHARE = Bound(0, 1)
FLAG = Bound(0, 1)
ANY_NUMBER = Bound(0, 2.0**64)
"""An entity."""


def code(names: tuple[str, ...]) -> Bound:
    """A place in a list of names."""
    return Bound(0, len(names) - 1)


def row(table: str, none: int = -1) -> Bound:
    """A row of a table, or `none`."""
    return Bound(none, table)


WEEK_OR_NEVER = Bound(-1, 1e7)
"""A week, which may lie beyond the run's end: an act may surface, a measure lapse, after it."""

BOUNDS: dict[str, dict[str, Bound]] = {
    "perpetrators": {
        "entity": ANY_NUMBER,
        "kind": code(KINDS),
        "home": row("perpetrators", 0),
        "tempo": NOT_NEGATIVE,
        "opportunity": FLAG,
        "suppressed": FLAG,
        "activity": row("activities"),
        "patience": NOT_NEGATIVE,
        "encounters": NOT_NEGATIVE,
        "surfaces": WEEK_OR_NEVER,
        "grievance": NOT_NEGATIVE,
        "evidence_weight": NOT_NEGATIVE,
        "evidence_sum": NOT_NEGATIVE,
        "seen_named": NOT_NEGATIVE,
        "seen_cold": NOT_NEGATIVE,
        "blame": NOT_NEGATIVE,
        "record": NOT_NEGATIVE,
        "diligence": SHARE,
        "pressure": NOT_NEGATIVE,
        "in_force": NOT_NEGATIVE,
        "news": Bound(0, 0),  # taken in by the end of the week
        "bite_excess": Bound(0, 0),
        "calmed": Bound(0, 0),
        "named": Bound(0, 0),
        "cleared": Bound(0, 0),
        "blamed": Bound(0, 0),
        "named_rightly": Bound(0, 0),
        "known": Bound(0, 0),
        "gone_cold": Bound(0, 0),
        "tension": FINITE,
        "activation": NOT_NEGATIVE,
        "tension_persistence": SHARE,
        "tension_innovation": NOT_NEGATIVE,
        "shocks": FINITE,
        "sponsor": row("perpetrators"),
        "harbour": row("perpetrators"),
        "harbours": Bound(0, "+perpetrators"),
        "capability": SHARE,
        "stealth": SHARE,
        "base_stealth": SHARE,
        "rationality": NOT_NEGATIVE,
        "sensitivity": NOT_NEGATIVE,
        "entanglement": SHARE,
        "norm_regard": SHARE,
        "ambiguity_attitude": FINITE,
        "log_discount": Bound(-28, 0),
        "tolerance": SHARE,
        "link": SHARE,
        "attention": SHARE,
        "clue_reliability": SHARE,
        "clue_weight": NOT_NEGATIVE,
        "ratio_low": NOT_NEGATIVE,
        "ratio_high": NOT_NEGATIVE,
        "steps_up": Bound(0, 60),
        "steps_down": Bound(0, 60),
        "named_in_time": SHARE,
        "urge": SHARE,
        "success": SHARE,
        "victim": row("victims"),
        "succeeded": FLAG,
        "planted": FLAG,
        "experience": Bound(-1),
        "retooled": SHARE,
    },
    "member_states": {
        "population": SHARE,
        "standard_offset": FINITE,
        "standard": FINITE,
        "solidarity": FINITE,
        "salience": NOT_NEGATIVE,
        "reluctance": NOT_NEGATIVE,
    },
    "partners": {
        "intelligence": NOT_NEGATIVE,
        "alignment": SHARE,
        "weight": NOT_NEGATIVE,
    },
    "victims": {
        "entity": ANY_NUMBER,
        "exposure": NOT_NEGATIVE,
        "base_resilience": SHARE,
        "resilience": SHARE,
        "resilience_gained": NOT_NEGATIVE,
    },
    "council": {
        "entity": ANY_NUMBER,
        "standard": NOT_NEGATIVE,
        "lowest_standard": FINITE,
        "highest_standard": FINITE,
        "caution": SHARE,
        "log_discount": Bound(-28, 0),
        "log_real": Bound(-28, 0),
        "phases": NOT_NEGATIVE,
        "turned": WEEK_OR_NEVER,
        "severe_by_week": NOT_NEGATIVE,
        "credibility_by_week": SHARE,
        "credibility": SHARE,
        "kept": SHARE,
        "promised": NOT_NEGATIVE,
        "delivered": NOT_NEGATIVE,
        "lateness": NOT_NEGATIVE,
        "fulfilled": FINITE,  # below nothing where wrong attributions cost what was believed at first
        "heard": SHARE,
        "norm_strength": SHARE,
        "skill": SHARE,
        "clue_probability": SHARE,
        "clue_rate": NOT_NEGATIVE,
        "resilience_drift": FINITE,
        "attention": SHARE,
        "mistaken": NOT_NEGATIVE,
        "signal_weight": NOT_NEGATIVE,
        "suspect_weight": NOT_NEGATIVE,
        "suspect_record": NOT_NEGATIVE,
        "rows_used": Bound(0, "+cases"),
        "rows_full": Bound(0, "+cases"),
        "rows_due": Bound(0, "+cases"),
        "rows_ended": Bound(0, "+cases"),
        "waiting": Bound(0, "+cases"),
        "in_preparation": Bound(0, "+cases"),
        "rows_met": Bound(0, "+perpetrators"),
        "overflow": Bound(0, 0),
        "ledger_rows": Bound(0, "+ledger"),
        "votes_written": Bound(0, "+votes"),
        "acts_written": Bound(0, "+acts"),
        "counted_from": NOT_NEGATIVE,
        "programme_norms": SHARE,
        "programme_resilience": SHARE,
        "programme_diligence": SHARE,
        "programme_calming": SHARE,
        "running_cost": NOT_NEGATIVE,
    },
    "cases": {
        "status": code(STATUS),
        "entity": ANY_NUMBER,
        "culprit": row("perpetrators"),
        "framed": row("perpetrators"),
        "victim": row("victims", 0),
        "activity": row("activities", 1),
        "succeeded": FLAG,
        "planted": FLAG,
        "begun": NOT_NEGATIVE,
        "opened": NOT_NEGATIVE,
        "severity": SHARE,
        "reliability": SHARE,
        "weight": NOT_NEGATIVE,
        "standard": SHARE,
        "start_culprit": Bound(-1000, 0),
        "start_framed": Bound(-1000, 0),
        "start_nobody": Bound(-1000, 0),
        "clues": NOT_NEGATIVE,
        "clues_culprit": NOT_NEGATIVE,
        "clues_framed": NOT_NEGATIVE,
        "clues_nobody": NOT_NEGATIVE,
        "links": FLAG,
        "next_clue": NOT_NEGATIVE,
        "suspect": row("perpetrators"),
        "confidence": SHARE,
        "state_confidence": SHARE,
        "first_national": WEEK_OR_NEVER,
        "first_national_right": FLAG,
        "national": Bound(0, "+member_states"),
        "attributed": WEEK_OR_NEVER,
        "joint": WEEK_OR_NEVER,
        "right": FLAG,
        "publishing": ANY_NUMBER,
        "persuaded": FINITE,
        "intended": NOT_NEGATIVE,
        "announced": NOT_NEGATIVE,
        "backing": NOT_NEGATIVE,
        "willing": FLAG,
        "window": WEEK_OR_NEVER,
        "answered": WEEK_OR_NEVER,
        "resolved": WEEK_OR_NEVER,
        "exposed": WEEK_OR_NEVER,
        "values": SHARE,
    },
    "tracks": {
        "stage": code(STAGES),
        "measure": row("measures"),
        "planned": NOT_NEGATIVE,
        "share": Bound(0, 1 + 1e-12),  # populations are added up
        "until": WEEK_OR_NEVER,
        "due": WEEK_OR_NEVER,
        "settled": WEEK_OR_NEVER,
        "adopted": WEEK_OR_NEVER,
        "target": row("perpetrators"),
        "bite": NOT_NEGATIVE,
        "shared": NOT_NEGATIVE,
        "expires": WEEK_OR_NEVER,
        "supporting": Bound(0, "+member_states"),
        "objecting": Bound(0, "+member_states"),
        "abstaining": Bound(0, "+member_states"),
        "unconvinced": Bound(0, "+member_states"),
    },
    "activities": {
        "entity": ANY_NUMBER,
        "severity": SHARE,
        "visibility": SHARE,
        "required_capability": SHARE,
        "cost": NOT_NEGATIVE,
        "harm": SHARE,
        "dwell": NOT_NEGATIVE,
        "surfacing": NOT_NEGATIVE,
        "mistaken": NOT_NEGATIVE,
        "motive": FINITE,
        "dimensions": SHARE,
    },
    "measures": {
        "entity": ANY_NUMBER,
        "category": code(CATEGORIES),
        "occasion": code(OCCASIONS),
        "attribution": code(ATTRIBUTION_NEEDS),
        "addressee": code(ADDRESSEES),
        "adoption": code(ADOPTION_RULES),
        "bite_low": NOT_NEGATIVE,
        "bite_high": NOT_NEGATIVE,
        "cost": NOT_NEGATIVE,
        "floor": SHARE,
        "delay_low": NOT_NEGATIVE,
        "delay_high": NOT_NEGATIVE,
        "duration": Bound(1),
        "available": FINITE,
        "uptake": NOT_NEGATIVE,
        "calming": SHARE,
        "resilience": SHARE,
        "norms": SHARE,
        "diligence": SHARE,
        "persons": NOT_NEGATIVE,
        "entities": NOT_NEGATIVE,
        "joinable": FLAG,
        "forgone": FLAG,
    },
    "keep": dict.fromkeys(KEEP, SHARE),
    "switches": dict.fromkeys(SWITCHES, FLAG),
    "doctrine": {
        "clarity": SHARE,
        "attribution_confidence": Bound(0.6, 0.99),
        "proportionality": SHARE,
        "firmness": NOT_NEGATIVE,
        "ratchet": NOT_NEGATIVE,
        "campaign_interval": NOT_NEGATIVE,
        "voting_rule": code(VOTING_RULES),
        "initiative": FLAG,
        "vital_interest": FLAG,
        "coalition_quorum": Bound(1),
        "preventive": SHARE,
        "cooperative": SHARE,
        "stability": SHARE,
        "support": SHARE,
        "partners": SHARE,
        "due_diligence": SHARE,
        "delay_factor": Bound(0.25, 4),
    },
    "phases": {
        "trigger": code(TRIGGERS),
        "threshold": FINITE,
        "until": NOT_NEGATIVE,
        "lasts": Bound(1),
        "began": Bound(NOT_HELD),
    },
}
BOUNDS["doctrines"] = BOUNDS["doctrine"]

INFINITE = {
    ("activities", "surfacing"),
    ("council", "clue_rate"),
    ("perpetrators", "ratio_high"),
    ("cases", "persuaded"),
}
"""Rates that are infinite where the event is certain; a ratio that none exceeds; certainty before anybody was asked."""

ELSEWHERE = {
    "clock": "words of a key",
    "scenario": "parameters in their declared ranges (test_every_doctrine.py)",
    "classes": "the same",
    "priors": "the same",
    "member_priors": "the same",
    "partner_priors": "the same",
    "books": "invariants.py",
    "before": "books",
    "blank": "books",
    "series": "invariants.py",
    "ledger": "cases that were on the docket",
    "ledger_tracks": "their tracks",
    "votes": "invariants.py",
    "script": "orders of people, which `model.onward.script` writes (test_onward.py)",
    "acts": "test_ledgers.py",
}
"""Tables whose bounds are checked elsewhere."""

PLAIN = {
    "positions": code(POSITIONS),
    "severity_weights": SHARE,
    "pull": NOT_NEGATIVE,
    "dependence": NOT_NEGATIVE,
    "limits": NOT_NEGATIVE,
    "attraction": FINITE,
    "believed": FINITE,
    "at_least": SHARE,
    "scratch": NOT_NEGATIVE,
    "last_week": FINITE,
    "last_rung": row("activities", 0),
    "calendar": NOT_NEGATIVE,
    "ended": row("cases", 0),
    "met": row("perpetrators", 0),
    "in_force": NOT_NEGATIVE,
    "due": row("cases", 0),
    "delays": NOT_NEGATIVE,
    "rungs": NOT_NEGATIVE,
}
"""Arrays without columns."""


def beyond(world: World, values: Any, bound: Bound, *, infinite: bool = False) -> Any:
    """The values that are not finite or lie beyond their bounds."""
    high = bound.high
    if isinstance(high, str):
        high = len(getattr(world, high.removeprefix("+"))) - (0 if high[0] == "+" else 1)
    good = (values >= bound.low) & (values <= high) & (np.isfinite(values) | infinite)
    return values[~good]


def outside(world: World) -> dict[str, Any]:
    """Columns that hold something beyond their bounds, with what they hold; rows of the docket in use alone."""
    found = {}
    for table, columns in BOUNDS.items():
        rows = getattr(world, table)
        if table in ("cases", "tracks"):
            rows = rows[np.repeat(world.cases.status != EMPTY, len(TRACKS) if table == "tracks" else 1)]
        for column, bound in columns.items():
            held = rows[column]
            if (table, column) == ("measures", "duration"):  # programmes have none
                held = held[rows.occasion == ON_CASE]
            wrong = beyond(world, held, bound, infinite=(table, column) in INFINITE)
            if len(wrong):
                found[f"{table}.{column}"] = wrong
    for name, bound in PLAIN.items():
        wrong = beyond(world, getattr(world, name), bound)
        if len(wrong):
            found[name] = wrong
    return found
