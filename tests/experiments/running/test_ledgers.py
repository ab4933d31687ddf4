"""The ledgers of a run: they say the same as its books, and a track of a case that ended says when."""

import polars as pl
import pytest

from agents.catalogue import KINDS
from agents.union.docket import NEVER
from analysis.results.single_run import ANSWERS
from experiments.running.ledgers import acts_frame, ledger_frame, votes_by_member_frame, votes_frame
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
    return run_one(configuration, 5, 0, ledger=True, acts=True)


@pytest.fixture(scope="module")
def ledger(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    return ledger_frame(configuration, run)


@pytest.fixture(scope="module")
def acts(configuration: Configuration, run: OneRun) -> pl.DataFrame:
    return acts_frame(configuration, run)


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


def test_acts_add_up_to_the_books_of_the_world_and_of_its_twin(acts: pl.DataFrame, run: OneRun) -> None:
    assert run.twin is not None
    for world, books in (("world", run.books[0]), ("twin", run.twin.books[0])):
        of = acts.filter(pl.col("world") == world)
        assert of.height == books.acts > 0
        assert of["severe"].sum() == books.severe_acts > 0
        assert of["succeeded"].sum() == books.successes > 0
        assert of["severity"].sum() == pytest.approx(books.act_severity, rel=1e-9)
        assert of["harm"].sum() == pytest.approx(books.harm_realised, rel=1e-9)
        assert [(of["kind"] == kind).sum() for kind in KINDS] == books.acts_by_kind.tolist()


def test_the_detected_acts_are_the_cases_that_are_no_false_alarm(acts: pl.DataFrame, ledger: pl.DataFrame) -> None:
    detected = acts.filter("detected", pl.col("world") == "world")
    named = {"act_week": "week", "opened_week": "detected_week", "culprit": "perpetrator"}
    columns = [*named.values(), "victim", "activity"]
    cases = ledger.filter(pl.col("culprit").is_not_null()).rename(named)
    assert detected.height > 0
    assert set(detected.select(columns).rows()) == set(cases.select(columns).rows())
    assert acts.filter(~pl.col("detected"))["detected_week"].null_count() == (~acts["detected"]).sum() > 0


def test_acts_that_surface_after_the_end_are_not_detected(acts: pl.DataFrame, run: OneRun) -> None:
    late = (run.acts.surfaces != NEVER) & (run.acts.surfaces >= CHANGED["scenario.time.weeks"])
    assert late.sum() > 0
    assert not acts.filter(pl.col("world") == "world")["detected"].to_numpy()[late].any()


def test_acts_of_the_burn_in_are_not_kept(configuration: Configuration) -> None:
    short = configuration.with_values({"scenario.time.burn_in": 60, "scenario.time.weeks": 30})
    acts = acts_frame(short, run_one(short, 1, 0, acts=True))
    assert acts["week"].min() >= 60
    assert acts["week"].max() < 90


def test_positions_of_members_add_up_to_each_vote(configuration: Configuration, run: OneRun) -> None:
    votes, single = votes_frame(configuration, run), votes_by_member_frame(configuration, run)
    assert single.height == votes.height * len(configuration.member_states.members)
    of = single.group_by("vote", maintain_order=True).agg(
        votes_for=(pl.col("position") == "supports").sum(),
        votes_against=pl.col("position").is_in(["objects", "claims a vital interest"]).sum(),
        votes_abstaining=pl.col("position").str.contains("abst").sum(),
        unconvinced=pl.col("position").str.contains("unconvinced").sum(),
    )
    names = ["votes_for", "votes_against", "votes_abstaining", "unconvinced"]
    assert of.select(pl.col(names).cast(pl.Int64)).equals(votes.select(names))
    about = ["week", "date", "measure", "track", "passed", "counted"]
    assert single.unique("vote", maintain_order=True).select(about).equals(votes.select(about))
    assert (votes["votes_against"] > 0).any()


def test_who_has_no_trait_of_its_own_votes_by_chance(configuration: Configuration) -> None:
    own = {"member_states.members.Hungary.reluctance": {"mean": 0.3, "spread": 0.5}}
    base = configuration.with_values({**own, "scenario.time.weeks": 52})
    single = votes_by_member_frame(base, run_one(base, 1, 0, ledger=True))
    assert set(single.filter(~pl.col("by_chance"))["member"]) == {"Hungary"}


def test_nothing_is_kept_unasked_and_asking_changes_nothing(configuration: Configuration) -> None:
    short = configuration.with_values({"scenario.time.weeks": 40})
    plain, full = run_one(short, 1, 0), run_one(short, 1, 0, ledger=True, acts=True)
    assert len(plain.acts) == len(plain.positions) == 0 < len(full.acts)
    assert plain.books.tobytes() == full.books.tobytes()
    assert plain.series.tobytes() == full.series.tobytes()
