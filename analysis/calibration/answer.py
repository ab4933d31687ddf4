"""What a calibration found, kept beside the posterior: parameters, moments, gates, and how to have it again."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from analysis.results.reading import read_json
from model.errors import ConfigurationError
from model.loading import CONFIGS
from model.paths import validated

FOUND = CONFIGS / "record" / "calibration.json"
"""What the shipped posterior was found by."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=True)


class Parameter(_Kept):
    """A parameter: its prior's range, mean and central 90 % interval of its posterior, and its gates.

    `contraction` is that on the record, `usual` the mean over worlds of the prior; `chance` that of ranks as uneven;
    `half` and `most` are how often central 50 and 90 % intervals hold the truth. `calibrated`: the contraction is
    clearly above the dummy's.
    """

    path: str
    low: float
    high: float
    scale: str
    mean: float
    from_: Annotated[float, Field(alias="from")]
    to: float
    contraction: float
    usual: float
    chance: float
    half: float
    most: float
    calibrated: bool

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class LeftOut(_Kept):
    """A fitted moment as it is predicted by the others: mean and central 90 % interval."""

    name: str
    mean: float
    low: float
    high: float


class Wave(_Kept):
    """A wave: its worlds, and the hashes of its design and of the model's code."""

    worlds: int
    design_hash: str
    source_hash: str


class Calibration(_Kept):
    """A calibration as it is kept."""

    made: str
    experiment: str
    dummy: str
    kept: int
    effective: float
    waves: list[Wave]
    parameters: list[Parameter]
    left_out: list[LeftOut]
    pseudo_worlds: int
    ranks_even: bool
    waves_checked: int = 0
    waves_half: float = 0.0
    waves_most: float = 0.0

    @property
    def informed(self) -> list[str]:
        """Parameters that may be called calibrated."""
        return [one.path for one in self.parameters if one.calibrated]


def read_calibration(path: Path = FOUND) -> Calibration:
    """Read what a calibration found; raises `ConfigurationError` where it is none."""
    if not path.is_file():
        raise ConfigurationError("there is no such file", file=str(path), allowed="what `deter calibrate` writes")
    return validated(Calibration, read_json(path), file=str(path))


def written(found: Calibration) -> str:
    """A calibration as text."""
    return found.model_dump_json(indent=1, by_alias=True) + "\n"
