"""The story of one run in sentences: what happened beside the twin, where it went wrong, and some cases one by one.

Sentences say what happened and in which order, never why: one run is a story, not an estimate.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from analysis.labels import listed, percent
from analysis.story.case_story import case_text, heading
from analysis.story.ledger import Tale, answered, blamed_wrongly, chosen, given_up, is_false_alarm, rose, went_cold
from analysis.story.words import counted, dated, deed, last_day, measure, out_of, sentence, some, was, weeks, what, who
from model.metrics import figure

MOST_EXAMPLES = 3
"""Cases that a sentence on what went wrong names."""


class Section(NamedTuple):
    """A part of the story: its heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


def story(tale: Tale) -> list[Section]:
    """The whole story."""
    told = chosen(tale)
    sections = [
        Section("What happened", tuple(summary(tale))),
        Section("Where it went wrong", tuple(wrong_turns(tale))),
    ]
    sections += [
        Section(f"{place}. {heading(tale, case)}", (case_text(tale, case),)) for place, case in enumerate(told, 1)
    ]
    return [*sections, Section("What this is", tuple(caution(tale, len(told))))]


def markdown(tale: Tale, sections: list[Section], picture: str | None) -> str:
    """The story as a page, with the file of its picture if there is one."""
    head, rest = sections[0], sections[1:]
    lines = [f"# {tale.title}", "", *_paragraphs(head)]
    if picture:
        lines += [f"![Cases, votes and what followed]({picture})", ""]
    for section in rest:
        lines += [f"## {section.heading}", "", *_paragraphs(section)]
    return "\n".join(lines).rstrip() + "\n"


def _paragraphs(section: Section) -> list[str]:
    return [line for text in section.paragraphs for line in (text, "")]


def summary(tale: Tale) -> Iterator[str]:
    """What happened in the run beside its twin, and what became of its cases."""
    yield " ".join(map(sentence, _beside_twin(tale)))
    yield " ".join(map(sentence, _of_cases(tale)))
    yield " ".join(map(sentence, _as_dice_fell(tale)))


def _beside_twin(tale: Tale) -> Iterator[str]:
    base, row = tale.configuration, tale.figures
    first, last = dated(tale, tale.burn_in), last_day(tale)
    yield f"one run under “{base.doctrine.title}” in scenario “{base.scenario.title}”, from {first} to {last}"
    ours, theirs = (
        f"{counted(row[f'{world}acts'], 'act')}, {some(row[f'{world}severe_acts'])} of them severe"
        for world in ("", "twin_")
    )
    yield (
        f"perpetrators carried out {ours}; in the twin, the same world on the same random numbers under "
        f"“{base.reference.doctrine.title}”, {theirs}"
    )
    averted = figure("harm_averted", _columns(row))
    if averted is None:
        yield "the twin expected no harm, of which a share could be averted"
    else:
        side = "below" if averted >= 0.0 else "above"
        yield f"the harm to be expected at its opportunities was {percent(abs(averted))} {side} the twin's"
    credibility = figure("credibility", _columns(row))
    if credibility is not None:
        yield f"the Union's credibility was {credibility:.2f} on average, on a scale from 0 to 1"


