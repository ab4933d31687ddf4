"""What is said of doctrines holds jointly: hardly a false word where nothing differs, and rates against placebos."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from support.comparisons import DETERRED, made

from analysis.comparison.comparison import Comparison, differences, estimates
from analysis.comparison.forest import PLACEBO_MARK
from analysis.comparison.pareto import dominance
from analysis.comparison.tables import UNCLEAR, pareto_sentence, slide
from analysis.effects.findings import overall_findings
from analysis.report.findings import findings
from analysis.report.gallery import comparison_figures
from analysis.sentences import Finding
from experiments.terminal.comparison import screen_tables

DOCTRINES, SETS = 10, 30
REALS = ("deterred", "escalated", "provoked", "expected_harm", "expected_severe", "expected_acts", "cost")
"""A numerator for each criterion but one."""


def alike(seed: int, worlds: int, replicates: int) -> Comparison:
    """Ten doctrines that are alike by every criterion, in the same worlds, on chance that they share in part."""
    rng, shape = np.random.default_rng(seed), (DOCTRINES, worlds, replicates)
    values: dict[str, Any] = {}
    for name in REALS:
        shared = rng.normal(size=(1, worlds, 1)) + rng.normal(size=(1, 1, replicates))
        values[name] = 1.0 + 0.1 * (shared + rng.normal(size=shape))
    values["wrongful"] = rng.poisson(30.0, size=shape)
    return made(values.pop("deterred"), kind="worlds" if worlds > 1 else "grid", **values)


def claims(said: list[Finding]) -> list[str]:
    """Sentences that claim a difference: of doctrines, or of how often one does better."""
    apart = [one.text for one in said if one.heading.startswith(("Against “", "World by world"))]
    return [text for text in apart if not text.startswith(("The effect of ", "It is unclear "))]


@pytest.mark.parametrize(("worlds", "replicates", "often"), [(1, 20, 0.8), (12, 4, 0.4)])
def test_of_doctrines_that_are_alike_hardly_a_word_is_false(worlds: int, replicates: int, often: float) -> None:
    """In one data set of twenty at most, and its chance; verdicts by single intervals are false in many more.

    Over drawn worlds intervals are wider than they need be, so that single ones are false less often.
    """
    false = dict.fromkeys(("sentences", "table", "slide", "alone"), 0)
    for seed in range(SETS):
        comparison = alike(seed, worlds, replicates)
        table, cells = differences(comparison), slide(comparison)[1:, 1:]
        false["sentences"] += bool(claims(findings(comparison.results)))
        false["table"] += set(table["verdict"]) != {"unclear"} or table["jointly"].any()
        false["slide"] += any(UNCLEAR not in cell for column in cells for cell in column)
        false["alone"] += not table.filter((pl.col("low") > 0.0) | (pl.col("high") < 0.0)).is_empty()
    most = 0.05 * SETS + 2.6 * np.sqrt(0.05 * 0.95 * SETS)
    assert false.pop("alone") > often * SETS
    assert all(count <= most for count in false.values()), false


def test_none_of_doctrines_that_are_alike_is_said_to_be_dominated() -> None:
    for seed in range(3):
        comparison = alike(seed, 1, 20)
        assert dominance(comparison)["in_the_mean"].any()
        assert pareto_sentence(comparison).endswith("It is unclear whether any doctrine is dominated.")
        assert not dominance(comparison)["clearly"].any()


def test_a_doctrine_that_is_better_by_far_is_said_to_be() -> None:
    """By every criterion but one, which no sentence on dominance is about."""
    rng, shape = np.random.default_rng(1), (2, 1, 20)
    ahead = np.array([0.0, 0.5])[:, None, None]
    values = {name: 1.0 - ahead + 0.01 * rng.normal(size=shape) for name in REALS if name != "deterred"}
    comparison = made(1.0 + ahead + 0.01 * rng.normal(size=shape), kind="grid", **values)
    (text,) = claims(findings(comparison.results))
    assert all(word in text for word in ("deters ", "averts ", "costs the EU", "less in political cost"))
    assert pareto_sentence(comparison).endswith("Dominated beyond chance: d0 (by d1).")
    assert set(differences(comparison).filter(pl.col("metric") != "wrongful_responses")["verdict"]) == {"better"}


# placebos


def drifting(reference: str, seed: int = 1, deters: float = 0.0) -> Comparison:
    """The reference, equal to its twin, and two doctrines that drift from it by chance: as many deterred as provoked.

    The last deters something besides.
    """
    rng, shape = np.random.default_rng(seed), (2, 1, 30)
    drift = {name: 0.01 * rng.gamma(4.0, 0.25, size=shape) for name in ("deterred", "provoked")}
    drift["deterred"][1] += deters
    drift |= {"escalated": drift["provoked"] + 0.001, "dampened": np.full(shape, 0.001)}
    whole = {name: np.concatenate([np.zeros((1, 1, 30)), part]) for name, part in drift.items()}
    return made(whole.pop("deterred"), kind="grid", reference=reference, **whole)


def told(comparison: Comparison, metric: str = DETERRED) -> dict[str, str]:
    """The verdict of each doctrine on a metric."""
    return dict(differences(comparison).filter(metric=metric).select("doctrine", "verdict").rows())


def test_a_rate_no_higher_than_its_placebo_is_no_finding() -> None:
    """Where the twin answers; beside one that takes no measure what is counted is the toolbox's doing."""
    comparison = drifting("status_quo", deters=0.02)
    assert told(comparison) == {"d1": "unclear", "d2": "better"}
    assert told(comparison, "escalation_rate")["d1"] == "unclear"
    assert told(drifting("none", deters=0.02)) == {"d1": "better", "d2": "better"}
    said = [one.text for one in findings(comparison.results)]
    (drifted,) = [text for text in said if text.startswith("It is unclear whether “d1” deters any")]
    assert ": 0.9" in drifted
    assert "; placebo 0.9" in drifted
    (deterred,) = [text for text in said if text.startswith("“d2” deters")]
    assert "placebo" in deterred
    assert "placebo" not in "".join(one.text for one in findings(drifting("none").results))


