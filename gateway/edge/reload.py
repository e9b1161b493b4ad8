"""Notices that files have changed, so that a configuration can be read again by whoever knows how."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

PAUSE = 2.0
Print = tuple[tuple[str, int, int, int], ...]


def take_print(paths: Iterable[Path]) -> Print:
    """A fingerprint of files, and of folders' YAML files; what is missing is part of it too."""
    files = [file for path in paths for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]
    return tuple(print_one(file) for file in files)


def print_one(file: Path) -> tuple[str, int, int, int]:
    try:
        stat = os.stat(file)
    except OSError:
        return (str(file), 0, 0, 0)
    return (str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino)


class Watch:
    """Calls `reload` when a watched file has changed, or when told to look at once (SIGHUP)."""

    def __init__(self, paths: Callable[[], Iterable[Path]], reload: Callable[[], Awaitable[None]]) -> None:
        self.paths = paths
        self.reload = reload
        self.told = asyncio.Event()
        self.seen = take_print(paths())

    def tell(self) -> None:
        """Read again now, changed or not."""
        self.told.set()

    async def run(self, pause: float = PAUSE) -> None:
        while True:
            try:
                async with asyncio.timeout(pause):
                    await self.told.wait()
            except TimeoutError:
                pass
            now = await asyncio.to_thread(lambda: take_print(self.paths()))
            if self.told.is_set() or now != self.seen:
                self.told.clear()
                self.seen = now
                await self.reload()
