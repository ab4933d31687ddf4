"""A run of a folder made again on the page, as `deter explain` does: its story and its ledger."""

from collections.abc import AsyncIterator
from typing import Any

import polars as pl

from analysis.labels import INVENTED
from analysis.story.ledger import RunRecord
from analysis.story.narrative import story as told
from experiments.page.folders.asked import StoryAsked
from experiments.page.folders.brought import check_no_code, command
from experiments.page.folders.cases import cases_of
from experiments.page.folders.opening import opened, whole
from experiments.page.room import Room
from experiments.page.shelf import check_length
from experiments.running.explain import made_again
from experiments.running.reproduce import Kept, Reproduction, kept_of, recorded, risks
from model.errors import ConfigurationError
from model.paths import validated


async def story(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """The story and the ledger of one run; raises `ConfigurationError` where it is too long or differs now."""
    yield await room.turns.take(_told, room, validated(StoryAsked, asked))


def _told(room: Room, wanted: StoryAsked) -> dict[str, Any]:
    with whole():
        results = opened(room.shelf.folder, wanted.folder)
        check_no_code(results, wanted.point, wanted.replicate)
        run = _again(kept_of(results), wanted)
    return {
        "invented": INVENTED,
        "title": run.title,
        "stamp": run.stamp,
        "command": command(results, wanted.point, wanted.replicate),
        "sections": [{"heading": each.heading, "paragraphs": list(each.paragraphs)} for each in told(run)],
        "cases": cases_of(run),
        "of": len(run.cases),
    }


def _again(kept: Kept, wanted: StoryAsked) -> RunRecord:
    of_point = kept.results.scan_part(lambda runs: runs.filter(pl.col("point") == wanted.point))
    row = recorded(kept, wanted.point, wanted.replicate, of_point)
    instead = command(kept.results, wanted.point, wanted.replicate)
    check_length(kept.design.configuration(wanted.point, wanted.replicate), instead)
    found = made_again(kept, row)
    if isinstance(found, Reproduction):
        problem = "has no story, because the run made again differs from the one recorded"
        raise ConfigurationError(
            f"{problem}: {'; '.join([*found.said(), *risks(kept)])}", value=kept.results.folder.name
        )
    return found
