"""Files of figures: SVG and PNG for paper and for slides; equal figures give equal bytes."""

import io
import re
from collections.abc import Iterable, Sequence

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from analysis.plotting.pages import WIDE
from analysis.plotting.style import DOTS, INCH, house
from model.errors import printable

PIXELS = 3840
"""Width of the PNG of a slide; its height is 2160."""
KINDS: dict[str, dict[str, str | None]] = {"svg": {"Date": None, "Creator": "deter"}, "png": {"Software": "deter"}}
"""Files of a figure, with what each says of its origin."""
CANVASES = {"svg": FigureCanvasSVG, "png": FigureCanvasAgg}


def rendered(figure: Figure, kinds: Iterable[str] = KINDS, *, slide: bool = False) -> dict[str, bytes]:
    """A figure as SVG and PNG, with its words as metadata; files of a slide say that they fill one."""
    title, setting, note = (text.get_text().replace("\n", " ") for text in figure.texts[:3])
    words = {"Title": title, "Description": f"{setting}. {note}"}
    width, files, before = figure.get_figwidth(), {}, figure.dpi
    # a canvas has the pixels that are whole, and rounding might lose one
    dots, enlarged = (PIXELS / width * (1.0 + 1e-9), WIDE / INCH / width) if slide else (DOTS, 1.0)
    with house():
        settle(figure)
        for kind in kinds:
            buffer = io.BytesIO()
            figure.set_dpi(dots)
            more = {"pil_kwargs": {"dpi": (dots / enlarged, dots / enlarged)}} if kind == "png" else {}
            # not by `savefig`, which draws everything twice for layouts that are not settled
            getattr(CANVASES[kind](figure), f"print_{kind}")(buffer, metadata={**words, **KINDS[kind]}, **more)
            files[kind] = buffer.getvalue()
        figure.set_dpi(before)
    if slide and "svg" in files:
        files["svg"] = _enlarged(files["svg"], figure, enlarged)
    return files


def settle(figure: Figure) -> None:
    """Fix the places of all panels; the layout's solver leaves noise in the last digits, which enters the SVG.

    No text holds a letter that cannot be seen, which SVG does not allow.
    """
    for text in figure.findobj(Text):
        text.set_text(printable(text.get_text(), keep="\n"))
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        if isinstance(axis.get_major_locator(), FixedLocator):  # its ticks have names, which are set anew when drawn
            names = [text.get_text() for text in axis.get_ticklabels()]
            if (seen := [printable(name, keep="\n") for name in names]) != names:
                axis.set_ticks(axis.get_ticklocs(), seen)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position(tuple(round(edge, 5) for edge in axes.get_position().bounds))


def _enlarged(svg: bytes, figure: Figure, times: float) -> bytes:
    """The same drawing with another size at which it is shown."""
    width, height = (times * 72.0 * inches for inches in figure.get_size_inches())
    size = re.compile(rb'width="[\d.]+pt" height="[\d.]+pt"')
    return size.sub(f'width="{width:.6g}pt" height="{height:.6g}pt"'.encode(), svg, count=1)


def slide_names(name: str, figures: Sequence[Figure]) -> dict[str, Figure]:
    """Slides by the names of their files: the figure's own if there is but one."""
    if len(figures) == 1:
        return {name: figures[0]}
    return {f"{name}-{place}": figure for place, figure in enumerate(figures, start=1)}
