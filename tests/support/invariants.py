"""What holds of every run, whatever the configuration: bounds of the books, and how cases, tracks and votes add up.

Cases and votes are those of the whole run, so that checks of the ledger ask for a run counted from its first week.
"""

from typing import Any, NamedTuple

import numpy as np
import pytest

from agents.books import SPLIT
from agents.catalogue import CATEGORIES
from agents.union.docket import ANSWERING, EMPTY, NEVER
from agents.union.tracks import ADOPTED, DOSSIER, DROPPED, JOINT, LAPSED, OWN, PREPARING, REACTION, TRACKS, WAITING
from agents.world import World
from model.build import build_world
from model.catalogues import Measure
from model.configuration import Configuration
from model.ensemble import OneRun
from model.metrics.columns import PLACES, column_of, part_of
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
    "exposed": "attributed_wrong",
    "dossiers_dropped": "attributed",
    "dossiers_lapsed": "attributed",
}
"""The same, of cases: only where none was opened in a burn-in."""

SHARES = ("credibility", "norm_strength", "resilience")
"""Columns of the series in the unit interval."""


def check_books(configuration: Configuration, run: OneRun) -> None:
    """Books are finite and bounded, counts consistent."""
    books, twin = run.books[0], run.twin.books[0] if run.twin else None
    of = {name: column_of(books, name) for name in PLACES}
    for name, value in of.items():
        assert np.isfinite(value), name
        assert value >= (-1 if name in NUMBERS_OR_NONE else 0), name
    of |= {"cases": books.detected + books.false_alarms, "overflow": books.overflow}
    for way, (parts, names) in SPLIT.items():
        for name in names:
            assert of[name] == sum(float(of[part_of(name, part)]) for part in parts), f"{name} {way}"
    from_the_start = configuration.scenario.time.burn_in == 0
    for name, bound in {**AT_MOST, **(COUNTED_FROM_THE_START if from_the_start else {})}.items():
        limit = of[bound] if isinstance(bound, str) else bound
        assert of[name] <= limit * (1 + ROUNDING), f"{name} = {of[name]} exceeds {bound} = {limit}"
    assert books.weeks == configuration.scenario.time.weeks
    adopted = sum(books[f"adopted_{name}"] for name in CATEGORIES)
    assert books.answered <= adopted >= books.reactions
    if from_the_start:
        assert books.attributed + books.cold <= of["cases"]
        assert books.answered_attributed + books.given_up <= books.attributed
        assert books.answered_attributed + books.reactions <= adopted
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
    """A measure that was adopted on a track of a case."""

    configuration: Configuration
    case: Any
    kind: int
    """Code of the track."""
    track: Any
    measure: Measure

    @property
    def adopted(self) -> int:
        return int(self.track.adopted)

    @property
    def target(self) -> int:
        return int(self.track.target)

    @property
    def bite(self) -> float:
        return float(self.track.bite)

    @property
    def answer(self) -> bool:
        """Whether it answers an attribution."""
        return self.kind != REACTION

    @property
    def joined(self) -> float:
        """Weight of the partners that joined it, relative to the Union's."""
        return float(self.case.backing) if self.answer and self.measure.joinable else 0.0

    @property
    def burden(self) -> float:
        """Share of its cost that the Union bears: partners that join share it, and who respond alone are few."""
        return (float(self.track.share) if self.kind == OWN else 1.0) / (1.0 + self.joined)

    @property
    def extent(self) -> float:
        """How far it goes, by its own bite: the lists of partners that join are their own."""
        return min(1.0, float(self.track.share) * float(self.track.planned) / self.measure.bite.high)

    @property
    def voted(self) -> bool:
        """Whether it was voted on: what is no routine, nor done by the injured member alone."""
        alone = self.kind == OWN and self.configuration.doctrine.voting_rule != "coalition"
        return self.measure.adoption != "routine" and not alone


def by_case(run: OneRun) -> Any:
    """Tracks of a ledger's cases: a row for each case, a column for each track."""
    return run.tracks.reshape(-1, len(TRACKS))


def taken(configuration: Configuration, run: OneRun) -> list[Taken]:
    """All the measures adopted on the cases of a ledger."""
    toolbox, tracks = list(configuration.measures.values()), by_case(run)
    return [
        Taken(configuration, run.ledger[row], kind, tracks[row, kind], toolbox[tracks[row, kind].measure])
        for row, kind in np.argwhere(tracks.stage == ADOPTED).tolist()
    ]


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


