"""What each role may see: made for that role alone, so that nothing else can be in it.

The Union's side sees the docket as investigators have it. A partner sees what is public, its own cases and what it is
asked. The red team sees its own perpetrator and what is public. The facilitator sees the truth.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from agents.foundation.randomness import weekly_rate
from agents.member_state import POSITIONS
from agents.partner import clue_chance
from agents.union.docket import NEVER
from agents.union.tracks import ADOPTED, NOT_BEGUN, PREPARING, STAGES, TRACKS, track_row
from experiments.exercise.cases import KINDS, OTHERS, Track, known, own_standard, own_view, row_of, seen, staged
from experiments.exercise.choices import FACILITATOR, OF_THE_TABLE, PUBLIC, WHO, hidden
from experiments.exercise.play import Play, news_of
from experiments.exercise.scenario import UNION, day_of, victims_of
from model.onward.script import Case

Values = dict[str, Any]
"""Plain values, as JSON has them; weeks count from the start of the exercise."""
WITHIN = 12
"""Weeks within which a partner is told how likely its word helps."""


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
        "public": _public(play, role),
        "made": made(play, role),
        "next": None if play.over else play.next_week() - play.first,
        "since": rounds[play.round - 1].week if play.round else None,  # news of later weeks is new; None: all is
    }
    if role in UNION:
        found |= _union(play, role)
    elif role == "partner":
        found |= _partner(play)
    elif role == "red_team":
        found |= _red_team(play)
    elif role == FACILITATOR:
        found |= _union(play, role) | {
            "truth": truth(play),
            "coming": _coming(play),
            "missed": _missed(play),
            "answers": _answers(play),
        }
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
        if hidden(entry) and not own:
            continue
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


def _public(play: Play, role: str) -> list[dict[str, Any]]:
    """What everybody knows: whom the Union has named, and the measures that it has adopted.

    `ours` are cases of the table, as far as a role knows: which others it has taken up, those outside do not hear.
    """
    inside = role in (*UNION, FACILITATOR)
    found = []
    names, (perpetrators, measures) = names_of(play), _titles(play)
    activities, victims = list(play.configuration.activities.values()), victims_of(play.configuration)
    for row in play.surfaced():
        case = play.world.cases[row]
        adopted = [play.world.tracks[track_row(row, kind)] for kind in range(len(TRACKS))]
        adopted_now = [measures[track.measure] for track in adopted if track.stage == ADOPTED]
        named = perpetrators[case.suspect] if case.attributed != NEVER else None
        if named or adopted_now:
            case_number = play.numbers.of[known(play.world, row)]
            since = week_of(play, int(case.attributed))
            victim, what = victims[case.victim], activities[case.activity].title
            about = f"{what} against {names.get(victim, victim)}"
            known_now = {"what": about, "named": named, "since": since, "measures": adopted_now}
            ours = taken(play, known(play.world, row)) if inside else case_number <= OTHERS
            found.append({"case": case_number, "ours": ours, **known_now})
    for each in _ended(play):
        adopted_then = [one["measure"] for one in each["decisions"] if one["stage"] == STAGES[ADOPTED]]
        if (each["named"] or adopted_then) and (inside or each["number"] <= OTHERS):
            about = f"{each['activity']} against {each['victim']}"
            known_since = {"what": about, "named": each["named"], "since": each["attributed"], "measures": adopted_then}
            found.append({"case": each["number"], "ours": True, **known_since})
    return sorted(found, key=lambda each: each["case"])


def week_of(play: Play, week: Any) -> int | None:
    """Week of the exercise, which may be one before it begins; None: never."""
    return None if int(week) == NEVER else int(week) - play.first


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
        entry["attributed"] = week_of(play, entry["attributed"])
        entry["tracks"] = [
            track._asdict() | {"due": _due(play, track), "sort": KINDS[track.track]} for track in entry["tracks"]
        ]
        entry["chosen"] = [
            {"sort": KINDS[each.track], "measure": titles[each.measure]} for each in chosen if each.order == "take"
        ]
        named = any(each.order == "attribute" for each in chosen)
        told = any(each.order == "ask" for each in chosen)
        found.append(entry | {"asked": number in play.asked, "told": told, "named": named})

    def place(each: dict[str, Any]) -> tuple[bool, int, int]:
        """On the table by number; else the newest first."""
        return not each["held"], 0 if each["held"] else -each["opened"], each["number"]

    return sorted(found, key=place)


def _due(play: Play, track: Track) -> int | None:
    """Week of the decision, as long as it is still to come."""
    return week_of(play, track.due) if track.stage == staged(PREPARING) else None


def _happened(play: Play) -> list[str]:
    """What came of the table's cases since the round before, in words."""
    if not 0 < play.round <= len(play.rounds):
        return []
    before, names = play.rounds[play.round - 1], _titles(play)[0]
    found = []
    for case, number in sorted(play.numbers.of.items(), key=lambda each: each[1]):
        if not taken(play, case) or play.place_of(case)[2] < 0:
            continue
        subject = f"case {number}"
        if play.attributed(case) >= before.week:
            found.append(f"{subject}: the EU has named {names[int(play.found(case, 'suspect'))]}")
        for each in decisions_of(play, case):
            if each["week"] is not None and each["week"] >= before.week - play.first:
                found.append(f"{subject}: {each['measure'] or each['sort']} {each['ended']}{votes_in(each)}")
        clues = int(play.found(case, "clues")) - max(0, int(before.found(case, "clues")))
        if clues > 0 and row_of(play.world, case) >= 0:
            found.append(f"{subject}: {clues} new clue{'s' * (clues > 1)}")
    return found


