"""Check a bundle and recompute every verdict from its evidence, offline.

  conformance verify smoke.zip --trust authority.pem
  conformance verify smoke.zip --trust authority.pem --crl authority.crl --timestamp-trust tsa.pem --policy policy.yaml
  conformance verify smoke.zip --trust authority.pem --attest auditor.key --certificate auditor.pem

Chains are judged at the time of a trusted time stamp, else now. --attest adds a signed statement that the bundle is
valid. A policy says who must have signed, for example:
  schema: signing-policy/1
  signatures:
    - {role: operator, timestamp: true, within_days: 7}
    - {role: laboratory, count: 1}

Exit codes: 0 valid and its signer is vouched for; 1 not valid, or signed by somebody else than you trust;
2 not a bundle; 3 everything recomputes, but without --trust nobody vouches for the signer.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--trust", type=Path, metavar="PEM", help="certificates whose signatures you accept")
    parser.add_argument("--timestamp-trust", type=Path, metavar="PEM", help="roots of the time-stamping authorities")
    parser.add_argument(
        "--crl", type=Path, action="append", default=[], metavar="FILE", help="a revocation list, PEM or DER"
    )
    parser.add_argument("--policy", type=Path, metavar="YAML", help="who must have signed")
    parser.add_argument("--attest", metavar="KEY", help="if it is valid, add your signed statement with this key")
    parser.add_argument("--certificate", type=Path, metavar="CHAIN", help="the certificate chain for --attest (PEM)")
    parser.add_argument("--passphrase-env", metavar="VARIABLE", help="the environment variable with its passphrase")
    parser.add_argument("--log", type=Path, metavar="PEM", help="certificates of the public logs it must be in")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--language", choices=("ko", "en"), default="en")


def execute(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from profiles.refusal import Refusal
    from reports.bundles.archive import read_pack
    from reports.sealing.keys import load_signer, load_trust
    from reports.sealing.signing_policy import load_policy
    from reports.verifying.verify import verify_trusting

    if (options.attest is None) != (options.certificate is None):
        raise Refusal("--attest and --certificate", "one is given without the other", "give both, or neither")
    signer = load_signer(options.attest, options.certificate, options.passphrase_env) if options.attest else None
    now = datetime.now(UTC)
    trust = load_trust(options.trust, options.timestamp_trust, options.crl, options.log)
    policy = load_policy(options.policy) if options.policy else None
    verification = verify_trusting(read_pack(options.bundle), trust, now, str(options.bundle), policy)
    print(verification.json() if options.format == "json" else verification.text(options.language))
    if signer:
        from reports.sealing.amending import attest

        name = attest(options.bundle, verification, signer, now, options.policy)
        if options.format == "text":
            print(f"added {name}")
    return verification.exit_code
