"""Traits of a Member State's own: they replace those that all share, one by one; and the catalogue that has them."""

import re
import tomllib
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import logit
from support.worlds import bits, recorded

from agents.member_state import MEMBER_PRIOR
from model.build import build_world
from model.configuration import load_configuration
from model.deterrence import DeterrenceModel
from model.ensemble import run_one
from model.errors import ConfigurationError
from model.loading import CONFIGS
from model.parameters import Trait

HUNGARY = "member_states.members.Hungary"
FIGURES = re.compile(
    r"# (?P<incidents>\d+) incidents, NCSI (?P<ncsi>[\d.]+), gas (?P<gas>\S+)(?: %)?, oil (?P<oil>\S+)(?: %)?, "
    r"vetoes (?P<vetoes>\d+)\n\[member_states\.members\.(?P<name>\w+)\]"
)


@pytest.fixture(scope="module")
def figures() -> dict[str, dict[str, str]]:
    """The public figures of each member, as they stand in the catalogue above its traits."""
    text = (CONFIGS / "catalogues" / "member_states_recorded.toml").read_text("utf-8")
    return {found["name"]: found.groupdict() for found in FIGURES.finditer(text)}


@pytest.fixture(scope="module")
def traits() -> dict[str, dict[str, Trait]]:
    """Traits of each member in the catalogue of recorded figures."""
    members = recorded().member_states
    return {name: members.of(name) for name in members.members}


# traits of one's own


def test_a_trait_of_its_own_replaces_the_one_that_all_share_and_nothing_else() -> None:
    base = load_configuration()
    own = base.with_values({f"{HUNGARY}.reluctance.mean": 0.5})
    assert own.member_states.members["Hungary"].reluctance is not None
    assert own.member_states.members["Hungary"].reluctance.spread == base.member_states.traits.reluctance.spread
    before, after = build_world(base).member_priors, build_world(own).member_priors
    row = list(base.member_states.members).index("Hungary")
    for column in MEMBER_PRIOR:
        changed = np.flatnonzero(np.asarray(before[column]) != np.asarray(after[column])).tolist()
        assert changed == ([row] if column == "reluctance" else []), column
    assert after["reluctance"][row] == 0.5


def test_a_trait_of_its_own_stays_where_the_one_that_all_share_is_moved() -> None:
    own = load_configuration(overrides={f"{HUNGARY}.exposure.spread": 0.1, "member_states.traits.exposure.mean": 2.0})
    exposures = {name: own.member_states.of(name)["exposure"] for name in own.member_states.members}
    assert (exposures["Hungary"].mean, exposures["Hungary"].spread) == (1.0, 0.1)
    assert exposures["Malta"].mean == 2.0


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (f"{HUNGARY}.solidarity.mean", "there is no such parameter"),
        (f"{HUNGARY}.reluctanse.mean", "there is no such parameter"),
        (f"{HUNGARY}.resilience.mean", r"Hungary\.resilience\.mean = 3\.0: is out of range; allowed: 0 to 1"),
    ],
)
def test_what_is_no_trait_of_a_member_is_refused(path: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        load_configuration(overrides={path: 3.0})


def test_both_engines_give_the_same_bits_where_members_differ() -> None:
    configuration = recorded(values={"scenario.time.weeks": 104, "scenario.time.burn_in": 52})
    visited, compiled = (run(configuration, 3, 1, ledger=True) for run in (DeterrenceModel.run_one, run_one))
    assert bits(visited) == bits(compiled)


# the catalogue of recorded figures


def test_every_member_has_its_figures_and_their_sources(figures: dict[str, dict[str, str]]) -> None:
    configuration = recorded()
    assert (
        list(figures) == list(configuration.member_states.members) == list(load_configuration().member_states.members)
    )
    assert configuration.member_states.shares() == load_configuration().member_states.shares()
    for trait, source in {"exposure": "EuRepoC", "resilience": "NCSI|National Cyber", "dependence": "IEA"}.items():
        assert re.search(source, configuration.source(f"{HUNGARY}.{trait}.mean")), trait
    assert "Ovádek" in configuration.source(f"{HUNGARY}.reluctance.mean")


def test_exposure_and_dependence_are_in_proportion_to_the_figures(figures: dict, traits: dict) -> None:
    incidents = {name: 1 + int(each["incidents"]) for name, each in figures.items()}
    reliance = {name: _reliance(each["gas"], each["oil"]) for name, each in figures.items()}
    known = {name: value for name, value in reliance.items() if value is not None}
    for name, own in traits.items():
        assert own["exposure"].mean == pytest.approx(incidents[name] / np.mean(list(incidents.values())), abs=0.006)
        in_proportion = 0.4 * known[name] / np.mean(list(known.values())) if name in known else 0.4
        assert own["dependence"].mean == pytest.approx(in_proportion, abs=0.006)


def _reliance(*shares: str) -> float | None:
    known = [min(float(share), 100.0) for share in shares if share != "–"]
    return np.mean(known) + 10.0 if known else None


@pytest.mark.parametrize(
    ("trait", "figure", "scale"), [("resilience", "ncsi", logit), ("reluctance", "vetoes", np.log)]
)
def test_resilience_and_reluctance_have_the_order_of_the_figures_and_the_spread_of_all(
    figures: dict, traits: dict, trait: str, figure: str, scale: np.ufunc
) -> None:
    ranked = sorted((float(each[figure]), traits[name][trait].mean) for name, each in figures.items())
    for (low, median), (high, next_median) in pairwise(ranked):
        assert median < next_median if low < high else median == next_median
    medians = scale([own[trait].mean for own in traits.values()])
    variance = np.mean([own[trait].spread ** 2 for own in traits.values()]) + medians.var()
    # the catalogue's own: a scenario may put what it calibrates in their place
    file = CONFIGS / "catalogues" / "member_states_recorded.toml"
    common = tomllib.loads(file.read_text("utf-8"))["member_states"]["traits"][trait]
    assert medians.mean() == pytest.approx(scale(common["mean"]), abs=0.02)
    assert np.sqrt(variance) == pytest.approx(common["spread"], rel=0.02)
