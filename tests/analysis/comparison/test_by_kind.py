"""By kind of perpetrator and in policy units: parts make the whole, and every number is that of another table."""

import numpy as np
import polars as pl
import pytest
from support.comparisons import made

from agents.catalogue import KINDS
from analysis.comparison.by_kind import ALL, by_kind, told_by_kind, units_of
from analysis.comparison.comparison import Comparison, differences, estimates
from analysis.comparison.findings import IN_SHORT, comparison_findings, kind_findings, lead_findings
from analysis.report.gallery import draw
from analysis.statistics.policy_units import LISTING
from model.metrics.catalogue import A_YEAR
from model.metrics.parts import TOLD_BY_KIND, of_kinds

SPLIT = ("acts", "twin_acts", "expected_harm", "twin_expected_harm", "deterred", "deterrable", "escalated", "common")


def parted(seed: int = 1, ahead: float = 0.0, worlds: int = 1) -> Comparison:
    """Three doctrines whose sums are those of the four kinds; under the last criminals do less harm, by so much."""
    rng, shape = np.random.default_rng(seed), (3, worlds, 24)
    columns: dict[str, np.ndarray] = {}
    for name in SPLIT:
        parts = [rng.poisson(40.0, shape).astype(float) for _ in KINDS]
        if name == "expected_harm":
            parts[KINDS.index("criminal")][2] -= ahead
        columns |= {f"{name}_{kind}": part for kind, part in zip(KINDS, parts, strict=True)}
        columns[name] = sum(parts)
    return made(columns.pop("deterred"), kind="worlds" if worlds > 1 else "grid", **columns)


@pytest.mark.parametrize("worlds", [1, 6])
def test_kinds_add_up_to_all_exactly(worlds: int) -> None:
    """Sums do in every doctrine and cell, and so what is counted in a year; shares weigh by what they are shares of."""
    comparison = parted(worlds=worlds)
    for metric in TOLD_BY_KIND[:3] + TOLD_BY_KIND[5:]:
        whole, parts = comparison.ratio(metric), [comparison.ratio(name) for name in of_kinds(metric).values()]
        assert np.array_equal(whole.above, sum(part.above for part in parts))
        if not metric.endswith("acts") and metric != "twin_acts_a_year":
            assert np.array_equal(whole.below, sum(part.below for part in parts))
    found = by_kind(comparison, ["acts", "twin_acts_a_year"])
    for (_, metric), table in found.group_by("doctrine", "metric"):
        (all_of_it,), parts = table.filter(kind=ALL)["mean"], table.filter(pl.col("kind") != ALL)["mean"]
        assert parts.sum() == pytest.approx(all_of_it, rel=1e-12), metric


def test_numbers_by_kind_are_those_of_estimates_and_differences() -> None:
    comparison = parted()
    found = by_kind(comparison)
    assert found.height == len(comparison.doctrines) * len(TOLD_BY_KIND) * (1 + len(KINDS))
    assert found.filter(doctrine="d0")["difference"].null_count() == found.filter(doctrine="d0").height
    (row,) = found.filter(doctrine="d2", metric="harm_averted", kind="criminal").to_dicts()
    (own,) = estimates(comparison, ["harm_averted_criminal"]).filter(doctrine="d2").to_dicts()
    (apart,) = differences(comparison, ["harm_averted_criminal"]).filter(doctrine="d2").to_dicts()
    assert [row[end] for end in ("mean", "low", "high", "n")] == [own[end] for end in ("mean", "low", "high", "n")]
    assert [row[f"difference{end}"] for end in ("", "_low", "_high")] == [apart[end] for end in ("mean", "low", "high")]


def test_only_what_holds_together_is_told_of_a_kind() -> None:
    """A difference against criminals alone is told of them and of nobody else; where nothing differs nothing is."""
    told = told_by_kind(parted(ahead=20.0)).filter(pl.col("verdict") != "unclear")
    assert told.select("doctrine", "metric", "kind", "verdict").rows() == [("d2", "harm_averted", "criminal", "better")]
    (text,) = [one.text for one in kind_findings(parted(ahead=20.0)) if "“d2”" in one.text and "harm" in one.text]
    assert text.startswith("Choosing “d2” over “d0” averts ")
    assert "more of the harm when facing criminals; its effect on harm averted is unclear when facing states" in text
    assert text.endswith(" and when facing hacktivists.")
    false = sum(set(told_by_kind(parted(seed))["verdict"]) != {"unclear"} for seed in range(30))
    assert false <= 5  # in one of twenty at most, and its chance


def test_the_answer_comes_first_and_claims_no_more_than_is_told() -> None:
    sure, nothing = parted(ahead=20.0), parted()
    first, *_ = comparison_findings(sure.results)
    assert first == next(lead_findings(sure))
    assert first.heading == IN_SHORT
    assert first.text.startswith("“d2” averts ")
    assert "more of the twin's harm than “d0”; it is unclear whether “d1” (" in first.text
    (only,) = lead_findings(nothing)
    assert only.text.startswith("It is unclear whether “d2” (")
    assert only.text.endswith(") avert more or less harm than “d0”.")
    assert list(lead_findings(made([[[1.0]], [[2.0]]], kind="grid"))) == []


@pytest.mark.parametrize("worlds", [1, 6])
def test_policy_units_are_what_shares_are_of(worlds: int) -> None:
    comparison = parted(worlds=worlds)
    found = units_of(comparison)
    assert found["quantity"].to_list() == [*A_YEAR, LISTING] * 3
    years = found.filter(pl.col("quantity").is_in(list(A_YEAR)))
    for row in years.to_dicts():
        assert row["averted"] == pytest.approx(row["twin"] - row["world"])
        assert row["share"] == pytest.approx(row["averted"] / row["twin"])
        assert row["averted_low"] <= row["averted"] <= row["averted_high"]
    own = years.filter(doctrine="d0").select("quantity", own="averted")
    beside = years.filter(pl.col("doctrine") != "d0").join(own, on="quantity")
    assert (beside["more"] - (beside["averted"] - beside["own"])).abs().max() < 1e-9
    assert (beside["more_low"] <= beside["more"]).all()
    assert found.filter(doctrine="d0")["more"].null_count() == 4


def test_years_to_a_listing_are_undefined_where_nobody_is_listed() -> None:
    shape = (2, 1, 12)
    listings = np.array([[[2.0] * 12], [[0.0] * 12]])
    weeks = np.random.default_rng(1).integers(200, 300, shape) * (listings > 0)
    comparison = made(np.ones(shape), kind="grid", listings=listings, listing_weeks=weeks)
    some, none = units_of(comparison).filter(quantity=LISTING).to_dicts()
    assert some["world"] == pytest.approx(weeks[0].sum() / 52 / listings[0].sum())
    assert some["world_low"] < some["world"] < some["world_high"]
    assert (none["world"], none["more"], some["twin"]) == (None, None, None)


def test_the_figure_has_a_panel_for_each_metric_and_kind() -> None:
    figure = draw("by_kind", parted(ahead=20.0).results)
    assert len(figure.axes) == 3 * len(KINDS)
    assert [axes.get_title() for axes in figure.axes[:4]] == ["States", "Proxies", "Criminals", "Hacktivists"]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == ["d1", "d2"]
