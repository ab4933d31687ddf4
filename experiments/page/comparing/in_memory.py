"""Results that are in no folder: what a design and its runs give, for all that reads results."""

from pathlib import Path

import polars as pl

from analysis.results.folder import Results
from experiments.design.design import Design
from experiments.running.sweep import sweep_manifest


class InMemory(Results):
    """Results of a design, all of whose runs are given."""

    def __init__(self, design: Design, runs: pl.DataFrame) -> None:
        manifest = sweep_manifest(design).model_copy(update={"status": "complete"})
        super().__init__(Path(design.title), manifest)
        # what a folder would be read for
        self.__dict__ |= {"design": design.frame, "worlds": design.worlds, "runs": runs}
