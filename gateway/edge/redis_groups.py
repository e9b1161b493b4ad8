"""Redis servers in groups: where the one to ask is, though one of those that could tell does not answer."""

import asyncio
import time
from typing import Any

from redis.asyncio.cluster import RedisCluster
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel

SENTINEL_SECONDS = 0.1
LOOK_SECONDS = 1.0  # a map of a cluster is read no more often


async def ask(sentinel: Any) -> Any:
    """What it knows of every master, by name."""
    return await sentinel.sentinel_masters()


class Sentinels(Sentinel):
    """Asks all Sentinels at once: a frozen one holds up nobody, and of what they say the newest counts."""

    async def discover_master(self, service_name: str) -> tuple[str, int]:
        """Host and port of the master that most of them know; of those who answer in time where most do not."""
        asked: set[asyncio.Task[Any]] = {asyncio.create_task(ask(one)) for one in self.sentinels}
        told: list[dict[str, Any]] = []
        until = time.monotonic() + SENTINEL_SECONDS
        try:
            while asked and len(told) * 2 <= len(self.sentinels):
                done, asked = await asyncio.wait(
                    asked, timeout=max(0.0, until - time.monotonic()), return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    break
                told += [one.result() for one in done if one.exception() is None]
        finally:
            for one in asked:
                one.cancel()
        states = [masters[service_name] for masters in told if service_name in masters]
        good = [state for state in states if self.check_master_state(state, service_name)]
        if not good:
            raise MasterNotFoundError(f"No master found for {service_name!r}")
        newest = max(good, key=lambda state: int(state["config-epoch"]))
        return newest["ip"], newest["port"]


class Cluster(RedisCluster):
    """Reads the map of the cluster in a task of its own, which an operation that has no more time does not end."""

    reading: asyncio.Task[Any] | None = None
    read_at = float("-inf")

    def look_again(self) -> None:
        """Read the map before the next operation: one that was given up may have asked a node that is gone."""
        self._initialize = True

    async def initialize(self, *words: Any, **named: Any) -> "Cluster":
        """Wait for the map, where it is to be read; the one of a moment ago serves as well."""
        if self._initialize and self.reading is None:
            if self.nodes_manager.slots_cache and time.monotonic() - self.read_at < LOOK_SECONDS:
                self._initialize = False
                return self
            self.read_at = time.monotonic()
            self.reading = asyncio.create_task(super().initialize(*words, **named))
            self.reading.add_done_callback(self.end_reading)
        if self.reading is not None:
            await asyncio.shield(self.reading)
        return self

    def end_reading(self, task: asyncio.Task[Any]) -> None:
        """Whoever waited was told how it ended; nobody may have waited so long. One that failed is no map."""
        self.reading = None
        if task.cancelled() or task.exception() is not None:
            self.read_at = float("-inf")
