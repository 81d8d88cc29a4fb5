"""Faults on the way and of the device, as an SNMP manager and a user of an instrument meet them at the socket."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fixtures.wire import snmp
from fixtures.wire.ber import Malformed
from fixtures.wire.snmp import Message, Pdu, Varbind, decode_message, encode_message
from tests.simulators.process import Container, started

CARD, ANALYSER = "ups-1-card", "analyser-1-scpi"
VOLTAGE, CHARGE = "1.3.6.1.2.1.33.1.2.5.0", "1.3.6.1.2.1.33.1.2.4.0"
UPTIME, DATE = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.25.1.2.0"
SHORT_S = 0.25


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A container whose faults come and go; plant time moves only when a test moves it."""
    with started(tmp_path_factory.mktemp("faulty"), "--clock", "lockstep") as running:
        yield running


@contextmanager
def fault(container: Container, name: str, **parameters: object) -> Iterator[None]:
    assert container.ask("fault", name=name, parameters=parameters)["ok"]
    try:
        yield
    finally:
        assert container.ask("clear", name=name)["ok"]


def ahead(container: Container, seconds: float) -> None:
    now = container.ask("time")["time_ms"]
    assert container.ask("advance", to_ms=now + round(1000 * seconds))["ok"]


@contextmanager
def manager(container: Container) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.settimeout(SHORT_S)
        plain.connect(container.host_port(CARD))
        yield plain


def send(plain: socket.socket, *oids: str, number: int = 1, version: int = snmp.V2C) -> None:
    request = Pdu(snmp.GET, number, varbinds=tuple(Varbind(oid) for oid in oids))
    plain.send(encode_message(Message(version, b"public", request)))


def answers(plain: socket.socket, count: int = 1) -> list[bytes]:
    """What comes within a short time, at most `count` datagrams."""
    found: list[bytes] = []
    try:
        while len(found) < count:
            found.append(plain.recv(4000))
    except TimeoutError:
        pass
    return found


def get(container: Container, oid: str) -> snmp.Value:
    with manager(container) as plain:
        send(plain, oid)
        return decode_message(plain.recv(4000)).pdu.varbinds[0].value


def test_a_lost_answer_is_silence(container: Container) -> None:
    with manager(container) as plain, fault(container, "comms.timeout", device=CARD):
        send(plain, VOLTAGE)
        assert answers(plain) == []


@pytest.mark.parametrize(("word", "status"), [("genErr", snmp.GEN_ERR), ("noSuchName", snmp.NO_SUCH_NAME)])
def test_a_refusal_names_its_error(container: Container, word: str, status: int) -> None:
    with manager(container) as plain, fault(container, "comms.exception", device=CARD, snmp=word):
        send(plain, VOLTAGE, number=8)
        pdu = decode_message(plain.recv(4000)).pdu
        assert (pdu.request_id, pdu.status, pdu.index) == (8, status, 1)


def test_a_slow_answer_comes_late(container: Container) -> None:
    with manager(container) as plain, fault(container, "comms.slow_reply", device=CARD, delay=400):
        plain.settimeout(2)
        began = time.monotonic()
        send(plain, VOLTAGE)
        plain.recv(4000)
        assert 0.4 <= time.monotonic() - began < 1.5


def test_too_many_requests_in_a_second_are_refused(container: Container) -> None:
    ahead(container, 1)
    with manager(container) as plain, fault(container, "comms.rate_limit", device=CARD, rate=2):
        statuses = []
        for number in range(4):
            send(plain, VOLTAGE, number=number)
            statuses.append(decode_message(plain.recv(4000)).pdu.status)
        assert statuses == [0, 0, 13, 13]
        ahead(container, 1)
        send(plain, VOLTAGE, version=snmp.V1)
        assert decode_message(plain.recv(4000)).pdu.status == 0


def test_an_answer_may_come_twice(container: Container) -> None:
    with manager(container) as plain, fault(container, "comms.duplicate", device=CARD):
        send(plain, VOLTAGE)
        first, second = answers(plain, 3)
        assert first == second


