"""The README's first command, as a stranger runs it: in a fresh clone, with nothing set up."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not (ROOT / ".git").exists() or shutil.which("git") is None, reason="this is not a git checkout")
def test_a_fresh_clone_certifies_and_verifies_with_the_commands_it_prints(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    demo = subprocess.run(["make", "demo"], cwd=clone, capture_output=True, text=True)
    assert demo.returncode == 0, demo.stdout + demo.stderr
    command = re.search(r"^verify with +(.+)$", demo.stdout, re.MULTILINE)
    assert command is not None, demo.stdout
    verified = subprocess.run(command[1].split(), cwd=clone, capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert subprocess.run(["git", "status", "--short"], cwd=clone, capture_output=True, text=True).stdout == ""
    again = subprocess.run(["make", "setup"], cwd=clone, capture_output=True, text=True)
    assert "Nothing to be done" in again.stdout
