"""Why a doctrine works: contributions sum to the effect, agree with the estimates, and have honest standard errors."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support import look, slides
from support.page import Page

from analysis.decomposition import tables as causes
from analysis.decomposition.contributions import (
    AVERTED,
    DIFFERENCE,
    FULL,
    REST,
    contributions,
    estimate_forms,
    game_ratios,
)
from analysis.decomposition.findings import feature_sentences, mechanism_sentences
from analysis.decomposition.games import FEATURES, MECHANISMS, Game, differing_features, feature_game, mechanism_games
from analysis.decomposition.shapley import shapley_forms, shapley_values
from analysis.report.decomposition import Decomposition
from analysis.report.findings import findings
from analysis.report.gallery import draw
from analysis.results.folder import Results, open_results
from analysis.statistics.estimates import ratio_of_sums
from analysis.statistics.ratio import Ratio
from experiments import run_sweep
from experiments.commands.main import main
from experiments.running.decompose import Decomposing, features_design
from experiments.running.sweep import carry_out
from experiments.terminal.decomposition import decompose
from experiments.terminal.screen import Screen
from model.configuration import load_configuration
from model.errors import ConfigurationError
from model.loading import find
from model.policy import Doctrine

PARTS = ("mechanisms", "features")
SHORT = {"scenario.time.weeks": 40, "scenario.time.burn_in": 4}
EVERYBODY = {f"switches.{name}": True for name in MECHANISMS}


def decomposed(folder: Path, replicates: int) -> Decomposition:
    asked = Decomposing(["swift_qmv"], "status_quo", "illustrative", replicates, 3, SHORT, parts=PARTS)
    return decompose(Screen(quiet=True), asked, folder, 1, fresh=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("why")


@pytest.fixture(scope="module")
def found(folder: Path) -> Decomposition:
    return decomposed(folder, 4)


@pytest.fixture(scope="module")
def mechanisms(found: Decomposition) -> Results:
    return found.folders["mechanisms"]


@pytest.fixture(scope="module")
def features(found: Decomposition) -> Results:
    return found.folders["features-swift_qmv"]


def sums_of(frame: pl.DataFrame, *by: str) -> pl.DataFrame:
    return frame.filter(pl.col("way") == "shapley").group_by(*by, maintain_order=True).agg(pl.col("mean").sum())


def test_mechanisms_and_what_none_explains_sum_to_the_whole_effect(mechanisms: Results) -> None:
    frame = causes.mechanism_contributions(mechanisms)
    checked = 0
    for game, metric, total in sums_of(frame, "game", "metric").iter_rows():
        held = frame.filter((pl.col("game") == game) & (pl.col("metric") == metric))
        rest = held.filter(part=REST)["mean"].sum()
        assert abs(total + rest - held.filter(part=FULL)["mean"].item()) < 1e-9
        checked += 1
    assert checked == 2 * len(AVERTED)


def test_none_of_the_mechanisms_leaves_exactly_nothing_which_is_not_shown(mechanisms: Results) -> None:
    frame = causes.mechanism_contributions(mechanisms)
    assert (frame.filter(part=REST)["mean"] == 0.0).all()
    assert frame.filter(part=REST).height == len(AVERTED)
    assert causes.without_nothing(frame).filter(part=REST).is_empty()
    assert {*MECHANISMS, FULL} == set(causes.without_nothing(frame)["part"])
    left = frame.with_columns(mean=pl.when(part=REST).then(0.01).otherwise("mean"))
    assert causes.without_nothing(left).equals(left)


def test_features_sum_to_the_paired_difference(features: Results) -> None:
    frame, last = causes.feature_contributions(features), features.manifest.points - 1
    for metric, total in sums_of(frame, "metric").iter_rows():
        by_point = {row["point"]: row["mean"] for row in features.estimate(["point"], [metric]).iter_rows(named=True)}
        assert abs(total - (by_point[last] - by_point[0])) < 1e-9
        assert (
            abs(total - frame.filter((pl.col("metric") == metric) & (pl.col("part") == DIFFERENCE))["mean"].item())
            < 1e-9
        )


def test_the_whole_effect_is_the_estimate_with_its_interval(mechanisms: Results) -> None:
    """The game's full coalition is the doctrine as it is: same mean, standard error and n as in every other table."""
    whole = mechanisms.design.filter(pl.all_horizontal(pl.col(name) for name in EVERYBODY))["point"].item()
    frame = causes.mechanism_contributions(mechanisms).filter((pl.col("part") == FULL) & (pl.col("game") == "toolbox"))
    assert frame.height == 3
    for row in frame.iter_rows(named=True):
        kept = mechanisms.estimate(["point"], [row["metric"]]).filter(point=whole).row(0, named=True)
        for name in ("mean", "standard_error", "low", "high", "n"):
            assert row[name] == pytest.approx(kept[name], abs=1e-12), name


