"""The Open Inference Protocol of the inference server, and how it follows the node that serves it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from fixtures.device_map import load_map
from simulators.servers import http
from simulators.servers.inference import Endpoint
from simulators.servers.served import Served
from simulators.world import World

KEY, MODEL = "key", "meta-llama/Llama-3.1-8B-Instruct"
TENSOR = {"name": "text_input", "datatype": "BYTES", "shape": [2], "data": ["one", "two"]}
Ask = Callable[..., Awaitable[tuple[int, Any]]]


def served(play: Callable[[World, Ask], Awaitable[None]]) -> None:
    """Let somebody with the key ask; `ask(path, body)` gives status and decoded body."""

    async def scene() -> None:
        world = World("edge-40", 1, 0)
        device = Served(world, "llm-1-api", "llm-1-api", "llm-1", load_map("openai-endpoint"), 1)
        server, port = await http.serve(Endpoint(device, (MODEL,), KEY).app(), None)

        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:

            async def ask(path: str, body: object = None, key: str = KEY) -> tuple[int, Any]:
                headers = {"Authorization": f"Bearer {key}"}
                method = "GET" if body is None else "POST"
                async with session.request(method, path, json=body, headers=headers) as answer:
                    return answer.status, await answer.json()

            await play(world, ask)
        server.close()

    asyncio.run(scene())


def test_every_endpoint_of_the_protocol_answers_in_its_shape() -> None:
    async def play(world: World, ask: Ask) -> None:
        assert await ask("/v2") == (200, {"name": "Inference server", "version": "0.8.5", "extensions": []})
        for health in ("live", "ready"):
            assert await ask(f"/v2/health/{health}") == (200, {"live": True})
        for name in (MODEL, quote(MODEL, safe=""), f"{MODEL}/versions/1"):
            assert await ask(f"/v2/models/{name}/ready") == (200, {"name": MODEL, "ready": True})
            status, model = await ask(f"/v2/models/{name}")
            assert (status, model["name"], model["versions"]) == (200, MODEL, ["1"])
            status, answer = await ask(f"/v2/models/{name}/infer", {"id": "7", "inputs": [TENSOR]})
            assert (status, answer["model_name"], answer["id"]) == (200, MODEL, "7")
            (output,) = answer["outputs"]
            assert (output["name"], output["datatype"]) == (model["outputs"][0]["name"], "BYTES")
            assert output["shape"] == [2] == [len(output["data"])]

    served(play)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v2/models/nobody", None, 404),
        ("/v2/models/nobody/ready", None, 404),
        ("/v2/models/nobody/infer", {"inputs": [TENSOR]}, 404),
        (f"/v2/models/{MODEL}/infer", {"inputs": []}, 400),
        (f"/v2/models/{MODEL}/infer", {"inputs": [TENSOR | {"shape": [3]}]}, 400),
        (f"/v2/models/{MODEL}/infer", {"inputs": [TENSOR | {"datatype": "FP32"}]}, 400),
        (f"/v2/models/{MODEL}/infer", [], 400),
    ],
)
def test_a_call_that_fails_says_why(path: str, body: object, status: int) -> None:
    async def play(world: World, ask: Ask) -> None:
        got, answer = await ask(path, body)
        assert got == status and set(answer) == {"error"} and isinstance(answer["error"], str)

    served(play)


def test_a_wrong_key_opens_nothing() -> None:
    async def play(world: World, ask: Ask) -> None:
        status, answer = await ask("/v2/health/live", key="wrong")
        assert status == 401 and isinstance(answer["error"], str)

    served(play)


def test_nothing_is_served_while_the_node_is_not_on() -> None:
    async def play(world: World, ask: Ask) -> None:
        world.command("bmc-1", "power-state", "off")
        world.advance_to(5000)
        for path in ("/v2/health/live", "/v2/health/ready", f"/v2/models/{MODEL}/ready"):
            status, answer = await ask(path)
            assert status == 503 and isinstance(answer["error"], str)
        assert (await ask("/v1/models"))[0] == 503
        assert (await ask(f"/v2/models/{MODEL}/infer", {"inputs": [TENSOR]}))[0] == 503

    served(play)


def test_an_answer_takes_longer_the_more_requests_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def play(world: World, ask: Ask) -> None:
        async def note(seconds: float) -> None:
            waits.append(seconds)

        question = {"inputs": [TENSOR | {"shape": [1], "data": ["one"]}]}
        monkeypatch.setattr("simulators.servers.inference.asyncio.sleep", note)
        assert (await ask(f"/v2/models/{MODEL}/infer", question))[0] == 200
        before = world.truth("llm-1", "requests.running")
        while world.truth("llm-1", "requests.running") == before:
            world.advance_to(world.time_ms + 1000)
        now = world.truth("llm-1", "requests.running")
        assert (await ask(f"/v2/models/{MODEL}/infer", question))[0] == 200
        first, second = [seconds for seconds in waits if seconds > 0]
        assert (first < second) == (before < now)

    served(play)
