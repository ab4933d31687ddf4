"""Verdicts by cases, what is counted, and the tables, sentences, figures and the page that say so."""

import math
from dataclasses import replace

import pytest

from analysis.validation.checks import (
    EXPLAINED,
    HOLDS,
    REPORTED,
    SHORT,
    SILENT_ON,
    Cell,
    Check,
    Findings,
    Played,
    counted,
    expected,
    kept,
    short,
    verdict,
)
from analysis.validation.figures import validation_figures
from analysis.validation.findings import over_structure, summary, whole_facts
from analysis.validation.page import validation_page
from analysis.validation.tables import CHECKS, STRUCTURE, validation_tables

NAN = math.nan


@pytest.mark.parametrize(
    ("low", "high", "agree", "sign", "said"),
    [
        (0.6, 0.9, 0.75, +1, HOLDS),
        (-0.9, -0.6, 1.0, -1, HOLDS),
        (0.5, 0.9, 1.0, +1, SHORT),  # touches the least effect
        (-0.9, -0.5, 1.0, -1, SHORT),
        (0.4, 0.9, 1.0, +1, SHORT),
        (0.6, 0.9, 0.74, +1, SHORT),  # too few worlds agree
        (-0.9, -0.6, 0.0, +1, SHORT),  # the other sign
        (NAN, NAN, 1.0, +1, SHORT),
        (NAN, NAN, 1.0, -1, SHORT),
        (-0.9, 0.9, 0.5, 0, REPORTED),
    ],
)
def test_a_verdict_asks_the_whole_interval_and_most_worlds(low, high, agree, sign, said) -> None:
    assert verdict(low, high, agree, sign, 0.5) == said
    explained = verdict(low, high, agree, sign, 0.5, explained=True)
    assert explained == (EXPLAINED if said == SHORT else said)  # an explanation mends nothing that holds


@pytest.mark.parametrize(
    ("low", "high", "agree", "said"),
    [
        (0.6, 0.9, 1.0, HOLDS),
        (0.1, 0.9, 1.0, "weaker"),
        (0.6, 0.9, 0.5, "weaker"),
        (-0.1, 0.9, 1.0, "unclear"),
        (0.0, 0.9, 1.0, "unclear"),
        (-0.9, -0.1, 0.0, "reversed"),
        (NAN, NAN, 0.0, "unclear"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_under_other_rules_a_fact_holds_weakens_blurs_or_turns(low, high, agree, said, sign) -> None:
    ends = sorted((sign * low, sign * high)) if low == low else (low, high)
    assert kept(*ends, agree, sign, 0.5) == said


def test_what_is_expected_is_said_in_words() -> None:
    assert expected(+1, 0.5, "points") == "above +0.5 points"
    assert expected(-1, 2.5, "weeks") == "below −2.5 weeks"
    assert expected(0, 0.0, "points") == "either sign"


def check(name: str, said: str, label: str = "emergent", **more: object) -> Check:
    numbers = {"got": 2.0, "low": 1.5, "high": 2.5, "n": 40, "agree": 0.9, "sign": 1, "least": 1.0, "unit": "points"}
    return Check("1 Clarity", name, "above +1 points", said, label, "Somebody 2020", **{**numbers, **more})  # type: ignore[arg-type]


FINDINGS = Findings(
    checks=[
        check("one holds", HOLDS),
        check("one is missed", SHORT, got=0.2, low=-0.1, high=0.5),
        check("one is understood", EXPLAINED, got=0.2, low=-0.1, high=0.5, note="Because of a rule."),
        check("one is built in", HOLDS, "built-in"),
        check("one goes either way", REPORTED, sign=0, least=0.0, agree=None),
        Check("Experiments", "nothing is said", "", SILENT_ON, "", "Nobody | 2021", note="There is no such mechanism."),
    ],
    played=[Played("Blame Game", "one", "share attacked", 0.5, 0.49, 0.47, 0.51, 32)],
    cells=[
        Cell("as shipped", "one holds", "holds", 2.0, 1.5, 2.5, 16),
        Cell("probit choice", "one holds", "reversed", -2.0, -2.5, -1.5, 16, "Errors are thinner."),
    ],
    worlds=40,
    few=16,
    replicates=30,
    seed=7,
)


def test_only_what_is_expected_counts_and_only_the_unexplained_alarms() -> None:
    assert counted(FINDINGS.checks) == (2, 4)
    assert counted(FINDINGS.checks, "emergent") == (1, 3)
    assert [each.name for each in short(FINDINGS.checks)] == ["one is missed"]
    assert summary(FINDINGS).startswith("1 of 3 emergent facts hold;")
    assert "(1 of 1 hold)" in summary(FINDINGS)


def test_a_fact_holds_in_all_its_checks_or_not_at_all() -> None:
    assert "hold in every check; 1 of their misses unexplained." in whole_facts(FINDINGS)
    known = [each for each in FINDINGS.checks if each.verdict != SHORT]
    other = replace(check("another", HOLDS), part="2 Proportional fall")
    found = whole_facts(replace(FINDINGS, checks=[*known, other]))
    assert found.startswith("1 of 2 facts")
    assert "hold in every check; all other misses are explained." in found
    assert whole_facts(replace(FINDINGS, checks=[other])).endswith("need no data hold in every check.")
    assert whole_facts(replace(FINDINGS, checks=FINDINGS.checks[-1:])) == ""


def test_sentences_name_what_other_rules_turn_round() -> None:
    assert list(over_structure(FINDINGS)) == [
        "As shipped: 1 of 1 hold; none is reversed.",
        "Probit choice: 0 of 1 hold; reversed: “one holds”. Errors are thinner.",
    ]


def test_tables_have_a_row_for_each_check_and_cell() -> None:
    tables = validation_tables(FINDINGS)
    frame = tables[CHECKS].frame
    assert frame["check"].to_list() == [each.name for each in FINDINGS.checks]
    assert frame.row(0, named=True) | {"mean": 2.0, "low": 1.5, "high": 2.5, "n": 40, "verdict": HOLDS} == frame.row(
        0, named=True
    )
    assert frame["n"].to_list()[-1] is None
    assert tables[STRUCTURE].frame.height == 2


def test_the_page_says_what_the_table_holds() -> None:
    page = validation_page(FINDINGS, ["emergent"], "page")
    for each in FINDINGS.checks:
        assert each.name in page or each.name.capitalize() in page
        assert each.verdict in page
    first, rest = page.index("1 of 3 emergent facts hold"), page.index("## What was checked")
    assert first < rest  # the finding first
    missed, silent = page.index("## Where it falls short"), page.index("## What the model cannot say")
    assert "Because of a rule." in page[missed:silent]
    assert "Not explained yet." in page[missed:silent]
    assert "There is no such mechanism." in page[silent:]
    assert "Nobody \\| 2021" in page  # a bar is no cell's end
    assert "](page_emergent.png)" in page
    assert "2.00 ±0.50 points" in page


def test_figures_show_every_effect_that_is_judged() -> None:
    figures = validation_figures(FINDINGS)
    assert list(figures) == ["games", "emergent", "others", "structure"]
    names = [label.get_text() for label in figures["emergent"].axes[0].get_yticklabels()]
    assert names == ["one holds", "one is missed", "one is understood"]
    words = [text.get_text() for text in figures["structure"].axes[0].texts]
    assert words == ["+2", "−2 ×"]
