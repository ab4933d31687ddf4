"""How far a sweep is: the file that it leaves for others to watch, and whether it is still at work."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

fcntl: Any
try:
    import fcntl
except ImportError:  # not a POSIX system
    fcntl = None

STATUS, LOCK = "status.json", ".lock"
State = Literal["running", "interrupted", "complete", "failed"]


class Status(BaseModel):
    """How far a sweep is."""

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
    try:
        status = Status.model_validate_json((folder / STATUS).read_bytes())
    except (OSError, ValidationError):
        return None
    gone = status.state == "running" and being_written(folder) is False
    return status.model_copy(update={"state": "interrupted", "rate": None, "seconds_left": None}) if gone else status


def being_written(folder: Path) -> bool | None:
    """Whether a process holds the lock of a folder; None where the system has no locks."""
    if fcntl is None:
        return None
    try:
        with (folder / LOCK).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    except OSError:
        return None
    return False
