"""Indices of sensitivity in a terminal: their sweep, run to its end, their figures, and their tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from rich.table import Table

from analysis.labels import factor_titles, metric_unit, shown
from analysis.results.folder import Results
from analysis.results.manifest import STRUCTURED, read_manifest
from analysis.sensitivity.analysis import Sensitivity
from analysis.sensitivity.convergence import WORDS
from analysis.sensitivity.tables import NOISE, basis, largest, metric_title, ranked, share_words, where_text
from experiments.design.design import Design
from experiments.running.sweep import Sweep, sweep_manifest
from experiments.store.provenance import same_runs
from experiments.terminal.screen import Screen, titled
from experiments.terminal.sweeps import Hands, swept
from model.errors import ConfigurationError

FACTORS_SHOWN = 20
"""Factors in a table on the screen: the rest are in the file."""
MOST_PAIRS = 8
"""Pairs of factors in a table on the screen."""
MEASURES = {
    "saltelli": "Total: share of the variance that a factor explains, including interactions; first order: on its own.",
    "morris": (
        "μ*: average change over the whole range of a factor, in either direction; μ: the same with its sign; "
        "σ: how much the change depends on the other factors."
    ),
}
"""What the columns of the tables say, by kind of design."""
MANY = 5_000
"""Points from which on workers are processes: to set up a point is Python's work, which threads cannot share."""


def swept_for_indices(screen: Screen, sweep: Sweep, hands: Hands, *, retry_failed: bool, fresh: bool) -> Results:
    """The results of the sweep, run or taken up as `deter sweep` does."""
    design = sweep.design()
    if design.kind not in STRUCTURED:
        where = {"file": str(sweep.experiment), "key": "design.kind", "value": design.kind}
        raise ConfigurationError("is no design from which indices follow", **where, allowed=" or ".join(STRUCTURED))
    if not retry_failed and (results := _finished(sweep.folder, design)):
        return results
    hands = hands._replace(processes=hands.processes or design.points >= MANY)
    return swept(screen, sweep, design, hands, retry_failed=retry_failed, fresh=fresh)


def _finished(folder: Path, design: Design) -> Results | None:
    """The results of a folder in which this design has been run to its end."""
    try:
        found = read_manifest(folder)
    except ConfigurationError:  # the sweep says what can be done about it
        return None
    done = found.status == "complete" and same_runs(found, sweep_manifest(design))
    return Results(folder, found) if done else None


def sensitivity_figures(found: Sensitivity) -> dict[str, Any]:
    """The figures of an analysis by name: indices, and their convergence."""
    from analysis.plotting.pages import drawing
    from analysis.sensitivity.figures import convergence_figure, morris_figure, sensitivity_figure

    main = {"morris": morris_figure} if found.structure.is_morris else {"sensitivity": sensitivity_figure}
    with drawing():
        return {name: draw(found.results, found) for name, draw in {**main, "convergence": convergence_figure}.items()}


def shown_tables(found: Sensitivity) -> Iterator[Any]:
    """A table for each metric and block, and what all rest on."""
    for levels, table in found.structure.split(found.indices):
        yield _metric_table(found, table, levels)
        if found.structure.second_order:
            yield _pairs_table(found, table)
    replicates = int(found.noise["replicates"][0])
    yield f"\n{basis(found)}"
    yield _noise_text(found) if replicates > 1 else "Noise of replicates: unknown, because it takes two replicates."
    yield f"{MEASURES[found.structure.kind]}\n"


def _noise_text(found: Sensitivity) -> str:
    worst = found.noise.sort("noise", descending=True, nulls_last=True).row(0, named=True)
    share, other = 100.0 * (worst["noise"] or 0.0), largest(found.verdicts["replicate_error"])
    return (
        f"{NOISE[found.structure.kind]} is at most {share:.1f} % of the variance over points "
        f"({metric_title(worst['metric'])}). "
        f"With other replicates an index would typically move by ±{other:.3f}{share_words(found.structure)} "
        "(standard error, root mean square over indices, of the metric for which it is largest), some by more."
    )


def _table(title: str, measures: Sequence[str], rows: Iterable[Sequence[str]], style: str | None = None) -> Table:
    heads, figures = ["", *(WORDS[measure] for measure in measures)], {"justify": "right", "no_wrap": True}
    return titled(title, heads, rows, first={"overflow": "fold"}, others=figures, title_style=style)


def _pairs_table(found: Sensitivity, rows: pl.DataFrame) -> Table:
    """The pairs of factors with the largest indices of second order."""
    called = factor_titles(found.structure.factors)
    pairs = rows.filter(measure="second").sort("mean", descending=True, nulls_last=True).head(MOST_PAIRS)
    cells = [
        (f"{called[row['factor']]} × {called[row['other']].lower()}", _cell(row, 1.0))
        for row in pairs.iter_rows(named=True)
    ]
    return _table("of pairs of factors", ["second"], cells)


def _metric_table(found: Sensitivity, rows: pl.DataFrame, levels: Mapping[str, Any]) -> Table:
    structure, metric, called = found.structure, levels["metric"], factor_titles(found.structure.factors)
    where = where_text(structure, levels)
    title = metric_title(metric) + (f", {metric_unit(metric)}" if structure.is_morris else "")
    scale = shown(metric) if structure.is_morris else 1.0
    measures = ("mu_star", "mu", "sigma") if structure.is_morris else ("total", "first")
    single = rows.filter(pl.col("other").is_null())
    cells = {(row["factor"], row["measure"]): _cell(row, scale) for row in single.iter_rows(named=True)}
    order = ranked(single, structure)
    body = [(called[factor], *(cells[factor, measure] for measure in measures)) for factor in order[:FACTORS_SHOWN]]
    table = _table(title + (f" – {where}" if where else ""), measures, body, "bold")
    if len(order) > FACTORS_SHOWN:
        table.caption = f"and {len(order) - FACTORS_SHOWN} that matter less, in tables/"
        table.caption_justify = "left"
    return table


def _cell(row: Mapping[str, Any], scale: float) -> str:
    if row["mean"] is None:
        return "–"
    digits = 3 if scale == 1.0 else 1
    text = f"{scale * row['mean']:.{digits}f}".replace("-", "−")
    return text if row["high"] is None else f"{text} ±{(row['high'] - row['mean']) * scale:.{digits}f}"
