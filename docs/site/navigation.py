"""The order of the pages: that of docs/index.md, which readers of the repository see as well.

A paragraph that begins with a bold word begins a section; a row of a table whose first cell has no link is a group.
"""

import re
from collections.abc import Collection
from typing import Any

Entry = dict[str, Any]
"""A title with its page, or with the entries below it."""
LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+\.(?:md|ipynb))(?:#[^)]*)?\)")
SECTION = re.compile(r"\*\*(?:\[([^\]]+)\]\(([^)]+)\)|([^*]+))\*\*")
FOLDERS = {"how-to": "How to", "notebooks": "Notebooks", "reference": "Reference", "explanation": "Explanation"}
"""Sections for pages that the index does not name, by folder."""


def navigation(index: str, pages: Collection[str]) -> list[Entry]:
    """The pages in sections and groups, in the order of the index; those that it does not name come last.

    `pages` are paths below docs/. A page has the title of its first link in the index.
    """
    entries: list[Entry] = [{"Start": "index.md"}]
    seen = {"index.md"}
    section: list[Any] = entries
    for line in index.splitlines():
        if found := SECTION.match(line):
            name = capital(found[1] or found[3])
            if found[2]:  # a section of one page
                entries.append({name: page_of(found[2])})
                seen.add(page_of(found[2]))
                section = entries
                continue
            section = []
            entries.append({name: section})
        elif line.strip():
            _row(line, section, seen, pages)
    for page in sorted({*pages} - seen):
        _section(entries, FOLDERS.get(page.partition("/")[0], "More")).append(page)
    return [each for each in entries if all(each.values())]


def _row(line: str, section: list[Any], seen: set[str], pages: Collection[str]) -> None:
    """Add the pages of one line that are not there yet."""
    first = line.strip("| ").partition("|")[0].strip()
    found = []
    for title, target in LINK.findall(line):
        page = page_of(target)
        if page in pages and page not in seen:
            seen.add(page)
            found.append({capital(title): page})
    grouped = line.startswith("|") and first and not LINK.search(first)
    if found:
        section.extend([{capital(first): found}] if grouped else found)


def _section(entries: list[Entry], title: str) -> list[Any]:
    for each in entries:
        if isinstance(each.get(title), list):
            return each[title]  # type: ignore[no-any-return]
    entries.append({title: []})
    return entries[-1][title]  # type: ignore[no-any-return]


def page_of(target: str) -> str:
    """The page that a link of the index leads to: a notebook has one of its own."""
    return re.sub(r"\.ipynb$", ".md", target)


def capital(title: str) -> str:
    """A title with a capital letter, and without marks of Markdown."""
    plain = re.sub(r"[*`]", "", title)
    return plain[:1].upper() + plain[1:]
