"""Names that are ids and change: an anchor keeps the first, so that people keep their ids, and nobody gets another's.

Each story is told with the state store as it is, emptied before every request, and away: the answers are the same.
"""

import json

import pytest
from anchor_stage import NameWorld, create, delete, find, patch, put, read, rename
from msgspec.structs import replace
from sweep_stage import ask

from gateway.conversation.effects import Keep, Key, Recall, Reply, Unavailable
from gateway.conversation.naming import alias_key
from gateway.conversation.sealed import close_entry
from gateway.lens.ability import FilterAbility
from gateway.mapping.prefixing import with_prefix
from gateway.pipeline.target import find_target
from gateway.scim.condition import parse_condition


class Forgetful(NameWorld):
    """The state store keeps nothing at all."""

    def answer(self, effect):
        self.entries = {}
        return super().answer(effect)


class Away(NameWorld):
    """The state store does not answer."""

    def answer(self, effect):
        if isinstance(effect, Recall):
            return Unavailable()
        return False if isinstance(effect, Keep) else super().answer(effect)


WORLDS = {"remembering": NameWorld, "forgetful": Forgetful, "away": Away}


@pytest.fixture(params=["search", "scan"])
def gateway(request, make_gateway):
    """A vendor that looks up by the anchor, and one whose list has to be read."""
    if request.param == "search":
        return make_gateway("anchor-vendor")
    return make_gateway("anchor-vendor", can_filter=FilterAbility(scan=1000))


class Teller:
    """Asks one request after another, and shows what came of it."""

    def __init__(self, world, gateway):
        self.world, self.gateway = world, gateway

    def __call__(self, step, status=200):
        response = ask(self.world, self.gateway, step)
        assert response.status == status, (step, response.body)
        assert not self.world.locks
        return json.loads(response.body) if response.body else None

    def who(self, id_):
        """The name of the one with this id, None where there is nobody."""
        response = ask(self.world, self.gateway, read(id_))
        if response.status == 404:
            return None
        assert response.status == 200, response.body
        body = json.loads(response.body)
        assert body["id"] == id_
        assert body["meta"]["location"].endswith(f"/Users/{id_}")
        return body["userName"]


@pytest.fixture(params=WORLDS)
def tell(request, gateway):
    return Teller(WORLDS[request.param](), gateway)


def test_a_create_writes_the_anchor_and_the_id_is_the_name(tell):
    assert tell(create("bob", title="clerk"), 201)["id"] == "bob"
    assert tell.world.records == {"bob": {"handle": "bob", "origin": "bob", "job": "clerk"}}
    assert tell.who("bob") == "bob"


@pytest.mark.parametrize("step", [rename("bob", "robert"), put("bob", "robert", title="clerk")], ids=["PATCH", "PUT"])
def test_a_person_with_another_name_keeps_the_id(tell, step):
    tell(create("bob", title="clerk"), 201)
    changed = tell(step)
    assert (changed["id"], changed["userName"]) == ("bob", "robert")
    assert tell.world.records == {"robert": {"handle": "robert", "origin": "bob", "job": "clerk"}}
    assert (tell.who("bob"), tell.who("robert")) == ("robert", None)
    for query in (
        'filter=userName%20eq%20"robert"',
        'filter=id%20eq%20"bob"',
        'filter=title%20pr%20and%20id%20eq%20"bob"',
    ):
        assert [one["id"] for one in tell(find(query))["Resources"]] == ["bob"]
    assert tell(find('filter=userName%20eq%20"bob"'))["totalResults"] == 0
    assert tell(find('filter=id%20eq%20"robert"'))["totalResults"] == 0


def test_whatever_is_changed_later_is_changed_under_the_new_name(tell):
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    tell(create("bill"), 201)
    tell(rename("bill", "bob"))  # the name is free, and its id is not this one's
    assert tell(patch("bob", "title", "chief"))["id"] == "bob"
    assert tell(put("bob", "robert", title="boss", active=True))["title"] == "boss"
    assert tell.world.records["robert"] == {"handle": "robert", "origin": "bob", "job": "boss", "on": True}
    assert "job" not in tell.world.records["bob"]
    tell(delete("bob"), 204)
    assert tell.world.firsts == {"bob": "bill"}
    assert (tell.who("bob"), tell.who("bill")) == (None, "bob")


