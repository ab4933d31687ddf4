"""Findings of constructed folders: what was put into the runs is said, and nothing else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.comparison.comparison import is_comparison
from analysis.effects.effects import effects
from analysis.effects.findings import moving
from analysis.report.findings import findings
from analysis.results.folder import RUNS_SCHEMA, Results
from analysis.results.manifest import Manifest
from experiments.design.design import design_of
from experiments.design.experiment import load_experiment
from experiments.running.sweep import sweep_manifest

Build = Callable[..., Results]
N = 40
FILE = """
title = "Planted"
question = "Is what was planted found?"
replicates = {n}
seed = 1
scenario = "illustrative"

[factors]
"doctrine.clarity" = [0.0, 1.0]
"doctrine.voting_rule" = ["unanimity", "qmv"]
"""


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A folder whose runs avert so much harm at each point, with noise that the points of a replicate share."""

    def built(averted: list[float], n: int = N, noise: float = 0.02) -> Results:
        (tmp_path / "planted.toml").write_text(FILE.format(n=n))
        design = design_of(load_experiment(tmp_path / "planted.toml"))
        manifest: Manifest = sweep_manifest(design)
        rng = np.random.default_rng(5)
        shared, own = rng.normal(0, 0.2, n), rng.normal(0, noise, (len(averted), n))
        rows: list[dict[str, Any]] = []
        for point, share in enumerate(averted):
            for replicate in range(n):
                harm = 100.0 * (1.0 - share + shared[replicate] + own[point, replicate])
                known = {"point": point, "replicate": replicate, "seed": 1, "status": "ok", "error": None}
                rows.append(
                    {**dict.fromkeys(RUNS_SCHEMA, 0), **known, "expected_harm": harm, "twin_expected_harm": 100.0}
                )
        results = Results(tmp_path, manifest)
        results.__dict__["design"] = design.frame
        results.__dict__["runs"] = pl.DataFrame(rows, schema=RUNS_SCHEMA)
        return results

    return built


def said(results: Results, heading: str) -> list[str]:
    return [one.text for one in findings(results) if one.heading.startswith(heading)]


def test_a_planted_effect_is_found_and_others_are_not(build: Build) -> None:
    results = build([0.1, 0.1, 0.3, 0.3])
    clarity, rule = said(results, "Main effects")
    assert clarity == "Raising clarity from 0 to 1 averts 19.6 points [19.0, 20.1] more of the harm."
    assert rule.startswith("The effect of voting rule qmv in place of unanimity on harm averted")
    assert said(results, "Where one depends on another") == []


def test_an_interaction_is_said_at_both_ends(build: Build) -> None:
    (depends,) = said(build([0.1, 0.1, 0.1, 0.3]), "Where one depends on another")
    assert depends.startswith("Raising clarity from 0 to 1 averts")
    assert "at voting rule qmv; its effect on harm averted is unclear at voting rule unanimity" in depends


def test_what_points_of_a_replicate_share_hides_no_difference(build: Build) -> None:
    """The noise between replicates is ten times the effect; it is the same at every point."""
    (clarity, _) = said(build([0.10, 0.10, 0.12, 0.12], noise=0.001), "Main effects")
    assert clarity.startswith("Raising clarity from 0 to 1 averts 1.98 points [1.95, 2.01]")


def test_noise_alone_is_no_finding(build: Build) -> None:
    results = build([0.1] * 4, noise=0.3)
    told = [
        one.text
        for one in findings(results)
        if one.heading != "Against the twin" and not one.text.startswith("The effect of ")
    ]
    assert told == []


def test_what_differs_together_is_said_of_neither(build: Build) -> None:
    """Points listed one by one: clarity and the voting rule change at once, so the difference is that of both."""
    results = build([0.1, 0.1, 0.3, 0.3])
    apart = results.design[[0, 3]].with_columns(point=pl.Series([0, 1]))
    results.__dict__["design"] = apart
    results.__dict__["runs"] = results.runs.filter(pl.col("point") < 2)
    assert said(results, "Main effects") == []


