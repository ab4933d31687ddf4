"""What a calibration found, on the screen."""

from collections.abc import Iterator
from typing import Any

from analysis.calibration.answer import Calibration
from analysis.calibration.tables import said
from experiments.terminal.screen import titled

HEADS = ("parameter", "prior", "posterior, 90 %", "contraction", "")


def shown_calibration(found: Calibration) -> Iterator[Any]:
    """A row for each parameter, and the findings below."""
    rows = [
        (
            one.title,
            f"{one.low:.3g} to {one.high:.3g}",
            f"{one.mean:.3g} [{one.from_:.3g}, {one.to:.3g}]",
            f"{one.contraction:.2f}".replace("-", "−"),
            "dummy" if one.path == found.dummy else "informed" if one.calibrated else "",
        )
        for one in found.parameters
    ]
    yield titled("What the record says of each parameter", HEADS, rows, first={"ratio": 3}, expand=True)
    yield from said(found)
    yield ""
