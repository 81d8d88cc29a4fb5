"""The procedures that profiles may name, with their marks; how they are carried out is no concern of a profile.

>>> load_procedures()["smoke"].marks
('sweep-begin', 'sweep-end')
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from profiles.yaml_source import load_document

SOURCE = Path(__file__).with_name("procedures.yaml")


@dataclass(frozen=True, slots=True)
class ProcedureKind:
    """`marks` in the order in which they are put; the names of its `arguments`."""

    name: str
    marks: tuple[str, ...]
    arguments: tuple[str, ...]


@functools.cache
def load_procedures() -> Mapping[str, ProcedureKind]:
    """All procedures by name; Refusal if the shipped file is malformed."""
    found = load_document(SOURCE, "procedures").data["procedures"]
    return {n: ProcedureKind(n, tuple(fields["marks"]), tuple(fields["arguments"])) for n, fields in found.items()}
