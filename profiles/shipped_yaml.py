"""Data shipped beside the code: plain YAML without lines to complain of, by the parser in C where there is one.

read_shipped(Path(__file__).with_name("behaviour.yaml"))["save_s"]
"""

from pathlib import Path
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_shipped(path: Path) -> Any:
    """The content of a file that the program brings with it."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
