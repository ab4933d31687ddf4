"""The public record of a run: every moment of a record made by hand, who is reported, and that nobody acts on it."""

import tomllib
import warnings
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import stats
from support.records import act, docket_of, listed, moments_of, refused
from support.worlds import row_of, rows_of, short

from agents.foundation.randomness import REPORT
from agents.union.reporting import draw_reports
from agents.union.tracks import TRACKS
from model.configuration import Configuration, load_configuration
from model.ensemble import run, run_recorded, run_with_cases
from model.loading import CONFIGS
from model.record import (
    MOMENTS,
    RECORD_ENDS,
    RIVALRY_ENDS,
    YEAR,
    again_within,
    gaps,
    incidents,
    reported,
    week_of,
    weibull_shape,
)

FIRST = 520
"""First week of 2015 in the history."""
PARTNER = 27
"""The first victim that is no Member State."""


@pytest.fixture(scope="module")
def history() -> Configuration:
    return load_configuration("history")


def week_of_day(configuration: Configuration, day: date) -> int:
    """The week that begins on a day."""
    weeks, rest = divmod((day - configuration.scenario.time.start).days, 7)
    assert rest == 0
    return weeks


# the list of moments


def test_the_table_of_the_record_has_every_moment_once_and_its_value_in_its_range(history: Configuration) -> None:
    table = tomllib.loads((CONFIGS / "record" / "moments.toml").read_text("utf-8"))["moments"]
    assert set(table) == set(MOMENTS) == set(moments_of(history))
    for name, row in table.items():
        assert row["list"] in {"fitted", "held_out", "report"}, name
        assert row.get("low", row["value"]) <= row["value"] <= row.get("high", row["value"]), name


def test_where_there_is_nothing_to_count_a_moment_is_undefined(history: Configuration) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for found in (moments_of(history), moments_of(history, act(FIRST), uniform=1.0)):
            counts = {"incidents", "persons", "entities", "rounds"}
            assert all(found[name] == 0.0 for name in counts)
            assert all(np.isnan(value) for name, value in found.items() if name not in counts)


# incidents by states and proxies


def test_shares_are_those_of_incidents_by_states_and_their_proxies(history: Configuration) -> None:
    activity = {name: row_of(history.activities, name) for name in ("espionage", "ransomware", "disruption")}
    proxy = next(row for row in rows_of(history, "proxy") if list(history.perpetrators.values())[row].sponsor)
    criminal = rows_of(history, "criminal")[0]
    found = moments_of(
        history,
        act(FIRST, 0, severity=0.32),
        act(FIRST + 9, proxy, severity=0.32),  # of the first state
        act(FIRST + 5, 1, 1, activity["ransomware"], 0.5),
        act(FIRST + 7, 2, PARTNER, activity["disruption"], 0.78),
        act(FIRST + 8, criminal, 2, activity["ransomware"], 0.92),
    )
    assert found["espionage"] == 0.5
    assert found["disruption"] == found["degradation"] == 0.25
    assert [found[f"severity_{place}"] for place in range(1, 7)] == [0, 0, 0.5, 0.25, 0.25, 0]
    assert found["top_initiators"] == 1.0
    assert found["initiators_concentration"] == 0.5**2 + 2 * 0.25**2
    assert [found[f"initiators_{name}"] for name in ("states", "proxies", "groups")] == [0.6, 0.2, 0.2]
    assert found["incidents"] == pytest.approx(4 / ((date(2024, 1, 1) - date(2015, 1, 5)).days / 365))


def test_the_four_busiest_states_are_counted(history: Configuration) -> None:
    authors = [0, 0, 0, 1, 1, 2, 3, 4]
    found = moments_of(history, *(act(FIRST + place, author) for place, author in enumerate(authors)))
    assert found["top_initiators"] == 7 / 8
    assert found["initiators_concentration"] == (9 + 4 + 1 + 1 + 1) / 64


@pytest.mark.parametrize(("severity", "place"), [(0.14, 1), (0.15, 2), (0.26, 3), (0.42, 4), (0.7, 5), (0.87, 6)])
def test_a_class_of_severity_begins_at_its_cut(history: Configuration, severity: float, place: int) -> None:
    assert moments_of(history, act(FIRST, severity=severity))[f"severity_{place}"] == 1.0


def test_gaps_are_those_between_an_author_and_a_victim(history: Configuration) -> None:
    author, victim = np.array([0, 1, 0, 0, 0]), np.array([5, 5, 5, 6, 5])
    assert gaps(author, victim, np.array([3.0, 4.0, 9.0, 10.0, 9.0])).tolist() == [6.0, 0.5]
    acts = [act(FIRST), act(FIRST + 8, 9), act(FIRST + 5, 0, 1), act(FIRST + 10), act(FIRST + 30)]
    found, between = moments_of(history, *acts), np.array([8.0, 2.0, 20.0])
    assert found["gaps_variation"] == pytest.approx(between.std() / between.mean())
    assert found["gaps_shape"] == pytest.approx(weibull_shape(between))


