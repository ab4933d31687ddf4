"""The answer: detection, attribution, votes, measures and what they cost."""

from agents.books import YEAR
from agents.catalogue import CATEGORIES
from model.metrics.definition import Metric, Shown, Total, Wording, a_year, count, ratio

CASES = Total(("detected", "false_alarms"))

METRICS: dict[str, Metric] = {
    "detection_rate": ratio("Detected", "share of acts", "acts that opened a case", "detected", "acts"),
    "national_attribution": ratio(
        "Attributed nationally", "share of cases", "cases attributed by a Member State", "nationally", CASES
    ),
    "wrong_national_attribution": ratio(
        "Attributed nationally, wrongly",
        "share of national attributions",
        "first national attributions to a party that was not responsible",
        "nationally_wrong",
        "nationally",
    ),
    "attribution_rate": ratio(
        "Attributed", "share of cases", "cases in which the EU's standard was met", "attributed", CASES
    ),
    "joint_attribution": ratio(
        "Attributed jointly", "share of cases", "joint attribution by consensus", "jointly", CASES
    ),
    "wrong_attribution": ratio(
        "Attributed wrongly",
        "share of attributions",
        "attributions to a party that was not responsible",
        "attributed_wrong",
        "attributed",
    ),
    "response_rate": ratio(
        "Answered",
        "share of cases",
        "cases with a measure, including reactions without attribution",
        "answered",
        CASES,
    ),
    "reaction_rate": ratio(
        "Reactions", "share of cases", "cases with a measure taken without attribution", "reactions", CASES
    ),
    "response_given_attribution": ratio(
        "Answered once attributed",
        "share of attributed cases that ended",
        "attributed cases that ended with a measure",
        "answered_attributed",
        Total(("answered_attributed", "given_up")),
    ),
    "wrongful_responses": a_year(
        "Wrongful responses",
        "number",
        "measures with bite against a party that was not responsible",
        "wrongful",
        better=-1,
        short="wrongful responses",
        wording=Wording("brings {} more wrongful responses a year", "spares {} wrongful responses a year"),
    ),
    "votes_failed": ratio("Votes failed", "share of votes", "votes failed", "votes_failed", "votes"),
    "restrictive_votes_failed": ratio(
        "Restrictive votes failed",
        "share of restrictive votes",
        "votes on restrictive measures failed",
        "restrictive_failed",
        "restrictive_votes",
    ),
    "objections_at_failed_votes": ratio(
        "Objections at failed votes",
        "members",
        "members against, for each vote on restrictive measures that failed",
        "objections",
        "restrictive_failed",
    ),
    "dossiers_lapsed": count(
        "Dossiers lapsed", "restrictive dossiers that lapsed while waiting for room on the agenda", "dossiers_lapsed"
    ),
    "dossiers_dropped": count(
        "Dossiers dropped",
        "restrictive dossiers dropped because their evidence was gone or no measure fitted any more",
        "dossiers_dropped",
    ),
    "exposed_attributions": count(
        "Attributions exposed", "wrong attributions that came to light while the case was still on record", "exposed"
    ),
    "listing_years": ratio(
        "Years from act to listing",
        "years",
        "mean years from an act to the restrictive measures that answer it",
        "listing_weeks",
        Total(("listings",), times=YEAR),
        short="years to listing",
        wording=Wording("lists {} years later", "lists {} years sooner"),
    ),
    "mean_bite": ratio(
        "Bite per attributed case", "bite", "bite of all measures per attributed case", "bite", "attributed"
    ),
    "bite_a_year": a_year("Bite delivered", "bite", "bite of the measures adopted", "bite"),
    "persons_listed": a_year("Persons listed", "persons", "persons listed", "persons"),
    "entities_listed": a_year("Entities listed", "entities", "entities listed", "entities"),
    "eu_cost": a_year(
        "EU cost",
        "political cost",
        "political cost of measures and programmes",
        "cost",
        better=-1,
        short="EU cost",
        shown=Shown.COMPARED | Shown.TRADED | Shown.SOUGHT,
        wording=Wording(
            "costs the EU {} more in political cost a year", "costs the EU {} less in political cost a year"
        ),
    ),
    **{
        f"{category}_measures": count(
            f"{category.capitalize()} measures", f"{category} measures on cases", f"adopted_{category}"
        )
        for category in CATEGORIES
    },
}
