"""From results to findings: estimates with intervals, tables and figures.

`open_results(folder)` gives what a folder of results holds as Polars frames.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.results.folder import open_results

__distribution__ = "deter"
__all__ = ["open_results"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from analysis.results import folder as results

    return getattr(results, name)
