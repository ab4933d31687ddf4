"""All that `deter list` shows: each kind of thing in a table, and one of it whole."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from analysis.report import gallery
from experiments.listing import files, parameters
from experiments.listing.tables import Listing
from model.errors import ConfigurationError, nearest_name
from model.metrics.catalogue import METRICS, metric
from model.metrics.columns import DELAYS, DOCS


def metrics() -> Listing:
    """Every metric of a run."""
    rows = [(name, each.unit, each.definition, each.formula) for name, each in METRICS.items()]
    rows += [(name, "weeks", DOCS[name], "of the delays of a run") for name in DELAYS]
    text = (
        "Each metric is a ratio of two sums over a run, in the columns of `runs.parquet`. Over several runs it is the "
        "ratio of the sums. Columns that begin with twin_ are those of the twin."
    )
    return Listing("Metrics", text, ("metric", "unit", "definition", "formula"), rows, prose=2)


def _metric(name: str) -> list[Listing]:
    """One metric whole."""
    title, table = metric(name).title, metrics()
    row = next(row for row in table.rows if row[0] == name)
    columns = [(column, doc) for column, doc in DOCS.items() if re.search(rf"\b(twin_)?{column}\b", row[3])]
    rows = [("name", name), *zip(table.columns[1:], row[1:], strict=True), *columns]
    return [Listing(title, "", ("", ""), rows)]


def figures() -> Listing:
    """Every figure that `deter figure` draws."""
    rows = [(name, found.kind.of, found.shows) for name, found in gallery.FIGURES.items()]
    text = (
        "`deter figure NAME DIR` draws one of them; those of a sweep or a run are drawn with it. NAME may also be "
        f"the name of a metric: {gallery.ANY_METRIC}; or `{gallery.ALL}`: every figure that the folder has. With "
        "`--slide` they are drawn for slides."
    )
    return Listing("Figures", text, ("figure", "of", "what it shows"), rows, prose=2)


def _figure(name: str) -> list[Listing]:
    """One figure whole."""
    found = gallery.entry(name)
    rows = [("shows", found.shows), ("of", found.kind.of), ("drawn by", gallery.drawn_by(name))]
    return [Listing(name, "", ("", ""), rows)]


class Listable(NamedTuple):
    """A kind of thing that can be listed: its meaning, all of it, and one of it in full."""

    meaning: str
    whole: Callable[[], Listing]
    one: Callable[[str], list[Listing]]


LISTABLE = {
    "doctrines": Listable("how the EU signals, attributes, decides and responds", files.doctrines, files.doctrine),
    "scenarios": Listable("circumstances that no doctrine chooses", files.scenarios, files.scenario),
    "experiments": Listable("what `deter sweep` can run", files.experiments, files.experiment),
    "activities": Listable("what perpetrators can do", parameters.activities, parameters.activity),
    "measures": Listable("the toolbox: how the EU can answer", parameters.measures, parameters.measure),
    "parameters": Listable("everything that `--set` and factors can vary", parameters.parameters, parameters.parameter),
    "metrics": Listable("what a run is measured by", metrics, _metric),
    "figures": Listable("what `deter figure` draws", figures, _figure),
}


def listings(kind: str | None, name: str | None) -> Iterable[Listing]:
    """The tables that `deter list` shows of everything, of a kind of thing, or of one thing by name."""
    if kind is None:
        rows = [(name, f"{len(each.whole().rows)}", each.meaning) for name, each in LISTABLE.items()]
        return [Listing("What can be listed", "", ("deter list", "entries", ""), rows)]
    if kind not in LISTABLE:
        allowed, nearest = ", ".join(LISTABLE), nearest_name(kind, LISTABLE)
        raise ConfigurationError("cannot be listed", value=kind, allowed=allowed, nearest=nearest)
    return LISTABLE[kind].one(name) if name else [LISTABLE[kind].whole()]
