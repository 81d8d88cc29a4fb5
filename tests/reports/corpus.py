"""Bundles good and hostile, made afresh from one small run, and what every verifier must say about each.

python -m tests.reports.corpus DIRECTORY      writes them all there, with the root certificate
"""

import io
import json
import struct
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from profiles.resolve import normative_digest
from profiles.waiver import Waiver
from reports.bundles.archive import read_archive, write_archive
from reports.bundles.content import EVENTS, SAMPLES, read_content
from reports.bundles.manifest import MANIFEST, bag_files, manifest_bytes, sha256
from reports.bundles.strict_json import compact, parse_object
from reports.evidence.journal import FIRST
from reports.judging.judge import judge_files
from reports.judging.waivers import WAIVER_TYPE
from reports.publication.checkpoint import Checkpoint, Proof, sign_checkpoint
from reports.publication.merkle import inclusion_proof, leaf_hash, root
from reports.publication.proof import LOG_PROOF, entry_of
from reports.sealing.certificates import YEAR, Signer, chain_pem, issue, self_signed, throwaway
from reports.sealing.envelope import countersign, read_envelope, sign
from reports.sealing.statement import write_statement
from tests.reports.sealed import NOW, ROOT, SIGNER, sealed_pack

Files = dict[str, bytes]
OPERATOR = "attestations/operator.dsse.json"
HTML = "reports/report.html"
VERDICTS, PLAN, PROFILE, BENCH, EQUIPMENT = (
    f"data/{name}.json" for name in ("verdicts", "plan", "profile", "bench", "equipment")
)


@dataclass(frozen=True, slots=True)
class Specimen:
    """One bundle: `good`, `hostile` (both verifiers refuse), or `recompute` (only judging again notices)."""

    kind: str
    name: str
    make: Callable[[], bytes]


@cache
def good() -> Files:
    """The files of the good bundle that all others are made from."""
    with tempfile.TemporaryDirectory() as folder:
        return read_archive(sealed_pack(Path(folder)))


def corpus() -> list[Specimen]:
    """Every specimen; the good ones first."""
    tables = (("good", GOOD), ("hostile", ZIPS), ("hostile", CONTENTS), ("recompute", RECOMPUTE))
    return [Specimen(kind, name, make) for kind, table in tables for name, make in table.items()]


def resealed(changes: Files, *, drop: str = "", signer: Signer = SIGNER) -> bytes:
    """A bundle whose data were changed by somebody who holds a key: manifest and signature are right again."""
    data = {n: c for n, c in {**good(), **changes}.items() if n.startswith("data/") and n != drop}
    files = {**data, **bag_files(data, "smoke-20261102-000000", "2026-11-02"), HTML: good()[HTML]}
    try:
        statement = write_statement(files, read_content(files))
    except Exception:  # data that nobody can read get the statement of the good bundle, with other digests
        payload = parse_object(read_envelope(good()[OPERATOR], OPERATOR).payload, "payload")
        for subject in payload["subject"]:
            subject["digest"]["sha256"] = sha256(files[subject["name"]])
        payload["predicate"]["verdicts"]["sha256"] = sha256(files.get(VERDICTS, b""))
        payload["predicate"]["samples"]["sha256"] = sha256(files.get(SAMPLES, b""))
        statement = compact(payload)
    return write_archive({**files, OPERATOR: sign(statement, signer).to_bytes()})


def edited(name: str, change: Callable[[Any], Any]) -> bytes:
    """Sealed again after `change` was done to the JSON document `name`."""
    document = json.loads(good()[name])
    change(document)
    return resealed({name: json.dumps(document, ensure_ascii=False).encode()})


def rewritten(name: str, old: bytes, new: bytes) -> bytes:
    """Sealed again after the first `old` in `name` became `new`."""
    if old not in good()[name]:
        raise ValueError(f"{name} holds no {old!r}")
    return resealed({name: good()[name].replace(old, new, 1)})


