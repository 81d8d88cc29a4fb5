"""Statistics of the certificates that devices show."""

from collections.abc import Mapping
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from reports.evidence.evidence import NS
from reports.judging.reasons import doubtful
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope

DAY = 86_400
STRENGTHS = ((1024, 80), (2048, 112), (3072, 128), (7680, 192), (15360, 256))


@measurand("certificate-life")
def certificate_life(scope: Scope, *, question: str = "tls-certificate") -> Value:
    """y = min ⌊(end of validity - time of the answer) / 86 400 s⌋ in d, over the certificates shown."""
    return Value(float(min(_days_left(answer) for answer in scope.answers(question))), "d")


@measurand("certificate-strength")
def certificate_strength(scope: Scope, *, question: str = "tls-certificate") -> Value:
    """y = min s in bit over the keys of the certificates shown, s the strength of a symmetric key that is as hard
    to break (NIST SP 800-57 part 1, table 2).

    Half its size for a key on an elliptic curve; 80, 112, 128, 192 or 256 for RSA and DSA from 1024, 2048,
    3072, 7680 or 15360 bits on, else 0.
    """
    keys = [_certificate(answer).public_key() for answer in scope.answers(question)]
    return Value(float(min(map(_strength, keys))), "bit")


def _strength(key: object) -> int:
    match key:
        case ec.EllipticCurvePublicKey():
            return key.key_size // 2
        case ed25519.Ed25519PublicKey():
            return 128
        case ed448.Ed448PublicKey():
            return 224
        case rsa.RSAPublicKey() | dsa.DSAPublicKey():
            return max((bits for size, bits in STRENGTHS if key.key_size >= size), default=0)
    return 0


def _days_left(answer: Mapping[str, Any]) -> int:
    return (int(_certificate(answer).not_valid_after_utc.timestamp()) - int(answer["t"]) // NS) // DAY


def _certificate(answer: Mapping[str, Any]) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(str(answer["content"]["pem"]).encode())
    except (KeyError, ValueError) as error:
        raise doubtful("bad-certificate", device=answer["device"]) from error
