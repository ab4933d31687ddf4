"""Scores by their closed forms, and what answers, tables, rows and figures make of them."""

import math
from datetime import date

import numpy as np
import pytest
from support.histories import made
from support.look import Drawn, assert_filled, assert_legible, assert_printable, draw

from analysis.history.answer import answered
from analysis.history.figures import history_figures
from analysis.history.record import Span, read_record, year
from analysis.history.scores import UNDEFINED, Poisson, log_score, of_draws
from analysis.history.tables import HISTORY, SCORES, history_tables

CHANCE = np.random.default_rng(3)


def test_a_log_score_is_the_share_of_runs_with_one_more_of_which_nothing_is_known() -> None:
    assert log_score(np.array([0]), 0) == pytest.approx(math.log((1 + 1 / 2) / 2))  # a geometric with mean 1
    assert log_score(np.array([0]), 2) == pytest.approx(math.log((0 + 1 / 8) / 2))
    draws = np.array([1, 1, 3, 5])  # their mean is 2.5, so that g has mean 3.5
    assert log_score(draws, 1) == pytest.approx(math.log((2 + (3.5 / 4.5) / 4.5) / 5))
    assert log_score(draws, 4) == pytest.approx(math.log(((3.5 / 4.5) ** 4 / 4.5) / 5))


def test_probabilities_add_up_to_one() -> None:
    draws = CHANCE.poisson(4.0, 30)
    assert sum(math.exp(log_score(draws, count)) for count in range(400)) == pytest.approx(1.0)


def test_with_many_runs_the_log_score_is_that_of_their_law() -> None:
    draws = CHANCE.poisson(2.0, 200_000)
    for count in range(6):
        exact = -2.0 + count * math.log(2.0) - math.lgamma(count + 1)
        assert log_score(draws, count) == pytest.approx(exact, abs=0.03)


def test_the_baseline_is_a_poisson_rate_with_its_uncertainty() -> None:
    """Against the integral over the gamma posterior, as draws, and its closed form for no event."""
    poisson = Poisson(8, 4.6, 2.8)
    assert poisson.log_score(0) == pytest.approx(8.5 * math.log(4.6 / 7.4))
    counts = CHANCE.poisson(2.8 * CHANCE.gamma(8.5, 1 / 4.6, 400_000))
    for count in (0, 5, 11):
        assert poisson.log_score(count) == pytest.approx(math.log(np.mean(counts == count)), abs=0.05)
    made = poisson.predicted()
    assert (made.low_90, made.high_90) == tuple(np.quantile(counts, (0.05, 0.95), method="inverted_cdf"))


def test_intervals_are_central_and_hold_their_ends() -> None:
    made = of_draws(np.arange(1, 101))
    assert tuple(made) == (50, 25, 75, 5, 95)
    assert [made.inside(value, 0.5) for value in (24, 25, 75, 76)] == [False, True, True, False]
    assert [made.inside(value, 0.9) for value in (4, 5, 95, 96)] == [False, True, True, False]
    assert of_draws(np.array([])) is UNDEFINED
    assert not UNDEFINED.inside(1.0, 0.9)


def test_years_are_those_of_the_calendar() -> None:
    """A week belongs to the year of its first day: 2015 is 2015, and the last week of 2018 begins on its last day."""
    found = made(1, attributions=[(0, date(2015, 1, 5), 1), (0, date(2018, 12, 31), 1), (0, date(2019, 1, 7), 1)])
    by_year = {number: int(found.counts("attributions", year(number))[0]) for number in range(2014, 2030)}
    assert {number for number, count in by_year.items() if count} == {2015, 2018, 2019}
    assert found.last == date(2028, 12, 31)
    whole = Span(date(2015, 1, 1), date(2028, 12, 31))
    assert found.counts("attributions", whole).tolist() == [3]


def test_shares_of_listings_add_up_before_they_are_rounded() -> None:
    found = made(1, persons=[(0, date(2021, 3, 1), 1.4), (0, date(2021, 9, 1), 1.4)])
    assert found.counts("persons", year(2021)).tolist() == [3]


