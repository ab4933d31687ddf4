"""Messages: whatever a name holds, one line that can be read and does nothing to a terminal."""

import pytest

from model.errors import ConfigurationError, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("é 中 − “x” 😀", "é 中 − “x” 😀"),
        ("12\N{NO-BREAK SPACE}%", "12\N{NO-BREAK SPACE}%"),
        ("a\x1b[2J\x07\x08\x9b", r"a\x1b[2J\x07\x08\x9b"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("a\u202eb\u200bc\u2066\ufeff", r"a\u202eb\u200bc\u2066\ufeff"),
        ("a\udc80\x00\u2028", r"a\udc80\x00\u2028"),
    ],
)
def test_what_nobody_sees_is_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert str(ConfigurationError("is wrong", file=text)) == f"{shown}: is wrong"


def test_lines_may_be_kept() -> None:
    assert printable("a\nb\x07", keep="\n") == "a\nb\\x07"
