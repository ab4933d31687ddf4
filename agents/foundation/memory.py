"""What numba knows of a world: one pointer to a table of contents, and behind it tables by column and arrays.

A world enters a rule as that pointer: passing its arrays one by one would cost more than most rules do. What is told
to LLVM besides lets it keep values in registers and vectorise loops: a circumstance never changes in a run, and what
is written to one column is in no other.
"""

import operator
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing import signature
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global
from numba.extending import (
    NativeValue,
    lower_builtin,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    register_model,
    unbox,
)
from numba.np.arrayobj import make_array, populate_array


class Layout(NamedTuple):
    """How an array of a world lies in memory."""

    dtype: np.dtype[Any]
    dimensions: int
    doc: str
    by_column: bool = False  # a `Table`
    rows: int = 0  # of a table that always has so many; 0: any number
    constant: bool = False  # never written in a run


class WorldType(types.Type):  # type: ignore[misc]
    """numba's view of a world: the address of its table of contents."""

    def __init__(self) -> None:
        super().__init__(name="World")


WORLD = WorldType()
_SLOTS = 4
"""Integers for each array in the table of contents: its address and up to three lengths."""


class TableType(types.Type):  # type: ignore[misc]
    """numba's view of a table by column."""

    def __init__(self, name: str, layout: Layout) -> None:
        self.table, self.layout = name, layout
        super().__init__(name=f"Table({name})")

    def has(self, name: str) -> bool:
        """Whether there is such a field."""
        return name in (self.layout.dtype.names or ())

    def field(self, name: str) -> tuple[Any, int, int]:
        """Numba's type of a field's values, the place of its column among all, and its length; 0: no array."""
        fields: Any = self.layout.dtype.fields
        kind, offset = fields[name][:2]
        return _TYPES[kind.base.str], offset // 8, kind.shape[0] if kind.shape else 0


class RowType(types.Type):  # type: ignore[misc]
    """numba's view of a row."""

    def __init__(self, of: TableType) -> None:
        self.of = of
        super().__init__(name=f"Row({of.table})")


class PartType(types.Type):  # type: ignore[misc]
    """numba's view of a field of a row that is an array itself."""

    def __init__(self, of: TableType, field: str) -> None:
        self.of, self.field = of, field
        super().__init__(name=f"Part({of.table}.{field})")


_WORD, _BYTE = ir.IntType(64), ir.IntType(8)
_TYPES = {"<f8": types.float64, "<i8": types.int64, "<u8": types.uint64}


