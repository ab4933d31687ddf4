"""Text of users is text, on screens, in pages, figures, tables and stories, and levels that are near are told apart."""

import io
import re
import subprocess
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.look import draw
from support.nasty import DOCTRINES, NASTY, NEAR, SEEN, SHORT, nasty_experiment
from support.page import Page

from analysis.labels import INVENTED
from analysis.plotting.files import rendered
from analysis.report.folders import brief_of_folder
from analysis.report.gallery import drawn, names_of
from analysis.results.folder import open_results
from experiments.commands.main import COMMANDS, main
from model.errors import printable

UNSEEN = re.compile(r"[^\S\n ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]")


def words(text: str) -> str:
    """A text without its line ends."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    nasty_experiment(folder)
    return folder


@pytest.fixture(scope="module")
def screens(place: Path) -> dict[str, str]:
    """What each command shows, by its name."""
    sweep, compared, run = (str(place / name) for name in ("sweep {b} $x&'", "compared", "run"))
    experiment, doctrines = str(place / "e {x} $1.toml"), [str(place / f"{name}.toml") for name in DOCTRINES]
    commands = {
        "dry run": ["sweep", experiment, "--dry-run", *SHORT],
        "sweep": ["sweep", experiment, "--out", sweep, *SHORT],
        "report": ["report", sweep],
        "compare": ["compare", *doctrines, "--replicates", "3", "--out", compared, *SHORT],
        "run": ["run", "--doctrine", doctrines[1], "--ledger", "--no-figures", "--out", run, *SHORT],
        "explain": ["explain", run],
        "list": ["list", "experiments", experiment],
        "list one": ["list", "doctrines", doctrines[0]],
    }
    shown = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        patch.chdir(place)  # where names of doctrines start
        for name, command in commands.items():
            both = io.StringIO()
            with warnings.catch_warnings(), redirect_stdout(both), redirect_stderr(both):
                warnings.simplefilter("error")
                code = main(command)
            assert code == 0, (name, both.getvalue())
            shown[name] = both.getvalue()
    return shown


def test_screens_show_text_as_it_is(screens: dict[str, str]) -> None:
    for name, text in screens.items():
        assert not UNSEEN.search(text), name
    for name in ("sweep", "dry run", "run", "list", "list one"):
        assert words(SEEN) in words(screens[name]), name


def test_screens_tell_near_levels_apart(screens: dict[str, str]) -> None:
    for name in ("sweep", "dry run", "list"):
        assert all(f"{level}" in screens[name] for level in NEAR), name


def test_pages_show_text_as_it_is(place: Path, screens: dict[str, str]) -> None:
    text = (place / "sweep {b} $x&'" / "report.html").read_text("utf-8")
    page = Page(text)
    assert page.texts["h1"] == [words(SEEN)]
    assert not {"b", "i", "script"} & set(page.texts)
    assert not UNSEEN.search(text.replace("\N{NO-BREAK SPACE}", " "))
    assert all(f"{level}" in " ".join(page.texts["li"]) for level in NEAR)


@pytest.mark.parametrize("folder", ["sweep {b} $x&'", "compared", "run"])
def test_figures_show_text_as_it_is(folder: str, place: Path, screens: dict[str, str]) -> None:
    results, said = open_results(place / folder), ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for place_of, name in enumerate(names_of(results)):
            for figure in (*drawn(name, results), *(() if place_of else drawn(name, results, slide=True))):
                texts = [text.get_text() for text, _ in draw(name, results, figure).texts]
                assert not [text for text in texts if UNSEEN.search(text.replace("\N{NO-BREAK SPACE}", " "))], name
                said += words(" ".join(texts)) + "\n"
                ElementTree.fromstring(rendered(figure, ["svg"])["svg"])
    if folder == "run":
        assert words(SEEN.replace("'", "’")) in said
    else:
        assert all(printable(name.replace("_", " ")).replace("'", "’") in said.replace("'", "’") for name in DOCTRINES)
    if folder.startswith("sweep"):
        assert all(f"{level}" in said for level in NEAR)


def test_a_story_has_no_marks_but_its_own(place: Path, screens: dict[str, str]) -> None:
    (path,) = (place / "run" / "stories").glob("*.md")
    text = path.read_text("utf-8").replace(f"**{INVENTED}**", "")
    without = re.sub(r"\\[\\`*_\[\]<>&|~$#]", "", text)
    assert re.findall(r"[`*_<>&|~$]", without.replace("(point-0-replicate-0.png)", "")) == []
    assert not UNSEEN.search(text)


def test_no_cell_of_a_table_is_a_formula(place: Path, screens: dict[str, str]) -> None:
    files = [*(place / "compared" / "tables").glob("*.csv"), *(place / "run").glob("*.csv")]
    assert any(f"'{DOCTRINES[0]}" in path.read_text("utf-8") for path in files)
    for path in files:
        assert not re.search(r"(^|[,\"])[=+@]|(^|,)-[^\d.]", path.read_text("utf-8"), re.MULTILINE), path.name


def test_commands_that_a_page_prints_do_what_they_say(place: Path, screens: dict[str, str]) -> None:
    for folder in ("sweep {b} $x&'", "compared"):
        for command, _ in brief_of_folder(place / folder, lambda _: None).again:
            shown = subprocess.run(
                ["bash", "-c", f"deter() {{ printf '%s\\n' \"$@\"; }}; {command}"],
                capture_output=True,
                check=True,
                text=True,
            )
            name, path = shown.stdout.splitlines()
            assert name in COMMANDS
            assert Path(path) == place / folder


def test_sentences_tell_near_levels_apart(place: Path, screens: dict[str, str]) -> None:
    brief = brief_of_folder(place / "sweep {b} $x&'", lambda _: None)
    (text,) = [one.text for one in brief.findings if "skill" in one.text and one.heading == "Main effects"]
    assert f"from {NEAR[0]} to {NEAR[1]}" in text
    assert brief.title == NASTY
