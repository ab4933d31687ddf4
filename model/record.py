"""The public record of a run: what those would have counted who counted its incidents as data sets do.

A case enters the record as an incident where it is a detected act, no false alarm, and is reported: by the scenario's
share in the year of its detection, or because somebody named its author in public or answered it. What came after the
last day of the record is not in it.

Every moment is a figure of one run, NaN where it has nothing to count. `MOMENTS` says what each is; what the world's
record says stands in `configs/record/moments.toml`.
"""

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from agents.union.docket import NEVER
from agents.union.tracks import DOSSIER, REACTION, REFUSED
from model.configuration import Configuration

Array = np.ndarray[Any, Any]

RECORD_ENDS = date(2023, 12, 31)
"""Last day of the record: nothing later is fitted."""
RIVALRY_ENDS = date(2020, 12, 31)
"""Last day of the incidents between rival states (DCID 2.0)."""
ANSWERS_FROM = date(2022, 1, 1)
"""First day of the incidents whose responses were counted."""
YEAR, HALF_YEAR = 365 / 7, 26.0
APART = 84
"""Days from the first listing of a round on which the next round begins: the second of all came 84 days after it."""
OBJECTIVES = {
    "espionage": ("reconnaissance", "espionage", "supply_chain"),
    "disruption": ("harassment", "ransomware", "hack_and_leak"),
    "degradation": ("disruption", "destruction"),
}
"""Activities by the objective that DCID 2.0 would give them: disruption is cheap nuisance, degradation does damage."""
SEVERITY_CUTS = (0.15, 0.26, 0.42, 0.7, 0.87)
"""Severities from which an incident is in classes 2 to 6 of DCID's scale, between activities: assumed."""


class Listing(NamedTuple):
    """A restrictive measure adopted: weeks of the act and of its adoption, persons and entities listed."""

    begun: Array
    adopted: Array
    persons: Array
    entities: Array


class Incidents(NamedTuple):
    """Reported incidents of a run, by the week of the act; weeks not reached within the record are infinite."""

    begun: Array
    author: Array  # state that did it or sponsored it; the perpetrator itself where there is none
    kind: Array  # of the perpetrator
    victim: Array
    activity: Array
    severity: Array
    named: Array  # week of the first national attribution
    answered: Array  # week of the first measure
    listed: Array  # week of a restrictive measure


def reported(configuration: Configuration, opened: Array, uniforms: Array) -> Array:
    """Whether cases that were opened in these weeks are reported, as their uniforms have it."""
    reporting, start = configuration.scenario.reporting, configuration.scenario.time.start
    years = (opened - (reporting.day - start).days / 7) / YEAR
    odds = math.log(reporting.share / (1.0 - reporting.share)) + reporting.trend * years
    found: Array = uniforms < 1.0 / (1.0 + np.exp(-odds))
    return found


def week_of(configuration: Configuration, day: date) -> float:
    """Weeks from the start of a run to the end of a day."""
    return (day + timedelta(days=1) - configuration.scenario.time.start).days / 7


def _until(weeks: Array, last: float) -> Array:
    return np.where((weeks != NEVER) & (weeks < last), weeks, np.inf)


def incidents(configuration: Configuration, cases: Array, tracks: Array, uniforms: Array, until: date) -> Incidents:
    """The public record of a run on a day, from its cases, their tracks and a uniform for each (`draw_reports`).

    Of acts since the end of its burn-in.
    """
    last = week_of(configuration, until)
    named, listed = _until(cases["first_national"], last), _until(tracks["adopted"][:, DOSSIER], last)
    answered = np.minimum(_until(tracks["adopted"][:, REACTION], last), _until(cases["answered"], last))
    public = np.isfinite(named) | np.isfinite(answered)
    counted = (
        (cases["begun"] >= configuration.scenario.time.burn_in) & (cases["opened"] < last) & (cases["culprit"] >= 0)
    )
    rows = np.flatnonzero(counted & (public | reported(configuration, cases["opened"], uniforms)))
    rows = rows[np.argsort(cases["begun"][rows], kind="stable")]
    culprit = cases["culprit"][rows]
    return Incidents(
        cases["begun"][rows].astype(float),
        _authors(configuration)[culprit],
        np.array([configuration.kind(name) for name in configuration.perpetrators])[culprit],
        cases["victim"][rows],
        np.array(list(configuration.activities))[cases["activity"][rows]],
        cases["severity"][rows],
        *(weeks[rows] for weeks in (named, answered, listed)),
    )


def _authors(configuration: Configuration) -> Array:
    rows = {name: row for row, name in enumerate(configuration.perpetrators)}
    return np.array([rows[one.sponsor or name] for name, one in configuration.perpetrators.items()])


