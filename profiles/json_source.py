"""JSON that others publish: strict, checked against a schema, and every value still knows its line.

document = load_json(Path("OCPRackPDU.v1_0_0.json"), "interop-profile")
document.where("Resources", "Outlet")       "OCPRackPDU.v1_0_0.json, line 71"
"""

import json
from pathlib import Path

from profiles.refusal import Refusal
from profiles.yaml_source import Document, Key, check_schema, parse, read_text


def load_json(path: Path, schema: str | Path) -> Document:
    """Read and check a file; Refusal for what is not JSON, says a key twice, or does not match the schema."""
    return parse_json(read_text(path), path, schema)


def parse_json(text: str, path: Path, schema: str | Path) -> Document:
    """The same for a text that came from `path`."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Refusal(f"{path}, line {error.lineno}", f"this is not JSON ({error.msg})", "correct the line") from None
    except RecursionError:
        raise Refusal(str(path), "it is nested too deeply", "write it flatter") from None
    # JSON is YAML, but for tabs between its words; inside of its words it has none.
    lines: dict[tuple[Key, ...], int] = {(): 1}
    data = parse(text.replace("\t", " "), lines, path)
    if not isinstance(data, dict):
        raise Refusal(str(path), "it is not a JSON object", "begin with {")
    document = Document(path, data, lines)
    check_schema(document, schema)
    return document
