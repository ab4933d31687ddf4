"""Who overtakes whom: planted turns are found, and where nothing turns, or a lead only shrinks, none is."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support import look, slides
from support.comparisons import DETERRED, GAIN, drawn, made

from analysis.comparison.comparison import Comparison
from analysis.comparison.findings import overtaking_findings
from analysis.comparison.overtaking import nearest_turns, overtaking, places
from analysis.comparison.ranking import Ranking
from analysis.comparison.standing import standing_figure
from analysis.comparison.superiority import ranks
from analysis.plotting.pages import paper

SKILL = "scenario.investigation.skill"


def ranking(comparison: Comparison, *of_replicates: str) -> Ranking:
    return Ranking(comparison, of_replicates, [DETERRED])


def living(comparison: Comparison, values: Any) -> Comparison:
    """The comparison with a parameter of the worlds in which its replicates live."""
    numbers = pl.Series("replicate", range(len(values)), dtype=pl.Int64)
    comparison.results.__dict__["worlds"] = pl.DataFrame({"replicate": numbers, SKILL: np.asarray(values, float)})
    return comparison


def differences_of(comparison: Comparison) -> pl.DataFrame:
    return pl.DataFrame([comparison.against(DETERRED).row(at) for at in range(3)])


def noisy(seed: int, worlds: int = 24, replicates: int = 6, scale: float = 0.05) -> Any:
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(1, worlds, 1)) + rng.normal(size=(1, 1, replicates))
    return 5.0 + shared + scale * rng.normal(size=(3, worlds, replicates))


def turned(values: Any, low: float, high: float, axis: int) -> Any:
    """The first doctrine's lead goes from `low` to `high` along an axis."""
    size = values.shape[axis]
    lead = np.linspace(low, high, size)[:, None] if axis == 1 else np.linspace(low, high, size)[None, :]
    return values + np.stack([lead, 0.0 * lead, 0.0 * lead])


@pytest.mark.parametrize("kind", ["worlds", "grid"])
def test_within_some_cells_all_is_as_if_there_were_no_others(kind: str) -> None:
    values = drawn(1, worlds=9, replicates=12)
    inside = np.arange(9) < 4
    early = np.arange(12) < 5
    for part, alone in ((inside[:, None], values[:, inside]), (early, values[:, :, early])):
        ours, theirs = made(values, kind=kind).within(part), made(alone, kind=kind)
        assert_frame_equal(differences_of(ours), differences_of(theirs))


def test_a_turn_over_worlds_is_found_with_its_sides() -> None:
    found = overtaking(ranking(made(turned(noisy(1), -2.0, 2.0, 1))))
    assert set(found["parameter"]) == {GAIN}
    assert sorted(found.select("doctrine", "other").rows()) == [("d0", "d1"), ("d0", "d2")]
    row = found.row(0, named=True)
    assert (row["first_part"], row["second_part"]) == ("high third", "low third")
    assert row["second_high"] < 0.0 < row["first_low"]
    # leads in the outer thirds of 24 worlds: the mean of the eight last steps from −2 to 2
    assert row["first_mean"] == pytest.approx(np.linspace(-2.0, 2.0, 24)[16:].mean(), abs=0.1)


def test_a_turn_over_the_worlds_of_replicates_is_found() -> None:
    comparison = living(made(turned(noisy(2, 1, 36), -2.0, 2.0, 2)), np.arange(36.0))
    found = overtaking(ranking(comparison, SKILL))
    parts = found.select("parameter", "first_part", "second_part").unique()
    assert parts.rows() == [(SKILL, "high third", "low third")]
    assert found["first_n"].to_list() == [12, 12]


def test_a_lead_that_shrinks_is_no_turn() -> None:
    assert overtaking(ranking(made(turned(noisy(3), 3.0, 0.0, 1)))).is_empty()


def test_nothing_turns_where_doctrines_are_alike() -> None:
    """Of 60 data sets whose doctrines differ by chance alone at most three, 5 %, may have a turn."""
    false = 0
    for seed in range(30):
        false += not overtaking(ranking(made(noisy(seed, scale=1.0)))).is_empty()
        comparison = living(made(noisy(seed, 1, 30, scale=1.0)), np.arange(30.0))
        false += not overtaking(ranking(comparison, SKILL)).is_empty()
    assert false <= 3


