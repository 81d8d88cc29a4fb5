"""The documents of the OData protocol: the metadata, which names all schemas, and the service document."""

from collections.abc import Iterable
from itertools import groupby

from simulators.servers.redfish.errors import Document
from simulators.servers.redfish.kinds import types
from simulators.servers.redfish.tree import PUBLISHED, ROOT

METADATA, SERVICE = f"{ROOT}/$metadata", f"{ROOT}/odata"
_EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
_EDM = "http://docs.oasis-open.org/odata/ns/edm"
# What answers contain beside resources.
_FURTHER = ("Event.v1_13_0", "Message.v1_3_0", "Resource.v1_0_0")


def metadata() -> str:
    """The metadata document: a reference to every schema, and the container of the service root."""
    names = sorted({*types(), *_FURTHER})
    references = "".join(
        _reference(schema, versions) for schema, versions in groupby(names, lambda name: name.partition(".")[0])
    )
    root = next(name for name in names if name.startswith("ServiceRoot."))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<edmx:Edmx xmlns:edmx="{_EDMX}" Version="4.0">'
        f'{references}<edmx:DataServices><Schema xmlns="{_EDM}" Namespace="Service">'
        f'<EntityContainer Name="Service" Extends="{root}.ServiceContainer"/></Schema></edmx:DataServices></edmx:Edmx>'
    )


def service(children: Iterable[str]) -> Document:
    """The service document: the root and each resource directly below it."""
    found = [{"name": path.rsplit("/", 1)[-1], "kind": "Singleton", "url": path} for path in children]
    root = {"name": "Service", "kind": "Singleton", "url": f"{ROOT}/"}
    return {"@odata.context": METADATA, "value": [root, *found]}


def _reference(schema: str, versions: Iterable[str]) -> str:
    """Collections have no version, and no number in the name of their file either way."""
    includes = "".join(f'<edmx:Include Namespace="{name}"/>' for name in sorted({schema, *versions}))
    return f'<edmx:Reference Uri="{PUBLISHED}/{schema}_v1.xml">{includes}</edmx:Reference>'
