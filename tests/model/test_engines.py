"""Two engines, one model: the same bits whoever runs it, in whatever order, chunks and threads."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mesa
import numpy as np
import pytest
from support.worlds import bits, kinds, random_configuration, short

from agents.books import BOOKS
from agents.catalogue import KINDS, ON_CASE
from agents.member_state import MemberState
from agents.partner import Partner
from agents.perpetrator import Perpetrator
from agents.union.case import Case
from agents.union.council import Council
from agents.union.tracks import ADOPTED
from agents.world import ARRAYS
from model.build import build_world
from model.configuration import Configuration
from model.deterrence import DeterrenceModel
from model.ensemble import OneRun, room, run, run_one, run_twins, trimmed
from model.errors import ConfigurationError
from model.metrics.columns import PLACES, column_of, part_of

NUMBERS = range(14)


@pytest.fixture(scope="module")
def random_runs() -> list[tuple[Configuration, OneRun]]:
    """Configurations from all over the space of parameters, run on the compiled engine."""
    configurations = [random_configuration(number, tempo=2.0) for number in NUMBERS]
    return [(each, run_one(each, 100 + n, n, ledger=True, acts=True)) for n, each in enumerate(configurations)]


# the same bits


@pytest.mark.parametrize("number", NUMBERS)
def test_both_engines_give_the_same_bits(random_runs: list[tuple[Configuration, OneRun]], number: int) -> None:
    configuration, compiled = random_runs[number]
    visited = DeterrenceModel.run_one(configuration, 100 + number, number, ledger=True, acts=True)
    assert bits(visited) == bits(compiled)
    assert min(map(len, (compiled.ledger, compiled.acts, compiled.positions))) > 0


def test_the_random_runs_see_every_kind_of_perpetrator_act_and_every_measure_adopted(
    random_runs: list[tuple[Configuration, OneRun]],
) -> None:
    acted, adopted, toolbox = set(), set(), set()
    for configuration, compiled in random_runs:
        names = list(configuration.measures)
        world = build_world(configuration)
        toolbox |= {names[row] for row in np.flatnonzero(world.measures.occasion == ON_CASE)}
        adopted |= {names[row] for row in compiled.tracks.measure[compiled.tracks.stage == ADOPTED]}
        who = np.flatnonzero((compiled.trace.code > 0).any(axis=0))
        acted |= {KINDS[kinds(configuration)[row]] for row in who}
    assert acted == set(KINDS)
    assert adopted == toolbox


def test_the_random_runs_see_every_outcome(random_runs: list[tuple[Configuration, OneRun]]) -> None:
    counted = {name: sum(column_of(compiled.books, name)[0] for _, compiled in random_runs) for name in PLACES}
    nothing = {name for name, count in counted.items() if count == 0}
    phased = {"doctrine_changes", "phased_weeks", "turned", "turned_after"}  # test_phases.py looks at these
    assert nothing & set(BOOKS) == {"adopted_preventive", *phased}  # preventive measures are standing programmes
    without_harbour = {part_of(name, kind) for name in ("suppressed", "released") for kind in ("state", "proxy")}
    assert nothing - set(BOOKS) == without_harbour


@pytest.mark.parametrize("number", [6, 7])
def test_results_do_not_depend_on_the_order_in_which_agents_are_visited(number: int) -> None:
    class Shuffled(DeterrenceModel):
        @property
        def perpetrators(self) -> Any:
            return super().perpetrators.shuffle()

        @property
        def member_states(self) -> Any:
            return super().member_states.shuffle()

        @property
        def partners(self) -> Any:
            return super().partners.shuffle()

        def cases_due(self) -> list[Case]:
            due = super().cases_due()
            self.random.shuffle(due)
            return due

    configuration = random_configuration(number, tempo=2.0)
    assert bits(Shuffled(configuration=configuration, rng=5, ledger=True).run().result) == bits(
        run_one(configuration, 5, 0, ledger=True)
    )


def test_the_same_seed_gives_the_same_bytes_and_another_others() -> None:
    configuration = random_configuration(2)
    first = bits(run_one(configuration, 1, 0, ledger=True))
    assert bits(run_one(configuration, 1, 0, ledger=True)) == first
    assert bits(run_one(configuration, 2, 0, ledger=True))["books"] != first["books"]
    assert bits(run_one(configuration, 1, 1, ledger=True))["books"] != first["books"]


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("sizes", [(8,), (3, 5), (1,) * 8, (4, 1, 3)])
def test_results_do_not_depend_on_chunks_and_threads(threads: int, sizes: tuple[int, ...]) -> None:
    configuration, replicates = random_configuration(1), [3, 1, 4, 15, 9, 2, 6, 5]
    twins = run_twins(configuration, 8, replicates)
    whole = run(configuration, 8, replicates, twins)
    ends = np.cumsum(sizes)
    chunks = [replicates[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(lambda chunk: run(configuration, 8, chunk, twins.select(chunk)), chunks))
    assert np.concatenate(parts).tobytes() == whole.tobytes()
    alone = run_one(configuration, 8, 15)
    assert whole[3].tobytes() == alone.books[0].tobytes()
    assert alone.twin is not None
    assert twins.books[3].tobytes() == alone.twin.books[0].tobytes()


def test_a_small_docket_changes_nothing() -> None:
    configuration, replicates = random_configuration(9, tempo=2.0), [0, 1, 2]
    twins = run_twins(configuration, 8, replicates)
    met = [room(configuration, 3) for _ in range(2)]
    small = run(configuration, 8, replicates, twins, met=met[0], cases=4)
    large = run(configuration, 8, replicates, twins, met=met[1])
    assert small.tobytes() == large.tobytes()
    for one, other in zip(*map(trimmed, met), strict=True):
        assert one.tobytes() == other.tobytes()
    tiny = DeterrenceModel(configuration=configuration, rng=8, replicate=2, ledger=True, docket=4).run()
    assert len(tiny.world.cases) > 4
    assert bits(tiny.result) == bits(run_one(configuration, 8, 2, ledger=True))


# agents of Mesa


class Restrained(Perpetrator):
    """Never chooses anything."""

    def choose(self) -> None:
        """Let every week pass."""


class Undecided(Case):
    """A case on which nobody ever decides."""

    def decide(self) -> None:
        """Leave it open."""


class Silent(Council):
    """A Council that announces nothing."""

    def signal(self) -> None:
        """Say nothing."""


class Vulnerable(MemberState):
    """A Member State that forgets whatever it learned."""

    def recover(self) -> None:
        """Lie open."""
        self.model.world.victims.resilience[self.row] = 0.0


def test_a_perpetrator_that_never_chooses_never_acts(illustrative: Configuration) -> None:
    class Peaceful(DeterrenceModel):
        perpetrator_class = Restrained

    model = Peaceful(configuration=illustrative, rng=1).run()
    assert model.result.books.opportunities[0] > model.result.books.acts[0] == 0
    assert model.result.books.false_alarms[0] > 0
    assert {type(agent) for agent in model.perpetrators} == {Restrained}


@pytest.mark.parametrize(
    ("attribute", "face", "column", "sign"),
    [
        ("case_class", Undecided, "answered", 0),
        ("council_class", Silent, "expected_acts", None),
        ("member_state_class", Vulnerable, "resilience", -1),
    ],
)
def test_overriding_a_method_of_an_agent_changes_the_run(
    illustrative: Configuration, attribute: str, face: type, column: str, sign: int | None
) -> None:
    plain = run_one(illustrative, 1, 0).books[column][0]
    other = type("Other", (DeterrenceModel,), {attribute: face})
    changed = other(configuration=illustrative, rng=1).run().result.books[column][0]
    assert changed != plain
    if sign is not None:
        assert changed == 0 if sign == 0 else changed < plain


def test_agents_are_found_as_mesa_finds_them(illustrative: Configuration) -> None:
    model = DeterrenceModel(configuration=illustrative, rng=1)
    for _ in range(30):
        model.step()
    fixed = 1 + len(model.perpetrators) + len(model.member_states) + len(model.partners)
    assert (len(model.perpetrators), len(model.member_states), len(model.partners)) == (40, 27, 11)
    assert len(model.agents) == fixed + len(model.cases)
    assert len(model.cases) == (model.world.cases.status != 0).sum() > 0
    assert set(model.agents_by_type) == {Council, Perpetrator, MemberState, Partner, Case}
    busy = model.agents.select(lambda agent: isinstance(agent, Perpetrator) and agent.kind_name == "proxy")
    assert {agent.name for agent in busy} == {n for n in illustrative.perpetrators if illustrative.kind(n) == "proxy"}
    assert {case.status_name for case in model.cases} <= {"latent", "open", "answering", "answered", "closed"}


def test_columns_are_attributes_that_read_and_write(illustrative: Configuration) -> None:
    model = DeterrenceModel(configuration=illustrative, rng=1)
    model.council.credibility = 0.9
    assert model.world.council.credibility[0] == model.council.credibility == 0.9
    assert model.perpetrators[3].capability == model.world.perpetrators.capability[3]
    assert model.partners[2].resilience == model.world.victims.resilience[27 + 2]
    with pytest.raises(TypeError, match="would hide an attribute"):
        type("Bad", (Perpetrator,), {"grievance": 1}, table="perpetrators", columns=Perpetrator.columns)


def test_the_data_collector_tells_the_series(illustrative: Configuration) -> None:
    model = DeterrenceModel(configuration=illustrative, rng=1).run()
    table = model.datacollector.get_model_vars_dataframe()
    assert len(table) == model.burn_in + 104
    told, series = table.iloc[model.burn_in :], model.result.series
    assert np.array_equal(told["acts"], series.acts)
    assert np.array_equal(told["credibility"], series.credibility)
    assert np.allclose(told["grievance"], series.grievance, atol=1e-12)
    assert not model.running


def test_nothing_happens_past_the_last_week(illustrative: Configuration) -> None:
    model = DeterrenceModel(configuration=illustrative, rng=1, ledger=True).run()
    before, week = bits(model.result), model.week
    rows = {name: getattr(model.world, name).tobytes() for name in ARRAYS}
    for _ in range(3):
        model.step()
    assert model.week == week == illustrative.scenario.time.burn_in + illustrative.scenario.time.weeks
    assert bits(model.result) == before
    assert {name: getattr(model.world, name).tobytes() for name in ARRAYS} == rows
    assert not model.running


@pytest.mark.parametrize("seed", [-1, 2**63, 2**64, 2**70])
def test_a_seed_beyond_its_word_is_refused(illustrative: Configuration, seed: int) -> None:
    for name in ("rng", "replicate"):
        with pytest.raises(ConfigurationError, match=f"{name} = {seed}.*cannot be a seed"):
            DeterrenceModel(configuration=illustrative, **{name: seed})
    assert DeterrenceModel(configuration=illustrative, rng=2**63 - 1, replicate=2**63 - 1).run_seed == 2**63 - 1


def test_a_model_needs_no_arguments_and_takes_any_parameter() -> None:
    model = DeterrenceModel()
    model.step()
    assert model.week == 1
    varied = DeterrenceModel("illustrative", "swift_qmv", rng=np.random.default_rng(3), doctrine__clarity=0.9)
    assert varied.configuration.doctrine.clarity == 0.9
    assert varied.configuration.doctrine.voting_rule == "qmv"
    assert varied.twin is not None
    assert varied.twin.world.doctrine.firmness[0] == 0.0
    assert DeterrenceModel(twin=False).twin is None


def test_mesas_batch_run_runs_it() -> None:
    parameters = {"scenario__time__weeks": 8, "scenario__time__burn_in": 2, "doctrine__clarity": [0.1, 0.9]}
    rows = mesa.batch_run(DeterrenceModel, parameters, iterations=2, max_steps=20, display_progress=False)
    assert len(rows) == 4
    assert {row["doctrine__clarity"] for row in rows} == {0.1, 0.9}
    assert {row["week"] for row in rows} == {9}


def test_a_series_of_weeks_adds_up_to_the_books() -> None:
    compiled = run_one(short(), 4, 0)
    books, series = compiled.books[0], compiled.series
    same = {"acts": "acts", "severe_acts": "severe_acts", "detected": "detected", "attributed": "attributed"}
    same |= {"opportunities": "open_opportunities", "answers": "answered_attributed", "votes_failed": "votes_failed"}
    for weekly, whole in {**same, "reactions": "reactions"}.items():
        assert series[weekly].sum() == books[whole], weekly
    for name in ("bite", "credibility", "norm_strength", "resilience", "grievance", "pressure"):
        assert series[name].sum() == pytest.approx(books[name], rel=1e-9), name
    assert compiled.rungs.sum() == books.acts
