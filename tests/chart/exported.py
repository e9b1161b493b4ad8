"""What the gateway exports, and what an expression uses of it."""

import re
from typing import Any

from gateway.edge.families import BUCKETS
from gateway.edge.metrics import Metrics

METRIC = re.compile(r"\b(scim_gateway_\w+)\s*(?:\{([^}]*)\})?")
LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")


def exported_labels() -> dict[str, set[str]]:
    """Every series that a scrape of a gateway with a shared store can bring, by name, with its labels."""
    metrics = Metrics("0", lambda: 0.0)
    metrics.watch_state(lambda: True)
    assert {1.0, 5.0} <= set(BUCKETS)
    found: dict[str, set[str]] = {}
    for collector in list(metrics.registry._collector_to_names):
        made: Any = collector
        for name in series_of(made):
            found[name] = set(made._labelnames)
    return found


def series_of(collector: Any) -> list[str]:
    """The names of a family's series."""
    match collector._type:
        case "counter":
            return [f"{collector._name}_total"]
        case "histogram":
            return [f"{collector._name}_{part}" for part in ("bucket", "count", "sum")]
        case _:
            return [collector._name]


def used_metrics(expression: str) -> list[tuple[str, set[str]]]:
    """Every metric of an expression, with the labels by which it is chosen."""
    return [(name, set(LABEL.findall(where))) for name, where in METRIC.findall(expression)]
