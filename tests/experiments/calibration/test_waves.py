"""Waves of a calibration: worlds of the prior, then of where the posterior lies; a small calibration end to end."""

import json
from pathlib import Path

import numpy as np
import pytest

from analysis.calibration.answer import read_calibration
from analysis.calibration.estimator import Posterior
from analysis.calibration.targets import read_targets
from analysis.labels import factor_title
from experiments.calibration.running import shipped
from experiments.calibration.waves import Prior, design, inside, observed, read_prior, truncated
from experiments.commands.main import main
from experiments.design.worlds import read_worlds
from model.errors import ConfigurationError


@pytest.fixture(scope="module")
def prior() -> Prior:
    return read_prior("calibration")


def test_the_prior_has_a_dummy_last_that_does_nothing(prior: Prior) -> None:
    assert prior.dummy == "scenario.choice.tremble"
    assert prior.loaded.base().scenario.choice.rule == "logit"  # under which it has no part
    assert 15 <= len(prior.spans) - 1 <= 25


def test_the_baseline_lies_within_the_prior(prior: Prior) -> None:
    known = {each.path: each.value for each in prior.loaded.base().parameters()}
    for path, span in prior.spans.items():
        assert span.low <= known[path] <= span.high, path


def test_a_wave_runs_until_the_record_is_over_and_has_luck_of_its_own(prior: Prior) -> None:
    one, other = (design(prior, prior.spans, 1_000, wave) for wave in (1, 2))
    assert one.record
    assert one.lot(3, 0) != one.lot(4, 0)
    assert one.base.scenario.time.weeks == 470  # January 2015 to the first week of 2024
    assert one.hash != other.hash


def test_a_later_wave_is_drawn_from_where_the_posterior_lies(prior: Prior) -> None:
    draws = np.random.default_rng(0).normal(0.5, 0.02, (500, len(prior.spans)))
    draws[:, 0] = np.linspace(0.0, 1.0, 500)
    spans = truncated(prior, Posterior(draws, np.full(500, 1 / 500), np.arange(500)))
    for place, (path, span) in enumerate(prior.spans.items()):
        later = spans[path]
        assert span.low <= later.low < later.high <= span.high
        assert (later.high - later.low < 0.5 * (span.high - span.low)) == (place > 0)
    assert inside(draws, draws.min(axis=0), draws.max(axis=0)).all()


def test_what_ships_is_a_file_of_worlds_without_doctrine_and_dummy(prior: Prior, tmp_path: Path) -> None:
    draws = np.random.default_rng(1).random((900, len(prior.spans)))
    frame = shipped(prior, Posterior(draws, np.full(900, 1 / 900), np.arange(900)))
    assert prior.dummy not in frame.columns
    assert not [path for path in frame.columns if path.startswith("doctrine")]
    frame.write_csv(tmp_path / "posterior.csv")
    assert read_worlds(str(tmp_path / "posterior.csv")).frame.height == frame.height <= 400


def test_titles_tell_parameters_apart(prior: Prior) -> None:
    assert len({factor_title(path) for path in prior.spans}) == len(prior.spans)


def test_the_record_is_what_is_fitted() -> None:
    targets, _ = read_targets()
    assert len(observed(targets)) == len(targets.of("fitted")) == 28


@pytest.mark.parametrize("name", ["prior", "headline"])
def test_an_experiment_that_is_no_prior_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a prior"):
        read_prior(name)


@pytest.mark.slow
def test_a_small_calibration_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [*("calibrate", "--worlds", "1000", "--later", "500", "--waves", "2", "--checked", "1"), "--out"]
    assert main([*given, str(tmp_path / "once")]) == 0
    said = capsys.readouterr()
    assert "dummy" in said.out
    assert "wave 2 of 2: 500 worlds" in said.err
    found = read_calibration(tmp_path / "once" / "calibration.json")
    assert [wave.worlds for wave in found.waves] == [1_000, 500]
    assert read_worlds(str(tmp_path / "once" / "posterior.csv")).frame.height > 300
    assert (tmp_path / "once" / "figures" / "ranks.png").is_file()
    before = (tmp_path / "once" / "posterior.csv").read_bytes()
    assert main([*given, str(tmp_path / "once")]) == 0  # nothing is run again
    assert (tmp_path / "once" / "posterior.csv").read_bytes() == before


def test_a_calibration_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no such file.*deter calibrate"):
        read_calibration(tmp_path / "calibration.json")
    (tmp_path / "calibration.json").write_text(json.dumps({"made": 3}))
    with pytest.raises(ConfigurationError, match=r"calibration\.json"):
        read_calibration(tmp_path / "calibration.json")
