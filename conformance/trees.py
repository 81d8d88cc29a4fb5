"""Where a Redfish tree comes from: a live service, or a folder in the layout of DMTF's mock-ups.

    answers = await read_tree("https://10.0.0.7", {"user": …, "password": …}, {"ca": "lab.pem"})
    answers = await read_tree("recorded/rack-pdu", {}, {})

In a folder each resource is `redfish/v1/PATH/index.json`, with its headers in `headers.json` beside it if they were
recorded. Both ways are crawled alike, so a folder gives what the service that it serves would give.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fixtures.questions.redfish_tree import ROOT, ask, crawl
from fixtures.questions.target import Target
from profiles.refusal import Refusal


async def read_tree(
    place: str, credentials: Mapping[str, str], options: Mapping[str, object]
) -> list[dict[str, object]]:
    """The recorded contents of a tree; Refusal if nothing at all can be read."""
    if place.startswith(("http://", "https://")):
        answers = await ask(Target("redfish", place, credentials, options))
        if answers[0]["document"] is None:
            status = answers[0]["status"]
            what = "nothing answers" if status is None else f"the service root answers with {status}"
            raise Refusal(place, what, "check the address, --credential and --option")
        return answers
    return await read_folder(Path(place))


async def read_folder(folder: Path) -> list[dict[str, object]]:
    """From the files of a folder. Without a service root among them every file is taken."""
    files = {_uri(file, folder): file for file in sorted(folder.rglob("index.json"))}
    if not files:
        raise Refusal(str(folder), "there is no redfish/v1/…/index.json in it", "name the folder that holds redfish/")

    async def fetch(path: str) -> dict[str, object]:
        file = files.get(path)
        if file is None:
            return {"path": path, "status": 404, "allow": None, "document": None}
        return {"path": path, "status": 200, "allow": _allow(file), "document": _json(file)}

    return await crawl(fetch, [ROOT] if ROOT in files else list(files))


def _uri(file: Path, folder: Path) -> str:
    """The path of a resource; a folder may begin at redfish/ or, as DMTF's short form, at the service root."""
    inner = file.parent.relative_to(folder).as_posix()
    below = inner.removeprefix("redfish/v1").strip("/") if inner.startswith("redfish") else inner.strip("./")
    return f"{ROOT}/{below}".rstrip("/")


def _allow(file: Path) -> list[str] | None:
    """The methods in the recorded headers; None without them."""
    headers = file.with_name("headers.json")
    if not headers.exists():
        return None
    said = _json(headers)
    fields: Mapping[str, Any] = said.get("GET", said) if isinstance(said, Mapping) else {}
    allow = next((str(value) for name, value in fields.items() if name.lower() == "allow"), None)
    return None if allow is None else sorted({method.strip().upper() for method in allow.split(",")})


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refusal(str(file), f"this is not JSON ({error})", "record the resource again") from None
