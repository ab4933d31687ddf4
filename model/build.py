"""From a configuration to a world: the tables filled, before anything is drawn."""

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

import numpy as np

from agents.catalogue import ADDRESSEES, ADOPTION_RULES, ATTRIBUTION_NEEDS, CATEGORIES, DIMENSIONS, KINDS, OCCASIONS
from agents.doctrine import DOCTRINE, NOT_HELD, PHASE, SWITCHES, TRIGGERS, VOTING_RULES
from agents.foundation.functions import exp, log
from agents.foundation.randomness import entity
from agents.perpetrator import TRAITS
from agents.scenario import CHOICE_RULES
from agents.union.docket import NOTHING_DUE
from agents.world import World, empty_world
from model.configuration import Configuration
from model.parameters import Range, Settings, Trait
from model.policy import LASTS, Doctrine, Switches

NO_END = 2**62
"""Week in which a phase without an end would end: later than any run."""
CASES, FEWEST = 6, 192
"""Rows of the docket to begin with, for each perpetrator and at least.

A run that needs more is repeated with twice as many, to the same bits.
"""

CODES = {
    "category": CATEGORIES,
    "occasion": OCCASIONS,
    "attribution": ATTRIBUTION_NEEDS,
    "addressee": ADDRESSEES,
    "adoption": ADOPTION_RULES,
    "voting_rule": VOTING_RULES,
    "choice_rule": CHOICE_RULES,
}
KEPT = {
    "memory": "memory_half_life",
    "grievance": "grievance_half_life",
    "record": "record_half_life",
    "norms": "norm_half_life",
    "resilience": "resilience_half_life",
    "diligence": "diligence_half_life",
    "credibility": "credibility_half_life",
    "caution": "caution_half_life",
    "retooled": "retooling_half_life",
}
NOTHING = Range(0.0, 0.0)
"""Bite and delay of what has none, a standing programme."""
ABSENT_TRAITS = {"tolerance": 1.0}
"""Values of traits that a kind of perpetrator does not have; 0 for the rest."""


def docket(configuration: Configuration) -> int:
    """Rows of the docket to begin with."""
    return max(FEWEST, CASES * len(configuration.perpetrators))


def build_world(
    configuration: Configuration,
    *,
    reference: bool = False,
    cases: int | None = None,
    ledger: int = 0,
    series: bool = False,
    acts: bool = False,
) -> World:
    """The world of a configuration, or with `reference` that of its twin, ready to `begin`.

    `cases` and `ledger` are the rows of the docket (by default `docket`) and of the ledger (0: none kept); `series`
    keeps the weekly series, and `acts` every act of the weeks counted: one a week and perpetrator at most.
    """
    time, policy = configuration.scenario.time, configuration.reference if reference else configuration
    world = empty_world(
        perpetrators=len(configuration.perpetrators),
        members=len(configuration.member_states.members),
        partners=len(configuration.partners.members),
        activities=len(configuration.activities),
        measures=len(configuration.measures),
        cases=cases or docket(configuration),
        ledger=ledger,
        series=time.weeks if series else 0,
        weeks=max(time.burn_in, time.weeks),
        phases=len(policy.doctrine.phases),
        acts=time.weeks * len(configuration.perpetrators) if acts else 0,
    )
    _circumstances(world, configuration)
    world.council["entity"] = entity("council", "european_union")
    _policy(world, policy.doctrine, policy.switches, time.start)
    _catalogues(world, configuration)
    _perpetrators(world, configuration)
    _others(world, configuration)
    return world


