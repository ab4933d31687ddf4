"""Experiments: designs, the runner, the store of results, and the command line.

`Sweep` and `run_sweep` are loaded when first asked for, so that the command line starts quickly.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.sweep import Sweep, run_sweep

__all__ = ["Sweep", "run_sweep"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from experiments import sweep

    return getattr(sweep, name)
