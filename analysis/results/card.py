"""What a folder of results shows of itself in a notebook: state, contents, first rows, and the calls that lead on."""

from typing import Any

import polars as pl

from analysis.results.manifest import STRUCTURED
from analysis.results.tables import first_rows
from model.display.cards import Card, html
from model.errors import ConfigurationError, listing
from model.metrics.catalogue import HEADLINE, LEAD


def card_of(results: Any) -> str:
    """The card of a `Results`, as HTML."""
    manifest, status = results.manifest, results.status
    facts = {
        "folder": results.folder,
        "state": status.state + (f", {status.failed:,} failed" if status.failed else ""),
        "runs": f"{status.done:,} ({manifest.points:,} points × {manifest.replicates:,} replicates)",
        "factors": listing(manifest.factors) or "none",
        "holds": listing(sorted(manifest.files)) or "parts of a sweep under way",
    }
    try:
        table = first_rows(_headline(results), "results.summary") if manifest.status == "complete" else None
    except ConfigurationError as error:  # a damaged folder shows itself, and what is wrong with it
        facts, table = {**facts, "damaged": error}, None
    return html(Card(manifest.title, manifest.question, facts, table, calls=_calls(results)))


def _headline(results: Any) -> pl.DataFrame:
    """Rows of the summary on the first headline metric and that which leads, with the levels of each point."""
    shown = results.summary["metric"].is_in([HEADLINE[0], LEAD])
    rows = results.summary.filter(shown).join(results.design, on="point", how="left")
    levels = [name for name in results.design.columns if name != "point"]
    return rows.select("point", *levels, "metric", "mean", "low", "high", "n")


def _calls(results: Any) -> dict[str, str]:
    """Calls that lead on from a folder of this kind."""
    manifest = results.manifest
    if manifest.kind == "run":
        return {"results.series": "the weeks", 'deter.draw("run", results)': "a figure"}
    if manifest.design.get("kind") in STRUCTURED:
        return {"deter.sensitivity(results)": "which parameters matter"}
    calls = {"results.runs": "every run"}
    if "doctrine" in results.levelled and len(manifest.factors["doctrine"]) > 1:
        calls["deter.compare(results)"] = "the doctrines compared"
    if results.levelled:
        calls |= {"deter.effects(results)": "effects", 'deter.draw("main_effects", results)': "a figure"}
    return {**calls, f"deter.report({str(results.folder)!r})": "a brief"}