def upkeep(configuration: Configuration) -> float:
    """Political cost over the whole run of standing programmes, campaigns, haste, partners and pressure on harbours."""
    available, time = build_world(configuration).measures.available, configuration.scenario.time
    doctrine, prices, weeks = configuration.doctrine, configuration.scenario.prices, time.burn_in + time.weeks
    cost = 0.0
    for measure, week in zip(configuration.measures.values(), available, strict=True):
        if measure.occasion == "programme":
            cost += max(0, weeks - max(0, int(week))) / 52 * measure.cost * getattr(doctrine, measure.category)
    haste = max(0.0, prices.haste_cost * (1 / doctrine.delay_factor - 1))
    pressure = prices.diligence_cost * doctrine.due_diligence
    cost += weeks / 52 * (haste + prices.partner_cost * doctrine.partners + pressure)
    campaigns = len(range(0, weeks, doctrine.campaign_interval)) if doctrine.campaign_interval else 0
    return cost + campaigns * prices.campaign_cost * doctrine.clarity


def check_tracks(configuration: Configuration, run: OneRun) -> None:
    """Tracks of a case share one answer, which never exceeds what the doctrine intends; reactions bite nobody."""
    cases, tracks, votes = run.ledger, by_case(run), run.votes
    bite = tracks.bite[:, REACTION + 1 :].sum(axis=1)
    assert (bite <= cases.intended + ROUNDING).all()
    assert (tracks.bite[:, REACTION] == 0).all()
    assert (tracks.shared[:, REACTION] == 0).all()
    adopted = tracks.stage == ADOPTED
    assert (adopted == (tracks.adopted != NEVER)).all()
    assert (tracks.bite[~adopted] == 0).all()
    assert (tracks.share[adopted] > 0).all()
    assert (tracks.share[~adopted] == 0).all()
    to_state = np.array([getattr(each, "attribution", "none") == "state" for each in configuration.measures.values()])
    listed = adopted[:, DOSSIER] & to_state[tracks.measure[:, DOSSIER]]
    assert adopted[listed, JOINT].all()
    assert (tracks.adopted[listed, JOINT] < tracks.adopted[listed, DOSSIER]).all()
    firsts = np.where(adopted, tracks.adopted, np.iinfo(int).max)[:, REACTION + 1 :].min(axis=1, initial=2**62)
    answered = adopted[:, REACTION + 1 :].any(axis=1)
    assert (cases.answered[answered] == firsts[answered]).all()
    assert (cases.answered[~answered] == NEVER).all()
    attributed = cases.attributed != NEVER
    assert (tracks.stage[~attributed][:, REACTION + 1 :] == 0).all()
    injured = len(configuration.member_states.members)
    if configuration.doctrine.voting_rule != "coalition":
        assert (tracks.stage[cases.victim >= injured, OWN] == 0).all()
    assert not (votes.track == OWN).any() or configuration.doctrine.voting_rule == "coalition"


def check_ledger(configuration: Configuration, run: OneRun) -> None:
    """Cases, attributions, measures and costs of the ledger are those of the books."""
    cases, tracks, books = run.ledger, by_case(run), run.books[0]
    real, attributed = cases.culprit >= 0, cases.attributed != NEVER
    answered, reacted = cases.answered != NEVER, tracks.adopted[:, REACTION] != NEVER
    ended = cases.resolved != NEVER
    found = taken(configuration, run)
    assert books.detected == real.sum()
    assert books.false_alarms == (~real).sum()
    assert books.detected_severity == pytest.approx(cases.severity[real].sum(), rel=1e-9)
    assert books.nationally == (cases.first_national != NEVER).sum()
    assert books.nationally_wrong == ((cases.first_national != NEVER) & (cases.first_national_right == 0)).sum()
    assert books.attributed == attributed.sum()
    assert books.attributed_wrong == (attributed & (cases.right == 0)).sum()
    assert books.jointly == (tracks.stage[:, JOINT] == ADOPTED).sum()
    assert books.cold == (ended & ~attributed).sum()
    assert books.reactions == reacted.sum()
    assert books.answered == (answered | reacted).sum()
    assert books.answered_attributed == (ended & answered).sum()
    assert books.given_up == (ended & attributed & ~answered).sum()
    assert books.dossiers_dropped <= (tracks.stage[:, DOSSIER] == DROPPED).sum()
    assert books.dossiers_lapsed == (tracks.stage[:, DOSSIER] == LAPSED).sum()
    listed = tracks.adopted[:, DOSSIER] != NEVER
    assert books.listings == listed.sum()
    assert books.listing_weeks == (tracks.adopted[:, DOSSIER] - cases.begun)[listed].sum()
    assert books.wrongful == wrongful(found)
    assert books.bite == pytest.approx(tracks.bite.sum(), rel=1e-9)
    costs = sum(each.measure.cost * each.burden for each in found) + upkeep(configuration)
    assert books.cost == pytest.approx(costs, rel=1e-9)
    for category in CATEGORIES:
        assert books[f"adopted_{category}"] == sum(each.measure.category == category for each in found)
    for listed in ("persons", "entities"):
        shares = [getattr(m.measure, listed) * m.extent for m in found if m.bite > 0]
        assert books[listed] == pytest.approx(sum(shares), rel=1e-9)


