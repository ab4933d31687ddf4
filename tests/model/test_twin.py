"""Every opportunity has a twin: what the classes mean, and that they do not depend on how draws are coupled."""

from collections.abc import Collection

import numpy as np
import pytest
from support.worlds import MECHANISMS, begun, lively, row_of, rows_of, short

from agents.catalogue import KINDS
from agents.perpetrator import choose, meet
from model.configuration import Configuration, shipped
from model.ensemble import OneRun, room, run, run_one, run_twins
from model.metrics.catalogue import AGAINST_TWIN, METRICS, figure
from model.metrics.columns import PLACES, column_of, part_of, results
from model.metrics.placebos import SWAPPED, placebo_of
from model.recording import SUPPRESSED, laid_out
from model.schedule import of_run

EXPECTED = ("deterred", "provoked", "escalated", "dampened", "suppressed", "released")
CLASSES = (*EXPECTED, *(f"realised_{name}" for name in EXPECTED))
AGAINST_THE_TWIN = ("common", "deterrable")
DOCTRINES = ("status_quo", "clear_ladder", "maximum_pressure", "due_diligence")


@pytest.fixture(scope="module")
def due_diligence() -> Configuration:
    return short(doctrine="due_diligence")


def sums(run: OneRun, rows: Collection[int] | None = None) -> dict[str, float]:
    """The expected and realised classes once more, from the two traces alone, opportunity by opportunity.

    `rows` are the perpetrators whose opportunities count, by default all.
    """
    assert run.twin is not None
    total = dict.fromkeys((*CLASSES, *AGAINST_THE_TWIN, "expected_acts", "acts", "open_opportunities"), 0.0)
    shape = run.trace.code.shape
    for place in np.ndindex(shape):
        ours, theirs = int(run.trace.code[place]), int(run.twin.trace.code[place])
        assert (ours == -1) == (theirs == -1)  # opportunities are drawn alike
        if ours == -1 or (rows is not None and place[1] not in rows):
            continue
        world = -np.diff(run.trace.at_least[place], append=0.0)  # P(k), restraint first
        twin = -np.diff(run.twin.trace.at_least[place], append=0.0)
        if ours != SUPPRESSED:
            total["open_opportunities"] += 1
            total["expected_acts"] += world[1:].sum()
            total["acts"] += ours > 0
        if theirs == SUPPRESSED:
            if ours != SUPPRESSED:
                total["released"] += 1 - world[0]
                total["realised_released"] += ours > 0
            continue
        total["deterrable"] += 1 - twin[0]
        if ours == SUPPRESSED:
            total["suppressed"] += 1 - twin[0]
            total["realised_suppressed"] += theirs > 0
            continue
        tails = np.cumsum((world - twin)[::-1])[::-1][1:]  # P_w(≥ s) − P_t(≥ s) for every rung above restraint
        deterred = max(0.0, world[0] - twin[0])
        total["common"] += 1
        total["deterred"] += deterred
        total["provoked"] += max(0.0, twin[0] - world[0])
        total["escalated"] += max(0.0, tails.max())
        total["dampened"] += max(0.0, (-tails).max()) - deterred
        total["realised_deterred"] += theirs > 0 and ours == 0
        total["realised_provoked"] += theirs == 0 and ours > 0
        total["realised_escalated"] += ours > theirs
        total["realised_dampened"] += 0 < ours < theirs
    return total


# the world without toolbox is its own twin


@pytest.mark.parametrize("scenario", shipped("scenarios"))
@pytest.mark.parametrize("seed", [1, 2])
def test_without_toolbox_the_world_is_its_twin(scenario: str, seed: int) -> None:
    run = run_one(short(scenario, "none"), seed, 0, ledger=True)
    twin = run.twin
    assert twin is not None
    for name in PLACES:
        if not name.startswith(AGAINST_THE_TWIN):
            assert column_of(run.books, name) == column_of(twin.books, name), name
    for name in CLASSES:
        assert run.books[name] == 0, name
    assert run.books.common == run.books.open_opportunities > 0
    for name in run.series.dtype.names:
        if name not in AGAINST_THE_TWIN:
            assert run.series[name].tobytes() == twin.series[name].tobytes(), name
    for ours, theirs in zip(run[2:6], twin[2:6], strict=True):
        assert ours.tobytes() == theirs.tobytes()
    assert run.trace.at_least.tobytes() == twin.trace.at_least.tobytes()
    assert run.trace.code.tobytes() == twin.trace.code.tobytes()


def test_without_toolbox_every_metric_against_the_twin_is_exactly_zero() -> None:
    configuration = short(doctrine="none")
    twins = run_twins(configuration, 1, range(4))
    columns = results(run(configuration, 1, range(4), twins), twins.books)
    for name in (
        "deterrence_rate",
        "dampening_rate",
        "suppression_rate",
        "escalation_rate",
        "provocation_rate",
        "harm_averted",
        "severe_averted",
        "acts_averted",
        *(f"realised_{each}" for each in EXPECTED),
    ):
        metric = METRICS[name]
        ratio = metric.numerator(columns) / metric.denominator(columns)
        assert ((1 - ratio if metric.complement else ratio) == 0).all(), name


