"""Mesa's batch runner as a client of the model: same seeds, same figures."""

from inspect import signature
from pathlib import Path
from typing import Any, ClassVar

import mesa
import pytest

from analysis.results.folder import Results
from analysis.statistics.units import NAMES
from experiments import run_sweep
from model.deterrence import DeterrenceModel, reporting
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
