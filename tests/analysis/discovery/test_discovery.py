"""Scenario discovery: a planted rule is found, none where there is none, and everything is said with its doubt."""

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp
from support import slides
from support.look import assert_legible
from support.look import draw as opened
from support.mistakes import Capture, one_answer

from analysis.discovery import rules as discovery
from analysis.discovery.answer import default_condition, read_answer
from analysis.discovery.boxes import Limit, fit_of, inside, noise_range, united
from analysis.discovery.findings import box_text, discovery_sentences
from analysis.discovery.rules import folds, rule, stability
from analysis.report.findings import findings
from analysis.report.gallery import draw
from analysis.results.conditions import Condition, Side, Worlds, condition, condition_text, worlds_of
from analysis.results.folder import COLUMNS_SCHEMA, RUNS_SCHEMA, open_results
from analysis.statistics.ratio import Ratio
from experiments.commands.main import WRONG_INPUT, main
from experiments.design.design import Design, design_of
from experiments.design.experiment import load_experiment
from experiments.store.provenance import manifest_of
from experiments.store.store import open_store
from model.errors import ConfigurationError

pytestmark = [pytest.mark.drawn, pytest.mark.skipif(not find_spec("ema_workbench"), reason="needs the extra ema")]
WORLDS = 80
STEP = 0.08
"""One step of PRIM in a factor between 0 and 1: a twentieth of the box peels, and the sample has gaps."""
NAMES = ("scenario.grievance.grievance_gain", "scenario.investigation.skill", "scenario.detection.detection")
EXPERIMENT = """
title = "Worlds"
question = "Where does it fail?"
replicates = {replicates}
seed = 5
[design]
kind = "latin"
size = {size}
cross = ["doctrine"]
[factors]
doctrine = ["status_quo", "clear_ladder"]
"scenario.grievance.grievance_gain" = {{ low = 1.0, high = 9.0, scale = "log" }}
"scenario.investigation.skill" = {{ low = 0.2, high = 0.8 }}
"scenario.detection.detection" = {{ low = 0.0, high = 1.0 }}
"""


