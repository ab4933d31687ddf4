"""The model as one of the EMA Workbench: the figures of a sweep, and messages that name what is wrong."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from deter import workbench_model
from experiments import run_sweep
from model.errors import ConfigurationError

SHORT = {"scenario.time.burn_in": 20, "scenario.time.weeks": 40}
BASE: dict[str, Any] = {"scenario": "illustrative", "doctrine": "clear_ladder", "overrides": SHORT}
NAMES = ["deterrence_rate", "escalation_rate", "credibility", "response_delay", "deterrence_rate_state"]
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module", autouse=True)
def ema() -> Any:
    """The workbench, whose import takes too long for the processes that only collect these tests."""
    return pytest.importorskip("ema_workbench")


def swept(folder: Path, points: Any, replicates: int, seed: int) -> pl.DataFrame:
    """The summary of a sweep at the points of the workbench, with a metric by kind of perpetrator."""
    (folder / "peers.toml").write_text(
        'title = "Peers"\nquestion = "The same?"\nscenario = "illustrative"\ndoctrine = "clear_ladder"\n'
        f'replicates = {replicates}\nseed = {seed}\n[factors]\n"doctrine.clarity" = [0.0]\n'
    )
    results = run_sweep(folder / "peers.toml", folder / "out", overrides=SHORT, points=points)
    from analysis.statistics.estimates import estimate

    return estimate(results.runs, results.design, ["point"], NAMES)


def test_it_has_the_estimates_of_a_sweep_to_the_bit(ema: Any, tmp_path: Path) -> None:
    model = workbench_model(
        **BASE,
        levers={"doctrine.clarity": None, "doctrine.voting_rule": ["unanimity", "qmv"]},
        uncertainties={
            "scenario.investigation.skill": (0.3, 0.9),
            "scenario.investigation.investigation_weeks": (40, 60),
        },
        outcomes=NAMES,
        replicates=3,
        seed=7,
    )
    found, outcomes = ema.perform_experiments(model, scenarios=3, policies=2)
    paths = [path for path in found.columns if "__" in path]
    points = pl.DataFrame({path.replace("__", "."): found[path].tolist() for path in paths})
    summary = swept(tmp_path, points, 3, 7)
    for name in NAMES:
        means = summary.filter(pl.col("metric") == name)["mean"].fill_null(float("nan"))
        assert np.array_equal(outcomes[name], means.to_numpy(), equal_nan=True), name
    assert len(set(outcomes["deterrence_rate"])) == 6


def test_other_processes_have_the_same_figures(ema: Any) -> None:
    model = workbench_model(**BASE, levers=["doctrine.clarity"], outcomes=NAMES[:1], replicates=2)
    _, here = ema.perform_experiments(model, policies=3)
    other = pickle.loads(pickle.dumps(model))
    with ema.SequentialEvaluator(other) as evaluator:
        _, there = evaluator.perform_experiments(policies=3)
    assert len(set(here["deterrence_rate"])) == len(set(there["deterrence_rate"])) == 3
    point = {"doctrine__clarity": 0.25}
    assert model.function(**point) == other.function(**point)


def test_ranges_and_choices_are_those_that_parameters_declare(ema: Any) -> None:
    levers = ["doctrine.clarity", "doctrine.voting_rule", "doctrine.initiative", "doctrine.coalition_quorum"]
    model = workbench_model(**BASE, levers=levers, uncertainties={"scenario.grievance.grievance_gain": (1, 2)})
    clarity, rule, initiative, quorum = model.levers
    assert (clarity.lower_bound, clarity.upper_bound) == (0.0, 1.0)
    assert {category.value for category in rule.categories} >= {"unanimity", "qmv"}
    assert {category.value for category in initiative.categories} == {True, False}
    assert isinstance(quorum, ema.IntegerParameter)
    assert isinstance(model.uncertainties[0], ema.RealParameter)
    doctrines = workbench_model(scenario="illustrative", levers="doctrine").levers[0]
    assert {"status_quo", "swift_qmv"} <= {category.value for category in doctrines.categories}


def test_outcomes_are_improved_in_the_direction_that_is_better(ema: Any) -> None:
    model = workbench_model(**BASE, levers=["doctrine.clarity"], outcomes=["harm_averted", "eu_cost", "acts"])
    averted, cost, acts = (outcome.kind for outcome in model.outcomes)
    assert (averted, cost) == (ema.ScalarOutcome.MAXIMIZE, ema.ScalarOutcome.MINIMIZE)
    assert acts in (ema.ScalarOutcome.INFO, ema.ScalarOutcome.MINIMIZE)


def test_an_experiment_has_its_factors_as_levers_and_uncertainties(ema: Any, tmp_path: Path) -> None:
    file = tmp_path / "dials.toml"
    file.write_text(
        'title = "Dials"\nquestion = "Which?"\nscenario = "illustrative"\nreplicates = 2\nseed = 3\n'
        '[design]\nkind = "latin"\nsize = 8\ncross = ["doctrine"]\n'
        '[factors]\ndoctrine = ["clear_ladder", "none"]\n"doctrine.clarity" = { low = 0.2, high = 0.8 }\n'
        '"scenario.grievance.grievance_gain" = { low = 0.1, high = 10.0, scale = "log" }\n'
    )
    model = workbench_model(file, outcomes=["deterrence_rate"], overrides=SHORT)
    assert [each.name for each in model.levers] == ["doctrine", "doctrine__clarity"]
    gain = model.uncertainties[0]
    assert gain.dist.median() == pytest.approx(1.0)
    assert (model.function.design.seed, model.function.design.replicates) == (3, 2)
    found, outcomes = ema.perform_experiments(model, scenarios=2, policies=2)
    assert len(found) == 4
    assert np.isfinite(outcomes["deterrence_rate"]).all()
    again = model.function(doctrine="none", doctrine__clarity=0.5, scenario__grievance__grievance_gain=1.0)
    assert again == {"deterrence_rate": 0.0}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"levers": ["doctrine.clarty"]}, r"doctrine\.clarty.*doctrine\.clarity"),
        ({"levers": {"doctrine.clarity": (0.0, 1.5)}}, r"doctrine\.clarity.*1\.5"),
        ({"levers": {"doctrine.clarity": 0.5}}, r"doctrine\.clarity.*neither a list of levels nor a range"),
        ({"levers": ["doctrine.clarity"], "outcomes": ["deterence_rate"]}, r"deterence_rate.*deterrence_rate"),
        ({"uncertainties": ["archetypes.major_power.sensitivity.mean"]}, r"sensitivity\.mean.*low, high"),
        ({}, r"levers, uncertainties.*missing"),
        ({"levers": ["doctrine.clarity"], "replicates": 0}, r"replicates.*0"),
        ({"levers": ["doctrine.clarity"], "uncertainties": ["doctrine.clarity"]}, r"doctrine\.clarity.*both"),
    ],
)
def test_what_is_wrong_is_said_before_the_first_run(wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        workbench_model(**{**BASE, **wanted})


def test_what_the_workbench_cannot_keep_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    text = 'title = "Own"\nquestion = "?"\nreplicates = 2\nseed = 3\n{}\n[factors]\n"doctrine.clarity" = [0.2, 0.8]\n'
    file.write_text(text.format('luck = "own"'))
    with pytest.raises(ConfigurationError, match=r"luck.*cannot be kept in the workbench"):
        workbench_model(file)
    file.write_text(text.format(""))
    with pytest.raises(ConfigurationError, match="no others can be given"):
        workbench_model(file, levers=["doctrine.firmness"])


def test_a_model_class_and_metrics_of_an_experiment_are_those_that_run(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from agents.perpetrator import Perpetrator\nfrom model.deterrence import DeterrenceModel\n\n\n"
        "class Idle(Perpetrator):\n    def choose(self):\n        super().choose()\n        self.activity = 0\n\n\n"
        "class Mine(DeterrenceModel):\n    perpetrator_class = Idle\n\n\ndef two(run):\n    return 2.0\n"
    )
    file = tmp_path / "own.toml"
    file.write_text(
        'title = "Own"\nquestion = "?"\nscenario = "illustrative"\nseed = 3\nmodel = "mine.py:Mine"\n'
        "replicates = { at_least = 10, at_most = 20 }\n[precision]\ndeterrence_rate = 0.1\n"
        '[metrics]\ntwo = "mine.py:two"\n[factors]\n"doctrine.clarity" = [0.2, 0.8]\n'
    )
    brief = {**SHORT, "scenario.time.weeks": 4, "scenario.time.burn_in": 0}
    model = workbench_model(file, outcomes=["acts", "own_two"], replicates=1, overrides=brief)
    assert model.function(doctrine__clarity=0.2) == {"acts": 0.0, "own_two": 2.0}
    with pytest.raises(ConfigurationError, match=r"own_too.*own_two"):
        workbench_model(file, outcomes=["own_too"], overrides=brief)


def test_a_point_at_which_every_run_fails_is_an_error() -> None:
    model = workbench_model(**BASE, levers=["doctrine.clarity"], replicates=1)
    with pytest.raises(RuntimeError, match=r"doctrine\.clarity = 2\.0"):
        model.function(doctrine__clarity=2.0)