def test_worlds_without_a_mechanism_are_those_of_the_game(found: Decomposition, mechanisms: Results) -> None:
    """The reference of `without` is the coalition of all the others, run by run and bit by bit."""
    without = found.folders["without"]
    for point, row in enumerate(without.design.to_dicts()):
        off = {name: row[f"reference.switches.{name}"] for name in MECHANISMS}
        assert sum(off.values()) == len(MECHANISMS) - 1
        same = pl.all_horizontal(pl.col(f"switches.{name}") == on for name, on in off.items())
        coalition = mechanisms.design.filter(same)["point"].item()
        ours = without.runs.filter(point=point)["twin_expected_harm"]
        theirs = mechanisms.runs.filter(point=coalition)["expected_harm"]
        assert ours.to_list() == theirs.to_list()


def test_denial_deters_without_attribution(found: Decomposition) -> None:
    """Measured with switches, against the world without it; against the no-toolbox twin it leaves less to avert."""
    frame = found.tables["without"].frame
    denial = frame.filter((pl.col("mechanism") == "denial") & (pl.col("metric") == "harm_averted")).row(0, named=True)
    assert denial["low"] > 0.0
    assert frame["mechanism"].unique(maintain_order=True).to_list() == list(MECHANISMS)


def test_the_first_point_is_the_reference_and_the_last_the_doctrine(features: Results) -> None:
    design = features_design(Decomposing(["swift_qmv"], scenario="illustrative", overrides=SHORT), "swift_qmv")
    assert design is not None
    for point, name in ((0, "status_quo"), (design.points - 1, "swift_qmv")):
        got, wanted = design.configuration(point).doctrine, load_configuration("illustrative", name, SHORT).doctrine
        assert got.model_dump(exclude={"title", "idea", "source"}) == wanted.model_dump(
            exclude={"title", "idea", "source"}
        )
    game = feature_game(features)
    assert game is not None
    assert game.players == ("signalling", "proportionality", "decision rule", "delay")
    assert game.points[0] == 0
    assert game.points[-1] == design.points - 1


def test_every_field_of_a_doctrine_belongs_to_one_feature() -> None:
    fields = [field for held in FEATURES.values() for field in held]
    assert sorted(fields) == sorted(set(Doctrine.model_fields) - {"title", "idea", "source"})


def test_phases_are_one_feature_that_comes_with_the_doctrine_whole(tmp_path: Path) -> None:
    values = {**SHORT, "scenario.time.weeks": 52, "scenario.time.burn_in": 52}
    text = find("doctrines", "adaptive_pressure").read_text("utf-8").replace("partners = 0.3", "partners = 0.6")
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    mine = str(tmp_path / "mine.toml")
    asked = Decomposing([mine], scenario="illustrative", replicates=1, overrides=values)
    design = features_design(asked, mine)
    assert design is not None
    for point in range(design.points):
        row, doctrine = design.frame.row(point, named=True), design.configuration(point).doctrine
        assert bool(doctrine.phases) == (row["doctrine"] == mine)
        assert doctrine.partners == row["doctrine.partners"]
    results = carry_out(design, tmp_path / "features", 1)
    game = feature_game(results)
    assert game is not None
    assert game.players == ("partners", "phases")
    assert game.points == (0, 2, 1, 3)