class Templates:
    """Worlds before anything is drawn, which runs copy and none writes; those used last are kept.

    A sweep runs many doctrines in the same circumstances: only what a doctrine chooses is then filled anew.
    """

    def __init__(self, kept: int) -> None:
        self._kept, self._lock = kept, threading.Lock()
        self._held: OrderedDict[Any, tuple[Any, World]] = OrderedDict()

    def keep(self, least: int) -> None:
        """Keep at least so many from now on: where more worlds take turns than are kept, each is built every time."""
        with self._lock:
            self._kept = max(self._kept, least)

    def take(self, configuration: Configuration, *, reference: bool, cases: int) -> World:
        """The world of a configuration, or with `reference` that of its twin."""
        policy = configuration.reference if reference else configuration
        circumstances = [getattr(configuration, name) for name in CIRCUMSTANCES]
        key = (cases, *map(id, circumstances))  # what is held cannot give its place to another
        with self._lock:
            held = self._held.get(key)
            if held:
                self._held.move_to_end(key)
        if held is None:
            held = circumstances, build_world(configuration, cases=cases)
            with self._lock:
                self._held[key] = held
                while len(self._held) > self._kept:
                    self._held.popitem(last=False)
        return with_policy(held[1], policy.doctrine, policy.switches, configuration.scenario.time.start)


def with_policy(world: World, doctrine: Doctrine, switches: Switches, start: date) -> World:
    """A world that shares all but the policy with another."""
    phases = len(doctrine.phases)
    other = world.replace(
        doctrine=DOCTRINE.table(1),
        doctrines=DOCTRINE.table(1 << phases),
        phases=PHASE.table(phases),
        switches=SWITCHES.table(1),
    )
    _policy(other, doctrine, switches, start)
    return other


CIRCUMSTANCES = ("scenario", "activities", "measures", "archetypes", "perpetrators", "member_states", "partners")
"""Sections of a configuration that no doctrine chooses."""
TEMPLATES = Templates(128)
"""Templates of this process, of some hundred kilobytes each."""


def _fill(table: Any, rows: Sequence[Settings]) -> None:
    """Fill the columns of a table that those of the configuration have under the same name; others stay 0."""
    for place, row in enumerate(rows):
        for name, value in row:
            if name in CODES:
                table[name][place] = CODES[name].index(value)
            elif name in table.dtype.names and isinstance(value, (bool, int, float)):
                table[name][place] = value


def _circumstances(world: World, configuration: Configuration) -> None:
    values: dict[str, Any] = configuration.scenario.columns_of()
    values["choice_rule"] = CODES["choice_rule"].index(values["choice_rule"])
    values["severe_rung"] = configuration.severe_rung
    world.scenario[0] = tuple(values[name] for name in world.scenario.dtype.names)
    for name, half_life in KEPT.items():
        world.keep[name] = exp(-log(2.0) / values[half_life])
    classes = configuration.scenario.classes
    _fill(world.classes, [classes.mild, classes.serious, classes.severe])
    world.keep["blame"] = 1.0 - values["learning_rate"]
    weights = configuration.scenario.severity.weights.by_dimension()
    total = math.fsum(weights.values())  # not `sum`, which rounds otherwise from Python 3.12 on
    world.severity_weights[:] = [weights[dimension] / total for dimension in DIMENSIONS]


def _policy(world: World, doctrine: Doctrine, switches: Switches, start: date) -> None:
    _fill(world.doctrine, [doctrine])
    _fill(world.doctrines, list(doctrine.combinations()))
    _fill(world.switches, [switches])
    for row, phase in enumerate(doctrine.phases.values()):
        table, stated = world.phases[row], getattr(phase, phase.trigger)
        table.trigger, table.began = TRIGGERS.index(phase.trigger), NOT_HELD
        table.threshold = _week(stated, start) if phase.begins else stated
        table.until = _week(phase.ends, start) if phase.ends else NO_END
        table.lasts = LASTS if phase.lasts is None else phase.lasts


def _week(day: date, start: date) -> int:
    """The first week that begins on a day or after it."""
    return math.ceil((day - start).days / 7)


