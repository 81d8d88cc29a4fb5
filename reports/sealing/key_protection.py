"""A private key under a passphrase: PKCS#8 with PBES2, scrypt and AES-256-CBC (RFC 5958, 8018, 7914).

The library's own writer stretches a passphrase with 2,048 PBKDF2 rounds only, so the few bytes of DER around
scrypt are written here; OpenSSL and the library read the result.
"""

import base64
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_PBES2 = bytes.fromhex("06092a864886f70d01050d")
_SCRYPT = bytes.fromhex("06092b06010401da47040b")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")
_COST, _BLOCK, _LANES = 2**14, 8, 1
"""16 MiB per guess: the most that OpenSSL computes without being told to."""


def protected_pem(key: ec.EllipticCurvePrivateKey, passphrase: bytes) -> bytes:
    """The key as `ENCRYPTED PRIVATE KEY` in PEM."""
    salt, iv = os.urandom(16), os.urandom(16)
    secret = Scrypt(salt, 32, _COST, _BLOCK, _LANES).derive(passphrase)
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    padder = PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    stretching = _sequence(_octets(salt), *(_integer(n) for n in (_COST, _BLOCK, _LANES)))
    scheme = _sequence(_sequence(_SCRYPT, stretching), _sequence(_AES_256_CBC, _octets(iv)))
    document = _sequence(_sequence(_PBES2, scheme), _octets(sealed))
    text = base64.encodebytes(document).replace(b"\n", b"")
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    frame = b"-----%b ENCRYPTED PRIVATE KEY-----"
    return b"\n".join([frame % b"BEGIN", *lines, frame % b"END"]) + b"\n"


def _sequence(*parts: bytes) -> bytes:
    return _tagged(0x30, b"".join(parts))


def _octets(content: bytes) -> bytes:
    return _tagged(0x04, content)


def _integer(value: int) -> bytes:
    return _tagged(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
