"""What can be done: malicious cyber activities and the measures of the Cyber Diplomacy Toolbox."""

from agents.foundation.columns import Columns, integer, natural, real

DIMENSIONS = ("scope", "scale", "duration", "intensity", "complexity", "sophistication", "impact")
"""The seven factors of proportionality in the Council Conclusions of 19 June 2017."""

KINDS = ("state", "proxy", "criminal", "hacktivist")
STATE, PROXY, CRIMINAL, HACKTIVIST = range(4)

CATEGORIES = ("preventive", "cooperative", "stability", "restrictive", "support")
"""The five categories of the toolbox's implementing guidelines."""

STABILITY_CATEGORY, RESTRICTIVE_CATEGORY = CATEGORIES.index("stability"), CATEGORIES.index("restrictive")

OCCASIONS = ("programme", "case")
PROGRAMME, ON_CASE = range(2)

ATTRIBUTION_NEEDS = ("none", "actor", "state")
NEEDS_NONE, NEEDS_ACTOR, NEEDS_STATE = range(3)

ADDRESSEES = ("nobody", "actor", "state", "territory")
TO_NOBODY, TO_ACTOR, TO_STATE, TO_TERRITORY = range(4)

ADOPTION_RULES = ("routine", "consensus", "restrictive", "willing")
ROUTINE, CONSENSUS, RESTRICTIVE, WILLING = range(4)

ACTIVITY = Columns(
    entity=natural("number under which the activity draws"),
    severity=real("weighted power mean of the seven dimensions, 0 to 1"),
    visibility=real("probability of being detected where the EU's detection is perfect"),
    required_capability=real("lowest capability that can attempt it (sophistication), 0 to 1"),
    cost=real("cost of the attempt, utility"),
    harm=real("harm of a success to the EU and its partners, 1 = the worst in the catalogue"),
    dwell=real("mean time from the act to its detection, weeks"),
    surfacing=real("the same as the weekly rate of an exponential, from the week of the act"),
    mistaken=real("relative frequency with which an accident is mistaken for it"),
    motive=("(4,)f8", "gain of a success by kind of perpetrator, utility"),
    dimensions=("(7,)f8", "seven dimensions of the Council's text, each 0 to 1"),
)

MEASURE = Columns(
    entity=natural("number under which the measure draws"),
    category=integer("code in CATEGORIES"),
    occasion=integer("code in OCCASIONS: a standing programme, or taken on a case"),
    attribution=integer("code in ATTRIBUTION_NEEDS: what must be attributed to whom before it may be taken"),
    addressee=integer("code in ADDRESSEES: whom it bites"),
    adoption=integer("code in ADOPTION_RULES: who decides"),
    bite_low=real("bite at the mildest, in units of severity"),
    bite_high=real("bite at the strongest, in units of severity"),
    cost=real("political cost to the EU of one adoption, or of one year of a programme"),
    floor=real("least severity that justifies it, 0 to 1"),
    delay_low=real("shortest preparation before the decision, weeks"),
    delay_high=real("longest preparation before the decision, weeks"),
    duration=integer("time in force, weeks"),
    available=integer("week of the run from which it exists; negative: it exists from the start"),
    forgone=integer("1 if the EU forgoes it: it neither takes nor announces it, though the law allows it"),
    uptake=real("readiness to take it as a reaction, without attribution, relative to taking no measure"),
    calming=real("share of grievance that it calms (programme: a year)"),
    resilience=real("rise of the victim's resilience towards 1 (programme: level approached, all victims)"),
    norms=real("rise of norm strength towards 1 (programme: level approached)"),
    diligence=real("rise of the addressed harbour's diligence towards 1 (programme: level approached, all harbours)"),
    persons=real("persons listed at full bite"),
    entities=real("entities listed at full bite"),
    joinable=integer("1 if partners may join"),
)
