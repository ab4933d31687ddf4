"""The table `[search]` of an experiment: the objectives of a search for doctrines, and its effort."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from analysis.search.objectives import OBJECTIVES, Aim, aim, main_aim
from model.errors import ConfigurationError, placed
from model.parameters import Settings, Whole, option, parameter


def _objectives(value: Any) -> Any:
    if not isinstance(value, (list, tuple)) or len(value) < 2:
        raise ConfigurationError("is not a list of at least two objectives", value=value, allowed=", ".join(OBJECTIVES))
    for place, text in enumerate(value):
        with placed(key=str(place)):
            aim(text)
    if len(set(value)) < len(value):
        raise ConfigurationError("names an objective twice", value=list(value))
    return list(value)


class Search(Settings):
    """Objectives and effort of a search, which varies factors under `doctrine`; the others make the worlds."""

    objectives: Annotated[list[str], BeforeValidator(_objectives)] = Field(default=list(OBJECTIVES))
    worst: float = parameter("share of worlds", 0.01, 0.5, default=0.1)
    lead: str | None = option("metric for judging winners under other assumptions", default=None)
    trials: Whole = parameter("candidates", 4, 100_000, default=240)
    population: Whole = parameter("candidates", 4, 1000, default=24)
    reference: str = option("doctrine against which to measure advantages", default="status_quo")
    fresh_worlds: Whole = parameter("worlds", 2, 100_000, default=64)
    fresh_replicates: Whole = parameter("runs of each world", 1, 10_000, default=8)
    leaning_replicates: Whole = parameter("runs of each assumption", 2, 10_000, default=40)

    @model_validator(mode="after")
    def _fits_together(self) -> "Search":
        if self.lead is not None and self.lead not in [one.metric for one in self.aims]:
            allowed = ", ".join(dict.fromkeys(one.metric for one in self.aims))
            raise ConfigurationError("belongs to none of the objectives", key="lead", value=self.lead, allowed=allowed)
        return self

    @property
    def aims(self) -> list[Aim]:
        """The objectives, read."""
        return [aim(text) for text in self.objectives]

    @property
    def main(self) -> Aim:
        """The objective that winners are judged by under other assumptions: a mean over worlds."""
        return main_aim(self.aims, self.lead)