def test_an_effect_is_that_of_points_at_which_all_else_is_alike(build: Build) -> None:
    """Of three corners two differ in clarity alone: 0.3 against 0.1; the rule at which there is one is left out."""
    results = build([0.1, 0.9, 0.3, 0.3])
    results.__dict__["design"] = results.design[[0, 1, 2]]
    results.__dict__["runs"] = results.runs.filter(pl.col("point") < 3)
    clarity, _ = said(results, "Main effects")
    assert clarity.startswith("Raising clarity from 0 to 1 averts 19.")
    assert said(results, "Where one depends on another") == []


def test_doctrines_that_share_no_world_are_not_compared_and_the_rest_is_said(build: Build) -> None:
    results = build([0.1, 0.3])
    design = pl.DataFrame(
        {"point": [0, 1], "doctrine": ["status_quo", "clear_ladder"], "scenario.investigation.skill": [0.5, 0.8]}
    )
    factors = {name: design[name].to_list() for name in design.columns[1:]}
    manifest = results.manifest.model_copy(update={"factors": factors, "design": {"kind": "list"}, "points": 2})
    listed = Results(results.folder, manifest)
    listed.__dict__.update(design=design, runs=results.runs)
    assert not is_comparison(listed)
    (averts, *_) = [one.text for one in findings(listed) if "harm" in one.text]
    assert averts.startswith("The toolbox, averaged over all points, averts")
    assert {one.heading for one in findings(listed)} == {"Against the twin"}


def test_one_replicate_supports_nothing(build: Build) -> None:
    assert findings(build([0.1, 0.2, 0.3, 0.4], n=1)) == []


@pytest.mark.parametrize(
    ("levels", "text"),
    [
        ((0.0, 1.0), "raising clarity from 0 to 1"),
        (("a_b", "c"), "clarity c in place of a b"),
        ((False, True), "switching clarity on"),
    ],
)
def test_going_from_one_level_to_another_in_words(levels: tuple[Any, Any], text: str) -> None:
    assert moving("doctrine.clarity", levels) == text


@pytest.fixture
def along(build: Build) -> Callable[..., Results]:
    """The same folder with four levels of clarity, and nothing else, in place of its factors."""

    def built(averted: list[float], noise: float = 0.02) -> Results:
        results = build(averted, noise=noise)
        levels = [0.0, 0.4, 0.8, 1.0]
        results.__dict__["design"] = pl.DataFrame({"point": range(4), "doctrine.clarity": levels})
        results.__dict__["manifest"] = results.manifest.model_copy(update={"factors": {"doctrine.clarity": levels}})
        return results

    return built


def test_what_the_ends_hide_is_said(along: Callable[..., Results]) -> None:
    (turn,) = said(along([0.1, 0.3, 0.2, 0.1]), "Between the ends (of 10 levels tried")
    assert turn.startswith("Raising clarity averts 20.")
    assert "more of the harm from 0 to 0.4; averts " in turn
    assert turn.endswith("less of the harm from 0.4 to 1.")


@pytest.mark.parametrize("averted", [[0.1, 0.2, 0.3, 0.4], [0.1, 0.1, 0.1, 0.1], [0.1, 0.3, 0.3, 0.3]])
def test_what_rises_throughout_or_not_at_all_has_no_turn(averted: list[float], along: Callable[..., Results]) -> None:
    assert said(along(averted, noise=0.001 if averted[3] != 0.3 else 0.05), "Between the ends") == []


RESILIENCE = "member_states.traits.resilience.mean"
BOTH = FILE.replace('"doctrine.clarity" = [0.0, 1.0]', f'"{RESILIENCE}" = [0.4, 0.8]')


