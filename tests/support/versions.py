"""Folders of results made those of an earlier version of deter, whose model had other parameters and other figures."""

import json
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from analysis.results.identity import hash_of
from analysis.results.manifest import DESIGN, MANIFEST, RUNS, WORLDS, Manifest

EARLIER = "0.0.9"
"""A release of another model than any that runs these tests."""


def made_earlier(folder: Path, *, without: Collection[str] = (), **tables: Collection[str]) -> Path:
    """Make a folder that of an earlier version, and return it.

    Its configuration has a parameter that is no more, lacks one of today's and holds a value that is none today; its
    runs have no columns `without`, and a figure that is no more; its other `tables`, by name, lack these columns.
    """
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["versions"]["deter"] = EARLIER
    configuration = manifest["configuration"]
    configuration["scenario"]["belief"] |= {"patience_of_old": 0.5}
    del configuration["scenario"]["belief"]["spillover"], configuration["switches"]["norms"]
    configuration["archetypes"]["major_power"]["tolerance"] = None
    configuration["measures"]["awareness_raising"]["floor"] = 0.0
    configuration["scenario"]["council"]["credibility_lost"] = 7.0
    lacking = {RUNS: without, **{f"{name}.parquet": columns for name, columns in tables.items()}}
    for name, columns in lacking.items():
        frame = pl.read_parquet(folder / name).drop(columns)
        if name == RUNS:
            frame = frame.with_columns(zeal_of_old=1.0)
        frame.write_parquet(folder / name)
        digest = sha256((folder / name).read_bytes()).hexdigest()
        manifest["files"][name] = {"rows": frame.height, "sha256": digest, "failed": 0}
    found: Any = Manifest.model_validate(manifest)
    worlds = pl.read_parquet(folder / WORLDS) if (folder / WORLDS).is_file() else None
    manifest["design_hash"] = hash_of(found, pl.read_parquet(folder / DESIGN), worlds)
    (folder / MANIFEST).write_text(json.dumps(manifest))
    return folder
