"""How far a sweep is: the file that it leaves for others to watch, and what may be compared before it is done.

Points come in a shuffled order, so that the points so far stand unevenly at the levels of a factor: an average by level
would be over other points at one level than at another, and an effect over other points than those that the experiment
planned, with an interval that knows nothing of it. Neither is shown before every point has a run.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import polars as pl
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict

from analysis.results.reading import read_record
from model.errors import ConfigurationError

STATUS, LOCK = "status.json", ".lock"
State = Literal["running", "interrupted", "complete", "failed"]


class Status(BaseModel):
    """Progress of a sweep: its state, runs done and failed, and the time left."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    state: State
    done: int  # runs that are there
    runs: int | None = None  # runs in all, as far as is known
    failed: int = 0  # of those done
    rate: float | None = None  # runs a second, since it was begun or taken up again
    seconds_left: float | None = None  # at that rate
    updated_at: datetime | None = None


def read_status(folder: Path) -> Status | None:
    """The status that a sweep has left; None where there is none that can be read.

    A sweep that was killed cannot say so: what claims to run and holds no lock was interrupted.
    """
    status = read_record(folder / STATUS, Status)
    if status is None:
        return None
    gone = status.state == "running" and being_written(folder) is False
    return status.model_copy(update={"state": "interrupted", "rate": None, "seconds_left": None}) if gone else status


def being_written(folder: Path) -> bool | None:
    """Whether a process holds the lock of a folder; None where that cannot be told.

    So it is where the system has no locks, and in a folder that this user may not write.
    """
    path = folder / LOCK
    if not path.exists():  # to ask would make one
        return False
    lock = FileLock(path, fallback_to_soft=False, thread_local=False)
    try:
        # another who asks holds it for a moment as well
        with lock.acquire(timeout=0.05, poll_interval=0.01):
            return False
    except Timeout:
        return True
    except OSError:
        return None


class Unreached(ConfigurationError):
    """Levels would be compared over points of which some have no run yet."""


def points_without(scan: pl.LazyFrame, points: int) -> int:
    """Points that have no run yet; one that failed is a run."""
    return points - int(scan.select(pl.col("point").n_unique()).collect().item())


def is_pooled(design: pl.DataFrame, by: Sequence[str]) -> bool:
    """Whether several points have the same values of these columns."""
    groups = design.select(by).n_unique() if by else 1
    return groups < design.height


def on_common_replicates(scan: pl.LazyFrame, points: int) -> pl.LazyFrame:
    """The runs of replicates that every point has; all runs so far where there is none."""
    at = scan.group_by("replicate").agg(pl.col("point").n_unique()).filter(pl.col("point") == points).collect()
    return scan.filter(pl.col("replicate").is_in(at["replicate"].to_list())) if at.height else scan
