"""The lock of a folder of results: one process writes it at a time.

It is the system's own lock on a file of the folder (`flock`), which goes with the process that holds it, however that
ends. So a lock never outlives its holder, and what a dead process left behind is taken over.
"""

import errno
import os
import platform
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from analysis.results.status import LOCK, fcntl
from model.errors import ConfigurationError

PATIENCE = 0.5
"""Seconds for which a holder may be a reader that only looks whether the folder is being written."""
UNLOCKED = "this system has no locks for files here: see to it that nothing else writes into {folder}"


class Lock:
    """A folder held by this process, until `release`; `held` is False where the system offers no locks."""

    def __init__(self, folder: Path) -> None:
        """Hold a folder, which must exist; raises `ConfigurationError` where another process does."""
        self._path = folder / LOCK
        self._file = _locked(self._path)
        if self._file is not None:
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            self._file.truncate(0)
            self._file.write(f"process {os.getpid()} on {platform.node()}, since {now}")
            self._file.flush()

    @property
    def held(self) -> bool:
        """Whether others are kept out."""
        return self._file is not None

    def release(self) -> None:
        """Let others write; may be called again."""
        if self._file is not None:
            with suppress(OSError):  # while it is held, lest the lock of a successor is removed
                self._path.unlink()
            self._file.close()
            self._file = None


def _locked(path: Path) -> IO[str] | None:
    """The file of the lock, held; None where the system has no locks."""
    until = time.monotonic() + PATIENCE
    while fcntl is not None:
        file = path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read() or "another process"
            file.close()
            if time.monotonic() > until:
                problem = f"is being written by {holder}; wait for it, or give another folder with --out"
                raise ConfigurationError(problem, file=str(path.parent)) from None
            time.sleep(0.05)
        except OSError as error:
            file.close()
            if error.errno in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                return None
            raise
        else:
            if _is_at(file, path):
                return file
            file.close()  # removed by the holder before us: ours must be a file that others find
    return None


def _is_at(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False
