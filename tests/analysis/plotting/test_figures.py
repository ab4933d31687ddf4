"""Figures opened after drawing: what stands on them, what can be read in print, in grey and by colour-blind readers."""

import io
import json
import re
import warnings
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgb
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from PIL import Image
from support.look import Drawn, assert_filled, assert_legible, assert_printable, draw

from analysis.labels import tick_texts
from analysis.plotting import style
from analysis.plotting.files import rendered
from analysis.report.gallery import default_figures
from analysis.results.folder import Results, open_results
from analysis.story.timeline import binned
from experiments import run_sweep
from experiments.design.design import single_point
from experiments.running.single import run_single, save_run
from model.configuration import load_configuration
from model.metrics.catalogue import MAPPED

SHORT = {"scenario.time.start": "2020-01-06", "scenario.time.weeks": 60, "scenario.time.burn_in": 6}
"""A year and more, once there are measures to be taken."""
CLARITY, RULE = '"doctrine.clarity" = [0.0, 0.3, 1.0]', '"doctrine.voting_rule" = ["unanimity", "qmv", "coalition"]'
CONFIDENCE = '"doctrine.attribution_confidence" = [0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]'
FIRMNESS, FIXED = '"doctrine.firmness" = [0.0, 2.0]', '"doctrine.firmness" = [1.0]'
NAMES = ["clear_ladder", "due_diligence", "sustained_actor_strategy", "strategic_ambiguity", "status_quo", "none"]
MANY = [step / 25 for step in range(26)]
SWEEPS: dict[str, tuple[int, list[str]]] = {
    "one": (3, [CLARITY]),
    "two": (3, [CLARITY, RULE]),
    "three": (3, [CLARITY, CONFIDENCE, RULE]),
    "four": (2, [CLARITY, CONFIDENCE, RULE, FIRMNESS]),
    "one level": (3, [FIXED]),
    "two levels": (3, [CLARITY, FIXED, FIRMNESS.replace("firmness", "ratchet")]),
    "one replicate": (1, [CLARITY, CONFIDENCE]),
    "names": (3, [f'"doctrine" = {json.dumps(NAMES)}', '"doctrine.initiative" = [true, false]']),
    "many": (2, [f'"doctrine.clarity" = {MANY}', f'"doctrine.proportionality" = {MANY[::8]}']),
}
WEEKS = (1, 5, 60, 200)
UNITLESS = ("Effect", "Year", "Voting rule", "Doctrine", "Initiative")
"""Labels of axes on which names or years stand, which have no unit."""


def figures_of(results: Results) -> dict[str, Figure]:
    return default_figures(results)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    base, found = tmp_path_factory.mktemp("drawn"), {}
    for name, (replicates, factors) in SWEEPS.items():
        head = (
            f'title = "T"\nquestion = "Q?"\ndoctrine = "clear_ladder"\nreplicates = {replicates}\nseed = 3\n[factors]\n'
        )
        (base / f"{name}.toml").write_text(head + "\n".join(factors))
        run_sweep(base / f"{name}.toml", base / name, overrides=SHORT)
        found[name] = open_results(base / name)
    for weeks in WEEKS:
        configuration = load_configuration(overrides={**SHORT, "scenario.time.weeks": weeks})
        design, one = (
            single_point(configuration, 1, 2, "T", "Q?"),
            run_single(configuration, 1, 2, "compiled", ledger=False),
        )
        found[f"{weeks} weeks"] = save_run(base / f"{weeks}", design, one, "compiled", ledger=False)
    return found


@pytest.fixture(scope="module")
def drawn(opened: dict[str, Results]) -> list[Drawn]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [
            draw(f"{name}: {key}", results, figure)
            for name, results in opened.items()
            for key, figure in figures_of(results).items()
        ]


def test_every_shape_of_experiment_has_its_figures(drawn: list[Drawn]) -> None:
    heat = {*MAPPED}
    effects = {"effects", "where"}
    for name in SWEEPS:
        keys = {one.name.split(": ")[1] for one in drawn if one.name.startswith(f"{name}: ")}
        several = heat | (effects if name != "one replicate" else set())
        assert keys == {"main_effects"} | (several if name not in ("one", "one level") else set()), name


