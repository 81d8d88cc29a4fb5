"""The report's words in both languages, as marked-up pairs of which the page shows one.

>>> str(Texts().pair("verdict.pass"))
'<span lang="ko">적합</span><span lang="en">Pass</span>'
"""

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from profiles.shipped_yaml import read_shipped

LANGUAGES = ("ko", "en")
SYMBOLS = {
    "pass": "✓",
    "conditional-pass": "(✓)",
    "fail": "✗",
    "conditional-fail": "(✗)",
    "inconclusive": "?",
    "not-tested": "○",
    "not-applicable": "–",
}
_TERMS = ("basis", "inconclusive", "not-tested", "measurand", "mark", "provenance", "manifest")


def glossary(rule: str) -> tuple[str, ...]:
    """The terms that a report explains, in this order; of the decision rules only the one that was used."""
    return ("margin", "u", rule, *_TERMS)


def decision_rule(decision: Mapping[str, Any]) -> tuple[str, dict[str, object]]:
    """The key and the facts of the text that names a profile's rule and the coverage of U.

    >>> decision_rule({"rule": "guarded", "k": 2, "distribution": "convolved"})
    ('rule.guarded.convolved', {'k': 2, 'percent': '95.45'})
    """
    k, convolved = decision.get("k", 2), decision.get("distribution") == "convolved"
    key = f"rule.{decision['rule']}" + (".convolved" if convolved else "")
    return key, {"k": k, "percent": f"{100 * math.erf(k / math.sqrt(2)):.4g}"}


class Texts:
    """Looks words up in `texts.yaml`; an unknown key is a KeyError (a programming error)."""

    def pair(self, key: str, **facts: object) -> Markup:
        """The text `key`, facts filled in and escaped, once per language."""
        entry = _entries()[key]
        return Markup("").join(
            Markup('<span lang="{}">{}</span>').format(code, Markup(entry[code]).format(**facts)) for code in LANGUAGES
        )

    def word(self, key: str, language: str, **facts: object) -> str:
        """The plain text `key` in one language, facts filled in: for attributes and for paper."""
        return _entries()[key][language].format(**facts) if facts else _entries()[key][language]

    def both(self, sentences: Mapping[str, str] | None) -> Markup:
        """A pair given as data, e.g. a title; "" if there is none."""
        if not sentences:
            return Markup("")
        if sentences.get("ko") == sentences.get("en"):
            return escape(sentences["ko"])
        spans = (Markup('<span lang="{}">{}</span>').format(c, sentences.get(c, "")) for c in LANGUAGES)
        return Markup("").join(spans)

    def has(self, key: str) -> bool:
        return key in _entries()


@cache
def _entries() -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = read_shipped(Path(__file__).with_name("texts.yaml"))["texts"]
    return entries
