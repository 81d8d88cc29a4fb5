"""The actions of a service (DSP0266 §7.10): a POST to a target that a resource names.

actions = Actions(tree, events, integrity)
actions.perform("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {"ResetType": "ForceOff"})
"""

from simulators.servers.redfish.errors import Document, Refused, message
from simulators.servers.redfish.events import SERVICE as EVENT_SERVICE
from simulators.servers.redfish.events import Events
from simulators.servers.redfish.integrity import ACTION as ATTEST
from simulators.servers.redfish.integrity import Integrity
from simulators.servers.redfish.tree import ROOT, Tree

SYSTEM = f"{ROOT}/Systems/1"
TEST = f"{EVENT_SERVICE}/Actions/EventService.SubmitTestEvent"
RESET = f"{SYSTEM}/Actions/ComputerSystem.Reset"
# What each type of reset is in the plant's words.
RESETS = {
    "On": "on",
    "ForceOff": "force-off",
    "GracefulShutdown": "graceful-shutdown",
    "ForceRestart": "force-restart",
    "GracefulRestart": "graceful-restart",
    "PowerCycle": "power-cycle",
}


class Actions:
    """The actions that resources of this service name."""

    def __init__(self, tree: Tree, events: Events, integrity: Integrity) -> None:
        self._tree, self._events, self._integrity = tree, events, integrity

    def known(self, path: str) -> bool:
        if path == ATTEST:
            return self._integrity.known()
        return path == TEST or (path == RESET and self._tree.kind(SYSTEM) is not None)

    def perform(self, path: str, body: Document) -> Document | None:
        """Do it; what there is to say. Refused (400) for a parameter that is missing or not allowed."""
        if path == ATTEST:
            return self._integrity.measure(body)
        if path == TEST:
            self._events.send("TestMessage", (), EVENT_SERVICE, "Other")
            return None
        wanted = body.get("ResetType")
        if wanted is None:
            raise Refused(400, message("PropertyMissing", "ResetType", about="/ResetType"))
        if wanted not in RESETS:
            raise Refused(400, message("PropertyValueNotInList", str(wanted), "ResetType", about="/ResetType"))
        self._tree.served.write("reset", RESETS[str(wanted)])
        return None


def resource(path: str) -> str:
    """The resource whose action a path is; the path itself if it is none."""
    return path.partition("/Actions/")[0]
