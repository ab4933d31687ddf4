"""Arms of a comparison without files: the same as with files, worlds that change, levers at the same cost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from support.mistakes import Capture

from analysis import open_results
from analysis.comparison.comparison import comparison_of, named
from analysis.report.doctrines import differing, doctrines_compared, setting_notes
from analysis.results.folder import Results
from experiments.commands.main import WRONG_INPUT, main
from experiments.design.stored import contents_of
from experiments.running.compare import Comparing, compare_doctrines, same_cost
from experiments.running.decompose import Decomposing
from experiments.running.levers import Costs, Lever, search
from model.configuration import load_configuration
from model.errors import ConfigurationError
from model.loading import CONFIGS, load_doctrine
from model.policy import UNPRICED, Doctrine

SHORT = {"scenario.time.weeks": 40, "scenario.time.burn_in": 6}
LATER = {"scenario.time.weeks": 80, "scenario.time.burn_in": 500}
"""Until programmes and restrictive measures are there."""
GAIN, TEMPO = "scenario.grievance.grievance_gain", "scenario.traits.tempo"
QMV, BOTH, WORLD = {"voting_rule": "qmv"}, {"voting_rule": "qmv", "doctrine.preventive": 1.0}, {TEMPO: 3.0}


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The status quo with the changes of `BOTH`, as a file."""
    text = (CONFIGS / "doctrines" / "status_quo.toml").read_text("utf-8")
    for old, new in (('voting_rule = "unanimity"', 'voting_rule = "qmv"'), ("preventive = 0.4", "preventive = 1.0")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("doctrine") / "mine.toml"
    path.write_text(text.replace('title = "Status quo"', 'title = "Mine"'), "utf-8")
    return path


@pytest.fixture(scope="module")
def results(mine: Path, tmp_path_factory: pytest.TempPathFactory) -> Results:
    out = tmp_path_factory.mktemp("arms") / "out"
    given: dict[str, Any] = {"replicates": 4, "overrides": LATER, "workers": 1, "changes": [QMV, BOTH, WORLD]}
    compare_doctrines(["status_quo", str(mine), "qmv_only"], out, **given)
    return open_results(out)


def runs_of(results: Results, doctrine: str) -> pl.DataFrame:
    """The runs of a doctrine by its name, without their place in the design."""
    found = results.runs.join(results.design, on="point").filter(doctrine=doctrine)
    return found.sort("replicate").drop("point", "doctrine")


def test_an_arm_is_the_same_change_made_in_a_file_to_the_bit(results: Results, mine: Path) -> None:
    base, qmv, both, _ = (level for level in results.manifest.factors["doctrine"] if level.startswith("status_quo"))
    assert (qmv, both) == ("status_quo with voting rule qmv", "status_quo with voting rule qmv and preventive 1")
    assert_frame_equal(runs_of(results, both), runs_of(results, str(mine)))
    assert_frame_equal(runs_of(results, qmv), runs_of(results, "qmv_only"))
    assert not runs_of(results, base).equals(runs_of(results, both))
    assert results.manifest.doctrine_titles[both] == "Status quo with voting rule qmv and preventive 1"


def test_an_arm_beside_the_doctrine_has_a_twin_of_its_own_and_no_other_arm_has(
    results: Results, tmp_path: Path
) -> None:
    level = "status_quo in a world with tempo of all 3"
    assert results.manifest.changes == {level: WORLD}
    twins = [name for name in results.runs.columns if name.startswith("twin_")]
    own = {name: runs_of(results, name)[twins] for name in results.manifest.factors["doctrine"]}
    changed = own.pop(level)
    for inside in own.values():
        assert_frame_equal(inside, own["status_quo"])
    assert not changed.equals(own["status_quo"])
    # it is the world in which the same is set for all, everything else as it was drawn
    compare_doctrines(["status_quo", "none"], tmp_path / "set", replicates=4, overrides={**LATER, **WORLD}, workers=1)
    assert_frame_equal(runs_of(open_results(tmp_path / "set"), "status_quo"), runs_of(results, level))


def test_arms_are_reproduced_from_their_folder_alone(results: Results) -> None:
    assert main(["reproduce", str(results.folder), "--quiet", "--workers", "1"]) == 0


def test_the_hash_of_a_design_covers_what_changes_beside_a_doctrine() -> None:
    asked = [Comparing(["none"], overrides=SHORT, changes=[{GAIN: gain}]).design for gain in (6.0, 7.0, 6.0)]
    assert asked[0].hash == asked[2].hash != asked[1].hash
    assert asked[0].reference(0) != asked[0].reference(1) != asked[1].reference(1)


def test_what_stands_below_the_table(results: Results) -> None:
    notes = setting_notes(comparison_of(results))
    assert notes[0] == (
        "“Mine” differs from “Status quo” in 2 settings: voting rule qmv (unanimity) and preventive 1 (0.4)."
    )
    assert notes[2].endswith("in 1 setting: voting rule qmv (unanimity).")
    assert notes[4] == (
        "“Status quo in a world with tempo of all 3” has all the settings of “Status quo”. "
        "Its world is changed: tempo of all 3 (drawn for each replicate)."
    )
    assert "has a twin of its own" in notes[5]
    assert "not an effect of a doctrine" in notes[5]
    assert "n = 4" in notes[6]
    assert notes[6].count("twin") == 3  # in general, of the reference, and of the changed world
    assert notes[7].startswith("No price in the model: voting rule. What it would cost is not part of EU cost")
    facts = dict(doctrines_compared(results))
    assert facts["“Status quo in a world with tempo of all 3”"].endswith("with a twin of its own.")
    assert len(notes) == 8


def test_settings_of_tables_count_and_titles_do_not() -> None:
    one = {"title": "A", "idea": "a", "clarity": 0.4, "phases": {"late": {"begins": "2027-01-01", "clarity": 1.0}}}
    other = {**one, "title": "B", "idea": "b", "phases": {}, "new": 1}
    (name, (phases, none)), new = differing(one, other).items()
    assert (name, none) == ("phases", "none")
    assert "clarity 1" in phases
    assert new == ("new", (None, 1))


def test_names_of_arms_keep_their_decimals() -> None:
    levels = ["status_quo with preventive 0.25", "there/mine.toml", "none"]
    assert named(levels) == ["status_quo with preventive 0.25", "mine", "none"]
    asked = Comparing(["status_quo"], overrides=SHORT, changes=[{"preventive": 0.25}])
    assert asked.levels == ["status_quo", "status_quo with preventive 0.25"]
    assert asked.name == "compare-status_quo-with_preventive_0.25"
    assert asked.against == "status_quo"


def test_changes_are_of_the_reference_where_several_doctrines_are_named() -> None:
    asked = Comparing(["none", "clear_ladder"], "clear_ladder", overrides=SHORT, changes=[QMV])
    assert asked.levels == ["none", "clear_ladder", "clear_ladder with voting rule qmv"]
    clear = load_doctrine("clear_ladder").value.model_copy(update=QMV)
    told = asked.design.configuration(2).doctrine
    assert told.model_dump(exclude={"title", "idea"}) == clear.model_dump(exclude={"title", "idea"})


def test_together_makes_one_arm_and_else_each_makes_its_own(tmp_path: Path, capsys: Capture) -> None:
    sets = [word for key, value in SHORT.items() for word in ("--set", f"{key}={value}")]
    call = ["compare", "none", "--change", "voting_rule=qmv", "--change", "clarity=0.25", "--replicates", "2", *sets]
    assert main([*call, "--together", "--workers", "1", "--out", str(tmp_path / "one")]) == 0
    assert open_results(tmp_path / "one").manifest.factors["doctrine"][1:] == [
        "none with voting rule qmv and clarity 0.25"
    ]
    said = " ".join(capsys.readouterr().out.split())
    assert "“No toolbox with voting rule qmv and clarity 0.25” differs from “No toolbox” in 2 settings" in said
    apart = Comparing(["none"], overrides=SHORT, changes=[QMV, {"clarity": 0.25}])
    assert apart.levels[1:] == ["none with voting rule qmv", "none with clarity 0.25"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--change", "voting_rul=qmv"], "--change: doctrine.voting_rul: there is no such parameter; did you mean"),
        (["--change", "voting_rule=qmw"], "did you mean 'qmv'?"),
        (["--change", "clarity=3"], "doctrine.clarity = 3: is out of range; allowed: 0 to 1"),
        (["--change", "doctrine=none"], "doctrine: is not a single setting"),
        (["--change", "title=x"], "doctrine.title: is not a single setting"),
        (["--change", "clarity"], "is not KEY=VALUE"),
        (["--change", "clarity=1", "--change", "clarity=1"], "'with clarity 1': is given twice"),
        (["--change", "clarity=1", "--change", "clarity=0", "--together"], "is changed twice in one arm"),
        (["--change", "clarity=1", "--together"], "combines several changes in one arm"),
        (["--change", f"{GAIN}=6", "--why"], "an arm changes the world"),
        (["--change", f"{GAIN}=6", "--worlds", "uncertain_worlds"], "differs between the worlds"),
        (["--same-cost", "0"], "is not a difference in cost"),
    ],
)
def test_what_is_wrong_is_one_message_before_the_first_run(
    words: Sequence[str], told: str, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["compare", "status_quo", *words, "--out", str(tmp_path / "out")]) == WRONG_INPUT
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert told in said[0]
    assert not (tmp_path / "out").exists()


