"""The English that users read: one name for one thing, and no phrase that a reader would stumble over.

`INSTEAD` is the list of terms that sentences, tables, figures, messages, configurations and pages are held to. A name
in backticks or in a fenced block is code, and free; so is a string of one word.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.paths import ROOT

INSTEAD = {
    r"(?:can|could|cannot) (?:not )?be told\b(?! apart)": "is clear, is unclear",
    r"told from (?:zero|none|no change)": "clear, unclear",
    r"leav(?:e|es|ing) zero out": "excludes zero",
    r"holds? together": "hold jointly",
    r"more of all opportunities": "raises the escalation rate by",
    r"from the 5th to the 95th": "the middle 90 %",
    r"for want of": "because there is no",
    r"all that is said": "all claims",
    r"\b[Tt]he Union\b(?!’s law| law)": "the EU",
    r"\b(?:hacker|cyber ?attacker)s?\b": "perpetrator",
    r"\bdemarches?\b": "démarche",
    r"\b(?:behavior|color|labor|harbor|defense|center)s?\b": "British spelling",
    r"\b(?:wherein|thereof|whence|hither|hence)\b": "plain words",
    r"\bit is no bluff\b": "it is not a bluff",
}
"""What is not written: a pattern → what is written instead."""
CODE = re.compile(r"```.*?```|`[^`\n]+`|\]\([^)]*\)|\$\$.*?\$\$|^ {4}.*?$", re.DOTALL | re.MULTILINE)
LISTS = ("docs/changelog.md",)
"""Pages that quote what was written before."""


def said_in(path: Path) -> Iterator[tuple[int, str]]:
    """Strings of a module that are no docstrings, with their lines."""
    tree = ast.parse(path.read_text("utf-8"))
    lone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in lone:
            continue
        if " " in node.value.strip() and not node.value.endswith(" center"):
            yield node.lineno, CODE.sub("", node.value)


def stated_in(held: Any) -> Iterator[str]:
    """Sentences of a configuration, however deep."""
    for each in held.values() if isinstance(held, dict) else held:
        if isinstance(each, dict | list):
            yield from stated_in(each)
        elif isinstance(each, str) and " " in each:
            yield each


def texts() -> Iterator[tuple[str, str]]:
    """Everything that users read: where it stands, and the text."""
    for room in ("agents", "model", "analysis", "experiments"):
        for path in sorted((ROOT / room).rglob("*.py")):
            yield from ((f"{path.relative_to(ROOT)}:{line}", text) for line, text in said_in(path))
    for path in sorted((ROOT / "analysis").rglob("*.html")):
        yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for path in sorted((ROOT / "configs").rglob("*.toml")):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        yield from ((name, each) for each in stated_in(tomllib.loads(text)))
        yield name, "\n".join(line for line in text.splitlines() if line.startswith("#"))
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if (name := path.relative_to(ROOT).as_posix()) not in LISTS:
            yield name, CODE.sub("", path.read_text("utf-8"))


@pytest.fixture(scope="module")
def everything() -> list[tuple[str, str]]:
    return [(where, " ".join(text.split())) for where, text in texts()]


@pytest.mark.parametrize("pattern", INSTEAD)
def test_one_name_for_one_thing(pattern: str, everything: list[tuple[str, str]]) -> None:
    found = [f"{where}: … {m[0]} …" for where, text in everything for m in re.finditer(pattern, text)]
    assert not found, f"write “{INSTEAD[pattern]}” instead:\n" + "\n".join(found)


def test_code_is_free_and_prose_is_not() -> None:
    assert "holds together" not in CODE.sub("", "as `holds together` says\n```text\nholds together\n```\n")
    assert "holds together" in CODE.sub("", "It holds together.")
