"""Whole campaigns as processes of their own, by name, two at a time."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Run:
    """A finished run: its exit code and its bundle."""

    code: int
    bundle: Path

    def read(self, name: str) -> bytes:
        with zipfile.ZipFile(self.bundle) as bundle:
            return bundle.read(name)

    @property
    def verdicts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.read("data/verdicts.json"))["verdicts"]
        return found

    @property
    def plausibility(self) -> list[dict[str, Any]]:
        """What the examination of each rule found."""
        found: list[dict[str, Any]] = json.loads(self.read("data/verdicts.json"))["plausibility"]
        return found

    def judged(self, verdict: str) -> set[str]:
        return {v["requirement"] for v in self.verdicts if v["verdict"] == verdict}


Runs = Callable[[str], Run]


@contextmanager
def campaigns(wanted: Mapping[str, Sequence[str]], folder: Callable[[], Path]) -> Iterator[Runs]:
    """Run `conformance run` with each of these arguments, two at a time: one alone leaves half of a machine idle."""
    with ThreadPoolExecutor(2) as pool:
        jobs = {name: pool.submit(campaign, folder(), *arguments) for name, arguments in wanted.items()}
        yield lambda name: jobs[name].result()
        pool.shutdown(cancel_futures=True)


def campaign(output: Path, *arguments: str) -> Run:
    command = [sys.executable, "-m", "conformance.cli", "run", *arguments, "--output", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    bundles = list(output.glob("*.zip"))
    if len(bundles) != 1:
        pytest.fail(f"no bundle was written (exit {done.returncode}):\n{done.stdout}\n{done.stderr}")
    return Run(done.returncode, bundles[0])
