"""A procedure: the stimulus and the recording, written once for all requirements that share it.

A procedure is one async function over the rig's small vocabulary, so that it reads like the test plan on
the wall. It never judges. The same function runs for real or dry.

    @procedure("mains-loss", hazard=3)
    async def mains_loss(rig: Rig, outage: float = 600.0) -> None:
        '''Loss of utility supply: UPS, generator set, transfer switch and cooling carry the load.'''
"""

import importlib
import inspect
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from conformance.rig import Rig
from profiles.refusal import Refusal

Body = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Procedure:
    """`hazard` is 0 (reading only) to 4 (danger to people); from 1 on the bench must be armed."""

    name: str
    hazard: int
    body: Body

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.body) or self.name).split("\n\n")[0]

    @property
    def arguments(self) -> dict[str, object]:
        """The keyword arguments and their defaults."""
        parameters = list(inspect.signature(self.body).parameters.values())[1:]
        return {p.name: p.default for p in parameters}

    async def __call__(self, rig: Rig, arguments: dict[str, object]) -> None:
        unknown = sorted(set(arguments) - set(self.arguments))
        if unknown:
            known = ", ".join(self.arguments) or "none"
            raise Refusal(f"procedure {self.name}", f"unknown argument '{unknown[0]}'", f"its arguments are: {known}")
        await self.body(rig, **arguments)


_registry: dict[str, Procedure] = {}


def procedure(name: str, *, hazard: int) -> Callable[[Body], Body]:
    """Register the decorated function under `name`."""

    def register(body: Body) -> Body:
        _registry[name] = Procedure(name, hazard, body)
        return body

    return register


def find_procedure(name: str) -> Procedure:
    """The procedure of that name; Refusal if there is none."""
    if not _registry:
        package = importlib.import_module("conformance.procedures")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"conformance.procedures.{module.name}")
    if name not in _registry:
        raise Refusal(
            f"procedure '{name}'", "there is no such procedure", "the procedures are: " + ", ".join(sorted(_registry))
        )
    return _registry[name]
