"""Notebooks as pages: what their cells say, hold and have shown, as it is stored; nothing is run."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any


def as_markdown(notebook: Mapping[str, Any], name: str) -> str:
    """The text of a page that shows a notebook, of nbformat 4, and lets readers fetch it under its name."""
    cells = [part for cell in notebook["cells"] for part in _cell(cell)]
    first, *rest = cells or [f"# {name}"]
    heading, _, prose = first.partition("\n")
    note = f"[This page is a notebook]({name}){{ download }}, with what it showed when it was last run."
    return "\n\n".join([heading, note, prose.strip("\n"), *rest]) + "\n"


def _cell(cell: Mapping[str, Any]) -> Iterator[str]:
    text = _text(cell["source"])
    if cell["cell_type"] == "markdown":
        yield text
    elif cell["cell_type"] == "code" and text.strip():
        yield _fenced(text, "python")
        yield from filter(None, map(_output, cell.get("outputs", [])))


def _output(output: Mapping[str, Any]) -> str:
    """What a cell has shown: the richest form that a page can show."""
    if output["output_type"] == "stream":
        return _fenced(_text(output["text"]), "text") if output.get("name") != "stderr" else ""
    if output["output_type"] == "error":
        return _fenced(f"{output['ename']}: {output['evalue']}", "text")
    data = output["data"]
    if "text/html" in data:
        return _block(_text(data["text/html"]))
    if "image/svg+xml" in data:
        svg = _text(data["image/svg+xml"])
        return _block(svg[svg.find("<svg") :])
    if "image/png" in data:
        shown = escape(_text(data.get("text/plain", "")) or "figure")
        picture = _text(data["image/png"]).replace("\n", "")
        return f'<div class="output"><img alt="{shown}" src="data:image/png;base64,{picture}"></div>'
    if "text/markdown" in data:
        return _text(data["text/markdown"])
    return _fenced(_text(data.get("text/plain", "")), "text")


def _block(html: str) -> str:
    text = re.sub(r"\n\s*\n", "\n", html).strip()  # a blank line would end a block of HTML
    return f'<div class="output">\n{text}\n</div>'


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _fenced(text: str, language: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).rstrip()  # colours of a terminal
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", plain)), default=0))
    return f"{fence}{language}\n{plain}\n{fence}" if plain else ""
