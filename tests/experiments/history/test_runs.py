"""Histories: worlds drawn by weight, what runs count, and the rows of `deter validate`."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from support.histories import made

from analysis.history.answer import Answer, answered
from analysis.history.forecast import forecasts, read_forecast
from analysis.history.outcomes import BY_WEEK, Histories
from analysis.history.record import Span, read_record, year
from analysis.validation.checks import EXPLAINED, HOLDS, REPORTED, SHORT
from experiments.commands.main import main
from experiments.history import forecast
from experiments.history.runs import Worlds, by_week, histories, worlds_of
from experiments.validation import history, running
from experiments.validation.running import Size
from model.ensemble import run, run_with_cases

SKILL, FLOOR = "scenario.investigation.skill", "scenario.council.evidence_floor"
WORLDS = f"{SKILL},{FLOOR},weight\n0.45,0.85,3\n0.55,0.8,1\n"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("worlds") / "posterior.csv"
    path.write_text(WORLDS, "utf-8")
    return path


@pytest.fixture(scope="module")
def worlds(file: Path) -> Worlds:
    return worlds_of(file)


@pytest.fixture(scope="module")
def found(worlds: Worlds) -> Histories:
    return histories(worlds, 8, 7, 2)


def test_worlds_are_those_of_the_file_on_the_days_of_the_history(worlds: Worlds) -> None:
    assert [world.scenario.investigation.skill for world in worlds.configurations] == [0.45, 0.55]
    assert worlds.weights == [3.0, 1.0]
    time = worlds.configurations[0].scenario.time
    assert time.start + timedelta(weeks=time.burn_in) == date(2015, 1, 5)
    assert time.start + timedelta(weeks=time.burn_in + time.weeks) == date(2029, 1, 1)


def test_runs_count_what_the_books_count(worlds: Worlds) -> None:
    """The ledger's decisions, added up, are the sums that runs of the same seed keep."""
    world = worlds.configurations[0]
    books = run(world, 7, range(4))
    sums = {name: [by_week(world, 7, each)[name].sum() for each in range(4)] for name in BY_WEEK}
    for name, column in (
        ("attributions", "jointly"),
        ("persons", "persons"),
        ("entities", "entities"),
        ("responses", "answered"),
    ):
        assert sums[name] == pytest.approx(books[column].tolist(), rel=1e-6), name
    assert sum(sums["attributions"]) > 0
    assert sum(sums["listings"]) > 0


def test_what_comes_is_there_when_its_measure_is(found: Histories) -> None:
    """No listing before the regime of May 2019, no joint attribution before May 2022; statements from the beginning."""
    for name, day in (("persons", date(2019, 5, 13)), ("attributions", date(2022, 5, 9))):
        assert found.counts(name, Span(date(2015, 1, 1), day)).sum() == 0
        assert found.counts(name, Span(day, date(2028, 12, 31))).sum() > 0
    assert found.counts("statements", year(2015)).sum() > 0
    assert (found.counts("rounds", Span(date(2015, 1, 1), found.last)) <= found.weeks["listings"].sum(axis=1)).all()


def test_lags_are_from_act_to_decision(worlds: Worlds) -> None:
    world = worlds.configurations[0]
    _, cases, tracks = run_with_cases(world, 7, 0)
    listed = tracks[:, 3].adopted >= world.scenario.time.burn_in
    lags = (tracks[listed, 3].adopted - cases.begun[listed]).sum()
    some = by_week(world, 7, 0)["listing_weeks"].sum()
    assert 0 < some <= lags  # wider measures than listings are dossiers too


def test_a_small_ledger_is_made_larger(worlds: Worlds, monkeypatch: pytest.MonkeyPatch) -> None:
    world = worlds.configurations[0]
    whole = by_week(world, 7, 0)
    monkeypatch.setattr("model.ensemble.LEDGER", 200)
    for name, weeks in by_week(world, 7, 0).items():
        assert (weeks == whole[name]).all()


def test_the_same_seed_gives_the_same_histories(worlds: Worlds, found: Histories) -> None:
    again, other = histories(worlds, 8, 7, 1), histories(worlds, 8, 8)
    for name in BY_WEEK:
        assert (again.weeks[name] == found.weeks[name]).all()
    assert (other.weeks["responses"] != found.weeks["responses"]).any()
    assert (found.worlds, found.seed, found.runs) == (2, 7, 8)


def test_a_forecast_can_be_had_again(file: Path, tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("forecast_a.toml", "forecast_b.toml")]
    for path in paths:
        forecast.make_forecast(file, path, date(2026, 11, 28), 8)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    made = read_forecast(paths[0])
    assert made.begin == read_record().known_until + timedelta(1)
    assert all(sum(each.runs) == 8 for each in made.counts)


# rows of the table


@pytest.fixture
def answer(found: Histories) -> Answer:
    return answered(found, read_record())


def test_what_came_after_the_fit_is_judged_and_what_it_knew_reported(answer: Answer) -> None:
    checks = history.history_checks(answer, [])
    judged = [check for check in checks if check.label == "forecast" and check.verdict != REPORTED]
    assert [check.expected for check in judged] == ["2", "3", "11", "3"]
    fitted = [check for check in checks if check.label == "fitted"]
    assert {check.verdict for check in fitted} == {REPORTED}
    assert len(fitted) == 8
    assert all(check.part == history.PART for check in checks)


def test_a_miss_falls_short_until_it_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = answered(made(20), read_record())  # runs in which nothing ever happens
    found = history.history_checks(nothing, [])
    assert [check.verdict for check in found[:4]] == [SHORT] * 4
    assert {check.verdict for check in found[4:]} == {REPORTED}  # what the fit knew is no forecast
    for side, verdict in (("above", EXPLAINED), ("below", SHORT)):  # an explanation is of one side
        monkeypatch.setattr(history, "MISSES", {("persons", side): "A rule is in the way."})
        persons = history.history_checks(nothing, [])[2]
        assert persons.verdict == verdict
        assert persons.note.startswith("A rule is in the way.") == (verdict == EXPLAINED)


def test_a_forecast_is_told_of_before_and_after_its_days(answer: Answer, file: Path, tmp_path: Path) -> None:
    forecast.make_forecast(file, tmp_path / "forecast_2028.toml", date(2026, 11, 28), 8)
    told = forecasts(tmp_path)
    before = history.history_checks(answer, told)[-1]
    assert before.verdict == REPORTED
    assert "Nothing to score yet" in before.note
    later = answer.record.model_copy(update={"known_until": date(2027, 6, 30)})
    after = history.history_checks(answer._replace(record=later), told)[-4:]
    assert {check.verdict for check in after} <= {HOLDS, SHORT}
    assert all("(forecast of 2026-11-28)" in check.name for check in after)


def test_the_command_has_table_figure_and_page(file: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(running, "FULL", Size(3, 2, 0, 0, 0, histories=8))
    for name in ("FACTS", "WITHOUT_GRIEVANCE", "SIGNS"):
        monkeypatch.setattr(running, name, ())
    monkeypatch.setattr(history, "POSTERIOR", file)
    page, out = tmp_path / "page.md", tmp_path / "out"
    main(["validate", "--page", str(page), "--out", str(out), "--quiet"])
    text = page.read_text("utf-8")
    assert f"### {history.PART}" in text
    assert "persons listed, 2024-01-01 to 2026-10-31 | 11 |" in text
    assert "(page_history.png)" in text
    assert (tmp_path / "page_history.png").exists()
    assert (out / "figures" / "history.svg").exists()
    for name in ("history", "scores"):
        assert (out / "tables" / f"{name}.csv").exists()