def test_two_people_swap_their_names(tell):
    tell(create("ann"), 201)
    tell(create("bob"), 201)
    for id_, name in (("ann", "between"), ("bob", "ann"), ("ann", "bob")):
        assert tell(rename(id_, name))["id"] == id_
    assert tell.world.firsts == {"ann": "bob", "bob": "ann"}
    assert (tell.who("ann"), tell.who("bob")) == ("bob", "ann")
    assert {one["id"]: one["userName"] for one in tell(find(""))["Resources"]} == {"ann": "bob", "bob": "ann"}
    tell(patch("ann", "title", "first"))
    assert tell.world.records["bob"]["job"] == "first"


def test_a_name_that_is_taken_is_a_conflict_and_nobody_moves(tell):
    tell(create("ann"), 201)
    tell(create("bob"), 201)
    refused = tell(rename("ann", "bob"), 409)
    assert refused["scimType"] == "uniqueness"
    assert (tell.who("ann"), tell.who("bob")) == ("ann", "bob")


def test_nobody_new_gets_an_id_that_somebody_has(tell):
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    refused = tell(create("bob"), 409)
    assert refused["scimType"] == "uniqueness"
    assert refused["detail"].endswith("(SG361)")
    assert tell.world.firsts == {"robert": "bob"}
    made = tell(create("bobby"), 201)
    assert tell(rename("bobby", "bob"))["id"] == made["id"] == "bobby"
    assert (tell.who("bob"), tell.who("bobby")) == ("robert", "bob")


def test_an_id_is_free_when_its_owner_is_gone(tell):
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    tell(delete("bob"), 204)
    assert tell(create("bob", title="new"), 201)["id"] == "bob"
    assert tell.world.records == {"bob": {"handle": "bob", "origin": "bob", "job": "new"}}


def test_who_was_not_made_here_is_known_by_the_name_and_keeps_it_as_id_from_the_first_change_on(tell):
    tell.world.records["carl"] = {"handle": "carl", "job": "cook"}
    assert tell.who("carl") == "carl"
    tell(patch("carl", "title", "chef"))
    assert tell(rename("carl", "charles"))["id"] == "carl"
    assert tell.world.records == {"charles": {"handle": "charles", "origin": "carl", "job": "chef"}}
    assert (tell.who("carl"), tell.who("charles")) == ("charles", None)


@pytest.mark.parametrize("terse", [False, True])
@pytest.mark.parametrize(
    "step", [rename("carl", "charles"), put("carl", "charles", title="chef")], ids=["PATCH", "PUT"]
)
def test_nobody_gets_another_name_where_the_first_is_not_kept(tell, step, terse):
    tell.world.drops, tell.world.terse = True, terse
    tell(create("carl", title="cook"), 201)
    tell.world.calls.clear()
    assert tell(step, 502)["detail"].endswith("(SG363)")
    assert tell.world.records == {"carl": {"handle": "carl", "job": "cook"}}
    assert tell.who("carl") == "carl"


def test_an_id_stays_with_its_owner_when_a_stranger_takes_the_old_name(tell):
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    tell.world.records["bob"] = {"handle": "bob"}  # at the vendor itself
    assert tell.who("bob") == "robert"
    tell(patch("bob", "active", False))
    assert (tell.world.records["robert"]["on"], tell.world.records["bob"]) == (False, {"handle": "bob"})
    tell(delete("bob"), 204)
    assert list(tell.world.records) == ["bob"]


def test_who_is_marked_as_deleted_keeps_no_id_from_anybody(make_gateway):
    gone = parse_condition('job eq "DELETED"')
    tell = Teller(NameWorld(), make_gateway("anchor-vendor", gone=gone))
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    tell.world.records["robert"]["job"] = "DELETED"  # and the alias still leads there
    assert tell.who("bob") is None
    assert tell(patch("bob", "title", "chief"), 404)["detail"].endswith("(SG110)")
    assert tell(create("bob", title="new"), 201)["id"] == "bob"
    tell(patch("bob", "active", True))
    assert tell(read("bob"))["title"] == "new"
    assert tell.world.firsts == {"robert": "bob", "bob": "bob"}
    assert tell(rename("bob", "bobby"))["id"] == "bob"
    tell.world.entries.clear()
    assert tell.who("bob") == "bobby"


