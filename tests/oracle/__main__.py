"""Compare recordings with maps: `python -m tests.oracle` draws docs/device-agreement.md anew.

python -m tests.oracle                                    every recording that has a map in recordings/
python -m tests.oracle ups/netagent2 megatec-netagent     one, with each disagreement in full
"""

import asyncio
import sys

from tests.oracle.comparing import RECORDINGS, ROOT, Sensor, compare, recordings

PAGE = ROOT / "docs/device-agreement.md"


def sentence(sensor: Sensor) -> str:
    """A disagreement in one line."""
    reading = sensor.reading
    ours = "not read" if reading is None else f"{reading.point} {reading.value} {reading.unit} {reading.quality.value}"
    return (
        f"{sensor.oid} {sensor.kind} '{sensor.description}' raw {sensor.raw!r}: {sensor.expected} {sensor.unit}, {ours}"
    )


def one(name: str, map_name: str) -> int:
    sensors = asyncio.run(compare(RECORDINGS / name, map_name))
    for sensor in sensors:
        if not sensor.agrees:
            print(sentence(sensor))
    print(f"{name}: {sum(s.agrees for s in sensors)} of {len(sensors)} agree")
    return 0


def page() -> int:
    """Writes the page; the exit code is 1 if a null became a number."""
    rows, reasons, agreed, total, numbers = [], [], 0, 0, 0
    for name, map_name in recordings().items():
        sensors = asyncio.run(compare(RECORDINGS / name, map_name))
        good = sum(sensor.agrees for sensor in sensors)
        agreed, total = agreed + good, total + len(sensors)
        numbers += sum(s.expected is None and s.reading is not None and s.reading.value is not None for s in sensors)
        rows.append(f"| `{name}` | `{map_name}` | {good} of {len(sensors)} |")
        reasons += [f"- `{name}` {sentence(sensor)}" for sensor in sensors if not sensor.agrees]
    head = f"# Agreement of device maps with recordings\n\nDrawn by `make devices`. {agreed} of {total} sensors agree; "
    head += (
        f"{numbers} that are not available came out as a number.\n\n| recording | map | agree |\n| --- | --- | --- |\n"
    )
    PAGE.write_text(head + "\n".join(rows) + "\n\n## What differs\n\n" + "\n".join(reasons) + "\n", encoding="utf-8")
    print(f"{agreed} of {total} agree")
    return 1 if numbers else 0


if __name__ == "__main__":
    sys.exit(one(*sys.argv[1:3]) if len(sys.argv) > 2 else page())
