"""The documentation: every example runs and shows what is printed below it, and every link leads somewhere.

Blocks of a page run in order, in a folder that looks like a clone. `python` blocks share one namespace, and a `text`
block after one is what it prints. `console` blocks are commands after `$ ` and what they show; `…` stands for anything.
A block that begins with `# name.toml` or `# name.py` is that file; `# at the end of name.toml` adds to it. A `diff`
block edits the file of its first line, wherever the old lines stand.
"""

import ast
import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT
from sybil import Example
from sybil.document import Document
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser

from agents.catalogue import KINDS
from analysis.results.folder import RUNS_SCHEMA, open_results
from analysis.results.manifest import Manifest
from analysis.results.quarters import QUARTERS_SCHEMA
from analysis.results.single_run import ACTS_SCHEMA, LEDGER_SCHEMA, VOTES_BY_MEMBER_SCHEMA, VOTES_SCHEMA
from analysis.results.status import Status
from analysis.statistics.estimates import SUMMARY_SCHEMA
from analysis.story.network import EDGES
from experiments.commands.main import COMMANDS, command, main

DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in DOCS.rglob("*.md"))
CLONED = ("agents", "model", "analysis", "experiments", "configs")
FILE = re.compile(r"# (at the end of )?([\w-]+\.(?:toml|py))\n")
FENCED = re.compile(r"^(`{3,})(\w*)\n.*?^\1$", re.MULTILINE | re.DOTALL)
EXTRAS = {
    "docs/how-to/use-ema-workbench.md": "ema_workbench",
    "docs/how-to/where-does-it-fail.md": "ema_workbench",
    "docs/how-to/search-for-robust-doctrines.md": "optuna",
}
"""Pages whose examples need what comes with an extra."""
DRAWN = "docs/gallery.md"
"""The page whose commands `make gallery` runs: its pictures show what they give."""
LONG = (
    *("docs/how-to/compare-doctrines.md", "docs/how-to/where-does-it-fail.md", "docs/how-to/why-a-doctrine-works.md"),
    *("docs/how-to/use-theory-as-an-oracle.md", "docs/how-to/write-a-brief.md", "docs/how-to/carry-the-posterior.md"),
    *("docs/how-to/put-a-figure-on-a-slide.md", "docs/how-to/search-for-robust-doctrines.md"),
    *("docs/how-to/tell-the-story-of-a-run.md", "docs/how-to/change-a-rule.md", "docs/how-to/add-a-scenario.md"),
)
"""Pages whose examples take longer than those of all others together."""
LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)


def written(example: Example) -> bool:
    """Write a block that says which file it is."""
    named = FILE.match(example.parsed)
    if not named:
        return False
    adds, name = named.groups()
    assert Path(name).exists() == bool(adds), f"{name}: a block writes a new file, or adds to one that is there"
    with Path(name).open("a") as file:
        file.write("\n" * bool(adds) + example.parsed)
    return True


def run_toml(example: Example) -> None:
    named = FILE.match(example.parsed)
    assert named, "a TOML block says which file it is"
    written(example)
    tomllib.loads(Path(named[2]).read_text())


def run_python(example: Example) -> None:
    printed = io.StringIO()
    if not written(example):
        with contextlib.redirect_stdout(printed):
            PythonEvaluator()(example)
    example.namespace["printed"] = printed.getvalue()


def check_text(example: Example) -> None:
    check(str(example.parsed), example.namespace.pop("printed"))


def run_diff(example: Example) -> None:
    """Replace the lines marked `-` by those marked `+`, between unmarked lines; `@@` parts one edit from the next."""
    name, _, edits = str(example.parsed).partition("\n")
    path = Path(name.removeprefix("--- "))
    for edit in re.split(r"^@@\n", edits, flags=re.MULTILINE):
        lines = [(line[:1], line[1:]) for line in edit.splitlines()]
        old, new = ("\n".join(text for mark, text in lines if mark != other) for other in "+-")
        content = "\n" + path.read_text()
        assert content.count(f"\n{old}\n") == 1, f"{path} does not have these lines once:\n{old}"
        path.write_text(content.replace(f"\n{old}\n", f"\n{new}\n").removeprefix("\n"))


