"""Sampled designs: which points are draws, what they show in figures, tables and words, and on slides."""

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support import look
from support.slides import check

from analysis.report.findings import findings
from analysis.report.folders import report
from analysis.report.gallery import FIGURES, default_figures, drawn, names_of
from analysis.results.folder import Results, open_results
from analysis.sampled.findings import HEADING, score_findings
from analysis.sampled.points import drawn_factors, outcomes, sample_of
from analysis.sampled.tables import SCORES, ranked, score_tables, scored
from experiments import run_sweep
from model.errors import ConfigurationError

SHORT = {"scenario.time.weeks": 52, "scenario.time.burn_in": 6}
HEAD = 'title = "T"\nquestion = "Q?"\nscenario = "illustrative"\nreplicates = {}\nseed = 3\n[design]\n{}\n[factors]\n'
TWO = [
    '"doctrine.clarity" = { low = 0.0, high = 1.0 }',
    '"scenario.grievance.grievance_gain" = { low = 1.0, high = 9.0, scale = "log" }',
]
NAMED = [
    '"doctrine.voting_rule" = ["unanimity", "qmv", "coalition"]',
    '"scenario.investigation.investigation_weeks" = { low = 52, high = 156 }',
]
CROSSED = ['"doctrine.firmness" = [0.0, 3.0]', *TWO, *NAMED]
SAMPLES = "scatter", "feature_scores", "parallel", "pairs"
DESIGNS: dict[str, tuple[int, str, list[str]]] = {
    "two": (2, 'kind = "sobol"\nsize = 32', TWO),
    "crossed": (2, 'kind = "latin"\nsize = 24\ncross = ["doctrine.firmness"]', CROSSED),
    "few": (1, 'kind = "latin"\nsize = 6', TWO),
    "saltelli": (1, 'kind = "saltelli"\nsize = 16', TWO),
    "morris": (1, 'kind = "morris"\ntrajectories = 4', TWO),
    "grid": (1, 'kind = "grid"', ['"doctrine.clarity" = [0.0, 1.0]']),
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Results]:
    base = tmp_path_factory.mktemp("sampled")
    for name, (replicates, design, factors) in DESIGNS.items():
        (base / f"{name}.toml").write_text(HEAD.format(replicates, design) + "\n".join(factors), "utf-8")
        run_sweep(base / f"{name}.toml", base / name, overrides=SHORT)
    return {name: open_results(base / name) for name in DESIGNS}


# which points


def test_factors_of_samples_alone_are_drawn(opened: dict[str, Results]) -> None:
    count = {name: len(drawn_factors(results)) for name, results in opened.items()}
    assert count == {"two": 2, "crossed": 4, "few": 2, "saltelli": 2, "morris": 0, "grid": 0}


def test_a_drawn_point_is_the_mean_over_crossed_levels(opened: dict[str, Results]) -> None:
    results = opened["crossed"]
    sample = sample_of(results)
    assert (sample.frame.height, sample.levels.height, sample.left_out) == (24, 2, 0)
    (mean,) = outcomes(results, "harm_averted")
    found = results.summary.filter(metric="harm_averted").join(results.design, on="point")
    by_hand = found.group_by(sample.frame.columns, maintain_order=True).agg(pl.col("mean").mean())
    joined = sample.frame.join(by_hand, on=sample.frame.columns, how="left", maintain_order="left")
    np.testing.assert_allclose(mean.mean, joined["mean"].to_numpy(), rtol=1e-12)
    apart = outcomes(results, "harm_averted", apart=True)
    np.testing.assert_allclose(np.mean([one.mean for one in apart], axis=0), mean.mean)


def test_the_interval_of_a_point_is_that_of_the_summary(opened: dict[str, Results]) -> None:
    results = opened["two"]
    (found,) = outcomes(results, "deterrence_rate")
    rows = results.summary.filter(metric="deterrence_rate")
    np.testing.assert_allclose(found.half, ((rows["high"] - rows["low"]) / 2).to_numpy(), rtol=1e-9)


def test_of_a_saltelli_design_the_base_points_count_each_once(opened: dict[str, Results]) -> None:
    results = opened["saltelli"]
    sample = sample_of(results)
    assert sample.frame.height == 32
    assert sample.frame.n_unique() == 32
    points = np.flatnonzero(sample.place >= 0)
    assert set(points % 4) == {0, 3}


