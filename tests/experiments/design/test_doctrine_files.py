"""Files of doctrines that are written: whatever text of the user stands in them, they can be read again."""

import tomllib

from support.nasty import NASTY

from experiments.design.doctrine_file import doctrine_text
from model.loading import load_doctrine

TEXT = NASTY + "\x7f\n\t\x00é 😀"


def test_any_text_is_read_again_as_it_was() -> None:
    doctrine = load_doctrine("adaptive_pressure").value
    found = tomllib.loads(doctrine_text(doctrine, {"clarity": TEXT}, title=TEXT, idea=TEXT))
    assert (found["title"], found["idea"], found["sources"]["clarity"]) == (TEXT, TEXT, TEXT)
    assert (found["clarity"], found["initiative"]) == (doctrine.clarity, doctrine.initiative)
    assert found["phases"].keys() == doctrine.phases.keys()