def test_features_that_do_not_differ_are_no_players() -> None:
    one, other = (load_configuration(doctrine=name).doctrine for name in ("strategic_ambiguity", "status_quo"))
    assert list(differing_features(one, other)) == ["signalling"]
    assert differing_features(other, other) == {}


def test_doctrines_alike_have_no_features_to_tell_apart() -> None:
    names = Decomposing(["status_quo", "clear_ladder"], replicates=1, overrides=SHORT).designs
    assert list(names) == ["mechanisms", "without", "features-clear_ladder", "categories", "measures"]


def made_up(coalitions: int, replicates: int, seed: int = 1) -> Ratio:
    """Sums of a game whose coalitions share most of their luck."""
    rng = np.random.default_rng(seed)
    below = rng.gamma(20.0, 1.0, replicates) * np.ones((coalitions, 1))
    effect = np.linspace(0.1, 0.6, coalitions)[:, None]
    above = below * (effect + 0.1 * rng.normal(size=replicates)) + 0.2 * rng.normal(size=(coalitions, replicates))
    return Ratio(above, below * (1.0 + 0.02 * rng.random((coalitions, replicates))))


def test_standard_errors_are_those_of_the_jackknife() -> None:
    ratios, forms = made_up(8, 300), shapley_forms(3)
    found = estimate_forms(forms, ratios)
    error, n = found.standard_error, int(found.n[0])
    left_out = []
    for gone in range(n):
        kept = np.arange(n) != gone
        left_out.append(shapley_values(ratios.above[:, kept].sum(1) / ratios.below[:, kept].sum(1)))
    jackknife = np.sqrt((n - 1) * np.var(left_out, axis=0))
    assert error == pytest.approx(jackknife, rel=0.02)


def test_common_luck_drops_out() -> None:
    """Without pairing the standard error would be that of unrelated coalitions, several times as wide."""
    ratios, forms = made_up(8, 300), shapley_forms(3)
    error = estimate_forms(forms, ratios).standard_error
    rng = np.random.default_rng(2)
    orders = [rng.permutation(300) for _ in range(8)]
    apart = Ratio(*(np.stack([row[order] for row, order in zip(part, orders, strict=True)]) for part in ratios[:2]))
    unpaired = estimate_forms(forms, apart).standard_error
    assert (unpaired > 2.0 * error).all()


def test_one_ratio_is_the_ratio_of_sums() -> None:
    ratios = made_up(2, 50)
    found = estimate_forms(np.eye(2), ratios)
    mean, error, n = found.mean, found.standard_error, found.n
    for row in range(2):
        one = ratio_of_sums(ratios.above[row], ratios.below[row], np.zeros(50, np.int64), 1)
        assert (mean[row], error[row], n) == pytest.approx((one.mean[0], one.standard_error[0], one.n[0]))


def test_a_part_that_changes_nothing_contributes_nothing_for_certain() -> None:
    ratios = made_up(4, 30)
    same = Ratio(*(part[[0, 1, 0, 1]] for part in ratios[:2]))
    frame = contributions(Game(("something", "nothing"), (0, 1, 2, 3)), {"acts_averted": same})
    nothing = frame.filter((pl.col("part") == "nothing") & (pl.col("way") == "shapley")).row(0, named=True)
    assert nothing["mean"] == pytest.approx(0.0, abs=1e-15)
    assert nothing["standard_error"] == pytest.approx(0.0, abs=1e-15)


def test_one_replicate_has_no_interval_and_undefined_ratios_no_value() -> None:
    frame = contributions(Game(("a",), (0, 1)), {"acts_averted": made_up(2, 1)})
    assert frame["low"].to_list() == [None] * frame.height
    assert None not in frame["mean"].to_list()
    empty = contributions(Game(("a",), (0, 1)), {"acts_averted": Ratio(np.ones((2, 3)), np.zeros((2, 3)))})
    assert empty["mean"].to_list() == [None] * empty.height
    assert set(empty["n"]) == {0}