def test_in_a_split_tenant_an_id_begins_with_its_branch_and_stays_too(make_gateway):
    gateway = make_gateway("anchor-vendor")
    tenant = gateway.tenants["acme"]
    prefixed = replace(tenant, dialect=with_prefix(tenant.dialect, "eu~~"))
    tell = Teller(NameWorld(), replace(gateway, tenants={"acme": prefixed}))
    assert tell(create("bob"), 201)["id"] == "eu~~bob"
    assert tell(rename("eu~~bob", "robert"))["id"] == "eu~~bob"
    assert tell.who("eu~~bob") == "robert"
    assert tell.world.firsts == {"robert": "bob"}


def test_an_id_that_two_records_claim_is_nobodys_to_give_away(tell):
    tell.world.records |= {name: {"handle": name, "origin": "bob"} for name in ("rob", "robert")}
    for step in (read("bob"), rename("bob", "bobby"), delete("bob"), create("bob")):
        assert tell(step, 502)["detail"].endswith("(SG362)")
    assert set(tell.world.records) == {"rob", "robert"}


class Cut(NameWorld):
    """A vendor that shows nobody in its lists, and counts more."""

    def list(self, asked):
        return Reply(200, {}, {"people": [], "count": 7})


STEPS = [read("robert"), rename("robert", "bobby"), delete("robert"), create("robert")]


@pytest.mark.parametrize("step", STEPS)
def test_a_search_without_an_end_is_told_by_its_field_and_is_no_clients_fault(make_gateway, step):
    detail = Teller(Cut(), make_gateway("anchor-vendor"))(step, 502)["detail"]
    assert "the backend cut what it found by its field origin before the end" in detail
    assert detail.endswith("(SG365)")


@pytest.mark.parametrize("step", STEPS)
def test_so_is_one_that_takes_more_than_may_be_read(make_gateway, step):
    gateway = make_gateway("anchor-vendor", can_filter=FilterAbility(scan=2))
    gateway = replace(gateway, tenants={"acme": replace(gateway.tenants["acme"], max_results=2)})
    tell = Teller(NameWorld(), gateway)
    tell.world.records |= {name: {"handle": name, "origin": name} for name in ("ada", "bo", "cy")}
    detail = tell(step, 502)["detail"]
    assert "the search by its field origin takes more than 2 records" in detail
    assert detail.endswith("raise the mapping's `scan`. (SG365)")


def test_names_are_changed_behind_our_back(tell):
    tell(create("ann"), 201)
    tell(create("bob"), 201)
    tell(rename("ann", "anna"))
    moved = {one["origin"]: one for one in tell.world.records.values()}
    tell.world.records = {
        "bob": {**moved["ann"], "handle": "bob"},
        "anna": {**moved["bob"], "handle": "anna"},
    }
    assert (tell.who("ann"), tell.who("bob")) == ("bob", "anna")
    tell(patch("ann", "title", "first"))
    assert tell.world.records["bob"]["job"] == "first"


def test_a_person_is_renamed_and_changed_at_once(tell):
    tell(create("bob", title="clerk", active=True), 201)
    operations = [
        {"op": "replace", "path": "userName", "value": "robert"},
        {"op": "replace", "path": "title", "value": "chief"},
        {"op": "replace", "value": {"active": False}},
    ]
    method, path, query, body = rename("bob", "robert")
    changed = tell((method, path, query, {**body, "Operations": operations}))
    told = tuple(changed[name] for name in ("id", "userName", "title", "active"))
    assert told == ("bob", "robert", "chief", False)
    assert tell.world.records == {"robert": {"handle": "robert", "origin": "bob", "job": "chief", "on": False}}


