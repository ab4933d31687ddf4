"""The documentation as a site: its pages, their order, links to the code, the gallery, and how to cite.

The site itself is built where the extra `docs` is installed, and every link and anchor of it is followed.
"""

import importlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import pytest
from support.browser import needs_browser, too_wide
from support.paths import ROOT
from test_docs import DOCS, PAGES, anchors

import deter
from analysis.report.gallery import FIGURES

SITE = DOCS / "site"
EXTRA = "mkdocs", "material", "mkdocstrings", "mkdocstrings_handlers.python", "latex2mathml"
"""What the extra `docs` brings."""
LARGEST = 150_000
"""Most bytes of a picture of the gallery; most have 40,000 at most."""


def module(name: str) -> ModuleType:
    """A module of docs/site/, which MkDocs loads by its file."""
    sys.path.insert(0, str(SITE))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(SITE))


@pytest.mark.parametrize(
    ("page", "link", "led"),
    [
        ("how-to/a.md", "[x](../../model/errors.py)", "[x](../source/model/errors.py.md)"),
        ("a.md", "[x](../configs/scenarios/baseline.toml)", "[x](source/configs/scenarios/baseline.toml.md)"),
        ("a.md", "[x](../configs/posterior.csv)", "[x](source/configs/posterior.csv)"),
        ("a.md", "[x](notebooks/b.ipynb#c)", "[x](notebooks/b.md#c)"),
        ("how-to/a.md", "[x](../tutorial.md#c)", "[x](../tutorial.md#c)"),
        ("a.md", "[x](https://example.org/a.py)", "[x](https://example.org/a.py)"),
        ("a.md", "```\n[x](../model/errors.py)\n```", "```\n[x](../model/errors.py)\n```"),
    ],
)
def test_links_to_the_code_lead_to_pages(page: str, link: str, led: str) -> None:
    assert module("sources").relinked(link, page) == led


def test_a_name_in_backticks_leads_to_its_line() -> None:
    link = module("sources").relinked("[`carries`](../agents/voting.py)", "a.md")
    line = re.fullmatch(r"\[`carries`\]\(source/agents/voting\.py\.md#line-0-(\d+)\)", link)
    assert line
    text = (ROOT / "agents" / "voting.py").read_text("utf-8").splitlines()[int(line[1]) - 1]
    assert text.startswith("def carries(")


def test_every_page_has_one_place_in_the_order_of_the_index() -> None:
    index, paths = (DOCS / "index.md").read_text("utf-8"), [*DOCS.rglob("*.md"), *DOCS.rglob("*.ipynb")]
    pages = {path.relative_to(DOCS).with_suffix(".md").as_posix() for path in paths}
    nav = module("navigation").navigation(index, pages)
    found = [*flat(nav)]
    assert sorted(page for _, page in found) == sorted(pages)
    named = [title for title, page in found if not page.startswith("notebooks/")]
    assert all(named), "docs/index.md links to every page"
    assert [*nav[0]] == ["Start"]
    assert next(iter(nav[1].values())) == "tutorial.md"


def flat(entries: list[object]) -> Iterator[tuple[str, str]]:
    """Titles (empty: the page's own) and pages, in order."""
    for each in entries:
        if isinstance(each, str):
            yield "", each
            continue
        assert isinstance(each, dict)
        for title, below in each.items():
            yield from [(title, below)] if isinstance(below, str) else flat(below)


def test_a_page_that_the_index_does_not_name_is_not_lost() -> None:
    nav = module("navigation").navigation("**How to**: x\n\n| a | [b](how-to/b.md) |\n", {"how-to/b.md", "how-to/c.md"})
    assert nav[1:] == [{"How to": [{"A": [{"B": "how-to/b.md"}]}, "how-to/c.md"]}]


