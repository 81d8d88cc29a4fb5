"""A second opinion on a bundle, written apart from the rest of this project.

It needs this file, Python's standard library and `cryptography`, and it imports nothing else of ours, so that a
defect in the verifier proper is not shared. It checks the archive, the manifest, every digest, that no file is
uncovered, signatures and chains, that every planned item has one verdict, and that counts and conclusion follow
from the verdicts. It does not read the samples and so does not recompute verdicts: it says so every time.

    python -m reports.second_verifier bundle.zip --trust authority.pem

Exit codes are those of `conformance verify`: 0 valid, 1 not valid, 2 not a bundle, 3 nobody vouches.
"""

import argparse
import base64
import hashlib
import json
import struct
import sys
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NOT_DONE = (
    "the verdicts were not recomputed from the samples; time stamps, revocations and the signature of a public log "
    "were not looked at"
)
FORMATS = ("microdc-bundle/1", "microdc-bundle/2")
WORDS = ("pass", "fail", "inconclusive", "not-applicable", "not-tested")
DOCUMENTS = ("profile", "plan", "equipment", "bench", "verdicts", "attempts")
OPERATOR, MANIFEST = "attestations/operator.dsse.json", "manifest-sha256.txt"
LOG_PROOF, _NOT_LOGGED = "attestations/log.tlog-proof", "the proof of publication does not lead to the log's root"
TAGS = ("bagit.txt", "bag-info.txt", MANIFEST)
SAMPLES, EVENTS = "data/samples/samples.parquet", "data/events.ndjson"
PAYLOAD_TYPE, WAIVER_TYPE = "application/vnd.in-toto+json", "application/vnd.microdc.waiver+json"
STATEMENT = "https://in-toto.io/Statement/v1"
VERDICTS = "https://microdc-conformance.example/verdicts/v1"
VERIFIED = "https://in-toto.io/attestation/svr/v0.1"
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
FILES_MAX, SIZE_MAX, RATIO_MAX, RATIO_FREE = 10_000, 4 << 30, 250, 4 << 20

Chain = tuple[x509.Certificate, ...]


class NotValid(Exception):
    """The bundle is not what its signer sealed, or contradicts itself."""


class NoBundle(Exception):
    """These bytes are no bundle at all."""


def examine(pack: bytes, roots: Sequence[x509.Certificate] | None, at: datetime) -> str | None:
    """None if a root vouches for a signer, else the signer's name; NotValid or NoBundle with one sentence."""
    files = unzip(pack)
    if not {MANIFEST, "bagit.txt", OPERATOR} & set(files):
        raise NoBundle("it is a zip, but not a bundle")
    required = [*TAGS, OPERATOR, EVENTS, SAMPLES, *(f"data/{name}.json" for name in DOCUMENTS)]
    _no("a file is missing", (name for name in required if name not in files))
    info = dict(line.partition(": ")[::2] for line in _text(files["bag-info.txt"]).splitlines())
    _must(info.get("Bundle-Format") in FORMATS, f"its format ({info.get('Bundle-Format')}) is not known")
    check_manifest(files)
    payloads, _ = check_signatures(files)
    try:
        records = {name: read_json(files[f"data/{name}.json"], name) for name in DOCUMENTS}
        ended = check_journal(files[EVENTS], records["profile"], records["plan"])
        check_certificates(files, records["bench"]["devices"])
        check_verdicts(records, read_waivers(files, roots, at), ended)
        for payload in payloads:
            check_statement(payload, files, records)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        raise NotValid(f"a document lacks what it must have ({type(error).__name__}: {error})") from error
    # Whoever only says that it verified does not answer for the verdicts.
    chains = open_envelope(files[OPERATOR], OPERATOR, PAYLOAD_TYPE)[1]
    vouched = [chain for chain in chains if roots and vouches(roots, chain, at)]
    _must(roots is None or bool(vouched), "none of the trusted certificates vouches for a signer")
    return None if vouched else chains[0][0].subject.rfc4514_string()


