"""How long the renderings take, and how large they are, for a campaign of 300 requirements."""

import json
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from reports.bundles.bundle import ATTEMPTS, VERDICTS_FILE, seal_files
from reports.evidence.journal import read_events
from reports.html.report import render_html
from reports.judging.attempts import attempts_document
from reports.judging.judge import judge_files
from reports.pdf.report import render_pdf
from tests.reports.build import Point, Run
from tests.reports.sealed import SIGNER

REQUIREMENTS, CHARTS, SAMPLES = 300, 20, 5_000


def campaign(samples: int = SAMPLES) -> dict[str, bytes]:
    """The files of a bundle of 300 requirements, 20 of them failed, each with its own signal."""
    run = Run(duration=samples - 1.0)
    for unit in range(CHARTS):
        name = f"meter-{unit}"
        run.equip(name, f"meter-{unit}").device(
            f"{name}-card", name, {"voltage": Point("V", absolute=0.2)}, map="meter"
        )
        run.sample(f"{name}-card/voltage", [230 + unit / 10 + 3 * math.sin(n * n / 7e3) for n in range(samples)])
    for number in range(REQUIREMENTS):
        limit = {"op": "<=", "value": 230 if number < CHARTS else 300, "unit": "V"}
        subject, id = f"meter-{number % CHARTS}", f"PWR-X-{number:03d}"
        run.require({"statistic": "highest", "of": "voltage"}, limit, subject=subject, id=id)
    data = run.files()
    bench = json.loads(data["data/bench.json"]) | {
        "bench": "lab",
        "site": {"name": {"ko": "시험 컨테이너", "en": "Test container"}},
    }
    data["data/bench.json"] = json.dumps(bench).encode()
    profile = json.loads(data["data/profile.json"])
    title = {"ko": "상용 전원 전압의 최댓값", "en": "Greatest utility voltage"}
    profile["texts"] = {r["id"]: {"title": title, "statement": title} for r in profile["requirements"]}
    data["data/profile.json"] = json.dumps(profile, ensure_ascii=False).encode()
    judged = judge_files(data, closed=True).document()
    attempts = attempts_document(read_events(data["data/events.ndjson"]))
    data |= {VERDICTS_FILE: json.dumps(judged).encode(), ATTEMPTS: json.dumps(attempts).encode()}
    return seal_files(data, "benchmark", SIGNER)


def seconds(work: Callable[[], object], runs: int = 5) -> tuple[float, float]:
    """Median wall and processor seconds of a call."""
    walls, cpus = [], []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus)


def rows(folder: Path) -> list[str]:
    files = campaign()
    what = f"{REQUIREMENTS} requirements, {CHARTS} charts of {SAMPLES} samples"
    pdf_wall, pdf_cpu = seconds(lambda: render_pdf(files))
    html_wall, html_cpu = seconds(lambda: render_html(files))
    size = len(render_html(files)) / 1e6
    return [
        f"| PDF of {what} | {pdf_wall:.2f} s ({pdf_cpu:.2f} s CPU) | 1 s |",
        f"| HTML of the same, a chart for each requirement | {html_wall:.2f} s ({html_cpu:.2f} s CPU) | |",
        f"| size of that HTML | {size:.1f} MB | 8 MB |",
    ]
