"""Which response, against whom: categories of measures as players, and measures forgone one at a time."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support import look, slides
from support.page import Page

from agents.catalogue import CATEGORIES
from analysis.decomposition import tables as causes
from analysis.decomposition.contributions import FULL, PER_COST, REST, contributions, per_cost
from analysis.decomposition.findings import category_sentences, measure_sentences
from analysis.decomposition.forgoing import ALL, CHANGES, COST, kinds_of, measures_by_kind, of_kind, taken_of
from analysis.decomposition.games import Game, category_games, mechanism_games, removals
from analysis.decomposition.shapley import shapley_values
from analysis.report.decomposition import Decomposition, brief_of_decomposition, open_decomposition
from analysis.report.gallery import draw, names_of
from analysis.report.page import page_of
from analysis.results.folder import Results
from analysis.statistics.ratio import Ratio
from experiments.commands.main import main
from experiments.running.decompose import PARTS, Decomposing
from experiments.running.taken import times_taken
from experiments.terminal.decomposition import decompose
from experiments.terminal.screen import Screen
from model.configuration import Configuration
from model.ensemble import run, run_twins, run_with_cases
from model.metrics.catalogue import LEAD

SHORT = {"scenario.time.weeks": 52, "scenario.time.burn_in": 26, "measures.travel_ban.available": "2999-01-01"}
"""A year; and a measure that no law knows yet, so that nobody can miss it."""
WORDS = [word for path, value in SHORT.items() for word in ("--set", f"{path}={value}")]
MINE = ["why", "status_quo", "--scenario", "illustrative", "--replicates", "4", "--seed", "3", "--workers", "1", *WORDS]


def decomposed(folder: Path) -> Decomposition:
    asked = Decomposing(
        ["status_quo"], scenario="illustrative", replicates=4, seed=3, overrides=SHORT, parts=["categories", "measures"]
    )
    return decompose(Screen(quiet=True), asked, folder, 1, fresh=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("why")


@pytest.fixture(scope="module")
def found(folder: Path) -> Decomposition:
    return decomposed(folder)


@pytest.fixture(scope="module")
def categories(found: Decomposition) -> Results:
    return found.folders["categories"]


@pytest.fixture(scope="module")
def measures(found: Decomposition) -> Results:
    return found.folders["measures"]


def forgoing(base: Configuration, *names: str) -> Configuration:
    return base.with_values({f"measures.{name}.forgone": True for name in names})


# what it means to forgo a measure


def test_a_doctrine_that_forgoes_all_measures_takes_none_and_announces_none(illustrative: Configuration) -> None:
    without = forgoing(illustrative, *illustrative.measures)
    ended = run_with_cases(without, 1, 0)
    assert len(ended.cases) > 20
    assert (ended.tracks["adopted"] < 0).all()
    assert (ended.world.limits == 0.0).all()
    assert (run_with_cases(illustrative, 1, 0).world.limits > 0.0).any()
    own = run(without, 1, range(3))
    assert not any(own[f"adopted_{category}"].any() for category in CATEGORIES)
    assert run(illustrative, 1, range(3))["adopted_stability"].all()


def test_to_forgo_a_measure_is_no_bluff(illustrative: Configuration) -> None:
    """What is promised of a case is what can still be announced; a measure given up is no promise that is broken."""
    names = [name for name, measure in illustrative.measures.items() if measure.category == "restrictive"]
    ended = run_with_cases(forgoing(illustrative, *names), 1, 0)
    answered = ended.cases["intended"] > 0.0
    left = max(
        measure.bite.high
        for name, measure in illustrative.measures.items()
        if hasattr(measure, "bite") and name not in names and measure.adoption != "willing"
    )
    assert answered.any()
    assert (ended.cases["intended"][answered] > left).any()  # it intends more than what is left
    assert (ended.cases["announced"][answered] <= left).all()


def test_what_is_not_forgone_changes_nothing_to_the_bit(illustrative: Configuration) -> None:
    same = illustrative.with_values({f"measures.{name}.forgone": False for name in illustrative.measures})
    assert run(same, 5, range(2)).tobytes() == run(illustrative, 5, range(2)).tobytes()


def test_a_twin_that_takes_no_measure_misses_none(illustrative: Configuration, categories: Results) -> None:
    """So all coalitions share their twins, which takes half of the work away."""
    ours, theirs = (
        run_twins(each, 2, range(3)) for each in (illustrative, forgoing(illustrative, *illustrative.measures))
    )
    assert ours.books.tobytes() == theirs.books.tobytes()
    assert ours.choices.at_least.tobytes() == theirs.choices.at_least.tobytes()
    designs = Decomposing(["status_quo"], scenario="illustrative", replicates=1, overrides=SHORT).designs
    for name in ("categories", "measures"):
        assert len({designs[name].reference(point) for point in range(designs[name].points)}) == 1
    answering = SHORT | {"reference.doctrine": "clear_ladder"}
    theirs = Decomposing(["status_quo"], scenario="illustrative", replicates=1, overrides=answering, parts=["measures"])
    assert len({theirs.designs["measures"].reference(point) for point in range(5)}) == 5


# the games


def test_categories_and_what_is_left_without_any_sum_to_the_whole(categories: Results) -> None:
    frame = causes.category_contributions(categories)
    held = frame.filter((pl.col("way") == "shapley") | (pl.col("part") == REST)).group_by("kind", "metric")
    sums = held.agg(pl.col("mean").sum(), pl.col("mean").null_count().alias("undefined"))
    whole = frame.filter(part=FULL).select("kind", "metric", whole="mean")
    both = sums.filter(undefined=0).join(whole, on=["kind", "metric"])
    assert both.height > 15
    assert both["mean"].to_numpy() == pytest.approx(both["whole"].to_numpy(), abs=1e-9)


def test_the_whole_is_the_doctrine_as_it_is(categories: Results, measures: Results) -> None:
    """The full coalition and the point where nothing is forgone are the same world, run by run."""
    game, *_ = category_games(categories).values()
    removal, *_ = removals(measures).values()
    ours, theirs = (
        each.runs.filter(point=point).drop("point")
        for each, point in ((categories, game.points[-1]), (measures, removal.whole))
    )
    assert ours.equals(theirs)
    assert game.players == CATEGORIES
    frame = causes.category_contributions(categories).filter(part=FULL, kind=ALL, metric=LEAD).row(0, named=True)
    kept = categories.estimate(["point"], [LEAD]).filter(point=game.points[-1]).row(0, named=True)
    for name in ("mean", "standard_error", "low", "high", "n"):
        assert frame[name] == pytest.approx(kept[name], abs=1e-12), name


def test_contributions_per_cost_are_ratios_with_the_spread_of_the_jackknife() -> None:
    rng = np.random.default_rng(4)
    n, luck = 200, rng.gamma(20.0, 1.0, 200)
    effect, price = np.array([0.0, 0.2, 0.5, 0.8])[:, None], np.array([1.0, 2.0, 1.0, 2.0])[:, None]
    harm = Ratio(effect * luck + 0.5 * rng.normal(size=(4, n)), luck * np.ones((4, 1)))
    cost = Ratio(price * luck + 0.5 * rng.normal(size=(4, n)), np.ones((4, n)))
    game = Game(("dear", "free"), (0, 1, 2, 3))
    found = contributions(game, {LEAD: harm}).hstack(per_cost(game, {LEAD: harm}, cost)).filter(way="shapley")
    dear, free = found.to_dicts()

    def price_of(keep: Any) -> float:
        values = [shapley_values(each.above[:, keep].sum(1) / each.below[:, keep].sum(1))[0] for each in (harm, cost)]
        return float(values[0] / values[1])

    assert dear["per_cost"] == pytest.approx(price_of(np.arange(n)), rel=1e-9)
    left_out = [price_of(np.arange(n) != gone) for gone in range(n)]
    half = 1.972 * np.sqrt((n - 1) * np.var(left_out))
    assert dear["per_cost_high"] - dear["per_cost"] == pytest.approx(half, rel=0.03)
    assert [free[name] for name in PER_COST] == [None, None, None]  # its cost is not told from zero
    assert free["low"] is not None


def test_other_folders_play_no_such_game(categories: Results, measures: Results) -> None:
    assert category_games(measures) == removals(categories) == mechanism_games(categories) == {}
    assert names_of(categories) == ["categories"]
    assert names_of(measures) == ["measures"]


# measures, one at a time


def test_what_forgoing_changes_is_the_paired_difference(measures: Results) -> None:
    frame = measures_by_kind(measures)
    removal, *_ = removals(measures).values()
    assert set(removal.without) == set(measures.configuration.measures)
    for kind in (ALL, "state"):
        for change, metric in CHANGES.items():
            if (name := of_kind(metric, kind)) is None:
                continue
            paired = measures.paired(["point"], {"point": removal.whole}, [name])
            for measure, point in removal.without.items():
                ours = frame.filter(measure=measure, kind=kind).row(0, named=True)
                theirs = paired.filter(point=point).row(0, named=True)
                for end, column in (("mean", change), ("low", f"{change}_low"), ("high", f"{change}_high")):
                    assert ours[column] == pytest.approx(theirs[end], abs=1e-12)


def test_what_law_does_not_know_is_not_missed(measures: Results) -> None:
    gone = measures_by_kind(measures).filter(measure="travel_ban", kind=ALL).row(0, named=True)
    assert [gone[change] for change in CHANGES] == [0.0] * len(CHANGES)
    assert gone["told"] == ""
    assert (gone["taken"], gone["taken_low"]) == (0.0, None)  # a spread of none would say that it never can be


def test_measures_are_counted_as_the_books_count_categories(measures: Results) -> None:
    """Case by case here, in the engine there: the same sums, whatever the measure and whoever is addressed."""
    removal, *_ = removals(measures).values()
    taken, runs = taken_of(measures), measures.runs.filter(point=removal.whole)
    assert taken is not None
    of = {name: measure.category for name, measure in measures.configuration.measures.items()}
    for replicate in range(4):
        counted: Counter[str] = Counter()
        for row in taken.filter(replicate=replicate).iter_rows(named=True):
            counted[of[row["measure"]]] += row["times"]
        books = runs.filter(replicate=replicate).row(0, named=True)
        assert {each: counted[each] for each in CATEGORIES} == {each: books[f"adopted_{each}"] for each in CATEGORIES}
    assert taken["times"].sum() > 20
    whole = measures_by_kind(measures).filter(kind=ALL).drop_nulls("taken")
    assert whole["taken"].sum() == pytest.approx(taken["times"].sum() / 4.0)
    assert set(of) - set(whole["measure"]) == {
        name for name, measure in measures.configuration.measures.items() if measure.occasion == "programme"
    }


def test_those_who_are_addressed_are_of_the_kind_that_is_counted(illustrative: Configuration) -> None:
    ended = run_with_cases(illustrative, 1, 0)
    times = times_taken(illustrative, 1, 0)
    rows = list(illustrative.measures)
    burn_in = illustrative.scenario.time.burn_in
    by_hand: Counter[tuple[str, int]] = Counter()
    for case in ended.tracks:
        for track in case:
            if track["adopted"] >= burn_in:
                kind = 4 if track["target"] < 0 else int(ended.world.perpetrators["kind"][track["target"]])
                by_hand[rows[track["measure"]], kind] += 1
    assert by_hand
    assert {(rows[row], kind): times[row, kind] for row, kind in zip(*np.nonzero(times), strict=True)} == by_hand


# words


def shares(**means: float) -> list[dict[str, Any]]:
    parts = [*means.items(), (REST, 0.01), (FULL, 0.2)]
    return [
        {
            "part": part,
            "way": None if part in (REST, FULL) else "shapley",
            "mean": mean,
            "low": mean - 0.01,
            "high": mean + 0.01,
        }
        for part, mean in parts
    ]


def said_of(**by_metric: dict[str, float]) -> list[str]:
    rows = []
    for kind in (ALL, "state"):
        for metric, means in by_metric.items():
            rows += [
                {"doctrine": "mine", "kind": kind, "metric": metric, **row, **dict.fromkeys(PER_COST, 0.5)}
                for row in shares(**means)
            ]
    return list(category_sentences(pl.DataFrame(rows), {"mine": "Mine"}))


def test_sentences_say_which_category_does_most_where_intervals_lie_apart() -> None:
    clear = {"stability": 0.05, "restrictive": 0.09, "support": 0.005}
    close = {"stability": 0.08, "restrictive": 0.09, "support": 0.005}
    nothing = {"stability": 0.0, "restrictive": 0.005}
    deters, averts, whose, escalates, _ = said_of(deterrence_rate=clear, escalation_rate=close, harm_averted=clear)
    assert "against states restrictive measures do most (9.0 ±1.0)." in deters
    assert "against states restrictive measures do most (9.0 ±1.0)." in whose
    assert "restrictive 9.0 ±1.0 and stability 5.0 ±1.0; unclear for support" in averts
    assert "against states restrictive measures add 9.0 ±1.0 and stability measures add 8.0 ±1.0." in escalates
    deters, _, _, escalates, _ = said_of(deterrence_rate=close, escalation_rate=nothing, harm_averted=clear)
    assert (
        "against states restrictive (9.0 ±1.0) and stability (8.0 ±1.0) measures do most, it is unclear which" in deters
    )
    assert "no category clearly escalates or calms anybody" in escalates
    deters, *_ = said_of(deterrence_rate=nothing, escalation_rate=nothing, harm_averted=clear)
    assert "against states no category clearly does so" in deters


def test_sentences_on_measures_name_what_holds_jointly() -> None:
    changes = {
        f"{change}{end}": value for change in CHANGES for end, value in (("", -0.02), ("_low", -0.03), ("_high", -0.01))
    }
    often = {"taken": 1.5, "taken_low": 1.0, "taken_high": 2.0}
    row = {"doctrine": "mine", "category": "x", **often, **changes, "n": 9}
    frame = pl.DataFrame(
        [
            {**row, "measure": "eu_declaration", "kind": ALL, "told": "harm averted falls, cost falls"},
            {**row, "measure": "eu_declaration", "kind": "state", "told": ""},
            {**row, "measure": "article_42_7", "kind": ALL, "told": ""},
        ]
    )
    often_said, harm, deterrence, escalation = measure_sentences(frame, {"mine": "Mine"})
    assert often_said == "Mine, the measure taken most often a year: against states EU declaration 1.50 ±0.50."
    assert harm == (
        "Mine, forgoing one measure: without EU declaration −2.0 ±1.0 it averts less harm; "
        "the effect of the other 1 is unclear."
    )
    assert "the effect on deterrence is unclear for all 2 measures" in deterrence
    assert "the effect on escalation is unclear" in escalation
    assert causes.measure_name("article_42_7") == "article 42(7)"


# the folder, the page, the screen


@pytest.mark.filterwarnings("error")
def test_figures_can_be_read(categories: Results, measures: Results) -> None:
    drawn = [
        look.draw(each.manifest.title, each, draw(name, each))
        for name, each in (("categories", categories), ("measures", measures))
    ]
    look.assert_legible(drawn)
    look.assert_printable(drawn)
    look.assert_filled(drawn)
    for one in drawn:
        assert f"design {one.results.manifest.design_hash[:8]}" in one.said
        assert "4 replicates" in one.said


@pytest.mark.filterwarnings("error")
def test_figures_fit_slides(categories: Results, measures: Results) -> None:
    assert slides.check("categories", categories)
    assert slides.check("measures", measures)


def test_nothing_is_run_or_counted_twice(folder: Path, found: Decomposition, monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: object, **__: object) -> None:
        raise AssertionError("a simulation was started")

    monkeypatch.setattr("experiments.running.sweep.warm_up", started)
    monkeypatch.setattr("experiments.running.decompose.taken_by_kind", started)
    again = decomposed(folder)
    for name, table in found.tables.items():
        assert again.tables[name].frame.equals(table.frame)


def test_the_command_shows_tables_that_fit(
    folder: Path, found: Decomposition, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(Decomposition, "figures", {})  # they are drawn below
    assert main([*MINE, "--parts", "categories,measures", "--out", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "Status quo: its categories of measures" in said
    assert "hacktivists:" in said
    assert "(* clear jointly)" in " ".join(said.split())
    assert "…" not in said
    assert {path.stem for path in (folder / "tables").glob("*.csv")} == {"categories", "measures_by_kind"}


def test_the_page_has_what_was_found(folder: Path, found: Decomposition) -> None:
    kept = open_decomposition(folder)
    assert kept
    brief = brief_of_decomposition(kept)
    assert list(brief.figures) == ["categories", "measures"]
    page = Page(page_of(brief._replace(figures={})))
    assert page.texts["h1"] == ["Categories of measures and single measures of “Status quo”"]
    assert [text for text in found.sentences if text not in page.texts["li"]] == []
    assert all(any(table.title in heading for heading in page.titles) for table in found.tables.values())
    assert "--parts categories,measures" in page.texts["pre"][0]
    assert kept.tables["measures_by_kind"].frame.equals(found.tables["measures_by_kind"].frame)
    assert kept.tables["measures_by_kind"].frame["taken"].is_not_null().any()
    assert kinds_of(found.folders["measures"])[0] == ALL
    assert COST in found.tables["categories"].frame["metric"]


@pytest.mark.parametrize(
    ("parts", "message"),
    [("categoris", "categories"), ("", "names no part"), ("measures,measures", "named twice")],
)
@pytest.mark.usefixtures("no_run")
def test_a_wrong_part_is_refused_before_anything_is_run(
    parts: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*MINE, "--parts", parts, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_all_parts_are_asked_for_by_default() -> None:
    asked = Decomposing(["status_quo"], scenario="illustrative", replicates=1)
    assert {"categories", "measures"} <= set(asked.designs)
    assert set(PARTS) == {"mechanisms", "features", "categories", "measures"}