def votes_in(decision: Values) -> str:
    """How the members voted, where there was a vote."""
    counts = [f"{decision[side]} {side}" for side in ("for", "against", "abstaining")]
    return f" ({', '.join(counts)})" if any(decision[side] for side in ("for", "against", "abstaining")) else ""


def _ended(play: Play) -> list[Values]:
    """What became of the cases of the table that are not on the docket any more."""
    names, (perpetrators, _) = names_of(play), _titles(play)
    activities, victims = list(play.configuration.activities.values()), victims_of(play.configuration)
    found = []
    for case, number in sorted(play.numbers.of.items(), key=lambda each: each[1]):
        cases, _, row = play.place_of(case)
        if row < 0 or row_of(play.world, case) >= 0 or not taken(play, case):
            continue
        its = cases[row]
        victim, named = victims[its.victim], int(its.attributed) != NEVER
        entry: Values = {"number": number, "victim": names.get(victim, victim)}
        entry |= {"activity": activities[its.activity].title, "named": perpetrators[its.suspect] if named else None}
        found.append(entry | {"attributed": week_of(play, its.attributed), "decisions": list(decisions_of(play, case))})
    return found


def taken(play: Play, case: Case) -> bool:
    """Whether a case was ever on the table."""
    return any(order.order == "hold" and order.case == case for order in play.orders)


def decisions_of(play: Play, case: Case) -> Iterator[Values]:
    """What was begun on a case, track by track, and how it ended: in favour, against, abstaining."""
    _, tracks, row = play.place_of(case)
    measures = [each.title for each in play.configuration.measures.values()]
    for kind, name in enumerate(TRACKS) if row >= 0 else ():
        track = tracks[track_row(row, kind)]
        if track.stage != NOT_BEGUN:
            yield {
                "track": name,
                "sort": KINDS[name],
                "measure": measures[track.measure] if track.measure >= 0 else None,
                "stage": STAGES[track.stage],
                "ended": staged(track.stage),
                "week": week_of(play, track.settled),
                "for": int(track.supporting),
                "against": int(track.objecting),
                "abstaining": int(track.abstaining),
            }


def _union(play: Play, role: str) -> dict[str, Any]:
    council = play.world.council[0]
    found: dict[str, Any] = {
        "docket": _docket(play),
        "ended": _ended(play),
        "happened": _happened(play),
        "credibility": float(council.credibility),
        "doctrine": play.configuration.doctrine.title,
        "measures": {name: each.title for name, each in play.configuration.measures.items()},
    }
    name = play.exercise.world.delegation
    if role == "delegation" and name is not None:
        member = victims_of(play.configuration).index(play.exercise.world.cast.get(name, name))
        found["own"] = {
            "name": name,
            "standard": own_standard(play.world, member),
            "cases": _own(play, member),
            "positions": _positions(play, member),
        }
    return found


