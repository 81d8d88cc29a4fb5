"""Everything that goes over some ports of the loopback interface, kept as a capture file for a dissector.

with capture(tmp_path / "session.pcap", {port}) as file:
    ...                                  # talk
sessions = dissect(file, {"snmp": [port]})
"""

import shutil
import socket
import struct
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ETHERNET, IPV4 = 14, 0x0800
TSHARK = shutil.which("tshark")


def may_capture() -> bool:
    """Whether this process may look at the loopback interface (Linux, as root or with CAP_NET_RAW)."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IPV4)).close()
    except (AttributeError, OSError):
        return False
    return True


@contextmanager
def capture(file: Path, ports: set[int]) -> Iterator[Path]:
    """Record what comes from or goes to these ports; complete when the block has ended."""
    with (
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(IPV4)) as wire,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last,
    ):
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        wire.bind(("lo", IPV4))
        last.bind(("127.0.0.1", 0))
        packets: list[bytes] = []
        arguments = (wire, ports, last.getsockname()[1], packets)
        thread = threading.Thread(target=_record, args=arguments, daemon=True)
        thread.start()
        try:
            yield file
        finally:
            last.sendto(b"end", last.getsockname())
            thread.join(10)
            head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, 1)
            body = (struct.pack("<IIII", k // 1000, k % 1000 * 1000, len(p), len(p)) + p for k, p in enumerate(packets))
            file.write_bytes(head + b"".join(body))


def _record(wire: socket.socket, ports: set[int], last: int, packets: list[bytes]) -> None:
    """Until somebody sends to the port `last`. One protocol alone is seen once; all would come out and in."""
    while True:
        packet = wire.recv(1 << 17)
        start = ETHERNET + 4 * (packet[ETHERNET] & 15)
        ends = set(struct.unpack(">HH", packet[start : start + 4]))
        if last in ends:
            return
        if ends & ports:
            packets.append(packet)


def dissect(file: Path, decoded: Mapping[str, Sequence[int]], *options: str) -> Counter[str]:
    """How many packets each protocol was seen in; fails if anything is malformed or in error."""
    rules = []
    for protocol, ports in decoded.items():
        for port in ports:
            rules += ["-d", f"{'udp' if protocol == 'snmp' else 'tcp'}.port=={port},{protocol}"]
    columns = ("frame.protocols", "_ws.malformed", "_ws.expert.severity", "_ws.expert.message")
    shown = [part for column in columns for part in ("-e", column)]
    line = [str(TSHARK), "-n", "-r", str(file), *rules, *options, "-T", "fields", "-E", "separator=;", *shown]
    rows = subprocess.run(line, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    seen: Counter[str] = Counter()
    for row in rows:
        protocols, malformed, severities, message = row.split(";", 3)
        # Severity 8388608 is what tshark calls an error.
        assert not malformed and "8388608" not in severities.split(","), (protocols, message)
        seen.update(set(protocols.split(":")))
    return seen
