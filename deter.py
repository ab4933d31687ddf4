"""An agent-based model of deterrence by the EU Cyber Diplomacy Toolbox: one import for users.

    import deter

    model = deter.DeterrenceModel("illustrative", "swift_qmv", rng=1)
    results = deter.run_sweep("headline", "results/quick", replicates=20)
    table = deter.effects(deter.open_results("results/quick"))

Names are loaded when they are first asked for. `main` is the command `deter`.
"""

import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.comparison.comparison import comparison_of as compare
    from analysis.comparison.pareto import pareto as pareto
    from analysis.comparison.regret import regret as regret
    from analysis.decomposition.shapley import shapley_values as shapley_values
    from analysis.discovery.answer import discover as discover
    from analysis.effects.effects import effects as effects
    from analysis.report.folders import report as report
    from analysis.report.gallery import draw as draw
    from analysis.results.folder import open_results as open_results
    from analysis.sensitivity.analysis import sensitivity as sensitivity
    from analysis.statistics.contrasts import paired as paired
    from experiments.clients.workbench import workbench_model as workbench_model
    from experiments.design.design import Design as Design
    from experiments.running.compare import compare_doctrines as compare_doctrines
    from experiments.running.reproduce import reproduce as reproduce
    from experiments.running.searching import search as search
    from experiments.running.single import run_single as run_single
    from experiments.running.sweep import Sweep as Sweep
    from experiments.running.sweep import run_sweep as run_sweep
    from model.deterrence import DeterrenceModel as DeterrenceModel

PACKAGES = ("agents", "model", "analysis", "experiments", "configs")
"""Packages of this distribution. Their names are common ones, so that others may take their place."""
MARK = '__distribution__ = "deter"'
"""What stands in the `__init__.py` of each of them."""

_PUBLIC = {
    "DeterrenceModel": "model.deterrence",
    "open_results": "analysis.results.folder",
    "effects": "analysis.effects.effects",
    "paired": "analysis.statistics.contrasts",
    "compare": "analysis.comparison.comparison:comparison_of",
    "regret": "analysis.comparison.regret",
    "pareto": "analysis.comparison.pareto",
    "sensitivity": "analysis.sensitivity.analysis",
    "discover": "analysis.discovery.answer",
    "shapley_values": "analysis.decomposition.shapley",
    "draw": "analysis.report.gallery",
    "report": "analysis.report.folders",
    "Design": "experiments.design.design",
    "Sweep": "experiments.running.sweep",
    "run_sweep": "experiments.running.sweep",
    "run_single": "experiments.running.single",
    "compare_doctrines": "experiments.running.compare",
    "reproduce": "experiments.running.reproduce",
    "search": "experiments.running.searching",
    "workbench_model": "experiments.clients.workbench",
}
"""Public names, and the module of each; after a colon its name there, where that is another."""
__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if problem := in_the_way():
        raise ImportError(f"deter cannot be used: {problem}")
    module, _, own = _PUBLIC[name].partition(":")
    found = globals()[name] = getattr(import_module(module), own or name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})


@cache
def in_the_way() -> str | None:
    """What stands in the place of a package of deter, in a sentence that says what to do; None where nothing does.

    A user's own `model.py` beside a script hides `model/`; another distribution in the same environment may have
    overwritten `agents/`.
    """
    root = Path(__file__).resolve().parent
    for name in PACKAGES:
        spec = find_spec(name)
        found = Path(spec.origin).resolve() if spec and spec.origin else None
        if found is None:
            return f"its package `{name}` is missing: reinstall deter in a separate environment"
        if found != root / name / "__init__.py":
            return f"{found} hides its package `{name}`: rename that file or folder, or start from another folder"
        if MARK not in found.read_text("utf-8"):
            return (
                f"another distribution has overwritten its package `{name}` in {root}: "
                "install deter in an environment of its own"
            )
    return None


def main() -> int:
    """Run the command `deter`; returns its exit code."""
    try:
        if problem := in_the_way():
            print(f"deter cannot start: {problem}", file=sys.stderr)
            return 1
        from experiments.commands.main import main as command
    except KeyboardInterrupt:  # before there is a command that says so
        return 130
    return command()


if __name__ == "__main__":
    sys.exit(main())
