"""Samples: an Arrow stream while recording, one sorted Parquet file when closed.

    with SampleWriter(journal) as writer:
        writer.add([Sample("ups-1-card/battery.charge", t_ns, half_ns, 97.0, "97", Quality.GOOD)])
    closed = close_samples(journal)
    columns = read_samples(closed.parquet)

The stream is written in batches of at most a second or 5,000 rows, each carrying a digest of its content
chained to the batch before. What a crash cuts off is at most the batch being written; a resumed run
continues in a further stream file. The library that wrote a Parquet file leaves its version in the bytes, so
the samples also have a digest of their content, which any library and version computes alike.
"""

import math
import time
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from profiles.quality import Quality
from profiles.refusal import Refusal
from reports.evidence.sample_digest import batch_digest, content_digest
from reports.evidence.sample_file import SampleFile

QUALITIES = (Quality.GOOD, Quality.STALE, Quality.NOT_IMPLEMENTED, Quality.OUT_OF_RANGE, Quality.ERROR)
FIRST = "0" * 64
BATCH_ROWS, BATCH_SECONDS = 5_000, 1.0
ROW_GROUP = 1 << 20
_CODES = {quality: code for code, quality in enumerate(QUALITIES)}
_NAN = math.nan
_SCHEMA = pa.schema(
    [
        pa.field("signal", pa.dictionary(pa.int32(), pa.string()), nullable=False),
        pa.field("t", pa.int64(), nullable=False),
        pa.field("half", pa.int64(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("text", pa.string(), nullable=False),
        pa.field("raw", pa.string(), nullable=False),
        pa.field("quality", pa.uint8(), nullable=False),
    ]
)


class Sample(NamedTuple):
    """One reading: `t` and `half` in ns UTC; `value` a float, a text, or None unless `quality` is good."""

    signal: str
    t: int
    half: int
    value: float | str | None
    raw: str
    quality: Quality


class Columns(NamedTuple):
    """Samples by column, sorted by (signal, t): `value` is NaN and `text` "" where there is none.

    `digest` is that of their content.
    """

    signal: list[str]
    t: "array[int]"
    half: "array[int]"
    value: "array[float]"
    text: list[str]
    raw: list[str]
    quality: "array[int]"
    digest: str


class SampleWriter:
    """Appends samples to a new stream file in the folder; earlier streams stay as they are."""

    def __init__(self, journal: Path) -> None:
        names = [p.name for p in streams(journal)]
        name = f"samples-{len(names) + 1}.arrows" if names else "samples.arrows"
        self._file = (journal / name).open("xb", buffering=0)
        options = pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True)
        self._stream = pa.ipc.new_stream(self._file, _SCHEMA, options=options)
        self._numbers: dict[str, int] = {}
        self._rows: list[Sample] = []
        self._previous = FIRST
        self._written = time.monotonic()

    def add(self, samples: Iterable[Sample]) -> None:
        """Take samples; they are written once the last batch is a second old or 5,000 rows are waiting."""
        self._rows.extend(samples)
        while len(self._rows) >= BATCH_ROWS:
            self._write(BATCH_ROWS)
        if self._rows and time.monotonic() - self._written >= BATCH_SECONDS:
            self._write(len(self._rows))

    def sync(self) -> None:
        """Return when every sample taken so far is on the disk."""
        import os

        if self._rows:
            self._write(len(self._rows))
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        self.sync()
        self._stream.close()
        self._file.close()

    def _write(self, count: int) -> None:
        rows, self._rows = self._rows[:count], self._rows[count:]
        batch = self._batch(rows)
        digest = batch_digest(batch, self._previous)
        self._stream.write_batch(batch, custom_metadata={"previous": self._previous, "digest": digest})
        self._previous, self._written = digest, time.monotonic()

    def _batch(self, rows: Sequence[Sample]) -> Any:
        numbers = [self._numbers.setdefault(row.signal, len(self._numbers)) for row in rows]
        names = pa.array(list(self._numbers), pa.string())
        signal = pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), names)
        columns = [
            signal,
            pa.array([row.t for row in rows], pa.int64()),
            pa.array([row.half for row in rows], pa.int64()),
            pa.array([_number(row.value) for row in rows], pa.float64()),
            pa.array([row.value if isinstance(row.value, str) else "" for row in rows], pa.string()),
            pa.array([row.raw for row in rows], pa.string()),
            pa.array([_CODES[row.quality] for row in rows], pa.uint8()),
        ]
        return pa.record_batch(columns, schema=_SCHEMA)

    def __enter__(self) -> "SampleWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def streams(journal: Path) -> list[Path]:
    """The stream files of a folder in the order in which they were written."""
    return sorted(journal.glob("samples*.arrows"), key=lambda path: (len(path.name), path.name))


def recover(journal: Path) -> Any:
    """All samples as an Arrow table in the order of recording, each stream up to its last whole batch.

    Refusal if a batch is whole but does not continue the chain: that is no crash.
    """
    batches: list[Any] = []
    for path in streams(journal):
        batches.extend(_whole_batches(path))
    return pa.Table.from_batches(batches, schema=_SCHEMA)


class ClosedSamples(NamedTuple):
    """All samples of a run: the bytes of the Parquet file, the digest of their content, how many."""

    parquet: bytes
    digest: str
    rows: int


def close_samples(journal: Path) -> ClosedSamples:
    """All samples of a folder as one Parquet file (sorted by signal and time), and their content digest.

    The same samples give the same bytes with the same library version, and the same digest with any.
    """
    table = recover(journal)
    table = table.set_column(0, "signal", table.column("signal").cast(pa.string()))
    order = pc.sort_indices(table, sort_keys=[("signal", "ascending"), ("t", "ascending")])
    table = table.take(order).combine_chunks()
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=3,
        row_group_size=ROW_GROUP,
        store_schema=False,
        write_page_checksum=True,
    )
    return ClosedSamples(sink.getvalue().to_pybytes(), content_digest(table), len(table))


def read_samples(parquet: bytes, where: str = "samples.parquet") -> Columns:
    """All columns of a Parquet file at once; Refusal as `SampleFile`."""
    file = SampleFile(parquet, where)
    rows = file.rows(0, file.count)
    signal = [name for name, (begin, end) in file.spans.items() for _ in range(begin, end)]
    raw = [text for piece in file.column("raw") for text in piece.to_pylist()]
    return Columns(signal, rows.t, rows.half, rows.value, rows.text, raw, rows.quality, file.digest)


def spans(signals: Sequence[str]) -> Iterable[tuple[str, int, int]]:
    """Each signal of a sorted column with the rows it occupies: (signal, first, after last)."""
    begin = 0
    for row in range(1, len(signals) + 1):
        if row == len(signals) or signals[row] != signals[begin]:
            yield signals[begin], begin, row
            begin = row


def _number(value: float | str | None) -> float:
    # NaN has many bit patterns; only one of them is ever written.
    return value if isinstance(value, float | int) and value == value else _NAN


def _whole_batches(path: Path) -> Iterable[Any]:
    previous = FIRST
    try:
        reader = pa.ipc.open_stream(pa.BufferReader(path.read_bytes()))
    except (pa.ArrowException, OSError):
        return
    while True:
        try:
            batch, metadata = reader.read_next_batch_with_custom_metadata()
        except (StopIteration, pa.ArrowException, OSError):
            return
        digest = batch_digest(batch, previous)
        if metadata is None or metadata.get("digest", b"").decode() != digest:
            raise Refusal(str(path), "a batch does not continue the chain", "use the untouched journal")
        yield batch
        previous = digest