def sample(worlds: int = WORLDS, seed: int = 0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame({f"scenario.choice.f{place}": rng.random(worlds) for place in range(6)})


def planted(frame: pl.DataFrame) -> Any:
    return (frame["scenario.choice.f0"] < 0.5).to_numpy() & (frame["scenario.choice.f3"] > 0.3).to_numpy()


@pytest.mark.parametrize("method", ["PRIM", "CART"])
def test_a_planted_box_is_found_and_nothing_else_is_restricted(method: str) -> None:
    frame = sample()
    found = rule(method, frame, planted(frame))
    (box,) = found.boxes
    assert set(box) == {"scenario.choice.f0", "scenario.choice.f3"}
    assert box["scenario.choice.f0"].low is None
    assert box["scenario.choice.f0"].high == pytest.approx(0.5, abs=STEP)
    assert box["scenario.choice.f3"].low == pytest.approx(0.3, abs=STEP)
    assert found.fit.coverage > 0.9
    assert found.fit.density > 0.85
    assert found.found
    assert found.held_out.density > 0.7


@pytest.mark.parametrize("method", ["PRIM", "CART"])
def test_a_name_is_found(method: str) -> None:
    rules = ["unanimity", "qmv", "coalition"]
    frame = sample().with_columns(rule=pl.Series([rules[place % 3] for place in range(WORLDS)]))
    cases = (frame["rule"] == "qmv").to_numpy() & (frame["scenario.choice.f1"] < 0.8).to_numpy()
    boxes = rule(method, frame, cases).boxes
    assert any(box.get("rule", Limit()).among == ["qmv"] for box in boxes)


@pytest.mark.parametrize("method", ["PRIM", "CART"])
def test_in_noise_nothing_is_found_that_holds(method: str) -> None:
    frame, rng = sample(50), np.random.default_rng(3)
    assert not any(rule(method, frame, rng.random(50) < 0.35).found for _ in range(2))


def test_what_is_found_holds_up_in_subsamples_and_noise_does_not() -> None:
    frame = sample()
    again = stability(frame, planted(frame))
    assert again["scenario.choice.f0"]["high"].share >= 0.9
    assert again["scenario.choice.f0"]["high"].most == pytest.approx(0.5, abs=STEP)
    assert all(side.share < 0.5 for name in again if name[-1] in "1245" for side in again[name].values())


def test_coverage_and_density_are_shares_of_the_cases_and_of_the_box() -> None:
    cases, chosen = np.array([1, 1, 1, 1, 0, 0], bool), np.array([1, 1, 1, 0, 1, 0], bool)
    fit = fit_of(chosen, cases)
    assert (fit.coverage, fit.density, fit.mass, fit.worlds, fit.cases) == (0.75, 0.75, pytest.approx(4 / 6), 4, 3)
    assert fit_of(~cases & False, cases).density is None
    assert fit_of(chosen, cases & False).coverage is None


def test_each_world_is_held_out_once_and_parts_have_their_share_of_the_cases() -> None:
    cases = planted(sample())
    parts = list(folds(cases))
    assert np.sum(parts, axis=0).tolist() == [1] * WORLDS
    assert max(cases[part].sum() for part in parts) - min(cases[part].sum() for part in parts) <= 1


def test_a_box_includes_its_ends() -> None:
    frame = pl.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]})
    assert inside({"a": Limit(low=2.0, high=3.0)}, frame).tolist() == [False, True, True]
    assert inside({"a": Limit(low=2.0), "b": Limit(among=["x"])}, frame).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("text", "wanted", "words"),
    [
        ("harm_averted<0.1", ("harm_averted", "<", 0.1), "harm averted below 10 %"),
        (" eu_cost >= 3 ", ("eu_cost", ">=", 3.0), "EU cost at least 3"),
        ("harm_averted < -150%", ("harm_averted", "<", -1.5), "harm averted below −150 %"),
        ("harm_averted < -5%", ("harm_averted", "<", -0.05), "harm averted below −5 %"),
        ("response_delay>52", ("response_delay", ">", 52.0), "response delay above 52"),
    ],
)
def test_a_condition_is_read_and_said(text: str, wanted: tuple[str, str, float], words: str) -> None:
    assert condition(text) == wanted
    assert condition_text(condition(text)) == words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("harm_averted", ["is no condition", "harm_averted<0.1"]),
        ("harm_averted=0.1", ["is no condition"]),
        ("harm_avertd<0.1", ["is no metric", "did you mean 'harm_averted'?"]),
        ("harm_averted<0.1.2", ["is no number"]),
        ("", ["is no condition"]),
        ("harm_averted<25", ["--target: harm_averted", "is more than the whole", "0.1 or 10%"]),
        ("deterrence_rate>=150%", ["is more than the whole"]),
        ("harm_averted<-25", ["is less than the whole", "-0.1 or -10%"]),
    ],
)
def test_a_wrong_condition_is_answered(text: str, parts: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        condition(text)
    assert all(part in str(caught.value) for part in ["--target", *parts])


def test_a_box_is_said_in_the_order_of_its_doubt() -> None:
    box = {
        "scenario.belief.memory_half_life": Limit(high=80.2, p_high=0.03),
        "archetypes.major_power.sensitivity.mean": Limit(high=5.1, p_high=0.001),
        "doctrine.voting_rule": Limit(among=["qmv"], p_high=0.04),
        "scenario.investigation.skill": Limit(low=0.2, high=0.4, p_low=0.05, p_high=0.05),
    }
    assert box_text(box) == (
        "sensitivity of major power is below 5.1, memory half life below 80.2, voting rule qmv "
        "and skill between 0.2 and 0.4"
    )


def worlds(values: list[list[float]], other: list[list[float]] | None = None) -> Worlds:
    def side(rows: list[list[float]]) -> Side:
        x = np.array(rows, float)
        return Side({"harm_averted": Ratio(1.0 - x, np.ones_like(x), complement=True)})

    frame = pl.DataFrame({"a": list(range(len(values)))})
    return Worlds("d", frame, side(values), "e" if other else None, side(other) if other else None)


def test_a_difference_is_paired_within_worlds_and_replicates() -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.3, (3, 50))
    both = worlds((noise + 0.1).tolist(), noise.tolist())
    assert both.values("harm_averted") == pytest.approx([0.1] * 3)
    assert both.half("harm_averted") == pytest.approx([0.0] * 3, abs=1e-12)
    for part in both.surely([Condition("harm_averted", ">", 0.05)]):
        assert part.tolist() == [True] * 3
    alone = worlds(noise.tolist())
    students = [ttest_1samp(row, 0.0).confidence_interval() for row in noise]
    assert alone.half("harm_averted") == pytest.approx([(ends.high - ends.low) / 2 for ends in students])


