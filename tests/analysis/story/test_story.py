"""The story of one run: sentences on made-up ledgers, the choice of cases, the picture, and the command."""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support import look, slides

from analysis.plotting import style
from analysis.report.gallery import draw
from analysis.results.folder import RUNS_SCHEMA, Results, open_results
from analysis.results.single_run import LEDGER_SCHEMA, VOTES_SCHEMA
from analysis.story.choice import choose
from analysis.story.ledger import KEY, RunRecord, came_to_nothing, chosen, given_up, record_of, went_cold
from analysis.story.narrative import Section, case_text, counted, heading, in_words, out_of, story
from analysis.story.page import markdown
from analysis.story.swimlanes import FOUND, events, outcome, picture
from experiments import run_sweep
from experiments.commands.main import main
from experiments.store.files import sha256_of
from model.configuration import Configuration, load_configuration
from model.metrics.columns import COLUMNS

pytestmark = pytest.mark.drawn
TIME = {"scenario.time.burn_in": 260, "scenario.time.weeks": 520, "scenario.time.start": "2015-01-05"}


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load_configuration("baseline", "status_quo", TIME)


def case(**changes: Any) -> dict[str, Any]:
    """A case that nobody has solved yet."""
    held: dict[str, Any] = dict.fromkeys(LEDGER_SCHEMA)
    held |= {"act_week": 300, "counted": True, "status": "open", "culprit": "major_power_a"}
    held |= {"victim": "Estonia", "activity": "supply_chain", "severity": 0.62}
    return {**held, "opened_week": changes.get("act_week", 300) + 3, **changes}


def right(**changes: Any) -> dict[str, Any]:
    """A case answered rightly, by an asset freeze."""
    held = {"adopted_week": 400, "delay": 100, "bite": 0.45}
    held |= track("dossier", "adopted", 400, measure="asset_freeze", bite=0.45)
    return named(**{"status": "answered", **held, **changes})


def named(**changes: Any) -> dict[str, Any]:
    """A case attributed rightly, to which nothing was done so far; its dossier waits."""
    held = {"status": "answering", "suspect": "major_power_a", "confidence": 0.95, "attributed_week": 334}
    held |= {"attributed_rightly": True, "intended": 0.5, "dossier_stage": "waiting", "dossier_opened_week": 334}
    return case(**{**held, **changes})


def track(name: str, stage: str, week: int | None, **more: Any) -> dict[str, Any]:
    """What a case has of one of its tracks."""
    return {f"{name}_{key}": value for key, value in {"stage": stage, "settled_week": week, **more}.items()}


def wrong(**changes: Any) -> dict[str, Any]:
    """A case answered against the innocent."""
    return right(**{"suspect": "contractor_b1", "attributed_rightly": False, **changes})


def cold(**changes: Any) -> dict[str, Any]:
    """A case gone cold."""
    return case(**{"status": "closed", "suspect": "service_unit_b1", "confidence": 0.6, **changes})


def vote(of: dict[str, Any], week: int, passed: bool, **changes: Any) -> dict[str, Any]:
    """A vote on a case."""
    held = {name: of[name] for name in KEY} | {"week": week, "counted": True, "suspect": of["suspect"]}
    held |= {"victim": of["victim"], "measure": "asset_freeze", "track": "dossier", "passed": passed}
    held |= {"votes_for": 14, "votes_against": 9, "votes_abstaining": 4, "unconvinced": 0, "share": float(passed)}
    return {**dict.fromkeys(VOTES_SCHEMA), **held, **changes}


FIGURES: dict[str, Any] = {
    "acts": 1234, "severe_acts": 1, "twin_acts": 1402, "twin_severe_acts": 0, "expected_harm": 75.0,
    "twin_expected_harm": 100.0, "weeks": 520, "credibility": 260.0, "realised_deterred": 210, "realised_provoked": 1,
    "realised_escalated": 33, "realised_dampened": 0, "realised_suppressed": 2, "realised_released": 0,
}  # fmt: skip