def test_levers_without_a_price_are_those_that_cost_does_not_read(tmp_path: Path) -> None:
    """Where measures on cases cost nothing, what a doctrine pays for is left: its programmes, campaigns and upkeep."""
    base = load_configuration()
    free = {f"measures.{name}.cost": 0.0 for name, held in base.measures.items() if held.occasion == "case"}
    changes: list[Mapping[str, Any]] = [{"voting_rule": "qmv"}]
    for each in base.parameters():
        if each.path.startswith("doctrine.") and each.path != "doctrine.voting_rule":
            other = (
                not each.value if isinstance(each.value, bool) else each.low if each.low != each.value else each.high
            )
            changes.append({each.path: int(other) if type(each.value) is int else other})
    asked: dict[str, Any] = {"replicates": 2, "uncertainty": "none", "workers": 1, "changes": changes}
    found = compare_doctrines(["status_quo"], tmp_path / "out", overrides={**LATER, **free}, **asked).results
    own = runs_of(found, "status_quo")["cost"]
    levers = [next(iter(change)).removeprefix("doctrine.") for change in changes]
    levels = found.manifest.factors["doctrine"][1:]
    paid = {name for name, at in zip(levers, levels, strict=True) if not runs_of(found, at)["cost"].equals(own)}
    assert {*levers} == {*Doctrine.columns}
    assert paid.isdisjoint(UNPRICED)
    # stability and support decide on how many cases a measure is taken, each of which costs by the catalogue
    assert paid | {"stability", "support"} == {*levers} - {*UNPRICED}


