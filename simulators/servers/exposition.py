"""Prometheus exporters made from device maps: a line for every metric, instance and set of labels."""

from collections.abc import Iterator, Mapping

from fixtures.map_point import MapPoint, bare
from fixtures.web_library import web
from simulators.servers.http import application
from simulators.servers.served import Served

CORE = ("memory.used", "temperature", "power")


def exporter(served: Served) -> web.Application:
    """An exporter that anybody on the management network may scrape."""
    app = application(served)

    async def metrics(request: web.Request) -> web.Response:
        return web.Response(text=text(served), content_type="text/plain", charset="utf-8")

    app.router.add_get("/metrics", metrics)
    return app


def text(served: Served) -> str:
    """The whole exposition: HELP and TYPE once per metric, then its series."""
    lines: list[str] = []
    for metric, series in _series(served).items():
        lines += [
            f"# HELP {metric} {served.map.title}",
            f"# TYPE {metric} {'counter' if metric.endswith('_total') else 'gauge'}",
        ]
        lines += [f"{metric}{_labels(labels)} {value}" for labels, value in series]
    return "\n".join(lines) + "\n"


def _series(served: Served) -> dict[str, list[tuple[Mapping[str, str], str]]]:
    """The series of every metric; points that name the same metric and labels share a series."""
    metrics: dict[str, list[tuple[Mapping[str, str], str]]] = {}
    instances = served.instances() or ("",)
    if served.fault("exporter.accelerator_hidden"):
        instances = instances[:-1]
    for instance in instances:
        identity = dict(_identity(served, instance))
        for metric, labels, value in _values(served, instance):
            series = metrics.setdefault(metric, [])
            entry = ({**identity, **labels}, value)
            if entry[0] not in [known for known, _ in series]:
                series.append(entry)
    return metrics


def _identity(served: Served, instance: str) -> Iterator[tuple[str, str]]:
    """The labels that name an instance, and those that carry texts of it."""
    first = served.instances()[0] if served.instances() else ""
    for point in served.map.points.values():
        if instance and (label := point.locator.get("instance")):
            yield str(label), instance
        if label := point.locator.get("label-value"):
            twin = served.fault("exporter.uuid_duplicate") and str(label) == "uuid"
            raw = served.raw(point, first if twin else instance)
            if raw is not None:
                yield str(label), str(raw)


def _values(served: Served, instance: str) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """Metric, extra labels and number of every point; a metric that only carries labels is 1."""
    missing = CORE if served.fault("exporter.metrics_missing") else ()
    points = sorted(served.map.points.values(), key=lambda point: "label-value" in point.locator)
    for point in points:
        if bare(point.name) in missing:
            continue
        labels = point.locator.get("labels")
        extra = {str(k): str(v) for k, v in labels.items()} if isinstance(labels, Mapping) else {}
        if "label-value" in point.locator:
            if not _carried(point, points):
                yield str(point.locator["metric"]), extra, "1"
        elif (raw := served.raw(point, instance)) is not None:
            yield str(point.locator["metric"]), extra, repr(float(raw)) if isinstance(raw, float) else str(raw)


def _carried(point: MapPoint, points: list[MapPoint]) -> bool:
    """Whether another point gives this metric a number."""
    metric = point.locator["metric"]
    return any(other.locator["metric"] == metric and "label-value" not in other.locator for other in points)


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    quoted = {k: v.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") for k, v in labels.items()}
    return "{" + ",".join(f'{name}="{value}"' for name, value in sorted(quoted.items())) + "}"