def test_answers_may_change_places(container: Container) -> None:
    with manager(container) as plain, fault(container, "comms.reorder", device=CARD):
        send(plain, VOLTAGE, number=1)
        assert answers(plain) == []
        send(plain, CHARGE, number=2)
        assert [decode_message(one).pdu.request_id for one in answers(plain, 2)] == [2, 1]


@pytest.mark.parametrize(("name", "share"), [("comms.truncated", 0.5), ("comms.garbage", 1.0)])
def test_a_damaged_answer_is_none(container: Container, name: str, share: float) -> None:
    with manager(container) as plain:
        send(plain, VOLTAGE)
        (whole,) = answers(plain)
        with fault(container, name, device=CARD):
            send(plain, VOLTAGE)
            (damaged,) = answers(plain)
        assert len(damaged) == int(len(whole) * share)
        with pytest.raises(Malformed):
            decode_message(damaged)


@pytest.mark.parametrize(("name", "factor"), [("comms.scale_x10", 10), ("comms.sign", -1)])
def test_values_may_arrive_wrong(container: Container, name: str, factor: int) -> None:
    before = get(container, VOLTAGE)
    assert isinstance(before, int)
    with fault(container, name, device=CARD):
        assert get(container, VOLTAGE) == before * factor
    assert get(container, VOLTAGE) == before


def test_an_old_image_stands_still(container: Container) -> None:
    scans = "1.3.6.1.4.1.99999.1.1.1.0"
    before = get(container, scans)
    with fault(container, "comms.stale", device=CARD):
        ahead(container, 10)
        assert get(container, scans) == before
    assert get(container, scans) != before


def test_an_agent_that_restarts_is_gone_and_counts_its_time_anew(container: Container) -> None:
    boots = "1.3.6.1.6.3.10.2.1.2.0"
    before, old = get(container, boots), get(container, UPTIME)
    assert isinstance(before, int) and isinstance(old, int) and old > 8_640_000
    with manager(container) as plain, fault(container, "device.reboot", device=CARD):
        ahead(container, 74)
        send(plain, UPTIME)
        assert answers(plain) == []
        ahead(container, 6)
        assert get(container, UPTIME) == pytest.approx(500, abs=20)
        assert get(container, boots) == before + 1


def test_expired_credentials_open_nothing(container: Container) -> None:
    with manager(container) as plain:
        with fault(container, "device.auth_expired", device=CARD):
            send(plain, VOLTAGE)
            assert answers(plain) == []
        send(plain, VOLTAGE)
        assert len(answers(plain)) == 1


def test_other_firmware_keeps_the_object_elsewhere(container: Container) -> None:
    with fault(container, "device.firmware_change", device=CARD, point="battery.voltage", change="place", boot=1):
        ahead(container, 2)
        assert get(container, VOLTAGE) is None
        assert get(container, "1.3.6.1.2.1.33.1.2.1005.0") is not None
    ahead(container, 80)
    assert get(container, VOLTAGE) is not None


def test_an_agent_tells_its_own_date(container: Container) -> None:
    def moment() -> bytes:
        value = get(container, DATE)
        assert isinstance(value, bytes)
        return value

    assert moment()[:4] == b"\x07\xea\x01\x01"
    with fault(container, "device.clock_skew", device=CARD, offset=-86400):
        assert moment()[:4] == b"\x07\xe9\x0c\x1f"


def dial(container: Container) -> socket.socket:
    port = int(container.address(ANALYSER).split("::")[2])
    connection = socket.create_connection(("127.0.0.1", port), timeout=2)
    connection.settimeout(SHORT_S)
    return connection


def said(connection: socket.socket, text: bytes) -> bytes:
    """What comes back within a short time; empty for silence, and where the connection has ended."""
    try:
        connection.sendall(text)
        return connection.recv(4000)
    except (TimeoutError, ConnectionError):
        return b""


