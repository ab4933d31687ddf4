"""Values of a debrief, made up: as after a play of few words, and as of one that fills everything it may."""

from typing import Any

from model.loading import shipped

METRICS = ("deterrence_rate", "escalation_rate", "harm_averted", "wrongful_responses", "eu_cost")
HOSTILE = "<script>alert(1)</script> & \"quotes\" 'single' {{ 7 * 7 }} </title>"


def figure(mean: float, *, difference: float | None = None, clear: bool = True) -> dict[str, Any]:
    """A figure with an interval of one point to either side, and its difference if there is one."""
    found: dict[str, Any] = {"mean": mean, "low": mean - 0.01, "high": mean + 0.01, "n": 200}
    if difference is not None:
        wide = 0.01 if clear else 2.0 * abs(difference) + 0.01
        ends = {"mean": difference, "low": difference - wide, "high": difference + wide, "n": 200}
        found |= {"difference": ends, "clear": clear}
    return found


def arm(name: str, mean: float, difference: float | None = None, *, clear: bool = True, procedure: bool = False) -> Any:
    """An alternative, whose metrics all have the same figures."""
    figures = {metric: figure(mean, difference=difference, clear=clear) for metric in METRICS}
    return {"name": name, "figures": figures, "procedure": procedure}


def values(*, rounds: int = 5, cases: int = 3, words: str = "Power cuts in Altania", long: int = 1) -> dict[str, Any]:
    """A debrief with so many rounds and cases; `words` are what authors and players wrote, so many times over."""
    said = " ".join([words] * long)
    caused = {
        "weeks": 216,
        "n": 200,
        "arms": [
            arm("as decided", 0.12),
            arm("nothing decided", 0.07, -0.05),
            arm(f"{said} on case 1", 0.15, 0.03),
            arm("attributing case 2", 0.1, -0.02, clear=False),
            arm("with all members in favour", 0.14, 0.02, procedure=True),
            arm("with all members in favour and quick preparation", 0.16, 0.04, procedure=True),
        ],
    }
    doctrines = [name for name in shipped("doctrines") if name != "none"]
    decision = {
        "track": "dossier",
        "sort": "listing and the like",
        "measure": "Listing of persons and entities",
        "stage": "adopted",
        "ended": "adopted",
        "week": 70,
    }
    return {
        "form": "deter debrief 1",
        "title": said,
        "begins": "2021-05-17",
        "doctrine": "Status quo",
        "over": True,
        "futures": 200,
        "cases": [
            {
                "case": number + 1,
                "inject": "power_cut",
                "title": said,
                "yours": True,
                "victim": said,
                "what": "Disruption of essential services",
                "severity": 0.6,
                "by": "Service unit of major power A",
                "since": 0,
                "false_flag": number == 1,
                "framed": said if number == 1 else None,
                "suspect": "Service unit of major power A",
                "confidence": 0.9,
                "opened": 0,
                "attributed": 18 if number != 2 else None,
                "right": number != 1,
                "answered": 4,
                "wronged": None,
                "decisions": [decision | {"for": 25, "against": 1, "abstaining": 1}] * min(long, 4),
            }
            for number in range(cases)
        ],
        "red_team": {
            "name": said,
            "acts": [{"week": 4, "act": said, "flag": True, "case": 101, "named": None}] * min(long, 4),
        },
        "rounds": [
            {
                "title": f"{said} {number + 1}",
                "week": 12 * number,
                "day": "2021-05-17",
                "decided": [{"role": "chair", "kind": "ask", "said": f"ask about {said}", "reason": said}]
                * min(long, 6),
                "caused": caused,
            }
            for number in range(rounds)
        ],
        "doctrines": {
            "weeks": 216,
            "n": 200,
            "arms": [arm("the table", 0.12), *(arm(name, 0.1, -0.02, clear=False) for name in doctrines)],
        },
        "revealed": {
            "decisions": 24,
            "agreement": 0.83,
            "clarity": None,
            "setting": {
                name: {"mean": 0.75, "low": 0.6, "high": 0.9, "n": 24, "revealed": name != "firmness"}
                for name in ("attribution_confidence", "firmness", "proportionality")
            },
        },
        "expectations": [
            {"name": "right", "text": said, "weeks": 52, "reached": reached, "week": 18, "by": 52}
            for reached in ("yes", "no", "open", "not tested")
        ],
        "polls": [
            {
                "inject": "altania_certain",
                "title": said,
                "question": said,
                "options": [said, "Wait for more evidence, and say so", "Wait, and say nothing"],
                "answers": [
                    {"role": role, "option": place % 3, "reason": said}
                    for place, role in enumerate(("presidency", "chair", "delegation"))
                ],
            }
        ]
        * min(long + 1, 6),
    }
