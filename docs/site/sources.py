"""Links of the documentation to files of the code, which on the site are pages of their own.

In the repository a page links to `../../agents/belief.py`. On the site the same link leads to a page that shows this
file; where its text is a name in backticks that the file defines, to the line that defines it.
"""

import ast
import posixpath
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?P<text>\[(?:[^\[\]]|\[[^\]]*\])*\])\((?P<target>[^)\s#]+)(?P<anchor>#[^)\s]*)?\)")
FENCED = re.compile(r"^(?P<mark> *(?:`{3,}|~{3,})).*?^(?P=mark)[ \t]*$", re.MULTILINE | re.DOTALL)
LANGUAGES = {".py": "python", ".toml": "toml", ".json": "json", ".cff": "yaml", ".yml": "yaml", ".sh": "bash"}
MOST_LINES = 2000
"""A longer file, such as a table of data, is linked as it is."""
LINES = "line"
"""What begins the anchor of a line on the page of a source file, before its number."""


def outside(page: str, target: str) -> Path | None:
    """The file of the project, outside docs/, that a link of a page leads to; None for all other links.

    `page` is a path below docs/, `target` the link's own path.
    """
    if re.match(r"[a-z]+:|/", target):
        return None
    path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(page), target))
    found = ROOT / path
    return found if not path.startswith(("docs/", "..")) and found.is_file() else None


def shown_at(path: Path) -> str:
    """The page, as a path below docs/, that shows a file of the project; the file itself where it is data."""
    name = f"source/{path.relative_to(ROOT).as_posix()}"
    if path.suffix in {".csv", ".parquet"} or path.read_text("utf-8").count("\n") > MOST_LINES:
        return name
    return f"{name}.md"


def relinked(markdown: str, page: str, known: Callable[[str], str | None] = lambda name: None) -> str:
    """The text of a page with links to files of the code and to notebooks replaced by those to pages of the site.

    `known` gives the place, as a path below docs/ with an anchor, of a name in backticks that has one of its own.
    """

    def replaced(match: re.Match[str]) -> str:
        text, target, anchor = match["text"], match["target"], match["anchor"] or ""
        if target.endswith(".ipynb") and not re.match(r"[a-z]+:", target):
            return f"{text}({target.removesuffix('.ipynb')}.md{anchor})"
        if (path := outside(page, target)) is None:
            return match[0]
        name = re.fullmatch(r"\[`([\w.]+)`\]", text)
        place = known(name[1]) if name else None
        if place is None:
            place, line = shown_at(path), lines_of(path).get(name[1]) if name else None
            place += f"#{LINES}-0-{line}" if line else ""
        return f"{text}({posixpath.relpath(place, posixpath.dirname(page) or '.')})"

    return outside_fences(markdown, lambda prose: LINK.sub(replaced, prose))


def outside_fences(markdown: str, change: Callable[[str], str]) -> str:
    """Markdown with its prose changed, and its fenced blocks as they are."""
    parts, at = [], 0
    for block in FENCED.finditer(markdown):
        parts += [change(markdown[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*parts, change(markdown[at:])])


@lru_cache
def lines_of(path: Path) -> dict[str, int]:
    """The lines on which a module defines functions, classes, methods (`Class.method`) and constants."""
    if path.suffix != ".py":
        return {}
    found: dict[str, int] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node.lineno
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{each.name}": each.lineno for each in node.body if isinstance(each, ast.FunctionDef)
            }
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))
            found |= {name.id: node.lineno for name in names}
    return found


def linked(markdown: str, page: str) -> Iterator[Path]:
    """The files of the project, outside docs/, to which a page links."""
    for match in LINK.finditer(FENCED.sub("", markdown)):
        if path := outside(page, match["target"]):
            yield path


def source_page(path: Path) -> str:
    """The page that shows a file: its name and its text."""
    name, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    fence = "~" * max(3, 1 + max((len(run) for run in re.findall(r"~+", text)), default=0))
    language = LANGUAGES.get(path.suffix, "text")
    head = f"---\nsearch:\n  exclude: true\n---\n\n# `{name}`\n"
    return f'{head}\n{fence}{{ .{language} linenums="1" }}\n{text.rstrip()}\n{fence}\n'


def source_list(paths: list[Path]) -> str:
    """The page that lists the files which pages link to."""
    rows = [f"- [`{path.relative_to(ROOT).as_posix()}`]({shown_at(path).removeprefix('source/')})" for path in paths]
    return "\n".join(
        ["# Source files", "", "The files of the project that the pages of this site link to.", "", *rows, ""]
    )
