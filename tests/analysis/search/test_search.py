"""Search for doctrines: a known front is found, the same whatever interrupts it, and what winners lean on is said."""

import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import slides
from support.look import assert_legible
from support.look import draw as opened
from support.mistakes import Capture, one_answer
from support.nursery import Nursery
from support.page import Page

from analysis.report.gallery import draw
from analysis.report.search import brief_of_search, gains
from analysis.results.folder import open_results
from analysis.results.tables import estimate_text
from analysis.search.answer import ALL_AT_ONCE, Estimate, Found, Judged, Leaning, read_found
from analysis.search.findings import caveats, search_sentences, tally
from analysis.search.objectives import Aim, aim, imbalance
from analysis.statistics.fronts import non_dominated
from experiments.commands.main import WRONG_INPUT, main
from experiments.design.factors import Span
from experiments.running import sweep as sweeping
from experiments.running.runner import SECONDS
from experiments.running.searching import search
from experiments.search.optimiser import Candidate, Space, Trial, optimise
from experiments.search.search import JUDGED_AGAIN, winner_names, winners_of
from experiments.search.stages import plan_of
from experiments.search.stress_test import conditions, edge
from experiments.store.files import TEMPORARY
from model.configuration import load_configuration
from model.errors import ConfigurationError

pytest.importorskip("optuna")
pytestmark = pytest.mark.drawn

EXPERIMENT = """
title = "Small"
question = "What is robust?"
scenario = "illustrative"
replicates = 2
seed = 3
[design]
kind = "latin"
size = 4
[search]
objectives = ["max deterrence_rate", "min escalation_rate", "max harm_averted", "min eu_cost", "max worst harm_averted"]
trials = 12
population = 4
fresh_worlds = 4
fresh_replicates = 2
leaning_replicates = 3
[factors]
"doctrine.firmness" = { low = 0.0, high = 3.0 }
"doctrine.clarity" = { low = 0.0, high = 1.0 }
"doctrine.voting_rule" = ["unanimity", "qmv"]
"scenario.grievance.grievance_gain" = { low = 1.0, high = 9.0, scale = "log" }
"archetypes.major_power.sensitivity.mean" = { low = 2.0, high = 18.0, scale = "log" }
"""
SHORT = ["--set", "scenario.time.weeks=26", "--set", "scenario.time.burn_in=4"]
TWO = [Aim("min", False, "eu_cost"), Aim("min", False, "escalation_rate")]


def zdt1(_: int, some: Sequence[Candidate]) -> list[list[float]]:
    """Zitzler, Deb & Thiele 2000: the front is y = 1 − √x, where all other coordinates are zero."""
    found = []
    for each in some:
        x, *rest = (float(value) for value in each.values())  # type: ignore[arg-type]
        g = 1.0 + 9.0 * sum(rest) / len(rest)
        found.append([x, g * (1.0 - np.sqrt(x / g))])
    return found


def space(dimensions: int = 4) -> Space:
    return Space({f"doctrine.x{place}": Span(low=0.0, high=1.0) for place in range(dimensions)})


def looked(evaluate: Any = zdt1, trials: int = 600, **more: Any) -> list[Trial]:
    return optimise(space(), TWO, evaluate, trials=trials, population=30, **{"seed": 5, **more})


def test_a_known_front_is_found() -> None:
    trials = looked()
    values = -np.array([trial.figures for trial in trials])
    front = -values[non_dominated(values)]
    away = front[:, 1] - (1.0 - np.sqrt(front[:, 0]))
    assert np.median(away) < 0.15
    assert front[:, 0].max() - front[:, 0].min() > 0.5
    first = np.array([trial.figures for trial in trials[:30]])
    assert np.median(away) < 0.2 * np.median(first[:, 1] - (1.0 - np.sqrt(first[:, 0])))


def test_a_search_follows_from_its_seed_and_repeats_nothing() -> None:
    seen: list[tuple[Any, ...]] = []

    def evaluate(generation: int, some: Sequence[Candidate]) -> list[list[float]]:
        seen.extend(tuple(each.values()) for each in some)
        return zdt1(generation, some)

    assert looked(evaluate, 120) == looked(trials=120)
    assert looked(trials=120) != looked(trials=120, seed=6)
    assert len(set(seen)) == len(seen)
    assert looked(trials=120)[:60] == looked(trials=60)


