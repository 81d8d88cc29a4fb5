"""The same invariants with ten times as many examples, new ones every time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_invariant_holds_for_new_examples() -> None:
    files = sorted(str(path) for path in HERE.parent.glob("test_invariants*.py") if path != HERE)
    line = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-o", "timeout=900", *files]
    done = subprocess.run(line, env={**os.environ, "EXAMPLES": "exploring"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:]
