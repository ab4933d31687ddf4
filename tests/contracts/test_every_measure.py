"""What every measure inherits by standing in the catalogue: when, on whom, by whom and how long it may be taken."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pytest
from support.invariants import Taken, check_run, taken
from support.worlds import begun, bits, lively, on_case, row_of, short, walk

from agents.catalogue import KINDS, MEASURE, STATE
from agents.union.docket import EMPTY, NEVER
from agents.union.measures import fits
from agents.union.tracks import ADOPTED, JOINT, OWN, STATEMENT, TRACKS
from model.catalogues import Programme
from model.configuration import Configuration
from model.ensemble import OneRun, run_one
from model.errors import ConfigurationError
from model.paths import validated

SEED, REPLICATES = 9, 3
AVAILABLE = 15
"""Week from which the measure exists in the world made for it."""
NEVER_COMES = "2190-01-01"

TOOLBOX = short().measures
ON_CASE = on_case(short())
PROGRAMMES = [name for name in TOOLBOX if name not in ON_CASE]
each_measure = pytest.mark.parametrize("name", TOOLBOX)
each_on_case = pytest.mark.parametrize("name", ON_CASE)
each_programme = pytest.mark.parametrize("name", PROGRAMMES)
JOINTLY = "joint_attribution"
FOLLOWING = [name for name, each in ON_CASE.items() if each.attribution == "state" and each.category == "restrictive"]
"""Measures that the Union takes against states, once it has attributed jointly."""
REACTIONS = [name for name in ON_CASE if TOOLBOX[name].uptake > 0 and TOOLBOX[name].adoption != "willing"]
"""Measures that may be taken without attribution: the willing alone take theirs as an answer."""
EFFORTS = {f"doctrine.{name}": 1.0 for name in ("preventive", "cooperative", "stability", "support")}


def with_toolbox(configuration: Configuration, names: list[str]) -> Configuration:
    """The same configuration with these measures alone."""
    tree = configuration.model_dump()
    tree["measures"] = {name: tree["measures"][name] for name in tree["measures"] if name in names}
    return Configuration.model_validate(tree)


def made_for(name: str, **values: Any) -> Configuration:
    """A world in which this measure alone exists, from some week on, and in which nothing speaks against it.

    Beside the Union's measures against states stands the joint attribution that they follow.
    """
    base = lively(weeks=60)
    start = base.scenario.time.start
    middle = sum(ON_CASE[name].bite) / 2 if name in ON_CASE else 0.0
    before = [JOINTLY] if name in FOLLOWING else []
    middle += sum(ON_CASE[each].bite.high for each in before)
    worst = list(base.activities)[-1]
    tempting = {f"activities.{worst}.motive.{kind}": 2.0 for kind in KINDS}
    links = {f"archetypes.{key}.link.mean": 1.0 for key, each in base.archetypes.items() if each.kind == "proxy"}
    everybody = {
        **EFFORTS,
        **links,
        **tempting,
        f"activities.{worst}.required_capability": 0.0,
        "doctrine.firmness": middle / base.scenario.severity.mean_severity,
        "doctrine.proportionality": 0.0,
        "doctrine.attribution_confidence": 0.8,
        "scenario.severity.incident_scatter": 0.4,
        "scenario.investigation.skill": 1.0,
        "scenario.investigation.link_evidence": 1.0,
        "scenario.council.agenda": 99,
        "scenario.council.answer_window": 12,
        "scenario.council.evidence_floor": 0.5,
        "scenario.council.statement_readiness": 1000.0,
        "scenario.council.member_will": 1.0,
        "scenario.prices.partner_cost": 0.0,
        "scenario.prices.diligence_cost": 0.0,
        "member_states.traits.solidarity.mean": 3.0,
        "member_states.traits.standard_offset.mean": -3.0,
        f"measures.{name}.available": (start + timedelta(weeks=AVAILABLE)).isoformat(),
    }
    if name in ON_CASE:
        everybody[f"measures.{name}.uptake"] = 20.0 * ON_CASE[name].uptake
    return with_toolbox(base.with_values({**everybody, **values}), [name, *before])


class Story(NamedTuple):
    """A run of the world made for a measure, and where it was taken there."""

    run: OneRun
    taken: list[Taken]


def stories(configuration: Configuration, name: str) -> list[Story]:
    """Some runs, and where this measure was taken in them."""
    found = []
    for replicate in range(REPLICATES):
        run = run_one(configuration, SEED, replicate, ledger=True)
        adopted = taken(configuration, run)
        found.append(Story(run, [each for each in adopted if each.measure.title == ON_CASE[name].title]))
    return found


def carried(story: Story, each: Taken) -> float:
    """Share of the Union that carried a measure, by the vote on it; the injured member's own, or all of it, without."""
    if each.kind == OWN:
        return list(each.configuration.member_states.shares().values())[each.case.victim]
    if not each.voted:
        return 1.0
    votes = story.run.votes
    same = (votes.begun == each.case.begun) & (votes.culprit == each.case.culprit) & (votes.week == each.adopted)
    (vote,) = votes[same & (votes.track == each.kind)]
    return float(vote.share)