@pytest.mark.parametrize(("active", "act"), [(False, "suspend"), (True, "resume")])
def test_what_takes_several_calls_goes_by_the_old_name_until_the_last_gives_the_new(make_gateway, active, act):
    world = NameWorld()
    world.terse = True
    tell = Teller(world, make_gateway("moving-vendor"))
    tell(create("bob", title="clerk", active=not active), 201)
    tell(rename("bob", "rob"))
    operations = [
        {"op": "replace", "path": "userName", "value": "robert"},
        {"op": "replace", "path": "title", "value": "chief"},
        {"op": "replace", "path": "active", "value": active},
    ]
    method, path, _, body = rename("bob", "robert")
    world.calls.clear()
    changed = tell((method, path, "attributes=userName,active", {**body, "Operations": operations}))
    assert (changed["id"], changed["userName"], changed["active"]) == ("bob", "robert", active)
    assert world.records == {"robert": {"handle": "robert", "origin": "bob", "job": "chief", "on": active}}
    assert world.calls[0] == "GET /people/rob"
    assert sorted(world.calls[1:3]) == ["PATCH /people/rob", f"POST /people/rob/{act}"]
    assert world.calls[3:] == ["PATCH /people/rob", "GET /people/robert"]


def test_a_create_that_is_sent_again_meets_the_person_it_made(tell):
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    assert tell(create("robert"), 409)["scimType"] == "uniqueness"
    assert tell.world.firsts == {"robert": "bob"}


@pytest.mark.parametrize("entry", [b"", b"\xff\xfe", b"ann", "another's", "ann's"])
def test_an_alias_that_leads_to_somebody_else_is_not_believed(gateway, entry):
    world = NameWorld()
    tell = Teller(world, gateway)
    tell(create("ann"), 201)
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    target = find_target(gateway.tenants["acme"], "User")
    if entry == "ann's":  # sealed as it should be, and wrong
        entry = close_entry(target.tenant.seal, alias_key(target, "bob"), b"ann")
    elif entry == "another's":
        entry = close_entry(target.tenant.seal, alias_key(target, "ann"), b"robert")
    world.entries[alias_key(target, "bob")] = entry
    assert tell.who("bob") == "robert"
    tell(patch("bob", "title", "chief"))
    assert (world.records["robert"]["job"], "job" in world.records["ann"]) == ("chief", False)


def test_an_alias_holds_no_name_that_others_could_read(gateway):
    world = NameWorld()
    tell = Teller(world, gateway)
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    aliases = {key.name: entry for key, entry in world.entries.items() if key.kind == "alias"}
    assert list(aliases) == ["bob"]
    assert b"robert" not in aliases["bob"]


def test_an_alias_saves_the_search(make_gateway):
    world = NameWorld()
    tell = Teller(world, make_gateway("anchor-vendor"))
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    world.calls.clear()
    assert tell.who("bob") == "robert"
    assert world.calls == ["GET /people/robert"]
    world.entries.clear()
    world.calls.clear()
    assert tell.who("bob") == "robert"
    assert world.calls == ["GET /people/bob", "GET /people"]
    world.calls.clear()
    assert tell.who("bob") == "robert"
    assert world.calls == ["GET /people/robert"], "what was found is remembered"


def test_a_change_waits_for_whoever_changes_the_same_person(gateway):
    """Lock and look, then write: the name that a call goes by is never older than the lock."""
    world = NameWorld()
    tell = Teller(world, gateway)
    tell(create("bob"), 201)
    held = []
    answer = world.answer

    def watch(effect):
        if isinstance(getattr(effect, "key", None), Key) and effect.key.kind == "lock":
            held.append(effect.key.name)
        elif hasattr(effect, "method"):
            held.append(effect.method)
        return answer(effect)

    world.answer = watch
    tell(patch("bob", "title", "chief"))
    assert held == ["bob", "GET", "PATCH", "bob"]


def test_a_tenant_without_a_secret_remembers_nothing_and_is_right(gateway):
    tenant = gateway.tenants["acme"]
    blank = replace(gateway, tenants={"acme": replace(tenant, seal=replace(tenant.seal, secrets=()))})
    tell = Teller(NameWorld(), blank)
    tell(create("bob"), 201)
    tell(rename("bob", "robert"))
    assert tell.who("bob") == "robert"
