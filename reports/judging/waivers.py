"""Waivers in a bundle: signed by who answers for them, checked for necessity, and never out of sight.

waivers = read_waivers(files)                       data/waivers/NAME.dsse.json
verdicts = excused(verdicts, waivers, at)           each failure that one of them covers carries its name
register(verdicts, waivers, at)                     what was used, unnecessary, expired or unknown
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509

from profiles.refusal import Refusal
from profiles.waiver import Waiver, load_waiver
from reports.bundles.content import MALFORMED
from reports.bundles.strict_json import compact, parse_object
from reports.judging.verdict import Verdict, Word
from reports.sealing.certificates import Signer, fingerprint, subject_name
from reports.sealing.envelope import check_signature, read_envelope, sign

WAIVER_TYPE = "application/vnd.microdc.waiver+json"
FOLDER = "data/waivers/"
_REMEDY = "give what `conformance waivers sign` wrote"


@dataclass(frozen=True, slots=True)
class SignedWaiver:
    """A waiver and the certificate chains of those who signed it."""

    waiver: Waiver
    chains: tuple[tuple[x509.Certificate, ...], ...]

    def record(self) -> dict[str, Any]:
        signers = [{"name": subject_name(c[0]), "fingerprint": fingerprint(c[0])} for c in self.chains]
        return {**self.waiver.record(), "signers": signers}


def sign_waiver(path: Path, signer: Signer) -> bytes:
    """The waiver in a YAML file as a signed document; Refusal if the file is no waiver."""
    return sign(compact(load_waiver(path).record()), signer, WAIVER_TYPE).to_bytes()


def open_waiver(data: bytes, where: str) -> SignedWaiver:
    """A signed waiver; Refusal if it is none, or if any of its signatures is wrong."""
    envelope = read_envelope(data, where)
    if envelope.payload_type != WAIVER_TYPE:
        raise Refusal(where, f"it signs another kind of content ({envelope.payload_type})", _REMEDY)
    try:
        chains = tuple(check_signature(envelope, signature) for signature in envelope.signatures)
        return SignedWaiver(Waiver.from_record(parse_object(envelope.payload, where)), chains)
    except MALFORMED as error:
        raise Refusal(where, f"it is not a signed waiver ({error})", _REMEDY) from error


def load_signed(path: Path) -> tuple[SignedWaiver, bytes]:
    """A signed waiver from a file, and its bytes."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Refusal(str(path), f"it cannot be read ({error.strerror})", _REMEDY) from error
    if not data.lstrip().startswith(b"{"):
        raise Refusal(str(path), "it is not a signed waiver", _REMEDY)
    return open_waiver(data, str(path)), data


def read_waivers(files: Mapping[str, bytes]) -> tuple[SignedWaiver, ...]:
    """Every waiver of a bundle by its name; Refusal if one is not right or two have the same name."""
    found = [open_waiver(files[name], name) for name in sorted(files) if name.startswith(FOLDER)]
    names = [signed.waiver.name for signed in found]
    if len(set(names)) != len(names):
        raise Refusal(FOLDER, "two waivers have the same name", "give each a name of its own")
    return tuple(found)


def check_waiver(waiver: Waiver, items: Sequence[tuple[str, str | None]], at: datetime, where: str) -> None:
    """Refusal if the waiver has expired at `at`, or covers none of the planned `items`."""
    if at >= waiver.expires:
        raise Refusal(where, f"it expired on {waiver.expires:%Y-%m-%d %H:%M} UTC", "ask its owner for a new one")
    if not any(waiver.names(*item) for item in items):
        what = f"this campaign does not judge {waiver.requirement} on what it covers"
        raise Refusal(where, what, "leave it out, or correct its requirement and equipment")


def deselecting(waivers: Sequence[SignedWaiver], item: tuple[str, str | None], at: datetime) -> Waiver | None:
    """The waiver that takes the item out of the campaign, if there is one."""
    taken = (s.waiver for s in waivers if s.waiver.effect == "deselect" and s.waiver.covers(*item, at))
    return next(taken, None)


def excused(verdicts: Sequence[Verdict], waivers: Sequence[SignedWaiver], at: datetime) -> list[Verdict]:
    """The same verdicts; a failure carries the name of the waiver that covers it. No verdict changes its word."""
    return [_excused(verdict, waivers, at) for verdict in verdicts]


def register(verdicts: Sequence[Verdict], waivers: Sequence[SignedWaiver], at: datetime) -> list[dict[str, Any]]:
    """Every waiver with what became of it: `used`, `unnecessary`, `expired`, or `unknown` to this campaign."""
    return [{**signed.record(), "status": _status(signed.waiver, verdicts, at)} for signed in waivers]


def _excused(verdict: Verdict, waivers: Sequence[SignedWaiver], at: datetime) -> Verdict:
    if verdict.verdict is not Word.FAIL:
        return verdict
    covering = (s.waiver.name for s in waivers if s.waiver.effect == "may-fail" and s.waiver.covers(*verdict.key, at))
    return replace(verdict, waiver=next(covering, None))


def _status(waiver: Waiver, verdicts: Sequence[Verdict], at: datetime) -> str:
    if not any(waiver.names(*verdict.key) for verdict in verdicts):
        return "unknown"
    if at >= waiver.expires:
        return "expired"
    return "used" if any(verdict.waiver == waiver.name for verdict in verdicts) else "unnecessary"
