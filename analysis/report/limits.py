"""What the model cannot carry, in one place: by the metric or the factor that it limits.

Each limit is a caveat, stands beside the finding that it limits, and may be an objection, as an opponent would put it,
with our answer. Why they hold is said in `docs/explanation/assumptions-and-limits.md` and `docs/validation.md`.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from analysis.labels import factor_words, title
from model.metrics.catalogue import METRICS


class Limit(NamedTuple):
    """What findings on some metrics or factors cannot carry: a caveat, and an objection with our answer to it."""

    about: tuple[str, ...]  # metrics, and paths of factors
    caveat: str
    objection: str
    answer: str


LIMITS = (
    Limit(
        ("doctrine.clarity", "doctrine.campaign_interval"),
        "Clarity works on adversaries who believe announcements as far as these were kept, and who do not adapt. "
        "Where they learn strongly from their own experience, its effect reverses.",
        "Real adversaries adapt. You let yours believe announcements, and then find that announcing deters.",
        "This is true of the assumption. Adversaries that learn are an option of the scenario (scenario.learning), "
        "and where they learn strongly, clear announcements deter less. Anyone who relies on this should vary that "
        "first.",
    ),
    Limit(
        ("doctrine.voting_rule", "doctrine.initiative", "doctrine.vital_interest"),
        "Outvoting a Member State costs nothing in the model, and most listings fail because the agenda is full, not "
        "because they lack votes.",
        "You outvote Member States for free. In Brussels that has a price, so majority voting is bound to look good.",
        "The price is not in the model. Read the gain as the most that outvoting may cost and still pay. It is also a "
        "gain under an agenda that lets few proposals through under either rule.",
    ),
    Limit(
        ("doctrine.attribution_confidence",),
        "The best standard of proof depends on the cost of being wrong, which no data inform.",
        "Your best standard of proof only reflects what you assumed an error to cost.",
        "Yes. The level of the best standard is not a finding about the real world. That it moves with the price of "
        "being wrong is a finding about the model.",
    ),
    Limit(
        ("doctrine.preventive", "doctrine.cooperative", "doctrine.support", "doctrine.stability"),
        "The model assumes that stronger victims deter, and how much they do.",
        "You wrote denial into the model, and then found it.",
        "True: that denial deters is not a finding. The finding is how it compares with responses, in the same "
        "worlds, and at what price.",
    ),
    Limit(
        ("doctrine.proportionality",),
        "In the checks of the model, disproportionate responses escalate less than was required beforehand.",
        "Theory says that disproportionate responses escalate, and your own check of this falls short.",
        "The effect has the expected sign in most worlds and is smaller than was required. So do not conclude from "
        "the model that disproportion is safe.",
    ),
    Limit(
        ("doctrine.firmness", "doctrine.ratchet"),
        "Intending and announcing more has no political price of its own in the model.",
        "Threatening more is free in your model, so more of it looks better than it is.",
        "Measures taken have a cost; announcements do not. Read the result together with the EU cost, and as an upper "
        "end.",
    ),
    Limit(
        ("doctrine.coalition_quorum", "doctrine.partners"),
        "In the model a coalition is nearly everybody: it is the toolbox without its agenda and without unanimity "
        "rather than a few who lead.",
        "Your coalition of the willing is the whole EU by another name.",
        "Nearly so. Read it as what the toolbox does when neither the agenda nor a single objection holds it up.",
    ),
    Limit(
        ("doctrine.due_diligence",),
        "How far a state under pressure restrains groups on its territory is assumed.",
        "You assume that pressure on harbours works, and then find that it does.",
        "This is true of the size. Where worlds are drawn, it varies with everything else that no data inform. What "
        "remains is how it compares with other choices.",
    ),
    Limit(
        ("harm_averted",),
        "Harm adds up severity, which is one number here, though the Council's text names seven dimensions and ranks "
        "none.",
        "With other weights on the seven dimensions of severity, another choice wins.",
        "You can test this: deter compare … --worlds who_leads spreads the weights over all possible shares, and says "
        "which doctrine overtakes which.",
    ),
    Limit(
        ("deterrence_rate", "acts_averted"),
        "No data say how much a response deters whom. Levels are properties of the model; use only differences "
        "between choices.",
        "You assume that responses hurt, and then find that they deter.",
        "This is true of the level, which nobody should quote. All choices meet the same assumption in the same "
        "worlds, and only their difference is reported.",
    ),
    Limit(
        ("eu_cost",),
        "No document states what a measure costs the EU politically: costs are in units of the model's catalogue.",
        "Your cost is invented. No minister pays in your units.",
        "So it is never added to harm. A choice that is better by both needs no price. If a choice trades one for the "
        "other, the reader must decide what harm averted is worth.",
    ),
    Limit(
        ("escalation_rate", "provocation_rate"),
        "Escalation is to worse cyber acts alone: armed conflict and offensive operations are not in the model, and "
        "tension is set from outside.",
        "The escalation that matters, into armed conflict, is not in your model.",
        "It is not. No finding here says that a choice is safe; it says which makes worse cyber acts likelier.",
    ),
    Limit(
        ("severe_averted",),
        "Severe acts are few, and perpetrators learn slowly how they are answered: doctrines that deliver most in "
        "this class deter less than they would if they were known.",
        "There are too few severe acts to say anything about them.",
        "Their intervals are wide for that reason, and expected acts are counted rather than those that chance brings.",
    ),
    Limit(
        ("wrongful_responses", "exposed_attributions"),
        "The cost of being wrong (resentment, credibility, caution) is assumed.",
        "You do not know what blaming the innocent costs, so you cannot weigh it.",
        "We do not. Wrongful responses are counted and shown, and are not traded against harm.",
    ),
)
"""What limits findings, by what they are about, the strongest objections first."""
GENERAL = (
    Limit(
        (),
        "Perpetrators do not coordinate, adapt or plan several moves ahead; the EU keeps one doctrine throughout.",
        "Real adversaries adapt to whatever you do. Yours do not.",
        "Learning adversaries are an option of the scenario (scenario.learning), off in the shipped ones. Findings "
        "hold for adversaries that believe and do not adapt.",
    ),
    Limit(
        (),
        "No part of the public record is about deterrence: it shows how often acts are seen and answered, not how far "
        "responses deter.",
        "Nothing in the public record shows that any of this deters anybody.",
        "It does not, and levels of deterrence are not forecasts. The model says which of two choices fares better "
        "under stated numbers, and at what price.",
    ),
    Limit(
        (),
        "Intervals cover chance and, where worlds are drawn, the worlds. They do not cover whether the mechanisms are "
        "right.",
        "A narrow interval around a wrong model is still wrong.",
        "It is. Each mechanism is checked against theory and experiments (docs/validation.md); some fall short.",
    ),
)
"""What limits every finding."""
SPOKEN = {"harm_averted": ("harm",), "eu_cost": ("EU cost", "political cost")}
"""Other words for a metric."""
GAP = ".{1,90}?"
"""In the place of an amount with its interval."""


@cache
def _forms(name: str) -> re.Pattern[str]:
    """How sentences speak of a metric, or of a factor."""
    if name not in METRICS:
        return re.compile(rf"\b{re.escape(factor_words(name))}\b", re.IGNORECASE)
    wording = METRICS[name].wording
    said = [text for text in wording or () if text]
    said += SPOKEN.get(name, ())
    forms = [GAP.join(map(re.escape, text.split("{}"))) for text in said]
    return re.compile("|".join([rf"\b{re.escape(title(name))}\b", *forms]), re.IGNORECASE)


def speaks_of(text: str) -> set[str]:
    """The metrics and factors, of those that are limited, that a sentence speaks of."""
    return {name for limit in LIMITS for name in limit.about if _forms(name).search(text)}


def limits_of(texts: Iterable[str], factors: Collection[str] = ()) -> list[Limit]:
    """What limits sentences, by what they speak of and by `factors` that they are about without saying so."""
    named = set(factors).union(*map(speaks_of, texts))
    return [limit for limit in LIMITS if named.intersection(limit.about)]


def beside(groups: Sequence[Sequence[str]], most: int) -> list[list[Limit]]:
    """What limits each group of sentences, at most so many for each; nothing is said twice."""
    said: set[Limit] = set()
    found = []
    for texts in groups:
        own = [limit for limit in limits_of(texts) if limit not in said][:most]
        said.update(own)
        found.append(own)
    return found
