"""A key in a token signs like a key in a file: proven with SoftHSM, judged by OpenSSL's mathematics."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from profiles.refusal import Refusal
from reports.sealing.certificates import DOCUMENT_SIGNING, YEAR, chain_pem, key_pem, self_signed
from reports.sealing.envelope import check_signature, countersign, sign
from reports.sealing.keys import load_signer

NOW = datetime(2026, 11, 2, tzinfo=UTC)
PIN = "271828"
LIBRARIES = sorted(Path("/usr/lib").glob("**/libsofthsm2.so"))
pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed")
pytestmark = pytest.mark.skipif(
    not (LIBRARIES and shutil.which("softhsm2-util") and shutil.which("openssl")), reason="SoftHSM is not installed"
)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token `lab` with the private key `signing`, imported once; its certificate is `lab.pem`."""
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
    signer = self_signed("토큰 시험소", NOW, YEAR)
    (folder / "key.pem").write_bytes(key_pem(signer))
    (folder / "lab.pem").write_bytes(chain_pem(signer.chain))
    environment = {"SOFTHSM2_CONF": str(folder / "softhsm2.conf"), "PATH": "/usr/bin:/bin"}
    for command in (
        ["--init-token", "--free", "--label", "lab", "--so-pin", "31415926", "--pin", PIN],
        ["--import", str(folder / "key.pem"), "--token", "lab", "--label", "signing", "--id", "a1", "--pin", PIN],
    ):
        subprocess.run(["softhsm2-util", *command], env=environment, check=True, capture_output=True)
    (folder / "pin").write_text(PIN + "\n")
    return folder


@pytest.fixture(autouse=True)
def environment(token: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", str(token / "softhsm2.conf"))
    monkeypatch.setenv("LAB_PIN", PIN)


def address(source: str = "env:LAB_PIN", label: str = "signing", module: str | None = None) -> str:
    return f"pkcs11:token=lab;object={label}?module-path={module or LIBRARIES[0]}&pin-source={source}"


def test_a_key_in_a_token_signs_a_bundle_s_statement(token: Path) -> None:
    for source in ("env:LAB_PIN", f"file:{token}/pin"):
        signer = load_signer(address(source), token / "lab.pem")
        envelope = countersign(sign(b'{"a": 1}', signer), self_signed("x", NOW, YEAR))
        assert check_signature(envelope, envelope.signatures[0])[0] == signer.chain[0]


def test_the_private_key_does_not_leave_the_token(token: Path) -> None:
    signer = load_signer(address(), token / "lab.pem")
    with pytest.raises(Refusal, match="never leaves its token"):
        key_pem(signer)


def test_openssl_verifies_what_the_token_signed(token: Path, tmp_path: Path) -> None:
    signer = load_signer(address(), token / "lab.pem")
    (tmp_path / "data").write_bytes(b"evidence")
    (tmp_path / "sig.der").write_bytes(signer.key.sign(b"evidence", ec.ECDSA(hashes.SHA256())))
    (tmp_path / "pub.pem").write_bytes(
        subprocess.run(
            ["openssl", "x509", "-in", str(token / "lab.pem"), "-noout", "-pubkey"], check=True, capture_output=True
        ).stdout
    )
    command = ["openssl", "dgst", "-sha256", "-verify", "pub.pem", "-signature", "sig.der", "data"]
    assert "Verified OK" in subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("pkcs11:token=lab;object=signing?module-path=x&pin-value=1234", "a PIN stands on the command line"),
        ("pkcs11:token=lab?module-path=x&pin-source=env:LAB_PIN", "lacks object"),
        ("pkcs11:token=lab;token=b;object=s?module-path=x&pin-source=env:LAB_PIN", "repeated"),
        ("pkcs11:token=lab;object=s;slot-id=1?module-path=x&pin-source=env:LAB_PIN", "'slot-id' is unknown"),
        (address("1234"), "no source of a PIN"),
        (address("env:ABSENT_PIN"), "empty or not set"),
        (address("file:/absent"), "cannot be read"),
        (address(label="absent"), "does not give the key"),
        (address(module="/absent.so"), "does not give the key"),
    ],
)
def test_addresses_that_lead_nowhere_are_refused(text: str, says: str, token: Path) -> None:
    with pytest.raises(Refusal, match=says):
        load_signer(text, token / "lab.pem")


def test_a_wrong_pin_is_refused(token: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_PIN", "000000")
    with pytest.raises(Refusal, match="does not give the key"):
        load_signer(address(), token / "lab.pem")


def test_the_certificate_of_another_key_is_refused(token: Path, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_bytes(chain_pem(self_signed("x", NOW, YEAR).chain))
    with pytest.raises(Refusal, match="another key"):
        load_signer(address(), tmp_path / "other.pem")


def test_the_purpose_of_the_certificate_is_document_signing(token: Path) -> None:
    leaf = load_signer(address(), token / "lab.pem").chain[0]
    assert DOCUMENT_SIGNING in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
