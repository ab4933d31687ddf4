"""How the front of a search grew: volumes in closed form, a front that is known, and one that stands still."""

from typing import Any

import numpy as np
import pytest

from analysis.search.answer import Found, Tried
from analysis.search.findings import search_sentences
from analysis.search.growth import MOST_OBJECTIVES, growth, growth_sentence
from analysis.search.tables import search_tables
from analysis.statistics.fronts import added, hypervolume, non_dominated

AIMS = (
    "max harm_averted",
    "max acts_averted",
    "max severe_averted",
    "min eu_cost",
    "max deterrence_rate",
    "max resilience",
)


def searched(figures: Any, size: int = 20, objectives: tuple[str, ...] = AIMS) -> Found:
    """A search whose candidates have these figures [trial, objective], in generations of a size, and no more."""
    found = Found.model_construct(
        objectives=list(objectives[: np.shape(figures)[1]]), judged=[], leanings=[], shares=[], worlds=4, replicates=2
    )
    keys = [one.key for one in found.aims]
    found.tried = [
        Tried(values={}, figures=dict(zip(keys, map(float, row), strict=True)), generation=at // size, front=False)
        for at, row in enumerate(figures)
    ]
    return found


def on_front(x: Any, away: Any = 0.0) -> Any:
    """Candidates of ZDT1 (Zitzler, Deb & Thiele 2000), both figures to be high: front y = 1 − √x, or away from it."""
    return np.stack([1.0 - x, np.sqrt(x) - away], axis=-1)


# volumes


def test_the_volume_below_the_front_of_zdt1_is_two_thirds() -> None:
    assert hypervolume(on_front(np.linspace(0.0, 1.0, 4001))) == pytest.approx(2.0 / 3.0, abs=3e-4)


@pytest.mark.parametrize("criteria", [2, 3, 4, 5])
def test_volumes_are_those_of_inclusion_and_exclusion(criteria: int) -> None:
    """Of four boxes, some below others, some below the origin: the union, counted over a grid of their corners."""
    rng = np.random.default_rng(criteria)
    for _ in range(20):
        points = rng.integers(-1, 5, size=(4, criteria)).astype(float)
        cells = np.stack(np.meshgrid(*[np.arange(4)] * criteria), axis=-1).reshape(-1, criteria)
        union = (points[:, None, :] >= cells[None] + 1).all(axis=-1).any(axis=0).sum()
        assert hypervolume(points) == pytest.approx(float(union))
        assert sum(added(points)) == pytest.approx(float(union))


def test_volumes_of_many_are_those_of_chance_darts() -> None:
    points, darts = np.random.default_rng(1).random((60, 5)), np.random.default_rng(2).random((20_000, 5))
    hit = (points[:, None, :] >= darts[None]).all(axis=-1).any(axis=0).mean()
    assert hypervolume(points) == pytest.approx(hit, abs=0.015)
    assert hypervolume(points[non_dominated(points)]) == pytest.approx(hypervolume(points))


# growth


def test_a_search_on_its_way_to_a_known_front_is_still_growing() -> None:
    x, away = np.random.default_rng(3).random(80), np.linspace(1.0, 0.2, 80)
    grown = growth(found := searched(on_front(x, away)))
    assert grown is not None
    assert np.all(np.diff(grown.volume) >= -1e-12)
    assert grown.still
    assert grown.late == pytest.approx(1.0 - grown.volume[59] / grown.volume[79])
    text = growth_sentence(found)
    assert text is not None
    assert "the front was still growing, and more trials would improve it" in text
    assert text in list(search_sentences(found))


def test_a_search_that_has_reached_its_front_is_not() -> None:
    """From the middle on nothing is better than what was there."""
    x = np.linspace(0.0, 1.0, 60)
    found = searched(np.concatenate([on_front(x), on_front(x[::3], 0.1)]))
    grown = growth(found)
    assert grown is not None
    assert (grown.late, grown.still) == (0.0, False)
    assert "less than the 1 % that counts as growth" in str(growth_sentence(found))
    table = search_tables(found, "")["search_growth"].frame
    assert table.columns == ["generation", "trials", "front", "hypervolume", "added"]
    assert table["trials"].to_list() == [20, 40, 60, 80]
    assert table["front"].to_list() == [20, 40, 60, 60]
    assert table["added"].sum() == pytest.approx(table["hypervolume"][-1])
    assert table["hypervolume"][-1] == pytest.approx(grown.volume[-1])


FLAT: dict[str, Any] = {
    "all alike": np.ones((8, 2)),
    "one objective differs": np.stack([np.arange(8.0), np.ones(8)], axis=1),
    "nothing between the ends": np.array([[0.0, 1.0], [1.0, 0.0]]),
    "one candidate": np.ones((1, 2)),
    "too many objectives": np.random.default_rng(4).random((8, MOST_OBJECTIVES + 1)),
}


@pytest.mark.parametrize("case", FLAT)
def test_what_has_no_growth_says_nothing_of_it(case: str) -> None:
    found = searched(FLAT[case], objectives=(*AIMS, "max credibility"))
    assert growth(found) is None
    assert growth_sentence(found) is None
    assert "search_growth" not in search_tables(found, "")


def test_an_objective_in_which_all_are_alike_is_left_out() -> None:
    figures = on_front(np.linspace(0.0, 1.0, 40))
    with_more = np.concatenate([figures, np.full((40, 1), 7.0)], axis=1)
    one, other = growth(searched(figures)), growth(searched(with_more))
    assert one is not None
    assert other is not None
    assert other.volume.tolist() == one.volume.tolist()
