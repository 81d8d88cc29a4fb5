"""The digest of samples: of what they say, not of how a library wrote them down.

    content_digest(table)              # sha256:… of a table sorted by signal and time
    batch_digest(batch, previous)      # of one batch of a stream, chained to the batch before

SHA-256 over, in this order (source: project):

- the line `samples<TAB>count<LF>` in UTF-8;
- for every run of rows with the same signal the line `signal<TAB>rows<LF>`;
- all `t`, then all `half` as little-endian int64;
- all `value` as little-endian float64 with every NaN as 7ff8000000000000;
- of `text`, then of `raw`: the length of each in bytes as little-endian uint32, then all of them in UTF-8;
- all `quality` bytes.
"""

import hashlib
import math
import struct
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def content_digest(table: Any) -> str:
    """`sha256:` and the digest of a table of samples that is sorted by (signal, t)."""
    return "sha256:" + hashlib.sha256(b"".join(_parts(table))).hexdigest()


def batch_digest(batch: Any, previous: str) -> str:
    """The hexadecimal digest of the digest before it and of the rows of a batch."""
    digest = hashlib.sha256(f"{previous}\n".encode())
    for part in _parts(pa.Table.from_batches([batch])):
        digest.update(part)
    return digest.hexdigest()


def _parts(table: Any) -> Iterable[bytes]:
    columns = {name: _whole(table.column(name)) for name in table.column_names}
    yield f"samples\t{len(table)}\n".encode()
    yield "".join(f"{signal}\t{rows}\n" for signal, rows in runs(columns["signal"])).encode()
    yield _numbers(columns["t"], 8)
    yield _numbers(columns["half"], 8)
    value = columns["value"]
    yield _numbers(pc.if_else(pc.is_nan(value), math.nan, value), 8)
    for name in ("text", "raw"):
        yield _numbers(pc.binary_length(columns[name]), 4)
        yield _texts(columns[name])
    yield _numbers(columns["quality"], 1)


def runs(signals: Any) -> list[tuple[str, int]]:
    """Each stretch of equal signals and how many rows it has."""
    encoded = pc.run_end_encode(signals)
    ends = [0, *encoded.run_ends.to_pylist()]
    return [(name, end - begin) for name, (begin, end) in zip(encoded.values.to_pylist(), pairwise(ends), strict=True)]


def _whole(column: Any) -> Any:
    """A column as one plain array."""
    array = column.combine_chunks()
    return array.cast(pa.string()) if pa.types.is_dictionary(array.type) else array


def _numbers(array: Any, width: int) -> bytes:
    if not len(array):
        return b""
    begin = array.offset * width
    return bytes(memoryview(array.buffers()[1])[begin : begin + len(array) * width])


def _texts(array: Any) -> bytes:
    if not len(array):
        return b""
    _, offsets, data = array.buffers()
    begin, end = (struct.unpack_from("<i", offsets, 4 * (array.offset + n))[0] for n in (0, len(array)))
    return bytes(memoryview(data)[begin:end]) if end > begin else b""
