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
        "Clarity works on adversaries who believe what they hear as far as it was kept, and who do not adapt: "
        "where they learn strongly from their own experience, its effect turns round.",
        "Real adversaries adapt. You let yours believe announcements, and then find that announcing deters.",
        "True of the assumption. Adversaries that learn are an option of the scenario (scenario.learning), and where "
        "they learn strongly clear announcements deter less. Who relies on this should vary that first.",
    ),
    Limit(
        ("doctrine.voting_rule", "doctrine.initiative", "doctrine.vital_interest"),
        "Outvoting a Member State costs nothing in the model, and most listings fail for want of room on the "
        "agenda, not of votes.",
        "You outvote Member States for free. In Brussels that has a price, so majority voting cannot but look good.",
        "The price is not in the model. Read the gain as the most that outvoting may cost and still pay; and as a "
        "gain beside an agenda that lets few proposals through under either rule.",
    ),
    Limit(
        ("doctrine.attribution_confidence",),
        "Which standard of proof is best rests on what being wrong costs, which no data inform.",
        "Your best standard of proof is whatever you assumed an error to cost.",
        "Yes. Where the best standard lies is no finding about the real world; that it moves with the price of being "
        "wrong is one about the model.",
    ),
    Limit(
        ("doctrine.preventive", "doctrine.cooperative", "doctrine.support", "doctrine.stability"),
        "That stronger victims deter is written into the model; how much is assumed.",
        "You wrote denial into the model, and then found it.",
        "True: that denial deters counts for nothing here. What is found is how it fares beside answers, in the same "
        "worlds, and at what price.",
    ),
    Limit(
        ("doctrine.proportionality",),
        "That answers out of proportion escalate came out weaker in the checks of the model than was demanded of it "
        "beforehand.",
        "Theory says that answers out of proportion escalate, and your own check of that falls short.",
        "It has the expected sign in most worlds and is smaller than was demanded. So do not take the model's word"
        " that disproportion is safe.",
    ),
    Limit(
        ("doctrine.firmness", "doctrine.ratchet"),
        "To intend and announce more has no political price of its own in the model.",
        "Threatening more is free in your model, so more of it looks better than it is.",
        "What is taken costs, what is announced does not. Read it beside the EU cost, and as an upper end.",
    ),
    Limit(
        ("doctrine.coalition_quorum", "doctrine.partners"),
        "A coalition is nearly everybody in the model: it is the toolbox without its agenda and without unanimity "
        "rather than a few who lead.",
        "Your coalition of the willing is the whole Union by another name.",
        "Nearly so: read it as what the toolbox does where neither agenda nor a single objection holds it up.",
    ),
    Limit(
        ("doctrine.due_diligence",),
        "How far a state under pressure restrains groups on its territory is assumed.",
        "You assume that pressure on harbours works, and then find that it does.",
        "True of the size. It is varied with all else that no data inform where worlds are drawn; what remains is "
        "how it fares beside other choices.",
    ),
    Limit(
        ("harm_averted",),
        "Harm adds up severity, which is one number here, though the Council's text names seven dimensions and ranks "
        "none.",
        "Weigh the seven dimensions of severity otherwise, and another choice wins.",
        "That can be tried: deter compare … --worlds who_leads spreads the weights over all shares there are, and "
        "says which doctrine overtakes which.",
    ),
    Limit(
        ("deterrence_rate", "acts_averted"),
        "No data say how much an answer deters whom. Levels are properties of the model; only differences between "
        "choices are meant to be used.",
        "You assume that answers hurt, and then find that they deter.",
        "True of the level, which nobody should quote. All choices meet the same assumption in the same worlds, "
        "and it is their difference that is reported.",
    ),
    Limit(
        ("eu_cost",),
        "No document states what a measure costs the Union politically: costs are in units of the model's catalogue.",
        "Your cost is invented. No minister pays in your units.",
        "So it is never added to harm. A choice that is better by both needs no price; of one that trades them the "
        "reader has to say what harm averted is worth.",
    ),
    Limit(
        ("escalation_rate", "provocation_rate"),
        "Escalation is to worse cyber acts alone: armed conflict and offensive operations are not in the model, and "
        "tension is given from outside.",
        "The escalation that matters, into armed conflict, is not in your model.",
        "It is not. No finding here says that a choice is safe; it says which makes worse cyber acts likelier.",
    ),
    Limit(
        ("severe_averted",),
        "Severe acts are few, and what meets them is learnt slowly: doctrines that deliver most in this class "
        "deter less than they would if they were known.",
        "Severe acts are too few to say anything of them.",
        "Their intervals are wide for that reason, and expected acts are counted in place of those that luck brings.",
    ),
    Limit(
        ("wrongful_responses", "exposed_attributions"),
        "What it costs to be wrong (resentment, credibility, caution) is assumed.",
        "You do not know what blaming the innocent costs, so you cannot weigh it.",
        "We do not. Wrongful answers are counted and shown, and are not traded against harm.",
    ),
)
"""What limits findings, by what they are about, the strongest objections first."""
GENERAL = (
    Limit(
        (),
        "Perpetrators do not coordinate, adapt or plan several moves ahead; the Union keeps one doctrine throughout.",
        "Real adversaries adapt to whatever you do. Yours do not.",
        "Learning adversaries are an option of the scenario (scenario.learning), off in the shipped ones. Findings"
        " hold for adversaries that believe, and do not adapt.",
    ),
    Limit(
        (),
        "No part of the public record is about deterrence: the record fits how often acts are seen and answered, "
        "not how far answers deter.",
        "Nothing in the public record shows that any of this deters anybody.",
        "It does not, and levels of deterrence are no forecast. The model says which of two choices fares better "
        "under stated numbers, and at what price.",
    ),
    Limit(
        (),
        "Intervals cover chance, and the worlds where these are drawn; not whether the mechanisms are right.",
        "A narrow interval around a wrong model is still wrong.",
        "It is. Mechanisms are held to theory and to experiments one by one (docs/validation.md), where some fall "
        "short.",
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
