"""Harbours that are pressed to police their territory, and what a doctrine costs besides its measures."""

import math

import numpy as np
import pytest
from support.worlds import begun, bits, row_of, short

from agents.perpetrator import choose, meet, police, settle
from agents.union.council import price, run_programmes, signal
from model.configuration import Configuration, load_configuration, shipped
from model.ensemble import run_one
from model.recording import SUPPRESSED

TOOLBOX = short()
WORLD = begun(TOOLBOX)
HARBOUR = row_of(TOOLBOX.perpetrators, "major_power_a")
GROUP = row_of(TOOLBOX.perpetrators, "ransomware_group_a1")


# compliance


@pytest.mark.parametrize(
    ("stake", "tension", "pressed", "programmes", "level"),
    [
        (0.15, 0.0, 1.0, 0.0, 0.5),  # at the half point
        (0.15, -2.0, 1.0, 0.0, 0.5),  # ease does not add
        (0.15, 1.0, 1.0, 0.0, 0.5 / math.e),
        (0.45, 0.0, 0.4, 0.2, 0.75 * 0.6),
        (0.45, 0.5, 0.4, 0.2, 0.75 * 0.6 * math.exp(-0.5)),
        (1e6, 0.0, 1.0, 1.0, 1.0),  # no more than wholly
        (0.0, 0.0, 1.0, 1.0, 0.0),  # nothing at stake
    ],
)
def test_diligence_relaxes_to_what_stake_and_tension_let_a_state_comply_with(
    stake: float, tension: float, pressed: float, programmes: float, level: float
) -> None:
    world = WORLD.copy()
    assert world.scenario.compliance_half[0] == 0.15
    world.doctrine.due_diligence, world.council.programme_diligence = pressed, programmes
    state = world.perpetrators[HARBOUR]
    state.entanglement, state.tension, state.activation, state.diligence = stake, tension, math.exp(tension), 0.9
    kept = world.keep.diligence[0]
    police(world, HARBOUR)
    assert state.diligence == pytest.approx(level + (0.9 - level) * kept, rel=1e-12)
    for _ in range(4000):
        police(world, HARBOUR)
    assert state.diligence == pytest.approx(level, abs=1e-9)


def test_only_states_police() -> None:
    world = WORLD.copy()
    world.doctrine.due_diligence = 1.0
    for row in range(len(world.perpetrators)):
        settle(world, row, 0)
    states = world.perpetrators.kind == 0
    assert (world.perpetrators.diligence[states] > 0).all()
    assert not world.perpetrators.diligence[~states].any()


def test_being_pressed_is_resented_by_those_who_harbour_somebody_alone() -> None:
    world = WORLD.copy()
    world.doctrine.due_diligence, world.council.programme_calming = 0.6, 0.0
    world.perpetrators.harbours[HARBOUR] = 0
    for row in range(len(world.perpetrators)):
        settle(world, row, 0)
    names = list(TOOLBOX.perpetrators)
    harbours = {names.index(each.harbour) for each in TOOLBOX.perpetrators.values() if each.harbour} - {HARBOUR}
    resentful = set(np.flatnonzero(world.perpetrators.grievance > 0).tolist())
    assert resentful == harbours
    assert len(harbours) > 0
    expected = 0.6 * world.scenario.diligence_resented[0]
    assert world.perpetrators.grievance[list(harbours)] == pytest.approx(expected, rel=1e-12)


def test_harbours_are_counted() -> None:
    names = list(TOOLBOX.perpetrators)
    for row, name in enumerate(names):
        count = sum(each.harbour == name for each in TOOLBOX.perpetrators.values())
        assert WORLD.perpetrators.harbours[row] == count


# suppression