def test_what_fails_is_left_out_and_the_search_goes_on() -> None:
    def evaluate(generation: int, some: Sequence[Candidate]) -> list[list[float]]:
        found = zdt1(generation, some)
        return [[np.nan, y] if x < 0.5 else [x, y] for x, y in found]

    trials = looked(evaluate, 150)
    assert len(trials) == 150
    assert {trial.defined for trial in trials} == {True, False}


def test_candidates_are_what_a_file_can_say() -> None:
    factors = {
        "doctrine.firmness": Span(low=0.1, high=3.0, scale="log"),
        "doctrine.campaign_interval": Span(low=4, high=104, scale="log"),
        "doctrine.voting_rule": ["unanimity", "qmv", "coalition"],
    }
    mixed = Space(factors, frozenset({"doctrine.campaign_interval"}))  # type: ignore[arg-type]
    start = {"doctrine.firmness": 1.0, "doctrine.campaign_interval": 52, "doctrine.voting_rule": "qmv"}
    trials = optimise(
        mixed,
        TWO,
        lambda _, some: [[1.0, 2.0]] * len(some),
        trials=40,
        population=20,
        seed=1,
        start=start,  # type: ignore[arg-type]
    )
    assert trials[0].values == start
    for trial in trials:
        firmness, interval, rule = trial.values.values()
        assert float(f"{firmness:.4g}") == firmness
        assert type(interval) is int
        assert 4 <= interval <= 104
        assert rule in ("unanimity", "qmv", "coalition")
    assert mixed.start({**start, "doctrine.firmness": 5.0}) is None  # type: ignore[dict-item]


@given(st.lists(st.lists(st.integers(0, 4), min_size=3, max_size=3), min_size=1, max_size=12))
def test_the_front_is_what_nothing_dominates(rows: list[list[int]]) -> None:
    values = np.array(rows, float)
    for at, inside in enumerate(non_dominated(values)):
        beaten = any((other >= values[at]).all() and (other > values[at]).any() for other in values)
        assert inside == (not beaten)


def test_the_most_balanced_falls_short_least_at_worst() -> None:
    values = np.array([[0.0, 1.0], [1.0, 0.0], [0.6, 0.7], [0.5, 0.5]])
    assert imbalance(values) == pytest.approx([1.0, 1.0, 0.4, 0.5])


