"""Which parameters matter: a Saltelli or Morris design run to its end, its indices, and whether they are settled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from rich.box import SIMPLE_HEAD
from rich.table import Table

from analysis.labels import metric_unit, shown
from analysis.results.folder import MANIFEST, Results, open_results
from analysis.results.tables import TABLES
from analysis.sensitivity import tables as words
from analysis.sensitivity.analysis import Sensitivity, sensitivity
from analysis.sensitivity.convergence import WORDS
from analysis.sensitivity.structure import KINDS
from analysis.statistics.units import checked_metrics
from experiments.commands.bodies import Hands, swept
from experiments.design.design import Design
from experiments.running.sweep import Sweep, sweep_manifest
from experiments.store.provenance import same_runs
from experiments.terminal.publish import write_figures, write_tables
from experiments.terminal.screen import Screen
from model.errors import ConfigurationError

MOST_ROWS = 20
"""Factors in a table on the screen: the rest are in the file."""
MOST_PAIRS = 8
"""Pairs of factors in a table on the screen."""
MANY = 5_000
"""Points from which on workers are processes: to set up a point is Python's work, which threads cannot share."""


def sensitivity_command(
    experiment: str,
    out: Path | None,
    changes: Mapping[str, Any],
    overrides: Mapping[str, Any],
    hands: Hands,
    metrics: Sequence[str],
    half_width: float | None,
    *,
    retry_failed: bool,
    fresh: bool,
    quiet: bool,
) -> bool:
    """Run what is lacking, analyse, write tables and figures, show them; returns whether indices are settled."""
    screen = Screen(quiet=quiet)
    _check_options(metrics, half_width)
    if (Path(experiment) / MANIFEST).exists():
        given = {**changes, "out": out, "set": overrides, "retry-failed": retry_failed, "fresh": fresh}
        _refuse_changes(given)
        results = open_results(experiment)
    else:
        sweep = Sweep(experiment, out, changes, overrides)
        results = _swept(screen, sweep, hands, retry_failed=retry_failed, fresh=fresh)
    found, folder = sensitivity(results, metrics or None, half_width), results.folder
    for metric, reason in found.left_out.items():
        screen.warn(f"{metric} is left out: it {reason}")
    tables = words.sensitivity_tables(found)
    write_tables(folder, tables)
    write_figures(folder, _figures(found))
    for part in (*shown_tables(found), *words.sentences(found)):
        screen.show(part)
    screen.say(f"\ntables  {folder / TABLES}/: {', '.join(tables)}")
    if not found.converged:
        screen.warn("indices are not settled; what there is has been written")
    return found.converged


def _check_options(metrics: Sequence[str], half_width: float | None) -> None:
    try:
        checked_metrics(metrics)
    except ConfigurationError as error:
        raise error.at("--metric") from None
    if twice := [metric for metric in metrics if metrics.count(metric) > 1]:
        raise ConfigurationError("is given twice", file="--metric", value=twice[0])
    if half_width is not None and not 0.0 < half_width < 1.0:
        raise ConfigurationError("is no half-width", file="--half-width", value=half_width, allowed="between 0 and 1")


def _refuse_changes(given: Mapping[str, Any]) -> None:
    """A folder is analysed as it is: nothing that would change its runs goes with it."""
    if wrong := [f"--{name}" for name, value in given.items() if value or type(value) is int]:
        problem = "does not go with a folder of results, which is analysed as it is"
        raise ConfigurationError(problem, file=wrong[0], allowed="the experiment in place of the folder, with --out")


def _swept(screen: Screen, sweep: Sweep, hands: Hands, *, retry_failed: bool, fresh: bool) -> Results:
    """The results of the sweep, run or taken up as `deter sweep` does."""
    design = sweep.design()
    if design.kind not in KINDS:
        where = {"file": str(sweep.experiment), "key": "design.kind", "value": design.kind}
        raise ConfigurationError("is no design from which indices follow", **where, allowed=" or ".join(KINDS))
    if not retry_failed and (results := _finished(sweep.folder, design)):
        return results
    hands = hands._replace(processes=hands.processes or design.points >= MANY)
    return swept(screen, sweep, design, hands, retry_failed=retry_failed, fresh=fresh)


def _finished(folder: Path, design: Design) -> Results | None:
    """The results of a folder in which this design has been run to its end."""
    try:
        found = open_results(folder)
    except ConfigurationError:  # the sweep says what can be done about it
        return None
    return found if found.manifest.status == "complete" and same_runs(found.manifest, sweep_manifest(design)) else None


def _figures(found: Sensitivity) -> dict[str, Any]:
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
    yield f"\n{words.basis(found)}"
    yield "Noise of replicates: " + (_noise_text(found) if replicates > 1 else "unknown, which takes two replicates.")


def _noise_text(found: Sensitivity) -> str:
    worst = found.noise.sort("noise", descending=True, nulls_last=True).row(0, named=True)
    other = f"{words.largest(found.verdicts['replicate_error']):.3f}{words.share_words(found.structure)}"
    return (
        f"at most {100.0 * (worst['noise'] or 0.0):.1f} % of the variance over points "
        f"({words.metric_title(worst['metric'])}), which indices take for effects. Other replicates would move an "
        f"index typically by ±{other} (standard error, root mean square over indices, of the metric for which it is "
        "largest), single ones by more."
    )


def _table(title: str, measures: Sequence[str], rows: Iterable[Sequence[str]], style: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", title_style=style, box=SIMPLE_HEAD, show_edge=False)
    table.add_column("", overflow="fold")
    for measure in measures:
        table.add_column(WORDS[measure], justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    return table


def _pairs_table(found: Sensitivity, rows: pl.DataFrame) -> Table:
    """The pairs of factors with the largest indices of second order."""
    called = words.titles(found.structure.factors)
    pairs = rows.filter(measure="second").sort("mean", descending=True, nulls_last=True).head(MOST_PAIRS)
    cells = [
        (f"{called[row['factor']]} × {called[row['other']].lower()}", _cell(row, 1.0))
        for row in pairs.iter_rows(named=True)
    ]
    return _table("of pairs of factors", ["second"], cells)


def _metric_table(found: Sensitivity, rows: pl.DataFrame, levels: Mapping[str, Any]) -> Table:
    structure, metric, called = found.structure, levels["metric"], words.titles(found.structure.factors)
    where = words.where_text(structure, levels)
    title = words.metric_title(metric) + (f", {metric_unit(metric)}" if structure.is_morris else "")
    scale = shown(metric) if structure.is_morris else 1.0
    measures = ("mu_star", "mu", "sigma") if structure.is_morris else ("total", "first")
    single = rows.filter(pl.col("other").is_null())
    cells = {(row["factor"], row["measure"]): _cell(row, scale) for row in single.iter_rows(named=True)}
    order = words.ranked(single, structure)
    body = [(called[factor], *(cells[factor, measure] for measure in measures)) for factor in order[:MOST_ROWS]]
    table = _table(title + (f" – {where}" if where else ""), measures, body, "bold")
    if len(order) > MOST_ROWS:
        table.caption = f"and {len(order) - MOST_ROWS} that matter less, in tables/"
        table.caption_justify = "left"
    return table


def _cell(row: Mapping[str, Any], scale: float) -> str:
    if row["mean"] is None:
        return "–"
    digits = 3 if scale == 1.0 else 1
    text = f"{scale * row['mean']:.{digits}f}".replace("-", "−")
    return text if row["high"] is None else f"{text} ±{(row['high'] - row['mean']) * scale:.{digits}f}"
