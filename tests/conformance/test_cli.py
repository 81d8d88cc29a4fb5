"""The command line: every command explains itself, every mistake is one sentence and exit code 2."""

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.cli import COMMANDS, main
from profiles import plausibility


def conformance(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-m", "conformance.cli", *arguments], capture_output=True, text=True)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_teaches_by_example(command: str) -> None:
    done = conformance(command, "--help")
    assert done.returncode == 0
    assert f"conformance {command}" in done.stdout.split("\n", 1)[1]


@pytest.mark.parametrize("arguments", [("profiles", "list"), ("devices", "list"), ("run", "--help")])
def test_whoever_reads_may_stop_reading(arguments: tuple[str, ...]) -> None:
    line = [sys.executable, "-m", "conformance.cli", *arguments]
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    # Whether it had already said everything is up to buffers; it never complains, and is nobody's failure.
    assert process.wait(timeout=30) in (0, 3) and complaint == b""


def test_the_help_names_the_exit_codes() -> None:
    assert "0 conformant or valid, 1 non-conformant or not valid, 2 the request is wrong, 3 incomplete" in " ".join(
        conformance("--help").stdout.split()
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "smok"), ("smok", "smoke")),
        (("plan", "no-such-profile"), ("no-such-profile",)),
        (("verify", "no-such.zip"), ("no-such.zip",)),
        (("restore", "no-such-run"), ("no-such-run", "run.json")),
        (("simulate", "edge-4"), ("edge-4", "edge-40")),
        (("simulate", "--fault", "mains.los", "edge-40"), ("mains.los", "mains.loss")),
        (("probe", "--device", "rfc1628-up", "--address", "snmp://127.0.0.1:1"), ("rfc1628-up", "rfc1628-ups")),
        (("probe", "--bench", "no-such.yaml"), ("no-such.yaml",)),
        (("devices", "show", "rfc1628"), ("rfc1628",)),
        (("report", "no-such.zip", "--format", "html"), ("no-such.zip",)),
        (("diff", "a.zip", "b.zip"), ("a.zip",)),
        (("keys", "show", "no-such.pem"), ("no-such.pem",)),
        (("waivers", "show", "no-such.json"), ("no-such.json", "conformance waivers sign")),
        (("log", "check", "no-such-log"), ("no-such-log",)),
        (
            ("run", "smoke", "--output", "{}", "--fault", "mains.los"),
            ("conformance: fault: there is no 'mains.los'; did you mean",),
        ),
        (
            ("run", "smoke", "--output", "{}", "--fault", "comms.timeout:device=ups-1-crad"),
            ("did you mean 'ups-1-card'?",),
        ),
        (("run", "smoke", "--output", "/dev/null/out"), ("--output /dev/null/out", "name a folder")),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(
    arguments: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
) -> None:
    done = conformance(*(argument.format(tmp_path) for argument in arguments))
    assert done.returncode == 2, done.stdout + done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_debug_adds_the_traceback(tmp_path: Path) -> None:
    assert "Traceback" in conformance("--debug", "verify", str(tmp_path / "no.zip")).stderr


def test_starting_up_imports_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from conformance.cli import parser; parser(); "
        "heavy = ('pyarrow', 'aiohttp', 'pymodbus', 'pysnmp', 'pyvisa', 'cryptography', 'jinja2', 'pytest'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize(("language", "catches"), [("ko", "재생한 증명"), ("en", "replayed attestation")])
def test_every_plausibility_rule_is_listed_with_what_it_catches(
    language: str, catches: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profiles", "rules", "--language", language]) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 55 and all(line.split()[1] == "yes" for line in lines)
    assert any(line.startswith("PLZ-SEC-03") and line.endswith(catches) for line in lines)


def test_a_rule_that_is_not_examined_says_what_it_would_need(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = {"title": {"en": "Title"}, "catches": {"en": "lies"}, "cases": [], "needs": {"en": "the transcript"}}
    monkeypatch.setattr(plausibility, "load_rules", lambda: {"PLZ-SEC-99": rule})
    assert main(["profiles", "rules"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split() == ["PLZ-SEC-99", "no", "Title", "the", "transcript"]
