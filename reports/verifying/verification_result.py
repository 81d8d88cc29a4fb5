"""An auditor's own statement: "I verified this bundle, and this is what held" (in-toto SVR v0.1).

Its subject is the digest of the payload that the operator signed, not of the envelope: later signatures change the
envelope's file and not its payload. The form knows no failure, so it is only made of a bundle that is valid.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from reports.bundles.manifest import sha256
from reports.bundles.strict_json import compact

SVR_TYPE = "https://in-toto.io/attestation/svr/v0.1"
SUBJECT = "attestations/operator.dsse.json#payload"
_PROPERTY = "MICRODC_CONFORMANCE_{}_GOOD"


def write_result(
    payload: bytes, steps: Sequence[str], verifier: str, now: datetime, policy: bytes | None = None
) -> bytes:
    """The statement over `payload`: the names of the steps that were good, who looked, and by which policy file."""
    who: dict[str, Any] = {"id": verifier}
    if policy is not None:
        who["policy"] = {"digest": {"sha256": sha256(policy)}}
    return compact(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": SUBJECT, "digest": {"sha256": sha256(payload)}}],
            "predicateType": SVR_TYPE,
            "predicate": {
                "verifier": who,
                "timeCreated": f"{now:%Y-%m-%dT%H:%M:%SZ}",
                "properties": [_PROPERTY.format(step.upper()) for step in steps],
            },
        }
    )


def result_fault(document: dict[str, Any], payload: bytes) -> str | None:
    """Why the statement says nothing about `payload`; None if it does. KeyError or TypeError if it is malformed."""
    digests = [subject["digest"]["sha256"] for subject in document["subject"]]
    if digests != [sha256(payload)]:
        return "it is about another bundle"
    predicate = document["predicate"]
    properties = predicate["properties"]
    if not isinstance(properties, list) or not properties or not isinstance(predicate["verifier"]["id"], str):
        return "it names no verifier or no property"
    return None
