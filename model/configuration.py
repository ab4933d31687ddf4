"""The configuration of a run: scenario, doctrine, switches, reference and catalogues, validated as a whole.

`load_configuration` assembles it from shipped or own files; `Configuration.with_values` varies it by path, as sweeps,
`--set` and calibration do; `Configuration.parameters` lists every number with unit, range, meaning and source.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Annotated, Any, cast

from pydantic import Field, ValidationError, model_validator

from agents.foundation.randomness import MOST_CANDIDATES
from model.actors import Archetype, MemberStates, Partners, Perpetrator, check_perpetrators
from model.catalogues import Activity, Instrument
from model.display.cards import Card, Rows, html, line, rows
from model.errors import ConfigurationError
from model.loading import Loaded, Source, load_catalogues, load_doctrine, load_scenario, shipped
from model.parameters import Name, Parameter, Settings, Trait, parameters_of, sections
from model.paths import Tree, put, translated, validated
from model.policy import Doctrine, Reference, Switches
from model.scenario import Scenario

__all__ = ["Configuration", "ConfigurationError", "Doctrine", "Scenario", "load_configuration", "shipped"]

USER = "set by the user"
MOST_DIFFERENCES = 3
"""Differences from the shipped files that the one line of a configuration has room for."""
IN_FULL = ("scenario", "doctrine", "switches")
"""Sections that a notebook shows in full; of catalogues it shows names and titles."""


class Configuration(Settings):
    """Everything that a run depends on, but for its seed and replicate."""

    scenario: Scenario
    doctrine: Doctrine
    switches: Switches
    reference: Reference
    activities: Annotated[dict[Name, Activity], Field(min_length=2)]
    measures: dict[Name, Instrument]
    archetypes: dict[Name, Archetype]
    perpetrators: Annotated[dict[Name, Perpetrator], Field(min_length=1)]
    member_states: MemberStates
    partners: Partners
    sources: Annotated[dict[str, str], Field(default_factory=dict)]
    """Where values come from: path → text; an entry covers everything below its path."""

    @model_validator(mode="after")
    def _fits_together(self) -> "Configuration":
        check_perpetrators(self.archetypes, self.perpetrators)
        self._order_activities()
        for name in self.partners.members:
            if name in self.member_states.members:
                raise ConfigurationError("is also a Member State", key="partners.members", value=name)
        for section in ("activities", "measures", "archetypes", "perpetrators"):
            _refuse_repeated_titles(section, getattr(self, section))
        self._refuse_too_many()
        for path, doctrine in (("doctrine", self.doctrine), ("reference.doctrine", self.reference.doctrine)):
            self._refuse_phases_beyond(path, doctrine)
        return self

    def _refuse_phases_beyond(self, path: str, doctrine: Doctrine) -> None:
        """Refuse a phase whose days lie outside the run: nobody would ever see it."""
        time = self.scenario.time
        last = time.start + timedelta(weeks=time.burn_in + time.weeks - 1)
        for name, phase in doctrine.phases.items():
            remedy = f"a day from {time.start} to {last}, or another scenario.time"
            if phase.begins is not None and phase.begins > last:
                key = f"{path}.phases.{name}.begins"
                raise ConfigurationError(
                    "is beyond the last week of the run", key=key, value=phase.begins, allowed=remedy
                )
            if phase.ends is not None and phase.ends <= time.start:
                key = f"{path}.phases.{name}.ends"
                raise ConfigurationError("is before the run begins", key=key, value=phase.ends, allowed=remedy)

    def _refuse_too_many(self) -> None:
        victims = len(self.member_states.members) + len(self.partners.members)
        candidates = {
            "activities": len(self.activities),
            "measures": 1 + len(self.measures),  # or none of them
            "perpetrators": len(self.perpetrators),
            "partners.members": victims,  # with Member States
        }
        for key, number in candidates.items():
            if number > MOST_CANDIDATES:
                problem = f"at most {MOST_CANDIDATES:,} candidates are allowed in one choice, not {number:,}"
                raise ConfigurationError(problem, key=key)

    def _order_activities(self) -> None:
        restraints = [name for name, activity in self.activities.items() if activity.is_restraint]
        if len(restraints) != 1:
            raise ConfigurationError(
                f"{len(restraints)} activities are restraint (all numbers 0); there must be exactly one",
                key="activities",
            )
        ranked = sorted(self.severities().items(), key=lambda item: item[1])
        for (milder, low), (name, high) in pairwise(ranked):
            if high <= low:
                raise ConfigurationError(
                    f"is as severe as {milder} under these weights; activities need an order", key=f"activities.{name}"
                )
        ordered = {name: self.activities[name] for name, _ in ranked}
        self.activities.clear()
        self.activities.update(ordered)

    def severities(self) -> dict[str, float]:
        """Severity of each activity under the scenario's weights and exponent, in the order of the catalogue."""
        severity = self.scenario.severity
        weights = severity.weights.by_dimension()
        return {name: activity.severity(weights, severity.exponent) for name, activity in self.activities.items()}

    @property
    def severe_rung(self) -> int:
        """Position of the first severe activity, restraint being none; the number of activities where none is."""
        threshold = self.scenario.severity.severe_threshold
        # a severity is a mean of decimal numbers: 0.6 written in a file may come out an ulp below
        return max(1, sum(severity < threshold - 1e-9 for severity in self.severities().values()))

    def kind(self, perpetrator: str) -> str:
        """Kind of a perpetrator: state, proxy, criminal or hacktivist."""
        return self.archetypes[self.perpetrators[perpetrator].archetype].kind

    def traits(self, perpetrator: str) -> dict[str, Trait]:
        """Distributions of a perpetrator's traits: its archetype's, with its own in their place where stated."""
        agent = self.perpetrators[perpetrator]
        return {**self.archetypes[agent.archetype].given(), **agent.given()}

    def parameters(self) -> Iterator[Parameter]:
        """Every scalar parameter, with path, value, unit, range, meaning, choices and source."""
        for parameter in parameters_of(self):
            yield parameter._replace(source=self.source(parameter.path))

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What is other than in the shipped files of the same titles: by path the value here, and the shipped one.

        None stands for a parameter that is on one side alone. A scenario or a doctrine of which no shipped file has the
        title is compared with nothing.
        """
        scenario, doctrine = (self._shipped(kind) for kind in ("scenario", "doctrine"))
        there = _shipped_values(scenario or "baseline", doctrine or "none")
        here = {each.path: each.value for each in self.parameters()}
        compared = {
            path
            for path in here | there
            if (doctrine if path.startswith("doctrine.") else scenario) is not None
            and here.get(path) != there.get(path)
        }
        return {path: (here.get(path), there.get(path)) for path in here | there if path in compared}

    def _shipped(self, kind: str) -> str | None:
        """Name of the shipped scenario or doctrine with the title of ours."""
        return _shipped_titles(f"{kind}s").get(getattr(self, kind).title)

    def __repr__(self) -> str:
        found = self.differences
        changed = [f"{path} = {value}" for path, (value, _) in list(found.items())[:MOST_DIFFERENCES]]
        more = [f"{len(found) - len(changed)} more"] if len(found) > len(changed) else []
        own = [f"{kind} of your own" for kind in ("scenario", "doctrine") if self._shipped(kind) is None]
        said = f"other than shipped: {', '.join(changed + more)}" if found else "" if own else "as shipped"
        return line("Configuration", self.scenario.title, f"doctrine “{self.doctrine.title}”", *own, said)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        changed = [(path, here, there) for path, (here, there) in self.differences.items()]
        tables = {f"other than shipped ({len(changed)})": rows(("path", "here", "shipped"), changed)} if changed else {}
        tables |= sections(each for each in self.parameters() if each.path.split(".")[0] in IN_FULL)
        return html(
            Card(
                f"{self.scenario.title}: “{self.doctrine.title}”",
                " ".join(self.doctrine.idea.split()),
                {"twin": f"“{self.reference.doctrine.title}”", "parameters": f"{sum(1 for _ in self.parameters()):,}"},
                folded=tables | self._catalogues(),
                calls={
                    "configuration.with_values({path: value})": "gives another",
                    "configuration.parameters()": "lists every number with unit, range, meaning and source",
                },
            )
        )

    def _catalogues(self) -> dict[str, Rows]:
        """Who and what there is, by name and title."""
        titled = {name: getattr(self, name) for name in ("activities", "measures", "archetypes", "perpetrators")}
        tables = {
            f"{section} ({len(table)})": rows(("name", "title"), [(name, each.title) for name, each in table.items()])
            for section, table in titled.items()
        }
        for section in ("member_states", "partners"):
            members = getattr(self, section).members
            tables[f"{section.replace('_', ' ')} ({len(members)})"] = rows(("name",), [(name,) for name in members])
        return tables

    def source(self, path: str) -> str:
        """Where the value at a path comes from."""
        while path not in self.sources and "." in path:
            path = path.rpartition(".")[0]
        return self.sources.get(path, "assumption")

    def with_values(self, values: Mapping[str, Any], source: str = USER) -> "Configuration":
        """Give this configuration with other values at these paths, validated anew.

        `doctrine`, `reference.doctrine` and `scenario` take a name, a file or an object and replace the whole;
        `scenario` also takes a configuration assembled with it before. Finer paths apply after them. A switch on which
        both worlds agree changes in both, unless the reference's is given.
        """
        base = _with_scenario(self, values["scenario"]) if "scenario" in values else self
        # sections without a change go in as they are, validated before: a point changes few of a thousand numbers
        changed = {path.split(".")[0] for path in values} | {"switches", "reference"}
        tree: Tree = {name: getattr(base, name) for name in Configuration.model_fields}
        tree |= base.model_dump(include=changed)
        del tree["sources"]
        sources = dict(base.sources)
        for path in sorted(values, key=lambda path: (not _is_whole(path), path.count("."))):
            if path == "scenario":
                continue
            if path in ("doctrine", "reference.doctrine"):
                loaded = load_doctrine(_doctrine(values[path], path), path)
                put(tree, path, loaded.value.model_dump())
                _replace_sources(sources, path, loaded.sources)
            elif path == "reference":
                reference, loaded = _reference(values[path], base.switches)
                put(tree, path, reference.model_dump())
                _replace_sources(sources, path, loaded.sources)
            else:
                _put(base, tree, path, values[path])
                sources[path] = source
        _share_switches(base, tree, values)
        return _assembled({**tree, "sources": sources})


@cache
def _shipped_titles(kind: str) -> dict[str, str]:
    """Names of the shipped files of a kind, by title."""
    load = load_scenario if kind == "scenarios" else load_doctrine
    return {load(name).value.title: name for name in shipped(kind)}


@lru_cache(32)
def _shipped_values(scenario: str, doctrine: str) -> dict[str, Any]:
    """Values by path of a shipped scenario under a shipped doctrine."""
    return {each.path: each.value for each in load_configuration(scenario, doctrine).parameters()}


def _is_whole(path: str) -> bool:
    return path in ("doctrine", "reference", "reference.doctrine")


def _doctrine(value: Any, path: str) -> Source | Doctrine:
    return validated(Doctrine, value, below=path) if isinstance(value, dict) else cast("Source | Doctrine", value)


def _put(base: Configuration, tree: Tree, path: str, value: Any) -> None:
    """Put a value into the tree; an agent's trait starts from that of its kind where it has none of its own."""
    if path.startswith(("scenario.overrides", "scenario.catalogues")):
        raise ConfigurationError(
            "cannot be changed once a configuration is loaded; write a scenario file instead", key=path
        )
    match path.split("."):
        case ["perpetrators", name, trait, _] if name in base.perpetrators:
            held, traits = tree["perpetrators"], base.traits(name)
        case ["member_states", "members", name, trait, _] if name in base.member_states.members:
            held, traits = _inner(tree["member_states"], "members"), base.member_states.of(name)
        case _:
            name, trait, held, traits = "", "", None, {}
    own = _inner(held, name)
    if isinstance(own, dict) and own.get(trait, "") is None and trait in traits:
        own[trait] = traits[trait].model_dump()
    put(tree, path, value)