# what it says of itself


@each_measure
def test_it_has_a_source_and_a_day(name: str) -> None:
    measure = TOOLBOX[name]
    assert measure.title
    assert measure.source
    assert date(2000, 1, 1) < measure.available
    assert (measure.category == "restrictive") <= (name in ON_CASE)


@each_on_case
def test_its_numbers_fit_together(name: str) -> None:
    measure = ON_CASE[name]
    assert (measure.bite.high > 0) <= (measure.addressee != "nobody"), "what bites must bite somebody"
    assert (measure.attribution != "none") <= (measure.uptake == 0), "without attribution it could not be taken"
    assert measure.persons == measure.entities == 0 or measure.bite.high > 0
    by_majority = measure.category == "restrictive" and name != "arms_embargo"  # Article 31(4) TEU: never for defence
    assert by_majority == (measure.adoption == "restrictive")


@each_programme
def test_nothing_of_a_case_is_stated_of_a_programme(name: str) -> None:
    """In a world its row holds nothing there: no rule would read it."""
    world = begun(short())
    row = world.measures[row_of(TOOLBOX, name)]
    shared = {*Programme.model_fields, "entity"}
    assert not any(row[column] for column in MEASURE if column not in shared)
    with pytest.raises(ConfigurationError, match="bite: unknown key"):
        validated(Programme, {**TOOLBOX[name].model_dump(), "bite": [0.0, 0.0]})


# in a world made for it


@each_on_case
@pytest.mark.parametrize("partners", [0.0, 1.0])
def test_it_is_taken_as_the_catalogue_says(name: str, partners: float) -> None:
    configuration = made_for(name, **{"doctrine.partners": partners, "partners.traits.alignment.mean": 1.0})
    told, measure = stories(configuration, name), ON_CASE[name]
    kinds = begun(configuration).perpetrators.kind
    for story in told:
        check_run(configuration, story.run)
        for each in story.taken:
            assert_taken_rightly(each, kinds)
            assert (each.joined > 0) <= bool(partners and measure.joinable)
            if each.bite > 0:
                assert measure.bite.low * (1 - 1e-12) <= each.track.planned <= measure.bite.high
                assert each.track.share == pytest.approx(carried(story, each), rel=1e-12)
                own = each.track.share * each.track.planned
                assert own * (1 - 1e-12) <= each.bite <= own * (1 + each.joined) * (1 + 1e-12)
    everywhere = [each for story in told for each in story.taken]
    assert len(everywhere) >= 3, "it is hardly ever taken in a world made for it"
    assert any(each.bite > 0 for each in everywhere) == (measure.bite.high > 0)
    assert any(not each.answer for each in everywhere) == (name in REACTIONS)
    assert any(each.answer for each in everywhere) == (measure.bite.high > 0)


def assert_taken_rightly(each: Taken, kinds: Any) -> None:
    """Its date, floor, need of attribution, preparation, addressee and duration."""
    case, measure = each.case, each.measure
    decided_on = case.attributed if each.answer else case.opened
    assert AVAILABLE <= each.adopted - measure.delay.low >= decided_on
    assert case.severity >= measure.floor
    if measure.attribution != "none":
        assert NEVER < case.attributed < each.adopted
    if measure.attribution == "state" and each.kind != OWN:
        assert NEVER < case.joint <= each.adopted
    if measure.addressee == "nobody":
        assert (each.target, each.bite) == (-1, 0.0)
    elif measure.addressee == "state" or (measure.addressee == "territory" and each.target >= 0):
        assert kinds[each.target] == STATE
    elif each.answer:
        assert each.target == case.suspect
    cut = each.answer and NEVER < case.exposed < each.adopted + measure.duration
    assert each.track.expires == (case.exposed if cut else each.adopted + measure.duration)


@each_on_case
def test_without_attribution_it_is_taken_only_if_it_needs_none(name: str) -> None:
    blind = dict.fromkeys(["skill", "overconfidence", "suspicion"], 0.0)
    told = stories(made_for(name, **{f"scenario.investigation.{key}": value for key, value in blind.items()}), name)
    assert all(story.run.books.attributed[0] == 0 for story in told)
    addressed = ON_CASE[name].addressee != "territory"  # a démarche needs to know where to go
    assert (sum(len(story.taken) for story in told) > 0) == (name in REACTIONS and addressed)


