"""A bundle may hold any number of samples: the memory that verification needs grows with the file, not with them."""

from pathlib import Path

import pytest

from tests.benchmarks.verification import verification, write_bundle

MILLION = 1_000_000


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_memory_grows_by_no_more_than_the_file_does(tmp_path: Path) -> None:
    peaks, sizes = [], []
    for millions in (4, 16):
        folder = tmp_path / str(millions)
        folder.mkdir()
        bundle = write_bundle(folder, millions * MILLION // 100)
        sizes.append(bundle.stat().st_size / 2**20)
        peaks.append(verification(bundle)[2])
        bundle.unlink()
    # The mapped archive and one copy of the packed samples; what is decoded is a few row groups either way.
    assert peaks[1] - peaks[0] < 2 * (sizes[1] - sizes[0]) + 100, (peaks, sizes)
