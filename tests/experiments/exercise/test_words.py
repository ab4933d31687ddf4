"""What people type: every verb makes its choice, and what is none gets a message."""

from typing import Any

import pytest

from experiments.exercise.choices import WHO
from experiments.exercise.words import KINDS, VERBS, kind_of, typed
from model.errors import ConfigurationError


@pytest.mark.parametrize(
    ("line", "choice"),
    [
        ("announce 0.8", {"kind": "announce", "clarity": 0.8}),
        ("announce 0,8", {"kind": "announce", "clarity": 0.8}),
        ("take up 3", {"kind": "take_up", "case": 3}),
        ("measure 3 joint_attribution 0.5", {"kind": "measure", "measure": "joint_attribution", "strength": 0.5}),
        ("tell 4 no", {"kind": "tell", "tells": False}),
        ("vote 4 asset_freeze declares", {"kind": "vote", "position": "declares an abstention"}),
        ("vote 4 asset_freeze unconvinced", {"kind": "vote", "position": "abstains because it is unconvinced"}),
        ("answer worm 2", {"kind": "answer", "inject": "worm", "option": 1}),
        ('strike "New Zealand" espionage flag', {"kind": "strike", "victim": "New Zealand", "false_flag": True}),
        ("hold back", {"kind": "hold_back"}),
        ("go on", {"kind": "go_on"}),
        ("back 1", {"kind": "back", "round": 0}),
        ('insert "A minister" "No" "He says no."', {"kind": "insert", "sender": "A minister", "text": "He says no."}),
        ("resume", {"kind": "pause", "paused": False}),
    ],
)
def test_a_line_is_a_choice(line: str, choice: dict[str, Any]) -> None:
    found = typed(line, "presidency").choice.model_dump()
    assert choice.items() <= found.items()


def test_a_reason_follows_a_dash() -> None:
    entry = typed("attribute 2 - the evidence stands - and so do we", "chair")
    assert entry.reason == "the evidence stands - and so do we"
    assert entry.choice.model_dump() == {"kind": "attribute", "case": 2}


def test_every_choice_has_a_verb() -> None:
    assert {kind_of(verb) for verb in VERBS} == set(WHO)
    assert set(KINDS) <= set(VERBS)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("attribut 3", "did you mean 'attribute'"),
        ("attribute", "attribute CASE"),
        ("attribute x", "is not a whole number"),
        ("announce 2", "out of range"),
        ("tell 3 perhaps", "neither yes nor no"),
        ("vote 3 asset_freeze loves", "is not a position"),
        ('insert "a', "without its other"),
        ("", "is no verb"),
        ("measure 0 x", "out of range"),
    ],
)
def test_what_is_no_choice_gets_a_message(line: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        typed(line, "presidency")
