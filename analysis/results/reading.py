"""Files of a folder that may come from anybody: bounded before they are read, and one message where one is damaged."""

import hashlib
import json
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BufferedReader
from os import SEEK_END, fstat
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json

from analysis.results.parquet import Size, size_of
from analysis.results.scan import scan
from model.errors import ConfigurationError, listing
from model.paths import translated

MOST_BYTES = 16 * 2**20
"""Bytes of a JSON file, but for manifests."""
MOST_NESTED, MOST_TABLES = 64, 4_000_000
"""Tables within tables of a JSON file, and tables in all."""
MOST_ROWS = 100_000_000
"""Rows of any table: a summary has some for each of a million points."""
MOST_TEXT = 256 * 2**20
"""Bytes of the texts of a table that is read whole."""
CELL, LEAST_ROOM = 64, 2**20
"""Bytes unpacked of a cell on average, at most; and of a table however small."""

Schema = dict[str, Any]
Record = TypeVar("Record", bound=BaseModel)


class OtherColumns(ConfigurationError):
    """A table that has other columns or types than expected."""


class AnswerPart(BaseModel):
    """A part of an answer that a command keeps in a folder: it may come from anybody, so it is what deter writes."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class KeptAnswer(AnswerPart):
    """An answer about results, which their hash names."""

    design_hash: str


Answer = TypeVar("Answer", bound=KeptAnswer)


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what goes wrong in reading a file into `ConfigurationError`; Polars may also panic on damaged content."""
    try:
        yield
    except FileNotFoundError:
        raise ConfigurationError("there is no such file", file=str(path)) from None
    except IsADirectoryError:
        raise ConfigurationError("is a folder", file=str(path)) from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise damaged(path, (str(error).splitlines() or ["it cannot be read"])[0]) from None


def damaged(path: Path, problem: object) -> ConfigurationError:
    """The error for a file that is not as it was written."""
    return ConfigurationError(f"is damaged: {problem}", file=str(path))


@contextmanager
def opened(path: Path) -> Iterator[BufferedReader]:
    """A file open for reading; `ConfigurationError` where it is none, or what is read inside is damaged."""
    with readable(path):
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):  # a pipe would wait for ever, and a device has no end
            raise ConfigurationError("is no regular file", file=str(path))
        with path.open("rb") as file:
            yield file


