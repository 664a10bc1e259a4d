"""A report as metrics in Prometheus' text format, for node_exporter's textfile collector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.report.model import Metric, Report
from pipeline.report.safe import visible

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


def render(report: Report, width: int | None = None) -> str:
    """Give each metric with what it says, and its values."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    for metric in report.metrics:
        _register(metric, registry)
    return generate_latest(registry).decode()


def _register(metric: Metric, registry: CollectorRegistry) -> None:
    from prometheus_client import Gauge

    gauge = Gauge(metric.name, metric.help, metric.labels, registry=registry)
    for values, number in metric.samples:
        (gauge.labels(*map(visible, values)) if metric.labels else gauge).set(number)
