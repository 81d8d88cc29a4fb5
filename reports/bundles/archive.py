"""The zip that leaves the building: written the same way every time, read as if an enemy had made it.

Writing is deterministic: sorted names, one fixed date, one mode, Parquet stored, everything else deflated.

>>> pack = write_archive({"data/a.json": b"{}"})
>>> pack == write_archive({"data/a.json": b"{}"}), dict(read_archive(pack))
(True, {'data/a.json': b'{}'})
"""

import io
import mmap
import zipfile
from collections.abc import Mapping
from pathlib import Path

from profiles.refusal import Refusal
from reports.bundles.archive_entry import Damaged, Entry, Pack, central_directory
from reports.bundles.archive_name import name_fault

ENTRIES_MAX = 10_000
TOTAL_MAX = 4 << 30
RATIO_MAX = 250
RATIO_FREE = 4 << 20
"""Below this size a file may compress as well as it likes: a repetitive 4 MiB harms nobody."""

_DATE = (1980, 1, 1, 0, 0, 0)
_STORED = (".parquet", ".pdf", ".tsr")


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip; equal files give equal bytes (with equal zlib)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            fault = name_fault(name)
            if fault:
                raise Refusal(name, fault, "name the file with plain relative segments")
            info = zipfile.ZipInfo(name, _DATE)
            info.create_system, info.external_attr = 3, 0o100644 << 16
            stored = name.endswith(_STORED)
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name], compresslevel=None if stored else 9)
    return buffer.getvalue()


def read_archive(pack: Pack, name: str = "file") -> dict[str, bytes]:
    """Every file of the zip that is called `name`, in memory, nothing extracted by name.

    Refusal if these bytes are no zip at all; Damaged (also a Refusal) if they are one that is broken or
    breaks a rule: names that leave the folder, duplicates, links, encryption, unknown methods, overlapping or
    contradicting entries, garbage before, between or after, too many, too large, too well compressed.
    """
    entries = central_directory(pack, ENTRIES_MAX, name)
    _check_names(entries)
    _check_layout(entries)
    files: dict[str, bytes] = {}
    room = TOTAL_MAX
    for entry in entries:
        if entry.size > room:
            raise Damaged(entry.name, "the archive unpacks to more than 4 GiB")
        if entry.size > RATIO_FREE and entry.size > RATIO_MAX * max(entry.packed, 1):
            raise Damaged(entry.name, f"it claims to unpack to more than {RATIO_MAX} times its size")
        files[entry.name] = entry.unpack(pack)
        room -= entry.size
    return files


def open_archive(path: Path) -> dict[str, bytes]:
    """The files of the zip at `path`; Refusal as `read_archive`, or if it cannot be read."""
    return read_archive(read_pack(path), str(path))


def read_pack(path: Path) -> Pack:
    """The bytes of a bundle, mapped from disk; Refusal if there is no such file or it is absurdly large."""
    try:
        if path.stat().st_size > TOTAL_MAX:
            raise Refusal(str(path), "it is larger than 4 GiB", "give the bundle that `conformance run` wrote")
        with path.open("rb") as file:
            # Nothing at all cannot be mapped.
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    except OSError as error:
        what = f"it cannot be read ({error.strerror})"
        raise Refusal(str(path), what, "give the path of a bundle (NAME.zip)") from error


def _check_names(entries: list[Entry]) -> None:
    seen: dict[str, str] = {}
    for entry in entries:
        fault = name_fault(entry.name)
        if fault:
            raise Damaged(repr(entry.name), fault)
        folded = entry.name.casefold()
        if folded in seen:
            raise Damaged(entry.name, f"the archive holds this name twice (the other is '{seen[folded]}')")
        seen[folded] = entry.name
    folders = {"/".join(name.split("/")[:depth]) for name in seen for depth in range(1, name.count("/") + 1)}
    for clash in folders & set(seen):
        raise Damaged(seen[clash], "it is a file and a folder at once")


def _check_layout(entries: list[Entry]) -> None:
    """Entries must fill the archive from its first byte to the directory: no gap, no overlap."""
    expected = 0
    for entry in sorted(entries, key=lambda e: e.offset):
        if entry.offset != expected:
            what = "it overlaps another entry" if entry.offset < expected else "there are foreign bytes before it"
            raise Damaged(entry.name, what)
        expected = entry.end
    if entries and expected != entries[0].directory:
        raise Damaged("archive", "there are foreign bytes between the files and the directory")
