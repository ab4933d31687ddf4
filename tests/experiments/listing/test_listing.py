"""`deter list`: everything that is shipped is listed, can be shown whole, and says where it acts."""

import re

import numpy as np
import pytest
from support.worlds import short

from agents.foundation.compiled import ROOT
from experiments.commands.main import main
from experiments.listing.listing import LISTABLE
from experiments.listing.parameters import by_pattern
from experiments.listing.readers import acts_in, readers
from experiments.listing.reference import FOLDER, pages
from model.configuration import load_configuration
from model.ensemble import run, run_twins
from model.metrics.catalogue import METRICS
from model.metrics.columns import results

SHOWN = [(kind, row[0]) for kind, entry in LISTABLE.items() for row in entry.whole().rows]


@pytest.mark.parametrize(("kind", "name"), SHOWN, ids=lambda value: str(value))
def test_everything_listed_can_be_shown_whole(kind: str, name: str) -> None:
    tables = LISTABLE[kind].one(name)
    assert tables[0].title
    for table in tables:
        assert table.rows
        for row in table.rows:
            assert len(row) == len(table.columns)
            assert all(isinstance(cell, str) for cell in row)


def test_lists_hold_what_is_shipped() -> None:
    for kind in ("doctrines", "scenarios", "experiments"):
        files = {path.stem for path in (ROOT / "configs" / kind).glob("*.toml")}
        assert {row[0] for row in LISTABLE[kind].whole().rows} == files
    configuration = load_configuration()
    assert [row[0] for row in LISTABLE["measures"].whole().rows] == list(configuration.measures)
    assert {row[0] for row in LISTABLE["metrics"].whole().rows} > set(METRICS)


def test_a_doctrine_is_shown_with_what_it_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "doctrines", "clear_ladder"]) == 0
    shown = capsys.readouterr().out
    assert "A published ladder" in shown
    assert re.search(r"clarity +0\.9 +0\.4 ", shown)  # the status quo's beside it
    assert re.search(r"firmness +1 +bite per severity", shown)  # the same in both


def test_a_scenario_is_shown_with_the_catalogue_entries_it_changes() -> None:
    _, catalogues = LISTABLE["scenarios"].one("illustrative")
    changed = {row[0]: row[1:3] for row in catalogues.rows}
    assert changed["measures.asset_freeze.delay.high"] != ()
    assert all(value != other for value, other in changed.values())


def test_a_doctrine_of_ones_own_is_shown_too(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "configs/doctrines/clear_ladder.toml").read_text("utf-8").replace("clarity = 0.9", "clarity = 0.35")
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    assert main(["list", "doctrines", str(tmp_path / "mine.toml")]) == 0
    assert re.search(r"clarity +0\.35 +0\.4", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["list", "doctrin"], "did you mean 'doctrines'?"),
        (["list", "doctrines", "clear_lader"], "did you mean 'clear_ladder'?"),
        (["list", "measures", "asset_frees"], "did you mean 'asset_freeze'?"),
        (["list", "metrics", "harm_avertet"], "did you mean 'harm_averted'?"),
        (["list", "parameters", "clarity"], "did you mean 'doctrine.clarity'?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_a_name_that_is_not_listed_gets_the_nearest(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert message in shown.err


@pytest.mark.parametrize("path", by_pattern(load_configuration()))
def test_every_parameter_acts_in_a_rule(path: str) -> None:
    assert acts_in(path)


def test_where_a_parameter_acts_is_read_from_the_rules() -> None:
    assert "agents.union.council.signal" in acts_in("doctrine.clarity")
    assert acts_in("scenario.classes.severe.prior_bite") == ("agents.belief.believed",)
    assert acts_in("scenario.belief.learning_rate") == ("agents.perpetrator.take_in", "agents.perpetrator.forget")
    assert acts_in("doctrine.no_such_setting") == ()
    assert not any(rule.startswith("model.deterrence") for rules in readers().values() for rule in rules)


def test_a_formula_says_what_its_metric_computes() -> None:
    """Each formula, evaluated on the columns that it names, gives the metric."""
    configuration = short(doctrine="maximum_pressure")
    twins = run_twins(configuration, 1, range(4))
    columns = results(run(configuration, 1, range(4), twins), twins.books)
    for name, metric in METRICS.items():
        text = metric.formula.replace("−", "-").replace("×", "*").replace("·", "*")
        with np.errstate(divide="ignore", invalid="ignore"):
            found = eval(text, {"__builtins__": {}}, dict(columns))
            ratio = metric.numerator(columns) / metric.denominator(columns)
        assert np.array_equal(found, 1 - ratio if metric.complement else ratio, equal_nan=True), name


@pytest.mark.parametrize("page", pages())
def test_a_generated_page_is_not_stale(page: str) -> None:
    assert (FOLDER / page).read_text("utf-8") == pages()[page], "run `make docs`"


def test_a_changed_default_makes_a_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("experiments.listing.tables.BASE_DOCTRINE", "swift_qmv")
    assert pages()["parameters.md"] != (FOLDER / "parameters.md").read_text("utf-8")
