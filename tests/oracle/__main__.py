"""Compare recordings with maps: `python -m tests.oracle` draws docs/device-agreement.md anew.

python -m tests.oracle                                    every recording that has a map in recordings/
python -m tests.oracle ups/netagent2 megatec-netagent     one, with each disagreement in full
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.oracle.comparing import (
    AGREES,
    DIFFERS,
    ELSEWHERE,
    EXPLAINED,
    RECORDINGS,
    ROOT,
    UNRECORDED,
    Sensor,
    compare,
    recordings,
)

PAGE = ROOT / "docs/device-agreement.md"
NO_OBJECT = "The recording has no such object: the other project made the value up from a related row."


def sentence(sensor: Sensor) -> str:
    """A disagreement in one line."""
    reading = sensor.instead or sensor.reading
    ours = "not read" if reading is None else f"{reading.point} {reading.value} {reading.unit} {reading.quality.value}"
    theirs = sensor.state or f"{sensor.expected} {sensor.unit}"
    return f"{sensor.oid} {sensor.kind} '{sensor.description}' raw {sensor.raw!r}: {theirs}, {ours}"


def one(name: str, map_name: str) -> int:
    sensors = asyncio.run(compare(RECORDINGS / name, map_name))
    for sensor in sensors:
        if not sensor.agrees:
            print(f"{sensor.standing}: {sentence(sensor)}")
    print(f"{name}: {sum(s.agrees for s in sensors)} of {len(sensors)} agree")
    return 0


def page() -> int:
    """Writes the page; the exit code is 1 if a null became a number or a disagreement has no reason."""
    maps = recordings()
    compared = {name: asyncio.run(compare(RECORDINGS / name, map_name)) for name, map_name in maps.items()}
    sensors = [sensor for group in compared.values() for sensor in group]
    PAGE.write_text(drawn(maps, compared), encoding="utf-8")
    count = Counter(sensor.standing for sensor in sensors)
    print(f"{count[AGREES]} of {len(sensors)} agree, " + ", ".join(f"{count[s]} {s}" for s in count if s != AGREES))
    return 1 if numbers(sensors) or count[DIFFERS] else 0


def drawn(maps: dict[str, str], compared: dict[str, list[Sensor]]) -> str:
    """The page: the shares, each recording, and below each reason the sensors that it is about."""
    sensors = [sensor for group in compared.values() for sensor in group]
    return "\n".join([*_summary(sensors), *_table(maps, compared), *_reasons(compared)]) + "\n"


def numbers(sensors: Iterable[Sensor]) -> int:
    """How many that have no value came out as a number."""
    return sum(s.expected is None and s.reading is not None and s.reading.value is not None for s in sensors)


def _summary(sensors: list[Sensor]) -> Iterator[str]:
    count = Counter(sensor.standing for sensor in sensors)
    recorded = len(sensors) - count[UNRECORDED]
    agree, stated = count[AGREES] + count[ELSEWHERE], [sensor for sensor in sensors if sensor.stated]
    nulls = [sensor for sensor in sensors if sensor.expected is None]
    yield "# Agreement of device maps with recordings\n"
    yield "Drawn by `make devices`: recordings of real devices, replayed on a socket and read through our maps,"
    yield "compared with what another project decoded from the same bytes.\n"
    yield "| of | sensors | agree | share |\n| --- | --- | --- | --- |"
    yield f"| all sensors, as they stand | {len(sensors)} | {count[AGREES]} | {_share(count[AGREES], len(sensors))} |"
    yield f"| those whose object is in the recording | {recorded} | {agree} | {_share(agree, recorded)} |"
    yield (
        f"| the same without those on which we differ for a stated reason | {recorded - count[EXPLAINED]} "
        f"| {agree} | {_share(agree, recorded - count[EXPLAINED])} |"
    )
    yield (
        f"| those whose expected value was corrected | {len(stated)} | {sum(s.agrees for s in stated)} "
        f"| {_share(sum(s.agrees for s in stated), len(stated))} |"
    )
    kept = len(nulls) - numbers(nulls)
    yield f"| those that must not be a number | {len(nulls)} | {kept} | {_share(kept, len(nulls))} |\n"
    yield f"From the second row on, {count[ELSEWHERE]} agree in another object of the same row, where the device says"
    yield f"it. {count[EXPLAINED]} differ for a stated reason, {count[DIFFERS]} for none.\n"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "-"


def _table(maps: dict[str, str], compared: dict[str, list[Sensor]]) -> Iterator[str]:
    yield "| recording | map | agree |\n| --- | --- | --- |"
    for name, sensors in compared.items():
        yield f"| `{name}` | `{maps[name]}` | {sum(s.agrees for s in sensors)} of {len(sensors)} |"


def _reasons(compared: dict[str, list[Sensor]]) -> Iterator[str]:
    """Every sensor that does not agree as it stands, below the reason; and what agrees in another unit than theirs."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for name, sensors in compared.items():
        for sensor in sensors:
            why = sensor.explanation.reason if sensor.explanation else ""
            unit = sensor.agrees and sensor.explanation is not None and sensor.explanation.unit
            if not sensor.agrees or unit:
                standing = "agrees in another unit" if unit else sensor.standing
                reason = NO_OBJECT if standing == UNRECORDED else why
                groups.setdefault((standing, name, reason), []).append(sentence(sensor))
    for standing in (DIFFERS, EXPLAINED, ELSEWHERE, UNRECORDED, "agrees in another unit"):
        mine = {key: lines for key, lines in groups.items() if key[0] == standing}
        if mine:
            yield f"\n## {standing.capitalize()}"
        for (_, name, reason), lines in mine.items():
            yield f"\n`{name}` ({len(lines)}). {reason}\n"
            yield from (f"- {line}" for line in lines)


if __name__ == "__main__":
    sys.exit(one(*sys.argv[1:3]) if len(sys.argv) > 2 else page())
