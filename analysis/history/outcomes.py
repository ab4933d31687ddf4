"""What happened in runs: week by week, on the days of the calendar."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from analysis.history.record import Span

SCORED = {
    "attributions": "attributions",
    "rounds": "rounds of listings",
    "persons": "persons listed",
    "entities": "entities listed",
}
"""Counts that the record has, and what they are called: joint attributions, and listings whose decisions within twelve
weeks are one round."""
UNRECORDED = {"statements": "statements that attribute to an actor", "responses": "cases answered"}
"""Counts of runs that the record does not have."""
COUNTED = {**SCORED, **UNRECORDED}
LAGS = {
    "listing": ("listing_weeks", "listings", "weeks from act to listing"),
    "attribution": ("attribution_weeks", "attributions", "weeks from act to attribution"),
}
"""Lags: their sum and their number by week, and what their mean is called."""
BY_WEEK = (*COUNTED, "listings", "listing_weeks", "attribution_weeks")
"""What is kept of every week of a run."""


class Histories(NamedTuple):
    """Runs over the same weeks: the first day of the first, and by name a table [run, week] of what happened.

    `worlds` are those in which they were run, `seed` is that of their luck.
    """

    start: date
    weeks: Mapping[str, Any]
    worlds: int
    seed: int

    @property
    def runs(self) -> int:
        """How many there are."""
        return len(self.weeks["responses"])

    @property
    def last(self) -> date:
        """The last day."""
        return self.start + timedelta(weeks=self.weeks["responses"].shape[1]) - timedelta(1)

    def _sums(self, name: str, span: Span) -> Any:
        """Sums over the weeks whose first day lies in a span."""
        first, last = (-((self.start - day).days // 7) for day in (span.begin, span.end + timedelta(1)))
        return self.weeks[name][:, max(0, first) : max(0, last)].sum(axis=1)

    def counts(self, what: str, span: Span) -> Any:
        """The count of each run within some days; persons and entities, of which a listing has shares, to the unit."""
        return np.rint(self._sums(what, span)).astype(int)

    def mean_lags(self, kind: str, span: Span) -> Any:
        """The mean lag in weeks of each run that has any within some days."""
        total, number, _ = LAGS[kind]
        sums, of = self._sums(total, span), self._sums(number, span)
        return (sums / np.where(of, of, np.nan))[of > 0]
