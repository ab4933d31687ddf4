"""Constraints: they mean what Python means by the same text, and nothing else gets through."""

import warnings
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.design.constraints import constraint
from model.errors import ConfigurationError

NUMBERS = st.one_of(st.integers(-9, 9), st.floats(-9, 9, allow_nan=False).map(lambda number: round(number, 2)))
NAMES = ("a.x", "a.y", "b")


def numbers(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.tuples(children, st.sampled_from("+-*/"), children)
    return st.one_of(pairs.map(lambda parts: f"({' '.join(parts)})"), children.map(lambda text: f"-{text}"))


TERMS = st.recursive(st.one_of(NUMBERS.map(str).map(lambda text: f"({text})"), st.sampled_from(NAMES)), numbers)


def comparisons() -> st.SearchStrategy[str]:
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    two = st.tuples(TERMS, signs, TERMS).map(" ".join)
    three = st.tuples(TERMS, signs, TERMS, signs, TERMS).map(" ".join)
    among = st.tuples(TERMS, st.sampled_from(["in", "not in"]), st.lists(TERMS, min_size=1, max_size=3))
    return st.one_of(two, three, among.map(lambda parts: f"{parts[0]} {parts[1]} [{', '.join(parts[2])}]"))


def conditions(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.tuples(children, st.sampled_from(["and", "or"]), children)
    return st.one_of(joined.map(lambda parts: f"({' '.join(parts)})"), children.map(lambda text: f"not ({text})"))


class Section:
    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


@given(st.recursive(comparisons(), conditions, max_leaves=6), NUMBERS, NUMBERS, NUMBERS)
def test_a_constraint_means_what_python_means(text: str, x: float, y: float, b: float) -> None:
    scope = {"a": Section(x=x, y=y), "b": b}
    try:
        expected = eval(text, {"__builtins__": {}}, scope)
    except ZeroDivisionError:
        with pytest.raises(ConfigurationError, match="divides by zero"):
            constraint(text).holds({"a.x": x, "a.y": y, "b": b})
    else:
        assert constraint(text).holds({"a.x": x, "a.y": y, "b": b}) is expected


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("doctrine.voting_rule == 'qmv'", True),
        ("doctrine.voting_rule in ('unanimity', 'coalition')", False),
        ("doctrine.voting_rule not in ['unanimity'] and switches.norms", True),
        ("not switches.norms", False),
        ("switches.norms == true and switches.norms != false", True),
        ('scenario.time.start < "2020-01-01"', True),
        ('members["The North"].population >= 0.5 * 4', True),
        ("doctrine.clarity == 0 or 1 / doctrine.clarity > 2", True),
        ("\n  doctrine.clarity\n  < 1\n", True),
    ],
)
def test_texts_switches_days_and_names(text: str, holds: bool) -> None:
    values = {
        "doctrine.voting_rule": "qmv",
        "switches.norms": True,
        "scenario.time.start": date(2015, 1, 5),
        "members.The North.population": 2,
        "doctrine.clarity": 0.0,
    }
    assert constraint(text).holds(values) is holds


def test_the_paths_of_a_constraint_are_known() -> None:
    assert constraint("a.x < a.y and (b.c > 1 or a.x == 2)").names == ("a.x", "a.y", "b.c")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no condition"),
        ("a.x <", "is no condition"),
        ("a.x = 1", "is no condition"),
        ("a.x < 1) or (a.x > 2", "is no condition"),
        ("a\0b", "is no condition"),
        ("-" * 900 + "1", "deep|no condition"),
        ("(" * 300 + "1" + ")" * 300, "no condition|deep"),
        ("a.x < 1" + " and a.x < 1" * 100, "longer than 1000"),
        ("1e999 > a.x", "not finite"),
        ("9 ** 9 > a.x", "not allowed"),
        ("a.x // 2 == 1", "not allowed"),
        ("a.x() > 1", "not allowed"),
        ("__import__('os').system('true') == 0", "not allowed"),
        ("a[0] > 1", "not a path"),
        ("a[b] > 1", "not a path"),
        ("(lambda: 1) == 1", "compares|not allowed"),
        ("[x for x in a] == 1", "compares|not allowed"),
        ("f'{a}' == 'x'", "not allowed"),
        ("a.x is 1", "not allowed"),
        ("a.x in b.y", "not allowed"),
        ("(a := 1) > 0", "not allowed"),
        ("a.x < 1 if a.y else 2", "not allowed"),
        ("b'1' == a.x", "not allowed"),
        ("1j == a.x", "not allowed"),
        ("None == a.x", "not allowed"),
    ],
)
def test_nothing_else_gets_through(text: str, said: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ConfigurationError, match=said) as caught:
            constraint(text)
    assert caught.value.key == "design.constraints"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.x", "is a number where a condition is needed"),
        ("a.x and a.y", "is a number where a condition is needed"),
        ("a.name", "is a text where a condition is needed"),
        ("a.x == 'one'", "compares a number with a text, at a.x = 1"),
        ("a.on == 1", "compares a yes or no with a number"),
        ("a.on < a.off", "compares yes and no by order"),
        ("a.name + 'b' == 'ab'", "calculates with a text"),
        ("-a.on == 1", "calculates with a yes or no"),
        ("1 / (a.x - 1) > 0", "divides by zero, at a.x = 1"),
        (f"{'9' * 400} * 0.5 > a.x", "too large"),
    ],
)
def test_what_has_no_answer_says_where(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        constraint(text).holds({"a.x": 1, "a.y": 2, "a.name": "a", "a.on": True, "a.off": False})
