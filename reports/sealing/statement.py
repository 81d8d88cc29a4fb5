"""The statement that is signed: which files exist, and what they conclude (in-toto Statement v1).

Subjects are the manifest (and through it everything under `data/`), the tag files and every rendering, so that
no file of a bundle is uncovered. The predicate repeats the result for readers that open nothing else.
"""

from collections.abc import Mapping
from typing import Any

from reports.bundles.content import SAMPLES, Content
from reports.bundles.manifest import sha256
from reports.bundles.strict_json import compact, parse_object
from reports.verifying.verification_result import SVR_TYPE

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://microdc-conformance.example/verdicts/v1"


def covered(name: str) -> bool:
    """Whether a statement names the file itself: neither payload (the manifest does) nor attestation."""
    return not name.startswith(("data/", "attestations/"))


def write_statement(files: Mapping[str, bytes], content: Content) -> bytes:
    """The statement over `files` (payload, tag files and renderings) as it will be signed."""
    subjects = [{"digest": {"sha256": sha256(files[name])}, "name": name} for name in sorted(files) if covered(name)]
    document = {
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate(files, content),
    }
    return compact(document)


def predicate(files: Mapping[str, bytes], content: Content) -> dict[str, Any]:
    """The result in short; every entry can be derived again from `data/`."""
    return {
        "conclusion": content.conclusion,
        "certificate": content.certificate,
        "counts": content.counts,
        "profile": {**content.profile["profile"], "digest": content.profile["digest"]},
        "period": list(content.period),
        "provenance": content.provenance,
        "evaluator": content.evaluator,
        "verdicts": {"sha256": sha256(files["data/verdicts.json"])},
        "samples": {"sha256": sha256(files[SAMPLES])},
        "time": "untimed",
    }


def read_statement(payload: bytes) -> dict[str, Any]:
    """The statement; ValueError if it is of another type, or names a subject twice. Refusal if not JSON."""
    document = parse_object(payload, "statement")
    if document.get("_type") != STATEMENT_TYPE or document.get("predicateType") not in (PREDICATE_TYPE, SVR_TYPE):
        raise ValueError("it is a statement of another type")
    names = [subject["name"] for subject in document["subject"]]
    if len(set(names)) != len(names):
        raise ValueError("it names a subject twice")
    return document
