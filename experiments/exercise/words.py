"""Choices as people type them: a verb, what it is about, and after a dash why."""

import shlex
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from agents.member_state import POSITIONS
from experiments.exercise.choices import WHO, Entry, entry_of
from model.errors import ConfigurationError, nearest_name


class Verb(NamedTuple):
    """A verb: how it is used, what it does, and the choice that its words make."""

    use: str
    does: str
    choice: Callable[[list[str]], Mapping[str, Any]]
    least: int
    most: int


def _yes(word: str) -> bool:
    if word.lower() not in ("yes", "no"):
        raise ConfigurationError("is neither yes nor no", value=word)
    return word.lower() == "yes"


def _whole(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise ConfigurationError("is not a whole number", value=word) from None


def _share(word: str) -> float:
    try:
        share = float(word.replace(",", "."))
    except ValueError:
        raise ConfigurationError("is not a number from 0 to 1", value=word) from None
    if not 0.0 <= share <= 1.0:
        raise ConfigurationError("is out of range", value=word, allowed="0 to 1")
    return share


def _struck(words: list[str], *, flag: bool) -> dict[str, Any]:
    """An act: the name of a victim may have several words."""
    return {"victim": " ".join(words[:-1]), "activity": words[-1] if words else "", "false_flag": flag}


def _position(word: str) -> str:
    short = {name.split()[0] if name != POSITIONS[4] else "unconvinced": name for name in POSITIONS}
    if word not in short:
        raise ConfigurationError("is not a position", value=word, allowed=", ".join(short))
    return short[word]


VERBS: dict[str, Verb] = {
    "announce": Verb(
        "announce CLARITY",
        "say in public what will follow; 0 vague to 1 clear",
        lambda w: {"clarity": _share(w[0])},
        1,
        1,
    ),
    "take up": Verb("take up CASE", "decide about a case yourselves", lambda w: {"case": _whole(w[0])}, 1, 1),
    "leave": Verb("leave CASE", "leave a case to the working parties", lambda w: {"case": _whole(w[0])}, 1, 1),
    "attribute": Verb(
        "attribute CASE", "attribute a case to its leading suspect", lambda w: {"case": _whole(w[0])}, 1, 1
    ),
    "measure": Verb(
        "measure CASE MEASURE [STRENGTH]",
        "prepare a measure; strength 0 to 1, by default 1",
        lambda w: {"case": _whole(w[0]), "measure": w[1], "strength": _share(w[2]) if len(w) > 2 else 1.0},
        2,
        3,
    ),
    "ask": Verb("ask CASE", "ask partners what they know", lambda w: {"case": _whole(w[0])}, 1, 1),
    "tell": Verb(
        "tell CASE yes|no",
        "answer the EU, or keep it to yourselves",
        lambda w: {"case": _whole(w[0]), "tells": _yes(w[1])},
        2,
        2,
    ),
    "vote": Verb(
        "vote CASE MEASURE POSITION",
        "fix your position: supports, declares, objects, claims, unconvinced",
        lambda w: {"case": _whole(w[0]), "measure": w[1], "position": _position(w[2])},
        3,
        3,
    ),
    "answer": Verb(
        "answer NEWS NUMBER",
        "answer a question by the number of its option",
        lambda w: {"inject": w[0], "option": _whole(w[1]) - 1},
        2,
        2,
    ),
    "strike": Verb(
        "strike VICTIM ACTIVITY [flag]",
        "act before the next round; flag: with a false flag",
        lambda w: _struck(w[:-1], flag=True) if w[-1] == "flag" else _struck(w, flag=False),
        2,
        8,
    ),
    "hold back": Verb("hold back", "do nothing until the next round", lambda w: {}, 0, 0),
    "take back": Verb("take back", "undo your last choice of this round (facilitator: anybody's)", lambda w: {}, 0, 0),
    "go on": Verb("go on", "end the round; weeks pass", lambda w: {}, 0, 0),
    "back": Verb("back ROUND", "play again from a round on", lambda w: {"round": _whole(w[0]) - 1}, 1, 1),
    "skip": Verb("skip INJECT", "leave out an inject", lambda w: {"inject": w[0]}, 1, 1),
    "postpone": Verb(
        "postpone INJECT WEEKS", "let an inject come later", lambda w: {"inject": w[0], "weeks": _whole(w[1])}, 2, 2
    ),
    "change": Verb(
        'change INJECT "TEXT"', "change the text of an inject", lambda w: {"inject": w[0], "text": w[1]}, 2, 2
    ),
    "insert": Verb(
        'insert "FROM" "TITLE" "TEXT"',
        "send news that the file does not have, to everybody",
        lambda w: {"sender": w[0], "title": w[1], "text": w[2]},
        3,
        3,
    ),
    "pause": Verb("pause", "let nobody decide", lambda w: {"paused": True}, 0, 0),
    "resume": Verb("resume", "go on after a pause", lambda w: {"paused": False}, 0, 0),
}
"""Verbs by their words, in the order of the help."""
KINDS = {"take up": "take_up", "take back": "take_back", "hold back": "hold_back", "go on": "go_on", "resume": "pause"}
"""Kinds of choices whose verb has another name."""
WHY = " - "
"""What stands before a reason."""


def kind_of(verb: str) -> str:
    """Kind of the choice that a verb makes."""
    return KINDS.get(verb, verb)


def verbs_for(role: str, kinds: tuple[str, ...] | list[str]) -> list[str]:
    """Verbs that a role may use, of which kinds of choices are given."""
    return [verb for verb in VERBS if kind_of(verb) in kinds]


def typed(line: str, role: str) -> Entry:
    """The entry that a line makes, such as `measure 3 joint_attribution 0.5 - the evidence is clear`.

    Raises `ConfigurationError`.
    """
    said, _, reason = line.partition(WHY)
    verb = next((each for each in VERBS if said.split()[: len(each.split())] == each.split()), None)
    if verb is None:
        nearest = nearest_name(" ".join(said.split()[:1]), VERBS)
        raise ConfigurationError("is no verb", value=said.strip(), nearest=nearest, allowed="help")
    try:
        words = shlex.split(said)[len(verb.split()) :]
    except ValueError:
        raise ConfigurationError("has a quotation mark without its other", value=said.strip()) from None
    rule = VERBS[verb]
    if not rule.least <= len(words) <= rule.most:
        raise ConfigurationError("has too few or too many words", value=said.strip(), allowed=rule.use)
    choice = {"kind": kind_of(verb), **rule.choice(words)}
    assert choice["kind"] in WHO
    return entry_of({"role": role, "choice": choice, "reason": reason.strip()})
