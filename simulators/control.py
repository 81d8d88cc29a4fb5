"""The control channel: plant time and faults over a TCP connection, one JSON object per line each way."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from profiles.refusal import Refusal
from simulators.faults.catalogue import Value, find
from simulators.plant.state import read_state, write_state
from simulators.scenario import load_scenario
from simulators.world import World


class Control:
    """Answers one operation at a time. `changed` is called after every change of faults, `stop` on stop.

    `notify` lets a device (or all, if empty) send its traps to a target.
    """

    def __init__(
        self,
        world: World,
        changed: Callable[[], None],
        stop: Callable[[], None],
        lockstep: bool,
        notify: Callable[[str, str], dict[str, str]] = lambda device, target: {},
    ) -> None:
        self._notify = notify
        self._world, self._changed, self._stop, self._lockstep = world, changed, stop, lockstep

    async def serve(self, host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
        """Start listening; the server and its port."""
        server = await asyncio.start_server(self._talk, host, 0)
        return server, server.sockets[0].getsockname()[1]

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def tell(answer: Mapping[str, Any]) -> None:
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")

        try:
            while line := await reader.readline():
                self.answer(line, tell)
                await writer.drain()
        except (ConnectionError, ValueError):
            return
        finally:
            writer.close()

    def answer(self, line: bytes, tell: Callable[[Mapping[str, Any]], object]) -> None:
        """Tell the answer to one line; a refusal is an answer too."""
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("it is not an object")
            if (goal := self._promised(request)) is not None:
                tell({"ok": True, "time_ms": goal})
                self._world.advance_to(goal)
            else:
                tell({"ok": True, **self._perform(request), "time_ms": self._world.time_ms})
        except Refusal as refusal:
            tell({"ok": False, "error": str(refusal)})
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            tell({"ok": False, "error": f"control: the request is malformed ({error}); see the list of operations."})

    def _promised(self, request: Mapping[str, Any]) -> int | None:
        """Where an advance `ahead` will lead: it is answered before it is made.

        Who asked goes on with his questions meanwhile, and nobody is answered in between. What a scenario does on the
        way may be refused, so that is waited for.
        """
        if request.get("op") != "advance" or not request.get("ahead") or not self._lockstep:
            return None
        return self._world.undisturbed_until(int(request["to_ms"]))

    def _perform(self, request: Mapping[str, Any]) -> dict[str, Any]:
        world = self._world
        match request.get("op"):
            case "time":
                return {}
            case "advance":
                if not self._lockstep:
                    raise Refusal("control", "this container runs by itself", "start it with --clock lockstep")
                world.advance_to(int(request["to_ms"]))
                return {}
            case "fault":
                world.start_fault(str(request["name"]), request.get("parameters") or {})
                self._changed()
                return {}
            case "clear":
                name = find(str(request["name"])).name
                if any(fault.name == name for fault in world.known_faults()):
                    world.clear_fault(name, request.get("parameters"))
                    self._changed()
                return {}
            case "faults":
                active: dict[str, list[Mapping[str, Value]]] = {}
                for fault in world.active_faults():
                    active.setdefault(fault.name, []).append(fault.parameters)
                return {"active": active}
            case "truth":
                return {"value": world.truth(str(request["equipment"]), str(request["point"]))}
            case "command":
                world.command(str(request["equipment"]), str(request["point"]), _value(request["value"]))
                return {}
            case "scenario" | "save" | "restore" as operation:
                self._with_file(operation, Path(str(request["file"])))
                return {}
            case "notify":
                return {"engines": self._notify(str(request.get("device", "")), str(request["target"]))}
            case "stop":
                self._stop()
                return {}
            case other:
                raise Refusal(
                    "control",
                    f"there is no operation '{other}'",
                    "use time, advance, fault, clear, faults, command, scenario, save, restore, truth, notify or stop",
                )

    def _with_file(self, operation: str, path: Path) -> None:
        """Begin the scenario that a file holds, or save and restore the whole state."""
        if operation == "scenario":
            self._world.schedule(load_scenario(path))
        elif operation == "save":
            write_state(path, self._world.save())
        else:
            self._world.restore(read_state(path))
        self._changed()


def _value(value: object) -> float | str:
    return value if isinstance(value, str) else float(str(value))
