"""An OpenAI-compatible inference endpoint behind a key, with its metrics in vLLM's names.

Answers are deterministic: they follow from the question and from how many were answered before.
"""

import hashlib
import json

from aiohttp import web

from simulators.servers.exposition import text
from simulators.servers.http import application, bearer, known
from simulators.servers.served import Served


class Endpoint:
    """`models` are deployed; `key` lets callers in."""

    def __init__(self, served: Served, models: tuple[str, ...], key: str) -> None:
        self._served, self._models, self._key = served, models, key
        self._answered = 0

    def app(self) -> web.Application:
        app = application(self._served, self._allowed)
        app.router.add_get("/v1/models", self._list)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/metrics", self._metrics)
        return app

    def _allowed(self, request: web.Request) -> bool:
        return self._served.fault("endpoint.no_key") is not None or known(self._served, bearer(request), self._key)

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
        self._answered += 1
        asked = hashlib.sha256(json.dumps([model, messages, self._answered], sort_keys=True).encode()).hexdigest()
        words = sum(len(str(message.get("content", "")).split()) for message in messages if isinstance(message, dict))
        choice = {"index": 0, "message": {"role": "assistant", "content": "ready"}, "finish_reason": "stop"}
        answer: dict[str, object] = {
            "id": f"chatcmpl-{asked[:24]}",
            "object": "chat.completion",
            "created": self._created(),
            "model": model,
            "choices": [choice],
            "usage": {"prompt_tokens": words, "completion_tokens": 1, "total_tokens": words + 1},
        }
        if self._served.fault("endpoint.malformed_answer"):
            answer["choices"] = {"text": "ready"}
        return web.json_response(answer)

    async def _metrics(self, request: web.Request) -> web.Response:
        body = text(self._served)
        if self._served.fault("endpoint.metrics_malformed"):
            body += 'vllm:num_requests_running{engine="0" 1\n'
        return web.Response(text=body, content_type="text/plain", charset="utf-8")

    def _created(self) -> int:
        return int(self._served.world.utc())


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message, "type": "invalid_request_error"}}, status=status)
