"""DMTF's own interop validator on a tree that is served on loopback, and what it says, key by key.

    results = validate(profile, answers)
    results["/redfish/v1/Chassis/1", "/Status"]        ("FAIL", "Read Requirement Error: …")

A key is a path and the property as the validator writes it: `/Name`, `/Name (Write)`, `/Actions/#X.Y (Action Info)`,
empty for the resource itself. Where the path is empty, the property is a type of resource.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from profiles.interop.rules import InteropProfile
from tests.fixtures.web import Served

Key = tuple[str, str]
Said = tuple[str, str]

_RUN = """
import json, logging, os, sys
from redfish_interop_validator import logger, profile, system_under_test
logger.logger = logging.getLogger("peer"); logger.logger.disabled = True
logger.log_print = lambda *_: None
sys.stdout, out = open(os.devnull, "w"), sys.stdout
profile.load_profile(sys.argv[1], sys.argv[2])
sut = system_under_test.SystemUnderTest(
    sys.argv[3], "user", "password", 20, "Basic", None, None, None, ["LogEntry", "20"], False)
sut.validate(None, "/redfish/v1/", "/redfish/v1/")
sut.apply_global_checks()
rows = [[uri.rstrip("/"), prop, one["Result"].name, one["Message"]]
        for uri, resource in sut._resources.items() for prop, one in resource["Results"].items()]
rows += [["", kind, one["Result"].name, one["Message"]]
         for kind, one in sut._service_resource_results["Results"].items()]
json.dump(rows, out)
"""


def validate(profile: InteropProfile, answers: Sequence[Mapping[str, Any]]) -> dict[Key, Said]:
    """What the validator says of a tree; RuntimeError with its last words if it breaks down."""
    by_path = {str(answer["path"]): answer for answer in answers}

    async def handler(request: web.BaseRequest) -> web.Response:
        one = by_path.get(request.path.rstrip("/"))
        if one is None or one["document"] is None:
            return web.json_response({}, status=404)
        allow = one["allow"]
        return web.json_response(one["document"], headers={"Allow": ", ".join(allow)} if allow else {})

    with tempfile.TemporaryDirectory() as folder, Served(handler) as base:
        first = _lay_out(profile, Path(folder))
        line = [sys.executable, "-W", "ignore", "-c", _RUN, folder, first, base]
        done = subprocess.run(line, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "it gave no reason")
    return {(uri, prop): (result, message) for uri, prop, result, message in json.loads(done.stdout)}


def _lay_out(profile: InteropProfile, folder: Path) -> str:
    """Our files under the names by which the validator looks for them: exactly the least version asked for."""
    names = {}
    for source in profile.sources:
        document = json.loads(source.path.read_text(encoding="utf-8"))
        for name, wanted in document.get("RequiredProfiles", {}).items():
            names[name] = f"{name}.v{wanted['MinVersion'].replace('.', '_')}.json"
    for n, source in enumerate(profile.sources):
        own = next((file for name, file in names.items() if name in source.path.name), None)
        shutil.copy(source.path, folder / (own if n and own else source.path.name))
    return profile.sources[0].path.name
