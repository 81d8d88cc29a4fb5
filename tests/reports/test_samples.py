"""Samples: what was recorded is what is read, after a crash too, and its digest needs no library."""

import hashlib
import math
import os
import signal
import struct
import subprocess
import sys
import tempfile
from array import array
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.quality import Quality
from profiles.refusal import Refusal
from reports.evidence.sample_file import SampleFile
from reports.evidence.samples import (
    QUALITIES,
    Sample,
    SampleWriter,
    close_samples,
    read_samples,
    recover,
    streams,
)

QUIET_NAN = struct.pack("<Q", 0x7FF8000000000000)
values = st.floats() | st.text(st.characters(codec="utf-8"), max_size=4) | st.none()
samples = st.builds(
    lambda name, t, half, value, raw, quality: Sample(
        name, t, half, value if quality is Quality.GOOD else None, raw, quality
    ),
    st.sampled_from(["a/x", "a/y@npu0", "b/온도"]),
    st.integers(0, 2**62),
    st.integers(0, 2**40),
    values,
    st.text(st.characters(codec="utf-8"), max_size=4),
    st.sampled_from(list(QUALITIES)),
)


def close(rows: list[Sample]) -> tuple[bytes, str]:
    with tempfile.TemporaryDirectory() as name:
        with SampleWriter(Path(name)) as writer:
            writer.add(rows)
        return close_samples(Path(name))[:2]


def plain_digest(rows: list[Sample]) -> str:
    """The documented digest, from rows and the standard library alone."""
    ordered = sorted(rows, key=lambda row: (row.signal.encode(), row.t))
    digest = hashlib.sha256(f"samples\t{len(rows)}\n".encode())
    for name in dict.fromkeys(row.signal for row in ordered):
        digest.update(f"{name}\t{sum(row.signal == name for row in ordered)}\n".encode())
    digest.update(b"".join(row.t.to_bytes(8, "little", signed=True) for row in ordered))
    digest.update(b"".join(row.half.to_bytes(8, "little", signed=True) for row in ordered))
    for row in ordered:
        number = row.value if isinstance(row.value, float) else math.nan
        digest.update(QUIET_NAN if math.isnan(number) else struct.pack("<d", number))
    for texts in ([row.value if isinstance(row.value, str) else "" for row in ordered], [row.raw for row in ordered]):
        digest.update(b"".join(len(text.encode()).to_bytes(4, "little") for text in texts))
        digest.update(b"".join(text.encode() for text in texts))
    digest.update(bytes(QUALITIES.index(row.quality) for row in ordered))
    return "sha256:" + digest.hexdigest()


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(samples, max_size=30))
def test_samples_come_back_sorted_and_unchanged(rows: list[Sample]) -> None:
    parquet, _ = close(rows)
    c = read_samples(parquet)
    expected = sorted(rows, key=lambda row: (row.signal, row.t))
    assert list(zip(c.signal, c.t, c.half, c.raw, strict=True)) == [(r.signal, r.t, r.half, r.raw) for r in expected]
    assert [QUALITIES[q] for q in c.quality] == [r.quality for r in expected]
    for row, value, text in zip(expected, c.value, c.text, strict=True):
        assert text == (row.value if isinstance(row.value, str) else "")
        wanted = row.value if isinstance(row.value, float) else math.nan
        assert struct.pack("<d", value) == (QUIET_NAN if math.isnan(wanted) else struct.pack("<d", wanted))


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(samples, max_size=30, unique_by=lambda row: (row.signal, row.t)))
def test_the_digest_is_the_documented_one_whatever_the_order_of_recording(rows: list[Sample]) -> None:
    parquet, digest = close(rows)
    assert digest == plain_digest(rows) == read_samples(parquet).digest == close(rows[::-1])[1]


def test_the_same_samples_give_the_same_bytes() -> None:
    rows = [Sample(f"d/p{n % 5}", n, 0, n / 7, str(n), Quality.GOOD) for n in range(6000)]
    assert close(rows)[0] == close(rows)[0]


def test_a_parquet_written_otherwise_has_the_same_digest() -> None:
    parquet, digest = close([Sample("d/p", n, 0, n / 7, str(n), Quality.GOOD) for n in range(100)])
    sink = pa.BufferOutputStream()
    pq.write_table(pq.read_table(pa.BufferReader(parquet)), sink, compression="snappy", row_group_size=7)
    other = sink.getvalue().to_pybytes()
    assert other != parquet and read_samples(other).digest == digest


WRITER = """
import sys, time
from pathlib import Path
from profiles.quality import Quality
from reports.evidence.samples import Sample, SampleWriter
writer = SampleWriter(Path(sys.argv[1]))
for n in range(10**9):
    writer.add([Sample(f"d/p{n % 3}", n, 0, float(n), "", Quality.GOOD)])
    if n % 5000 == 4999:
        print(n + 1, flush=True)
"""


