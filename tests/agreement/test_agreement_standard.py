"""The same request to the gateway before one scim2-server, and to another scim2-server: one answer, one result."""

import json
from collections import Counter
from typing import Any

import pytest
from agreement_differences import DIFFERENCES, Seen, explain
from agreement_shapes import (
    group_filters,
    group_patches,
    groups,
    projections,
    queries,
    user_filters,
    user_patches,
    users,
)
from agreement_twin import Twin
from agreement_world import Answered, Asked, World
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

OWN_META = ("resourceType", "created")
NOBODY = "nobody"


def plain(document: Any) -> Any:
    """The document without what differs between any two servers: locations, versions, the order of `schemas`."""
    if isinstance(document, list):
        return [plain(each) for each in document]
    if not isinstance(document, dict):
        return document
    found = {key: plain(each) for key, each in document.items() if key != "$ref"}
    if isinstance(found.get("meta"), dict):
        found["meta"] = {key: each for key, each in found["meta"].items() if key in OWN_META}
    return found | ({"schemas": sorted(found["schemas"])} if "schemas" in found else {})


class Agreement(RuleBasedStateMachine):
    """`used` counts which differences were met, by name, over all runs."""

    used: Counter[str] = Counter()
    statuses: Counter[tuple[str, int]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.behind, self.twin = Twin(), Twin()
        self.world = World("scim2", self.behind.call)

    def ids(self, kind: str) -> list[str]:
        return sorted(native for native in self.behind.stored if native.startswith(kind))

    def pick(self, data: st.DataObject, kind: str) -> str:
        return data.draw(st.sampled_from([*self.ids(kind), NOBODY] if self.ids(kind) else [NOBODY]))

    def compare(self, asked: Asked) -> None:
        ours, theirs = self.world.ask(asked), self.twin.ask(asked)
        self.statuses[asked.method, ours.status] += 1
        seen = Seen(
            asked,
            Answered(ours.status, plain(ours.body)),
            Answered(theirs.status, plain(theirs.body)),
            self.behind.stored,
            self.twin.stored,
            bool(self.world.writes),
        )
        if not seen.agrees:
            row = explain(seen)
            assert row is not None, tell(seen)
            self.used[row.name] += 1
            self.twin.follow(self.behind)

    @rule(data=st.data())
    def create_user(self, data: st.DataObject) -> None:
        self.compare(Asked("POST", "/Users", data.draw(projections), data.draw(users(self.ids("user")))))

    @rule(data=st.data())
    def create_group(self, data: st.DataObject) -> None:
        self.compare(Asked("POST", "/Groups", (), data.draw(groups(self.ids("user")))))

    @rule(data=st.data())
    def retrieve(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(["User", "Group"]))
        self.compare(Asked("GET", f"/{kind}s/{self.pick(data, kind.lower())}", data.draw(projections)))

    @rule(data=st.data())
    def replace_user(self, data: st.DataObject) -> None:
        body = data.draw(users(self.ids("user")))
        self.compare(Asked("PUT", f"/Users/{self.pick(data, 'user')}", data.draw(projections), body))

    @rule(data=st.data())
    def replace_group(self, data: st.DataObject) -> None:
        body = data.draw(groups(self.ids("user")))
        self.compare(Asked("PUT", f"/Groups/{self.pick(data, 'group')}", (), body))

    @precondition(lambda self: self.ids("user"))
    @rule(data=st.data())
    def modify_user(self, data: st.DataObject) -> None:
        body = data.draw(user_patches(self.ids("user")))
        self.compare(Asked("PATCH", f"/Users/{self.pick(data, 'user')}", data.draw(projections), body))

    @precondition(lambda self: self.ids("user") and self.ids("group"))
    @rule(data=st.data())
    def modify_group(self, data: st.DataObject) -> None:
        body = data.draw(group_patches(self.ids("user")))
        self.compare(Asked("PATCH", f"/Groups/{self.pick(data, 'group')}", (), body))

    @rule(data=st.data())
    def query_users(self, data: st.DataObject) -> None:
        self.compare(data.draw(queries("/Users", user_filters)))

    @rule(data=st.data())
    def query_groups(self, data: st.DataObject) -> None:
        self.compare(data.draw(queries("/Groups", group_filters)))

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(["User", "Group"]))
        self.compare(Asked("DELETE", f"/{kind}s/{self.pick(data, kind.lower())}"))


def tell(seen: Seen) -> str:
    """A disagreement, complete enough to be repeated by hand."""
    lines = [
        f"{seen.asked.method} {seen.asked.path} {seen.asked.params} {json.dumps(seen.asked.body)}",
        f"the gateway:  {seen.ours.status} {json.dumps(seen.ours.body)}",
        f"scim2-server: {seen.theirs.status} {json.dumps(seen.theirs.body)}",
    ]
    for native in sorted({*seen.our_store, *seen.their_store}):
        ours, theirs = seen.our_store.get(native), seen.their_store.get(native)
        if ours != theirs:
            lines += [f"behind the gateway: {json.dumps(ours)}", f"at the twin:        {json.dumps(theirs)}"]
    return "\n".join(lines)


@pytest.mark.parametrize("part", range(1))
def test_the_gateway_before_a_server_answers_and_stores_as_the_server_alone(part: int) -> None:
    Agreement.used.clear()
    Agreement.statuses.clear()
    run_state_machine_as_test(
        Agreement,
        settings=settings(
            max_examples=250,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # the sentence of a failure tells the one step that it takes
            suppress_health_check=list(HealthCheck),
        ),
    )
    unmet = [row.name for row in DIFFERENCES if row.name not in Agreement.used]
    assert not unmet, "a difference that never shows itself is to be taken out of the table"
    for kind in [("POST", 201), ("POST", 409), ("GET", 200), ("PUT", 200), ("PATCH", 204), ("DELETE", 204)]:
        assert Agreement.statuses[kind] >= 20, (kind, Agreement.statuses)
