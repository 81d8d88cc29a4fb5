"""A simulated container as its own process, as strangers meet it."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from fixtures.device_map import DeviceMap, load_map
from fixtures.map_point import MapPoint

ROOT = Path(__file__).parents[2]


@dataclass
class Container:
    """A running process, what it printed and the bench file it wrote."""

    process: "subprocess.Popen[str]"
    ready: dict[str, Any]
    folder: Path
    bench: dict[str, Any]

    def address(self, device: str) -> str:
        return str(self.bench["devices"][device]["address"])

    def host_port(self, device: str) -> tuple[str, int]:
        parts = urlsplit(self.address(device))
        return str(parts.hostname), int(parts.port or 0)

    def port(self, device: str) -> int:
        return self.host_port(device)[1]

    def secret(self, device: str, key: str) -> str:
        return (self.folder / self.bench["devices"][device]["credentials"][key]["file"]).read_text()

    def map(self, device: str) -> DeviceMap:
        entry = self.bench["devices"][device]
        return load_map(entry["map"]).bind(entry.get("variables", {}))

    def equipment(self, device: str) -> str:
        return str(self.bench["devices"][device]["equipment"])

    def ask(self, operation: str, **arguments: object) -> dict[str, Any]:
        """One operation on the control channel."""
        return self.send(json.dumps({"op": operation, **arguments}))

    def send(self, line: str) -> dict[str, Any]:
        parts = urlsplit(self.ready["control"])
        with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
            connection.sendall(line.encode() + b"\n")
            return dict(json.loads(connection.makefile().readline()))

    def truth(self, device: str, point: str) -> Any:
        return self.ask("truth", equipment=self.equipment(device), point=point)["value"]

    def agrees(self, device: str, point: str, shown: float) -> bool:
        """Whether a number that somebody read is the plant's own, within the accuracy of the device."""
        return within(self.map(device).points[point], shown, self.truth(device, point))


def within(point: MapPoint, shown: float, truth: float) -> bool:
    allowed = point.accuracy.relative * abs(truth) + point.accuracy.absolute + point.resolution
    return abs(shown - truth) <= allowed


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "simulators", *arguments]


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Container]:
    """Start a container, wait until it answers, and end it."""
    line = command("--directory", str(folder), "--with-parent", *arguments)
    process = subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        bench = yaml.safe_load(Path(ready["bench"]).read_text(encoding="utf-8"))
        yield Container(process, ready, folder, bench)
    finally:
        process.terminate()
        process.wait(10)
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def run(*arguments: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a foreign program to its end."""
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, **options)
