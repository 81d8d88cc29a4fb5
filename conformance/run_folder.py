"""A run folder: everything one campaign writes, from the first byte to the sealed bundle.

RUN/run.json            what was asked for, so that --resume and restore need no other argument
RUN/reversals.ndjson    how to undo every actuation, written before it acts
RUN/journal/            events and samples as they arrive
RUN/data/               what goes into the bundle
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from profiles.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for. `bench` is None where the bundled simulated container is started."""

    profile: str
    bench: str | None
    seed: int
    arm: str | None
    faults: tuple[str, ...] = ()
    preset: str | None = None


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Paths of one run."""

    root: Path

    @classmethod
    def create(cls, output: Path, name: str, request: Request) -> "RunFolder":
        """A new folder for a run; Refusal if it cannot be made there."""
        folder = cls(output / name)
        try:
            for part in (folder.journal, folder.data):
                part.mkdir(parents=True, exist_ok=True)
            (folder.root / "run.json").write_text(json.dumps(asdict(request), indent=2) + "\n")
        except OSError as error:
            what = f"the run cannot be kept there ({error.strerror})"
            raise Refusal(f"--output {output}", what, "name a folder where you may write") from None
        return folder

    @classmethod
    def open(cls, root: Path) -> "RunFolder":
        """An earlier run; Refusal if the folder is not one."""
        folder = cls(root)
        if not (root / "run.json").is_file():
            raise Refusal(str(root), "this is not the folder of a run", "give the folder that contains run.json")
        return folder

    @property
    def request(self) -> Request:
        content = json.loads((self.root / "run.json").read_text())
        content["faults"] = tuple(content["faults"])
        return Request(**content)

    @property
    def name(self) -> str:
        return self.root.name

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def reversals(self) -> Path:
        return self.root / "reversals.ndjson"

    @property
    def bundle(self) -> Path:
        return self.root.with_name(self.name + ".zip")

    @property
    def report(self) -> Path:
        return self.root / "report.html"

    @property
    def certificate(self) -> Path:
        return self.root.with_name(self.name + ".pem")
