"""The story of one run in sentences: what happened beside the twin, where it went wrong, and some cases one by one.

Sentences say what happened and in which order, never why: one run is a story, not an estimate.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from analysis.labels import listed, percent, phase_words
from analysis.story.ledger import (
    Case,
    RunRecord,
    answered,
    blamed_wrongly,
    came_to_nothing,
    chosen,
    given_up,
    is_false_alarm,
    spells,
    went_cold,
)
from model.metrics.catalogue import figure

MOST_SPELLS = 4
"""Times in phases that a story tells one by one."""
MOST_EXAMPLES = 3
"""Cases that a sentence on what went wrong names."""
ANSWERS = {
    "statement": ("statement", "statements"),
    "joint": ("joint attribution", "joint attributions"),
    "dossier": ("restrictive measure", "restrictive measures"),
    "own": ("response of a Member State on its own", "responses of Member States on their own"),
}
"""What is adopted on each track of an answer, one and several."""


class Section(NamedTuple):
    """A part of the story: its heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


def story(run: RunRecord) -> list[Section]:
    """The whole story."""
    cases = chosen(run)
    return [
        Section("What happened", tuple(summary(run))),
        Section("Where it went wrong", tuple(wrong_turns(run))),
        *(Section(f"{at}. {heading(run, case)}", (case_text(run, case),)) for at, case in enumerate(cases, 1)),
        Section("What this is", tuple(caution(run, len(cases)))),
    ]


def _sentences(texts: Iterable[str]) -> str:
    return " ".join(map(as_sentence, texts))


def summary(run: RunRecord) -> Iterator[str]:
    """What happened in the run compared with its twin, when its doctrine changed, and what became of its cases."""
    parts = (_beside_twin(run), phases_text(run), _of_cases(run), _as_dice_fell(run))
    yield from map(_sentences, filter(None, map(list, parts)))


def _beside_twin(run: RunRecord) -> Iterator[str]:
    base, row = run.configuration, run.figures
    first, last = run.dated(run.burn_in), run.dated(run.end, -1)
    yield f"one run under “{base.doctrine.title}” in scenario “{base.scenario.title}”, from {first} to {last}"
    ours, theirs = (
        f"{counted(row[f'{world}acts'], 'act')}, {in_words(row[f'{world}severe_acts'])} of them severe"
        for world in ("", "twin_")
    )
    columns = {name: np.array([np.nan if value is None else value]) for name, value in row.items() if name != "error"}
    averted, credibility = figure("harm_averted", columns), figure("credibility", columns)
    yield (
        f"perpetrators carried out {ours}; in the twin, the same world on the same random numbers under "
        f"“{base.reference.doctrine.title}”, {theirs}"
    )
    if averted is None:
        yield "no harm was expected in the twin, so no share could be averted"
    else:
        side = "below" if averted >= 0.0 else "above"
        yield f"the expected harm at its opportunities was {percent(abs(averted))} {side} the twin's"
    if credibility is not None:
        yield f"the EU's credibility was {credibility:.2f} on average, on a scale from 0 to 1"


def _of_cases(run: RunRecord) -> Iterator[str]:
    cases = run.cases
    if not cases:
        yield "no case was opened"
        return
    alarms = sum(map(is_false_alarm, cases))
    by = f"{in_words(len(cases) - alarms)} by acts and {in_words(alarms)} by false alarms"
    yield f"{counted(len(cases), 'case')} {was(len(cases))} opened, {by}"
    named = [case for case in cases if case["attributed_week"] is not None]
    wrong = sum(map(blamed_wrongly, named))
    met = f"the EU's standard was met in {in_words(len(named))} of them"
    yield f"{met}, and the attribution was wrong in {in_words(wrong)}"
    yield from _of_answers(run, cases)
    cold, dropped = sum(map(went_cold, cases)), sum(map(given_up, cases))
    under_way = sum(case["status"] in ("open", "answering") for case in cases)
    yield listed(
        [
            f"{in_words(cold)} went cold",
            f"{in_words(dropped)} {was(dropped)} closed without a measure after attribution",
            f"{in_words(under_way)} {was(under_way)} under investigation or not settled at the end",
        ]
    )
    votes = run.counted_votes
    failed = int((~votes["passed"]).sum())
    held = f"{counted(votes.height, 'vote')} {was(votes.height)} held"
    fate = {0: "", 1: f", and it {'failed' if failed else 'passed'}"}
    yield held + fate.get(votes.height, f", of which {in_words(failed)} failed")