def unzip(pack: bytes) -> dict[str, bytes]:
    """Every file, read forwards from the first byte: header after header, then a directory that repeats them."""
    if pack[:4] not in (b"PK\x03\x04", b"PK\x05\x06"):
        _must(b"PK\x05\x06" not in pack[-66_000:], "there are foreign bytes before the archive")
        raise NoBundle("it is not a zip archive")
    files: dict[str, bytes] = {}
    headers: dict[int, bytes] = {}
    at, room = 0, SIZE_MAX
    while pack[at : at + 4] == b"PK\x03\x04":
        _must(len(headers) < FILES_MAX, "the archive holds too many files")
        flags, method, _, _, crc, packed, size, n_name, n_extra = struct.unpack("<2x2HHHIIIHH", _cut(pack, at + 4, 26))
        raw = _cut(pack, at + 30, n_name)
        name = safe_name(raw, ascii_only=not flags & 0x0800)
        _must(name not in files, f"the archive holds {name} twice")
        _must(not flags & ~0x0806 and method in (0, 8), f"{name} is encrypted, streamed or packed in an unknown way")
        _must(size <= room, "the archive unpacks to more than 4 GiB")
        _must(size <= max(RATIO_FREE, RATIO_MAX * max(packed, 1)), f"{name} unpacks to suspiciously much")
        headers[at] = pack[at + 6 : at + 28] + raw
        at, room = at + 30 + n_name + n_extra + packed, room - size
        files[name] = _unpack(_cut(pack, at - packed, packed), method, size, name)
        _must(zlib.crc32(files[name]) == crc, f"the checksum of {name} is wrong")
    _directory(pack, at, headers)
    folded = [name.casefold() for name in files]
    folders = {"/".join(name.split("/")[:depth]) for name in folded for depth in range(1, name.count("/") + 1)}
    _no("two files that are one on some systems", (name for name, n in Counter(folded).items() if n > 1))
    _no("a file and a folder at once", folders & set(folded))
    return files


def _directory(pack: bytes, at: int, headers: dict[int, bytes]) -> None:
    begin, count = at, len(headers)
    while pack[at : at + 4] == b"PK\x01\x02":
        n_name, n_extra, n_comment, disk, _, mode, offset = struct.unpack("<HHHHHII", _cut(pack, at + 28, 18))
        own = _cut(pack, at + 8, 20) + struct.pack("<H", n_name) + _cut(pack, at + 46, n_name)
        # The header's extra field may differ; name, flags, method, sizes and checksum may not.
        header = headers.pop(offset, b"")
        same = header[:4] + header[8:] == own[:4] + own[8:]
        _must(same and not disk, "the directory and the headers of the archive contradict each other")
        _must((mode >> 16) & 0o170000 != 0o120000, "the archive holds a symbolic link")
        at += 46 + n_name + n_extra + n_comment
    end = struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, count, count, at - begin, begin, 0)
    _must(not headers and pack[at:] == end, "the archive is cut short, or holds foreign bytes")


def _unpack(packed: bytes, method: int, size: int, name: str) -> bytes:
    if method == 0:
        content, whole = packed, True
    else:
        inflate = zlib.decompressobj(-15)
        try:
            content = inflate.decompress(packed, size + 1)
            content += inflate.flush(1) if len(content) <= size and not inflate.eof else b""
        except zlib.error as error:
            raise NotValid(f"the compressed bytes of {name} are damaged") from error
        whole = inflate.eof and not inflate.unused_data
    _must(whole and len(content) == size, f"{name} has another size than its header says")
    return content


def safe_name(raw: bytes, *, ascii_only: bool) -> str:
    """The name; NotValid if it could leave the folder or mean another file on another system."""
    try:
        name = raw.decode("ascii" if ascii_only else "utf-8")
    except UnicodeDecodeError as error:
        raise NotValid(f"the name {raw[:40]!r} is not valid text") from error
    parts = name.split("/")
    _must(0 < len(raw) <= 255 and all(parts) and not set(parts) & {".", ".."}, f"the name {name!r} leaves the folder")
    _must(not any(part != part.strip() or part.endswith(".") for part in parts), f"the name {name!r} is padded")
    hidden = any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name)
    normal = not set(name) & {"\\", ":"} and not hidden and name == unicodedata.normalize("NFC", name)
    _must(normal, f"the name {name!r} does not mean the same on every system")
    return name


