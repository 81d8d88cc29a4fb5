"""The digest of samples: of what they say, not of how a library wrote them down.

    content_digest(table)              # sha256:… of a table sorted by signal and time
    digest_of(count, read)             # the same, of columns that are read piece by piece
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
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Read = Callable[[str], Iterable[Any]]
"""From the name of a column to its pieces in order, each an Arrow array, plain or with a dictionary."""


def content_digest(table: Any) -> str:
    """`sha256:` and the digest of a table of samples that is sorted by (signal, t)."""
    return digest_of(len(table), lambda name: table.column(name).chunks)


def digest_of(count: int, read: Read) -> str:
    """The same of `count` samples of which each column is read when it is its turn."""
    digest = hashlib.sha256()
    for part in _parts(count, read):
        digest.update(part)
    return "sha256:" + digest.hexdigest()


def batch_digest(batch: Any, previous: str) -> str:
    """The hexadecimal digest of the digest before it and of the rows of a batch."""
    digest = hashlib.sha256(f"{previous}\n".encode())
    for part in _parts(len(batch), lambda name: [batch.column(name)]):
        digest.update(part)
    return digest.hexdigest()


def _parts(count: int, read: Read) -> Iterable[bytes]:
    yield f"samples\t{count}\n".encode()
    yield "".join(f"{signal}\t{rows}\n" for signal, rows in runs(read("signal"))).encode()
    for name in ("t", "half"):
        yield from (_numbers(piece, 8) for piece in read(name))
    for piece in read("value"):
        yield _numbers(pc.if_else(pc.is_nan(piece), math.nan, piece), 8)
    for name in ("text", "raw"):
        yield from (_numbers(pc.binary_length(_plain(piece)), 4) for piece in read(name))
        yield from (_texts(_plain(piece)) for piece in read(name))
    yield from (_numbers(piece, 1) for piece in read("quality"))


def runs(pieces: Iterable[Any]) -> list[tuple[str, int]]:
    """Each stretch of equal signals and how many rows it has, across the pieces of a column."""
    found: list[tuple[str, int]] = []
    for piece in pieces:
        for name, rows in _runs(piece):
            if found and found[-1][0] == name:
                found[-1] = name, found[-1][1] + rows
            else:
                found.append((name, rows))
    return found


def _runs(piece: Any) -> Iterable[tuple[str, int]]:
    names = piece.dictionary.to_pylist() if pa.types.is_dictionary(piece.type) else None
    encoded = pc.run_end_encode(piece if names is None else piece.indices)
    ends = [0, *encoded.run_ends.to_pylist()]
    for value, (begin, end) in zip(encoded.values.to_pylist(), pairwise(ends), strict=True):
        yield (value if names is None else names[value]), end - begin


def _plain(piece: Any) -> Any:
    return piece.cast(pa.string()) if pa.types.is_dictionary(piece.type) else piece


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
