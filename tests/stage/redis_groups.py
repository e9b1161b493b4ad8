"""Redis servers in groups: a master with its replica under three Sentinels, and a cluster of three with one replica."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from redis.crc import key_slot
from redis_servers import StartRedis

SENTINEL = """\
sentinel monitor mymaster 127.0.0.1 {port} 2
sentinel down-after-milliseconds mymaster 500
sentinel failover-timeout mymaster 2000
"""
SLOTS = ((0, 5_460), (5_461, 10_922), (10_923, 16_383))


def wait_for(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not is_true(holds):
        assert time.monotonic() < until, "the servers did not come together"
        time.sleep(0.05)


def is_true(holds: Callable[[], bool]) -> bool:
    """A server that becomes a replica hangs up on whoever asks it."""
    try:
        return holds()
    except ConnectionError:
        return False


def role(server: Any) -> bytes:
    """`master` or `slave`."""
    return bytes(server.ask("ROLE").split(b"\r\n")[2])


def is_copied(replica: Any) -> bool:
    return b"master_link_status:up" in replica.ask("INFO", "replication")


def is_whole(node: Any) -> bool:
    """Does it see every slot served?"""
    said = node.ask("CLUSTER", "INFO")
    return b"cluster_state:ok" in said and b"cluster_slots_ok:16384" in said


class Trio:
    """`sentinels` watch over `master`, whose copy is `replica`."""

    def __init__(self, start: StartRedis, folder: Path) -> None:
        self.master = start()
        self.replica = start("--replicaof", "127.0.0.1", str(self.master.port))
        self.sentinels = []
        for number in range(3):
            file = folder / f"sentinel-{number}.conf"
            file.write_text(SENTINEL.format(port=self.master.port))
            self.sentinels.append(start(file=file))
        wait_for(lambda: all(map(self.knows_all, self.sentinels)))

    def knows_all(self, sentinel: Any) -> bool:
        words = sentinel.ask("SENTINEL", "master", "mymaster").split(b"\r\n")
        said = dict(zip(words[2::4], words[4::4], strict=False))
        return (said.get(b"num-other-sentinels"), said.get(b"num-slaves"), said.get(b"flags")) == (
            b"2",
            b"1",
            b"master",
        )

    def settle(self) -> "Trio":
        """Everybody awake, and who is master and who replica as it is now."""
        for one in (self.master, self.replica, *self.sentinels):
            one.thaw()
        wait_for(lambda: {role(self.master), role(self.replica)} == {b"master", b"slave"})
        if role(self.master) == b"slave":
            self.master, self.replica = self.replica, self.master
        wait_for(lambda: is_copied(self.replica) and all(map(self.knows_all, self.sentinels)))
        return self

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.sentinels)
        return f"redis+sentinel://{hosts}/mymaster/0"


class Cluster:
    """Three masters; `owner` has the slot of the tenant and backend of `pair`, and `replica` is its copy."""

    def __init__(self, start: StartRedis, pair: tuple[str, str]) -> None:
        self.nodes = [self.start_node(start) for _ in range(4)]
        for (first, last), node in zip(SLOTS, self.nodes, strict=False):
            node.ask("CLUSTER", "ADDSLOTS", *map(str, range(first, last + 1)))  # ADDSLOTSRANGE came with Redis 7
        for number, node in enumerate(self.nodes):
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", str(number + 1))
        for node in self.nodes[1:]:
            self.nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", str(node.port))
        slot = key_slot("|".join(pair).encode())
        at = next(number for number, (first, last) in enumerate(SLOTS) if first <= slot <= last)
        assert at > 0
        self.owner, self.replica = self.nodes[at], self.nodes[3]
        self.other = self.nodes[3 - at]  # not the first, which redis-py asks what commands there are
        wait_for(lambda: all(b"cluster_known_nodes:4" in node.ask("CLUSTER", "INFO") for node in self.nodes))
        wait_for(self.follow)
        wait_for(lambda: all(map(is_whole, self.nodes)))

    def start_node(self, start: StartRedis) -> Any:
        """With its slots alone, when others are missing."""
        return start(
            "--cluster-enabled", "yes", "--cluster-node-timeout", "500", "--cluster-require-full-coverage", "no"
        )

    def follow(self) -> bool:
        """Is the fourth a copy of the owner?"""
        if role(self.replica) != b"slave":
            name = self.owner.ask("CLUSTER", "MYID").split(b"\r\n")[1].decode()
            self.replica.ask("CLUSTER", "REPLICATE", name)
        return is_copied(self.replica)

    def settle(self) -> "Cluster":
        """Everybody awake, and who owns the slot as it is now."""
        for one in self.nodes:
            one.thaw()
        wait_for(lambda: {role(self.owner), role(self.replica)} == {b"master", b"slave"})
        if role(self.owner) == b"slave":
            self.owner, self.replica = self.replica, self.owner
        wait_for(lambda: is_copied(self.replica) and all(map(is_whole, self.nodes)))
        return self

    @property
    def url(self) -> str:
        return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in self.nodes[:3])


def calls(server: Any, command: str) -> int:
    """How often a server carried a command out."""
    for line in server.ask("INFO", "commandstats").decode().splitlines():
        if line.startswith(f"cmdstat_{command}:"):
            return int(line.partition("calls=")[2].partition(",")[0])
    return 0
