"""What may be chosen, and by whom: each choice is an entry of the journal."""

from typing import Annotated, Any, Literal

from pydantic import Field

from agents.member_state import POSITIONS
from experiments.exercise.scenario import MOST_TEXT, ROLES, Role, Text
from model.parameters import Name, Settings, Whole
from model.paths import validated

FACILITATOR = "facilitator"
"""Who leads the exercise and sees everything; no role of a player."""
Number = Annotated[Whole, Field(ge=1, le=100_000)]
"""Number of a case, as players know it."""


class Announce(Settings):
    """Say in public what will follow, more or less clearly."""

    kind: Literal["announce"] = "announce"
    clarity: Annotated[float, Field(ge=0.0, le=1.0)]


class TakeUp(Settings):
    """Decide about a case that the doctrine would have dealt with."""

    kind: Literal["take_up"] = "take_up"
    case: Number


class Leave(Settings):
    """Leave a case to the doctrine."""

    kind: Literal["leave"] = "leave"
    case: Number


class Attribute(Settings):
    """Attribute a case to its leading suspect, on the evidence that there is."""

    kind: Literal["attribute"] = "attribute"
    case: Number


class Measure(Settings):
    """Prepare a measure on a case; `strength` lies between its mildest and its strongest form."""

    kind: Literal["measure"] = "measure"
    case: Number
    measure: Name
    strength: Annotated[float, Field(ge=0.0, le=1.0)] = 1.0


class Ask(Settings):
    """Ask partners what they know of a case."""

    kind: Literal["ask"] = "ask"
    case: Number


class Tell(Settings):
    """Answer the Union's question, or keep to oneself what one knows."""

    kind: Literal["tell"] = "tell"
    case: Number
    tells: bool


class Vote(Settings):
    """Fix the position of one's Member State on a measure on a case."""

    kind: Literal["vote"] = "vote"
    case: Number
    measure: Name
    position: Literal[
        "supports",
        "declares an abstention",
        "objects",
        "claims a vital interest",
        "abstains because it is unconvinced",
    ]


class Answer(Settings):
    """Answer the question of an inject, by the place of the option from 0 on."""

    kind: Literal["answer"] = "answer"
    inject: Name
    option: Annotated[Whole, Field(ge=0, le=7)]


class Strike(Settings):
    """Let the red team's perpetrator act before the next round."""

    kind: Literal["strike"] = "strike"
    victim: Text
    activity: Name
    false_flag: bool = False


class HoldBack(Settings):
    """Let the red team's perpetrator do nothing until the next round."""

    kind: Literal["hold_back"] = "hold_back"


class TakeBack(Settings):
    """Take back the last choice that one has made in this round."""

    kind: Literal["take_back"] = "take_back"


class GoOn(Settings):
    """End the round: weeks pass until the next."""

    kind: Literal["go_on"] = "go_on"


class Back(Settings):
    """Go back to the beginning of a round, from 0 on, and play it again on the same random numbers."""

    kind: Literal["back"] = "back"
    round: Annotated[Whole, Field(ge=0, le=11)]


class Skip(Settings):
    """Leave out an inject that has not come yet, and the act behind it."""

    kind: Literal["skip"] = "skip"
    inject: Name


class Postpone(Settings):
    """Let an inject come so many weeks later, and the act behind it."""

    kind: Literal["postpone"] = "postpone"
    inject: Name
    weeks: Annotated[Whole, Field(ge=1, le=104)]


class Change(Settings):
    """Change the text of an inject that has not come yet."""

    kind: Literal["change"] = "change"
    inject: Name
    text: Text


class Insert(Settings):
    """Send news that the file does not have; nothing happens in the world."""

    kind: Literal["insert"] = "insert"
    title: Text
    sender: Text
    to: Annotated[list[Role], Field(min_length=1)] = Field(default=list(ROLES))
    text: Text


class Pause(Settings):
    """Stop the clock, or let it go on; players can decide nothing meanwhile."""

    kind: Literal["pause"] = "pause"
    paused: bool


Choice = Annotated[
    Announce
    | TakeUp
    | Leave
    | Attribute
    | Measure
    | Ask
    | Tell
    | Vote
    | Answer
    | Strike
    | HoldBack
    | TakeBack
    | GoOn
    | Back
    | Skip
    | Postpone
    | Change
    | Insert
    | Pause,
    Field(discriminator="kind"),
]
WHO: dict[str, tuple[str, ...]] = {
    "announce": ("presidency", "chair"),
    "take_up": ("presidency", "chair"),
    "leave": ("presidency", "chair"),
    "attribute": ("presidency", "chair"),
    "measure": ("presidency", "chair"),
    "ask": ("presidency", "chair"),
    "tell": ("partner",),
    "vote": ("delegation",),
    "answer": ROLES,
    "strike": ("red_team",),
    "hold_back": ("red_team",),
    "take_back": ROLES,
    "go_on": ("presidency",),
    "back": (),
    "skip": (),
    "postpone": (),
    "change": (),
    "insert": (),
    "pause": (),
}
"""Roles that may make each choice; the facilitator may make all."""


PUBLIC = ("announce",)
"""Choices of which everybody hears."""
OF_THE_TABLE = ("take_up", "leave", "attribute", "measure", "ask", "tell")
"""Choices of which the Union's side hears, but for a partner that keeps to itself what it knows."""


class Entry(Settings):
    """One choice, as the journal has it: who, what, and why."""

    role: Literal["presidency", "chair", "delegation", "partner", "red_team", "facilitator"]
    choice: Choice
    reason: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    at: str = ""  # time of the clock, for reading alone: nothing depends on it


def hidden(entry: Entry) -> bool:
    """Whether nobody else hears of a choice that concerns a case: a delegation's vote, and what a partner keeps."""
    choice = entry.choice
    return choice.kind == "vote" or (choice.kind == "tell" and not choice.tells)


def entry_of(data: Any) -> Entry:
    """An entry from plain values; raises `ConfigurationError`."""
    return validated(Entry, data)


def position_code(name: str) -> int:
    """Code of a position that a delegation takes."""
    return POSITIONS.index(name)
