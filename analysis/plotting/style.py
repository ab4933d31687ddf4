"""The house style of figures: printed sizes, type, colours, lines, and the parts that every figure has.

A figure is as wide as a journal's column, its smallest letters are 7 points high in print, and nothing is told apart by
colour alone. `sheet` makes an empty figure with its words, `rendered` its files; every module that draws uses both.
"""

import io
import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

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
STRETCHED = 2.0
"""How far panels are stretched at most where a sheet is higher than they need."""
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


LINES = (
    Line(BLUE, "-", "o"),
    Line(RED, (0, (5, 1.5)), "s"),
    Line(YELLOW, (0, (1, 1)), "^"),
    Line(BLACK, (0, (5, 1.5, 1, 1.5)), "D"),
)
"""As many lines as one panel holds; more want panels of their own."""
WORLD: dict[str, Any] = {"color": BLUE, "linestyle": "-", "linewidth": 1.3}
TWIN: dict[str, Any] = {"color": BLACK, "linestyle": (0, (4, 2)), "linewidth": 0.8}

SEQUENTIAL = "cividis"
"""Even in lightness, and alike to colour-blind readers (Nuñez, Anderton & Renslow 2018)."""
DIVERGING = "RdBu"
"""For what may be negative: red below zero, blue above; its ends are alike in grey, so cells state their sign."""
SEVERITIES = ("#D3E0EC", "#6699CC", BLUE)
"""Mild to severe, light to dark."""
LADDER = ("#F2F2F2", YELLOW, RED, BLUE, BLACK)
"""Categories of measures, up the ladder, light to dark."""

SETTINGS: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws alike
    "font.size": TYPE,
    "axes.titlesize": TYPE,
    "axes.labelsize": TYPE,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "xtick.labelsize": TYPE,
    "ytick.labelsize": TYPE,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.6,
    "legend.fontsize": TYPE,
    "legend.frameon": False,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "svg.hashsalt": "deter",
    "svg.fonttype": "path",  # outlined, so that no reader's fonts change the figure
}


class NoRoomError(Exception):
    """Panels do not fit between the words of a sheet whose height is given."""


class Room(NamedTuple):
    """The height of a sheet where it is given, and the least that panels can do with, in mm."""

    height: float
    least: float


def sheet(width: float, panels: float, title: str, setting: str, note: str, given: Room | None = None) -> Figure:
    """An empty figure, `width` mm wide, with `panels` mm of height for its panels between the words.

    Above stands what is shown and, in a second line, of which doctrine, scenario and runs; below, what intervals, n and
    origin are. Where the height is given, panels have what the words leave; raises `NoRoomError` if that is too little.
    """
    room = (width - 2 * MARGIN) / POINT
    heads = [(wrapped(title, room, HEADING, "bold"), HEADING), (wrapped(setting, room), TYPE)]
    foot = wrapped(note, room)
    above, below = (sum(_high(text, size) for text, size in heads) + 2 * MARGIN, _high(foot, TYPE) + 2 * MARGIN)
    height = given.height if given else panels + above + below
    empty = 0.0
    if given:
        free = height - above - below
        if free < given.least:
            raise NoRoomError
        panels = min(free, STRETCHED * panels)
        empty = free - panels
    figure = Figure(figsize=(width / INCH, height / INCH), layout="constrained")
    rect = (0.0, (below + empty / 2) / height, 1.0, panels / height)
    figure.get_layout_engine().set(rect=rect, w_pad=MARGIN / INCH, h_pad=MARGIN / INCH)  # type: ignore[union-attr, call-arg]
    top = height - MARGIN
    for (text, size), weight in zip(heads, ("bold", "normal"), strict=True):
        place = (MARGIN / width, top / height)
        figure.text(*place, text, fontsize=size, fontweight=weight, va="top", linespacing=LEADING)
        top -= _high(text, size)
    figure.text(MARGIN / width, MARGIN / height, foot, fontsize=TYPE, va="bottom", linespacing=LEADING)
    return figure


def _high(text: str, size: float) -> float:
    """Height of lines of text in mm."""
    return (text.count("\n") + 1) * size * LEADING * POINT


@lru_cache(4096)
def width_of(text: str, size: float = TYPE, weight: str = "normal") -> float:
    """Width of a line of text in points."""
    font = FontProperties(family=SETTINGS["font.family"], size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(text, font, False)[0])


def wrapped(text: str, room: float, size: float = TYPE, weight: str = "normal") -> str:
    """Text broken into lines no wider than `room` points, single words apart."""
    lines: list[str] = []
    for word in text.replace("'", "’").replace("\n", " ").split(" "):
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


