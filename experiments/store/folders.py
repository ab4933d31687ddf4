"""Folders before they are written: new, ours to go on with, to be cleared first, or holding what must not be lost."""

from collections.abc import Callable
from pathlib import Path

from analysis.report.gallery import is_figure_file
from analysis.results import manifest as results
from analysis.results.status import LOCK, STATUS
from analysis.results.tables import TABLES
from analysis.results.versions import check_version
from experiments.store.files import is_link, is_temporary, own, remove_named
from experiments.store.parts import JOURNAL, PART
from experiments.store.provenance import manifest_differences, same_runs
from model.errors import ConfigurationError

ANOTHER = "give another folder with --out"
REMEDIES = {"sweep": f"{ANOTHER}, or --fresh to delete the results there and start again", "run": ANOTHER}
"""Advice to a user about a folder that does not go with a sweep, or with a run."""
OURS: dict[str, Callable[[str], object]] = {
    results.QUARTER_PARTS: lambda name: name == JOURNAL or PART.fullmatch(name),
    results.PARTS: lambda name: name == JOURNAL or PART.fullmatch(name),
    "": {
        *results.STORED_TABLES,
        results.REQUIREMENTS,
        STATUS,
        results.ANSWER,
        results.SEARCHED,
        results.SUMMARY_CSV,
        "ledger.csv",
        "votes.csv",
        "votes_by_member.csv",
        "acts.csv",
    }.__contains__,
    TABLES: {
        "runs.csv",
        *(
            f"{name}.{kind}"
            for name in ("network", "votes_by_member", "own_metrics", "feature_scores", "over_time")
            for kind in ("parquet", "csv", "tex", "graphml")
        ),
    }.__contains__,
    results.FIGURES: is_figure_file,
}
"""Whether a file of this name is ours to remove, by folder below that of the results."""


def check_no_file(folder: Path) -> None:
    """Raise `ConfigurationError` where a file stands in place of the folder."""
    if folder.exists() and not folder.is_dir():
        raise ConfigurationError(f"is a file, but results need a folder; {ANOTHER}", file=str(folder))


def usable(
    folder: Path, manifest: results.Manifest, *, fresh: bool = False, replace_run: bool = False
) -> results.Manifest | None:
    """The manifest to go on with in a folder, or None where its results are to be cleared first; nothing is written.

    `fresh` clears results of another design or source, or that cannot be read; `replace_run` those of a single run.
    Raises `ConfigurationError` where the folder holds what must not be lost.
    """
    check_no_file(folder)
    for name in (results.PARTS, results.FIGURES, TABLES):
        own(folder, name)
    own(folder, *results.QUARTER_PARTS.split("/"))
    for name in results.STORED_TABLES:
        if (folder / name).is_dir() and not is_link(folder / name):
            raise ConfigurationError(f"is a folder, but there should be a table; {ANOTHER}", file=str(folder / name))
    if not (folder / results.MANIFEST).exists():
        # a crash before there is a manifest leaves a lock and files half written
        if folder.is_dir() and not all(path.name == LOCK or is_temporary(path.name) for path in folder.iterdir()):
            raise ConfigurationError(f"holds files that are not results of deter; {ANOTHER}", file=str(folder))
        return manifest
    try:
        found = results.read_manifest(folder)
    except ConfigurationError as error:
        if fresh and not isinstance(error, results.ForeignManifest):
            return None
        error.problem += f"; {REMEDIES[manifest.kind]}"
        raise
    if replace_run and found.kind == "run":
        return None
    if same_runs(found, manifest):
        return manifest.model_copy(
            update={**{name: getattr(found, name) for name in ("parts", "quarter_parts")}, "status": "running"}
        )
    if fresh:
        return None
    check_version(found.written_by, str(folder), REMEDIES[manifest.kind])
    wrong = list(manifest_differences(found, manifest)) or ["its points or the worlds of its replicates differ"]
    problem = f"holds results of another experiment ({'; '.join(wrong[:4])}); {REMEDIES[manifest.kind]}"
    raise ConfigurationError(problem, file=str(folder))


def clear(folder: Path) -> None:
    """Remove the results in a folder, and nothing else; its manifest stays until that of the next is written."""
    for below, ours in OURS.items():
        remove_named(folder / below, ours)