@pytest.mark.parametrize("worlds", [1, 8])
def test_drift_alone_is_hardly_ever_a_finding(worlds: int) -> None:
    """In one data set of twenty at most, and its chance, over replicates and over drawn worlds."""
    rng, false, shape = np.random.default_rng(2), 0, (2, worlds, 240 // worlds)
    for _ in range(40):
        rates = {name: rng.gamma(2.0, 0.01, size=shape) for name in ("deterred", "provoked")}
        rates = {name: np.where(np.arange(2)[:, None, None] > 0, part, 0.0) for name, part in rates.items()}
        kind = "worlds" if worlds > 1 else "grid"
        comparison = made(rates.pop("deterred"), kind=kind, reference="status_quo", **rates)
        false += comparison.told(DETERRED, comparison.less_reference, 1, 0.95) != 0
    assert false <= 5


def test_a_sweep_says_no_more_of_a_rate_than_its_placebo() -> None:
    def said(comparison: Comparison) -> str:
        return next(one.text for one in overall_findings(comparison.results) if "deter" in one.text)

    assert said(drifting("status_quo")).startswith("It is unclear whether the toolbox")
    assert "placebo" in said(drifting("status_quo", deters=0.05))
    assert said(drifting("none")).startswith("The toolbox, averaged over all points, deters")


def test_placebos_stand_beside_what_they_are_of() -> None:
    """In tables, on the screen and in the forest, where the twin answers and nowhere else."""
    answered, plain = drifting("status_quo"), drifting("none")
    for table in (estimates, differences):
        found = table(answered)
        assert found.filter(metric=DETERRED)["placebo"].null_count() == 0
        assert found.filter(metric="harm_averted")["placebo"].null_count() == found.filter(metric="harm_averted").height
        assert "placebo" not in table(plain).columns
    rows = slide(answered)
    assert rows["doctrine"].to_list() == [
        *("d0", "d0, placebo", "d1", "d1, placebo", "d2", "d2, placebo"),
    ]
    assert rows.filter(doctrine="d1, placebo").row(0)[1].startswith("+0.9")
    assert rows.filter(doctrine="d1, placebo")["harm averted %"].item() == ""
    assert slide(plain)["doctrine"].to_list() == ["d0", "d1", "d2"]
    notes = ["".join(each for each in screen_tables(one, 100) if isinstance(each, str)) for one in (answered, plain)]
    assert ["Placebo: what" in note for note in notes] == [True, False]
    for one, wanted in ((answered, 2), (plain, 0)):
        axes = comparison_figures(one.results)["comparison"].axes[0]
        assert sum(line.get_marker() == PLACEBO_MARK.marker for line in axes.lines) == wanted
