"""What figures are printed on: paper, as high as need be, or slides of 16:9, of which each shows a part.

A function that draws need not know which. It takes from `share` the parts that stand on the page under way, asks
`sheet` for room, and draws; `slides` lets it draw once for each slide. Where a slide has too little room, the figure
gets one slide more, and only then smaller letters.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO
from itertools import chain, count
from string import ascii_lowercase
from typing import Any, TypeVar

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.plotting import style
from analysis.plotting.style import DOUBLE, HEADING, INCH, LEADING, LETTER, MARGIN, POINT, SINGLE, TYPE, wrapped

HIGH = 190.5
WIDE = HIGH * 16 / 9
"""A slide of 16:9 as presentation programs have it, in mm."""
SHEET, SMALLER, STEP = 192.0, 224.0, 1.15
"""Widths in mm of the sheet that is enlarged to a slide: letters of 7 points on it have 12.3 there, or 10.6; and by how
much it grows where even that does not do."""
PROMISED = 12.0
"""Size that the smallest letters have on a slide at least, in points, wherever panels can be shared out so."""
LOOSE, STRETCHED = 0.94, 2.0
"""How far panels may be pressed together unless told otherwise, and how far they are stretched at most where a slide
is higher than they need: as shares of their height on paper."""

SCREEN = 110
"""Dots per inch of a figure in a notebook."""

T = TypeVar("T")


class Sheet(Figure):
    """A figure that a notebook shows by itself: no backend is chosen for it, and nothing keeps it in memory."""

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Picture, and its size on the screen, which has half as many dots, so that letters are sharp."""
        buffer, (wide, high) = BytesIO(), self.get_size_inches()
        with style.house():
            self.savefig(buffer, format="png", dpi=2 * SCREEN)
        return buffer.getvalue(), {"width": round(SCREEN * wide), "height": round(SCREEN * high)}


class NoPartsError(Exception):
    """A figure has fewer parts than there are slides."""


class NoRoomError(Exception):
    """Panels do not fit between the words of a slide."""


@dataclass(frozen=True)
class Page:
    """Paper, or one of several slides: the sheet's width in mm (none: paper), which of how many."""

    wide: float | None = None
    place: int = 0
    count: int = 1


PAPER = Page()
_UNDER_WAY = ContextVar("page", default=PAPER)


@contextmanager
def drawing(page: Page = PAPER) -> Iterator[None]:
    """Draw in the house style, and for this page."""
    before = _UNDER_WAY.set(page)
    try:
        with style.house():
            yield
    finally:
        _UNDER_WAY.reset(before)


def paper(draw: Callable[[], Figure | None]) -> list[Figure]:
    """A figure for paper, by itself; none where it shows nothing."""
    with drawing():
        figure = draw()
    return [] if figure is None else [figure]


def slides(draw: Callable[[], Figure | None]) -> list[Figure]:
    """A figure on as few slides as have room for it, with letters as large as can be; empty where it shows nothing."""
    for wide in chain([SHEET], (SMALLER * STEP**step for step in count())):
        for number in count(1):
            figures = []
            try:
                for place in range(number):
                    with drawing(Page(wide, place, number)):
                        figures.append(draw())
            except NoRoomError:
                continue  # with one slide more
            except NoPartsError:
                break  # every part has a slide of its own: only smaller letters are left
            return [figure for figure in figures if figure is not None]
    raise AssertionError


def letters(figure: Figure) -> float:
    """Size of the smallest letters on a slide 33.9 cm wide, in points."""
    return TYPE * WIDE / (figure.get_figwidth() * INCH)


def by_page(on_paper: T, on_slide: T) -> T:
    """The one for paper or the other for slides, as the page under way is."""
    return on_paper if _UNDER_WAY.get().wide is None else on_slide


def width(on_paper: float) -> float:
    """Width of the sheet in mm; on paper as given, one column or both."""
    return _UNDER_WAY.get().wide or on_paper


def share(*blocks: Iterable[Any]) -> list[list[Any]]:
    """What of each block of parts stands on this page: on paper everything, on slides evenly and in their order.

    No slide has parts of two blocks unless there are fewer slides than blocks.
    """
    page, parts = _UNDER_WAY.get(), [list(block) for block in blocks]
    full = [which for which, block in enumerate(parts) if block]
    if page.count > sum(map(len, parts)):
        raise NoPartsError
    if page.count <= len(full):
        here = _portion(full, page.place, page.count)
        return [block if which in here else [] for which, block in enumerate(parts)]
    shares = dict.fromkeys(full, 1)  # slides of each block: the next goes where most parts stand on one
    for _ in range(page.count - len(full)):
        shares[max(full, key=lambda which: len(parts[which]) / shares[which])] += 1
    which, place = [(which, place) for which in full for place in range(shares[which])][page.place]
    return [_portion(block, place, shares[which]) if block is parts[which] else [] for block in parts]