def run_console(example: Example) -> None:
    for block in re.split(r"^\$ ", str(example.parsed), flags=re.MULTILINE)[1:]:
        command, shown = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n?(.*)", block, re.DOTALL).groups()
        code, output = carried_out(command.replace("\\\n", " "))
        assert (code != 0) == shown.startswith("deter: "), f"{command} ends with {code}:\n{output}"
        if shown.strip():
            check(shown, output)


def carried_out(command: str) -> tuple[int, str]:
    """Exit code and output of a command: `deter` in this process, unless an environment is set before it."""
    if command.startswith("deter "):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            code = main(shlex.split(command)[1:])
        return code, output.getvalue()
    command = re.sub(r"\bdeter (?=run|sweep|list)", "python -m experiments.commands.main ", command)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONPATH": "."}
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def check(shown: str, output: str) -> None:
    """Compare what a page shows with what came, but for spaces at the ends of lines; `…` stands for anything."""
    wanted, found = ("\n".join(line.rstrip() for line in text.strip("\n").splitlines()) for text in (shown, output))
    pattern = "(.|\n)*?".join(map(re.escape, wanted.split("…")))
    if not re.fullmatch(pattern, found):
        raise AssertionError(f"the page shows\n{wanted}\n\nbut there came\n{found}")


PARSERS = [
    CodeBlockParser("python", run_python),
    CodeBlockParser("text", check_text),
    CodeBlockParser("console", run_console),
    CodeBlockParser("toml", run_toml),
    CodeBlockParser("diff", run_diff),
]


@pytest.fixture(scope="session", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile the model, so that no example announces it."""
    out = tmp_path_factory.mktemp("compiled") / "run"
    assert main(["run", "--quiet", "--no-figures", "--out", str(out), "--set", "scenario.time.weeks=1"]) == 0


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like a clone, 80 characters wide."""
    for name in CLONED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "deter.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


@pytest.mark.usefixtures("clone")
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=pytest.mark.slow if page in LONG else ())
        for page in ("README.md", *PAGES)
        if page != DRAWN
    ],
)
def test_every_example_runs_and_shows_what_the_page_says(page: str) -> None:
    if page in EXTRAS:
        pytest.importorskip(EXTRAS[page])
    document = Document.parse(str(ROOT / page), *PARSERS)
    for example in document.examples():
        try:
            example.evaluate()
        except AssertionError as error:
            failure = f"{page}, line {example.line}: {error}"
        else:
            continue
        pytest.fail(failure, pytrace=False)


@pytest.mark.parametrize(
    ("shown", "output", "same"),
    [("a\nb", "a  \nb\n", True), ("a … c", "a b\nb c", True), ("a\nb", "a\nc", False), ("a", "a\nb", False)],
)
def test_output_is_compared(shown: str, output: str, same: bool) -> None:
    with contextlib.nullcontext() if same else pytest.raises(AssertionError, match="but there came"):
        check(shown, output)


def prose(path: Path) -> str:
    return FENCED.sub("", path.read_text("utf-8"))


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in HEADING.findall(prose(path)):
        plain = re.sub(r"[^\w\- ]", "", LINK.sub(r"\1", heading).lower()).replace(" ", "-")
        repeated = (f"{plain}-{number}" if number else plain for number in range(99))
        found.add(next(anchor for anchor in repeated if anchor not in found))
    return found


def links(page: str) -> Iterator[tuple[str, str, str]]:
    """Text, file (empty: the page itself) and anchor of the links within the project."""
    for text, target in LINK.findall(prose(ROOT / page)):
        if not re.match(r"[a-z]+:", target):
            file, _, anchor = target.partition("#")
            yield text, file, anchor


@pytest.mark.parametrize("page", ["README.md", *PAGES])
def test_links_lead_somewhere(page: str) -> None:
    for text, file, anchor in links(page):
        path = (ROOT / page).parent / file if file else ROOT / page
        assert path.exists(), f"[{text}]({file}): there is no such file"
        assert not anchor or anchor in anchors(path), f"[{text}]({file}#{anchor}): there is no such heading"


