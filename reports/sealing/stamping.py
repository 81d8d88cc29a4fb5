"""Asking a time-stamping authority: plain RFC 3161 over HTTP (section 3.4), or any other way to carry bytes.

answer = over_http("http://tsa.example.kr")(request)
"""

from collections.abc import Callable
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from profiles.refusal import Refusal
from reports.sealing.amending import add_token, pending
from reports.sealing.timestamp import request

Transport = Callable[[bytes], bytes]
"""Request in DER in, answer in DER out; an authority that wants signed requests is one more such function."""

_ANSWER_MAX = 1 << 20


def over_http(url: str, timeout: float = 30.0) -> Transport:
    """The transport that posts to `url` (http or https); it raises Refusal if nobody answers in `timeout` seconds."""
    if not url.startswith(("http://", "https://")):
        raise Refusal("--tsa", f"'{url}' is no HTTP address", "begin with http:// or https://")

    def post(asked: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            with urlopen(Request(url, data=asked, headers=headers), timeout=timeout) as response:
                return bytes(response.read(_ANSWER_MAX))
        except (URLError, OSError) as error:
            raise Refusal(
                url, f"the authority does not answer ({error})", "try later, or use --requests and --answer"
            ) from error

    return post


def stamp(bundle: Path, transport: Transport) -> list[str]:
    """Stamp every signature that has no token; the names of the tokens added."""
    added = []
    for signature in pending(bundle).values():
        asked = request(signature)
        added.append(add_token(bundle, transport(asked), asked))
    return added


def write_requests(bundle: Path, folder: Path) -> list[Path]:
    """Write a request for every signature without a token, to be carried to a machine with a network."""
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    for name, signature in pending(bundle).items():
        path = folder / f"{Path(name).stem}.tsq"
        path.write_bytes(request(signature))
        written.append(path)
    return written
