"""What every rule inherits by being decorated: the same bits compiled or not, and draws at addresses of its own."""

import ast
import importlib
import inspect
import math
import pickle
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from support.recorder import LONG, NUMBERS, REPLICATE, SEED, Recording, frozen, recorded, thawed
from support.worlds import bits, random_configuration

from agents.catalogue import STATE
from agents.foundation import randomness
from agents.world import World
from experiments.listing.readers import rules
from model.build import build_world
from model.ensemble import run_one

PURPOSES = {name: value for name, value in vars(randomness).items() if name[0] != "_" and type(value) is int}
del PURPOSES["MOST_CANDIDATES"]
CASTS = {"uint64", "int64", "float64"}
"""All that rules may take from numpy: types of words and of what their bits stand for, no functions."""


RULES = rules()
each_rule = pytest.mark.parametrize("name", RULES)


def function(name: str) -> Any:
    """The rule of this name."""
    module, _, own = name.rpartition(".")
    return getattr(importlib.import_module(module), own)


@pytest.fixture(scope="module")
def recording(plain_python: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Recording:
    path = Path(tmp_path_factory.mktemp("recording") / "runs")
    plain_python(f"from support.recorder import main; main({str(path)!r})")
    return pickle.loads(path.read_bytes())


# what a rule is


@each_rule
def test_it_is_documented_and_typed(name: str) -> None:
    node, signature = RULES[name], inspect.signature(function(name))
    assert (ast.get_docstring(node) or "").strip()
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty, parameter.name


@each_rule
def test_it_takes_the_world_first_or_not_at_all(name: str) -> None:
    parameters = list(inspect.signature(function(name)).parameters)
    assert "world" not in parameters[1:]


@each_rule
def test_it_keeps_to_what_compiled_and_plain_python_share(name: str) -> None:
    """No functions of numpy, no powers and no sums of floats: their bits differ between engines."""
    for node in ast.walk(RULES[name]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert node.value.id != "np" or node.attr in CASTS, f"line {node.lineno}: np.{node.attr}"
            assert node.value.id != "random", f"line {node.lineno}: draws from no address"
        assert not isinstance(node, ast.Pow), "write x * x, or use `power`"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"sum", "sorted", "set", "pow", "hash"}, f"line {node.lineno}: {node.func.id}"


# the same bits


def test_the_recorded_runs_reach_every_rule(recording: Recording) -> None:
    assert set(recording.rules) == set(RULES)
    unreached = [name for name, calls in recording.rules.items() if not calls]
    assert unreached == [], "let the runs of tests/support/recorder.py reach them"


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """What a value is made of, by path."""
    if isinstance(value, (dict, tuple)):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for place, part in parts:
            yield from leaves(part, f"{path}.{place}")
    else:
        yield path, value


def same(ours: Any, theirs: Any) -> bool:
    """Whether two numbers, records or digests are the same bits, whichever types hold them."""
    if isinstance(ours, (float, np.floating)) and math.isnan(ours):
        return math.isnan(theirs)
    return bool(ours == theirs) and (not isinstance(ours, float) or math.copysign(1, ours) == math.copysign(1, theirs))


def changed(ours: Any, theirs: Any) -> list[str]:
    """Where two values differ: the place of the argument, and the name of the array if it is a world's."""
    return [path for (path, one), (_, other) in zip(leaves(ours), leaves(theirs), strict=True) if not same(one, other)]


@each_rule
def test_compiled_it_gives_what_it_gives_in_plain_python(recording: Recording, name: str) -> None:
    for number, call in enumerate(recording.rules[name]):
        arguments = tuple(thawed(argument, recording.arrays) for argument in call.given)
        result = frozen(function(name)(*arguments))
        assert changed(result, call.result) == [], f"call {number}: {result} compiled, {call.result} in plain Python"
        assert changed(frozen(arguments), call.after) == [], f"call {number} leaves other arrays"


@pytest.mark.parametrize("number", NUMBERS)
def test_a_whole_run_gives_the_same_bits_compiled_and_in_plain_python(recording: Recording, number: int) -> None:
    run = run_one(recorded(number), SEED, REPLICATE, ledger=True, acts=True)
    assert len(run.ledger) > 20
    assert bits(run) == recording.bits[number]


# no draw outside its address


class Drawn(NamedTuple):
    """Who may draw for a purpose: the rules, and whose numbers they draw with (a pair where there are two)."""

    rules: set[str]
    entities: set[Any]


CASE = {"perpetrators", "council"}
"""A case draws with its culprit's number, a false alarm's with the Union's."""

REGISTRY = {
    "TENSION": Drawn({"shake"}, {"states"}),
    "OPPORTUNITY": Drawn({"wait"}, {"perpetrators"}),
    "CHOICE": Drawn({"choose"}, {"perpetrators"}),
    "TARGET": Drawn({"choose_victim"}, {"perpetrators"}),
    "OUTCOME": Drawn({"act"}, {"perpetrators"}),
    "FALSE_ALARM": Drawn({"open_cases"}, {"council"}),
    "FALSE_ALARM_KIND": Drawn({"mistaken_activity"}, {"council"}),
    "FALSE_ALARM_VICTIM": Drawn({"alarmed_victim"}, {"council"}),
    "INCIDENT": Drawn({"assess"}, CASE),
    "FRAMED": Drawn({"choose_framed"}, CASE),
    "STANDARD": Drawn({"scattered_standard"}, CASE),
    "CLUE": Drawn({"surface", "take_clue"}, CASE),
    "REACTING": Drawn({"react"}, CASE),
    "PREPARATION": Drawn({"prepare"}, CASE),
    "PUBLISH": Drawn({"surface"}, CASE),
    "LIGHT": Drawn({"attribute"}, CASE),
    "WILL": Drawn({"begin_answer"}, CASE),
    "STANCE": Drawn({"readiness"}, {("members", who) for who in CASE}),
    "PERPETRATOR_TRAIT": Drawn({"draw_traits"}, {"perpetrators"}),
    "MEMBER_STATE_TRAIT": Drawn({"draw_member_traits"}, {"members"}),
    "PARTNER_TRAIT": Drawn({"draw_partner_traits"}, {"partners"}),
    "AFFINITY": Drawn({"draw_affinities"}, {"perpetrators"}),
    "DEPENDENCE": Drawn({"draw_member_traits"}, {"members"}),
    "REPORT": Drawn({"draw_reports"}, CASE),
    "ASKED": Drawn({"ask_partners"}, CASE),
}
"""Purposes and who may draw for them, once for all candidates where there are several.

A new purpose, and a rule that begins to draw, enters itself here.
"""

ABOUT_A_CASE = {
    "INCIDENT",
    "FRAMED",
    "CLUE",
    "REACTING",
    "PREPARATION",
    "PUBLISH",
    "LIGHT",
    "WILL",
    "STANCE",
    "STANDARD",
    "REPORT",
    "ASKED",
}
"""Purposes whose address holds the week of the act besides the week of the draw."""


@pytest.fixture(scope="module")
def entities() -> dict[Any, set[int]]:
    """The numbers under which each kind draws, and each ordered pair of kinds."""
    world: World = build_world(random_configuration(LONG))
    members = len(world.member_states)
    tables = {
        "perpetrators": world.perpetrators.entity,
        "states": world.perpetrators.entity[world.perpetrators.kind == STATE],
        "victims": world.victims.entity,
        "members": world.victims.entity[:members],
        "partners": world.victims.entity[members:],
        "measures": world.measures.entity,
        "activities": world.activities.entity,
        "council": world.council.entity,
    }
    found: dict[Any, set[int]] = {name: set(table.tolist()) for name, table in tables.items()}
    for kinds in {kinds for each in REGISTRY.values() for kinds in each.entities if isinstance(kinds, tuple)}:
        one, other = (tables[kind] for kind in kinds)
        found[kinds] = {int(randomness.pair(a, b)) for a in one for b in other if a != b}
    return found


def test_every_purpose_has_a_number_of_its_own_and_is_registered() -> None:
    assert set(REGISTRY) == set(PURPOSES)
    assert len(set(PURPOSES.values())) == len(PURPOSES)


@pytest.mark.parametrize("purpose", REGISTRY)
def test_for_each_purpose_its_rules_alone_draw_with_entities_of_their_own(
    recording: Recording, entities: dict[Any, set[int]], purpose: str
) -> None:
    registered = REGISTRY[purpose]
    allowed = set().union(*(entities[kind] for kind in registered.entities))
    draws = [draw for run in recording.draws.values() for draw in run if draw.purpose == PURPOSES[purpose]]
    assert {draw.rule.rpartition(".")[2] for draw in draws} == registered.rules
    assert {draw.who for draw in draws} <= allowed
    assert all(draw.opened <= draw.week if purpose in ABOUT_A_CASE else draw.opened == 0 for draw in draws)
    for kind in registered.entities:
        assert any(draw.who in entities[kind] for draw in draws), f"no draw with numbers of {kind}"


def test_no_draw_is_made_for_any_other_purpose(recording: Recording) -> None:
    drawn = {draw.purpose for run in recording.draws.values() for draw in run}
    assert drawn == set(PURPOSES.values())


def test_every_address_is_used_once_in_a_run(recording: Recording) -> None:
    for name, draws in recording.draws.items():
        if name == "several":  # a world and its twin, one after the other
            continue
        twice = [address for address, uses in Counter(draw[:5] for draw in draws).items() if uses > 1]
        assert twice == [], name
    assert len(recording.draws["long"]) > 5_000
    long = ("reactions", "restrictive_votes", "false_alarms", "answered", "jointly", "nationally", "exposed")
    assert all(recording.counts[name] > 0 for name in long)


def test_an_address_means_the_same_in_every_world(recording: Recording) -> None:
    """Worlds under other doctrines, on the same seed: what a rule draws in one, no other rule draws in another."""
    meant: dict[Any, str] = {}
    shared = 0
    for name, draws in recording.draws.items():
        for draw in draws:
            known = meant.setdefault(draw[:5], draw.rule)
            shared += known == draw.rule
            if draw.purpose != PURPOSES["CLUE"]:  # either rule takes the wait for the next clue from the same uniform
                assert known == draw.rule, name
    assert shared > 20_000
