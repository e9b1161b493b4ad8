"""The order of a bulk request's operations: as they came, but that nothing refers to what is not there yet."""

import random

import pytest

from gateway.pipeline.bulk_order import Link, Step, order_operations


def post(name, *refers):
    return Link(creates=name, refers=frozenset(refers))


def change(resource, *refers, at=""):
    return Link(resource=resource, refers=frozenset(refers), at=at)


def told(links):
    """`0`, `0 without b`, `0 completed`."""
    return [
        f"{step.operation} completed" if step.completing
        else " ".join([str(step.operation), *(["without", *sorted(step.without)] if step.without else [])])
        for step in order_operations(links)
    ]  # fmt: skip


ROWS = {
    "nothing": ([], []),
    "as they came": ([post("a"), change("Users/1"), post("b"), change("Users/2")], ["0", "1", "2", "3"]),
    "a reference backwards": ([post("a"), post("g", "a")], ["0", "1"]),
    "a reference forwards": ([post("g", "a"), post("a")], ["1", "0"]),
    "only who refers waits": ([post("g", "a"), change("Users/1"), post("a"), post("b")], ["1", "2", "0", "3"]),
    "a chain backwards": ([post("a", "b"), post("b", "c"), post("c")], ["2", "1", "0"]),
    "two for one": ([post("g", "a", "b"), post("b"), post("a")], ["1", "2", "0"]),
    "a path": ([change("Users/bulkId:a", at="a"), post("a")], ["1", "0"]),
    "changes of one resource keep their order": (
        [change("Groups/1", "a"), change("Groups/1"), change("Groups/2"), post("a")],
        ["2", "3", "0", "1"],
    ),
    "changes of one resource, the last one waiting": (
        [change("Groups/1"), change("Groups/1", "a"), change("Groups/1"), post("a")],
        ["0", "3", "1", "2"],
    ),
    "what nobody creates is waited for by nobody": ([post("g", "x"), change("Users/1", at="y")], ["0", "1"]),
    "a circle of two": ([post("a", "b"), post("b", "a")], ["0 without b", "1", "0 completed"]),
    "itself": ([post("a", "a"), post("b")], ["1", "0 without a", "0 completed"]),
    "a circle of three": (
        [post("a", "b"), post("b", "c"), post("c", "a")],
        ["0 without b", "2", "1", "0 completed"],
    ),
    "what leads to a circle waits for it": (
        [post("x", "a"), post("a", "b"), post("b", "a")],
        ["1 without b", "0", "2", "1 completed"],
    ),
    "two circles": (
        [post("a", "b"), post("c", "d"), post("b", "a"), post("d", "c")],
        ["0 without b", "2", "0 completed", "1 without d", "3", "1 completed"],
    ),
    "a circle that hangs on another": (
        [post("a", "b", "c"), post("b", "a"), post("c", "d"), post("d", "c")],
        ["0 without b c", "1", "2 without d", "0 completed", "3", "2 completed"],
    ),
    "who changes a resource of a circle waits until it is whole": (
        [post("a", "b"), change("Groups/bulkId:a", at="a"), post("b", "a")],
        ["0 without b", "2", "0 completed", "1"],
    ),
}


@pytest.mark.parametrize(("links", "wanted"), ROWS.values(), ids=ROWS)
def test_what_refers_waits_and_the_rest_stays_in_order(links, wanted):
    assert told(links) == wanted


@pytest.mark.parametrize("seed", range(60))
def test_whatever_refers_to_whatever_every_operation_comes_once_and_after_what_it_needs(seed):
    chance = random.Random(seed)
    names = [f"n{number}" for number in range(chance.randint(1, 12))]
    links = []
    for name in chance.sample(names, len(names)):
        links.append(post(name, *chance.sample(names, min(len(names), chance.choice([0, 0, 1, 2, 4])))))
        if chance.random() < 0.5:
            at = chance.choice(["", *names])
            resource = f"Groups/bulkId:{at}" if at else f"Groups/{chance.randint(1, 3)}"
            links.append(change(resource, *chance.sample(names, min(2, len(names))), at=at))
    steps = order_operations(links)
    done = [step.operation for step in steps if not step.completing]
    assert sorted(done) == list(range(len(links)))
    created: set[str] = set()
    whole: set[str] = set()
    changed: dict[str, int] = {}
    for step in steps:
        link = links[step.operation]
        if step.completing:
            assert step.without
            assert {*step.without, link.creates} <= created
            whole.add(link.creates)
            continue
        assert link.refers - step.without <= created
        assert step.without <= link.refers
        assert not link.at or link.at in whole
        created |= {link.creates} - {""}
        whole |= {link.creates} - {""} if not step.without else set()
        if link.resource:
            assert changed.get(link.resource, -1) < step.operation
            changed[link.resource] = step.operation
    completed = [step.operation for step in steps if step.completing]
    assert sorted(completed) == sorted(step.operation for step in steps if step.without and not step.completing)


def test_a_thousand_operations_in_one_circle_are_ordered_at_once():
    links = [post(str(number), str((number + 1) % 1000)) for number in range(1000)]
    steps = order_operations(links)
    assert steps[0] == Step(0, without=frozenset({"1"}))
    assert steps[-1] == Step(0, completing=True, without=frozenset({"1"}))
    assert len(steps) == 1001
