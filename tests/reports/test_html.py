"""The report: complete in both languages, self-contained, and harmless to open."""

import asyncio
import base64
import gzip
import hashlib
import json
import math
import random
import re
import subprocess
from array import array
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reports.html import report
from reports.html.signals import pack
from reports.rendering import wording
from reports.rendering.charts import Curve, Frame, Limits, signal_chart
from reports.rendering.decimate import decimate
from reports.rendering.pictures import drawn_limits
from reports.rendering.scale import number, padded, ticks
from tests.reports.browser import CHROMIUM, browser
from tests.reports.sealed import sealed_files

FOLDER = Path(report.__file__).parents[1]
TEXTS = yaml.safe_load((FOLDER / "rendering/texts.yaml").read_text())["texts"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return sealed_files(tmp_path_factory.mktemp("bundle"), supply=27.5)


@pytest.fixture(scope="module")
def page(files: dict[str, bytes]) -> str:
    return files["reports/report.html"].decode()


class Page(HTMLParser):
    """Collects tags, their attributes, and the text of style and script."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.inside: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        # A script element with a type holds data and is not run.
        data_block = self.open[-1:] == ["script"] and "type" in self.tags[-1][1]
        if self.open and self.open[-1] in ("style", "script") and not data_block:
            self.inside[self.open[-1]] = self.inside.get(self.open[-1], "") + data


@pytest.fixture(scope="module")
def parsed(page: str) -> Page:
    parser = Page()
    parser.feed(page)
    return parser


def test_rendering_again_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    sources = {n: c for n, c in files.items() if not n.startswith(("reports/", "attestations/"))}
    assert report.render_html(sources) == files["reports/report.html"]


def test_the_policy_names_exactly_our_script_and_style(parsed: Page) -> None:
    metas = [attributes for tag, attributes in parsed.tags if tag == "meta"]
    policy = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy") or ""
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(parsed.inside[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_nothing_is_fetched_and_nothing_is_inline(parsed: Page) -> None:
    for tag, attributes in parsed.tags:
        assert tag not in ("link", "iframe", "object", "embed", "img", "base", "form"), tag
        for name, value in attributes.items():
            assert name not in ("src", "style", "srcset", "action") and not name.startswith("on"), (tag, name)
            assert name != "href" or (value or "").startswith("#"), value
    assert "url(" not in parsed.inside["style"] and "@import" not in parsed.inside["style"]


def test_every_language_block_has_its_twin(page: str) -> None:
    assert page.count('<span lang="ko">') == page.count('<span lang="en">') > 100


def test_every_text_exists_in_both_languages_with_the_same_facts() -> None:
    for key, entry in TEXTS.items():
        assert set(entry) == {"ko", "en"} and all(entry.values()), key
        assert len({frozenset(re.findall(r"{(\w+)}", text)) for text in entry.values()}) == 1, key


def test_every_text_is_used() -> None:
    folders = [FOLDER / name for name in ("html", "pdf", "rendering")]
    places = [path for folder in folders for path in folder.iterdir() if path.suffix in (".py", ".html")]
    used = "".join(path.read_text() for path in places)
    families = {"conclusion", "verdict", "basis", "status", "level", "budget", "provenance", "rule", "term", "says"}
    families |= {"change", "plausibility"}
    assert [key for key in TEXTS if f'"{key}"' not in used and key.split(".")[0] not in families] == []


def test_the_banner_says_that_it_was_simulated(page: str, tmp_path: Path) -> None:
    assert "모의 시험 / SIMULATED" in page and "@top-center" in page
    real = sealed_files(tmp_path, provenance="real")["reports/report.html"].decode()
    assert 'class="banner"' not in real and "@top-center" not in real


@pytest.mark.parametrize(("supply", "word"), [(26.5, "조건부 적합"), (26.6, "조건부 부적합")])
def test_a_conditional_verdict_is_shown_by_its_side_and_never_as_a_pass(
    tmp_path: Path, supply: float, word: str
) -> None:
    files = sealed_files(tmp_path, supply=supply, rule="non-binary")
    document = json.loads(files["data/verdicts.json"])
    row = next(row for row in document["verdicts"] if row["requirement"] == "CLG-AIR-001")
    assert row["verdict"] == "inconclusive" and document["conclusion"] == "incomplete"
    shown = files["reports/report.html"].decode()
    line = next(line for line in shown.split("<tr") if 'data-verdict="inconclusive"' in line)
    assert f'<span lang="ko">{word}</span>' in line and f'"badge conditional-{row["conditional"]}"' in line
    assert "비이진 판정" in shown and "보호대 판정" not in shown


def test_what_was_not_tested_comes_before_what_was(page: str) -> None:
    order = ["verdict-card", 'id="untested"', 'id="verdicts"', 'id="equipment"', 'id="bench"', 'id="results"']
    assert sorted(order, key=page.index) == order
    untested = page[page.index('id="untested"') : page.index('id="verdicts"')]
    assert "CLG-CDU-007" in untested and "PWR-GRD-001" not in untested


def test_every_measured_requirement_has_a_chart_with_a_title(page: str) -> None:
    for requirement in ("PWR-GRD-001", "PWR-UPS-023", "CLG-AIR-001"):
        section = page[page.index(f'id="{requirement}"') :]
        section = section[: section.index("</article>")]
        assert section.count('role="img"') == 2 and section.count("<title>") >= 2, requirement
    assert page.count('class="limit"') >= 3


def test_the_table_shows_value_uncertainty_limit_margin_and_basis(page: str) -> None:
    row = next(r for r in page.split("<tr") if 'data-verdict="fail"' in r)
    for shown in ("CLG-AIR-001", "crac-1", "28.0 °C", "≤ 27 °C", "−1.0", "미확인"):
        assert shown in row, shown


def test_a_waived_failure_stays_a_failure_and_names_its_waiver(files: dict[str, bytes]) -> None:
    verdicts = json.loads(files["data/verdicts.json"])
    for row in verdicts["verdicts"]:
        row["waiver"] = "W-7" if row["verdict"] == "fail" else None
    waived = report.render_html({**files, "data/verdicts.json": json.dumps(verdicts).encode()}).decode()
    row = next(r for r in waived.split("<tr") if 'data-verdict="fail"' in r)
    assert "면제 W-7" in row and "badge fail" in row and waived.count("면제 W-7") == 1


def test_hostile_words_stay_words(files: dict[str, bytes]) -> None:
    attack = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    equipment = files["data/equipment.json"].replace(b'"EH-100"', b'"' + attack.encode() + b'"')
    assert equipment != files["data/equipment.json"]
    page = report.render_html({**files, "data/equipment.json": equipment}).decode()
    assert "<img" not in page and page.count("<script>") == 1


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_browser_opens_it_without_complaint(files: dict[str, bytes], tmp_path: Path, language: str) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(report.render_html(files, language))
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    command += [f"--user-data-dir={tmp_path}/profile", "--enable-logging=stderr", "--dump-dom", path.as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert "CONSOLE" not in run.stderr, run.stderr
    assert f'data-language="{language}"' in run.stdout, "the script did not run"


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=400), st.integers(1, 50))
def test_thinning_keeps_the_extremes(values: list[float], columns: int) -> None:
    times = [float(i) for i in range(len(values))]
    points = [point for line in decimate(times, values, columns) for point in line]
    assert {min(values), max(values), values[0], values[-1]} <= {value for _, value in points}
    assert len(points) <= 4 * columns and points == sorted(points, key=lambda point: point[0])


def test_a_gap_is_not_bridged() -> None:
    assert len(decimate([0.0, 1.0, 2.0], [1.0, None, 2.0], 9)) == 2


@given(st.floats(-1e6, 1e6), st.floats(0, 1e4))
def test_ticks_lie_inside_and_are_few(low: float, span: float) -> None:
    low, high = padded([low, low + span])
    marks = ticks(low, high, 5)
    assert 1 <= len(marks) <= 13 and all(low - 1e-6 * abs(low) <= m <= high + 1e-6 * abs(high) for m in marks)


def test_a_chart_of_nothing_is_no_chart() -> None:
    assert signal_chart([Curve("a", [0.0], [None])], Limits(), Frame(0, 1)) == ""


def test_numbers_are_written_for_people() -> None:
    assert [number(v) for v in (0.0, -0.0, 1234.5, -0.00001, 0.1)] == ["0", "0", "1234.5", "−1e−05", "0.1"]
    assert wording.fixed(-0.04, 0.1) == "0.0" and wording.fixed(float("inf"), 0.1) == "∞"


FIGURE = "document.querySelector('figure.plot')"
READ = f"{FIGURE}.querySelector('output').innerText"
PLACE = f"(({{x, y, width}}) => [x, y, width])({FIGURE}.getBoundingClientRect())"
DRAG = (("Pressed", 0.5, 1), ("Moved", 0.6, 1), ("Moved", 0.7, 1), ("Released", 0.7, 0))


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_a_chart_is_read_and_zoomed_by_hand(files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(report.render_html(files, "en"))

    async def by_hand() -> None:
        async with browser(tmp_path) as page:
            await page.open(path)
            await page.value(f"{FIGURE}.scrollIntoView({{behavior: 'instant', block: 'center'}})")
            await page.until("document.querySelector('figure.plot.live canvas') !== null")
            hint = await page.value(READ)
            assert hint.startswith("Rest on the chart")
            x, y, width = await page.value(PLACE)
            await page.mouse("mouseMoved", x + width / 2, y + 100)
            await page.until(f"/^(0:5|1:0)/.test({READ})")
            shown = await page.value(READ)
            # The three curves nearest to the pointer.
            assert re.search(r"meter-(main|2)-card/voltage.l[123] 22\d(\.\d)? V", shown), shown
            await page.screenshot(tmp_path / "before.png")
            for kind, place, buttons in DRAG:
                await page.mouse(f"mouse{kind}", x + width * place, y + 100, buttons)
            await page.mouse("mouseMoved", x + width * 0.95, y + 100)
            # The right end was 2:00 and is now what was dragged to.
            await page.until(f"/^1:[0-3]/.test({READ})")
            await page.screenshot(tmp_path / "after.png")
            assert page.requested == [path.as_uri()] and page.complaints == []

    asyncio.run(by_hand())
    assert (tmp_path / "before.png").read_bytes() != (tmp_path / "after.png").read_bytes()


def test_the_page_carries_the_signals_it_draws(page: str) -> None:
    packed = json.loads(re.search(r'id="signals">(.*?)</script>', page)[1])  # type: ignore[index]
    numbers = array("f", gzip.decompress(base64.b64decode(packed["packed"])))
    assert len(numbers) == 2 * sum(count for _, count in packed["signals"])
    (at, count) = next((i, c) for i, (name, c) in enumerate(packed["signals"]) if name.endswith("supply.temperature"))
    begin = 2 * sum(c for _, c in packed["signals"][:at])
    assert numbers[begin] == 0 and numbers[begin + count - 1] == 120
    values = numbers[begin + count : begin + 2 * count]
    assert max(values) == pytest.approx(28.0) and min(values) == pytest.approx(27.0)


def test_many_noisy_signals_stay_small_and_safe() -> None:
    chance = random.Random(1)
    times = [float(n) for n in range(8_000)]
    names = [f"a/{n}</script>" for n in range(200)]
    packed = pack([Curve(name, times, [chance.random() for _ in times]) for name in names])
    assert len(packed) < 6_000_000 and "<" not in packed


def test_a_gap_stays_a_gap_in_the_signals() -> None:
    packed = json.loads(pack([Curve("a", [0.0, 1.0, 2.0], [1.0, None, 3.0])]))
    numbers = array("f", gzip.decompress(base64.b64decode(packed["packed"])))
    assert packed["signals"] == [["a", 3]] and list(numbers[:3]) == [0, 2, 2] and math.isnan(numbers[4])


def test_a_limit_on_a_share_is_not_drawn_over_the_signal() -> None:
    share = {"measurand": {"lower": 40, "upper": 100}, "limit": {"op": "==", "value": 100, "unit": "%"}}
    assert drawn_limits([], share, "%") == Limits(40.0, 100.0)
    level = {"measurand": {}, "limit": {"op": "<=", "value": 90, "unit": "%"}}
    rows = [{"rule": "guarded", "uncertainty": 1.5}, {"rule": "guarded", "uncertainty": None}]
    assert drawn_limits(rows, level, "%") == Limits(None, 90.0, 1.5)
    assert drawn_limits(rows, level, "V") == Limits()


def test_names_of_marks_that_would_collide_stand_in_two_rows() -> None:
    frame = Frame(0, 100, [(0.0, "undisturbed"), (3.0, "mains-lost"), (60.0, "mains-returned")])
    drawn = signal_chart([Curve("a", [0.0, 100.0], [1.0, 2.0])], Limits(), frame)
    rows = re.findall(r'class="mark-text" x="[\d.]+" y="([\d.]+)">', drawn)
    assert rows == ["9.0", "20.0", "9.0"]
