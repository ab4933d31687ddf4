"""One case of a run in sentences, in the order of its weeks: found, named, voted on, answered, and what came next."""

from collections.abc import Iterator
from typing import Any

from analysis.story.ledger import Case, Tale, answered, blamed_wrongly, given_up, is_false_alarm, went_cold
from analysis.story.words import MONTHS, measure, sentence, weeks, what, when, who

Event = tuple[int, str]
"""A week and what happened in it."""


def heading(tale: Tale, case: Case) -> str:
    """A case in a line: Espionage against Estonia, March 2027."""
    day, act = tale.day(case["opened_week"]), what(tale, case["activity"])
    return f"{act[:1].upper()}{act[1:]} against {case['victim']}, {MONTHS[day.month - 1]} {day.year}"


def case_text(tale: Tale, case: Case) -> str:
    """What happened in a case, week by week; of one week in the order in which the model goes through it."""
    events = [*_naming(tale, case), *_reaction(tale, case), *_votes(tale, case), *_answer(tale, case)]
    events += _afterwards(tale, case)
    told = [text for _, text in sorted(events, key=lambda event: event[0])]
    return " ".join(map(sentence, [*_found(tale, case), *told, *_end(tale, case)]))


def _found(tale: Tale, case: Case) -> Iterator[str]:
    act = f"a case of {what(tale, case['activity'])} against {case['victim']} came to light"
    yield f"in {when(tale, case['opened_week'])} {act}, severity {case['severity']:.2f}"
    before = case["opened_week"] - case["act_week"]
    if is_false_alarm(case):
        yield "nobody had done it: it was a false alarm"
    else:
        yield f"{who(tale, case['culprit'])} had done it {f'{weeks(before)} before' if before else 'that same week'}"


def _naming(tale: Tale, case: Case) -> Iterator[Event]:
    week = case["attributed_week"]
    if week is None:
        return
    after = week - case["opened_week"]
    met = f"after {weeks(after)}" if after else "in that same week"
    right = "it was right"
    if blamed_wrongly(case):
        right = "it was wrong, for there was nobody to name" if is_false_alarm(case) else "it was wrong"
    yield week, f"{met} the Union's standard was met: it named {who(tale, case['suspect'])}, and {right}"
    if case["joint_week"] is not None:
        yield case["joint_week"], f"the Member States attributed it jointly in {when(tale, case['joint_week'])}"


def _reaction(tale: Tale, case: Case) -> Iterator[Event]:
    week = case["reaction_week"]
    if week is not None:
        taken = f"the Union took {measure(tale, case['reaction'])} in {when(tale, week)}"
        yield week, f"as a reaction that needs no attribution, {taken}"


def _votes(tale: Tale, case: Case) -> Iterator[Event]:
    for vote in tale.votes_on(case):
        counts = (
            f"{vote['votes_for']} in favour, {vote['votes_against']} against, {vote['votes_abstaining']} abstaining"
        )
        on = measure(tale, vote["measure"]) + (" as a reaction" if vote["reaction"] else "")
        came = "passed" if vote["passed"] else "failed"
        yield vote["week"], f"the vote on {on} in {when(tale, vote['week'])} {came}: {counts}"


def _answer(tale: Tale, case: Case) -> Iterator[Event]:
    week = case["adopted_week"]
    if week is None:
        return
    voted = any(vote["week"] == week and vote["measure"] == case["measure"] for vote in tale.votes_on(case))
    named = "it took effect at once" if voted else f"{measure(tale, case['measure'])} took effect in {when(tale, week)}"
    since = f"{weeks(case['delay'])} after the {'alarm' if is_false_alarm(case) else 'act'}"
    against = ", against a party that had not done it" if blamed_wrongly(case) else ""
    yield week, f"{named}, {since}, with a bite of {case['bite']:.2f}{against}"


def _afterwards(tale: Tale, case: Case) -> Iterator[Event]:
    """What the party named did next, after the answer or else after the naming."""
    if case["next_choice"] is None:
        return
    name, week, acted = who(tale, case["suspect"]), case["next_choice_week"], case["next_act_week"]
    since = "the answer" if answered(case) else "being named"
    if week == acted:
        yield week, f"at its next opportunity after {since} {name} acted again: {_next_act(tale, case)}"
        return
    yield week, f"at its next opportunity after {since}, in {when(tale, week)}, {name} held back"
    if acted is not None:
        yield acted, f"its next act was {_next_act(tale, case)}"


def _next_act(tale: Tale, case: Case) -> str:
    step = tale.rung(case["next_act"]) - tale.rung(case["activity"])
    kind = "a graver kind of act" if step > 0 else "a milder kind of act" if step < 0 else "the same kind of act"
    return f"{what(tale, case['next_act'])} in {when(tale, case['next_act_week'])}, {kind}"


def _end(tale: Tale, case: Case) -> Iterator[str]:
    """How it ended, where that is not said yet."""
    named: Any = case["attributed_week"]
    leaning = "" if case["suspect"] is None else f"; suspicion leaned towards {who(tale, case['suspect'])}"
    if went_cold(case):
        yield f"the case went cold without a name{leaning}"
    elif named is None:
        yield f"the investigation was still open at the end{leaning}"
    elif given_up(case):
        yield "no answer followed: the case was given up"
    elif not answered(case):
        yield "an answer was still in preparation at the end"
    if named is not None and case["next_choice"] is None:
        yield f"{who(tale, case['suspect'])} met no further opportunity before the end"
    elif named is not None and case["next_act"] is None:
        yield f"{who(tale, case['suspect'])} did not act again before the end"