def _inner(table: Any, name: str) -> Any:
    """What a table holds under a name; None where it is no table, which validation names, or holds nothing."""
    return table.get(name) if isinstance(table, dict) else None


def _share_switches(base: Configuration, tree: Tree, values: Mapping[str, Any]) -> None:
    # The reference is by default the same world without toolbox; a mechanism switched off is off in the twin as well.
    if "reference" in values:
        return
    ours, theirs = tree["switches"], tree["reference"]["switches"]
    if not isinstance(ours, dict) or not isinstance(theirs, dict):
        return  # a mistake, which validation names
    for name in Switches.model_fields:
        shared = getattr(base.switches, name) == getattr(base.reference.switches, name)
        if shared and name in ours and f"reference.switches.{name}" not in values:
            theirs[name] = ours[name]


def _replace_sources(sources: dict[str, str], path: str, new: Mapping[str, str]) -> None:
    for key in [key for key in sources if key == path or key.startswith(f"{path}.")]:
        del sources[key]
    sources.update(new)


def _refuse_repeated_titles(section: str, table: Mapping[str, Any]) -> None:
    seen: dict[str, str] = {}
    for name, entry in table.items():
        if entry.title in seen:
            raise ConfigurationError(
                f"is also the title of {seen[entry.title]}", key=f"{section}.{name}.title", value=entry.title
            )
        seen[entry.title] = name


