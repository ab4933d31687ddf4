"""What there is to choose from: names, titles and parameters with their ranges, and how a setting is had again."""

from collections.abc import AsyncIterator
from typing import Any

from analysis.results.folder import POSTERIOR
from experiments.design.uncertainty import WITHOUT
from experiments.page.room import Room
from experiments.page.shelf import Setting, Shelf
from model.configuration import load_configuration
from model.loading import load_doctrine, load_scenario
from model.metrics.columns import WORDS

SLIDERS = (
    *("doctrine.clarity", "doctrine.attribution_confidence", "doctrine.proportionality"),
    *("doctrine.firmness", "doctrine.delay_factor", "doctrine.voting_rule"),
)
"""Parameters that the page shows without being asked."""


async def about(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Everything that can be chosen by name, and words for kinds of perpetrator."""
    yield await room.turns.take(_offered, room.shelf)


def _offered(shelf: Shelf) -> dict[str, Any]:
    return {
        "scenarios": {name: load_scenario(file).value.title for name, file in shelf.scenarios.items()},
        "doctrines": {
            name: {"title": found.title, "idea": " ".join(found.idea.split())}
            for name, file in shelf.doctrines.items()
            for found in (load_doctrine(file).value,)
        },
        "worlds": list(shelf.worlds),
        "world_titles": {WITHOUT: "one for all (chance alone)", POSTERIOR: "uncertain (the posterior)"},
        "replicates": shelf.replicates,
        "seed": shelf.seed,
        "sliders": SLIDERS,
        "words": WORDS,
    }


async def parameters(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """Every parameter of a setting: its value and that of the files, unit, range, meaning, choices and source."""
    setting = room.shelf.setting(asked)
    given, shipped = await room.turns.take(_both, setting)
    yield {"parameters": given, "shipped": shipped}


def _both(setting: Setting) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    stands = {
        each.path: _plain(each.value) for each in load_configuration(setting.scenario, setting.doctrine).parameters()
    }
    rows = [
        each._asdict() | {"value": _plain(each.value), "choices": list(each.choices), "whole": type(each.value) is int}
        for each in setting.configuration.parameters()
    ]
    return rows, stands


def _plain(value: Any) -> Any:
    return value if isinstance(value, (bool, int, float, str)) else str(value)
