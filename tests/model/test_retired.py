"""A parameter of an earlier version, wherever it still stands, is answered with what replaces it."""

from pathlib import Path

import pytest
from support.mistakes import EXPERIMENT, Capture, edited, one_answer

from experiments.commands.main import WRONG_INPUT, main
from model.configuration import Configuration, load_configuration
from model.deterrence import DeterrenceModel
from model.errors import ConfigurationError
from model.paths import RETIRED, paths, retired

INVENTED = {
    "belief.patience_of_old": "belief.spillover, which is twice as large",
    "doctrine.vigour_of_old": "firmness: bite per severity",
    "measures.*.pomp_of_old": "it did nothing",
}
SAID = "is no longer a parameter: "
FULL = {"belief": "scenario.", "council": "scenario."}


def in_full(old: str) -> str:
    """The path of a retired parameter in a configuration, of a programme where it stood at any name."""
    return FULL.get(old.split(".")[0], "") + old.replace("*", "awareness_raising")


def gone() -> dict[str, str]:
    """The retired paths that are no keys, all of them once their parameters are removed, and what is said of each."""
    base = load_configuration()
    known = set(paths({name: getattr(base, name) for name in Configuration.model_fields}))
    return {old: words for old, words in {**RETIRED, **INVENTED}.items() if in_full(old) not in known}


GONE = gone()
each = pytest.mark.parametrize("old", GONE)


@pytest.fixture(autouse=True)
def _invented(monkeypatch: pytest.MonkeyPatch) -> None:
    for old, words in INVENTED.items():
        monkeypatch.setitem(RETIRED, old, words)


def test_what_a_programme_had_of_a_case_is_gone() -> None:
    assert {"measures.*.delay", "measures.*.joinable", *INVENTED} <= set(GONE)
    assert load_configuration(overrides={"measures.asset_freeze.floor": 0.1}).measures["asset_freeze"].cost > 0


def test_what_stood_below_it_is_gone_as_well_and_what_is_like_it_is_not() -> None:
    assert RETIRED["measures.*.delay"] in str(retired("measures.awareness_raising.delay.low"))
    assert "config.scenario.belief.patience_of_old" in str(retired("config.scenario.belief.patience_of_old"))
    for path in ("belief", "scenario.belief.patience", "scenario.council.patience_of_old", "doctrine.vigour", ""):
        assert retired(path) is None
    for path, meant in (("travel_bans.delay", "travel_ban.delay"), ("travel_ban.delay.lower", "travel_ban.delay")):
        with pytest.raises(ConfigurationError, match=f"no such parameter; did you mean 'measures.{meant}'"):
            load_configuration(overrides={f"measures.{path}": 1})


@each
def test_as_a_setting_a_keyword_and_a_name_to_list(old: str, no_run: None, capsys: Capture) -> None:
    path = in_full(old)
    assert main(["run", "--set", f"{path}=0.5"]) == WRONG_INPUT
    one_answer(capsys, f"deter: {path}: {SAID}{GONE[old]}\n")
    assert main(["list", "parameters", path]) == WRONG_INPUT
    one_answer(capsys, f"deter: {path}: {SAID}{GONE[old]}\n")
    with pytest.raises(ConfigurationError, match=SAID):
        DeterrenceModel(**{path: 0.5})


@each
def test_as_a_factor_and_in_a_file_of_worlds(old: str, no_run: None, tmp_path: Path, capsys: Capture) -> None:
    path = in_full(old)
    experiment = tmp_path / "mine.toml"
    experiment.write_text(EXPERIMENT.replace('"doctrine.clarity"', f'"{path}"'))
    assert main(["sweep", str(experiment)]) == WRONG_INPUT
    one_answer(capsys, f'{experiment}: factors."{path}"', f"{SAID}{GONE[old]}")
    if not path.startswith("doctrine"):
        worlds = tmp_path / "worlds.csv"
        worlds.write_text(f"{path}\n0.5\n0.6\n")
        assert main(["compare", "none", "status_quo", "--worlds", str(worlds)]) == WRONG_INPUT
        one_answer(capsys, f"{worlds}: {path}: {SAID}{GONE[old]}")


@each
def test_in_a_file(old: str, no_run: None, tmp_path: Path, capsys: Capture) -> None:
    section, *_, name = old.split(".")
    if section == "doctrine":
        file = edited(tmp_path, "doctrines", "status_quo", ("clarity =", f"{name} = 1\nclarity ="))
        words, key = ["run", "--doctrine", str(file)], name
    elif section == "measures":
        file = edited(tmp_path, "catalogues", "measures", ('= "programme"', f'= "programme"\n{name} = 1'))
        names = ('measures = "measures"', 'measures = "measures.toml"')
        words = ["run", str(edited(tmp_path, "scenarios", "baseline", names))]
        key = f"measures.confidence_building.{name}"
    else:
        file = edited(tmp_path, "scenarios", "baseline", (f"[{section}]", f"[{section}]\n{name} = 1"))
        words, key = ["run", str(file)], f"{section}.{name}"
    assert main(words) == WRONG_INPUT
    one_answer(capsys, f"{file}: {key}: {SAID}{GONE[old]}\n")


def test_among_the_overrides_of_a_scenario(no_run: None, tmp_path: Path, capsys: Capture) -> None:
    entry = '"measures.political_dialogue.delay" = [1, 2]'
    scenario = edited(tmp_path, "scenarios", "baseline", ("[overrides]", f"[overrides]\n{entry}"))
    assert main(["run", str(scenario)]) == WRONG_INPUT
    one_answer(capsys, f"{scenario}: overrides.measures.political_dialogue.delay: {SAID}a standing programme has none")


def test_in_a_doctrine_given_as_a_table() -> None:
    doctrine = {**load_configuration().doctrine.model_dump(), "vigour_of_old": 1.0}
    with pytest.raises(ConfigurationError, match=f"^doctrine.vigour_of_old: {SAID}"):
        load_configuration().with_values({"doctrine": doctrine})