def check_votes(configuration: Configuration, run: OneRun) -> None:
    """Votes written down, and measures adopted by vote, are those of the books."""
    books, votes, members = run.books[0], run.votes, len(configuration.member_states.members)
    adopted = [each for each in taken(configuration, run) if each.voted]
    restrictive = [each for each in adopted if each.measure.category == "restrictive"]
    failed = votes[votes.share == 0]
    assert books.votes == len(votes)
    assert books.votes_failed == len(failed)
    assert books.votes - books.votes_failed == len(adopted)
    assert books.restrictive_votes - books.restrictive_failed == len(restrictive)
    assert books.restrictive_votes == (votes.track == DOSSIER).sum()
    assert books.objections == failed.objecting[failed.track == DOSSIER].sum()
    assert (votes.supporting + votes.objecting + votes.abstaining == members).all()
    assert (votes.unconvinced <= votes.abstaining).all()
    assert (votes.unconvinced[votes.track == REACTION] == 0).all()
    assert ((votes.share >= 0) & (votes.share <= 1 + ROUNDING)).all()
    for each in adopted:
        assert each.track.supporting + each.track.objecting + each.track.abstaining == members


class Watch:
    """A world looked at week after week: what is planned on its cases, the agenda, and who has been told of the end."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.told = 0
        self.open: set[tuple[int, int]] = set()
        self.ended: set[tuple[int, int]] = set()

    def check(self, week: int) -> None:
        """What must hold at the end of this week, of which nothing may have been left out before."""
        world, council = self.world, self.world.council[0]
        held = world.cases.status != EMPTY
        cases, tracks = world.cases[held], world.tracks.reshape(-1, len(TRACKS))[held]
        dossiers = tracks.stage[:, DOSSIER]
        assert council.waiting == (dossiers == WAITING).sum()
        assert council.in_preparation == (dossiers == PREPARING).sum() <= world.scenario.agenda[0]
        planned = np.where(
            tracks.stage == PREPARING, tracks.planned, np.where(tracks.stage == ADOPTED, tracks.bite, 0.0)
        )
        assert (planned[:, REACTION + 1 :].sum(axis=1) <= cases.intended + ROUNDING).all()
        assert (tracks.bite[:, REACTION] == 0.0).all()
        pending = np.isin(tracks.stage[:, REACTION + 1 :], (WAITING, PREPARING)).any(axis=1)
        assert (cases.status[pending] == ANSWERING).all()
        assert (tracks.until[:, DOSSIER] > week)[dossiers == WAITING].all()
        assert (tracks.due > week)[tracks.stage == PREPARING].all()
        self._tell(week, cases, pending)

    def _tell(self, week: int, cases: Any, pending: Any) -> None:
        """Every outcome is told once, in the week in which nothing is pending any more and nothing may open."""
        told = self.world.cases[self.world.ended[: self.world.council.rows_ended[0]]]
        names = {(int(case.begun), int(case.entity)) for case in told}
        assert len(names) == len(told)
        assert not names & self.ended, "told twice"
        assert (told.resolved == week).all()
        assert (told.window <= week).all()
        assert names <= self.open | {(int(case.begun), int(case.entity)) for case in cases[cases.attributed == week]}
        self.ended |= names
        self.told += len(names)
        still = cases.status == ANSWERING
        assert (pending | (cases.window >= week))[still].all(), "neither pending nor told"
        self.open = {(int(case.begun), int(case.entity)) for case in cases[still]}
        assert not self.open & self.ended


def check_run(configuration: Configuration, run: OneRun) -> None:
    """All that holds of a run, and of its twin; the ledger where it is counted from the first week."""
    check_books(configuration, run)
    for one in (run, run.twin):
        if one is not None:
            check_series(configuration, one)
            check_choices(one)
    if configuration.scenario.time.burn_in == 0:
        check_ledger(configuration, run)
        check_tracks(configuration, run)
        check_votes(configuration, run)
