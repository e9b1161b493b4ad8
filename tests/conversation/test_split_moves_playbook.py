"""What would move a resource of a split tenant to another backend is refused before anything is sent; so is a twin."""

import pytest
from split_stage import EUROPE, backends, split_gateway

from gateway.conversation.effects import Reply

GATEWAY = split_gateway()
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}
PATCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
ADA = "ada@eu.acme.example"
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
SALES = (("sales", "scim2", f'{DEPARTMENT}:department eq "Sales"'), ("rest", "scim2", None))
BY_DEPARTMENT = split_gateway(SALES)


def patch(op, value=None, path=None):
    operation = {"op": op, **({} if path is None else {"path": path}), **({} if value is None else {"value": value})}
    return {**PATCH, "Operations": [operation]}


def read(record):
    return [("hold 17", True), ("GET /Users/17", Reply(200, {}, record))]


def named(login, *steps):
    """What is done while nobody else is given the name in another branch."""
    return [(f"hold userName={login}", True), *steps, (f"release userName={login}", None)]


MOVES = [
    ("PATCH", patch("replace", "ada@us.acme.example", "userName")),
    ("PATCH", patch("replace", "ada@us.acme.example", "USERNAME")),
    ("PATCH", patch("replace", {"userName": "ada@us.acme.example", "title": "Guide"})),
    ("PATCH", patch("Add", {"username": "ada@us.acme.example"})),
    ("PATCH", patch("replace", "ada@us.acme.example", "urn:ietf:params:scim:schemas:core:2.0:User:userName")),
    ("PUT", {**USER, "userName": "ada@us.acme.example"}),
]


@pytest.mark.parametrize(("method", "body"), MOVES)
def test_a_change_that_would_move_is_refused_before_anything_is_sent(play, user, method, body):
    steps = named("ada@us.acme.example", *read(user("17", ADA)), ("release 17", None))
    played = play(f"{method} /Users/eu~~17", steps, gateway=GATEWAY, body=body)
    assert (played.status, played.body["scimType"], played.finished.code) == (400, "mutability", "SG350")
    assert "another backend, us" in played.detail
    assert "Leave userName as it was" in played.detail
    assert [call.method for call in played.calls] == ["GET"]


@pytest.mark.parametrize("login", ["ADA@EU.ACME.EXAMPLE", "lovelace@eu.acme.example"])
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_change_within_the_branch_is_made(play, user, login, method):
    body = patch("replace", login, "userName") if method == "PATCH" else {**USER, "userName": login}
    steps = [*read(user("17", ADA)), (f"{method} /Users/17", Reply(200, {}, user("17", login))), ("release 17", None)]
    played = play(f"{method} /Users/eu~~17", steps, gateway=GATEWAY, body=body)
    assert (played.status, played.body["userName"], backends(played)) == (200, login, ["eu", "eu"])


def test_what_no_guard_looks_at_is_changed_without_a_look(play, user):
    steps = [("PATCH /Users/17", Reply(200, {}, user("17", ADA, title="Guide")))]
    played = play("PATCH /Users/eu~~17", steps, gateway=GATEWAY, body=patch("replace", "Guide", "title"))
    assert played.status == 200


def test_what_a_put_leaves_out_is_gone_and_may_move(play, user):
    steps = named("ada", *read(user("17", "ada", **{DEPARTMENT: {"department": "Sales"}})), ("release 17", None))
    played = play("PUT /Users/sales~~17", steps, gateway=BY_DEPARTMENT, body={**USER, "userName": "ada"})
    assert (played.status, played.finished.code) == (400, "SG350")
    assert f"{DEPARTMENT}:department" in played.detail


@pytest.mark.parametrize(
    "body", [patch("remove", path=DEPARTMENT), patch("remove", path=f"{DEPARTMENT}:department"),
             patch("replace", {f"{DEPARTMENT}:department": "IT"}), patch("add", {DEPARTMENT: {"department": "IT"}})]
)  # fmt: skip
def test_an_attribute_of_an_extension_moves_as_well(play, user, body):
    steps = [*read(user("17", "ada", **{DEPARTMENT: {"department": "Sales"}})), ("release 17", None)]
    played = play("PATCH /Users/sales~~17", steps, gateway=BY_DEPARTMENT, body=body)
    assert (played.status, played.finished.code) == (400, "SG350")


def test_what_a_put_does_not_assert_of_active_stays(play, user):
    gateway = split_gateway((("on", "scim2", "active eq true"), ("off", "scim2", None)))
    put = ("PUT /Users/17", Reply(200, {}, user("17", "ada", active=True)))
    steps = named("ada", *read(user("17", "ada", active=True)), put, ("release 17", None))
    played = play("PUT /Users/on~~17", steps, gateway=gateway, body={**USER, "userName": "ada", "title": "Guide"})
    assert played.status == 200


BROUGHT = [("bob@us.acme.example", None), ("bob@eu.acme.example", "eu"), ("bob@de.acme.example", "de")]


