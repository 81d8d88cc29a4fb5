"""A time-stamping authority of our own: `openssl ts` in a folder.

tsa = Authority(tmp_path)        tsa.answer(request) -> RFC 3161 answer; tsa.roots
"""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from reports.sealing.certificates import YEAR, Signer, authority, chain_pem, in_memory, key_pem

OPENSSL = shutil.which("openssl") is not None

CONFIG = """
[tsa]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """Its root, its certificate for time stamping, and its answers at the present time."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC)
        self.folder, self.root = folder, authority("시점 확인 최상위", now, YEAR)
        self.signer = _stamping(self.root, now)
        (folder / "tsa.pem").write_bytes(chain_pem(self.signer.chain[:1]))
        (folder / "root.pem").write_bytes(chain_pem(self.root.chain))
        (folder / "tsa.key").write_bytes(key_pem(self.signer))
        (folder / "serial").write_text("01\n")
        (folder / "ts.cnf").write_text(CONFIG.format(folder=folder))

    @property
    def roots(self) -> tuple[x509.Certificate, ...]:
        return self.root.chain

    def answer(self, request: bytes) -> bytes:
        (self.folder / "q.tsq").write_bytes(request)
        places = ["-config", f"{self.folder}/ts.cnf", "-section", "tsa", "-queryfile", f"{self.folder}/q.tsq"]
        command = ["openssl", "ts", "-reply", *places, "-out", f"{self.folder}/a.tsr"]
        subprocess.run(command, check=True, capture_output=True)
        return (self.folder / "a.tsr").read_bytes()


def _stamping(root: Signer, now: datetime) -> Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    unused = ["key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"]
    flags = dict.fromkeys([*unused, "encipher_only", "decipher_only"], False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "시점 확인 기관")]))
        .issuer_name(root.chain[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=300))
        .add_extension(x509.KeyUsage(**flags, digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(in_memory(root).public_key()), critical=False)
        .sign(in_memory(root), hashes.SHA256())
    )
    return Signer(key, (certificate, *root.chain))
