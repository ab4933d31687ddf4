"""What came of a play, case by case: the truth, what was decided, and what was expected of the table."""

from typing import Any

from agents.union.docket import NEVER
from agents.union.tracks import REACTION, TRACKS, track_row
from experiments.exercise.choices import Entry
from experiments.exercise.play import Play
from experiments.exercise.scenario import day_of
from experiments.exercise.sight import Values, decisions_of, names_of, taken, week_of
from model.onward.script import Case


def cases_of(play: Play) -> list[Values]:
    """The truth case by case, in the order in which cases surfaced: who did it, who was named, and what was adopted."""
    return [_case(play, case, number) for case, number in play.numbers.of.items() if play.place_of(case)[2] >= 0]


def _case(play: Play, case: Case, number: int) -> Values:
    configuration = play.configuration
    perpetrators = [each.title for each in configuration.perpetrators.values()]
    activities = [each.title for each in configuration.activities.values()]
    victims = [*configuration.member_states.members, *configuration.partners.members]
    cases, _, row = play.place_of(case)
    its = cases[row]
    victim = victims[its.victim]
    inject = next((name for name, other in play.cases.items() if other == case), None)
    attributed = int(its.attributed) != NEVER
    return {
        "case": number,
        "inject": inject,
        "title": play.exercise.injects[inject].title if inject else None,
        "yours": taken(play, case),
        "since": min((each.week - play.first for each in play.orders if _taken_up(each, case)), default=None),
        "victim": names_of(play).get(victim, victim),
        "what": activities[its.activity],
        "severity": float(its.severity),
        "by": perpetrators[its.culprit] if its.culprit >= 0 else None,
        "false_flag": bool(its.planted == 1),
        "framed": perpetrators[its.framed] if its.planted == 1 and its.framed >= 0 else None,
        "suspect": perpetrators[its.suspect] if its.suspect >= 0 else None,
        "confidence": float(its.confidence),
        "opened": week_of(play, its.opened),
        "attributed": week_of(play, its.attributed),
        "right": bool(its.right == 1) if attributed else None,
        "answered": week_of(play, play.answered(case)),
        "wronged": week_of(play, wronged(play, case)),
        "decisions": list(decisions_of(play, case)),
    }


def _taken_up(order: Any, case: Case) -> bool:
    return bool(order.order == "hold" and order.case == case)


def wronged(play: Play, case: Case) -> int:
    """Week in which the first measure was adopted on a case against a party that did not do it; −1: none."""
    cases, tracks, row = play.place_of(case)
    if row < 0:
        return NEVER
    found = [tracks[track_row(row, kind)] for kind in range(REACTION + 1, len(TRACKS))]  # a reaction names nobody
    against = [int(each.adopted) for each in found if each.target >= 0 and each.target != cases[row].culprit]
    return min((week for week in against if week != NEVER), default=NEVER)


def expectations_of(play: Play) -> list[Values]:
    """What the authors expected, and whether it was reached: "yes", "no", "open" while there is time, or "not tested".

    An expectation is not tested where its inject never came.
    """
    return [
        {"name": name, "text": expected.text, "weeks": expected.weeks} | _reached(play, expected)
        for name, expected in play.exercise.expectations.items()
    ]


def _reached(play: Play, expected: Any) -> Values:
    told = next((each for each in play.news if each.name == expected.inject), None)
    if told is None:
        return {"reached": "not tested", "week": None, "by": None}
    case, by = play.cases[expected.inject], told.week + expected.weeks
    right = bool(play.found(case, "right") == 1)
    week = {
        "attributed": play.attributed(case),
        "rightly_attributed": play.attributed(case) if right else NEVER,
        "answered": play.answered(case),
        "not_wronged": wronged(play, case),
    }[expected.reached]
    in_time = week != NEVER and week - play.first <= by
    is_open = play.week - play.first < by
    if expected.reached == "not_wronged":
        reached = "no" if in_time else "open" if is_open else "yes"
    else:
        reached = "yes" if in_time else "open" if is_open else "no"
    return {"reached": reached, "week": week_of(play, week), "by": by}


def polls_of(play: Play) -> list[Values]:
    """Questions that were put, their options, and what each chair answered last, with its reason."""
    reasons: dict[tuple[str, str], str] = {}
    for entry in play.line:
        if entry.choice.kind == "answer":
            reasons[entry.choice.inject, entry.role] = entry.reason
    return [
        {
            "inject": told.name,
            "title": told.inject.title,
            "question": told.inject.question.text,
            "options": told.inject.question.options,
            "answers": [
                {"role": role, "option": option, "reason": reasons.get((name, role), "")}
                for (name, role), option in play.answers.items()
                if name == told.name
            ],
        }
        for told in play.news
        if told.inject.question
    ]


def day(play: Play, week: int) -> str:
    """The day on which a week of the exercise begins."""
    return day_of(play.exercise, week).isoformat()


SAID = {
    "announce": "announce what will follow, with clarity {clarity:.2f}",
    "take_up": "take up case {case}",
    "leave": "leave case {case} to the working parties",
    "attribute": "attribute case {case}",
    "measure": "{measure} on case {case}",
    "ask": "ask partners about case {case}",
    "vote": "on {measure} on case {case}, the delegation {position}",
    "strike": "{activity} against {victim}",
    "hold_back": "hold back until the next round",
    "take_back": "take back the last choice",
    "go_on": "end the round",
    "back": "go back to round {round}",
    "skip": "leave out the inject {inject}",
    "postpone": "let the inject {inject} come {weeks} weeks later",
    "change": "change the text of the inject {inject}",
    "insert": "send news: “{title}”",
}
"""Choices in words, by kind; with titles where the world has them, and numbers from 1 on."""


def said(play: Play, entry: Entry) -> str:
    """A choice in words."""
    values = entry.choice.model_dump()
    configuration = play.configuration
    if entry.choice.kind == "tell":
        return f"{'tell' if values['tells'] else 'do not tell'} the EU what is known of case {values['case']}"
    if entry.choice.kind == "pause":
        return "pause" if values["paused"] else "go on after the pause"
    for key, titles in (("measure", configuration.measures), ("activity", configuration.activities)):
        if key in values:
            values[key] = titles[values[key]].title
    for key in ("option", "round"):
        if key in values:
            values[key] += 1
    if entry.choice.kind == "answer":
        question = play.exercise.injects[values["inject"]].question
        option = " ".join(question.options[entry.choice.option].split()) if question else f"option {values['option']}"
        return f"answer “{values['inject']}”: {option}"
    if entry.choice.kind == "measure" and entry.choice.strength < 1.0:
        return f"{values['measure']} on case {values['case']}, at {entry.choice.strength:.0%} of its strength"
    flag = " under a false flag" if values.get("false_flag") else ""
    return SAID[entry.choice.kind].format(**values) + flag
