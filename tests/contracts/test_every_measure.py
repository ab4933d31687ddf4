"""What every measure inherits by standing in the catalogue: when, on whom, by whom and how long it may be taken."""

from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pytest
from support.invariants import Taken, check_run, taken
from support.worlds import begun, bits, lively, row_of, short, walk

from agents.catalogue import KINDS, STATE
from agents.union.docket import NEVER
from agents.union.response import eligible
from model.configuration import Configuration
from model.ensemble import OneRun, run_one

SEED, REPLICATES = 9, 3
AVAILABLE = 15
"""Week from which the measure exists in the world made for it."""
NEVER_COMES = "2190-01-01"

TOOLBOX = short().measures
ON_CASE = [name for name, measure in TOOLBOX.items() if measure.occasion == "case"]
PROGRAMMES = [name for name, measure in TOOLBOX.items() if measure.occasion == "programme"]
each_measure = pytest.mark.parametrize("name", TOOLBOX)
each_on_case = pytest.mark.parametrize("name", ON_CASE)
each_programme = pytest.mark.parametrize("name", PROGRAMMES)
EFFORTS = {f"doctrine.{name}": 1.0 for name in ("preventive", "cooperative", "stability", "support")}


def with_toolbox(configuration: Configuration, names: list[str]) -> Configuration:
    """The same configuration with these measures alone."""
    tree = configuration.model_dump()
    tree["measures"] = {name: tree["measures"][name] for name in tree["measures"] if name in names}
    return Configuration.model_validate(tree)


def made_for(name: str, **values: Any) -> Configuration:
    """A world in which this measure alone exists, from some week on, and in which nothing speaks against it."""
    base = lively(weeks=60)
    measure, start = base.measures[name], base.scenario.time.start
    middle = sum(measure.bite) / 2
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
        "member_states.traits.solidarity.mean": 3.0,
        "member_states.traits.standard_offset.mean": -3.0,
        f"measures.{name}.available": (start + timedelta(weeks=AVAILABLE)).isoformat(),
        f"measures.{name}.uptake": 20.0 * measure.uptake,
    }
    return with_toolbox(base.with_values({**everybody, **values}), [name])


class Story(NamedTuple):
    """A run of the world made for a measure, and where it was taken there."""

    run: OneRun
    taken: list[Taken]
    partners: float


def stories(configuration: Configuration) -> list[Story]:
    """Some runs."""
    found = []
    for replicate in range(REPLICATES):
        run = run_one(configuration, SEED, replicate, ledger=True)
        weight = float(begun(configuration, SEED, replicate).partners.weight.sum())
        found.append(Story(run, taken(configuration, run.ledger), weight))
    return found


def carried(story: Story, each: Taken) -> float:
    """Share of the Union that carried a measure, by the vote on it; all of it where nobody voted."""
    if each.measure.adoption == "routine":
        return 1.0
    votes = story.run.votes
    same = (votes.begun == each.case.begun) & (votes.culprit == each.case.culprit) & (votes.week == each.adopted)
    (vote,) = votes[same & (votes.reaction == int(not each.answer))]
    return float(vote.share)


# what it says of itself


@each_measure
def test_it_has_a_source_and_its_numbers_fit_together(name: str) -> None:
    measure = TOOLBOX[name]
    assert measure.title
    assert measure.source
    assert (measure.bite.high > 0) <= (measure.addressee != "nobody"), "what bites must bite somebody"
    assert (measure.attribution != "none") <= (measure.uptake == 0), "without attribution it could not be taken"
    assert (measure.occasion == "programme") <= (measure.uptake == 0 and measure.bite.high == 0)
    assert measure.persons == measure.entities == 0 or measure.bite.high > 0
    assert (measure.category == "restrictive") == (measure.adoption == "restrictive")
    assert date(2000, 1, 1) < measure.available


# in a world made for it


@each_on_case
@pytest.mark.parametrize("partners", [0.0, 1.0])
def test_it_is_taken_as_the_catalogue_says(name: str, partners: float) -> None:
    configuration = made_for(name, **{"doctrine.partners": partners, "partners.traits.alignment.mean": 1.0})
    told, measure = stories(configuration), configuration.measures[name]
    kinds = begun(configuration).perpetrators.kind
    for story in told:
        check_run(configuration, story.run)
        joined = story.partners if partners and measure.joinable else 0.0
        for each in story.taken:
            assert_taken_rightly(each, kinds)
            if each.bite > 0:
                own = each.bite / (carried(story, each) + joined)
                assert measure.bite.low * (1 - 1e-12) <= own <= measure.bite.high * (1 + 1e-12)
    everywhere = [each for story in told for each in story.taken]
    assert len(everywhere) >= 3, "it is hardly ever taken in a world made for it"
    assert any(each.bite > 0 for each in everywhere) == (measure.bite.high > 0)
    assert any(not each.answer for each in everywhere) == (measure.uptake > 0)
    assert any(each.answer for each in everywhere) == (measure.bite.high > 0)