def test_replicates_that_failed_somewhere_are_left_out_everywhere(features: Results) -> None:
    broken = Results(features.folder, features.manifest)
    bad = (pl.col("point") == 5) & (pl.col("replicate") == 2)
    broken.runs = features.runs.with_columns(status=pl.when(bad).then(pl.lit("failed")).otherwise("status"))
    assert set(causes.feature_contributions(broken)["n"]) == {3}
    broken = Results(features.folder, features.manifest)
    bad = pl.col("point") == 5
    broken.runs = features.runs.with_columns(status=pl.when(bad).then(pl.lit("failed")).otherwise("status"))
    with pytest.raises(ConfigurationError, match="no replicate in which every combination"):
        causes.feature_contributions(broken)


def test_other_folders_play_no_game(folder: Path, features: Results, mechanisms: Results, tmp_path: Path) -> None:
    (tmp_path / "e.toml").write_text(
        'title = "T"\nquestion = "Q?"\nreplicates = 1\nseed = 1\n[factors]\n"doctrine.clarity" = [0.0, 1.0]\n'
    )
    other = run_sweep(tmp_path / "e.toml", tmp_path / "e", overrides={**SHORT, "scenario.time.weeks": 2})
    for results in (other, features):
        assert mechanism_games(results) == {}
        with pytest.raises(ConfigurationError, match="every combination"):
            causes.mechanism_contributions(results)
    for results in (other, mechanisms):
        assert feature_game(results) is None
        with pytest.raises(ConfigurationError, match="every combination"):
            causes.feature_contributions(results)
    with pytest.raises(ConfigurationError, match="less a mechanism"):
        causes.without_mechanisms(features)
    with pytest.raises(ConfigurationError, match="has no figure mechanisms"):
        draw("mechanisms", open_results(folder / "features-swift_qmv"))


def row(part: str, mean: float, half: float | None, way: str | None = "shapley") -> dict[str, Any]:
    low, high = (None, None) if half is None else (mean - half, mean + half)
    return {"part": part, "way": way, "metric": "harm_averted", "mean": mean, "low": low, "high": high}


def test_sentences_claim_nothing_where_zero_lies_in_the_interval() -> None:
    rows = [row("delay", 0.012, 0.02), row("partners", 0.03, 0.01), row("proportionality", -0.02, 0.01)]
    frame = pl.DataFrame([*rows, row("signalling", 0.0001, 0.00005), row(DIFFERENCE, 0.0221, 0.01, None)])
    assert list(feature_sentences(frame, "Mine", "Status quo")) == [
        "Mine averts 2.2 ±1.0 points more of the twin's harm than Status quo. Contributions to the difference: "
        "partners 3.0 ±1.0 and "
        "proportionality −2.0 ±1.0; next to nothing from signalling; unclear for delay."
    ]
    unclear = pl.DataFrame([*rows, row(DIFFERENCE, 0.01, 0.02, None)])
    assert list(feature_sentences(unclear, "Mine", "Status quo")) == [
        "Mine: it is unclear whether it averts more or less harm than Status quo (1.0 ±2.0 points)."
    ]
    gone = mechanism_sentences(
        pl.DataFrame([row("norms", 0.5, 0.1), row(REST, -0.3, 0.1, None), row(FULL, 0.2, 0.1, None)]).with_columns(
            doctrine=pl.lit("mine"), game=pl.lit("toolbox")
        ),
        {"mine": "Mine"},
    )
    assert next(gone).endswith("there is more harm under the doctrine than in its twin, by 30.0 ±10.0.")
    uneven = [row("delay", -0.05, 0.01) | {"low": -0.09, "high": -0.04}, row(DIFFERENCE, -0.05, 0.01, None)]
    uneven[1] |= {"low": -0.09, "high": -0.04}
    assert list(feature_sentences(pl.DataFrame(uneven), "Mine", "Status quo")) == [
        "Mine averts 5.0 [4.0, 9.0] points less of the twin's harm than Status quo. Contributions to the difference: "
        "delay −5.0 "
        "[−9.0, −4.0]."
    ]
    alone = pl.DataFrame([row("delay", 0.01, None), row(DIFFERENCE, 0.01, None, None)])
    (said,) = feature_sentences(alone, "Mine", "Status quo")
    assert "nothing can be said about harm averted because it has no interval" in said
    assert not any(letter.isdigit() for letter in said)


