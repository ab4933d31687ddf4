"""Rows of the table that hold the model to the public record: what it predicts beside what the EU did.

What came after the fit is judged: it holds where the 90 % predictive interval contains what happened. What the fit knew
is reported, for nothing fitted counts as predicted. A miss is a finding, and stands unexplained until it is understood.
"""

import numpy as np

from analysis.history.answer import Answer, Row, Score, answered
from analysis.history.forecast import Forecast
from analysis.history.outcomes import COUNTED
from analysis.history.record import read_record
from analysis.history.scores import LEVELS, Predicted
from analysis.validation.checks import EXPLAINED, HOLDS, REPORTED, SHORT, Check
from experiments.history.runs import POSTERIOR, histories, worlds_of

PART = "History and forecast: the record, and medians with 90 % predictive intervals"
SOURCE = "record of events"
MISSES: dict[tuple[str, str], str] = {}
"""Why the model misses, by the count and where what happened lies: `below` or `above` the interval."""


def answer_of(runs: int, seed: int, workers: int | None) -> Answer:
    """Run the histories over the posterior, and hold them against the record."""
    return answered(histories(worlds_of(POSTERIOR), runs, seed, workers), read_record())


def history_checks(answer: Answer, made: list[Forecast]) -> list[Check]:
    """All rows: counts after the fit, their scores by year, what the fit knew, and forecasts made before."""
    checks = [judged(score, score.span.text, answer.runs) for score in answer.scored]
    checks += [compared(answer.scored_by_year)]
    checks += [known(row) for row in answer.fitted]
    for forecast in made:
        scores = forecast.scored(answer.record)
        runs = sum(forecast.counts[0].runs)
        told = f"forecast of {forecast.made}"
        checks += [judged(score, f"{score.span.text} ({told})", runs) for score in scores]
        if not scores:
            note = f"Nothing to score yet: the record runs until {answer.record.known_until}."
            checks.append(Check(PART, f"{forecast.title}", "", REPORTED, "forecast", SOURCE, note=note))
    return checks


def judged(score: Score, days: str, runs: int) -> Check:
    """The row of a count that the fit did not know."""
    side = "below" if score.happened < score.model.low_90 else "above"
    why = MISSES.get((score.what, side), "")
    holds = score.model.inside(score.happened, LEVELS[1])
    beside = (
        f"Log score {number(score.model_score)}, of a Poisson process {number(score.poisson_score)}, whose interval is "
        f"{score.poisson.low_90:g} to {score.poisson.high_90:g}."
    )
    return row(
        f"{COUNTED[score.what]}, {days}",
        f"{score.happened}",
        score.model,
        runs,
        HOLDS if holds else EXPLAINED if why else SHORT,
        "forecast",
        beside if holds else f"{why} {beside}".strip(),
    )


def compared(scores: list[Score]) -> Check:
    """The row of log scores by year: the mean of the model's beside that of the baseline's, and what intervals hold."""
    model, poisson = (
        float(np.mean([getattr(each, f"{who}_score") for each in scores])) for who in ("model", "poisson")
    )
    held = [
        sum(getattr(each, who).inside(each.happened, level) for each in scores)
        for who in ("model", "poisson")
        for level in LEVELS
    ]
    note = (
        f"Of {len(scores)} counts the 50 % intervals hold {held[0]}, the 90 % intervals {held[1]}; those of the "
        f"Poisson process {held[2]} and {held[3]}. Intervals of small counts hold more than their level suggests."
    )
    return Check(
        *(PART, f"mean log score of {len(scores)} counts by year after the fit", f"Poisson {number(poisson)}"),
        *(REPORTED, "forecast", SOURCE),
        got=round(model, 2),
        note=note,
    )


def known(found: Row) -> Check:
    """The row of what the fit knew, or of what the record does not have."""
    name = f"{COUNTED.get(found.what, found.what)}, {found.span.text}"
    if found.happened is None:
        return row(name, "not on record", found.predicted, found.n, REPORTED, "fitted", "")
    within = "within" if found.predicted.inside(found.happened, LEVELS[1]) else "outside"
    note = f"Known to the fit; {within} the interval."
    return row(name, f"{found.happened:.3g}", found.predicted, found.n, REPORTED, "fitted", note)


def row(name: str, expected: str, made: Predicted, runs: int, verdict: str, label: str, note: str) -> Check:
    """A row of the table of checks, with the median and the 90 % interval."""
    return Check(
        *(PART, name, expected, verdict, label, SOURCE),  # type: ignore[arg-type]
        got=made.median,
        low=made.low_90,
        high=made.high_90,
        n=runs,
        note=note,
    )


def number(value: float) -> str:
    """A log score, with a true minus."""
    return f"{value:.2f}".replace("-", "−")
