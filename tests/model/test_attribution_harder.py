"""Where attribution grows harder and resilience rises, fewer acts succeed, and fewer are attributed."""

from typing import Any

import numpy as np
import pytest
from support.paired import REPLICATES, SEED, Estimate, ratio, twins

from model.configuration import Configuration, load_configuration
from model.ensemble import room_for_years, run

HARDER, BASELINE = (load_configuration(scenario) for scenario in ("attribution_harder", "baseline"))
SOME = 3
"""Years at either end that are compared."""
SHARES = {"nationally": ("detected", "false_alarms"), "successes": ("acts",)}
"""What is counted → what it is a share of: cases attributed by a Member State, acts that succeed."""


def fall(world: Configuration, name: str) -> Estimate:
    """By how much a share is lower in the last years than in the first."""
    years = room_for_years(world, REPLICATES)
    run(world, SEED, range(REPLICATES), twins(world), periods=years)

    def share(ends: slice) -> Estimate:
        part, whole = (_added(years, names, ends) for names in ((name,), SHARES[name]))
        return ratio(part, whole)

    return share(slice(None, SOME)).less(share(slice(-SOME, None)))


def _added(years: Any, names: tuple[str, ...], some: slice) -> Any:
    return sum(np.diff(years[name], axis=1, prepend=0)[:, some].sum(axis=1) for name in names)


@pytest.mark.parametrize("name", SHARES)
def test_the_share_falls_over_the_years_and_more_than_in_the_baseline(name: str) -> None:
    harder = fall(HARDER, name)
    assert harder.low > 0.0, harder
    more = harder.less(fall(BASELINE, name))
    assert more.low > 0.0, more


@pytest.mark.parametrize("world", [HARDER, BASELINE])
def test_skill_and_resilience_are_those_of_the_baseline_when_counting_begins(world: Configuration) -> None:
    years, naming = world.scenario.time.burn_in / 52, world.scenario.investigation
    assert naming.skill + years * naming.skill_trend == pytest.approx(BASELINE.scenario.investigation.skill)
    for group in (world.member_states, world.partners):
        resilience = group.traits.resilience.mean + years * world.scenario.resilience.resilience_trend
        assert resilience == pytest.approx(0.6)
