"""Opening a bundle to show it: only what is still what its signers sealed.

    files = open_sealed(Path("smoke.zip"))

Whether its verdicts follow from its evidence, and who vouches for the signers, is what `verify` finds out.
"""

from datetime import UTC, datetime
from pathlib import Path

from profiles.refusal import Refusal
from reports.bundles.archive import read_pack
from reports.sealing.trust import Trust
from reports.verifying.case import Case, Fault
from reports.verifying.verify import STEPS


def open_sealed(path: Path) -> dict[str, bytes]:
    """The files of the bundle at `path`; Refusal if it is none, or if anything was changed after it was signed."""
    case = Case(read_pack(path), Trust(None), datetime.now(UTC), name=str(path))
    for _, check, seals in STEPS:
        if not seals:
            continue
        try:
            check(case)
        except Fault as fault:
            what = f"it is not what was signed ({fault.says[0].en.rstrip('.')})"
            raise Refusal(str(path), what, "see `conformance verify`, and ask the issuer for it") from fault
    return case.files
