"""Files of worlds as others write them: read as meant where that is plain, else refused with column and row."""

import io
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from experiments.design.worlds import crossed, read_worlds
from model.configuration import Configuration, load_configuration
from model.errors import ConfigurationError

GAIN, WEEKS, START, NORMS = (
    "scenario.grievance.grievance_gain",
    "scenario.time.weeks",
    "scenario.time.start",
    "switches.norms",
)
PLAIN = {
    GAIN: [0.25, 0.5],
    WEEKS: [26, 52],
    START: [date(2015, 1, 5), date(2016, 1, 4)],
    NORMS: [True, False],
    "weight": [1.0, 2.0],
}
TEXT = pl.DataFrame(PLAIN).write_csv()


@pytest.fixture(scope="module")
def base() -> Configuration:
    return load_configuration()


def worlds(path: Path, content: bytes, base: Configuration) -> tuple[pl.DataFrame, list[float]]:
    path.write_bytes(content)
    found = read_worlds(str(path))
    return crossed(["none"], found, base).drop("point", "doctrine"), found.weights


WRITTEN: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "with a mark of UTF-8": lambda text: text.encode("utf-8-sig"),
    "with ends of lines of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "with blanks about names": lambda text: text.replace(",", " , ", 4).encode(),
    "with blanks about cells": lambda text: text.replace(",", ", ").encode(),
    "with numbers in quotes": lambda text: text.replace("0.25", '"0.25"').replace(",26,", ',"26",').encode(),
    "with whole numbers that have a point": lambda text: text.replace(",26,", ",26.0,").encode(),
    "by pandas": lambda text: text.replace("true", "True").replace("false", "False").encode(),
    "with hours of midnight": lambda text: (
        text.replace("-05,", "-05T00:00:00,").replace("-04,", "-04T00:00:00,").encode()
    ),
    "with a row that weighs nothing": lambda text: f"{text}0.75,26,2015-01-05,true,0\n".encode(),
}


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN.keys())
def test_text_is_read_as_it_is_meant(written: Callable[[str], bytes], base: Configuration, tmp_path: Path) -> None:
    frame, weights = worlds(tmp_path / "worlds.csv", written(TEXT), base)
    assert frame.equals(pl.DataFrame(PLAIN).drop("weight"))
    assert weights == [1.0, 2.0]


TYPES = {
    "numbers as decimals": {GAIN: pl.Series([Decimal("0.25"), Decimal("0.50")])},
    "numbers of 32 bits": {
        GAIN: pl.Series([0.25, 0.5], dtype=pl.Float32),
        "weight": pl.Series([1, 2], dtype=pl.Float32),
    },
    "numbers as text": {GAIN: pl.Series(["0.25", "0.5"]), WEEKS: pl.Series(["26", "52"])},
    "numbers as categories": {GAIN: pl.Series(["0.25", "0.5"], dtype=pl.Categorical)},
    "whole numbers of 8 bits": {WEEKS: pl.Series([26, 52], dtype=pl.Int8), "weight": pl.Series([1, 2], dtype=pl.UInt8)},
    "whole numbers without sign": {WEEKS: pl.Series([26, 52], dtype=pl.UInt64)},
    "whole numbers as numbers": {WEEKS: pl.Series([26.0, 52.0])},
    "days with hours": {START: pl.Series([datetime(2015, 1, 5), datetime(2016, 1, 4)])},
    "days with hours of a place": {
        START: pl.Series([datetime(2015, 1, 5), datetime(2016, 1, 4)]).dt.replace_time_zone("Europe/Brussels")
    },
    "days as text": {START: pl.Series(["2015-01-05", "2016-01-04"])},
    "days as categories": {START: pl.Series(["2015-01-05", "2016-01-04"], dtype=pl.Categorical)},
    "days as one of several": {
        START: pl.Series(["2015-01-05", "2016-01-04"], dtype=pl.Enum(["2015-01-05", "2016-01-04"]))
    },
    "true and false as text": {NORMS: pl.Series(["True", "FALSE"])},
}


