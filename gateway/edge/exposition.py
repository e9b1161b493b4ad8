"""The text of `/metrics`: rendered off the event loop, at most once a second, however often it is asked for."""

import asyncio
from collections.abc import Callable

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as OPENMETRICS_TYPE
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from gateway.edge.ports import Clock

FRESH_SECONDS = 1.0
Render = Callable[[CollectorRegistry], bytes]
FORMATS: dict[bool, tuple[str, Render]] = {
    False: (CONTENT_TYPE_LATEST, generate_latest),
    True: (OPENMETRICS_TYPE, generate_openmetrics),
}


class Exposition:
    """Renders one registry."""

    def __init__(self, registry: CollectorRegistry, clock: Clock) -> None:
        self.registry = registry
        self.clock = clock
        self.rendered: dict[bool, tuple[float, bytes]] = {}
        self.lock = asyncio.Lock()

    async def render(self, accept: str) -> tuple[str, bytes]:
        """Content type and text: OpenMetrics when the scraper asks for it, else Prometheus."""
        openmetrics = "application/openmetrics-text" in accept
        content_type, generate = FORMATS[openmetrics]
        async with self.lock:
            made, text = self.rendered.get(openmetrics, (float("-inf"), b""))
            if self.clock() - made >= FRESH_SECONDS:
                text = await asyncio.to_thread(generate, self.registry)
                self.rendered[openmetrics] = (self.clock(), text)
        return content_type, text
