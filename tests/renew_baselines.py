"""Exact results of short runs, kept in tests/baselines/: what a change of the code must leave alone, or account for.

`make baselines`, that is this script, is the only way to change them. A change of results is noted in
docs/changelog.md under "Changes of results".

Bits are the same on every platform, and so the files are those of all.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from support.worlds import short

from model.configuration import Configuration
from model.ensemble import OneRun, run_one
from model.metrics.columns import PLACES, column_of

FOLDER = Path(__file__).resolve().parent / "baselines"
SCENARIOS = ("baseline", "illustrative")
DOCTRINES = ("none", "status_quo", "clear_ladder", "swift_qmv", "due_diligence")
"""No toolbox, today's, a clear one, another voting rule, and pressure on harbours."""
SEEDS = (1, 2)
TIME = {"weeks": 156, "burn_in": 104}


def cases() -> Iterator[tuple[str, Configuration]]:
    """The runs that are kept, by the name of their file."""
    for scenario in SCENARIOS:
        for doctrine in DOCTRINES:
            yield f"{scenario}-{doctrine}", short(scenario, doctrine, **TIME)


def digest(array: Any) -> str:
    """A digest of an array's bytes."""
    return hashlib.blake2b(np.ascontiguousarray(array).tobytes(), digest_size=4).hexdigest()


def digests(run: OneRun) -> dict[str, Any]:
    """Digests of all else that a run leaves behind, column by column; the twin's are in the file of doctrine `none`."""
    tables = {"series": run.series, "ledger": run.ledger, "votes": run.votes}
    arrays = {"rungs": run.rungs, "distributions": run.trace.at_least, "choices": run.trace.code}
    columns = {name: {column: digest(rows[column]) for column in rows.dtype.names} for name, rows in tables.items()}
    return {**columns, **{name: digest(array) for name, array in arrays.items()}}


def told(run: OneRun) -> dict[str, Any]:
    """What is kept of a run: its books, number by number (JSON keeps every bit of a float; no zeros), and digests."""
    books = {name: column_of(run.books, name)[0].item() for name in PLACES}
    return {"books": {name: value for name, value in books.items() if value}, "digests": digests(run)}


def baseline(configuration: Configuration) -> dict[str, Any]:
    """The content of a file."""
    runs = {f"seed {seed}": told(run_one(configuration, seed, 0, ledger=True)) for seed in SEEDS}
    return {"time": TIME, **runs}


def renew(folder: Path) -> list[Path]:
    """Write all files to a folder, in place of any that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        path.unlink()
    written = []
    for name, configuration in cases():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(baseline(configuration), indent=1) + "\n", "utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    for path in renew(FOLDER):
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    print('If results changed, say so in docs/changelog.md under "Changes of results".', file=sys.stderr)
