"""Sessions of a service: a token for who logged in, until it logs out or is idle for too long (plant time).

path, token = sessions.open("conformance", now_ms=0)
sessions.user(token, now_ms=1_000_000)      # "conformance", or None after SessionTimeout of silence
"""

import secrets
from dataclasses import dataclass

from simulators.servers.redfish.tree import ROOT, Tree

SERVICE = f"{ROOT}/SessionService"
SESSIONS = f"{SERVICE}/Sessions"


@dataclass(slots=True)
class _Open:
    path: str
    user: str
    used_ms: int


class Sessions:
    """Who holds which token. Tokens outlive neither the process nor a restart of the device; clients log in anew."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._open: dict[str, _Open] = {}
        self._boots = tree.served.boots

    def open(self, user: str, now_ms: int, context: object = None) -> tuple[str, str]:
        """Path and token of a new session."""
        token = secrets.token_hex(16)
        told = {"Context": context} if context is not None else {}
        document = {"Name": f"Session of {user}", "UserName": user, "Password": None, "SessionType": "Redfish", **told}
        path = self._tree.add(SESSIONS, document)
        self._open[token] = _Open(path, user, now_ms)
        return path, token

    def user(self, token: str, now_ms: int) -> tuple[str, str] | None:
        """User name and session path of a token that is still good; its time begins anew."""
        if self._boots != self._tree.served.boots:
            self._boots = self._tree.served.boots
            self.close_all()
        idle_ms = 1000 * int(self._tree.value(SERVICE, "/SessionTimeout"))
        for path in [one.path for one in self._open.values() if now_ms - one.used_ms > idle_ms]:
            self.close(path)
        found = self._open.get(token)
        if found is None:
            return None
        found.used_ms = now_ms
        return found.user, found.path

    def close(self, path: str) -> None:
        """End one session."""
        self._open = {token: one for token, one in self._open.items() if one.path != path}
        self._tree.remove(path)

    def close_all(self, user: str = "") -> None:
        """End the sessions of one user, or all."""
        for one in list(self._open.values()):
            if user in ("", one.user):
                self.close(one.path)
