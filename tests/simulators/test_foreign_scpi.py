"""lxi-tools, netcat and a VISA library talk to the power analyser."""

import shutil
import socket

import pytest
import pyvisa

from tests.simulators.process import Container, run

VALUES = ":NUM:NORM:VAL?"


def port(container: Container) -> int:
    return int(container.address("analyser-1-scpi").split("::")[2])


def agrees(container: Container, answer: str) -> None:
    """Every number of the answer is the plant's, in the order that the map gives."""
    numbers = [float(text) for text in answer.strip().split(",")]
    points = container.map("analyser-1-scpi").points
    shown = {int(str(p.locator["index"])): name for name, p in points.items() if p.locator["query"] == VALUES}
    assert len(numbers) == len(shown) == 12
    for index, name in shown.items():
        assert container.agrees("analyser-1-scpi", name, numbers[index]), (name, numbers[index])


@pytest.mark.skipif(shutil.which("lxi") is None, reason="lxi-tools is not installed")
def test_lxi_tools_reads_identity_and_values(container: Container) -> None:
    place = ("lxi", "scpi", "-a", "127.0.0.1", "-r", "-p", str(port(container)))
    assert run(*place, "*IDN?").stdout.strip() == container.truth("analyser-1-scpi", "identity.text")
    agrees(container, run(*place, VALUES).stdout)


@pytest.mark.skipif(shutil.which("nc") is None, reason="netcat is not installed")
def test_netcat_reads_the_values(container: Container) -> None:
    agrees(container, run("nc", "-w", "1", "127.0.0.1", str(port(container)), input=VALUES + "\n").stdout)


def visa(address: str) -> "pyvisa.resources.MessageBasedResource":
    resource = pyvisa.ResourceManager("@py").open_resource(address.removeprefix("visa://"))
    assert isinstance(resource, pyvisa.resources.MessageBasedResource)
    resource.timeout = 2000
    resource.read_termination = resource.write_termination = "\n"
    return resource


def test_vxi_11_and_raw_socket_show_the_same_instrument(container: Container) -> None:
    addresses = [container.address("analyser-1-scpi"), container.ready["more"]["analyser-1-scpi"]]
    sessions = [visa(address) for address in addresses]
    try:
        assert len({session.query("*IDN?") for session in sessions}) == 1
        for session in sessions:
            agrees(container, session.query(VALUES))
    finally:
        for session in sessions:
            session.close()


def test_vxi_11_reads_the_status_byte_and_the_error_queue(container: Container) -> None:
    session = visa(container.ready["more"]["analyser-1-scpi"])
    try:
        assert session.read_stb() == 0
        session.write("NO:SUCH:COMMAND")
        assert session.read_stb() == 0b000100
        session.write("*ESE 32")
        assert session.read_stb() == 0b100100
        assert session.query(":STAT:ERR?") == '-113,"Undefined header"'
        session.write("*CLS")
        assert session.read_stb() == 0
    finally:
        session.close()


def test_a_message_may_come_in_pieces_and_several_at_once(container: Container) -> None:
    with socket.create_connection(("127.0.0.1", port(container)), timeout=5) as connection:
        for piece in (b"*I", b"DN?\n*OPC?;*ST", b"B?\n"):
            connection.sendall(piece)
        lines = connection.makefile()
        assert lines.readline().strip() == container.truth("analyser-1-scpi", "identity.text")
        assert lines.readline() == "1;16\n"


@pytest.mark.skipif(shutil.which("lxi") is None, reason="lxi-tools is not installed")
def test_lxi_tools_reads_several_answers_of_one_message(container: Container) -> None:
    place = ("lxi", "scpi", "-a", "127.0.0.1", "-r", "-p", str(port(container)))
    asked = ":NUMERIC:NORMAL:ITEM1?;ITEM2?;*OPC?;:SYSTEM:VERSION?"
    assert run(*place, asked).stdout.strip() == "U,1;U,2;1;1999.0"


def test_vxi_11_says_that_an_answer_waits_and_what_went_wrong_with_it(container: Container) -> None:
    session = visa(container.ready["more"]["analyser-1-scpi"])
    try:
        session.write("*OPC?")
        assert session.read_stb() == 0b010000
        session.write("*TST?")
        assert session.read() == "0"
        assert session.query("SYST:ERR?") == '-410,"Query INTERRUPTED"'
        session.timeout = 200
        with pytest.raises(pyvisa.VisaIOError):
            session.read()
        assert session.query("SYST:ERR?") == '-420,"Query UNTERMINATED"'
        session.write("*ESE 4")
        session.write("*SRE 32")
        assert session.query("*STB?") == "96"
        session.clear()
    finally:
        session.close()