@pytest.mark.parametrize(("login", "other"), BROUGHT)
def test_what_lies_in_the_wrong_branch_may_be_brought_home_but_no_further(play, page, user, login, other):
    three = (("eu", "scim2", EUROPE), ("de", "scim2", 'userName ew "@de.acme.example"'), ("us", "scim2", None))
    asked = [(f'GET /Users?filter=userName eq "{login}"&startIndex=1&count=1', page())] if other == "eu" else []
    patched = [("PATCH /Users/17", Reply(200, {}, user("17", login)))] if other != "de" else []
    steps = [*read(user("17", ADA)), *asked, *patched, ("release 17", None)]
    played = play("PATCH /Users/us~~17", named(login, *steps) if other else steps, gateway=split_gateway(three),
                  body=patch("replace", login, "userName"))  # fmt: skip
    assert played.status == (400 if other == "de" else 200)


def test_a_group_is_not_moved_by_a_guard_that_does_not_see_it(play):
    group = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "7", "displayName": "a"}
    steps = [("PATCH /Groups/7", Reply(200, {}, {**group, "displayName": "b"}))]
    played = play("PATCH /Groups/eu~~7", steps, gateway=GATEWAY, body=patch("replace", "b", "displayName"))
    assert played.status == 200


def test_who_has_the_name_in_another_branch_is_not_created_again(play, page, user):
    found = ('GET /Users?filter=userName eq "ada"&startIndex=1&count=1', page(user("9", "Ada")))
    steps = [("hold userName=ada", True), found, ("release userName=ada", None)]
    body = {**USER, "userName": "ada", DEPARTMENT: {"department": "Sales"}}
    played = play("POST /Users", steps, gateway=BY_DEPARTMENT, body=body)
    assert (played.status, played.body["scimType"], played.finished.code) == (409, "uniqueness", "SG204")
    assert backends(played) == ["rest"]


def test_who_is_nowhere_else_is_created(play, page, user):
    steps = [
        ("hold userName=ada", True),
        ('GET /Users?filter=userName eq "ada"&startIndex=1&count=1', page()),
        ("POST /Users", Reply(201, {}, user("17", "ada"))),
        ("release userName=ada", None),
    ]
    played = play("POST /Users", steps, gateway=BY_DEPARTMENT, body={**USER, "userName": "ada"})
    assert (played.status, played.body["id"], backends(played)) == (201, "rest~~17", ["sales", "rest"])


def test_nobody_is_created_while_a_branch_that_may_have_the_name_is_away(play):
    asked = ('GET /Users?filter=userName eq "ada"&startIndex=1&count=1', Reply(500))
    steps = [("hold userName=ada", True), asked, ("release userName=ada", None)]
    played = play("POST /Users", steps, gateway=BY_DEPARTMENT, body={**USER, "userName": "ada"})
    assert played.status == 503


RENAMES = [
    ("PATCH", patch("replace", "lovelace", "userName")),
    ("PATCH", patch("replace", {"userName": "Lovelace", "title": "Guide"})),
    ("PATCH", patch("add", {"urn:ietf:params:scim:schemas:core:2.0:User:userName": "LOVELACE"})),
    ("PUT", {**USER, "userName": "lovelace"}),
]


def asked_for(body):
    """The look into the other branch, which is asked for the name as it was sent."""
    sent = next(one for one in ("lovelace", "Lovelace", "LOVELACE") if one in str(body))
    return f'GET /Users?filter=userName eq "{sent}"&startIndex=1&count=1'


@pytest.mark.parametrize(("method", "body"), RENAMES)
def test_nobody_gets_the_name_of_somebody_in_another_branch(play, page, user, method, body):
    steps = [*read(user("17", "ada")), (asked_for(body), page(user("9", "Lovelace"))), ("release 17", None)]
    played = play(f"{method} /Users/rest~~17", named("lovelace", *steps), gateway=BY_DEPARTMENT, body=body)
    assert (played.status, played.body["scimType"], played.finished.code) == (409, "uniqueness", "SG204")
    assert (backends(played), "lives in another backend, sales" in played.detail) == (["rest", "sales"], True)


@pytest.mark.parametrize(("method", "body"), RENAMES)
def test_a_name_that_is_nobodys_is_given(play, page, user, method, body):
    write = (f"{method} /Users/17", Reply(200, {}, user("17", "lovelace")))
    steps = [*read(user("17", "ada")), (asked_for(body), page()), write, ("release 17", None)]
    played = play(f"{method} /Users/rest~~17", named("lovelace", *steps), gateway=BY_DEPARTMENT, body=body)
    assert (played.status, played.body["userName"], backends(played)) == (200, "lovelace", ["rest", "sales", "rest"])


@pytest.mark.parametrize(("method", "body"), RENAMES)
def test_nobody_is_renamed_while_a_branch_that_may_have_the_name_is_away(play, user, method, body):
    steps = [*read(user("17", "ada")), (asked_for(body), Reply(500)), ("release 17", None)]
    played = play(f"{method} /Users/rest~~17", named("lovelace", *steps), gateway=BY_DEPARTMENT, body=body)
    assert (played.status, played.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    ("body", "login"),
    [({**USER, "userName": "ADA", "title": "Guide"}, "ada"), ({**USER, "userName": "ada", "title": "Guide"}, "ada")],
)
def test_who_keeps_the_name_needs_no_other_branch(play, user, body, login):
    steps = [*read(user("17", login)), ("PUT /Users/17", Reply(200, {}, user("17", login))), ("release 17", None)]
    played = play("PUT /Users/rest~~17", named(login, *steps), gateway=BY_DEPARTMENT, body=body)
    assert (played.status, backends(played)) == (200, ["rest", "rest"])