def test_what_is_sure_goes_by_the_interval_of_each_world() -> None:
    some = worlds([[0.1, 0.12, 0.11], [0.1, 0.5, 0.3], [0.9, 0.88, 0.89]])
    low, high = Condition("harm_averted", ">", 0.2), Condition("harm_averted", "<", 0.95)
    assert [part.tolist() for part in some.surely([low])] == [[False, False, True], [False, True, True]]
    assert [part.tolist() for part in some.surely([low, high])] == [[False, False, True], [False, True, True]]
    assert [part.tolist() for part in some.surely([low, high], either=True)] == [[True, False, True], [True] * 3]
    lone = worlds([[0.1], [0.9]])
    assert [part.tolist() for part in lone.surely([low])] == [[False] * 2, [True] * 2]
    rows = [[0.26, 0.27, 0.28, 0.29, 0.3]]  # sure of one condition, and not of two at once
    tight = Condition("harm_averted", ">", 0.26)
    assert worlds(rows).surely([tight])[0].tolist() == [True]
    assert worlds(rows).surely([tight, high])[0].tolist() == [False]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(["is", "may be", "is none"])), min_size=1, max_size=7))
def test_doubt_is_what_worlds_on_either_side_could_make_of_it(made: list[tuple[bool, str]]) -> None:
    """Brute force: every way in which the worlds in doubt may turn out."""
    chosen = np.array([inside for inside, _ in made])
    surely, possibly = (np.array([kind in kinds for _, kind in made]) for kinds in (("is",), ("is", "may be")))
    found = noise_range(chosen, surely, possibly)
    fits = []
    for turned in product(*([False, True] if kind == "may be" else [kind == "is"] for _, kind in made)):
        fits.append(fit_of(chosen, np.array(turned)))
    all_cases = [fit.cases / fit.coverage if fit.coverage else 0.0 for fit in fits]
    assert found.cases[0] == int(surely.sum())
    assert max(all_cases) <= found.cases[1] == int(possibly.sum())
    if not chosen.any():
        assert (found.coverage, found.density) == (None, None)
        return
    assert found.coverage is not None
    assert found.density is not None
    densities = [fit.density for fit in fits if fit.density is not None]
    assert found.density == pytest.approx((min(densities), max(densities)))
    covered = [fit.coverage for fit in fits if fit.coverage is not None]
    if covered:
        assert found.coverage == pytest.approx((min(covered), max(covered)))