def test_sentences_on_mechanisms_name_the_doctrine(found: Decomposition) -> None:
    said = [sentence for sentence in found.sentences if "of the twin's harm. Contributions in points" in sentence]
    assert len(said) == 1
    assert said[0].startswith("Swift majority averts")
    assert "punishment" in said[0]


def test_tables_and_figures_are_written_and_can_be_drawn_again(folder: Path, found: Decomposition) -> None:
    settings = [word for path, value in SHORT.items() for word in ("--set", f"{path}={value}")]
    words = ["why", "swift_qmv", "--scenario", "illustrative", "--replicates", "4", "--seed", "3", "--quiet", *settings]
    words += ["--parts", ",".join(PARTS)]
    assert main([*words, "--out", str(folder)]) == 0
    assert {path.name for path in (folder / "tables").glob("*.parquet")} == {
        "mechanisms.parquet",
        "without.parquet",
        "features.parquet",
    }
    assert {path.stem for path in (folder / "figures").glob("*.png")} == set(found.figures)
    frame = pl.read_parquet(folder / "tables" / "features.parquet")
    assert frame.columns[:4] == ["doctrine", "reference", "part", "way"]


def test_what_is_there_is_not_run_again(folder: Path, found: Decomposition, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: object, **__: object) -> None:
        raise AssertionError("a simulation was started")

    monkeypatch.setattr("experiments.running.sweep.warm_up", started)
    again = decomposed(folder, 4)
    for name, table in found.tables.items():
        assert again.tables[name].frame.equals(table.frame)
    with pytest.raises(ConfigurationError, match="fresh"):
        decomposed(folder, 5)


@pytest.mark.filterwarnings("error")
def test_figures_can_be_read(found: Decomposition, mechanisms: Results, features: Results) -> None:
    drawn = [look.draw(f"{name}", mechanisms, draw(name, mechanisms)) for name in ("mechanisms", "mechanisms_world")]
    drawn.append(look.draw("features", features, draw("features", features)))
    look.assert_legible(drawn)
    look.assert_printable(drawn)
    look.assert_filled(drawn)
    for one in drawn:
        assert f"design {one.results.manifest.design_hash[:8]}" in one.said
        assert "n = 4 replicates" in one.said
        labels = [axes.get_xlabel() for axes in one.figure.axes if axes.get_xlabel()]
        assert labels
        assert all("(%" in label for label in labels)


