"""Which names a file in a bundle may have: plain relative paths that mean the same on every system.

>>> name_fault("data/samples/samples.parquet") is None, name_fault("../etc/passwd")
(True, 'the name leaves the folder or has an empty segment')
"""

import unicodedata

_LENGTH_MAX = 255


def name_fault(name: str) -> str | None:
    """What is wrong with the name, in words, or None."""
    if not name or len(name.encode("utf-8", "replace")) > _LENGTH_MAX:
        return f"the name is empty or longer than {_LENGTH_MAX} bytes"
    if any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") for c in name):
        return "the name holds control or invisible characters"
    if unicodedata.normalize("NFC", name) != name:
        return "the name is not in Unicode normal form C"
    if "\\" in name or ":" in name:
        return "the name holds a backslash or a colon"
    if name.startswith("/"):
        return "the name is absolute"
    if any(segment in ("", ".", "..") for segment in name.split("/")):
        return "the name leaves the folder or has an empty segment"
    if any(segment != segment.strip() or segment.endswith(".") for segment in name.split("/")):
        return "a segment of the name ends in a dot or is padded with spaces"
    return None
