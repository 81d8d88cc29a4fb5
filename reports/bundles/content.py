"""What stands under `data/`, parsed once for everybody who only wants to read it.

content = read_content(files)
content.conclusion, content.counts["fail"], content.simulated
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from profiles.refusal import Refusal
from reports.bundles.strict_json import parse_object

VERDICTS = ("pass", "fail", "inconclusive", "not-tested", "not-applicable")
DOCUMENTS = ("profile", "plan", "equipment", "bench", "verdicts", "attempts")
EVENTS = "data/events.ndjson"
SAMPLES = "data/samples/samples.parquet"
REQUIRED = (*(f"data/{name}.json" for name in DOCUMENTS), EVENTS, SAMPLES)

Document = Mapping[str, Any]

MALFORMED = (AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError)
"""What arises where a stranger's document lacks or distorts something: a finding, never a crash."""


@dataclass(frozen=True, slots=True)
class Content:
    """The JSON documents of a bundle, as they stand there."""

    profile: Document
    plan: Document
    equipment: Document
    bench: Document
    verdicts: Document
    attempts: Document

    @property
    def conclusion(self) -> str:
        return str(self.verdicts["conclusion"])

    @property
    def rows(self) -> list[Document]:
        """One document per verdict."""
        return list(self.verdicts["verdicts"])

    @property
    def counts(self) -> dict[str, int]:
        """How often each verdict word stands in the table; every word, also with 0."""
        words = [row["verdict"] for row in self.rows]
        return {word: words.count(word) for word in VERDICTS}

    @property
    def certificate(self) -> bool:
        """Conformant by real devices only."""
        return bool(self.verdicts["certificate"]) and not self.simulated

    @property
    def evaluator(self) -> str:
        """Name and version of the program that judged."""
        return str(self.attempts["attempts"][-1]["evaluator"])

    @property
    def period(self) -> tuple[str, str]:
        """Begin of the first and end of the last attempt, ISO 8601 UTC; the end is "" if it never ended."""
        attempts = self.attempts["attempts"]
        return str(attempts[0]["begin"]), str(attempts[-1]["end"] or "")

    @property
    def provenance(self) -> dict[str, int]:
        """How many devices were simulated, replayed and real."""
        kinds = [device["provenance"] for device in self.bench["devices"].values()]
        return {kind: kinds.count(kind) for kind in ("simulated", "replayed", "real")}

    @property
    def simulated(self) -> bool:
        """Whether any device was not a real one: such a result is never a certificate."""
        return self.provenance["real"] < len(self.bench["devices"])


def read_content(files: Mapping[str, bytes]) -> Content:
    """The documents; Refusal if one is missing, is not strict JSON or has not the keys that are read here."""
    missing = [name for name in REQUIRED if name not in files]
    if missing:
        raise Refusal(missing[0], "it is not in the bundle", "ask the issuer for the complete bundle")
    content = Content(*(parse_object(files[f"data/{name}.json"], f"data/{name}.json") for name in DOCUMENTS))
    try:
        _ = content.conclusion, content.counts, content.provenance, content.period, content.evaluator
        _ = content.certificate, content.profile["digest"], content.plan["items"]
    except MALFORMED as error:
        remedy = "ask the issuer for the untouched bundle"
        raise Refusal("data/", f"a document lacks what it must have ({error})", remedy) from error
    return content
