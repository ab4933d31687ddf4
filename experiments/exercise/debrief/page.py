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

MOST_CASES, MOST_ROUNDS, MOST_POLLS, MOST_EXPECTATIONS, MOST_ACTS = 6, 6, 4, 4, 2
"""Rows of each table at most; the rest is in the values."""
LONGEST, LONG, MIDDLE, SHORT = 120, 90, 72, 44
"""Letters of a list, of a cell, of an answer and of a title at most."""
ORDER = ("attribute", "measure", "announce", "ask", "leave")
"""Choices of a round that are told, in this order; votes and what the partner told are in the values."""
UNADOPTED = ("refused", "dropped", "lapsed")
"""Stages of measures that were not adopted in the end."""
COLUMNS = {
    "harm_averted": "harm averted",
    "deterrence_rate": "deterrence",
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
            red_team=cut((found["red_team"] or {}).get("name", ""), SHORT),
            acts=_acts(found),
            more_cases=max(0, len(_own(found)) - MOST_CASES),
            others=len(found["cases"]) - len(_own(found)),
            rounds=_rounds(found),
            more_rounds=max(0, len(found["rounds"]) - MOST_ROUNDS),
            doctrines=_doctrines(found),
            expectations=[
                (cut(each["text"], LONGEST), REACHED[each["reached"]], _when(each))
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
    return sorted((each for each in found["cases"] if each["yours"]), key=lambda each: int(each["case"]))


def _acts(found: Values) -> list[str]:
    """What the red team did, and what came of it."""
    red = found["red_team"]
    told = []
    for each in (red or {}).get("acts", [])[:MOST_ACTS]:
        noticed = f"case {each['case']}" if each["case"] else "not noticed"
        named = f"the EU named {cut(each['named'], SHORT)}" if each["named"] else "the EU named nobody"
        flag = " under a false flag" if each["flag"] else ""
        told.append(f"{cut(each['act'], SHORT)}{flag} (week {each['week']}, {noticed}; {named})")
    more = len((red or {}).get("acts", [])) - MOST_ACTS
    return [*told, *([f"and {more} more, in the file of values"] if more > 0 else [])]


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
    who = cut(case["by"], SHORT) if case["by"] else "nobody: a false alarm"
    return f"{who}, with a trail laid to {cut(case['framed'] or 'another', SHORT // 2)}" if case["false_flag"] else who


def _named(case: Values) -> str:
    if case["attributed"] is None:
        return "nobody"
    right = "rightly" if case["right"] else "wrongly"
    early = case["since"] is not None and case["attributed"] < case["since"]
    by = " by the working parties, before the table had it" if early else ""
    return f"{cut(case['suspect'], SHORT)}: {right}, week {case['attributed']}{by}"


def _adopted(case: Values) -> str:
    taken = [each for each in case["decisions"] if each["stage"] == "adopted"]
    names = [f"{each['measure']} (week {each['week']})" for each in taken]
    ended = [
        f"{each['measure'] or each['sort']}: {each['ended']}"
        for each in case["decisions"]
        if each["stage"] in UNADOPTED
    ]
    return cut("; ".join([*names, *ended]) or "nothing", LONGEST)


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
    told = sorted(
        (each for each in sat["decided"] if each["kind"] in ORDER), key=lambda each: ORDER.index(each["kind"])
    )
    said = [each["said"] for each in told]
    return [
        f"{cut(sat['title'], SHORT)} (week {sat['week']})",
        cut("; ".join(said) or "nothing", LONGEST),
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
    answers = [(cut(poll["options"][option], MIDDLE), ", ".join(roles)) for option, roles in sorted(chairs.items())]
    return {"question": cut(poll["question"], MIDDLE), "answers": answers}
