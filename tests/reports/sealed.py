"""A small run, written by hand: a UPS, two meters and a cooling unit, recorded for two minutes.

run = write_run(tmp_path)        RUN/journal and RUN/data/{profile,plan,equipment,bench}.json
"""

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from profiles.quality import Quality
from profiles.resolve import normative_digest
from reports.bundles.archive import read_archive
from reports.bundles.bundle import close_run, seal
from reports.bundles.manifest import sha256
from reports.bundles.strict_json import compact
from reports.evidence.journal import Journal
from reports.evidence.samples import Sample, SampleWriter, close_samples
from reports.sealing.certificates import YEAR, authority, issue

NS = 1_000_000_000
BEGIN = 1_793_577_600 * NS
SECONDS = 120
NOW = datetime(2026, 11, 3, tzinfo=UTC)
ROOT = authority("시험 인증 기관", NOW, 10 * YEAR)
SIGNER = issue(ROOT, "시험소", NOW, YEAR)

REQUIREMENTS: list[dict[str, Any]] = [
    {
        "id": "PWR-GRD-001",
        "domain": "power",
        "subjects": ["meter"],
        "level": "mandatory",
        "procedure": "smoke",
        "applies_when": None,
        "measurand": {
            "statistic": "worst-mean",
            "of": "voltage.*",
            "average": 60,
            "from": "sweep-begin",
            "to": "sweep-end",
        },
        "limit": {"op": "range", "min": 198, "max": 242, "unit": "V", "basis": "secondary"},
        "resolution": 0.1,
        "parameters": {
            "lower": {"value": 198, "unit": "V", "basis": "secondary"},
            "upper": {"value": 242, "unit": "V", "basis": "secondary"},
        },
        "source": {"document": "…", "clause": "…"},
    },
    {
        "id": "PWR-UPS-023",
        "domain": "power",
        "subjects": ["ups"],
        "level": "mandatory",
        "procedure": "smoke",
        "applies_when": None,
        "measurand": {
            "statistic": "share-in-state",
            "of": "output.source",
            "state": "normal",
            "from": "sweep-begin",
            "to": "sweep-end",
        },
        "limit": {"op": ">=", "value": 100, "unit": "%", "basis": "project"},
        "resolution": 0.1,
        "parameters": {},
        "source": None,
    },
    {
        "id": "CLG-AIR-001",
        "domain": "cooling",
        "subjects": ["crac"],
        "level": "mandatory",
        "procedure": "smoke",
        "applies_when": None,
        "measurand": {"statistic": "highest", "of": "supply.temperature", "from": "sweep-begin", "to": "sweep-end"},
        "limit": {"op": "<=", "value": 27, "unit": "°C", "basis": "from-memory"},
        "resolution": 0.1,
        "parameters": {"upper": {"value": 27, "unit": "°C", "basis": "from-memory"}},
        "source": None,
    },
    {
        "id": "CLG-CDU-007",
        "domain": "cooling",
        "subjects": ["cdu"],
        "level": "mandatory",
        "procedure": "smoke",
        "applies_when": None,
        "measurand": {"statistic": "lowest", "of": "loop.pressure", "from": "sweep-begin", "to": "sweep-end"},
        "limit": {"op": ">=", "value": 200, "unit": "kPa", "basis": "project"},
        "resolution": 1,
        "parameters": {},
        "source": None,
    },
]

TEXTS = {
    "PWR-GRD-001": (
        "상용 전원 전압",
        "Utility voltage",
        "상전압은 한계 안에 있어야 한다.",
        "Phase voltage shall stay in range.",
    ),
    "PWR-UPS-023": (
        "UPS 출력 공급원",
        "UPS output source",
        "UPS는 정상 급전 중이어야 한다.",
        "The UPS shall supply normally.",
    ),
    "CLG-AIR-001": (
        "급기 온도",
        "Supply air temperature",
        "급기 온도는 27 °C 이하여야 한다.",
        "Supply air shall not exceed 27 °C.",
    ),
    "CLG-CDU-007": (
        "냉각수 압력",
        "Loop pressure",
        "압력은 200 kPa 이상이어야 한다.",
        "Pressure shall be at least 200 kPa.",
    ),
}


def write_run(root: Path, *, provenance: str = "simulated", supply: float = 22.0, rule: str = "guarded") -> Path:
    """The folder of a run whose recording has ended and that was not yet closed."""
    run = root / "smoke-20261102-000000"
    (run / "journal").mkdir(parents=True)
    (run / "data").mkdir()
    records = documents(provenance, rule)
    for name, document in records.items():
        text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
        (run / "data" / f"{name}.json").write_text(text + "\n")
    _record(run / "journal", supply, records)
    return run


def sealed_pack(root: Path, **choices: Any) -> bytes:
    """The bytes of the bundle made from such a run."""
    run = write_run(root, **choices)
    close_run(run)
    return seal(run, run.with_suffix(".zip"), SIGNER).path.read_bytes()


def sealed_files(root: Path, **choices: Any) -> dict[str, bytes]:
    """The files of that bundle."""
    return read_archive(sealed_pack(root, **choices))


