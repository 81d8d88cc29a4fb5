"""The root of trust of a node signs what it is asked to, and its faults are what the judge calls them."""

import asyncio

import pytest

from fixtures.questions import attestation
from fixtures.questions.target import Content, Target
from reports.judging.verdict import Word
from simulators.world import World
from tests.reports.test_attestation import judgement
from tests.simulators.redfish_desk import PASSWORD, USER, V1, desk

COMPONENT = f"{V1}/ComponentIntegrity/RoT"
FAULTS = ("", "bmc.attestation_forged", "bmc.attestation_replayed")


@pytest.fixture(scope="module")
def asked() -> dict[str, list[Content]]:
    """What it answers to being asked twice, five seconds apart: as it should, and with each fault."""

    async def scene() -> dict[str, list[Content]]:
        found: dict[str, list[Content]] = {}
        async with desk(World("edge-40", 1, 0), "bmc-1", "redfish-bmc") as ours:
            target = Target("bmc-1", ours.base, {"user": USER, "password": PASSWORD})
            for fault in FAULTS:
                if fault:
                    ours.world.start_fault(fault, {"duration": 20})
                found[fault] = await attestation.ask(target)
                ours.world.advance_to(ours.world.time_ms + 5000)
                found[fault] += await attestation.ask(target)
                ours.world.advance_to(ours.world.time_ms + 20_000)
        return found

    return asyncio.run(scene())


@pytest.mark.parametrize(
    ("fault", "word", "rule"),
    list(zip(FAULTS, (Word.PASS, Word.FAIL, Word.INCONCLUSIVE), ("held", "held", "violated"), strict=True)),
)
def test_an_attestation_is_judged_as_it_deserves(
    fault: str, word: Word, rule: str, asked: dict[str, list[Content]]
) -> None:
    answers = asked[fault]
    assert [one["component"] for one in answers] == [COMPONENT, COMPONENT]
    found = judgement(*answers)
    assert [verdict.verdict for verdict in found.verdicts] == [word]
    assert [one["outcome"] for one in found.document()["plausibility"]] == [rule]
    times = [str(one["updated"]) for one in answers]
    assert (times[0] < times[1]) is (rule == "held")


def test_a_nonce_of_another_length_is_refused_and_without_a_root_of_trust_there_is_nothing_to_ask() -> None:
    async def scene() -> None:
        world = World("edge-40", 1, 0)
        async with desk(world, "bmc-1", "redfish-bmc") as ours:
            action = f"{COMPONENT}/Actions/ComponentIntegrity.SPDMGetSignedMeasurements"
            for nonce in ("00", "x" * 64, 7):
                answer = await ours.ask("POST", action, {"Nonce": nonce})
                assert (answer.status, answer.messages) == (400, ["PropertyValueFormatError"])
            assert (await ours.ask("POST", action, {})).status == 200
            assert (await ours.ask("POST", action, {}, user="")).status == 401
        async with desk(world, "pdu-1", "redfish-pdu") as ours:
            answers = await attestation.ask(Target("pdu-1", ours.base, {"user": USER, "password": PASSWORD}))
            assert answers == [{"component": None, "status": 404}]
            assert (await ours.ask("POST", action, {})).status == 404
            assert judgement(*answers).verdicts[0].verdict is Word.NOT_APPLICABLE

    asyncio.run(scene())


def test_after_a_restore_it_signs_what_it_would_have_signed_and_no_nonce_comes_again() -> None:
    async def scene() -> tuple[str, str, str]:
        action = f"{COMPONENT}/Actions/ComponentIntegrity.SPDMGetSignedMeasurements"
        async with desk(World("edge-40", 1, 0), "bmc-1", "redfish-bmc") as ours:
            first = (await ours.ask("POST", action, {})).body["SignedMeasurements"]
            saved = ours.world.save()
            second = (await ours.ask("POST", action, {})).body["SignedMeasurements"]
        async with desk(World("edge-40", 1, 0), "bmc-1", "redfish-bmc") as later:
            later.world.restore(saved)
            again = (await later.ask("POST", action, {})).body["SignedMeasurements"]
        return first, second, again

    first, second, again = asyncio.run(scene())
    assert again == second != first
