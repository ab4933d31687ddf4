"""What the tests of figures share about slides: the checks that each passes, and what all of them show together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from analysis.plotting import style
from analysis.plotting.pages import SHEET, WIDE, Page, drawing
from analysis.report.gallery import drawer, drawn
from analysis.results.folder import Results
from support import look


def check(name: str, results: Results, *, letters: float = 12.0, crowded: bool = False) -> list[Figure]:
    """Everything that the slides of a figure promise; where `crowded`, short names may stand over one another."""
    paper, slides = drawn(name, results)[0], drawn(name, results, slide=True)
    for place, slide in enumerate(slides):
        width, height = slide.get_size_inches()
        np.testing.assert_allclose(width / height, 16 / 9, rtol=1e-12)
        one = look.draw(f"{name} {place}", results, slide)
        smallest = min(text.get_fontsize() for text, _ in one.texts)
        assert smallest * WIDE / (width * style.INCH) >= letters, (name, smallest)
        if crowded:
            one.texts[:] = [(text, box) for text, box in one.texts if len(text.get_text()) > 2]
        look.assert_legible([one])
        look.assert_filled([one])
        same_words(paper, slide, place, len(slides))
    same_content(paper, slides)
    return slides


def same_words(paper: Figure, slide: Figure, place: int, of: int) -> None:
    """Title, what it is of, and the note, none of it left out."""
    (title, setting, note), found = (
        [text.get_text().replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ") for text in figure.texts[:3]]
        for figure in (paper, slide)
    )
    assert found[0] == title + (f" ({place + 1} of {of})" if of > 1 else "")
    assert found[1] == setting
    assert found[2].replace("On the last slide:", "Below:") == note
    assert "design " in note
    assert "n = " in note + setting or "replicate" in note + setting


def same_content(paper: Figure, slides: Sequence[Figure]) -> None:
    """All that is on paper is on one slide, and on one alone: its panels, or where those are cut the rows of each."""
    expected = Counter(content for axes in _panels(paper) for content in _content(axes))
    assert expected
    assert Counter(content for slide in slides for axes in _panels(slide) for content in _content(axes)) == expected


def _panels(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]


def _content(axes: Axes) -> Iterator[Any]:
    """What a panel shows: across, for rows may stand at another height on a slide."""
    for line in axes.lines:
        if line.get_marker() not in ("None", "", None) and len(line.get_xdata()):
            yield "points", tuple(np.round(np.asarray(line.get_xdata(), float), 9))
    for patch in axes.patches:
        yield "patch", np.round(patch.get_path().transformed(patch.get_patch_transform()).get_extents().width, 9)
    cells = [np.ma.filled(each.get_array(), np.nan) for each in axes.collections if isinstance(each, QuadMesh)]
    yield from (("cells", row.tobytes()) for each in cells for row in each)  # where cut, row by row
    for text in axes.texts if not cells else ():  # what stands in cells depends on their width
        if text.get_text():
            yield "text", text.get_text()
    for label in axes.get_yticklabels():
        if any(map(str.isalpha, label.get_text())) and label.get_visible() and axes.get_subplotspec().is_first_col():
            yield "row", label.get_text()


def cut(name: str, results: Results, number: int, *, rows: bool = True) -> list[Figure]:
    """A figure on more slides than it needs, to see where it is cut; by rows, all have the scales that paper has."""
    slides = []
    for place in range(number):
        with drawing(Page(SHEET, place, number)):
            slides.append(drawer(name)(results))
    paper = drawn(name, results)[0]
    same_content(paper, slides)
    for place, slide in enumerate(slides):
        one = look.draw(f"{name} {place}", results, slide)
        look.assert_legible([one])
        same_words(paper, slide, place, number)
        for axes, whole in zip(slide.axes, paper.axes, strict=True) if rows else ():
            np.testing.assert_allclose(axes.get_xlim(), whole.get_xlim(), rtol=1e-9)
    return slides
