"""Words for levels: short where that tells them apart, and never two alike."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.labels import level_text, level_texts, stated_text, tick_texts

NUMBERS = st.floats(-1e300, 1e300).map(lambda number: number + 0.0)
"""No negative zero, which is the same level as zero."""


@pytest.mark.parametrize(
    ("levels", "texts"),
    [
        ([0.1, 0.9], ["0.1", "0.9"]),
        ([0.12345, 0.9], ["0.1235", "0.9"]),
        ([0.12345, 0.12346, 0.9], ["0.12345", "0.12346", "0.9"]),
        ([1e6, 1e6 + 1.0], ["1000000", "1000001"]),
        ([1e-9, 2e-9], ["1e-09", "2e-09"]),
        ([1, 1.00001], ["1", "1.00001"]),
        ([1.0, 1.0 + 2**-52], ["1", "1.0000000000000002"]),
        ([False, True], ["no", "yes"]),
        (["a\x1b[2Jb", "c_d"], [r"a\x1b[2Jb", "c_d"]),
    ],
)
def test_levels_have_the_digits_that_tell_them_apart(levels: list[Any], texts: list[str]) -> None:
    assert level_texts(levels) == texts
    assert [level_text(level, levels) for level in levels] == texts


@pytest.mark.parametrize("levels", [[0.12345, 0.12346], [1e-9, 2e-9], [1, 1.00001], ["a_b", "a b"], [0.5, 0.5 + 1e-12]])
def test_no_two_ticks_are_alike(levels: list[Any]) -> None:
    assert len(set(tick_texts(levels))) == len(levels)


@given(st.lists(NUMBERS, unique=True, min_size=1, max_size=9))
def test_no_two_numbers_are_alike(levels: list[float]) -> None:
    assert len(set(level_texts(levels))) == len(set(tick_texts(levels))) == len(levels)


def test_what_was_stated_is_shown_in_full() -> None:
    assert [stated_text(value) for value in (0.1 + 0.2, 0.123456, 3, "x")] == ["0.3", "0.123456", "3", "x"]
