"""Have an authority say since when a bundle's signatures exist (RFC 3161), now or later.

  conformance stamp smoke.zip --tsa http://tsa.example.kr        ask over HTTP
  conformance stamp smoke.zip --requests DIR                     write requests for a machine that has a network …
  conformance stamp smoke.zip --answer DIR/NAME.tsr              … and put its answers into the bundle

One token per signature is kept in attestations/; nothing that was signed changes. Without one a signature is `untimed`.
"""

import argparse
from pathlib import Path


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("bundle", type=Path)
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument("--tsa", metavar="URL", help="the authority's HTTP address")
    ways.add_argument("--requests", type=Path, metavar="DIR", help="write a request for every unstamped signature")
    ways.add_argument("--answer", type=Path, action="append", metavar="FILE", help="an authority's answer (repeatable)")


def execute(options: argparse.Namespace) -> int:
    from profiles.refusal import Refusal
    from reports.sealing.amending import add_token
    from reports.sealing.stamping import over_http, stamp, write_requests

    if options.requests:
        written = write_requests(options.bundle, options.requests)
        print("\n".join(map(str, written)) or "every signature is stamped")
        return 0
    if options.tsa:
        added = stamp(options.bundle, over_http(options.tsa))
    else:
        try:
            added = [add_token(options.bundle, path.read_bytes()) for path in options.answer]
        except OSError as error:
            raise Refusal(str(error.filename), f"it cannot be read ({error.strerror})", "give a file") from error
    print("\n".join(f"added {name}" for name in added) or "every signature is stamped")
    return 0