@pytest.mark.parametrize("shape", [0.4, 1.0, 2.5])
def test_the_weibull_shape_is_that_of_scipy_and_of_the_law(shape: float) -> None:
    times = 20.0 * np.random.default_rng(5).weibull(shape, 4_000)
    found = weibull_shape(times)
    assert found == pytest.approx(stats.weibull_min.fit(times, floc=0)[0], rel=1e-3)
    assert abs(found - shape) < 4 * 0.78 * shape / 4_000**0.5  # Cohen 1965: standard error of the estimate
    assert weibull_shape(1e-9 * times) == pytest.approx(found)


def test_a_shape_needs_three_times_that_differ() -> None:
    assert np.isnan(weibull_shape(np.array([1.0, 2.0])))
    assert np.isnan(weibull_shape(np.full(5, 3.0)))


def test_an_author_acts_again_within_a_year_or_not(history: Configuration) -> None:
    weeks = {0: [520, 572, 625, 800], 1: [600]}  # 52 weeks and 53; that of 800 is not seen for a year
    acts = [act(week, who, victim) for who, them in weeks.items() for victim, week in enumerate(them)]
    assert moments_of(history, *acts)["acts_again"] == 1 / 4
    assert np.isnan(again_within(np.array([0]), np.array([95.0]), 10, 100))
    assert again_within(np.array([0, 0]), np.array([80.0, 90.0]), 10, 100) == 1.0


@pytest.mark.parametrize(
    ("followed", "share"),
    [
        ([(520, 0.2), (546, 0.32), (600, 0.92), (601, 0.1)], 1 / 4),  # half a year is within it
        ([(520, 0.2), (547, 0.32)], 0),
        ([(520, 0.2), (521, 0.1), (525, 0.92)], 2 / 3),  # not the next, but the one after it
        ([(520, 0.26), (521, 0.41)], 0),  # of one class
    ],
)
def test_a_graver_incident_follows_in_the_dyad_or_not(
    history: Configuration, followed: list[tuple[int, float]], share: float
) -> None:
    acts = [act(week, severity=severity) for week, severity in followed]
    assert moments_of(history, *acts)["higher_severity"] == pytest.approx(share)
    apart = [act(week, 0, victim, severity=severity) for victim, (week, severity) in enumerate(followed)]
    assert moments_of(history, *apart)["higher_severity"] == 0


def test_counts_of_six_years_are_dispersed(history: Configuration) -> None:
    found = moments_of(history, *map(act, [520, 580, 581, 640, 641, 642, 750]))  # 1 2 3 0 1 0 a year
    assert found["counts_dispersion"] == pytest.approx(41 / 35)
    assert moments_of(history, act(520))["counts_dispersion"] == pytest.approx(1.0)


# attribution, answers, listings


def test_attributions_are_counted_and_dated(history: Configuration) -> None:
    found = moments_of(
        history,
        act(FIRST, named=FIRST + 10),
        act(FIRST + 1, 1, PARTNER, named=FIRST + 31),
        act(FIRST + 2, 1, PARTNER, named=FIRST + 22),
        act(FIRST + 3, 2, 3),
    )
    assert (found["attributed"], found["attributed_members"]) == (3 / 4, 1 / 2)
    assert (found["attribution_lag"], found["attribution_lag_members"]) == (7 * 20, 7 * 10)


def test_answers_are_those_to_incidents_of_the_last_two_years(history: Configuration) -> None:
    recent = week_of_day(history, date(2022, 1, 3))
    found = moments_of(
        history,
        act(recent - 1, answered=recent),  # an act of the last week of 2021
        act(recent, answered=recent + 30, named=recent + 2, reacted=recent + 4),  # the first of two answers
        act(recent + 1, victim=PARTNER, answered=recent + 9),
        act(recent + 2, victim=PARTNER, named=recent + 9),
        act(recent + 3, victim=PARTNER),
    )
    assert found["answered"] == 2 / 4
    assert found["answered_members"] == 1.0
    assert (found["answered_if_attributed"], found["answered_if_not"]) == (1 / 2, 1 / 2)
    assert found["answer_lag"] == 7 * (4 + 8) / 2


def test_listings_are_counted_by_what_was_adopted(history: Configuration) -> None:
    measures = list(history.measures)
    freeze, funds = (row_of(history.measures, name) for name in ("asset_freeze", "no_funds"))
    one, other = (history.measures[measures[row]] for row in (freeze, funds))
    found = moments_of(
        history,
        act(FIRST, dossier=listed(FIRST + 26, freeze, one.bite.high)),
        act(FIRST + 1, dossier=listed(FIRST + 31, funds, other.bite.high / 2, share=0.5)),
        act(FIRST + 2, dossier=listed(FIRST + 38, freeze, 9.0)),  # no more than all of it
        act(FIRST + 3, dossier=refused(FIRST + 50, 3)),
        act(FIRST + 4, dossier=refused(FIRST + 50, 1)),
        act(FIRST + 5),
    )
    assert found["listing_lag"] == pytest.approx((26 + 30 + 36) / 3)
    assert found["persons"] == pytest.approx(2 * one.persons + other.persons / 4)
    assert found["entities"] == pytest.approx(2 * one.entities + other.entities / 4)
    assert found["rounds"] == 2  # 26 and 31; 38 is twelve weeks after the first
    assert found["vetoers"] == 2.0
    assert found["sanctioned"] == 3 / 6


