"""What no data inform: thirds of replicates have the estimates of their runs, and signs are told as planted."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support import look, slides

from analysis.calibration import informed
from analysis.calibration.answer import Calibration, Parameter, written
from analysis.calibration.informed import uninformed
from analysis.effects.findings import main_effects
from analysis.report.findings import findings
from analysis.report.gallery import default_figures
from analysis.report.uninformed import HOLDS, TURNS, UNTOLD, over_uninformed, uninformed_tables
from analysis.results.folder import RUNS_SCHEMA, Results
from analysis.statistics.estimates import ESTIMATE_SCHEMA
from experiments.design.design import design_of
from experiments.design.experiment import load_experiment
from experiments.running.sweep import sweep_manifest
from model.metrics.catalogue import LEAD

N = 60
FREE, KNOWN = "scenario.traits.sensitivity", "scenario.investigation.skill"
FILE = f"""
title = "Planted"
question = "Is what was planted found?"
replicates = {N}
seed = 1
scenario = "illustrative"

[factors]
"doctrine.clarity" = [0.0, 1.0]
"""
Build = Callable[..., Results]


def parameter(path: str, *, calibrated: bool) -> Parameter:
    gates: dict[str, Any] = dict.fromkeys(("contraction", "usual", "chance", "half", "most"), 0.5)
    place: dict[str, Any] = {"low": 0.0, "high": 1.0, "scale": "linear", "mean": 0.5, "from": 0.1, "to": 0.9}
    return Parameter(path=path, **place, **gates, calibrated=calibrated)


@pytest.fixture
def calibration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a calibration found: one parameter is informed, one is not."""
    found = Calibration(
        made="2026-01-01",
        experiment="calibration",
        dummy="scenario.choice.tremble",
        kept=1,
        effective=1.0,
        waves=[],
        parameters=[parameter(FREE, calibrated=False), parameter(KNOWN, calibrated=True)],
        left_out=[],
        pseudo_worlds=1,
        ranks_even=True,
    )
    path = tmp_path / "calibration.json"
    path.write_bytes(written(found).encode())
    monkeypatch.setattr(informed, "FOUND", path)
    return path


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A folder whose replicates live in worlds from which it depends what raising clarity averts."""

    def built(low: float, high: float, noise: float = 0.02) -> Results:
        (tmp_path / "planted.toml").write_text(FILE)
        design = design_of(load_experiment(tmp_path / "planted.toml"))
        rng = np.random.default_rng(5)
        free, known = (rng.permutation(np.linspace(0.5, 2.0, N)) for _ in range(2))
        averts = low + (high - low) * (free - 0.5) / 1.5 + noise * rng.normal(size=N)
        rows = [
            {
                **dict.fromkeys(RUNS_SCHEMA, 0),
                "point": point,
                "replicate": replicate,
                "seed": 1,
                "status": "ok",
                "error": None,
                "expected_harm": 100.0 * (0.9 - point * averts[replicate]) + rng.normal(),
                "twin_expected_harm": 100.0,
            }
            for point in (0, 1)
            for replicate in range(N)
        ]
        manifest = sweep_manifest(design).model_copy(update={"uncertainty": "posterior"})
        results = Results(tmp_path, manifest)
        worlds = pl.DataFrame({"replicate": range(N), FREE: free, KNOWN: known})
        runs = pl.DataFrame(rows, schema=RUNS_SCHEMA)
        results.__dict__ |= {"design": design.frame, "runs": runs, "worlds": worlds}
        return results

    return built


def said(results: Results) -> list[str]:
    return [one.text for one in findings(results) if one.heading.startswith("Over what no data inform")]


@pytest.mark.usefixtures("calibration")
def test_parameters_are_those_that_the_record_does_not_inform(build: Build) -> None:
    results = build(0.1, 0.1)
    assert uninformed(results) == [FREE]
    others = Results(results.folder, results.manifest.model_copy(update={"uncertainty": "mine.csv"}))
    others.__dict__ |= {"worlds": results.worlds}
    assert uninformed(others) == []


def test_nothing_is_said_where_nothing_is_known_of_a_calibration(build: Build, calibration: Path) -> None:
    results = build(-0.2, 0.2)
    assert said(results) != []
    calibration.unlink()
    assert uninformed(results) == said(results) == []
    assert uninformed_tables(results) == {}
    assert "uninformed" not in default_figures(results)


def test_thirds_have_the_estimates_of_their_runs(build: Build) -> None:
    results = build(0.1, 0.3)
    assert results.worlds is not None
    third = results.worlds.sort(FREE).head(N // 3)["replicate"].to_list()
    few = Results(results.folder, results.manifest)
    few.__dict__ |= {"design": results.design, "runs": results.runs.filter(pl.col("replicate").is_in(third))}
    ((_, expected),) = main_effects(few)
    found = over_uninformed(results, [FREE]).filter(part="low third").select(*ESTIMATE_SCHEMA)
    assert_frame_equal(found, pl.DataFrame(expected, schema=found.schema))
    assert found.filter(metric=LEAD)["n"].to_list() == [N // 3]


@pytest.mark.parametrize(
    ("low", "high", "sign"), [(0.1, 0.3, HOLDS), (-0.3, 0.3, TURNS), (0.0, 0.3, HOLDS), (0.0, 0.0, UNTOLD)]
)
def test_a_sign_is_told_as_it_was_planted(build: Build, low: float, high: float, sign: str) -> None:
    found = over_uninformed(build(low, high), [FREE]).filter(metric=LEAD).drop_nulls("parameter")
    assert found["sign"].to_list() == [sign, sign]
    ends = found["mean"].to_list()
    # a third of the way from either end lies in the middle of the outer third: at a sixth
    assert ends == pytest.approx([low + (high - low) / 6, high - (high - low) / 6], abs=0.02)


@pytest.mark.usefixtures("calibration")
def test_sentences_say_from_what_to_what_an_effect_goes(build: Build) -> None:
    (holds,) = said(build(0.1, 0.3))
    start = "Over the range of sensitivity the effect of raising clarity from 0 to 1 on harm averted moves from 13."
    assert holds.startswith(start)
    assert holds.endswith("in the highest; its sign holds over 1 of 1 such parameter.")
    moves, turns = said(build(-0.3, 0.3))
    assert "turns over 1" in moves
    assert turns.endswith("its sign turns.")


def test_signs_hold_or_turn_by_chance_hardly_ever(build: Build) -> None:
    """Of eighty parameters that do nothing to an effect of nothing none may be told, where all hold jointly."""
    results, rng = build(0.0, 0.0, noise=0.3), np.random.default_rng(1)
    names = [f"scenario.made.p{at}" for at in range(80)]
    more = {name: rng.normal(size=N) for name in names}
    results.__dict__["worlds"] = pl.DataFrame({"replicate": range(N), **more})
    found = over_uninformed(results, names).filter(metric=LEAD).drop_nulls("parameter")
    assert set(found["sign"]) == {UNTOLD}


@pytest.mark.usefixtures("calibration")
def test_the_figure_can_be_read(build: Build) -> None:
    results = build(-0.3, 0.3)
    drawn = [look.draw("uninformed", results, default_figures(results)["uninformed"])]
    look.assert_legible(drawn)
    look.assert_printable(drawn)
    look.assert_filled(drawn)
    assert "(n = 20 replicates; a third of 60 replicates)" in drawn[0].said
    assert slides.check("uninformed", results)