def tale(base: Configuration, cases: list[dict[str, Any]], votes: Any = (), **figures: Any) -> RunRecord:
    ledger = pl.DataFrame(cases, schema=LEDGER_SCHEMA)
    held = dict.fromkeys(RUNS_SCHEMA) | dict.fromkeys(COLUMNS, 0) | {"point": 0, "replicate": 7, "seed": 3}
    row = {**held, **FIGURES, **figures}
    return RunRecord(base, ledger, pl.DataFrame(list(votes), schema=VOTES_SCHEMA), row, "Made up, replicate 7", "stamp")


def told(base: Configuration, one: dict[str, Any], votes: Any = ()) -> str:
    return case_text(tale(base, [one], votes), one)


def text_of(sections: list[Section], heading: str) -> str:
    return "\n".join(next(section.paragraphs for section in sections if section.heading == heading))


def test_a_case_answered_rightly(configuration: Configuration) -> None:
    one = right(joint_week=340, next_choice="restraint", next_choice_week=405, next_act="espionage", next_act_week=430)
    assert told(configuration, one, [vote(one, 400, True)]) == (
        "In week 303 (26 October 2020) a case of supply-chain compromise against Estonia came to light, severity 0.62. "
        "Major power A had done it three weeks before. After 31 weeks the EU's standard was met: it attributed the "
        "case to Major power A, and it was right. The doctrine intended an answer with a bite of 0.50. A restrictive "
        "dossier waited "
        "for room on the agenda from week 334 (31 May 2021). All Member States could attribute it to a state in "
        "week 340 (12 July 2021). The vote on “Asset freeze, with prohibition of making funds available” in week 400 "
        "(5 September 2022) passed: 14 in favour, 9 against, 4 abstaining. It took effect at once, 100 weeks after the "
        "act, with a bite of 0.45. At its next opportunity "
        "after the answer, in week 405 (10 October 2022), Major power A held back. Its next act was espionage in week "
        "430 (3 April 2023), a milder kind of act."
    )


def test_a_case_answered_against_the_innocent(configuration: Configuration) -> None:
    statement = track("statement", "adopted", 400, measure="hrvp_statement", bite=0.45)
    one = wrong(
        **statement,
        **track("dossier", "lapsed", 386, measure=None, bite=None),
        next_choice="destruction",
        next_choice_week=401,
        next_act="destruction",
    )
    said = told(configuration, one | {"next_act_week": 401})
    assert "it attributed the case to Contractor B1, and it was wrong." in said
    assert "“Statement by the High Representative” took effect in week 400 (5 September 2022)" in said
    assert "with a bite of 0.45, against a party that had not done it." in said
    assert "Contractor B1 acted again: destruction in week 401 (12 September 2022), a graver kind of act." in said


def test_a_false_alarm_that_named_somebody(configuration: Configuration) -> None:
    named_wrongly = {"suspect": "contractor_b1", "attributed_rightly": False, "dossier_stage": None}
    one = named(**named_wrongly, culprit=None, act_week=303, status="closed", dossier_opened_week=None)
    said = told(configuration, one)
    assert "Nobody had done it: it was a false alarm." in said
    assert "it attributed the case to Contractor B1, and it was wrong, because there was no perpetrator." in said
    assert said.endswith(
        "No measure followed, and the case was closed. Contractor B1 met no further opportunity before the end."
    )


def test_failed_votes_are_told_in_their_order(configuration: Configuration) -> None:
    refused = track("statement", "refused", 370, measure="eu_declaration") | track("dossier", "refused", 380)
    one = named(**refused, **track("joint", "in preparation", None, measure="joint_attribution"))
    votes = [vote(one, 380, False), vote(one, 370, False, track="statement", measure="eu_declaration")]
    said = told(configuration, one, votes)
    assert said.index("“Declaration by the High Representative") < said.index("“Asset freeze")
    assert said.count("failed: 14 in favour, 9 against, 4 abstaining.") == 2
    assert "At the end of the run “Joint attribution at EU level” was in preparation." in said


def test_a_vote_says_who_doubts_and_how_large_a_share_carries(configuration: Configuration) -> None:
    doubted = vote(right(), 400, True, votes_against=0, votes_abstaining=13, unconvinced=11, share=0.96)
    said = told(configuration, right(), [doubted])
    assert "14 in favour, 0 against, 13 abstaining (eleven because of missing evidence); it is carried by 96" in said