def test_an_aim_is_a_mean_or_a_quantile_on_the_bad_side() -> None:
    shares = [aim(text).share(0.2) for text in ("max harm_averted", "max worst harm_averted", "min worst eu_cost")]
    assert shares == [None, 0.2, 0.8]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("harm_averted", ["is no objective", "max worst harm_averted"]),
        ("most harm_averted", ["is no objective"]),
        ("max harm_avertd", ["is no metric", "did you mean 'harm_averted'?"]),
    ],
)
def test_an_unknown_objective_is_answered(text: str, parts: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        aim(text)
    assert all(part in str(caught.value) for part in parts)


def test_winners_are_chosen_by_name_and_none_twice() -> None:
    aims = [aim("max harm_averted"), aim("min eu_cost"), aim("max worst harm_averted")]
    figures = [(0.9, 9.0, 0.2), (0.6, 5.0, 0.5), (0.4, 1.0, 0.1), (0.5, 2.0, 0.3)]
    trials = [Trial({"doctrine.x": at}, each, 0) for at, each in enumerate(figures)]
    found = winners_of(trials, [1, 0, 2, 3], aims, aims[0], bar=0.45)
    assert found == {"balanced": 1, "best_harm_averted": 0, "cheapest_as_good": 3}
    assert {*found, "best_worst_harm_averted"} <= winner_names()


def test_a_verdict_needs_an_interval_that_leaves_zero_out() -> None:
    def verdict(*gain: float | None) -> str:
        return Leaning(winner="w", assumption="", value=None, gain=Estimate(*gain)).verdict  # type: ignore[arg-type]

    assert verdict(0.1, 0.05, 0.2) == "holds"
    assert verdict(0.1, -0.05, 0.2) == "unclear"
    assert verdict(-0.1, -0.2, -0.05) == "reversed"
    assert verdict(0.1, None, None) == "unclear"


def leant(*leanings: tuple[str, Any, float, float | None], winner: str = "w") -> Found:
    """A search of one winner whose advantage under each assumption is a mean with half its interval."""
    kept = [
        Leaning(
            winner=winner,
            assumption=path,
            value=value,
            gain=Estimate(mean) if half is None else Estimate(mean, mean - half, mean + half),
        )
        for path, value, mean, half in leanings
    ]
    one = Judged(
        name="w",
        kind="winner",
        values={},
        searched={"harm_averted": 0.2, "eu_cost": 1.0},
        fresh={"harm_averted": Estimate(0.2, 0.1, 0.3), "eu_cost": Estimate(1.0, 0.9, 1.1)},
        gain={"harm_averted": Estimate(0.1, 0.05, 0.15), "eu_cost": Estimate(0.2, 0.1, 0.3)},
        front=True,
    )
    sizes = dict.fromkeys(("worlds", "replicates", "fresh_worlds", "fresh_replicates", "leaning_replicates"), 4)
    return Found.model_construct(
        design_hash="d",
        title="T",
        objectives=["max harm_averted", "min eu_cost"],
        worst=0.1,
        main="max harm_averted",
        reference="status_quo",
        tried=[],
        judged=[one],
        leanings=kept,
        shares=[],
        **sizes,  # type: ignore[arg-type]
    )


GAIN, SKILL = "scenario.grievance.grievance_gain", "scenario.investigation.skill"


def test_what_an_advantage_leans_on_is_counted_once_and_said_in_words() -> None:
    """Single changes alone are counted: not the scenario as it is, not all at one end, and not by each objective."""
    found = leant(
        ("", None, 0.1, 0.05),
        (SKILL, 0.2, 0.1, 0.2),
        (SKILL, 0.9, 0.01, 0.02),
        (GAIN, 1.0, 0.1, 0.05),
        (GAIN, 9.0, -0.1, 0.05),
        (ALL_AT_ONCE, "low", 0.1, 0.05),
        (ALL_AT_ONCE, "high", -0.1, 0.05),
        ("switches.norms", False, 0.1, 0.05),
        ("switches.punishment", False, 0.0, 0.01),
    )
    said = [sentence for sentence in search_sentences(found) if sentence.startswith("  ")]
    assert said == [
        "  In the scenario as it is, over 4 replicates, its advantage over status_quo in harm averted holds. "
        "Among 6 changes of one assumption (4 ends of uncertain parameters' ranges and 2 mechanisms switched off), "
        "the advantage holds under 2; it is unclear under 3 (skill at 0.2 or 0.9 and punishment "
        "switched off); it is reversed under 1 (grievance gain at 9). With all uncertain parameters at their low "
        "ends it holds and at their high ends it is reversed."
    ]


def test_what_was_met_once_or_not_at_all_leans_on_nothing_that_can_be_said() -> None:
    (once,) = [
        each for each in search_sentences(leant(("", None, 0.1, None), (SKILL, 0.2, 0.1, None))) if each[:2] == "  "
    ]
    assert "takes two replicates" in once
    assert tally(leant(("", None, 0.1, None), (SKILL, 0.2, 0.1, None)), leant().winners[0]) == ""
    assert not [each for each in search_sentences(leant((SKILL, 0.2, 0.1, 0.05), winner="other")) if each[:2] == "  "]
    none = tally(leant((SKILL, 0.2, 0.0, 0.05)), leant().winners[0])
    assert none == (
        "Among 1 change of one assumption (1 end of an uncertain parameter's range), the advantage holds under none; "
        "it is unclear under 1 (skill at 0.2)"
    )


@pytest.fixture
def small(tmp_path: Path) -> list[str]:
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    return ["search", str(tmp_path / "small.toml"), "--quiet", *SHORT, "--out", str(tmp_path / "out")]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small search that is done, by one worker."""
    base = tmp_path_factory.mktemp("search")
    (base / "small.toml").write_text(EXPERIMENT)
    options = ["--quiet", *SHORT, "--out", str(base / "out"), "--workers", "1"]
    assert main(["search", str(base / "small.toml"), *options]) == 0
    return base / "out"


def answer(folder: Path) -> Found:
    found = read_found(open_results(folder / "fresh"))
    assert found is not None
    return found


def files(folder: Path) -> dict[str, bytes]:
    """What a search writes for readers, and the runs of its stages."""
    wanted = ("search.json", "runs.parquet", "design.parquet")
    kept = [path for path in folder.rglob("*") if path.name in wanted or path.suffix in (".toml", ".csv", ".svg")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept}


def test_a_search_killed_on_its_way_ends_with_the_same_bytes(
    small: list[str], tmp_path: Path, done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_tasks, left = sweeping.run_tasks, [3]

    def dying(*arguments: Any) -> Any:
        for finished in run_tasks(*arguments):
            yield finished
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt

    monkeypatch.setattr(sweeping, "run_tasks", dying)
    assert main([*small, "--workers", "2"]) == 130
    monkeypatch.undo()
    assert not (tmp_path / "out" / "fresh").exists()
    assert main([*small, "--workers", "2"]) == 0
    assert files(tmp_path / "out") == files(done)


def being_written(folder: Path) -> set[Path]:
    """Files of which a process has written a part."""
    return set(folder.rglob(f"*{TEMPORARY}"))


@pytest.mark.slow
def test_killed_at_random_moments_it_ends_with_the_same_bytes(
    small: list[str], tmp_path: Path, done: Path, nursery: Nursery
) -> None:
    """SIGKILL, which nothing can prevent: amid a file of a generation, on fresh worlds, and amid what comes last."""
    out, moments = tmp_path / "out", random.Random(20_261_126)
    for stage, amid in (("generations/001", True), ("fresh", False), ("doctrines", True)):
        before = being_written(out)
        child = nursery.begin([*small, "--workers", "2"], seconds=SECONDS)
        try:
            child.wait_for(lambda: (out / stage).exists())  # noqa: B023
            if amid:
                child.wait_for(lambda: bool(being_written(out) - before))  # noqa: B023
            else:
                time.sleep(moments.uniform(0.0, 0.1))
        finally:
            child.kill()
        assert child.wait() == -signal.SIGKILL
    assert files(out) != files(done)
    assert main([*small, "--workers", "2"]) == 0
    assert files(out) == files(done)
    assert not being_written(out)


def test_what_is_there_is_read_and_not_run(
    done: Path, tmp_path: Path, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def started(*_: object) -> None:
        raise AssertionError("something is run")

    monkeypatch.setattr(sweeping, "warm_up", started)
    shutil.copytree(done, tmp_path / "out")
    (tmp_path / "out" / "doctrines" / "best_worst_severe_acts.toml").write_text("the winner of another search")
    (tmp_path / "out" / "doctrines" / "mine.toml").write_text("mine")
    assert main(small) == 0
    assert files(tmp_path / "out") == {**files(done), "doctrines/mine.toml": b"mine"}


def test_the_shipped_doctrines_stand_beside_the_winners_on_fresh_worlds(done: Path) -> None:
    found = answer(done)
    assert {"status_quo", "clear_ladder", "none"} <= {each.name for each in found.judged if each.kind == "shipped"}
    assert found.winners
    (reference,) = (each for each in found.judged if each.name == "status_quo")
    assert all(tuple(gain) == (0.0, 0.0, 0.0) for gain in reference.gain.values())
    values = np.array([[one.sign * each.fresh[one.key].mean for one in found.aims] for each in found.judged])
    assert [each.front for each in found.judged] == non_dominated(values).tolist()
    searched = pl.read_parquet(done / "generations" / "000" / "design.parquet")
    fresh = pl.read_parquet(done / "fresh" / "design.parquet")
    column = "scenario.grievance.grievance_gain"
    assert not set(searched[column]) & set(fresh[column])
    assert open_results(done / "fresh").manifest.seed != open_results(done / "generations" / "000").manifest.seed


def test_saved_doctrines_are_those_that_were_judged_and_can_be_run(done: Path, tmp_path: Path) -> None:
    found = answer(done)
    assert {path.stem for path in (done / "doctrines").glob("*.toml")} == {each.name for each in found.winners}
    for winner in found.winners:
        path = done / "doctrines" / f"{winner.name}.toml"
        doctrine = load_configuration("illustrative", path).doctrine
        wanted = load_configuration(
            "illustrative", "status_quo", {k: v for k, v in winner.values.items() if k != "doctrine"}
        )
        texts = {"title", "idea", "source"}
        assert doctrine.model_dump(exclude=texts) == wanted.doctrine.model_dump(exclude=texts)
        assert "not seen" in doctrine.idea
        assert "deter search" in doctrine.source
    run = ["run", "illustrative", "--doctrine", str(path), "--quiet", *SHORT, "--out", str(tmp_path / "run")]
    assert main(run) == 0


def test_every_assumption_is_asked_of_every_winner(done: Path) -> None:
    found = answer(done)
    asked = [(each.assumption, each.value) for each in found.leanings if each.winner == found.winners[0].name]
    assert asked[0] == ("", None)
    for path in ("scenario.grievance.grievance_gain", "archetypes.major_power.sensitivity.mean"):
        assert len([1 for name, _ in asked if name == path]) == 2
    assert {(ALL_AT_ONCE, "low"), (ALL_AT_ONCE, "high"), ("switches.punishment", False)} <= set(asked)
    assert len(found.leanings) == len(asked) * len(found.winners)
    table = pl.read_csv(done / "tables" / "search_leaning.csv")
    assert set(table["verdict"]) <= {"holds", "unclear", "nothing", "reversed"}


@pytest.mark.slow
def test_an_advantage_that_rests_on_punishment_is_found_out(tmp_path: Path) -> None:
    """Firmness deters through punishment alone: switched off, nothing is left of it, which the report must say."""
    text = EXPERIMENT.replace('"doctrine.clarity" = { low = 0.0, high = 1.0 }\n', "")
    text = text.replace('"doctrine.voting_rule" = ["unanimity", "qmv"]\n', "").replace(
        "low = 0.0, high = 3.0", "low = 2.8, high = 3.0"
    )
    text = text.replace("leaning_replicates = 3", "leaning_replicates = 8").replace("trials = 12", "trials = 4")
    (tmp_path / "firm.toml").write_text(text)
    weeks = ["--set", "scenario.time.weeks=78", "--set", "scenario.time.burn_in=26"]
    assert main(["search", str(tmp_path / "firm.toml"), "--quiet", *weeks, "--out", str(tmp_path / "out")]) == 0
    found = answer(tmp_path / "out")
    verdicts = {each.assumption: each.verdict for each in found.leanings if each.winner == found.winners[0].name}
    assert verdicts[""] == "holds"
    assert verdicts["switches.norms"] == "holds"
    assert verdicts["switches.punishment"] != "holds"
    said = " ".join(search_sentences(found))
    assert "punishment switched off" in said
    assert any(share.parameter == "doctrine.firmness" and share.gain.mean > 0.0 for share in found.shares)


def test_an_edge_is_an_edge(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    plan = plan_of(tmp_path / "small.toml", {})
    assert edge(plan, "doctrine.firmness", 2.99) == "upper"
    assert edge(plan, "doctrine.firmness", 0.0) == "lower"
    assert edge(plan, "doctrine.firmness", 1.5) is None
    assert edge(plan, "doctrine.voting_rule", "qmv") is None
    assert conditions(plan)[0][2]["scenario.grievance.grievance_gain"] == plan.base.scenario.grievance.grievance_gain


def test_figures_can_be_read_and_drawn_again(done: Path) -> None:
    results = open_results(done / "fresh")
    for name in ("front", "leaning"):
        one = opened(name, results, draw(name, results))
        assert_legible([one], crowded=2 if name == "front" else 0)
        assert "95 %" in one.said
        assert "fresh" in one.said or "judged again" in one.said


def test_figures_fit_slides(done: Path) -> None:
    results = open_results(done / "fresh")
    slides.check("front", results, crowded=True)
    slides.cut("leaning", results, 2)


def page_of(folder: Path) -> tuple[Page, str]:
    assert main(["report", str(folder), "--quiet"]) == 0
    text = (folder / "report.html").read_text("utf-8")
    return Page(text), text


def test_a_search_has_a_brief_that_is_whole_in_itself(done: Path, tmp_path: Path) -> None:
    page, text = page_of(done)
    assert not page.open
    assert len(page.loads) == 3
    assert all(address.startswith("data:image/svg+xml;base64,") for address in page.loads)
    found = answer(done)
    said = " ".join(chain.from_iterable(page.texts.values()))
    assert page.texts["h1"] == ["Small"]
    assert "12 candidates in 4 worlds × 2 replicates; judged again in 4 fresh worlds × 2 replicates" in said
    for objective in ("higher deterrence rate", "lower EU cost", "in the worst worlds (the 10 % quantile)"):
        assert objective in said
    for range_ in ("0 to 3; searched", "unanimity, qmv; searched", "1 to 9 (log); drawn for each world"):
        assert range_ in page.texts["dd"]
    for winner in found.winners:
        name = winner.name.replace("_", " ")
        heading = f"Winner “{name}” against “status quo”"
        assert heading in page.texts["h3"]
        assert f"firmness {winner.values['doctrine.firmness']:g}" in said
        assert f"hoosing “{name}” over “status quo”" in said
        for sentence in caveats(found, winner):
            assert sentence in said
    assert "What the advantage of winners depends on" in said
    assert any("also lucky" in text for text in page.texts["li"])
    assert f"deter reproduce {done}/fresh" in said
    assert {"none", "trial_0000", "swift_qmv"} & set(page.texts["td"])
    assert main(["report", str(done), "--out", str(tmp_path / "again.html"), "--quiet"]) == 0
    assert (tmp_path / "again.html").read_text("utf-8") == text


def test_a_brief_quotes_the_figures_of_fresh_worlds(done: Path) -> None:
    """What stands there is what was judged: each objective's difference with its interval, and none without."""
    found, (page, _) = answer(done), page_of(done)
    rows = {row["doctrine"]: row for row in gains(found).iter_rows(named=True)}
    assert "status_quo" not in rows
    assert list(rows)[: len(found.winners)] == [each.name for each in found.winners]
    for each in found.judged:
        for one in found.aims:
            if each.name != found.reference:
                assert rows[each.name][one.text] == estimate_text(*each.gain[one.key])
                assert rows[each.name][one.text] in page.texts["td"]
    alone = [each.model_copy(update={"fresh": bare(each.fresh), "gain": bare(each.gain)}) for each in found.judged]
    brief = brief_of_search(open_results(done / "fresh"), found.model_copy(update={"judged": alone}))
    assert not any("hoosing" in one.text or "On fresh worlds it has" in one.text for one in brief.findings)


def bare(estimates: dict[str, Estimate]) -> dict[str, Estimate]:
    """The same without intervals."""
    return {key: Estimate(one.mean) for key, one in estimates.items()}


def test_an_older_answer_without_ranges_says_what_its_candidates_went_over(done: Path) -> None:
    found = answer(done)
    factors = dict(brief_of_search(open_results(done / "fresh"), found.model_copy(update={"ranges": {}})).factors)
    values = sorted(float(each.values["doctrine.clarity"]) for each in found.tried)
    assert factors["Clarity (0 to 1)"] == f"{values[0]:g} to {values[-1]:g}; searched"


def test_a_search_that_is_not_done_has_no_brief(done: Path, tmp_path: Path, capsys: Capture) -> None:
    shutil.copytree(done, tmp_path / "half")
    path = tmp_path / "half" / "fresh" / "search.json"
    path.write_text(path.read_text()[:-9])
    assert main(["report", str(tmp_path / "half")]) == WRONG_INPUT
    assert "is damaged" in capsys.readouterr().err
    path.unlink()
    assert main(["report", str(tmp_path / "half")]) == WRONG_INPUT
    assert "an unfinished search" in capsys.readouterr().err


WRONG = {
    "no doctrine": (
        lambda text: "\n".join(row for row in text.splitlines() if '"doctrine.' not in row),
        "has no factor of the doctrine",
    ),
    "no worlds": (
        lambda text: text.split('"scenario.grievance')[0],
        "has only factors of the doctrine, so all worlds are the same",
    ),
    "a grid": (
        lambda text: (
            text.split("[design]")[0]
            + '[factors]\n"doctrine.clarity" = [0.0, 1.0]\n"scenario.detection.detection" = [0.1, 0.2]\n'
        ),
        "draws no worlds",
    ),
    "a scale of draws": (
        lambda text: text.replace(
            "[factors]\n", '[factors]\n"doctrine.ratchet" = { low = 0.0, high = 1.0, scale = "exponential" }\n'
        ),
        "is a scale for drawn factors, but this factor is searched",
    ),
    "an objective": (lambda text: text.replace("max harm_averted", "max harm_avertd"), "did you mean 'harm_averted'?"),
    "one objective": (
        lambda text: text.replace(text.split("objectives = ")[1].split("\n")[0], '["max harm_averted"]'),
        "is not a list of at least two objectives",
    ),
    "a reference": (lambda text: text.replace("trials = 12", 'reference = "staus"'), "is no shipped doctrine"),
    "a lead": (lambda text: text.replace("trials = 12", 'lead = "acts"'), "belongs to none of the objectives"),
    "a key": (lambda text: text.replace("trials = 12", "trails = 12"), "trails"),
    "a whole doctrine": (
        lambda text: text + 'doctrine = ["none", "status_quo"]\n',
        "can neither be searched nor make worlds",
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_search_is_answered(case: Any, small: list[str], tmp_path: Path, no_run: None, capsys: Capture) -> None:
    change, words = case
    (tmp_path / "small.toml").write_text(change(EXPERIMENT))
    assert main(small) == WRONG_INPUT
    one_answer(capsys, words)


def test_the_extra_that_is_missing_is_named(
    small: list[str], no_run: None, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert main(small) == WRONG_INPUT
    one_answer(capsys, "needs optuna, which is not installed: pip install 'deter[search]'")


def test_a_folder_of_another_search_is_refused(done: Path, tmp_path: Path, small: list[str], capsys: Capture) -> None:
    shutil.copytree(done, tmp_path / "out")
    assert main([*small, "--seed", "4"]) == WRONG_INPUT
    one_answer(capsys, "holds results of another experiment", "--fresh")
    assert JUDGED_AGAIN > 0


def test_in_python_the_answer_is_that_of_the_command(done: Path, tmp_path: Path) -> None:
    """From the folder that is there nothing is run again."""
    shutil.copytree(done, tmp_path / "out")
    (tmp_path / "small.toml").write_text(EXPERIMENT)
    overrides = dict(pair.split("=") for pair in SHORT if "=" in pair)
    values = {path: int(value) for path, value in overrides.items()}
    assert search(tmp_path / "small.toml", tmp_path / "out", overrides=values) == answer(done)


OBJECTIVES = {
    "worst worlds alone": ("max worst harm_averted", "max worst acts_averted"),
    "worst worlds and cost": ("min worst eu_cost", "max worst harm_averted"),
    "ills alone": ("min eu_cost", "min escalation_rate"),
}


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=() if case == "ills alone" else pytest.mark.slow) for case in OBJECTIVES]
)
def test_any_objectives_end_in_an_answer(case: str, tmp_path: Path, small: list[str]) -> None:
    """Sentences, figures and a brief, also where the mean that winners are judged by was no objective."""
    objectives = ", ".join(f'"{text}"' for text in OBJECTIVES[case])
    (tmp_path / "small.toml").write_text(
        re.sub("objectives = .*", f"objectives = [{objectives}]", EXPERIMENT).replace("trials = 12", "trials = 4")
    )
    assert main(small) == 0
    assert main(["report", str(tmp_path / "out"), "--quiet"]) == 0
    said = " ".join(search_sentences(answer(tmp_path / "out")))
    assert ("where the search said" in said) is (case == "ills alone")
    assert {path.name for path in (tmp_path / "out" / "figures").glob("*.png")} >= {"front.png", "leaning.png"}
