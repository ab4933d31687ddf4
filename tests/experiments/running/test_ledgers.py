"""The ledgers of a run: they say the same as its books, and a track of a case that ended says when."""

import polars as pl
import pytest

from analysis.results.single_run import ANSWERS
from experiments.running.ledgers import ledger_frame, votes_frame
from experiments.running.single import columns_of
from model.configuration import Configuration, load_configuration
from model.ensemble import OneRun, run_one

CHANGED = {
    "scenario.time.burn_in": 0,
    "scenario.time.weeks": 780,
    "scenario.investigation.skill": 0.4,
    "scenario.investigation.exposure_rate": 0.05,
    "scenario.council.member_will": 1.0,
    "member_states.traits.reluctance.mean": 0.1,
    "member_states.traits.reluctance.spread": 1.2,
    "doctrine.attribution_confidence": 0.75,
}
"""Everything counts, errors are common, members respond on their own, and many object."""


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration("illustrative", "clear_ladder", CHANGED)


@pytest.fixture(scope="module")
def run(configuration: Configuration) -> OneRun:
    return run_one(configuration, 5, 0, ledger=True)


@pytest.fixture(scope="module")
def ledger(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    return ledger_frame(configuration, run)


def adopted(ledger: pl.DataFrame, track: str) -> pl.DataFrame:
    return ledger.filter(pl.col(f"{track}_stage") == "adopted")


def test_the_ledger_adds_up_to_the_books(ledger: pl.DataFrame, run: OneRun) -> None:
    books = {name: column.item() for name, column in columns_of(run).items()}
    bites = [adopted(ledger, track)[f"{track}_bite"].sum() for track in ANSWERS]
    assert all(bite > 0.0 for bite in bites)
    assert sum(bites) == pytest.approx(books["bite"], rel=1e-9)
    assert ledger["bite"].sum() == pytest.approx(books["bite"], rel=1e-9)
    assert ledger["exposed_week"].drop_nulls().len() == books["exposed"] > 0
    assert (ledger["dossier_stage"] == "lapsed").sum() == books["dossiers_lapsed"] > 0
    assert (ledger["dossier_stage"] == "dropped").sum() == books["dossiers_dropped"] > 0
    assert (ledger["national_rightly"] == False).sum() == books["nationally_wrong"]  # noqa: E712
    assert adopted(ledger, "joint").height == books["jointly"] > 0
    assert adopted(ledger, "joint")["joint_week"].is_not_null().all()
    assert ledger["reaction_week"].drop_nulls().len() == books["reactions"] > 0


def test_the_votes_add_up_to_the_books(configuration: Configuration, run: OneRun) -> None:
    books, votes = run.books[0], votes_frame(configuration, run)
    dossiers = votes.filter(pl.col("track") == "dossier")
    assert votes.height == books.votes
    assert (~dossiers["passed"]).sum() == books.restrictive_failed > 0
    assert dossiers.filter(~pl.col("passed"))["votes_against"].sum() == books.objections
    assert (votes["unconvinced"] <= votes["votes_abstaining"]).all()


@pytest.mark.parametrize("track", ANSWERS)
def test_a_track_says_when_it_ended(ledger: pl.DataFrame, track: str) -> None:
    stage, week = pl.col(f"{track}_stage"), f"{track}_settled_week"
    under_way = ledger.filter(stage.is_null() | stage.is_in(["waiting", "in preparation"]))
    assert under_way[week].is_null().all()
    ended = ledger.filter(stage.is_in(["adopted", "refused", "dropped", "lapsed"]))
    assert ended.height > 0
    assert (ended[week] >= ended["attributed_week"]).all()
    assert (ended[week] < CHANGED["scenario.time.weeks"]).all()
    assert adopted(ledger, track)["adopted_week"].is_not_null().all()


def test_the_vote_that_decided_most_is_that_on_the_dossier(ledger: pl.DataFrame, configuration: Configuration) -> None:
    refused = ledger.filter(pl.col("dossier_stage") == "refused")
    assert (refused["voted_track"] == "dossier").all()
    votes = ledger.drop_nulls("voted_track").select(
        total=pl.sum_horizontal("votes_for", "votes_against", "votes_abstaining")
    )
    assert votes["total"].unique().to_list() == [len(configuration.member_states.members)]
    assert set(ledger["voted_track"].drop_nulls()) == {"statement", "joint", "dossier"}  # a member alone asks nobody
    assert ledger.filter(pl.col("attributed_week").is_null())["voted_track"].is_null().all()
