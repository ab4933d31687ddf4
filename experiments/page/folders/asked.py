"""What a browser may ask of a results folder: names, paths of factors and numbers, and nothing else."""

from typing import Annotated, Literal

from pydantic import Field

from model.parameters import Settings

MOST_FACTORS = 60
"""Factors to choose among: the first that vary."""
Number = Annotated[int, Field(ge=0, lt=2**63)]


class Named(Settings):
    """A folder, by its name."""

    folder: str


class CellsAsked(Named):
    """A metric over up to two factors by path, others `fixed` at a level by its place."""

    metric: str
    axes: list[str] = Field(default_factory=list, max_length=2)
    fixed: dict[str, int] = Field(default_factory=dict, max_length=MOST_FACTORS)


class RunsAsked(Named):
    """Runs at these levels, by their places, or of one `point`, in this order, from this page on."""

    metric: str
    at: dict[str, int] = Field(default_factory=dict, max_length=MOST_FACTORS)
    point: int | None = None
    order: Literal["number", "lowest", "highest", "failed"] = "number"
    page: Number = 0


class StoryAsked(Named):
    """A run."""

    point: Number
    replicate: Number
