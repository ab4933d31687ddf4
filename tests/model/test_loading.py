"""Files of a configuration: what is out of all bounds is refused before it is parsed, the rest read as it is meant."""

import tracemalloc
from pathlib import Path

import pytest

from experiments.terminal.options import assignments
from model.configuration import load_configuration
from model.errors import ConfigurationError
from model.loading import CONFIGS, LARGEST, MOST_PATTERNS, parse, read_sources, read_toml

MANY = 20_000
KEY = ".".join("a" * MANY)
DEEP, LONG = "is nested more than 32 levels deep", "holds a number or key of more than 10,000 characters"
BEYOND = {
    "dotted key": (f"{KEY} = 1", DEEP),
    "dotted key with spaces": (f"{KEY.replace('.', ' . ')} = 1", DEEP),
    "dotted key in quotes": (".".join(["'a.'", r'"\""'] * MANY) + " = 1", DEEP),
    "table": (f"[{KEY}]", DEEP),
    "list of tables": (f"[[{KEY}]]", DEEP),
    "inline table": (f"x = {{ {KEY} = 1 }}", DEEP),
    "inline tables": (f"x = {'{ a = ' * MANY}1{' }' * MANY}", DEEP),
    "lists": (f"x = {'[' * MANY}{']' * MANY}", DEEP),
    "behind a text": (f'x = """\n"a" \\"""" # "\n{KEY} = 1', DEEP),
    "whole number": (f"x = 0b{'1' * LARGEST}", LONG),
    "number": (f"x = 0.{'1' * LARGEST}", LONG),
    "key": (f"{'a' * LARGEST} = 1", LONG),
}


@pytest.mark.parametrize(("text", "said"), BEYOND.values(), ids=BEYOND.keys())
def test_what_is_out_of_all_bounds_does_not_reach_the_parser(text: str, said: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ConfigurationError, match=said):
            parse(text)
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()
    with pytest.raises(ConfigurationError, match=f"--set: x: {DEEP}"):
        assignments([f"x={{{KEY} = 1}}"])


def test_texts_may_hold_what_keys_may_not() -> None:
    for text in (KEY, f"'{KEY}'", "x" * LARGEST, "[" * MANY):
        assert parse(f'"{text}" = """{text}""" # {text}')[text] == text
        assert parse(f"x = '''{text} \\'''")["x"] == f"{text} \\"


