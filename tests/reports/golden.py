"""One small bundle of each format ever written, kept for good.

    python -m tests.reports.golden      writes the one of the current format; never those of earlier ones

Format 1 was written by the code of its time, and its golden bundle can never be written again.
"""

import tempfile
from pathlib import Path

from reports.bundles.archive import read_archive, write_archive
from reports.bundles.formats import FORMATS
from reports.sealing.certificates import chain_pem
from tests.reports.sealed import ROOT, sealed_pack

FOLDER = Path(__file__).parent / "bundles"


def bundle(number: int) -> Path:
    """The bundle of format `number`; the root it chains to lies beside it."""
    return FOLDER / f"format-{number}.zip"


def main() -> None:
    path = bundle(len(FORMATS))
    with tempfile.TemporaryDirectory() as folder:
        path.write_bytes(write_archive(read_archive(sealed_pack(Path(folder)))))
    path.with_suffix(".pem").write_bytes(chain_pem(ROOT.chain))


if __name__ == "__main__":
    main()
