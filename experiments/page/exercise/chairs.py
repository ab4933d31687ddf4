"""Chairs of an exercise, and who may sit in each: a code to hand out, and the key that a browser gets for it.

Both lie beside the journal, so that everybody keeps the chair when the server is started anew.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from experiments.exercise.scenario import ROLES, Exercise
from experiments.store import files
from model.errors import ConfigurationError

NAME = "chairs.json"
LETTERS, LENGTH = "ABCDEFGHJKLMNPQRSTUVWXYZ", 6
"""Letters of codes, without those that are read as digits; and how many a code has."""
LEADS = "facilitator"
"""The chair that sees everything, and that may sit in the others."""
LARGEST = 64 * 1024
"""Bytes of the file of chairs at most."""


class Seat(NamedTuple):
    """A chair: its role, what players call it, the code to hand out, and the key of the browsers that sit there."""

    role: str
    title: str
    code: str
    key: str


def seats_for(exercise: Exercise) -> dict[str, Seat]:
    """A chair for each role that the exercise has and for the facilitator, with new codes and keys."""
    setting = exercise.world
    titles = {
        LEADS: "Facilitator",
        "presidency": "Presidency",
        "chair": "Chair of the PSC",
        "delegation": setting.delegation and f"Delegation of {setting.delegation}",
        "partner": setting.partner and f"Partner: {setting.partner}",
        "red_team": setting.red_team and "Red team",
    }
    codes: set[str] = set()
    while len(codes) < len(titles):
        codes.add("".join(secrets.choice(LETTERS) for _ in range(LENGTH)))
    pairs = zip(titles.items(), codes, strict=True)
    return {role: Seat(role, title, code, secrets.token_urlsafe(24)) for (role, title), code in pairs if title}


def store(folder: Path, seats: Mapping[str, Seat]) -> None:
    """Write the chairs down beside the journal; raises `OSError`."""
    files.write(files.own(folder, NAME), json.dumps([list(seat) for seat in seats.values()]).encode())


def stored(folder: Path) -> dict[str, Seat]:
    """The chairs of a folder, none where it has no file of them; raises `ConfigurationError`."""
    path = files.own(folder, NAME)
    if not path.exists():
        return {}
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else b""
        found = [Seat(*map(str, seat)) for seat in json.loads(content)]
    except (OSError, ValueError, TypeError, RecursionError):
        raise ConfigurationError("is damaged; without it, chairs get new codes", file=str(path)) from None
    return {seat.role: seat for seat in found if seat.role in (*ROLES, LEADS)}


def with_code(seats: Mapping[str, Seat], code: str) -> Seat | None:
    """The chair of a code, typed in whatever way."""
    plain = "".join(code.split()).upper()
    return next((seat for seat in seats.values() if _alike(seat.code, plain)), None)


def with_key(seats: Mapping[str, Seat], key: str) -> Seat | None:
    """The chair of a key."""
    return next((seat for seat in seats.values() if _alike(seat.key, key)), None)


def _alike(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