# the days on which the record ends


def test_what_comes_after_the_record_is_not_in_it(history: Configuration) -> None:
    after = week_of_day(history, RECORD_ENDS + timedelta(days=1))
    dossier = listed(after, row_of(history.measures, "asset_freeze"), 0.5)
    found = moments_of(history, act(FIRST, named=after, reacted=after, answered=after, dossier=dossier), act(after))
    assert found["incidents"] == pytest.approx(1 / ((after - FIRST) / YEAR))
    assert (found["attributed"], found["sanctioned"], found["persons"]) == (0, 0, 0)
    within = moments_of(history, act(FIRST, named=after - 1), act(after - 9, opened=after), act(FIRST - 1))
    assert (within["attributed"], within["attribution_lag"]) == (1.0, 7 * (after - 1 - FIRST))
    assert np.isnan(moments_of(history, act(FIRST, dossier=refused(after, 2)))["vetoers"])


def test_rivals_are_counted_until_the_end_of_2020(history: Configuration) -> None:
    last, next_year = (week_of_day(history, day) for day in (date(2020, 12, 28), date(2021, 1, 4)))
    assert week_of(history, RIVALRY_ENDS) == last + 4 / 7  # a Thursday
    graver = act(next_year, 1, activity=row_of(history.activities, "disruption"))
    assert moments_of(history, act(last), graver)["espionage"] == 1.0


def test_a_false_alarm_is_no_incident(history: Configuration) -> None:
    found = moments_of(history, act(FIRST, -1, named=FIRST + 3), act(FIRST + 1))
    assert found["attributed"] == 0.0


# who is reported


def test_what_is_public_is_reported_whatever_the_draw(history: Configuration) -> None:
    acts = [act(FIRST), act(FIRST + 1, named=FIRST + 2), act(FIRST + 3, reacted=FIRST + 9), act(600, answered=610)]
    found = incidents(history, *docket_of(acts), np.ones(4), RECORD_ENDS)
    assert found.begun.tolist() == [FIRST + 1, FIRST + 3, 600]
    early = incidents(history, *docket_of(acts), np.ones(4), date(2016, 1, 1))  # before the last is answered
    assert early.begun.tolist() == [FIRST + 1, FIRST + 3]


@pytest.mark.parametrize("years", [-5, 0, 3])
def test_the_share_reported_rises_by_its_log_odds_a_year(history: Configuration, years: int) -> None:
    said = {"scenario.reporting.share": 0.3, "scenario.reporting.trend": 0.4, "scenario.reporting.day": "2018-01-01"}
    changed = history.with_values(said)
    opened = np.full(40_000, week_of_day(changed, date(2018, 1, 1)) + years * YEAR)
    odds = np.log(0.3 / 0.7) + 0.4 * years
    share = 1 / (1 + np.exp(-odds))
    for edge, inside in ((share - 1e-9, True), (share + 1e-9, False)):
        assert reported(changed, opened[:1], np.array([edge])).item() is inside
    found = reported(changed, opened, np.random.default_rng(3).random(len(opened))).mean()
    assert abs(found - share) < 4 * (share * (1 - share) / len(opened)) ** 0.5


@pytest.fixture(scope="module")
def few_years() -> Configuration:
    return short("history", weeks=150, burn_in=FIRST)


def test_each_case_draws_at_its_own_address(few_years: Configuration) -> None:
    world, cases, tracks = run_with_cases(few_years, 4, 2)
    uniforms = np.zeros(len(cases))
    draw_reports(world, uniforms)
    assert len(np.unique(uniforms)) == len(cases) > 100
    assert stats.kstest(uniforms, "uniform").pvalue > 0.001
    assert tracks.shape == (len(cases), len(TRACKS))
    for row in (0, len(cases) // 2, len(cases) - 1):
        case = cases[row]
        counter = [0, int(case["opened"]), int(case["entity"]), (REPORT << 32) | int(case["begun"])]
        word = int(np.random.Philox(counter=np.array(counter, np.uint64), key=[4, 2]).random_raw())
        assert uniforms[row] == (word >> 11) * 2.0**-53


def test_nobody_in_the_world_acts_on_what_is_reported(few_years: Configuration) -> None:
    found = {}
    for share in (0.1, 0.9):
        books, found[share] = run_recorded(few_years.with_values({"scenario.reporting.share": share}), 4, 2)
        assert books.tobytes() == run(few_years, 4, [2]).tobytes()
    assert found[0.1]["incidents"] < found[0.9]["incidents"]
    assert found[0.1]["persons"] == found[0.9]["persons"]
