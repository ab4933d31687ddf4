"""What a run counts: sums since the end of the burn-in, from which `model.metrics` makes rates."""

from agents.belief import CLASSES as SEVERITIES
from agents.catalogue import CATEGORIES, KINDS
from agents.foundation.columns import Columns, integer, real

_COUNTED: dict[str, tuple[str, str]] = dict(
    # opportunities and acts
    opportunities=integer("opportunities met, including suppressed ones"),
    open_opportunities=integer("opportunities not suppressed"),
    acts=integer("activities carried out"),
    severe_acts=integer("of them severe"),
    act_severity=real("their catalogue severity, summed"),
    successes=integer("of them successful"),
    harm_realised=real("harm of the successful ones"),
    upward=integer(
        "acts more severe than the last one by the same sponsor, or perpetrator, against that victim, within 26 weeks"
    ),
    expected_acts=real("sum over opportunities of P(act)"),
    expected_severe=real("sum over opportunities of P(severe act)"),
    expected_harm=real("sum over opportunities of expected harm"),
    # expected classes against the twin
    common=integer("opportunities open in both worlds"),
    deterrable=real("sum over the twin's open opportunities of P_twin(act)"),
    deterred=real("sum of the rise in P(restraint)"),
    provoked=real("sum of the fall in P(restraint)"),
    escalated=real("sum of the largest rise of P(at least rung)"),
    dampened=real("sum of the largest fall of P(at least rung), less deterred"),
    suppressed=real("sum of P_twin(act) over opportunities that only this world's pressure on harbours took away"),
    released=real("sum of P(act) over opportunities that only the twin's pressure on harbours took away"),
    # classes of the coupled draws
    realised_deterred=integer("coupled draws: the twin acts, the world does not"),
    realised_provoked=integer("coupled draws: the world acts, the twin does not"),
    realised_escalated=integer("coupled draws: the world acts at a higher rung than the twin (provoked included)"),
    realised_dampened=integer("coupled draws: both act, the world at a lower rung"),
    realised_suppressed=integer("coupled draws: the twin acts, the world's opportunity was suppressed"),
    realised_released=integer("coupled draws: the world acts, the twin's opportunity was suppressed"),
    # cases
    detected=integer("cases opened by acts"),
    detected_severity=real("severity of the cases opened by acts, summed"),
    false_alarms=integer("cases opened by false alarms"),
    nationally=integer("cases first attributed by a Member State"),
    nationally_wrong=integer("of them wrongly"),
    attributed=integer("cases in which the EU's standard was met"),
    attributed_wrong=integer("of them wrongly"),
    jointly=integer("joint attributions adopted"),
    cold=integer("cases gone cold"),
    answered=integer("cases with a measure adopted, including reactions without attribution"),
    reactions=integer("measures taken without attribution"),
    answered_attributed=integer("attributed cases that ended with a measure"),
    given_up=integer("attributed cases that ended without one"),
    wrongful=integer("measures with bite adopted against a party that was not responsible"),
    exposed=integer("wrong attributions that came to light while the case was still on record"),
    ended_severity=real("severity of the attributed cases that ended, summed"),
    believed_bite=real("discounted bite that perpetrators believed of the attributed cases that ended"),
    delivered_bite=real("discounted bite that those cases brought"),
    # decisions and measures
    votes=integer("decisions put to a vote"),
    votes_failed=integer("of them failed"),
    restrictive_votes=integer("votes on restrictive measures"),
    restrictive_failed=integer("of them failed"),
    objections=integer("members against, summed over restrictive votes that failed"),
    dossiers_dropped=integer(
        "restrictive dossiers dropped because their evidence was gone or no measure fitted any more"
    ),
    dossiers_lapsed=integer("restrictive dossiers that lapsed while waiting for room on the agenda"),
    listings=integer("cases on which restrictive measures were adopted"),
    listing_weeks=integer("weeks from the act to those measures, summed over these cases"),
    bite=real("bite of the measures adopted"),
    persons=real("persons listed"),
    entities=real("entities listed"),
    cost=real("political cost to the EU"),
    **{f"adopted_{category}": integer(f"{category} measures adopted on cases") for category in CATEGORIES},
    # phases of the doctrine
    doctrine_changes=integer("changes of doctrine: phases that began or ended, counted once a week"),
    phased_weeks=integer("weeks in which a phase of the doctrine held"),
    turned=integer("1 if a phase held in any week"),
    turned_after=integer("weeks before the first week in which a phase held"),
    # states, summed over weeks
    weeks=integer("weeks recorded"),
    overflow=integer("1 if the docket or the ledger was too small: the run must be repeated with larger ones"),
    attribution_delay=real("median weeks from detection to attribution, of attributed cases; −1: none"),
    response_delay=real("median weeks from act to adoption, of answered attributed cases; −1: none"),
    national_delay=real("median weeks from detection to a first national attribution; −1: none"),
    listing_delay=real("median weeks from act to restrictive measures; −1: none"),
    credibility=real("credibility, summed over weeks"),
    norm_strength=real("norm strength, summed over weeks"),
    resilience=real("mean resilience of victims, summed over weeks"),
    grievance=real("mean grievance of perpetrators, summed over weeks"),
    pressure=real("mean pressure on perpetrators, summed over weeks"),
)

