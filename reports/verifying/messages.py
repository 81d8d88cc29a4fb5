"""Sentences in Korean and English, from the message catalogue beside this file.

>>> message("archive.good", count=3).en
'3 files were read safely.'
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from profiles.shipped_yaml import read_shipped

LANGUAGES = ("ko", "en")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in both languages."""

    ko: str
    en: str

    def text(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


def message(key: str, **facts: object) -> Sentence:
    """The sentence `key` with its facts filled in; KeyError if key or fact is unknown."""
    entry = catalogue()[key]
    return Sentence(entry["ko"].format_map(facts), entry["en"].format_map(facts))


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every message: key to its text in each language."""
    messages: dict[str, dict[str, str]] = read_shipped(Path(__file__).with_name("messages.yaml"))["messages"]
    return messages
