"""What the site needs beside the pages of docs/: MkDocs calls these functions as it builds (`make site`)."""

import json
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import formulas
import navigation
import notebooks
import public
import sources
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(sources.ROOT))
SOURCES = "source/index.md"
"""The page that lists the source files."""
APART = re.compile(r"[^\w\- ]")


def slug(heading: str, separator: str) -> str:
    """The anchor of a heading, as GitHub makes it, so that links lead to the same place here and there."""
    return APART.sub("", re.sub(r"<[^>]+>", "", heading).strip().lower()).replace(" ", separator)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Set what cannot be said in mkdocs.yml: the order of the pages, anchors and formulas."""
    docs = Path(config.docs_dir)
    pages = {path.relative_to(docs).with_suffix(".md").as_posix() for path in docs.rglob("*") if _is_page(path)}
    nav = navigation.navigation((docs / "index.md").read_text("utf-8"), pages)
    reference = next(each["Reference"] for each in nav if "Reference" in each)
    reference.append({"Python, name by name": [{title: f"reference/api-{name}.md"} for name, (title, _) in PAGES]})
    reference.append({"Source files": SOURCES})
    config.nav = nav
    config.mdx_configs.setdefault("toc", {})["slugify"] = slug
    blocks = {"name": "math", "class": "formula", "format": formulas.fence}
    config.mdx_configs.setdefault("pymdownx.superfences", {}).setdefault("custom_fences", []).append(blocks)
    return config


PAGES = tuple(public.PAGES.items())


def _is_page(path: Path) -> bool:
    return path.suffix in {".md", ".ipynb"} and ".ipynb_checkpoints" not in path.parts


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made: notebooks, the Python reference, and the files of the code that pages link to."""
    made: dict[str, str] = {}
    for file in [*files]:
        if file.src_uri.endswith(".ipynb"):
            name = file.src_uri.rpartition("/")[2]
            made[file.src_uri.removesuffix(".ipynb") + ".md"] = notebooks.as_markdown(
                json.loads(file.content_string), name
            )
    made |= public.api_pages()
    texts = {file.src_uri: file.content_string for file in files.documentation_pages()} | made
    paths = sorted({path for page, text in texts.items() for path in sources.linked(text, page)})
    data = {}
    for path in paths:
        place = sources.shown_at(path)
        if place.endswith(".md"):
            made[place] = sources.source_page(path)
        else:
            data[place] = str(path)
    made[SOURCES] = sources.source_list(paths)
    for place, text in made.items():
        files.append(File.generated(config, place, content=text))
    for place, held in data.items():
        files.append(File.generated(config, place, abs_src_path=held))
    return files


@cache
def place_of(name: str) -> str | None:
    """The place of a public name in the Python reference."""
    return public.place_of(name)


def on_page_markdown(markdown: str, *, page: Page, **_: Any) -> str:
    """Lead links to the code to pages of the site."""
    uri = page.file.src_uri
    if uri.startswith("source/"):
        return markdown
    known = place_of if not uri.startswith("reference/api-") else lambda name: None
    return sources.relinked(markdown, uri, known)


def on_page_content(html: str, **_: Any) -> str:
    """Make the inline formulas."""
    return formulas.with_formulas(html)