def contents(arrays: list[Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The table of contents of these arrays and tables: for each its address and its shape."""
    table = np.zeros((len(arrays), _SLOTS), np.int64)
    for place, array in enumerate(arrays):
        memory = getattr(array, "words", array)
        if not memory.flags.c_contiguous:
            raise ValueError("arrays of a world must be contiguous")
        table[place, 0] = memory.ctypes.data
        table[place, 1 : 1 + array.ndim] = array.shape
    return table


def register(world: type, layouts: dict[str, Layout]) -> None:
    """Teach numba a world class: the arrays it has, in the order of contents.

    Instances need an `address`: that of their table of contents. Arrays reached this way are not reference-counted;
    the instance keeps them alive.
    """
    world._numba_type_ = WORLD  # type: ignore[attr-defined]
    for place, (name, layout) in enumerate(layouts.items()):
        _LAYOUTS[name] = (place * _SLOTS, layout)


_LAYOUTS: dict[str, tuple[int, Layout]] = {}
"""By name of the array: where its entry in the table of contents begins, and how it lies in memory."""


@register_model(WorldType)
class _WorldModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _WORD)


@register_model(TableType)
@register_model(RowType)
@register_model(PartType)
class _PlaceModel(models.StructModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, [("base", types.voidptr), ("rows", types.int64), ("at", types.int64)])


@unbox(WorldType)
def _unbox(_kind: Any, instance: Any, context: Any) -> Any:
    address = context.pyapi.object_getattr_string(instance, "address")
    value = context.pyapi.long_as_longlong(address)
    context.pyapi.decref(address)
    return NativeValue(value, is_error=cgutils.is_not_null(context.builder, context.pyapi.err_occurred()))


def _load(builder: Any, world: Any, slot: Any) -> Any:
    """An integer of the table of contents, which never changes."""
    table = builder.inttoptr(world, _WORD.as_pointer())
    loaded = builder.load(builder.gep(table, [slot]))
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@infer_getattr
class _WorldAttributes(AttributeTemplate):  # type: ignore[misc]
    key = WorldType

    def generic_resolve(self, _world: WorldType, name: str) -> Any:
        if name not in _LAYOUTS:
            return None
        layout = _LAYOUTS[name][1]
        if layout.by_column:
            return TableType(name, layout)
        return types.Array(numba.from_dtype(layout.dtype), layout.dimensions, "C")


@lower_getattr_generic(WorldType)
def _get_array(context: Any, builder: Any, _world: WorldType, value: Any, name: str) -> Any:
    slot, layout = _LAYOUTS[name]
    address, *lengths = (
        _load(builder, value, ir.Constant(_WORD, slot + place)) for place in range(1 + layout.dimensions)
    )
    memory = builder.inttoptr(address, _BYTE.as_pointer())
    if layout.by_column:
        table = cgutils.create_struct_proxy(TableType(name, layout))(context, builder)
        table.base, table.rows = memory, ir.Constant(_WORD, layout.rows) if layout.rows else lengths[0]
        return table._getvalue()
    kind = types.Array(numba.from_dtype(layout.dtype), layout.dimensions, "C")
    array, size = make_array(kind)(context, builder), ir.Constant(_WORD, layout.dtype.itemsize)
    strides = [size] if layout.dimensions == 1 else [builder.mul(lengths[1], size), size]
    start = builder.bitcast(memory, array.data.type)
    populate_array(array, start, lengths, strides, size, meminfo=None)
    return array._getvalue()


# columns, rows and parts


def _address(context: Any, builder: Any, value: Any, place: Any, kind: Any) -> Any:
    """Address of the word of a column, by its place among them, in a row."""
    base, rows, at = (builder.extract_value(value, part) for part in range(3))
    place = ir.Constant(_WORD, place) if isinstance(place, int) else place
    start = builder.bitcast(base, context.get_value_type(kind).as_pointer())
    column = builder.gep(start, [builder.mul(rows, place)], inbounds=True)
    return builder.gep(column, [at], inbounds=True)


def _tell(builder: Any, access: Any, of: TableType, field: str) -> Any:
    """Tell LLVM of a load or store in which column it is (type-based alias analysis), and whether that ever changes."""
    module = builder.module
    column = module.add_metadata([f"{of.table}.{field}", module.add_metadata(["deter"]), ir.Constant(_WORD, 0)])
    access.set_metadata("tbaa", module.add_metadata([column, column, ir.Constant(_WORD, 0)]))
    if of.layout.constant and access.opname == "load":
        access.set_metadata("invariant.load", module.add_metadata([]))
    return access


def _refuse_constant(of: TableType) -> None:
    if of.layout.constant:
        raise TypeError(f"{of.table} never changes in a run: no rule may write to it")


@infer_getattr
class _RowAttributes(AttributeTemplate):  # type: ignore[misc]
    key = RowType

    def generic_resolve(self, row: RowType, name: str) -> Any:
        if not row.of.has(name):
            return None
        kind, _, length = row.of.field(name)
        return PartType(row.of, name) if length else kind


@lower_getattr_generic(RowType)
def _get_field(context: Any, builder: Any, row: RowType, value: Any, name: str) -> Any:
    kind, place, length = row.of.field(name)
    if length:
        return value
    return _tell(builder, builder.load(_address(context, builder, value, place, kind)), row.of, name)


@lower_setattr_generic(RowType)
def _set_field(context: Any, builder: Any, found: Any, arguments: Any, name: str) -> None:
    row = found.args[0]
    _refuse_constant(row.of)
    kind, place, _ = row.of.field(name)
    value = context.cast(builder, arguments[1], found.args[1], kind)
    _tell(builder, builder.store(value, _address(context, builder, arguments[0], place, kind)), row.of, name)


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, arguments: Any, _keywords: Any) -> Any:
        of, index = arguments
        if isinstance(index, types.Integer) and isinstance(of, TableType):
            return signature(RowType(of), of, types.int64)
        if isinstance(index, types.Integer) and isinstance(of, PartType):
            return signature(of.of.field(of.field)[0], of, types.int64)
        return None


def _is_row_like(of: TableType, value: Any) -> bool:
    """Whether a value is a row with the fields of a table, be it of another table."""
    return isinstance(value, RowType) and value.of.layout.dtype == of.layout.dtype


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, arguments: Any, _keywords: Any) -> Any:
        of, index, value = arguments
        if isinstance(index, types.Integer) and isinstance(of, TableType) and _is_row_like(of, value):
            return signature(types.none, of, types.int64, value)
        if isinstance(index, types.Integer) and isinstance(of, PartType):
            return signature(types.none, of, types.int64, of.of.field(of.field)[0])
        return None


@infer_global(len)
class _Len(AbstractTemplate):  # type: ignore[misc]
    def generic(self, arguments: Any, _keywords: Any) -> Any:
        known = isinstance(arguments[0], (TableType, PartType))
        return signature(types.intp, arguments[0]) if known else None


@lower_builtin(len, TableType)
def _rows(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    return builder.extract_value(arguments[0], 1)


@lower_builtin(len, PartType)
def _length(_context: Any, _builder: Any, found: Any, _arguments: Any) -> Any:
    part = found.args[0]
    return ir.Constant(_WORD, part.of.field(part.field)[2])


@lower_builtin(operator.getitem, TableType, types.int64)
def _row(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    return builder.insert_value(arguments[0], arguments[1], 2)


@lower_builtin(operator.setitem, TableType, types.int64, RowType)
def _copy_row(context: Any, builder: Any, found: Any, arguments: Any) -> None:
    _refuse_constant(found.args[0])
    here = builder.insert_value(arguments[0], arguments[1], 2)
    for place in range(found.args[0].layout.dtype.itemsize // 8):
        given = builder.load(_address(context, builder, arguments[2], place, types.int64))
        builder.store(given, _address(context, builder, here, place, types.int64))


def _element(context: Any, builder: Any, part: PartType, arguments: Any) -> Any:
    kind, first, _ = part.of.field(part.field)
    return _address(context, builder, arguments[0], builder.add(arguments[1], ir.Constant(_WORD, first)), kind)


@lower_builtin(operator.getitem, PartType, types.int64)
def _get_element(context: Any, builder: Any, found: Any, arguments: Any) -> Any:
    part = found.args[0]
    return _tell(builder, builder.load(_element(context, builder, part, arguments)), part.of, part.field)


@lower_builtin(operator.setitem, PartType, types.int64, types.Any)
def _set_element(context: Any, builder: Any, found: Any, arguments: Any) -> None:
    part = found.args[0]
    _refuse_constant(part.of)
    _tell(builder, builder.store(arguments[2], _element(context, builder, part, arguments)), part.of, part.field)
