"""Forecasts: what is written is what is read, and it is scored once its days are over."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from support.histories import made

from analysis.history.forecast import forecasts, read_forecast
from analysis.history.record import Event, Span, read_record
from analysis.history.scores import Poisson, log_score
from experiments.history.forecast import ends_of_quarters, forecast_text
from model.errors import ConfigurationError

BEGIN, MADE = date(2026, 11, 1), date(2026, 11, 28)
RECORD = read_record()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = made(4, persons=[(0, date(2026, 12, 14), 2), (1, date(2027, 3, 1), 5), (2, date(2028, 12, 25), 1)])
    path = tmp_path / "forecast_2028.toml"
    path.write_text(forecast_text(found, BEGIN, MADE, "abc"), "utf-8")
    return path


def test_quarters_end_with_their_last_day() -> None:
    ends = list(ends_of_quarters(BEGIN, date(2028, 12, 31)))
    assert (ends[0], ends[1], ends[-1], len(ends)) == (date(2026, 12, 31), date(2027, 3, 31), date(2028, 12, 31), 9)
    assert list(ends_of_quarters(date(2027, 1, 1), date(2027, 8, 1))) == [date(2027, 3, 31), date(2027, 6, 30)]


def test_a_forecast_has_its_date_its_stamp_and_the_counts_of_the_runs(file: Path) -> None:
    forecast = read_forecast(file)
    assert (forecast.made, forecast.begin, forecast.posterior, forecast.seed) == (MADE, BEGIN, "abc", 7)
    assert len(forecast.model) == 16
    assert len(forecast.counts) == 4 * 9
    persons = {each.until: each for each in forecast.counts if each.what == "persons"}
    assert sorted(persons[date(2026, 12, 31)].draws) == [0, 0, 0, 2]
    assert sorted(persons[date(2028, 12, 31)].draws) == [0, 1, 2, 5]


def test_there_is_nothing_to_score_before_its_first_quarter_is_over(file: Path) -> None:
    assert read_forecast(file).scored(RECORD) == []


def test_later_events_score_what_is_over(file: Path) -> None:
    listing = Event(date=date(2027, 2, 1), kind="listing", title="Later", persons=5, source="a test")
    later = RECORD.model_copy(update={"known_until": date(2027, 5, 1), "events": [*RECORD.events, listing]})
    scores = {score.what: score for score in read_forecast(file).scored(later)}
    persons = scores["persons"]
    assert persons.span == Span(BEGIN, date(2027, 3, 31))
    assert (persons.happened, scores["rounds"].happened, scores["attributions"].happened) == (5, 1, 0)
    assert persons.model_score == log_score(np.array([0, 0, 2, 5]), 5)
    assert persons.model.inside(5, 0.9)
    # the baseline knows what was on record when the forecast begins
    observed = Span(RECORD.regime, date(2026, 10, 31))
    assert persons.poisson_score == Poisson(19, observed.years, persons.span.years).log_score(5)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("made = 2026-11-28", "made = 28", "made"),
        ('what = "persons"', 'what = "people"', "counts.18.what"),
        ("runs = [4]", "runs = []", "counts.0.runs"),
        ("runs = [4]", "runs = [-4]", "counts.0.runs"),
        ("seed = 7", "", "seed"),
    ],
)
def test_a_wrong_forecast_is_answered_with_its_place(file: Path, old: str, new: str, said: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigurationError, match=said) as error:
        forecasts(file.parent)
    assert str(error.value).startswith(str(file))