def turned(labels: Sequence[str], room: float) -> float:
    """Height in mm of tick labels that must be turned to fit side by side into `room` points; 0 where they fit."""
    longest = max(width_of(line) for label in labels for line in label.split("\n"))
    return longest * POINT if longest > 0.9 * room / len(labels) else 0.0


def below(labels: Sequence[str], room: float) -> float:
    """Height in mm that tick labels need beyond one line, turned or broken."""
    lines = max(label.count("\n") for label in labels)
    return turned(labels, room) or lines * TYPE * LEADING * POINT


def broken(labels: Sequence[str], room: float) -> list[str]:
    """Tick labels in lines that fit side by side into `room` points; as they are where a word is too long for that."""
    lines = [wrapped(label, 0.9 * room / len(labels)) for label in labels]
    return list(labels) if turned(lines, room) else lines


def name_ticks(axes: Axes, places: Any, labels: Sequence[str], room: float) -> None:
    """Name the places along the lower axis, `room` points long: turned if need be, and not all where they are many."""
    every = 1
    if turned(labels, room):
        axes.tick_params(axis="x", labelrotation=90)
        every = math.ceil(TYPE * LEADING * len(labels) / room)
    axes.set_xticks(places[::every], labels[::every])


def letter(panels: Iterable[Axes], first: int = 0, *, alone: bool = False) -> None:
    """Letters a, b, c … at the upper left of panels, `first` of them left out; a lone panel has none unless `alone`."""
    panels = list(panels)
    for place, axes in enumerate(panels if len(panels) > 1 or alone else (), start=first):
        axes.set_title("abcdefghijklmnopqrstuvwxyz"[place], loc="left", fontsize=LETTER, fontweight="bold", pad=3.0)


def label_ends(axes: Axes, ends: dict[str, float], apart: float = 0.16) -> None:
    """Names of lines at the right of a panel, where they end; `apart` at least, as a share of its height."""
    low, high = axes.get_ylim()
    floor = 0.0
    for above, (name, end) in zip(
        range(len(ends) - 1, -1, -1), sorted(ends.items(), key=lambda item: item[1]), strict=True
    ):
        place = max(floor, min((end - low) / (high - low), 1.0 - above * apart))
        floor = place + apart
        axes.annotate(name, (1.0, place), (4, 0), "axes fraction", "offset points", va="center", annotation_clip=False)


KINDS: dict[str, dict[str, str | None]] = {"svg": {"Date": None, "Creator": "deter"}, "png": {"Software": "deter"}}
"""Files of a figure, with what each says of its origin."""
CANVASES = {"svg": FigureCanvasSVG, "png": FigureCanvasAgg}


def rendered(
    figure: Figure, kinds: Iterable[str] = KINDS, dots: float = DOTS, enlarged: float = 1.0
) -> dict[str, bytes]:
    """A figure as SVG and PNG, with its words as metadata; equal figures give equal bytes.

    `dots` are those per inch of the sheet; files say that they are `enlarged` so many times as large as it.
    """
    title, setting, note = (text.get_text().replace("\n", " ") for text in figure.texts[:3])
    words = {"Title": title, "Description": f"{setting}. {note}"}
    files, before = {}, figure.dpi
    with mpl.rc_context(SETTINGS):
        settle(figure)
        for kind in kinds:
            buffer = io.BytesIO()
            figure.set_dpi(dots)
            more = {"pil_kwargs": {"dpi": (dots / enlarged, dots / enlarged)}} if kind == "png" else {}
            # not by `savefig`, which draws everything twice for layouts that are not settled
            getattr(CANVASES[kind](figure), f"print_{kind}")(buffer, metadata={**words, **KINDS[kind]}, **more)
            files[kind] = buffer.getvalue()
            if kind == "svg" and enlarged != 1.0:
                files[kind] = _said_larger(files[kind], figure, enlarged)
        figure.set_dpi(before)
    return files


def settle(figure: Figure) -> None:
    """Fix the places of all panels; the layout's solver leaves noise in the last digits, which enters the SVG."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position(tuple(round(edge, 5) for edge in axes.get_position().bounds))


def _said_larger(svg: bytes, figure: Figure, enlarged: float) -> bytes:
    """The same drawing with another size at which it is shown."""
    width, height = (enlarged * 72.0 * inches for inches in figure.get_size_inches())
    size = re.compile(rb'width="[\d.]+pt" height="[\d.]+pt"')
    return size.sub(f'width="{width:.6g}pt" height="{height:.6g}pt"'.encode(), svg, count=1)
