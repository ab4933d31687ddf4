"""Every mistake in a file or on the command line has one answer: a line with file, key, value and remedy, code 2."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
from support.mistakes import DEVICES, EXPERIMENT, SHORT, Capture, by_name, edited, one_answer

from analysis import open_results
from experiments.commands.main import FAILED, INTERRUPTED, WRONG_INPUT, main
from experiments.running import worker as work
from model.errors import listing
from model.loading import CONFIGS, LARGEST, shipped

FACTOR = '"doctrine.clarity" = [0.0, 1.0]'
SHIPPED = listing(shipped("scenarios"))
HUNDREDTHS = [step / 100 for step in range(101)]


# files


def test_files_that_cannot_be_found_or_read(no_run: None, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty.toml").touch()
    (tmp_path / "wide.toml").write_text("title = 'x'", "utf-16")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "gone.toml")
    (tmp_path / "deep.toml").write_text(f"title = {'[' * 5000}{']' * 5000}")
    (tmp_path / "dotted.toml").write_text(f"{'.'.join('a' * 300)} = 1")
    (tmp_path / "digits.toml").write_text(f"clarity = {'9' * 5000}")
    (tmp_path / "large.toml").write_bytes(b"#" * (LARGEST + 1))
    with (tmp_path / "gigabyte.toml").open("wb") as file:
        file.truncate(2**30)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.toml")
    for name, said in {
        "empty.toml": "is empty; a scenario is needed here",
        "wide.toml": "is not UTF-8 text (byte 0)",
        "loop.toml": "symbolic links",
        "dangling.toml": "is a link to a file that does not exist",
        "deep.toml": "is nested more than 32 levels deep",
        "dotted.toml": "is nested more than 32 levels deep",
        "digits.toml": "holds a number with thousands of digits",
        "large.toml": "is larger than 512 KiB",
        "gigabyte.toml": "is larger than 512 KiB",
        **({"pipe.toml": "is a device or a pipe; allowed: a file"} if hasattr(os, "mkfifo") else {}),
        ".": "is a folder; allowed: a .toml file",
        "emty.toml": f"there is no such file; did you mean 'empty.toml'? allowed: {SHIPPED}, or a path",
        "empty.toml/below.toml": f"there is no such file; allowed: {SHIPPED}, or a path",
    }.items():
        assert main(["run", str(tmp_path / name)]) == WRONG_INPUT, name
        one_answer(capsys, str(tmp_path / name).removesuffix("/."), said)


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "mine", "status_quo"],
        ["why", "mine"],
        ["run", "baseline", "--doctrine", "mine"],
        ["run", "mine"],
        ["sweep", "mine"],
        ["list", "doctrines", "mine"],
        ["compare", "none", "status_quo", "--scenario", "mine"],
        ["compare", "none", "mne"],
    ],
)
def test_a_file_at_hand_is_suggested(
    words: list[str], no_run: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (tmp_path / "mine.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    assert main(words) == WRONG_INPUT
    one_answer(capsys, "is not among the shipped", "did you mean 'mine.toml'?")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("clarity = 1.9", "mine.toml: clarity = 1.9: is out of range; allowed: 0 to 1"),
        ("clarity = 'x", "mine.toml: is not valid TOML"),
    ],
)
def test_a_file_named_by_a_level_is_named_with_its_own_keys(
    content: str, said: str, no_run: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    text = (CONFIGS / "doctrines" / "clear_ladder.toml").read_text()
    (tmp_path / "mine.toml").write_text(re.sub(r"(?m)^clarity = .*", content, text))
    monkeypatch.chdir(tmp_path)
    assert main(["compare", "mine.toml", "status_quo"]) == WRONG_INPUT
    assert "factors" not in one_answer(capsys, said)


MISSING = {
    "scenario misspelt": (["run", "ilustrative"], "scenario = 'ilustrative'", "did you mean 'illustrative'?"),
    "scenario of no likeness": (["run", "qqqq"], "scenario = 'qqqq'", f"allowed: {SHIPPED}, or a path to"),
    "scenario without name": (["run", ""], "scenario = ''", f"allowed: {SHIPPED}, or a path to"),
    "scenario that climbs": (["run", "../x"], "scenario = '../x': there is no such file", f"allowed: {SHIPPED}"),
    "scenario that is dots": (["run", ".."], "scenario = '..'", f"allowed: {SHIPPED}"),
    "scenario in nobody's home": (["run", "~nobodyatall/x.toml"], "'~nobodyatall/x.toml': there is no such file"),
    "scenario of a long name": (["run", "x" * 5000 + ".toml"], "x…x", "there is no such file"),
    "scenario with a zero byte": (["run", "a\0b.toml"], r"'a\x00b.toml': there is no such file"),
    "experiment for scenario": (["run", "headline"], "scenario = 'headline'", f"allowed: {SHIPPED}"),
    "scenario for doctrine": (["run", "--doctrine", "baseline"], "doctrine = 'baseline'", "clear_ladder, coalition"),
    "doctrine file misspelt": (
        ["run", "--doctrine", "status_qou.toml"],
        "did you mean 'status_quo'? allowed: ad",
    ),
    "experiment file missing": (["sweep", "no/headlin.toml"], "no such file; did you mean 'headline'?", "or a path"),
}


@by_name(MISSING)
def test_a_name_that_does_not_exist(case: tuple[Any, ...], no_run: None, capsys: Capture) -> None:
    assert main(case[0]) == WRONG_INPUT
    assert len(one_answer(capsys, *case[1:])) < 1000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--doctrine", "scenarios/baseline"], "holds a scenario; a doctrine is needed here"),
        (["run", "doctrines/none"], "holds a doctrine; a scenario is needed here"),
        (["run", "catalogues/partners"], "holds a catalogue of partners; a scenario is needed here"),
        (["run", "--doctrine", "experiments/headline"], "holds an experiment; a doctrine is needed here"),
        (["sweep", "doctrines/none"], "holds a doctrine; an experiment is needed here"),
    ],
)
def test_a_file_of_another_kind(arguments: list[str], said: str, no_run: None, capsys: Capture) -> None:
    path = str(CONFIGS / f"{arguments[-1]}.toml")
    assert main([*arguments[:-1], path]) == WRONG_INPUT
    one_answer(capsys, path, said)


@pytest.mark.skipif(not DEVICES, reason="no such devices here")
def test_devices_are_no_configurations(no_run: None, capsys: Capture) -> None:
    assert main(["run", "/dev/zero"]) == WRONG_INPUT
    one_answer(capsys, "/dev/zero: is a device or a pipe; allowed: a file")
    assert main(["run", "/dev/null"]) == WRONG_INPUT
    one_answer(capsys, "/dev/null: is a device or a pipe; allowed: a file")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is refused to root")
def test_what_may_not_be_read_or_written(no_run: None, tmp_path: Path, capsys: Capture) -> None:
    path = edited(tmp_path, "scenarios", "baseline")
    path.chmod(0)
    assert main(["run", str(path)]) == WRONG_INPUT
    one_answer(capsys, "cannot be read (Permission denied)")
    tmp_path.chmod(0o500)
    (tmp_path.parent / "small.toml").write_text(EXPERIMENT)
    assert main(["sweep", str(tmp_path.parent / "small.toml"), "--quiet", "--out", str(tmp_path / "out")]) == FAILED
    one_answer(capsys, "Permission denied; give another folder with --out")


# doctrine, scenario, catalogues

CLARITY = "clarity = 0.4"
DOCTRINES = {
    "no value": (CLARITY, "clarity =", "is not valid TOML", "line 10, column 10"),
    "text without end": ('title = "Status quo"', 'title = "Status quo', "is not valid TOML", "line 1, column 20"),
    "key twice": (CLARITY, f"{CLARITY}\n{CLARITY}", "is not valid TOML", "overwrite", "line 11"),
    "table twice": ("[sources]", "[sources]\n[sources]", "is not valid TOML", "sources", "line 29"),
    "zero byte": (CLARITY, "clarity = \0", "is not valid TOML", "line 10"),
    "list for number": (CLARITY, "clarity = [0.4]", "clarity = [0.4]: is not a number", "0 to 1"),
    "table for number": (CLARITY, "clarity = {}", "clarity = {}: is not a number"),
    "bool for number": (CLARITY, "clarity = true", "clarity = true: is not a number"),
    "date for number": (CLARITY, "clarity = 2019-05-17", "clarity = 2019-05-17: is not a number"),
    "infinite": (CLARITY, "clarity = inf", "clarity = inf: is not a finite number", "0 to 1"),
    "infinite below": (CLARITY, "clarity = -inf", "clarity = -inf: is not a finite number"),
    "beyond any float": (CLARITY, "clarity = 1e400", "clarity = inf: is not a finite number"),
    "too high": (CLARITY, "clarity = 1.0001", "clarity = 1.0001: is out of range; allowed: 0 to 1"),
    "too low": ("= 0.881", "= 0.59", "attribution_confidence = 0.59: is out of range", "0.6 to 0.99 (probability)"),
    "negative": ("firmness = 1.0", "firmness = -1", "firmness = -1: is out of range", "0 to 10 (bite per severity)"),
    "huge whole number": ("= 52", f"= {10**30}", f"campaign_interval = {10**30}: is out of range", "0 to 5200"),
    "digits by the thousand": ("= 52", f"= 0x{'f' * 5000}", "campaign_interval = a number with thousands of digits"),
    "half a week": ("= 52", "= 52.5", "campaign_interval = 52.5: is not a whole number", "0 to 5200"),
    "number for bool": ("initiative = true", "initiative = 1", "initiative = 1: is not true or false"),
    "text for bool": ("initiative = true", "initiative = 'yes'", "initiative = 'yes': is not true or false"),
    "number for text": ('"Status quo"', "3", "title = 3: is not a text in quotes"),
    "empty text": ('"Status quo"', '""', "title = '': is empty"),
    "choice misspelt": (
        '"unanimity"',
        '"unanimty"',
        "voting_rule = 'unanimty'",
        "mean 'unanimity'? allowed: unanimity",
    ),
    "table unknown": ("[sources]", "[signals]\n[sources]", "signals: unknown key", "allowed: title, idea"),
    "table misspelt": ("[sources]", "[source_]", "source_: unknown key", "did you mean 'source'?"),
    "key of an odd name": (CLARITY, f'{CLARITY}\n"a\\nb" = 1', r"a\nb: unknown key"),
    "sources that are a list": ("[sources]", "[[sources]]", "sources = [", "is not a table"),
    "source of nothing": ("[sources]", "[sources]\nfirmnes = 'x'", "sources.firmnes", "did you mean 'firmness'?"),
    "source that is a number": ("[sources]", "[sources]\nfirmness = 3", "sources.firmness = 3", "a text in quotes"),
    "source twice": ("[sources]", "[sources]\na.b = 'x'\n'a.b' = 'y'", "sources.a.b: is given twice"),
}


@by_name(DOCTRINES)
def test_a_wrong_doctrine(case: tuple[str, ...], no_run: None, tmp_path: Path, capsys: Capture) -> None:
    path = edited(tmp_path, "doctrines", "status_quo", case[:2])
    assert main(["run", "--doctrine", str(path)]) == WRONG_INPUT
    one_answer(capsys, f"deter: {path}: ", *case[2:])


def test_further_problems_are_named(no_run: None, tmp_path: Path, capsys: Capture) -> None:
    changes = [(CLARITY, "clarty = 0.4"), ("firmness = 1.0", "firmness = 11"), ("partners = 0.3", "")]
    path = edited(tmp_path, "doctrines", "status_quo", *changes)
    assert main(["run", "--doctrine", str(path)]) == WRONG_INPUT
    one_answer(capsys, "clarty: unknown key; did you mean 'clarity'?", "(and 2 more problems: firmness, partners)")
    assert main(["run", "--set", "doctrine={clarity = 0.4}"]) == WRONG_INPUT
    one_answer(capsys, "doctrine.title: is missing", "(and 18 more problems: doctrine.idea, doctrine.source, ", ", …)")


def line_of(kind: str, name: str, text: str) -> str:
    """Where a text stands in a shipped file: line 30."""
    lines = (CONFIGS / kind / f"{name}.toml").read_text("utf-8").splitlines()
    return f"line {next(number for number, line in enumerate(lines, 1) if line.startswith(text))}"


START = "start = 2010-01-04"
SCENARIOS = {
    "day that is none": (START, "start = 2015-02-30", "is not valid TOML", line_of("scenarios", "baseline", START)),
    "day that is none, in quotes": (START, 'start = "2015-02-30"', "time.start = '2015-02-30': is not a date", "2019"),
    "year for day": (START, "start = 2015", "time.start = 2015: is not a date", "a date such as 2019-05-17"),
    "hour for day": (START, f"{START}T12:00:00", "time.start = 2010-01-04 12:00:00: is not a date"),
    "day at the end of time": (START, "start = 9999-12-27", "time.start = 9999-12-27: is too late", "year 9999"),
    "no weeks": ("weeks = 520", "weeks = 0", "time.weeks = 0: is out of range; allowed: 1 to 5200 (weeks)"),
    "centuries": ("weeks = 520", "weeks = 5201", "time.weeks = 5201: is out of range"),
    "table misspelt": ("\n[detection]", "\n[detecton]", "detecton: unknown key; did you mean 'detection'?"),
    "table missing": ("[targets]\ntarget_scatter = 1.13\ntarget_persistence = 0.491", "", "targets: is missing"),
    "number for table": ("[targets]", "[norm]\n[targets]", "norm: unknown key; did you mean 'norms'?"),
    "key in a table misspelt": ("clue_probability =", "clue_probabilty =", "investigation.clue_probabilty"),
    "weight misspelt": ("scope = 1.0", "scop = 1.0", "severity.weights.scop: unknown key; did you mean 'scope'?"),
    "catalogue misspelt": ('"partners"', '"partner"', "catalogues.partners = 'partner'", "did you mean 'partners'?"),
    "catalogue by number": ('"partners"', "3", "catalogues.partners = 3: is not a text in quotes"),
    "catalogue that climbs": ('"partners"', '"../../x.toml"', "catalogues.partners = '../../x.toml': there is no such"),
    "catalogue that is the scenario": ('"partners"', '"baseline.toml"', "holds a scenario; a catalogue of partners is"),
    "override outside catalogues": ("[overrides]", "[overrides]\ndoctrine.clarity = 1",
                                    "overrides.doctrine.clarity: is not a value of a catalogue", "paths in activities"),
    "override of nothing": ("[overrides]", "[overrides]\nmeasures.retorson.cost = 1",
                            "overrides.measures.retorson.cost", "did you mean 'measures.retorsion.cost'?"),
    "override of a wrong type": ("[overrides]", "[overrides]\nmeasures.retorsion.cost = 'x'",
                                 "overrides.measures.retorsion.cost = 'x': is not a number; allowed: 0 to 10"),
    "override by an empty table": ("[catalogues]", "[overrides.measures.retorsion]\n[catalogues]",
                                   "overrides.measures.retorsion.occasion: is missing", "programme, case"),
    "override in two spellings": ("[overrides]", "[overrides]\na.b = 1\n'a.b' = 2",
                                  "overrides.a.b: is given twice"),
}  # fmt: skip


@by_name(SCENARIOS)
def test_a_wrong_scenario(case: tuple[str, ...], no_run: None, tmp_path: Path, capsys: Capture) -> None:
    assert main(["run", str(edited(tmp_path, "scenarios", "baseline", case[:2]))]) == WRONG_INPUT
    one_answer(capsys, f"deter: {tmp_path / 'baseline.toml'}: ", *case[2:])


GERMANY, POWER = "Germany = { population = 83.46 }", "capability = { mean = 0.85, spread = 0.3 }"
CATALOGUES = {
    "population below zero": ("member_states", GERMANY, GERMANY.replace("83", "-83"),
                              "member_states.members.Germany.population = -83.46: is out of range", "0.001 to 2000"),
    "population in words": ("member_states", "83.46", "'many'", "Germany.population = 'many': is not a number"),
    "member named twice": ("member_states", "France", "Germany", "is not valid TOML",
                           line_of("catalogues", "member_states", "France")),
    "member with a dot": ("member_states", "France", '"Fra.nce"', "members.Fra.nce: is not a name", "without dots"),
    "member without name": ("member_states", "France", '""', "member_states.members.: is not a name"),
    "trait of members misspelt": ("member_states", "dependence =", "dependance =",
                                  "member_states.traits.dependance: unknown key; did you mean 'dependence'?"),
    "member's table misspelt": ("member_states", "[member_states.traits]", "[member_state.traits]",
                                "member_state: unknown table; did you mean 'member_states'?"),
    "table beside": ("member_states", "[sources]", "[blocs]\n[sources]", "blocs: unknown table", "states, sources"),
    "partner named twice": ("partners", '"Canada"', '"Norway"', "partners.members = 'Norway': is named twice"),
    "partner that is a member": ("partners", '"Canada"', '"Malta"', "members = 'Malta': is also a Member State"),
    "partner by number": ("partners", '"Canada"', "3", "partners.members.1 = 3: is not a text in quotes"),
    "kind misspelt": ("perpetrators", 'kind = "state"', 'kind = "states"',
                      "archetypes.major_power.kind = 'states'", "did you mean 'state'?", "criminal, hacktivist"),
    "kind missing": ("perpetrators", 'kind = "state"', "", "archetypes.major_power.kind: is missing"),
    "archetype in capitals": ("perpetrators", "[archetypes.major_power]", "[archetypes.Major]",
                              "archetypes.Major: is not a name", "lower-case letters, digits and _"),
    "trait missing": ("perpetrators", POWER, "", "archetypes.major_power.capability: is missing: an archetype of kind"),
    "number for trait": ("perpetrators", POWER, "capability = 0.85", "major_power.capability = 0.85: is not a table"),
    "trait out of range": ("perpetrators", POWER, POWER.replace("0.85", "1.85"),
                           "archetypes.major_power.capability.mean = 1.85: is out of range; allowed: 0 to 1"),
    "trait misspelt": ("perpetrators", POWER, f"{POWER}\ncapabilty = 1", "major_power.capabilty: unknown key", "'cap"),
    "trait of another kind": ("perpetrators", POWER, f"{POWER}\nlink = {{ mean = 0.5, spread = 0.1 }}",
                              "archetypes.major_power.link: does not apply to an archetype of kind state"),
    "no restraint": ("activities", "visibility = 0.0", "visibility = 0.1", "activities: 0 activities are restraint"),
    "restraint twice": ("activities", "[activities.reconnaissance]",
                        "[activities.rest]\ntitle = 'Rest'\nvisibility = 0\nrequired_capability = 0\ncost = 0\n"
                        "harm = 0\ndwell = 0\nmistaken = 0\n"
                        "motive = { state = 0, proxy = 0, criminal = 0, hacktivist = 0 }\n"
                        "dimensions = { scope = 0, scale = 0, duration = 0, intensity = 0, complexity = 0, "
                        "sophistication = 0, impact = 0 }\n[activities.reconnaissance]",
                        "activities: 2 activities are restraint"),
    "motive missing": ("activities", "motive = { state = 0.0, ", "motive = { ",
                       "activities.restraint.motive.state: is missing; allowed: -5 to 5 (utility)"),
    "range upside down": ("measures", "bite = [0.0, 0.0]", "bite = [0.2, 0.1]", "bite = [0.2, 0.1]: is not a range"),
    "range of three": ("measures", "bite = [0.0, 0.0]", "bite = [0, 0, 0]", "bite = [0, 0, 0]: is not a range", "≤"),
    "bite of a programme": ("measures", 'occasion = "programme"', 'occasion = "programme"\nbite = [0.0, 0.0]',
                            "measures.confidence_building.bite: is no longer a parameter", "has none"),
    "another key of a programme": ("measures", 'occasion = "programme"', 'occasion = "programme"\ncalmin = 0.1',
                                   "measures.confidence_building.calmin: unknown key; did you mean 'calming'?"),
    "programme taken for a measure": ("measures", 'occasion = "programme"', 'occasion = "case"',
                                      "measures.confidence_building.attribution: is missing"),
    "neither programme nor measure": ("measures", 'occasion = "programme"', 'occasion = "programe"',
                                      "measures.confidence_building.occasion = 'programe': is not among the choices",
                                      "did you mean 'programme'?", "allowed: programme, case"),
    "no occasion": ("measures", 'occasion = "programme"\n', "",
                    "measures.confidence_building.occasion: is missing; allowed: programme, case"),
    "category misspelt": ("measures", 'category = "', 'category = "un', "measures.", "is not among the choices"),
}  # fmt: skip


@by_name(CATALOGUES)
def test_a_wrong_catalogue(case: tuple[str, ...], no_run: None, tmp_path: Path, capsys: Capture) -> None:
    name, *change = case[:3]
    path = edited(tmp_path, "catalogues", name, (change[0], change[1]))
    entry = f'{name} = "{name}"'
    scenario = edited(tmp_path, "scenarios", "baseline", (entry, entry[:-1] + '.toml"'))
    assert main(["run", str(scenario)]) == WRONG_INPUT
    one_answer(capsys, f"deter: {path}: ", *case[3:])


# experiments

EXPERIMENTS = {
    "nothing to vary": ("[factors]\n" + FACTOR, "", "factors: is missing"),
    "an empty table of factors": (FACTOR, "", "factors: has no entries; allowed: 1 or more"),
    "a number for factors": (f"[factors]\n{FACTOR}", "factors = 1", "factors = 1: is not a table"),
    "a table for levels": (FACTOR, "[factors.doctrine]", "factors.doctrine = {}: is neither a list"),
    "factor twice": (FACTOR, f"{FACTOR}\n{FACTOR}", "is not valid TOML", "line 8"),
    "factor in two spellings": (FACTOR, f"{FACTOR}\ndoctrine.clarity = [0.5]", "doctrine.clarity: is given twice"),
    "factor that is a group": (FACTOR, '"doctrine.clarity" = { a = [1] }', "doctrine.clarity.a", "no such parameter"),
    "factor that is fixed": (FACTOR, '"scenario.catalogues.measures" = ["x"]', "once a configuration is loaded"),
    "level not finite": (FACTOR, '"doctrine.clarity" = [0, inf]', 'factors."doctrine.clarity" = inf', "finite"),
    "level that is no number": (FACTOR, '"doctrine.clarity" = [nan]', "= nan: is not a finite number"),
    "level of another type": (FACTOR, '"doctrine.clarity" = [true]', "= true: is not a number; allowed: 0 to 1"),
    "level beyond 64 bits": (FACTOR, f'"doctrine.campaign_interval" = [{10**25}]', f"= {10**25}: is out of range"),
    "level that is no doctrine": (FACTOR, '"doctrine" = ["none", "status_qo"]', "= 'status_qo'", "mean 'status_quo'?"),
    "level that is a range": (FACTOR, '"measures.retorsion.bite" = [[0, 1]]', "= [0, 1]: is not a single value"),
    "levels that cross": (
        FACTOR,
        '"measures.retorsion.bite.low" = [0.1, 0.9]\n"measures.retorsion.bite.high" = [0.5, 1.0]',
        "measures.retorsion.bite", "= [0.9, ", "is not a range",
    ),
    "too many points": (
        FACTOR,
        "\n".join(f'"doctrine.{name}" = {HUNDREDTHS}' for name in ("clarity", "support", "stability")),
        "factors: make 1,030,301 points, which is too many; allowed: at most 1,000,000",
    ),
    "too many runs": (
        "replicates = 2\nseed = 3\n[factors]\n" + FACTOR,
        f'replicates = 1000000\nseed = 3\n[factors]\n"doctrine.clarity" = {HUNDREDTHS}',
        "replicates: of each of 101 points make 101,000,000 runs, which is too many; allowed: 99,009 or fewer",
    ),
    "too many replicates": ("replicates = 2", "replicates = 1000001", "1000001: is out of range", "1 to 1000000"),
    "replicates below zero": ("replicates = 2", "replicates = -1", "replicates = -1: is out of range"),
    "half a replicate": ("replicates = 2", "replicates = 2.5", "replicates = 2.5: is not a whole number"),
    "replicates, yes": ("replicates = 2", "replicates = true", "replicates = true: is not a whole number"),
    "seed below zero": ("seed = 3", "seed = -3", "seed = -3: is out of range", "0 to 9223372036854775807"),
    "seed beyond 64 bits": ("seed = 3", f"seed = {2**63}", f"seed = {2**63}: is out of range"),
    "scenario file missing": ("seed = 3", "seed = 3\nscenario = 'x.toml'", "scenario = 'x.toml': there is no such"),
    "scenario of a zero byte": ("seed = 3", 'seed = 3\nscenario = "\\u0000.toml"', r"scenario = '\x00.toml'"),
    "scenario by number": ("seed = 3", "seed = 3\nscenario = 3", "scenario = 3: is not a text in quotes"),
    "doctrine misspelt": ("seed = 3", "seed = 3\ndoctrine = 'clear_lader'", "doctrine = 'clear_lader'", "clear_ladder"),
    "question empty": ('"What is wrong?"', '""', "question = '': is empty"),
}  # fmt: skip


@by_name(EXPERIMENTS)
def test_a_wrong_experiment(case: tuple[str, ...], no_run: None, tmp_path: Path, capsys: Capture) -> None:
    assert case[0] in EXPERIMENT
    path = tmp_path / "mine.toml"
    path.write_text(EXPERIMENT.replace(case[0], case[1]))
    assert main(["sweep", str(path), "--out", str(tmp_path / "out")]) == WRONG_INPUT
    one_answer(capsys, f"deter: {path}: ", *case[2:])
    assert [left.name for left in tmp_path.iterdir()] == ["mine.toml"]


def test_levels_that_cross_are_named_with_their_point(no_run: None, tmp_path: Path, capsys: Capture) -> None:
    low, high = (f'"measures.retorsion.bite.{end}"' for end in ("low", "high"))
    path = tmp_path / "mine.toml"
    path.write_text(EXPERIMENT.replace(FACTOR, f"{low} = [0.1, 0.35]\n{high} = [0.3, 0.5]"))
    assert main(["sweep", str(path)]) == WRONG_INPUT
    point = "at the point measures.retorsion.bite.low = 0.35, measures.retorsion.bite.high = 0.3"
    one_answer(capsys, 'factors."measures.retorsion.bite" = [0.35, 0.3]: is not a range', point)


# command lines

SETS = {
    "no equals sign": ("doctrine.clarity", "--set", "is not KEY=VALUE", "doctrine.clarity=0.5"),
    "no key": ("=1", "--set", "is not KEY=VALUE"),
    "no value": ("doctrine.clarity=", "is not KEY=VALUE"),
    "two equals signs": ("doctrine.clarity==1", "doctrine.clarity = '=1': is not a number"),
    "unknown path": ("scenario.investigation.skil=1", "did you mean 'scenario.investigation.skill'?"),
    "path of dots": ("..=1", "..: there is no such parameter"),
    "path below a number": ("doctrine.clarity.x=1", "doctrine.clarity.x: there is no such parameter"),
    "path into a list": ("partners.members.0=x", "partners.members.0: there is no such parameter"),
    "end of what is no range": ("partners.members.low=x", "partners.members.low: there is no such parameter"),
    "two lines": ("doctrine.clarity=0.5\nx=1", r"doctrine.clarity = '0.5\nx=1': is not a number"),
    "escape sequence": ("\x1b[31m=1", r"\x1b[31m: there is no such parameter"),
    "half a character": ("doctrine.title=\udcff", r"doctrine.title = '\udcff': is not a text in Unicode"),
    "path without end": ("x" * 5000 + "=1", "x…x", "there is no such parameter"),
    "too many brackets": (f"doctrine.clarity={'[' * 5000}{']' * 5000}", "--set: doctrine.clarity", "levels deep"),
    "too many digits": (f"doctrine.clarity={'9' * 5000}", "--set: doctrine.clarity", "thousands of digits"),
    "number for doctrine": ("doctrine=3", "doctrine = 3: is not a name; allowed: adaptive_pressure"),
    "list for doctrine": ("doctrine=[1]", "doctrine = [1]: is not a name"),
    "number for scenario": ("scenario=3", f"scenario = 3: is not a name; allowed: {SHIPPED}"),
    "yes for reference": ("reference=true", "reference.doctrine = true: is not a name"),
    "empty reference": ("reference={}", "reference.doctrine: is missing"),
    "number for switches": ("switches=3", "switches = 3: is not a table"),
    "unknown switch": ("switches={denail = true}", "switches.denail: unknown key; did you mean 'denial'?"),
    "number for twin's switches": ("reference.switches=3", "reference.switches = 3: is not a table"),
    "number for perpetrators": ("perpetrators=3", "perpetrators = 3: is not a table"),
    "nobody": ("perpetrators={}", "perpetrators: has no entries; allowed: 1 or more"),
    "no partner": ("partners.members=[]", "partners.members: has no entries; allowed: 1 or more"),
    "no member": ("member_states.members={}", "member_states.members: has no entries; allowed: 3 or more"),
    "own sponsor": ("perpetrators.service_unit_a1.sponsor=service_unit_a1", "is not a perpetrator of kind state"),
    "sponsor that is none": ("perpetrators.service_unit_a1.sponsor=major_power_z", "did you mean 'major_power_"),
    "sponsor of a state": ("perpetrators.major_power_a.sponsor=major_power_b", "a state has no sponsor"),
    "harbour of a proxy": ("perpetrators.service_unit_a1.harbour=major_power_a", "a proxy has no harbour"),
    "harbour that is a group": ("perpetrators.crime_group_a1.harbour=crime_group_a1", "is not a perpetrator of kind"),
    "trait beyond all use": (
        "perpetrators.major_power_a.tempo.mean=1e308",
        "= 1e+308: is out of range",
        "0 to 1000000",
    ),
    "range without number": ("measures.asset_freeze.bite=[nan, 1]", "= [nan, 1]: is not a range"),
    "range without end": ("measures.asset_freeze.delay=[0, inf]", "= [0, inf]: is not a range", "≤ high ≤ 1,000,000"),
    "catalogue by path": ("scenario.catalogues.partners=x", "cannot be changed once a configuration is loaded"),
    "start past the calendar": ("scenario.time.start=9999-12-30", "scenario.time.start = 9999-12-30: is too late"),
}


@by_name(SETS)
def test_a_wrong_setting(case: tuple[str, ...], no_run: None, tmp_path: Path, capsys: Capture) -> None:
    assert main(["run", "--out", str(tmp_path / "out"), "--set", case[0]]) == WRONG_INPUT
    assert len(one_answer(capsys, *case[1:])) < 1000
    assert not (tmp_path / "out").exists()


COMMAND_LINES = {
    "no command": ([], "issing command", "run, sweep", "deter --help"),
    "command misspelt": (["swep"], "'swep'", "sweep", "deter --help"),
    "option of no command": (["--frobnicate"], "--frobnicate", "deter --help"),
    "engine": (["run", "--engine", "foo"], "--engine = 'foo'", "mesa", "compiled", "deter run --help"),
    "engine, with equals sign": (["run", "--engine=foo"], "--engine = 'foo'", "mesa", "compiled"),
    "engine without value": (["run", "--engine"], "--engine", "requires an argument"),
    "set without value": (["run", "--set"], "--set", "requires an argument"),
    "flag with value": (["run", "--ledger=3"], "--ledger", "does not take a value"),
    "seed in words": (["run", "--seed", "x"], "--seed = 'x'", "integer", "deter run --help"),
    "seed and a half": (["run", "--seed", "1.5"], "--seed = '1.5'", "integer"),
    "seed below zero": (["run", "--seed", "-1"], "--seed = '-1'", "0"),
    "replicate below zero": (["run", "--replicate", "-1"], "--replicate = '-1'", "0"),
    "last of two seeds": (["run", "--seed", "1", "--seed", "-2"], "--seed = '-2'", "0"),
    "two scenarios": (["run", "baseline", "illustrative"], "illustrative", "extra argument", "deter run --help"),
    "option of another command": (["run", "--workers", "2"], "--workers", "deter run --help"),
    "no experiment": (["sweep"], "issing argument", "EXPERIMENT", "deter sweep --help"),
    "no workers": (["sweep", "headline", "--workers", "0"], "--workers = '0'", "1", "deter sweep --help"),
    "workers past all machines": (["sweep", "headline", "--workers", "99999999"], "--workers = '99999999'", "1024"),
    "no replicates": (["sweep", "headline", "--replicates", "0"], "--replicates = '0'", "1"),
    "too many replicates": (["sweep", "headline", "--replicates", "99999999"], "replicates = 99999999", "1000000"),
    "sweep's seed below zero": (["sweep", "headline", "--seed", "-4"], "--seed = '-4'", "0"),
}


@by_name(COMMAND_LINES)
def test_a_wrong_command_line(case: tuple[Any, ...], no_run: None, capsys: Capture) -> None:
    assert main(case[0]) == WRONG_INPUT
    one_answer(capsys, *case[1:])


def test_an_interrupted_run_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("experiments.running.single.run_single", interrupt)
    assert main(["run", "--quiet", "--out", str(tmp_path / "out")]) == INTERRUPTED
    one_answer(capsys, "interrupted")
    assert not (tmp_path / "out").exists()


def test_a_run_without_finite_figures_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Capture) -> None:
    monkeypatch.setattr(work, "_not_finite", lambda *_: ["harm is not finite"])
    assert main(["run", "--quiet", "--out", str(tmp_path / "out"), *SHORT]) == FAILED
    one_answer(capsys, "the run failed: harm is not finite")
    assert open_results(tmp_path / "out").runs["status"].item() == "failed"
