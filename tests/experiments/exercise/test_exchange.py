"""Injects as CSV and as a list in JSON: what is written is read again exactly, and a bad file says where it is bad."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from experiments.exercise.exchange import csv_of, json_of, with_injects
from experiments.exercise.listed import FORM, listed
from experiments.exercise.scenario import ROLES, Exercise, Inject, load_exercise
from model.errors import ConfigurationError
from model.loading import shipped
from model.paths import validated

WRITERS = {".csv": csv_of, ".json": json_of}
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
"""Texts of anything that UTF-8 can hold: quotes, line ends, commas, formulas, NUL."""
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
QUESTIONS = st.none() | st.fixed_dictionaries({"text": WORDS, "options": st.lists(WORDS, min_size=2, max_size=8)})


@st.composite
def lists(draw: st.DrawFn) -> dict[str, Any]:
    """Injects of an exercise as plain values, whose conditions name injects with a case."""
    names = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    found: dict[str, Any] = {}
    cases: list[str] = []
    for place, name in enumerate(names):
        found[name] = {
            "title": draw(WORDS),
            "week": draw(st.integers(0, 520)),
            "from": draw(WORDS),
            "to": draw(st.lists(st.sampled_from(ROLES), min_size=1, max_size=5)),
            "text": draw(WORDS),
            "attachments": draw(st.dictionaries(st.just("") | WORDS, WORDS, max_size=8)),
            "question": draw(QUESTIONS),
        }
        if draw(st.booleans()):
            act = {"perpetrator": f"p{place}", "victim": draw(WORDS), "activity": draw(NAMES)}
            act |= {"before": draw(st.integers(1, 52)), "detected": draw(st.booleans())}
            found[name]["act"] = act | {"false_flag": draw(st.booleans())}
            cases += [name] if act["detected"] else []
    for name in names:
        kinds = ("attributed", "not_attributed", "answered", "not_answered")
        some = st.lists(st.sampled_from(cases), max_size=3) if cases else st.just([])
        found[name]["condition"] = {kind: draw(some) for kind in kinds}
    return found


@pytest.fixture(scope="module")
def shell() -> dict[str, Any]:
    """An exercise whose injects are put in, and which expects nothing of them."""
    found = load_exercise("discussion_2021")[0].model_dump(by_alias=True)
    return found | {"expectations": {}, "world": found["world"] | {"red_team": None}}


@pytest.mark.parametrize("suffix", WRITERS)
@given(injects=lists())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_what_is_written_is_read_again_exactly(
    suffix: str, shell: dict[str, Any], injects: dict[str, Any], tmp_path: Path
) -> None:
    exercise = validated(Exercise, shell | {"injects": injects})
    path = tmp_path / f"list{suffix}"
    path.write_bytes(WRITERS[suffix](exercise).encode())
    again = {name: validated(Inject, values) for name, values in listed(path).injects.items()}
    assert again == exercise.injects


@pytest.mark.parametrize("name", shipped("exercises"))
@pytest.mark.parametrize("suffix", WRITERS)
def test_a_shipped_exercise_is_the_same_with_its_own_list(name: str, suffix: str, tmp_path: Path) -> None:
    exercise, configuration = load_exercise(name)
    path = tmp_path / f"list{suffix}"
    path.write_bytes(WRITERS[suffix](exercise).encode())
    assert with_injects(name, path, exercise) == (exercise, configuration)


def test_a_list_has_no_days_and_no_world() -> None:
    """It goes from one exercise to another: weeks count from the start."""
    exercise, _ = load_exercise("discussion_2021")
    found = json.loads(json_of(exercise))
    assert set(found) == {"form", "title", "injects"}
    assert str(exercise.world.begins) not in json_of(exercise) + csv_of(exercise)
    assert [each["week"] for each in found["injects"]] == sorted(each.week for each in exercise.injects.values())


def test_a_spreadsheets_own_csv_is_read(tmp_path: Path) -> None:
    """With a mark of its encoding, semicolons, blank lines at the end, and only the columns that are needed."""
    path = tmp_path / "list.csv"
    text = 'week;name;title;from;text;to\r\n3;first;A title;"A; sender";"One\r\ntwo";presidency; chair\r\n;;;;;\r\n'
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("presidency; chair", '"presidency; chair"').encode())
    inject = validated(Inject, listed(path).injects["first"])
    assert (inject.week, inject.sender, inject.text) == (3, "A; sender", "One\r\ntwo")
    assert inject.to == ["presidency", "chair"]


HEAD = "name,week,from,title,text"
JSON = f'{{"form": "{FORM}",\n "injects": [{{"name": "one", "week": 1, "from": "a", "title": "b", "text": "c"}},\n  '
BAD = {
    "nothing": (".csv", "", "line 1, column 1: holds no inject"),
    "a column missing": (".csv", "name,week,title,text\n", "line 1, column 1: has no column 'from'"),
    "no inject": (".csv", f"{HEAD}\n", "line 2, column 1: holds no inject"),
    "a column's name": (".csv", f"{HEAD},optoin_1\n", "line 1, column 6 = 'optoin_1'.*did you mean 'option_1'"),
    "a column twice": (".csv", f"{HEAD},week\n", "line 1, column 6 = 'week': is there twice"),
    "no number": (".csv", f"{HEAD}\none,x,a,b,c\n", r"line 2, column 2 \(week\) = 'x': is not a whole number"),
    "a week too late": (".csv", f"{HEAD}\none,521,a,b,c\n", "line 2, column 2 .*= 521.*0 to 520"),
    "a line after a long one": (
        ".csv",
        f'{HEAD}\none,1,a,b,"c\nd"\none,1,a,b,c\n',
        r"line 4, column 1 \(name\) = 'one'",
    ),
    "too many cells": (".csv", f"{HEAD}\none,1,a,b,c,d\n", "line 2, column 6: has 6 cells"),
    "a quote left open": (".csv", f'{HEAD}\none,1,a,b,"c\n', "line .*, column 1: is not valid CSV"),
    "neither yes nor no": (
        ".csv",
        f"{HEAD},perpetrator,victim,activity,detected\none,1,a,b,c,p,v,x,maybe\n",
        r"line 2, column 9 \(detected\) = 'maybe': is neither yes nor no",
    ),
    "no such case": (".csv", f"{HEAD},answered\none,1,a,b,c,two\n", "line 2, column 6 .*= 'two': is not an inject"),
    "no such perpetrator": (
        ".csv",
        f"{HEAD},perpetrator,victim,activity\none,1,a,b,c,contractor_a9,Altania,disruption\n",
        "line 2, column 6 .*contractor_a9.*did you mean",
    ),
    "no such role": (".csv", f"{HEAD},to\none,1,a,b,c,presidenci\n", "line 2, column 6 .*presidenci"),
    "not JSON": (".json", f"{JSON}{{name: 1}}]}}", "line 3, column 4: is not valid JSON: expecting a key"),
    "a key twice": (".json", f'{JSON}{{"name": "two", "name": "three"}}]}}', "line 3, column 19: .*the same key twice"),
    "NaN": (".json", f'{JSON}{{"name": "two", "week": NaN}}]}}', "line 3, column 27: is not valid JSON"),
    "too deep": (".json", "[" * 100_000, "line 1, column 9: is not valid JSON: more than 8 levels"),
    "another file": (".json", '{"injects": []}', "line 1, column 1: is not a list of injects"),
    "a name twice": (
        ".json",
        f'{JSON}{{"name": "one"}}]}}',
        "line 3, column 3 = 'one': is the name of an inject above",
    ),
    "a negative week": (
        ".json",
        f'{JSON}{{"name": "two", "week": -1, "from": "a", "title": "b", "text": "c"}}]}}',
        r"line 3, column 27 \(two.week\) = -1",
    ),
    "a key misspelt": (
        ".json",
        f'{JSON}{{"name": "two", "week": 1, "from": "a", "title": "b", "txt": "c"}}]}}',
        "line 3, column .*unknown key; did you mean 'text'",
    ),
    "no text": (".csv", b"\xff\xfe", "is not UTF-8 text"),
    "another suffix": (".xlsx", "", "is not a list of injects; allowed: .csv or .json"),
    "a folder": (".csv", None, "device or a pipe|is a folder|cannot be read"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_gets_one_message_with_line_and_column(what: str, tmp_path: Path) -> None:
    suffix, content, told = BAD[what]
    path = tmp_path / f"list{suffix}"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    exercise = load_exercise("discussion_2021")[0].model_copy(update={"expectations": {}})
    with pytest.raises(ConfigurationError, match=told) as error:
        with_injects("discussion_2021", path, exercise)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_an_expectation_of_an_inject_that_the_list_lacks_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEAD}\none,1,a,b,c\n", "utf-8")
    exercise, _ = load_exercise("discussion_2021")
    with pytest.raises(ConfigurationError, match=r"list.csv: expectations.right_name.inject = 'power_cut'"):
        with_injects("discussion_2021", path, exercise)
