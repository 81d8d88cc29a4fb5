"""Who asks, and whether its role allows what it asks (DSP0266 §13).

who = access.who(request)                            # None: nobody that the service knows
access.permit(who, "PATCH", "/redfish/v1/Systems/1")  # Refused (403) without ConfigureComponents
"""

from dataclasses import dataclass

from fixtures.web_library import web
from simulators.servers.http import basic
from simulators.servers.redfish import odata
from simulators.servers.redfish.accounts import ACCOUNTS, Accounts
from simulators.servers.redfish.actions import resource
from simulators.servers.redfish.errors import Refused, message
from simulators.servers.redfish.sessions import SESSIONS, Sessions
from simulators.servers.redfish.tree import ROOT, Tree

VERSIONS = "/redfish"
OPEN = {VERSIONS, ROOT, odata.METADATA, odata.SERVICE}
READING = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Who:
    """Whoever asks: the path of its account and, if it has one, of its session."""

    account: str
    session: str = ""


class Access:
    """The door of one service."""

    def __init__(self, tree: Tree, accounts: Accounts, sessions: Sessions) -> None:
        self._tree, self._accounts, self._sessions = tree, accounts, sessions
        self._served = tree.served

    def who(self, request: web.Request) -> Who | None:
        """Whoever the request comes from; None if it does not say so in a way that the service accepts."""
        if self._served.fault("device.auth_expired"):
            return None
        token = request.headers.get("X-Auth-Token")
        if token is not None:
            found = self._sessions.user(token, self._served.world.time_ms)
            account = self._accounts.path(found[0]) if found else None
            return Who(account, found[1]) if found and account else None
        account = self._accounts.verify(*basic(request))
        return Who(account) if account else None

    def free(self, method: str, path: str) -> bool:
        """Whether anybody may ask this."""
        if method in READING:
            return path in OPEN or self._served.fault("bmc.open_reads") is not None
        return path == SESSIONS and method == "POST"

    def permit(self, who: Who, method: str, path: str) -> None:
        """Refused (403) if the role of who asks does not allow this."""
        own = path in (who.account, who.session)
        if self._accounts.must_change(who.account) and not (own and method in ("GET", "PATCH", "DELETE")):
            raise Refused(403, message("PasswordChangeRequired", who.account))
        if not self.may(who, method, path) and not own:
            raise Refused(403, message("InsufficientPrivilege"))

    def may(self, who: Who | None, method: str, path: str) -> bool:
        """Whether the role of who asks allows this method here."""
        privileges = self._accounts.privileges(who.account) if who else frozenset({"Login"})
        if method in READING:
            secret = path.startswith(f"{ACCOUNTS}/") and not (who and path == who.account)
            return "ConfigureUsers" in privileges if secret else "Login" in privileges
        kind = self._tree.kind(resource(path))
        return bool(kind and privileges & set(kind.needs))
