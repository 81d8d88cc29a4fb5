"""Keys, certificates, and who vouches for whom."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from profiles.refusal import Refusal
from reports.sealing.certificates import YEAR, authority, chain_pem, issue, key_pem, role_of, self_signed, throwaway
from reports.sealing.keys import create_files, describe, load_signer, load_trust
from reports.sealing.trust import vouch
from tests.reports.revoking import revocation_list

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ROOT = authority("인증 기관", NOW, 10 * YEAR)
LAB = issue(ROOT, "시험소", NOW, YEAR)


def test_a_root_vouches_for_the_signer_it_certified() -> None:
    vouching = vouch(LAB.chain, ROOT.chain, NOW)
    assert (vouching.trusted, vouching.facts["root"]) == (True, "인증 기관")


def test_a_certificate_given_as_trusted_is_trusted_itself() -> None:
    signer = throwaway("run", NOW)
    assert vouch(signer.chain, signer.chain, NOW).reason == "trust.pinned"


def test_another_root_of_the_same_name_vouches_for_nobody() -> None:
    twin = authority("인증 기관", NOW, 10 * YEAR)
    assert not vouch(LAB.chain, twin.chain, NOW).trusted


def test_a_stranger_is_called_one() -> None:
    assert vouch(throwaway("x", NOW).chain, ROOT.chain, NOW).reason == "trust.stranger"


@pytest.mark.parametrize("at", [NOW - timedelta(days=1), NOW + YEAR + timedelta(days=1)])
def test_validity_is_judged_at_the_given_time(at: datetime) -> None:
    assert vouch(LAB.chain, ROOT.chain, at).reason == "trust.period"


def test_a_signer_cannot_certify_others() -> None:
    usurper = issue(LAB, "nobody", NOW, YEAR)
    assert not vouch(usurper.chain, ROOT.chain, NOW).trusted


def test_a_root_certificate_does_not_sign_documents() -> None:
    assert vouch(ROOT.chain, ROOT.chain, NOW).reason == "trust.purpose"


def test_keys_are_created_once_and_read_again(tmp_path: Path) -> None:
    key, certificate = create_files(tmp_path / "lab", "서울 시험소", 730)
    assert key.stat().st_mode & 0o777 == 0o600
    assert "서울 시험소" in describe(certificate)
    assert load_signer(key, certificate).chain[0].public_key()
    with pytest.raises(Refusal, match="exists"):
        create_files(tmp_path / "lab", "서울 시험소", 730)


def test_a_passphrase_is_taken_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_PASSPHRASE", "열려라 참깨")
    key, certificate = create_files(tmp_path / "lab", "lab", 30, "LAB_PASSPHRASE")
    assert b"ENCRYPTED" in key.read_bytes()
    assert load_signer(key, certificate, "LAB_PASSPHRASE")
    with pytest.raises(Refusal, match="do not go together"):
        load_signer(key, certificate)
    monkeypatch.setenv("LAB_PASSPHRASE", "wrong")
    with pytest.raises(Refusal, match="passphrase is wrong"):
        load_signer(key, certificate, "LAB_PASSPHRASE")
    monkeypatch.delenv("LAB_PASSPHRASE")
    with pytest.raises(Refusal, match="LAB_PASSPHRASE"):
        load_signer(key, certificate, "LAB_PASSPHRASE")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_opens_an_encrypted_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P", "open sesame")
    key, _ = create_files(tmp_path / "lab", "lab", 30, "P")
    command = ["openssl", "pkey", "-in", str(key), "-passin", "pass:open sesame", "-noout", "-text"]
    assert "prime256v1" in subprocess.run(command, capture_output=True, text=True).stdout


def test_files_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    key, certificate, other = tmp_path / "k", tmp_path / "c", tmp_path / "o"
    key.write_bytes(key_pem(LAB))
    certificate.write_bytes(chain_pem(LAB.chain))
    other.write_bytes(chain_pem(self_signed("x", NOW, YEAR).chain))
    with pytest.raises(Refusal, match="another key"):
        load_signer(key, other)
    other.write_bytes(chain_pem(LAB.chain[:1]))
    with pytest.raises(Refusal, match="does not end with a root"):
        load_signer(key, other)
    with pytest.raises(Refusal, match="no PEM certificate"):
        load_signer(key, key)
    with pytest.raises(Refusal, match="cannot be read"):
        load_signer(tmp_path / "absent", certificate)
    foreign = ed25519.Ed25519PrivateKey.generate()
    other.write_bytes(foreign.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(Refusal, match="not ECDSA P-256"):
        load_signer(other, certificate)


def test_a_terminal_is_asked_for_the_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["열려라 참깨", "열려라 참깨", "열려라 참깨", "wrong", "one", "another"])
    monkeypatch.setattr("reports.sealing.keys.getpass", lambda _: next(typed))
    key, certificate = create_files(tmp_path / "lab", "lab", 30, role="laboratory", ask=True)
    with pytest.raises(Refusal, match="do not go together"):
        load_signer(key, certificate)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert role_of(load_signer(key, certificate).chain[0]) == "laboratory"
    with pytest.raises(Refusal, match="passphrase is wrong"):
        load_signer(key, certificate)
    with pytest.raises(Refusal, match="the two differ"):
        create_files(tmp_path / "other", "lab", 30, ask=True)


def test_revocation_lists_and_roots_are_read_from_files(tmp_path: Path) -> None:
    one, two = revocation_list(ROOT, NOW), revocation_list(ROOT, NOW + YEAR)
    (tmp_path / "all.crl").write_bytes(one.public_bytes(Encoding.PEM) + two.public_bytes(Encoding.PEM))
    (tmp_path / "one.crl").write_bytes(one.public_bytes(Encoding.DER))
    (tmp_path / "root.pem").write_bytes(chain_pem(ROOT.chain))
    trust = load_trust(tmp_path / "root.pem", None, [tmp_path / "all.crl", tmp_path / "one.crl"])
    assert (trust.roots, trust.timestamp_roots, trust.crls) == (ROOT.chain, None, (one, two, one))
    with pytest.raises(Refusal, match="no revocation list"):
        load_trust(None, None, [tmp_path / "root.pem"])
