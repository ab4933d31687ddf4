"""The house style holds whatever a user's settings of matplotlib are, and leaves those as they were."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from analysis.plotting import pages, style
from analysis.plotting.files import rendered

ODD = {"text.usetex": True, "font.size": 30.0, "axes.grid": True, "lines.linestyle": ":", "figure.facecolor": "red"}


def drawn() -> dict[str, bytes]:
    with pages.drawing():
        figure = pages.sheet(style.SINGLE, 40.0, "Costs $5 or $x_{$", "a_b", "100 %")
        axes = figure.subplots()
        axes.plot([1, 2], [3, 4], label="$a")
        axes.set_xticks([1, 2], ["$_\\frac{$", "^ $"])
        axes.legend()
    return rendered(figure)


def test_settings_of_the_user_change_nothing_and_are_kept() -> None:
    usual = drawn()
    with mpl.rc_context(ODD):
        before = dict.copy(mpl.rcParams)
        assert drawn() == usual
        assert dict.copy(mpl.rcParams) == before


def test_letters_that_cannot_be_seen_are_escapes_in_every_place() -> None:
    with pages.drawing():
        figure: Figure = pages.sheet(style.SINGLE, 40.0, "a\x1bb", "", "")
        axes = figure.subplots()
        axes.text(0.5, 0.5, "c\x07d")
        axes.set_xticks([0, 1], ["e\x08", "f"])
        files = rendered(figure, ["svg"])
    texts = [text.get_text() for text in (*figure.texts, *axes.texts, *axes.get_xticklabels())]
    assert {r"a\x1bb", r"c\x07d", r"e\x08", "f"} <= set(texts)
    assert not [byte for byte in files["svg"] if byte < 32 and byte not in b"\n"]


def test_no_room_draws_by_pyplot() -> None:
    root = Path(style.__file__).parents[1]
    assert not [
        path.name for path in root.rglob("*.py") if "pyplot" in path.read_text("utf-8").replace("no pyplot", "")
    ]