@pytest.mark.parametrize("replicates", [2, 3, 5, 10, 20])
@pytest.mark.parametrize(("shared", "own"), [(1.0, 0.3), (0.3, 2.0)])
def test_doubt_covers_the_true_cases_and_fits(replicates: int, shared: float, own: float) -> None:
    """Noise that worlds share, and noise of their own; resampled replicates covered coverage in 1 to 95 of 100."""
    rng, times, met, wrong = np.random.default_rng(replicates), 150, np.zeros(3), 0.0
    below = Condition("harm_averted", "<", -0.3)
    for _ in range(times):
        true = rng.normal(size=64)
        noise = shared * rng.normal(size=(1, replicates)) + own * rng.normal(size=(64, replicates))
        surely, possibly = worlds((true[:, None] + noise).tolist()).surely([below])
        cases, chosen = true < -0.3, true + 0.5 * rng.normal(size=64) < -0.3
        found, fit = noise_range(chosen, surely, possibly), fit_of(chosen, cases)
        assert found.coverage is not None
        assert found.density is not None
        truths = (int(cases.sum()), fit.coverage, fit.density)
        for place, (ends, truth) in enumerate(zip((found.cases, found.coverage, found.density), truths, strict=True)):
            met[place] += ends[0] <= truth <= ends[1]
        wrong += float(np.mean((surely & ~cases) | (~possibly & cases)))
    assert (met >= 0.94 * times).all()
    assert wrong / times < 0.03


def test_conditions_hold_jointly_or_one_is_enough() -> None:
    some = worlds([[0.1], [0.3], [0.5]])
    both = [Condition("harm_averted", ">", 0.2), Condition("harm_averted", "<", 0.4)]
    assert some.meet(both).tolist() == [False, True, False]
    assert some.meet(both, either=True).tolist() == [True, True, True]
    assert default_condition(some) == ("harm_averted", "<", pytest.approx(0.3))
    assert default_condition(worlds([[0.1]], [[0.2]])) == ("harm_averted", ">", 0.0)


def folder(tmp: Path, name: str = "out", *, size: int = 60, replicates: int = 3, noise: bool = False) -> Path:
    """A folder of a sweep with planted runs: little harm is averted where grievances are large and skill is low."""
    (tmp / f"{name}.toml").write_text(EXPERIMENT.format(size=size, replicates=replicates))
    design = design_of(load_experiment(tmp / f"{name}.toml"))
    with open_store(tmp / name, manifest_of(design, "sweep", "compiled"), design.frame) as store:
        store.finish(runs_of(design, noise=noise))
    return tmp / name


def runs_of(design: Design, *, noise: bool) -> pl.DataFrame:
    rng, rows = np.random.default_rng(0), []
    for row in design.frame.iter_rows(named=True):
        bad = row[NAMES[0]] > 3.0 and row[NAMES[1]] < 0.55
        averted = rng.random() if noise else 0.1 if bad else 0.4
        averted += 0.05 * (row["doctrine"] == "clear_ladder") * (1 if row[NAMES[2]] > 0.4 else -1)
        for replicate in range(design.replicates):
            figures = {name: 1.0 if str(kind) == "Float64" else 1 for name, kind in COLUMNS_SCHEMA.items()}
            figures["expected_harm"] = 1.0 - averted + 0.02 * float(np.sin(7.0 * replicate + row["point"]))
            which = {"point": row["point"], "replicate": replicate, "seed": 5, "status": "ok", "error": None}
            rows.append({**which, **figures})
    return pl.DataFrame(rows, schema=RUNS_SCHEMA)


@pytest.fixture(scope="module", autouse=True)
def fewer() -> Iterator[None]:
    """Fewer folds and subsamples: PRIM takes a third of a second."""
    # the workbench looks at every frame of the stack as it is imported: a thread has few
    with ThreadPoolExecutor(1) as thread:
        thread.submit(discovery.workbench).result()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discovery, "FOLDS", 4)
        patch.setattr(discovery, "SUBSAMPLES", 5)
        yield


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder(tmp_path_factory.mktemp("discovery"))


@pytest.fixture(scope="module")
def answered(swept: Path) -> Path:
    assert main(["discover", str(swept), "--target", "harm_averted<0.25", "--quiet"]) == 0
    return swept


