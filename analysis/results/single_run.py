"""Tables of a folder of one run: the types of their columns, and whether they are of its configuration."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from agents.books import SERIES
from agents.catalogue import KINDS
from agents.member_state import POSITIONS
from agents.union.tracks import STAGES, STATEMENT, TRACKS
from analysis.results.reading import Schema
from model.configuration import Configuration
from model.errors import ConfigurationError, listing

PHASE = "phase_"
"""Beginning of the name of a column of the series that says whether a phase of the doctrine held: 1, else 0."""
ANSWERS = TRACKS[STATEMENT:]
"""Tracks of the answer to an attributed case."""


def _of_track(track: str) -> Schema:
    return {
        f"{track}_stage": pl.String(),
        f"{track}_measure": pl.String(),
        f"{track}_settled_week": pl.Int64(),
        f"{track}_bite": pl.Float64(),
    }


LEDGER_SCHEMA: Schema = {
    "act_week": pl.Int64(),
    "opened_week": pl.Int64(),
    "opened": pl.Date(),
    "counted": pl.Boolean(),
    "status": pl.String(),
    "culprit": pl.String(),
    "suspect": pl.String(),
    "victim": pl.String(),
    "activity": pl.String(),
    "severity": pl.Float64(),
    "confidence": pl.Float64(),
    "national_week": pl.Int64(),
    "national_rightly": pl.Boolean(),
    "attributed_week": pl.Int64(),
    "attributed_rightly": pl.Boolean(),
    "exposed_week": pl.Int64(),
    "joint_week": pl.Int64(),
    "reaction": pl.String(),
    "reaction_week": pl.Int64(),
    "intended": pl.Float64(),
    **{name: kind for track in ANSWERS for name, kind in _of_track(track).items()},
    "dossier_opened_week": pl.Int64(),
    "adopted_week": pl.Int64(),
    "delay": pl.Int64(),
    "bite": pl.Float64(),
    "voted_track": pl.String(),
    "votes_for": pl.Int64(),
    "votes_against": pl.Int64(),
    "votes_abstaining": pl.Int64(),
    "next_choice": pl.String(),
    "next_choice_week": pl.Int64(),
    "next_act": pl.String(),
    "next_act_week": pl.Int64(),
}
"""Columns of `ledger.parquet`: one row for each case."""

VOTES_SCHEMA: Schema = {
    "week": pl.Int64(),
    "date": pl.Date(),
    "counted": pl.Boolean(),
    "act_week": pl.Int64(),
    "culprit": pl.String(),
    "suspect": pl.String(),
    "victim": pl.String(),
    "measure": pl.String(),
    "track": pl.String(),
    "votes_for": pl.Int64(),
    "votes_against": pl.Int64(),
    "votes_abstaining": pl.Int64(),
    "unconvinced": pl.Int64(),
    "share": pl.Float64(),
    "passed": pl.Boolean(),
}
"""Columns of `votes.parquet`: one row for each vote put to members."""

VOTES_BY_MEMBER_SCHEMA: Schema = {
    "vote": pl.Int64(),
    "week": pl.Int64(),
    "date": pl.Date(),
    "counted": pl.Boolean(),
    "measure": pl.String(),
    "track": pl.String(),
    "passed": pl.Boolean(),
    "member": pl.String(),
    "position": pl.String(),
    "by_chance": pl.Boolean(),
}
"""Columns of `votes_by_member.parquet`: one row for each vote and Member State."""

ACTS_SCHEMA: Schema = {
    "world": pl.String(),
    "week": pl.Int64(),
    "date": pl.Date(),
    "perpetrator": pl.String(),
    "kind": pl.String(),
    "victim": pl.String(),
    "activity": pl.String(),
    "severity": pl.Float64(),
    "severe": pl.Boolean(),
    "succeeded": pl.Boolean(),
    "harm": pl.Float64(),
    "detected": pl.Boolean(),
    "detected_week": pl.Int64(),
}
"""Columns of `acts.parquet`: one row for each act of the weeks counted, in the world and in its twin."""
WORLD, TWIN = "world", "twin"
"""Which of the two an act belongs to."""


def check_names(path: Path, frame: pl.DataFrame, configuration: Configuration) -> None:
    """Refuse a table that names parties, activities or measures that its configuration does not have."""
    base = configuration
    victims = {*base.member_states.members, *base.partners.members}
    known: dict[str, Iterable[str]] = dict.fromkeys(("perpetrator", "culprit", "suspect"), base.perpetrators)
    known |= {"victim": victims, "member": base.member_states.members, "position": POSITIONS}
    known |= {"kind": KINDS, "world": (WORLD, TWIN)}
    known |= dict.fromkeys(("activity", "next_choice", "next_act"), base.activities)
    known |= dict.fromkeys(("measure", "reaction", *(f"{track}_measure" for track in ANSWERS)), base.measures)
    known |= dict.fromkeys(("track", "voted_track"), TRACKS) | {f"{track}_stage": STAGES for track in ANSWERS}
    for column in known.keys() & set(frame.select(pl.col(pl.String)).columns):
        for name in frame[column].drop_nulls().unique():
            if name not in known[column]:
                raise ConfigurationError("is not in the configuration", file=str(path), key=column, value=name)


def check_acts(path: Path, acts: pl.DataFrame, configuration: Configuration) -> None:
    """Refuse acts of other names than the configuration's, or with a cell that is empty or no finite number."""
    check_names(path, acts, configuration)
    _check_filled(path, acts.drop("detected_week"))


def check_votes_by_member(path: Path, votes: pl.DataFrame, configuration: Configuration) -> None:
    """Refuse positions of other names than the configuration's, or that are not one of each member in each vote."""
    check_names(path, votes, configuration)
    _check_filled(path, votes)
    cells = votes.select("vote", "member")
    if not cells.is_unique().all() or votes.height != cells["vote"].n_unique() * cells["member"].n_unique():
        raise ConfigurationError("does not hold one position of each Member State in each vote", file=str(path))


def _check_filled(path: Path, frame: pl.DataFrame) -> None:
    wrong = [
        column.name
        for column in frame
        if column.null_count() or (column.dtype.is_float() and not column.is_finite().all())
    ]
    if wrong:
        raise ConfigurationError(f"has empty cells: {listing(wrong)}", file=str(path))


def check_weeks(path: Path, frame: pl.DataFrame, activities: Sequence[str], phases: Sequence[str] = ()) -> None:
    """Refuse a series without a week, or in which a column of the world is missing or holds no finite numbers."""
    names = [*(SERIES.dtype.names or ()), *(f"acts_{name}" for name in activities)]
    wrong = [name for name in ("week", *names, *phases) if not _is_finite(frame, name)]
    wrong += [twin for twin in (f"twin_{name}" for name in names) if twin in frame and not _is_finite(frame, twin)]
    if wrong or not frame.height or frame.schema.get("date") != pl.Date or frame["date"].null_count():
        problem = f"does not have a finite number for every week: {listing(wrong or ['date'])}"
        raise ConfigurationError(problem, file=str(path))


def _is_finite(frame: pl.DataFrame, name: str) -> bool:
    column = frame.get_column(name, default=pl.Series([None]))
    return column.dtype.is_numeric() and bool((column.is_finite() & column.is_not_null()).all())
