"""What is predicted beside what happened: by year, added up over years, and scored on what came after the fit."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from analysis.history.outcomes import COUNTED, LAGS, SCORED, Histories
from analysis.history.record import Record, Span, year
from analysis.history.scores import Poisson, Predicted, log_score, of_draws


class Row(NamedTuple):
    """A count, or a mean lag in weeks, within some days: what runs predict and what the record has, if it has any.

    `n` are the runs with a value.
    """

    what: str
    span: Span
    predicted: Predicted
    happened: float | None
    n: int


class Score(NamedTuple):
    """A count scored: what happened, and prediction and log score of the model and of the Poisson baseline."""

    what: str
    span: Span
    happened: int
    model: Predicted
    model_score: float
    poisson: Predicted
    poisson_score: float


class Answer(NamedTuple):
    """Everything that is told of the record, and over what it was run.

    Rows are of each year, of all years until the end of each, and of the days of the sanctions regime that the fit
    knew; scores are of each year after the fit, and of all days after it.
    """

    record: Record
    by_year: list[Row]
    added_up: list[Row]
    fitted: list[Row]
    scored_by_year: list[Score]
    scored: list[Score]
    runs: int
    worlds: int
    seed: int


def answered(histories: Histories, record: Record) -> Answer:
    """Hold runs against the record."""
    years = [year(number) for number in range(histories.start.year, histories.last.year + 1)]
    after = Span(record.scored.begin, min(record.scored.end, histories.last))
    spans = [Span(max(each.begin, after.begin), min(each.end, after.end)) for each in years if _meet(each, after)]
    return Answer(
        record,
        [counted(histories, record, what, each) for what in COUNTED for each in years],
        [counted(histories, record, what, Span(years[0].begin, each.end)) for what in COUNTED for each in years],
        [*(counted(histories, record, what, record.fitted) for what in COUNTED), *lags(histories, record)],
        [score(histories, record, what, span) for what in SCORED for span in spans],
        [score(histories, record, what, after) for what in SCORED],
        histories.runs,
        histories.worlds,
        histories.seed,
    )


def _meet(one: Span, other: Span) -> bool:
    return one.begin <= other.end and other.begin <= one.end


def counted(histories: Histories, record: Record, what: str, span: Span) -> Row:
    """One count; what happened is known until the end of the record's last year, of which a part may be missing."""
    draws = histories.counts(what, span)
    known = what in SCORED and span.end.year <= record.known_until.year
    return Row(what, span, of_draws(draws), record.happened(what, span) if known else None, len(draws))


def lags(histories: Histories, record: Record) -> Iterator[Row]:
    """Mean lags within the days of the fit."""
    for kind, (_, _, name) in LAGS.items():
        draws, found = histories.mean_lags(kind, record.fitted), record.lags(kind, record.fitted)
        yield Row(name, record.fitted, of_draws(draws), float(np.mean(found)) if found else None, len(draws))


def score(histories: Histories, record: Record, what: str, span: Span) -> Score:
    """One count scored, beside events that come at the rate of the days of the fit."""
    return scored_draws(histories.counts(what, span), record, what, span, record.fitted)


def scored_draws(draws: Any, record: Record, what: str, span: Span, observed: Span) -> Score:
    """The score of draws for a count within a span; the baseline has its rate from the days `observed`."""
    happened = record.happened(what, span)
    poisson = Poisson(record.happened(what, observed), observed.years, span.years)
    return Score(
        *(what, span, happened, of_draws(draws), log_score(draws, happened)),
        *(poisson.predicted(), poisson.log_score(happened)),
    )
