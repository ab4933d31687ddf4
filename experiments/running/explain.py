"""One run of a folder made again with its ledger and checked against its row, as the record that a story is told from.

A story of another run than the folder's would mislead, so there is no record where a figure differs.
"""

import polars as pl

from analysis.story.ledger import RunRecord
from experiments.running.reproduce import Kept, Reproduction, compare_run, fails_now, simulated, single
from experiments.running.single import ledger_frame, votes_frame


def made_again(kept: Kept, row: pl.DataFrame) -> RunRecord | Reproduction:
    """The record of a run made again with its ledger; or how it differs from its row, if it does."""
    figures = row.row(0, named=True)
    design = single(kept, figures["point"], figures["replicate"])
    try:
        one = simulated(kept, design, ledger=True)
    except Exception as error:  # whatever a model does wrong is a difference to what it did
        return fails_now(error)
    reproduction, base = compare_run(row, one), design.base
    if reproduction.different:
        return reproduction
    title = f"{design.title}, replicate {design.first_replicate}"
    return RunRecord(base, ledger_frame(base, one), votes_frame(base, one), figures, title, kept.manifest.stamp)