def test_no_text_is_clipped_and_none_overlaps_another(drawn: list[Drawn]) -> None:
    assert_legible(drawn)


def test_figures_have_the_width_of_a_column_and_letters_of_seven_points(drawn: list[Drawn]) -> None:
    assert_printable(drawn)


def test_every_axis_with_ticks_has_a_label_with_its_unit(drawn: list[Drawn]) -> None:
    for one in drawn:
        assert one.figure.axes
        for axes in one.figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                if any(one.shows(tick) for tick in axis.get_ticklabels()):
                    label = axis.label.get_text()
                    assert one.shows(axis.label), one.name
                    assert re.search(r"\(.+\)", label, re.DOTALL) or label in UNITLESS, (one.name, label)


def test_no_panel_is_empty(drawn: list[Drawn]) -> None:
    assert_filled(drawn)


def test_figures_say_of_what_they_are_with_n_interval_and_origin(drawn: list[Drawn]) -> None:
    for one in drawn:
        manifest, alone = one.results.manifest, one.name.startswith("one replicate")
        assert "Main effects" not in one.said
        assert f"design {manifest.design_hash[:8]}" in one.said, one.name
        assert "Baseline" in one.said, one.name
        assert re.search(r"[Dd]octrine", one.said), one.name
        if manifest.kind == "run":
            assert "n = 1 run" in one.said
            assert "no interval" in one.said
        elif alone:
            assert "n = 1 replicate, so no interval" in one.said
            assert "±" not in " ".join(text.get_text() for text, _ in one.texts)
        else:
            count = f"n = {manifest.replicates} replicates"
            usual, together = f"95 % interval of the mean over {count} (Student’s t", f"{count}: too few for intervals."
            where = one.name.endswith("where")
            assert (together if where else usual) in one.said, one.name
            assert where or f"With n = {manifest.replicates}, intervals miss more often" in one.said, one.name
            assert f"{one.results.runs.height:,} runs" in one.said, one.name


def panels_of(drawn: list[Drawn], name: str) -> list[Axes]:
    return next(one for one in drawn if one.name == name).figure.axes


def cells(axes: Axes) -> Any:
    return np.ma.filled(axes.collections[0].get_array(), np.nan)  # type: ignore[arg-type]


def test_cells_state_their_values_in_ink_that_can_be_read(drawn: list[Drawn]) -> None:
    checked = 0
    for one in drawn:
        for axes in one.figure.axes:
            if axes.collections and axes.get_ylabel() and len(axes.texts) == cells(axes).size:
                mesh = axes.collections[0]
                for text in axes.texts:
                    x, y = (int(place) for place in text.get_position())
                    value = cells(axes)[y, x]
                    assert abs(float(text.get_text().replace("−", "-")) - value) <= 0.501, one.name
                    cell, ink = (luminance(to_rgb(colour)) for colour in (mesh.to_rgba(value), text.get_color()))
                    light, dark = max(cell, ink), min(cell, ink)
                    assert (light + 0.05) / (dark + 0.05) >= 4.5, (one.name, text.get_text())
                    checked += 1
    assert checked > 300


def test_more_cells_than_have_room_for_numbers_have_contours(drawn: list[Drawn]) -> None:
    axes = panels_of(drawn, "many: deterrence_rate")[0]
    kinds = [type(each) for each in axes.collections]  # beside them perhaps the marks of cells that cannot be told
    assert (kinds.count(QuadMesh), kinds.count(QuadContourSet)) == (1, 1)
    values = [float(text.get_text()) for text in axes.texts]
    assert values
    assert all(cells(axes).min() < value < cells(axes).max() for value in values)


def test_colours_do_not_blow_up_noise(drawn: list[Drawn]) -> None:
    for one in drawn:
        for axes in one.figure.axes:
            found = re.search(r"±\s([\d.]+) \(median\scell\)", axes.get_xlabel())
            if found:
                low, high = axes.get_xlim()
                assert high - low >= 0.95 * 2 * 2 * float(found[1]) - 0.02, one.name