def listings(configuration: Configuration, cases: Array, tracks: Array, until: date) -> Listing:
    """Restrictive measures adopted until a day, in the order of their adoption."""
    dossiers = tracks[:, DOSSIER]
    adopted = _until(dossiers["adopted"], week_of(configuration, until))
    rows = np.flatnonzero(np.isfinite(adopted))
    rows = rows[np.argsort(adopted[rows], kind="stable")]
    nothing = (1.0, 0.0, 0.0)  # of programmes, which are on no case
    measures = configuration.measures.values()
    numbers = np.array(
        [(one.bite.high, one.persons, one.entities) if one.occasion == "case" else nothing for one in measures]
    )
    high, persons, entities = numbers[dossiers["measure"][rows]].T
    extent = np.minimum(1.0, dossiers["share"][rows] * dossiers["planned"][rows] / high)
    return Listing(cases["begun"][rows].astype(float), adopted[rows], persons * extent, entities * extent)


def rounds(days: Iterable[float]) -> list[float]:
    """First days of rounds of listings: a round takes in what follows its first within less than `APART` days."""
    found: list[float] = []
    for day in sorted(days):
        if not found or day >= found[-1] + APART:
            found.append(day)
    return found


def _mean(values: Array) -> float:
    return float(values.mean()) if len(values) else math.nan


def _median(values: Array) -> float:
    return float(np.median(values)) if len(values) else math.nan


def gaps(author: Array, victim: Array, begun: Array) -> Array:
    """Weeks between incidents of one author against one victim, half a week where it is the same."""
    order = np.lexsort((begun, victim, author))
    same = (np.diff(author[order]) == 0) & (np.diff(victim[order]) == 0)
    found: Array = np.maximum(np.diff(begun[order])[same], 0.5)
    return found


def weibull_shape(times: Array) -> float:
    """Maximum-likelihood shape of a Weibull law of positive times; NaN of fewer than three, or where all are alike.

    The one root of Σ tᵏ log t / Σ tᵏ − 1/k − mean log t, which rises in k (Cohen 1965, general knowledge).
    """
    if len(times) < 3 or times.max() == times.min():
        return math.nan
    logs = np.log(times / times.max())  # at most 0: no power overflows
    low, high = 1e-3, 1e3
    for _ in range(60):
        shape = math.sqrt(low * high)
        powers = np.exp(shape * logs)
        below = (powers @ logs) / powers.sum() - 1.0 / shape - logs.mean() < 0.0
        low, high = (shape, high) if below else (low, shape)
    return math.sqrt(low * high)


def again_within(author: Array, begun: Array, weeks: float, last: float) -> float:
    """Share of incidents after which the same author acts again within so many weeks; of those seen for so long."""
    order = np.lexsort((begun, author))
    who, when = author[order], begun[order]
    following = np.append(np.where(np.diff(who) == 0, np.diff(when), np.inf), np.inf)[: len(who)]
    return _mean(following[when < last - weeks] <= weeks)


def higher_within(one: Incidents, weeks: float) -> float:
    """Share of incidents followed, within so many weeks, by one of a higher severity class of the same dyad."""
    order = np.lexsort((one.begun, one.victim, one.author))
    who, whom, when = one.author[order], one.victim[order], one.begun[order]
    severity = np.searchsorted(SEVERITY_CUTS, one.severity[order], side="right")
    higher = np.zeros(len(order), bool)
    for step in range(1, len(order)):
        near = (who[step:] == who[:-step]) & (whom[step:] == whom[:-step]) & (when[step:] - when[:-step] <= weeks)
        if not near.any():
            break
        higher[:-step] |= near & (severity[step:] > severity[:-step])
    return _mean(higher)


def _rivals(record: Incidents) -> Incidents:
    """Incidents by states and their proxies."""
    rows = np.isin(record.kind, ("state", "proxy"))
    return Incidents(*(column[rows] for column in record))


def _of_rivals(configuration: Configuration, record: Incidents) -> dict[str, float]:
    last = week_of(configuration, RIVALRY_ENDS)
    rivals = _rivals(Incidents(*(column[record.begun < last] for column in record)))
    number = len(rivals.begun)
    shares = np.sort(np.bincount(rivals.author))[::-1] / max(1, number)
    classes = np.bincount(np.searchsorted(SEVERITY_CUTS, rivals.severity, side="right"), minlength=6) / max(1, number)
    between = gaps(rivals.author, rivals.victim, rivals.begun)
    since = configuration.scenario.time.burn_in
    years = np.bincount(((rivals.begun - since) / YEAR).astype(int), minlength=max(1, round((last - since) / YEAR)))
    none = math.nan if number == 0 else 0.0
    return {
        **{name: _mean(np.isin(rivals.activity, names)) for name, names in OBJECTIVES.items()},
        **{f"severity_{place + 1}": float(share) + none for place, share in enumerate(classes)},
        "top_initiators": float(shares[:4].sum()) + none,
        "initiators_concentration": float((shares**2).sum()) + none,
        "acts_again": again_within(rivals.author, rivals.begun, YEAR, last),
        "gaps_variation": float(between.std() / between.mean()) if len(between) > 1 else math.nan,
        "gaps_shape": weibull_shape(between),
        "higher_severity": higher_within(rivals, HALF_YEAR),
        "counts_dispersion": float(years.var(ddof=1) / years.mean()) if number else math.nan,
    }


