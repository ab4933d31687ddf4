"""What a search for doctrines aims at: figures over worlds, each to be as high or as low as can be.

An aim is the mean of a metric over worlds, or how it does in the worst of them. Candidates meet the same worlds and
random numbers; `analysis.comparison.candidates` says what each of them comes to, and how sure that is.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.labels import is_share, title
from model.errors import ConfigurationError, nearest_name
from model.metrics.catalogue import LEAD, METRICS, SOUGHT

OBJECTIVES = (
    *(f"{'max' if METRICS[name].better > 0 else 'min'} {name}" for name in SOUGHT),
    f"max worst {LEAD}",
)
"""Objectives where an experiment names none."""
FORM = re.compile(r"(max|min) (worst )?(\w+)")


class Aim(NamedTuple):
    """`max harm_averted`: the mean over worlds; `max worst harm_averted`: a quantile over worlds, on the bad side."""

    sense: str  # max | min
    worst: bool
    metric: str

    @property
    def text(self) -> str:
        """As the experiment file has it."""
        return f"{self.sense} {'worst ' if self.worst else ''}{self.metric}"

    @property
    def key(self) -> str:
        """Its name in tables: worst_harm_averted."""
        return f"worst_{self.metric}" if self.worst else self.metric

    @property
    def words(self) -> str:
        """In a sentence: harm averted in the worst worlds."""
        return title(self.metric) + (" in the worst worlds" if self.worst else "")

    @property
    def label(self) -> str:
        """Its axis: Harm averted in the worst worlds (%)."""
        return f"{self.words[0].upper()}{self.words[1:]} ({'%' if is_share(self.metric) else 'a year'})"

    @property
    def sign(self) -> float:
        """1 where more is better, −1 where less is."""
        return 1.0 if self.sense == "max" else -1.0

    def share(self, worst: float) -> float | None:
        """The share of worlds below its figure, where `worst` of them are the worst; None: it is a mean."""
        return None if not self.worst else worst if self.sense == "max" else 1.0 - worst


def aim(text: str) -> Aim:
    """Read an aim; raises `ConfigurationError`."""
    found = FORM.fullmatch(text) if isinstance(text, str) else None
    if not found:
        allowed = "max or min, perhaps worst, and a metric: max worst harm_averted"
        raise ConfigurationError("is no objective", value=text, allowed=allowed)
    sense, worst, metric = found.groups()
    if metric not in [*METRICS]:
        if metric in METRICS:
            raise ConfigurationError("is a metric of your own, which a search does not measure", value=metric)
        nearest = nearest_name(metric, METRICS)
        where = None if nearest else "what `deter list metrics` shows"
        raise ConfigurationError("is no metric", value=metric, nearest=nearest, allowed=where)
    return Aim(sense, worst is not None, metric)


def main_aim(aims: Sequence[Aim], lead: str | None = None) -> Aim:
    """The mean over worlds of the metric that leads, by default of `LEAD` or else of the first objective that is one.

    Where all objectives are of the worst worlds it is none of them.
    """
    means = [one for one in aims if not one.worst] or aims
    named = lead or (LEAD if any(one.metric == LEAD for one in means) else means[0].metric)
    return next(one for one in aims if one.metric == named)._replace(worst=False)


def imbalance(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each row is from the best at worst, as a share of the range of each aim: 0 is best in everything."""
    low, high = values.min(0), values.max(0)
    return np.asarray(((high - values) / np.where(high > low, high - low, 1.0)).max(1))
