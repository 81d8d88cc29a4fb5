"""One file that a browser shows without asking anybody: strict content security policy, own style and script.

render_page("diff.html", styles=[…], scripts=[…], view=view)      bytes, the same every time
"""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.rendering import wording
from reports.rendering.texts import SYMBOLS, Texts

FOLDER = Path(__file__).parent


def text(name: str) -> str:
    """A file of this folder."""
    return (FOLDER / name).read_text(encoding="utf-8")


def render_page(template: str, styles: Sequence[str], scripts: Sequence[str], **facts: Any) -> bytes:
    """A template of this folder with its one style and one script, whose digests the policy names."""
    style, script, texts = "".join(styles), "".join(scripts), Texts()
    policy = (
        f"default-src 'none'; script-src '{_source(script)}'; style-src '{_source(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"t": texts.pair, "word": texts.word, "both": texts.both, "has_text": texts.has}
    environment.globals |= {"symbols": SYMBOLS, "wording": wording}
    # Our own constants; escaping them would change the bytes whose digest the policy names.
    own = {"style": Markup(style), "script": Markup(script), "policy": policy}
    return environment.get_template(template).render(**own, **facts).encode()


def _source(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()
