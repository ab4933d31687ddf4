"""What the tests of the public record share: dockets made by hand."""

from typing import Any

import numpy as np

from agents.union.docket import CASE, NEVER
from agents.union.tracks import ADOPTED, DOSSIER, REACTION, REFUSED, TRACK, TRACKS
from model.configuration import Configuration
from model.record import moments


def act(begun: int, culprit: int = 0, victim: int = 0, activity: int = 3, severity: float = 0.32, **later: Any) -> Any:
    """A case of espionage by the first state; `later` are weeks (opened, named, answered, reacted) and a `dossier`."""
    return {"begun": begun, "culprit": culprit, "victim": victim, "activity": activity, "severity": severity, **later}


def listed(week: int, measure: int, planned: float, share: float = 1.0) -> dict[str, Any]:
    """A dossier that was adopted."""
    return {"stage": ADOPTED, "adopted": week, "settled": week, "measure": measure, "planned": planned, "share": share}


def refused(week: int, objecting: int) -> dict[str, Any]:
    """A dossier that was refused."""
    return {"stage": REFUSED, "settled": week, "objecting": objecting}


def docket_of(acts: Any) -> tuple[Any, Any]:
    """Cases and their tracks [case, track] as a run leaves them."""
    cases, tracks = np.zeros(len(acts), CASE.dtype), np.zeros((len(acts), len(TRACKS)), TRACK.dtype)
    for name in ("adopted", "settled"):
        tracks[name] = NEVER
    for row, one in enumerate(acts):
        for name in ("begun", "culprit", "victim", "activity", "severity"):
            cases[name][row] = one[name]
        cases["opened"][row] = one.get("opened", one["begun"])
        cases["first_national"][row] = one.get("named", NEVER)
        cases["answered"][row] = one.get("answered", NEVER)
        tracks["adopted"][row, REACTION] = one.get("reacted", NEVER)
        for name, value in one.get("dossier", {}).items():
            tracks[name][row, DOSSIER] = value
    return cases, tracks


def moments_of(configuration: Configuration, *acts: Any, uniform: float = 0.0) -> dict[str, float]:
    """Moments of a run with these cases alone; at a uniform of 0 all are reported, of 1 none that is not public."""
    cases, tracks = docket_of(acts)
    return moments(configuration, cases, tracks, np.full(len(acts), uniform))
