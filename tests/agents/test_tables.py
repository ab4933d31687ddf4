"""Tables by column: rows and columns are the same memory, in plain Python as in compiled code."""

import copy
import pickle

import numba
import numpy as np
import pytest
from support.worlds import begun, short

from agents.catalogue import DIMENSIONS
from agents.foundation.columns import Columns, integer, natural, real
from agents.foundation.tables import Table
from agents.world import ARRAYS

KIND = Columns(who=natural("word"), weight=real("share"), count=integer("number"), parts=("(3,)f8", "three shares"))


def filled(rows: int = 4) -> Table:
    """A table with something in every place."""
    table = KIND.table(rows)
    table.who = np.arange(rows, dtype=np.uint64) + np.uint64(2**63)
    table.weight, table.count = np.linspace(0.5, 0.9, rows), -np.arange(rows)
    table.parts = np.arange(3.0 * rows).reshape(rows, 3)
    return table


def test_a_row_and_its_columns_are_the_same_memory() -> None:
    table = filled()
    row = table[2]
    assert (row.who, row.count, row["weight"]) == (2**63 + 2, -2, table.weight[2])
    assert row.parts.tolist() == [6.0, 7.0, 8.0] == table.parts[2].tolist()
    row.count, row.parts[1] = 7, 0.25
    table.weight[2] = 0.125
    assert (table.count[2], table.parts[2, 1], row.weight) == (7, 0.25, 0.125)
    assert table.weight.flags.c_contiguous


def test_a_row_is_set_from_another_or_from_values_in_the_order_of_fields() -> None:
    table, other = filled(), filled()
    table[0] = other[3]
    assert table.records()[0] == other.records()[3]
    table[1] = (5, 0.5, 6, (1.0, 2.0, 3.0))
    assert (table.who[1], table.parts[1].tolist()) == (5, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="argument 2"):
        table[1] = (5, 0.5, 6)


def test_an_unknown_field_is_an_error_and_no_new_attribute() -> None:
    table = filled()
    for place in (table, table[0]):
        with pytest.raises(AttributeError, match="wieght"):
            place.wieght  # noqa: B018
        with pytest.raises(AttributeError, match="wieght"):
            place.wieght = 1.0


@pytest.mark.parametrize("copied", [Table.copy, copy.deepcopy, lambda table: pickle.loads(pickle.dumps(table))])
def test_a_copy_shares_no_memory(copied) -> None:
    table = filled()
    other = copied(table)
    assert np.array_equal(other, table)
    assert not np.shares_memory(other.words, table.words)
    assert other[["who", "parts"]].dtype.names == ("who", "parts")


@numba.njit(error_model="numpy")
def changed(world, row):
    """A little of everything that rules do with tables."""
    one, other = world.perpetrators[row], world.perpetrators[row + 1]
    one.record = other.record + 0.5
    one.encounters = 3
    one.shocks[1] = 2.0
    world.perpetrators[row + 2] = one
    return len(world.perpetrators), len(one.shocks), world.activities[2].dimensions[1]


def test_compiled_code_reads_and_writes_the_same_places() -> None:
    world = begun(short())
    plain = world.copy()
    told = changed(world, 4)
    assert told == changed.py_func(plain, 4) == (len(world.perpetrators), 4, world.activities.dimensions[2, 1])
    assert world.perpetrators.tobytes() == plain.perpetrators.tobytes()
    assert world.perpetrators.shocks[6, 1] == 2.0


def test_no_compiled_rule_writes_what_never_changes() -> None:
    """Compiled code keeps such values in registers."""
    world = begun(short())

    @numba.njit
    def field(world):
        world.scenario[0].skill = 0.5

    @numba.njit
    def place(world):
        world.activities[1].dimensions[0] = 0.5

    for rule, table in ((field, "scenario"), (place, "activities")):
        with pytest.raises(Exception, match=f"{table} never changes in a run"):
            rule(world)
    assert {name for name, layout in ARRAYS.items() if layout.constant} >= {"scenario", "doctrines", "measures"}
    assert len(DIMENSIONS) == 7
