"""The samples of a closed run, read from Parquet one row group at a time, so that any number of them can be judged.

    samples = SampleFile(parquet)
    samples.digest, samples.spans["ups-1-card/output.source"]      sha256:…, (rows from, to)
    samples.rows(0, 100).value

Opening reads every column once: schema, order, qualities and content digest. What is asked for later is decoded
again from its row groups; the last few are kept.
"""

from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from profiles.refusal import Refusal
from reports.evidence.sample_digest import digest_of, runs

ROWS_MAX = 1 << 20
BYTES_MAX = 1 << 30
"""Of one row group: what a writer of ours never exceeds, so that few bytes cannot unpack to more than memory."""

GOOD = 0
GROUPS_KEPT = 2
ROWS_KEPT = 2 << 20
_REMEDY = "use the untouched file"
_TYPES = {
    "signal": pa.string(),
    "t": pa.int64(),
    "half": pa.int64(),
    "value": pa.float64(),
    "text": pa.string(),
    "raw": pa.string(),
    "quality": pa.uint8(),
}
_CODES = {"t": "q", "half": "q", "value": "d", "quality": "B"}
_TEXTS = ["signal", "text", "raw"]


class Rows(NamedTuple):
    """Some rows by column: `value` is NaN and `text` "" where there is none."""

    t: "array[int]"
    half: "array[int]"
    value: "array[float]"
    text: list[str]
    quality: "array[int]"


class SampleFile:
    """`spans` gives the rows of each signal (from, to), in the order of the file; `count` is that of all;
    `good` are the signals of which at least one sample is good."""

    def __init__(self, parquet: bytes, where: str = "samples.parquet") -> None:
        """Refusal if the file is damaged, has other columns, is not sorted or holds an unknown quality."""
        self._where = where
        self._groups: dict[int, Any] = {}
        self._kept: dict[tuple[int, int], Rows] = {}
        self.good: set[str] = set()
        try:
            source = pa.BufferReader(parquet)
            self._file = pq.ParquetFile(source, page_checksum_verification=True, read_dictionary=_TEXTS)
            self._check_columns()
            self.count = self._file.metadata.num_rows
            self.spans = self._check_order()
            self.digest = digest_of(self.count, self.column)
        except (pa.ArrowException, OSError) as error:
            raise Refusal(where, f"the samples cannot be read ({error})", _REMEDY) from error

    def column(self, name: str) -> Iterator[Any]:
        """The pieces of one column, a row group at a time."""
        for number in range(self._file.num_row_groups):
            yield from self._file.read_row_group(number, columns=[name]).column(name).chunks

    def rows(self, begin: int, end: int) -> Rows:
        """The rows from `begin` to before `end`."""
        if (begin, end) not in self._kept:
            self._kept[begin, end] = self._decoded(begin, end)
            while len(self._kept) > 1 and sum(e - b for b, e in self._kept) > ROWS_KEPT:
                del self._kept[next(iter(self._kept))]
        return self._kept[begin, end]

    def _decoded(self, begin: int, end: int) -> Rows:
        found: dict[str, Any] = {name: array(code) for name, code in _CODES.items()}
        found["text"] = []
        first = 0
        for number in range(self._file.num_row_groups):
            size = self._file.metadata.row_group(number).num_rows
            if first < end and begin < first + size:
                part = self._group(number).slice(max(begin - first, 0), min(end - first, size) - max(begin - first, 0))
                for name, code in _CODES.items():
                    found[name].frombytes(_bytes(part.column(name), array(code).itemsize))
                found["text"] += _texts(part.column("text"))
            first += size
        return Rows(**found)

    def _group(self, number: int) -> Any:
        if number not in self._groups:
            while len(self._groups) >= GROUPS_KEPT:
                del self._groups[next(iter(self._groups))]
            try:
                self._groups[number] = self._file.read_row_group(number, columns=[*_CODES, "text"])
            except (pa.ArrowException, OSError) as error:
                raise Refusal(self._where, f"the samples cannot be read ({error})", _REMEDY) from error
        return self._groups[number]

    def _check_columns(self) -> None:
        groups = [self._file.metadata.row_group(number) for number in range(self._file.num_row_groups)]
        if any(group.num_rows > ROWS_MAX or group.total_byte_size > BYTES_MAX for group in groups):
            raise Refusal(self._where, f"it holds more than {ROWS_MAX} samples in one row group", _REMEDY)
        schema = self._file.schema_arrow
        found = [(f.name, f.type.value_type if pa.types.is_dictionary(f.type) else f.type) for f in schema]
        if found != list(_TYPES.items()):
            raise Refusal(self._where, "the samples have other columns than samples have", _REMEDY)

    def _check_order(self) -> dict[str, tuple[int, int]]:
        """The rows of each signal, after a look at every row group: no gaps, sorted, known qualities."""
        spans: dict[str, tuple[int, int]] = {}
        last, row = ("", 0), 0
        for number in range(self._file.num_row_groups):
            table = self._file.read_row_group(number)
            if any(column.null_count for column in table.columns):
                raise Refusal(self._where, "the samples have other columns than samples have", _REMEDY)
            if len(table) and pc.max(table["quality"]).as_py() > 4:
                raise Refusal(self._where, "a sample has an unknown quality", _REMEDY)
            starts = {0}
            position = 0
            for signal, length in runs(table["signal"].chunks):
                time = table["t"][position].as_py()
                if (signal, time) < last:
                    raise Refusal(self._where, "the samples are not sorted by signal and time", _REMEDY)
                if signal not in self.good and GOOD in table["quality"].slice(position, length).unique().to_pylist():
                    self.good.add(signal)
                spans[signal] = spans.get(signal, (row, row))[0], row + length
                position, row = position + length, row + length
                last = signal, table["t"][position - 1].as_py()
                starts.add(position)
            times = table["t"].combine_chunks()
            backwards = pc.less(times.slice(1), times.slice(0, max(len(times) - 1, 0)))
            if set(pc.indices_nonzero(backwards).to_pylist()) - {start - 1 for start in starts}:
                raise Refusal(self._where, "the samples are not sorted by signal and time", _REMEDY)
        return spans


def _bytes(column: Any, width: int) -> bytes:
    whole = ((piece, memoryview(piece.buffers()[1])) for piece in column.chunks if len(piece))
    return b"".join(data[piece.offset * width : (piece.offset + len(piece)) * width] for piece, data in whole)


def _texts(column: Any) -> list[str]:
    found: list[str] = []
    for piece in column.chunks:
        names = piece.dictionary.to_pylist()
        found += [names[index] for index in piece.indices.to_pylist()]
    return found