def _of_answers(run: RunRecord, cases: list[dict[str, Any]]) -> Iterator[str]:
    adopted = {track: sum(case[f"{track}_stage"] == "adopted" for case in cases) for track in ANSWERS}
    kinds = [counted(number, *ANSWERS[track]) for track, number in adopted.items() if number]
    done = f"measures were adopted on {counted(sum(map(answered, cases)), 'attributed case')}"
    reactions = sum(case["reaction_week"] is not None and not answered(case) for case in cases)
    besides = f"{counted(reactions, 'case')} more had a reaction that needs no attribution"
    yield f"{done}{f' ({listed(kinds)})' if kinds else ''}; {besides}"
    if opened := run.dossiers():
        fates = {
            "adopted": "adopted",
            "refused": "refused in a vote",
            "dropped": "dropped because of missing evidence",
            "lapsed": "lapsed while waiting for room on the agenda",
        }
        stages = Counter(case["dossier_stage"] for case in opened)
        found = [f"{in_words(stages[stage])} {text}" for stage, text in fates.items() if stages[stage]]
        left = stages["waiting"] + stages["in preparation"]
        found += [f"{in_words(left)} not decided at the end"] if left else []
        yield f"{counted(len(opened), 'restrictive dossier')} {was(len(opened))} opened: {listed(found)}"


def _as_dice_fell(run: RunRecord) -> Iterator[str]:
    row = run.figures
    alone = counted(row["realised_deterred"], "opportunity", "opportunities")
    yield (
        f"by the draws of this run, perpetrators acted only in the twin on {alone} and only in the world on "
        f"{in_words(row['realised_provoked'])}; in the world they chose a graver activity than in the twin on "
        f"{in_words(row['realised_escalated'])} (those included) and a milder one on "
        f"{in_words(row['realised_dampened'])}"
    )
    suppressed, released = row["realised_suppressed"], row["realised_released"]
    if suppressed or released:
        yield (
            f"pressure on harbours prevented {counted(suppressed, 'act')} that the twin had, and in the twin "
            f"{in_words(released)} that the world had"
        )
    yield (
        "these are realised classes: they count single events, and depend on how the draws of the two worlds are "
        "coupled"
    )


def wrong_turns(run: RunRecord) -> Iterator[str]:
    """The innocent blamed, cases gone cold, dossiers in vain, votes failed, and acts that went further after that."""
    cases = run.cases
    parts = (_blamed(run, cases), _cold(run, cases), _in_vain(run, cases), _failed(run), _further(run, cases))
    yield from map(_sentences, filter(None, map(list, parts)))


def _blamed(run: RunRecord, cases: list[dict[str, Any]]) -> Iterator[str]:
    named = [case for case in cases if case["attributed_week"] is not None]
    wrong = sorted(filter(blamed_wrongly, named), key=lambda case: (-(case["bite"] or 0.0), -case["severity"]))
    if not wrong:
        yield "nobody was blamed wrongly" if named else "no case was attributed"
        return
    bitten = sum(answered(case) for case in wrong)
    yield (
        f"{out_of(len(wrong), len(named), 'attribution')} blamed an innocent party, and a measure followed "
        f"in {counted(bitten, 'case')}"
    )
    exposed = sum(case["exposed_week"] is not None for case in wrong)
    yield f"{in_words(exposed)} came to light while the case was held"
    yield from _examples(wrong, lambda case: f"{run.act_text(case)} was attributed to {run.party(case['suspect'])}")


def _cold(run: RunRecord, cases: list[dict[str, Any]]) -> Iterator[str]:
    cold = [case for case in cases if went_cold(case)]
    real = sorted((case for case in cold if not is_false_alarm(case)), key=lambda case: -case["severity"])
    if not cold:
        yield "no case went cold"
        return
    alarms = len(cold) - len(real)
    yield f"{counted(len(cold), 'case')} went cold{f', {in_words(alarms)} of them false alarms' if alarms else ''}"
    if real:
        yield f"the gravest was {run.act_text(real[0])}, severity {real[0]['severity']:.2f}"


def _in_vain(run: RunRecord, cases: list[dict[str, Any]]) -> Iterator[str]:
    vain = sorted(filter(came_to_nothing, cases), key=lambda case: -case["severity"])
    if vain:
        some = out_of(len(vain), len(run.dossiers()), "restrictive dossier")
        yield f"{some} came to nothing before {'a vote' if len(vain) == 1 else 'any vote'}"
        yield f"the gravest was on {run.act_text(vain[0])}, severity {vain[0]['severity']:.2f}"


