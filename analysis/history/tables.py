"""The tables of history and forecast: what is predicted beside what happened, and the scores."""

import polars as pl

from analysis.history.answer import Answer, Row, Score
from analysis.history.outcomes import COUNTED
from analysis.history.scores import LEVELS
from analysis.labels import number_of
from analysis.results.tables import Table

HISTORY, SCORES = "history", "scores"
"""Names of the tables."""
_SPAN = {"what": pl.String(), "begin": pl.Date(), "end": pl.Date()}
_ENDS = ("median", "low_50", "high_50", "low_90", "high_90")
HISTORY_SCHEMA = {
    **_SPAN,
    "known_to_the_fit": pl.Boolean(),
    "happened": pl.Float64(),
    **dict.fromkeys(_ENDS, pl.Float64()),
    "n": pl.Int64(),
}
"""Columns of the table of history: what happened, if the record has it, and the prediction over n runs."""
SCORES_SCHEMA = {
    **_SPAN,
    "happened": pl.Int64(),
    **{
        f"{who}_{column}": kind
        for who in ("model", "poisson")
        for column, kind in (
            ("log_score", pl.Float64()),
            *((end, pl.Float64()) for end in _ENDS),
            *((f"inside_{100 * level:.0f}", pl.Boolean()) for level in LEVELS),
        )
    },
}
"""Columns of the table of scores: of the model and of a Poisson process with the rate of the days of the fit."""


def size_text(answer: Answer) -> str:
    """Over how many runs and worlds."""
    return (
        f"{number_of('run', answer.runs)} in {number_of('world', answer.worlds)} of the posterior; seed {answer.seed}"
    )


def history_tables(answer: Answer) -> dict[str, Table]:
    """Both tables by name."""
    size, record = size_text(answer), answer.record
    rows = [
        (COUNTED.get(each.what, each.what), *each.span, each.span.end <= record.fitted_until, *_row(each))
        for each in dict.fromkeys((*answer.by_year, *answer.added_up, *answer.fitted))
    ]
    of_rows = f"{size}. Medians, central 50 and 90 % predictive intervals. The record runs until {record.known_until}."
    of_scores = (
        f"{size}. Log score: logarithm of the probability given to what happened; more is better. Poisson: the rate of "
        f"{record.fitted.text} with its uncertainty."
    )
    scores = [_score(each) for each in (*answer.scored, *answer.scored_by_year)]
    return {
        HISTORY: Table("History and forecast", pl.DataFrame(rows, HISTORY_SCHEMA, orient="row"), of_rows),
        SCORES: Table("Scores after the fit", pl.DataFrame(scores, SCORES_SCHEMA, orient="row"), of_scores),
    }


def _row(each: Row) -> tuple[object, ...]:
    return (each.happened, *each.predicted, each.n)


def _score(each: Score) -> tuple[object, ...]:
    """A row of the table of scores."""
    sides = ((each.model_score, each.model), (each.poisson_score, each.poisson))
    told = ((score, *made, *(made.inside(each.happened, level) for level in LEVELS)) for score, made in sides)
    return (COUNTED[each.what], *each.span, each.happened, *(value for side in told for value in side))