ALL_OFF = {f"{world}switches.{name}": False for world in ("", "reference.") for name in MECHANISMS}
LEARNING = {"scenario.learning.experience": 0.5, "scenario.learning.imitation": 0.5}


@pytest.mark.parametrize("learning", [{}, LEARNING], ids=["as shipped", "from experience"])
@pytest.mark.parametrize("doctrine", shipped("doctrines"))
@pytest.mark.parametrize("scenario", shipped("scenarios"))
def test_with_every_mechanism_off_every_effect_is_exactly_zero(
    scenario: str, doctrine: str, learning: dict[str, float]
) -> None:
    """Whatever the toolbox does: it works through the seven mechanisms, and through nothing else."""
    configuration = lively(scenario, doctrine, {**ALL_OFF, **learning}, weeks=100)
    assert configuration.scenario.learning.retooling == 0.0
    run = run_one(configuration, 1, 0)
    assert run.twin is not None
    assert {name for name in CLASSES if run.books[name][0] != 0} == set()
    assert run.trace.at_least.tobytes() == run.twin.trace.at_least.tobytes()
    for name in ("expected_acts", "expected_severe", "expected_harm", "acts", "severe_acts"):
        assert run.books[name] == run.twin.books[name] > 0
    assert (run.books.answered[0] > 0) == configuration.doctrine.answers


@pytest.mark.parametrize("switch", MECHANISMS)
@pytest.mark.parametrize("doctrine", ["maximum_pressure", "due_diligence"])
def test_every_mechanism_alone_does_something(doctrine: str, switch: str) -> None:
    """Else that all off is nothing would say nothing: each moves the world, for itself or against its twin."""
    alone = {**ALL_OFF, f"switches.{switch}": True, f"reference.switches.{switch}": True}
    run, still = (run_one(lively(doctrine=doctrine, values=each, weeks=100), 1, 0) for each in (alone, ALL_OFF))
    assert run.trace.at_least.tobytes() != still.trace.at_least.tobytes() or run.books.suppressed[0] > 0


@pytest.mark.parametrize("switch", MECHANISMS)
def test_a_doctrine_is_its_own_reference_under_any_switch(switch: str) -> None:
    run = run_one(short(values={"reference.doctrine": "status_quo", f"switches.{switch}": False}), 1, 0)
    assert all(run.books[name] == 0 for name in CLASSES)
    assert run.books.bite > 0


# the definitions


@pytest.mark.parametrize("reference", ["none", "due_diligence"])
@pytest.mark.parametrize("doctrine", DOCTRINES)
def test_books_hold_what_the_definitions_say(doctrine: str, reference: str) -> None:
    configuration = short(doctrine=doctrine, values={"reference.doctrine": reference}, burn_in=104)
    run = run_one(configuration, 3, 0)
    for name, value in sums(run).items():
        assert run.books[name][0] == pytest.approx(value, rel=1e-9, abs=1e-9), name
    for kind in KINDS:
        for name, value in sums(run, rows_of(configuration, kind)).items():
            if not name.startswith("realised"):
                found = column_of(run.books, part_of(name, kind))[0]
                assert found == pytest.approx(value, rel=1e-9, abs=1e-9), (name, kind)


def test_every_class_occurs_somewhere() -> None:
    angry = {"scenario.grievance.grievance_gain": 5.0}
    pressed = run_one(short(doctrine="maximum_pressure", values=angry, weeks=208), 3, 0)
    relaxed = run_one(short(values={"reference.doctrine": "due_diligence"}), 3, 0)
    total = {name: sums(pressed)[name] + sums(relaxed)[name] for name in CLASSES}
    assert [name for name in CLASSES if total[name] <= 0] == []


def test_classes_obey_their_bounds() -> None:
    for doctrine in DOCTRINES:
        books = run_one(short(doctrine=doctrine), 5, 0).books[0]
        assert books.provoked <= books.escalated <= books.common
        assert books.deterred + books.dampened + books.suppressed <= books.deterrable + 1e-9
        assert min(books[name] for name in EXPECTED) >= 0


# the coupling


def test_expected_classes_do_not_depend_on_the_coupling() -> None:
    """Independent draws in both worlds: acts forgone come to deterrence less provocation, within 4 s.e."""
    run, chance = run_one(short(doctrine="maximum_pressure", weeks=208), 2, 0), np.random.default_rng(1)
    assert run.twin is not None
    common = (run.trace.code >= 0) & (run.twin.trace.code >= 0)
    ours, theirs = run.trace.at_least[common], run.twin.trace.at_least[common]
    draws = 200
    forgone = 0
    for _ in range(draws):
        rungs = [(chance.random(len(table))[:, None] < table[:, 1:]).sum(axis=1) for table in (ours, theirs)]
        forgone += int((rungs[1] > 0).sum()) - int((rungs[0] > 0).sum())
    acts = np.concatenate([ours[:, 1], theirs[:, 1]])
    error = np.sqrt(draws * (acts * (1 - acts)).sum())
    expected = draws * (run.books.deterred[0] - run.books.provoked[0])
    assert expected > 10 * error
    assert abs(forgone - expected) < 4 * error


