"""Figures of the theories can be read, and show something in every panel."""

from typing import Any

import pytest
from support.look import assert_filled, assert_legible, assert_printable, draw

from analysis.theory import figures
from analysis.theory.figures import EXACT

COUNCIL = {"Big": 80.0, "Middle": 40.0, "Small": 10.5, "Smaller": 5.0, "Smallest": 0.5}
DRAWN: dict[str, Any] = {
    "attribution": figures.attribution_figure,
    "blame": figures.blame_figure,
    "timing": figures.timing_figure,
    "race": figures.race_figure,
    "spiral": figures.spiral_figure,
    "voting": lambda: figures.voting_figure(COUNCIL),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_figure_can_be_read(name: str) -> None:
    drawn = draw(name, None, DRAWN[name]())
    assert_legible([drawn])
    assert_printable([drawn])
    assert_filled([drawn])
    assert EXACT in drawn.said


def test_every_theory_has_a_figure() -> None:
    assert {name for name in vars(figures) if name.endswith("_figure")} == {f"{name}_figure" for name in DRAWN}
