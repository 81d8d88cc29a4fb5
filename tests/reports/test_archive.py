"""A bundle's zip: the same bytes every time, and nothing an enemy can hide in it."""

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.refusal import Refusal
from reports.bundles.archive import read_archive, write_archive
from reports.bundles.archive_entry import Damaged
from reports.bundles.archive_name import name_fault

FILES = {"data/a.json": b'{"a": 1}' * 400, "data/samples/s.parquet": bytes(range(256)), "bagit.txt": b"x\n"}

plain_names = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8}\.json)?", fullmatch=True)


def hostile(*entries: tuple[str, bytes], mode: int = 0o100644, method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.external_attr = mode << 16
            info.compress_type = method
            archive.writestr(info, content)
    return buffer.getvalue()


def test_what_is_written_is_read() -> None:
    assert read_archive(write_archive(FILES)) == FILES


def test_the_standard_library_reads_it_too() -> None:
    archive = zipfile.ZipFile(io.BytesIO(write_archive(FILES)))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == FILES


def test_the_order_of_writing_does_not_matter() -> None:
    assert write_archive(FILES) == write_archive(dict(reversed(FILES.items())))


def test_parquet_is_stored_and_json_is_deflated() -> None:
    archive = zipfile.ZipFile(io.BytesIO(write_archive(FILES)))
    assert archive.getinfo("data/samples/s.parquet").compress_type == zipfile.ZIP_STORED
    assert archive.getinfo("data/a.json").compress_type == zipfile.ZIP_DEFLATED


@given(st.dictionaries(plain_names, st.binary(max_size=300), max_size=6))
def test_any_files_survive_the_round_trip(files: dict[str, bytes]) -> None:
    files = {name: content for name, content in files.items() if not any(n.startswith(name + "/") for n in files)}
    assert read_archive(write_archive(files)) == files


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_no_changed_byte_yields_other_content(position: int, difference: int) -> None:
    pack = bytearray(write_archive(FILES))
    pack[position % len(pack)] ^= difference
    try:
        content = read_archive(bytes(pack))
    except Refusal:
        return
    assert content == FILES


@given(st.binary(max_size=400))
def test_noise_is_refused_in_a_sentence(noise: bytes) -> None:
    with pytest.raises(Refusal):
        read_archive(noise)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("../evil", "leaves"),
        ("data/../../evil", "leaves"),
        ("/etc/passwd", "absolute"),
        ("data//a", "empty segment"),
        ("C:evil", "colon"),
        ("data\\evil", "backslash"),
        ("data/\x00a", "control"),
        ("data/\u202efdp.exe", "invisible"),
        ("data/\u1100\u1161", "normal form"),
        ("data/a. ", "padded"),
        ("a" * 300, "longer"),
    ],
)
def test_names_that_mean_harm_are_refused(name: str, word: str) -> None:
    assert word in (name_fault(name) or "")
    if "\x00" not in name:
        with pytest.raises(Damaged, match=word):
            read_archive(hostile((name, b"x")))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twins", [("a", "a"), ("data/A.json", "data/a.json")])
def test_a_name_may_stand_there_once(twins: tuple[str, str]) -> None:
    with pytest.raises(Damaged, match="twice"):
        read_archive(hostile(*((name, b"x") for name in twins)))


def test_a_file_cannot_be_a_folder() -> None:
    with pytest.raises(Damaged, match="file and a folder"):
        read_archive(hostile(("data", b"x"), ("data/a", b"x")))


def test_links_are_refused() -> None:
    with pytest.raises(Damaged, match="symbolic link"):
        read_archive(hostile(("link", b"/etc/passwd"), mode=0o120777))


def test_other_methods_are_refused() -> None:
    with pytest.raises(Damaged, match="method"):
        read_archive(hostile(("a", b"x" * 100), method=zipfile.ZIP_BZIP2))


def test_encryption_is_refused() -> None:
    pack = bytearray(hostile(("a", b"x")))
    pack[6] |= 1
    pack[pack.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Damaged, match="encrypted"):
        read_archive(bytes(pack))


def test_a_bomb_is_refused_before_it_unpacks() -> None:
    with pytest.raises(Damaged, match="times its size"):
        read_archive(hostile(("bomb", bytes(50 << 20)), method=zipfile.ZIP_DEFLATED))


def test_a_bomb_that_lies_about_its_size_is_cut_off() -> None:
    pack = bytearray(hostile(("bomb", bytes(50 << 20)), method=zipfile.ZIP_DEFLATED))
    directory = pack.index(b"PK\x01\x02")
    pack[22:26] = pack[directory + 24 : directory + 28] = struct.pack("<I", 100)
    with pytest.raises(Damaged, match="do not end where"):
        read_archive(bytes(pack))


def test_two_entries_cannot_share_bytes() -> None:
    pack = hostile(("a", b"x" * 50))
    directory = pack.index(b"PK\x01\x02")
    entry = pack[directory : pack.index(b"PK\x05\x06")]
    twin = entry[:-1] + b"b"
    local = bytearray(pack[:directory])
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 2, 2, 2 * len(entry), directory, 0)
    with pytest.raises(Damaged, match="contradict"):
        read_archive(bytes(local) + entry + twin + end)


def test_header_and_directory_must_agree() -> None:
    pack = bytearray(hostile(("good.txt", b"x")))
    pack[30:38] = b"evil.txt"
    with pytest.raises(Damaged, match="contradict"):
        read_archive(bytes(pack))


def test_nothing_may_stand_before_between_or_behind() -> None:
    pack = write_archive(FILES)
    for changed in (b"MZ" + pack, pack + b"more", pack + b"PK\x05\x06"):
        with pytest.raises(Damaged):
            read_archive(changed)


def test_too_many_files_are_refused() -> None:
    with pytest.raises(Damaged, match="more than 10000"):
        read_archive(hostile(*((f"f{i}", b"") for i in range(10_001))))


def test_a_file_that_is_no_zip_is_a_wrong_request_not_a_damaged_bundle() -> None:
    with pytest.raises(Refusal) as refusal:
        read_archive(b"%PDF-1.7 this is something else")
    assert not isinstance(refusal.value, Damaged)