def content_of(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file of at most so many; raises `ConfigurationError`."""
    with opened(path) as file:
        large = fstat(file.fileno()).st_size > most  # gigabytes need not be read to be refused; some files say nothing
        content = b"" if large else file.read(most + 1)
    if large or len(content) > most:
        raise ConfigurationError(f"has more than {most:,} bytes, too many for such a file", file=str(path))
    return content


def read_json(path: Path, most: int = MOST_BYTES) -> Any:
    """A JSON file as plain values; raises `ConfigurationError` where it is none, or has a key twice."""
    content = content_of(path, most)
    try:
        if content.count(b"{") + content.count(b"[") > MOST_TABLES:
            raise ValueError(f"it has more than {MOST_TABLES:,} tables")
        tree = json.loads(content.decode("utf-8"), object_pairs_hook=_table, parse_constant=_no_number)
        if b"\\ud" in content.lower():  # half of a pair of surrogates is no text, and could not be written
            json.dumps(tree, ensure_ascii=False).encode()
        if _is_nested(tree):
            raise ValueError(f"its tables are nested more than {MOST_NESTED} deep")
    except RecursionError:
        raise damaged(path, f"its tables are nested more than {MOST_NESTED} deep") from None
    except ValueError as error:
        raise damaged(path, error) from None
    return tree


def _table(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in a table")
    return table


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _is_nested(tree: Any) -> bool:
    """Whether tables stand within tables deeper than anything here would follow them."""
    level = [tree]
    for _ in range(MOST_NESTED):
        level = [
            inner
            for table in level
            for inner in (table.values() if isinstance(table, dict) else table)
            if isinstance(inner, (dict, list))
        ]
    return bool(level)


def read_record(path: Path, kind: type[Record]) -> Record | None:
    """A JSON file as a record of this kind; None where there is none that can be read."""
    try:
        return kind.model_validate_json(content_of(path))
    except (OSError, ValidationError, ConfigurationError):
        return None


def read_answer_about(design_hash: str, path: Path, kind: type[Answer], most: int = MOST_BYTES) -> Answer | None:
    """The answer in a JSON file about the results of this hash; None where there is none about them.

    Raises `ConfigurationError` where one names them and is not what is written.
    """
    try:
        content = content_of(path, most)
    except (OSError, ConfigurationError):
        return None
    if design_hash.encode() not in content:
        return None
    try:
        answer = kind.model_validate_json(content)
    except ValidationError as error:
        try:
            tree = from_json(content)
        except ValueError as problem:
            raise damaged(path, problem) from None
        raise translated(error, kind, tree).at(str(path)) from None
    return answer if answer.design_hash == design_hash else None


def read_frame(
    path: Path, schema: Schema | None = None, *, rows: int | None = None, sha256: str | None = None
) -> pl.DataFrame:
    """A Parquet file, checked against the rows and bytes that were written, and a schema.

    Raises `ConfigurationError`, before anything is unpacked where the file is not what it should be, or too large.
    """
    with _checked(path, schema, rows, sha256) as file:
        frame = pl.read_parquet(file)
    check_text(path, frame)
    return frame


def check_text(path: Path, frame: pl.DataFrame) -> None:
    """Refuse a table with more text than anybody reads: one long text may stand in every row, and takes room once."""
    if sum(column.str.len_bytes().sum() for column in frame if column.dtype == pl.String) > MOST_TEXT:
        raise ConfigurationError(f"has more than {MOST_TEXT:,} bytes of text, too many to read", file=str(path))


def scan_frame(
    path: Path, schema: Schema | None, *, rows: int | None = None, sha256: str | None = None
) -> pl.LazyFrame:
    """Scan a Parquet file of any size, checked as `read_frame` does; columns are read when they are asked for."""
    with _checked(path, schema, rows, sha256):
        return scan(path)


def check_bytes(path: Path, sha256: str) -> None:
    """Refuse a file that is not, to the byte, the one that was written."""
    with opened(path) as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise ConfigurationError("is damaged, or was changed since it was written", file=str(path))


@contextmanager
def _checked(path: Path, schema: Schema | None, rows: int | None, sha256: str | None) -> Iterator[BufferedReader]:
    """An open file that is the one that was written, with these columns, and unpacks to no more than such a table."""
    if sha256 is not None:
        check_bytes(path, sha256)
    with opened(path) as file:
        check_size(path, file, rows)
        found = pl.read_parquet_schema(file)
        if schema is not None and found != schema:
            wrong = [name for name in {**schema, **found} if found.get(name) != schema.get(name)]
            raise OtherColumns(f"has other columns or types than expected: {listing(wrong)}", file=str(path))
        file.seek(0)
        yield file


def check_size(path: Path, file: BufferedReader, rows: int | None = None, most_rows: int = MOST_ROWS) -> Size:
    """Return the size of a Parquet file.

    Raises `ConfigurationError` where it is damaged, has not so many rows, or unpacks to more than such a table would.
    """
    try:
        size = size_of(file)
    except ValueError as error:
        raise damaged(path, error) from None
    if rows is not None and size.rows != rows:
        problem = f"has {size.rows:,} rows, and not the {rows:,} that the manifest says"
        raise ConfigurationError(problem, file=str(path))
    if size.rows > most_rows:
        raise ConfigurationError(f"has {size.rows:,} rows, too many to read: {most_rows:,} at most", file=str(path))
    found, room = max(size.unpacked, file.seek(0, SEEK_END)), max(LEAST_ROOM, CELL * size.rows * size.columns)
    file.seek(0)
    if found > room:
        problem = f"unpacks to {found:,} bytes, too many for {size.rows:,} rows of {size.columns:,} columns"
        raise ConfigurationError(problem, file=str(path))
    return size


def are_levels(column: pl.Series, levels: Sequence[Any]) -> bool:
    """Whether the values of a factor at the points are levels of it, or lie between the ends."""
    if column.dtype in (pl.String, pl.Boolean, pl.Date):
        return set(map(str, column.unique())) <= set(map(str, levels))
    ends = [level for level in levels if isinstance(level, (int, float))]
    if column.dtype not in (pl.Int64, pl.Float64) or column.null_count() or not ends:
        return False
    low, high = column.min(), column.max()
    return bool(min(ends) <= low and high <= max(ends))  # type: ignore[operator]
