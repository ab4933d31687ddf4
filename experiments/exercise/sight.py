"""What each role may see: made for that role alone, so that nothing else can be in it.

The Union's side sees the docket as investigators have it. A partner sees what is public, its own cases and what it is
asked. The red team sees its own perpetrator and what is public. The facilitator sees the truth.
"""

from typing import Any

import numpy as np

from agents.foundation.randomness import weekly_rate
from agents.partner import clue_chance
from agents.union.docket import NEVER
from agents.union.tracks import ADOPTED, TRACKS, track_row
from experiments.exercise.cases import KINDS, known, own_view, seen
from experiments.exercise.choices import FACILITATOR, WHO
from experiments.exercise.play import Play, news_of
from experiments.exercise.scenario import UNION, day_of, victims_of

PUBLIC = ("announce",)
"""Choices of which everybody hears."""
WITHIN = 12
"""Weeks within which a partner is told how likely its word helps."""
OF_THE_TABLE = ("take_up", "leave", "attribute", "measure", "ask", "tell")
"""Choices of which the Union's side hears."""


def sight(play: Play, role: str) -> dict[str, Any]:
    """The situation as a role sees it, in plain values."""
    rounds = list(play.exercise.rounds.values())
    sitting, week = play.sitting, play.week - play.first
    found: dict[str, Any] = {
        "role": role,
        "title": play.exercise.title,
        "round": play.round,
        "rounds": len(rounds),
        "sitting": sitting.model_dump(),
        "week": week,
        "day": day_of(play.exercise, week).isoformat(),
        "over": play.over,
        "paused": play.paused,
        "choices": [kind for kind, roles in WHO.items() if role == FACILITATOR or role in roles],
        "news": [_news(play, each) for each in news_of(play, role)],
        "questions": _questions(play, role),
        "public": _public(play),
        "made": made(play, role),
        "since": rounds[play.round - 1].week if play.round else None,  # news of later weeks is new; None: all is
    }
    if role in UNION:
        found |= _union(play, role)
    elif role == "partner":
        found |= _partner(play)
    elif role == "red_team":
        found |= _red_team(play)
    elif role == FACILITATOR:
        found |= _union(play, role) | {"truth": truth(play), "coming": _coming(play), "answers": _answers(play)}
        found["news"] = [each | {"to": told.inject.to} for each, told in zip(found["news"], play.news, strict=True)]
        found["played"] = [each.title for each in rounds[: len(play.rounds)]]
    return found


def made(play: Play, role: str) -> list[dict[str, Any]]:
    """Choices of which a role knows, by round: its own with their reasons, those of others without."""
    found, number = [], 0
    for entry in play.line:
        if entry.choice.kind == "go_on":
            number += 1
            continue
        own = entry.role == role or role == FACILITATOR
        if own or entry.choice.kind in PUBLIC or (entry.choice.kind in OF_THE_TABLE and role in UNION):
            choice, reason = entry.choice.model_dump(mode="json"), entry.reason if own else ""
            found.append({"round": number, "role": entry.role, "choice": choice, "reason": reason})
    return found


def names_of(play: Play) -> dict[str, str]:
    """Names under which players know victims, by their names in the world."""
    return {stands: name for name, stands in play.exercise.world.cast.items()}


def _news(play: Play, told: Any) -> dict[str, Any]:
    inject = told.inject
    return {
        "name": told.name,
        "week": told.week,
        "day": day_of(play.exercise, told.week).isoformat(),
        "title": inject.title,
        "from": inject.sender,
        "text": inject.text,
        "attachments": inject.attachments,
        "case": play.numbers.of.get(play.cases[told.name]) if told.name in play.cases else None,
    }


def _questions(play: Play, role: str) -> list[dict[str, Any]]:
    return [
        {"inject": each.name, **each.inject.question.model_dump(), "answered": play.answers.get((each.name, role))}
        for each in news_of(play, role)
        if each.inject.question is not None and (role == FACILITATOR or role in each.inject.asked)
    ]


def _answers(play: Play) -> list[dict[str, Any]]:
    return [{"inject": name, "role": role, "option": option} for (name, role), option in play.answers.items()]


def _public(play: Play) -> list[dict[str, Any]]:
    """What everybody knows: whom the Union has named, and the measures that it has adopted."""
    found = []
    perpetrators, measures = _titles(play)
    for row in play.surfaced():
        case = play.world.cases[row]
        adopted = [play.world.tracks[track_row(row, kind)] for kind in range(len(TRACKS))]
        taken = [measures[track.measure] for track in adopted if track.stage == ADOPTED]
        named = perpetrators[case.suspect] if case.attributed != NEVER else None
        if named or taken:
            case_number = play.numbers.of[known(play.world, row)]
            since = _week(play, int(case.attributed))
            found.append({"case": case_number, "named": named, "since": since, "measures": taken})
    return found


def _week(play: Play, week: int) -> int | None:
    """Week of the exercise, which may be one before it begins; None: never."""
    return None if week == NEVER else week - play.first


