"""What is declared can be asked of the model, and has all that a reader needs to judge it."""

import pytest
from support.paired import on_cases
from support.paths import ROOT

from experiments.design.experiment import load_experiment
from experiments.validation import history
from experiments.validation.calibration import GATES_PART, MOMENT_PART
from experiments.validation.contrasts import Fact
from experiments.validation.facts import ARCHETYPES, FACTS, RESTRICTIVE, WITH_FLOORS, WITHOUT_GRIEVANCE
from experiments.validation.measures import OWN
from experiments.validation.oracles import FORMS_PART, GAMES_PART
from experiments.validation.running import PRIOR, drawn
from experiments.validation.signs import SIGNS, SILENT
from experiments.validation.structure import VARIANTS
from model.configuration import Configuration, load_configuration
from model.metrics.catalogue import ESTIMATED

DECLARED = (*FACTS, *WITHOUT_GRIEVANCE, *SIGNS)


@pytest.fixture(scope="module")
def baseline() -> Configuration:
    return load_configuration("baseline")


@pytest.mark.parametrize("fact", DECLARED, ids=lambda fact: fact.name)
def test_a_fact_is_whole(fact: Fact, baseline: Configuration) -> None:
    assert fact.sign in (-1, 0, 1)
    assert fact.least > 0.0 or fact.sign == 0
    assert fact.source
    for term in fact.contrast:
        assert term.metric in ESTIMATED or term.metric in OWN
        baseline.with_values(term.values)  # raises where a path or a value is none
    if fact.matched:
        assert fact.matched in ESTIMATED


def test_names_are_told_apart() -> None:
    names = [fact.name for fact in DECLARED] + [silent.name for silent in SILENT]
    assert len(set(names)) == len(names)


def test_every_fact_that_needs_no_data_is_there() -> None:
    parts = {fact.part.split()[0] for fact in FACTS}
    assert parts >= {str(number) for number in range(1, 11)}


def test_lists_of_names_are_those_of_the_catalogues(baseline: Configuration) -> None:
    assert set(ARCHETYPES) == set(baseline.archetypes)
    assert set(WITH_FLOORS) == set(on_cases(baseline))
    assert set(RESTRICTIVE) == set(on_cases(baseline, "restrictive"))


def test_the_page_has_all_that_is_declared() -> None:
    page = (ROOT / "docs" / "validation.md").read_text("utf-8")
    for part in (FORMS_PART, GAMES_PART, history.PART, MOMENT_PART, GATES_PART, *(fact.part for fact in DECLARED)):
        assert f"### {part}" in page
    for name in [*(fact.name for fact in DECLARED), *(silent.name for silent in SILENT), *VARIANTS]:
        assert name in page or name.capitalize() in page, name


def test_a_finding_without_a_verdict_says_why() -> None:
    for silent in SILENT:
        assert silent.why.endswith(".")
        assert silent.source


def test_the_prior_has_the_baseline_within_its_ranges(baseline: Configuration) -> None:
    values = {parameter.path: parameter.value for parameter in baseline.parameters()}
    for path, span in load_experiment(PRIOR).experiment.factors.items():
        assert span.low <= values[path] <= span.high, path  # type: ignore[union-attr]


def test_worlds_of_the_prior_differ_and_can_be_had_again() -> None:
    worlds = drawn(3, 7)
    assert worlds == drawn(3, 7)
    assert len({world.scenario.investigation.skill for world in worlds}) == 3
    assert all(measure.available.year < 2000 for measure in worlds[0].measures.values())


def test_variants_begin_with_the_rules_as_shipped() -> None:
    assert next(iter(VARIANTS.items())) == ("as shipped", {})
