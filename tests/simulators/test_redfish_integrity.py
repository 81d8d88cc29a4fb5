"""The root of trust of a node signs what it is asked to, and its faults are what the judge calls them."""

import asyncio

import pytest

from fixtures.questions import attestation
from fixtures.questions.target import Content, Target
from reports.judging.verdict import Word
from simulators.world import World
from tests.reports.test_attestation import judgement
from tests.simulators.redfish_desk import PASSWORD, USER, V1, desk

ACTION = f"{V1}/ComponentIntegrity/RoT/Actions/ComponentIntegrity.SPDMGetSignedMeasurements"


def asked(fault: str = "", device: str = "bmc-1", device_map: str = "redfish-bmc") -> list[Content]:
    """What it answers, asked twice with five seconds in between."""

    async def scene() -> list[Content]:
        async with desk(World("edge-40", 1, 0), device, device_map) as ours:
            if fault:
                ours.world.start_fault(fault, {})
            target = Target(device, ours.base, {"user": USER, "password": PASSWORD})
            first = await attestation.ask(target)
            ours.world.advance_to(5000)
            return first + await attestation.ask(target)

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("fault", "word", "rule"),
    [
        ("", Word.PASS, "held"),
        ("bmc.attestation_forged", Word.FAIL, "held"),
        ("bmc.attestation_replayed", Word.INCONCLUSIVE, "violated"),
    ],
)
def test_an_attestation_is_judged_as_it_deserves(fault: str, word: Word, rule: str) -> None:
    answers = asked(fault)
    assert [one["component"] for one in answers] == 2 * [f"{V1}/ComponentIntegrity/RoT"]
    found = judgement(*answers)
    assert [verdict.verdict for verdict in found.verdicts] == [word]
    assert [one["outcome"] for one in found.document()["plausibility"]] == [rule]
    times = [str(one["updated"]) for one in answers]
    assert (times[0] < times[1]) is (rule == "held")


def test_a_service_without_a_root_of_trust_says_so() -> None:
    answers = asked(device="pdu-1", device_map="redfish-pdu")
    assert answers == 2 * [{"component": None, "status": 404}]
    assert judgement(*answers).verdicts[0].verdict is Word.NOT_APPLICABLE


def test_a_nonce_of_another_length_is_refused() -> None:
    async def scene() -> None:
        async with desk(World("edge-40", 1, 0), "bmc-1", "redfish-bmc") as ours:
            for nonce in ("00", "x" * 64, 7):
                answer = await ours.ask("POST", ACTION, {"Nonce": nonce})
                assert (answer.status, answer.messages) == (400, ["PropertyValueFormatError"])
            assert (await ours.ask("POST", ACTION, {})).status == 200
            assert (await ours.ask("POST", ACTION, {}, user="")).status == 401

    asyncio.run(scene())
