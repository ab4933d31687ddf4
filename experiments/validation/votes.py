"""What moves members at votes: the share in favour, regressed on what was known of the case when it was decided."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from agents.union.tracks import REACTION
from model.configuration import Configuration
from model.ensemble import run_one

KEY = ("begun", "culprit", "victim")
"""What names a case among votes and cases: a perpetrator acts once a week."""
MOVERS = ("certainty", "severity", "state", "weeks", "cost")
"""What the regression holds apart: certainty, the posterior of the suspect at the end of the case; severity; whether
the suspect is a state; weeks since the act; the political cost of the measure."""

Matrix = np.ndarray[Any, np.dtype[np.float64]]


def movers_of_support(world: Configuration, seed: int, replicates: Sequence[int]) -> dict[str, float]:
    """What moves the share of members in favour over all votes of these replicates, as `slopes` has it."""
    found = [votes_of(world, seed, replicate) for replicate in replicates]
    rows, share = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return slopes(rows, share)


def slopes(rows: Matrix, share: Matrix) -> dict[str, float]:
    """By how much the share in favour [vote] rises with each of the movers [vote, mover], by least squares.

    The rise is that per standard deviation of a mover over the votes; of `state`, which is yes or no, from no to yes.
    All are NaN where one does not vary, or there are too few votes to tell them apart.
    """
    spread = rows.std(axis=0) if len(rows) > len(MOVERS) + 1 else np.zeros(len(MOVERS))
    if not (spread > 0.0).all():
        return dict.fromkeys(MOVERS, float("nan"))
    spread[MOVERS.index("state")] = 1.0
    design = np.column_stack([np.ones(len(rows)), (rows - rows.mean(axis=0)) / spread])
    found = np.linalg.lstsq(design, share, rcond=None)[0][1:]
    return dict(zip(MOVERS, found.tolist(), strict=True))


def votes_of(world: Configuration, seed: int, replicate: int) -> tuple[Matrix, Matrix]:
    """Of one run the movers [vote, mover] of each counted vote that names somebody, and the share in favour [vote]."""
    run = run_one(world, seed, replicate, ledger=True)
    votes = run.votes[(run.votes["track"] != REACTION) & (run.votes["week"] >= world.scenario.time.burn_in)]
    cases = {tuple(case[name] for name in KEY): case for case in run.ledger}
    state = [world.kind(name) == "state" for name in world.perpetrators]
    cost = [measure.cost for measure in world.measures.values()]
    rows = []
    for vote in votes:
        case, weeks = cases[tuple(vote[name] for name in KEY)], vote["week"] - vote["begun"]
        rows.append((case["confidence"], case["severity"], state[vote["suspect"]], weeks, cost[vote["measure"]]))
    share = votes["supporting"] / len(world.member_states.members)
    return np.array(rows, float).reshape(-1, len(MOVERS)), np.asarray(share, float)
