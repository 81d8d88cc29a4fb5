"""curl and a foreign metrics parser read our HTTP services."""

import json
import shutil
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.simulators.process import Container, run, within

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def curl(container: Container, device: str, path: str, *options: str) -> tuple[int, str]:
    """Status and body."""
    url = container.address(device) + path
    trust = ("--cacert", str(container.folder / "ca.pem"))
    done = run("curl", "--silent", "--show-error", *trust, "--write-out", "\n%{http_code}", *options, url)
    assert done.returncode == 0, done.stderr
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def account(container: Container, device: str) -> tuple[str, str]:
    return "--user", f"{container.secret(device, 'user')}:{container.secret(device, 'password')}"


def bearer(container: Container, device: str, key: str) -> tuple[str, str]:
    return "--header", f"Authorization: Bearer {container.secret(device, key)}"


def crawl(container: Container, device: str) -> dict[str, dict[str, Any]]:
    """Every resource that links lead to from the service root."""
    found: dict[str, dict[str, Any]] = {}
    waiting = ["/redfish/v1/"]
    while waiting:
        path = waiting.pop()
        status, body = curl(container, device, path, *account(container, device))
        assert status == 200, path
        found[path.rstrip("/")] = json.loads(body)
        for link in links(found[path.rstrip("/")]):
            if link.rstrip("/") not in found and link not in waiting:
                waiting.append(link)
    return found


def links(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["@odata.id"]] if "@odata.id" in value else []
        return own + [link for inner in value.values() for link in links(inner)]
    return [link for inner in value for link in links(inner)] if isinstance(value, list) else []


@pytest.mark.parametrize("device", ["bmc-1-redfish", "cdu-1-redfish", "pdu-1-redfish"])
def test_links_from_the_service_root_lead_to_every_resource_of_the_map(container: Container, device: str) -> None:
    found = crawl(container, device)
    for name, point in container.map(device).points.items():
        assert str(point.locator["path"]) in found, name
    for path, resource in found.items():
        assert resource["@odata.id"] == path
        assert {"@odata.type", "Name"} <= set(resource)
        assert ("Id" in resource) != ("Members" in resource)
        if "Members" in resource:
            assert len(resource["Members"]) == resource["Members@odata.count"]


def test_redfish_shows_the_power_of_the_plant(container: Container) -> None:
    _, body = curl(
        container, "bmc-1-redfish", "/redfish/v1/Chassis/1/EnvironmentMetrics", *account(container, "bmc-1-redfish")
    )
    assert container.agrees("bmc-1-redfish", "power", json.loads(body)["PowerWatts"]["Reading"])


def test_only_the_service_root_is_open(container: Container) -> None:
    assert curl(container, "bmc-1-redfish", "/redfish/v1/")[0] == 200
    assert curl(container, "bmc-1-redfish", "/redfish/v1/Systems/1")[0] == 401
    assert curl(container, "bmc-1-redfish", "/redfish/v1/Systems/1", "--user", "conformance:wrong")[0] == 401
    headers = curl(container, "bmc-1-redfish", "/redfish/v1/Systems/1", "--include")[1]
    assert 'WWW-Authenticate: Basic realm="bmc-1-redfish"' in headers


def test_a_session_opens_reads_and_closes(container: Container) -> None:
    device = "bmc-1-redfish"
    given = {"UserName": container.secret(device, "user"), "Password": container.secret(device, "password")}
    sessions = "/redfish/v1/SessionService/Sessions"
    json_body = ("--header", "Content-Type: application/json", "--data")
    status, answer = curl(container, device, sessions, "--include", *json_body, json.dumps(given))
    headers = dict(line.split(": ", 1) for line in answer.splitlines() if ": " in line and not line.startswith("{"))
    token = ("--header", f"X-Auth-Token: {headers['X-Auth-Token']}")
    assert status == 201
    assert curl(container, device, "/redfish/v1/Systems/1", *token)[0] == 200
    assert curl(container, device, headers["Location"], "--request", "DELETE", *token)[0] == 204
    assert curl(container, device, "/redfish/v1/Systems/1", *token)[0] == 401
    assert curl(container, device, sessions, *json_body, json.dumps(given | {"Password": "no"}))[0] == 401


def test_a_stranger_to_the_authority_is_not_trusted(container: Container) -> None:
    done = run("curl", "--silent", container.address("bmc-1-redfish") + "/redfish/v1/")
    assert done.returncode == 60


def test_old_tls_is_refused(container: Container) -> None:
    old = ("--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0", "--insecure")
    assert run("curl", "--silent", *old, container.address("bmc-1-redfish") + "/redfish/v1/").returncode == 35


@pytest.mark.parametrize("device", ["npu-1-exporter", "npu-2-exporter", "time-1-exporter"])
def test_every_metric_parses_and_shows_the_plant(container: Container, device: str) -> None:
    _, body = curl(container, device, "/metrics")
    samples = [sample for family in text_string_to_metric_families(body) for sample in family.samples]
    seen = 0
    for name, point in container.map(device).points.items():
        if point.kind != "quantity":
            continue
        wanted = point.locator.get("labels")
        for sample in samples:
            if sample.name != point.locator["metric"] or not dict(wanted or {}).items() <= sample.labels.items():
                continue
            signal = f"{name}@{sample.labels[str(point.locator['instance'])]}"
            assert within(point, sample.value * float(point.scale), container.truth(device, signal)), signal
            seen += 1
    assert seen >= 2 * len([p for p in container.map(device).points.values() if p.kind == "quantity"])


def test_the_inference_endpoint_wants_its_key(container: Container) -> None:
    key = bearer(container, "llm-1-api", "key")
    status, body = curl(container, "llm-1-api", "/v1/models", *key)
    assert status == 200
    assert [model["id"] for model in json.loads(body)["data"]] == container.bench["equipment"]["llm-1"]["models"]
    assert curl(container, "llm-1-api", "/v1/models")[0] == 401
    assert curl(container, "llm-1-api", "/metrics", "--header", "Authorization: Bearer wrong")[0] == 401


def test_the_metrics_of_the_inference_endpoint_parse(container: Container) -> None:
    _, body = curl(container, "llm-1-api", "/metrics", *bearer(container, "llm-1-api", "key"))
    names = {family.name for family in text_string_to_metric_families(body)}
    assert {"vllm:num_requests_running", "vllm:generation_tokens"} <= names


def test_the_cluster_lists_what_its_nodes_can_allocate(container: Container) -> None:
    status, body = curl(container, "cluster-1-api", "/api/v1/nodes", *bearer(container, "cluster-1-api", "token"))
    assert status == 200
    offered = {node["metadata"]["name"]: node["status"]["allocatable"] for node in json.loads(body)["items"]}
    assert offered == {
        "node-1": {"furiosa.ai/rngd": "8"},
        "node-2": {"rebellions.ai/ATOM": "8"},
        "node-3": {"nvidia.com/gpu": "8"},
        "node-4": {"furiosa.ai/rngd": "8"},
    }
    assert curl(container, "cluster-1-api", "/api/v1/nodes")[0] == 401