def test_an_instrument_may_be_silent_and_slow(container: Container) -> None:
    with dial(container) as connection:
        with fault(container, "comms.timeout", device=ANALYSER):
            assert said(connection, b"*OPC?\n") == b""
        with fault(container, "comms.slow_reply", device=ANALYSER, delay=400):
            connection.settimeout(2)
            began = time.monotonic()
            assert said(connection, b"*OPC?\n") == b"1\n"
            assert time.monotonic() - began >= 0.4


def test_an_instrument_that_refuses_explains_itself(container: Container) -> None:
    with dial(container) as connection:
        with fault(container, "comms.exception", device=ANALYSER):
            assert said(connection, b"NUM:VAL?\n") == b""
            assert said(connection, b"SYST:ERR?\n") == b'-310,"System error"\n'
        assert said(connection, b"NUM:VAL? 1\n").startswith(b"+2.")


def test_answers_of_an_instrument_may_be_doubled_swapped_and_damaged(container: Container) -> None:
    with dial(container) as connection:
        with fault(container, "comms.duplicate", device=ANALYSER):
            assert said(connection, b"SYST:VERS?\n") + said(connection, b"") == b"1999.0\n1999.0\n"
        with fault(container, "comms.reorder", device=ANALYSER):
            assert said(connection, b"*OPC?\n") == b""
            assert said(connection, b"*TST?\n") + said(connection, b"") == b"0\n1\n"
        with fault(container, "comms.truncated", device=ANALYSER, keep=50):
            assert said(connection, b"SYST:VERS?\n") == b"199"
        with fault(container, "comms.garbage", device=ANALYSER):
            assert said(connection, b"SYST:VERS?\n") not in (b"", b"1999.0\n")


def test_a_connection_may_break_or_die(container: Container) -> None:
    with dial(container) as connection, fault(container, "comms.reset", device=ANALYSER):
        connection.sendall(b"*OPC?\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(10)
    with dial(container) as connection:
        with fault(container, "comms.half_open", device=ANALYSER):
            assert said(connection, b"*OPC?\n") == b""
        assert said(connection, b"*OPC?\n") == b""
        with dial(container) as fresh:
            assert said(fresh, b"*OPC?\n") == b"1\n"


def test_an_instrument_lets_in_as_many_as_it_is_made_for(container: Container) -> None:
    """Four, as the wiring says; and fewer while the fault lasts."""
    open_ones = [dial(container) for _ in range(4)]
    try:
        assert [said(connection, b"*OPC?\n") for connection in open_ones] == [b"1\n"] * 4
        with dial(container) as fifth:
            assert said(fifth, b"*OPC?\n") == b""
        open_ones.pop().close()
        time.sleep(0.05)
        with dial(container) as again:
            assert said(again, b"*OPC?\n") == b"1\n"
        with fault(container, "comms.max_clients", device=ANALYSER, clients=3), dial(container) as late:
            assert said(late, b"*OPC?\n") == b""
    finally:
        for connection in open_ones:
            connection.close()


def test_an_instrument_shows_old_and_wrong_values_like_any_device(container: Container) -> None:
    with dial(container) as connection:
        before = float(said(connection, b"NUM:VAL? 1\n"))
        with fault(container, "comms.scale_x10", device=ANALYSER):
            assert float(said(connection, b"NUM:VAL? 1\n")) == pytest.approx(10 * before, rel=1e-4)
        with fault(container, "comms.stale", device=ANALYSER):
            old = said(connection, b"NUM:VAL?\n")
            ahead(container, 10)
            assert said(connection, b"NUM:VAL?\n") == old
        assert said(connection, b"NUM:VAL?\n") != old


def test_an_instrument_that_was_switched_off_says_so(container: Container) -> None:
    with fault(container, "device.reboot", device=ANALYSER), dial(container) as connection:
        assert said(connection, b"*OPC?\n") == b""
        ahead(container, 41)
        with dial(container) as fresh:
            assert said(fresh, b"*ESR?;*ESR?\n") == b"128;0\n"