def test_a_folder_is_answered_with_a_rule_that_can_be_read(answered: Path) -> None:
    answer = read_answer(open_results(answered))
    assert answer is not None
    said = " ".join(discovery_sentences(answer))
    assert f"status_quo: harm averted below 25 % in {answer.cases} of 60 worlds." in said
    assert set(answer.box) == set(NAMES[:2])
    assert "grievance gain above" in said or "grievance gain is above" in said
    assert "skill below" in said or "skill is below" in said
    assert "cross-validation" in said
    assert "Found again in 20 subsamples" in said
    assert answer.unsure == 0
    assert answer.doubt is not None
    assert answer.doubt.cases == (answer.cases, answer.cases)


def test_tables_and_figures_are_written_and_the_figures_can_be_drawn_again(answered: Path) -> None:
    for name in ("discovery", "discovery_fit", "peeling"):
        assert {path.suffix for path in (answered / "tables").glob(f"{name}.*")} == {".parquet", ".csv", ".tex"}
    table = pl.read_parquet(answered / "tables" / "discovery.parquet")
    assert set(table["factor"]) == set(NAMES[:2])
    assert (table["quasi_p"] <= 0.05).all()
    fits = pl.read_parquet(answered / "tables" / "discovery_fit.parquet")
    assert fits["method"].to_list() == ["PRIM", "PRIM", "CART", "CART"]
    steps = pl.read_parquet(answered / "tables" / "peeling.parquet")
    assert steps["coverage"][0] == steps["mass"][0] == 1.0
    assert steps["chosen"].sum() == 1
    for name in ("discovery", "peeling"):
        path = answered / "figures" / f"{name}.svg"
        before = path.read_bytes()
        assert main(["figure", name, str(answered), "--quiet"]) == 0
        assert path.read_bytes() == before


def test_figures_fit_slides(answered: Path) -> None:
    results = open_results(answered)
    assert len(slides.check("discovery", results)) == 1
    assert len(slides.check("peeling", results)) == 1
    points, bars = slides.cut("discovery", results, 2, rows=False)
    assert [figure.axes[0].get_title("left") for figure in (points, bars)] == ["a", "b"]


def test_figures_can_be_read(answered: Path) -> None:
    results = open_results(answered)
    for name in ("discovery", "peeling"):
        one = opened(name, results, draw(name, results))
        assert_legible([one])
        assert min(text.get_fontsize() for text, _ in one.texts) >= 7.0
        assert "n = 60 worlds × 3 replicates" in one.said
        assert "-fold cross-validation" in one.said
    one = opened("discovery", results, draw("discovery", results))
    marks = {line.get_marker() for line in one.figure.axes[0].lines}
    assert {"^", "o"} <= marks
    answer = read_answer(results)
    assert answer is not None
    assert one.figure.texts[0].get_text().replace("\n", " ") == discovery_sentences(answer)[0].removesuffix(".")


def test_the_first_sentence_says_where_it_happens_that_it_is_not_known_or_that_nothing_can_be_said(
    answered: Path,
) -> None:
    """Where noise leaves most worlds open, no rule over them is a finding, however well it fits."""
    answer = read_answer(open_results(answered))
    assert answer is not None
    first = discovery_sentences(answer)[0]
    assert first.startswith("status_quo has harm averted below 25 % mostly where ")
    assert first.endswith(
        f"in {answer.prim.fit.cases} of {answer.prim.fit.worlds} worlds there, and in 0 of 42 elsewhere."
    )
    half, most = (answer.model_copy(update={"unsure": unsure}) for unsure in (30, 31))
    assert discovery_sentences(half)[0] == first
    assert discovery_sentences(most)[0].startswith(
        "It is unclear where status_quo has harm averted below 25 %: 31 of 60 worlds are open"
    )
    chance = answer.model_copy(update={"rules": [answer.prim.model_copy(update={"p": 0.5}), answer.rules[1]]})
    assert discovery_sentences(chance)[0].startswith("No rule was found")


