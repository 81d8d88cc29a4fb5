"""JUnit XML: one test case per verdict, so that any CI system shows a campaign.

`pass` is a passed case, `fail` a failure, `not-applicable` a skip; `inconclusive` and `not-tested` are errors,
because neither may look green.
"""

from collections.abc import Mapping
from xml.etree import ElementTree as xml

from reports.bundles.content import read_content
from reports.rendering.wording import limit_text, title_text, uncertainty_text, value_text

_OUTCOMES = {"fail": "failure", "inconclusive": "error", "not-tested": "error", "not-applicable": "skipped"}


def junit(files: Mapping[str, bytes], language: str | None = None) -> bytes:
    """The verdicts as JUnit XML in UTF-8, titles and reasons in `language` (English if None)."""
    content, code = read_content(files), language or "en"
    profile = content.profile["profile"]["id"]
    counts = content.counts
    totals = {
        "tests": str(len(content.rows)),
        "failures": str(counts["fail"]),
        "errors": str(counts["inconclusive"] + counts["not-tested"]),
        "skipped": str(counts["not-applicable"]),
    }
    root = xml.Element("testsuites", totals)
    suite = xml.SubElement(root, "testsuite", {"name": profile, "timestamp": content.period[0], **totals})
    facts = {"conclusion": content.conclusion, "certificate": str(content.certificate).lower()}
    _properties(suite, {**facts, "profile": content.profile["digest"]})
    for row in content.rows:
        name = f"{row['requirement']}[{row['equipment'] or 'none'}]"
        case = xml.SubElement(suite, "testcase", {"classname": f"{profile}.{row['procedure']}", "name": name})
        title = title_text(content.profile, row["requirement"], code)
        values = {"value": value_text(row), "uncertainty": uncertainty_text(row), "limit": limit_text(row["limit"])}
        more = {name: str(row.get(name) or "") for name in ("waiver", "conditional")}
        _properties(case, {"title": title, "verdict": row["verdict"], "status": row["status"], **values, **more})
        if row["verdict"] in _OUTCOMES:
            reason = str((row["reason"] or {}).get(code, ""))
            xml.SubElement(case, _OUTCOMES[row["verdict"]], {"message": _legal(reason), "type": row["verdict"]})
    xml.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{xml.tostring(root, encoding="unicode")}\n'.encode()


def _properties(parent: xml.Element, facts: Mapping[str, str]) -> None:
    group = xml.SubElement(parent, "properties")
    for name, value in facts.items():
        if value:
            xml.SubElement(group, "property", {"name": name, "value": _legal(value)})


def _legal(text: str) -> str:
    """XML cannot carry most control characters, not even escaped."""
    return "".join(c if c >= " " and c not in "\ufffe\uffff" else "\ufffd" for c in text)
