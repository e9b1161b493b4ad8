"""The same request to the gateway before one scim2-server, and to another scim2-server: one answer, one result."""

import json
import os
from collections import Counter
from typing import Any, ClassVar

import pytest
from agreement_differences import DIFFERENCES, Difference, explain
from agreement_seen import Seen
from agreement_shapes import (
    GROUP,
    USER,
    group_filters,
    group_patches,
    groups,
    operations,
    patch,
    projections,
    queries,
    user_filters,
    user_patches,
    users,
)
from agreement_twin import Twin, sort_members
from agreement_world import Answered, Asked, World
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

SETTINGS = settings(
    max_examples=int(os.environ.get("AGREEMENT_EXAMPLES", "60")),
    stateful_step_count=20,
    deadline=None,
    derandomize="AGREEMENT_EXAMPLES" not in os.environ,
    database=None,
    phases=[Phase.generate],  # the sentence of a failure tells the one step that it takes
    suppress_health_check=list(HealthCheck),
)
WORK = {"value": "bjensen@example.com", "type": "work", "primary": True}
HOME = {"value": "babs@jensen.org", "type": "home"}
SEEDED = (
    Asked("POST", "/Users", (), {"schemas": [USER], "userName": "bjensen", "title": "Guide", "emails": [WORK, HOME]}),
    Asked("POST", "/Users", (), {"schemas": [USER], "userName": "jsmith", "name": {"familyName": "Smith"}}),
    Asked("POST", "/Groups", (), {"schemas": [GROUP], "displayName": "Guides", "members": [{"value": "user-001"}]}),
)
OWN_META = ("resourceType", "created")
NOBODY = "nobody"


def plain(document: Any) -> Any:
    """The document without what differs between any two servers: locations, versions, the order of sets."""
    if isinstance(document, list):
        return [plain(each) for each in document]
    if not isinstance(document, dict):
        return document
    found = {key: plain(each) for key, each in document.items() if key != "$ref"}
    found |= sort_members(found)
    if isinstance(found.get("meta"), dict):
        found["meta"] = {key: each for key, each in found["meta"].items() if key in OWN_META}
    return found | ({"schemas": sorted(found["schemas"])} if "schemas" in found else {})


def ask_both(asked: Asked, world: World, behind: Twin, twin: Twin) -> Seen:
    """One request to the gateway before the one server, and straight to the other."""
    ours, theirs = world.ask(asked), twin.ask(asked)
    bodies = Answered(ours.status, plain(ours.body)), Answered(theirs.status, plain(theirs.body))
    return Seen(asked, *bodies, behind.stored, twin.stored, bool(world.writes))


class Agreement(RuleBasedStateMachine):
    """`statuses` counts what the gateway answered, over all runs."""

    statuses: ClassVar[Counter[tuple[str, int]]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.behind, self.twin = Twin(), Twin()
        self.world = World("scim2", self.behind.call)
        for asked in SEEDED:
            self.compare(asked)

    def ids(self, kind: str) -> list[str]:
        return self.behind.ids(kind)

    def pick(self, data: st.DataObject, kind: str) -> str:
        return data.draw(st.sampled_from([*self.ids(kind) * 4, NOBODY]))

    def compare(self, asked: Asked) -> None:
        seen = ask_both(asked, self.world, self.behind, self.twin)
        self.statuses[asked.method, seen.ours.status] += 1
        if not seen.agrees:
            assert explain(seen) is not None, tell(seen)
            self.twin.follow(self.behind)

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Every kind of request is as likely as the others."""
        actions = [self.create_user, self.create_group, self.retrieve, self.replace_user, self.replace_group]
        actions += [self.query_users, self.query_groups, self.delete]
        actions += [self.modify_user, self.modify_user_once] * 2 if self.ids("user") else []
        actions += [self.modify_group] if self.ids("user") and self.ids("group") else []
        data.draw(st.sampled_from(actions))(data)

    def create_user(self, data: st.DataObject) -> None:
        self.compare(Asked("POST", "/Users", data.draw(projections), data.draw(users(self.ids("user")))))

    def create_group(self, data: st.DataObject) -> None:
        self.compare(Asked("POST", "/Groups", (), data.draw(groups(self.ids("user")))))

    def retrieve(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from(["User", "Group"]))
        self.compare(Asked("GET", f"/{kind}s/{self.pick(data, kind.lower())}", data.draw(projections)))

    def replace_user(self, data: st.DataObject) -> None:
        body = data.draw(users(self.ids("user")))
        self.compare(Asked("PUT", f"/Users/{self.pick(data, 'user')}", data.draw(projections), body))

    def replace_group(self, data: st.DataObject) -> None:
        body = data.draw(groups(self.ids("user")))
        self.compare(Asked("PUT", f"/Groups/{self.pick(data, 'group')}", (), body))

    def modify_user(self, data: st.DataObject) -> None:
        body = data.draw(user_patches(self.ids("user")))
        self.compare(Asked("PATCH", f"/Users/{self.pick(data, 'user')}", data.draw(projections), body))

    def modify_user_once(self, data: st.DataObject) -> None:
        body = patch([data.draw(operations(self.ids("user")))])
        self.compare(Asked("PATCH", f"/Users/{data.draw(st.sampled_from(self.ids('user')))}", (), body))

    def modify_group(self, data: st.DataObject) -> None:
        body = data.draw(group_patches(self.ids("user")))
        self.compare(Asked("PATCH", f"/Groups/{self.pick(data, 'group')}", (), body))

    def query_users(self, data: st.DataObject) -> None:
        self.compare(data.draw(queries("/Users", user_filters)))

    def query_groups(self, data: st.DataObject) -> None:
        self.compare(data.draw(queries("/Groups", group_filters)))

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


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: row.name)
def test_a_difference_shows_itself_and_is_known_for_what_it_is(row: Difference) -> None:
    behind, twin = Twin(), Twin()
    world = World("scim2", behind.call)
    *before, last = row.example
    for asked in before:
        assert ask_both(asked, world, behind, twin).agrees, asked
    seen = ask_both(last, world, behind, twin)
    assert not seen.agrees, "it is no difference any more: take the row out"
    assert explain(seen) is row, tell(seen)


def test_the_gateway_before_a_server_answers_and_stores_as_the_server_alone() -> None:
    Agreement.statuses.clear()
    run_state_machine_as_test(Agreement, settings=SETTINGS)
    for kind in [("POST", 201), ("POST", 409), ("GET", 200), ("PUT", 200), ("PATCH", 204), ("DELETE", 204)]:
        assert Agreement.statuses[kind] >= 10, (kind, Agreement.statuses)
