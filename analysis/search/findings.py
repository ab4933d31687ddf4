"""Sentences on a search for doctrines: what was found, what it is worth on fresh worlds, and what to doubt about it."""

from collections.abc import Iterator, Sequence

from analysis.labels import factor_words, is_share, level_text, level_texts, listed, number_of, shown
from analysis.search.answer import ALL_AT_ONCE, Estimate, Found, Judged, Leaning
from analysis.search.growth import growth_sentence

MOST = 6
"""Assumptions that a sentence names."""
LEAST = 0.05
"""Share of a winner's advantage from which on a sentence names a parameter that adds it."""
VERDICTS = {
    "holds": "holds",
    "unclear": "is unclear",
    "nothing": "is exactly zero",
    "reversed": "is reversed",
}
"""Verdicts in a sentence."""


def amount(metric: str, value: float, *, difference: bool = False) -> str:
    """A figure in a sentence: 12.3 %, of a difference +2.1 points."""
    number = f"{shown(metric) * value:{'+' if difference else ''}.3g}".replace("-", "−")
    return number if not is_share(metric) else f"{number} {'points' if difference else '%'}"


def with_interval(metric: str, one: Estimate, *, difference: bool = False) -> str:
    """A figure with its interval in a sentence: 12.3 % (10.1 to 14.5)."""
    text = amount(metric, one.mean, difference=difference)
    if one.low is None or one.high is None:
        return f"{text} (no interval)"
    ends = (f"{shown(metric) * end:.3g}".replace("-", "−") for end in (one.low, one.high))
    return f"{text} ({' to '.join(ends)})"


def search_sentences(found: Found) -> Iterator[str]:
    """The answer, one thought to a line."""
    if found.winners:
        yield f"{point(found)}."
    yield of_candidates(found)
    if text := growth_sentence(found):
        yield text
    for winner in found.winners:
        yield _on_fresh_worlds(found, winner)
        yield from (f"  {text}" for text in caveats(found, winner))
    yield of_shipped(found)


def point(found: Found) -> str:
    """What to take away: which winner does better than the reference by the main objective, or that this is unclear."""
    lead, reference = found.lead, found.reference.replace("_", " ")
    gains = {each.name: each.gain[lead.key] for each in found.winners}
    ahead = [name for name, gain in gains.items() if gain.sure and lead.sign * gain.mean > 0.0]
    if not ahead:
        some = f"any of the {len(gains)} winners" if len(gains) > 1 else "the winner"
        return f"It is unclear whether {some} does better than {reference} in {lead.words} on fresh worlds"
    best = max(ahead, key=lambda name: lead.sign * gains[name].mean)
    gain = gains[best] if lead.sign > 0.0 else gains[best].turned
    by = with_interval(lead.metric, gain, difference=True).removeprefix("+")
    name = best.replace("_", " ").capitalize()
    return f"{name} does better than {reference} in {lead.words}, by {by}, on fresh worlds"


def of_candidates(found: Found) -> str:
    """How many candidates there were, and how many of them nothing beats."""
    front = sum(each.front for each in found.tried)
    return (
        f"{len(found.tried)} candidates in {found.worlds} worlds × {found.replicates} replicates; {front} of them "
        f"{'is' if front == 1 else 'are'} on the front: no other is as good in all of these and better in one: "
        f"{listed([one.words for one in found.aims])}."
    )


def of_shipped(found: Found) -> str:
    """Which shipped doctrines nothing here beats."""
    shipped = [f"“{each.name}”" for each in found.judged if each.kind == "shipped" and each.front]
    return (
        f"{listed(shipped)}, shipped, {'is' if len(shipped) == 1 else 'are'} also on the front, judged by means "
        "alone: no other doctrine here is as good in all objectives and better in one."
        if shipped
        else "No shipped doctrine is on the front: judged by means alone, another doctrine here is as good as it in "
        "all objectives and better in one."
    )


def _on_fresh_worlds(found: Found, winner: Judged) -> str:
    lead = found.lead
    gain, was = winner.gain[lead.key], winner.searched.get(lead.key)
    then = f", where the search said {amount(lead.metric, was)}" if was is not None else ""
    return (
        f"{winner.name}: {lead.words} {with_interval(lead.metric, winner.fresh[lead.key])} on fresh worlds{then}; "
        f"against {found.reference} "
        f"{with_interval(lead.metric, gain, difference=True)}{'' if gain.sure else ', which is unclear'}."
    )


