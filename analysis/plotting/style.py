"""The house style of figures: printed sizes, type, colours and lines, and how wide text is.

A figure is as wide as a journal's column, its smallest letters are 7 points high in print, and nothing is told apart by
colour alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import matplotlib.style
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from model.errors import printable

SINGLE, DOUBLE = 89.0, 183.0
"""Widths of a figure in mm: one column of a journal, and both."""
INCH, POINT = 25.4, 25.4 / 72.0
"""Millimetres in each."""
MARGIN = 1.5
"""Around the sheet, in mm."""
DOTS = 300
"""Dots per inch of PNG files."""
TYPE, HEADING, LETTER = 7.0, 8.5, 8.0
"""Sizes of letters in points: everything, the title, the letters of panels."""
LEADING = 1.3
"""Lines' distance over the size of letters."""

BLUE, RED, YELLOW, BLACK = "#004488", "#BB5566", "#DDAA33", "#000000"
"""The high-contrast scheme of Tol 2021: apart for colour-blind readers, and in lightness for grey print."""
SHADE = 0.25
"""Opacity of the band of an interval."""


class Line(NamedTuple):
    """How one line of several is drawn: each differs from the others in colour, in lightness, in dashes and marker."""

    color: str
    linestyle: Any
    marker: str

    @property
    def look(self) -> dict[str, Any]:
        """Its colour, dashes and marker, as arguments of functions that plot."""
        return self._asdict()


LINES = (
    Line(BLUE, "-", "o"),
    Line(RED, (0, (5, 1.5)), "s"),
    Line(YELLOW, (0, (1, 1)), "^"),
    Line(BLACK, (0, (5, 1.5, 1, 1.5)), "D"),
)
"""As many lines as one panel holds; more want panels of their own."""
WORLD: dict[str, Any] = {"color": BLUE, "linestyle": "-", "linewidth": 1.3}
TWIN: dict[str, Any] = {"color": BLACK, "linestyle": (0, (4, 2)), "linewidth": 0.8}
"""Lines of one run over time, and of its twin."""

SEQUENTIAL = "cividis"
"""Even in lightness, and alike to colour-blind readers (Nuñez, Anderton & Renslow 2018)."""
DIVERGING = "RdBu"
"""For what may be negative: red below zero, blue above; its ends are alike in grey, so cells state their sign."""
SEVERITIES = ("#D3E0EC", "#6699CC", BLUE)
"""Mild to severe, light to dark."""
LADDER = ("#F2F2F2", YELLOW, RED, BLUE, BLACK)
"""Categories of measures, up the ladder, light to dark."""

SIZES = "font.size", "axes.titlesize", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"
WIDTHS = "axes.linewidth", "xtick.major.width", "ytick.major.width", "hatch.linewidth"
OFF = "axes.spines.top", "axes.spines.right", "axes.formatter.useoffset", "legend.frameon"
SETTINGS: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws alike
    **dict.fromkeys(SIZES, TYPE),
    **dict.fromkeys(WIDTHS, 0.6),
    **dict.fromkeys(OFF, False),
    "axes.axisbelow": True,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "svg.hashsalt": "deter",
    "svg.fonttype": "path",  # outlined, so that no reader's fonts change the figure
    "text.parse_math": False,  # a title with dollar signs is a title
}
"""Settings of matplotlib under which every figure is drawn, beside its defaults."""


@contextmanager
def house() -> Iterator[None]:
    """Draw under the settings of the house, whatever those of the user are, which stay as they were."""
    with matplotlib.style.context(["default", SETTINGS]):
        yield


@lru_cache(4096)
def width_of(text: str, size: float = TYPE, weight: str = "normal") -> float:
    """Width of a line of text in points."""
    font = FontProperties(family=SETTINGS["font.family"], size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(printable(text), font, False)[0])


def wrapped(text: str, room: float, size: float = TYPE, weight: str = "normal") -> str:
    """Text broken into lines no wider than `room` points, single words apart."""
    lines: list[str] = []
    for word in printable(text.replace("'", "’").replace("\n", " ")).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size, weight) <= 0.98 * room:  # the screen's hinting widens letters a little
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)


def label(text: str, room: float) -> str:
    """The label of an axis, broken where it is wider than `room` points, first of all before its unit."""
    name, bracket, unit = text.partition(" (")
    if not bracket or "\n" not in wrapped(text, room):
        return _even(text, room)
    return f"{_even(name, room)}\n{_even(f'({unit}', room)}"


def _even(text: str, room: float) -> str:
    """Wrapped text with lines as even as their number allows."""
    rows = wrapped(text, room).count("\n")
    narrowed = (wrapped(text, share * room) for share in (0.5, 0.6, 0.7, 0.8, 0.9))
    return next((lines for lines in narrowed if lines.count("\n") == rows), wrapped(text, room))