def test_a_scale_with_a_sign_has_zero_in_its_middle(drawn: list[Drawn]) -> None:
    bars = [
        axes
        for one in drawn
        if "severe_averted" in one.name
        for axes in one.figure.axes
        if axes.get_label() == "<colorbar>"
    ]
    assert bars
    for axes in bars:
        assert sum(axes.get_xlim()) == pytest.approx(0.0, abs=1e-9)


def test_main_effects_are_those_of_the_estimates(drawn: list[Drawn], opened: dict[str, Results]) -> None:
    results = opened["one"]
    expected = 100 * results.summary.filter(metric="deterrence_rate").sort("point")["mean"].to_numpy()
    line = panels_of(drawn, "one: main_effects")[0].lines[0]
    assert np.asarray(line.get_xdata()).tolist() == [0.0, 0.3, 1.0]
    assert np.asarray(line.get_ydata(), float) == pytest.approx(expected)


SLIDES = {
    "two": ["where"],
    "three": ["main_effects", "severe_averted"],
    "four": ["effects"],
    "names": ["escalation_rate"],
    "many": ["deterrence_rate"],
    "5 weeks": ["run"],
}


@pytest.mark.parametrize("name", SLIDES)
def test_figures_fit_slides(opened: dict[str, Results], name: str) -> None:
    from support.slides import check

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for figure in SLIDES[name]:
            check(figure, opened[name])


def test_what_is_undefined_is_left_out(opened: dict[str, Results]) -> None:
    results = Results(opened["two"].folder, opened["two"].manifest)
    results.runs = opened["two"].runs.with_columns(
        twin_expected_severe=pl.lit(0.0),
        deterrable=pl.when(pl.col("point") == 4).then(0.0).otherwise("deterrable"),
        status=pl.when((pl.col("point") == 2) & (pl.col("replicate") == 0)).then(pl.lit("failed")).otherwise("status"),
    )
    figures = default_figures(results)
    assert set(figures) == {*MAPPED, "main_effects", "effects", "where"} - {"severe_averted"}
    assert len(figures["effects"].axes) == 4  # of five metrics; severe acts have no twin's
    one = draw("undefined", results, figures["deterrence_rate"])
    assert np.isnan(cells(one.figure.axes[0])[1, 1])
    assert len(one.figure.axes[0].texts) == 8
    assert "Blank: undefined." in one.said
    assert "n = 2 to 3 replicates" in one.said
    assert "27 runs, 1 of them failed and left out" in one.said
    assert "Severe" not in " ".join(axes.get_ylabel() for axes in figures["main_effects"].axes)


@pytest.mark.slow
def test_equal_figures_give_equal_files_without_dates(opened: dict[str, Results]) -> None:
    for name, key in (
        ("two", "main_effects"),
        ("two", "severe_averted"),
        ("many", "deterrence_rate"),
        ("60 weeks", "run"),
    ):
        twice = [figures_of(open_results(opened[name].folder))[key] for _ in "ab"]
        first, second = map(rendered, twice)
        assert first == second, (name, key)
        assert b"dc:date" not in first["svg"]
        assert first["svg"].lstrip().startswith(b"<?xml")
        picture = Image.open(io.BytesIO(first["png"]))
        assert picture.size[0] == round(twice[0].get_figwidth() * 300)
        assert set(picture.info) == {"dpi", "Title", "Description", "Software"}
        assert picture.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        assert np.asarray(picture).std() > 2.0


def test_measures_are_stacked_up_the_ladder(opened: dict[str, Results]) -> None:
    results = opened["60 weeks"]
    axes = default_figures(results)["run"].axes[1]
    ladder = ["cooperative", "stability", "restrictive", "support"]
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [*ladder, "votes failed (downwards)"]
    heights = {bars.get_label(): [bar.get_height() for bar in bars] for bars in axes.containers}  # type: ignore[attr-defined]
    quarters = binned(results.series)
    for category in ladder:
        assert heights[category] == quarters[f"adopted_{category}"].to_list(), category
    assert heights["votes failed (downwards)"] == (-quarters["votes_failed"]).to_list()
    assert sum(map(sum, (heights[category] for category in ladder))) > 0
    tops = np.cumsum([heights[category] for category in ladder], axis=0)
    assert [bar.get_y() for bar in axes.containers[2]] == tops[1].tolist()  # type: ignore[attr-defined]