def assumption_text(leaning: Leaning) -> str:
    """An assumption in a sentence."""
    if not leaning.assumption:
        return "all as in the scenario"
    if leaning.assumption == ALL_AT_ONCE:
        return f"all uncertain parameters at their {leaning.value} ends"
    name = factor_words(leaning.assumption)
    if leaning.is_switch:
        return f"{name} switched off"
    return f"{name} at {level_text(leaning.value)}".replace("_", " ").replace("-", "−")


def caveats(found: Found, winner: Judged) -> Iterator[str]:
    """What the advantage of a winner depends on, where it sits at an edge, and what it gains for free."""
    if mine := found.leanings_of(winner):
        yield _leans(found, winner, mine)
    shares = [each for each in found.shares if each.winner == winner.name]
    both = {each.parameter: level_texts((each.value, each.reference)) for each in shares}
    now = {parameter: f"{factor_words(parameter)} {value}" for parameter, (value, _) in both.items()}
    edges = [f"{now[each.parameter]} ({each.edge} end)" for each in shares if each.edge]
    if edges:
        yield f"At the edge of the range searched: {listed(edges)}. The search would have gone further."
    least = LEAST * max((abs(each.gain.mean) for each in mine if not each.assumption), default=0.0)
    free = [
        f"{now[each.parameter]} rather than {both[each.parameter][1]} "
        f"({amount(found.lead.metric, each.gain.mean, difference=True)})".replace("_", " ")
        for each in sorted(shares, key=lambda each: -each.gain.mean)
        if each.free and each.gain.mean >= least
    ]
    if free:
        yield f"Gained at no clear cost: {listed(free)}. This does not mean that it is free."


def _leans(found: Found, winner: Judged, mine: Sequence[Leaning]) -> str:
    """Whether the advantage is there in the scenario as it is, under single changes, and with all at one end."""
    subject = f"its advantage over {found.reference} in {found.lead.words}"
    if all(each.gain.low is None for each in mine):
        return f"It is unclear what {subject} depends on: each assumption was tried once; it takes two replicates."
    over = f"over {found.leaning_replicates:,} replicates"
    verdicts = [VERDICTS[each.verdict] for each in mine if not each.assumption]
    said = [f"In the scenario as it is, {over}, {subject} {verdict}." for verdict in verdicts]
    if changed := tally(found, winner):
        said.append(f"{changed}.")
    at_once = (each for each in mine if each.assumption == ALL_AT_ONCE)
    ends = [f"at their {each.value} ends it {VERDICTS[each.verdict]}" for each in at_once]
    if ends and len({each.assumption for each in mine if each.is_single and not each.is_switch}) > 1:
        said.append(f"With all uncertain parameters {listed(ends)}.")
    return " ".join(said)


def tally(found: Found, winner: Judged) -> str:
    """Under how many single changes of an assumption the advantage is there, and under which not; empty without any.

    Either end of a parameter is a change of its own. The scenario as it is, and all parameters at one end, are none.
    """
    single = [each for each in found.leanings_of(winner) if each.is_single and each.gain.low is not None]
    if not single:
        return ""
    off = sum(each.is_switch for each in single)
    ends = len(single) - off
    kinds = [number_of("end of an uncertain parameter's range", ends, "ends of uncertain parameters' ranges")] * bool(
        ends
    )
    kinds += [number_of("mechanism switched off", off, "mechanisms switched off")] * bool(off)
    said = []
    for verdict, words in VERDICTS.items():
        some = [each for each in single if each.verdict == verdict]
        which = f" ({_named(some)})" if some and verdict != "holds" else ""
        if some or verdict == "holds":
            said.append(f"{words} under {len(some) or 'none'}{which}")
    changes = f"{number_of('change', len(single))} of one assumption"
    return f"Among {changes} ({listed(kinds)}), the advantage {'; it '.join(said)}"


def _named(changes: Sequence[Leaning]) -> str:
    """The first of many assumptions in words, both ends of a parameter together: skill at 0.2 or 0.9."""
    found: dict[str, str] = {}
    for each in changes:
        text, before = assumption_text(each), found.get(each.assumption)
        found[each.assumption] = text if before is None else f"{before} or {text.rpartition(' at ')[2]}"
    texts, more = list(found.values()), len(found) - MOST
    return listed(texts) if more <= 1 else f"{', '.join(texts[:MOST])} and {more} more"
