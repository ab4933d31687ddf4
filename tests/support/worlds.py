"""Worlds for the tests: short configurations, random ones, and hand-made worlds that are walked week by week."""

from collections.abc import Iterator, Mapping
from functools import cache
from random import Random
from typing import Any, NamedTuple

import numpy as np

from agents.catalogue import KINDS
from agents.doctrine import SWITCHES
from agents.scenario import CHOICE_RULES
from agents.union.docket import OPEN, enter
from agents.world import World
from model.build import build_world
from model.catalogues import Measure
from model.configuration import Configuration, load_configuration
from model.ensemble import NO_TWIN, OneRun
from model.loading import load_scenario
from model.schedule import advance, begin

MECHANISMS = tuple(SWITCHES)
REFERENCES = ("due_diligence", "status_quo", "clear_ladder")


class History(NamedTuple):
    """A run with a ledger, counted from its first week, and the configuration behind it."""

    configuration: Configuration
    run: OneRun


def short(
    scenario: str = "illustrative",
    doctrine: str = "status_quo",
    values: Mapping[str, Any] | None = None,
    *,
    weeks: int = 104,
    burn_in: int = 52,
) -> Configuration:
    """A shipped configuration of a few years."""
    time = {"scenario.time.weeks": weeks, "scenario.time.burn_in": burn_in}
    return shipped_as(scenario, doctrine).with_values({**time, **(values or {})})


@cache
def shipped_as(scenario: str, doctrine: str) -> Configuration:
    """A shipped configuration as it is; its files are read once."""
    return load_configuration(scenario, doctrine)


def recorded(doctrine: str = "status_quo", values: Mapping[str, Any] | None = None) -> Configuration:
    """The shipped baseline with the catalogue of Member States that has traits after public figures."""
    baseline = load_scenario("baseline").value
    catalogues = baseline.catalogues.model_copy(update={"member_states": "member_states_recorded"})
    return load_configuration(baseline.model_copy(update={"catalogues": catalogues}), doctrine, values)


def on_case(configuration: Configuration) -> dict[str, Measure]:
    """The measures that are taken on cases; the others are programmes."""
    return {name: each for name, each in configuration.measures.items() if isinstance(each, Measure)}


def begun(configuration: Configuration, seed: int = 1, replicate: int = 0, **options: Any) -> World:
    """A world in which everybody has drawn their traits and nothing has happened yet; set rows as the story wants."""
    world = build_world(configuration, **options)
    world.clock.seed, world.clock.replicate = seed, replicate
    begin(world, 0, 0)
    return world


def walk(world: World, weeks: int, first: int = 0) -> Iterator[int]:
    """Advance a world week by week; yields each week when it is over."""
    assert first + weeks < world.delays.shape[1], "delays longer than the run have no place in its tables"
    for week in range(first, first + weeks):
        advance(world, NO_TWIN, week)
        yield week


def case_against(
    world: World, suspect: int, *, culprit: int | None = None, victim: int = 27, severity: float = 0.5, row: int = 0
) -> Any:
    """A case of week 0 in which a suspect has just been named beyond doubt; its victim is a partner, or a member."""
    culprit = suspect if culprit is None else culprit
    enter(world, row, culprit, victim, 4, 0)
    case = world.cases[row]
    case.status, case.opened, case.attributed = OPEN, 0, 0
    case.suspect, case.right, case.severity = suspect, int(suspect == culprit), severity
    case.confidence = case.state_confidence = 0.999
    world.council.rows_used = world.council.rows_full = max(row + 1, int(world.council.rows_used[0]))
    return case


def rows_of(configuration: Configuration, kind: str) -> list[int]:
    """Rows of the perpetrators of a kind."""
    return [row for row, name in enumerate(configuration.perpetrators) if configuration.kind(name) == kind]


def row_of(table: Mapping[str, Any], name: str) -> int:
    """Row of a name in a catalogue."""
    return list(table).index(name)


def kinds(configuration: Configuration) -> list[int]:
    """Kind of each perpetrator, as a code in `KINDS`."""
    return [KINDS.index(configuration.kind(name)) for name in configuration.perpetrators]


def homes(configuration: Configuration) -> list[int]:
    """Row of each perpetrator's state: itself, its sponsor or its harbour."""
    names = list(configuration.perpetrators)
    people = configuration.perpetrators.values()
    return [names.index(p.sponsor or p.harbour) if p.sponsor or p.harbour else row for row, p in enumerate(people)]


