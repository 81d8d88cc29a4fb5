"""Time stamps: real tokens of our own authority are believed, and every other kind of token is not."""

import contextlib
import functools
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import tsp
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3161_client import decode_timestamp_response

from profiles.refusal import Refusal
from reports.bundles.archive import read_archive, write_archive
from reports.bundles.bundle import seal_files
from reports.sealing.amending import add_token, countersign_bundle, pending
from reports.sealing.certificates import YEAR, authority, chain_pem, issue
from reports.sealing.envelope import OPERATOR, read_envelope
from reports.sealing.stamping import over_http, stamp, write_requests
from reports.sealing.timestamp import Doubtful, check, request
from reports.sealing.trust import Trust
from reports.verifying.verification import Verification
from reports.verifying.verify import verify_trusting
from tests.reports.authorities import OPENSSL, Authority
from tests.reports.revoking import revocation_list
from tests.reports.sealed import sealed_files

pytestmark = pytest.mark.skipif(not OPENSSL, reason="openssl is not installed")

SIGNATURE = b"a signature in DER"
LATER = timedelta(minutes=1)
# The authority answers with the present time, so its signers live in the present too.
NOW = datetime.now(UTC)
ROOT = authority("시험 인증 기관", NOW, 10 * YEAR)
SIGNER = issue(ROOT, "시험소", NOW, YEAR)


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    files = sealed_files(tmp_path_factory.mktemp("bundle"))
    data = {name: content for name, content in files.items() if name.startswith("data/")}
    return write_archive(seal_files(data, "smoke-20261102-000000", SIGNER))


@pytest.fixture
def bundle(tmp_path: Path, pack: bytes) -> Path:
    path = tmp_path / "smoke.zip"
    path.write_bytes(pack)
    return path


@pytest.fixture
def url(tsa: Authority) -> Iterator[str]:
    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = tsa.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Desk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/tsa"
    server.shutdown()
    server.server_close()


def trusting(tsa: Authority | None, *crls: object) -> Trust:
    return Trust(ROOT.chain, tsa.roots if tsa else None, crls)  # type: ignore[arg-type]


def judged(bundle: Path, trust: Trust, at: datetime | None = None) -> Verification:
    return verify_trusting(bundle.read_bytes(), trust, at or datetime.now(UTC) + LATER)


def fault(verification: Verification) -> str:
    return " ".join(s.en for step in verification.steps if step.outcome == "wrong" for s in step.says)


def test_a_token_proves_the_time_of_the_signature(tsa: Authority) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    found = check(tsa.answer(request(SIGNATURE)), SIGNATURE, trusting(tsa), before + LATER)
    assert found.trusted and found.authority == "시점 확인 기관"
    assert before <= found.time <= before + LATER


def test_a_token_over_other_bytes(tsa: Authority) -> None:
    with pytest.raises(Doubtful, match="other bytes"):
        check(tsa.answer(request(b"other")), SIGNATURE, trusting(tsa), datetime.now(UTC) + LATER)


def test_a_token_of_an_authority_nobody_trusts(tsa: Authority, tmp_path: Path) -> None:
    stranger = Authority(tmp_path / "stranger")
    with pytest.raises(Doubtful, match="None of the given authorities"):
        check(stranger.answer(request(SIGNATURE)), SIGNATURE, trusting(tsa), datetime.now(UTC) + LATER)


def test_a_forged_token(tsa: Authority) -> None:
    answer = bytearray(tsa.answer(request(SIGNATURE)))
    answer[-3] ^= 1
    with pytest.raises(Doubtful):
        check(bytes(answer), SIGNATURE, trusting(tsa), datetime.now(UTC) + LATER)


@settings(max_examples=60, deadline=None)
@given(position=st.integers(min_value=0), difference=st.integers(min_value=1, max_value=255))
def test_no_changed_byte_makes_another_time(tsa: Authority, position: int, difference: int) -> None:
    original, later = _answer(tsa), datetime.now(UTC) + LATER
    answer = bytearray(original)
    answer[position % len(answer)] ^= difference
    with contextlib.suppress(Doubtful):
        assert check(bytes(answer), SIGNATURE, trusting(tsa), later) == check(original, SIGNATURE, trusting(tsa), later)


@functools.cache
def _answer(tsa: Authority) -> bytes:
    return tsa.answer(request(SIGNATURE))


def test_a_token_from_the_future(tsa: Authority) -> None:
    with pytest.raises(Doubtful, match="future"):
        check(tsa.answer(request(SIGNATURE)), SIGNATURE, trusting(tsa), datetime.now(UTC) - timedelta(hours=1))


def test_a_revoked_authority(tsa: Authority) -> None:
    now = datetime.now(UTC)
    answer, later = tsa.answer(request(SIGNATURE)), now + LATER
    good = revocation_list(tsa.root, now - LATER)
    revoked = revocation_list(tsa.root, now - LATER, {tsa.signer.chain[0]: now - LATER})
    assert check(answer, SIGNATURE, trusting(tsa, good), later).trusted
    with pytest.raises(Doubtful, match="was revoked"):
        check(answer, SIGNATURE, trusting(tsa, revoked), later)


@pytest.mark.parametrize("data", [b"", b"x" * 90, b"\x30\x00", b"\x30\x03\x02\x01\x02"])
def test_what_is_no_token(data: bytes, tsa: Authority) -> None:
    with pytest.raises(Doubtful):
        check(data, SIGNATURE, trusting(tsa), datetime.now(UTC))