def _titles(play: Play) -> tuple[list[str], list[str]]:
    configuration = play.configuration
    return (
        [each.title for each in configuration.perpetrators.values()],
        [each.title for each in configuration.measures.values()],
    )


def _docket(play: Play) -> list[dict[str, Any]]:
    names, (_, titles) = names_of(play), _titles(play)
    found = []
    for row in play.surfaced():
        case = known(play.world, row)
        chosen = [each for each in play.orders if each.week == play.week and each.case == case]
        number, held = play.numbers.of[case], play.held(case)
        entry = seen(play.world, play.configuration, names, row, number, held)._asdict()
        entry["opened"] -= play.first
        entry["attributed"] = _week(play, entry["attributed"])
        entry["tracks"] = [
            track._asdict() | {"due": _week(play, track.due), "sort": KINDS[track.track]} for track in entry["tracks"]
        ]
        entry["chosen"] = [
            {"sort": KINDS[each.track], "measure": titles[each.measure]} for each in chosen if each.order == "take"
        ]
        named = any(each.order == "attribute" for each in chosen)
        found.append(entry | {"asked": number in play.asked, "named": named})

    def place(each: dict[str, Any]) -> tuple[bool, int, int]:
        """On the table by number; else the newest first."""
        return not each["held"], 0 if each["held"] else -each["opened"], each["number"]

    return sorted(found, key=place)


def _union(play: Play, role: str) -> dict[str, Any]:
    council = play.world.council[0]
    found: dict[str, Any] = {
        "docket": _docket(play),
        "credibility": float(council.credibility),
        "waiting": int(council.waiting),
        "in_preparation": int(council.in_preparation),
        "doctrine": play.configuration.doctrine.title,
        "measures": {name: each.title for name, each in play.configuration.measures.items()},
    }
    name = play.exercise.world.delegation
    if role == "delegation" and name is not None:
        member = victims_of(play.configuration).index(play.exercise.world.cast.get(name, name))
        found["own"] = {"name": name, "cases": _own(play, member)}
    return found


def _own(play: Play, member: int) -> list[dict[str, Any]]:
    found = []
    for row in play.surfaced():
        met, dependence = own_view(play.world, row, member)
        number = play.numbers.of[known(play.world, row)]
        found.append({"case": number, "convinced": met, "dependence": dependence})
    return found


def _partner(play: Play) -> dict[str, Any]:
    name = play.exercise.world.partner or ""
    victims = victims_of(play.configuration)
    row_of = play.exercise.world.cast.get(name, name)
    docket = _docket(play)
    mine = [each for each in docket if each["victim"] == name or names_of(play).get(row_of) == each["victim"]]
    asked = [each for each in docket if each["asked"]]
    shown = {each["number"]: each for each in [*mine, *asked]}
    keep = ("number", "status", "opened", "victim", "activity", "severity", "asked")
    trust = play.world.partners[victims.index(row_of) - len(play.world.member_states)] if row_of in victims else None
    return {
        "own": {
            "name": name,
            "alignment": float(trust.alignment) if trust is not None else None,
            "brings": _brought(play),
            "within": WITHIN,
        },
        "docket": [{key: each[key] for key in keep} for each in shown.values()],
    }


def _brought(play: Play) -> float:
    """Chance that telling brings the EU a further clue before so many weeks have passed."""
    rate = weekly_rate(clue_chance(play.world, 1.0)) - weekly_rate(clue_chance(play.world, 0.0))
    return float(-np.expm1(-WITHIN * rate))


def _red_team(play: Play) -> dict[str, Any]:
    name = play.exercise.world.red_team
    if name is None:
        return {}
    configuration, world = play.configuration, play.world
    row = list(configuration.perpetrators).index(name)
    its = world.perpetrators[row]
    able = [
        {"activity": activity, "title": each.title}
        for place, (activity, each) in enumerate(configuration.activities.items())
        if place and world.activities.required_capability[place] <= its.capability
    ]
    return {
        "own": {
            "name": configuration.perpetrators[name].title,
            "pressure": float(its.pressure),
            "grievance": float(its.grievance),
            "activities": able,
            "victims": [names_of(play).get(each, each) for each in victims_of(configuration)],
        }
    }


def truth(play: Play) -> list[dict[str, Any]]:
    """Who did what, case by case: for the facilitator, and for the debrief."""
    perpetrators, _ = _titles(play)
    found = []
    for case, number in play.numbers.of.items():
        culprit = int(play.found(case, "culprit"))
        entry = {"case": number, "culprit": perpetrators[culprit] if culprit >= 0 else None}
        entry["planted"] = bool(play.found(case, "planted") == 1)
        inject = next((name for name, its in play.cases.items() if its == case), None)
        found.append(entry | {"inject": inject})
    return found


def _coming(play: Play) -> list[dict[str, Any]]:
    return [
        {
            "inject": name,
            "week": week,
            "title": inject.title,
            "from": inject.sender,
            "to": inject.to,
            "text": inject.text,
            "done": name in play.cases,
        }
        for name, (week, inject) in sorted(play.coming.items(), key=lambda each: (each[1][0], each[0]))
    ]
