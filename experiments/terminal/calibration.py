"""What a calibration found, on the screen."""

from collections.abc import Iterator
from typing import Any

from analysis.calibration.answer import Calibration
from analysis.calibration.tables import HEADS, said, texts_of_parameters
from experiments.terminal.screen import titled


def shown_calibration(found: Calibration) -> Iterator[Any]:
    """A row for each parameter, and the findings below."""
    yield titled(
        "What the record says of each parameter", HEADS, texts_of_parameters(found), first={"ratio": 3}, expand=True
    )
    yield from said(found)
    yield ""