GROUPS = ("members", "partners")
"""Groups of victims: Member States and partners."""
MEMBERS, PARTNERS = range(2)

YEAR, QUARTER = 52, 13
"""Weeks of a year and of a quarter, where figures are told over time."""

CLASSES = ("common", "deterrable", "deterred", "provoked", "escalated", "dampened", "suppressed", "released")
"""Expected classes against the twin, and what they are shares of; zero in the twin's own books."""
SPLIT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "by_kind": (
        KINDS,
        (
            *("opportunities", "open_opportunities", "acts", "severe_acts"),
            *("expected_acts", "expected_severe", "expected_harm", *CLASSES),
        ),
    ),
    "by_group": (GROUPS, ("acts", "severe_acts", "harm_realised")),
    "by_class": (SEVERITIES, ("ended_severity", "believed_bite", "delivered_bite")),
}
"""What is counted by kind of perpetrator, group of victims or class of severity: the parts, and what they add up to."""


_STATES = {
    "weeks_of_kind": "perpetrators of each kind, summed over weeks",
    "grievance_of_kind": "grievance of the perpetrators of each kind, summed over them and over weeks",
    "pressure_of_kind": "pressure on the perpetrators of each kind, summed over them and over weeks",
}


def split(name: str, way: str) -> str:
    """The column that holds the parts of another, split in one of the ways of `SPLIT`."""
    return f"{name}_{way}"


BOOKS = Columns(
    **_COUNTED,
    **{
        split(name, way): (f"({len(parts)},){_COUNTED[name][0]}", f"{_COUNTED[name][1]}; {way.replace('_', ' ')}")
        for way, (parts, names) in SPLIT.items()
        for name in names
    },
    # states of each kind of perpetrators, for figures over time; they are no parts that add up to the means above
    **{name: (f"({len(KINDS)},)f8", doc) for name, doc in _STATES.items()},
)

DELAYS = (
    "attribution_reached",
    "attribution_cold",
    "attribution_open",
    "response_adopted",
    "response_given_up",
    "response_open",
    "national_reached",
    "national_not",
    "national_open",
    "listing_adopted",
    "listing_not",
    "listing_open",
)
"""Rows of the table of delays: cases by weeks from detection to attribution, by the Union and by a first Member State,
and from act to response and to restrictive measures. In threes: reached, ended otherwise, still open at the end."""
REACHED, WENT_COLD, STILL_OPEN, ADOPTED, GIVEN_UP, IN_PREPARATION = range(6)
NATIONAL, NOT_NATIONAL, NATIONAL_OPEN, LISTED, NOT_LISTED, LISTING_OPEN = range(6, 12)

SERIES = Columns(
    opportunities=integer("opportunities not suppressed"),
    acts=integer("activities carried out"),
    severe_acts=integer("of them severe"),
    **{name: real(_COUNTED[name][1]) for name in ("expected_acts", "expected_severe", "expected_harm")},
    common=integer(_COUNTED["common"][1]),
    **{name: real(_COUNTED[name][1]) for name in ("deterrable", "deterred", "escalated")},
    detected=integer("acts detected"),
    attributed=integer("cases in which the EU's standard was met"),
    reactions=integer("measures taken without attribution"),
    answers=integer("measures adopted on attributed cases"),
    votes_failed=integer("votes failed"),
    **{f"adopted_{category}": integer(f"{category} measures adopted on cases") for category in CATEGORIES},
    bite=real("bite of the measures adopted"),
    credibility=real("credibility, 0 to 1"),
    norm_strength=real("norm strength, 0 to 1"),
    resilience=real("mean resilience of victims, 0 to 1"),
    grievance=real("mean grievance of perpetrators"),
    pressure=real("mean pressure on perpetrators"),
)
