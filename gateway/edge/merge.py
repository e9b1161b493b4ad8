"""The metrics of several workers as one exposition: counts are added, states are the worst of all."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from gateway.edge.exposition import FORMATS

Combine = Callable[[Iterable[float]], float]
COMBINE: Mapping[str, Combine] = {
    "scim_gateway_build_info": max,
    "scim_gateway_config_hash_info": max,
    "scim_gateway_draining": max,
    "scim_gateway_pending_operations": max,  # each worker counts what lies in the store that they share
    "scim_gateway_pending_oldest_timestamp_seconds": max,
    "scim_gateway_dead_letter_operations": max,
    "scim_gateway_event_loop_lag_seconds": max,
    "scim_gateway_redis_up": min,
    "scim_gateway_config_last_reload_successful": min,
    "scim_gateway_config_last_reload_success_timestamp_seconds": min,
}


COUNTS = ("counter", "histogram")


class Merged(Collector):
    """Families of several texts, combined sample by sample. `kinds`: only those that are one of these."""

    def __init__(self, texts: Sequence[str], kinds: Container[str] | None = None) -> None:
        self.texts = texts
        self.kinds = kinds

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        values: dict[str, dict[tuple[str, tuple[tuple[str, str], ...]], list[float]]] = {}
        for text in self.texts:
            for family in text_string_to_metric_families(text):
                if self.kinds is not None and family.type not in self.kinds:
                    continue
                families.setdefault(family.name, family)
                found = values.setdefault(family.name, {})
                for sample in family.samples:
                    found.setdefault((sample.name, tuple(sample.labels.items())), []).append(sample.value)
        for name, family in families.items():
            combine = COMBINE.get(name, sum)
            family.samples = [
                Sample(sample, dict(labels), combine(several)) for (sample, labels), several in values[name].items()
            ]
            yield family


def render_merged(texts: Sequence[str], accept: str) -> tuple[str, bytes]:
    """Content type and text for what the scraper accepts."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Merged(texts))
    content_type, generate = FORMATS["application/openmetrics-text" in accept]
    return content_type, generate(registry)


def add_counts(texts: Sequence[str]) -> str:
    """What was counted, without the states: of workers that have ended it stays true, and no count ever falls."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Merged(texts, COUNTS))
    return FORMATS[False][1](registry).decode()