def assert_taken_rightly(each: Taken, kinds: Any) -> None:
    """Its date, floor, need of attribution, preparation, addressee and duration."""
    case, measure = each.case, each.measure
    decided_on = case.attributed if each.answer else case.opened
    assert decided_on >= AVAILABLE
    assert measure.delay.low <= each.adopted - decided_on
    assert case.severity >= measure.floor
    if measure.attribution != "none":
        assert NEVER < case.attributed < each.adopted
    if measure.attribution == "state":
        assert NEVER < case.joint <= each.adopted
    if measure.addressee == "nobody":
        assert (each.target, each.bite) == (-1, 0.0)
    elif measure.addressee == "state" or (measure.addressee == "territory" and each.target >= 0):
        assert kinds[each.target] == STATE
    elif each.answer:
        assert each.target == case.suspect
    assert (case.expires if each.answer else case.reaction_expires) == each.adopted + measure.duration


@each_on_case
def test_without_attribution_it_is_taken_only_if_it_needs_none(name: str) -> None:
    blind = dict.fromkeys(["skill", "overconfidence", "suspicion"], 0.0)
    told = stories(made_for(name, **{f"scenario.investigation.{key}": value for key, value in blind.items()}))
    assert all(story.run.books.attributed[0] == 0 for story in told)
    assert sum(len(story.taken) for story in told) > 0 or TOOLBOX[name].uptake == 0
    assert TOOLBOX[name].uptake > 0 or not any(story.taken for story in told)


@each_on_case
def test_it_answers_only_a_case_whose_attribution_it_needs(name: str) -> None:
    configuration = short()
    world, row = begun(configuration), row_of(configuration.measures, name)
    case, measure = world.cases[0], configuration.measures[name]
    case.severity, case.suspect, case.confidence = 1.0, row_of(configuration.perpetrators, "major_power_a"), 0.9
    case.attributed, case.joint = 3, NEVER
    bites = measure.bite.high > 0
    assert eligible(world, 0, row, 4) == (bites and measure.attribution != "state")
    case.joint, case.state_confidence = 3, 0.9
    assert eligible(world, 0, row, 4) == bites
    case.suspect = -1
    assert not eligible(world, 0, row, 4)


@each_on_case
def test_with_nobody_in_favour_it_fails_unless_it_is_routine(name: str) -> None:
    told = stories(made_for(name, **{"member_states.traits.solidarity.mean": -9.0}))
    if TOOLBOX[name].adoption == "routine":
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
        cases, parties = world.cases[world.cases.status != 0], world.perpetrators
        answers, reactions = cases.expires > week, cases.reaction_expires > week
        in_force = (cases.bite + cases.shared)[answers & (cases.target >= 0)].sum()
        in_force += (cases.reaction_bite + cases.reaction_shared)[reactions & (cases.reaction_target >= 0)].sum()
        assert parties.pressure.sum() == pytest.approx(in_force, abs=1e-12)
        assert (parties.pressure[parties.in_force == 0] == 0).all()
        pressed += parties.in_force.sum()
    assert (pressed > 0) == (TOOLBOX[name].bite.high > 0)


@each_programme
def test_it_runs_from_its_date_on_with_the_effort_of_its_category(name: str) -> None:
    measure = TOOLBOX[name]
    world, idle = (begun(made_for(name, **{f"doctrine.{measure.category}": effort})) for effort in (0.5, 0.0))
    columns = {"norms": measure.norms, "resilience": measure.resilience, "diligence": measure.diligence}
    columns |= {"calming": measure.calming / 52, "cost": measure.cost / 52}
    for week in walk(world, 30):
        share = 0.5 if week + 1 >= AVAILABLE else 0.0
        for column, full in columns.items():
            assert world.council[f"programme_{column}"][0] == pytest.approx(share * full, rel=1e-12), column
    for _ in walk(idle, 30):
        assert not any(idle.council[f"programme_{column}"][0] for column in columns)
    assert measure.cost > 0
    assert any(full > 0 for column, full in columns.items() if column != "cost"), "it does nothing"


# among the others


@each_measure
def test_before_it_exists_a_world_is_the_world_without_it(name: str) -> None:
    """To the bit, and though the rows of the toolbox shift: nothing is drawn by position."""
    busy = lively(values={**EFFORTS, f"measures.{name}.available": NEVER_COMES})
    absent = with_toolbox(busy, [other for other in busy.measures if other != name])
    row = row_of(busy.measures, name)
    without = run_one(absent, SEED, 0, ledger=True)
    for table in (without.ledger.measure, without.ledger.reaction, without.votes.measure):
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
