"""What the guides say works as written: OpenSSL alone verifies the bundle of a run."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conformance.campaigns import campaign

GUIDE = Path(__file__).parents[2] / "docs" / "verify-with-openssl.md"
SHORT = Path(__file__).with_name("short-smoke.yaml")
PROGRAMS = ("unzip", "sha256sum", "jq", "openssl")


@pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason=f"one of {', '.join(PROGRAMS)} is not installed")
def test_the_guide_verifies_a_bundle_without_this_program(tmp_path: Path) -> None:
    bundle = campaign(tmp_path / "out", str(SHORT), "--preset", "edge-40-compact").bundle
    bundle.rename(tmp_path / "bundle.zip")
    bundle.with_suffix(".pem").rename(tmp_path / "bundle.pem")
    script = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL)[0]
    done = subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verified OK" in done.stdout and "signer.pem: OK" in done.stdout
    assert "data/verdicts.json: OK" in done.stdout
