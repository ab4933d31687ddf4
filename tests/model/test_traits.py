"""What a scenario says of the traits of all perpetrators at once: it is their catalogue, scaled."""

import numpy as np
import pytest
from support.worlds import kinds, short

from agents.catalogue import KINDS
from agents.perpetrator import TRAITS
from model.build import build_world
from model.configuration import Configuration, load_configuration
from model.ensemble import run

WHICH = {
    "tempo": ("tempo", KINDS),
    "tempo_of_proxies": ("tempo", ("proxy",)),
    "tempo_of_groups": ("tempo", ("criminal", "hacktivist")),
    "tension_volatility": ("tension_volatility", KINDS),
    "sensitivity": ("sensitivity", KINDS),
}
"""Factors: the trait that each is on, and the kinds of perpetrators that it is of."""


@pytest.fixture(scope="module")
def baseline() -> Configuration:
    return load_configuration("illustrative")


def medians(configuration: Configuration) -> dict[str, np.ndarray]:
    """Medians of traits of all perpetrators, by trait."""
    priors = build_world(configuration).priors
    return {trait: np.array(priors[trait]) for trait in TRAITS}


@pytest.mark.parametrize("name", WHICH)
def test_a_factor_is_on_the_medians_of_its_kinds_alone(baseline: Configuration, name: str) -> None:
    trait, which = WHICH[name]
    before, after = medians(baseline), medians(baseline.with_values({f"scenario.traits.{name}": 2.0}))
    factor = np.where(np.isin([KINDS[kind] for kind in kinds(baseline)], which), 2.0, 1.0)
    assert before[trait].any()
    for each in TRAITS:
        np.testing.assert_array_equal(after[each], before[each] * (factor if each == trait else 1.0))


def test_factors_on_tempo_multiply(baseline: Configuration) -> None:
    both = baseline.with_values({"scenario.traits.tempo": 2.0, "scenario.traits.tempo_of_proxies": 4.0})
    found = medians(both)["tempo"] / medians(baseline)["tempo"]
    assert set(found[np.array(kinds(baseline)) == KINDS.index("proxy")]) == {8.0}
    assert set(found[np.array(kinds(baseline)) != KINDS.index("proxy")]) == {2.0}


def test_attitudes_to_ambiguity_are_shifted(baseline: Configuration) -> None:
    before, after = medians(baseline), medians(baseline.with_values({"scenario.traits.ambiguity_attitude": -0.5}))
    np.testing.assert_array_equal(after["ambiguity_attitude"], before["ambiguity_attitude"] - 0.5)


def test_a_factor_on_sensitivity_gives_the_bits_of_the_catalogue_scaled() -> None:
    base = short("illustrative", "clear_ladder", weeks=60)
    scaled = {
        f"perpetrators.{name}.sensitivity.mean": 2.0 * base.traits(name)["sensitivity"].mean
        for name in base.perpetrators
        if "sensitivity" in base.traits(name)
    }
    one, other = base.with_values({"scenario.traits.sensitivity": 2.0}), base.with_values(scaled)
    assert run(one, 3, [0, 1]).tobytes() == run(other, 3, [0, 1]).tobytes() != run(base, 3, [0, 1]).tobytes()


def test_at_their_defaults_factors_leave_the_catalogue_as_it_is(baseline: Configuration) -> None:
    found = medians(baseline)
    for row, name in enumerate(baseline.perpetrators):
        for trait, given in baseline.traits(name).items():
            assert found[trait][row] == given.mean


def test_twice_the_tempo_is_twice_the_opportunities() -> None:
    replicates = range(12)
    slow, quick = (short(weeks=150, values={"scenario.traits.tempo": tempo}) for tempo in (0.25, 0.5))
    one, two = (np.array(run(each, 8, replicates).opportunities) for each in (slow, quick))
    error = (two - 2.0 * one).std(ddof=1) / len(one) ** 0.5
    assert abs((two - 2.0 * one).mean()) < 4 * error < 0.1 * two.mean()
