"""Words for figures and tables: names of factors, levels and shares."""

from typing import Any

from model.metrics import METRICS

TITLES = {"doctrine.attribution_confidence": "Attribution confidence required"}
"""Factors whose own name would mislead: more of this one is asked for, not had."""


def factor_title(path: str) -> str:
    """A factor as a reader calls it: `scenario.investigation.skill` → Skill."""
    if path in TITLES:
        return TITLES[path]
    return path.rpartition(".")[2].replace("_", " ").capitalize()


def level_text(level: Any) -> str:
    """A level without needless digits."""
    if isinstance(level, bool):
        return "yes" if level else "no"
    return f"{level:.4g}" if isinstance(level, float) else str(level)


def short_level(level: Any) -> str:
    """A level for a tick: two decimals at most."""
    return f"{round(level, 2):g}" if isinstance(level, float) else level_text(level)


def percent(share: float, digits: int = 1) -> str:
    """A share in per cent."""
    return f"{100.0 * share:.{digits}f} %"


def is_share(metric: str) -> bool:
    """Whether a metric is a share, shown in per cent."""
    return metric in METRICS and METRICS[metric].unit.startswith("share")
