"""Copies and pickles of whatever holds a world: each goes on with the bits of the undisturbed model, apart from it."""

import copy
import gc
import multiprocessing
import os
import pickle
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import cloudpickle
import mesa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import ROOT
from support.worlds import begun, bits, lively, walk

from agents.world import ARRAYS, World
from model.configuration import Configuration
from model.deterrence import DeterrenceModel, reporting
from model.ensemble import run, run_one, run_twins

WEEKS = 40
SEED, REPLICATE = 3, 2


def out_of_band(held: Any) -> Any:
    buffers: list[pickle.PickleBuffer] = []
    return pickle.loads(pickle.dumps(held, 5, buffer_callback=buffers.append), buffers=buffers)


def out_of_band_read_only(held: Any) -> Any:
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(held, 5, buffer_callback=buffers.append)
    return pickle.loads(pickled, buffers=[bytes(buffer.raw()) for buffer in buffers])


WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle {number}": lambda held, number=number: pickle.loads(pickle.dumps(held, number))
        for number in range(2, 6)
    },
    "pickle 5 out of band": out_of_band,
    "pickle 5 out of band, read-only": out_of_band_read_only,
    "cloudpickle": lambda held: pickle.loads(cloudpickle.dumps(held)),
}
every_way = pytest.mark.parametrize("again", WAYS.values(), ids=WAYS)
deep_ways = pytest.mark.parametrize(
    "again", [WAYS[name] for name in WAYS if name != "copy"], ids=[name for name in WAYS if name != "copy"]
)


class Watched(DeterrenceModel):
    """Its runs depend on Mesa's random numbers; its collector has figures of all kinds."""

    reporters: ClassVar[dict[str, Any]] = {
        **DeterrenceModel.reporters,
        **reporting("deterrence_rate", "response_delay"),
    }

    def _advance(self) -> None:
        self.council.credibility *= 0.9 + 0.1 * self.random.random()
        self.perpetrators[int(self.rng.integers(len(self.perpetrators)))].grievance += 0.1
        super()._advance()


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return lively(doctrine="swift_qmv", weeks=WEEKS - 10, burn_in=10)


def at_week(configuration: Configuration, week: int, kind: type[DeterrenceModel] = Watched) -> DeterrenceModel:
    """A model after so many weeks: with a ledger, a docket that was enlarged, and cases that are open."""
    model = kind(configuration=configuration, rng=SEED, replicate=REPLICATE, ledger=True, docket=4)
    for _ in range(week):
        model.step()
    return model


def all_of(model: DeterrenceModel) -> tuple[Any, ...]:
    """Everything that a model shows, its twin's included."""
    worlds = [{name: getattr(one.world, name).tobytes() for name in ARRAYS} for one in (model, model.twin)]
    agents = [(type(agent).__name__, agent.unique_id, agent.row) for agent in model.agents]
    told = [one.datacollector.model_vars for one in (model, model.twin)]
    chance = (model.random.random(), model.rng.random())
    return bits(model.result), worlds, agents, told, chance, model.week, model.running


@pytest.fixture(scope="module")
def undisturbed(configuration: Configuration) -> tuple[Any, ...]:
    model = at_week(configuration, 0)
    assert len(model.world.cases) == 4
    return all_of(model.run())


@every_way
def test_a_copy_goes_on_as_the_undisturbed_model_and_apart_from_it(
    configuration: Configuration, undisturbed: tuple[Any, ...], again: Callable[[Any], Any]
) -> None:
    model = at_week(configuration, 20)
    assert len(model.cases) > 0 < len(model.result.ledger)
    assert len(model.world.cases) > 4
    other = again(model)
    before = {name: getattr(model.world, name).tobytes() for name in ARRAYS}
    assert all_of(other.run()) == undisturbed
    assert {name: getattr(model.world, name).tobytes() for name in ARRAYS} == before
    assert model.week == 20
    assert all_of(model.run()) == undisturbed


@every_way
def test_a_copy_outlives_the_model(
    configuration: Configuration, undisturbed: tuple[Any, ...], again: Callable[[Any], Any]
) -> None:
    model = at_week(configuration, 25)
    there, other = weakref.ref(model), again(model)
    del model
    gc.collect()
    assert there() is None
    assert all_of(again(other).run()) == undisturbed


@settings(max_examples=12)
@given(week=st.integers(0, WEEKS), way=st.sampled_from(sorted(WAYS)))
def test_whatever_the_week(configuration: Configuration, undisturbed: tuple[Any, ...], week: int, way: str) -> None:
    assert all_of(WAYS[way](at_week(configuration, week)).run()) == undisturbed


HELD: dict[str, Callable[[DeterrenceModel], Any]] = {
    "an agent": lambda model: model.perpetrators[3],
    "a case": lambda model: model.cases[0],
    "agents": lambda model: model.perpetrators,
    "agents chosen": lambda model: model.agents.select(lambda agent: agent.row < 5),
    "a list": lambda model: list(model.member_states),
}


@deep_ways
@pytest.mark.parametrize("held", HELD.values(), ids=HELD)
def test_agents_bring_their_model_along(
    configuration: Configuration,
    undisturbed: tuple[Any, ...],
    held: Callable[[DeterrenceModel], Any],
    again: Callable[[Any], Any],
) -> None:
    model = at_week(configuration, 20)
    other = again(held(model))
    agent = other if isinstance(other, mesa.Agent) else next(iter(other))
    assert agent.model is not model
    assert agent in agent.model.agents
    assert all_of(agent.model.run()) == undisturbed
    assert all_of(model.run()) == undisturbed