def test_after_kill_minus_9_every_written_batch_is_there(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(4)][-1]
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert len(recover(tmp_path)) >= acknowledged
    with SampleWriter(tmp_path) as writer:
        writer.add([Sample("resumed/p", 1, 0, 1.0, "", Quality.GOOD)])
    assert [path.name for path in streams(tmp_path)] == ["samples.arrows", "samples-2.arrows"]
    assert "resumed/p" in read_samples(close_samples(tmp_path).parquet).signal


@given(cut=st.integers(1, 200_000))
@settings(max_examples=25, deadline=None)
def test_a_stream_cut_anywhere_loses_only_what_follows_the_last_whole_batch(cut: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with SampleWriter(folder) as writer:
            writer.add(Sample(f"d/p{n % 3}", n, 0, float(n), "", Quality.GOOD) for n in range(15_000))
        path = folder / "samples.arrows"
        path.write_bytes(path.read_bytes()[:-cut])
        kept = recover(folder)
        assert len(kept) % 5000 == 0 or len(kept) == 15_000
        assert kept.column("t").to_pylist() == list(range(len(kept)))


def test_a_batch_that_was_changed_is_not_taken_for_a_crash(tmp_path: Path) -> None:
    with SampleWriter(tmp_path) as writer:
        writer.add([Sample("d/p", 1, 0, 12345.678, "", Quality.GOOD)])
    path = tmp_path / "samples.arrows"
    path.write_bytes(path.read_bytes().replace(struct.pack("<d", 12345.678), struct.pack("<d", 12345.679)))
    with pytest.raises(Refusal, match="chain"):
        recover(tmp_path)


@pytest.mark.parametrize("damage", [lambda p: p[:-30], lambda p: b"", lambda p: b"PAR1" * 40])
def test_a_damaged_parquet_is_refused(damage: object) -> None:
    parquet, _ = close([Sample("d/p", 1, 0, 1.0, "", Quality.GOOD)])
    with pytest.raises(Refusal, match="cannot be read"):
        read_samples(damage(parquet))  # type: ignore[operator]


def test_unsorted_samples_and_unknown_qualities_are_refused() -> None:
    table = pq.read_table(pa.BufferReader(close([Sample("d/p", n, 0, 1.0, "", Quality.GOOD) for n in (1, 2)])[0]))
    for broken, what in (
        (table.take([1, 0]), "not sorted"),
        (table.set_column(6, "quality", pa.array([0, 9], pa.uint8())), "unknown quality"),
        (table.drop_columns(["half"]), "other columns"),
    ):
        sink = pa.BufferOutputStream()
        pq.write_table(broken, sink, store_schema=False)
        with pytest.raises(Refusal, match=what):
            read_samples(sink.getvalue().to_pybytes())


def test_samples_wait_no_longer_than_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("reports.evidence.samples.time.monotonic", lambda: now[0])
    writer = SampleWriter(tmp_path)
    writer.add([Sample("d/p", 1, 0, 1.0, "", Quality.GOOD)])
    assert len(recover(tmp_path)) == 0
    now[0] = 1.0
    writer.add([Sample("d/p", 2, 0, 1.0, "", Quality.GOOD)])
    assert len(recover(tmp_path)) == 2


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(samples, min_size=1, max_size=30), size=st.integers(1, 7), data=st.data())
def test_row_groups_of_any_size_say_the_same(rows: list[Sample], size: int, data: st.DataObject) -> None:
    parquet, digest = close(rows)
    sink = pa.BufferOutputStream()
    pq.write_table(pq.read_table(pa.BufferReader(parquet)), sink, row_group_size=size, store_schema=False)
    whole, split = SampleFile(parquet), SampleFile(sink.getvalue().to_pybytes())
    assert (split.digest, split.spans, split.count, split.good) == (digest, whole.spans, len(rows), whole.good)
    begin = data.draw(st.integers(0, len(rows)))
    end = data.draw(st.integers(begin, len(rows)))
    ours, theirs = split.rows(begin, end), whole.rows(begin, end)
    assert [c.tobytes() if isinstance(c, array) else c for c in ours] == [
        c.tobytes() if isinstance(c, array) else c for c in theirs
    ]
    assert split.good == {row.signal for row in rows if row.quality is Quality.GOOD}


def test_unsorted_row_groups_are_refused() -> None:
    parquet, _ = close([Sample("a/x", t, 0, 1.0, "1", Quality.GOOD) for t in range(6)])
    table = pq.read_table(pa.BufferReader(parquet))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.concat_tables([table.slice(3), table.slice(0, 3)]), sink, row_group_size=3, store_schema=False)
    with pytest.raises(Refusal, match="not sorted"):
        SampleFile(sink.getvalue().to_pybytes())