@pytest.fixture
def in_both(tmp_path: Path) -> Callable[..., Results]:
    """A folder in which resilience changes acts and harm a year, of the twin and of what the world has less of them."""

    def built(twin: tuple[float, float], less: tuple[float, float], noise: float = 0.02, n: int = N) -> Results:
        (tmp_path / "both.toml").write_text(BOTH.format(n=n))
        design = design_of(load_experiment(tmp_path / "both.toml"))
        rng, rows = np.random.default_rng(5), []
        for replicate in range(n):
            shared = rng.normal(0.0, 1.0)
            for row in design.frame.iter_rows(named=True):
                at = int(row[RESILIENCE] == 0.8)
                theirs = twin[at] + shared
                ours = theirs - less[at] + rng.normal(0.0, noise)
                known = {"point": row["point"], "replicate": replicate, "seed": 1, "status": "ok", "error": None}
                figures = {"weeks": 52, "expected_acts": ours, "twin_expected_acts": theirs}
                figures |= {"expected_harm": ours, "twin_expected_harm": theirs}
                rows.append({**dict.fromkeys(RUNS_SCHEMA, 0), **known, **figures})
        results = Results(tmp_path, sweep_manifest(design))
        results.__dict__.update(design=design.frame, runs=pl.DataFrame(rows, schema=RUNS_SCHEMA))
        return results

    return built


def test_a_factor_that_moves_both_worlds_is_said_to_move_both_and_by_how_much(in_both: Callable[..., Results]) -> None:
    """The twin's acts fall from 57 to 34 a year, of which the world has a tenth less: nothing changes between them."""
    results = in_both((57.0, 34.0), (5.7, 3.4), noise=0.001)
    resilience, rule = said(results, "Main effects")
    assert resilience.startswith(
        "Raising resilience from 0.4 to 0.8 acts in both worlds. With the toolbox, acts a year"
    )
    fall, averted = (
        re.search(r"fall from 51\.\d+ to 30\.\d+, by ([\d.]+) \[", resilience),
        re.search(r"What the toolbox averts of them a year falls by ([\d.]+) \[", resilience),
    )
    assert fall
    assert averted
    assert float(fall[1]) == pytest.approx(20.7, abs=0.01)
    assert float(averted[1]) == pytest.approx(2.3, abs=0.01)
    assert "With the toolbox, harm a year falls" in resilience
    assert rule.startswith("The effect of voting rule qmv in place of unanimity on")


@pytest.mark.parametrize("less", [(0.0, 0.0), (5.7, 3.4), (3.0, 3.0)])
@pytest.mark.parametrize("noise", [0.001, 8.0])
def test_of_a_factor_that_moves_both_no_sentence_says_that_it_has_no_effect(
    less: tuple[float, float], noise: float, in_both: Callable[..., Results]
) -> None:
    texts = [one.text for one in findings(in_both((57.0, 34.0), less, noise)) if "resilience" in one.text.lower()]
    assert texts
    assert not [text for text in texts if "effect of raising resilience" in text.lower()]
    assert any("without it from 57." in text for text in texts)


def test_a_factor_that_leaves_the_twin_as_it_is_is_said_to_have_no_effect_where_none_is_told(
    in_both: Callable[..., Results],
) -> None:
    resilience, _ = said(in_both((57.0, 57.0), (5.0, 5.0), noise=3.0), "Main effects")
    assert "both worlds" not in resilience
    assert "effect of raising resilience from 0.4 to 0.8 on" in resilience


def test_the_table_of_effects_has_the_change_in_each_world(in_both: Callable[..., Results]) -> None:
    """The world's change is the twin's less that of what is averted, to the last digit of the noise put in."""
    table = effects(in_both((57.0, 34.0), (5.7, 3.4), noise=0.0), metrics=["harm_averted", "deterrence_rate"])
    row = table.row(by_predicate=(pl.col("effect") == "Resilience") & (pl.col("metric") == "harm_averted"), named=True)
    assert row["twin"] == pytest.approx(-23.0)
    assert row["world"] == pytest.approx(-20.7)
    assert row["twin_low"] <= row["twin"] <= row["twin_high"]
    assert table.filter(metric="deterrence_rate")["world"].null_count() == 3