def test_notebooks_are_shown_as_they_were_stored() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "Text."]},
        {
            "cell_type": "code",
            "source": "print(1)",
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["\x1b[31m1\x1b[0m\n"]},
                {"output_type": "display_data", "data": {"image/png": "aGk=\n", "text/plain": "<Figure & more>"}},
                {"output_type": "execute_result", "data": {"text/html": "<table>\n\n</table>", "text/plain": "x"}},
                {"output_type": "execute_result", "data": {"text/plain": ["plain"]}},
            ],
        },
    ]
    page = module("notebooks").as_markdown({"cells": cells}, "one.ipynb")
    assert page.startswith("# Title\n\n[This page is a notebook](one.ipynb)")
    assert "```python\nprint(1)\n```\n\n```text\n1\n```" in page
    assert '<img alt="&lt;Figure &amp; more&gt;" src="data:image/png;base64,aGk=">' in page
    assert '<div class="output">\n<table>\n</table>\n</div>' in page
    assert page.endswith("```text\nplain\n```\n")


def test_formulas_are_made_without_scripts() -> None:
    pytest.importorskip("latex2mathml", reason="the extra `docs` is not installed")
    formulas = module("formulas")
    inline = formulas.with_formulas(r'<p>a <span class="arithmatex">\(x &lt; y_1\)</span> b</p>')
    made = r"<p>a <math.*<mi>x</mi><mo>&#x0003C;</mo><msub>.*</math> b</p>"
    assert re.fullmatch(made, inline, re.DOTALL | re.IGNORECASE), inline
    aligned = formulas.fence("\\begin{aligned}\na &= b \\\\\n\\text{c\\_d} &= e\n\\end{aligned}")
    assert aligned.count("<mtr>") == 2
    assert "c_d" in aligned
    assert "&amp;" not in aligned


def test_every_public_name_is_described() -> None:
    public = module("public")
    text = "\n".join(public.api_pages().values())
    for one in public.public_names():
        assert f"::: {one.path}\n" in text
        assert public.place_of(one.name) == f"{one.page}#{one.path}"
        assert public.first_sentence(one), one.path
    assert {one.name for one in public.public_names()} >= {f"deter.{name}" for name in deter.__all__}
    assert "| `grievance` |" in text


# --- the gallery


def test_every_figure_is_in_the_gallery() -> None:
    shown = module("gallery").shown()
    names = [one.name for one in shown]
    assert len(names) == len({*names})
    assert {*FIGURES} <= {*names}, (
        f"docs/site/gallery.toml lacks {', '.join(sorted({*FIGURES} - {*names}))}: put the name under `figures` of the "
        "folder that has it, or add a folder with the commands that make it, and run `make gallery`"
    )
    for one in shown:
        assert one.picture.exists(), f"{one.picture.relative_to(ROOT)} is missing: run `make gallery`"
        assert one.picture.stat().st_size <= LARGEST, one.name


def test_the_page_of_the_gallery_is_that_of_its_recipes() -> None:
    gallery = module("gallery")
    assert gallery.PAGE.read_text("utf-8") == gallery.page(), "docs/gallery.md is stale: run `make gallery`"
    assert {*gallery.PICTURES.glob("*.png")} == {one.picture for one in gallery.shown()}


def test_pictures_are_small() -> None:
    gallery = module("gallery")
    large = (DOCS / "validation_games.png").read_bytes()
    assert len(gallery.small(large)) <= gallery.BYTES < len(large)


# --- how to cite


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def cited() -> dict[str, str]:
    """The plain entries of CITATION.cff."""
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    return {key: value.strip("\"'") for key, value in re.findall(r"^([\w-]+): *(\S.*)$", text, re.MULTILINE)}


def test_the_citation_is_of_this_version() -> None:
    about, found = project(), cited()
    assert (found["version"], found["license"]) == (about["version"], about["license"])
    assert found["type"] == "software"
    assert found.keys() >= {"cff-version", "message", "title", "abstract", "date-released"}
    year = found["date-released"][:4]
    assert f"version {about['version']}, {year}" in (ROOT / "README.md").read_text("utf-8")


CODEMETA = {
    *("@context", "type", "id", "name", "description", "version", "softwareVersion", "license", "author", "keywords"),
    *("programmingLanguage", "runtimePlatform", "operatingSystem", "softwareRequirements", "applicationCategory"),
    *("applicationSubCategory", "developmentStatus", "dateModified", "datePublished", "softwareHelp", "readme"),
    *("isAccessibleForFree", "codeRepository", "referencePublication", "buildInstructions", "softwareSuggestions"),
}
"""Terms of CodeMeta 3.0 that may be used here."""


