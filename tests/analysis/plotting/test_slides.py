"""Figures for slides: how parts are shared out, what the files are, and what the command answers."""

import io
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support.mistakes import EXPERIMENT, SHORT, one_answer
from support.slides import check

from analysis.plotting import pages, style
from analysis.plotting.pages import NoPartsError, Page, drawing, share, sheet, slides
from analysis.report.gallery import ALL, FIGURES, names_of
from analysis.results.folder import open_results
from experiments.commands.main import WRONG_INPUT, main
from model.metrics.catalogue import METRICS

pytestmark = pytest.mark.drawn
blocks = st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(any)


def shared_out(parts: list[Any], number: int) -> list[list[list[Any]]]:
    """What of each block of parts stands on each of so many slides."""
    found = []
    for place in range(number):
        with drawing(Page(192.0, place, number)):
            found.append(share(*parts))
    return found


def slide(wide: float) -> mpl.figure.Figure:
    """A slide of this width, with room for panels 20 mm high."""
    with drawing(Page(wide)):
        return sheet(style.DOUBLE, 20.0, "Title", "Setting", "Note")


@given(sizes=blocks, number=st.integers(1, 12))
def test_every_part_stands_on_one_slide_in_order(sizes: list[int], number: int) -> None:
    parts = [[(block, at) for at in range(size)] for block, size in enumerate(sizes)]
    if number > sum(sizes):
        with pytest.raises(NoPartsError), drawing(Page(192.0, 0, number)):
            share(*parts)
        return
    shared = shared_out(parts, number)
    assert all(any(each) for each in shared)
    for block, whole in enumerate(parts):
        assert [part for each in shared for part in each[block]] == whole
        if number >= len([size for size in sizes if size]):
            held = [len(each[block]) for each in shared if each[block]]
            assert max(held, default=0) - min(held, default=0) <= 1
    assert share(*parts) == parts


@given(sizes=blocks)
def test_no_slide_has_parts_of_two_blocks_where_there_are_enough(sizes: list[int]) -> None:
    parts, number = [list(range(size)) for size in sizes], sum(map(bool, sizes))
    for here in shared_out(parts, number):
        assert sum(map(bool, here)) == 1


def figure_of(high: float, parts: int) -> list[float]:
    """Heights of panels on the slides of a figure of so many parts, each so high, and the widths of its sheets."""

    def draw() -> mpl.figure.Figure:
        (here,) = share(range(parts))
        return sheet(style.DOUBLE, high * len(here), "Title", "Setting", "Note")

    found = slides(draw)
    assert all(figure.get_figwidth() / figure.get_figheight() == pytest.approx(16 / 9) for figure in found)
    return [round(figure.get_figwidth() * style.INCH, 6) for figure in found]


def test_as_few_slides_as_have_room_and_letters_smaller_only_then() -> None:
    assert figure_of(20.0, 4) == [192.0]
    assert figure_of(40.0, 4) == [192.0] * 2
    assert figure_of(60.0, 4) == [192.0] * 4
    assert figure_of(110.0, 4) == [224.0] * 4
    (wide,) = figure_of(500.0, 1)
    assert wide > 224.0


def test_panels_are_stretched_no_further_than_to_twice_their_height() -> None:
    figure = slide(192.0)
    rect = figure.get_layout_engine().get()["rect"]  # type: ignore[union-attr]
    assert rect[3] * 108.0 == pytest.approx(40.0)
    assert rect[1] > 0.2  # in the middle between the words


def test_letters_of_seven_points_have_twelve_on_a_slide() -> None:
    figure = slide(pages.SHEET)
    assert pages.letters(figure) == pytest.approx(7.0 * 338.6667 / 192.0, rel=1e-5)
    assert pages.letters(figure) >= pages.PROMISED
    assert pages.letters(slide(pages.SMALLER)) >= 10.0


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("slides")
    (folder / "small.toml").write_text(EXPERIMENT)
    assert main(["sweep", str(folder / "small.toml"), "--out", str(folder / "out"), "--quiet", *SHORT]) == 0
    return folder / "out"


def test_files_fill_a_slide(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in (swept / "figures").glob("*.*")}
    place = swept / "figures" / "slides"
    place.mkdir()
    (place / "main_effects-7.png").write_bytes(b"of a longer one")
    (place / "main_effects.svg").write_bytes(b"of one slide")
    (place / "other-1.png").write_bytes(b"of another figure")
    assert main(["figure", "main_effects", str(swept), "--slide"]) == 0
    shown = capsys.readouterr()
    names = [f"main_effects-{number}.{kind}" for number in (1, 2, 3) for kind in ("svg", "png")]
    assert [Path(row).name for row in shown.out.split()] == names
    assert shown.err == ""
    assert {path.name for path in place.iterdir()} == {*names, "other-1.png"}
    assert before == {path: path.read_bytes() for path in (swept / "figures").glob("*.*")}
    note = f"design {open_results(swept).manifest.design_hash[:8]}"
    for number in (1, 2, 3):
        picture = Image.open(io.BytesIO((place / f"main_effects-{number}.png").read_bytes()))
        assert picture.size == (3840, 2160)
        assert picture.info["dpi"] == pytest.approx((288.0, 288.0), abs=0.1)  # 33.87 cm wide
        assert note in picture.info["Description"]
        drawing = (place / f"main_effects-{number}.svg").read_text("utf-8")
        assert note in drawing
        assert 'width="960pt" height="540pt"' in drawing
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', drawing)
        assert box is not None
        np.testing.assert_allclose(float(box[1]) / float(box[2]), 16 / 9, rtol=1e-6)


def test_all_draws_every_figure_of_a_folder(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ALL not in {**FIGURES, **METRICS}
    assert main(["figure", ALL, str(swept)]) == 0
    names = names_of(open_results(swept))
    shown = {Path(row).name for row in capsys.readouterr().out.split()}
    table = {f"over_time.{kind}" for kind in ("parquet", "csv", "tex")}
    assert shown == {f"{name}.{kind}" for name in names for kind in ("svg", "png")} | table


def test_what_is_no_figure_is_answered(swept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, said in (
        (["main_efects", str(swept)], "did you mean 'main_effects'?"),
        (["morris", str(swept)], "has no figure morris"),
        (["main_effects", str(swept / "none")], "none"),
        ([ALL, str(swept / "none")], "none"),
    ):
        assert main(["figure", *words, "--slide"]) == WRONG_INPUT
        one_answer(capsys, said)


def test_letters_that_must_be_smaller_are_said(
    swept: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analysis.effects.main_effects.HEIGHT", 90.0)
    monkeypatch.setattr("experiments.terminal.publish.write_slides", lambda *_: [])
    assert main(["figure", "main_effects", str(swept), "--slide", "--quiet"]) == 0
    said = "figure main_effects has too much in a panel for letters of 12 points; they have 10.6 points on a slide"
    assert said in capsys.readouterr().err


def test_a_sweep_over_one_factor(swept: Path) -> None:
    assert len(check("main_effects", open_results(swept))) == 3