def test_certificates_out_of_order_are_put_in_order(tsa: Authority) -> None:
    answer = tsa.answer(request(SIGNATURE))
    signed = tsp.TimeStampResp.load(answer)["time_stamp_token"]["content"]
    one, two = (bytes(certificate.dump()) for certificate in signed["certificates"])
    disordered = answer.replace(one + two, two + one)
    assert disordered != answer
    with pytest.raises(ValueError):
        decode_timestamp_response(disordered)
    assert check(disordered, SIGNATURE, trusting(tsa), datetime.now(UTC) + LATER).trusted


def test_a_stamped_bundle_verifies_and_openssl_agrees(bundle: Path, tsa: Authority, url: str, tmp_path: Path) -> None:
    manifest = read_archive(bundle.read_bytes())["manifest-sha256.txt"]
    (name,) = stamp(bundle, over_http(url))
    files = read_archive(bundle.read_bytes())
    assert files["manifest-sha256.txt"] == manifest and pending(bundle) == {}
    found = judged(bundle, trusting(tsa))
    assert found.exit_code == 0 and "시점 확인 기관" in found.text()
    assert found.signers[0]["time"].endswith("Z")

    (tmp_path / "sig.der").write_bytes(read_envelope(files[OPERATOR], OPERATOR).signatures[0].signature)
    (tmp_path / "sig.tsr").write_bytes(files[name])
    (tmp_path / "root.pem").write_bytes(chain_pem(tsa.roots))
    command = ["openssl", "ts", "-verify", "-data", "sig.der", "-in", "sig.tsr", "-CAfile", "root.pem"]
    assert "OK" in subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    (tmp_path / "sig.der").write_bytes(b"other")
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode != 0


def test_requests_and_answers_may_travel_as_files(bundle: Path, tsa: Authority, tmp_path: Path) -> None:
    (path,) = write_requests(bundle, tmp_path / "ask")
    asked = path.read_bytes()
    with pytest.raises(Refusal, match="another request"):
        add_token(bundle, tsa.answer(write_requests(bundle, tmp_path / "again")[0].read_bytes()), asked)
    add_token(bundle, tsa.answer(asked), asked)
    assert judged(bundle, trusting(tsa)).exit_code == 0
    with pytest.raises(Refusal, match="other bytes"):
        add_token(bundle, tsa.answer(asked))


def test_without_a_token_and_without_trusted_authorities_it_is_untimed(bundle: Path, tsa: Authority) -> None:
    assert "untimed" in judged(bundle, trusting(tsa)).text()
    stamp(bundle, tsa.answer)
    found = judged(bundle, trusting(None))
    assert (found.exit_code, found.signers[0]["time"]) == (0, "untimed")
    assert "--timestamp-trust" in found.text()


def test_a_stamped_signature_outlives_its_certificate(bundle: Path, tsa: Authority) -> None:
    stamp(bundle, tsa.answer)
    late = SIGNER.chain[0].not_valid_after_utc + timedelta(days=1)
    assert judged(bundle, trusting(tsa), late).exit_code == 0
    assert "is not valid on" in fault(judged(bundle, trusting(None), late))


def test_a_certificate_revoked_after_the_stamp(bundle: Path, tsa: Authority) -> None:
    stamp(bundle, tsa.answer)
    now = datetime.now(UTC)
    lists = [revocation_list(tsa.root, now)]
    after = revocation_list(ROOT, now + LATER, {SIGNER.chain[0]: now + timedelta(seconds=30)})
    before = revocation_list(ROOT, now + LATER, {SIGNER.chain[0]: now - LATER})
    at = now + 2 * LATER
    assert judged(bundle, trusting(tsa, after, *lists), at).exit_code == 0
    assert "was revoked" in fault(judged(bundle, trusting(tsa, before, *lists), at))
    assert "was revoked" in fault(judged(bundle, trusting(None, after), at))


def test_hostile_tokens_in_a_bundle(bundle: Path, tsa: Authority, tmp_path: Path) -> None:
    files = read_archive(bundle.read_bytes())
    (signature,) = pending(bundle).values()
    good, stranger = tsa.answer(request(signature)), Authority(tmp_path / "stranger").answer(request(signature))
    cases = {
        "other bytes": {"attestations/a.tsr": tsa.answer(request(b"x"))},
        "second time stamp": {"attestations/a.tsr": good, "attestations/b.tsr": tsa.answer(request(signature))},
        "None of the given": {"attestations/a.tsr": stranger},
        "not a readable": {"attestations/a.tsr": b"junk"},
    }
    for says, tokens in cases.items():
        bundle.write_bytes(write_archive({**files, **tokens}))
        found = judged(bundle, trusting(tsa))
        assert found.exit_code == 1 and says in fault(found), says


def test_each_party_has_a_token_of_its_own(bundle: Path, tsa: Authority) -> None:
    stamp(bundle, tsa.answer)
    countersign_bundle(bundle, issue(ROOT, "입회인", NOW, YEAR, "witness"), "witness")
    found = judged(bundle, trusting(tsa))
    assert [s["time"] == "untimed" for s in found.signers] == [False, True]
    assert len(stamp(bundle, tsa.answer)) == 1
    assert "untimed" not in [s["time"] for s in judged(bundle, trusting(tsa)).signers]


def test_an_authority_that_does_not_answer() -> None:
    with pytest.raises(Refusal, match="does not answer"):
        over_http("http://127.0.0.1:9/", timeout=1)(b"")
    with pytest.raises(Refusal, match="no HTTP address"):
        over_http("file:///etc/passwd")
