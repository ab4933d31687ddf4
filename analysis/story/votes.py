"""How each Member State voted in one run, and of whom chance alone decides it."""

import polars as pl

from agents.member_state import POSITIONS
from analysis.results.tables import Table
from analysis.story.ledger import RunRecord

COLUMNS = ("for", "abstaining", "against", "vital_interest", "unconvinced")
"""Columns of the table by position, in the order of `POSITIONS`."""
MARK = "°"
"""After the name of a Member State whose votes only chance tells from those of others."""


def by_member(run: RunRecord) -> pl.DataFrame:
    """Votes of each Member State in the weeks counted: `member`, `votes`, each of `COLUMNS`, and `by_chance`.

    Those who object most come first. Empty where no vote was held.
    """
    counts = {name: (pl.col("position") == position).sum() for name, position in zip(COLUMNS, POSITIONS, strict=True)}
    votes = run.by_member.filter("counted").group_by("member", maintain_order=True)
    found = votes.agg(votes=pl.len(), **counts, by_chance=pl.col("by_chance").first())
    against = pl.col("against") + pl.col("vital_interest")
    return found.sort(against, pl.col("abstaining"), pl.col("unconvinced"), descending=True, maintain_order=True)


def positions(run: RunRecord) -> list[str]:
    """Of each vote in the weeks counted the position of every Member State: a digit each, its place in `COLUMNS`."""
    codes = {position: str(code) for code, position in enumerate(POSITIONS)}
    votes = run.by_member.filter("counted").group_by("vote", maintain_order=True)
    return votes.agg(pl.col("position").replace_strict(codes).str.join(""))["position"].to_list()


def by_member_table(run: RunRecord) -> Table:
    """How each Member State voted, as a table for readers."""
    frame = by_member(run)
    votes = f"{frame['votes'][0]:,} votes" if frame.height else "no vote"
    note = (
        f"{run.setting}. n = 1 run with {votes} in the weeks counted: counts of one run, not estimates, so they have "
        f"no interval. {chance_text(run)} {run.stamp}."
    )
    return Table("How each Member State voted in one run", frame, note)


def chance_text(run: RunRecord, mark: str = "") -> str:
    """Of which Member States chance alone decides how they vote, in a sentence or two for a note."""
    members = run.configuration.member_states
    chance = [name for name in members.members if members.votes_by_chance(name)]
    if not chance:
        drawn = "Every position is drawn around the dependence or the reluctance stated for that Member State."
    elif len(chance) == len(members.members):
        drawn = (
            f"{mark}All positions are drawn by chance: all Member States draw traits from the same distributions. "
            "So who objects says nothing about a real state."
        )
    else:
        drawn = (
            f"{mark}{len(chance)} of {len(members.members)} Member States vote by chance: they draw their traits from "
            "distributions that they share. The others draw around their own."
        )
    return f"{drawn} Traits are drawn anew in each replicate, and part of every position is drawn for each case."
