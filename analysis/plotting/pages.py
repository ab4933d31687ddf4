"""For what a figure is drawn: paper, as high as need be, or slides of 16:9, of which each shows a part.

Every function that draws takes a `Page`, draws what `Page.share` leaves it, and asks `Page.sheet` for room. Where a
slide has too little, `slides` asks for the same figure on one slide more, and only then for smaller letters.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.plotting import style

HIGH = 190.5
WIDE = HIGH * 16 / 9
"""A slide of 16:9 as presentation programs have it, in mm."""
PIXELS = 3840
"""Width of its PNG; the height is 2160."""
SHEET, SMALLER, STEP = 192.0, 224.0, 1.15
"""Widths in mm of the sheet that is enlarged to a slide: letters of 7 points on it have 12.3 there, or 10.6; and by how
much it grows where even that does not do."""
PROMISED = 12.0
"""Size that the smallest letters have on a slide at least, in points, wherever panels can be shared out so."""
LOOSE = 0.94
"""How far panels may be pressed together unless told otherwise, as a share of their height on paper."""


class NoPartsError(Exception):
    """A figure has fewer parts than there are slides."""


@dataclass(frozen=True)
class Page:
    """Paper, or one of several slides: the sheet's width in mm (none: paper), which of how many."""

    wide: float | None = None
    place: int = 0
    count: int = 1

    @property
    def is_slide(self) -> bool:
        """Whether it is as high as a slide, and no higher."""
        return self.wide is not None

    def width(self, paper: float) -> float:
        """Width of the sheet in mm; on paper one column, or both."""
        return self.wide or paper

    def share(self, *blocks: Iterable[Any]) -> list[list[Any]]:
        """What of each block of parts stands here: on paper everything, on slides evenly and in their order.

        No slide has parts of two blocks unless there are fewer slides than blocks.
        """
        parts = [list(block) for block in blocks]
        full = [which for which, block in enumerate(parts) if block]
        if self.count > sum(map(len, parts)):
            raise NoPartsError
        if self.count <= len(full):
            kept = full[slice(*_ends(len(full), self.place, self.count))]
            return [block if which in kept else [] for which, block in enumerate(parts)]
        slides = dict.fromkeys(full, 1)
        for _ in range(self.count - len(full)):
            slides[max(full, key=lambda which: len(parts[which]) / slides[which])] += 1
        owners = [(which, part) for which in full for part in range(slides[which])]
        which, part = owners[self.place]
        here = parts[which][slice(*_ends(len(parts[which]), part, slides[which]))]
        return [here if each == which else [] for each in range(len(parts))]

    def sheet(
        self, width: float, panels: float, title: str, setting: str, note: str, *, least: float | None = None
    ) -> Figure:
        """An empty figure for panels so high; raises `style.NoRoomError` where a slide has not even the `least`."""
        if self.wide is None:
            return style.sheet(width, panels, title, setting, note)
        which = f" ({self.place + 1} of {self.count})".replace(" ", "\N{NO-BREAK SPACE}")
        numbered = f"{title} {which.strip()}" if self.count > 1 else title
        room = style.Room(self.wide * HIGH / WIDE, LOOSE * panels if least is None else least)
        return style.sheet(self.wide, panels, numbered, setting, note, room)

    def letter(self, panels: Iterable[Axes], first: int = 0) -> None:
        """Letters of panels, of which `first` stand on slides before; none where there is but one in all."""
        style.letter(panels, first, alone=self.count > 1)

    def span(self, axes: Axes, values: Iterable[float | None]) -> None:
        """Let the scale across hold these values, some of which stand on other slides: all slides have one scale."""
        found = [value for value in values if value is not None]
        if self.count > 1 and found:
            axes.update_datalim([(min(found), 0.0), (max(found), 0.0)], updatey=False)
            axes.autoscale_view(scaley=False)


PAPER = Page()


def _ends(size: int, place: int, of: int) -> tuple[int, int]:
    """Where the part of a list begins and ends that stands at this place of so many."""
    return size * place // of, size * (place + 1) // of


def slides(draw: Callable[[Page], Figure | None]) -> list[Figure]:
    """A figure on as few slides as have room for it, with letters as large as can be; empty where it shows nothing."""
    for wide in _widths():
        for number in count(1):
            try:
                drawn = [draw(Page(wide, place, number)) for place in range(number)]
            except style.NoRoomError:
                continue
            except NoPartsError:
                break
            return [figure for figure in drawn if figure is not None]
    raise AssertionError


def _widths() -> Iterable[float]:
    yield SHEET
    yield from (SMALLER * STEP**step for step in count())


def letters(figure: Figure) -> float:
    """Size of the smallest letters on a slide 33.9 cm wide, in points."""
    return style.TYPE * WIDE / (figure.get_figwidth() * style.INCH)


def rendered(figure: Figure) -> dict[str, bytes]:
    """A slide as SVG and as PNG of 3840 × 2160, both of which fill a slide where they are put on one."""
    width = figure.get_figwidth()
    dots = PIXELS / width * (1.0 + 1e-9)  # a canvas has the pixels that are whole, and rounding might lose one
    return style.rendered(figure, dots=dots, enlarged=WIDE / style.INCH / width)


def names(name: str, figures: Sequence[Figure]) -> dict[str, Figure]:
    """Slides by the names of their files: the figure's own if there is but one."""
    if len(figures) == 1:
        return {name: figures[0]}
    return {f"{name}-{place}": figure for place, figure in enumerate(figures, start=1)}
