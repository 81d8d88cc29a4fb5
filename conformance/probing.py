"""Probing: one reading of every point of a bench, or of a single device without a bench file."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from conformance.reaching import Reach
from conformance.table import table
from fixtures.bench import Bench
from fixtures.clock import ClockSetting
from fixtures.credentials import Credential, reference
from fixtures.device_map import load_map
from fixtures.equipment import Device, Equipment
from fixtures.reading import Reading
from fixtures.sampling import channel, read
from profiles.refusal import Refusal

COLUMNS = ("device", "subject", "point", "value", "unit", "quality", "raw", "source")


async def probe(bench: Bench) -> list[Reading]:
    """Every device at once; the readings in the order of the bench and of its maps."""
    reach = await Reach.open(bench)
    try:
        channels = [channel(device, await reach.driver(name)) for name, device in bench.devices.items()]
        rounds = await asyncio.gather(*(read(one, list(one.refresh_s), reach.clock) for one in channels))
    finally:
        await reach.close()
    return [reading for readings in rounds for reading in readings]


def bench_of_one(
    map_name: str, address: str, credentials: Sequence[str], options: Sequence[str], variables: Sequence[str]
) -> Bench:
    """A bench that holds nothing but the device at an address."""
    secrets = references(credentials)
    device_map = load_map(map_name).bind(dict(pairs(variables, "--variable")))
    choices = dict(pairs(options, "--option"))
    device = Device(device_map.name, device_map.subject, device_map, address, choices, secrets)
    equipment = Equipment(device_map.subject, device_map.subject)
    return Bench(Path("probe"), "probe", {}, ClockSetting(), {equipment.name: equipment}, {device.name: device})


def references(credentials: Sequence[str]) -> dict[str, Credential]:
    """Where the secrets of NAME=env:VARIABLE and the like are; Refusal for one that is written out."""
    found = {}
    for name, text in pairs(credentials, "--credential"):
        kind, _, place = text.partition(":")
        found[name] = reference({kind: place}, "--credential", Path.cwd())
    return found


def pairs(texts: Sequence[str], flag: str) -> list[tuple[str, str]]:
    """Arguments of the form NAME=VALUE; Refusal for one that has not this form."""
    found = []
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise Refusal(flag, f"'{text}' is not NAME=VALUE", "put an equals sign between name and value")
        found.append((name, value))
    return found


def show(bench: Bench, readings: Sequence[Reading], form: str) -> None:
    """Print readings as JSON lines, or as a table for people."""
    rows = [_row(bench, reading) for reading in readings]
    if form == "json":
        for row in rows:
            print(json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False))
        return
    print(table(COLUMNS, [[_cell(cell) for cell in row] for row in rows]))


def _row(bench: Bench, reading: Reading) -> tuple[str | float | None, ...]:
    subject = bench.equipment[bench.devices[reading.device].equipment].subject
    quality = reading.quality.value
    return reading.device, subject, reading.point, reading.value, reading.unit, quality, reading.raw, reading.source


def _cell(value: str | float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.7g}" if isinstance(value, float) else value