@deep_ways
def test_a_collector_alone(configuration: Configuration, again: Callable[[Any], Any]) -> None:
    model = at_week(configuration, 20)
    other = again(model.datacollector)
    model.step()
    assert [len(one.get_model_vars_dataframe()) for one in (model.datacollector, other)] == [21, 20]


def rows(world: World) -> dict[str, bytes]:
    return {name: getattr(world, name).tobytes() for name in ARRAYS}


@every_way
def test_a_bare_world(configuration: Configuration, again: Callable[[Any], Any]) -> None:
    world, whole = begun(configuration, ledger=64, series=True), begun(configuration, ledger=64, series=True)
    list(walk(whole, 30))
    list(walk(world, 12))
    before, other = rows(world), again(world)
    list(walk(other, 18, 12))
    assert (rows(world), rows(other)) == (before, rows(whole))
    list(walk(world, 18, 12))
    assert rows(world) == rows(whole)


@pytest.mark.parametrize("again", [WAYS[name] for name in ("deepcopy", "pickle 2", "pickle 5", "cloudpickle")])
def test_runs_and_twins_of_the_compiled_engine(configuration: Configuration, again: Callable[[Any], Any]) -> None:
    twins, one = run_twins(configuration, SEED, [0, 1, REPLICATE]), run_one(configuration, SEED, REPLICATE, ledger=True)
    assert bits(again(one)) == bits(one)
    books = [run(configuration, SEED, [1, 2], each.select([1, 2])) for each in (twins, again(twins))]
    assert books[0].tobytes() == books[1].tobytes()


def test_models_cross_to_other_processes_and_back(configuration: Configuration, undisturbed: tuple[Any, ...]) -> None:
    model = at_week(configuration, 20, DeterrenceModel)
    whole = at_week(configuration, 0, DeterrenceModel).run()
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        half_way = pool.apply(_advanced, (model, 10))
        assert half_way.week == 30
        assert all_of(half_way.run()) == all_of(whole)
        at_the_end = pool.apply(DeterrenceModel.run, (model,))
    assert bits(at_the_end.result) == bits(whole.result)
    assert model.week == 20


def _advanced(model: DeterrenceModel, weeks: int) -> DeterrenceModel:
    for _ in range(weeks):
        model.step()
    return model


SCRIPT = """
import sys
from pathlib import Path
from typing import ClassVar

import cloudpickle

from agents.perpetrator import Perpetrator
from model.deterrence import DeterrenceModel
from support.worlds import bits, lively


class Timid(Perpetrator):
    def choose(self):
        if self.row % 2:
            super().choose()


class Own(DeterrenceModel):
    perpetrator_class = Timid
    reporters: ClassVar = {"timid": lambda model: sum(each.activity > 0 for each in model.perpetrators)}


model = Own(configuration=lively(), rng=1)
for _ in range(10):
    model.step()
Path(sys.argv[1]).write_bytes(cloudpickle.dumps(model))
model.run()
Path(sys.argv[2]).write_bytes(cloudpickle.dumps((bits(model.result), model.datacollector.model_vars)))
"""


def test_a_class_and_lambdas_of_a_script_cross_by_cloudpickle(tmp_path: Path) -> None:
    script, *files = (tmp_path / name for name in ("script.py", "model", "result"))
    script.write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    subprocess.run([sys.executable, script, *files], check=True, env=environment)
    model, whole = (pickle.loads(file.read_bytes()) for file in files)
    assert (model.week, type(model).__name__) == (10, "Own")
    model.run()
    assert (bits(model.result), model.datacollector.model_vars) == whole


def test_a_model_is_not_copied_in_the_middle_of_a_week(configuration: Configuration) -> None:
    class Curious(DeterrenceModel):
        reporters: ClassVar[dict[str, Any]] = {
            "end": lambda model: copy.deepcopy(model).run().figure("deterrence_rate")
        }

    model = Curious(configuration=configuration, rng=1, twin=False)
    with pytest.raises(RuntimeError, match="between two steps, not in the middle of a week"):
        model.step()
    assert copy.deepcopy(model).week == 0


def test_a_result_is_not_changed_by_later_weeks(configuration: Configuration) -> None:
    model = at_week(configuration, 20)
    result, before = model.result, bits(model.result)
    model.run()
    assert bits(result) == before != bits(model.result)


def test_a_world_of_another_version_is_refused(configuration: Configuration) -> None:
    rebuild, (arrays,) = begun(configuration).__reduce__()
    with pytest.raises(pickle.UnpicklingError, match="another version of deter"):
        rebuild({**arrays, "cases": arrays["calendar"]})
    with pytest.raises(pickle.UnpicklingError, match="another version of deter"):
        rebuild({name: array for name, array in arrays.items() if name != "votes"})


def test_agents_of_all_kinds_have_numbers_of_their_own(configuration: Configuration) -> None:
    model = copy.deepcopy(at_week(configuration, 5))
    mesa.Agent(model)
    model.run()
    numbers = [agent.unique_id for agent in model.agents]
    assert len(set(numbers)) == len(numbers)
