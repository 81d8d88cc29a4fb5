"""Signatures: ours are right for everybody, and wrong ones are never right."""

import base64
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.refusal import Refusal
from reports.sealing.certificates import YEAR, authority, chain_pem, issue, throwaway
from reports.sealing.envelope import Envelope, check_signature, countersign, pae, read_envelope, sign

NOW = datetime(2026, 11, 2, tzinfo=UTC)
ROOT = authority("인증 기관", NOW, 10 * YEAR)
LAB = issue(ROOT, "시험소", NOW, YEAR)
WITNESS = throwaway("witness", NOW)
PAYLOAD = '{"결론":"conformant"}'.encode()


def test_the_encoding_is_that_of_the_specification() -> None:
    assert pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_several_parties_sign_the_same_payload() -> None:
    envelope = countersign(sign(PAYLOAD, LAB), WITNESS)
    read = read_envelope(envelope.to_bytes(), "x")
    assert read == envelope
    assert [check_signature(read, s)[0] for s in read.signatures] == [LAB.chain[0], WITNESS.chain[0]]


def test_the_same_key_signs_the_same_bytes() -> None:
    assert sign(PAYLOAD, LAB).to_bytes() == sign(PAYLOAD, LAB).to_bytes()


def test_both_base64_alphabets_are_read() -> None:
    envelope = sign(bytes(range(256)), LAB)
    document = json.loads(envelope.to_bytes())
    document["payload"] = base64.urlsafe_b64encode(envelope.payload).decode()
    assert "-" in document["payload"]
    assert read_envelope(json.dumps(document).encode(), "x") == envelope


def test_unknown_fields_are_ignored() -> None:
    document = json.loads(sign(PAYLOAD, LAB).to_bytes())
    document["signatures"][0]["timestamp"] = "…"
    assert read_envelope(json.dumps(document).encode(), "x") == sign(PAYLOAD, LAB)


@settings(max_examples=300)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_changed_byte_goes_unnoticed(position: int, difference: int) -> None:
    original = sign(PAYLOAD, LAB)
    data = bytearray(original.to_bytes().rstrip())
    data[position % len(data)] ^= difference
    with pytest.raises((Refusal, ValueError)):
        envelope = read_envelope(bytes(data), "x")
        for signature in envelope.signatures:
            check_signature(envelope, signature)


def test_swapped_signatures_are_wrong() -> None:
    first, second = countersign(sign(PAYLOAD, LAB), WITNESS).signatures
    crossed = type(first)(first.keyid, second.signature, first.chain)
    with pytest.raises(ValueError, match="does not fit"):
        check_signature(Envelope("application/vnd.in-toto+json", PAYLOAD, (crossed,)), crossed)


def test_a_signature_is_bound_to_the_payload_type() -> None:
    made = sign(PAYLOAD, LAB, "text/plain")
    moved = Envelope("application/vnd.in-toto+json", made.payload, made.signatures)
    with pytest.raises(ValueError, match="does not fit"):
        check_signature(moved, moved.signatures[0])


def test_a_chain_whose_links_do_not_hold_is_wrong() -> None:
    made = sign(PAYLOAD, LAB).signatures[0]
    foreign = chain_pem(authority("인증 기관", NOW, YEAR).chain).decode()
    forged = type(made)(made.keyid, made.signature, (made.chain[0], foreign))
    with pytest.raises(ValueError, match="does not fit"):
        check_signature(Envelope("application/vnd.in-toto+json", PAYLOAD, (forged,)), forged)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"payload":"","payloadType":"x","signatures":[]}',
        b'{"payload":"QQ==","payload":"QQ==","payloadType":"x","signatures":[]}',
        b'{"payload":"QR==","payloadType":"x","signatures":[{"keyid":"","sig":"QQ==","cert":[]}]}',
        b'{"payload":NaN,"payloadType":"x","signatures":[]}',
        b"[" * 200_000,
    ],
)
def test_what_is_no_envelope_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal):
        read_envelope(data, "attestations/operator.dsse.json")


RECIPE = r"""
set -e
jq -r .payload lab.dsse.json | base64 -d > payload.bin
T=$(jq -r .payloadType lab.dsse.json)
printf 'DSSEv1 %d %s %d ' "$(printf %s "$T" | wc -c)" "$T" "$(wc -c < payload.bin)" > pae.bin
cat payload.bin >> pae.bin
jq -r '.signatures[0].sig' lab.dsse.json | base64 -d > sig.der
jq -r '.signatures[0].cert[0]' lab.dsse.json > lab.pem
openssl x509 -in lab.pem -noout -pubkey > lab.pub
openssl dgst -sha256 -verify lab.pub -signature sig.der pae.bin
openssl verify -CAfile root.pem -purpose any -attime "$AT" lab.pem
"""


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("jq")), reason="openssl and jq are not installed")
def test_openssl_alone_verifies_signature_and_chain(tmp_path: Path) -> None:
    (tmp_path / "lab.dsse.json").write_bytes(sign(PAYLOAD, LAB).to_bytes())
    (tmp_path / "root.pem").write_bytes(chain_pem(ROOT.chain))
    at = {"AT": str(int(NOW.timestamp()) + 60), "PATH": "/usr/bin:/bin"}
    run = subprocess.run(["sh", "-c", RECIPE], cwd=tmp_path, env=at, capture_output=True, text=True)
    assert "Verified OK" in run.stdout and "lab.pem: OK" in run.stdout, run.stderr

    changed = sign(PAYLOAD, LAB)
    wrong = Envelope(changed.payload_type, changed.payload.replace(b"conf", b"CONF"), changed.signatures)
    (tmp_path / "lab.dsse.json").write_bytes(wrong.to_bytes())
    run = subprocess.run(["sh", "-c", RECIPE], cwd=tmp_path, env=at, capture_output=True, text=True)
    assert "Verified OK" not in run.stdout
