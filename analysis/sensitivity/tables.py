"""Tables of a sensitivity analysis, and the sentences on what it rests on and whether it is settled."""

from collections.abc import Mapping

import polars as pl

from analysis.labels import factor_title, level_text
from analysis.results.tables import Table
from analysis.sensitivity.analysis import Sensitivity
from analysis.sensitivity.convergence import CONSTANT, RANKED
from analysis.sensitivity.errors import ENOUGH
from analysis.sensitivity.structure import Structure
from model.metrics.catalogue import ESTIMATED

UNITS = {"saltelli": "base points", "morris": "trajectories"}
NOISE = {
    "saltelli": "Noise of replicates, which has been taken off the indices,",
    "morris": "Noise of replicates, which has been taken off σ and not off μ*,",
}
"""How sentences on the noise begin, by kind of design."""


def largest(column: pl.Series) -> float:
    """The largest of some numbers; 0 where there is none."""
    return max(column.drop_nulls().to_list(), default=0.0)


def metric_title(metric: str) -> str:
    """Title of a metric or a delay."""
    return ESTIMATED[metric].title


def ranked(table: pl.DataFrame, structure: Structure) -> list[str]:
    """Factors of one metric and block by their total index or μ*, the largest first."""
    key = table.filter(measure=RANKED[structure.kind]).sort("mean", descending=True, nulls_last=True)
    return key["factor"].to_list()


def where_text(structure: Structure, row: Mapping[str, object]) -> str:
    """The crossed levels of a row in words; nothing where nothing is crossed."""
    among = {path: [block.where[path] for block in structure.blocks] for path in structure.crossed}
    return ", ".join(f"{factor_title(path).lower()} {level_text(row[path], among[path])}" for path in among)


def share_words(structure: Structure) -> str:
    """Of what widths and errors of indices are a share: for Morris's, which have the metric's unit, the largest μ*."""
    return " of the largest μ*" if structure.is_morris else ""


def basis(found: Sensitivity) -> str:
    """Size of the design, replicates, and how intervals are had, in a sentence or two."""
    structure, manifest = found.structure, found.results.manifest
    replicates = int(found.noise["replicates"][0])
    several = f"{replicates:,} replicates" if replicates > 1 else "one replicate"
    unit = UNITS[structure.kind]
    crossed = f", for each of {len(structure.blocks)} combinations of crossed levels" if structure.crossed else ""
    return (
        f"{structure.size:,} {unit} of {len(structure.factors)} factors{crossed}; {several}, which all points share. "
        f"Intervals: 95 %, {over(structure, replicates)} (delta method, Student's t)"
        f"{'' if replicates >= ENOUGH else '; they leave out that other replicates might have been drawn'}. "
        "All holds for the ranges that the experiment states. "
        f"Seed {manifest.seed}; {manifest.stamp}."
    )


def over(structure: Structure, replicates: int, n: str = "") -> str:
    """What intervals count as drawn: over base points and 4 replicates; `n` stands before the base points."""
    several = f" and {replicates:,} replicates" if replicates >= ENOUGH else ""
    return f"over {n}{UNITS[structure.kind]}{several}"


def sensitivity_tables(found: Sensitivity) -> dict[str, Table]:
    """Tables by name: the indices, the same on nested parts of the design, and the verdicts with the noise."""
    title, morris, note = found.results.manifest.title, found.structure.is_morris, basis(found)
    what = "Morris's elementary effects (μ, μ*, σ)" if morris else "Sobol' indices"
    keys = [*found.structure.crossed, "metric"]
    verdicts = found.verdicts.join(found.noise.drop("replicates"), on=keys, how="left", maintain_order="left")
    return {
        "morris" if morris else "sensitivity": Table(f"{title}: {what}", found.indices, note),
        "convergence": Table(f"{title}: {what} from a quarter, half and all of the design", found.nested, note),
        "convergence_check": Table(f"{title}: whether {what} are settled", verdicts, note),
    }


def convergence_sentences(found: Sensitivity) -> list[str]:
    """One sentence for each metric and block: whether its indices are settled, and if not what is lacking."""
    texts = []
    for row in found.verdicts.iter_rows(named=True):
        where = where_text(found.structure, row)
        title = metric_title(row["metric"]) + (f" ({where})" if where else "")
        texts.append(f"{title}: {'settled' if row['converged'] else 'not settled'}; {_reason(row, found.structure)}")
    return texts


def _reason(row: dict[str, object], structure: Structure) -> str:
    if row["half_width"] is None:
        return CONSTANT.removeprefix("nothing: ") if row["widest"] == CONSTANT else "too few for an interval"
    share = share_words(structure)
    parts = [f"widest interval ±{row['half_width']:.3f}{share} ({row['widest']}), asked ±{row['threshold']:g}"]
    unit = UNITS[structure.kind]
    if row["half_width"] > row["threshold"]:  # type: ignore[operator]
        more = f"about {row['n_needed']:,} {unit} would do" if row["n_needed"] else "it takes more replicates"
        parts.append(more)
    if row["swapped"]:
        pairs = "pair of factors changes" if row["swapped"] == 1 else "pairs of factors change"
        parts.append(f"{row['swapped']} {pairs} order from half of the {unit} to all")
    return "; ".join(parts)
