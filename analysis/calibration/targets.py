"""What the public record says: moments with their values, the range within which a model agrees, and their list."""

import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from model.errors import ConfigurationError, nearest_name
from model.loading import CONFIGS, read_sources, read_toml
from model.parameters import Settings, Whole
from model.paths import validated
from model.record import MOMENTS

RECORD = CONFIGS / "record" / "moments.toml"
FITTED, HELD_OUT, REPORT = "fitted", "held_out", "report"
"""Lists of moments: those that enter the calibration, those that it predicts, and those that count for neither."""


FEW = 10
"""Events below which a moment carries no error but that of sampling, which runs have as well."""


class Target(Settings):
    """A moment of the record: its value, what it was computed from, and the range that counts as agreement."""

    list: Literal["fitted", "held_out", "report"]
    value: float
    n: Whole
    low: float = -math.inf
    high: float = math.inf
    together: str | None = None

    @property
    def error(self) -> float:
        """Standard deviation that a model's moment is given beyond the luck of its runs, half of the tolerance.

        So much the model is not expected to match (Wilkinson 2013: simulations with a model's error are draws of the
        posterior under it). None for moments of few events, whose runs have as much luck as the record.
        """
        if self.n < FEW or not math.isfinite(self.high - self.low):
            return 0.0
        return (self.high - self.low) / 4.0

    @model_validator(mode="after")
    def _holds_its_value(self) -> "Target":
        if not self.low <= self.value <= self.high:
            raise ConfigurationError("does not lie in its own range", key="value", value=self.value)
        return self


class Together(Settings):
    """Shares that are judged as one: by their total variation from those of the record."""

    title: str
    distance: float


class Targets(Settings):
    """All moments of the record by name, and those judged together."""

    judged_together: Annotated[dict[str, Together], Field(default_factory=dict)]
    moments: Annotated[dict[str, Target], Field(min_length=1)]

    @model_validator(mode="after")
    def _are_moments(self) -> "Targets":
        for name, target in self.moments.items():
            if name not in MOMENTS:
                allowed, nearest = ", ".join(MOMENTS), nearest_name(name, MOMENTS)
                raise ConfigurationError("is no moment", key=f"moments.{name}", allowed=allowed, nearest=nearest)
            if target.together is not None and target.together not in self.judged_together:
                allowed = ", ".join(self.judged_together)
                key = f"moments.{name}.together"
                raise ConfigurationError(
                    "is not among `judged_together`", key=key, value=target.together, allowed=allowed
                )
        return self

    def of(self, which: str) -> dict[str, Target]:
        """The moments of a list, by name."""
        return {name: target for name, target in self.moments.items() if target.list == which}


def read_targets(path: Path = RECORD) -> tuple[Targets, dict[str, str]]:
    """Read a file of moments, and the source of each; raises `ConfigurationError` where it is none."""
    tree, file = read_toml(path), str(path)
    table = tree.pop("sources", {})
    targets = validated(Targets, tree, file=file)
    sources = read_sources(table, tree, file)
    return targets, {name: sources.get(f"moments.{name}", sources["default"]) for name in targets.moments}
