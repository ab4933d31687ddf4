"""What objects show of themselves: short on one line, escaped in a notebook, and never an error."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from support.answers import discovery_of, of_worlds, search_of
from support.comparisons import made
from support.nasty import NASTY, SEEN, nasty_experiment

import deter
from analysis.discovery.answer import Answer
from analysis.plotting.pages import paper, sheet
from analysis.results.folder import Results, open_results
from analysis.results.manifest import SUMMARY
from analysis.search.answer import Found
from experiments.running.single import run_single
from model.configuration import Configuration, load_configuration
from model.display.cards import Card, Page, html, line, rows

LONGEST_LINE, LARGEST_CARD = 400, 60_000
"""Characters of the one line, and of the card in a notebook."""
SHORT = {"scenario.time.weeks": 4, "scenario.time.burn_in": 0}
MODEL = {"scenario__time__weeks": 4, "scenario__time__burn_in": 0}


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Results:
    return of_worlds(tmp_path_factory.mktemp("cards") / "worlds")


def text_of(card: str) -> str:
    """The words of a card."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", card)).split())


def test_everything_in_a_card_is_escaped_and_can_be_seen() -> None:
    table = rows((NASTY,), [(NASTY,)], NASTY)
    card = html(Card(NASTY, NASTY, {NASTY: NASTY}, table, {NASTY: table}, {NASTY: NASTY}))
    assert all(letter.isprintable() or letter == "\n" for letter in card)
    assert "<b>" not in card
    assert "</script>" not in card
    assert unescape(card).count(SEEN) == 13  # once for each place
    assert "\x1b" not in line("Results", NASTY, NASTY)


@pytest.mark.parametrize(
    "made_of",
    [
        lambda results: results,
        lambda results: results.configuration,
        lambda results: results.configuration.scenario,
        lambda results: results.configuration.doctrine,
        lambda results: Answer.model_validate_json(json.dumps(discovery_of(results))),
        lambda results: Found.model_validate_json(json.dumps(search_of(results))),
        lambda results: made([[[0.1, 0.2, 0.3]], [[0.2, 0.4, 0.3]]]),
        lambda results: deter.Sweep("headline", overrides=SHORT).design(),
        lambda results: deter.DeterrenceModel("illustrative", rng=1, **MODEL),
        lambda results: run_single(results.configuration, 1, 0, "mesa", ledger=True),
    ],
    ids=["results", "configuration", "scenario", "doctrine", "answer", "found", "comparison", "design", "model", "run"],
)
def test_objects_are_one_line_in_a_script_and_a_card_in_a_notebook(made_of: object, worlds: Results) -> None:
    found = made_of(worlds)  # type: ignore[operator]
    assert repr(found).startswith(f"<{type(found).__name__}")
    assert str(found) == repr(found) or isinstance(found, str)
    assert len(repr(found)) <= LONGEST_LINE
    assert "\n" not in repr(found)
    card = found._repr_html_()
    assert card.startswith('<div class="deter-card"')
    assert len(card) <= LARGEST_CARD
    assert "object at 0x" not in card


def test_results_show_question_state_runs_and_the_summary_with_intervals(worlds: Results) -> None:
    said = text_of(worlds._repr_html_())
    assert worlds.manifest.title in said
    assert worlds.manifest.question in said
    assert "complete" in said
    assert "24 (12 points × 2 replicates)" in said
    assert "95 % intervals; all of it: results.summary" in said
    assert repr(worlds) == f"<Results “Worlds”: {worlds.folder}, complete, 24 runs>"
    assert repr(worlds.manifest).startswith("<Manifest “Worlds”: sweep, complete, deter ")


def test_a_damaged_folder_shows_itself_and_what_is_wrong(tmp_path: Path) -> None:
    results = of_worlds(tmp_path / "worlds")
    (results.folder / SUMMARY).write_bytes(b"no table")
    again = open_results(results.folder)
    assert "damaged" in text_of(again._repr_html_())
    assert repr(again).startswith("<Results ")


def test_a_configuration_says_what_differs_from_the_shipped_files() -> None:
    shipped = load_configuration("illustrative", "clear_ladder")
    assert shipped.differences == {}
    assert repr(shipped).endswith("as shipped>")
    changed = shipped.with_values({"doctrine.clarity": 0.2, "scenario.investigation.skill": 0.5})
    assert changed.differences == {
        "scenario.investigation.skill": (0.5, shipped.scenario.investigation.skill),
        "doctrine.clarity": (0.2, shipped.doctrine.clarity),
    }
    assert "doctrine.clarity = 0.2" in repr(changed)
    assert "other than shipped (2)" in text_of(changed._repr_html_())


def test_a_doctrine_of_ones_own_is_called_so_and_the_scenario_still_compared() -> None:
    doctrine = load_configuration("illustrative", "clear_ladder").doctrine.model_copy(update={"title": "Mine"})
    own = load_configuration("illustrative", doctrine, {"scenario.time.weeks": 52})
    assert [*own.differences] == ["scenario.time.weeks"]
    assert "doctrine of your own" in repr(own)


def test_an_experiment_that_cannot_be_run_says_why_in_its_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # doctrines are named relative to it
    (tmp_path / "bad.toml").write_text('title = "Bad"\n', "utf-8")
    assert "cannot be run" in text_of(deter.Sweep(tmp_path / "bad.toml")._repr_html_())
    sweep = deter.Sweep(nasty_experiment(tmp_path))
    assert SEEN in unescape(sweep._repr_html_())
    assert "<b>" not in sweep._repr_html_()


def test_a_figure_shows_itself_once_and_pyplot_does_not_know_of_it() -> None:
    import matplotlib
    import matplotlib.pyplot as plt

    backend, settings, open_before = matplotlib.get_backend(), dict(matplotlib.rcParams), plt.get_fignums()

    def drawn() -> object:
        figure = sheet(89.0, 40.0, "Title", "Setting", "Note")
        figure.subplots().plot([0, 1], [0, 1])
        return figure

    (figure,) = paper(drawn)  # type: ignore[arg-type]
    picture, size = figure._repr_png_()  # type: ignore[attr-defined]
    assert picture.startswith(b"\x89PNG")
    assert 300 <= size["width"] <= 1000
    assert (matplotlib.get_backend(), dict(matplotlib.rcParams), plt.get_fignums()) == (backend, settings, open_before)


def test_a_page_is_a_text_that_a_notebook_shows_in_a_frame() -> None:
    page = Page('<p class="x">A & B</p>')
    assert page + "" == '<p class="x">A & B</p>'
    assert repr(page) == "<Page of HTML: 22 characters, for write_text>"
    frame = page._repr_html_()
    assert frame.startswith('<iframe srcdoc="&lt;p class=&#34;x&#34;&gt;A &amp; B')
    assert "sandbox" in frame


def test_configurations_compare_and_travel_as_before() -> None:
    one = load_configuration("illustrative", "clear_ladder")
    assert Configuration.model_validate(one.model_dump()) == one
