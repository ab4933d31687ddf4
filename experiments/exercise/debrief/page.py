"""The brief after an exercise: one HTML page without network, two A4 pages in print, for readers who were not there."""

from analysis.labels import INVENTED, is_share
from analysis.report.page import templates
from experiments.exercise.debrief.findings import (
    BOTH,
    LEAD,
    NOTHING,
    TABLE,
    Values,
    bottom_line,
    cut,
    difference,
    findings_of,
    level,
)

MOST_CASES, MOST_ROUNDS, MOST_POLLS, MOST_EXPECTATIONS = 6, 6, 3, 4
"""Rows of each table at most; the rest is in the values."""
LONG, SHORT = 90, 44
"""Letters of a cell and of a title at most."""
COLUMNS = {
    "harm_averted": "harm averted",
    "escalation_rate": "escalation",
    "wrongful_responses": "wrongful responses a year",
    "eu_cost": "EU cost a year",
}
"""Metrics of the table of doctrines, and their heads."""
REACHED = {"yes": "met", "no": "not met", "open": "still open", "not tested": "not put to the test"}


def page_of(found: Values) -> str:
    """The brief of a debrief as HTML; all text is escaped, whoever wrote it."""
    return (
        templates()
        .get_template("debrief.html")
        .render(
            brief={"title": cut(found["title"], LONG)},
            found=found,
            bottom=bottom_line(found),
            findings=findings_of(found),
            cases=_cases(found),
            more_cases=max(0, len(_own(found)) - MOST_CASES),
            others=len(found["cases"]) - len(_own(found)),
            rounds=_rounds(found),
            more_rounds=max(0, len(found["rounds"]) - MOST_ROUNDS),
            doctrines=_doctrines(found),
            expectations=[
                (cut(each["text"], 160), REACHED[each["reached"]], _when(each))
                for each in found["expectations"][:MOST_EXPECTATIONS]
            ],
            polls=[_poll(each) for each in found["polls"] if each["answers"]][:MOST_POLLS],
            invented=INVENTED,
        )
    )


def _table(heads: list[str], words: list[bool], cells: list[list[str]]) -> Values:
    """A table as the page shows it: heads, which columns are words, and cells."""
    return {"heads": heads, "words": words, "cells": cells}


def _own(found: Values) -> list[Values]:
    """Cases that the table decided about."""
    return [each for each in found["cases"] if each["yours"]]


def _cases(found: Values) -> Values:
    heads = ["case", "what happened", "who did it", "whom the EU attributed it to", "what was adopted"]
    cells = [
        [str(each["case"]), _happened(each), _culprit(each), _named(each), _adopted(each)]
        for each in _own(found)[:MOST_CASES]
    ]
    return _table(heads, [True] * len(heads), cells)


def _happened(case: Values) -> str:
    return cut(case["title"] or f"{case['what']} against {case['victim']}", SHORT)


def _culprit(case: Values) -> str:
    who = cut(case["by"], SHORT) if case["by"] else "nobody: an accident"
    return f"{who}, under a false flag" if case["false_flag"] else who


def _named(case: Values) -> str:
    if case["attributed"] is None:
        return "nobody"
    right = "rightly" if case["right"] else "wrongly"
    return f"{cut(case['suspect'], SHORT)}: {right}, week {case['attributed']}"


def _adopted(case: Values) -> str:
    taken = [each for each in case["decisions"] if each["stage"] == "adopted"]
    names = [f"{each['measure']} (week {each['week']})" for each in taken]
    refused = sum(each["stage"] == "refused" for each in case["decisions"])
    return cut(", ".join(names) or "nothing", LONG) + (f"; {refused} refused" if refused else "")


def _rounds(found: Values) -> Values:
    heads = [
        "round",
        "what the table decided",
        "harm averted, %",
        "rather than nothing, points",
        "without procedure, points",
        "best other choice, points",
    ]
    words = [True, True, False, False, False, True]
    return _table(heads, words, [_round(each) for each in found["rounds"][:MOST_ROUNDS]])


def _round(sat: Values) -> list[str]:
    decided, *others = sat["caused"]["arms"]
    figures = {arm["name"]: arm["figures"][LEAD] for arm in others}
    choices = [arm for arm in others if not arm["procedure"] and arm["name"] != NOTHING]
    choices = [arm for arm in choices if arm["figures"][LEAD]["difference"]["mean"] is not None]
    best = max(choices, key=lambda arm: float(arm["figures"][LEAD]["difference"]["mean"]), default=None)
    said = [each["said"] for each in sat["decided"] if each["kind"] not in ("strike", "hold_back", "take_up")]
    return [
        f"{cut(sat['title'], SHORT)} (week {sat['week']})",
        cut("; ".join(said) or "nothing", LONG),
        level(LEAD, decided["figures"][LEAD]),
        difference(LEAD, figures.get(NOTHING), turn=True),
        difference(LEAD, figures.get(BOTH)),
        f"{cut(best['name'], SHORT)}: {difference(LEAD, best['figures'][LEAD])}" if best else "–",
    ]


def _doctrines(found: Values) -> Values:
    heads = ["doctrine", "harm averted, %"]
    heads += [f"{title}{', points' if is_share(metric) else ''}" for metric, title in COLUMNS.items()]
    table, *others = found["doctrines"]["arms"]
    cells = [[TABLE, level(LEAD, table["figures"][LEAD]), *("–" for _ in COLUMNS)]]
    for arm in sorted(others, key=lambda arm: -(arm["figures"][LEAD]["mean"] or 0.0)):
        figures = arm["figures"]
        cells.append(
            [
                cut(arm["name"], SHORT),
                level(LEAD, figures[LEAD]),
                *(difference(metric, figures[metric]) for metric in COLUMNS),
            ]
        )
    return _table(heads, [True] + [False] * (1 + len(COLUMNS)), cells)


def _when(expected: Values) -> str:
    if expected["by"] is None:
        return ""
    reached = f"week {expected['week']}; " if expected["week"] is not None else ""
    return f"{reached}time until week {expected['by']}"


def _poll(poll: Values) -> Values:
    """A question, and who answered what."""
    chairs: dict[int, list[str]] = {}
    for each in poll["answers"]:
        chairs.setdefault(each["option"], []).append(each["role"].replace("_", " "))
    answers = [(cut(poll["options"][option], LONG), ", ".join(roles)) for option, roles in sorted(chairs.items())]
    return {"question": cut(poll["question"], LONG), "answers": answers}
