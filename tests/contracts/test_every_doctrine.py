"""What every doctrine and every scenario inherits by lying in configs/: it loads, runs, adds up, shares its draws."""

import math
import pickle
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.invariants import check_run
from support.worlds import begun, bits, lively, short, walk

from agents.perpetrator import TRAITS
from model.configuration import Configuration, load_configuration, shipped
from model.deterrence import DeterrenceModel
from model.ensemble import run, run_one, run_twins
from model.loading import find, read_toml
from model.metrics.catalogue import METRICS
from model.metrics.columns import results
from model.parameters import Parameter

SCENARIOS, DOCTRINES = shipped("scenarios"), shipped("doctrines")
SEED = 5
MESA_WEEKS = 12

each_pair = pytest.mark.parametrize(("scenario", "doctrine"), list(product(SCENARIOS, DOCTRINES)))
each_doctrine = pytest.mark.parametrize("doctrine", DOCTRINES)


# what it says of itself


@pytest.mark.parametrize("kind", ["scenarios", "doctrines"])
def test_each_says_what_it_is_and_where_it_comes_from(kind: str) -> None:
    titles = []
    for name in shipped(kind):
        tree = read_toml(find(kind, name))
        assert len(tree["idea"].split()) >= 12, name
        assert tree["sources"]["default"], name
        if kind == "doctrines":
            assert len(tree["source"]) >= 10, name
        titles.append(tree["title"])
    assert len(set(titles)) == len(titles)


@each_pair
def test_every_parameter_has_unit_meaning_and_source_and_lies_in_its_range(scenario: str, doctrine: str) -> None:
    configuration = load_configuration(scenario, doctrine)
    for parameter in configuration.parameters():
        assert all((parameter.unit, parameter.doc, parameter.source)), parameter.path
        if parameter.low is not None:
            assert parameter.value >= parameter.low, parameter.path
        if parameter.high is not None:
            assert parameter.value <= parameter.high, parameter.path
        assert not parameter.choices or parameter.value in parameter.choices, parameter.path
        assert not isinstance(parameter.value, float) or math.isfinite(parameter.value), parameter.path


# its runs


@each_pair
@pytest.mark.parametrize("burn_in", [0, 15])
def test_its_runs_are_finite_and_bounded_and_the_ledger_adds_up(scenario: str, doctrine: str, burn_in: int) -> None:
    configuration = lively(scenario, doctrine, burn_in=burn_in)
    for replicate in range(2):
        run = run_one(configuration, SEED, replicate, ledger=True)
        check_run(configuration, run)
        assert run.books.opportunities[0] > run.books.acts[0] > 0
        assert run.books.attributed[0] > 0


@each_pair
def test_its_rates_are_rates(scenario: str, doctrine: str) -> None:
    configuration, replicates = lively(scenario, doctrine), range(4)
    twins = run_twins(configuration, SEED, replicates)
    columns = results(run(configuration, SEED, replicates, twins), twins.books)
    for name, metric in METRICS.items():
        over, under = metric.numerator(columns), np.asarray(metric.denominator(columns), float)
        value = np.divide(over, under, out=np.zeros(len(under)), where=under > 0)
        assert np.isfinite(value).all(), name
        if metric.complement:
            assert (1 - value <= 1).all(), name
        elif not metric.numerator.minus:  # what is net may be below zero
            assert (value >= 0).all(), name
            if metric.unit.startswith(("share", "0 to 1")):
                assert (value <= 1 + 1e-9).all(), name


@each_pair
def test_a_pickled_configuration_is_the_same_and_runs_to_the_same_bits(scenario: str, doctrine: str) -> None:
    configuration = lively(scenario, doctrine)
    again = pickle.loads(pickle.dumps(configuration))
    assert again == configuration
    assert [*again.activities, *again.measures] == [*configuration.activities, *configuration.measures]
    assert again.model_dump_json() == configuration.model_dump_json()
    first, second = (bits(run_one(each, SEED, 0, ledger=True)) for each in (configuration, again))
    assert second == first


