"""Accounts of a service: names, passwords, roles and what a role allows (DSP0266 §13.4).

accounts = Accounts(tree, "conformance", "secret")
path = accounts.verify("conformance", "secret")      # /redfish/v1/AccountService/Accounts/1
accounts.privileges(path)                            # Login, ConfigureManager, …
"""

import hmac
from collections.abc import Mapping

from simulators.servers.redfish.errors import Document, Refused, message
from simulators.servers.redfish.kinds import kind_of
from simulators.servers.redfish.tree import ROOT, Tree

ACCOUNTS = f"{ROOT}/AccountService/Accounts"
ROLES = f"{ROOT}/AccountService/Roles"


class Accounts:
    """The accounts of one service; the first, an administrator, is always there."""

    def __init__(self, tree: Tree, user: str, password: str) -> None:
        self._tree = tree
        self._passwords: dict[str, str] = {}
        self.create({"UserName": user, "Password": password, "RoleId": "Administrator"})

    def save(self) -> dict[str, str]:
        """The passwords, by path; all else is in the tree."""
        return self._passwords

    def restore(self, saved: Mapping[str, str]) -> None:
        self._passwords = dict(saved)

    def verify(self, user: str, password: str) -> str | None:
        """The path of the account that this name and password open; None if there is none, or not any more."""
        path = self.path(user)
        if path is None or not hmac.compare_digest(self._passwords[path].encode(), password.encode()):
            return None
        return path if self._account(path)["Enabled"] else None

    def path(self, user: str) -> str | None:
        """The account of a user name."""
        members = self._tree.made.get(ACCOUNTS, {})
        return next((f"{ACCOUNTS}/{name}" for name, one in members.items() if one["UserName"] == user), None)

    def privileges(self, path: str) -> frozenset[str]:
        """What the role of an account allows."""
        return frozenset(kind_of(f"{ROLES}/{self._account(path)['RoleId']}").properties["AssignedPrivileges"])

    def must_change(self, path: str) -> bool:
        """Whether nothing but a new password is allowed to this account."""
        return bool(self._account(path)["PasswordChangeRequired"])

    def create(self, body: Mapping[str, object]) -> str:
        """Make an account; its path. Refused (400) for a name that is taken."""
        self._free(str(body["UserName"]))
        document: Document = {
            "Name": "User Account",
            "UserName": body["UserName"],
            "Password": None,
            "RoleId": body["RoleId"],
            "Enabled": body.get("Enabled", True),
            "Locked": False,
            "PasswordChangeRequired": body.get("PasswordChangeRequired", False),
            "AccountTypes": ["Redfish"],
            "Links": {"Role": {"@odata.id": f"{ROLES}/{body['RoleId']}"}},
        }
        path = self._tree.add(ACCOUNTS, document)
        self._passwords[path] = str(body["Password"])
        return path

    def change(self, path: str, pointer: str, value: object, owner: bool) -> None:
        """Let one property have another value. A password that its `owner` changes need not be changed any more."""
        if pointer == "/Password":
            self._passwords[path] = str(value)
            self._tree.touch(path)
            if owner:
                self._tree.change(path, "/PasswordChangeRequired", False)
            return
        if pointer == "/UserName" and value != self._account(path)["UserName"]:
            self._free(str(value))
        self._tree.change(path, pointer, value)
        if pointer == "/RoleId":
            self._tree.change(path, "/Links/Role", {"@odata.id": f"{ROLES}/{value}"})

    def delete(self, path: str) -> None:
        """Remove an account. Refused (403) for the first one, without which nobody could come in any more."""
        if path == f"{ACCOUNTS}/1":
            raise Refused(403, message("ResourceCannotBeDeleted"))
        self._passwords.pop(path)
        self._tree.remove(path)

    def _account(self, path: str) -> Document:
        return self._tree.made[ACCOUNTS][path.rpartition("/")[2]]

    def _free(self, user: str) -> None:
        if self.path(user) is not None:
            raise Refused(400, message("ResourceAlreadyExists", "ManagerAccount", "UserName", user, about="/UserName"))