@pytest.mark.parametrize("columns", TYPES.values(), ids=TYPES.keys())
def test_columns_are_read_whatever_their_type_is_called(
    columns: dict[str, pl.Series], base: Configuration, tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    pl.DataFrame(PLAIN | columns).write_parquet(buffer)
    frame, weights = worlds(tmp_path / "worlds.parquet", buffer.getvalue(), base)
    expected = pl.DataFrame(PLAIN).drop("weight")
    assert frame.with_columns(pl.col(START).cast(pl.String)).equals(
        expected.with_columns(pl.col(START).cast(pl.String))
    )
    assert weights == [1.0, 2.0]


REFUSED: dict[str, tuple[Callable[[str], bytes | str], str]] = {
    "UTF-16": (lambda text: text.encode("utf-16"), "is UTF-16 text; allowed: text in UTF-8"),
    "latin-1": (lambda text: f"{text}é".encode("latin-1"), "is not UTF-8 text (byte"),
    "zero bytes": (lambda text: text.replace("0.25", "0.25\0"), "contains zero bytes"),
    "semicolons": (
        lambda text: text.replace(",", ";"),
        "semicolons separate its columns; allowed: commas: save it with",
    ),
    "semicolons and decimal commas": (lambda text: text.replace(",", ";").replace("0.", "0,"), "semicolons separate"),
    "tabs": (lambda text: text.replace(",", "\t"), "tabs separate its columns"),
    "decimal commas": (lambda text: text.replace("0.25", "0,25"), "has 6 cells in row 1, and 5 names of columns"),
    "decimal commas in quotes": (
        lambda text: text.replace("0.5,", '"0,5",'),
        f"{GAIN} = '0,5': is not a number in row 2; allowed: numbers with a point, such as 0.25",
    ),
    "an index": (
        lambda text: "\n".join(f"{row - 1 if row else ''},{line}" for row, line in enumerate(text.splitlines())),
        "contains row numbers in column 1; allowed: parameters and weights: save it without its index (in pandas",
    ),
    "a comma at the end of rows": (
        lambda text: text.replace("\n", ",\n").replace(",\n", "\n", 1),
        "has 6 cells in row 1",
    ),
    "a comma at the end of lines": (lambda text: text.replace("\n", ",\n"), "has no name for column 6"),
    "a cell too few": (lambda text: text.replace(",26,", ","), "has 4 cells in row 1"),
    "a name twice": (lambda text: text.replace(WEEKS, f" {GAIN}"), f"{GAIN}: is the name of two columns"),
    "an empty cell": (lambda text: text.replace("0.5,", ","), f"{GAIN}: has no value in row 2"),
    "a blank cell": (lambda text: text.replace("2016-01-04", " "), f"{START} = '': has no value in row 2"),
    "no number": (lambda text: text.replace("0.5,", "NaN,"), f"{GAIN} = nan: is not a finite number in row 2"),
    "not available": (lambda text: text.replace("0.5,", "N/A,"), f"{GAIN} = 'N/A': is not a number in row 2"),
    "a weight that is none": (
        lambda text: text.replace(",2.0", ",NaN"),
        "weight = nan: is not a finite number in row 2",
    ),
    "a weight beyond all": (lambda text: text.replace(",2.0", ",1e300"), "weight = 1e+300: is too large in row 2"),
    "half a week": (lambda text: text.replace(",52,", ",52.5,"), f"{WEEKS} = 52.5: is not a whole number in row 2"),
    "an hour": (
        lambda text: text.replace("-04,", "-04T12:00:00,").replace("-05,", "-05T00:00:00,"),
        "is not a date in row 2",
    ),
    "yes": (lambda text: text.replace("false", "yes"), f"{NORMS} = 'yes': is not true or false in row 2"),
    "out of range behind a row that weighs nothing": (
        lambda text: text.replace(",1.0", ",0").replace(",52,", ",-52,"),
        f"{WEEKS} = -52: is out of range in row 2",
    ),
    "the same behind a row that weighs nothing": (
        lambda text: "\n".join(text.replace(",1.0", ",0").splitlines() + text.splitlines()[2:] * 1),
        "contains the same world in rows 2 and 3",
    ),
    "an empty first line": (lambda text: f"\n{text}", "has an empty first line"),
    "nothing": (lambda _: b"", "is empty"),
}


@pytest.mark.parametrize(("written", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_text_that_is_not_plain_is_refused(
    written: Callable[[str], bytes | str], said: str, base: Configuration, tmp_path: Path
) -> None:
    content = written(TEXT)
    with pytest.raises(ConfigurationError) as caught:
        worlds(tmp_path / "worlds.csv", content.encode() if isinstance(content, str) else content, base)
    assert str(caught.value).startswith(f"{tmp_path / 'worlds.csv'}: ")
    assert said in str(caught.value)


NO_PARAMETERS = {
    "days out of the calendar": (
        pl.Series([0, 2**31 - 1]).cast(pl.Int32).cast(pl.Date),
        "outside the calendar in row 2",
    ),
    "hours out of the calendar": (pl.Series([0, 2**62]).cast(pl.Datetime), "outside the calendar in row 2"),
    "lists": (pl.Series([[0.1], [0.2]]), "holds List(Float64), which no parameter can be"),
    "bytes": (pl.Series([b"a", b"b"]), "holds Binary, which no parameter can be"),
    "spans of time": (pl.Series([1, 2]).cast(pl.Duration), "which no parameter can be"),
    "nothing": (pl.Series([None, None]), "has no value in row 1"),
    "whole numbers beyond 64 bits": (pl.Series([1, 2**64 - 1], dtype=pl.UInt64), "is out of range in row 2"),
}


@pytest.mark.parametrize(("column", "said"), NO_PARAMETERS.values(), ids=NO_PARAMETERS.keys())
def test_columns_of_what_no_parameter_is(column: pl.Series, said: str, base: Configuration, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    pl.DataFrame(PLAIN | {GAIN: column}).write_parquet(buffer)
    with pytest.raises(ConfigurationError) as caught:
        worlds(tmp_path / "worlds.parquet", buffer.getvalue(), base)
    assert said in str(caught.value)


def test_a_small_file_of_very_many_rows_is_refused_before_it_is_read(base: Configuration, tmp_path: Path) -> None:
    pl.DataFrame({GAIN: pl.repeat(0.1, 20_000_000, eager=True)}).write_parquet(tmp_path / "worlds.parquet")
    with pytest.raises(ConfigurationError, match="holds 20,000,000 rows of 1; allowed: 10,000,000 values or fewer"):
        read_worlds(str(tmp_path / "worlds.parquet"))
