"""Faults of devices as a client meets them on the wire, and how they go away again."""

import base64
import json
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from prometheus_client.parser import text_string_to_metric_families

from fixtures.wire import snmp
from fixtures.wire.snmp import Message, Pdu, Varbind, decode_message, encode_message
from tests.simulators.process import Container, started

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A container whose faults come and go; its time stands still."""
    with started(tmp_path_factory.mktemp("faulty"), "--clock", "lockstep") as running:
        yield running


@contextmanager
def fault(container: Container, name: str, **parameters: object) -> Iterator[None]:
    assert container.ask("fault", name=name, parameters=parameters)["ok"]
    try:
        yield
    finally:
        assert container.ask("clear", name=name)["ok"]


def fetch(
    container: Container, device: str, path: str, body: object = None, open_door: bool = False
) -> tuple[int, str]:
    """Status and text of a request with the credentials of the bench file, or without any (`open_door`)."""
    headers = {} if open_door else credentials(container, device)
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(container.address(device) + path, data, headers)
    trust = ssl.create_default_context(cafile=str(container.folder / "ca.pem"))
    try:
        with urllib.request.urlopen(request, timeout=5, context=trust) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def credentials(container: Container, device: str) -> dict[str, str]:
    given = container.bench["devices"][device].get("credentials", {})
    if "user" in given:
        account = f"{container.secret(device, 'user')}:{container.secret(device, 'password')}"
        return {"Authorization": "Basic " + base64.b64encode(account.encode()).decode()}
    (name,) = given or ("",)
    return {"Authorization": f"Bearer {container.secret(device, name)}"} if name else {}


def samples(container: Container, device: str) -> list[Any]:
    families = text_string_to_metric_families(fetch(container, device, "/metrics")[1])
    return [sample for family in families for sample in family.samples]


def labels(container: Container, label: str) -> set[str]:
    return {sample.labels[label] for sample in samples(container, "npu-1-exporter")}


def test_a_hidden_accelerator_is_missing_from_the_exporter_only(faulty: Container) -> None:
    assert len(labels(faulty, "device")) == 8
    with fault(faulty, "exporter.accelerator_hidden"):
        assert len(labels(faulty, "device")) == 7
        _, nodes = fetch(faulty, "cluster-1-api", "/api/v1/nodes")
        assert json.loads(nodes)["items"][0]["status"]["allocatable"] == {"furiosa.ai/rngd": "8"}
    assert len(labels(faulty, "device")) == 8


def test_a_removed_accelerator_is_missing_from_every_view(faulty: Container) -> None:
    processors = "/redfish/v1/Systems/1/Processors"
    with fault(faulty, "it.accelerator_removed"):
        faulty.ask("advance", to_ms=faulty.ask("time")["time_ms"] + 60_000)
        assert len(labels(faulty, "device")) == 7
        assert len(json.loads(fetch(faulty, "bmc-1-redfish", processors)[1])["Members"]) == 7
        _, nodes = fetch(faulty, "cluster-1-api", "/api/v1/nodes")
        assert json.loads(nodes)["items"][0]["status"]["allocatable"] == {"furiosa.ai/rngd": "7"}
    faulty.ask("advance", to_ms=faulty.ask("time")["time_ms"] + 60_000)
    assert len(json.loads(fetch(faulty, "bmc-1-redfish", processors)[1])["Members"]) == 8


def test_duplicate_identifiers_leave_the_instances_apart(faulty: Container) -> None:
    assert len(labels(faulty, "uuid")) == 8
    with fault(faulty, "exporter.uuid_duplicate"):
        assert (len(labels(faulty, "uuid")), len(labels(faulty, "device"))) == (1, 8)


def test_missing_metrics_leave_utilisation(faulty: Container) -> None:
    with fault(faulty, "exporter.metrics_missing"):
        names = {sample.name for sample in samples(faulty, "npu-1-exporter")}
        assert "furiosa_npu_core_utilization" in names
        assert not {"furiosa_npu_hw_power"} & names


def test_stale_readings_say_that_they_are_old(faulty: Container) -> None:
    path = "/redfish/v1/Chassis/CDU/Sensors/SecondarySupplyTemp"

    def age() -> float:
        read = datetime.fromisoformat(json.loads(fetch(faulty, "cdu-1-redfish", path)[1])["ReadingTime"])
        return EPOCH.timestamp() + faulty.ask("time")["time_ms"] / 1000 - read.timestamp()

    assert -0.5 <= age() <= 2
    with fault(faulty, "cdu.stale_readings", age=20):
        assert 19.5 <= age() <= 22


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.*deprecated")
def test_old_tls_is_let_in_while_the_fault_lasts(faulty: Container) -> None:
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("ALL:@SECLEVEL=0")
    client.minimum_version = client.maximum_version = ssl.TLSVersion.TLSv1

    def version(device: str) -> str | None:
        with socket.create_connection(faulty.host_port(device), timeout=5) as plain:
            try:
                with client.wrap_socket(plain) as secured:
                    return secured.version()
            except ssl.SSLError:
                return None

    assert version("bmc-1-redfish") is None
    with fault(faulty, "bmc.tls_old"):
        assert (version("bmc-1-redfish"), version("bmc-2-redfish")) == ("TLSv1", None)
    assert version("bmc-1-redfish") is None


def test_open_reads_need_no_password(faulty: Container) -> None:
    assert fetch(faulty, "bmc-1-redfish", "/redfish/v1/Systems/1", open_door=True)[0] == 401
    with fault(faulty, "bmc.open_reads"):
        assert fetch(faulty, "bmc-1-redfish", "/redfish/v1/Systems/1", open_door=True)[0] == 200
        assert fetch(faulty, "bmc-2-redfish", "/redfish/v1/Systems/1", open_door=True)[0] == 401


def complete(container: Container) -> dict[str, Any]:
    model = container.bench["equipment"]["llm-1"]["models"][0]
    question = {"model": model, "messages": [{"role": "user", "content": "two words"}]}
    status, body = fetch(container, "llm-1-api", "/v1/chat/completions", question)
    assert status == 200
    return dict(json.loads(body))


def test_a_chat_completion_has_the_published_shape_unless_the_fault_breaks_it(faulty: Container) -> None:
    answer = complete(faulty)
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["message"]["role"] == "assistant"
    assert answer["usage"] == {"prompt_tokens": 2, "completion_tokens": 1, "total_tokens": 3}
    with fault(faulty, "endpoint.malformed_answer"):
        assert not isinstance(complete(faulty)["choices"], list)


def test_bad_questions_are_told_so(faulty: Container) -> None:
    path = "/v1/chat/completions"
    assert fetch(faulty, "llm-1-api", path, {"model": "no-such-model", "messages": []})[0] == 404
    assert fetch(faulty, "llm-1-api", path, {"messages": []})[0] == 400


def test_the_same_seed_gives_the_same_completions(faulty: Container, tmp_path: Path) -> None:
    def fresh(name: str) -> list[str]:
        with started(tmp_path / name, "--clock", "lockstep") as container:
            return [complete(container)["id"] for _ in range(2)]

    first = fresh("one")
    assert first == fresh("two")
    assert len(set(first)) == 2


def test_an_endpoint_without_key_answers_everybody(faulty: Container) -> None:
    assert fetch(faulty, "llm-1-api", "/v1/models", open_door=True)[0] == 401
    with fault(faulty, "endpoint.no_key"):
        assert fetch(faulty, "llm-1-api", "/v1/models", open_door=True)[0] == 200


def test_a_model_may_be_missing_from_the_list(faulty: Container) -> None:
    deployed = faulty.bench["equipment"]["llm-1"]["models"]
    with fault(faulty, "endpoint.model_missing"):
        listed = [model["id"] for model in json.loads(fetch(faulty, "llm-1-api", "/v1/models")[1])["data"]]
        assert listed == deployed[1:]


def test_malformed_metrics_do_not_parse(faulty: Container) -> None:
    assert samples(faulty, "llm-1-api")
    with fault(faulty, "endpoint.metrics_malformed"), pytest.raises(ValueError):
        samples(faulty, "llm-1-api")


def community_answer(container: Container, device: str, version: int) -> Pdu | None:
    request = Message(version, b"public", Pdu(snmp.GET, 5, varbinds=(Varbind("1.3.6.1.2.1.1.1.0"),)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plain:
        plain.settimeout(0.3)
        plain.sendto(encode_message(request), container.host_port(device))
        try:
            return decode_message(plain.recv(2000)).pdu
        except TimeoutError:
            return None


@pytest.mark.parametrize("version", [snmp.V1, snmp.V2C])
def test_a_rack_pdu_that_answers_communities_is_only_the_faulty_one(faulty: Container, version: int) -> None:
    assert community_answer(faulty, "pdu-1-snmp", version) is None
    with fault(faulty, "pdu.answers_v2c"):
        assert community_answer(faulty, "pdu-1-snmp", version) is not None
        assert community_answer(faulty, "pdu-2-snmp", version) is None


def test_one_transport_of_a_rack_pdu_scales_wrongly(faulty: Container) -> None:
    def power(n: int) -> float:
        body = fetch(faulty, f"pdu-{n}-redfish", "/redfish/v1/PowerEquipment/RackPDUs/1/Metrics")[1]
        return float(json.loads(body)["PowerWatts"]["Reading"])

    before = power(1), power(2)
    with fault(faulty, "pdu.redfish_scale", factor=1.1):
        assert (power(1), power(2)) == (pytest.approx(1.1 * before[0]), before[1])


def test_a_service_that_restarts_breaks_connections(faulty: Container) -> None:
    with fault(faulty, "device.reboot", device="npu-1-exporter"), pytest.raises((RemoteDisconnected, ConnectionError)):
        fetch(faulty, "npu-1-exporter", "/metrics")
    assert fetch(faulty, "npu-1-exporter", "/metrics")[0] == 200


def test_a_refusing_service_is_unavailable(faulty: Container) -> None:
    with fault(faulty, "comms.exception", device="npu-1-exporter"):
        assert fetch(faulty, "npu-1-exporter", "/metrics")[0] == 503
        assert fetch(faulty, "npu-2-exporter", "/metrics")[0] == 200


def test_devices_of_one_address_fall_silent_together(faulty: Container) -> None:
    with fault(faulty, "comms.timeout", device="door-1-plc"), pytest.raises(TimeoutError):
        ask_plc(faulty)
    assert len(ask_plc(faulty)) > 8


def ask_plc(container: Container) -> bytes:
    with socket.create_connection(container.host_port("leak-1-plc"), timeout=0.3) as connection:
        connection.sendall(bytes.fromhex("000100000006010400140003"))
        return connection.recv(100)


def test_an_expiring_certificate_is_the_one_that_a_fresh_container_shows(tmp_path: Path) -> None:
    with started(tmp_path, "--clock", "lockstep", "--fault", "bmc.certificate_expiring:days=12") as container:
        ends = {}
        for device in ("bmc-1-redfish", "bmc-2-redfish"):
            pem = ssl.get_server_certificate(container.host_port(device))
            ends[device] = (x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc - EPOCH).days
        assert ends == {"bmc-1-redfish": 12, "bmc-2-redfish": 3650}
