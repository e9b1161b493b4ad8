"""Four vendors that are unlike the standard, held to it: what is written is read, found and listed again."""

import json
import os
from collections import Counter
from typing import Any, ClassVar

import pytest
from agreement_shapes import filters, group_patches, groups, logins, operations, patch, users, words
from agreement_vendors import CARRIED, Carried, Vendor, find_losses
from agreement_world import Answered, Asked, World, load
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from gateway.pipeline.accepting import accept_type
from gateway.scim.errors import ScimError
from gateway.scim.filter import parse_filter
from gateway.scim.match import bind_filter, compile_match
from gateway.scim.patch import apply_patch, parse_patch
from gateway.scim.resource import read_resource

SETTINGS = settings(
    max_examples=int(os.environ.get("AGREEMENT_EXAMPLES", "40")),
    stateful_step_count=15,
    deadline=None,
    derandomize="AGREEMENT_EXAMPLES" not in os.environ,
    database=None,
    phases=[Phase.generate],  # the sentence of a failure tells the one step that it takes
    suppress_health_check=list(HealthCheck),
)
FILTERED = {"userName": logins, "name.familyName": words, "externalId": st.sampled_from(["701984", "A1", "a1"])}
Document = dict[str, Any]


def without_meta(resource: Document) -> Document:
    return {key: value for key, value in resource.items() if key not in ("meta", "schemas")}