def _assembled(tree: Tree, files: Mapping[str, str] | None = None) -> Configuration:
    try:
        return Configuration.model_validate(tree)
    except ValidationError as error:
        problem = translated(error, Configuration, tree)
        section = (problem.key or "").split(".")[0]
        raise problem.at((files or {}).get(section)) from None


def _reference(reference: Any, switches: Switches) -> tuple[Reference, Loaded]:
    if isinstance(reference, dict):
        reference = validated(Reference, reference, below="reference")
    if isinstance(reference, Reference):
        return reference, load_doctrine(reference.doctrine, "reference.doctrine")
    loaded = load_doctrine("none" if reference is None else reference, "reference.doctrine")
    return Reference(doctrine=loaded.value, switches=switches), loaded


def _with_scenario(base: Configuration, scenario: Any) -> Configuration:
    if isinstance(scenario, Configuration):
        return scenario
    other = load_configuration(scenario, base.doctrine, reference=base.reference)
    kept = {path: text for path, text in base.sources.items() if path.split(".")[0] in ("doctrine", "reference")}
    merged = {**other.sources, **kept}
    return other.model_copy(update={"switches": base.switches, "sources": merged})


def load_configuration(
    scenario: Source | Scenario = "baseline",
    doctrine: Source | Doctrine = "status_quo",
    overrides: Mapping[str, Any] | None = None,
    reference: Source | Doctrine | Reference | None = None,
) -> Configuration:
    """Assemble a configuration; each part is a shipped name, a path to a .toml file or an object already built.

    The reference is by default the same world without toolbox: the doctrine `none`, the same switches.
    """
    circumstances, policy = load_scenario(scenario), load_doctrine(doctrine)
    twin, twin_doctrine = _reference(reference, Switches())
    parts = {"scenario": circumstances, "doctrine": policy, **load_catalogues(circumstances)}
    sources = {key: text for part in (*parts.values(), twin_doctrine) for key, text in part.sources.items()}
    values = {name: part.value for name, part in parts.items()}
    files = {name: str(part.file) for name, part in parts.items() if part.file}
    built = _assembled({**values, "switches": Switches(), "reference": twin, "sources": sources}, files)
    changes = circumstances.value.overrides
    if changes:
        try:
            built = built.with_values(changes)
        except ConfigurationError as error:
            raise error.at(files.get("scenario"), "overrides") from None
        built.sources.update({path: built.source(f"scenario.overrides.{path}") for path in changes})
    return built.with_values(overrides) if overrides else built
