"""A run of a folder made again on the page, as `deter explain` does: its story and its ledger.

A folder that brings code of its own is not run here: nobody has looked at that code.
"""

from collections.abc import AsyncIterator
from typing import Any

import polars as pl

from analysis.labels import INVENTED
from analysis.report.briefs import command_path
from analysis.results.folder import Results
from analysis.story.ledger import RunRecord
from analysis.story.narrative import story as told
from experiments.page.folders.asked import StoryAsked
from experiments.page.folders.opening import opened, whole
from experiments.page.room import Room
from experiments.running.explain import made_again
from experiments.running.reproduce import Kept, Reproduction, kept_of, recorded, risks
from model.errors import ConfigurationError
from model.paths import validated

MOST_CASES = 1_000
"""Cases of a ledger on the page: those of some decades."""


async def story(room: Room, asked: Any) -> AsyncIterator[dict[str, Any]]:
    """The story and the ledger of one run; raises `ConfigurationError` where it comes out otherwise now."""
    wanted = validated(StoryAsked, asked)
    yield await room.turns.take(_told, room, wanted)


def _told(room: Room, wanted: StoryAsked) -> dict[str, Any]:
    with whole():
        results = opened(room.shelf.folder, wanted.folder)
        _check_no_code(results, wanted)
        run = _again(kept_of(results), wanted)
    return {
        "invented": INVENTED,
        "title": run.title,
        "stamp": run.stamp,
        "command": command(results, wanted),
        "sections": [{"heading": each.heading, "paragraphs": list(each.paragraphs)} for each in told(run)],
        "cases": [_case(run, case) for case in run.cases[:MOST_CASES]],
        "of": len(run.cases),
    }


def command(results: Results, wanted: StoryAsked) -> str:
    """The command that tells the same story."""
    return f"deter explain {command_path(results.folder)} --point {wanted.point} --replicate {wanted.replicate}"


def _check_no_code(results: Results, wanted: StoryAsked) -> None:
    manifest = results.manifest
    if manifest.model is None and not manifest.metrics:
        return
    brings = (
        f"the model class {manifest.model['name']}" if manifest.model else f"the metric {next(iter(manifest.metrics))}"
    )
    raise ConfigurationError(
        f"comes with code of its own ({brings}), which this page never runs",
        value=results.folder.name,
        allowed=f"`{command(results, wanted)} --trust-model`, once you have looked at that code",
    )


def _again(kept: Kept, wanted: StoryAsked) -> RunRecord:
    of_point = kept.results.scan_part(lambda runs: runs.filter(pl.col("point") == wanted.point))
    row = recorded(kept, wanted.point, wanted.replicate, of_point)
    found = made_again(kept, row)
    if isinstance(found, Reproduction):
        why = "; ".join([*found.said(), *risks(kept)])
        raise ConfigurationError(
            f"has no story, because the run made again differs from the one recorded: {why}",
            value=kept.results.folder.name,
        )
    return found


def _case(run: RunRecord, case: dict[str, Any]) -> dict[str, Any]:
    """A case for readers: parties, activities and measures by their titles."""
    return {
        "opened": case["opened"].isoformat(),
        "status": case["status"],
        "culprit": run.party(case["culprit"]),
        "suspect": run.party(case["suspect"]),
        "victim": case["victim"],
        "activity": run.activity(case["activity"]),
        "severity": case["severity"],
        "confidence": case["confidence"],
        "attributed": None if case["attributed_week"] is None else run.day(case["attributed_week"]).isoformat(),
        "rightly": case["attributed_rightly"],
        "answered": None if case["adopted_week"] is None else run.day(case["adopted_week"]).isoformat(),
        "votes": None
        if case["voted_track"] is None
        else [case[f"votes_{side}"] for side in ("for", "against", "abstaining")],
    }