class Examined(RuleBasedStateMachine):
    name: ClassVar[str]
    seen: ClassVar[Counter[tuple[str, int]]]

    def __init__(self) -> None:
        super().__init__()
        self.vendor = Vendor(self.name)
        self.world = World(self.name, self.vendor.call)
        self.carried: Carried = CARRIED[self.name]
        self.dialect = load(self.name)
        self.write(Asked("POST", "/Users", (), FIRST))

    def ids(self, endpoint: str = "Users") -> list[str]:
        return self.vendor.ids(endpoint)

    def pick(self, data: st.DataObject, endpoint: str = "Users") -> str:
        return data.draw(st.sampled_from(self.ids(endpoint)))

    def read(self, path: str) -> Document:
        answered = self.world.ask(Asked("GET", path))
        assert answered.status == 200, answered
        return dict(answered.body)

    def write(self, asked: Asked) -> Answered:
        """Ask; what is refused changed nothing, what is answered is what is there."""
        before, entries = self.vendor.held, dict(self.world.entries)
        answered = self.world.ask(asked)
        self.seen[asked.method, answered.status] += 1
        assert answered.status < 500, (asked, answered, self.world.calls)
        if answered.status >= 400:
            assert self.vendor.held == before, (asked, answered)
            assert self.world.entries == entries, (asked, answered)
        elif answered.body is not None:
            endpoint = asked.path.split("/")[1]
            there = self.read(f"/{endpoint}/{answered.body['id']}")
            shown = {key: value for key, value in without_meta(answered.body).items() if key not in self.carried.unseen}
            assert shown == without_meta(there), (asked, answered.body, there)
        return answered

    def expect(self, asked: Asked, wanted: Document, native: str) -> None:
        """Everything that is carried both ways is as it was wanted."""
        there = self.read(f"/Users/{native}")
        lost = find_losses(wanted, there, self.carried)
        assert not lost, f"{lost}\n{asked}\nwanted {json.dumps(wanted)}\nthere  {json.dumps(there)}"

    def wanted(self, body: Document) -> Document:
        return read_resource(body, accept_type(self.dialect.resources["User"])).resource

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Every kind of request is as likely as the others."""
        actions = [self.create_user, self.list_and_page, self.filter_users]
        actions += [self.replace_user, self.modify_user, self.modify_user] if self.ids() else []
        actions += [self.delete_user] if len(self.ids()) > 1 else []
        actions += [self.create_group] if self.carried.groups else []
        actions += [self.modify_group, self.replace_group] if self.ids("Groups") and self.ids() else []
        data.draw(st.sampled_from(actions))(data)

    def create_user(self, data: st.DataObject) -> None:
        asked = Asked("POST", "/Users", (), data.draw(users(self.ids())))
        answered = self.write(asked)
        if answered.status == 201:
            self.expect(asked, self.wanted(asked.body), answered.body["id"])

    def replace_user(self, data: st.DataObject) -> None:
        native = self.pick(data)
        asked = Asked("PUT", f"/Users/{native}", (), data.draw(users(self.ids())))
        before = self.read(asked.path)
        answered = self.write(asked)
        if answered.status >= 400:
            return
        wanted = self.wanted(asked.body)
        if "active" not in wanted and "active" in before:
            wanted["active"] = before["active"]
        self.expect(asked, wanted, native)
        held = self.vendor.held
        assert self.write(asked).status == 200
        assert self.vendor.held == held
        if not (self.carried.unseen & {*asked.body} or (self.carried.sorts and is_long(asked.body))):
            self.world.ask(asked)
            assert not self.world.writes, (asked, self.world.calls)

    def modify_user(self, data: st.DataObject) -> None:
        native, one = self.pick(data), data.draw(st.booleans())
        listed = data.draw(st.lists(operations(self.ids()), min_size=1, max_size=1 if one else 3))
        asked = Asked("PATCH", f"/Users/{native}", (), patch(listed))
        before = self.read(asked.path)
        answered = self.write(asked)
        if answered.status >= 400:
            return
        rt = accept_type(self.dialect.resources["User"])
        told = parse_patch(asked.body, rt)
        wanted = apply_patch(before, told, rt)
        self.expect(asked, wanted, native)
        self.repeat(asked, before)

    def repeat(self, asked: Asked, before: Document) -> None:
        """A PATCH whose repetition changes nothing sends nothing, once the record was read for it."""
        rt = accept_type(self.dialect.resources["User"])
        there = self.read(asked.path)
        try:
            stable = apply_patch(there, parse_patch(asked.body, rt), rt) == there
        except ScimError:
            return
        hidden = self.carried.unseen & names_in(asked.body) or (self.carried.sorts and is_long(there))
        if stable and not hidden:
            held = self.vendor.held
            self.world.ask(asked)
            assert self.vendor.held == held, (asked, before, held, self.vendor.held)
            read_first = bool(self.world.calls) and self.world.calls[0].safe
            assert not (read_first and self.world.writes), (asked, there, self.world.calls)

    def delete_user(self, data: st.DataObject) -> None:
        native = self.pick(data)
        assert self.write(Asked("DELETE", f"/Users/{native}")).status == 204
        assert native not in self.ids()
        assert self.world.ask(Asked("GET", f"/Users/{native}")).status == 404
        assert self.write(Asked("DELETE", f"/Users/{native}")).status == 404

    def list_and_page(self, data: st.DataObject) -> None:
        whole = self.world.ask(Asked("GET", "/Users"))
        assert whole.body["totalResults"] == len(self.ids())
        assert [each["id"] for each in whole.body.get("Resources", ())] == self.ids()
        for each in whole.body.get("Resources", ()):
            there = self.read(f"/Users/{each['id']}")
            assert without_meta(each) == without_meta(there)
        size = data.draw(st.integers(1, 3))
        found: list[str] = []
        while len(found) < len(self.ids()):
            page = self.world.ask(Asked("GET", "/Users", (("startIndex", str(len(found) + 1)), ("count", str(size)))))
            assert page.status == 200
            assert page.body["totalResults"] == len(self.ids())
            assert 0 < len(page.body["Resources"]) <= size
            found += [each["id"] for each in page.body["Resources"]]
        assert found == self.ids()

    def filter_users(self, data: st.DataObject) -> None:
        text = data.draw(filters(FILTERED))
        rt = self.dialect.resources["User"].type
        answered = self.world.ask(Asked("GET", "/Users", (("filter", text),)))
        try:
            wanted_filter = bind_filter(parse_filter(text, rt.urns), rt)
        except ScimError:  # the vendor has no such attribute
            assert answered.scim_type == "invalidFilter", (text, answered)
            return
        everybody = [self.read(f"/Users/{native}") for native in self.ids()]
        holds = compile_match(wanted_filter, rt)
        wanted = [each["id"] for each in everybody if holds(each)]
        assert answered.status == 200, (text, answered)
        assert [each["id"] for each in answered.body.get("Resources", ())] == wanted, (text, everybody)
        assert answered.body["totalResults"] == len(wanted)

    def create_group(self, data: st.DataObject) -> None:
        asked = Asked("POST", "/Groups", (), data.draw(groups(self.ids())))
        answered = self.write(asked)
        assert answered.status == 201
        assert members_of(answered.body) == members_of(asked.body)

    def modify_group(self, data: st.DataObject) -> None:
        native = self.pick(data, "Groups")
        asked = Asked("PATCH", f"/Groups/{native}", (), data.draw(group_patches(self.ids())))
        self.change_group(asked)

    def replace_group(self, data: st.DataObject) -> None:
        native = self.pick(data, "Groups")
        asked = Asked("PUT", f"/Groups/{native}", (), data.draw(groups(self.ids())))
        answered = self.write(asked)
        assert answered.status in (200, 204), (asked, answered)
        assert members_of(self.read(asked.path)) == members_of(asked.body)
        self.world.ask(asked)
        assert not self.world.writes, (asked, self.world.calls)

    def change_group(self, asked: Asked) -> None:
        rt = accept_type(self.dialect.resources["Group"])
        before = self.read(asked.path)
        answered = self.write(asked)
        assert answered.status in (200, 204), (asked, answered)
        wanted, there = apply_patch(before, parse_patch(asked.body, rt), rt), self.read(asked.path)
        assert members_of(there) == members_of(wanted), (asked, before, there)
        assert there["displayName"] == wanted["displayName"]


FIRST = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "bjensen",
    "name": {"familyName": "Jensen", "givenName": "Barbara", "formatted": "Barbara Jensen"},
    "displayName": "Babs",
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
}


def names_in(body: Document) -> set[str]:
    """The attributes that the operations of a PATCH name."""
    named: set[str] = set()
    for one in body["Operations"]:
        paths = [one["path"]] if "path" in one else [*one.get("value", ())]
        for path in paths:
            urn, colon, _ = path.rpartition(":")
            named |= {urn} if colon and not urn.endswith(":User") else {path, urn}
    return named


def is_long(body: Document) -> bool:
    """Has any list an order?"""
    return any(isinstance(each, list) and len(each) > 1 for name, each in body.items() if name != "schemas")


def members_of(group: Document) -> list[str]:
    return sorted(each["value"] for each in group.get("members") or ())


@pytest.mark.parametrize("vendor", CARRIED)
def test_what_is_written_is_read_found_and_listed_again(vendor: str) -> None:
    examined = type("Examined", (Examined,), {"name": vendor, "seen": Counter()})
    run_state_machine_as_test(examined, settings=SETTINGS)
    for kind in [("POST", 201), ("POST", 409), ("PUT", 200), ("PATCH", 200), ("DELETE", 204)]:
        assert examined.seen[kind] >= 3, (kind, examined.seen)
