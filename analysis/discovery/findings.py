"""Sentences on a scenario discovery: how many worlds are such, the rule that was found, and how sure it is."""

from collections.abc import Iterator

from analysis.discovery.answer import Answer, read_answer
from analysis.discovery.boxes import Box, Fit, Limit, restricting
from analysis.discovery.rules import SUBSAMPLES
from analysis.labels import factor_words, level_texts, listed, number_of
from analysis.results.conditions import condition_text
from analysis.results.folder import Results
from analysis.sentences import Finding


def limit_text(path: str, limit: Limit) -> str:
    """A restriction in words: sensitivity of major power below 5.1."""
    name = factor_words(path)
    if limit.among is not None:
        return f"{name} {' or '.join(each.replace('_', ' ') for each in limit.among)}"
    # drawn values, of which three digits are enough unless both ends have the same
    ends = [float(f"{end:.3g}") for end in limit.ends]
    low, high = (text.replace("-", "−") for text in level_texts(ends if ends[0] != ends[1] else limit.ends))
    if None not in (limit.low, limit.high):
        return f"{name} between {low} and {high}"
    return f"{name} above {low}" if limit.high is None else f"{name} below {high}"


def box_text(box: Box, most: int | None = None) -> str:
    """A box in a sentence, what is least likely chance first; of more than `most` restrictions the rest are counted."""
    first, *rest = restricting(box)
    more = len(rest) + 1 - most if most else 0
    rest = rest[: most - 1] if most else rest
    name = factor_words(first)
    asked = limit_text(first, box[first]).removeprefix(name).strip()
    said = [f"{name} is {asked}", *(limit_text(other, box[other]) for other in rest)]
    return listed([*said, f"{number_of('more condition', more)} hold{'s' if more == 1 else ''}"] if more > 0 else said)


