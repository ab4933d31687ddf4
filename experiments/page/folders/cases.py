"""The ledger of a run for readers: parties, activities and victims by their titles, weeks as dates."""

from typing import Any

from analysis.story.ledger import Case, RunRecord

MOST_CASES = 1_000
"""Cases of a ledger on the page: those of some decades."""
SIDES = ("for", "against", "abstaining")


def cases_of(run: RunRecord) -> list[dict[str, Any]]:
    """The first cases opened in the weeks counted, in their order."""
    return [_told(run, case) for case in run.cases[:MOST_CASES]]


def _told(run: RunRecord, case: Case) -> dict[str, Any]:
    return {
        "opened": case["opened"].isoformat(),
        "status": case["status"],
        "culprit": run.party(case["culprit"]),
        "suspect": run.party(case["suspect"]),
        "victim": case["victim"],
        "activity": run.activity(case["activity"]),
        "severity": case["severity"],
        "confidence": case["confidence"],
        "attributed": _day(run, case["attributed_week"]),
        "rightly": case["attributed_rightly"],
        "answered": _day(run, case["adopted_week"]),
        "votes": None if case["voted_track"] is None else [case[f"votes_{side}"] for side in SIDES],
    }


def _day(run: RunRecord, week: int | None) -> str | None:
    return None if week is None else run.day(week).isoformat()