def read_json(data: bytes, where: str) -> dict[str, Any]:
    """The object; NotValid for a repeated key, NaN, a number beyond 2^53 or double range, or no object."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        _must(len(dict(found)) == len(found), f"{where}: a key is repeated")
        return dict(found)

    def number(read: Callable[[str], float], limit: float) -> Callable[[str], Any]:
        def checked(text: str) -> float:
            value = read(text) if len(text) < 400 else limit * 2
            _must(abs(value) <= limit, f"{where}: a number is too large")
            return value

        return checked

    def refuse(text: str) -> None:
        raise NotValid(f"{where}: {text} is no number")

    try:
        value = json.loads(
            data.decode(),
            object_pairs_hook=pairs,
            parse_constant=refuse,
            parse_int=number(int, 2**53),
            parse_float=number(float, sys.float_info.max),
        )
    except (ValueError, RecursionError) as error:
        raise NotValid(f"{where} is not strict JSON ({error})") from error
    _must(isinstance(value, dict), f"{where} is no JSON object")
    return dict(value)


def check_manifest(files: dict[str, bytes]) -> None:
    """Every file under `data/` has its line, and every line its file."""
    expected = [f"{_sha256(files[name])}  {name}" for name in sorted(files) if name.startswith("data/")]
    listed = _text(files[MANIFEST]).split("\n")
    _must(listed.pop() == "" and len(set(listed)) == len(listed), "the manifest ends within a line or repeats one")
    _no("changed, added or removed after the manifest was written", set(listed) ^ set(expected))


def check_signatures(files: dict[str, bytes]) -> tuple[list[bytes], list[Chain]]:
    """The payloads of all envelopes and the chains of all signatures."""
    payloads: list[bytes] = []
    chains: list[Chain] = []
    for name in sorted(name for name in files if name.startswith("attestations/")):
        if name.endswith(".dsse.json"):
            payload, signers = open_envelope(files[name], name, PAYLOAD_TYPE)
            payloads.append(payload)
            chains += signers
        elif name.endswith(".tsr"):
            # What a time stamp proves is for `conformance verify`; here it must at least be over a signature.
            _must(any(digest in files[name] for digest in signature_digests(files)), f"{name} stamps no signature")
        else:
            _must(name == LOG_PROOF, f"{name} is covered by no signature")
    if LOG_PROOF in files:
        check_proof(_text(files[LOG_PROOF]), open_envelope(files[OPERATOR], OPERATOR, PAYLOAD_TYPE)[0])
    return payloads, chains


def signature_digests(files: dict[str, bytes]) -> Iterator[bytes]:
    """SHA-256 of every signature in every envelope: what the time stamps are over."""
    for name in files:
        if name.startswith("attestations/") and name.endswith(".dsse.json"):
            for signature in read_json(files[name], name)["signatures"]:
                yield hashlib.sha256(_base64(signature["sig"])).digest()


def check_proof(proof: str, payload: bytes) -> None:
    """The proof of publication (C2SP tlog-proof) leads from this payload to the root that the log's note names."""
    head, _, note = proof.partition("\n\n")
    lines = [line for line in head.split("\n") if not line.startswith("extra ")]
    try:
        _must(lines[0] == "c2sp.org/tlog-proof@v1" and lines[1][:6] == "index ", "the proof of publication is none")
        index, size, goal = int(lines[1][6:]), int(note.split("\n")[1]), _base64(note.split("\n")[2])
        hashed = hashlib.sha256(b"\0" + hashlib.sha256(payload).digest()).digest()
        _must(0 <= index < size and climb(hashed, index, size, [*map(_base64, lines[2:])]) == goal, _NOT_LOGGED)
    except (ValueError, IndexError) as error:
        raise NotValid(f"the proof of publication is malformed ({error})") from error


def climb(node: bytes, index: int, size: int, siblings: list[bytes]) -> bytes:
    """The root of a tree of `size` leaves, of which `node` at `index` and the siblings on its way up are known."""
    if size == 1:
        _must(not siblings, _NOT_LOGGED)
        return node
    _must(bool(siblings), _NOT_LOGGED)
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        left, right = climb(node, index, half, siblings[:-1]), siblings[-1]
    else:
        left, right = siblings[-1], climb(node, index - half, size - half, siblings[:-1])
    return hashlib.sha256(b"\1" + left + right).digest()