@pytest.mark.filterwarnings("error")
def test_figures_fit_slides(mechanisms: Results, features: Results) -> None:
    assert len(slides.check("mechanisms", mechanisms)) == mechanisms.design["doctrine"].n_unique()
    assert len(slides.check("features", features)) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["clear_lader"], "clear_ladder"),
        (["clear_ladder", "--reference", "nowhere"], "nowhere"),
        (["clear_ladder", "clear_ladder"], "named twice"),
        (["clear_ladder", "--scenario", "basline"], "baseline"),
        (["clear_ladder", "--set", "doctrine.clarity=0.2"], "doctrine.clarity"),
        (["clear_ladder", "--set", "switches.norms=false"], "switches.norms"),
        (["clear_ladder", "--set", "reference.doctrine=status_quo"], "reference.doctrine"),
        (["clear_ladder", "--replicates", "0"], "--replicates"),
        ([], "DOCTRINE"),
    ],
)
@pytest.mark.usefixtures("no_run")
def test_wrong_input_is_refused_before_anything_is_run(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", *words, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_command_shows_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.toml").write_text(
        Path("configs/doctrines/status_quo.toml").read_text().replace("clarity = 0.4", "clarity = 0.9")
    )
    settings = [word for path, value in SHORT.items() for word in ("--set", f"{path}={value}")]
    words = ["why", str(tmp_path / "mine.toml"), "--replicates", "2", "--workers", "1", *settings]
    assert main([*words, "--scenario", "illustrative", "--out", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr()
    assert "Status quo: its mechanisms" in shown.out
    assert "Signalling" in shown.out
    assert "Whole difference" in shown.out
    assert (tmp_path / "out" / "figures" / "features-mine.svg").exists()


def page_of(folder: Path) -> Page:
    assert main(["report", str(folder), "--quiet"]) == 0
    return Page((folder / "report.html").read_text("utf-8"))


def test_the_folder_has_one_brief_that_answers_its_question(
    folder: Path, found: Decomposition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    page = page_of(Path(folder.name))
    assert page.texts["h1"] == ["Mechanisms and features of “Swift majority”"]
    said = page.texts["li"]
    assert [text for text in found.sentences if text not in said] == []
    assert said[0] == found.sentences[0]
    assert any(
        text.startswith("Swift majority: each mechanism averts, in per cent of the harm in the same world without it")
        for text in said
    )
    headings = " | ".join(page.titles)
    assert all(table.title in headings for table in found.tables.values())
    assert set(page.figures) == set(found.figures)
    again = page.texts["pre"][0]
    for name in found.folders:
        assert f"deter reproduce {folder.name}/{name} " in again
        assert (folder.parent / folder.name / name).is_dir()
    assert any("under “No toolbox”" in text for text in page.texts["p"])
    assert any(found.folders["without"].manifest.stamp in text for text in page.texts["dd"])


def test_a_sweep_of_it_is_not_averaged_over_its_combinations(found: Decomposition) -> None:
    said = {name: findings(results) for name, results in found.folders.items()}
    assert all(said.values())
    assert all(one.n == 4 for held in said.values() for one in held)
    for held in said.values():
        assert not [one.text for one in held if "averaged over" in one.text or one.heading == "Main effects"]
    for name in ("mechanisms", "features-swift_qmv"):
        assert [one.text for one in said[name] if one.text not in found.sentences] == []


def test_the_page_of_a_sweep_of_it_names_its_own_twin_and_has_its_own_figure(found: Decomposition) -> None:
    page = page_of(found.folders["without"].folder)
    assert any("Twin: the same world, on the same random numbers, as each" in text for text in page.texts["p"])
    assert not any("under “No toolbox”" in text for text in page.texts["p"])
    assert "Twin: Denial" in page.texts["dt"]
    assert "features" in page_of(found.folders["features-swift_qmv"].folder).figures


def test_what_is_not_done_has_no_brief(
    folder: Path, found: Decomposition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder, tmp_path / "half")
    without = found.folders["without"].manifest.model_copy(update={"status": "running"})
    (tmp_path / "half" / "without" / "manifest.json").write_text(without.model_dump_json())
    assert main(["report", str(tmp_path / "half")]) == 2
    assert "unfinished sweeps" in capsys.readouterr().err


def test_a_folder_of_folders_names_those_that_have_a_brief(
    folder: Path, found: Decomposition, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(folder, tmp_path / "why")
    shutil.copytree(found.folders["without"].folder, tmp_path / "sweep")
    (tmp_path / "search" / "generations").mkdir(parents=True)
    (tmp_path / "notes").mkdir()
    assert main(["report", str(tmp_path)]) == 2
    allowed = ", ".join(str(tmp_path / name) for name in ("search", "sweep", "why"))
    assert capsys.readouterr().err.endswith(f"allowed: {allowed}\n")


@pytest.mark.parametrize("command", [["explain"], ["reproduce"], ["figure", "mechanisms"]])
def test_commands_that_take_a_sweep_name_those_of_the_folder(
    command: list[str], folder: Path, found: Decomposition, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, str(folder)]) == 2
    said = capsys.readouterr().err
    assert all(f"{folder.name}/{name}" in said for name in found.folders)


@pytest.mark.usefixtures("no_run")
def test_a_folder_of_something_else_is_refused_before_anything_is_run(
    mechanisms: Results, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a sweep, or with files that nobody knows: what lies there is not touched, and takes in nothing."""
    shutil.copytree(mechanisms.folder, tmp_path / "sweep")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "notes.txt").touch()
    for name, problem in (("sweep", "results of another kind"), ("files", "not results of deter why")):
        for fresh in ([], ["--fresh"]):
            before = sorted(path.name for path in (tmp_path / name).iterdir())
            assert main(["why", "swift_qmv", *fresh, "--out", str(tmp_path / name)]) == 2
            said = capsys.readouterr().err
            assert problem in said
            assert "--out" in said
            assert said.count("\n") == 1
            assert sorted(path.name for path in (tmp_path / name).iterdir()) == before


def test_sweeps_below_a_folder_are_no_part_of_its_page(
    mechanisms: Results, found: Decomposition, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A sweep, or a whole folder of `deter why`, that lies within the folder of another sweep by accident."""
    host = tmp_path / "host"
    shutil.copytree(found.folders["features-swift_qmv"].folder, host)
    shutil.copytree(mechanisms.folder, host / "mechanisms")
    shutil.copytree(folder, host / "why")
    shutil.copytree(folder / "tables", host / "tables", dirs_exist_ok=True)
    page = page_of(host)
    assert not [name for name in page.figures if "mechanisms" in name]
    assert not [text for text in page.titles if "mechanism" in text]
    said = capsys.readouterr().err
    assert "mechanisms.parquet is of other runs" in said
    assert "without.parquet is of other runs" in said


def test_a_metric_of_a_coalition_is_the_metric_of_its_point(features: Results) -> None:
    game = feature_game(features)
    assert game is not None
    ratios = game_ratios(features, game.points, causes.FEATURE_METRICS)
    for metric in causes.FEATURE_METRICS:
        mean = estimate_forms(np.eye(len(game.points)), ratios[metric]).mean
        kept = features.estimate(["point"], [metric])["mean"].to_numpy()
        assert mean == pytest.approx(kept[list(game.points)], abs=1e-12)


def test_the_whole_difference_is_that_of_paired_comparisons(features: Results) -> None:
    frame = causes.feature_contributions(features).filter(part=DIFFERENCE)
    paired = features.paired(["point"], {"point": 0}, causes.FEATURE_METRICS)
    last = paired.filter(point=features.manifest.points - 1)
    for row in frame.iter_rows(named=True):
        other = last.filter(metric=row["metric"]).row(0, named=True)
        for name in ("mean", "standard_error", "low", "high", "n"):
            assert row[name] == pytest.approx(other[name], abs=1e-12), (row["metric"], name)


@pytest.mark.slow
def test_beside_a_comparison_the_shares_sum_to_its_differences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = [
        word for path, value in {**SHORT, "scenario.time.weeks": 20}.items() for word in ("--set", f"{path}={value}")
    ]
    words = ["compare", "strategic_ambiguity", "status_quo", "--scenario", "illustrative", "--why", "--replicates", "3"]
    assert main([*words, "--workers", "1", *settings, "--out", str(tmp_path / "c"), "--quiet"]) == 0
    features = pl.read_parquet(tmp_path / "c" / "why" / "tables" / "features.parquet")
    compared = open_results(tmp_path / "c").paired(["doctrine"], {"doctrine": "status_quo"}, causes.FEATURE_METRICS)
    for row in compared.iter_rows(named=True):
        shares = features.filter((pl.col("metric") == row["metric"]) & (pl.col("way") == "shapley"))
        assert abs(shares["mean"].sum() - row["mean"]) < 1e-9
    page = page_of(tmp_path / "c")
    assert {"Through which mechanisms (Shapley values)", "Through which features (Shapley values)"} <= set(
        page.texts["h3"]
    )
    assert any("What each mechanism contributes" in text for text in page.titles)
    assert "why/mechanisms" in page.figures
    shutil.rmtree(tmp_path / "c" / "why" / "without")
    page = page_of(tmp_path / "c")
    assert not [text for text in page.titles if "Shapley" in text or "mechanism" in text]
    assert "why is not of the comparison above it" in capsys.readouterr().err
    assert main([*words, "--worlds", "uncertain_worlds", "--out", str(tmp_path / "w")]) == 2
    assert "--why" in capsys.readouterr().err
    assert not (tmp_path / "w").exists()