def _failed(run: RunRecord) -> Iterator[str]:
    votes = run.counted_votes
    failed = votes.filter(~votes["passed"])
    if not votes.height:
        yield "no vote was held"
    elif not failed.height:
        yield "the only vote passed" if votes.height == 1 else f"none of {counted(votes.height, 'vote')} failed"
    else:
        often = failed["measure"].value_counts(sort=True).sort(["count", "measure"], descending=[True, False])
        name, times = often.row(0)
        most, count = ("most often on", f" ({in_words(times)})") if failed.height > 1 else ("on", "")
        against = failed["votes_against"]
        average = f"on average {against.sum() / failed.height:.1f} members"
        members = counted(int(against[0]), "member") if failed.height == 1 else average
        some = out_of(failed.height, votes.height, "vote")
        yield f"{some} failed, {most} {run.measure(name)}{count}, with {members} against"


def _further(run: RunRecord, cases: list[dict[str, Any]]) -> Iterator[str]:
    again = [case for case in cases if answered(case) and case["next_act"] is not None]
    graver = sorted((case for case in again if run.rise(case)), key=lambda case: (-run.rise(case), -case["bite"]))
    if not again:
        yield "no party acted again after an answer"
        return
    some = f"after {in_words(len(graver))} of these"
    often = some if len(again) > 1 else "after this" if graver else "not after this"
    yield (
        f"after {counted(len(again), 'answer')} the party blamed acted again; {often} its next act was of a graver "
        "kind than that of the case"
    )
    if graver:
        case = graver[0]
        after = case["next_act_week"] - case["adopted_week"]
        yield (
            f"the largest step: {run.party(case['suspect'])}, answered for {run.act_text(case)}, turned to "
            f"{run.activity(case['next_act'])} {counted(after, 'week')} later"
        )


def _examples(cases: list[dict[str, Any]], text: Callable[[Case], str]) -> Iterator[str]:
    yield from map(text, cases[:MOST_EXAMPLES])
    if (left := len(cases) - MOST_EXAMPLES) > 0:
        yield f"{counted(left, 'more such case', 'more such cases')} {'is' if left == 1 else 'are'} in the ledger"


def caution(run: RunRecord, picked: int) -> Iterator[str]:
    """What the reader must know: which cases are described, and what one run cannot say."""
    cases = len(run.cases)
    if cases:
        left = counted(cases - picked, "case")
        told = f"{in_words(picked)} of {counted(cases, 'case')} {'is' if picked == 1 else 'are'} described"
        yield (
            f"{as_sentence(f'{told}, {left} left out')} They are picked by rule, the most striking of each kind in "
            "turn: answered rightly (by bite), innocent blamed (bite), votes failed (number), restrictive "
            "dossier that came to nothing (severity), graver after the answer (rungs), gone cold (severity), held back "
            "after the answer (bite), false alarm that led to an attribution (severity), most severe."
        )
    yield (
        "This is one run, a story and not an estimate. It has no interval, and what follows a measure need not result "
        "from it. Cases opened in the burn-in are left out; weeks count from its start."
    )
    yield f"Seed {run.figures['seed']}, replicate {run.figures['replicate']}; {run.stamp}."


Event = tuple[int, str]
"""A week and what happened in it."""


def heading(run: RunRecord, case: Case) -> str:
    """A case in a line: Espionage against Estonia, March 2027."""
    day, act = run.day(case["opened_week"]), run.activity(case["activity"])
    return f"{act[:1].upper()}{act[1:]} against {case['victim']}, {day:%B %Y}"


def case_text(run: RunRecord, case: Case) -> str:
    """What happened in a case, week by week; of one week in the order in which the model goes through it."""
    parts = (_naming, _national, _reaction, _answer, _exposed, _afterwards)
    events = sorted(chain.from_iterable(part(run, case) for part in parts), key=itemgetter(0))
    return _sentences([*_found(run, case), *(text for _, text in events), *_end(run, case)])


def _found(run: RunRecord, case: Case) -> Iterator[str]:
    act = f"a case of {run.activity(case['activity'])} against {case['victim']} came to light"
    yield f"in {run.week_text(case['opened_week'])} {act}, severity {case['severity']:.2f}"
    ago = case["opened_week"] - case["act_week"]
    before = f"{counted(ago, 'week')} before" if ago else "that same week"
    if is_false_alarm(case):
        yield "nobody had done it: it was a false alarm"
    else:
        yield f"{run.party(case['culprit'])} had done it {before}"