def journalled(change: Callable[[list[dict[str, Any]]], None], journal: bytes | None = None) -> Files:
    """The journal (of the good bundle if None) with changed events and its chain mended."""
    events = [json.loads(line) for line in (journal or good()[EVENTS]).splitlines()]
    change(events)
    previous, lines = FIRST, []
    for number, event in enumerate(events):
        line = compact({**event, "seq": number, "prev": previous})
        lines.append(line + b"\n")
        previous = sha256(line)
    return {EVENTS: b"".join(lines)}


def zipped(entries: list[tuple[str, bytes]], mode: int = 0o100644, method: int = zipfile.ZIP_STORED) -> bytes:
    """Whatever the standard library can be talked into writing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries:
            info = zipfile.ZipInfo("x")
            info.filename, info.external_attr, info.compress_type = name, mode << 16, method
            archive.writestr(info, content)
    return buffer.getvalue()


def beside(name: str, content: bytes = b"x", **choices: int) -> bytes:
    """The good files and one more entry."""
    return zipped([*good().items(), (name, content)], **choices)


def _pack() -> bytes:
    return write_archive(good())


def _patched(pack: bytes, at: int, new: bytes) -> bytes:
    return pack[:at] + new + pack[at + len(new) :]


def _central(pack: bytes) -> int:
    return struct.unpack("<I", pack[-6:-2])[0]


def _data_descriptor() -> bytes:
    """The first entry written as a stream: sizes follow its bytes instead of preceding them."""
    buffer = io.BytesIO()

    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            return buffer.write(data)

    with zipfile.ZipFile(Pipe(), "w") as archive:
        for name, content in good().items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _overlapping() -> bytes:
    """A second directory entry over the bytes of the first file."""
    pack = _pack()
    begin, end = _central(pack), len(pack) - 22
    length = 46 + struct.unpack("<H", pack[begin + 28 : begin + 30])[0]
    count = struct.unpack("<H", pack[-12:-10])[0] + 1
    directory = pack[begin:end] + pack[begin : begin + length]
    tail = struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), begin, 0)
    return pack[:begin] + directory + tail


def _quoted_local() -> bytes:
    """A stored file that holds another one's header and bytes, which the directory points to."""
    inner = zipped([("readme.txt", b"hidden")])
    local = inner[: _central(inner)]
    pack = zipped([*good().items(), ("data/outer.bin", local)])
    begin = _central(pack)
    entry = bytearray(inner[_central(inner) : -22])
    entry[42:46] = struct.pack("<I", pack.index(local))
    directory = pack[begin:-22] + bytes(entry)
    count = struct.unpack("<H", pack[-12:-10])[0] + 1
    return (
        pack[:begin] + directory + struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), begin, 0)
    )


def _lying_bomb() -> bytes:
    pack = beside("data/bomb", bytes(50 << 20), method=zipfile.ZIP_DEFLATED)
    local, central = pack.rindex(b"PK\x03\x04"), pack.rindex(b"PK\x01\x02")
    return _patched(_patched(pack, local + 22, struct.pack("<I", 100)), central + 24, struct.pack("<I", 100))


def _encrypted() -> bytes:
    pack = _pack()
    begin = _central(pack)
    return _patched(_patched(pack, 6, b"\x01"), begin + 8, b"\x01")


def _gap() -> bytes:
    pack = _pack()
    begin = _central(pack)
    return pack[:begin] + b"hidden" + pack[begin:-6] + struct.pack("<I", begin + 6) + pack[-2:]


def _commented() -> bytes:
    return _pack()[:-2] + struct.pack("<H", 5) + b"hello"


def _crc_collision_free_swap() -> bytes:
    """Bytes and checksum changed together, so that the zip itself is consistent."""
    return zipped([(n, c[:-1] + b" " if n == "data/plan.json" else c) for n, c in good().items()])