def bits(run: OneRun) -> dict[str, bytes]:
    """Every byte that a run leaves behind, its twin's included."""
    order = np.argsort(run.votes)  # those of a week stand in the order in which cases are visited
    parts = {
        "books": run.books,
        "series": run.series,
        "rungs": run.rungs,
        "ledger": run.ledger,
        "tracks": run.tracks,
        "votes": run.votes[order],
        "positions": run.positions[order],
        "acts": run.acts,
        "distributions": run.trace.at_least,
        "choices": run.trace.code,
        "phases": run.phases,
        "quarters": run.quarters,
    }
    own = {name: part.tobytes() for name, part in parts.items()}
    twin = bits(run.twin) if run.twin else {}
    return {**own, **{f"twin's {name}": part for name, part in twin.items()}}


def random_configuration(number: int, *, burn_in: int | None = None, tempo: float = 1.0) -> Configuration:
    """A configuration from all over the space of parameters, with a toolbox quick and low enough to be used in full."""
    chance = Random(number)
    share, between, whole = chance.random, chance.uniform, chance.randint
    base = short(weeks=whole(70, 110), burn_in=whole(0, 30) if burn_in is None else burn_in)
    efforts = {f"doctrine.{name}": share() for name in ("preventive", "cooperative", "stability", "support")}
    doctrine = {
        "doctrine.clarity": share(),
        "doctrine.attribution_confidence": between(0.6, 0.99),
        "doctrine.proportionality": share(),
        "doctrine.firmness": between(0.2, 3.0),
        "doctrine.ratchet": chance.choice([0.0, between(0, 2)]),
        "doctrine.campaign_interval": chance.choice([0, 1, 13, 26]),
        "doctrine.voting_rule": ("unanimity", "qmv", "coalition")[number % 3],
        "doctrine.initiative": chance.choice([True, False]),
        "doctrine.vital_interest": chance.choice([True, False]),
        "doctrine.coalition_quorum": whole(1, 20),
        "doctrine.partners": share(),
        "doctrine.due_diligence": share(),
        "doctrine.delay_factor": between(0.25, 1.0),
    }
    switches = {f"switches.{name}": share() < 0.8 for name in MECHANISMS}
    circumstances = {
        "scenario.detection.detection": between(0.5, 1.0),
        "scenario.detection.false_alarm_rate": between(0.0, 0.5),
        "scenario.investigation.skill": between(0.3, 1.0),
        "scenario.investigation.skill_trend": between(-0.1, 0.1),
        "scenario.investigation.clue_probability": between(0.2, 1.0),
        "scenario.investigation.investigation_weeks": whole(8, 60),
        "scenario.investigation.suspicion": between(0.0, 2.0),
        "scenario.investigation.overconfidence": share(),
        "scenario.investigation.false_alarm_share": between(0.0, 0.4),
        "scenario.investigation.false_flag": share(),
        "scenario.investigation.link_evidence": between(0.3, 1.0),
        "scenario.investigation.record_half_life": between(1.0, 200.0),
        "scenario.choice.rule": CHOICE_RULES[number // 3 % 3],
        "scenario.choice.saturation": between(0.0, 1.0),
        "scenario.choice.incapacitation": between(0.0, 1.0),
        "scenario.choice.blame_replaced": chance.choice([0.0, share(), 1.0]),
        "scenario.belief.spillover": share(),
        "scenario.belief.memory_half_life": between(1.0, 200.0),
        "scenario.belief.learning_rate": share(),
        "scenario.grievance.grievance_gain": between(0.0, 2.0),
        "scenario.grievance.self_serving_bias": share(),
        "scenario.grievance.sponsor_share": share(),
        "scenario.grievance.accusation": share(),
        "scenario.investigation.publishes_for_others": share(),
        "scenario.investigation.exposure_rate": between(0.02, 0.5) if number % 4 else 0.0,
        "scenario.council.credibility_half_life": between(1.0, 200.0),
        "scenario.council.credibility_lost": share(),
        "scenario.council.statement_readiness": between(0.5, 20.0),
        "scenario.council.member_will": between(0.5, 1.0),
        "scenario.council.answer_window": whole(0, 20),
        "scenario.council.evidence_floor": between(0.5, 0.95),
        "scenario.council.agenda": whole(1, 6),
        "scenario.council.patience": whole(1, 30),
        "scenario.council.audience": share(),
        "scenario.council.stance_noise": between(0.0, 0.3),
        "scenario.council.vital_margin": between(0.0, 0.4),
        "member_states.traits.solidarity.mean": between(-0.1, 0.6),
        "member_states.traits.standard_offset.mean": -1.5 if number % 3 else -0.6,
        "member_states.traits.standard_offset.spread": between(0.0, 1.2),
    }
    if number % 2:  # adversaries that learn, and too few investigators
        circumstances |= {
            "scenario.investigation.investigators": whole(10, 40),
            "scenario.learning.experience": between(0.1, 1.0),
            "scenario.learning.imitation": share(),
            "scenario.learning.retooling": share(),
        }
    if number % 5 == 0:
        circumstances["scenario.investigation.hindsight"] = True
    if number % 3 == 0:
        circumstances["scenario.investigation.standard_scatter"] = 0.8
    toolbox: dict[str, Any] = {}
    answers = on_case(base)
    for name in base.measures:
        if name in answers:
            toolbox[f"measures.{name}.floor"] = between(0.0, 0.4)
            toolbox[f"measures.{name}.duration"] = whole(2, 60)
            toolbox[f"measures.{name}.delay"] = [1.0, between(1.0, 12.0)]
            if answers[name].attribution == "none":  # the willing do not react, whatever stands there
                toolbox[f"measures.{name}.uptake"] = between(0.0, 0.4)
        if share() < 0.3:
            toolbox[f"measures.{name}.available"] = "2100-01-01"
    busy = {f"perpetrators.{name}.tempo.mean": base.traits(name)["tempo"].mean * tempo for name in base.perpetrators}
    if number % 5 == 0:  # else nobody but states and their proxies is capable of severe acts
        busy |= {f"archetypes.{name}.capability.mean": 0.95 for name in base.archetypes}
    circumstances["scenario.choice.tremble"] = share()
    if number % 4 > 1:  # severity is convex
        circumstances["scenario.severity.exponent"] = between(1.0, 4.0)
    reference: dict[str, Any] = {}
    if number % 4 == 3:  # a twin with a toolbox, whose pressure on harbours is the greater
        reference = {"reference.doctrine": REFERENCES[number // 4 % 3], "reference.doctrine.due_diligence": 1.0}
        doctrine["doctrine.due_diligence"] = between(0.0, 0.3)
    return base.with_values({**doctrine, **efforts, **switches, **circumstances, **toolbox, **busy, **reference})


def everything(configuration: Configuration) -> Configuration:
    """The same with every mechanism on, every effort great, and false alarms and false flags in plenty."""
    switches = {f"switches.{name}": True for name in MECHANISMS}
    efforts = {f"doctrine.{name}": 0.9 for name in ("preventive", "cooperative", "stability", "support", "partners")}
    busy = {"scenario.detection.false_alarm_rate": 0.5, "scenario.investigation.false_flag": 0.9}
    busy |= {"scenario.investigation.exposure_rate": 0.2}
    return configuration.with_values({**switches, **efforts, **busy})


def lively(
    scenario: str = "illustrative", doctrine: str = "status_quo", values: Mapping[str, Any] | None = None, **time: int
) -> Configuration:
    """A shipped configuration in which all that takes years comes within weeks; the doctrine is as it is shipped."""
    base = short(scenario, doctrine, **{"weeks": 40, "burn_in": 0, **time})
    quick: dict[str, Any] = {
        "scenario.time.start": "2024-01-01",  # when every measure is there
        "scenario.detection.detection": 1.0,
        "scenario.detection.false_alarm_rate": 0.2,
        "scenario.investigation.clue_probability": 0.6,
        "scenario.investigation.investigation_weeks": 20,
        "scenario.council.answer_window": 4,
        "scenario.council.patience": 8,
    }
    for name in on_case(base):
        quick |= {f"measures.{name}.delay": [1.0, 4.0], f"measures.{name}.duration": 6}
    for name in base.perpetrators:
        quick[f"perpetrators.{name}.tempo.mean"] = 3.0 * base.traits(name)["tempo"].mean
    return base.with_values({**quick, **(values or {})})
