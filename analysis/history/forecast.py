"""Forecasts that were made: files with their date and their stamp, scored once what they forecast is over."""

from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from analysis.history.answer import Score, scored_draws
from analysis.history.record import FOLDER, Record, Span
from model.errors import MOST_SEED
from model.loading import read_sources, read_toml
from model.parameters import Day, Settings, Whole, parameter
from model.paths import validated

FILES = "forecast_*.toml"


class Counts(Settings):
    """How many runs have no event, one, two … from the first day of the forecast until another, included."""

    what: Literal["attributions", "rounds", "persons", "entities"]
    until: Day
    runs: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]

    @property
    def draws(self) -> Any:
        """The count of each run."""
        return np.repeat(np.arange(len(self.runs)), self.runs)


class Forecast(Settings):
    """What runs show of the days from `begin` on, as it was on the day `made`.

    `posterior` and `model` are hashes of the worlds and of the code, `seed` is that of the runs: who has them has the
    forecast again.
    """

    title: str = Field(min_length=1)
    made: Day
    begin: Day
    posterior: str = Field(min_length=1)
    model: str = Field(min_length=1)
    scenario: str = Field(min_length=1)
    doctrine: str = Field(min_length=1)
    seed: Whole = parameter("seed", 0, MOST_SEED)
    counts: Annotated[list[Counts], Field(min_length=1)]

    def scored(self, record: Record) -> list[Score]:
        """The longest count of each kind that is over by the record, scored; empty where none is.

        The baseline has its rate from the sanctions regime's beginning until the day before the forecast's.
        """
        ending = sorted(self.counts, key=lambda each: each.until)
        over = {each.what: each for each in ending if each.until <= record.known_until}
        observed = Span.until(record.regime, self.begin)
        return [
            scored_draws(each.draws, record, what, Span(self.begin, each.until), observed)
            for what, each in over.items()
        ]


def read_forecast(path: Path) -> Forecast:
    """Read a forecast; raises `ConfigurationError` with file, place and remedy where it is none."""
    tree, file = read_toml(path), str(path)
    read_sources(tree.pop("sources", {}), tree, file)
    return validated(Forecast, tree, file=file)


def forecasts(folder: Path = FOLDER) -> list[Forecast]:
    """The forecasts of a folder, in the order of their names."""
    return [read_forecast(path) for path in sorted(folder.glob(FILES))]
