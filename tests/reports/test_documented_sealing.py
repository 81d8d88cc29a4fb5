"""What the guide says about time stamps, revocation and auditors works as written, on a small bundle."""

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from reports.bundles.archive import write_archive
from reports.bundles.bundle import seal_files
from reports.sealing.amending import attest
from reports.sealing.certificates import YEAR, authority, chain_pem, issue
from reports.sealing.stamping import stamp
from reports.sealing.trust import Trust
from reports.verifying.verify import verify_trusting
from tests.reports.authorities import Authority
from tests.reports.revoking import revocation_list
from tests.reports.sealed import sealed_files

GUIDE = Path(__file__).parents[2] / "docs" / "verify-with-openssl.md"
PROGRAMS = ("unzip", "sha256sum", "jq", "openssl")
pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason=f"one of {', '.join(PROGRAMS)} is not installed"
)


def prepared(folder: Path, *, revoked: bool = False) -> subprocess.CompletedProcess[str]:
    """A stamped and attested bundle with everything the guide asks for, and what its commands say about it."""
    now = datetime.now(UTC)
    root = authority("시험 인증 기관", now, 10 * YEAR)
    signer, auditor = issue(root, "시험소", now, YEAR), issue(root, "감사인", now, YEAR)
    data = {name: content for name, content in sealed_files(folder).items() if name.startswith("data/")}
    bundle, tsa = folder / "bundle.zip", Authority(folder / "tsa")
    bundle.write_bytes(write_archive(seal_files(data, "smoke", signer)))
    attest(bundle, verify_trusting(bundle.read_bytes(), Trust(root.chain), now), auditor, now, None)
    stamp(bundle, tsa.answer)
    before = now - timedelta(minutes=1)
    crl = revocation_list(root, before, {signer.chain[0]: before} if revoked else None)
    (folder / "bundle.pem").write_bytes(chain_pem(root.chain))
    (folder / "tsa.pem").write_bytes(chain_pem(tsa.roots))
    (folder / "revoked.crl").write_bytes(crl.public_bytes(Encoding.PEM))
    script = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text(), re.DOTALL))
    return subprocess.run(["bash", "-e", "-c", script], cwd=folder, capture_output=True, text=True)


def test_the_whole_guide_on_a_stamped_and_attested_bundle(tmp_path: Path) -> None:
    done = prepared(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verification: OK" in done.stdout + done.stderr
    assert done.stdout.count("signer.pem: OK") == 2 and "payload.bin: OK" in done.stdout


def test_a_revoked_signer_stops_the_guide(tmp_path: Path) -> None:
    done = prepared(tmp_path, revoked=True)
    assert done.returncode != 0 and "certificate revoked" in done.stdout + done.stderr
