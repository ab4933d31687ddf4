"""Files of tables: names are names to a spreadsheet and to TeX, and numbers stay numbers."""

import csv as reader
import io
import re

import polars as pl
import pytest

from analysis.results.table_files import csv, latex
from analysis.results.tables import Table, rows_of

FORMULAS = ["=1+1", "+cmd|'/c x'!A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-", "=", "-1e5x"]
NUMBERS = ["-0.5", "+3", "-1e5", "0"]
NAMES = ["a=b", "clear_ladder", "− 3", "'x", "", "a,b", 'a"b']


def test_no_name_is_a_formula_in_csv() -> None:
    names = [*FORMULAS, *NUMBERS, *NAMES]
    frame = pl.DataFrame({"=name": names, "x": [-1.5] * len(names), "-y": [None] * len(names)})
    head, *rows = reader.reader(io.StringIO(csv(frame).decode(), newline=""))
    assert head == ["'=name", "x", "'-y"]
    assert [row[0] for row in rows] == [*(f"'{name}" for name in FORMULAS), *NUMBERS, *NAMES]
    assert {row[1] for row in rows} == {"-1.5"}


def test_a_table_without_formulas_is_as_polars_writes_it() -> None:
    frame = pl.DataFrame({"a": ["x", None], "b": [1, -2], "c": [0.1, None], "d": [True, False]})
    assert csv(frame).decode() == frame.write_csv()


@pytest.mark.parametrize(
    "name", ["[b] x", "*x", "a_b^c", "50 % & #1", "$x$", r"\input{x}", "{", "}", "a~b<c>|d", "a\n\nb", "\x1b"]
)
def test_no_name_is_a_command_to_tex(name: str) -> None:
    text = latex(Table(name, pl.DataFrame({"name": [name, name], "of": [name, "x"]}), name))
    rows = [line for line in text.split(r"\midrule")[1].split("\n") if line.endswith(r"\\")]
    assert len(rows) == 2
    for row in rows:
        assert not re.match(r"\s*[\[*]", row)
        assert len(re.findall(r"(?<!\\)&", row)) == 1
    named = r"\\(textbackslash|textasciitilde|textbar|ensuremath|begin|end|caption|footnotesize|\\|[&%$#_{}^])"
    bare = re.sub(named, "", text)
    assert not re.search(r"\\(?!(toprule|midrule|bottomrule)\b)|[%#_^\x00-\x09\x0b-\x1f]", bare)
    assert bare.count("{") == bare.count("}")


def test_levels_in_a_table_are_told_apart() -> None:
    near = pl.DataFrame({"doctrine.clarity": [0.12345, 0.12346], "mean": [0.123451, 0.123452]})
    assert rows_of(Table("t", near, "")).cells == [["0.12345", "0.123"], ["0.12346", "0.123"]]
