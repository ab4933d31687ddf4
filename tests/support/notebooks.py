"""Notebooks: run by a kernel of this Python in a folder of their own, and what their cells show."""

import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
from nbclient import NotebookClient

from support.paths import FROM_CHECKOUT, ROOT

NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
AT_MOST = 600
"""Seconds of a cell: a guard against one that waits for ever, and no promise of how quick it is."""


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def executed(notebook: Any, folder: Path) -> Any:
    """A notebook run in a folder; raises what a cell raises."""
    # no colours from the surroundings, and no profile of whoever runs it
    surroundings = {**FROM_CHECKOUT, "IPYTHONDIR": str(folder / ".ipython"), "COLUMNS": "80", "NO_COLOR": "1"}
    client = NotebookClient(
        notebook,
        timeout=AT_MOST,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    with patch.dict(os.environ, surroundings):
        client.execute()
    notebook.metadata.pop("language_info", None)
    return notebook


def of_code(cells: list[str]) -> Any:
    """A notebook of these cells."""
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])


def shown(notebook: Any) -> list[list[str]]:
    """What each cell of code shows: its text, and for what is no text its kind."""
    return [
        [text for output in cell.outputs for text in _texts(output)]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def _texts(output: Any) -> list[str]:
    if output.output_type == "stream":
        return [f"{output.name}: {output.text}".replace("\r\n", "\n")]
    plain = output.data.get("text/plain", "")
    return [plain, *sorted(kind for kind in output.data if kind != "text/plain")]