def test_a_dossier_may_come_to_nothing(configuration: Configuration) -> None:
    assert "its dossier was waiting for the agenda." in told(configuration, named())
    lapsed = told(configuration, named(**track("dossier", "lapsed", 386)))
    assert "The dossier lapsed in week 386 (30 May 2022), before there was room on the agenda." in lapsed
    dropped = told(configuration, named(**track("dossier", "dropped", 390, measure="asset_freeze")))
    assert "The dossier was dropped in week 390 (27 June 2022) because its evidence was gone." in dropped
    too_late = told(configuration, named(**track("dossier", "dropped", 390)))
    assert "in week 390 (27 June 2022) because no measure fitted into what was left of the answer." in too_late


def test_a_member_state_answers_on_its_own(configuration: Configuration) -> None:
    one = right(**track("own", "adopted", 350, measure="retorsion", bite=0.01), adopted_week=350, national_week=334)
    said = told(configuration, one | {"national_rightly": True})
    assert "Estonia took “Retorsion" in said
    assert "in week 350 (20 September 2021), 50 weeks after the act, with a bite of 0.01." in said
    assert "A first Member State attributed it in public in week 334 (31 May 2021), rightly." in said


def test_a_wrong_attribution_comes_to_light(configuration: Configuration) -> None:
    one = wrong(**track("dossier", "dropped", 350, bite=None), **track("statement", "adopted", 340, bite=0.02))
    said = told(configuration, one | {"exposed_week": 350, "statement_measure": "eu_declaration"})
    light = "In week 350 (20 September 2021) it came to light that Contractor B1 had not done it, "
    assert light + "what was in force against it ended and what was prepared was dropped." in said
    assert "The dossier was dropped" not in said


def test_cold_and_open_cases(configuration: Configuration) -> None:
    assert told(configuration, cold()).endswith(
        "The case went cold without attribution; suspicion leaned towards Service unit B1."
    )
    assert told(configuration, case(opened_week=300)).endswith("The investigation was still open at the end.")
    assert "had done it that same week" in told(configuration, case(opened_week=300))


def test_what_happens_after_the_naming_stands_before_a_later_vote(configuration: Configuration) -> None:
    after = {"next_choice": "espionage", "next_choice_week": 350, "next_act": "espionage", "next_act_week": 350}
    one = named(**track("dossier", "refused", 360), **after)
    said = told(configuration, one, [vote(one, 360, False)])
    assert said.index("after the attribution Major power A acted again") < said.index("The vote on")


def test_a_reaction_comes_in_its_week(configuration: Configuration) -> None:
    one = right(reaction="demarche", reaction_week=310)
    said = told(configuration, one)
    assert "As a reaction that needs no attribution, the EU took “Démarche" in said
    assert said.index("As a reaction") < said.index("standard was met")
    late = told(configuration, right(reaction="demarche", reaction_week=350))
    assert late.index("As a reaction") > late.index("standard was met")


def test_the_summary_stands_beside_the_twin(configuration: Configuration) -> None:
    cases = [right(), wrong(act_week=301), cold(act_week=302), case(act_week=303, culprit=None), named(act_week=304)]
    said = text_of(story(tale(configuration, cases, [vote(cases[0], 399, False)])), "What happened")
    for text in (
        "One run under “Status quo” in scenario “Baseline: the toolbox as it came to exist”, from 30 December 2019 to "
        "16 December 2029.",
        "1,234 acts, one of them severe; in the twin, the same world on the same random numbers under “No toolbox”, "
        "1,402 acts, none of them severe.",
        "25.0 % below the twin's",
        "credibility was 0.50",
        "Five cases were opened, four by acts and one by false alarms.",
        "standard was met in three of them, and the attribution was wrong in one.",
        "Measures were adopted on two attributed cases (two restrictive measures); no cases more",
        "Three restrictive dossiers were opened: two adopted and one not decided at the end.",
        "One went cold, none were closed without a measure",
        "One vote was held, and it failed.",
        "acted only in the twin on 210 opportunities",
        "These are realised classes",
    ):
        assert text in said, text


def test_more_harm_than_in_the_twin_is_said_so(configuration: Configuration) -> None:
    assert "20.0 % above the twin's" in text_of(story(tale(configuration, [], expected_harm=120.0)), "What happened")
    nothing = story(tale(configuration, [], expected_harm=0.0, twin_expected_harm=0.0))
    assert "No harm was expected in the twin" in text_of(nothing, "What happened")


