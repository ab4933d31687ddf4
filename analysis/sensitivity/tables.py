"""What a sensitivity analysis says in words and tables."""

from collections.abc import Sequence

import polars as pl

from analysis.labels import factor_title, level_text
from analysis.results.tables import Table
from analysis.sensitivity.analysis import Sensitivity
from analysis.sensitivity.convergence import CONSTANT, RANKED
from analysis.sensitivity.structure import Structure
from model.metrics import METRICS

UNITS = {"saltelli": "base points", "morris": "trajectories"}


def titles(factors: Sequence[str]) -> dict[str, str]:
    """What readers call factors; those that would be called alike keep their paths."""
    found = {path: factor_title(path) for path in factors}
    called = list(found.values())
    return {path: title if called.count(title) == 1 else path for path, title in found.items()}


def largest(column: pl.Series) -> float:
    """The largest of some numbers; 0 where there is none."""
    return max(column.drop_nulls().to_list(), default=0.0)


def metric_title(metric: str) -> str:
    """What readers call a metric or a delay."""
    return METRICS[metric].title if metric in METRICS else factor_title(metric)


def ranked(table: pl.DataFrame, structure: Structure) -> list[str]:
    """Factors of one metric and block by their total index or μ*, the largest first."""
    key = table.filter(measure=RANKED[structure.kind]).sort("mean", descending=True, nulls_last=True)
    return key["factor"].to_list()


def where_text(where: Sequence[tuple[str, object]]) -> str:
    """The crossed levels in words; nothing where there are none."""
    return ", ".join(f"{factor_title(path).lower()} {level_text(level)}" for path, level in where)


def basis(found: Sensitivity) -> str:
    """What the numbers rest on, in a sentence or two."""
    structure, manifest = found.structure, found.results.manifest
    replicates = int(found.noise["replicates"][0])
    several = f"{replicates:,} replicates" if replicates > 1 else "one replicate"
    unit, how = UNITS[structure.kind], "delta method" if structure.kind == "saltelli" else "jackknife"
    crossed = f", for each of {len(structure.blocks)} combinations of crossed levels" if structure.crossed else ""
    return (
        f"{structure.size:,} {unit} of {len(structure.factors)} factors{crossed}; {several}, which all points share. "
        f"Intervals: 95 %, over {unit} ({how}, Student's t); they leave out that other replicates might have been "
        f"drawn. All holds for the ranges that the experiment states. "
        f"Seed {manifest.seed}; {manifest.stamp}."
    )


def sensitivity_tables(found: Sensitivity) -> dict[str, Table]:
    """Tables by name: the indices, the same on nested parts of the design, and the verdicts with the noise."""
    manifest, kind = found.results.manifest, found.structure.kind
    name = "sensitivity" if kind == "saltelli" else "morris"
    what = "Sobol' indices" if kind == "saltelli" else "Morris's elementary effects (μ, μ*, σ)"
    keys = [*found.structure.crossed, "metric"]
    verdicts = found.verdicts.join(found.noise.drop("replicates"), on=keys, how="left", maintain_order="left")
    return {
        name: Table(f"{manifest.title}: {what}", found.indices, basis(found)),
        "convergence": Table(
            f"{manifest.title}: {what} from a quarter, half and all of the design", found.nested, basis(found)
        ),
        "convergence_check": Table(f"{manifest.title}: whether {what} are settled", verdicts, basis(found)),
    }


def sentences(found: Sensitivity) -> list[str]:
    """One sentence for each metric and block: whether its indices are settled, and if not what is lacking."""
    texts = []
    for row in found.verdicts.iter_rows(named=True):
        where = where_text([(path, row[path]) for path in found.structure.crossed])
        title = metric_title(row["metric"]) + (f" ({where})" if where else "")
        texts.append(f"{title}: {'settled' if row['converged'] else 'not settled'}; {_reason(row, found.structure)}")
    return texts


def _reason(row: dict[str, object], structure: Structure) -> str:
    if row["half_width"] is None:
        return CONSTANT if row["widest"] == CONSTANT else "no interval can be had of so few"
    share = " of the largest μ*" if structure.kind == "morris" else ""
    parts = [f"widest interval ±{row['half_width']:.3f}{share} ({row['widest']}), asked ±{row['threshold']:g}"]
    unit = UNITS[structure.kind]
    if row["half_width"] > row["threshold"]:  # type: ignore[operator]
        parts.append(f"about {row['n_needed']:,} {unit} would do")
    if row["swapped"]:
        pairs = "pair of factors changes" if row["swapped"] == 1 else "pairs of factors change"
        parts.append(f"{row['swapped']} {pairs} order from half of the {unit} to all")
    return "; ".join(parts)
