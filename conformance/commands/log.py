"""Keep a public log of issued bundles: it only grows, and every bundle can prove that it is in it.

conformance log create registry --origin log.example.kr --sign log.key --certificate log.pem
conformance log add smoke.zip --log registry --sign log.key     puts the proof of publication into the bundle
conformance log check registry --since checkpoint               nothing was changed or removed since then

Whoever verifies gives the log's certificate: conformance verify smoke.zip --trust authority.pem --log log.pem
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reports.publication.public_log import PublicLog
    from reports.sealing.certificates import Signer


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = verbs.add_parser("create", help="an empty log and its first signed checkpoint")
    create.add_argument("folder", type=Path)
    create.add_argument("--origin", required=True, help="the log's name: a URL without scheme, never used twice")
    create.add_argument("--certificate", type=Path, required=True, metavar="PEM", help="the certificate of its key")
    add = verbs.add_parser("add", help="enter a bundle and put the proof into it")
    add.add_argument("bundle", type=Path)
    add.add_argument("--log", type=Path, required=True, metavar="DIR", help="the folder of the log")
    for verb in (create, add):
        verb.add_argument("--sign", type=Path, required=True, metavar="KEY", help="the log's private key (PEM)")
        verb.add_argument("--passphrase-env", metavar="VARIABLE", help="the environment variable with its passphrase")
    check = verbs.add_parser("check", help="compare the entries with what the log signed, now and earlier")
    check.add_argument("folder", type=Path)
    check.add_argument("--since", type=Path, metavar="CHECKPOINT", help="an earlier checkpoint of the log")


def execute(options: argparse.Namespace) -> int:
    from reports.publication.public_log import Broken, PublicLog

    if options.verb == "create":
        log = PublicLog.create(options.folder, options.origin, _signer(options, options.certificate))
        print(f"log          {log.folder}\ncertificate  {log.folder / 'log.pem'}   give it to whoever verifies")
        return 0
    if options.verb == "add":
        from reports.publication.publish import publish

        log = PublicLog(options.log)
        proof = publish(options.bundle, log, _signer(options, options.log / "log.pem"))
        found = proof.checkpoint()
        print(f"{options.bundle} is entry {proof.index + 1} of {found.size} in {found.origin}; it carries the proof")
        return 0
    try:
        return _check(PublicLog(options.folder), options.since)
    except Broken as broken:
        print(f"NOT VALID: {broken}")
        return 1


def _signer(options: argparse.Namespace, certificate: Path) -> "Signer":
    from reports.sealing.keys import load_signer

    return load_signer(options.sign, certificate, options.passphrase_env)


def _check(log: "PublicLog", since: Path | None) -> int:
    import base64

    from profiles.refusal import Refusal

    try:
        earlier = since.read_text(encoding="utf-8") if since else None
    except (OSError, ValueError) as error:
        raise Refusal(str(since), f"it cannot be read ({error})", "give a checkpoint of this log") from error
    found = log.check(earlier)
    print(f"VALID: {found.origin} holds {found.size} entries, as its key signed")
    if earlier is not None:
        begun = log.opened(earlier)
        print(f"It begins with the {begun.size} entries of {since}. The consistency proof (RFC 6962):")
        for step in log.growth(begun):
            print(base64.b64encode(step).decode())
    return 0