@pytest.mark.parametrize("on", [True, False])
def test_pressure_suppresses_opportunities_where_its_switch_is_on(on: bool) -> None:
    world = begun(TOOLBOX.with_values({"switches.suppression": on}))
    harbour = world.perpetrators[HARBOUR]
    assert world.perpetrators.harbour[GROUP] == HARBOUR
    harbour.diligence, harbour.tolerance = 1.0, 0.0
    world.perpetrators.tempo[GROUP] = 1e6
    for week in range(50):
        meet(world, GROUP, week)
        choose(world, GROUP, week)
        assert bool(world.perpetrators.suppressed[GROUP]) is on
        assert (world.perpetrators.activity[GROUP] == -1) is np.bool_(on)


def test_without_its_switch_nothing_is_suppressed_in_a_run() -> None:
    pressed = short(doctrine="due_diligence")
    on, off = (run_one(pressed.with_values({"switches.suppression": each}), 2, 0) for each in (True, False))
    assert on.books.suppressed[0] > 0.0
    assert (on.trace.code == SUPPRESSED).any()
    assert off.books.suppressed[0] == off.books.realised_suppressed[0] == 0
    assert not (off.trace.code == SUPPRESSED).any()


# what a doctrine costs


def yearly(configuration: Configuration) -> float:
    """Political cost a year of what the doctrine keeps up and announces, by hand from the numbers of the files."""
    doctrine, prices = configuration.doctrine, configuration.scenario.prices
    cost = prices.partner_cost * doctrine.partners + prices.diligence_cost * doctrine.due_diligence
    if doctrine.delay_factor < 1:
        cost += prices.haste_cost * (1 / doctrine.delay_factor - 1)
    if doctrine.campaign_interval:
        cost += prices.campaign_cost * doctrine.clarity * 52 / doctrine.campaign_interval
    return cost


@pytest.mark.parametrize("name", shipped("doctrines"))
def test_a_doctrine_costs_what_its_campaigns_haste_partners_and_pressure_cost(name: str) -> None:
    configuration = load_configuration("illustrative", name)
    world = begun(configuration)
    interval = max(1, configuration.doctrine.campaign_interval)
    weeks = 52 * interval
    for week in range(weeks):
        signal(world, 0, week)
    announced = float(world.books.cost[0])
    assert announced / interval + price(world) == pytest.approx(yearly(configuration), rel=1e-9)


@pytest.mark.parametrize(("factor", "cost"), [(0.25, 0.9), (0.5, 0.3), (1.0, 0.0), (4.0, 0.0)])
def test_haste_costs_by_how_much_faster_one_is(factor: float, cost: float) -> None:
    world = WORLD.copy()
    world.scenario.haste_cost, world.doctrine.delay_factor = 0.3, factor
    world.doctrine.partners = world.doctrine.due_diligence = 0.0
    assert price(world) == pytest.approx(cost, abs=1e-12)


def test_what_runs_on_is_paid_by_the_week() -> None:
    world = WORLD.copy()
    programmes = {f"doctrine.{name}": 0.0 for name in ("preventive", "cooperative", "stability", "support")}
    idle = begun(TOOLBOX.with_values(programmes))
    for each in (world, idle):
        each.doctrine.partners, each.scenario.partner_cost = 0.5, 0.52
        each.doctrine.due_diligence = 0.0
        run_programmes(each, 0, 0)
    assert idle.council.running_cost[0] == pytest.approx(0.5 * 0.01, rel=1e-12)
    assert world.council.running_cost[0] > idle.council.running_cost[0]


def test_prices_change_nothing_but_cost() -> None:
    names = ("campaign_cost", "haste_cost", "partner_cost", "diligence_cost")
    free, dear = (
        short(doctrine="swift_qmv", values={f"scenario.prices.{name}": p for name in names}) for p in (0.0, 5.0)
    )
    one, other = run_one(free, 3, 0, ledger=True), run_one(dear, 3, 0, ledger=True)
    assert one.books.cost[0] < other.books.cost[0]
    for run in (one, other):
        assert run.twin is not None
        for world in (run, run.twin):
            world.books.cost = 0.0
            world.quarters.cost = 0.0
    assert bits(one) == bits(other)
