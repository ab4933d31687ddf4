"""From a configuration to a world: the tables filled, before anything is drawn."""

import math
from typing import Any

from agents.catalogue import ADDRESSEES, ADOPTION_RULES, ATTRIBUTION_NEEDS, CATEGORIES, DIMENSIONS, KINDS, OCCASIONS
from agents.doctrine import VOTING_RULES
from agents.perpetrator import TRAITS
from agents.randomness import entity
from agents.world import World, empty_world
from model.configuration import Configuration
from model.parameters import Settings, flat
from model.policy import Doctrine, Switches

CASES, FEWEST = 10, 384
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
}
KEPT = {
    "memory": "memory_half_life",
    "grievance": "grievance_half_life",
    "record": "record_half_life",
    "norms": "norm_half_life",
    "resilience": "resilience_half_life",
    "diligence": "diligence_half_life",
}
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
) -> World:
    """The world of a configuration, or with `reference` that of its twin, ready to `begin`.

    `cases` and `ledger` are the rows of the docket (by default `docket`) and of the ledger (0: none kept); `series`
    keeps the weekly series.
    """
    time = configuration.scenario.time
    world = empty_world(
        perpetrators=len(configuration.perpetrators),
        members=len(configuration.member_states.members),
        partners=len(configuration.partners.members),
        activities=len(configuration.activities),
        measures=len(configuration.measures),
        cases=cases or docket(configuration),
        ledger=ledger,
        series=time.weeks if series else 0,
        weeks=time.burn_in + time.weeks,
    )
    _circumstances(world, configuration)
    _policy(
        world,
        configuration.reference.doctrine if reference else configuration.doctrine,
        configuration.reference.switches if reference else configuration.switches,
    )
    _catalogues(world, configuration)
    _perpetrators(world, configuration)
    _others(world, configuration)
    return world


def _fill(record: Any, settings: Settings) -> None:
    """Fill the columns of a row that a table of the configuration has under the same name."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if name in CODES:
            record[name] = CODES[name].index(value)
        elif name in record.dtype.names and isinstance(value, (bool, int, float)):
            record[name] = value


def _circumstances(world: World, configuration: Configuration) -> None:
    scenario = world.scenario[0]
    values = {path.rpartition(".")[2]: value for path, value in flat(configuration.scenario.model_dump())}
    for name in scenario.dtype.names:
        scenario[name] = configuration.severe_rung if name == "severe_rung" else values[name]
    for name, half_life in KEPT.items():
        world.keep[0][name] = math.exp(-math.log(2.0) / values[half_life])
    world.keep[0].blame = 1.0 - values["learning_rate"]
    weights = configuration.scenario.severity.weights.by_dimension()
    for place, dimension in enumerate(DIMENSIONS):
        world.severity_weights[place] = weights[dimension] / sum(weights.values())


def _policy(world: World, doctrine: Doctrine, switches: Switches) -> None:
    _fill(world.doctrine[0], doctrine)
    _fill(world.switches[0], switches)
    world.council[0].entity = entity("council", "european_union")


def _catalogues(world: World, configuration: Configuration) -> None:
    start = configuration.scenario.time.start
    severities = configuration.severities()
    for row, (name, activity) in enumerate(configuration.activities.items()):
        record = world.activities[row]
        record.entity = entity("activities", name)
        record.severity = severities[name]
        record.surfacing = math.log1p(1.0 / activity.dwell) if activity.dwell > 0.0 else math.inf
        record.motive[:] = activity.motive.values()
        record.dimensions[:] = activity.dimensions.values()
        _fill(record, activity)
    for row, (name, measure) in enumerate(configuration.measures.items()):
        record = world.measures[row]
        record.entity = entity("measures", name)
        record.bite_low, record.bite_high = measure.bite
        record.delay_low, record.delay_high = measure.delay
        record.available = math.ceil((measure.available - start).days / 7)
        _fill(record, measure)


def _perpetrators(world: World, configuration: Configuration) -> None:
    rows = {name: row for row, name in enumerate(configuration.perpetrators)}
    for name, row in rows.items():
        perpetrator = configuration.perpetrators[name]
        record = world.perpetrators[row]
        record.entity = entity("perpetrators", name)
        record.kind = KINDS.index(configuration.kind(name))
        record.sponsor = rows[perpetrator.sponsor] if perpetrator.sponsor else -1
        record.harbour = rows[perpetrator.harbour] if perpetrator.harbour else -1
        record.home = max(record.sponsor, record.harbour) if record.kind else row
        given = configuration.traits(name)
        medians = [given[trait].mean if trait in given else ABSENT_TRAITS.get(trait, 0.0) for trait in TRAITS]
        spreads = [given[trait].spread if trait in given else 0.0 for trait in TRAITS]
        world.priors[row] = (*medians, *spreads)


def _others(world: World, configuration: Configuration) -> None:
    members = len(configuration.member_states.members)
    for table, first, priors, group in (
        ("member_states", 0, world.member_priors[0], configuration.member_states),
        ("partners", members, world.partner_priors[0], configuration.partners),
    ):
        for name in type(group.traits).model_fields:
            trait = getattr(group.traits, name)
            priors[name], priors[f"{name}_spread"] = trait.mean, trait.spread
        for row, name in enumerate(group.members):
            world.victims[first + row].entity = entity(table, name)
    for row, share in enumerate(configuration.member_states.shares().values()):
        world.member_states[row].population = share
