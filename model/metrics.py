"""Metrics of a run: each a ratio of two sums over the run, so that a mean over runs is a ratio of sums over them.

`COLUMNS` are what a run leaves behind: the books of the world, and of the twin's those that metrics need. A metric is
undefined (null) where its denominator is zero. `results` makes the columns from books, `METRICS` says what they mean,
and `figure` gives one of them for one run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto
from typing import Any, NamedTuple, Protocol

import numpy as np

from agents.books import BOOKS
from agents.catalogue import CATEGORIES
from model.errors import ConfigurationError, nearest_name


class RunSums(Protocol):
    """Sums of runs by name: arrays or Polars expressions, with one entry for each run."""

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
"""Names of sums that are figures of their own, not sums: null where undefined."""

COLUMNS = tuple(name for name in BOOKS if name not in DROPPED) + tuple(f"twin_{name}" for name in TWIN)


class Wording(NamedTuple):
    """Words for a metric, `{}` standing for an amount: for a difference, and where it is a contrast with the twin.

    Without words of its own a metric is raised and lowered, and nothing is said of it against the twin.
    """

    rises: str
    falls: str
    twin: str = ""  # what a doctrine does against its twin
    worse: str = ""  # the same where less than nothing is averted


class Shown(Flag):
    """Where a metric appears without being asked for."""

    HEADLINE = auto()  # what a sweep says first, and what indices of sensitivity are of
    EFFECTS = auto()  # of which effects are estimated and drawn, and findings speak
    COMPARED = auto()  # the table of a comparison that goes on a slide
    TRADED = auto()  # between which doctrines trade off: the Pareto set and its panels, and dominance
    MAPPED = auto()  # heat maps over pairs of factors
    SOUGHT = auto()  # objectives of a search for doctrines, by default


class Metric(NamedTuple):
    """A figure of a run: `numerator / denominator`, or with `complement` one minus that.

    `formula` says the same in the names of columns. `better` is +1 where more of it is better for the Union, −1 where
    less is, and 0 where neither is said; `short` is its name as the head of a column. `shown` says where it appears
    without being asked for, `target` what a doctrine is to reach of it where no target is given: an assumption.
    """

    title: str
    unit: str
    definition: str
    numerator: Callable[[RunSums], Any]
    denominator: Callable[[RunSums], Any]
    formula: str
    complement: bool = False
    better: int = 0
    short: str = ""
    shown: "Shown" = Shown(0)
    wording: Wording | None = None
    target: float | None = None

    def parts(self, runs: RunSums) -> tuple[Any, Any]:
        """Numerator and denominator of each run."""
        return self.numerator(runs), self.denominator(runs)

    def value(self, above: Any, below: Any) -> Any:
        """The metric from its two sums: their ratio, or one minus it."""
        return 1.0 - above / below if self.complement else above / below

    @property
    def sign(self) -> float:
        """−1 where the metric falls as its numerator rises, else 1."""
        return -1.0 if self.complement else 1.0

    @property
    def is_contrast(self) -> bool:
        """Whether it compares the world with its twin by itself, so that zero means no effect."""
        return self.wording is not None and self.wording.twin != ""

    @property
    def is_share(self) -> bool:
        """Whether it is a share, shown in per cent."""
        return self.unit.startswith("share")


SUMS = {"cases": ("detected", "false_alarms"), "concluded": ("answered_attributed", "given_up")}
"""Denominators that are sums of two columns."""


def _column(name: str) -> Callable[[RunSums], Any]:
    if name in SUMS:
        one, other = SUMS[name]
        return lambda runs: runs[one] + runs[other]
    return lambda runs: runs[name]


def _ratio(title: str, unit: str, definition: str, numerator: str, denominator: str, **more: Any) -> Metric:
    below = f"({' + '.join(SUMS[denominator])})" if denominator in SUMS else denominator
    formula = f"1 − {numerator} / {below}" if more.get("complement") else f"{numerator} / {below}"
    return Metric(title, unit, definition, _column(numerator), _column(denominator), formula, **more)


def _averted(what: str, column: str, **more: Any) -> Metric:
    """What of the twin's does not come about in the world."""
    said = Wording(
        f"averts {{}} more of the twin's {what}",
        f"averts {{}} less of the twin's {what}",
        f"averts {{}} of the twin's {what}",
        f"brings {{}} more {what} than the twin has",
    )
    unit, definition = f"share of the twin's {what}", f"1 − expected {what} / the twin's"
    title = f"{what.capitalize()} averted"
    return _ratio(title, unit, definition, column, f"twin_{column}", complement=True, wording=said, **more)


