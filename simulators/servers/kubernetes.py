"""The Kubernetes API, as far as a device map reads it: lists of objects behind a token."""

from collections.abc import Sequence

from fixtures.map_point import MapPoint
from fixtures.web_library import web
from simulators.servers.http import application, bearer, known, place
from simulators.servers.served import Served

# Which vendor's resource each node offers, by its position among the pointers of the map.
Vendors = Sequence[int]


def api(served: Served, token: str, vendors: Vendors) -> web.Application:
    """The list of nodes, made from the points of the map."""
    app = application(served, lambda request: known(served, bearer(request), token))

    async def listed(request: web.Request) -> web.Response:
        items = [_node(served, name, vendors[n]) for n, name in enumerate(served.instances())]
        return web.json_response({"kind": "NodeList", "apiVersion": "v1", "metadata": {}, "items": items})

    for path in sorted({str(point.locator["path"]) for point in served.map.points.values()}):
        app.router.add_get(path, listed)
    return app


def _node(served: Served, name: str, vendor: int) -> dict[str, object]:
    node: dict[str, object] = {"metadata": {"name": name}, "status": {"conditions": []}}
    for point in served.map.points.values():
        raw = served.raw(point, name)
        if raw is not None:
            _put(node, _pointer(point, vendor), raw)
    return node


def _pointer(point: MapPoint, vendor: int) -> str:
    """A node offers the resource of one vendor: the pointer of that vendor."""
    given = point.locator["property"]
    return str(given[vendor]) if isinstance(given, list | tuple) else str(given)


def _put(node: dict[str, object], pointer: str, raw: object) -> None:
    """A pointer through `[type=Ready]` means the entry of a list whose type is Ready."""
    head, bracket, rest = pointer.partition("/[")
    if not bracket:
        # Kubernetes writes quantities as text.
        place(node, pointer, f"{raw:g}" if isinstance(raw, float) else str(raw))
        return
    key, _, value = rest.partition("]")[0].partition("=")
    entry: dict[str, object] = {key: value}
    place(entry, rest.partition("]")[2], raw)
    place(node, head, [entry])
