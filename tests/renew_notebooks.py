"""Run notebooks anew and store what they show: `python tests/renew_notebooks.py [NAME ...]`, or `make notebooks`.

Read the difference before you commit it: what a notebook says in words must still be what its cells show.
"""

import sys
import tempfile
from pathlib import Path

import nbformat
from support.notebooks import NOTEBOOKS, executed, read

if __name__ == "__main__":
    for path in NOTEBOOKS:
        if sys.argv[1:] and path.stem not in sys.argv[1:]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            notebook = executed(read(path), Path(folder))
        nbformat.write(notebook, path)
        print(f"{path.name}: run, {path.stat().st_size / 1024:,.0f} kB")
