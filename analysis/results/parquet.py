"""What a Parquet file says of its size, read before anything in it is unpacked.

A file of some hundred kilobytes may unpack to gigabytes. Its footer and the headers of its pages say to how many rows
and bytes, and a reader makes no more room than they say. Both are structs of Thrift's compact protocol; numbers of
fields are those of `parquet.thrift` (https://github.com/apache/parquet-format).
"""

import mmap
from collections.abc import Iterator
from io import BufferedReader
from typing import Any, NamedTuple

MAGIC = b"PAR1"
MOST_PAGES = 1_000_000
"""Pages of a file: ten times those of the largest table that deter writes."""
MOST_DEEP = 16
"""Structs within structs: footers have five."""


class Size(NamedTuple):
    """Rows of a file, those of its largest row group, its columns, and the bytes of its pages once unpacked."""

    rows: int
    group: int
    columns: int
    unpacked: int


def size_of(file: BufferedReader) -> Size:
    """The size of a Parquet file, from its footer and the headers of its pages; `ValueError` where these are wrong."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            return _size(content)
        except (IndexError, KeyError, TypeError, AttributeError) as error:
            raise ValueError("its footer is no footer of a Parquet file") from error


def _size(content: mmap.mmap) -> Size:
    start = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    if content[-4:] != MAGIC or start < len(MAGIC):
        raise IndexError
    footer = _Thrift(content, start).struct()
    groups, unpacked, pages = footer[4], 0, 0
    for group in groups:
        for column in group[1]:
            values = 0
            for size, held in _pages(content, column[3]):
                unpacked, values, pages = unpacked + size, values + held, pages + 1
                if pages > MOST_PAGES:
                    raise ValueError(f"it has more than {MOST_PAGES:,} pages")
            if values != group[3]:
                raise ValueError("its pages do not have the values of its rows")
    if sum(group[3] for group in groups) != footer[3] or any(group[3] < 0 for group in groups):
        raise ValueError("its row groups do not have the rows of its footer")
    return Size(
        footer[3],
        max((group[3] for group in groups), default=0),
        max((len(group[1]) for group in groups), default=0),
        unpacked,
    )


def _pages(content: mmap.mmap, column: dict[int, Any]) -> Iterator[tuple[int, int]]:
    """Unpacked bytes of each page of a chunk of a column, and the values of rows in it."""
    at = min(column[9], column.get(11) or column[9])
    end = at + column[7]
    if not 0 < at <= end <= len(content):
        raise IndexError
    while at < end:
        reader = _Thrift(content, at)
        header = reader.struct()
        if min(header[2], header[3]) < 0:
            raise IndexError
        values = header.get(5) or header.get(8)
        yield header[2], values[1] if values else 0
        at = reader.at + header[3]


class _Thrift:
    """A reader of Thrift's compact protocol: structs become dictionaries, number of field → value."""

    def __init__(self, content: mmap.mmap, at: int) -> None:
        self.content, self.at = content, at

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """The struct that begins here; raises `IndexError` where there is none."""
        if depth > MOST_DEEP:
            raise IndexError
        fields: dict[int, Any] = {}
        number = 0
        while kind := self._byte():
            number = number + (kind >> 4) if kind >> 4 else self._integer()
            # the value of a field that is true or false is its kind
            fields[number] = (kind & 15) == 1 if (kind & 15) in (1, 2) else self._value(kind & 15, depth + 1)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (1, 2, 3):
            return self._byte()
        if kind in (4, 5, 6):
            return self._integer()
        if kind == 7:
            return self._bytes(8)
        if kind == 8:
            return self._bytes(self._varint())
        if kind in (9, 10):
            head = self._byte()
            size = head >> 4 if head >> 4 < 15 else self._varint()
            return [self._value(head & 15, depth + 1) for _ in range(size)]
        if kind == 12:
            return self.struct(depth)
        raise IndexError

    def _byte(self) -> int:
        byte = self.content[self.at]
        self.at += 1
        return byte

    def _bytes(self, size: int) -> bytes:
        begin, self.at = self.at, self.at + size
        if self.at > len(self.content):
            raise IndexError
        return self.content[begin : self.at]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 128 and shift < 63:
            value, shift = value | (byte & 127) << shift, shift + 7
        return value | byte << shift

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)