def _national(run: RunRecord, case: Case) -> Iterator[Event]:
    if (week := case["national_week"]) is not None:
        rightly = "rightly" if case["national_rightly"] else "wrongly"
        yield week, f"a first Member State attributed it in public in {run.week_text(week)}, {rightly}"


def _naming(run: RunRecord, case: Case) -> Iterator[Event]:
    if (week := case["attributed_week"]) is None:
        return
    after = week - case["opened_week"]
    met = f"after {counted(after, 'week')}" if after else "in that same week"
    right = "it was right"
    if blamed_wrongly(case):
        right = "it was wrong, because there was no perpetrator" if is_false_alarm(case) else "it was wrong"
    yield week, f"{met} the EU's standard was met: it attributed the case to {run.party(case['suspect'])}, and {right}"
    yield week, f"the doctrine intended an answer with a bite of {case['intended']:.2f}"
    if case["joint_week"] is not None:
        ready = f"all Member States could attribute it to a state in {run.week_text(case['joint_week'])}"
        yield case["joint_week"], ready


def _reaction(run: RunRecord, case: Case) -> Iterator[Event]:
    yield from _vote(run, case, "reaction")
    if (week := case["reaction_week"]) is not None:
        taken = f"the EU took {run.measure(case['reaction'])} in {run.week_text(week)}"
        yield week, f"as a reaction that needs no attribution, {taken}"


def _answer(run: RunRecord, case: Case) -> Iterator[Event]:
    """The answer to an attributed case, track by track."""
    if (week := case["dossier_opened_week"]) is not None:
        yield week, f"a restrictive dossier waited for room on the agenda from {run.week_text(week)}"
    for track in ANSWERS:
        yield from _vote(run, case, track)
        yield from _settled(run, case, track)


def _vote(run: RunRecord, case: Case, track: str) -> Iterator[Event]:
    for vote in run.votes_on(case):
        if vote["track"] != track:
            continue
        on = run.measure(vote["measure"]) + (" as a reaction" if track == "reaction" else "")
        doubt, share = vote["unconvinced"], vote["share"]
        unconvinced = f" ({in_words(doubt)} because of missing evidence)" if doubt else ""
        carried = f"; it is carried by {percent(share)} of the EU" if 0.0 < share < 1.0 else ""
        yield (
            vote["week"],
            f"the vote on {on} in {run.week_text(vote['week'])} {'passed' if vote['passed'] else 'failed'}: "
            f"{vote['votes_for']} in favour, {vote['votes_against']} against, {vote['votes_abstaining']} abstaining"
            f"{unconvinced}{carried}",
        )


def _settled(run: RunRecord, case: Case, track: str) -> Iterator[Event]:
    """The end of a track but for a refusal, which its vote tells."""
    stage, week = case[f"{track}_stage"], case[f"{track}_settled_week"]
    if week is None or stage == "refused":
        return
    if stage == "lapsed":
        yield week, f"the dossier lapsed in {run.week_text(week)}, before there was room on the agenda"
    elif stage == "dropped" and week == case["exposed_week"]:
        return  # which says why
    elif stage == "dropped":
        what = "the dossier" if track == "dossier" else run.measure(case[f"{track}_measure"])
        fitted = case[f"{track}_measure"] is not None
        why = "its evidence was gone" if fitted else "no measure fitted into what was left of the answer"
        yield week, f"{what} was dropped in {run.week_text(week)} because {why}"
    else:
        yield week, f"{_effect(run, case, track, week)}{_against(case)}"


def _effect(run: RunRecord, case: Case, track: str, week: int) -> str:
    measure, voted = run.measure(case[f"{track}_measure"]), any(v["track"] == track for v in run.votes_on(case))
    since = f"{counted(week - case['act_week'], 'week')} after the {'alarm' if is_false_alarm(case) else 'act'}"
    bite = f"with a bite of {case[f'{track}_bite']:.2f}"
    if voted:
        return f"it took effect at once, {since}, {bite}"
    if track == "own":
        return f"{case['victim']} took {measure} on its own in {run.week_text(week)}, {since}, {bite}"
    return f"{measure} took effect in {run.week_text(week)}, {since}, {bite}"


def _against(case: Case) -> str:
    return ", against a party that had not done it" if blamed_wrongly(case) else ""


def _exposed(run: RunRecord, case: Case) -> Iterator[Event]:
    if (week := case["exposed_week"]) is not None:
        dropped = any(case[f"{track}_settled_week"] == week for track in ANSWERS)
        ends = ["what was in force against it ended"] * answered(case) + ["what was prepared was dropped"] * dropped
        light = f"in {run.week_text(week)} it came to light that {run.party(case['suspect'])} had not done it"
        yield week, listed([light, *ends])