def test_quarters_add_up(opened: dict[str, Results]) -> None:
    series = opened["60 weeks"].series
    quarters = binned(series)
    assert quarters.height == 60 // 13
    assert quarters["acts"].to_list()[0] == series["acts"][:13].sum()
    assert binned(series.head(5)).height == 1
    assert binned(series, 1)["acts"].to_list() == series["acts"].to_list()


def test_ticks_have_the_same_decimals_and_stay_apart() -> None:
    assert tick_texts([0.0, 0.1667, 1.0]) == ["0.00", "0.17", "1.00"]
    assert tick_texts([0.0, 0.5, 1.0]) == ["0.0", "0.5", "1.0"]
    assert tick_texts([1.0, 1000.0]) == ["1", "1000"]
    assert tick_texts([0.0001, 0.0002]) == ["0.0001", "0.0002"]
    assert tick_texts([True, False]) == ["yes", "no"]
    assert tick_texts(["clear_ladder", "none"]) == ["clear ladder", "none"]


def test_wrapped_lines_fit_their_room() -> None:
    text = "Attribution confidence that is required before the Union’s answer, in each of the doctrines"
    for room in (90.0, 150.0, 240.0):
        lines = style.wrapped(text, room).split("\n")
        assert max(map(style.width_of, lines)) <= room
        assert " ".join(lines) == text


MACHADO = {
    "nothing": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What is missing, as matrices on linear RGB (Machado, Oliveira & Fernandes 2009, severity 1.0)."""
TO_XYZ = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
WHITE = (0.95047, 1.0, 1.08883)


def linear(colours: Any) -> Any:
    colours = np.asarray(colours, float)
    return np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)


def luminance(colour: Any) -> float:
    return float(linear(colour) @ np.array(TO_XYZ)[1])


def seen(colours: Any, matrix: Any) -> Any:
    """Colours as a reader sees them, in CIELAB."""
    ratios = np.clip(linear(colours) @ np.transpose(matrix), 0.0, 1.0) @ np.transpose(TO_XYZ) / WHITE
    curve = np.where(ratios > 216 / 24389, np.cbrt(ratios), (24389 / 27 * ratios + 16) / 116)
    x, y, z = np.moveaxis(curve, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


PALETTES = {
    "lines": [line.color for line in style.LINES],
    "ladder": list(style.LADDER),
    "severities": list(style.SEVERITIES),
    "world and twin": [style.WORLD["color"], style.TWIN["color"]],
}


@pytest.mark.parametrize("missing", MACHADO)
@pytest.mark.parametrize("name", PALETTES)
def test_colours_stay_apart_for_every_reader_and_in_grey(name: str, missing: str) -> None:
    found = seen([to_rgb(colour) for colour in PALETTES[name]], MACHADO[missing])
    for first, second in combinations(found, 2):
        assert np.linalg.norm(first - second) >= 25.0  # a just noticeable difference is 2.3
        assert missing != "nothing" or abs(first[0] - second[0]) >= 15.0


def test_lines_differ_in_more_than_colour() -> None:
    for first, second in combinations([*style.LINES], 2):
        assert first.linestyle != second.linestyle
        assert first.marker != second.marker
    assert style.WORLD["linestyle"] != style.TWIN["linestyle"]


@pytest.mark.parametrize("missing", MACHADO)
def test_maps_of_colours_are_even_in_lightness(missing: str) -> None:
    sequential, diverging = (
        seen(colormaps[name](np.linspace(0, 1, 101))[:, :3], MACHADO[missing])
        for name in (style.SEQUENTIAL, style.DIVERGING)
    )
    assert (np.diff(sequential[:, 0]) > 0).all()
    assert (np.diff(diverging[:51, 0]) > 0).all()
    assert (np.diff(diverging[50:, 0]) < 0).all()
    for end, least in ((10, 15.0), (25, 25.0)):  # a fifth and half of the way off white, below zero and above
        assert np.linalg.norm(diverging[50 - end] - diverging[50 + end]) >= least
