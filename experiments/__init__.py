"""Experiments: designs, the runner, the store of results, and the command line.

`Sweep`, `run_sweep` and `compare_doctrines` are loaded when first asked for, so that the command line starts quickly.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.running.compare import compare_doctrines
    from experiments.running.sweep import Sweep, run_sweep

__distribution__ = "deter"
__all__ = ["Sweep", "compare_doctrines", "run_sweep"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module = "compare" if name == "compare_doctrines" else "sweep"
    return getattr(import_module(f"experiments.running.{module}"), name)