def _parquet(change: Callable[[pa.Table], pa.Table], **options: int) -> bytes:
    table = pq.read_table(pa.BufferReader(good()[SAMPLES]))
    sink = pa.BufferOutputStream()
    pq.write_table(change(table), sink, compression="zstd", store_schema=False, **options)
    return sink.getvalue().to_pybytes()


def _without_verdict(document: Any) -> None:
    del document["verdicts"][0]


def _first(field: str, value: Any) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        document["verdicts"][0][field] = value

    return change


def _empty_profile() -> bytes:
    profile = json.loads(good()[PROFILE])
    profile["requirements"], profile["texts"] = [], {}
    profile["digest"] = normative_digest(profile)
    plan, verdicts = json.loads(good()[PLAN]), json.loads(good()[VERDICTS])
    plan["items"], verdicts["verdicts"] = [], []
    verdicts |= {"counts": dict.fromkeys(verdicts["counts"], 0), "conclusion": "conformant"}

    def begin(events: list[dict[str, Any]]) -> None:
        events[0]["profile_digest"] = profile["digest"]

    changed = {PROFILE: profile, PLAN: plan, VERDICTS: verdicts}
    return resealed({**journalled(begin), **{name: json.dumps(d).encode() for name, d in changed.items()}})


def _all_not_applicable() -> bytes:
    def change(document: Any) -> None:
        for row in document["verdicts"]:
            row["verdict"] = "not-applicable"
        count = len(document["verdicts"])
        document["counts"] = {**dict.fromkeys(document["counts"], 0), "not-applicable": count}
        document["conclusion"] = "conformant"

    return edited(VERDICTS, change)


def _looser_limit() -> bytes:
    """A limit moved by whoever holds the key, with every digest mended except the verdicts."""
    profile = json.loads(good()[PROFILE])
    profile["requirements"][2]["limit"]["value"] = 30
    profile["digest"] = normative_digest(profile)

    def begin(events: list[dict[str, Any]]) -> None:
        events[0]["profile_digest"] = profile["digest"]

    return resealed({**journalled(begin), PROFILE: json.dumps(profile).encode()})


def _enveloped(change: Callable[[dict[str, Any]], None]) -> bytes:
    """The good bundle with the envelope's JSON changed."""
    document = json.loads(good()[OPERATOR])
    change(document)
    return write_archive({**good(), OPERATOR: json.dumps(document).encode()})


def _statement(change: Callable[[dict[str, Any]], None], kind: str = "application/vnd.in-toto+json") -> bytes:
    """The good bundle with another statement, signed by the right key."""
    payload = json.loads(read_envelope(good()[OPERATOR], OPERATOR).payload)
    change(payload)
    return write_archive({**good(), OPERATOR: sign(compact(payload), SIGNER, kind).to_bytes()})


def _swapped(document: dict[str, Any]) -> None:
    second = countersign(read_envelope(good()[OPERATOR], OPERATOR), throwaway("witness", NOW))
    signatures = json.loads(second.to_bytes())["signatures"]
    signatures[0]["sig"], signatures[1]["sig"] = signatures[1]["sig"], signatures[0]["sig"]
    document["signatures"] = signatures


def _foreign(signer: Signer) -> bytes:
    return resealed({}, signer=signer)


def _mended_manifest() -> bytes:
    files = {**good(), PLAN: good()[PLAN] + b" "}
    files[MANIFEST] = manifest_bytes({n: c for n, c in files.items() if n.startswith("data/")})
    return write_archive(files)


def _witnessed() -> bytes:
    envelope = countersign(read_envelope(good()[OPERATOR], OPERATOR), throwaway("witness", NOW))
    return write_archive({**good(), OPERATOR: envelope.to_bytes()})


def _nothing(value: Any) -> None:
    """Changes nothing."""


def _rejudged(changes: Files) -> bytes:
    """A bundle whose verdicts follow from the changed records, whatever they are."""
    data = {name: content for name, content in {**good(), **changes}.items() if name.startswith("data/")}
    verdicts = json.dumps(judge_files(data).document(), ensure_ascii=False).encode()
    return resealed({**changes, VERDICTS: verdicts})


