"""The Redfish service of one device: who asks, whether it may, and what becomes of the resource.

app = Service(served, "conformance", "secret").app()
"""

from collections.abc import Mapping
from json import JSONDecodeError
from typing import Any

from fixtures.web_library import web
from profiles.refusal import Refusal
from simulators.servers.http import application
from simulators.servers.redfish import odata, query
from simulators.servers.redfish.access import OPEN, READING, VERSIONS, Access, Who
from simulators.servers.redfish.accounts import ACCOUNTS, Accounts
from simulators.servers.redfish.actions import Actions
from simulators.servers.redfish.errors import Document, Refused, message, missing
from simulators.servers.redfish.etags import matches
from simulators.servers.redfish.events import STREAM, SUBSCRIPTIONS, Events
from simulators.servers.redfish.integrity import Integrity
from simulators.servers.redfish.sessions import SESSIONS, Sessions
from simulators.servers.redfish.tree import PUBLISHED, ROOT, Tree
from simulators.servers.redfish.writing import body_of, complete, sorted_out
from simulators.servers.served import Served

METHODS = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}
ALWAYS = {"OData-Version": "4.0", "Cache-Control": "no-cache"}


class Service:
    """The service of one device; `user` and `password` are its first account."""

    def __init__(self, served: Served, user: str, password: str) -> None:
        self._served, self._world = served, served.world
        self._tree = Tree(served)
        self._accounts = Accounts(self._tree, user, password)
        self._sessions, self._events = Sessions(self._tree), Events(self._tree)
        self._actions = Actions(self._tree, self._events, Integrity(self._tree))
        self._access = Access(self._tree, self._accounts, self._sessions)
        self._world.keep(f"redfish/{served.name}", self)

    def app(self) -> web.Application:
        app = application(self._served, refuse=self._refuse)
        app.router.add_route("*", "/{path:.*}", self._handle)
        return app

    def save(self) -> dict[str, Any]:
        """All that clients made or changed. Sessions and streams end with the process."""
        tree = self._tree.save()
        lasting = {name: one for name, one in tree["made"].get(SUBSCRIPTIONS, {}).items() if "Destination" in one}
        made = {**tree["made"], SESSIONS: {}, SUBSCRIPTIONS: lasting}
        return {"tree": {**tree, "made": made}, "passwords": self._accounts.save()}

    def restore(self, saved: Mapping[str, Any]) -> None:
        self._sessions.close_all()
        self._tree.restore(saved["tree"])
        self._accounts.restore(saved["passwords"])

    def _refuse(self, request: web.Request, status: int) -> web.Response:
        """The answer to a request that is refused on its way (a communication fault)."""
        told = {401: message("NoValidSession"), 404: message("ResourceMissingAtURI", request.path)}
        busy = message("ServiceTemporarilyUnavailable", "1")
        return _no(Refused(status, told.get(status, message("InternalError") if status == 500 else busy)))

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.rstrip("/") or "/"
        if request.method == "POST":
            path = path.removesuffix("/Members")
        try:
            return await self._answer(request, path)
        except Refused as no:
            return _no(no)

    async def _answer(self, request: web.Request, path: str) -> web.StreamResponse:
        """Judge in the order of DSP0266 §13.3: who asks comes before everything else."""
        who, method = self._access.who(request), request.method
        if who is None and not self._access.free(method, path):
            challenge = {"WWW-Authenticate": f'Basic realm="{self._served.name}"'}
            raise Refused(401, message("NoValidSession"), headers=challenge)
        if method not in METHODS:
            raise Refused(501, message("OperationNotAllowed"))
        if request.headers.get("OData-Version", "4.0") != "4.0":
            raise Refused(412, message("HeaderInvalid", "OData-Version"))
        allowed = self._methods(path)
        if method not in allowed:
            raise Refused(405, message("OperationNotAllowed"), headers={"Allow": ", ".join(allowed)})
        if who is not None:
            self._access.permit(who, method, path)
        if path == STREAM:
            if not {"text/event-stream", "text/*", "*/*"} & _accepted(request):
                raise Refused(406, message("HeaderInvalid", "Accept"))
            return await self._events.stream(request)
        if method in READING:
            return self._read(request, who, path)
        if method == "DELETE":
            return self._delete(path)
        body = await _json(request)
        return self._patch(request, who, path, body) if method == "PATCH" else self._post(path, body)

    def _methods(self, path: str) -> tuple[str, ...]:
        """What can be asked of a path. Refused (404) if there is nothing."""
        if path in OPEN - {ROOT}:
            return READING
        if path == STREAM:
            return ("GET",)
        if self._actions.known(path):
            return ("POST",)
        kind = self._tree.kind(path)
        if kind is None:
            raise missing(path)
        return kind.methods

    def _read(self, request: web.Request, who: Who | None, path: str) -> web.Response:
        if path == VERSIONS:
            return _say({"v1": f"{ROOT}/"}, headers={"Allow": ", ".join(READING)})
        if path == odata.METADATA:
            return web.Response(text=odata.metadata(), content_type="application/xml", headers=ALWAYS)
        if path == odata.SERVICE:
            return _say(odata.service(one for one in self._tree.paths() if one.count("/") == 3))
        found = query.answer(
            lambda other: self._tree.document(other) if self._access.may(who, "GET", other) or other in OPEN else None,
            path,
            request.query,
        )
        tag = str(found["@odata.etag"])
        if not request.query and matches(request.headers.get("If-None-Match", ""), tag):
            return web.Response(status=304, headers={**ALWAYS, "ETag": tag})
        return _say(found, headers={"ETag": tag, "Allow": ", ".join(self._methods(path)), **_described(found)})

    def _patch(self, request: web.Request, who: Who | None, path: str, body: Mapping[str, Any]) -> web.Response:
        kind, present = self._tree.kind(path), self._tree.document(path)
        if kind is None or present is None or who is None:
            raise missing(path)
        if "If-Match" in request.headers and not matches(request.headers["If-Match"], present["@odata.etag"]):
            raise Refused(412, message("PreconditionFailed"))
        if not self._access.may(who, "PATCH", path) and set(body) != {"Password"}:
            raise Refused(403, message("InsufficientPrivilege"))
        changes, messages = sorted_out(kind, dict(body), present)
        if not changes:
            raise Refused(400, *(messages or [message("NoOperation")]))
        for pointer, value in changes.items():
            self._change(path, pointer, value, owner=path == who.account)
        now = self._tree.document(path) or {}
        more = {"@Message.ExtendedInfo": messages} if messages else {}
        return _say({**now, **more}, headers={"ETag": str(now["@odata.etag"]), **_described(now)})

    def _change(self, path: str, pointer: str, value: object, owner: bool) -> None:
        if path.startswith(f"{ACCOUNTS}/"):
            self._accounts.change(path, pointer, value, owner)
            return
        try:
            self._tree.change(path, pointer, value)
        except Refusal:
            word = message("PropertyValueOutOfRange", str(value), pointer.rpartition("/")[2], about=pointer)
            raise Refused(400, word) from None

    def _post(self, path: str, body: Mapping[str, Any]) -> web.Response:
        if self._actions.known(path):
            said = self._actions.perform(path, dict(body))
            return web.Response(status=204, headers=ALWAYS) if said is None else _say(said)
        kind = self._tree.kind(path)
        if kind is None:
            raise missing(path)
        given = complete(kind, dict(body))
        if path == SESSIONS:
            return self._log_in(given)
        made = self._accounts.create(given) if path == ACCOUNTS else self._events.subscribe(given)
        return _say(self._tree.document(made) or {}, status=201, headers={"Location": made})

    def _log_in(self, given: Document) -> web.Response:
        account = self._accounts.verify(given["UserName"], given["Password"])
        if account is None or self._served.fault("device.auth_expired"):
            raise Refused(401, message("ResourceAtUriUnauthorized", SESSIONS, "wrong user name or password"))
        path, token = self._sessions.open(given["UserName"], self._world.time_ms, given.get("Context"))
        document = self._tree.document(path) or {}
        if self._accounts.must_change(account):
            document = {**document, "@Message.ExtendedInfo": [message("PasswordChangeRequired", account)]}
        return _say(document, status=201, headers={"Location": path, "X-Auth-Token": token})

    def _delete(self, path: str) -> web.Response:
        collection = path.rpartition("/")[0]
        if collection == SESSIONS:
            self._sessions.close(path)
        elif collection == SUBSCRIPTIONS:
            self._events.end(path)
        else:
            self._sessions.close_all(self._tree.value(path, "/UserName"))
            self._accounts.delete(path)
        return web.Response(status=204, headers=ALWAYS)


def _accepted(request: web.Request) -> set[str]:
    return {one.partition(";")[0].strip() for one in request.headers.get("Accept", "*/*").split(",")}


async def _json(request: web.Request) -> Mapping[str, Any]:
    try:
        return body_of(await request.json() if request.can_read_body else {})
    except (JSONDecodeError, UnicodeDecodeError):
        raise Refused(400, message("MalformedJSON")) from None


def _say(document: Document, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(document, status=status, headers={**ALWAYS, **(headers or {})})


def _no(refused: Refused) -> web.Response:
    return _say(refused.body(), refused.status, refused.headers)


def _described(document: Document) -> dict[str, str]:
    """Where the schema of a resource stands."""
    name = str(document["@odata.type"]).lstrip("#").rpartition(".")[0]
    return {"Link": f"<{PUBLISHED}/{name}.json>; rel=describedby"}
