"""The house style of figures: sizes of a printed column, colours that survive colour blindness and grey print."""

import io
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

COLUMN, FULL = 3.5, 7.2
"""Widths in inches: one column, and the full page."""

BLUE, ORANGE, GREEN, VERMILION, PURPLE, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#666666"
"""After Okabe & Ito 2008."""

WORLD, TWIN = BLUE, GREY
SEQUENTIAL = "cividis"
"""Even in lightness, and alike to colour-blind readers (Nuñez, Anderton & Renslow 2018)."""
SEVERITIES = ("#C6DBEF", "#6BAED6", "#08306B")
"""Mild to severe, light to dark."""
LADDER = ("#DDDDDD", "#F0E442", "#56B4E9", "#A04000", "#332288")
"""Categories of measures, up the ladder: apart in hue for colour-blind readers, and light to dark in grey print."""

SETTINGS: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that every machine draws alike
    "font.size": 7.5,
    "axes.titlesize": 8.5,
    "axes.titlelocation": "left",
    "axes.labelsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": True,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "legend.fontsize": 7.0,
    "legend.frameon": False,
    "lines.linewidth": 1.3,
    "lines.markersize": 3.5,
    "svg.hashsalt": "deter",
    "svg.fonttype": "path",
}
DOTS = 220
"""Dots per inch of PNG files."""


def rendered(figure: Figure) -> dict[str, bytes]:
    """A figure as SVG and PNG; equal figures give equal bytes."""
    files = {}
    with mpl.rc_context(SETTINGS):
        settle(figure)
        for kind, metadata in (("svg", {"Date": None, "Creator": "deter"}), ("png", {"Software": "deter"})):
            buffer = io.BytesIO()
            figure.savefig(buffer, format=kind, dpi=DOTS, metadata=metadata)
            files[kind] = buffer.getvalue()
    return files


def settle(figure: Figure) -> None:
    """Fix the places of all panels; the layout's solver leaves noise in the last digits, which enters the SVG."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position(tuple(round(edge, 5) for edge in axes.get_position().bounds))


def sheet(width: float, height: float, title: str, note: str) -> Figure:
    """An empty figure with a title above and a note below; the note says n, intervals and origin."""
    figure = Figure(figsize=(width, height), layout="constrained")
    lines = note.count("\n") + 1
    below, above = (0.13 * lines + 0.08) / height, 0.30 / height
    figure.get_layout_engine().set(rect=(0.0, below, 1.0, 1.0 - below - above), w_pad=0.06, h_pad=0.06)  # type: ignore[union-attr, call-arg]
    figure.text(0.06 / width, 1.0 - 0.06 / height, title, fontsize=9.5, fontweight="bold", va="top")
    figure.text(0.06 / width, 0.05 / height, note, fontsize=6.0, color="#444444", va="bottom", linespacing=1.35)
    return figure
