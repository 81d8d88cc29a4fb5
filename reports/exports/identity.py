"""Identifiers for formats that want a UUID for everything: derived, so that rendering again gives the same.

>>> Identity("9f86…")("finding", "PWR-UPS-001") == Identity("9f86…")("finding", "PWR-UPS-001")
True
"""

import uuid
from dataclasses import dataclass

NAMESPACE = "https://microdc-conformance.example/ns/result"
"""Names our properties in documents of other people's formats."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identifiers within one bundle; `digest` is that of its manifest."""

    digest: str

    def __call__(self, *parts: str | None) -> str:
        """The version 5 UUID of what the parts name."""
        name = "\n".join([self.digest, *(part or "" for part in parts)])
        return str(uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE), name))