def test_what_went_wrong_is_told(configuration: Configuration) -> None:
    further = {"next_choice": "destruction", "next_choice_week": 402, "next_act": "destruction", "next_act_week": 402}
    one = right(**further)
    lapsed = named(act_week=303, **track("dossier", "lapsed", 390))
    cases = [one, wrong(act_week=301, activity="espionage", exposed_week=500), cold(act_week=302, severity=0.7), lapsed]
    votes = [vote(one, 398, False), vote(one, 399, False), vote(one, 400, True)]
    said = text_of(story(tale(configuration, cases, votes)), "Where it went wrong")
    for text in (
        "One of three attributions blamed an innocent party, and a measure followed in one case.",
        "One came to light while the case was held.",
        "One of three restrictive dossiers came to nothing before a vote. The gravest was on supply-chain compromise",
        "Espionage by Major power A against Estonia (12 October 2020) was attributed to Contractor B1.",
        "One case went cold. The gravest was supply-chain compromise by Major power A against Estonia",
        "Two of three votes failed, most often on “Asset freeze, with prohibition of making funds available” (two), ",
        "with on average 9.0 members against.",
        "after this its next act was of a graver kind",
        "turned to destruction two weeks later.",
    ):
        assert text in said, text


def test_a_run_in_which_nothing_went_wrong_says_so(configuration: Configuration) -> None:
    one = right()
    said = text_of(story(tale(configuration, [one], [vote(one, 400, True)])), "Where it went wrong")
    for text in ("Nobody was blamed wrongly.", "No case went cold.", "The only vote passed."):
        assert text in said
    assert "No party acted again after an answer." in said
    assert "dossier" not in said


def test_an_empty_ledger_has_a_story_and_no_picture(configuration: Configuration) -> None:
    empty = tale(configuration, [])
    sections = story(empty)
    assert "No case was opened." in text_of(sections, "What happened")
    assert [section.heading for section in sections] == ["What happened", "Where it went wrong", "What this is"]
    assert picture(empty) is None
    assert "![" not in markdown(empty, sections, None)


def test_cases_of_the_burn_in_are_left_out(configuration: Configuration) -> None:
    early = wrong(act_week=200, opened_week=203, counted=False, severity=0.99)
    both = tale(configuration, [early, right()], [vote(early, 250, False, counted=False)])
    assert [held["act_week"] for held in chosen(both)] == [300]
    said = text_of(story(both), "What happened")
    assert "One case was opened" in said
    assert "No votes were held" in said
    assert "blamed an innocent party" not in text_of(story(both), "Where it went wrong")


def test_of_each_kind_the_case_that_tells_most_is_told(configuration: Configuration) -> None:
    cases = [case(act_week=300 + week, severity=0.1, opened_week=300 + week) for week in range(40)]
    cases[3] |= cold(act_week=303, severity=0.4)
    cases[5] |= right(act_week=305, bite=0.2)
    cases[9] |= right(act_week=309, bite=0.9)
    cases[20] |= wrong(act_week=320)
    cases[30] |= {"severity": 0.95}
    failed = vote(cases[30], 399, False)
    weeks = [held["act_week"] for held in chosen(tale(configuration, cases, [failed]), most=5)]
    assert weeks == sorted(weeks)
    assert set(weeks) == {303, 309, 320, 330, 305}  # of the second round, the next best answered rightly
    assert chosen(tale(configuration, cases, [failed])) == chosen(tale(configuration, cases, [failed]))
    text = text_of(story(tale(configuration, cases, [failed])), "What this is")
    assert "Eight of 40 cases are described, 32 cases left out." in text
    assert "not an estimate. It has no interval" in text


def test_kinds_of_cases(configuration: Configuration) -> None:
    assert went_cold(cold())
    assert not went_cold(right())
    assert given_up(named(status="closed"))
    assert came_to_nothing(named(**track("dossier", "dropped", None)))
    assert not came_to_nothing(named())
    made = tale(configuration, [])
    assert made.rise(right(next_act="destruction")) == 2
    assert made.rise(right(next_act="espionage")) == 0
    assert made.rise(case(next_act="destruction")) == 0
    found = [outcome(held) for held in (right(), named(), wrong(), case(culprit=None), cold())]
    assert found == list(FOUND)
    assert outcome(wrong(culprit=None)) == "wrong"