def _catalogues(world: World, configuration: Configuration) -> None:
    activities, measures = list(configuration.activities.values()), list(configuration.measures.values())
    table = world.activities
    table["entity"] = [entity("activities", name) for name in configuration.activities]
    table["severity"] = list(configuration.severities().values())
    table["surfacing"] = [log(1.0 + 1.0 / one.dwell) if one.dwell > 0.0 else math.inf for one in activities]
    table["motive"] = [activity.motive.values() for activity in activities]
    table["dimensions"] = [activity.dimensions.values() for activity in activities]
    _fill(table, activities)
    start, table = configuration.scenario.time.start, world.measures
    table["entity"] = [entity("measures", name) for name in configuration.measures]
    table["available"] = [_week(measure.available, start) for measure in measures]
    for name, end in product(("bite", "delay"), Range._fields):
        table[f"{name}_{end}"] = [getattr(getattr(measure, name, NOTHING), end) for measure in measures]
    _fill(table, measures)


def _perpetrators(world: World, configuration: Configuration) -> None:
    perpetrators, table = configuration.perpetrators, world.perpetrators
    rows = {name: row for row, name in enumerate(perpetrators)}
    table["entity"] = [entity("perpetrators", name) for name in perpetrators]
    table["kind"] = [KINDS.index(configuration.kind(name)) for name in perpetrators]
    for patron in ("sponsor", "harbour"):
        table[patron] = [rows.get(getattr(perpetrator, patron), -1) for perpetrator in perpetrators.values()]
    table["harbours"] = np.bincount(table["harbour"][table["harbour"] >= 0], minlength=len(rows))
    uncertain = configuration.scenario.traits
    factors = {kind: uncertain.factors(kind) for kind in KINDS}
    own_home = np.arange(len(rows))  # a state's is itself
    table["home"] = np.where(table["kind"] > 0, np.maximum(table["sponsor"], table["harbour"]), own_home)
    for row, name in enumerate(perpetrators):
        given = configuration.traits(name)
        medians = [given[trait].mean if trait in given else ABSENT_TRAITS.get(trait, 0.0) for trait in TRAITS]
        for trait, factor in factors[configuration.kind(name)].items():
            medians[TRAITS.index(trait)] *= factor
        medians[TRAITS.index("ambiguity_attitude")] += uncertain.ambiguity_attitude
        spreads = [given[trait].spread if trait in given else 0.0 for trait in TRAITS]
        world.priors[row] = (*medians, *spreads)


def _others(world: World, configuration: Configuration) -> None:
    members, partners = configuration.member_states, configuration.partners
    for row, name in enumerate(members.members):
        _distributions(world.member_priors, row, members.of(name))
    _distributions(world.partner_priors, 0, dict(partners.traits))
    world.victims["entity"] = [
        *(entity("member_states", name) for name in members.members),
        *(entity("partners", name) for name in partners.members),
    ]
    world.member_states["population"] = list(members.shares().values())


def _distributions(priors: Any, row: int, traits: Mapping[str, Trait]) -> None:
    for name, trait in traits.items():
        priors[name][row], priors[f"{name}_spread"][row] = trait.mean, trait.spread


def more_cases(world: World) -> World:
    """A world with twice the rows of the docket; where they are empty changes nothing."""
    calendar = np.concatenate([world.calendar, np.full_like(world.calendar, NOTHING_DUE)])
    due, ended = np.zeros_like(calendar), np.zeros_like(calendar)
    cases, tracks = _twice(world.cases), _twice(world.tracks)
    return world.replace(cases=cases, tracks=tracks, calendar=calendar, due=due, ended=ended)


def more_ledger(world: World) -> World:
    """A world with twice the rows of the ledger."""
    return world.replace(ledger=_twice(world.ledger), ledger_tracks=_twice(world.ledger_tracks))


def more_votes(world: World) -> World:
    """A world with room for twice the votes."""
    positions = np.concatenate([world.positions, np.zeros_like(world.positions)])
    return world.replace(votes=_twice(world.votes), positions=positions)


def _twice(table: Any) -> Any:
    return np.concatenate([table, np.zeros_like(table)]).view(np.recarray)