def _stray_device() -> bytes:
    bench = json.loads(good()[BENCH])
    bench["devices"]["other-card"] = {**bench["devices"]["ups-1-card"], "equipment": "other"}
    return _rejudged({BENCH: json.dumps(bench).encode()})


def _covering(low: float, high: float) -> Files:
    """The bench, with a certificate that covers such readings of one phase."""
    bench = json.loads(good()[BENCH])
    points = {"voltage.l1": {"expanded": 0.05, "k": 2.0, "range": [low, high]}}
    bench["devices"]["meter-main-card"]["calibration"] |= {"points": points}
    return {BENCH: json.dumps(bench).encode()}


def _waived(days: int, *, claimed: bool = False, signer: Signer = SIGNER) -> bytes:
    """With a waiver for the air; `claimed` says so in a verdict although nothing failed."""
    reason = {"ko": "대기", "en": "Waiting."}
    waiver = Waiver("air", "CLG-AIR-001", (), "Operations", reason, NOW + timedelta(days=days))
    signed = {"data/waivers/air.dsse.json": sign(compact(waiver.record()), signer, WAIVER_TYPE).to_bytes()}
    if not claimed:
        return _rejudged(signed)
    verdicts = judge_files({**{n: c for n, c in good().items() if n.startswith("data/")}, **signed}).document()
    for row in verdicts["verdicts"]:
        row["waiver"] = "air" if row["requirement"] == "CLG-AIR-001" else None
    return resealed({**signed, VERDICTS: json.dumps(verdicts).encode()})


def _published(change: Callable[[Proof], Proof] = lambda proof: proof) -> bytes:
    """The good bundle as the second of three entries of a log."""
    log = self_signed("log", NOW, YEAR)
    entry = entry_of(read_envelope(good()[OPERATOR], OPERATOR).payload)
    leaves = [leaf_hash(e) for e in (bytes(32), entry, b"\1" * 32)]
    note = sign_checkpoint(Checkpoint("log.example", 3, root(leaves)), log.key)
    proof = change(Proof(1, tuple(inclusion_proof(leaves, 1)), note))
    return write_archive({**good(), LOG_PROOF: proof.text().encode()})


def _conditional(supply: float) -> bytes:
    """Judged by the non-binary rule, with a supply air whose U reaches across its limit."""
    with tempfile.TemporaryDirectory() as folder:
        return sealed_pack(Path(folder), supply=supply, rule="non-binary")


Table = dict[str, Callable[[], bytes]]

GOOD: Table = {
    "as written": _pack,
    "stored by the standard library": lambda: zipped([*good().items()]),
    "other order": lambda: zipped([*reversed(good().items())]),
    "deflated by the standard library": lambda: zipped([*good().items()], method=zipfile.ZIP_DEFLATED),
    "one more record with a Korean name": lambda: resealed({"data/calibration/교정.pdf": b"%PDF"}),
    "countersigned by a witness": _witnessed,
    "published in a log": _published,
    "a device of undeclared equipment, and so incomplete": _stray_device,
    "readings that a certificate covers": lambda: _rejudged(_covering(200, 240)),
    "readings that no certificate covers, and so inconclusive": lambda: _rejudged(_covering(100, 150)),
    "with a waiver that nothing needs": lambda: _waived(90),
    "with a waiver that has expired": lambda: _waived(-90),
    "conditional pass by the non-binary rule": lambda: _conditional(26.5),
    "conditional fail by the non-binary rule": lambda: _conditional(26.6),
    "unknown field in the envelope": lambda: _enveloped(lambda d: d.update(note="x")),
    "sealed again, unchanged": lambda: edited(BENCH, _nothing),
}

