"""Effects in a world, verdicts over worlds, and the command."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.validation.checks import EXPLAINED, HOLDS, SHORT
from experiments.commands.main import main
from experiments.validation import running
from experiments.validation.contrasts import Fact, Term, change, less, proportional_fall
from experiments.validation.facts import CLARITY
from experiments.validation.measures import Lab
from experiments.validation.running import FULL, Size, judged, over_worlds, validated
from experiments.validation.votes import MOVERS, slopes, votes_of
from model.configuration import load_configuration

TINY = Size(3, 6, 0, 0, 0, fast=True)
SKILL = [{"scenario.investigation.skill": skill} for skill in (0.4, 0.9)]


def fact(**more: object) -> Fact:
    numbers = {"sign": 1, "least": 0.005, "label": "emergent", "source": "nobody", "fast": True}
    contrast = change("deterrence_rate", *SKILL)
    return Fact(CLARITY, "skill deters", contrast, **{**numbers, **more})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def lab() -> Lab:
    weeks = {"scenario.time.burn_in": 52, "scenario.time.weeks": 104}
    return Lab(load_configuration("baseline", "status_quo", weeks), 3, 4)


def test_a_contrast_is_the_sum_of_its_terms(lab: Lab) -> None:
    low, high = (lab.value("acts_averted", values) for values in SKILL)
    assert lab.effect(change("acts_averted", *SKILL)) == pytest.approx(high - low)
    assert lab.effect(less(change("acts_averted", *SKILL), change("acts_averted", *SKILL))) == pytest.approx(0.0)
    fall = np.log((1.0 - low) / (1.0 - high))
    assert lab.effect(proportional_fall("acts_averted", *SKILL)) == pytest.approx(fall)


def test_nothing_changes_where_nothing_is_changed(lab: Lab) -> None:
    assert lab.effect(change("others_act_rate", {}, {})) == 0.0
    assert lab.effect((Term(1.0, "deterrence_rate", {"doctrine": "none"}),)) == 0.0


def test_others_act_rate_is_a_rate(lab: Lab) -> None:
    assert 0.0 < lab.value("others_act_rate", {}) < 1.0


def test_slopes_are_those_that_were_planted() -> None:
    chance = np.random.default_rng(1)
    rows = chance.normal(5.0, 3.0, (200, len(MOVERS)))
    rows[:, MOVERS.index("state")] = chance.integers(2, size=200)
    planted = {"certainty": 0.03, "severity": -0.01, "state": 0.05, "weeks": 0.0, "cost": -0.02}
    scaled = (rows - rows.mean(0)) / np.where(np.array(MOVERS) == "state", 1.0, rows.std(0))
    assert slopes(rows, 0.6 + scaled @ list(planted.values())) == pytest.approx(planted)
    assert all(np.isnan(value) for value in slopes(rows * [1, 0, 1, 1, 1], rows[:, 0]).values())
    assert all(np.isnan(value) for value in slopes(rows[:5], rows[:5, 0]).values())


def test_votes_are_read_with_their_cases() -> None:
    world = load_configuration("baseline", "status_quo", {"scenario.time.burn_in": 52, "scenario.time.weeks": 520})
    rows, share = (np.concatenate(parts) for parts in zip(*(votes_of(world, 1, run) for run in range(6)), strict=True))
    certainty, severity, state, weeks, cost = rows.T
    assert len(share) > 10
    for each in (certainty, severity, cost, share):
        assert ((each >= 0.0) & (each <= 1.0)).all()
    assert set(state) == {0.0, 1.0}
    assert (weeks > 0).all()


def test_undefined_worlds_are_left_out_and_counted() -> None:
    found = over_worlds(np.array([1.0, 2.0, np.nan, 3.0]), 1)
    assert (found.mean, found.n, found.agree) == (2.0, 3, 1.0)
    assert found.low == pytest.approx(2.0 - 4.3026527 / np.sqrt(3.0))
    assert judged(fact(), np.array([1.0, np.nan]), np.zeros(2)).verdict == SHORT  # one world is none


@pytest.mark.parametrize(
    ("effects", "explanation", "said"),
    [
        ([0.02, 0.03, 0.025], "", HOLDS),
        ([-0.02, -0.03, -0.025], "", SHORT),
        ([-0.02, -0.03, -0.025], "A rule is in the way.", EXPLAINED),
    ],
)
def test_a_row_says_what_was_found(effects: list[float], explanation: str, said: str) -> None:
    row = judged(fact(explanation=explanation), np.array(effects), np.zeros(3))
    assert (row.verdict, row.unit, row.n) == (said, "points", 3)
    assert row.got == pytest.approx(100.0 * np.mean(effects))
    assert row.expected == "above +0.5 points"
    assert row.note == (explanation if said == EXPLAINED else "")


def test_an_explanation_covers_the_effects_that_it_is_declared_for_alone() -> None:
    declared = fact(explanation="A rule is in the way.", explained=(-0.01, 0.01))
    assert judged(declared, np.array([0.001, 0.002, 0.003]), np.zeros(3)).verdict == EXPLAINED
    assert judged(declared, np.array([-0.02, -0.03, -0.025]), np.zeros(3)).verdict == SHORT


# the command


def test_places_that_cannot_be_written_to_are_named_before_the_work(tmp_path: Path, monkeypatch, capsys) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it runs")

    monkeypatch.setattr(running, "validated", never)
    (tmp_path / "file").write_text("", "utf-8")
    out = ["--out", str(tmp_path / "out")]
    for option, words in (
        ("--out", ["--out", str(tmp_path / "file")]),
        ("--page", [*out, "--page", str(tmp_path / "file" / "page.md")]),
        ("--page", [*out, "--page", str(tmp_path)]),
    ):
        assert main(["validate", *words]) == 2
        assert capsys.readouterr().err.startswith(f"deter: {option}: '{words[-1].removesuffix('/page.md')}'")


def test_the_command_writes_its_table_and_is_content(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(running, "FAST", TINY)
    monkeypatch.setattr(running, "FACTS", (fact(),))
    monkeypatch.setattr(running, "SIGNS", ())
    assert main(["validate", "--fast", "--out", str(tmp_path), "--workers", "2"]) == 0
    frame = pl.read_parquet(tmp_path / "tables" / "validation.parquet")
    assert frame["verdict"].to_list()[0] == HOLDS
    assert (tmp_path / "tables" / "validation.csv").exists()
    assert (tmp_path / "figures" / "emergent.png").exists()
    shown = capsys.readouterr().out
    for words in ("skill deters", "1 of 1 emergent fact holds", HOLDS, "cannot say"):
        assert words in " ".join(shown.split())


def test_a_false_fact_falls_short_and_is_an_error(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(running, "FAST", TINY)
    monkeypatch.setattr(running, "SIGNS", ())
    words = ["validate", "--fast", "--no-figures", "--out", str(tmp_path), "--quiet"]
    monkeypatch.setattr(running, "FACTS", (fact(sign=-1),))
    assert main(words) == 1
    monkeypatch.setattr(running, "FACTS", (fact(sign=-1, explanation="Planted."),))
    assert main(words) == 0
    assert capsys.readouterr().out == ""


def test_a_page_is_of_all_checks(tmp_path: Path, capsys) -> None:
    assert main(["validate", "--fast", "--page", str(tmp_path / "page.md")]) == 2
    assert "--page" in capsys.readouterr().err
    assert not (tmp_path / "page.md").exists()


def test_the_page_and_its_pictures_lie_where_they_are_wanted(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(running, "FULL", Size(3, 6, 2, 0, 0))
    monkeypatch.setattr(running, "FACTS", (fact(),))
    monkeypatch.setattr(running, "WITHOUT_GRIEVANCE", ())
    monkeypatch.setattr(running, "SIGNS", ())
    monkeypatch.setattr(running, "VARIANTS", {"as shipped": {}, "no learning": {"scenario.learning.retooling": 0.0}})
    page, out = tmp_path / "there" / "page.md", tmp_path / "out"
    assert main(["validate", "--page", str(page), "--no-figures", "--out", str(out), "--quiet"]) == 0
    text = page.read_text("utf-8")
    for name in ("emergent", "structure"):
        assert f"(page_{name}.png)" in text
        assert (page.parent / f"page_{name}.png").exists()
    assert (out / "tables" / "structure.csv").exists()
    assert not (out / "figures").exists()


@pytest.mark.slow
def test_what_falls_short_is_explained() -> None:
    found = validated(FULL, 7, None, lambda done, of: None)
    assert [check.name for check in found.checks if check.verdict == SHORT] == []