def test_the_rule_stands_first_among_the_findings(answered: Path) -> None:
    results = open_results(answered)
    answer = read_answer(results)
    assert answer is not None
    told = discovery_sentences(answer)
    assert [(one.text, one.n, one.unit) for one in findings(results)[: len(told)]] == [
        (text, 60, "worlds") for text in told
    ]


def test_an_answer_about_other_results_is_not_shown(answered: Path, tmp_path: Path) -> None:
    other = folder(tmp_path, size=64)
    (other / "discovery.json").write_bytes((answered / "discovery.json").read_bytes())
    assert read_answer(open_results(other)) is None
    with pytest.raises(ConfigurationError, match="has no figure discovery, which is one of folders in which"):
        draw("discovery", open_results(other))


def test_where_one_doctrine_beats_another(tmp_path: Path, capsys: Capture) -> None:
    command = ["discover", str(folder(tmp_path)), "--doctrine", "clear_ladder", "--against", "status_quo"]
    assert main(command) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "clear_ladder: harm averted above 0 points beyond that of status_quo (in the same world) in " in said
    limit = re.search(r"worlds in which detection is above ([0-9.]+);", said)
    assert limit is not None
    assert float(limit[1]) == pytest.approx(0.4, abs=STEP)


def test_nothing_found_is_said(tmp_path: Path, capsys: Capture) -> None:
    assert main(["discover", str(folder(tmp_path, noise=True))]) == 0
    printed = capsys.readouterr()
    said = " ".join(printed.out.split())
    assert "PRIM found nothing" in said
    assert "an assumption; --target gives another" in said
    assert "arning" not in printed.err


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (["--target", "harm_averted<1"], ["holds in all of 60 worlds", "10 worlds at least"]),
        (["--target", "harm_averted<-1"], ["holds in none of 60 worlds"]),
        (["--target", "harm_averted<0.25", "--target", "escalation_rate<0.5"], ["holds in none"]),
        (["--doctrine", "staus_quo"], ["--doctrine", "is no doctrine of this folder", "did you mean 'status_quo'?"]),
        (["--against", "none"], ["--against", "is no doctrine of this folder", "status_quo, clear_ladder"]),
        (["--against", "status_quo"], ["is the doctrine itself"]),
        (["--target", "harm<1"], ["is no metric"]),
    ],
)
def test_a_wrong_question_is_answered(options: list[str], parts: list[str], swept: Path, capsys: Capture) -> None:
    assert main(["discover", str(swept), *options]) == WRONG_INPUT
    one_answer(capsys, *parts)


def test_how_the_two_methods_go_together_is_said_where_they_disagree(answered: Path) -> None:
    answer = read_answer(open_results(answered))
    assert answer is not None
    assert "do not contradict" not in " ".join(discovery_sentences(answer))
    prim, cart = answer.rules
    torn = answer.model_copy(update={"rules": [prim.model_copy(update={"p": 0.5}), cart]})
    assert "The two do not contradict each other" in discovery_sentences(torn)[-1]


def test_choices_are_no_worlds(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "dials.toml").write_text(
        'title = "T"\nquestion = "Q?"\nreplicates = 2\nseed = 1\n[factors]\n"doctrine.clarity" = [0.0, 0.5, 1.0]\n'
        '"switches.norms" = [true, false]\n'
    )
    design = design_of(load_experiment(tmp_path / "dials.toml"))
    with open_store(tmp_path / "dials", manifest_of(design, "sweep", "compiled"), design.frame) as store:
        rows = [
            {"point": point, "replicate": replicate, "seed": 1, "status": "ok", "error": None}
            | {name: 1.0 if str(kind) == "Float64" else 1 for name, kind in COLUMNS_SCHEMA.items()}
            for point in range(design.points)
            for replicate in range(2)
        ]
        store.finish(pl.DataFrame(rows, schema=RUNS_SCHEMA))
    assert main(["discover", str(tmp_path / "dials")]) == WRONG_INPUT
    one_answer(capsys, "varies what is chosen (doctrine.clarity, switches.norms)", "deter sweep uncertain_worlds")


