"""Check a bundle and recompute every verdict from its evidence, offline.

  conformance verify smoke.zip --trust authority.pem

Exit codes: 0 valid and its signer is vouched for; 1 not valid, or signed by somebody else than you trust;
2 not a bundle; 3 everything recomputes, but without --trust nobody vouches for the signer.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--trust", type=Path, metavar="PEM", help="certificates whose signatures you accept")
    parser.add_argument("--log", type=Path, metavar="PEM", help="certificates of the public logs it must be in")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--language", choices=("ko", "en"), default="en")


def execute(options: argparse.Namespace) -> int:
    from reports.verify import verify_file

    verification = verify_file(options.bundle, options.trust, log=options.log)
    print(verification.json() if options.format == "json" else verification.text(options.language))
    return verification.exit_code
