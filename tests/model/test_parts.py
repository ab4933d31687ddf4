"""Acts by kind of perpetrator and by group of victims: parts that add up to the whole, in figures and by the year."""

import numpy as np
import pytest
from support.worlds import begun, kinds, random_configuration, short

from agents.books import CLASSES, GROUPS, SPLIT, YEAR
from agents.catalogue import HACKTIVIST, KINDS, PROXY, STATE
from model.configuration import Configuration
from model.deterrence import DeterrenceModel
from model.ensemble import room_for_years, run, run_one, run_twins
from model.metrics.catalogue import CRITERIA, METRICS, figure
from model.metrics.columns import COLUMNS, DELAYS, column_of, part_of, results, results_by_year
from model.metrics.definition import Total
from model.metrics.parts import BY_GROUP, BY_KIND
from model.recording import add_up, compare, record_choice
from model.schedule import SUPPRESSED

Columns = dict[str, np.ndarray]


@pytest.fixture(scope="module")
def columns() -> Columns:
    configuration = short("baseline", "due_diligence", {"reference.doctrine": "status_quo"})
    twins = run_twins(configuration, 1, range(3))
    return results(run(configuration, 1, range(3), twins), twins.books)


# parts and their whole


@pytest.mark.parametrize("number", [1, 3])
def test_a_whole_is_the_sum_of_its_parts_in_both_engines(number: int) -> None:
    configuration = random_configuration(number, tempo=2.0)
    for one in (run_one(configuration, 5, 0), DeterrenceModel.run_one(configuration, 5, 0)):
        assert one.twin is not None
        for books in (one.books, one.twin.books):
            for parts, names in SPLIT.values():
                for name in names:
                    in_order = sum(float(column_of(books, part_of(name, part))[0]) for part in parts)
                    assert books[name][0] == in_order, name
        assert all(one.books[name][0] > 0 for name in ("opportunities", "acts", "harm_realised", "deterred"))


def test_both_ways_to_split_acts_give_the_same_acts(columns: Columns) -> None:
    for name in ("acts", "severe_acts", "twin_acts", "twin_severe_acts"):
        by_kind, by_group = (sum(columns[part_of(name, part)] for part in parts) for parts in (KINDS, GROUPS))
        assert (by_kind == by_group).all()
        assert (by_kind == columns[name]).all()
        assert (by_kind > 0).all()


def test_books_told_before_the_end_are_added_up_too() -> None:
    model = DeterrenceModel(configuration=short(), rng=3)
    for _ in range(model.burn_in + 20):
        model.step()
    acts = [model.figure(part_of("acts", kind)) for kind in KINDS]
    assert model.figure("acts") == pytest.approx(sum(acts))
    assert sum(acts) > 0
    assert model.figure("deterrence_rate") is not None


# by hand


def test_a_week_by_hand() -> None:
    """Two states and a hacktivist: an act on a Member State that succeeds, one on a partner that fails, restraint."""
    configuration = short()
    world = begun(configuration)
    kind, names = kinds(configuration), list(configuration.activities)
    first, second = [row for row, each in enumerate(kind) if each == STATE][:2]
    third = kind.index(HACKTIVIST)
    worst, mild = len(names) - 1, 1
    world.at_least[[first, second, third]] = 0.0
    world.at_least[first, : worst + 1] = [1.0, *[0.5] * worst]
    world.at_least[second, :2] = [1.0, 0.25]
    world.at_least[third, :2] = [1.0, 0.125]
    people = world.perpetrators
    people.suppressed[:], people.success[:] = 0, 0.5
    people.activity[[first, second, third]] = [worst, mild, 0]
    people.victim[[first, second]] = [26, 27]  # the last Member State, the first partner
    people.succeeded[[first, second]] = [1, 0]
    for row in (first, second, third):
        record_choice(world, row)
    add_up(world, 0, 0)
    books, harm = world.books, world.activities.harm
    assert books.acts_by_kind[0].tolist() == [2, 0, 0, 0]
    assert books.acts_by_group[0].tolist() == [1, 1]
    assert books.severe_acts_by_group[0].tolist() == [1, 0]
    assert books.severe_acts_by_kind[0].tolist() == [1, 0, 0, 0]
    assert books.harm_realised_by_group[0].tolist() == [harm[worst], 0.0]
    assert books.open_opportunities_by_kind[0].tolist() == [2, 0, 0, 1]
    assert books.expected_acts_by_kind[0].tolist() == [0.75, 0.0, 0.0, 0.125]
    assert books.expected_severe_by_kind[0].tolist() == [0.5, 0.0, 0.0, 0.0]
    expected = [0.5 * harm[worst] * 0.5 + 0.25 * harm[mild] * 0.5, 0.0, 0.0, 0.125 * harm[mild] * 0.5]
    assert books.expected_harm_by_kind[0] == pytest.approx(expected, rel=1e-12)
    assert (books.acts[0], books.severe_acts[0], books.expected_acts[0]) == (2, 1, 0.875)
    assert books.harm_realised[0] == harm[worst]