def _columns(row: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a run as columns with one entry."""
    return {name: np.array([np.nan if value is None else value]) for name, value in row.items() if name != "error"}


def _of_cases(tale: Tale) -> Iterator[str]:
    cases = tale.cases
    if not cases:
        yield "no case was opened"
        return
    alarms = sum(map(is_false_alarm, cases))
    by = f"{some(len(cases) - alarms)} by acts and {some(alarms)} by false alarms"
    yield f"{counted(len(cases), 'case')} {was(len(cases))} opened, {by}"
    named = [case for case in cases if case["attributed_week"] is not None]
    wrong = sum(map(blamed_wrongly, named))
    yield f"the Union's standard was met in {some(len(named))} of them, and the party named was wrong in {some(wrong)}"
    reactions = sum(case["reaction_week"] is not None and not answered(case) for case in cases)
    done = f"a measure was adopted in answer to {counted(sum(map(answered, cases)), 'attributed case')}"
    yield f"{done}; {counted(reactions, 'case')} besides had a reaction that needs no attribution"
    cold, dropped = sum(map(went_cold, cases)), sum(map(given_up, cases))
    under_way = sum(case["status"] in ("open", "preparing") for case in cases)
    yield listed(
        [
            f"{some(cold)} went cold",
            f"{some(dropped)} {was(dropped)} given up after somebody had been named",
            f"{some(under_way)} {was(under_way)} under investigation or in preparation at the end",
        ]
    )
    votes = tale.counted_votes
    failed = int((~votes["passed"]).sum())
    held = f"{counted(votes.height, 'vote')} {was(votes.height)} held"
    fate = {0: "", 1: f", and it {'failed' if failed else 'passed'}"}
    yield held + fate.get(votes.height, f", of which {some(failed)} failed")


def _as_dice_fell(tale: Tale) -> Iterator[str]:
    row = tale.figures
    alone = counted(row["realised_deterred"], "opportunity", "opportunities")
    yield (
        f"as the dice fell, the twin acted and the world did not on {alone}, the world alone acted on "
        f"{some(row['realised_provoked'])}, it went to a graver activity than the twin on "
        f"{some(row['realised_escalated'])} (those included) and to a milder one on {some(row['realised_dampened'])}"
    )
    suppressed, released = row["realised_suppressed"], row["realised_released"]
    if suppressed or released:
        yield (
            f"pressure on harbours took {counted(suppressed, 'act')} of the twin's away, and in the twin "
            f"{some(released)} of the world's"
        )
    yield "these are realised classes: they count single events, and depend on how the two worlds' draws are coupled"


def wrong_turns(tale: Tale) -> Iterator[str]:
    """The innocent blamed, cases gone cold, votes failed, and acts that went further after an answer."""
    cases = tale.cases
    for text in (_blamed(tale, cases), _cold(tale, cases), _failed(tale), _further(tale, cases)):
        yield " ".join(map(sentence, text))


def _blamed(tale: Tale, cases: list[dict[str, Any]]) -> Iterator[str]:
    named = [case for case in cases if case["attributed_week"] is not None]
    wrong = sorted(filter(blamed_wrongly, named), key=lambda case: (-(case["bite"] or 0.0), -case["severity"]))
    if not wrong:
        yield "nobody was blamed for what they had not done" if named else "nobody was named at all"
        return
    bitten = sum(answered(case) for case in wrong)
    yield (
        f"{out_of(len(wrong), len(named), 'attribution')} fell on a party that had not done it, and a measure followed "
        f"in {counted(bitten, 'case')}"
    )
    yield from _examples(tale, wrong, lambda case: f"{who(tale, case['suspect'])} was named for {deed(tale, case)}")


def _cold(tale: Tale, cases: list[dict[str, Any]]) -> Iterator[str]:
    cold = [case for case in cases if went_cold(case)]
    real = sorted((case for case in cold if not is_false_alarm(case)), key=lambda case: -case["severity"])
    if not cold:
        yield "no case went cold"
        return
    alarms = len(cold) - len(real)
    yield f"{counted(len(cold), 'case')} went cold{f', {some(alarms)} of them false alarms' if alarms else ''}"
    if real:
        yield f"the gravest was {deed(tale, real[0])}, severity {real[0]['severity']:.2f}"


def _failed(tale: Tale) -> Iterator[str]:
    votes = tale.counted_votes
    failed = votes.filter(~votes["passed"])
    if not votes.height:
        yield "no vote was held"
    elif not failed.height:
        yield "the only vote passed" if votes.height == 1 else f"none of {counted(votes.height, 'vote')} failed"
    else:
        often = failed["measure"].value_counts(sort=True).sort(["count", "measure"], descending=[True, False])
        name, times = often.row(0)
        most = (
            f", most often on {measure(tale, name)} ({some(times)})"
            if failed.height > 1
            else f", on {measure(tale, name)}"
        )
        yield f"{out_of(failed.height, votes.height, 'vote')} failed{most}"


def _further(tale: Tale, cases: list[dict[str, Any]]) -> Iterator[str]:
    again = [case for case in cases if answered(case) and case["next_act"] is not None]
    graver = sorted((case for case in again if rose(tale, case)), key=lambda case: (-rose(tale, case), -case["bite"]))
    if not again:
        yield "no party acted again after an answer"
        return
    often = f"after {some(len(graver))} of these" if len(again) > 1 else "after this" if graver else "not after this"
    yield (
        f"after {counted(len(again), 'answer')} the party named acted again; {often} its next act was of a graver kind "
        "than that of the case"
    )
    if graver:
        case = graver[0]
        after = case["next_act_week"] - case["adopted_week"]
        yield (
            f"the largest step: {who(tale, case['suspect'])}, answered for {deed(tale, case)}, turned to "
            f"{what(tale, case['next_act'])} {weeks(after)} later"
        )


def _examples(tale: Tale, cases: list[dict[str, Any]], text: Any) -> Iterator[str]:
    for case in cases[:MOST_EXAMPLES]:
        yield text(case)
    left = len(cases) - MOST_EXAMPLES
    if left > 0:
        yield f"{counted(left, 'more such case', 'more such cases')} {'is' if left == 1 else 'are'} in the ledger"


def caution(tale: Tale, told: int) -> Iterator[str]:
    """What the reader must know: which cases are told, and what one run cannot say."""
    cases = len(tale.cases)
    if cases:
        left = counted(cases - told, "case")
        yield sentence(
            f"{some(told)} of {counted(cases, 'case')} {'is' if told == 1 else 'are'} told, {left} left out"
        ) + (
            " They are picked by rule, of each kind in turn the one that tells most: answered rightly (by bite), "
            "innocent blamed (bite), votes failed (number), graver after the answer (rungs), gone cold (severity), "
            "held back after the answer (bite), false alarm that named somebody (severity), most severe."
        )
    yield (
        "This is one run, a story and no estimate: it has no interval, and what follows a measure in it need not "
        "follow from it. Cases opened in the burn-in are left out; weeks count from its start."
    )
    yield f"Seed {tale.figures['seed']}, replicate {tale.figures['replicate']}; {tale.stamp}."
