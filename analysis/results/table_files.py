"""Files of a table: Parquet and CSV for further work, LaTeX for papers; in all of them a name is a name."""

import io
import re

import polars as pl
from tabulate import LATEX_ESCAPE_RULES, tabulate

from analysis.results.tables import Table, rows_of
from model.errors import printable


def table_files(table: Table) -> dict[str, bytes]:
    """A table by kind of file."""
    buffer = io.BytesIO()
    table.frame.write_parquet(buffer, metadata={"title": table.title, "note": table.note})
    return {
        "parquet": buffer.getvalue(),
        "csv": csv(table.frame),
        "tex": latex(table).encode(),
    }


FORMULA = "^[=+@\t\r\n＝＋－＠-]"
"""How a text begins that a spreadsheet takes for a formula."""


def csv(frame: pl.DataFrame) -> bytes:
    """A table as CSV, in which no name is a formula: one that would be has an apostrophe before it.

    Numbers stay numbers, those that are written as text too.
    """
    text = pl.col(pl.String)
    formula = text.str.contains(FORMULA) & text.cast(pl.Float64, strict=False).is_null()
    harmless = frame.with_columns(pl.when(formula).then("'" + text).otherwise(text).name.keep())
    return harmless.rename(lambda name: f"'{name}" if re.match(FORMULA, name) else name).write_csv().encode()


IN_TEX: dict[str, str | int | None] = {
    "−": "$-$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "·": r"$\cdot$",
    "…": r"\ldots{}",
}
IN_TEX |= {"“": "``", "”": "''", "’": "'", "–": "--", "—": "---", "σ": r"$\sigma$", "→": r"$\to$", "|": r"\textbar{}"}
"""Letters that TeX writes otherwise."""


def latex(table: Table) -> str:
    """A table in LaTeX, with the rules of the package booktabs; numbers to the right, words to the left."""
    heads, words, cells = rows_of(table)
    sides = ["left" if text else "right" for text in words] if cells else None
    heads, *cells = ([printable(cell) for cell in row] for row in (heads, *cells))
    body = tabulate(cells, heads, tablefmt="latex_booktabs", disable_numparse=True, colalign=sides)
    body = re.sub(r"^ *(?=[*\[])", "{}", body, flags=re.MULTILINE)  # or else an argument of the line's end before it
    title, note = (_escaped(text) for text in (table.title, table.note))
    text = rf"""\begin{{table}}
\caption{{{title}}}
{body}

\footnotesize {note}
\end{{table}}
"""
    return text.translate(str.maketrans(IN_TEX))


def _escaped(text: str) -> str:
    return "".join(LATEX_ESCAPE_RULES.get(letter, letter) for letter in printable(text))