def test_a_comparison_by_hand() -> None:
    """A state that is deterred, a proxy that escalates, a hacktivist whose opportunity only this world takes away."""
    configuration = short()
    world = begun(configuration)
    kind, rungs = kinds(configuration), len(configuration.activities)
    rows = [kind.index(each) for each in (STATE, PROXY, HACKTIVIST)]
    tails = np.zeros((3, rungs))
    tails[:, 0] = 1.0
    tails[:, 1] = [0.5, 0.5, 0.75]
    world.at_least[rows] = tails
    world.at_least[rows[0], 1] = 0.25
    world.at_least[rows[1], 1:3] = [0.5, 0.125]
    world.met[:3], world.council.rows_met = rows, 3
    world.perpetrators.opportunity[rows], world.perpetrators.activity[rows] = 1, 0
    world.perpetrators.suppressed[rows] = [0, 0, 1]
    compare(world, tails, np.array([1, 0, 1], np.int8), 0, 0)
    add_up(world, 0, 0)
    books = world.books[0]
    assert books.deterrable_by_kind.tolist() == [0.5, 0.5, 0.0, 0.75]
    assert books.deterred_by_kind.tolist() == [0.25, 0.0, 0.0, 0.0]
    assert books.escalated_by_kind.tolist() == [0.0, 0.125, 0.0, 0.0]
    assert books.suppressed_by_kind.tolist() == [0.0, 0.0, 0.0, 0.75]
    assert books.common_by_kind.tolist() == [1, 1, 0, 0]
    assert (books.deterrable, books.deterred, books.common) == (1.75, 0.25, 2)
    assert SUPPRESSED not in (0, 1)


# metrics of parts


@pytest.mark.parametrize("name", BY_KIND)
def test_a_metric_is_the_mean_of_its_kinds(columns: Columns, name: str) -> None:
    """Numerators of the kinds add up to that of the whole, and so do denominators, but for weeks, which all share."""
    whole, parts = METRICS[name], [METRICS[part_of(name.removesuffix("_a_year"), kind)] for kind in KINDS]
    above = sum(part.numerator(columns) for part in parts)
    below = [part.denominator(columns) for part in parts]
    assert above == pytest.approx(whole.numerator(columns), rel=1e-12)
    assert (below[0] if "weeks" in whole.formula else sum(below)) == pytest.approx(
        whole.denominator(columns), rel=1e-12
    )
    for kind, part in zip(KINDS, parts, strict=True):
        assert (part.part, part.unit, part.better, part.complement) == (
            kind,
            whole.unit,
            whole.better,
            whole.complement,
        )
        assert len({part.title, whole.title, *(other.title for other in parts)}) == 1 + len(KINDS)


@pytest.mark.parametrize("twin", ["", "twin_"])
@pytest.mark.parametrize("name", BY_GROUP)
def test_what_is_done_to_victims_is_the_sum_of_their_groups(columns: Columns, name: str, twin: str) -> None:
    total = columns[twin + {"harm": "harm_realised"}.get(name, name)]
    groups = sum(METRICS[part_of(twin + name, group)].numerator(columns) for group in GROUPS)
    assert groups == pytest.approx(total, rel=1e-12)
    assert (total > 0).any()


def test_every_metric_is_of_columns_that_runs_have() -> None:
    for name, metric in METRICS.items():
        for total in (metric.numerator, metric.denominator):
            assert isinstance(total, Total)
            assert {*total.plus, *total.minus} <= set(COLUMNS), name


def test_parts_are_nowhere_without_being_asked_for() -> None:
    parts = {name for name, metric in METRICS.items() if metric.part}
    assert len(parts) == len(BY_KIND) * len(KINDS) + 2 * len(BY_GROUP) * len(GROUPS)
    assert not parts & set(CRITERIA)
    assert not any(METRICS[name].shown or METRICS[name].target is not None for name in parts)


def test_a_configuration_of_one_kind_has_figures_of_that_kind_alone() -> None:
    configuration = alone("state", short("baseline", "clear_ladder"))
    one = run_one(configuration, 1, 0)
    assert one.twin is not None
    found = results(one.books, one.twin.books)
    assert found["acts"] == found["acts_state"] > 0
    for name in BY_KIND:
        short_name = name.removesuffix("_a_year")
        assert figure(part_of(short_name, "state"), found) == figure(name, found)
        for kind in ("proxy", "criminal", "hacktivist"):
            assert figure(part_of(short_name, kind), found) == (0.0 if "weeks" in METRICS[name].formula else None)