def test_words(configuration: Configuration) -> None:
    made = tale(configuration, [])
    assert [counted(number, "case") for number in (0, 1, 12, 1300)] == [
        "no cases",
        "one case",
        "twelve cases",
        "1,300 cases",
    ]
    assert [in_words(number) for number in (0, 2, 13)] == ["none", "two", "13"]
    assert out_of(1, 1, "vote") == "the only vote"
    assert out_of(3, 3, "vote") == "all three votes"
    assert out_of(0, 3, "vote") == "none of three votes"
    assert made.week_text(260) == "week 260 (30 December 2019)"
    assert made.activity("harassment") == "harassment"
    assert heading(made, right()) == "Supply-chain compromise against Estonia, October 2020"


def test_lanes_have_what_happened(configuration: Configuration) -> None:
    one = wrong(reaction="demarche", reaction_week=310, next_choice="restraint", next_choice_week=410)
    made = tale(configuration, [one], [vote(one, 390, False), vote(one, 400, True)])
    kinds = [(event.kind, event.week) for event in events(made, one)]
    assert kinds == [
        ("act", 300), ("light", 303), ("reaction", 310), ("wrong", 334), ("failed", 390), ("passed", 400),
        ("answer", 400), ("restraint", 410),
    ]  # fmt: skip
    statement = track("statement", "adopted", 350, bite=0.02)
    vain = wrong(**statement | track("dossier", "lapsed", 386), exposed_week=390)
    kinds = [(event.kind, event.week) for event in events(tale(configuration, [vain]), vain)]
    assert kinds[2:] == [("wrong", 334), ("answer", 350), ("ended", 386), ("exposed", 390)]
    closed = named(status="closed", **track("dossier", "dropped", 350))
    window = configuration.scenario.council.answer_window
    assert ("cold", 334 + window) in [(event.kind, event.week) for event in events(made, closed)]
    term = configuration.scenario.investigation.investigation_weeks
    assert [event.week for event in events(made, cold()) if event.kind == "cold"] == [303 + term]
    assert next(event.kind for event in events(made, cold(culprit=None))) == "light"


SWEEP = """
title = "Clarity"
question = "Q?"
scenario = "illustrative"
doctrine = "clear_ladder"
replicates = 5
seed = 7
[factors]
"doctrine.clarity" = [0.0, 1.0]
"""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("told")
    (base / "e.toml").write_text(SWEEP)
    run_sweep(base / "e.toml", base / "sweep", overrides={"scenario.time.weeks": 104, "scenario.time.burn_in": 10})
    return base / "sweep"


def averted(folder: Path) -> list[tuple[int, int, float]]:
    runs = open_results(folder).runs
    found = runs.select("point", "replicate", value=1.0 - pl.col("expected_harm") / pl.col("twin_expected_harm"))
    return sorted(found.rows(), key=lambda row: row[2])


def test_the_run_told_is_the_median_or_the_worst(swept: Path) -> None:
    results, ranked = open_results(swept), averted(swept)
    assert choose(results, None, None, worst=False)[:2] == [row for row in ranked if row[0] == 0][2][:2]
    assert choose(results, 1, None, worst=False)[:2] == [row for row in ranked if row[0] == 1][2][:2]
    assert choose(results, None, None, worst=True)[:2] == ranked[0][:2]
    assert choose(results, 1, None, worst=True)[:2] == next(row for row in ranked if row[0] == 1)[:2]
    assert choose(results, None, 3, worst=False)[:2] == (0, 3)
    assert "the median harm averted" in choose(results, None, None, worst=False).why


