"""Files of worlds, from which mutations begin: as text, and as Parquet with columns of every type."""

import io
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from fuzz.mutations import encoded, mutated_bytes, mutated_text

GAIN, WEEKS, START, NORMS = (
    "scenario.grievance.grievance_gain", "scenario.time.weeks", "scenario.time.start", "switches.norms",
)  # fmt: skip
FRAME = pl.DataFrame(
    {
        GAIN: [0.1, 0.25, 0.3, 0.5],
        WEEKS: [26, 52, 104, 26],
        START: [date(2015, 1, 5), date(2016, 1, 4), date(2015, 1, 5), date(2017, 1, 2)],
        NORMS: [True, False, True, True],
        "weight": [1.0, 2.0, 0.0, 0.5],
    }
)
TEXT = FRAME.write_csv()
TYPES: tuple[Any, ...] = (
    pl.Int8, pl.Int16, pl.Int64, pl.UInt8, pl.UInt64, pl.Int128, pl.Float32, pl.Float64, pl.String, pl.Boolean,
    pl.Categorical, pl.Binary, pl.Decimal(20, 2), pl.Date, pl.Datetime, pl.Datetime("ns", "Europe/Brussels"), pl.Time,
    pl.Duration, pl.List(pl.Float64), pl.Array(pl.Float64, 1), pl.Struct({"a": pl.Float64}), pl.Null, pl.Object,
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, float("nan"), float("inf"), -0.0, 1e308, 5e-324, 0, 1, 255, -1, 2**62, 26.0, 26.5, True, "", " ", "26",
    "1,5", "nan", "x", "\u202e", "=1", "2015-01-05", b"x", date(2015, 1, 5), date(1, 1, 1), datetime(2015, 1, 5),
    datetime(2015, 1, 5, 12), timedelta(3), Decimal("26.00"), Decimal("0.1"), [], [0.1], {"a": 0.1},
)  # fmt: skip
NAMES = (
    "", " ", "weight", "Weight", " weight", GAIN, f" {GAIN}", "__index_level_0__", "Unnamed: 0", "index", "column_1",
    "doctrine", "doctrine.clarity", "scenario", "point", "\u202e", "a\nb", "x" * 500, f"{GAIN}_duplicated_0",
    "sources", "title",
)  # fmt: skip


def as_text(chance: random.Random) -> bytes:
    """A file as text, with its cells, separators, lines or encoding changed."""
    text = TEXT
    if chance.random() < 0.3:
        text = text.replace(",", chance.choice((";", "\t", "|", ", ", " ,")))
    if chance.random() < 0.1:
        text = text.replace("\n", chance.choice(("\r\n", "\r", ",\n", "\n\n")))
    if chance.random() < 0.1:
        text = text.replace(".", ",") if chance.random() < 0.5 else text.replace("0.", '"0,').replace(",2", '",2')
    if chance.random() < 0.2:
        lines = text.splitlines()
        text = "\n".join(f"{place - 1 if place else chance.choice(NAMES)},{line}" for place, line in enumerate(lines))
    return encoded(mutated_text(text, chance) if chance.random() < 0.8 else text, chance)


def as_parquet(chance: random.Random) -> bytes:
    """A file of columns with other types, values or names; or its bytes changed."""
    frame = FRAME
    if chance.random() < 0.5:
        for _ in range(chance.choice((1, 1, 2))):
            frame = _altered(frame, chance)
    buffer = io.BytesIO()
    try:
        frame.write_parquet(buffer, compression=chance.choice(("zstd", "snappy", "uncompressed", "gzip")))
    except BaseException:  # Polars cannot write every type
        return as_parquet(chance)
    content = buffer.getvalue()
    return mutated_bytes(content, chance) if chance.random() < 0.5 else content


def _altered(frame: pl.DataFrame, chance: random.Random) -> pl.DataFrame:
    name = chance.choice(frame.columns)
    try:
        match chance.randrange(5):
            case 0:
                return frame.with_columns(pl.col(name).cast(chance.choice(TYPES), strict=False))
            case 1:
                values = [chance.choice(VALUES) if chance.random() < 0.5 else held for held in frame[name]]
                return frame.with_columns(pl.Series(name, values, strict=False))
            case 2:
                value = chance.choice(VALUES)
                return frame.with_columns(
                    pl.Series(name, [value] * frame.height, chance.choice((None, *TYPES)), strict=False)
                )
            case 3:
                return frame.rename({name: chance.choice(NAMES)})
            case _:
                return chance.choice(
                    (frame.drop(name), frame.head(0), frame.head(1), pl.concat([frame] * 300), frame.with_row_index(""))
                )
    except BaseException:  # nor make every column
        return frame
