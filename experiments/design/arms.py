"""Arms of a comparison for which no file stands: a doctrine with a setting, or several, of another value.

What changes within the doctrine makes another doctrine. What changes beside it makes the same doctrine in a changed
world, which has a twin of its own: its name says so, for it is no effect of a doctrine that it differs by.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from analysis.labels import factor_words, listed, stated_text
from experiments.design.points import WHOLES, scalars
from model.configuration import Configuration, ConfigurationError, Doctrine

CHANGE = "--change"
"""Where a change is given, for messages that have no file to name."""
WITHIN = "doctrine."


class Arm(NamedTuple):
    """A level of `doctrine`: its name, the doctrine as plain values, and what is other beside it, by path."""

    level: str
    content: dict[str, Any]
    changes: dict[str, Any]


def full_path(path: str) -> str:
    """The path of a setting: `voting_rule` is `doctrine.voting_rule`."""
    return path if "." in path or path in Configuration.model_fields else f"{WITHIN}{path}"


def arms_of(name: str, base: Configuration, changes: Sequence[Mapping[str, Any]]) -> list[Arm]:
    """The doctrine of a base, called `name`, once for each set of changes, given as values by path.

    Raises `ConfigurationError` where a path or a value is wrong, or two arms are the same.
    """
    arms = [_arm(name, base, {full_path(path): value for path, value in each.items()}) for each in changes]
    levels = [arm.level for arm in arms]
    for place, level in enumerate(levels):
        if level in levels[:place]:
            raise ConfigurationError("is given twice", file=CHANGE, value=level.removeprefix(f"{name} "))
    return arms


def _arm(name: str, base: Configuration, changes: Mapping[str, Any]) -> Arm:
    for path in changes:
        if path in WHOLES:
            allowed = "a single setting; give doctrines as arguments, and a scenario with --scenario"
            raise ConfigurationError("is not a single setting", file=CHANGE, key=path, allowed=allowed)
    try:
        changed = base.with_values(changes)
    except ConfigurationError as error:
        raise error.at(CHANGE) from None
    held, before = scalars(changed), scalars(base)
    for path in changes:
        if path not in held:
            allowed = "what `deter list parameters` shows"
            raise ConfigurationError("is not a single setting", file=CHANGE, key=path, allowed=allowed)
    within = {path: held[path] for path in changes if path.startswith(WITHIN)}
    beside = {path: held[path] for path in changes if path not in within}
    words = _words(within, beside)
    was = listed([f"{factor_words(path)} was {stated_text(before[path])}" for path in within if path in before])
    content = changed.doctrine.model_dump(mode="json") | {
        "title": f"{base.doctrine.title} {words}",
        "idea": f"“{base.doctrine.title}” except for the changed settings{f' ({was})' if was else ''}.",
    }
    Doctrine.model_validate(content)
    return Arm(f"{name} {words}", content, {path: _plain(value) for path, value in beside.items()})


def _words(within: Mapping[str, Any], beside: Mapping[str, Any]) -> str:
    """What is changed, behind the name of a doctrine: with voting rule qmv, in a world with grievance gain 3."""
    parts = [
        (f"{before} {listed([f'{factor_words(path)} {stated_text(value)}' for path, value in given.items()])}", given)
        for before, given in (("with", within), ("in a world with", beside))
    ]
    return " ".join(words for words, given in parts if given)


def _plain(value: Any) -> Any:
    """A value as a manifest keeps it: a day as text."""
    return value if isinstance(value, (bool, int, float, str)) else str(value)
