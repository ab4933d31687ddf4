"""Other tools as clients of the model, Mesa's batch runner and the EMA Workbench: same seeds, same figures."""

from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import Any, ClassVar

import mesa
import numpy as np
import polars as pl
import pytest

from analysis.results.folder import Results
from analysis.statistics.estimates import summarise
from analysis.statistics.units import NAMES
from experiments import run_sweep
from experiments.running.worker import frame_of_runs
from model.configuration import load_configuration
from model.deterrence import DeterrenceModel, reporting
from model.ensemble import run, run_twins
from model.errors import ConfigurationError
from model.metrics.catalogue import figure
from model.metrics.columns import DELAYS, results

SEED = 7
SHORT = {"scenario.time.burn_in": 20, "scenario.time.weeks": 40}
BATCH = {path.replace(".", "__"): value for path, value in SHORT.items()}
SEEDS: dict[str, Any] = {"rng": SEED} if "rng" in signature(mesa.batch_run).parameters else {}
"""From Mesa 3.5 on, seeds are an argument of its own; before, they are parameters as others are."""


class Measured(DeterrenceModel):
    reporters: ClassVar[dict[str, Any]] = {"week": DeterrenceModel.reporters["week"], **reporting(*NAMES)}


def batch(period: int = -1, **parameters: Any) -> list[dict[str, Any]]:
    rows = mesa.batch_run(
        Measured,
        parameters={"scenario": "illustrative", "doctrine": "clear_ladder", "rng": SEED, **BATCH, **parameters},
        data_collection_period=period,
        max_steps=10_000,
        display_progress=False,
        **SEEDS,
    )
    return sorted(rows, key=lambda row: row["RunId"])


def swept(folder: Path, text: str, replicates: int) -> Results:
    header = 'title = "Peers"\nquestion = "The same?"\nscenario = "illustrative"\ndoctrine = "clear_ladder"\n'
    (folder / "peers.toml").write_text(f"{header}replicates = {replicates}\nseed = {SEED}\n{text}")
    return run_sweep(folder / "peers.toml", folder / "out", overrides=SHORT)


def test_a_batch_of_mesa_has_the_figures_of_a_sweep(tmp_path: Path) -> None:
    rows = batch(doctrine__clarity=[0.0, 1.0], replicate=[0, 1, 2])
    runs = swept(tmp_path, '[factors]\n"doctrine.clarity" = [0.0, 1.0]', 3).runs
    assert [(row["doctrine__clarity"], row["replicate"]) for row in rows] == [
        (c, r) for c in (0.0, 1.0) for r in range(3)
    ]
    for name in NAMES:
        assert [row[name] for row in rows] == [figure(name, runs, place) for place in range(6)], name
    assert len({row["deterrence_rate"] for row in rows}) == 6
    assert any(row["response_delay"] is not None for row in rows)


def test_switches_and_other_factors_reach_a_batch(tmp_path: Path) -> None:
    levels = {"scenario__investigation__skill": [0.3, 0.8], "switches__norms": [True, False]}
    rows = batch(**levels)
    text = '[factors]\n"scenario.investigation.skill" = [0.3, 0.8]\n"switches.norms" = [true, false]'
    runs = swept(tmp_path, text, 1).runs
    for name in ("deterrence_rate", "attribution_rate", "norm_strength"):
        assert [row[name] for row in rows] == [figure(name, runs, place) for place in range(4)]
        assert len({row[name] for row in rows}) > 1


def test_a_replicate_is_the_same_again_and_another_is_not() -> None:
    one, other, again = (batch(replicate=replicate) for replicate in (0, 1, 0))
    assert one == again
    assert one[0]["deterrence_rate"] != other[0]["deterrence_rate"]


def test_a_batch_can_keep_every_week() -> None:
    rows = batch(period=1, scenario__time__weeks=156)
    assert [row["week"] for row in rows] == list(range(176))
    assert all(row[delay] is None for row in rows[:-1] for delay in DELAYS)
    assert all(rows[-1][delay] is not None for delay in DELAYS)
    assert rows[30]["deterrence_rate"] is not None


def test_a_figure_of_a_model_is_that_of_its_run() -> None:
    model = DeterrenceModel("illustrative", rng=SEED, **BATCH).run()
    one = model.result
    columns = results(one.books, one.twin.books)
    assert {name: model.figure(name) for name in NAMES} == {name: figure(name, columns) for name in NAMES}
    assert DeterrenceModel("illustrative", rng=SEED, twin=False, **BATCH).run().figure("deterrence_rate") is None


def test_a_figure_that_does_not_exist_is_named_with_the_nearest() -> None:
    model = DeterrenceModel("illustrative", rng=SEED, twin=False, **BATCH)
    with pytest.raises(ConfigurationError, match=r"deterence_rate.*deterrence_rate"):
        model.figure("deterence_rate")


def point(path_of: dict[str, str], replicates: int, **values: Any) -> dict[str, float]:
    """A point as the workbench asks for it: values of parameters in, estimates out."""
    configuration = load_configuration("illustrative", "clear_ladder", SHORT).with_values(
        {path_of[name]: value for name, value in values.items()}
    )
    twins = run_twins(configuration, SEED, range(replicates))
    columns = results(run(configuration, SEED, range(replicates), twins), twins.books)
    means = summarise(frame_of_runs(0, range(replicates), SEED, columns)).select("metric", "mean")
    return dict(means.with_columns(pl.col("mean").fill_null(float("nan"))).iter_rows())


@pytest.mark.filterwarnings("ignore")
def test_the_ema_workbench_has_the_estimates_of_a_sweep(tmp_path: Path) -> None:
    ema = pytest.importorskip("ema_workbench")
    path_of = {"clarity": "doctrine.clarity", "rule": "doctrine.voting_rule", "skill": "scenario.investigation.skill"}
    model = ema.Model("deter", function=lambda **values: point(path_of, 3, **values))
    model.levers = [ema.RealParameter("clarity", 0.0, 1.0), ema.CategoricalParameter("rule", ["unanimity", "qmv"])]
    model.uncertainties = [ema.RealParameter("skill", 0.3, 0.9)]
    names = ["deterrence_rate", "escalation_rate", "credibility", "response_delay"]
    model.outcomes = [ema.ScalarOutcome(name) for name in names]
    experiments, outcomes = ema.perform_experiments(model, scenarios=3, policies=2)
    summary = swept(tmp_path, "\n".join(listed_design(path_of, experiments)), 3).summary
    for name in names:
        means = summary.filter(pl.col("metric") == name)["mean"].fill_null(float("nan"))
        assert np.array_equal(outcomes[name], means.to_numpy(), equal_nan=True), name
    assert len(set(outcomes["deterrence_rate"])) == 6


def listed_design(path_of: dict[str, str], experiments: Any) -> Iterator[str]:
    """The points of a frame of experiments, as a list of points of ours."""
    yield '[design]\nkind = "list"'
    for _, row in experiments.iterrows():
        yield "[[design.points]]"
        for name, path in path_of.items():
            yield f'"{path}" = ' + (f'"{row[name]}"' if isinstance(row[name], str) else repr(float(row[name])))