def linear(slopes: Mapping[str, float], start: Mapping[str, float], often: list[int]) -> Any:
    """Costs that are linear in every lever, 2 where all stand at the start, with the same luck for all."""
    luck = np.array([-0.5, 0.1, 0.4])

    def look(changes: Sequence[Mapping[str, Any]]) -> list[Costs]:
        often.append(len(changes))
        added = [sum(slopes[path] * (value - start[path]) for path, value in change.items()) for change in changes]
        return [2.0 + more + luck for more in (0.0, *added)]

    return look


def test_a_lever_is_bisected_to_the_cost_asked_for() -> None:
    start = {"steep": 0.5, "falling": 0.5, "flat": 0.5, "steps": 10}
    slopes = {"steep": 3.0, "falling": -4.0, "flat": 0.1, "steps": 0.7}
    levers = [Lever(name, own, (0, 1, 20) if name == "steps" else (0.0, 1.0)) for name, own in start.items()]
    often: list[int] = []
    found = search(levers, 1.0, 7, linear(slopes, start, often))
    assert found.target == pytest.approx(3.0)
    steep, falling, flat, steps = levers
    for lever in (steep, falling):
        assert lever.found is not None
        assert slopes[lever.path] * (lever.found - 0.5) == pytest.approx(1.0, abs=0.02 * 3.0)
    assert flat.found is None
    assert steps.found is None  # 11 costs 2.7, and 12 costs 3.4
    assert found.changes == [{"steep": steep.found}, {"falling": falling.found}]
    assert "flat (1.95 at 0, 2.05 at 1)" in found.sentences[-1]
    assert "steps (2.7 at 11, 3.4 at 12)" in found.sentences[-1]
    assert steep.costs[steep.found].half == pytest.approx(0.0, abs=1e-12)  # luck is common
    table = found.table.frame
    assert table["found"].to_list() == [True, True, False, False]
    assert table.filter(lever="flat").select("cost_at_low", "cost_at_high").row(0) == pytest.approx((1.95, 2.05))
    again = [Lever(name, own, (0, 1, 20) if name == "steps" else (0.0, 1.0)) for name, own in start.items()]
    assert search(again, 1.0, 7, linear(slopes, start, [])).changes == found.changes
    assert max(often[1:]) <= 3  # a lever that cannot reach it is looked at no more


