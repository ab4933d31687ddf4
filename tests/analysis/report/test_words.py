"""Words and numbers of a brief: what limits a finding, what a word means, tables in per cent, copies that are named."""

import polars as pl
import pytest

from analysis.report.glossary import GLOSSARY, Linker, terms_in
from analysis.report.limits import GENERAL, LIMITS, beside, limits_of, speaks_of
from analysis.report.shown import as_shown, spoken
from analysis.results.identity import kept_words
from analysis.results.tables import Table, rows_of
from analysis.sentences import difference
from model.configuration import load_configuration
from model.loading import load_doctrine
from model.metrics.catalogue import METRICS

LIMITED = {name for limit in LIMITS for name in limit.about}


def test_what_is_limited_is_a_metric_or_a_parameter() -> None:
    known = {*METRICS, *(one.path for one in load_configuration().parameters())}
    assert known >= LIMITED


@pytest.mark.parametrize("metric", sorted(LIMITED & set(METRICS)))
@pytest.mark.parametrize("mean", [0.1, -0.1, 0.0])
def test_a_sentence_speaks_of_the_metric_that_it_is_about(metric: str, mean: float) -> None:
    row = {"metric": metric, "mean": mean, "low": mean - 0.01, "high": mean + 0.01, "n": 9}
    text = str(difference("choosing “One” over “Other”", row))
    assert metric in speaks_of(text)
    assert not speaks_of(text) - {metric, "harm_averted"} or metric in ("acts_averted", "severe_averted")


def test_what_limits_is_found_by_the_factor_and_said_once() -> None:
    texts = [["Raising clarity from 0 to 1 averts 3.1 points [2.8, 3.4] more of the twin's harm."]]
    first, second = beside([*texts, *texts], 9)
    assert [name for limit in first for name in limit.about][:1] == ["doctrine.clarity"]
    assert second == []
    assert limits_of(["Nothing in particular."]) == []
    assert limits_of(["Nothing."], ["doctrine.voting_rule"])[0].about[0] == "doctrine.voting_rule"


def test_every_limit_is_said_in_its_own_words() -> None:
    said = [text for limit in (*LIMITS, *GENERAL) for text in limit[1:]]
    assert len(said) == len(set(said))
    assert all(str(text).endswith((".", "?")) for text in said)


def test_the_first_use_of_a_word_links_to_its_meaning() -> None:
    linked = Linker()
    first, then = linked("It averts harm & more."), linked("It averts harm.")
    assert (
        first
        == 'It <a class="term" href="#term-averted">averts</a> <a class="term" href="#term-harm">harm</a> &amp; more.'
    )
    assert then == "It averts harm."
    assert [term.name for term in terms_in(["a twin", "charm"])] == ["Twin"]


def test_words_have_places_of_their_own() -> None:
    assert len({term.anchor for term in GLOSSARY}) == len(GLOSSARY)


def test_tables_are_in_per_cent_and_differences_in_points() -> None:
    frame = pl.DataFrame(
        {"doctrine": ["one_two", "none", "none"], "metric": ["harm_averted", "harm_averted", "eu_cost"]}
        | {"mean": [0.095, 0.0, 2.0], "low": [0.093, 0.0, 1.5], "high": [0.097, 0.0, 2.5]}
    )
    titles = {"one_two": "One, two", "none": "No toolbox"}
    table = Table("By one_two", frame, "Less one_two; none is not.")
    levels = rows_of(as_shown("comparison", table, titles, "No toolbox"))
    assert levels.heads == ["doctrine", "metric", "unit", "estimate"]
    assert levels.cells == [
        ["One, two", "Harm averted", "%", "9.50 ±0.20"],
        ["No toolbox", "EU cost", "political cost a year", "2.00 ±0.50"],
    ]
    assert [row[2] for row in rows_of(as_shown("why/tables/differences", table, titles)).cells][:1] == ["points"]
    both = pl.DataFrame({"doctrine": ["none", "No toolbox"], "dominated_by": ["one_two, none", None]})
    assert [row[1] for row in rows_of(as_shown("pareto", Table("", both, ""), titles)).cells] == [
        "One, two, No toolbox",
        "–",
    ]
    assert spoken(table.note, titles) == "Less One, two; none is not."


def test_shares_of_worlds_are_in_per_cent_whatever_their_metric() -> None:
    row = {"doctrine": "one", "other": "two", "metric": "eu_cost", "mean": 0.5, "low": 0.4, "high": 0.6}
    (cells,) = rows_of(as_shown("superiority", Table("", pl.DataFrame([row]), ""), {})).cells
    assert cells == ["one", "two", "EU cost", "%", "50 ±10"]


def test_a_share_beside_amounts_is_in_per_cent() -> None:
    row = {"quantity": "acts", "averted": 3.0, "averted_low": 2.0, "averted_high": 4.0}
    row |= {"share": 0.1, "share_low": 0.05, "share_high": 0.15}
    rows = rows_of(as_shown("policy_units", Table("", pl.DataFrame([row]), ""), {}))
    assert (rows.heads, rows.cells) == (["quantity", "averted", "share %"], [["acts", "3.0 ±1.0", "10.0 ±5.0"]])


def test_places_that_cannot_be_ruled_out_stand_beside_the_place() -> None:
    frame = pl.DataFrame({"doctrine": ["one", "two"], "place": [1, 2], "place_low": [1, 1], "place_high": [3, 2]})
    assert [row[1] for row in rows_of(as_shown("places", Table("", frame, ""), {})).cells] == [
        "1 (1 to 3)",
        "2 (1 to 2)",
    ]


def test_a_copied_file_that_keeps_words_of_another_is_named() -> None:
    shipped = load_doctrine("status_quo").value.model_dump(mode="json")
    mine = {**shipped, "title": "Mine", "clarity": 0.9}
    for doctrines in (
        {"mine.toml": mine, "status_quo": shipped},
        {"mine.toml": mine},
        {"status_quo": shipped, "m.toml": mine},
    ):
        (said,) = kept_words(doctrines)
        assert said.startswith("“Mine” (m")
        assert "keeps the idea of “Status quo” (status_quo) and says something else: give it an idea of its own" in said
    assert list(kept_words({"mine.toml": {**mine, "idea": "Be clear."}, "status_quo": shipped})) == []
    assert (
        list(kept_words({"copy.toml": shipped, "status_quo": shipped})) == []
    )  # that they say the same is told elsewhere
    assert list(kept_words({"mine.toml": mine}, with_shipped=False)) == []
    assert list(kept_words({"made of status_quo": mine})) == []  # by a command, which knows what it does
    assert list(kept_words({})) == []