def _positions(play: Play, member: int) -> list[Values]:
    """Positions that a delegation has fixed, the last on each kind of measure."""
    found = {
        (play.numbers.of[order.case], KINDS[order.track]): POSITIONS[order.activity]
        for order in play.orders
        if order.order == "vote" and order.victim == member
    }
    return [{"case": case, "sort": sort, "position": position} for (case, sort), position in found.items()]


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
    stands = play.exercise.world.cast.get(name, name)
    docket = _docket(play)
    mine = [each for each in docket if each["victim"] == name or names_of(play).get(stands) == each["victim"]]
    asked = [each for each in docket if each["asked"]]
    shown = {each["number"]: each for each in [*mine, *asked]}
    keep = ("number", "status", "opened", "victim", "activity", "severity", "asked")
    trust = play.world.partners[victims.index(stands) - len(play.world.member_states)] if stands in victims else None
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
    names = names_of(play)
    cast = sorted(names.values())
    row = list(configuration.perpetrators).index(name)
    its = world.perpetrators[row]
    able = [
        {"activity": activity, "title": each.title, "severity": float(world.activities.severity[place])}
        for place, (activity, each) in enumerate(configuration.activities.items())
        if place and world.activities.required_capability[place] <= its.capability
    ]
    return {
        "own": {
            "name": configuration.perpetrators[name].title,
            "pressure": float(its.pressure),
            "grievance": float(its.grievance),
            "activities": able,
            "victims": [
                *cast,
                *sorted(each for each in victims_of(configuration) if each not in names),
            ],
            "acts": _acts(play, row),
        }
    }


def _acts(play: Play, row: int) -> list[Values]:
    """What the red team has done: when, to whom, whether it was noticed, and what the EU says of it in public."""
    activities, victims = list(play.configuration.activities.values()), victims_of(play.configuration)
    titles = _titles(play)[0]
    found = []
    for order in play.orders:
        if order.order != "strike" or order.perpetrator != row or order.week >= play.week:
            continue
        victim = victims[order.victim]
        act = f"{activities[order.activity].title} against {names_of(play).get(victim, victim)}"
        its = Case(int(play.world.perpetrators.entity[row]), order.week)
        number = play.numbers.of.get(its)
        framed = int(play.found(its, "framed")) if order.planted else NEVER
        trail = titles[framed] if framed >= 0 else None
        known_as = {
            "week": week_of(play, order.week),
            "act": act,
            "flag": order.planted,
            "trail": trail,
            "case": number,
        }
        named = int(play.found(its, "suspect")) if play.attributed(its) != NEVER else NEVER
        found.append(known_as | {"named": titles[named] if named >= 0 else None})
    return found


def truth(play: Play) -> list[dict[str, Any]]:
    """Who did what, case by case: for the facilitator, and for the debrief."""
    perpetrators, _ = _titles(play)
    found = []
    for case, number in sorted(play.numbers.of.items(), key=lambda each: each[1]):
        culprit = int(play.found(case, "culprit"))
        entry = {"case": number, "culprit": perpetrators[culprit] if culprit >= 0 else None}
        framed = int(play.found(case, "framed"))
        entry["planted"] = bool(play.found(case, "planted") == 1)
        entry["trail"] = perpetrators[framed] if entry["planted"] and framed >= 0 else None
        inject = next((name for name, its in play.cases.items() if its == case), None)
        found.append(entry | {"inject": inject})
    return found


def _missed(play: Play) -> list[Values]:
    """Injects that never come, and why."""
    told = {each.name for each in play.news}
    skipped = {entry.choice.inject for entry in play.line if entry.choice.kind == "skip"}
    return [
        {"title": inject.title, "why": "it was left out" if name in skipped else "its condition did not hold"}
        for name, inject in play.exercise.injects.items()
        if name not in told and name not in play.coming
    ]


def _coming(play: Play) -> list[dict[str, Any]]:
    rounds = list(play.exercise.rounds.values())
    return [
        {
            "inject": name,
            "week": week,
            "title": inject.title,
            "from": inject.sender,
            "to": inject.to,
            "text": inject.text,
            "done": name in play.cases,
            "round": next((place for place, each in enumerate(rounds, start=1) if each.week >= week), None),
        }
        for name, (week, inject) in sorted(play.coming.items(), key=lambda each: (each[1][0], each[0]))
    ]
