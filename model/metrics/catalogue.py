"""All metrics by name, which of them appear where without being asked for, and one of them for one run."""

from typing import Any

import numpy as np

from model.display.cards import Rows, cell, rows
from model.errors import ConfigurationError, nearest_name
from model.metrics import acts, against_twin, answers, parts, states
from model.metrics.columns import DELAYS, DOCS
from model.metrics.definition import Catalogue, Metric, RunSums, Shown, is_own
from model.metrics.placebos import PLACEBOS

METRICS = Catalogue(against_twin.METRICS | acts.METRICS | answers.METRICS | states.METRICS | parts.METRICS)
"""Metrics by name. Rates headed `realised` depend on the coupling of the draws and are never headline figures."""


def _delay(name: str) -> Metric:
    """A median of a run, where it has one; over runs the mean of their medians."""
    definition, title = DOCS[name], name.replace("_", " ").capitalize()
    return Metric(
        title,
        "weeks",
        definition,
        lambda runs: np.nan_to_num(runs[name]),
        lambda runs: 1.0 * ~np.isnan(runs[name]),
        "of the delays of a run",
    )


ESTIMATED = Catalogue({**METRICS, **PLACEBOS, **{name: _delay(name) for name in DELAYS}})
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
        (name for name, metric in METRICS.items() if metric.better and not metric.part),
        key=lambda name: "" if METRICS[name].is_share else METRICS[name].short,
    )
)
"""Criteria of doctrines, all acts together, shares first. A judgement: that less cost and fewer wrongful responses are
better."""
AGAINST_TWIN = tuple(name for name, metric in METRICS.items() if metric.is_contrast and not metric.part)
"""Metrics that compare the world with its twin by themselves, all acts together."""
A_YEAR = {
    "acts": ("expected_acts_a_year", "twin_expected_acts_a_year", "net_acts", "acts_averted"),
    "severe acts": (
        "expected_severe_acts_a_year",
        "twin_expected_severe_acts_a_year",
        "net_severe_acts",
        "severe_averted",
    ),
    "harm": ("harm_a_year", "twin_harm_a_year", "harm_averted_a_year", "harm_averted"),
}
"""What is told in numbers a year: in the world, in its twin, what lies between them, and that as a share of the twin's.

All are expected of the choices in each world, free of the luck of draws, as the shares are."""
TO_LISTING = "listing_years"
"""How long it takes from an act to a listing: what a factor of delay comes to."""
LEAD = "harm_averted"
"""The metric that is looked at where one is and none is named."""


def metric(name: str) -> Metric:
    """A metric or a delay by name; raises `ConfigurationError`, which says the nearest name."""
    if name not in ESTIMATED:
        nearest = nearest_name(name, ESTIMATED)
        raise ConfigurationError("is no metric", value=name, nearest=nearest, allowed="those of `deter list metrics`")
    return ESTIMATED[name]


def figure(name: str, columns: RunSums, run: int = 0) -> float | None:
    """A metric or a delay of one run, by name; None where it is undefined. Raises `ConfigurationError`."""
    if name in DELAYS:
        return _number(columns[name][run])
    if is_own(name):  # which a sweep measures as its runs end
        raise ConfigurationError("is no shipped metric", value=name, allowed="those of `deter list metrics`")
    found = metric(name)
    above, below = (_number(part(columns)[run]) for part in (found.numerator, found.denominator))
    if above is None or below is None or below <= 0.0:
        return None
    return float(found.value(above, below))


def headline_rows(columns: RunSums) -> Rows:
    """Headline metrics of one run as a table, shares in per cent."""
    found = {name: figure(name, columns) for name in HEADLINE}
    cells = [
        (METRICS[name].title, f"{100.0 * value:.1f} %".replace("-", "−"), METRICS[name].unit.removeprefix("share "))
        if value is not None and METRICS[name].is_share
        else (METRICS[name].title, cell(value), METRICS[name].unit)
        for name, value in found.items()
    ]
    return rows(("metric", "value", "of"), cells, "One run is one course of chance, and no estimate.")


def _number(value: Any) -> float | None:
    return None if value is None or np.isnan(value) else float(value)