def test_same_cost_reaches_it_where_a_price_is_linear_and_is_compared_on_other_luck() -> None:
    """Without a toolbox nothing else costs: close partners cost by their price, a year."""
    asked = Comparing(["none"], replicates=2, overrides=SHORT, uncertainty="none", extra_cost=0.1)
    price = load_configuration().scenario.prices.partner_cost
    found = same_cost(asked, 1)
    values = {lever.path: lever.found for lever in found.levers}
    partners = values["doctrine.partners"]
    assert partners is not None
    assert partners * price == pytest.approx(0.1, rel=0.02)
    assert values["doctrine.attribution_confidence"] is None
    more = asked.with_changes(found.changes)
    assert f"none with partners {partners:.15g}" in more.levels
    assert found.seed != more.design.seed
    with pytest.raises(ConfigurationError, match="with a single lever"):
        same_cost(replace(asked, extra_cost=1e6), 1)
    with pytest.raises(ConfigurationError, match="leaves nothing of the reference's cost"):
        same_cost(replace(asked, extra_cost=-0.1), 1)


def test_an_arm_is_shared_out_among_mechanisms_and_features_as_a_file_is() -> None:
    given = Comparing(["status_quo"], overrides=SHORT, changes=[{"preventive": 0.25}])
    contents = given.contents["doctrine"]
    designs = Decomposing(given.levels, given.against, "baseline", 2, 1, SHORT, "none", contents).designs
    arm = given.levels[1]
    assert list(designs) == ["mechanisms", "without", f"features-{arm}", "categories", "measures"]
    for name in ("mechanisms", "without"):
        point = designs[name].frame["doctrine"].to_list().index(arm)
        assert designs[name].configuration(point).doctrine.preventive == 0.25
        assert contents_of(designs[name])["doctrine"][arm]["preventive"] == 0.25
    beside = designs["without"]
    assert beside.configuration(beside.frame["doctrine"].to_list().index(arm)).reference.doctrine.preventive == 0.25
    features = designs[f"features-{arm}"]
    assert sorted(features.frame["doctrine.preventive"].to_list()) == [0.25, 0.4]
