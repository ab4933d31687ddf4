"""One run of a folder made again with its ledger and checked against its row, as the record that a story is told from.

A story of another run than the folder's would mislead, so there is no record where a figure differs.
"""

import polars as pl

from analysis.story.ledger import RunRecord
from experiments.running.ledgers import phases_held, records
from experiments.running.reproduce import Kept, Reproduction, compared_run
from experiments.running.single import columns_of
from experiments.running.worker import frame_of_runs


def made_again(kept: Kept, row: pl.DataFrame, *, acts: bool = False) -> RunRecord | Reproduction:
    """The record of a run made again with its ledger, and all its acts if asked; or how it differs from its row."""
    design, one, reproduction = compared_run(kept, row, ledger=True, acts=acts)
    if one is None or reproduction.different:
        return reproduction
    base, title = design.base, f"{design.title}, replicate {design.first_replicate}"
    found = records(base, one, ledger=True, acts=acts)
    point, replicate = row.select("point", "replicate").row(0)
    figures = frame_of_runs(point, [replicate], design.seed, columns_of(one))  # its twin's too, where the row has none
    phases = {name: held.tolist() for name, held in phases_held(base.doctrine, one).items()}
    return RunRecord.of(found, base, figures.row(0, named=True), title, kept.results.manifest.stamp, phases)