def test_leaves_that_unite_are_one_box() -> None:
    names = {"rule": {"qmv", "unanimity", "none"}}
    left = {"a": Limit(high=0.4), "b": Limit(high=0.7)}
    right = {"a": Limit(low=0.4), "b": Limit(high=0.7)}
    assert united([left, right], names) == [{"b": Limit(high=0.7)}]
    assert united([left, {"a": Limit(low=0.5), "b": Limit(high=0.7)}], names) == [
        left,
        {"a": Limit(low=0.5), "b": Limit(high=0.7)},
    ]
    above = {"b": Limit(low=0.7)}
    assert united([left, above, right], names) == [{}]
    of_names = [{"rule": Limit(among=[name])} for name in ("qmv", "none")]
    assert united(of_names, names) == [{"rule": Limit(among=["none", "qmv"])}]
    assert united([*of_names, {"rule": Limit(among=["unanimity"])}], names) == [{}]
    middle = {"a": Limit(low=0.2, high=0.3)}
    assert united([middle, {"a": Limit(low=0.3, high=0.6)}], names) == [{"a": Limit(low=0.2, high=0.6)}]


def test_few_worlds_are_refused_with_their_count(tmp_path: Path, capsys: Capture) -> None:
    assert main(["discover", str(folder(tmp_path, size=12))]) == WRONG_INPUT
    one_answer(capsys, "has 12 worlds", "20 at least")


def test_folders_without_a_sample_of_worlds(tmp_path: Path, swept: Path, capsys: Capture) -> None:
    (tmp_path / "plain.toml").write_text(
        'title = "T"\nquestion = "Q?"\nreplicates = 2\nseed = 1\n[factors]\ndoctrine = ["status_quo", "none"]\n'
    )
    design = design_of(load_experiment(tmp_path / "plain.toml"))
    with open_store(tmp_path / "plain", manifest_of(design, "sweep", "compiled"), design.frame) as store:
        pass
    assert main(["discover", str(tmp_path / "plain")]) == WRONG_INPUT
    one_answer(capsys, "is not complete: 0 runs are there")
    manifest = json.loads((tmp_path / "plain" / "manifest.json").read_text())
    pl.DataFrame(schema=RUNS_SCHEMA).write_parquet(tmp_path / "plain" / "runs.parquet")
    sha256 = hashlib.sha256((tmp_path / "plain" / "runs.parquet").read_bytes()).hexdigest()
    manifest["files"]["runs.parquet"] = {"rows": 0, "sha256": sha256}
    (tmp_path / "plain" / "manifest.json").write_text(json.dumps({**manifest, "status": "complete"}))
    with pytest.raises(ConfigurationError, match="holds failed runs alone"):
        worlds_of(open_results(tmp_path / "plain"), ["harm_averted"])
    assert store.manifest.points == 2
    assert main(["discover", str(tmp_path / "nowhere")]) == WRONG_INPUT
    one_answer(capsys, "is not a folder of results")


def test_failed_runs_are_left_out_and_a_world_without_any_is_counted(tmp_path: Path) -> None:
    path = folder(tmp_path)
    results = open_results(path)
    gone = pl.col("point").is_in([3]) | ((pl.col("point") == 4) & (pl.col("replicate") == 1))
    failed = pl.when(gone).then(pl.lit("failed")).otherwise("status")
    results.__dict__["runs"] = results.runs.with_columns(status=failed)
    found = worlds_of(results, ["harm_averted"], "status_quo")
    assert found.left_out == 1
    assert found.frame.height == 59
    assert 3 not in found.points
    assert np.isfinite(found.values("harm_averted")).all()


def test_the_extra_that_is_missing_is_named(swept: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis", None)
    assert main(["discover", str(swept)]) == WRONG_INPUT
    one_answer(capsys, "needs the EMA Workbench, which is not installed; pip install 'deter[ema]'")