@each_pair
def test_both_engines_give_the_same_bits(scenario: str, doctrine: str) -> None:
    configuration = lively(scenario, doctrine, weeks=MESA_WEEKS - 3, burn_in=3)
    compiled = run_one(configuration, SEED, 0, ledger=True)
    assert bits(DeterrenceModel.run_one(configuration, SEED, 0, ledger=True)) == bits(compiled)
    assert len(compiled.ledger) > 0


# common random numbers


@each_pair
def test_it_meets_the_opportunities_of_its_twin_and_of_every_other_doctrine(scenario: str, doctrine: str) -> None:
    run, other = (run_one(short(scenario, each), SEED, 0) for each in (doctrine, "none"))
    assert run.twin is not None
    met = run.trace.code != -1
    assert np.array_equal(met, run.twin.trace.code != -1)
    assert np.array_equal(met, other.trace.code != -1)
    assert run.books.opportunities == run.twin.books.opportunities == met.sum() > 100


@each_doctrine
def test_it_shares_traits_tension_and_urges_with_a_world_without_toolbox(doctrine: str) -> None:
    one, other = (begun(lively(doctrine=each, weeks=80)) for each in ("none", doctrine))
    exogenous = [*(set(TRAITS) & set(one.perpetrators.dtype.names)), "log_discount", "tension_innovation"]
    assert np.array_equal(one.perpetrators[exogenous], other.perpetrators[exogenous])
    for name in ("victims", "partners", "pull", "dependence"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    for _ in zip(walk(one, 80), walk(other, 80), strict=True):
        a, b = one.perpetrators, other.perpetrators
        assert np.array_equal(a[[*exogenous, "tension", "opportunity"]], b[[*exogenous, "tension", "opportunity"]])
        both = (a.opportunity == 1) & (a.suppressed == 0) & (b.suppressed == 0)
        assert np.array_equal(a.urge[both], b.urge[both])
    assert (one.books.tobytes() == other.books.tobytes()) == (doctrine == "none")


# all over the ranges


FREE_SECTIONS = ("doctrine.", "scenario.", "switches.", "archetypes.", "member_states.traits.", "partners.traits.")
BOUND_SECTIONS = ("scenario.time.", "scenario.severity.weights.")
"""How long a run lasts; and weights, which may leave activities without an order."""


def free(configuration: Configuration) -> list[Parameter]:
    """Parameters that may be varied one by one between two ends."""
    found = [each for each in configuration.parameters() if each.path.startswith(FREE_SECTIONS)]
    found = [each for each in found if not each.path.startswith(BOUND_SECTIONS)]
    return [each for each in found if each.choices or isinstance(each.value, bool) or None not in (each.low, each.high)]


LIVELY = lively(weeks=30)
FREE = free(LIVELY)


def within(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Any value that a parameter may take; its ends as likely as what lies between."""
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    if isinstance(parameter.value, bool):
        return st.booleans()
    ends = parameter.low, parameter.high
    if isinstance(parameter.value, int):
        return st.sampled_from([int(end) for end in ends]) | st.integers(*(int(end) for end in ends))
    return st.sampled_from(ends) | st.floats(*ends, allow_subnormal=False)


def assignments() -> st.SearchStrategy[dict[str, Any]]:
    """Values for some parameters, anywhere in their ranges."""
    some = st.lists(st.sampled_from(FREE), unique_by=lambda each: each.path, min_size=1, max_size=12)
    return some.flatmap(lambda chosen: st.fixed_dictionaries({each.path: within(each) for each in chosen}))


@settings(max_examples=100, deadline=None)
@given(assignments(), st.integers(0, 2**63 - 1))
def test_whatever_the_parameters_runs_are_finite_and_bounded_and_the_ledger_adds_up(
    values: dict[str, Any], seed: int
) -> None:
    configuration = LIVELY.with_values(values)
    check_run(configuration, run_one(configuration, seed, 0, ledger=True))
