"""Rows of the posterior, judged by ranges that stood before the first run; the baseline stands at its centre."""

import numpy as np
import pytest
from support.paths import ROOT

from analysis.calibration.answer import Calibration, read_calibration
from analysis.calibration.targets import FITTED, HELD_OUT, Target, read_targets
from analysis.validation.checks import EXPLAINED, HOLDS, REPORTED, SHORT
from experiments.calibration.running import SHIPPED, rounded
from experiments.calibration.waves import read_prior
from experiments.design.worlds import read_worlds
from experiments.history.runs import POSTERIOR
from experiments.validation import calibration
from experiments.validation.calibration import GATES_PART, MISSES, MOMENT_PART, calibration_checks, gates, judged
from model.configuration import load_configuration


@pytest.fixture(scope="module")
def found() -> Calibration:
    return read_calibration()


def test_the_baseline_and_the_status_quo_are_the_centre_of_the_posterior(found: Calibration) -> None:
    base, worlds = load_configuration(), read_worlds(str(POSTERIOR)).frame
    known = {each.path: each.value for each in base.parameters()}
    for path in worlds.columns:
        assert known[path] == float(f"{worlds[path].median():.3g}"), path
        assert base.source(path).startswith(("calibrated", "carried")), path
    for one in found.parameters:
        if one.path.startswith("doctrine."):
            assert known[one.path] == float(f"{one.mean:.3g}")


def test_a_source_says_calibrated_only_where_the_record_informs(found: Calibration) -> None:
    base = load_configuration()
    for one in found.parameters:
        if one.path.startswith("scenario.") and one.path != found.dummy:
            assert base.source(one.path).startswith("calibrated" if one.calibrated else "carried"), one.path


def test_the_posterior_that_ships_is_that_of_the_calibration(found: Calibration) -> None:
    worlds = read_worlds(str(POSTERIOR)).frame
    assert worlds.height == SHIPPED
    shown = {one.path: one for one in found.parameters}
    assert set(worlds.columns) == {path for path in shown if not path.startswith("doctrine.")} - {found.dummy}
    for path in worlds.columns:
        inside = worlds[path].is_between(shown[path].from_, shown[path].to).mean()
        assert inside == pytest.approx(0.9, abs=0.05), path  # 400 draws: three standard errors
    assert found.waves[0].worlds == read_prior(found.experiment).loaded.experiment.size == 100_000
    assert rounded(1 / 3) == 0.333333


def test_no_parameter_is_called_informed_whose_contraction_is_not_clearly_above_the_dummys(found: Calibration) -> None:
    dummy = next(one for one in found.parameters if one.path == found.dummy)
    assert not dummy.calibrated
    assert all(one.contraction > dummy.contraction + 0.05 for one in found.parameters if one.calibrated)


def test_gates_are_judged(found: Calibration) -> None:
    targets, _ = read_targets()
    assert {row.verdict for row in gates(found, targets)} == {HOLDS, REPORTED}
    crooked = found.model_copy(update={"ranks_even": False})
    assert SHORT in {row.verdict for row in gates(crooked, targets)}


@pytest.mark.parametrize(
    ("values", "verdict"), [([0.5, 0.6, np.nan], HOLDS), ([0.1, 0.2], SHORT), ([np.nan, np.nan], SHORT)]
)
def test_a_moment_is_judged_by_its_mean(values: list[float], verdict: str) -> None:
    target = Target(list="fitted", value=0.5, low=0.4, high=0.6, n=9)
    row = judged("top_initiators", target, np.array(values), "made up")
    assert row.verdict == verdict
    assert row.n == np.isfinite(values).sum()


def test_a_miss_that_is_explained_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "MISSES", {"top_initiators": "Because."})
    target = Target(list="held_out", value=0.5, low=0.4, high=0.6, n=9)
    row = judged("top_initiators", target, np.array([0.1, 0.2]), "made up")
    assert (row.verdict, row.note, row.label) == (EXPLAINED, "Because.", "held out")


def test_only_moments_are_explained() -> None:
    targets, _ = read_targets()
    assert MISSES.keys() <= targets.moments.keys() | targets.judged_together.keys()


@pytest.mark.slow
def test_three_quarters_of_the_fitted_moments_agree_and_no_miss_is_unexplained() -> None:
    rows = [row for row in calibration_checks(800, 11, None) if row.part in (MOMENT_PART, GATES_PART)]
    assert not [row.name for row in rows if row.verdict == SHORT]
    fitted = [row.verdict for row in rows if row.label == "fitted"]
    assert fitted.count(HOLDS) / len(fitted) >= 0.75
    targets, _ = read_targets()
    assert len(targets.of(FITTED)) - 5 == len(fitted)  # six classes of severity make one row
    assert len(targets.of(HELD_OUT)) == 6
    assert (ROOT / "docs" / "validation.md").is_file()
