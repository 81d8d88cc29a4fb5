"""Sign and show waivers: who answers for a requirement that may fail, or that is not judged, and until when.

conformance waivers sign ups-voltage.yaml --sign owner.key --certificate owner.pem    ups-voltage.dsse.json
conformance waivers show ups-voltage.dsse.json
conformance run smoke --waive ups-voltage.dsse.json

A waiver never changes a verdict. It stays in the bundle with its reason and what became of it.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    sign = verbs.add_parser("sign", help="turn a waiver written in YAML into a signed document")
    sign.add_argument("file", type=Path)
    sign.add_argument("--sign", type=Path, required=True, metavar="KEY", help="the owner's private key (PEM)")
    sign.add_argument(
        "--certificate", type=Path, required=True, metavar="CHAIN", help="its certificate and chain (PEM)"
    )
    sign.add_argument("--passphrase-env", metavar="VARIABLE", help="the environment variable with the passphrase")
    show = verbs.add_parser("show", help="what a signed waiver says and who signed it")
    show.add_argument("file", type=Path)


def execute(options: argparse.Namespace) -> int:
    from reports.judging.waivers import load_signed, sign_waiver
    from reports.sealing.certificates import subject_name

    if options.verb == "sign":
        from reports.bundles.whole_file import write_whole
        from reports.sealing.keys import load_signer

        signer = load_signer(options.sign, options.certificate, options.passphrase_env)
        signed = options.file.with_suffix(".dsse.json")
        write_whole(signed, sign_waiver(options.file, signer))
        print(f"{signed}   use it with: conformance run … --waive {signed}")
        return 0
    found, _ = load_signed(options.file)
    waiver = found.waiver
    print(f"waiver       {waiver.name} ({waiver.effect})")
    print(f"covers       {waiver.requirement} on {', '.join(waiver.equipment) or 'all equipment'}")
    print(f"until        {waiver.expires:%Y-%m-%d %H:%M} UTC")
    print(f"owner        {waiver.owner}")
    print(f"signed by    {', '.join(subject_name(chain[0]) for chain in found.chains)}")
    print(f"reason       {waiver.reason['en']} / {waiver.reason['ko']}")
    return 0