def p_text(p: float) -> str:
    """A p-value without false precision: p = 0.03, or p < 0.001."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.1g}" if p < 0.1 else f"p = {p:.2f}"


def asked_text(answer: Answer) -> str:
    """The conditions in words."""
    each = [condition_text(one, difference=answer.against is not None) for one in answer.asked]
    joined = f" {'or' if answer.either else 'and'} ".join(each)
    return f"{joined} beyond that of {answer.against} (in the same world)" if answer.against else joined


def discovery_findings(results: Results) -> Iterator[Finding]:
    """The rule that `deter discover` has found last and how sure it is, or that there is none."""
    if answer := read_answer(results):
        for text in discovery_sentences(answer):
            yield Finding("Where it happens (scenario discovery)", text, answer.worlds, "worlds")


def discovery_sentences(answer: Answer) -> list[str]:
    """The answer, one thought to a line."""
    found = _found if answer.prim.found else _nothing
    return [point(answer), _counted(answer), _noise(answer), *found(answer), *_second(answer)]


MOST_IN_POINT = 2
"""Restrictions that the first sentence and the title of a figure name; the rest are counted."""


def point(answer: Answer) -> str:
    """What a reader is to take away, in a sentence: that it is unclear, the rule, or that there is none."""
    asked, fit = asked_text(answer), answer.prim.fit
    if answer.is_mostly_unsure:
        few = f"{number_of('replicate', answer.replicates)} a world are too few"
        return (
            f"It is unclear where {answer.subject} has {asked}: {answer.unsure} of {answer.worlds} worlds are open, "
            f"because {few}. What follows only describes these runs."
        )
    if not answer.prim.found:
        return f"No rule was found that says where {answer.subject} has {asked}."
    others = answer.worlds - fit.worlds
    return (
        f"{answer.subject} has {asked} mostly where {box_text(answer.box, MOST_IN_POINT)}: in {fit.cases} of "
        f"{fit.worlds} worlds there, and in {answer.cases - fit.cases} of {others} elsewhere."
    )


def share_text(share: float | None) -> str:
    """A share in per cent without decimals; a dash where it is undefined."""
    return "–" if share is None else f"{share:.0%}".replace("%", " %")


def both_texts(fit: Fit) -> tuple[str, str]:
    """Coverage and density in per cent."""
    return share_text(fit.coverage), share_text(fit.density)


def _counted(answer: Answer) -> str:
    text = f"{answer.subject}: {asked_text(answer)} in {answer.cases} of {answer.worlds} worlds."
    if answer.assumed:
        text += " (No condition was given: this one is an assumption; --target gives another.)"
    if answer.left_out:
        text += f" {answer.left_out} worlds are left out: the metric is undefined there, or all runs failed."
    return text


def _noise(answer: Answer) -> str:
    if answer.unsure is None or answer.doubt is None:
        return "Each world was run once, so the amount of noise is unknown; an estimate takes two replicates."
    low, high = answer.doubt.cases
    each = f"its 95 % interval over {answer.replicates} replicates"
    if not answer.unsure:
        return f"In no world does {each} include the threshold, so no world is in doubt."
    near, by = ("world is", "") if answer.unsure == 1 else ("worlds are", ", each")
    cases = f"{low} certainly count, {high} possibly"
    return f"{answer.unsure} {near} too near the threshold to classify{by} by {each}: {cases}."


def _nothing(answer: Answer) -> Iterator[str]:
    if not answer.box:
        yield "PRIM found nothing: no restriction of any factor is more than chance."
        return
    coverage, density = both_texts(answer.prim.fit)
    yield (
        f"PRIM found nothing that holds: its box ({box_text(answer.box)}) looks good in the sample (coverage "
        f"{coverage}, density {density}), but boxes found in nine "
        f"tenths of the worlds do not separate the rest ({p_text(answer.prim.p)})."
    )


def _found(answer: Answer) -> Iterator[str]:
    fit, (coverage, density) = answer.prim.fit, both_texts(answer.prim.fit)
    yield (
        f"{coverage} of these {answer.cases} are worlds in which {box_text(answer.box)}; of the {fit.worlds} worlds "
        f"there, {density} ({fit.cases}) are such worlds, against {share_text(answer.cases / answer.worlds)} of all "
        "worlds."
    )
    coverage, density = both_texts(answer.prim.held_out)
    yield (
        "These two figures are too good because they served to choose the box. On held-out worlds (ten-fold "
        f"cross-validation), coverage is {coverage} and density {density} ({p_text(answer.prim.p)} if the factors had "
        "no influence)."
    )
    from_side = {"low": " from below", "high": " from above", "among": ""}
    each = [f"{factor_words(name)}{from_side[side]} in {share_text(again.share)}" for name, side, again in answer.sides]
    yield f"Found again in {SUBSAMPLES} subsamples of two thirds: {listed(each)}."
    if answer.unsure and answer.doubt and answer.doubt.coverage and answer.doubt.density:
        low, high, least, most = map(share_text, (*answer.doubt.coverage, *answer.doubt.density))
        yield (
            f"With the box unchanged, noise of the metric alone leaves coverage from {low} to {high} and density from "
            f"{least} to {most}, depending on the worlds too near the threshold."
        )


NO_CONTRADICTION = (
    "The two do not contradict each other: PRIM looks for one box; CART may join several and splits where that "
    "separates most worlds. CART's rule is what holds on worlds it has not seen; nothing can be said about a single "
    "box."
)


def _second(answer: Answer) -> Iterator[str]:
    cart = answer.rules[1]
    if not cart.found:
        yield "CART, as a second opinion, finds nothing that holds on worlds it has not seen."
        return
    (coverage, density), held_out = both_texts(cart.fit), both_texts(cart.held_out)
    yield (
        f"CART, as a second opinion: {'; or '.join(map(box_text, cart.boxes))}. Coverage {coverage}, density "
        f"{density}; cross-validated {held_out[0]} and {held_out[1]}."
    )
    if not answer.prim.found:
        yield NO_CONTRADICTION
