"""Modbus/TCP Security: TLS on both sides, and the client's role from its certificate.

The role is the extension 1.3.6.1.4.1.50316.802.1, a UTF8String (MODBUS/TCP Security v36, section 8.4). A `viewer`,
and who has no role, may only read.

>>> role_in(b"\\x0c\\x08operator")
'operator'
"""

import asyncio
import ssl

from cryptography import x509

from simulators.servers.modbus import READ_ONLY
from simulators.servers.tls import Authority

ROLE = x509.ObjectIdentifier("1.3.6.1.4.1.50316.802.1")
OPERATOR = "operator"
_UTF8_STRING = 0x0C
# X509_V_FLAG_NO_CHECK_TIME of OpenSSL: certificates live in plant time.
_NO_CHECK_TIME = 0x200000


def server_context(authority: Authority, name: str) -> ssl.SSLContext:
    """TLS 1.2 or newer, and only for clients with a certificate of the authority."""
    context = authority.context(name)
    context.load_verify_locations(cadata=authority.pem.decode())
    context.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_certificate(authority: Authority, name: str, role: str) -> tuple[str, str]:
    """Certificate with a role (with none if it is empty) and private key, as PEM."""
    return authority.client(name, x509.UnrecognizedExtension(ROLE, encode_role(role)) if role else None)


def role_of(transport: asyncio.Transport) -> str:
    """The role of the client at the other end of a TLS connection."""
    secured = transport.get_extra_info("ssl_object")
    der = secured.getpeercert(binary_form=True) if secured is not None else None
    if not der:
        return READ_ONLY
    try:
        extension = x509.load_der_x509_certificate(der).extensions.get_extension_for_oid(ROLE).value
    except x509.ExtensionNotFound:
        return READ_ONLY
    return role_in(extension.value) if isinstance(extension, x509.UnrecognizedExtension) else READ_ONLY


def role_in(encoded: bytes) -> str:
    """The role in the octets of the extension; that of a viewer if they are no short UTF8String."""
    if len(encoded) < 2 or encoded[0] != _UTF8_STRING or encoded[1] != len(encoded) - 2:
        return READ_ONLY
    return encoded[2:].decode("utf-8", "replace")


def encode_role(role: str) -> bytes:
    """The octets of the extension."""
    text = role.encode()
    return bytes((_UTF8_STRING, len(text))) + text