def _portion(parts: list[T], place: int, of: int) -> list[T]:
    """The part of a list that stands at this place of so many."""
    return parts[len(parts) * place // of : len(parts) * (place + 1) // of]


def sheet(wide: float, panels: float, title: str, setting: str, note: str, *, least: float | None = None) -> Figure:
    """An empty figure, on paper `wide` mm wide, with `panels` mm of height for its panels between the words.

    Above stands what is shown and, in a second line, of which doctrine, scenario and runs; below, what intervals, n and
    origin are. A slide leaves panels what height it has beside the words; raises `NoRoomError` where that is less than
    the `least` they can do with, in mm.
    """
    page, wide = _UNDER_WAY.get(), width(wide)
    if page.count > 1:
        title += f" ({page.place + 1}\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}{page.count})"
    room = (wide - 2 * MARGIN) / POINT
    heads = [(wrapped(title, room, HEADING, "bold"), HEADING), (wrapped(setting, room), TYPE)]
    foot = wrapped(note, room)
    above, below = (sum(_high(text, size) for text, size in heads) + 2 * MARGIN, _high(foot, TYPE) + 2 * MARGIN)
    height, empty = panels + above + below, 0.0
    if page.wide is not None:
        height = page.wide * HIGH / WIDE
        free = height - above - below
        if free < (LOOSE * panels if least is None else least):
            raise NoRoomError
        panels = min(free, STRETCHED * panels)
        empty = free - panels
    # no pyplot, which would keep every figure in memory
    figure = Sheet(figsize=(wide / INCH, height / INCH), layout="constrained")
    rect = (0.0, (below + empty / 2) / height, 1.0, panels / height)
    figure.get_layout_engine().set(rect=rect, w_pad=MARGIN / INCH, h_pad=MARGIN / INCH)  # type: ignore[union-attr, call-arg]
    top = height - MARGIN
    for (text, size), weight in zip(heads, ("bold", "normal"), strict=True):
        place = (MARGIN / wide, top / height)
        figure.text(*place, text, fontsize=size, fontweight=weight, va="top", linespacing=LEADING)
        top -= _high(text, size)
    figure.text(MARGIN / wide, MARGIN / height, foot, fontsize=TYPE, va="bottom", linespacing=LEADING)
    return figure


def _high(text: str, size: float) -> float:
    """Height of lines of text in mm."""
    return (text.count("\n") + 1) * size * LEADING * POINT


def grid(
    parts: Sequence[T], high: float | Callable[[T], float], *words: str, columns: int = 2, loose: float = LOOSE
) -> tuple[Figure, float, list[tuple[Axes, T]]]:
    """A sheet with a lettered panel for each part that stands on this page, in rows of `columns` at most.

    `high` is the height of a panel in mm, or tells it of a part; a row is as high as the highest. `words` are title,
    setting and note of the sheet. Returned are the figure, the width of a panel with what is around it in mm, and the
    panels with their parts.
    """
    (here,) = share(parts)
    columns = min(columns, len(here))
    rows = -(-len(here) // columns)
    panels = rows * (max(map(high, here)) if callable(high) else high)
    wide = DOUBLE if columns > 1 else SINGLE
    figure = sheet(wide, panels, *words, least=loose * panels)
    axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for empty in axes[len(here) :]:
        empty.remove()
    letter(axes[: len(here)], next(at for at, part in enumerate(parts) if part is here[0]))
    return figure, width(wide) / columns, list(zip(axes, here, strict=False))


def letter(panels: Iterable[Axes], first: int = 0) -> None:
    """Letters a … z, aa … at the upper left of panels, of which `first` stand on slides before; none of a lone one."""
    panels = list(panels)
    alone = len(panels) == 1 and _UNDER_WAY.get().count == 1
    for place, axes in enumerate(() if alone else panels, start=first):
        name = ascii_lowercase[place % 26] * (1 + place // 26)
        axes.set_title(name, loc="left", fontsize=LETTER, fontweight="bold", pad=3.0)


def span(axes: Axes, values: Iterable[float | None]) -> None:
    """Let the scale across hold these values, some of which stand on other slides: all slides have one scale."""
    found = [value for value in values if value is not None]
    if _UNDER_WAY.get().count > 1 and found:
        axes.update_datalim([(min(found), 0.0), (max(found), 0.0)], updatey=False)
        axes.autoscale_view(scaley=False)