def _afterwards(run: RunRecord, case: Case) -> Iterator[Event]:
    """What the party named did next, after the answer or else after the naming."""
    if case["next_choice"] is None:
        return
    name, week, acted = run.party(case["suspect"]), case["next_choice_week"], case["next_act_week"]
    since = "the answer" if answered(case) else "the attribution"
    if week == acted:
        yield week, f"at its next opportunity after {since} {name} acted again: {_next_act(run, case)}"
        return
    yield week, f"at its next opportunity after {since}, in {run.week_text(week)}, {name} held back"
    if acted is not None:
        yield acted, f"its next act was {_next_act(run, case)}"


def _next_act(run: RunRecord, case: Case) -> str:
    step = run.rung(case["next_act"]) - run.rung(case["activity"])
    kind = "a graver kind of act" if step > 0 else "a milder kind of act" if step < 0 else "the same kind of act"
    return f"{run.activity(case['next_act'])} in {run.week_text(case['next_act_week'])}, {kind}"


def _end(run: RunRecord, case: Case) -> Iterator[str]:
    """How it ended, where that is not said yet."""
    named: Any = case["attributed_week"]
    leaning = "" if case["suspect"] is None else f"; suspicion leaned towards {run.party(case['suspect'])}"
    if went_cold(case):
        yield f"the case went cold without attribution{leaning}"
    elif named is None:
        yield f"the investigation was still open at the end{leaning}"
    elif given_up(case):
        yield "no measure followed, and the case was closed"
    elif case["status"] == "answering":
        yield f"at the end of the run {_unsettled(run, case)}"
    if named is not None and case["next_choice"] is None:
        yield f"{run.party(case['suspect'])} met no further opportunity before the end"
    elif named is not None and case["next_act"] is None:
        yield f"{run.party(case['suspect'])} did not act again before the end"


def _unsettled(run: RunRecord, case: Case) -> str:
    tracks = [track for track in ANSWERS if case[f"{track}_stage"] == "in preparation"]
    texts = [f"{run.measure(case[f'{track}_measure'])} was in preparation" for track in tracks]
    texts += ["its dossier was waiting for the agenda"] if case["dossier_stage"] == "waiting" else []
    return listed(texts or ["more could still follow"])


# numbers and things counted, as texts have them

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_words(number: int, none: str = "none") -> str:
    """A number as it is written in a text: none, one, 27."""
    return none if number == 0 else NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number of things: no cases, one case, 27 cases."""
    return f"{in_words(number, 'no')} {noun if number == 1 else plural or f'{noun}s'}"


def was(number: int) -> str:
    """The verb of so many things."""
    return "was" if number == 1 else "were"


def out_of(part: int, whole: int, noun: str) -> str:
    """Some of so many things: the only vote, all three votes, 27 of 124 attributions."""
    if part == whole:
        return f"the only {noun}" if whole == 1 else f"all {counted(whole, noun)}"
    return f"{in_words(part)} of {counted(whole, noun)}"


def as_sentence(text: str) -> str:
    """A text as a sentence: its first letter large, a full stop at its end."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", ":")) else f"{text}."


def phases_text(run: RunRecord) -> Iterator[str]:
    """When the EU changed its doctrine, and to what; nothing for a doctrine without phases."""
    if not (stated := run.configuration.doctrine.phases):
        return
    held = spells(run)
    if not held:
        yield f"the EU never changed its doctrine: none of its phases ({', '.join(stated)}) was reached"
    seen: set[str] = set()
    for spell in held[:MOST_SPELLS]:
        phase = f"phase “{spell.phase.replace('_', ' ')}”"
        to_end = spell.end == run.end
        if spell.first == run.burn_in:
            until = "to the end" if to_end else f"to {run.week_text(spell.end)}"
            yield f"{phase} of the EU's doctrine held from the first week counted {until}"
        else:
            until = "and kept it to the end" if to_end else f"and went back in {run.week_text(spell.end)}"
            yield f"in {run.week_text(spell.first)} the EU changed its doctrine to its {phase}, {until}"
        if spell.phase not in seen:
            seen.add(spell.phase)
            yield f"this phase holds {phase_words(stated[spell.phase].model_dump())}"
    if len(held) > MOST_SPELLS:
        yield f"it changed to a phase {len(held) - MOST_SPELLS} more times; the weekly series has the weeks"
