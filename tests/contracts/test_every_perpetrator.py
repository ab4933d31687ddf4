"""What every perpetrator, archetype and kind inherits by standing in the catalogue; and every agent, of its columns."""

import functools
from typing import Any

import numpy as np
import pytest
from support.bounds import BOUNDS, ELSEWHERE, PLAIN, outside
from support.worlds import begun, bits, everything, lively, random_configuration, rows_of, short, walk

from agents.catalogue import KINDS
from agents.foundation.columns import Face
from agents.foundation.tables import Row, Table
from agents.perpetrator import TRAITS
from agents.union.case import Case
from agents.world import ARRAYS
from model.actors import applies
from model.configuration import shipped
from model.deterrence import DeterrenceModel
from model.ensemble import OneRun, run_one

CONFIGURATION = short()
ARCHETYPES, PERPETRATORS = list(CONFIGURATION.archetypes), list(CONFIGURATION.perpetrators)
FACES = Face.__subclasses__()
SEED, REPLICATES = 3, 4


@pytest.fixture(scope="module")
def runs() -> list[OneRun]:
    """Worlds without toolbox, where everybody acts freely."""
    configuration = lively(doctrine="none", weeks=208)
    return [run_one(configuration, SEED, replicate, ledger=True) for replicate in range(REPLICATES)]


# the catalogue


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_archetypes_perpetrators_and_the_traits_that_mean_something(kind: str) -> None:
    assert rows_of(CONFIGURATION, kind)
    for archetype in [each for each in CONFIGURATION.archetypes.values() if each.kind == kind]:
        assert set(archetype.given()) == {trait for trait in TRAITS if applies(trait, kind)}
    assert kind in {archetype.kind for archetype in CONFIGURATION.archetypes.values()}


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_each_archetype_is_somebodys(archetype: str) -> None:
    assert archetype in {perpetrator.archetype for perpetrator in CONFIGURATION.perpetrators.values()}


@pytest.mark.parametrize("name", PERPETRATORS)
def test_each_is_driven_by_its_state(name: str) -> None:
    world, row = begun(CONFIGURATION), PERPETRATORS.index(name)
    party, kind = world.perpetrators[row], CONFIGURATION.kind(name)
    assert (party.sponsor >= 0) == (kind == "proxy")
    assert (party.harbour >= 0) == (kind in ("criminal", "hacktivist"))
    assert CONFIGURATION.kind(PERPETRATORS[party.home]) == "state"
    assert party.home == (row if kind == "state" else max(party.sponsor, party.harbour))
    assert (world.pull[row] > 0).all()


# what it does


@pytest.mark.parametrize("name", PERPETRATORS)
def test_each_acts_is_detected_and_is_traced(runs: list[OneRun], name: str) -> None:
    row = PERPETRATORS.index(name)
    chosen = np.concatenate([run.trace.code[:, row] for run in runs])
    cases = np.concatenate([run.ledger[run.ledger.culprit == row] for run in runs]).view(np.recarray)
    assert {-1, 0} < set(chosen.tolist()), "it meets opportunities, lets some pass and takes others"
    assert len(cases) > 0
    assert (cases.activity > 0).all()
    assert ((cases.attributed >= 0) & (cases.right == 1)).any()
    assert ((cases.suspect == -1) | (cases.suspect != row)).any(), "it is never overlooked"


@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_each_archetype_does_more_than_one_thing(runs: list[OneRun], archetype: str) -> None:
    rows = [
        PERPETRATORS.index(name) for name, each in CONFIGURATION.perpetrators.items() if each.archetype == archetype
    ]
    chosen = np.concatenate([run.trace.code[:, rows].ravel() for run in runs])
    assert len(set(chosen[chosen > 0].tolist())) > 1


# columns


def test_every_array_and_every_column_has_bounds() -> None:
    tables = {name for name, layout in ARRAYS.items() if layout.dtype.names}
    assert tables == {*BOUNDS, *ELSEWHERE}, "enter a new table in tests/support/bounds.py"
    assert set(ARRAYS) - tables == set(PLAIN), "enter a new array in tests/support/bounds.py"
    for table, columns in BOUNDS.items():
        assert set(ARRAYS[table].dtype.names or ()) == set(columns), (
            f"enter a new column of {table} in tests/support/bounds.py"
        )


def test_no_column_has_the_name_of_what_every_record_has() -> None:
    """In plain Python `record.size` would be the record's own and no column."""
    own = {*dir(np.recarray), *dir(np.record), *dir(Table), *dir(Row)}
    for table, layout in ARRAYS.items():
        assert not own & set(layout.dtype.names or ()), table


@pytest.mark.parametrize("doctrine", shipped("doctrines"))
@pytest.mark.parametrize("scenario", shipped("scenarios"))
def test_columns_stay_within_their_bounds_week_after_week(scenario: str, doctrine: str) -> None:
    world = begun(lively(scenario, doctrine, weeks=60))
    for week in walk(world, 60):
        assert outside(world) == {}, f"week {week}"


@pytest.mark.parametrize("number", range(10))
def test_columns_stay_within_their_bounds_in_random_worlds(number: int) -> None:
    configuration = random_configuration(number, tempo=3.0).with_values({"scenario.time.weeks": 80})
    world = begun(everything(configuration) if number % 2 else configuration, seed=number, cases=400)
    for week in walk(world, 80):
        assert outside(world) == {}, f"week {week}"


def test_a_column_out_of_bounds_is_seen() -> None:
    world = begun(CONFIGURATION)
    world.perpetrators.grievance[7] = -1e-9
    world.council.credibility[0] = np.nan
    world.cases.status[0], world.cases.suspect[0], world.cases.activity[0] = 2, len(PERPETRATORS), 1
    assert set(outside(world)) == {"perpetrators.grievance", "council.credibility", "cases.suspect"}


# faces


def idle(face: type[Face]) -> type[Face]:
    """A subclass that overrides every method with one that does what it did."""

    def passed_on(name: str, method: Any) -> Any:
        @functools.wraps(method)
        def override(self: Any, *arguments: Any) -> Any:
            return getattr(super(subclass, self), name)(*arguments)

        return override

    methods = {name: passed_on(name, each) for name, each in vars(face).items() if callable(each) and name[0] != "_"}
    subclass: type[Face] = type(f"Idle{face.__name__}", (face,), methods)
    assert methods
    return subclass


def attribute(face: type[Face]) -> str:
    """Where a model class names the class of its agents of this kind."""
    (name,) = [name for name, value in vars(DeterrenceModel).items() if value is face]
    return name


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.__name__)
def test_a_subclass_that_changes_nothing_gives_the_same_bits(face: type[Face]) -> None:
    configuration = lively(weeks=18, burn_in=2)
    model = type("Own", (DeterrenceModel,), {attribute(face): idle(face)})
    run = model(configuration=configuration, rng=SEED, ledger=True).run().result
    assert bits(run) == bits(run_one(configuration, SEED, 0, ledger=True))
    assert len(run.ledger) > 10


def test_every_face_is_a_class_of_the_model() -> None:
    assert Case in FACES
    assert {attribute(face) for face in FACES} == {name for name in vars(DeterrenceModel) if name.endswith("_class")}
