"""What there is: doctrines, scenarios, experiments, catalogues, parameters, metrics and figures, as tables of text."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from agents.books import BOOKS
from analysis.labels import level_text
from analysis.report.gallery import ALL, ANY_METRIC, FIGURES
from experiments.design.experiment import load_experiment, replicates_text
from model.configuration import Configuration, load_configuration
from model.loading import load_doctrine, load_scenario, shipped
from model.metrics import DELAYS, METRICS
from model.parameters import Parameter

BASE_SCENARIO, BASE_DOCTRINE = "baseline", "status_quo"


class Listing(NamedTuple):
    """A table of text: a title, what comes before it, names of columns, rows; the last columns, `prose`, are long."""

    title: str
    text: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    prose: int = 1


def text_of(value: Any) -> str:
    """A value as it stands in a file, short."""
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text_of(item) for item in value) + "]"
    return str(value).lower() if isinstance(value, bool) else level_text(value)


def first_sentence(text: str) -> str:
    """The first sentence of a text."""
    return re.split(r"(?<=[.!?])\s", " ".join(text.split()), maxsplit=1)[0]


def paragraph(text: str) -> str:
    """A text without its line ends."""
    return " ".join(text.split())


def base_configuration() -> Configuration:
    """The configuration whose values are shown as defaults."""
    return load_configuration(BASE_SCENARIO, BASE_DOCTRINE)


def doctrines() -> Listing:
    """The shipped doctrines."""
    rows = []
    for name in shipped("doctrines"):
        doctrine = load_doctrine(name).value
        dials = (doctrine.clarity, doctrine.attribution_confidence, doctrine.proportionality)
        rows.append((name, *map(text_of, dials), doctrine.voting_rule, first_sentence(doctrine.idea)))
    columns = ("doctrine", "clarity", "confidence", "proportionality", "voting", "the idea")
    return Listing("Doctrines", "How the EU signals, attributes, decides and responds.", columns, rows)


def scenarios() -> Listing:
    """The shipped scenarios."""
    rows = []
    for name in shipped("scenarios"):
        scenario = load_scenario(name).value
        years = f"{scenario.time.burn_in / 52:g} + {scenario.time.weeks / 52:g}"
        rows.append((name, str(scenario.time.start), years, first_sentence(scenario.idea)))
    text = "Circumstances that no doctrine chooses. Years: burn-in, which is not counted, and those counted."
    return Listing("Scenarios", text, ("scenario", "start", "years", "what it stands for"), rows)


def experiments() -> Listing:
    """The shipped experiments."""
    rows = []
    for name in shipped("experiments"):
        loaded = load_experiment(name)
        experiment = loaded.experiment
        size = f"{experiment.size:,} × {replicates_text(experiment)}"
        rows.append((name, experiment.scenario, experiment.doctrine, size, paragraph(experiment.question)))
    columns = ("experiment", "scenario", "doctrine", "points × runs", "question")
    return Listing("Experiments", "What `deter sweep` can run.", columns, rows)


def activities() -> Listing:
    """The shipped activities, in order of severity."""
    base = base_configuration()
    rows = [
        (
            name,
            f"{severity:.2f}",
            text_of(base.activities[name].harm),
            text_of(base.activities[name].visibility),
            text_of(base.activities[name].required_capability),
            base.activities[name].title,
        )
        for name, severity in base.severities().items()
    ]
    text = "Malicious cyber activities in order of severity, the mean of the seven dimensions of 19 June 2017."
    return Listing("Activities", text, ("activity", "severity", "harm", "visibility", "capability", "title"), rows)


def measures() -> Listing:
    """The shipped measures, by category."""
    rows = []
    for name, measure in base_configuration().measures.items():
        bite = f"{text_of(measure.bite.low)} to {text_of(measure.bite.high)}" if measure.bite.high > 0.0 else "none"
        since = str(measure.available)
        rows.append((name, measure.category, measure.attribution, measure.adoption, bite, since, measure.title))
    columns = ("measure", "category", "attribution", "adoption", "bite", "since", "title")
    text = "The toolbox. Attribution: what must be attributed before it may be taken; adoption: who decides."
    return Listing("Measures", text, columns, rows, prose=2)


def metrics() -> Listing:
    """Every metric of a run."""
    rows = [(name, metric.unit, metric.definition, metric.formula) for name, metric in METRICS.items()]
    rows += [(name, "weeks", BOOKS.docs[name], "of the delays of a run") for name in DELAYS]
    text = (
        "Each is a ratio of two sums over a run, in the columns of `runs.parquet`; over runs, the ratio of the sums. "
        "Columns that begin with twin_ are those of the twin."
    )
    return Listing("Metrics", text, ("metric", "unit", "definition", "formula"), rows, prose=2)


def figures() -> Listing:
    """Every figure that `deter figure` draws."""
    rows = [(name, found.of, found.shows) for name, found in FIGURES.items()]
    text = (
        "`deter figure NAME DIR` draws one of them; those of a sweep or a run are drawn with it. NAME may also be "
        f"the name of a metric: {ANY_METRIC}; or `{ALL}`: every figure that the folder has. With `--slide` they are "
        "drawn for slides."
    )
    return Listing("Figures", text, ("figure", "of", "what it shows"), rows, prose=2)


ANY = re.compile(r"^(activities|measures|archetypes|perpetrators)\.[a-z0-9_]+\.|^(member_states\.members)\.[^.]+\.")


def pattern(path: str) -> str:
    """The path with `*` for the name of a catalogue's entry: `measures.*.floor`."""
    found = ANY.match(path)
    return f"{found[1] or found[2]}.*.{path[found.end() :]}" if found else path


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


def grouped(configuration: Configuration) -> dict[str, list[Parameter]]:
    """Parameters by pattern of their path: those of a catalogue's entries together."""
    groups: dict[str, list[Parameter]] = {}
    for parameter in configuration.parameters():
        groups.setdefault(pattern(parameter.path), []).append(parameter)
    return groups


def parameters(below: str = "") -> Listing:
    """Every parameter, or those below a path."""
    rows = []
    for path, group in grouped(base_configuration()).items():
        if path.startswith("reference.") and not below.startswith("reference"):
            continue
        if below and not (path == below or path.startswith(f"{below}.")):
            continue
        default = _several([parameter.value for parameter in group])
        rows.append((path, default, group[0].unit, range_of(group[0]), group[0].doc))
    text = (
        f"Defaults are those of `{BASE_SCENARIO}` with `{BASE_DOCTRINE}`; * stands for any name of a catalogue, whose "
        "smallest and largest values are shown. The twin's doctrine has the same parameters below `reference.`."
    )
    return Listing("Parameters", text, ("path", "default", "unit", "range", "meaning"), rows, prose=2)
