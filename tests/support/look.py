"""Figures as they were drawn: every text with its place in pixels, and what every figure owes its reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.plotting import style
from analysis.plotting.files import settle
from analysis.results.folder import Results


@dataclass
class Drawn:
    """A figure as it was drawn: its texts with their places in pixels."""

    name: str
    results: Results
    figure: Figure
    texts: list[tuple[Text, Any]]

    @property
    def said(self) -> str:
        return " ".join(text.get_text().replace("\n", " ") for text in self.figure.texts)

    def shows(self, text: Text) -> bool:
        return any(drawn is text for drawn, _ in self.texts)


@contextmanager
def recorded(texts: list[tuple[Text, Any]]) -> Iterator[None]:
    """Keep the texts that are drawn; those of ticks out of sight never are."""
    draw = Text.draw

    def note(self: Text, renderer: Any, *rest: Any, **more: Any) -> None:
        if self.get_visible() and self.get_text().strip():
            texts.append((self, self.get_window_extent(renderer)))
        draw(self, renderer, *rest, **more)

    Text.draw = note  # type: ignore[method-assign]
    try:
        yield
    finally:
        Text.draw = draw  # type: ignore[method-assign]


def draw(name: str, results: Results, figure: Figure) -> Drawn:
    texts: list[tuple[Text, Any]] = []
    with style.house():
        settle(figure)
        figure.set_dpi(style.DOTS)
        with recorded(texts):
            FigureCanvasAgg(figure).draw()
    return Drawn(name, results, figure, texts)


def assert_legible(drawn: list[Drawn], crowded: int = 0) -> None:
    """No text is cut off at the edge of the sheet or stands on another, but for two of at most `crowded` letters."""
    for one in drawn:
        width, height = one.figure.get_size_inches() * style.DOTS
        for text, box in one.texts:
            inside = box.x0 >= 0 <= box.y0 and box.x1 <= width and box.y1 <= height
            assert inside, (one.name, text.get_text())
        for (first, box), (second, other) in combinations(one.texts, 2):
            across = min(box.x1, other.x1) - max(box.x0, other.x0)
            up = min(box.y1, other.y1) - max(box.y0, other.y0)
            marks = max(len(first.get_text()), len(second.get_text())) <= crowded
            assert min(across, up) <= 1.0 or marks, (one.name, first.get_text(), second.get_text())


def assert_printable(drawn: list[Drawn]) -> None:
    """Figures are as wide as one column or two, with letters of at least seven points."""
    for one in drawn:
        assert round(one.figure.get_figwidth() * 25.4, 6) in (89.0, 183.0), one.name
        assert min(text.get_fontsize() for text, _ in one.texts) >= 7.0, one.name


def assert_filled(drawn: list[Drawn]) -> None:
    """Every panel shows something."""
    for one in drawn:
        for axes in one.figure.axes:
            lines = [line for line in axes.lines if np.isfinite(np.asarray(line.get_ydata(), float)).any()]
            assert lines or axes.collections or axes.patches or axes.texts, one.name