def open_envelope(data: bytes, name: str, kind: str) -> tuple[bytes, list[Chain]]:
    """The payload of a DSSE envelope of which every signature is right, and their chains."""
    envelope = read_json(data, name)
    try:
        payload = _base64(envelope["payload"])
        _must(envelope["payloadType"] == kind, f"{name} signs another kind of content")
        signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
        chains = [_signer(signature, signed) for signature in envelope["signatures"]]
    except InvalidSignature as error:
        raise NotValid(f"a signature in {name} does not fit the signed bytes or its certificate") from error
    except (KeyError, TypeError, ValueError, AttributeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise NotValid(f"{name} is not a readable signed envelope ({type(error).__name__})") from error
    _must(bool(chains), f"{name} holds no signature")
    return payload, chains


def _signer(signature: dict[str, Any], signed: bytes) -> Chain:
    pems = signature["cert"]
    chain = tuple(x509.load_pem_x509_certificate(pem.encode()) for pem in pems)
    texts = [certificate.public_bytes(serialization.Encoding.PEM).decode() for certificate in chain]
    key = chain[0].public_key() if chain else None
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1" or texts != pems:
        raise ValueError("no P-256 certificate")
    spki = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    _must(signature["keyid"] == _sha256(spki), "a key id is not that of its certificate")
    key.verify(_base64(signature["sig"]), signed, ec.ECDSA(hashes.SHA256()))
    for index, certificate in enumerate(chain):
        certificate.verify_directly_issued_by(chain[min(index + 1, len(chain) - 1)])
    return chain


def vouches(roots: Sequence[x509.Certificate], chain: Chain, at: datetime) -> bool:
    """Whether the signer is one of the roots, or a path of authorities leads from it to one, all valid at `at`."""
    leaf = chain[0]
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        purposes = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    if not (usage.digital_signature and DOCUMENT_SIGNING in purposes and _valid(leaf, at)):
        return False
    return leaf in roots or any(_leads(chain, 0, root, at) for root in roots)


def _leads(chain: Chain, depth: int, root: x509.Certificate, at: datetime) -> bool:
    if _issued(chain[depth], root, depth, at):
        return True
    following = depth + 1 < len(chain) and _issued(chain[depth], chain[depth + 1], depth, at)
    return following and _leads(chain, depth + 1, root, at)


def _issued(certificate: x509.Certificate, issuer: x509.Certificate, depth: int, at: datetime) -> bool:
    """Whether `issuer`, an authority with at most `depth` authorities below it, issued the certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    short = basic.path_length is None or depth <= basic.path_length
    return basic.ca and usage.key_cert_sign and short and _valid(issuer, at)


def check_journal(lines: bytes, profile: dict[str, Any], plan: dict[str, Any]) -> datetime:
    """When the run ended; each line carries the digest of the line before, the first names profile and plan."""
    previous, events = "0" * 64, []
    *whole, rest = lines.split(b"\n")
    _must(not rest and bool(whole), "the journal is empty or cut short")
    for number, line in enumerate(whole):
        event = read_json(line, f"journal line {number + 1}")
        _must((event["prev"], event["seq"]) == (previous, number), f"the journal's chain breaks at line {number + 1}")
        events.append(event)
        previous = _sha256(line)
    _must(events[-1]["kind"] == "end", "the journal was not closed")
    begun = [event for event in events if event["kind"] == "begin"]
    profiles = {event["profile_digest"] for event in begun}
    _must(profiles <= {profile["digest"]}, "the profile is not the one that the run began with")
    digest = _sha256(json.dumps(plan, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    plans = {event.get("plan_digest") for event in begun}
    _must(plans <= {digest, None}, "the plan is not the one that the run began with")
    return datetime.fromtimestamp(int(events[-1]["t"]) // 10**9, UTC)


def read_waivers(
    files: dict[str, bytes], roots: Sequence[x509.Certificate] | None, at: datetime
) -> list[dict[str, Any]]:
    """The waivers under `data/waivers/`, each signed by somebody whom a root vouches for."""
    found = []
    for name in sorted(name for name in files if name.startswith("data/waivers/")):
        payload, chains = open_envelope(files[name], name, WAIVER_TYPE)
        trusted = roots is None or any(vouches(roots, chain, at) for chain in chains)
        _must(trusted, f"none of the trusted certificates vouches for who signed {name}")
        found.append(read_json(payload, name))
    return found


def check_certificates(files: dict[str, bytes], devices: dict[str, dict[str, Any]]) -> None:
    """Each digital calibration certificate that a device of the bench names is there, byte for byte."""
    named = [
        device["calibration"]["dcc"] for device in devices.values() if (device.get("calibration") or {}).get("dcc")
    ]
    changed = (one["file"] for one in named if _sha256(files.get(one["file"], b"")) != one["sha256"])
    _no("not the certificate that the bench was read with", changed)


def check_verdicts(records: dict[str, dict[str, Any]], waivers: Sequence[dict[str, Any]], ended: datetime) -> None:
    """One verdict for each planned item, none invented; counts and conclusion follow from them."""
    document, rows = records["verdicts"], records["verdicts"]["verdicts"]
    planned = {(item["requirement"], item["equipment"]) for item in records["plan"]["items"]}
    judged = Counter((row["requirement"], row["equipment"]) for row in rows)
    _must(bool(planned), "the plan is empty")
    _no("planned and not judged, or judged and not planned", planned ^ set(judged))
    _no("judged twice", (key for key, count in judged.items() if count > 1))
    required = {requirement["id"] for requirement in records["profile"]["requirements"]}
    _no("required and not planned", required - {requirement for requirement, _ in planned})
    for row in rows:
        decided = row["verdict"] in ("pass", "fail")
        grounds = row["status"] == "completed" and row["value"] is not None and row["uncertainty"] is not None
        _must(row["verdict"] in WORDS and (grounds or not decided), f"{row['requirement']} is decided without a value")
        undecided = row["verdict"] == "inconclusive" and row["rule"] == "non-binary"
        sides = (None, "pass", "fail") if undecided else (None,)
        _must(row.get("conditional") in sides, f"{row['requirement']} is conditional and must not be")
    counted = Counter(row["verdict"] for row in rows)
    _must(document["counts"] == {word: counted[word] for word in WORDS}, "the counts are not those of the verdicts")
    check_excuses(rows, waivers, ended)
    conclusion = conclude(rows, bool(waivers), bool(document.get("coverage", {}).get("gaps")))
    _must(document["conclusion"] == conclusion, f"the verdicts conclude {conclusion}, not {document['conclusion']}")
    real = {device["provenance"] for device in records["bench"]["devices"].values()} == {"real"}
    certificate = conclusion.startswith("conformant") and real
    _must(document["certificate"] is certificate, "it claims or denies to be a certificate and should not")


def check_excuses(rows: Sequence[dict[str, Any]], waivers: Sequence[dict[str, Any]], ended: datetime) -> None:
    """Every verdict that names a waiver lies in that waiver's scope, and the run ended before it expired."""
    known = {waiver["waiver"]: waiver for waiver in waivers}
    for row in rows:
        if row.get("waiver") is not None:
            waiver = known.get(row["waiver"], {"requirement": None})
            fits = waiver["requirement"] == row["requirement"]
            fits = fits and row["equipment"] in waiver.get("equipment", [row["equipment"]])
            fits = fits and ended < datetime.fromisoformat(waiver["expires"])
            _must(fits, f"{row['requirement']} is waived by {row['waiver']}, which does not cover it")


def conclude(rows: Sequence[dict[str, Any]], waivers: bool, gaps: bool) -> str:
    """The conclusion that the verdicts allow: what is recommended never decides, a waived failure does not fail,
    and equipment that is undeclared or did not answer leaves it incomplete."""
    words = [(row["verdict"], row.get("waiver")) for row in rows if row["level"] != "recommended"]
    if ("fail", None) in words:
        return "non-conformant"
    if gaps or any(word in ("inconclusive", "not-tested") for word, _ in words) or ("pass", None) not in words:
        return "incomplete"
    return "conformant-with-waivers" if waivers else "conformant"


def check_statement(payload: bytes, files: dict[str, bytes], records: dict[str, dict[str, Any]]) -> None:
    """The statement names every file outside `data/` and `attestations/`, and repeats the records faithfully."""
    statement = read_json(payload, "the signed statement")
    kind = (statement["_type"], statement["predicateType"])
    operator = open_envelope(files[OPERATOR], OPERATOR, PAYLOAD_TYPE)[0]
    if kind == (STATEMENT, VERIFIED) and payload != operator:
        digests = [subject["digest"]["sha256"] for subject in statement["subject"]]
        _must(digests == [_sha256(operator)], "a statement of verification is about another bundle")
        _must(bool(statement["predicate"]["properties"]), "a statement of verification names no property")
        return
    _must(kind == (STATEMENT, VERDICTS), "the signed statement is of another type")
    subjects = [(subject["name"], subject["digest"]["sha256"]) for subject in statement["subject"]]
    _must(len(dict(subjects)) == len(subjects), "the signed statement names a file twice")
    outside = {(n, _sha256(c)) for n, c in files.items() if not n.startswith(("data/", "attestations/"))}
    _no("changed, added or removed after it was signed", (name for name, _ in sorted(set(subjects) ^ outside)))
    attempts, verdicts, profile = (records[name] for name in ("attempts", "verdicts", "profile"))
    provenances = Counter(device["provenance"] for device in records["bench"]["devices"].values())
    derived = {
        "conclusion": verdicts["conclusion"],
        "certificate": verdicts["certificate"],
        "counts": {word: verdicts["counts"][word] for word in WORDS},
        "profile": {**profile["profile"], "digest": profile["digest"]},
        "period": [attempts["attempts"][0]["begin"], attempts["attempts"][-1]["end"]],
        "provenance": {kind: provenances[kind] for kind in ("simulated", "replayed", "real")},
        "verdicts": {"sha256": _sha256(files["data/verdicts.json"])},
        "samples": {"sha256": _sha256(files[SAMPLES])},
    }
    stated = statement["predicate"]
    _no("stated otherwise than recorded", (key for key in derived if stated.get(key) != derived[key]))


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotValid(otherwise if len(otherwise) <= 400 else otherwise[:400] + "…")


def _no(what: str, found: Iterator[Any] | set[Any]) -> None:
    names = [str(one) for one in found]
    _must(not names, f"{what}: {', '.join(sorted(names)[:3])}")


def _cut(pack: bytes, at: int, length: int) -> bytes:
    _must(at + length <= len(pack), "the archive is cut short")
    return pack[at : at + length]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _base64(text: str) -> bytes:
    standard = text.replace("-", "+").replace("_", "/")
    content = base64.b64decode(standard, validate=True)
    _must(base64.b64encode(content).decode() == standard, "a base64 text has loose ends")
    return content


def _valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one sentence and what was not done; the exit code."""
    parser = argparse.ArgumentParser(prog="second_verifier", description=(__doc__ or "").split("\n\n")[1])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--trust", type=Path, metavar="PEM", help="certificates whose signatures you accept")
    options = parser.parse_args(arguments)
    try:
        roots = x509.load_pem_x509_certificates(options.trust.read_bytes()) if options.trust else None
    except (OSError, ValueError) as error:
        print(f"--trust {options.trust}: these are no certificates that can be read ({error}); give a PEM file.")
        return 2
    try:
        unknown = examine(options.bundle.read_bytes(), roots, datetime.now(UTC))
    except NotValid as fault:
        code, says = 1, f"NOT VALID: {fault}."
    except (NoBundle, OSError, ValueError) as error:
        code, says = 2, f"NOT A BUNDLE: {error}."
    else:
        code = 3 if unknown else 0
        says = f"NOT VOUCHED FOR: nothing was changed, and nobody vouches for {unknown}." if unknown else "VALID."
    print(f"{says}\nNot done: {NOT_DONE}.")
    return code


if __name__ == "__main__":
    sys.exit(main())