def _of_attribution(record: Incidents, members: Array) -> dict[str, float]:
    named, lag = np.isfinite(record.named), 7.0 * (record.named - record.begun)
    kinds = {"groups": ("criminal", "hacktivist"), "proxies": ("proxy",), "states": ("state",)}
    return {
        "attributed": _mean(named),
        "attributed_members": _mean(named[members]),
        "attribution_lag": _median(lag[named]),
        "attribution_lag_members": _median(lag[named & members]),
        **{f"initiators_{name}": _mean(np.isin(record.kind, which)) for name, which in kinds.items()},
    }


def _of_answers(configuration: Configuration, record: Incidents, members: Array) -> dict[str, float]:
    answered, named = np.isfinite(record.answered), np.isfinite(record.named)
    recent = record.begun >= week_of(configuration, ANSWERS_FROM) - 1 / 7
    return {
        "answered": _mean(answered[recent]),
        "answered_members": _mean(answered[recent & members]),
        "answered_if_attributed": _mean(answered[recent & named]),
        "answered_if_not": _mean(answered[recent & ~named]),
        "answer_lag": _median(7.0 * (record.answered - record.begun)[answered & recent]),
        "sanctioned": _mean(np.isfinite(record.listed)),
    }


def _of_listings(configuration: Configuration, listed: Listing, tracks: Array) -> dict[str, float]:
    dossiers = tracks[:, DOSSIER]
    last = week_of(configuration, RECORD_ENDS)
    refused = (dossiers["stage"] == REFUSED) & (dossiers["settled"] < last)
    return {
        "listing_lag": _mean(listed.adopted - listed.begun),
        "persons": float(listed.persons.sum()),
        "entities": float(listed.entities.sum()),
        "rounds": float(len(rounds(7.0 * listed.adopted))),
        "vetoers": _mean(dossiers["objecting"][refused].astype(float)),
    }


def moments(configuration: Configuration, cases: Array, tracks: Array, uniforms: Array) -> dict[str, float]:
    """All moments of a run, by name; the arguments are those of `incidents`."""
    record = incidents(configuration, cases, tracks, uniforms, RECORD_ENDS)
    members = record.victim < len(configuration.member_states.members)
    years = (week_of(configuration, RECORD_ENDS) - configuration.scenario.time.burn_in) / YEAR
    listed = listings(configuration, cases, tracks, RECORD_ENDS)
    return {
        "incidents": float(members.sum()) / years,
        **_of_rivals(configuration, record),
        **_of_attribution(record, members),
        **_of_answers(configuration, record, members),
        **_of_listings(configuration, listed, tracks),
    }


MOMENTS: dict[str, str] = {
    "incidents": "reported incidents a year against Member States",
    "espionage": "share of espionage in reported incidents by states and proxies",
    "disruption": "share of disruption in reported incidents by states and proxies",
    "degradation": "share of degradation in reported incidents by states and proxies",
    **{f"severity_{place}": f"share of severity {place} on DCID's scale in them" for place in range(1, 7)},
    "top_initiators": "share of the four busiest states, proxies counted for their sponsors",
    "initiators_concentration": "Herfindahl index of their shares",
    "acts_again": "share of incidents after which the same state acts again within 365 days",
    "gaps_variation": "coefficient of variation of the time between incidents of a dyad",
    "gaps_shape": "Weibull shape of the time between incidents of a dyad",
    "higher_severity": "share of incidents followed by a more severe one in the dyad within 182 days",
    "counts_dispersion": "variance over mean of yearly counts of incidents by states and proxies until 2020",
    "attributed": "share of reported incidents attributed by a Member State",
    "attributed_members": "the same of incidents against Member States",
    "attribution_lag": "median days from the act to the first national attribution",
    "attribution_lag_members": "the same of incidents against Member States",
    "initiators_groups": "share of criminals and hacktivists among initiators of incidents",
    "initiators_proxies": "share of proxies among initiators of incidents",
    "initiators_states": "share of states among initiators of incidents",
    "answered": "share of incidents of 2022 and 2023 with a response",
    "answered_members": "the same of incidents against Member States",
    "answered_if_attributed": "share of those of 2022 and 2023 that were attributed, with a response",
    "answered_if_not": "share of those not attributed, with a response",
    "answer_lag": "median days from the act to the first response, of those of 2022 and 2023",
    "sanctioned": "share of incidents with a restrictive measure",
    "listing_lag": "mean weeks from the act to a listing",
    "persons": "persons listed until the end of 2023",
    "entities": "entities listed until the end of 2023",
    "rounds": "rounds of listings until the end of 2023",
    "vetoers": "members against, for each restrictive dossier that was refused",
}
"""Moments by name, in words; shares are of one run."""