def test_points_that_constraints_leave_with_some_levels_are_left_out(tmp_path: Path) -> None:
    design = 'kind = "latin"\nsize = 24\ncross = ["doctrine.firmness"]\n'
    design += 'constraints = ["doctrine.clarity >= doctrine.firmness / 6"]'
    (tmp_path / "c.toml").write_text(HEAD.format(1, design) + "\n".join(CROSSED[:3]), "utf-8")
    results = run_sweep(tmp_path / "c.toml", tmp_path / "c", overrides=SHORT)
    sample = sample_of(open_results(tmp_path / "c") if not isinstance(results, Results) else results)
    assert sample.left_out == 12
    assert sample.frame["doctrine.clarity"].min() >= 0.5  # type: ignore[operator]


# figures


def test_figures_are_there_for_samples_alone(opened: dict[str, Results]) -> None:
    for name, results in opened.items():
        has = set(SAMPLES) & set(names_of(results))
        assert has == (set() if name in ("morris", "grid") else set(SAMPLES)), name
    with pytest.raises(ConfigurationError, match="one of sweeps whose points are drawn"):
        drawn("scatter", opened["grid"])


def test_a_sweep_of_a_sample_draws_scatter_and_scores(opened: dict[str, Results]) -> None:
    for name in ("two", "crossed"):
        assert set(SAMPLES) & set(default_figures(opened[name])) == {"scatter", "feature_scores"}
    assert set(SAMPLES) & set(default_figures(opened["few"])) == {"scatter"}
    assert not set(SAMPLES) & set(default_figures(opened["saltelli"]))  # indices say more


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("folder", ["two", "crossed"])
def test_figures_can_be_read_and_say_what_they_are(name: str, folder: str, opened: dict[str, Results]) -> None:
    results = opened[folder]
    (figure,) = drawn(name, results)
    one = look.draw(name, results, figure)
    look.assert_legible([one])
    look.assert_printable([one])
    look.assert_filled([one])
    assert re.search(r"n = (32|24) drawn points", one.said)
    assert f"design {results.manifest.design_hash[:8]}" in one.said
    assert "share 2 replicates" in one.said
    assert ("levels of firmness" in one.said) == (folder == "crossed")


@pytest.mark.parametrize("name", ["scatter", "feature_scores", "parallel", "pairs"])
def test_slides_show_all_of_it(name: str, opened: dict[str, Results]) -> None:
    check(name, opened["two"])


def test_few_points_have_a_scatter_without_smooths_and_nothing_else(opened: dict[str, Results]) -> None:
    results = opened["few"]
    (figure,) = drawn("scatter", results)
    assert not any(axes.collections for axes in figure.axes)  # neither bands nor bars
    for name in SAMPLES[1:]:
        assert drawn(name, results) == []


def test_every_figure_of_samples_is_described() -> None:
    assert set(SAMPLES) <= set(FIGURES)


# tables and words


def test_the_table_has_every_parameter_and_metric(opened: dict[str, Results]) -> None:
    results = opened["crossed"]
    table = score_tables(results)[SCORES]
    assert set(table.frame["parameter"]) == set(drawn_factors(results))
    assert table.frame.height == 4 * len(scored(results))
    ends = table.frame.select("score_low", "score", "score_high").drop_nulls()
    assert (ends["score_low"] <= ends["score"].clip(0.0)).all()
    assert (ends["score"] <= ends["score_high"]).all()
    assert (table.frame["beyond_chance"] == (table.frame["score"] > table.frame["floor"])).all()
    assert "drawn points" in table.note
    assert score_tables(opened["grid"]) == score_tables(opened["few"]) == score_tables(opened["saltelli"]) == {}


def test_the_finding_claims_what_exceeds_chance_alone(opened: dict[str, Results]) -> None:
    for name in ("two", "crossed"):
        results = opened[name]
        (found,) = score_findings(results)
        clear = [factor for factor, one in scored(results)["harm_averted"].items() if one.beyond_chance]
        assert found.heading == HEADING
        assert found.unit == "drawn points"
        assert found in findings(results)
        assert found.text.startswith(f"{len(clear)} of " if clear else "No drawn parameter clearly matters")
        assert found.text.count("[") == len(clear)
    assert list(score_findings(opened["few"])) == list(score_findings(opened["grid"])) == []


def test_factors_are_ranked_by_their_scores(opened: dict[str, Results]) -> None:
    results = opened["crossed"]
    found = scored(results)["harm_averted"]
    order = [found[name].mean for name in ranked(results, "harm_averted")]
    assert order == sorted(order, reverse=True)


def test_the_brief_shows_scores_and_scatter(opened: dict[str, Results]) -> None:
    page = report(opened["two"].folder)
    assert "Borgonovo" in page
    assert FIGURES["scatter"].shows[1:] in page
