"""One doctrine, scenario, experiment, activity, measure, parameter or metric in full; and what `deter list` shows."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from agents.books import BOOKS
from analysis.report.gallery import entry as entry_of
from experiments.design.experiment import design_text, load_experiment, replicates_text
from experiments.design.factors import factor_text
from experiments.listing.listing import (
    BASE_DOCTRINE,
    BASE_SCENARIO,
    Listing,
    activities,
    base_configuration,
    doctrines,
    experiments,
    figures,
    grouped,
    measures,
    metrics,
    paragraph,
    parameters,
    range_of,
    scenarios,
    text_of,
)
from experiments.listing.readers import acts_in
from model.configuration import load_configuration
from model.errors import ConfigurationError, nearest_name
from model.errors import listing as names_of
from model.loading import Loaded, load_doctrine, load_scenario, shipped
from model.metrics import METRICS
from model.parameters import Parameter, Settings


def parameter(path: str) -> list[Listing]:
    """One parameter in full, or the parameters below a path."""
    groups, base = grouped(base_configuration()), base_configuration()
    exact = {found.path: found for found in base.parameters()}
    if path in exact:
        return [_whole_parameter(exact[path])]
    if path in groups:
        return [_whole_parameter(groups[path][0]._replace(path=path)), _each(path, groups[path])]
    found = parameters(path)
    if not found.rows:
        known = {*groups, *exact, *(prefix for name in groups for prefix in _prefixes(name))}
        raise ConfigurationError("there is no such parameter", value=path, nearest=nearest_name(path, sorted(known)))
    return [found]


def _prefixes(path: str) -> Iterator[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _whole_parameter(found: Parameter) -> Listing:
    rows = [("unit", found.unit), ("range", range_of(found))]
    if "*" not in found.path:
        rows += [("default", text_of(found.value)), ("source of the default", paragraph(found.source))]
    rows.append(("acts in", "\n".join(acts_in(found.path)) or "nothing: it describes"))
    rows += [(f"in {name}", value) for name, value in _elsewhere(found.path)]
    return Listing(found.path, found.doc, ("", ""), rows)


def _elsewhere(path: str) -> Iterator[tuple[str, str]]:
    """The value in the shipped doctrines or scenarios, where it differs from the default's."""
    section, _, rest = path.partition(".")
    if section == "doctrine":
        default = getattr(base_configuration().doctrine, rest)
        for name in shipped("doctrines"):
            value = getattr(load_doctrine(name).value, rest)
            if value != default:
                yield name, text_of(value)
    elif section != "reference" and "*" not in path:
        base = {found.path: found.value for found in base_configuration().parameters()}
        for name in shipped("scenarios"):
            other = {found.path: found.value for found in load_configuration(name, BASE_DOCTRINE).parameters()}
            if path in other and other[path] != base[path]:
                yield name, text_of(other[path])


def _each(path: str, group: list[Parameter]) -> Listing:
    rows = [(found.path, text_of(found.value), paragraph(found.source)) for found in group]
    return Listing("Defaults", "", ("path", "default", "source"), rows)


def doctrine(name: str) -> list[Listing]:
    """One doctrine whole, with what it changes against the status quo."""
    loaded, usual = load_doctrine(name), load_doctrine(BASE_DOCTRINE).value
    settings = {found.path: found for found in load_configuration(BASE_SCENARIO, name).parameters()}
    rows = []
    for key in type(loaded.value).model_fields:
        found = settings.get(f"doctrine.{key}")
        if found is None:
            continue
        other = getattr(usual, key)
        changed = "" if other == found.value else text_of(other)
        rows.append((key, text_of(found.value), changed, found.unit, paragraph(found.source)))
    columns = ("setting", "value", f"{BASE_DOCTRINE} has", "unit", "source of the value")
    return [Listing(loaded.value.title, _idea(loaded), columns, rows)]


def _idea(loaded: Loaded) -> str:
    text = paragraph(loaded.value.idea)
    return f"{text}\n\nSource: {paragraph(loaded.value.source)}" if hasattr(loaded.value, "source") else text


def scenario(name: str) -> list[Listing]:
    """One scenario whole, with what it changes against the baseline, its catalogues included."""
    loaded = load_scenario(name)
    built = load_configuration(name, BASE_DOCTRINE)
    usual = {found.path: found.value for found in base_configuration().parameters()}
    rows, other_rows = [], []
    for found in built.parameters():
        differs = found.path not in usual or usual[found.path] != found.value
        other = text_of(usual[found.path]) if differs and found.path in usual else ""
        row = (found.path, text_of(found.value), other, found.unit, paragraph(found.source))
        if found.path.startswith("scenario."):
            rows.append(row)
        elif differs and not found.path.startswith(("doctrine.", "reference.", "switches.")):
            other_rows.append(row)
    columns = ("path", "value", f"{BASE_SCENARIO} has", "unit", "source of the value")
    tables = [Listing(loaded.value.title, _idea(loaded), columns, rows)]
    if other_rows:
        tables.append(Listing("Catalogues, where they differ", "", columns, other_rows))
    return tables


