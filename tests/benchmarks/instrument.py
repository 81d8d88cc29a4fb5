"""How often an instrument on a raw socket is asked: our session beside lxi-tools in C, in turns in the same run."""

import re
import shutil
import subprocess
import time

from fixtures.bench import Bench
from fixtures.drivers.visa_session import Line, VisaSession

ANALYSER = "analyser-1-scpi"
TURNS = 3
QUERIES = 2000


def ours(resource: str) -> float:
    """Identities a second through the session that the driver uses."""
    session = VisaSession(resource, Line())
    try:
        session.ask("*IDN?")
        began = time.perf_counter()
        for _ in range(QUERIES):
            session.ask("*IDN?")
        return QUERIES / (time.perf_counter() - began)
    finally:
        session.close()


def peer(resource: str) -> float:
    """The same with `lxi benchmark`, as it says itself."""
    _, host, port, _ = resource.split("::")
    command = ["lxi", "benchmark", "-a", host, "-p", port, "-r", "-c", str(QUERIES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(re.findall(r"([\d.]+) requests/second", done.stdout)[-1])


def line(bench: Bench) -> str:
    """The line of docs/benchmarks.md; empty without lxi-tools."""
    if shutil.which("lxi") is None:
        return ""
    resource = bench.devices[ANALYSER].address.removeprefix("visa://")
    pairs = [(ours(resource), peer(resource)) for _ in range(TURNS)]
    own, other = max(own for own, _ in pairs), max(other for _, other in pairs)
    return (
        f"Identities a second from a simulated instrument on a raw socket: ours {own:.0f}, lxi-tools {other:.0f}, "
        f"ratio {own / other:.2f}."
    )
