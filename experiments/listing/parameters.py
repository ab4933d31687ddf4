"""Parameters, and the activities and measures that they describe: in a table, and any of them whole."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from experiments.design.points import scalars
from experiments.listing import tables
from experiments.listing.readers import acts_in
from experiments.listing.tables import Listing, base_configuration, paragraph, text_of
from model.catalogues import Measure
from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError, listing, nearest_name
from model.loading import shipped
from model.parameters import Parameter
from model.paths import unknown_path
from model.policy import Condition

ANY = re.compile(r"^(activities|measures|archetypes|perpetrators)\.[a-z0-9_]+\.|^(member_states\.members)\.[^.]+\.")

KINDS = {"programme": "A standing programme.", "case": "Taken on a case."}
"""What is said of the two kinds of measures."""


def activities() -> Listing:
    """The shipped activities, in order of severity."""
    base, rows = base_configuration(), []
    for name, severity in base.severities().items():
        activity = base.activities[name]
        traits = (activity.harm, activity.visibility, activity.required_capability)
        rows.append((name, f"{severity:.2f}", *map(text_of, traits), activity.title))
    text = "Malicious cyber activities in order of severity, the mean of the seven dimensions of 19 June 2017."
    return Listing("Activities", text, ("activity", "severity", "harm", "visibility", "capability", "title"), rows)


def measures() -> Listing:
    """The shipped measures, by category."""
    rows = []
    for name, measure in base_configuration().measures.items():
        decided = ("–", "–", "–")
        if isinstance(measure, Measure):
            ends = " to ".join(map(text_of, measure.bite)) if measure.bite.high > 0.0 else "none"
            decided = (measure.attribution, measure.adoption, ends)
        rows.append((name, measure.category, *decided, str(measure.available), measure.title))
    columns = ("measure", "category", "attribution", "adoption", "bite", "since", "title")
    text = (
        "The toolbox. Attribution: what must be attributed before it may be taken; adoption: who decides; –: a "
        "standing programme, which has neither, and no bite."
    )
    return Listing("Measures", text, columns, rows, prose=2)


def _entry(section: str, name: str) -> list[Listing]:
    """One of the `activities` or `measures` whole."""
    base = base_configuration()
    table = getattr(base, section)
    if name not in table:
        allowed, nearest = listing(table), nearest_name(name, table)
        raise ConfigurationError(f"is not among the {section}", value=name, allowed=allowed, nearest=nearest)
    path = f"{section}.{name}"
    rows = [
        (found.path.removeprefix(f"{path}."), text_of(found.value), found.unit, found.doc)
        for found in base.parameters()
        if found.path.startswith(f"{path}.")
    ]
    kind = f"Severity {base.severities()[name]:.2f}." if section == "activities" else KINDS[table[name].occasion]
    text = f"{kind} Source: {paragraph(getattr(table[name], 'source', None) or base.source(path))}"
    return [Listing(table[name].title, text, ("setting", "value", "unit", "meaning"), rows)]


activity, measure = partial(_entry, "activities"), partial(_entry, "measures")


def parameters(below: str = "") -> Listing:
    """Every parameter, or those below a path."""
    rows = []
    for path, group in by_pattern(base_configuration()).items():
        of_the_twin = path.startswith("reference.") and not below.startswith("reference")
        if not of_the_twin and (not below or f"{path}.".startswith(f"{below}.")):
            default = _several([found.value for found in group])
            rows.append((path, default, group[0].unit, range_of(group[0]), group[0].doc))
    text = (
        f"Defaults are those of `{tables.BASE_SCENARIO}` with `{tables.BASE_DOCTRINE}`; * stands for any name of a "
        "catalogue, whose smallest and largest values are shown. The twin's doctrine has the same parameters below "
        "`reference.`."
    )
    return Listing("Parameters", text, ("path", "default", "unit", "range", "meaning"), rows, prose=2)


def phase_entries() -> Listing:
    """The entries of a doctrine's phase that say when it holds."""
    rows = []
    for name, field in Condition.model_fields.items():
        extra: Any = field.json_schema_extra
        found = Parameter(name, "", str(extra["unit"]), extra["low"], extra["high"], str(field.description))
        rows.append((f"doctrine.phases.*.{name}", found.unit, range_of(found), found.doc))
    return Listing("Phases of a doctrine", "", ("path", "unit", "range", "meaning"), rows, prose=2)


def parameter(path: str) -> list[Listing]:
    """One parameter in full, or the parameters below a path."""
    base = base_configuration()
    groups, exact = by_pattern(base), {found.path: found for found in base.parameters()}
    if path in exact:
        return [_whole(exact[path])]
    if path in groups:
        rows = [(found.path, text_of(found.value), paragraph(found.source)) for found in groups[path]]
        defaults = Listing("Defaults", "", ("path", "default", "source"), rows)
        return [_whole(groups[path][0]._replace(path=path)), defaults]
    found = parameters(path)
    if not found.rows:
        raise unknown_path(base.model_dump(), path)
    return [found]


def _whole(found: Parameter) -> Listing:
    rows = [("unit", found.unit), ("range", range_of(found))]
    if "*" not in found.path:
        rows += [("default", text_of(found.value)), ("source of the default", paragraph(found.source))]
    rows.append(("acts in", "\n".join(acts_in(found.path)) or "none: a description"))
    rows += [(f"in {name}", value) for name, value in _elsewhere(found)]
    return Listing(found.path, found.doc, ("", ""), rows)


def _elsewhere(found: Parameter) -> Iterator[tuple[str, str]]:
    """The value in the shipped doctrines or scenarios, where it differs from the default's."""
    kind = "doctrines" if found.path.startswith("doctrine.") else "scenarios"
    for name in () if found.path.startswith("reference.") or "*" in found.path else shipped(kind):
        pair = (tables.BASE_SCENARIO, name) if kind == "doctrines" else (name, tables.BASE_DOCTRINE)
        value = scalars(load_configuration(*pair)).get(found.path, found.value)
        if value != found.value:
            yield name, text_of(value)


def by_pattern(configuration: Configuration) -> dict[str, list[Parameter]]:
    """Parameters by pattern of their path: those of a catalogue's entries together, as in `measures.*.floor`."""
    groups: dict[str, list[Parameter]] = {}
    for found in configuration.parameters():
        entry = ANY.match(found.path)
        path = f"{entry[1] or entry[2]}.*.{found.path[entry.end() :]}" if entry else found.path
        groups.setdefault(path, []).append(found)
    return groups


def range_of(parameter: Parameter) -> str:
    """The range of a parameter, or its choices."""
    if parameter.choices:
        return ", ".join(parameter.choices)
    low, high = parameter.low, parameter.high
    if low is None and high is None:
        return "true, false" if isinstance(parameter.value, bool) else "any"
    if high is None:
        return f"{low:,.10g} or more"
    return f"up to {high:,.10g}" if low is None else f"{low:,.10g} to {high:,.10g}"


def _several(values: list[Any]) -> str:
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        return text_of(distinct[0])
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in distinct):
        return f"{text_of(min(distinct))} … {text_of(max(distinct))}"
    return f"{len(distinct)} values"
