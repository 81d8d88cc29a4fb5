"""Sign a sealed bundle too, in a role: the same results, one more party that answers for them.

  conformance keys create witness --name "Incheon Witness" --role witness
  conformance sign smoke.zip --role witness --sign witness.key --certificate witness.pem

The signature is appended to the operator's envelope; nothing that was signed changes. The role is the one that the
certificate's issuer wrote into it (organisational unit `conformance-role:ROLE`); whoever verifies believes it of
vouched signers only. A policy (`conformance verify --policy`) may bind roles to subjects or fingerprints instead.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--role", required=True, choices=("operator", "laboratory", "witness", "authority"))
    parser.add_argument("--sign", required=True, metavar="KEY", help="a private key (PEM), or a pkcs11: address")
    parser.add_argument("--certificate", type=Path, required=True, metavar="CHAIN", help="its certificate chain (PEM)")
    parser.add_argument("--passphrase-env", metavar="VARIABLE", help="the environment variable with the passphrase")


def execute(options: argparse.Namespace) -> int:
    from reports.sealing.amending import countersign_bundle
    from reports.sealing.certificates import subject_name
    from reports.sealing.keys import load_signer

    signer = load_signer(options.sign, options.certificate, options.passphrase_env)
    countersign_bundle(options.bundle, signer, options.role)
    print(f"{options.bundle} is now also signed by {subject_name(signer.chain[0])} as {options.role}")
    return 0