@each_on_case
def test_it_answers_only_a_case_whose_attribution_it_needs(name: str) -> None:
    configuration = short()
    world, row = begun(configuration), row_of(configuration.measures, name)
    case, measure = world.cases[0], ON_CASE[name]
    case.severity, case.suspect, case.confidence = 1.0, row_of(configuration.perpetrators, "major_power_a"), 0.9
    case.attributed, case.joint = 3, NEVER
    case.victim, bites = len(world.member_states), measure.bite.high > 0

    def tracks() -> list[int]:
        return [kind for kind in range(len(TRACKS)) if fits(world, 0, row, 4, kind)]

    assert len(tracks()) == int(bites and (measure.attribution != "state" or name == JOINTLY))
    case.joint, case.state_confidence, world.tracks.stage[JOINT] = 3, 0.9, ADOPTED
    assert len(tracks()) == int(bites), "it belongs to one track"
    assert all(kind >= STATEMENT for kind in tracks()), "to none of the reactions"
    world.measures.available[row] = 5
    assert tracks() == []
    world.measures.available[row], case.suspect = 4, -1
    assert tracks() == []


@each_on_case
def test_with_nobody_in_favour_it_fails_unless_it_is_routine(name: str) -> None:
    willing = {"doctrine.voting_rule": "coalition"} if ON_CASE[name].adoption == "willing" else {}
    told = stories(made_for(name, **{"member_states.traits.solidarity.mean": -9.0, **willing}), name)
    if ON_CASE[name].adoption == "routine":
        assert any(story.taken for story in told)
        assert all(story.run.books.votes[0] == 0 for story in told)
    else:
        assert not any(story.taken for story in told)
        assert all(story.run.books.votes[0] == story.run.books.votes_failed[0] for story in told)
        assert sum(story.run.books.votes[0] for story in told) > 0


@each_on_case
def test_its_bite_ends_with_it(name: str) -> None:
    """Pressure is at any time what is in force, and exactly nothing when nothing is."""
    world, pressed = begun(made_for(name)), 0
    for week in walk(world, 60):
        tracks, parties = world.tracks[np.repeat(world.cases.status != EMPTY, len(TRACKS))], world.perpetrators
        in_force = (tracks.bite + tracks.shared)[tracks.expires > week].sum()
        assert parties.pressure.sum() == pytest.approx(in_force, abs=1e-12)
        assert (parties.pressure[parties.in_force == 0] == 0).all()
        pressed += parties.in_force.sum()
    assert (pressed > 0) == (ON_CASE[name].bite.high > 0)


@each_programme
def test_it_runs_from_its_date_on_with_the_effort_of_its_category(name: str) -> None:
    measure = TOOLBOX[name]
    world, idle = (begun(made_for(name, **{f"doctrine.{measure.category}": effort})) for effort in (0.5, 0.0))
    columns = {"norms": measure.norms, "resilience": measure.resilience, "diligence": measure.diligence}
    columns = {f"programme_{column}": full for column, full in columns.items()}
    columns |= {"programme_calming": measure.calming / 52, "running_cost": measure.cost / 52}
    for week in walk(world, 30):
        share = 0.5 if week + 1 >= AVAILABLE else 0.0
        for column, full in columns.items():
            assert world.council[column][0] == pytest.approx(share * full, rel=1e-12), column
    for _ in walk(idle, 30):
        assert not any(idle.council[column][0] for column in columns)
    assert measure.cost > 0
    assert any(full > 0 for column, full in columns.items() if column != "running_cost"), "it does nothing"


# among the others


@each_measure
def test_before_it_exists_a_world_is_the_world_without_it(name: str) -> None:
    """To the bit, and though the rows of the toolbox shift: nothing is drawn by position."""
    busy = lively(values={**EFFORTS, f"measures.{name}.available": NEVER_COMES}, weeks=60)
    absent = with_toolbox(busy, [other for other in busy.measures if other != name])
    row = row_of(busy.measures, name)
    without = run_one(absent, SEED, 0, ledger=True)
    for table in (without.tracks.measure, without.votes.measure):
        table += table >= row
    assert bits(without) == bits(run_one(busy, SEED, 0, ledger=True))
    assert without.books.answered[0] > 20


@each_measure
def test_its_presence_shifts_nobody_elses_draws(name: str) -> None:
    busy = lively(values=EFFORTS)
    with_it, without = begun(busy), begun(with_toolbox(busy, [other for other in busy.measures if other != name]))
    for table in ("perpetrators", "victims", "member_states", "partners", "pull", "dependence"):
        assert np.array_equal(getattr(with_it, table), getattr(without, table)), table
    for _ in zip(walk(with_it, 40), walk(without, 40), strict=True):
        one, other = with_it.perpetrators, without.perpetrators
        assert np.array_equal(one[["tension", "opportunity"]], other[["tension", "opportunity"]])
        both = (one.opportunity == 1) & (one.suppressed == 0) & (other.suppressed == 0)
        assert np.array_equal(one.urge[both], other.urge[both])