def documents(provenance: str, rule: str = "guarded") -> dict[str, Any]:
    """The four records that are written before the first procedure."""
    equipment = {
        "meter-main": ("meter", "Schneider", "iEM3255"),
        "meter-2": ("meter", "Schneider", "iEM3255"),
        "ups-1": ("ups", "이화전기", "EH-100"),
        "crac-1": ("crac", "LG", "AHU-30"),
    }
    points: dict[str, dict[str, tuple[str | None, float, float]]] = {
        "meter-main": {f"voltage.l{i}": ("V", 0.005, 0.1) for i in (1, 2, 3)},
        "meter-2": {f"voltage.l{i}": ("V", 0.005, 0.1) for i in (1, 2, 3)},
        "ups-1": {"output.source": (None, 0.0, 0.0)},
        "crac-1": {"supply.temperature": ("°C", 0.0, 0.1)},
    }
    items = [
        {"requirement": r["id"], "equipment": name, "procedure": "smoke", "reason": None}
        for r in REQUIREMENTS
        for name, (subject, _, _) in equipment.items()
        if subject in r["subjects"]
    ]
    absent = {"ko": "cdu 장비가 없습니다.", "en": "No cdu is declared."}
    items.append({"requirement": "CLG-CDU-007", "equipment": None, "procedure": "smoke", "reason": absent})
    texts = {key: {"title": {"ko": a, "en": b}, "statement": {"ko": c, "en": d}} for key, (a, b, c, d) in TEXTS.items()}
    profile: dict[str, Any] = {
        "schema": "resolved-profile/1",
        "profile": {"id": "smoke", "version": "1"},
        "decision": {"rule": rule, "k": 2},
        "procedures": [{"id": "smoke", "arguments": {}}],
        "requirements": REQUIREMENTS,
        "texts": texts,
    }
    profile["digest"] = normative_digest(profile)
    return {
        "profile": profile,
        "plan": {"schema": "plan/1", "items": items, "procedures": [{"id": "smoke", "hazard": 0}]},
        "equipment": {
            "schema": "equipment-record/1",
            "equipment": {
                name: {"subject": s, "maker": maker, "model": model, "serial": f"S-{name}", "firmware": "1.0"}
                for name, (s, maker, model) in equipment.items()
            },
        },
        "bench": {
            "schema": "bench-record/2",
            "bench": "lab",
            "site": {"name": {"ko": "시험 컨테이너", "en": "Test container"}, "operator": "시험소"},
            "clock": {"kind": "lockstep"},
            "devices": {f"{name}-card": _device(name, points[name], provenance) for name in equipment},
            "measures": [],
        },
    }


def _device(name: str, points: dict[str, tuple[str | None, float, float]], provenance: str) -> dict[str, Any]:
    kinds = {
        point: {
            "unit": unit,
            "kind": "quantity" if unit else "state",
            "accuracy": {"relative": relative, "absolute": 0.0},
            "resolution": resolution,
            "refresh": 1.0,
        }
        for point, (unit, relative, resolution) in points.items()
    }
    calibration = {"date": "2026-03-02", "due": "2027-03-01", "certificate": "C-1", "laboratory": "KRISS"}
    return {
        "equipment": name,
        "map": "iem3000-meter",
        "map_digest": "sha256:" + "1" * 64,
        "protocol": "modbus",
        "provenance": provenance,
        "calibration": calibration,
        "options": {},
        "points": kinds,
    }


def _record(folder: Path, supply: float, records: dict[str, Any]) -> None:
    with Journal(folder / "events.ndjson") as journal, SampleWriter(folder) as writer:
        plan = sha256(compact(records["plan"]))
        digests = {"profile_digest": records["profile"]["digest"], "plan_digest": plan}
        facts = {**digests, "seed": 0, "evaluator": "0.1.0"}
        journal.append("begin", BEGIN, attempt=1, **facts)
        journal.append("procedure", BEGIN, name="smoke", attempt=1, status="started")
        journal.append("mark", BEGIN, name="sweep-begin", procedure="smoke", attempt=1)
        for second in range(SECONDS + 1):
            writer.add(_samples(second, supply))
        end = BEGIN + SECONDS * NS
        journal.append("mark", end, name="sweep-end", procedure="smoke", attempt=1)
        journal.append("procedure", end, name="smoke", attempt=1, status="completed")
    content = close_samples(folder).digest
    with Journal(folder / "events.ndjson") as journal:
        journal.append("samples", end, count=(SECONDS + 1) * 8, digest=content)
        journal.append("end", end, status="completed")


def _samples(second: int, supply: float) -> list[Sample]:
    time = BEGIN + second * NS
    wave = math.sin(second / 9)
    numbers = {
        f"{meter}-card/voltage.l{phase}": round(220 + offset + phase / 3 + wave, 1)
        for meter, offset in (("meter-main", 0.0), ("meter-2", 2.0))
        for phase in (1, 2, 3)
    }
    numbers["crac-1-card/supply.temperature"] = round(supply + wave / 2, 1)
    found = [Sample(name, time, 1_000_000, value, str(value), Quality.GOOD) for name, value in numbers.items()]
    return [*found, Sample("ups-1-card/output.source", time, 1_000_000, "normal", "3", Quality.GOOD)]
