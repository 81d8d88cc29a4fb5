"""The public log: RFC 6962 as published, proofs that hold and proofs that do not, and a folder nobody can rewrite."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cli import main
from profiles.refusal import Refusal
from reports.bundles.archive import read_archive
from reports.bundles.manifest import MANIFEST
from reports.publication.checkpoint import Checkpoint, Proof, key_id, open_checkpoint, read_proof, sign_checkpoint
from reports.publication.merkle import consistency_proof, extends, includes, inclusion_proof, leaf_hash, root
from reports.publication.proof import LOG_PROOF
from reports.publication.public_log import Broken, PublicLog
from reports.publication.publish import publish
from reports.sealing.certificates import YEAR, chain_pem, key_pem, self_signed
from reports.verifying.verify import verify
from tests.reports.sealed import NOW, ROOT, sealed_pack

AT = NOW + timedelta(days=1)
LOG = self_signed("Registry", NOW, 10 * YEAR)
OTHER = self_signed("Other registry", NOW, 10 * YEAR)
KEY = LOG.key.public_key()

# The vectors of the reference implementation of RFC 6962 (google/certificate-transparency, merkletree tests).
ENTRIES = [
    bytes.fromhex(e)
    for e in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
}
CONSISTENCY = {
    (1, 8): INCLUSION[0, 8],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}

sizes = st.integers(min_value=1, max_value=130)


def tree(size: int) -> list[bytes]:
    return [leaf_hash(n.to_bytes(4, "big")) for n in range(size)]


def test_the_published_roots() -> None:
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tuple(root(leaves[:size]).hex() for size in range(1, 9)) == ROOTS


@pytest.mark.parametrize(("place", "expected"), INCLUSION.items())
def test_the_published_inclusion_proofs(place: tuple[int, int], expected: tuple[str, ...]) -> None:
    index, size = place
    proof = inclusion_proof([leaf_hash(entry) for entry in ENTRIES[:size]], index)
    assert tuple(step.hex() for step in proof) == expected
    assert includes(leaf_hash(ENTRIES[index]), index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize(("sizes", "expected"), CONSISTENCY.items())
def test_the_published_consistency_proofs(sizes: tuple[int, int], expected: tuple[str, ...]) -> None:
    old, new = sizes
    proof = consistency_proof([leaf_hash(entry) for entry in ENTRIES[:new]], old)
    assert tuple(step.hex() for step in proof) == expected
    assert extends(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), proof)


@given(size=sizes, data=st.data())
def test_only_the_entry_itself_is_included_and_only_at_its_place(size: int, data: st.DataObject) -> None:
    leaves = tree(size)
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))
    proof, top = inclusion_proof(leaves, index), root(leaves)
    assert includes(leaves[index], index, size, proof, top)
    assert includes(leaves[other], other, size, proof, top) == (other == index)
    assert not includes(leaf_hash(b"absent"), index, size, proof, top)
    assert not includes(leaves[index], index, size, [*proof, bytes(32)], top)
    assert not proof or not includes(leaves[index], index, size, proof[:-1], top)


@given(old=sizes, more=sizes, data=st.data())
def test_only_a_log_that_kept_its_beginning_is_consistent(old: int, more: int, data: st.DataObject) -> None:
    new = old + more - 1
    leaves = tree(new)
    proof = consistency_proof(leaves, old)
    assert extends(old, root(leaves[:old]), new, root(leaves), proof)
    place = data.draw(st.integers(0, old - 1))
    rewritten = [*leaves[:place], leaf_hash(b"rewritten"), *leaves[place + 1 :]]
    assert not extends(old, root(leaves[:old]), new, root(rewritten), consistency_proof(rewritten, old))
    assert not extends(old, root(leaves[:old]), new, root(leaves), [*proof, bytes(32)])


def test_a_checkpoint_is_a_signed_note_and_only_its_key_opens_it() -> None:
    note = sign_checkpoint(Checkpoint("log.example", 2, bytes(32)), LOG.key)
    assert note.startswith("log.example\n2\n" + "A" * 43 + "=\n\n\N{EM DASH} log.example ")
    assert open_checkpoint(note, [KEY]) == Checkpoint("log.example", 2, bytes(32))
    for changed, keys in (
        (note, [OTHER.key.public_key()]),
        (note, []),
        (note.replace("\n2\n", "\n3\n"), [KEY]),
        (note.replace("log.example", "log.other"), [KEY]),
        (note.replace("\n2\n", "\n02\n"), [KEY]),
    ):
        with pytest.raises(ValueError):
            open_checkpoint(changed, keys)


def test_a_witness_may_cosign_a_checkpoint() -> None:
    note = sign_checkpoint(Checkpoint("log.example", 2, bytes(32)), LOG.key)
    assert open_checkpoint(note + "\N{EM DASH} witness.example AAAAAAAA\n", [KEY]).size == 2
    assert len(key_id(KEY)) == 4


@given(noise=st.binary(max_size=300))
def test_noise_is_no_proof(noise: bytes) -> None:
    for data in (noise, b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + noise):
        with pytest.raises(ValueError):
            read_proof(data)


def test_a_proof_survives_being_written() -> None:
    leaves = tree(5)
    note = sign_checkpoint(Checkpoint("log.example", 5, root(leaves)), LOG.key)
    proof = Proof(3, tuple(inclusion_proof(leaves, 3)), note)
    assert read_proof(proof.text().encode()) == proof and proof.covers((3).to_bytes(4, "big"))


@pytest.fixture
def log(tmp_path: Path) -> PublicLog:
    return PublicLog.create(tmp_path / "log", "log.example.kr", LOG)


def entry(number: int) -> bytes:
    return number.to_bytes(32, "big")


def test_a_log_grows_and_every_earlier_checkpoint_stays_true(log: PublicLog) -> None:
    notes = [log.note()]
    for number in range(9):
        assert log.add(entry(number), LOG).covers(entry(number))
        notes.append(log.note())
    for note in notes:
        old = log.opened(note)
        assert log.check(note).size == 9
        assert extends(old.size, old.root, 9, log.check().root, log.growth(old))


def test_the_same_entry_is_entered_once(log: PublicLog) -> None:
    log.add(entry(1), LOG)
    assert log.add(entry(1), LOG).index == 0 and log.check().size == 1


@pytest.mark.parametrize("harm", ["changed", "removed", "exchanged", "cut"])
def test_what_was_signed_for_cannot_be_taken_back(log: PublicLog, harm: str) -> None:
    for number in range(4):
        log.add(entry(number), LOG)
    path = log.folder / "entries"
    lines = path.read_bytes().splitlines(True)
    changed = {
        "changed": [lines[0], entry(9).hex().encode() + b"\n", *lines[2:]],
        "removed": lines[:-1],
        "exchanged": [lines[1], lines[0], *lines[2:]],
        "cut": [*lines[:3], lines[3][:20]],
    }
    path.write_bytes(b"".join(changed[harm]))
    with pytest.raises(Broken, match="not those that the log signed"):
        log.check()
    with pytest.raises(Broken):
        log.add(entry(5), LOG)


def test_a_log_that_was_begun_afresh_contradicts_its_earlier_checkpoint(log: PublicLog, tmp_path: Path) -> None:
    log.add(entry(1), LOG)
    afresh = PublicLog.create(tmp_path / "afresh", "log.example.kr", LOG)
    afresh.add(entry(2), LOG)
    with pytest.raises(Broken):
        afresh.check(log.note())


def test_an_addition_that_a_crash_cut_short_is_made_good(log: PublicLog) -> None:
    log.add(entry(0), LOG)
    with (log.folder / "entries").open("ab") as file:
        file.write(entry(1).hex().encode() + b"\n" + b"abc")
    assert log.check().size == 1
    assert log.add(entry(2), LOG).index == 2 and log.check().size == 3


def test_a_log_takes_only_its_own_key(log: PublicLog) -> None:
    with pytest.raises(Refusal, match="not the key of this log"):
        log.add(entry(1), OTHER)
    with pytest.raises(Refusal, match="not empty"):
        PublicLog.create(log.folder, "log.example.kr", LOG)


def test_a_published_bundle_proves_it(log: PublicLog, tmp_path: Path) -> None:
    bundle = tmp_path / "b.zip"
    bundle.write_bytes(sealed_pack(tmp_path / "run"))
    before = read_archive(bundle.read_bytes())
    publish(bundle, log, LOG)
    pack = bundle.read_bytes()
    files = read_archive(pack)
    assert {name: files[name] for name in before} == before and files[MANIFEST] == before[MANIFEST]
    assert set(files) - set(before) == {LOG_PROOF}

    def says(pack: bytes, logs: list[object] | None) -> tuple[int, str, str]:
        verification = verify(pack, ROOT.chain, AT, "b", logs)  # type: ignore[arg-type]
        step = next(step for step in verification.steps if step.name == "log")
        return verification.exit_code, step.outcome, step.says[0].en

    unlogged = sealed_pack(tmp_path / "again")
    assert says(pack, [KEY]) == (0, "good", "It was published as entry 1 of 1 in log.example.kr.")
    assert says(pack, None)[:2] == (0, "note")
    assert says(unlogged, None) == (0, "note", "It carries no proof of publication.")
    assert says(unlogged, [KEY])[:2] == (1, "wrong")
    assert says(pack, [OTHER.key.public_key()])[:2] == (1, "wrong")


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log.key").write_bytes(key_pem(LOG))
    (tmp_path / "log.pem").write_bytes(chain_pem(LOG.chain))
    bundle, folder, key = tmp_path / "b.zip", tmp_path / "registry", str(tmp_path / "log.key")
    bundle.write_bytes(sealed_pack(tmp_path / "run"))
    given = ["--origin", "log.example.kr", "--sign", key, "--certificate", str(tmp_path / "log.pem")]
    assert main(["log", "create", str(folder), *given]) == 0
    (tmp_path / "earlier").write_bytes((folder / "checkpoint").read_bytes())
    assert main(["log", "add", str(bundle), "--log", str(folder), "--sign", key]) == 0
    assert main(["log", "check", str(folder), "--since", str(tmp_path / "earlier")]) == 0
    assert "is entry 1 of 1 in log.example.kr" in capsys.readouterr().out
    assert main(["verify", str(bundle), "--log", str(folder / "log.pem")]) == 3
    assert "published as entry 1 of 1" in capsys.readouterr().out
    bundle.write_bytes(bundle.read_bytes()[:-1])
    assert main(["log", "add", str(bundle), "--log", str(folder), "--sign", key]) == 2
    (folder / "entries").write_bytes(b"")
    assert main(["log", "check", str(folder)]) == 1
    assert main(["log", "check", str(tmp_path / "nowhere")]) == 2