def test_mean_lags_are_of_the_runs_that_have_any() -> None:
    day = date(2021, 3, 1)
    found = made(3, listings=[(0, day, 2), (2, day, 1)], listing_weeks=[(0, day, 300), (2, day, 182)])
    assert found.mean_lags("listing", year(2021)).tolist() == [150, 182]
    assert len(found.mean_lags("listing", year(2022))) == 0


def history(runs: int = 40):
    """Runs in which each year from 2020 on has so many attributions, rounds and listings as chance gives them."""
    days = [(run, date(number, 6, 1)) for run in range(runs) for number in range(2020, 2029)]
    return made(
        runs,
        **{
            name: [(run, day, float(CHANCE.poisson(rate))) for run, day in days]
            for name, rate in (("attributions", 1.0), ("rounds", 1.0), ("persons", 3.0), ("entities", 1.0))
        },
        listings=[(run, day, 1) for run, day in days],
        listing_weeks=[(run, day, 150 + run) for run, day in days],
    )


@pytest.fixture(scope="module")
def answer():
    return answered(history(), read_record())


def test_what_came_after_the_fit_is_scored_by_year_and_over_all(answer) -> None:
    assert [score.happened for score in answer.scored] == [2, 3, 11, 3]
    assert {score.span.text for score in answer.scored} == {"2024-01-01 to 2026-10-31"}
    persons = [score for score in answer.scored_by_year if score.what == "persons"]
    assert [(score.span.text, score.happened) for score in persons] == [
        ("2024", 6),
        ("2025", 3),
        ("2026-01-01 to 2026-10-31", 2),
    ]
    poisson = Poisson(8, read_record().fitted.years, year(2024).years)
    assert persons[0].poisson_score == poisson.log_score(6)


def test_nothing_is_told_of_years_without_a_record(answer) -> None:
    known = {row.span.end.year for row in answer.by_year if row.what == "persons" and row.happened is not None}
    assert known == set(range(2015, 2027))
    assert all(row.happened is None for row in answer.by_year if row.what in ("statements", "responses"))
    total = {row.span.end.year: row.happened for row in answer.added_up if row.what == "persons"}
    assert (total[2019], total[2020], total[2025], total[2026], total[2028]) == (0, 8, 17, 19, None)


def test_tables_hold_every_row_and_score(answer) -> None:
    tables = history_tables(answer)
    assert tables[SCORES].frame.height == 16
    frame = tables[HISTORY].frame
    assert frame.filter(known_to_the_fit=True)["end"].max() == date(2023, 12, 31)
    assert frame.filter(what="persons listed", begin=date(2020, 1, 1))["happened"].to_list() == [8.0]
    assert "40 runs in 1 world" in tables[HISTORY].note


@pytest.fixture(scope="module")
def drawn(answer) -> Drawn:
    return draw("history", None, history_figures(answer)["history"])  # type: ignore[arg-type]


def test_the_figure_can_be_read(drawn: Drawn) -> None:
    assert_legible([drawn])
    assert_printable([drawn])
    assert_filled([drawn])


def test_the_figure_shows_what_happened_and_says_what_the_fit_knew(drawn: Drawn) -> None:
    marks = {
        axes.get_ylabel().replace("\n", " "): [
            (line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "D"
        ]
        for axes in drawn.figure.axes
    }
    assert dict(marks["Persons listed, a year"]) == {
        **dict.fromkeys(range(2015, 2027), 0),
        2020: 8,
        2024: 6,
        2025: 3,
        2026: 2,
    }
    assert dict(marks["Rounds of listings, since 2015"])[2026] == 5
    assert "used no event after 2023-12-31" in drawn.said
    assert "n = 40 runs" in drawn.said
    *by_year, lags = drawn.figure.axes
    for axes in by_year:
        assert {text.get_text() for text in axes.texts} == {"known to the fit", "forecast"}
    assert not marks["Cases answered, a year"]  # no record has them
    assert [text.get_text() for text in lags.get_xticklabels()] == ["to listing", "to attribution"]
    assert len(marks["Weeks, from act"]) == 2
