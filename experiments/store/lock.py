"""The lock of a folder of results: one process writes it at a time.

It is the system's own lock on a file of the folder, which goes with the process that holds it, however that ends. So a
lock never outlives its holder, and what a dead process left behind is taken over.
"""

import errno
import os
import platform
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.results.status import LOCK
from experiments.store.files import naming, own, remove
from model.errors import ConfigurationError

PATIENCE = 0.5
"""Seconds for which a holder may be a reader that only looks whether the folder is being written."""
UNLOCKED = "this system has no file locks here: make sure that nothing else writes into {folder}"


class Lock:
    """A folder held by this process, until `release`; `held` is False where the system offers no locks."""

    def __init__(self, folder: Path) -> None:
        """Hold a folder, which must exist; raises `ConfigurationError` where another process does."""
        self._path = own(folder, LOCK)
        # a lock that is a file alone would outlive a process that is killed
        self._lock = FileLock(self._path, timeout=PATIENCE, fallback_to_soft=False, thread_local=False)
        try:
            with naming(folder):
                self._lock.acquire()
        except Timeout:
            holder = "another process"
            with suppress(OSError):  # it may have let go at this moment
                holder = self._path.read_text("utf-8") or holder
            problem = f"is being written by {holder}; wait for it, or give another folder with --out"
            raise ConfigurationError(problem, file=str(folder)) from None
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS):
                raise
        else:
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            with suppress(OSError):  # a name for others to read, without which the lock holds as well
                self._path.write_bytes(f"process {os.getpid()} on {platform.node()}, since {now}".encode())

    @property
    def held(self) -> bool:
        """True where others are kept out."""
        return self._lock.is_locked

    def release(self) -> None:
        """Let others write; may be called again."""
        if self.held:
            # while it is held, lest the lock of a successor is removed; Windows refuses, and a lock left behind is none
            with suppress(OSError):
                remove(self._path)
            self._lock.release()
