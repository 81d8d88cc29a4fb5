"""Statistics of the certificates that devices show."""

from collections.abc import Mapping
from typing import Any

from cryptography import x509

from reports.evidence.evidence import NS
from reports.judging.reasons import doubtful
from reports.measurands.registry import Value, measurand
from reports.measurands.scope import Scope

DAY = 86_400


@measurand("certificate-life")
def certificate_life(scope: Scope, *, question: str = "tls-certificate") -> Value:
    """y = min ⌊(end of validity - time of the answer) / 86 400 s⌋ in d, over the certificates shown."""
    return Value(float(min(_days_left(answer) for answer in scope.answers(question))), "d")


def _days_left(answer: Mapping[str, Any]) -> int:
    try:
        certificate = x509.load_pem_x509_certificate(str(answer["content"]["pem"]).encode())
    except (KeyError, ValueError) as error:
        raise doubtful("bad-certificate", device=answer["device"]) from error
    return (int(certificate.not_valid_after_utc.timestamp()) - int(answer["t"]) // NS) // DAY
