"""Who acts against whom and how members vote: edges and counts add up to the run, and figures and files hold them."""

import io
from pathlib import Path

import networkx
import polars as pl
import pytest
from support import look, slides
from support.worlds import recorded

from analysis.report.gallery import draw, names_of
from analysis.results.folder import Results, open_results
from analysis.story.ledger import RunRecord, record_of
from analysis.story.network import EU, edges, graphml, network_table
from analysis.story.votes import MARK, by_member, by_member_table, chance_text
from experiments.commands.main import main
from model.configuration import load_configuration

CATEGORIES = ("cooperative", "stability", "restrictive", "support")
OPTIONS = ["--acts", "--quiet", "--set", "member_states.traits.reluctance.mean=0.1"]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    out = tmp_path_factory.mktemp("run") / "out"
    assert main(["run", "illustrative", "--doctrine", "clear_ladder", *OPTIONS, "--out", str(out)]) == 0
    return open_results(out)


@pytest.fixture(scope="module")
def run(results: Results) -> RunRecord:
    return record_of(results)


def test_a_folder_with_acts_has_all_tables_and_figures(results: Results) -> None:
    folder = results.folder
    assert results.acts.filter(pl.col("world") == "world").height == results.runs["acts"].item()
    assert (folder / "acts.csv").read_text().count("\n") == results.acts.height + 1
    assert {"network", "votes_by_member"} <= set(names_of(results))
    for name in ("network", "votes_by_member"):
        assert (folder / "figures" / f"{name}.svg").exists()
        assert pl.read_csv(folder / "tables" / f"{name}.csv").height > 0


def test_a_run_without_acts_in_its_place_leaves_none_of_them(tmp_path: Path) -> None:
    short = ["--quiet", "--no-figures", "--out", str(tmp_path / "out"), "--set", "scenario.time.weeks=20"]
    assert main(["run", "--acts", *short]) == 0
    assert (tmp_path / "out" / "tables" / "network.graphml").exists()
    assert main(["run", *short]) == 0
    left = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert not {name for name in left if name.startswith(("acts", "network", "votes"))}


def test_edges_of_acts_add_up_to_the_run(run: RunRecord) -> None:
    acts = edges(run).filter(pl.col("relation") == "acts")
    row = run.figures
    assert acts["weight"].sum() == row["acts"]
    assert acts["twin_weight"].sum() == row["twin_acts"]
    assert acts["severe"].sum() == row["severe_acts"]
    assert acts["succeeded"].sum() == row["successes"]
    assert acts["harm"].sum() == pytest.approx(row["harm_realised"])
    assert set(acts["source"]) <= set(run.configuration.perpetrators)


def test_edges_of_responses_add_up_to_the_measures_adopted(run: RunRecord) -> None:
    taken = edges(run).filter(pl.col("relation") == "responses")
    assert set(taken["source"]) == {EU}
    for category in CATEGORIES:
        assert taken.filter(pl.col("category") == category)["weight"].sum() == run.figures[f"adopted_{category}"]
    assert taken["bite"].sum() == pytest.approx(run.figures["bite"])
    wrong = taken.filter(~pl.col("rightly"))
    assert wrong["weight"].sum() > 0 < taken.filter("rightly")["weight"].sum()


def test_programs_for_networks_read_the_network(run: RunRecord) -> None:
    found, table = networkx.read_graphml(io.BytesIO(graphml(run))), edges(run).filter(pl.col("weight") > 0)
    assert found.is_directed()
    assert found.number_of_edges() == table.height
    assert sum(weight for *_, weight in found.edges(data="weight")) == table["weight"].sum()
    assert found.nodes["major_power_a"] == {"label": "Major power A", "kind": "state"}
    assert "invented" in found.graph["note"]
    again = networkx.from_pandas_edgelist(edges(run).to_dict(as_series=False), create_using=networkx.MultiDiGraph)
    assert set(found.nodes) <= set(again.nodes)


def test_votes_of_members_add_up_to_the_votes(run: RunRecord) -> None:
    table, votes = by_member(run), run.counted_votes
    assert (table["votes"] == votes.height).all()
    assert table["for"].sum() == votes["votes_for"].sum()
    assert (table["against"] + table["vital_interest"]).sum() == votes["votes_against"].sum() > 0
    assert (table["abstaining"] + table["unconvinced"]).sum() == votes["votes_abstaining"].sum()
    against = (table["against"] + table["vital_interest"]).to_list()
    assert against == sorted(against, reverse=True)


def test_tables_say_that_they_are_invented_and_no_estimates(run: RunRecord) -> None:
    for table in (network_table(run), by_member_table(run)):
        assert "A model invented this course of events" in table.note
        assert "no interval" in table.note.replace("\n", " ")
        assert "n = 1 run" in table.note


def test_it_is_said_whose_votes_are_drawn_by_chance(run: RunRecord) -> None:
    assert run.by_member["by_chance"].all()
    assert "All positions are drawn by chance" in chance_text(run)
    some = load_configuration(overrides={"member_states.members.Hungary.reluctance": {"mean": 0.3, "spread": 0.5}})
    assert "26 of 27 Member States vote by chance" in chance_text(run._replace(configuration=some))
    assert "around the dependence or the reluctance" in chance_text(run._replace(configuration=recorded()))


@pytest.mark.parametrize("name", ["network", "votes_by_member"])
def test_figures_can_be_read(results: Results, name: str) -> None:
    drawn = [look.draw(name, results, draw(name, results))]
    look.assert_legible(drawn)
    look.assert_printable(drawn)
    look.assert_filled(drawn)
    words = " ".join(text.get_text().replace("\n", " ") for text in drawn[0].figure.texts)
    assert "A model invented this course of events" in words
    assert "n = 1 run" in words
    assert "no interval" in words


@pytest.mark.parametrize("name", ["network", "votes_by_member"])
def test_slides_go_on_row_after_row(results: Results, name: str) -> None:
    assert len(slides.check(name, results)) > 1


def test_the_figure_of_votes_marks_those_drawn_by_chance(results: Results) -> None:
    names = [text.get_text() for text in draw("votes_by_member", results).axes[0].get_yticklabels()]
    assert len(names) == 27
    assert all(name.endswith(MARK) for name in names)


def test_the_figure_of_the_network_shows_every_perpetrator_that_acted(results: Results, run: RunRecord) -> None:
    names = " ".join(text.get_text() for text in draw("network", results).axes[0].get_yticklabels())
    acted = set(run.acts.filter(pl.col("world") == "world")["perpetrator"])
    assert all(run.party(name) in names for name in acted)


def test_a_run_of_a_sweep_is_explained_with_its_acts(tmp_path: Path, run: RunRecord, results: Results) -> None:
    assert main(["explain", str(results.folder), "--acts", "--quiet", "--out", str(tmp_path)]) == 0
    names = {path.name.removeprefix("point-0-replicate-0") for path in tmp_path.iterdir()}
    assert {"-acts.csv", "-acts.parquet", "-network.svg", "-network.csv", "-network.graphml", ".md"} <= names
    assert pl.read_parquet(tmp_path / "point-0-replicate-0-acts.parquet").equals(run.acts)


def test_a_run_with_acts_is_reproduced(results: Results, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reproduce", str(results.folder)]) == 0
    shown = capsys.readouterr().out
    assert "acts.parquet" in shown
    assert "votes_by_member.parquet" in shown