def test_one_replicate_parts_nothing() -> None:
    """Between thirds of one replicate each a difference of chance would be taken for one of worlds."""
    assert ranking(made(turned(noisy(4, 24, 1), -2.0, 2.0, 1))).groups == []
    assert ranking(living(made(noisy(4, 24, 3)), [1.0, 2.0, 3.0]), SKILL).parameters == [GAIN]


def test_places_are_sure_where_all_pairs_are_told_and_open_where_none_is() -> None:
    far = noisy(5) + np.array([0.0, 9.0, 4.0])[:, None, None]
    whole = places(ranking(made(far))).filter(pl.col("parameter").is_null())
    assert whole.select("place", "place_low", "place_high").rows() == [(3, 3, 3), (1, 1, 1), (2, 2, 2)]
    alike = places(ranking(made(noisy(6, scale=1.0))))
    assert alike.select("place_low", "place_high").unique().rows() == [(1, 3)]
    assert sorted(alike.filter(pl.col("parameter").is_null())["place"]) == [1, 2, 3]
    assert places(ranking(made(far[:, :1, :1])))["place_low"].is_null().all()


def test_less_is_better_where_it_is() -> None:
    cost = np.array([3.0, 1.0, 2.0])[:, None, None] + noisy(7, scale=0.01)
    found = places(Ranking(made(noisy(8), cost=cost), (), ["eu_cost"])).filter(pl.col("parameter").is_null())
    assert found["place"].to_list() == [3, 1, 2]


def test_ranks_share_every_place_and_ties() -> None:
    values = np.array([[[1.0], [2.0]], [[1.0], [1.0]], [[0.0], [3.0]]]) * np.ones((3, 2, 4))
    found = ranks(made(values), [DETERRED])
    by_place = found.pivot("place", index="doctrine", values="mean").drop("doctrine").to_numpy()
    # the first world ties d0 with d1 for places 1 and 2; in the second they are 2nd and 3rd
    assert by_place.tolist() == [[0.25, 0.75, 0.0], [0.25, 0.25, 0.5], [0.5, 0.0, 0.5]]


def test_the_finding_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def said(comparison: Comparison) -> list[str]:
        titles = {f"d{at}": f"D{at}" for at in range(3)}
        monkeypatch.setattr(type(comparison.results.manifest), "doctrine_titles", titles)
        return [one.text for one in overtaking_findings(ranking(comparison))]

    none, *_ = said(made(noisy(9)))
    assert none.startswith("No doctrine overtakes another beyond noise between groups of worlds split by grievance")
    some, first, *_ = said(made(turned(noisy(1), -2.0, 2.0, 1)))
    assert some.startswith("2 of 3 pairs of doctrines by 1 criterion change places beyond noise")
    assert "“D0” is ahead of “D" in first
    assert "in the high third of grievance gain (17 to 24), and behind it by" in first
    assert said(made(noisy(9)[:, :1])) == []


def test_who_leads_is_said_with_how_often_and_how_surely(monkeypatch: pytest.MonkeyPatch) -> None:
    harm = np.array([0.5, 0.2, 0.4])[:, None, None] + noisy(10, scale=0.001) - 5.0
    harm[1, :6] += 1.0  # in a quarter of the worlds the leader is last
    comparison = made(noisy(11), expected_harm=harm, twin_expected_harm=np.full(harm.shape, 9.0))
    monkeypatch.setattr(type(comparison.results.manifest), "doctrine_titles", {"d0": "A", "d1": "B", "d2": "C"})
    (lead,) = [one.text for one in overtaking_findings(Ranking(comparison)) if "is first" in one.text]
    assert lead.startswith("By harm averted “C” is first on average, and in 25 % [")
    assert lead.endswith("it may be in any place from 1 to 2.")  # one is surely behind it


def test_the_figure_can_be_read_on_paper_and_has_the_turn() -> None:
    comparison = made(turned(noisy(1), -2.0, 2.0, 1))
    found = Ranking(comparison)
    assert nearest_turns(found, 1) == [(DETERRED, GAIN)]
    (figure,) = paper(lambda: standing_figure(found))
    drawn = [look.draw("places", comparison.results, figure)]
    look.assert_legible(drawn)
    look.assert_printable(drawn)
    look.assert_filled(drawn)
    assert "none turns beyond noise" not in drawn[0].said
    assert slides.check("places", comparison.results)
    assert paper(lambda: standing_figure(Ranking(made(noisy(9)[:, :1])))) == []
