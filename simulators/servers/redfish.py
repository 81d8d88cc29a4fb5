"""A Redfish service made from a device map: every path of the map is a resource, linked from the root.

What the map does not say is the fixed envelope of the standard: service root, collections, sessions.
"""

import secrets
from collections.abc import Mapping

from aiohttp import web

from fixtures.map_point import MapPoint
from simulators.servers.http import application, basic, place
from simulators.servers.served import Served

ROOT = "/redfish/v1"
SESSIONS = f"{ROOT}/SessionService/Sessions"
OPEN = {"/redfish", ROOT, f"{ROOT}/$metadata", f"{ROOT}/odata"}
# One level of subordinate resources can be sent with a collection (DSP0266 §7.3).
EXPANSIONS = {".", ".($levels=1)"}
FEATURES = {"ExpandQuery": {"NoLinks": True, "Levels": True, "MaxLevels": 1, "ExpandAll": False, "Links": False}}
Document = dict[str, object]


class Service:
    """The tree of one device; `user` and `password` open it."""

    def __init__(self, served: Served, user: str, password: str) -> None:
        self._served, self._account = served, (user, password)
        self._tokens: dict[str, str] = {}
        self._logins = 0
        self._points: dict[str, list[MapPoint]] = {}
        for point in served.map.points.values():
            self._points.setdefault(str(point.locator["path"]).rstrip("/"), []).append(point)
        self._fixed = _children({*self._points, SESSIONS})
        self._known = {ROOT}.union(*self._fixed.values())

    def app(self) -> web.Application:
        app = application(self._served, self._allowed, "Basic")
        app.router.add_post(SESSIONS, self._log_in)
        app.router.add_delete(SESSIONS + "/{id}", self._log_out)
        app.router.add_get("/{path:.*}", self._get)
        return app

    def _allowed(self, request: web.Request) -> bool:
        path = request.path.rstrip("/") or "/"
        if path in OPEN or (request.method == "POST" and path == SESSIONS):
            return True
        if request.method == "GET" and self._served.fault("bmc.open_reads"):
            return True
        return basic(request) == self._account or request.headers.get("X-Auth-Token") in self._tokens.values()

    async def _log_in(self, request: web.Request) -> web.Response:
        try:
            account = await request.json()
            given = (str(account["UserName"]), str(account["Password"]))
        except (ValueError, KeyError, TypeError):
            return web.json_response({"error": {"message": "UserName and Password are needed"}}, status=400)
        if given != self._account:
            return web.json_response({"error": {"message": "wrong account"}}, status=401)
        self._logins += 1
        name, token = str(self._logins), secrets.token_hex(16)
        self._tokens[name] = token
        headers = {"X-Auth-Token": token, "Location": f"{SESSIONS}/{name}"}
        return web.json_response(self.resource(f"{SESSIONS}/{name}"), status=201, headers=headers)

    async def _log_out(self, request: web.Request) -> web.Response:
        known = self._tokens.pop(request.match_info["id"], None)
        return web.Response(status=204 if known else 404)

    async def _get(self, request: web.Request) -> web.Response:
        document = self.resource(request.path.rstrip("/"), expanded=request.query.get("$expand") in EXPANSIONS)
        if document is None:
            return web.json_response({"error": {"message": "no such resource"}}, status=404)
        return web.json_response(document)

    def resource(self, path: str, expanded: bool = False) -> Document | None:
        """The resource at a path now, the members of a collection in full if `expanded`; None if there is none."""
        if path == "/redfish":
            return {"v1": f"{ROOT}/"}
        parent, _, name = path.rpartition("/")
        own = self._members(parent).get(name)
        if path not in self._known and own is None:
            return None
        document: Document = {"@odata.id": path, "@odata.type": _type(path), "Id": name, "Name": name}
        if path == ROOT:
            document |= {
                "RedfishVersion": "1.20.0",
                "ProtocolFeaturesSupported": FEATURES,
                "Links": {"Sessions": {"@odata.id": SESSIONS}},
            }
        children = self._fixed.get(path, []) + [f"{path}/{member}" for member in self._members(path)]
        if name in _COLLECTIONS:
            links = [{"@odata.id": child} for child in children]
            members = [self.resource(child) or {} for child in children] if expanded else links
            document |= {"Members": members, "Members@odata.count": len(links)}
        else:
            document |= {child.rsplit("/", 1)[-1]: {"@odata.id": child} for child in children}
        document |= own or {}
        self._fill(document, path)
        return document

    def _fill(self, document: Document, path: str) -> None:
        """Put in the values of the map's points at this path."""
        if "Members" not in document:
            document.setdefault("Status", {"State": "Enabled", "Health": "OK"})
        scaled = self._served.fault("pdu.redfish_scale")
        for point in self._points.get(path, []):
            raw = self._served.raw(point) if "property" in point.locator else None
            if scaled is not None and point.name == scaled.text("point") and isinstance(raw, int | float):
                raw = raw * scaled.number("factor")
            if raw is not None:
                place(document, str(point.locator["property"]), raw)

    def _members(self, path: str) -> dict[str, Document]:
        """What a collection holds that comes and goes: sessions, and what the plant has and the map counts."""
        if path == SESSIONS:
            return {name: {"UserName": self._account[0]} for name in self._tokens}
        for point in self._points.get(path, []):
            wanted = point.locator.get("count-members")
            if isinstance(wanted, Mapping):
                raw = self._served.raw(point)
                count = int(raw) if isinstance(raw, int | float) else 0
                return {str(n): _member(wanted) for n in range(1, count + 1)}
        return {}


def _member(wanted: Mapping[str, object]) -> Document:
    document: Document = {"Status": {"State": "Enabled", "Health": "OK"}}
    for pointer, value in wanted.items():
        place(document, str(pointer), value)
    return document


def _children(paths: set[str]) -> dict[str, list[str]]:
    """The children of every path on the way from the root."""
    found: dict[str, set[str]] = {}
    for path in paths:
        while path != ROOT:
            parent = path.rsplit("/", 1)[0]
            found.setdefault(parent, set()).add(path)
            path = parent
    return {parent: sorted(children) for parent, children in found.items()}


# The collections of the standard that our maps pass through: their children are members.
_COLLECTIONS = {
    "Systems",
    "Chassis",
    "Managers",
    "Processors",
    "Sensors",
    "RackPDUs",
    "CDUs",
    "Mains",
    "Pumps",
    "PowerSupplies",
    "Fans",
    "SecondaryCoolantConnectors",
    "LeakDetectors",
    "Sessions",
}


def _type(path: str) -> str:
    if path == ROOT:
        return "#ServiceRoot.v1_17_0.ServiceRoot"
    parent, name = path.split("/")[-2:]
    if name in _COLLECTIONS:
        return f"#{name.rstrip('s')}Collection.{name.rstrip('s')}Collection"
    kind = parent.rstrip("s") if parent in _COLLECTIONS else name
    return f"#{kind}.v1_0_0.{kind}"
