"""Sentinels and a cluster, real ones: servers that freeze, are demoted and come back, and commands that are counted."""

import asyncio
import time
from typing import Any

import pytest
from redis_groups import Cluster, Trio, calls, role, wait_for
from state_stage import PAIR, SECRET, Real, be_patient, entries, key, listed, mark, set_mark

from gateway.edge.state_names import Namer

MOMENT = 20.0  # seconds in which a group of servers finds a new master, and we find it


@pytest.fixture(scope="module")
def one_trio(grouped_redis: Any, tmp_path_factory: pytest.TempPathFactory) -> Trio:
    return Trio(grouped_redis, tmp_path_factory.mktemp("sentinels"))


@pytest.fixture(scope="module")
def one_cluster(grouped_redis: Any) -> Cluster:
    return Cluster(grouped_redis, PAIR)


@pytest.fixture
def trio(one_trio: Trio) -> Trio:
    return one_trio.settle()


@pytest.fixture
def cluster(one_cluster: Cluster) -> Cluster:
    return one_cluster.settle()


async def until_saved(real: Real, name: str, seconds: float = MOMENT) -> bool:
    """Try as requests do, again and again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if await real.state.keep([(key(name), b"x")], 60):
            return True
        await asyncio.sleep(0.05)
    return False


@pytest.mark.parametrize("kind", ["single", "sentinel", "cluster"])
async def test_what_was_given_up_was_sent_once(kind, request, spare_redis):
    """A server that froze carries out what it was sent when it thaws: as often as it was sent."""
    if kind == "single":
        server = group = spare_redis()
    else:
        group = request.getfixturevalue("trio" if kind == "sentinel" else "cluster")
        server = group.master if kind == "sentinel" else group.owner
    real = Real(group.url)
    assert await until_saved(real, "first")
    real.notes.facts.clear()
    before = calls(server, "set")
    server.freeze()
    assert not await real.state.keep([(key("given=up"), b"x")], 60)
    server.thaw()
    await asyncio.sleep(0.2)
    assert calls(server, "set") == before + 1
    assert real.reasons == ["timeout"]
    await real.state.close()


async def test_a_frozen_sentinel_holds_up_nobody(trio):
    trio.sentinels[0].freeze()
    real = Real(trio.url)
    assert await real.state.keep([(key(), b"x")], 60)
    assert real.reasons == []
    await real.state.close()


async def test_a_master_that_was_demoted_under_us_is_left_after_one_refusal(trio):
    real = Real(trio.url)
    assert await real.state.keep([(key(), b"x")], 60)
    trio.sentinels[0].ask("SENTINEL", "failover", "mymaster")
    assert await until_saved(real, "after=1")
    assert await real.state.recall([key("after=1")]) == (b"x",)
    await real.state.close()


async def test_a_thousand_keys_are_one_command_of_a_cluster(cluster, monkeypatch):
    be_patient(monkeypatch)
    real = Real(cluster.url)
    keys = [key(f"id={number}") for number in range(1000)]
    assert await real.state.keep([(one, b"x") for one in keys], 60)
    before = [calls(node, "mget") for node in cluster.nodes]
    assert await real.state.recall(keys) == (b"x",) * 1000
    after = [calls(node, "mget") for node in cluster.nodes]
    assert sum(after) - sum(before) == 1
    assert await real.state.recall([*keys, key("id=1", backend="rsa"), key("id=1", tenant="emea")]) == (
        (b"x",) * 1000 + (None, None)
    )
    assert sum(calls(node, "mget") for node in cluster.nodes) - sum(after) == 3
    await real.state.close()


async def test_a_node_that_is_asked_for_nothing_may_be_frozen(cluster):
    cluster.other.freeze()
    real = Real(cluster.url)
    assert await until_saved(real, "a=1", 2)
    assert await real.state.recall([key("a=1")]) == (b"x",)
    await real.state.close()


async def test_pipelines_alone_find_the_new_node_too(cluster):
    real = Real(cluster.url)
    assert await real.state.claim([key("first=1")], b"sent", 60) == (None,)
    cluster.owner.freeze()
    until = time.monotonic() + MOMENT
    while await real.state.claim([key("second=1")], b"sent", 60) not in [(None,), (b"sent",)]:
        assert time.monotonic() < until
        await asyncio.sleep(0.05)
    await real.state.close()


async def test_a_node_that_freezes_is_left_for_its_replica_once_the_cluster_has_chosen_it(cluster):
    real = Real(cluster.url)
    assert await real.state.keep([(key(), b"x")], 60)
    cluster.owner.freeze()
    assert await until_saved(real, "during=1")
    assert await real.state.claim([key("claimed=1")], b"sent", 60) == (None,)
    cluster.owner.thaw()
    assert await real.state.recall([key("during=1"), key("claimed=1")]) == (b"x", b"sent")
    await real.state.close()


async def test_a_master_that_freezes_is_left_for_the_new_one_and_is_not_believed_when_it_thaws(trio):
    real = Real(trio.url)
    await asyncio.gather(*(real.state.keep([(key(f"before={number}"), b"x")], 60) for number in range(20)))
    trio.master.freeze()
    assert await until_saved(real, "during=1")
    assert set(real.reasons) <= {"timeout", "breaker", "connection"}
    trio.master.thaw()
    assert await real.state.recall([key("during=1")]) == (b"x",)
    assert await until_saved(real, "after=1", 1)
    assert await real.state.recall([key("during=1"), key("after=1")]) == (b"x", b"x")
    assert b"slave" not in trio.replica.ask("ROLE")
    await real.state.close()


async def until_taken(real: Real, count: int) -> set[bytes]:
    """Take as a worker does, until there were so many. One whose answer is lost comes again."""
    until, taken = time.monotonic() + MOMENT, set()
    while len(taken) < count and time.monotonic() < until:
        taken.update(await entries(real.state, seconds=0.5))
        await asyncio.sleep(0.05)
    return taken


async def test_marks_outlive_a_master_that_freezes_and_move_to_the_new_one(trio):
    real, other = Real(trio.url), Real(trio.url)
    await set_mark(real.state, "id 1", b"before", seconds=0)
    assert await listed(other.state) == {b"before"}
    name = Namer([SECRET]).name(mark("id 1"))
    wait_for(lambda: trio.replica.ask("EXISTS", name) == b":1\r\n")
    trio.master.freeze()
    (booked,) = await real.state.mark([(mark("id 2"), b"during")], 0)
    assert not booked.shared
    assert await until_taken(real, 2) == {b"before", b"during"}
    trio.master.thaw()
    until = time.monotonic() + MOMENT
    while await other.state.unmark([(mark("id 2"), booked.grip)]) != (True,):
        assert time.monotonic() < until
        await entries(real.state)  # which moves what it still has
        await asyncio.sleep(0.05)
    assert await other.state.recall([mark("id 1"), mark("id 2")]) == (b"before", None)
    await real.state.close()
    await other.state.close()


async def test_marks_of_followers_on_several_nodes_are_one_round_trip_and_none_is_lost_when_one_node_freezes(cluster):
    real = Real(cluster.url)
    here, there = mark("id 1"), mark("id 1", backend="rsa")
    masters = [node for node in cluster.nodes if role(node) == b"master"]
    before = [calls(node, "eval") for node in masters]
    booked = await real.state.mark([(here, b"x"), (there, b"y")], 60)
    assert [one.shared for one in booked] == [True, True]
    assert sum(calls(node, "eval") for node in masters) - sum(before) == 2
    cluster.owner.freeze()
    later = await real.state.mark([(mark("id 2"), b"u"), (mark("id 2", backend="rsa"), b"v")], 0)
    assert [one.shared for one in later] == [False, False]
    assert await until_taken(real, 1) == {b"u"}
    assert [one.entry for one in await real.state.take_marks("acme", "rsa", 5, 60)] == [b"v"]
    cluster.owner.thaw()
    until = time.monotonic() + MOMENT
    while await real.state.unmark([(here, booked[0].grip)]) != (True,):
        assert time.monotonic() < until
        await asyncio.sleep(0.05)
    await real.state.close()
