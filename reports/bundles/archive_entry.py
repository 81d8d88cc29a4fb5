"""One entry of a zip, parsed strictly: the directory and the file's own header must say the same.

The standard library reads overlapping entries and contradicting headers without complaint, so the structure
is parsed here from the format's description (PKWARE APPNOTE 4.3); only the deflate stream is left to zlib.
"""

import mmap
import struct
import zlib
from dataclasses import dataclass

from profiles.refusal import Refusal

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_STORED, _DEFLATED = 0, 8
_UTF8 = 0x0800
_DEFLATE_OPTIONS = 0x0006
_LINK = 0o120000
_SHOWN = 120

Pack = bytes | mmap.mmap
"""The bytes of an archive, in memory or mapped from disk."""


class Damaged(Refusal):
    """An archive, but a broken or a hostile one."""

    def __init__(self, where: str, what: str) -> None:
        shown = where if len(where) <= _SHOWN else where[:_SHOWN] + "…"
        super().__init__(shown, what, "ask the issuer for the untouched bundle")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: `start` to `end` are the offsets of its packed bytes, `offset` that of its own header."""

    name: str
    method: int
    checksum: int
    packed: int
    size: int
    offset: int
    start: int
    directory: int

    @property
    def end(self) -> int:
        return self.start + self.packed

    def unpack(self, pack: Pack) -> bytes:
        """The file's bytes; never more than the size it declares is ever held."""
        packed = pack[self.start : self.end]
        if self.method == _STORED:
            content = packed
        else:
            inflate = zlib.decompressobj(-zlib.MAX_WBITS)
            try:
                content = inflate.decompress(packed, self.size + 1)
            except zlib.error as error:
                raise Damaged(self.name, "its compressed bytes are damaged") from error
            if not inflate.eof and len(content) <= self.size:
                content += inflate.flush(1)
            if not inflate.eof or inflate.unused_data:
                raise Damaged(self.name, "its compressed bytes do not end where the directory says")
        if len(content) != self.size or zlib.crc32(content) != self.checksum:
            raise Damaged(self.name, "its bytes were changed: size or checksum differ from the directory")
        return content


def central_directory(pack: Pack, entries_max: int, name: str = "file") -> list[Entry]:
    """All entries, each compared with its own header; Refusal if these bytes are no zip, else Damaged."""
    if pack[:4] not in (b"PK\x03\x04", b"PK\x05\x06") and b"PK\x05\x06" not in pack[-66_000:]:
        raise Refusal(name, "it is not a zip archive", "give the bundle that `conformance run` wrote")
    if len(pack) < _END.size or pack[-_END.size :][:4] != b"PK\x05\x06":
        raise Damaged("archive", "it is cut short, or there are foreign bytes behind its end")
    _, disk, first_disk, here, count, length, begin, comment = _END.unpack(pack[-_END.size :])
    stop = len(pack) - _END.size
    if disk or first_disk or here != count or comment or begin + length != stop:
        raise Damaged("archive", "its end record contradicts its content (or has several volumes, or zip64)")
    if count > entries_max:
        raise Damaged("archive", f"it holds more than {entries_max} files")
    entries, position = [], begin
    for _ in range(count):
        entry, position = _entry(pack, position, stop, begin)
        entries.append(entry)
    if position != stop:
        raise Damaged("archive", "its directory is longer than its entries")
    return entries


def _entry(pack: Pack, position: int, stop: int, begin: int) -> tuple[Entry, int]:
    if position + _CENTRAL.size > stop or pack[position : position + 4] != b"PK\x01\x02":
        raise Damaged("archive", "its directory is broken")
    fields = _CENTRAL.unpack_from(pack, position)
    (_, _, _, flags, method, _, _, crc, packed, size, n_name, n_extra, n_comment, disk, _, mode, offset) = fields
    raw = pack[position + _CENTRAL.size :][:n_name]
    following = position + _CENTRAL.size + n_name + n_extra + n_comment
    name = _name(raw, flags)
    if flags & ~(_UTF8 | _DEFLATE_OPTIONS):
        raise Damaged(name, "it is encrypted, or written as a stream without sizes")
    if method not in (_STORED, _DEFLATED) or (method == _STORED and packed != size):
        raise Damaged(name, "it is packed with a method other than stored or deflated")
    if (mode >> 16) & 0o170000 == _LINK:
        raise Damaged(name, "it is a symbolic link")
    if disk or following > stop or offset + _LOCAL.size > begin:
        raise Damaged(name, "its directory entry points outside the archive")
    local = _LOCAL.unpack_from(pack, offset)
    start = offset + _LOCAL.size + local[9] + local[10]
    same = (local[2], local[3], local[6], local[7], local[8]) == (flags, method, crc, packed, size)
    if local[0] != b"PK\x03\x04" or not same or pack[offset + _LOCAL.size :][: local[9]] != raw:
        raise Damaged(name, "the directory and the file's own header contradict each other")
    if start + packed > begin:
        raise Damaged(name, "it reaches beyond the files of the archive")
    return Entry(name, method, crc, packed, size, offset, start, begin), following


def _name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8 else "ascii")
    except UnicodeDecodeError as error:
        raise Damaged(repr(raw), "the name is not valid UTF-8") from error