def test_marks_and_ends_of_lines_of_other_systems(tmp_path: Path) -> None:
    path = CONFIGS / "doctrines" / "status_quo.toml"
    other = tmp_path / "mine.toml"
    other.write_bytes(path.read_text("utf-8").replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_toml(other) == read_toml(path)


def test_a_star_in_sources_stands_for_a_whole_name() -> None:
    tree = {"measures": {"a" * 40: {"cost": 1}, "b": {"cost": 2, "delay": 3}}}
    found = read_sources({"measures.*.cost": "x", "measures.b.cost": "y"}, tree, "mine.toml")
    assert found[f"measures.{'a' * 40}.cost"] == "x"
    assert found["measures.b.cost"] == "y"
    assert "measures.b.delay" not in found
    for key in ("*" * 40, "measures." + "*" * 40 + "z.cost", "measures." + "*a" * 30 + "z.cost", ".".join("*" * 5000)):
        with pytest.raises(ConfigurationError, match="matches nothing in this file"):
            read_sources({key: "x"}, tree, "mine.toml")


def test_entries_of_sources_with_a_star_have_a_number() -> None:
    names = [f"k{number}" for number in range(MANY)]
    tree = {name: {"x": 1} for name in names}
    assert len(read_sources(dict.fromkeys(names, "x"), tree, "mine.toml")) == MANY + 1
    with pytest.raises(ConfigurationError, match=rf"sources: has 20,000 entries with \*; allowed: {MOST_PATTERNS} or"):
        read_sources({f"{name}.*": "x" for name in names}, tree, "mine.toml")


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize(
    "path", ["doctrine.clarity", "doctrine.campaign_interval", "measures.asset_freeze.bite", "doctrine"]
)
def test_a_number_of_many_digits_is_answered(path: str, sign: str, digits: int) -> None:
    number = int("9" * 400) if digits == 400 else int("f" * digits, 16)
    with pytest.raises(ConfigurationError, match=path):
        load_configuration().with_values({path: -number if sign else number})
    with pytest.raises(ConfigurationError, match=path):
        load_configuration().with_values(assignments([f"{path}={sign}{'9' * digits}"]))


def test_partners_by_the_thousand_are_held_against_each_other_once() -> None:
    names = [f"p{number}" for number in range(4_000)]
    base = load_configuration()
    assert len(base.with_values({"partners.members": names}).partners.members) == 4_000
    with pytest.raises(ConfigurationError, match=r"partners\.members = 'p7': is named twice"):
        base.with_values({"partners.members": [*names, "p7"]})


def departs(tmp_path: Path, name: str, base: str, more: str = "") -> Path:
    path = tmp_path / f"{name}.toml"
    path.write_text(f'base = "{base}"\ntitle = "A"\nidea = "B"\n{more}')
    return path


def test_a_scenario_departs_from_another(tmp_path: Path) -> None:
    mine = departs(
        tmp_path,
        "mine",
        "baseline",
        "[sources]\nskill = 'x'\n[investigation]\nskill = 0.7\n".replace("skill = 'x'", "'investigation.skill' = 'x'"),
    )
    found, base = load_configuration(mine), load_configuration()
    assert found.scenario.investigation.skill == 0.7
    assert found.source("scenario.investigation.skill") == "x"
    assert found.source("scenario.investigation.clue_probability") == base.source(
        "scenario.investigation.clue_probability"
    )
    assert found.with_values({"scenario.investigation.skill": base.scenario.investigation.skill}).model_dump(
        exclude={"sources": True, "scenario": {"title", "idea"}}
    ) == base.model_dump(exclude={"sources": True, "scenario": {"title", "idea"}})
    third = departs(tmp_path, "third", "mine.toml", "[time]\nweeks = 10\n")
    assert load_configuration(third).scenario.investigation.skill == 0.7
    assert load_configuration(third).source("scenario.investigation.skill") == "x"


def test_a_source_covers_all_below_it_that_a_departing_scenario_states(tmp_path: Path) -> None:
    overrides = '[overrides]\n"measures.travel_ban.cost" = 0.2\n'
    mine = departs(
        tmp_path, "mine", "baseline", f"[sources]\ntime = 'x'\noverrides = 'y'\n[time]\nweeks = 9\n{overrides}"
    )
    found = load_configuration(mine)
    assert found.source("scenario.time.weeks") == "x"
    assert found.source("measures.travel_ban.cost") == "y"
    assert found.source("scenario.investigation.skill") == load_configuration().source("scenario.investigation.skill")


def test_a_base_that_is_none_is_refused(tmp_path: Path) -> None:
    departs(tmp_path, "mine", "other.toml")
    departs(tmp_path, "other", "mine.toml")
    with pytest.raises(
        ConfigurationError, match=r"base = 'other.toml': builds on itself|base = 'mine.toml': builds on itself"
    ):
        load_configuration(tmp_path / "mine.toml")
    with pytest.raises(ConfigurationError, match=r"base = 'baselin'.*nearest: baseline|did you mean 'baseline'"):
        load_configuration(departs(tmp_path, "off", "baselin"))


def test_catalogues_of_a_base_are_found_from_its_own_folder(tmp_path: Path) -> None:
    folder = tmp_path / "far"
    folder.mkdir()
    (folder / "own.toml").write_text(
        (CONFIGS / "catalogues" / "partners.toml").read_text().replace("Mexico", "Elsewhere")
    )
    departs(folder, "base", "baseline", '[catalogues]\npartners = "own.toml"\n')
    found = load_configuration(departs(tmp_path, "mine", "far/base.toml"))
    assert "Elsewhere" in found.partners.members
    assert found.scenario.catalogues.activities == "activities"
