"""A live service is crawled as it is, with the methods that it allows; a silent one is refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from conformance.cli import main
from fixtures.questions import redfish_tree
from tests.fixtures.web import Served
from tests.interop.small import answers, profile


def test_a_service_gives_what_its_tree_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = {"Model": {"WriteRequirement": "Mandatory"}}
    profile(tmp_path, Resources={"Chassis": {"PropertyRequirements": rules}})
    documents = {
        one["path"]: one["document"] for one in answers({"Model": "M1", "@Redfish.WriteableProperties": ["Model"]})
    }
    allow = "GET, PATCH"
    asked: list[str] = []

    async def handler(request: Any) -> web.Response:
        asked.append(f"{request.method} {request.headers.get('Authorization', '')[:5]}")
        if (document := documents.get(request.path.rstrip("/"))) is None:
            return web.json_response({}, status=404)
        return web.json_response(document, headers={"Allow": allow})

    line = ["interop", str(tmp_path / "Small.v1_0_0.json")]
    with Served(handler) as base:
        (tmp_path / "user").write_text("audit")
        assert main([*line, base, "--credential", f"user=file:{tmp_path / 'user'}"]) == 0
        allow = "GET"
        assert main([*line, base]) == 1
        assert "the service says that it cannot be written" in capsys.readouterr().out
    assert set(asked) == {"GET Basic", "GET "} and len(asked) == 6
    assert main([*line, base]) == 2
    assert "nothing answers" in capsys.readouterr().err


def test_what_lies_beyond_the_bound_of_a_crawl_is_recorded_as_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redfish_tree, "AT_MOST", 2)
    documents = {one["path"]: one for one in answers({}, {})}

    async def fetch(path: str) -> dict[str, Any]:
        return documents[path]

    found = asyncio.run(redfish_tree.crawl(fetch))
    assert [one["status"] for one in found] == [200, 200, None, None]
