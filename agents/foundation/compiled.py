"""Rules: small functions on the world, compiled once and shared by both engines.

`rule` compiles a function with the project's numba settings. A world enters a rule as one pointer, to a table of the
addresses of its arrays (`register`): passing its tables one by one would cost more than most rules do.

With `NUMBA_DISABLE_JIT=1` every rule is the plain Python function that the reader sees, to step through in a debugger.
"""

import functools
import hashlib
import os
import platform
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

# SVML would give other bits than the scalar functions of the platform's libm.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import NativeValue, intrinsic, models, overload_attribute, register_model, unbox

ROOT = Path(__file__).resolve().parents[2]
JIT = not numba.config.DISABLE_JIT


class Tables(Protocol):
    """The arrays of a world by name, as a rule sees them."""

    def __getattr__(self, name: str) -> Any: ...


Rule = TypeVar("Rule", bound=Callable[..., Any])


@functools.cache
def source_hash() -> str:
    """Hash of every source file that a rule may depend on, as 16 hexadecimal digits; on Windows the same."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in ("agents", "model"):
        for path in sorted((ROOT / folder).rglob("*.py"), key=lambda path: path.parts):
            name = path.relative_to(ROOT).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


@functools.cache
def cache_folder() -> Path | None:
    """Folder of compiled code for exactly this source, this Python and this numba; None: nothing is kept.

    numba keys its own cache by the defining file alone, so a rule that calls an edited rule would run stale code.

    What lies there is run as it is. Hence it is the user's own cache, or the folder that DETER_CACHE_DIR names; where
    none of these can be written, a folder for this user alone in the temporary directory that all users share. Where
    that is a link, another's or open to others, each process compiles the rules anew, in about half a minute.
    """
    name = f"{source_hash()}-{platform.python_version()}-{numba.__version__}"
    homes = [os.environ.get("DETER_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME"), os.path.expanduser("~/.cache")]
    for home in homes:
        if not home or home.startswith("~"):  # not set, or nobody's
            continue
        folder = Path(home) / "deter" / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return _shared(name)


def _shared(name: str) -> Path | None:
    """A folder of this name in one of the user's own, below the temporary directory; None where it is not theirs."""
    user = os.getuid() if hasattr(os, "getuid") else None
    own = Path(tempfile.gettempdir()) / f"deter-{'cache' if user is None else user}"
    try:
        own.mkdir(mode=0o700, exist_ok=True)
        found = own.lstat()
        if user is not None and (found.st_uid != user or stat.S_IMODE(found.st_mode) != 0o700):
            return None
        if not stat.S_ISDIR(found.st_mode):
            return None
        (own / name).mkdir(exist_ok=True)
    except OSError:
        return None
    return own / name


if cache_folder():
    numba.config.CACHE_DIR = str(cache_folder())


def rule(function: Rule) -> Rule:
    """Compile a function of the world for both engines.

    Inside a rule: functions of `math` and never of numpy, `x * x` and not `x**2`, no `sum()` of floats. Then the
    compiled engine, plain Python and every thread count give the same bits.
    """
    return _compile(function) if JIT else function


def inlined(function: Rule) -> Rule:
    """A rule that is copied into its callers: for the few that are called so often that the call itself would tell."""
    return _compile(function, forceinline=True) if JIT else function


def _compile(function: Rule, **options: Any) -> Rule:
    kept = cache_folder() is not None
    return cast(Rule, numba.njit(cache=kept, nogil=True, error_model="numpy", **options)(function))


class WorldType(types.Type):  # type: ignore[misc]
    """numba's view of a world: the address of its table of contents, so that a call passes one pointer."""

    def __init__(self) -> None:
        super().__init__(name="World")


WORLD = WorldType()
_SLOTS = 4
"""Integers for each array in the table of contents: its address and up to three lengths."""


def contents(arrays: list[np.ndarray[Any, Any]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The table of contents of these arrays: for each its address and its shape."""
    table = np.zeros((len(arrays), _SLOTS), np.int64)
    for row, array in enumerate(arrays):
        if not array.flags.c_contiguous:
            raise ValueError("arrays of a world must be contiguous")
        table[row, 0] = array.ctypes.data
        table[row, 1 : 1 + array.ndim] = array.shape
    return table


def register(world: type, fields: dict[str, tuple[Any, int]]) -> None:
    """Teach numba a world class: the arrays it has, each with dtype and number of dimensions, in the order of contents.

    Instances need an `address`: that of their table of contents. Arrays reached this way are not reference-counted;
    the instance keeps them alive.
    """
    world._numba_type_ = WORLD  # type: ignore[attr-defined]
    if JIT:
        for place, (name, (dtype, dimensions)) in enumerate(fields.items()):
            _register_field(name, place * _SLOTS, dtype, dimensions)


def _register_field(name: str, slot: int, dtype: Any, dimensions: int) -> None:
    if dimensions == 1:

        def one(world: Any) -> Any:
            def get(world: Any) -> Any:
                return numba.carray(_pointer(world, slot), (_length(world, slot + 1),), dtype)

            return get

        overload_attribute(WorldType, name)(one)
    else:

        def two(world: Any) -> Any:
            def get(world: Any) -> Any:
                return numba.carray(_pointer(world, slot), (_length(world, slot + 1), _length(world, slot + 2)), dtype)

            return get

        overload_attribute(WorldType, name)(two)


if JIT:

    @register_model(WorldType)
    class _WorldModel(models.PrimitiveModel):  # type: ignore[misc]
        def __init__(self, manager: Any, kind: Any) -> None:
            super().__init__(manager, kind, ir.IntType(64))

    @unbox(WorldType)
    def _unbox(_kind: Any, instance: Any, context: Any) -> Any:
        address = context.pyapi.object_getattr_string(instance, "address")
        value = context.pyapi.long_as_longlong(address)
        context.pyapi.decref(address)
        return NativeValue(value, is_error=cgutils.is_not_null(context.builder, context.pyapi.err_occurred()))

    def _load(builder: Any, world: Any, slot: Any) -> Any:
        table = builder.inttoptr(world, ir.IntType(64).as_pointer())
        return builder.load(builder.gep(table, [slot]))

    @intrinsic
    def _length(_context: Any, world: Any, slot: Any) -> Any:
        """An integer of the table of contents."""
        return types.intp(world, types.intp), lambda _c, builder, _s, arguments: _load(builder, *arguments)

    @intrinsic
    def _pointer(_context: Any, world: Any, slot: Any) -> Any:
        """An address of the table of contents."""

        def emit(_c: Any, builder: Any, _s: Any, arguments: Any) -> Any:
            return builder.inttoptr(_load(builder, *arguments), ir.IntType(8).as_pointer())

        return types.voidptr(world, types.intp), emit