ZIPS: Table = {
    "zero bytes": lambda: b"",
    "empty zip": lambda: zipped([]),
    "noise": lambda: zlib.compress(b"noise") * 50,
    "a PDF": lambda: b"%PDF-1.7 " + bytes(500),
    "another zip": lambda: zipped([("readme.txt", b"hello")]),
    "zip slip": lambda: beside("../../etc/cron.d/evil"),
    "zip slip in the middle": lambda: beside("data/../../evil"),
    "absolute name": lambda: beside("/etc/passwd"),
    "drive name": lambda: beside("C:evil"),
    "backslash": lambda: beside("data\\evil"),
    "dot segment": lambda: beside("data/./plan.json"),
    "empty segment": lambda: beside("data//plan.json"),
    "folder entry": lambda: beside("data/folder/", b""),
    "non-NFC name": lambda: beside("data/\u1100\u1161.json"),
    "right-to-left override": lambda: beside("data/\u202efdp.exe"),
    "line feed in a name": lambda: beside("data/a\nb"),
    "name ends in a dot": lambda: beside("data/plan.json."),
    "name too long": lambda: beside("data/" + "a" * 300),
    "name twice": lambda: beside("data/plan.json", good()["data/plan.json"]),
    "case collision": lambda: beside("data/PLAN.json", good()["data/plan.json"]),
    "file and folder": lambda: beside("data/plan.json/x"),
    "symbolic link": lambda: beside("data/link", b"/etc/passwd", mode=0o120777),
    "bomb": lambda: beside("data/bomb", bytes(50 << 20), method=zipfile.ZIP_DEFLATED),
    "bomb that lies about its size": _lying_bomb,
    "too many files": lambda: zipped([(f"f{n}", b"") for n in range(10_001)]),
    "unknown method": lambda: zipped([*good().items()], method=zipfile.ZIP_BZIP2),
    "encrypted flag": _encrypted,
    "data descriptor": _data_descriptor,
    "overlapping entries": _overlapping,
    "entry quoted inside another": _quoted_local,
    "header and directory differ": lambda: _patched(_pack(), 30, b"X"),
    "bytes before": lambda: b"MZ" + _pack(),
    "bytes behind": lambda: _pack() + b"more",
    "bytes between": _gap,
    "second end record": lambda: _pack() + _pack()[-22:],
    "comment": _commented,
    "cut in half": lambda: _pack()[: len(_pack()) // 2],
    "cut by one byte": lambda: _pack()[:-1],
    "directory cut off": lambda: _pack()[: _central(_pack())],
    "changed with a right checksum": _crc_collision_free_swap,
}

CONTENTS: Table = {
    "NaN": lambda: rewritten(VERDICTS, b'"k": 2', b'"k": NaN'),
    "Infinity": lambda: rewritten(VERDICTS, b'"k": 2', b'"k": Infinity'),
    "1e999": lambda: rewritten(VERDICTS, b'"k": 2', b'"k": 1e999'),
    "2^53+1": lambda: rewritten(PLAN, b'"hazard": 0', b'"hazard": 9007199254740993'),
    "a million digits": lambda: rewritten(PLAN, b'"hazard": 0', b'"hazard": ' + b"9" * 1_000_000),
    "repeated key": lambda: rewritten(VERDICTS, b'"conclusion":', b'"conclusion": "conformant", "conclusion":'),
    "repeated key in the envelope": lambda: write_archive(
        {**good(), OPERATOR: b'{"payloadType":"text/plain",' + good()[OPERATOR][1:]}
    ),
    "nested too deeply": lambda: resealed({PLAN: b"[" * 100_000 + b"]" * 100_000}),
    "not UTF-8": lambda: resealed({PLAN: b"\xff\xfe"}),
    "byte order mark": lambda: resealed({PLAN: b"\xef\xbb\xbf" + good()[PLAN]}),
    "a list where an object belongs": lambda: resealed({VERDICTS: b"[]"}),
    "plan of nothing": lambda: resealed({PLAN: b"{}"}),
    "empty plan": lambda: edited(PLAN, lambda d: d.update(items=[])),
    "empty profile": _empty_profile,
    "empty journal": lambda: resealed({EVENTS: b""}),
    "every file empty": lambda: write_archive(dict.fromkeys(good(), b"")),
    "nothing applicable, yet conformant": _all_not_applicable,
    "verdict removed": lambda: edited(VERDICTS, _without_verdict),
    "verdict twice": lambda: edited(VERDICTS, lambda d: d["verdicts"].append(d["verdicts"][0])),
    "verdict invented": lambda: edited(VERDICTS, _first("requirement", "PWR-UPS-999")),
    "pass without a value": lambda: edited(VERDICTS, _first("value", None)),
    "a pass that is conditional": lambda: edited(VERDICTS, _first("conditional", "fail")),
    "a word nobody knows": lambda: edited(VERDICTS, _first("verdict", "excellent")),
    "fail turned into pass in the counts": lambda: edited(VERDICTS, lambda d: d["counts"].update({"pass": 9})),
    "conclusion improved": lambda: edited(VERDICTS, lambda d: d.update(conclusion="conformant-with-waivers")),
    "claims to be a certificate": lambda: edited(VERDICTS, lambda d: d.update(certificate=True)),
    "waived by a stranger": lambda: _waived(90, signer=throwaway("stranger", NOW)),
    "waived by a waiver that has expired": lambda: _waived(-90, claimed=True),
    "waiver that is no envelope": lambda: resealed({"data/waivers/air.dsse.json": b"{}"}),
    "waived by nobody": lambda: edited(VERDICTS, _first("waiver", "invisible")),
    "requirement removed from the plan": lambda: edited(PLAN, lambda d: d["items"].pop(0)),
    "equipment removed from the plan": lambda: edited(
        PLAN, lambda d: d.update(items=[i for i in d["items"] if i["equipment"] != "crac-1"])
    ),
    "journal line removed": lambda: resealed({EVENTS: b"".join(good()[EVENTS].splitlines(True)[:2])}),
    "journal line changed": lambda: rewritten(EVENTS, b'"status":"started"', b'"status":"completed"'),
    "journal not closed": lambda: resealed(journalled(lambda events: events.pop())),
    "profile of another run": lambda: resealed(journalled(lambda e: e[0].update(profile_digest="sha256:0"))),
    "samples missing": lambda: resealed({}, drop=SAMPLES),
    "report edited": lambda: write_archive({**good(), HTML: good()[HTML].replace("부적합".encode(), "적합".encode())}),
    "report added": lambda: write_archive({**good(), "reports/other.pdf": b"%PDF"}),
    "file nobody signed": lambda: write_archive({**good(), "readme.txt": b"trust me"}),
    "attestation of an unknown kind": lambda: write_archive({**good(), "attestations/note.txt": b"trust me"}),
    "proof of another entry": lambda: _published(lambda p: replace(p, index=0)),
    "proof cut short": lambda: _published(lambda p: replace(p, siblings=p.siblings[1:])),
    "proof with one step more": lambda: _published(lambda p: replace(p, siblings=(*p.siblings, bytes(32)))),
    "proof beyond the end of the log": lambda: _published(lambda p: replace(p, index=3)),
    "proof of another root": lambda: _published(
        lambda p: replace(p, note=sign_checkpoint(Checkpoint("log.example", 3, bytes(32)), SIGNER.key))
    ),
    "proof that is none": lambda: write_archive({**good(), LOG_PROOF: b"index 0\n"}),
    "record outside the manifest": lambda: write_archive({**good(), "data/extra.json": b"{}"}),
    "manifest mended, signature not": _mended_manifest,
    "format of the future": lambda: write_archive(
        {**good(), "bag-info.txt": good()["bag-info.txt"].replace(b"microdc-bundle/", b"microdc-bundle/9")}
    ),
    "no signature": lambda: _enveloped(lambda d: d.update(signatures=[])),
    "signature of no certificate": lambda: _enveloped(lambda d: d["signatures"][0].update(cert=[])),
    "signature swapped": lambda: _enveloped(_swapped),
    "key id of another": lambda: _enveloped(lambda d: d["signatures"][0].update(keyid="0" * 64)),
    "base64 with loose ends": lambda: _enveloped(lambda d: d.update(payload=d["payload"] + "=")),
    "wrong payload type": lambda: _statement(_nothing, "text/plain"),
    "statement of another type": lambda: _statement(lambda d: d.update(predicateType="https://example.com/v1")),
    "statement that promises more": lambda: _statement(lambda d: d["predicate"].update(certificate=True)),
    "statement that leaves a file out": lambda: _statement(lambda d: d["subject"].pop()),
    "statement about another file": lambda: _statement(lambda d: d["subject"][0].update(name="x.txt")),
    "foreign key": lambda: _foreign(throwaway("stranger", NOW)),
    "foreign key with the signer's name": lambda: _foreign(self_signed("시험소", NOW, YEAR)),
    "issued by the signer instead of the root": lambda: _foreign(_issued_by_leaf()),
    "certificate expired": lambda: _foreign(issue(ROOT, "old", NOW - 2 * YEAR, YEAR)),
    "certificate not yet valid": lambda: _foreign(issue(ROOT, "early", NOW + YEAR, YEAR)),
}

RECOMPUTE: Table = {
    "a pass that claims to be waived": lambda: _waived(90, claimed=True),
    "value changed": lambda: edited(VERDICTS, _first("value", 219.9)),
    "uncertainty halved": lambda: edited(VERDICTS, _first("uncertainty", 0.01)),
    "reason reworded": lambda: edited(VERDICTS, _first("reason", {"ko": "좋음", "en": "Fine."})),
    "limit loosened and every digest mended": _looser_limit,
    "accuracy improved": lambda: resealed({BENCH: good()[BENCH].replace(b": 0.005", b": 0.0005")}),
    "calibration due earlier": lambda: rewritten(BENCH, b'"2027-03-01"', b'"2020-03-01"'),
    "certified range narrowed": lambda: resealed(_covering(100, 150)),
    "equipment removed": lambda: edited(EQUIPMENT, lambda d: d["equipment"].pop("crac-1")),
    "device removed": lambda: edited(BENCH, lambda d: d["devices"].pop("crac-1-card")),
    "attempt hidden": lambda: edited("data/attempts.json", lambda d: d["attempts"][0].update(procedures=[])),
    "samples truncated": lambda: resealed({SAMPLES: good()[SAMPLES][:-100]}),
    "samples of zero bytes": lambda: resealed({SAMPLES: b""}),
    "samples are noise": lambda: resealed({SAMPLES: b"PAR1" + bytes(500) + b"PAR1"}),
    "samples with another column": lambda: resealed(
        {SAMPLES: _parquet(lambda t: t.append_column("note", pa.array([""] * len(t))))}
    ),
    "samples without a column": lambda: resealed({SAMPLES: _parquet(lambda t: t.drop_columns(["raw"]))}),
    "samples that unpack to very much": lambda: resealed(
        {SAMPLES: _parquet(lambda t: t.take(pa.array([0] * 1_100_000)), row_group_size=2_000_000)}
    ),
    "samples of no rows": lambda: resealed({SAMPLES: _parquet(lambda t: t.slice(0, 0))}),
    "one sample left out": lambda: resealed({SAMPLES: _parquet(lambda t: t.slice(1))}),
    "samples in another order": lambda: resealed({SAMPLES: _parquet(lambda t: t.sort_by([("t", "descending")]))}),
}


def _issued_by_leaf() -> Signer:
    return issue(SIGNER, "below a leaf", NOW, YEAR)


def main(folder: Path) -> None:
    """Write every specimen, and the root that the good ones chain to."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.pem").write_bytes(chain_pem(ROOT.chain))
    for specimen in corpus():
        (folder / f"{specimen.kind} - {specimen.name}.zip").write_bytes(specimen.make())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
