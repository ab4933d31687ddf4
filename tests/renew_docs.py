"""Renew what commands and examples print on the pages of the documentation: `python tests/renew_docs.py [PAGE ...]`.

A block that no longer shows what comes is replaced. Where a block leaves lines out (`…`), each part that it shows
becomes the lines of the new output that are most like it. Read the difference before you commit it.
"""

import difflib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import test_docs
from support.paths import ROOT
from sybil.document import Document

from experiments.commands.main import main

GAP = "…"


def renewed(shown: str, output: str) -> str:
    """What a block shows, made of what came: all of it, or the parts most like those shown before."""
    lines = [line.rstrip() for line in output.strip("\n").splitlines()]
    if GAP not in shown:
        return "\n".join(lines)
    pieces, parts, at = shown.strip("\n").split(GAP), [], 0
    for number, part in enumerate(pieces):
        # what stands in one line with a gap is kept
        head = "" if number == 0 or part.startswith("\n") else part.partition("\n")[0]
        tail = "" if part.endswith("\n") or number == len(pieces) - 1 else part[len(head) :].rpartition("\n")[2]
        whole = part[len(head) : len(part) - len(tail)]
        wanted = whole.strip("\n").splitlines()
        if wanted:
            starts = range(at, max(at, len(lines) - len(wanted)) + 1)
            best = max(starts, key=lambda start: _alike(wanted, lines[start : start + len(wanted)]))
            at = best + len(wanted)
            before, after = whole[: len(whole) - len(whole.lstrip("\n"))], whole[len(whole.rstrip("\n")) :]
            whole = before + "\n".join(lines[best:at]) + after
        parts.append(head + whole + tail)
    return GAP.join(parts)


def _alike(some: list[str], other: list[str]) -> float:
    return difflib.SequenceMatcher(None, "\n".join(some), "\n".join(other), autojunk=False).ratio()


def changes(page: str) -> Iterator[tuple[str, str]]:
    """Old and new text of each block of a page that does not show what comes; runs in a folder like a clone."""
    found: list[tuple[str, str]] = []

    def noted(shown: str, output: str) -> None:
        try:
            CHECK(shown, output)
        except AssertionError:
            found.append((shown.strip("\n"), renewed(shown, output)))

    test_docs.check = noted
    for example in Document.parse(str(ROOT / page), *test_docs.PARSERS).examples():
        example.evaluate()
        yield from found
        found.clear()


CHECK = test_docs.check


def renew(page: str) -> None:
    """Replace the blocks of one page."""
    path, home = ROOT / page, Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name in test_docs.CLONED:
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "deter.py", folder)
        os.chdir(folder)
        try:
            text = path.read_text("utf-8")
            for old, new in changes(page):
                if text.count(old) != 1:
                    print(f"{page}: a block to change is there {text.count(old)} times; change it by hand:\n{old}")
                text = text.replace(old, new)
            if text != path.read_text("utf-8"):
                print(f"{page}: renewed")
                path.write_text(text, "utf-8")
        finally:
            os.chdir(home)


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    os.environ.pop("FORCE_COLOR", None)
    with tempfile.TemporaryDirectory() as compiled:  # so that no example announces it
        main(["run", "--quiet", "--out", f"{compiled}/run", "--set", "scenario.time.weeks=1"])
    for page in sys.argv[1:] or ["README.md", *test_docs.PAGES]:
        if (needed := test_docs.EXTRAS.get(page)) and not find_spec(needed):
            print(f"{page}: left as it is, because {needed} is not installed")
        else:
            renew(page)