def _a_year(title: str, unit: str, definition: str, numerator: str, **more: Any) -> Metric:
    formula, weeks = f"52 · {numerator} / weeks", lambda runs: runs["weeks"] / 52.0
    return Metric(title, f"{unit} a year", definition, _column(numerator), weeks, formula, **more)


def _count(title: str, definition: str, numerator: str) -> Metric:
    return _a_year(title, "number", definition, numerator)


def _delay(name: str) -> Metric:
    """A median of a run, where it has one; over runs the mean of their medians."""
    definition, title = BOOKS.docs[name], name.replace("_", " ").capitalize()
    return Metric(
        title,
        "weeks",
        definition,
        lambda runs: np.nan_to_num(runs[name]),
        lambda runs: 1.0 * ~np.isnan(runs[name]),
        "of the delays of a run",
    )


ACTS, OPEN, SHARE = "share of the twin's acts", "share of opportunities", "share"

METRICS: dict[str, Metric] = {
    # against the twin, free of the noise of draws
    "deterrence_rate": _ratio(
        "Deterrence rate",
        ACTS,
        "rise in P(restraint) over the twin's P(act)",
        "deterred",
        "deterrable",
        better=+1,
        short="deterred",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.TRADED | Shown.MAPPED,
        target=0.05,  # one act in twenty deterred
        wording=Wording(
            "deters {} more of the twin's acts",
            "deters {} less of the twin's acts",
            "deters {} of the acts that the twin would carry out",
        ),
    ),
    "dampening_rate": _ratio(
        "Dampening rate",
        ACTS,
        "fall to milder activities, less deterrence",
        "dampened",
        "deterrable",
        short="dampened",
        shown=Shown.HEADLINE,
        wording=Wording(
            "dampens {} more of the twin's acts",
            "dampens {} less of the twin's acts",
            "dampens {} of them to something milder",
        ),
    ),
    "suppression_rate": _ratio(
        "Suppression rate",
        ACTS,
        "the twin's P(act) where harbours took the opportunity away",
        "suppressed",
        "deterrable",
        short="suppressed",
        wording=Wording(
            "suppresses {} more of the twin's acts",
            "suppresses {} less of the twin's acts",
            "suppresses {} of them through the states that harbour groups",
        ),
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
        better=-1,
        short="escalated",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.TRADED | Shown.MAPPED | Shown.SOUGHT,
        target=0.02,  # one opportunity in fifty escalated at most
        wording=Wording(
            "escalates {} more of all opportunities",
            "escalates {} less of all opportunities",
            "makes worse acts likelier, by {} of all opportunities",
        ),
    ),
    "provocation_rate": _ratio(
        "Provocation rate",
        OPEN,
        "rise in P(act) where the twin is restrained",
        "provoked",
        "common",
        better=-1,
        short="provoked",
        shown=Shown.HEADLINE,
        wording=Wording(
            "provokes {} more of all opportunities",
            "provokes {} less of all opportunities",
            "makes any act likelier, by {} of all opportunities",
        ),
    ),
    "harm_averted": _averted(
        "harm",
        "expected_harm",
        better=+1,
        short="harm averted",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.TRADED | Shown.SOUGHT,
        target=0.10,  # a tenth of the harm
    ),
    "severe_averted": _averted(
        "severe acts",
        "expected_severe",
        better=+1,
        short="severe averted",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.MAPPED,
        target=0.0,  # no more severe acts than in the twin
    ),
    "acts_averted": _averted(
        "acts",
        "expected_acts",
        better=+1,
        short="acts averted",
        shown=Shown.HEADLINE | Shown.EFFECTS | Shown.COMPARED | Shown.TRADED | Shown.MAPPED | Shown.SOUGHT,
        target=0.0,  # no more acts than in the twin
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
        "Wrongful responses",
        "number",
        "measures with bite against a party that did not do it",
        "wrongful",
        better=-1,
        short="wrongful responses",
        wording=Wording("brings {} more wrongful responses a year", "spares {} wrongful responses a year"),
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
    "eu_cost": _a_year(
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


def placebo_of(name: str) -> str:
    """The name that the placebo of a metric has, if there is one."""
    return f"{name}_placebo"


SWAPPED: dict[str, tuple[str, str, str]] = {
    "deterrence_rate": ("provoked", "", "expected_acts"),
    "dampening_rate": ("escalated", "− provoked", "expected_acts"),
    "suppression_rate": ("released", "", "expected_acts"),
    "release_rate": ("suppressed", "", "twin_open_opportunities"),
    "escalation_rate": ("deterred", "+ dampened", "common"),
    "provocation_rate": ("deterred", "", "common"),
}
"""Rates that count only increases: numerator and denominator of what the twin would show of them against the world."""


def _placebo(name: str, first: str, second: str, below: str) -> Metric:
    def above(runs: RunSums) -> Any:
        sign, _, column = second.partition(" ")
        return runs[first] if not second else runs[first] + (runs[column] if sign == "+" else -runs[column])

    rate, formula = METRICS[name], f"({first} {second})" if second else first
    said = f"{rate.definition}; with the world and its twin swapped"
    return Metric(f"{rate.title}, placebo", rate.unit, said, above, _column(below), f"{formula} / {below}")


PLACEBOS = {placebo_of(name): _placebo(name, *swapped) for name, swapped in SWAPPED.items()}
"""Two worlds that answer, each with its own chance, drift apart, and a rate that counts only increases is above zero
though nothing that matters differs. World and twin can then be swapped: such a rate and its placebo have one law."""

ESTIMATED: dict[str, Metric] = METRICS | PLACEBOS | {name: _delay(name) for name in DELAYS}
"""Everything that can be estimated: metrics, placebos, and the delays of runs."""


def _those(shown: Shown) -> tuple[str, ...]:
    return tuple(name for name, metric in METRICS.items() if metric.shown & shown)


HEADLINE = _those(Shown.HEADLINE)
EFFECTS = _those(Shown.EFFECTS)
COMPARED = _those(Shown.COMPARED)
TRADED = _those(Shown.TRADED)
MAPPED = _those(Shown.MAPPED)
SOUGHT = _those(Shown.SOUGHT)
"""Metrics by where they appear without being asked for (`Shown`)."""
CRITERIA = tuple(
    sorted(
        (name for name, metric in METRICS.items() if metric.better),
        key=lambda name: "" if METRICS[name].is_share else METRICS[name].short,
    )
)
"""Criteria of doctrines, shares first. A judgement: that less cost and fewer wrongful responses are better."""
AGAINST_TWIN = tuple(name for name, metric in METRICS.items() if metric.is_contrast)
"""Metrics that compare the world with its twin by themselves."""
LEAD = "harm_averted"
"""The metric that is looked at where one is and none is named."""


def metric(name: str) -> Metric:
    """A metric or a delay by name; raises `ConfigurationError`, which says the nearest name."""
    if name not in ESTIMATED:
        nearest = nearest_name(name, ESTIMATED)
        raise ConfigurationError("is no metric", value=name, nearest=nearest, allowed="those of `deter list metrics`")
    return ESTIMATED[name]


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
    """Sums of runs from the books of worlds and of their twins, row by row; NaN where a delay is undefined."""
    beside = Beside(books, twins)
    return {name: beside[name] for name in COLUMNS}


def figure(name: str, columns: RunSums, run: int = 0) -> float | None:
    """A metric or a delay of one run, by name; None where it is undefined. Raises `ConfigurationError`."""
    if name in DELAYS:
        return _number(columns[name][run])
    found = metric(name)
    above, below = (_number(part(columns)[run]) for part in (found.numerator, found.denominator))
    if above is None or below is None or below <= 0.0:
        return None
    return float(found.value(above, below))


def _number(value: Any) -> float | None:
    return None if value is None or np.isnan(value) else float(value)
