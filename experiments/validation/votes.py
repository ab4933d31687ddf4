"""What moves members at votes: the share in favour, regressed on what was known of the case when it was decided."""

from collections.abc import Sequence

import numpy as np

from agents.union.tracks import REACTION
from model.configuration import Configuration
from model.ensemble import run_one

RUNS = 6
"""Runs of a world whose votes are read: of each every vote in twenty years of the Council and more."""
KEY = ("begun", "culprit", "victim")
"""What names a case among votes and cases: a perpetrator acts once a week."""
MOVERS = ("certainty", "severity", "state", "weeks", "cost")
"""What the regression holds apart; the last two, weeks since the act and cost of the measure, stand for the rest."""


def movers_of_support(world: Configuration, seed: int, replicates: Sequence[int]) -> dict[str, float]:
    """By how much the share of members in favour rises with each of `MOVERS`, per standard deviation of it.

    Votes that name nobody are left out. Certainty is the posterior of the suspect at the end of the case, in
    probability; of `state`, which is yes or no, the rise is that from no to yes. Least squares over all votes of the
    first `RUNS` replicates; NaN where a mover does not vary.
    """
    found = [votes_of(world, seed, replicate) for replicate in list(replicates)[:RUNS]]
    rows, share = (np.concatenate(parts) for parts in zip(*found, strict=True))
    spread = rows.std(axis=0) if len(rows) else np.zeros(len(MOVERS))
    if not (spread > 0.0).all():
        return dict.fromkeys(MOVERS, float("nan"))
    spread[MOVERS.index("state")] = 1.0
    design = np.column_stack([np.ones(len(rows)), (rows - rows.mean(axis=0)) / spread])
    slopes = np.linalg.lstsq(design, share, rcond=None)[0][1:]
    return dict(zip(MOVERS, slopes.tolist(), strict=True))


def votes_of(world: Configuration, seed: int, replicate: int) -> tuple[np.ndarray, np.ndarray]:
    """Of one run the movers [vote, mover] of each counted vote that names somebody, and the share in favour [vote]."""
    run = run_one(world, seed, replicate, ledger=True)
    votes = run.votes[(run.votes["track"] != REACTION) & (run.votes["week"] >= world.scenario.time.burn_in)]
    cases = {tuple(case[name] for name in KEY): case for case in run.ledger}
    state = [world.kind(name) == "state" for name in world.perpetrators]
    cost = [measure.cost for measure in world.measures.values()]
    rows = [
        (
            case["confidence"],
            case["severity"],
            state[vote["suspect"]],
            vote["week"] - vote["begun"],
            cost[vote["measure"]],
        )
        for vote in votes
        for case in [cases[tuple(vote[name] for name in KEY)]]
    ]
    share = votes["supporting"] / len(world.member_states.members)
    return np.array(rows, float).reshape(-1, len(MOVERS)), np.asarray(share, float)
