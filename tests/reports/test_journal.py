"""The journal: readable to the last whole line, and not one byte of it can be changed unseen."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.refusal import Refusal
from reports.evidence.journal import FIRST, Journal, read_events

T = 1_793_577_600_000_000_001


def write(path: Path, count: int = 3) -> bytes:
    with Journal(path) as journal:
        for n in range(count):
            journal.append("mark", T + n, name=f"표시-{n}", value=0.1 * n)
    return path.read_bytes()


def test_what_was_appended_is_read_back_in_order(tmp_path: Path) -> None:
    events = read_events(write(tmp_path / "e"))
    assert [(e["seq"], e["name"], e["t"]) for e in events] == [(n, f"표시-{n}", str(T + n)) for n in range(3)]
    assert events[0]["prev"] == FIRST


def test_a_line_is_on_its_way_to_disk_before_append_returns(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "e")
    journal.append("begin", T)
    assert len(read_events((tmp_path / "e").read_bytes())) == 1


def test_the_same_events_give_the_same_bytes(tmp_path: Path) -> None:
    assert write(tmp_path / "a") == write(tmp_path / "b")


def test_opening_again_continues_the_chain(tmp_path: Path) -> None:
    write(tmp_path / "e")
    assert [e["seq"] for e in read_events(write(tmp_path / "e"))] == list(range(6))


@given(cut=st.integers(min_value=1, max_value=150))
def test_a_crash_costs_at_most_the_line_it_cut(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.mktemp("journal") / "e"
    data = write(path, 5)
    path.write_bytes(data[:-cut])
    lost = data[-cut:].count(b"\n")
    with Journal(path) as journal:
        journal.append("begin", T)
    events = read_events(path.read_bytes())
    assert len(events) == 5 - lost + 1 and events[-1]["kind"] == "begin"


def test_a_torn_tail_is_damage_unless_it_is_expected(tmp_path: Path) -> None:
    data = write(tmp_path / "e")[:-5]
    assert len(read_events(data, torn_tail_ok=True)) == 2
    with pytest.raises(Refusal, match="line 3 is cut short"):
        read_events(data)


def test_a_whole_last_line_that_is_damaged_is_not_taken_for_a_crash(tmp_path: Path) -> None:
    data = bytearray(write(tmp_path / "e"))
    data[-2] = ord("{")
    (tmp_path / "e").write_bytes(data)
    with pytest.raises(Refusal, match="line 3"):
        Journal(tmp_path / "e")


@given(data=st.data())
def test_a_changed_byte_is_noticed_wherever_a_line_follows(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    good = write(tmp_path_factory.mktemp("journal") / "e", 4)
    inner = good.rstrip(b"\n").rfind(b"\n")
    place = data.draw(st.integers(0, inner))
    value = data.draw(st.integers(0, 255).filter(lambda b: b != good[place]))
    with pytest.raises(Refusal):
        read_events(good[:place] + bytes([value]) + good[place + 1 :])


def test_the_refusal_names_the_line_at_which_the_chain_breaks(tmp_path: Path) -> None:
    lines = write(tmp_path / "e", 5).splitlines(keepends=True)
    with pytest.raises(Refusal, match="line 3 does not follow"):
        read_events(b"".join([*lines[:2], *lines[3:]]))


@pytest.mark.parametrize("time", [None, 5, "", "-1", "1.5", "9" * 30])
def test_an_event_without_a_time_is_refused(time: object) -> None:
    line = json.dumps({"seq": 0, "prev": FIRST, "kind": "mark", "t": time}).encode()
    with pytest.raises(Refusal, match="no time"):
        read_events(line + b"\n")


def test_not_a_number_is_never_written(tmp_path: Path) -> None:
    with Journal(tmp_path / "e") as journal, pytest.raises(ValueError, match="JSON"):
        journal.append("mark", T, value=float("nan"))
    assert (tmp_path / "e").read_bytes() == b""
