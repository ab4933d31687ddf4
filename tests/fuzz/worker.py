"""A process that reads inputs and measures each: `python -m fuzz.worker TARGET SEED FIRST LAST FOLDER`.

It writes a line for each input that failed, and the number of the input in hand, by which a process that died is told.
"""

import contextlib
import json
import os
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

from fuzz.batches import keep
from fuzz.targets import TARGETS, Target, warm_up
from model.errors import ConfigurationError
from model.loading import CONFIGS

MOST_SECONDS, MOST_BYTES = 5.0, 500 * 1024 * 1024
"""Processor time and memory that one input may take."""
KILLED_AFTER = 20
"""Seconds of processor time after which the process is ended."""
ROOM = 4 * 1024**3
"""Address space beyond that of the start, so that no input takes the machine."""


def measured_fault(target: Target, content: bytes, folder: Path) -> str | None:
    """What is wrong with how an input is answered, within its bounds; None where it is read, or refused in one line."""
    began = time.process_time()
    before = _forget_peak()
    found = fault_of(target, content, folder)
    seconds, taken = time.process_time() - began, _peak() - before
    if found:
        return found
    if seconds > MOST_SECONDS:
        return f"takes {seconds:.1f} s of the processor"
    return f"takes {taken >> 20} MB of memory" if taken > MOST_BYTES else None


def fault_of(target: Target, content: bytes, folder: Path) -> str | None:
    """What is wrong with the answer itself."""
    try:
        target.read(content, folder)
    except ConfigurationError as error:
        text = str(error)
        if not text.isprintable() or not text:
            return f"is answered by what is no printable line: {text!r}"
        if target.file and not any(str(place) in text for place in (folder, CONFIGS)):
            return f"is answered without the name of the file: {text!r}"
        return None
    except OSError:
        return None
    except MemoryError:
        return "takes all memory that there is"
    except BaseException as error:  # a panic of Polars is no Exception
        place = traceback.extract_tb(error.__traceback__)[-1]
        own = [each for each in traceback.extract_tb(error.__traceback__) if "site-packages" not in each.filename]
        where = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else f"{place.filename}:{place.lineno}"
        return f"ends in {type(error).__name__} at {where}: {str(error)[:200]!r}"
    return None


def _forget_peak() -> int:
    """Forget the peak of memory so far, where the system can, and give what is taken now, in bytes."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    return _peak()


def _peak() -> int:
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        scale = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale


def _limit_memory() -> None:
    """Leave so much address space beyond what is taken now, where the system tells."""
    try:
        taken = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (taken + ROOM, resource.RLIM_INFINITY))


def _limit_time() -> None:
    """Let the system end this process where the next input takes far too long; nothing else ends what is compiled."""
    used = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + KILLED_AFTER, resource.RLIM_INFINITY))


def main(name: str, seed: str, first: int, last: int, folder: Path) -> None:
    """Read the inputs of these numbers."""
    target = TARGETS[name]
    warm_up()
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115
    _limit_memory()
    with tempfile.TemporaryDirectory(dir=folder) as room, (folder / "faults").open("a", encoding="utf-8") as report:
        for number in range(first, last):
            content = target.make(seed, number)
            (folder / "in hand").write_bytes(content)
            (folder / "at").write_text(str(number), "ascii")
            _limit_time()
            found = measured_fault(target, content, Path(room))
            if found:
                print(json.dumps([found, str(keep(name, content))]), file=report, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5]))