@pytest.mark.parametrize("name", ["deterred", "provoked", "suppressed"])
def test_coupled_draws_realise_what_is_expected(name: str) -> None:
    """The inverse distribution couples monotonically: it realises each of these classes at its expected rate."""
    configuration, replicates = short(doctrine="due_diligence"), range(60)
    books = run(configuration, 4, replicates, run_twins(configuration, 4, replicates))
    surprise = books[f"realised_{name}"] - books[name]
    assert abs(surprise.mean()) <= 4 * surprise.std(ddof=1) / np.sqrt(len(surprise))


def test_realised_acts_come_at_their_expected_rate() -> None:
    configuration, replicates = short(doctrine="clear_ladder"), range(60)
    books = run(configuration, 4, replicates)
    for realised, expected in (("acts", "expected_acts"), ("severe_acts", "expected_severe")):
        surprise = books[realised] - books[expected]
        assert abs(surprise.mean()) < 4 * surprise.std(ddof=1) / np.sqrt(len(surprise))
    surprise = books.harm_realised - books.expected_harm
    # expected harm meets the mean victim: a success depends on the one that is met, through a logistic of little bend
    assert abs(surprise.mean()) < 4 * surprise.std(ddof=1) / np.sqrt(len(surprise)) + 0.02 * books.expected_harm.mean()


# harbours


def test_due_diligence_suppresses_opportunities(due_diligence: Configuration) -> None:
    run = run_one(due_diligence, 1, 0)
    assert run.twin is not None
    assert run.books.suppressed > 0
    assert run.books.released == 0
    harboured = rows_of(due_diligence, "criminal") + rows_of(due_diligence, "hacktivist")
    suppressed = np.flatnonzero((run.trace.code == SUPPRESSED).any(axis=0))
    assert set(suppressed) <= set(harboured)
    assert not (run.twin.trace.code == SUPPRESSED).any()


@pytest.mark.parametrize("tolerance", [0.0, 0.2, 0.7, 1.0])
@pytest.mark.parametrize("diligence", [1.0, 0.5])
def test_a_diligent_harbour_suppresses_what_it_does_not_tolerate(
    due_diligence: Configuration, tolerance: float, diligence: float
) -> None:
    world, weeks = begun(due_diligence), 4000
    group = row_of(due_diligence.perpetrators, "ransomware_group_a1")
    harbour = world.perpetrators[world.perpetrators.harbour[group]]
    harbour.tolerance, harbour.diligence = tolerance, diligence
    world.perpetrators.tempo[group] = 1e6  # an opportunity every week
    suppressed = 0
    for week in range(weeks):
        meet(world, group, week)
        choose(world, group, week)
        assert world.perpetrators.opportunity[group] == 1
        suppressed += int(world.perpetrators.suppressed[group])
    share = diligence * (1.0 - tolerance)
    assert abs(suppressed / weeks - share) <= 4 * np.sqrt(share * (1 - share) / weeks)


@pytest.mark.parametrize("name", SWAPPED)
def test_a_placebo_is_the_rate_with_world_and_twin_swapped(name: str) -> None:
    """To the last digits, for sums are taken in another order: nothing of it is drawn anew."""

    def columns(doctrine: str, reference: str) -> dict[str, np.ndarray]:
        one = run_one(short("baseline", doctrine, {"reference.doctrine": reference}), 3, 0)
        assert one.twin is not None
        return results(one.books, one.twin.books)

    there, back = columns("clear_ladder", "due_diligence"), columns("due_diligence", "clear_ladder")
    for one, other in ((there, back), (back, there)):
        assert figure(placebo_of(name), one) == pytest.approx(figure(name, other), rel=1e-9)


def test_rates_that_count_only_increases_have_placebos() -> None:
    """All that compare the world with its twin but what is averted, which is net: it has the sign of the effect."""
    assert set(SWAPPED) == {name for name in (*AGAINST_TWIN, "release_rate") if not METRICS[name].complement}


def test_runs_that_share_a_room_are_laid_out_as_each_alone() -> None:
    configuration = short(weeks=52, burn_in=26)
    met = room(configuration, 3)
    run(configuration, 1, range(3), met=met)
    for replicate in range(3):
        trace = laid_out(of_run(met, replicate), 26, len(configuration.perpetrators))
        alone = run_one(configuration, 1, replicate).trace
        assert trace.code.tobytes() == alone.code.tobytes()
        assert trace.at_least.tobytes() == alone.at_least.tobytes()
