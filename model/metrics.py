"""Metrics of a run: each a ratio of two sums over the run, so that a mean over runs is a ratio of sums over them.

`COLUMNS` are what a run leaves behind: the books of the world, and of the twin's those that metrics need. A metric is
undefined (null) where its denominator is zero. `results` makes the columns from books, `METRICS` says what they mean,
and `figure` gives one of them for one run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from agents.books import BOOKS
from agents.catalogue import CATEGORIES
from model.errors import ConfigurationError, nearest_name


class Columns(Protocol):
    """Columns of runs by name: arrays or Polars expressions, with one entry for each run."""

    def __getitem__(self, name: str, /) -> Any: ...


TWIN = (
    "open_opportunities",
    "acts",
    "severe_acts",
    "upward",
    "expected_acts",
    "expected_severe",
    "expected_harm",
    "harm_realised",
    "detected",
)
"""Books of the twin that runs keep, as `twin_<name>`."""

DROPPED = ("overflow",)
DELAYS = ("attribution_delay", "response_delay", "national_delay", "listing_delay")
"""Columns that are figures of their own, not sums: null where undefined."""

COLUMNS = tuple(name for name in BOOKS if name not in DROPPED) + tuple(f"twin_{name}" for name in TWIN)


class Metric(NamedTuple):
    """A figure of a run: `numerator / denominator`, or with `complement` one minus that.

    `formula` says the same in the names of columns.
    """

    title: str
    unit: str
    definition: str
    numerator: Callable[[Columns], Any]
    denominator: Callable[[Columns], Any]
    formula: str
    complement: bool = False
    headline: bool = False


SUMS = {"cases": ("detected", "false_alarms"), "concluded": ("answered_attributed", "given_up")}
"""Denominators that are sums of two columns."""


def _column(name: str) -> Callable[[Columns], Any]:
    if name in SUMS:
        one, other = SUMS[name]
        return lambda runs: runs[one] + runs[other]
    return lambda runs: runs[name]


def _ratio(
    title: str,
    unit: str,
    definition: str,
    numerator: str,
    denominator: str,
    *,
    complement: bool = False,
    headline: bool = False,
) -> Metric:
    below = f"({' + '.join(SUMS[denominator])})" if denominator in SUMS else denominator
    formula = f"1 − {numerator} / {below}" if complement else f"{numerator} / {below}"
    return Metric(title, unit, definition, _column(numerator), _column(denominator), formula, complement, headline)


def _a_year(title: str, unit: str, definition: str, numerator: str) -> Metric:
    formula = f"52 · {numerator} / weeks"
    return Metric(title, f"{unit} a year", definition, _column(numerator), lambda runs: runs["weeks"] / 52.0, formula)


def _count(title: str, definition: str, numerator: str) -> Metric:
    return _a_year(title, "number", definition, numerator)


ACTS, OPEN, SHARE = "share of the twin's acts", "share of opportunities", "share"

METRICS: dict[str, Metric] = {
    # against the twin, free of the noise of draws
    "deterrence_rate": _ratio(
        "Deterrence rate", ACTS, "rise in P(restraint) over the twin's P(act)", "deterred", "deterrable", headline=True
    ),
    "dampening_rate": _ratio(
        "Dampening rate", ACTS, "fall to milder activities, less deterrence", "dampened", "deterrable", headline=True
    ),
    "suppression_rate": _ratio(
        "Suppression rate",
        ACTS,
        "the twin's P(act) where harbours took the opportunity away",
        "suppressed",
        "deterrable",
    ),
    "release_rate": _ratio(
        "Release rate",
        OPEN,
        "P(act) where only the twin's harbours took the opportunity away",
        "released",
        "open_opportunities",
    ),
    "escalation_rate": _ratio(
        "Escalation rate",
        OPEN,
        "largest rise of P(at least a rung), provocation included",
        "escalated",
        "common",
        headline=True,
    ),
    "provocation_rate": _ratio(
        "Provocation rate", OPEN, "rise in P(act) where the twin is restrained", "provoked", "common", headline=True
    ),
    "harm_averted": _ratio(
        "Harm averted",
        "share of the twin's harm",
        "1 − expected harm / the twin's",
        "expected_harm",
        "twin_expected_harm",
        complement=True,
        headline=True,
    ),
    "severe_averted": _ratio(
        "Severe acts averted",
        "share of the twin's severe acts",
        "1 − expected severe acts / the twin's",
        "expected_severe",
        "twin_expected_severe",
        complement=True,
        headline=True,
    ),
    "acts_averted": _ratio(
        "Acts averted",
        "share of the twin's acts",
        "1 − expected acts / the twin's",
        "expected_acts",
        "twin_expected_acts",
        complement=True,
    ),
    # what the perpetrators do
    "act_rate": _ratio("Act rate", OPEN, "expected acts per open opportunity", "expected_acts", "open_opportunities"),
    "twin_act_rate": _ratio(
        "Act rate of the twin",
        OPEN,
        "the twin's expected acts per open opportunity",
        "twin_expected_acts",
        "twin_open_opportunities",
    ),
    "acts": _count("Acts", "activities carried out", "acts"),
    "twin_acts_a_year": _count("Acts of the twin", "activities that the twin carries out", "twin_acts"),
    "severe_acts": _count("Severe acts", "activities of severity 0.6 or more carried out", "severe_acts"),
    "mean_severity": _ratio("Mean severity", "severity", "mean catalogue severity of acts", "act_severity", "acts"),
    "detected_severity": _ratio(
        "Mean severity of detected acts",
        "severity",
        "mean assessed severity of detected acts",
        "detected_severity",
        "detected",
    ),
    "upward_escalation": _ratio(
        "Upward escalation",
        "share of acts",
        "acts above the last rung against that victim within 26 weeks",
        "upward",
        "acts",
    ),
    "twin_upward_escalation": _ratio(
        "Upward escalation of the twin", "share of acts", "the same of the twin", "twin_upward", "twin_acts"
    ),
    # the answer
    "detection_rate": _ratio("Detected", "share of acts", "acts that opened a case", "detected", "acts"),
    "national_attribution": _ratio(
        "Attributed nationally", "share of cases", "cases attributed by a Member State", "nationally", "cases"
    ),
    "wrong_national_attribution": _ratio(
        "Attributed nationally, wrongly",
        "share of national attributions",
        "first national attributions to a party that did not do it",
        "nationally_wrong",
        "nationally",
    ),
    "attribution_rate": _ratio(
        "Attributed", "share of cases", "cases in which the Union's standard was met", "attributed", "cases"
    ),
    "joint_attribution": _ratio(
        "Attributed jointly", "share of cases", "joint attribution by consensus", "jointly", "cases"
    ),
    "wrong_attribution": _ratio(
        "Attributed wrongly",
        "share of attributions",
        "attributions to a party that did not do it",
        "attributed_wrong",
        "attributed",
    ),
    "response_rate": _ratio(
        "Answered",
        "share of cases",
        "cases with a measure, reactions without attribution included",
        "answered",
        "cases",
    ),
    "reaction_rate": _ratio(
        "Reactions", "share of cases", "cases with a measure taken without attribution", "reactions", "cases"
    ),
    "response_given_attribution": _ratio(
        "Answered once attributed",
        "share of attributed cases that ended",
        "attributed cases that ended with a measure",
        "answered_attributed",
        "concluded",
    ),
    "wrongful_responses": _a_year(
        "Wrongful responses", "number", "measures with bite against a party that did not do it", "wrongful"
    ),
    "votes_failed": _ratio("Votes failed", "share of votes", "votes failed", "votes_failed", "votes"),
    "restrictive_votes_failed": _ratio(
        "Restrictive votes failed",
        "share of restrictive votes",
        "votes on restrictive measures failed",
        "restrictive_failed",
        "restrictive_votes",
    ),
    "mean_bite": _ratio(
        "Bite per attributed case", "bite", "bite of all measures per attributed case", "bite", "attributed"
    ),
    "bite_a_year": _a_year("Bite delivered", "bite", "bite of the measures adopted", "bite"),
    "persons_listed": _a_year("Persons listed", "persons", "persons listed", "persons"),
    "entities_listed": _a_year("Entities listed", "entities", "entities listed", "entities"),
    "eu_cost": _a_year("EU cost", "political cost", "political cost of measures and programmes", "cost"),
    **{
        f"{category}_measures": _count(
            f"{category.capitalize()} measures", f"{category} measures on cases", f"adopted_{category}"
        )
        for category in CATEGORIES
    },
    # the state of the world, means over weeks
    "credibility": _ratio("Credibility", "0 to 1", "mean credibility of the Union", "credibility", "weeks"),
    "norm_strength": _ratio("Norm strength", "0 to 1", "mean norm strength", "norm_strength", "weeks"),
    "resilience": _ratio("Resilience", "0 to 1", "mean resilience of victims", "resilience", "weeks"),
    "grievance": _ratio("Grievance", "utility", "mean grievance of perpetrators", "grievance", "weeks"),
    "pressure": _ratio("Pressure", "bite", "mean bite in force against a perpetrator", "pressure", "weeks"),
    # classes of the coupled draws: for stories of single runs
    **{
        f"realised_{name}": _count(f"Realised: {name}", BOOKS.docs[f"realised_{name}"], f"realised_{name}")
        for name in ("deterred", "dampened", "escalated", "provoked", "suppressed", "released")
    },
}
"""Metrics by name. Rates headed `realised` depend on the coupling of the draws and are never headline figures."""


@dataclass(frozen=True)
class Beside:
    """Books of worlds and of their twins, read as columns of runs; NaN where a delay is undefined."""

    books: Any
    twins: Any

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        twin = name.removeprefix("twin_")
        column = np.array(self.books[name] if twin == name else self.twins[twin])
        return np.where(column < 0.0, np.nan, column) if name in DELAYS else column


def results(books: Any, twins: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Columns of runs from the books of worlds and of their twins, row by row; NaN where a delay is undefined."""
    beside = Beside(books, twins)
    return {name: beside[name] for name in COLUMNS}


def figure(name: str, columns: Columns, run: int = 0) -> float | None:
    """A metric or a delay of one run, by name; None where it is undefined. Raises `ConfigurationError`."""
    if name in DELAYS:
        return _number(columns[name][run])
    if name not in METRICS:
        nearest = nearest_name(name, [*METRICS, *DELAYS])
        raise ConfigurationError("is no metric", value=name, nearest=nearest, allowed="those of `deter list metrics`")
    metric = METRICS[name]
    above, below = (_number(part(columns)[run]) for part in (metric.numerator, metric.denominator))
    if above is None or below is None or below <= 0.0:
        return None
    return 1.0 - above / below if metric.complement else above / below


def _number(value: Any) -> float | None:
    return None if value is None or np.isnan(value) else float(value)
