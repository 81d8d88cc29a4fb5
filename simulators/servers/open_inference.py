"""The Open Inference Protocol (KServe v2, REST) of an inference server, beside its OpenAI interface.

    GET /v2/models/{model}/ready            {"name": "llama", "ready": true}
    POST /v2/models/{model}/infer           text_input (BYTES) in, text_output (BYTES) out

Model names may contain slashes. A call that fails has the body {"error": "…"}.
"""

from collections.abc import Awaitable, Callable
from math import prod
from typing import Any

from fixtures.web_library import web
from simulators.servers.served import Served

INPUT, OUTPUT, BYTES = "text_input", "text_output", "BYTES"
VERSION = "1"
Handler = Callable[[web.Request], Awaitable[web.Response]]


class OpenInference:
    """`models` are deployed. `generate` gives the text that a model answers a text with, as slowly as it does."""

    def __init__(self, served: Served, models: tuple[str, ...], generate: Callable[[str, str], Awaitable[str]]) -> None:
        self._served, self._models, self._generate = served, models, generate

    def add_to(self, app: web.Application) -> None:
        """Serve everything below /v2."""
        model = "/v2/models/{model:.+?}"
        app.router.add_get("/v2", self._server)
        app.router.add_get("/v2/health/live", self._live)
        app.router.add_get("/v2/health/ready", self._live)
        # The first route that fits wins, and a model's name may contain anything: the longest come first.
        places = (f"{model}/versions/{VERSION}", model)
        for place in places:
            app.router.add_get(f"{place}/ready", self._ready)
            app.router.add_post(f"{place}/infer", self._infer)
        for place in places:
            app.router.add_get(place, self._model)

    async def _server(self, request: web.Request) -> web.Response:
        described = self._served.world.description(self._served.equipment)
        name, version = str(described["model"]), str(described["firmware"])
        return web.json_response({"name": name, "version": version, "extensions": []})

    async def _live(self, request: web.Request) -> web.Response:
        # The protocol's published schema names the member of both answers `live`.
        return web.json_response({"live": True})

    async def _ready(self, request: web.Request) -> web.Response:
        model = request.match_info["model"]
        return web.json_response({"name": model, "ready": True}) if model in self._models else _unknown(model)

    async def _model(self, request: web.Request) -> web.Response:
        model = request.match_info["model"]
        if model not in self._models:
            return _unknown(model)
        tensor = {"datatype": BYTES, "shape": [-1]}
        inputs, outputs = [{"name": INPUT, **tensor}], [{"name": OUTPUT, **tensor}]
        document = {"name": model, "versions": [VERSION], "platform": "vllm", "inputs": inputs, "outputs": outputs}
        return web.json_response(document)

    async def _infer(self, request: web.Request) -> web.Response:
        model = request.match_info["model"]
        if model not in self._models:
            return _unknown(model)
        try:
            question = await request.json()
            texts = _texts(question)
        except (ValueError, KeyError, TypeError) as error:
            return failure(400, f"the request is not an inference of {INPUT} ({error})")
        data = [await self._generate(model, text) for text in texts]
        output = {"name": OUTPUT, "datatype": BYTES, "shape": [len(data)], "data": data}
        asked = {"id": str(question["id"])} if "id" in question else {}
        return web.json_response({"model_name": model, "model_version": VERSION, **asked, "outputs": [output]})


def _texts(question: Any) -> list[str]:
    """What the only input tensor holds. ValueError, KeyError or TypeError if it is none."""
    (tensor,) = question["inputs"]
    data, shape = list(tensor["data"]), list(tensor["shape"])
    if (tensor["name"], tensor["datatype"]) != (INPUT, BYTES):
        raise ValueError(f"the tensor must be {INPUT} of {BYTES}")
    if prod(shape) != len(data) or not all(isinstance(text, str) for text in data):
        raise ValueError("data and shape do not agree")
    return data


def failure(status: int, reason: str) -> web.Response:
    """The protocol's word for no."""
    return web.json_response({"error": reason}, status=status)


def _unknown(model: str) -> web.Response:
    return failure(404, f"model '{model}' is not deployed")
