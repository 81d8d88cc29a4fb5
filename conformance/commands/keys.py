"""Create and show signing keys and certificates.

conformance keys create lab --name "Seoul Test Laboratory"     lab.key and lab.pem (ECDSA P-256)
conformance keys show lab.pem                                  subject, validity, fingerprint
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    create = verbs.add_parser("create", help="a new P-256 key and a self-signed document-signing certificate")
    create.add_argument("stem", type=Path, help="files STEM.key and STEM.pem are written")
    create.add_argument("--name", required=True, help="who signs: the organisation on the certificate")
    create.add_argument("--days", type=int, default=730, help="validity of the certificate (default 730)")
    create.add_argument(
        "--role", choices=("operator", "laboratory", "witness", "authority"), help="the role the certificate states"
    )
    secret = create.add_mutually_exclusive_group()
    secret.add_argument("--passphrase-env", metavar="VARIABLE", help="encrypt the key with the passphrase in VARIABLE")
    secret.add_argument("--ask-passphrase", action="store_true", help="encrypt the key with a passphrase you type")
    show = verbs.add_parser("show", help="subject, issuer, validity and fingerprint of each certificate in a file")
    show.add_argument("file", type=Path)


def execute(options: argparse.Namespace) -> int:
    from reports.sealing import keys

    if options.verb == "show":
        print(keys.describe(options.file))
        return 0
    secret, role, ask = options.passphrase_env, options.role, options.ask_passphrase
    key, certificate = keys.create_files(options.stem, options.name, options.days, secret, role, ask=ask)
    print(f"key          {key}   keep it secret; sign with: conformance run … --sign {key} --certificate {certificate}")
    print(f"certificate  {certificate}   give it to whoever verifies: conformance verify … --trust {certificate}")
    return 0
