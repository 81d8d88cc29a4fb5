"""An inference endpoint behind a key: OpenAI's interface, the Open Inference Protocol, metrics in vLLM's names.

Answers are deterministic: they follow from the question and from how many were answered before. They take longer
the more requests the node serves; while the node is not on, the cluster's gateway answers instead: 503.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from http.client import responses
from pathlib import Path

from fixtures.web_library import web
from profiles.shipped_yaml import read_shipped
from simulators.servers import exposition
from simulators.servers.http import Handler, application, bearer, known, refusal
from simulators.servers.open_inference import OpenInference, failure
from simulators.servers.served import Served

PROCESSING = "openai-processing-ms"  # how long the server says that it took


class Endpoint:
    """`models` are deployed; `key` lets callers in."""

    def __init__(self, served: Served, models: tuple[str, ...], key: str) -> None:
        self._served, self._models, self._key = served, models, key
        self._clients = served.world.container.service.clients
        served.world.keep(f"inference/{served.name}", self)

    def app(self) -> web.Application:
        app = application(self._served, self._allowed, self._refuse)
        app.middlewares.append(self._gateway)
        app.router.add_get("/v1/models", self._list)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/metrics", self._metrics)
        OpenInference(self._served, self._models, self._generate).add_to(app)
        return app

    def save(self) -> dict[str, int]:
        return asdict(self._clients)

    def restore(self, saved: Mapping[str, int]) -> None:
        self._clients.answered, self._clients.refused = saved["answered"], saved["refused"]

    @web.middleware
    async def _gateway(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await handler(request) if self._node_is_on() else _refusal(request, 503)

    def _node_is_on(self) -> bool:
        """Whether the node that serves the models is on, as the cluster knows."""
        world = self._served.world
        state = f"node.state@{world.description(self._served.equipment)['host']}"
        return all(world.truth(one, state) == "ready" for one in world.equipment() if state in world.points(one))

    async def _generate(self, model: str, text: str) -> str:
        """The answer to a text, after the time that it takes."""
        await asyncio.sleep(self._takes_s())
        self._clients.answered += 1
        return "ready"

    def _takes_s(self) -> float:
        cost = latency()
        running, waiting = (self._number(f"requests.{name}") for name in ("running", "waiting"))
        return cost["alone"] + cost["running"] * running + cost["waiting"] * waiting

    def _overstated(self) -> float:
        fault = self._served.fault("endpoint.latency_overstated")
        return fault.number("factor") if fault else 1.0

    def _number(self, point: str) -> float:
        value = self._served.world.truth(self._served.equipment, point)
        return value if isinstance(value, float) else 0.0

    def _allowed(self, request: web.Request) -> bool:
        return self._served.fault("endpoint.no_key") is not None or known(self._served, bearer(request), self._key)

    def _refuse(self, request: web.Request, status: int) -> web.Response:
        if status == 401:
            self._clients.refused += 1
        return _refusal(request, status)

    async def _list(self, request: web.Request) -> web.Response:
        listed = self._models[1:] if self._served.fault("endpoint.model_missing") else self._models
        data = [{"id": m, "object": "model", "created": self._created(), "owned_by": "container"} for m in listed]
        return web.json_response({"object": "list", "data": data})

    async def _complete(self, request: web.Request) -> web.Response:
        try:
            question = await request.json()
            model, messages = str(question["model"]), list(question["messages"])
        except (ValueError, KeyError, TypeError):
            return _error(400, "the request is not a chat completion")
        if model not in self._models:
            return _error(404, f"the model '{model}' does not exist")
        stated = {PROCESSING: f"{1000 * self._takes_s() * self._overstated():.0f}"}
        text = await self._generate(model, json.dumps(messages))
        asked = json.dumps([model, messages, self._clients.answered], sort_keys=True)
        words = sum(len(str(message.get("content", "")).split()) for message in messages if isinstance(message, dict))
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        answer: dict[str, object] = {
            "id": f"chatcmpl-{hashlib.sha256(asked.encode()).hexdigest()[:24]}",
            "object": "chat.completion",
            "created": self._created(),
            "model": model,
            "choices": [choice],
            "usage": {"prompt_tokens": words, "completion_tokens": 1, "total_tokens": words + 1},
        }
        if self._served.fault("endpoint.malformed_answer"):
            answer["choices"] = {"text": "ready"}
        return web.json_response(answer, headers=stated)

    async def _metrics(self, request: web.Request) -> web.Response:
        body = exposition.text(self._served)
        if self._served.fault("endpoint.metrics_malformed"):
            body += 'vllm:num_requests_running{engine="0" 1\n'
        return web.Response(text=body, content_type="text/plain", charset="utf-8")

    def _created(self) -> int:
        return int(self._served.world.utc())


def _refusal(request: web.Request, status: int) -> web.Response:
    """A refusal in the words of the interface that was asked."""
    return (
        failure(status, responses.get(status, "refused"))
        if request.path.startswith("/v2")
        else refusal(request, status)
    )


@cache
def latency() -> Mapping[str, float]:
    """The numbers of inference.yaml."""
    path = Path(__file__).with_name("inference.yaml")
    numbers: Mapping[str, float] = read_shipped(path)["latency_s"]
    return numbers


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "invalid_request_error"}}, status=status)
