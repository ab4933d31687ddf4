"""Files of doctrines that a search writes: whatever text of the user stands in them, it can be read again."""

import tomllib

from support.nasty import NASTY

from experiments.search.search import _toml


def test_any_text_is_read_again_as_it_was() -> None:
    entries = {"title": NASTY + "\x7f\n\t\x00é 😀", "clarity": 0.1 + 0.2, "initiative": True, "weeks": 3}
    assert tomllib.loads("\n".join(_toml(entries))) == entries
