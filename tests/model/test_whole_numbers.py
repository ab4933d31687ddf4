"""Seeds, replicates and numbers of workers are whole numbers in every function that takes them: none is rounded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pytest

import deter
from experiments.design.design import single_point
from model.configuration import Configuration, load_configuration
from model.deterrence import DeterrenceModel
from model.ensemble import run, run_one, run_twins
from model.errors import ConfigurationError

SHORT = {"scenario.time.weeks": 2, "scenario.time.burn_in": 0}
NO_NUMBERS = (1.5, 1.0, np.float64(1.0), True, np.True_, "3", -1, 2**63, float("nan"), [1, 2], np.array(3), None)


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration("illustrative", "clear_ladder", SHORT)


Call = Callable[[Configuration, Any], Any]
SEEDS: dict[str, Call] = {
    "rng": lambda one, value: DeterrenceModel(configuration=one, rng=value if value is not None else "None"),
    "replicate": lambda one, value: DeterrenceModel(configuration=one, replicate=value),
    "rng of a run": lambda one, value: DeterrenceModel.run_one(one, value if value is not None else "None", 0),
    "replicate of a run": lambda one, value: DeterrenceModel.run_one(one, 0, value),
    "seed of a compiled run": lambda one, value: run_one(one, value, 0),
    "replicate of a compiled run": lambda one, value: run_one(one, 0, value),
    "seed of compiled runs": lambda one, value: run(one, value, [0]),
    "replicates of compiled runs": lambda one, value: run(one, 0, [value]),
    "seed of twins": lambda one, value: run_twins(one, value, [0]),
    "replicates of twins": lambda one, value: run_twins(one, 0, [value]),
    "seed of a single run": lambda one, value: deter.run_single(one, value, 0, "compiled", ledger=False),
    "replicate of a single run": lambda one, value: deter.run_single(one, 0, value, "compiled", ledger=False),
    "seed of a design": lambda one, value: single_point(one, value, 0, "One", "Why?"),
    "first_replicate of a design": lambda one, value: single_point(one, 0, value, "One", "Why?"),
}


@pytest.mark.parametrize("value", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize("place", SEEDS)
def test_what_is_no_whole_number_is_no_seed(configuration: Configuration, place: str, value: Any) -> None:
    with pytest.raises(
        ConfigurationError, match=r"cannot be a seed; allowed: a whole number from 0 to 2⁶³ − 1$"
    ) as told:
        SEEDS[place](configuration, value)
    assert told.value.key == place.split()[0]


@pytest.mark.parametrize("call", SEEDS.values(), ids=SEEDS)
def test_numbers_of_numpy_are_numbers(configuration: Configuration, call: Call) -> None:
    for value in (np.int64(3), np.uint8(3), 0, 2**63 - 1):
        call(configuration, value)


def test_a_seed_is_the_same_whatever_holds_it(configuration: Configuration) -> None:
    seeds = [3, np.int32(3), np.uint64(3)]
    assert {run_one(configuration, seed, 0).books.tobytes() for seed in seeds} == {
        run_one(configuration, 3, 0).books.tobytes()
    }
    designs = [single_point(configuration, seed, seed, "One", "Why?") for seed in seeds]
    assert len({design.hash for design in designs}) == 1


def test_numpys_sources_of_random_numbers_give_a_seed(configuration: Configuration) -> None:
    sources: list[Callable[[], Any]] = [
        lambda: np.random.default_rng(3),
        lambda: np.random.PCG64(3),
        lambda: np.random.SeedSequence(3),
    ]
    seeds = [[DeterrenceModel(configuration=configuration, rng=make()).run_seed for _ in range(2)] for make in sources]
    assert all(one == other for one, other in seeds)
    assert seeds[0] == seeds[1] != seeds[2]
    with pytest.raises(ConfigurationError, match="cannot be a seed"):
        DeterrenceModel(configuration=configuration, rng=__import__("random").Random(3))


@pytest.mark.parametrize("value", [-1, 0, 1.5, True, "4", 10**12], ids=repr)
def test_what_is_no_size_is_no_docket(configuration: Configuration, value: Any) -> None:
    with pytest.raises(
        ConfigurationError, match="cannot be a number of cases; allowed: a whole number from 1 to 1,000,000"
    ):
        DeterrenceModel(configuration=configuration, docket=value)


WORKERS: dict[str, Callable[[Path, Any], Any]] = {
    "run_sweep": lambda out, workers: deter.run_sweep("headline", out, overrides=SHORT, workers=workers),
    "compare_doctrines": lambda out, workers: deter.compare_doctrines(
        ["none", "status_quo"], out, overrides=SHORT, replicates=2, workers=workers
    ),
    "search": lambda out, workers: deter.search("robust_doctrine", out, overrides=SHORT, workers=workers),
    "reproduce": lambda out, workers: deter.reproduce(out, workers=workers),
}


@pytest.mark.parametrize("workers", [-1, 0, 1.5, True, "2", 5000, float("inf")], ids=repr)
@pytest.mark.parametrize("call", WORKERS.values(), ids=WORKERS)
def test_what_is_no_number_of_workers_is_refused(
    tmp_path: Path, call: Callable[[Path, Any], Any], workers: Any
) -> None:
    allowed = "allowed: a whole number from 1 to 1,024$"
    with pytest.raises(ConfigurationError, match=f"^workers = .*: cannot be a number of workers; {allowed}"):
        call(tmp_path / "out", workers)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("key", ["replicates", "seed"])
@pytest.mark.parametrize("value", [-1, 1.5, True, "2", 2**63], ids=repr)
def test_numbers_in_place_of_an_experiments(tmp_path: Path, key: str, value: Any) -> None:
    for call in (
        lambda **given: deter.run_sweep("headline", tmp_path, **given),
        lambda **given: deter.Sweep("headline", changes=given).design(),
        lambda **given: deter.compare_doctrines(["none", "status_quo"], tmp_path, **given),
        lambda **given: deter.search("robust_doctrine", tmp_path, given),
    ):
        with pytest.raises(ConfigurationError, match=f"{key} = .*(is not a whole number|is out of range); allowed: "):
            call(**{key: value})


def test_an_experiment_takes_numbers_of_numpy() -> None:
    design = deter.Sweep("headline", changes={"replicates": np.int64(7), "seed": np.uint32(5)}).design()
    assert design.hash == deter.Sweep("headline", changes={"replicates": 7, "seed": 5}).design().hash


@pytest.mark.parametrize("key", ["point", "replicate"])
def test_which_run_is_made_again(tmp_path: Path, key: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{key} = 1.5: cannot be a {key}"):
        deter.reproduce(tmp_path, **{key: 1.5})


def test_an_engine_that_does_not_exist(configuration: Configuration) -> None:
    with pytest.raises(ConfigurationError, match="engine = 'messa': is no engine; did you mean 'mesa'"):
        deter.run_single(configuration, 1, 0, "messa", ledger=False)


@pytest.mark.parametrize(
    ("keyword", "told"),
    {
        "seed": "seed = 3: is an older name of one of Mesa's keywords; did you mean 'rng'?",
        "rgn": "rgn: is not a keyword; did you mean 'rng'?",
        "replicates": "replicates: is not a keyword; did you mean 'replicate'?",
        "clarity": "clarity: there is no such parameter; did you mean 'doctrine.clarity'?",
        "scenario__tiem__weeks": "scenario.tiem.weeks: there is no such parameter; did you mean 'scenario.time.weeks'?",
        "n_agents": "n_agents: there is no such parameter; allowed: what `deter list parameters` shows",
    }.items(),
)
def test_an_unknown_keyword_is_answered_with_the_nearest(configuration: Configuration, keyword: str, told: str) -> None:
    for given in ({"configuration": configuration}, {"scenario": "illustrative"}):
        with pytest.raises(ConfigurationError) as refused:
            DeterrenceModel(**given, **{keyword: 3})
        assert str(refused.value) == told


def test_a_batch_of_mesa_may_count_with_numpy() -> None:
    parameters = {"replicate": np.arange(2), "rng": 3, "scenario__time__weeks": [2], "scenario__time__burn_in": [0]}
    assert len(mesa.batch_run(DeterrenceModel, parameters, max_steps=9, display_progress=False)) == 2
