"""Rules: small functions on the world, compiled once and shared by both engines.

`rule` compiles a function with the project's numba settings; what numba knows of a world says `foundation.memory`.

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

# Rules take no function of a platform's or of Intel's library; one that slipped in would give other bits vectorised.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba

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

    Inside a rule: `exp`, `log`, `real_power`, `normal_law` and `turn` of `foundation.functions`, nothing of `math` or
    numpy that rounds, `x * x` and not `x**2`, no `sum()` of floats. Then compiled code, plain Python and every platform
    give the same bits.
    """
    return _compile(function) if JIT else function


def inlined(function: Rule) -> Rule:
    """A rule that is copied into its callers: for the few that are called so often that the call itself would tell."""
    return _compile(function, forceinline=True) if JIT else function


def _compile(function: Rule, **options: Any) -> Rule:
    kept = cache_folder() is not None
    return cast(Rule, numba.njit(cache=kept, nogil=True, error_model="numpy", **options)(function))