def experiment(name: str) -> list[Listing]:
    """One experiment whole."""
    loaded = load_experiment(name)
    stated = loaded.experiment
    points = stated.size
    rows = [
        ("scenario", stated.scenario),
        ("doctrine", stated.doctrine),
        ("design", design_text(stated)),
        *((path, factor_text(factor)) for path, factor in {**stated.factors, **stated.varied}.items()),
        *(("where", condition) for condition in stated.design.constraints),
        ("points", f"{'at most ' if stated.design.constraints else ''}{points:,}"),
        ("replicates", replicates_text(stated)),
        ("runs", " to ".join(f"{runs:,}" for runs in sorted({points * stated.floor, points * stated.ceiling}))),
        ("seed", str(stated.seed)),
    ]
    return [Listing(stated.title, paragraph(stated.question), ("", ""), rows)]


def entry(section: str, name: str) -> list[Listing]:
    """One activity or measure whole."""
    base = base_configuration()
    table: Mapping[str, Settings] = getattr(base, section)
    if name not in table:
        raise ConfigurationError(
            f"is not among the {section}", value=name, allowed=names_of(table), nearest=nearest_name(name, table)
        )
    path = f"{section}.{name}"
    rows = [
        (found.path.removeprefix(f"{path}."), text_of(found.value), found.unit, found.doc)
        for found in base.parameters()
        if found.path.startswith(f"{path}.")
    ]
    title = str(getattr(table[name], "title", name))
    source = paragraph(getattr(table[name], "source", "") or base.source(path))
    text = f"Source: {source}"
    if section == "activities":
        text = f"Severity {base.severities()[name]:.2f}. {text}"
    return [Listing(title, text, ("setting", "value", "unit", "meaning"), rows)]


def metric(name: str) -> list[Listing]:
    """One metric whole."""
    table = metrics()
    names = [row[0] for row in table.rows]
    if name not in names:
        raise ConfigurationError("is not among the metrics", value=name, nearest=nearest_name(name, names))
    row = table.rows[names.index(name)]
    title = METRICS[name].title if name in METRICS else name.replace("_", " ").capitalize()
    columns = [(column, BOOKS.docs[column]) for column in BOOKS if re.search(rf"\b(twin_)?{column}\b", row[3])]
    rows = [("name", name), *zip(table.columns[1:], row[1:], strict=True), *columns]
    return [Listing(title, "", ("", ""), rows)]


def figure(name: str) -> list[Listing]:
    """One figure whole."""
    found = entry_of(name)
    rows = [("shows", found.shows), ("of", found.of), ("drawn by", found.drawn_by.replace(":", "."))]
    return [Listing(name, "", ("", ""), rows)]


class Kind(NamedTuple):
    """A kind of thing that can be listed: what it is, all of it, and one of it in full."""

    meaning: str
    whole: Callable[[], Listing]
    one: Callable[[str], list[Listing]]


KINDS: dict[str, Kind] = {
    "doctrines": Kind("how the EU signals, attributes, decides and responds", doctrines, doctrine),
    "scenarios": Kind("circumstances that no doctrine chooses", scenarios, scenario),
    "experiments": Kind("what `deter sweep` can run", experiments, experiment),
    "activities": Kind("what perpetrators can do", activities, lambda name: entry("activities", name)),
    "measures": Kind("the toolbox: how the EU can answer", measures, lambda name: entry("measures", name)),
    "parameters": Kind("everything that `--set` and factors can vary", parameters, parameter),
    "metrics": Kind("what a run is measured by", metrics, metric),
    "figures": Kind("what `deter figure` draws", figures, figure),
}


def overview() -> Listing:
    """The kinds, with how many there are of each."""
    rows = [(name, f"{len(kind.whole().rows)}", kind.meaning) for name, kind in KINDS.items()]
    return Listing("What there is", "", ("deter list", "entries", ""), rows)


def listings(kind: str | None, name: str | None) -> Iterable[Listing]:
    """What `deter list` shows."""
    if kind is None:
        return [overview()]
    if kind not in KINDS:
        raise ConfigurationError(
            "is nothing to list", value=kind, allowed=", ".join(KINDS), nearest=nearest_name(kind, KINDS)
        )
    return KINDS[kind].one(name) if name else [KINDS[kind].whole()]