def test_codemeta_says_what_the_project_says() -> None:
    about, found = project(), json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    assert found["@context"] == "https://w3id.org/codemeta/3.0"
    assert found["type"] == "SoftwareSourceCode"
    assert found.keys() <= CODEMETA
    assert (found["name"], found["version"]) == (about["name"], about["version"])
    assert found["description"] == about["description"]
    assert found["license"] == f"https://spdx.org/licenses/{about['license']}"
    assert found["keywords"] == about["keywords"]
    assert found["dateModified"] == cited()["date-released"]
    needs = [f"{one['name']}{one['version']}" for one in found["softwareRequirements"]]
    python, *needed = needs
    assert python == f"Python{about['requires-python']}"
    assert needed == [re.sub(r"\[.*?\]", "", each) for each in about["dependencies"]]  # type: ignore[attr-defined]


# --- the site as it is built


class Built(HTMLParser):
    """A page: the anchors that it has, what it links to, and what a browser fetches for it."""

    FETCHED: ClassVar = {
        "script": "src",
        "img": "src",
        "iframe": "src",
        "source": "src",
        "video": "src",
        "link": "href",
    }

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.counts: dict[str, int] = {}
        self.inside = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        self.anchors |= {held[name] for name in ("id", "name") if name in held}
        if tag == "a" and "href" in held:
            self.links.append(held["href"])
        if tag in self.FETCHED and self.FETCHED[tag] in held:
            self.fetched.append(held[self.FETCHED[tag]])
        self.inside |= tag == "article"
        if self.inside:
            self.counts[tag] = self.counts.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        self.inside &= tag != "article"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make site` does."""
    for name in EXTRA:
        pytest.importorskip(name, reason="the extra `docs` is not installed")
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def built(site: Path) -> dict[Path, Built]:
    """Every page but the one for addresses that do not exist, which only a server shows."""
    return {path: Built(path) for path in site.rglob("*.html") if path.name != "404.html"}


@pytest.mark.slow
def test_every_link_and_anchor_leads_somewhere(site: Path, built: dict[Path, Built]) -> None:
    assert len(built) > len(PAGES)
    lost = []
    for path, page in built.items():
        for link in [*page.links, *page.fetched]:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.is_file() or not target.is_relative_to(site):
                lost.append(f"{path.relative_to(site)}: {link}")
            elif anchor and target in built and anchor not in built[target].anchors:
                lost.append(f"{path.relative_to(site)}: {link} (no such anchor)")
    assert not lost, "\n".join(sorted({*lost})[:40])


@pytest.mark.slow
def test_nothing_comes_from_another_machine(site: Path, built: dict[Path, Built]) -> None:
    for path, page in built.items():
        abroad = [one for one in page.fetched if re.match(r"(?:[a-z]+:)?//", one)]
        assert not abroad, (path, abroad)
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", path.read_text("utf-8")), path


@pytest.mark.slow
def test_the_site_has_the_anchors_and_the_items_of_the_repository(site: Path, built: dict[Path, Built]) -> None:
    """What GitHub shows as a list, a table, a block or a heading is one on the site as well."""
    from markdown_it import MarkdownIt

    for name in PAGES:
        path = ROOT / name
        page = built[site / path.relative_to(DOCS).with_suffix(".html")]
        numbered = {re.sub(r"-(\d+)$", r"_\1", anchor) for anchor in page.anchors}  # headings that repeat others
        assert {re.sub(r"-(\d+)$", r"_\1", anchor) for anchor in anchors(path)} <= numbered, name
        shown = [one.tag for one in MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8"))]
        for tag in ("li", "tr", "h2", "h3"):
            assert page.counts.get(tag, 0) == shown.count(tag) // 2, f"{name}: <{tag}>"


@pytest.mark.slow
@needs_browser
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "page", ["index", "tutorial", "gallery", "how-to/compare-doctrines", "reference/model", "reference/api-model"]
)
def test_no_page_is_wider_than_the_screen(site: Path, page: str, width: int, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    wide = too_wide(tmp_path / "site" / f"{page}.html", width, tmp_path)
    assert "page" not in wide