def test_the_command_tells_a_run(swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(swept), "--point", "1", "--replicate", "2"]) == 0
    shown = capsys.readouterr()
    assert "Where it went wrong" in shown.out
    assert "point 1, replicate 2: the run named" in shown.err
    page = (swept / "stories" / "point-1-replicate-2.md").read_text()
    assert page.startswith("# Clarity, point 1: doctrine.clarity = 1, replicate 2\n")
    assert "![Cases, votes and what followed](point-1-replicate-2.png)" in page
    row = open_results(swept).runs.filter((pl.col("point") == 1) & (pl.col("replicate") == 2)).row(0, named=True)
    assert f"Perpetrators carried out {row['acts']:,} acts" in page
    assert {path.suffix for path in (swept / "stories").iterdir()} == {".md", ".png", ".svg"}
    assert (
        main(["explain", str(swept), "--point", "1", "--replicate", "2", "--out", str(tmp_path / "o"), "--quiet"]) == 0
    )
    for path in (swept / "stories").iterdir():
        assert (tmp_path / "o" / path.name).read_bytes() == path.read_bytes()
    assert capsys.readouterr().out == ""


def test_a_run_that_is_not_the_one_recorded_is_not_told(
    swept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "corrupted"
    shutil.copytree(swept, folder, ignore=shutil.ignore_patterns("stories"))
    frame = pl.read_parquet(folder / "runs.parquet").with_columns(acts=pl.col("acts") + 1)
    frame.write_parquet(folder / "runs.parquet")
    manifest = open_results(folder).manifest
    sha256 = sha256_of(folder / "runs.parquet")
    manifest.files["runs.parquet"] = manifest.files["runs.parquet"].model_copy(update={"sha256": sha256})
    manifest = manifest.model_copy(update={"source_hash": "0" * 16})
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    assert main(["explain", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "so there is no story" in said
    assert "another version of the model's code" in said
    assert not (folder / "stories").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--point", "9"], "--point: 9"),
        (["--point", "1", "--replicate", "17"], "--replicate: 17"),
        (["--worst", "--replicate", "1"], "--worst"),
        (["--point", "-1"], "--point"),
    ],
)
def test_a_run_that_is_not_there_is_refused(
    words: list[str], message: str, swept: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(swept), *words]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_a_folder_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(tmp_path)]) == 2
    assert "is not a folder of results" in capsys.readouterr().err


def test_a_folder_without_a_run_that_went_well_is_refused(swept: Path) -> None:
    results = open_results(swept)
    broken = Results(swept, results.manifest)
    broken.runs = results.runs.with_columns(status=pl.lit("failed"))
    with pytest.raises(Exception, match="no successful run of point 0"):
        choose(broken, None, None, worst=False)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    folder = tmp_path_factory.mktemp("run") / "run"
    words = ["run", "baseline", "--ledger", "--quiet", "--out", str(folder)]
    assert main([*words, "--set", "scenario.time.weeks=260", "--set", "scenario.time.burn_in=52"]) == 0
    return open_results(folder)


def test_a_run_with_its_ledger_has_the_same_story(run: Results, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(run.folder)]) == 0
    assert "the only run" in capsys.readouterr().err
    page = (run.folder / "stories" / "point-0-replicate-0.md").read_text()
    made = record_of(run)
    assert page == markdown(made, story(made), "point-0-replicate-0.png")


@pytest.mark.filterwarnings("error")
def test_a_story_fits_slides(run: Results) -> None:
    first, *rest = slides.check("story", run)
    legend = first.axes[0].get_legend()
    assert legend is not None
    assert legend.get_texts()[-1].get_text() == "described on the next slides"
    assert len(rest) >= 1
    assert len({slide.axes[0].get_xlim() for slide in rest}) == 1
    assert {slide.axes[0].get_title("left") for slide in rest} == {"b"}
    assert len(slides.check("run", run)) == 2


@pytest.mark.filterwarnings("error")
def test_pictures_can_be_read(run: Results, configuration: Configuration) -> None:
    one = wrong(victim="Republic of Korea", culprit="patriotic_group_a1", activity="harassment", delay=1)
    few = tale(configuration, [one])
    with style.house():
        alone = picture(few)
    assert alone is not None
    drawn = [look.draw("story", run, draw("story", run)), look.draw("alone", run, alone)]
    look.assert_legible(drawn)
    look.assert_printable(drawn)
    look.assert_filled(drawn)
    for each in drawn:
        assert "n = 1 run" in each.said
        assert "no interval" in each.said
        markers = {line.get_marker() for line in each.figure.axes[1].lines}
        assert len(markers) > 3
