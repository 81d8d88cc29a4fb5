"""Certificates follow from the seed; a fault lets old versions of TLS in."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from simulators.servers.tls import AGE, LIFE, Authority

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def authority(seed: int = 0) -> Authority:
    return Authority.create(seed, EPOCH)


def shake(server: ssl.SSLContext, client: ssl.SSLContext) -> tuple[str | None, bytes]:
    """A handshake in memory: the version agreed on and the server's certificate."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname="127.0.0.1")
    far = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (near, far):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    certificate = near.getpeercert(binary_form=True)
    assert certificate is not None
    return near.version(), certificate


def trusting(root: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=root.pem.decode())


def only(version: ssl.TLSVersion) -> ssl.SSLContext:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("ALL:@SECLEVEL=0")
    client.minimum_version = client.maximum_version = version
    return client


def test_a_client_that_knows_the_authority_trusts_the_server_by_its_address() -> None:
    root = authority()
    version, _ = shake(root.context("bmc-1"), trusting(root))
    assert version == "TLSv1.3"


def test_a_client_of_another_container_does_not() -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(authority(0).context("bmc-1"), trusting(authority(1)))


def test_the_same_seed_gives_the_same_certificates_and_another_seed_others() -> None:
    def certificate(seed: int, server: str) -> bytes:
        root = authority(seed)
        return shake(root.context(server), trusting(root))[1]

    assert certificate(0, "bmc-1") == certificate(0, "bmc-1")
    assert len({certificate(0, "bmc-1"), certificate(0, "bmc-2"), certificate(1, "bmc-1")}) == 3
    assert authority().pem == authority().pem


def test_validity_is_in_plant_time() -> None:
    root = authority()
    server = x509.load_der_x509_certificate(shake(root.context("bmc-1"), trusting(root))[1])
    assert (server.not_valid_before_utc, server.not_valid_after_utc) == (EPOCH - AGE, EPOCH + LIFE)


def test_an_expiring_certificate_ends_when_it_is_told_to() -> None:
    root = authority()
    _, certificate = shake(root.context("bmc-1", days=10), only(ssl.TLSVersion.TLSv1_3))
    end = x509.load_der_x509_certificate(certificate).not_valid_after_utc
    assert end == EPOCH + timedelta(days=10)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.*deprecated")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_are_refused_unless_the_fault_lets_them_in(version: ssl.TLSVersion) -> None:
    root = authority()
    with pytest.raises(ssl.SSLError):
        shake(root.context("bmc-1"), only(version))
    agreed, _ = shake(root.context("bmc-1", old=True), only(version))
    assert agreed in ("TLSv1", "TLSv1.1")