@pytest.mark.parametrize("page", PAGES)
def test_functions_stand_where_the_page_says(page: str) -> None:
    """A link to a source file whose text is a name in backticks names what the file defines."""
    for text, file, _ in links(page):
        name = re.fullmatch(r"`([\w.]+)`", text)
        if name and file.endswith(".py"):
            defined = names_in((ROOT / page).parent / file)
            assert name[1] in defined, f"{file} does not define {name[1]}"


def names_in(path: Path) -> set[str]:
    """Functions, classes, methods (`Class.method`) and constants of a module, and its own file name."""
    found = {path.name}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found |= {f"{node.name}.{each.name}" for each in inner}
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return found


def test_every_page_can_be_reached_from_the_index() -> None:
    reached, frontier = {"docs/index.md"}, ["docs/index.md"]
    while frontier:
        page = frontier.pop()
        for _, file, _ in links(page):
            target = os.path.relpath((ROOT / page).parent / file, ROOT)
            if target in PAGES and target not in reached:
                reached.add(target)
                frontier.append(target)
    assert reached == set(PAGES)


def sections(page: str) -> dict[str, str]:
    """The text of a page by its headings of the second rank."""
    parts = re.split(r"^## (.+)\n", (DOCS / page).read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def explained(section: str) -> set[str]:
    """Names in backticks in the first cells of a section's tables."""
    cells = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_column_of_a_results_folder_is_explained(clone: Path) -> None:
    assert main(["run", "--quiet", "--out", "out", "--set", "scenario.time.weeks=1"]) == 0
    results = open_results("out")
    activities = {f"acts_{name}" for name in results.configuration.activities}
    once = {name.removeprefix("twin_") for name in results.series.columns} - activities
    columns = {
        "manifest.json": set(Manifest.model_fields),
        "design.parquet": {*results.design.columns, "<factor>"},
        "runs.parquet": {*RUNS_SCHEMA, "record_<moment>", "own_<name>"},
        "quarters.parquet": {
            re.sub(f"_({'|'.join(KINDS)})$", "_<kind>", name)
            for name in QUARTERS_SCHEMA
            if not name.startswith("twin_")
        },
        "summary.parquet": set(SUMMARY_SCHEMA),
        "summary.csv": {"<factor>", "part"},
        "series.parquet": {*once, "acts_<activity>", "phase_<phase>"},
        "ledger.parquet": set(LEDGER_SCHEMA),
        "votes.parquet": set(VOTES_SCHEMA),
        "votes_by_member.parquet": set(VOTES_BY_MEMBER_SCHEMA),
        "acts.parquet": set(ACTS_SCHEMA),
        "network": set(EDGES),
        "status.json": set(Status.model_fields),
        "requirements.txt": set(),
    }
    page = sections("reference/results.md")
    assert {name: explained(page[name]) for name in columns} == columns
    assert {path.name for path in Path("out").iterdir() if path.is_file()} <= columns.keys()


def test_every_command_and_option_is_explained() -> None:
    page = sections("reference/commands.md")
    assert set(page) == {f"deter {name}" for name in COMMANDS}
    for name in COMMANDS:
        options = {option.opts[0] for option in command(name).params if option.param_type_name == "option"} - {"--help"}
        assert {text.split()[0] for text in explained(page[f"deter {name}"]) if text.startswith("--")} == options


def test_the_patterns_of_the_model_are_the_emergent_facts() -> None:
    """The ODD names as patterns those alone: what one equation says, or a constant was chosen for, is no validation."""
    tree = ast.parse((ROOT / "tests" / "model" / "test_stylised_facts.py").read_text("utf-8"))
    facts = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    emergent = {fact.name for fact in facts if "pytest.mark.emergent" in map(ast.unparse, fact.decorator_list)}
    text = (ROOT / "docs" / "reference" / "model.md").read_text("utf-8")
    purpose = text.partition("## 1. Purpose and patterns")[2].partition("\n## 2.")[0]
    assert emergent
    assert set(re.findall(r"`(test_[a-z_]+)`", purpose)) == emergent


@pytest.mark.parametrize("work", ["Edwards, B., Furnas", "Axelrod, R., & Iliev", "Maness, R. C., Valeriano"])
def test_what_the_model_rests_on_is_among_its_references(work: str) -> None:
    text = (ROOT / "docs" / "reference" / "model.md").read_text("utf-8")
    assert work in text.partition("\n## References")[2]