def alone(kind: str, configuration: Configuration) -> Configuration:
    """The same configuration with the perpetrators of one kind."""
    people = {name: each for name, each in configuration.perpetrators.items() if configuration.kind(name) == kind}
    return Configuration.model_validate(configuration.model_dump() | {"perpetrators": people})


def test_where_the_world_is_its_twin_nothing_is_averted_in_any_part() -> None:
    configuration = short(doctrine="none")
    twins = run_twins(configuration, 1, range(2))
    found = results(run(configuration, 1, range(2), twins), twins.books)
    for name in ("net_acts", "net_severe_acts", "harm_averted_a_year"):
        assert (METRICS[name].numerator(found) == 0.0).all(), name
    for kind in KINDS:
        for name in CLASSES[2:]:
            assert (found[part_of(name, kind)] == 0.0).all(), (name, kind)
        assert (found[part_of("expected_harm", kind)] == found[part_of("twin_expected_harm", kind)]).all()
        assert (found[part_of("common", kind)] == found[part_of("open_opportunities", kind)]).all()


def test_net_figures_are_differences_of_the_worlds(columns: Columns) -> None:
    years = columns["weeks"] / YEAR

    def a_year(name: str) -> np.ndarray:
        return METRICS[name].numerator(columns) / METRICS[name].denominator(columns)

    assert a_year("net_acts") == pytest.approx(a_year("expected_acts_a_year") - a_year("twin_expected_acts_a_year"))
    assert a_year("harm_averted_a_year") == pytest.approx(a_year("twin_harm_a_year") - a_year("harm_a_year"))
    assert a_year("harm_averted_a_year") * years / columns["twin_expected_harm"] == pytest.approx(
        1.0 - columns["expected_harm"] / columns["twin_expected_harm"]
    )
    lost = columns["suppressed"] + columns["deterred"] - columns["provoked"] - columns["released"]
    assert -a_year("net_acts") * years == pytest.approx(lost), "acts that pressure on harbours takes away count"


# by year


def test_years_add_up_to_the_run_and_cost_nothing_where_they_are_not_asked_for() -> None:
    configuration, replicates = short(weeks=3 * YEAR), range(12)
    theirs, ours = room_for_years(configuration, 12), room_for_years(configuration, 12)
    twins = run_twins(configuration, 1, replicates, theirs)
    books = run(configuration, 1, replicates, twins, periods=ours)
    plain = run_twins(configuration, 1, replicates)
    assert plain.books.tobytes() == twins.books.tobytes()
    assert run(configuration, 1, replicates, plain).tobytes() == books.tobytes()
    whole, yearly = results(books, twins.books), results_by_year(ours, theirs)
    for name in COLUMNS:
        assert yearly[name].shape == (12, 3)
        if name not in DELAYS:
            assert yearly[name].sum(axis=1) == pytest.approx(whole[name], rel=1e-12), name
    assert (yearly["weeks"] == YEAR).all()
    assert (yearly["acts"] > 0).all()


def test_weeks_beyond_the_last_whole_year_are_in_no_year_and_a_small_docket_changes_none() -> None:
    configuration = random_configuration(9, tempo=2.0).with_values(
        {"scenario.time.weeks": 2 * YEAR + 10, "scenario.time.burn_in": 5}
    )
    large, small = room_for_years(configuration, 2), room_for_years(configuration, 2)
    books = run(configuration, 8, range(2), periods=large)
    run(configuration, 8, range(2), periods=small, cases=4)
    assert large.tobytes() == small.tobytes()
    assert (large.weeks == [YEAR, 2 * YEAR]).all()
    assert (column_of(large, "acts_state")[:, -1] <= column_of(books, "acts_state")).all()


def test_years_are_those_of_the_weekly_series() -> None:
    configuration = short(weeks=2 * YEAR)
    theirs, ours = room_for_years(configuration, 1), room_for_years(configuration, 1)
    run(configuration, 4, [0], run_twins(configuration, 4, [0], theirs), periods=ours)
    one, yearly = run_one(configuration, 4, 0), results_by_year(ours, theirs)
    assert one.twin is not None
    for name in ("acts", "severe_acts", "expected_acts", "expected_harm", "deterred", "escalated", "common"):
        assert yearly[name][0] == pytest.approx(one.series[name].reshape(2, YEAR).sum(axis=1)), name
    assert yearly["twin_expected_harm"][0] == pytest.approx(one.twin.series.expected_harm.reshape(2, YEAR).sum(axis=1))
