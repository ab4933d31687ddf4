"""What holds of every run, whatever the configuration: bounds of the books, and how ledger and votes add up to them.

Cases and votes are those of the whole run, so that checks of the ledger ask for a run counted from its first week.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest

from agents.catalogue import CATEGORIES
from agents.union.docket import NEVER
from model.build import build_world
from model.catalogues import Measure
from model.configuration import Configuration
from model.ensemble import OneRun
from support.worlds import homes

ROUNDING = 1e-9
NUMBERS_OR_NONE = ("attribution_delay", "response_delay", "national_delay", "listing_delay")
"""Columns that hold −1 where there is none."""

AT_MOST = {
    "open_opportunities": "opportunities",
    "acts": "open_opportunities",
    "severe_acts": "acts",
    "act_severity": "acts",
    "successes": "acts",
    "harm_realised": "successes",
    "upward": "acts",
    "expected_acts": "open_opportunities",
    "expected_severe": "expected_acts",
    "expected_harm": "expected_acts",
    "common": "open_opportunities",
    "provoked": "escalated",
    "escalated": "common",
    "realised_provoked": "realised_escalated",
    "realised_released": "acts",
    "detected_severity": "detected",
    "nationally_wrong": "nationally",
    "attributed_wrong": "attributed",
    "votes_failed": "votes",
    "restrictive_votes": "votes",
    "restrictive_failed": "restrictive_votes",
    "credibility": "weeks",
    "norm_strength": "weeks",
    "resilience": "weeks",
    "overflow": 0,
}
"""Columns of the books that another bounds, or a number."""

COUNTED_FROM_THE_START = {
    "detected": "acts",
    "nationally": "cases",
    "attributed": "cases",
    "jointly": "attributed",
    "answered": "cases",
    "reactions": "cases",
    "answered_attributed": "attributed",
}
"""The same, of cases: only where none was opened in a burn-in."""

SHARES = ("credibility", "norm_strength", "resilience")
"""Columns of the series in the unit interval."""


def check_books(configuration: Configuration, run: OneRun) -> None:
    """Books are finite and bounded, counts consistent."""
    books, twin = run.books[0], run.twin.books[0] if run.twin else None
    names = run.books.dtype.names
    for name in names:
        assert np.isfinite(books[name]), name
        assert books[name] >= (-1 if name in NUMBERS_OR_NONE else 0), name
    of = {name: books[name] for name in names} | {"cases": books.detected + books.false_alarms}
    from_the_start = configuration.scenario.time.burn_in == 0
    for name, bound in {**AT_MOST, **(COUNTED_FROM_THE_START if from_the_start else {})}.items():
        limit = of[bound] if isinstance(bound, str) else bound
        assert of[name] <= limit * (1 + ROUNDING), f"{name} = {of[name]} exceeds {bound} = {limit}"
    assert books.weeks == configuration.scenario.time.weeks
    assert sum(books[f"adopted_{name}"] for name in CATEGORIES) == books.answered_attributed + books.reactions
    if from_the_start:
        assert books.attributed + books.cold <= of["cases"]
        assert books.answered_attributed + books.given_up <= books.attributed
        assert max(books.answered_attributed, books.reactions) <= books.answered
    if twin is not None:
        assert books.opportunities == twin.opportunities
        assert books.deterrable <= twin.open_opportunities * (1 + ROUNDING)
        assert books.deterred + books.dampened + books.suppressed <= books.deterrable * (1 + ROUNDING) + ROUNDING
        assert books.released <= books.open_opportunities - books.common + ROUNDING
        suppressed = books.opportunities - books.open_opportunities
        assert books.suppressed <= suppressed * (1 + ROUNDING)


def check_series(configuration: Configuration, run: OneRun) -> None:
    """Weeks are finite, shares stay in the unit interval, and weeks add up to the books."""
    books, series = run.books[0], run.series
    assert len(series) == configuration.scenario.time.weeks
    weekly = {"opportunities": "open_opportunities", "answers": "answered_attributed"}
    for name in series.dtype.names:
        assert np.isfinite(series[name]).all(), name
        assert (series[name] >= 0).all(), name
        assert series[name].sum() == pytest.approx(books[weekly.get(name, name)], rel=ROUNDING, abs=ROUNDING), name
    for name in SHARES:
        assert (series[name] <= 1).all(), name
    assert run.rungs.sum() == books.acts
    assert (run.rungs[:, 0] == 0).all()


def check_choices(run: OneRun) -> None:
    """Distributions over rungs are distributions, and what was chosen had a probability."""
    tails, chosen = run.trace.at_least, run.trace.code
    open_to_it = chosen >= 0
    assert (tails[open_to_it][:, 0] == 1).all()
    assert (np.diff(tails, axis=2) <= 0).all()
    assert ((tails >= 0) & (tails <= 1)).all()
    own = -np.diff(tails, axis=2, append=0.0)[open_to_it]
    assert (np.take_along_axis(own, chosen[open_to_it][:, None].astype(int), axis=1) > 0).all()


class Taken(NamedTuple):
    """A measure that was adopted on a case: the answer to its attribution, or a reaction without one."""

    configuration: Configuration
    case: Any
    measure: Measure
    adopted: int
    target: int
    bite: float
    answer: bool


def taken(configuration: Configuration, ledger: Any) -> list[Taken]:
    """All the measures of a ledger."""
    toolbox, found = list(configuration.measures.values()), []
    for case in ledger:
        if case.adopted != NEVER:
            answer = toolbox[case.measure], int(case.adopted), int(case.target), float(case.bite)
            found.append(Taken(configuration, case, *answer, True))
        if case.reaction_adopted != NEVER:
            week, target, bite = int(case.reaction_adopted), int(case.reaction_target), float(case.reaction_bite)
            found.append(Taken(configuration, case, toolbox[case.reaction], week, target, bite, False))
    return found


def wrongful(measures: list[Taken]) -> int:
    """Measures with bite against a party that neither did it nor is addressed as the state behind it."""
    count = 0
    for each in measures:
        culprit, behind = int(each.case.culprit), homes(each.configuration)
        responsible = {culprit} if culprit >= 0 else set()
        kind = each.configuration.kind(list(each.configuration.perpetrators)[culprit])
        as_state = each.measure.addressee == "state" and kind == "proxy"
        if culprit >= 0 and (as_state or each.measure.addressee == "territory"):
            responsible.add(behind[culprit])
        count += each.bite > 0 and each.target not in responsible
    return count


def programme_cost(configuration: Configuration) -> float:
    """Political cost of the standing programmes over the whole run."""
    available, time = build_world(configuration).measures.available, configuration.scenario.time
    cost = 0.0
    for measure, week in zip(configuration.measures.values(), available, strict=True):
        if measure.occasion == "programme":
            weeks = time.burn_in + time.weeks - max(0, int(week))
            cost += max(0, weeks) / 52 * measure.cost * getattr(configuration.doctrine, measure.category)
    return cost


def check_ledger(configuration: Configuration, run: OneRun) -> None:
    """Cases, attributions, measures and costs of the ledger are those of the books."""
    cases, books = run.ledger, run.books[0]
    real, attributed = cases.culprit >= 0, cases.attributed != NEVER
    adopted, reacted = cases.adopted != NEVER, cases.reaction_adopted != NEVER
    ended = cases.resolved != NEVER
    found = taken(configuration, cases)
    assert books.detected == real.sum()
    assert books.false_alarms == (~real).sum()
    assert books.detected_severity == pytest.approx(cases.severity[real].sum(), rel=1e-9)
    assert books.nationally == (cases.first_national != NEVER).sum()
    assert books.nationally_wrong == ((cases.first_national != NEVER) & (cases.first_national_right == 0)).sum()
    assert books.attributed == attributed.sum()
    assert books.attributed_wrong == (attributed & (cases.right == 0)).sum()
    assert books.jointly == (cases.joint != NEVER).sum()
    assert books.cold == (ended & ~attributed).sum()
    assert books.reactions == reacted.sum()
    assert books.answered == (adopted | reacted).sum()
    assert books.answered_attributed == adopted.sum()
    assert books.given_up == (ended & attributed & ~adopted).sum()
    assert books.wrongful == wrongful(found)
    assert books.bite == pytest.approx(cases.bite.sum() + cases.reaction_bite.sum(), rel=1e-9)
    costs = sum(each.measure.cost for each in found) + programme_cost(configuration)
    assert books.cost == pytest.approx(costs, rel=1e-9)
    for category in CATEGORIES:
        assert books[f"adopted_{category}"] == sum(each.measure.category == category for each in found)
    for listed in ("persons", "entities"):
        shares = [getattr(m.measure, listed) * m.bite / m.measure.bite[1] for m in found if m.bite > 0]
        assert books[listed] == pytest.approx(sum(shares), rel=1e-9)


def check_votes(configuration: Configuration, run: OneRun) -> None:
    """Votes written down, and measures adopted by vote, are those of the books."""
    books, votes, members = run.books[0], run.votes, len(configuration.member_states.members)
    adopted = [each for each in taken(configuration, run.ledger) if each.measure.adoption != "routine"]
    restrictive = [each for each in adopted if each.measure.adoption == "restrictive"]
    assert books.votes == len(votes)
    assert books.votes_failed == (votes.share == 0).sum()
    assert books.votes - books.votes_failed == len(adopted)
    assert books.restrictive_votes - books.restrictive_failed == len(restrictive)
    assert books.restrictive_failed <= books.votes_failed
    assert (votes.supporting + votes.objecting + votes.abstaining == members).all()
    assert ((votes.share >= 0) & (votes.share <= 1 + ROUNDING)).all()
    for each in adopted:
        if each.answer and each.case.reaction_adopted < each.adopted:
            assert each.case.votes_for + each.case.votes_against + each.case.votes_abstaining == members


def check_run(configuration: Configuration, run: OneRun) -> None:
    """All that holds of a run, and of its twin; the ledger where it is counted from the first week."""
    check_books(configuration, run)
    for one in (run, run.twin):
        if one is not None:
            check_series(configuration, one)
            check_choices(one)
    if configuration.scenario.time.burn_in == 0:
        check_ledger(configuration, run)
        check_votes(configuration, run)
