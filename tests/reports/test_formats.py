"""Bundles of every format ever written keep verifying, by both verifiers."""

from datetime import timedelta

import pytest
from cryptography import x509

from reports.bundles.archive import open_archive, write_archive
from reports.bundles.formats import FORMAT, FORMATS
from reports.bundles.manifest import INFO
from reports.second_verifier import FORMATS as KNOWN_TO_THE_OTHER
from reports.second_verifier import NotValid, examine
from reports.verifying.verify import verify
from tests.reports.golden import bundle
from tests.reports.sealed import NOW

AT = NOW + timedelta(days=1)
NUMBERS = range(1, len(FORMATS) + 1)


@pytest.mark.parametrize("number", NUMBERS)
def test_it_still_verifies(number: int) -> None:
    path = bundle(number)
    roots = x509.load_pem_x509_certificates(path.with_suffix(".pem").read_bytes())
    verification = verify(path.read_bytes(), roots, AT)
    assert verification.exit_code == 0, verification.text()
    assert f"microdc-bundle/{number}" in verification.steps[1].says[0].en
    assert examine(path.read_bytes(), roots, AT) is None


def test_there_is_one_for_each_format_and_both_verifiers_know_them_all() -> None:
    assert FORMATS == tuple(f"microdc-bundle/{number}" for number in NUMBERS) == KNOWN_TO_THE_OTHER
    assert FORMATS[-1] == FORMAT and all(bundle(number).is_file() for number in NUMBERS)


def test_a_bundle_cannot_be_passed_off_as_one_of_another_format() -> None:
    path = bundle(1)
    roots = x509.load_pem_x509_certificates(path.with_suffix(".pem").read_bytes())
    files = open_archive(path)
    for number in (2, 3):
        changed = write_archive({**files, INFO: files[INFO].replace(b"bundle/1", b"bundle/%d" % number)})
        assert verify(changed, roots, AT).exit_code == 1
        with pytest.raises(NotValid):
            examine(changed, roots, AT)
