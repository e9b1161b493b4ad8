"""Bulk requests: each operation is a request of its own, in an order in which every reference leads somewhere."""

import pytest

from gateway.conversation.effects import Lost, Reply
from gateway.observations import BulkOperationFinished
from gateway.pipeline.limits import MAX_BODY, MAX_BULK_OPERATIONS

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BASE = "https://scim.example.com/acme/scim/v2"
GO = ("wait 0", True)


def bulk(*operations, **more):
    return {"schemas": [BULK], "Operations": list(operations), **more}


def post(bulk_id, path="/Users", **data):
    return {"method": "POST", "path": path, "bulkId": bulk_id, "data": data}


def patch(path, *operations):
    return {"method": "PATCH", "path": path, "data": {"schemas": [PATCH_OP], "Operations": list(operations)}}


def add_members(*ids):
    return {"op": "add", "path": "members", "value": [{"value": one} for one in ids]}


def group(native, name="Guides", **more):
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": native, "displayName": name, **more}


def results(played):
    assert played.status == 200
    assert played.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]
    assert played.headers["Content-Type"] == "application/scim+json"
    return played.body["Operations"]


def codes(played):
    """The status of each operation, with the code where it failed."""
    return [(one["status"], one["response"]["detail"][-6:-1] if "response" in one else "") for one in results(played)]


def test_every_kind_of_operation_is_carried_out_and_told_in_the_order_of_the_request(play, user):
    sent = bulk(
        post("qwerty", userName="bjensen"),
        {"method": "PUT", "path": "/Users/7", "data": {"userName": "jsmith"}},
        patch("/Users/8", {"op": "replace", "path": "title", "value": "Guide"}),
        {"method": "DELETE", "path": "/Users/9"},
    )
    steps = [
        GO,
        ("POST /Users", Reply(201, {}, user("1"))),
        GO,
        ("hold 7", True),
        ("GET /Users/7", Reply(200, {}, user("7", "john"))),
        ("PUT /Users/7", Reply(200, {}, user("7", "jsmith"))),
        ("release 7", None),
        GO,
        ("PATCH /Users/8", Reply(200, {}, user("8", title="Guide"))),
        GO,
        ("DELETE /Users/9", Reply(204)),
    ]
    played = play("POST /Bulk", steps, body=sent)
    known = results(played)[0]["version"], results(played)[1]["version"], results(played)[2]["version"]
    assert all(one.startswith('W/"') for one in known)
    assert results(played) == [
        {
            "location": f"{BASE}/Users/1",
            "method": "POST",
            "bulkId": "qwerty",
            "version": known[0],
            "status": "201",
        },
        {"location": f"{BASE}/Users/7", "method": "PUT", "version": known[1], "status": "200"},
        {"location": f"{BASE}/Users/8", "method": "PATCH", "version": known[2], "status": "200"},
        {"location": f"{BASE}/Users/9", "method": "DELETE", "status": "204"},
    ]
    assert (played.finished.resource, played.finished.operation, played.finished.status) == ("Bulk", "bulk", 200)
    noted = [(one.resource, one.operation, one.status) for one in played.noted(BulkOperationFinished)]
    assert noted == [
        ("User", "create", 201),
        ("User", "replace", 200),
        ("User", "modify", 200),
        ("User", "delete", 204),
    ]


def test_a_failed_operation_brings_its_error_and_the_others_go_on(play, user):
    sent = bulk(
        post("a", title="no name"),
        {"method": "DELETE", "path": "/Users/9"},
        post("b", path="/Nothing", userName="x"),
        post("c", userName="bjensen"),
    )
    steps = [GO, GO, ("DELETE /Users/9", Reply(404)), GO, GO, ("POST /Users", Reply(201, {}, user("1")))]
    played = play("POST /Bulk", steps, body=sent)
    bad, gone, nowhere, good = results(played)
    assert set(bad) == {"method", "bulkId", "status", "response"}
    assert bad["response"]["schemas"] == [ERROR]
    assert bad["response"]["status"] == bad["status"] == "400"
    assert bad["response"]["scimType"] == "invalidValue"
    assert "userName" in bad["response"]["detail"]
    assert (gone["status"], gone["location"]) == ("404", f"{BASE}/Users/9")
    assert (nowhere["status"], good["status"]) == ("404", "201")
    noted = [(one.resource, one.status, one.code, one.blame) for one in played.noted(BulkOperationFinished)]
    assert noted == [
        ("User", 400, "SG202", "client"),
        ("User", 404, "SG110", "client"),
        ("_none", 404, "SG106", "client"),
        ("User", 201, "", None),
    ]
    assert played.finished.code == ""


def test_of_operations_that_wait_the_whole_answer_tells_the_longest_and_each_its_own(play, make_gateway):
    sent = bulk(*({"method": "DELETE", "path": f"/Users/{one}"} for one in "789"))
    later = [Reply(429, {"retry-after": "70"}), Reply(503, {"retry-after": "9"}), Reply(404)]
    steps = [step for one, reply in zip("789", later, strict=True) for step in (GO, (f"DELETE /Users/{one}", reply))]
    played = play("POST /Bulk", steps, body=sent, gateway=make_gateway("scim2", tries=1))
    told = [one["response"]["detail"].partition("Retry-After of this operation is ")[2][:2] for one in results(played)]
    assert (told, played.headers["Retry-After"]) == (["70", "9 ", ""], "70")


def test_where_no_operation_waits_nothing_is_said_of_coming_again(play):
    sent = bulk({"method": "DELETE", "path": "/Users/7"}, {"method": "DELETE", "path": "/Users/8"})
    steps = [GO, ("DELETE /Users/7", Reply(204)), GO, ("DELETE /Users/8", Reply(404))]
    assert "Retry-After" not in play("POST /Bulk", steps, body=sent).headers


@pytest.mark.parametrize("group_first", [True, False])
def test_members_may_be_made_by_the_same_request_in_any_order(play, user, group_first):
    team = post("g", path="/Groups", displayName="Guides", members=[{"value": "bulkId:u"}, {"value": "7"}])
    person = post("u", userName="bjensen")
    sent = bulk(team, person) if group_first else bulk(person, team)
    made = group("5", members=[{"value": "1"}, {"value": "7"}])
    steps = [GO, ("POST /Users", Reply(201, {}, user("1"))), GO, ("POST /Groups", Reply(201, {}, made))]
    played = play("POST /Bulk", steps, body=sent)
    assert played.calls[1].body["members"] == [{"value": "1"}, {"value": "7"}]
    locations = [one["location"] for one in results(played)]
    wanted = [f"{BASE}/Groups/5", f"{BASE}/Users/1"]
    assert locations == (wanted if group_first else wanted[::-1])


@pytest.mark.parametrize(
    ("data", "path", "carried"),
    [
        ({ENTERPRISE: {"manager": {"value": "bulkId:u"}}}, (ENTERPRISE, "manager"), {"value": "1"}),
        ({ENTERPRISE: {"manager": {"$ref": "../Users/bulkId:u", "value": "bulkId:u"}}}, (ENTERPRISE, "manager"), None),
        ({f"{ENTERPRISE}:manager": "bulkId:u"}, (ENTERPRISE, "manager"), {"value": "1"}),
        ({f"{ENTERPRISE}:MANAGER": {"value": "bulkId:u"}}, (ENTERPRISE, "manager"), {"value": "1"}),
        ({"displayName": "bulkId:u"}, ("displayName",), "bulkId:u"),
        ({"title": "bulkId:nobody", "nickName": "bulkId:u"}, ("title",), "bulkId:nobody"),
    ],
)
def test_a_reference_counts_where_references_stand_and_is_a_text_elsewhere(play, user, data, path, carried):
    sent = bulk(post("x", userName="ann", **data), post("u", userName="bjensen"))
    order = ["1", "2"] if carried is None or isinstance(carried, dict) else ["2", "1"]
    replies = {one: Reply(201, {}, user(one)) for one in order}
    steps = [step for one in order for step in (GO, ("POST /Users", replies[one]))]
    played = play("POST /Bulk", steps, body=sent)
    body = next(call.body for call in played.calls if call.body["userName"] == "ann")
    for name in path:
        body = body[name]
    assert body == carried if carried is not None else body["value"] == "1"


def test_groups_that_only_the_provider_writes_make_no_circle(play, user):
    sent = bulk(
        post("u", userName="bjensen", groups=[{"value": "bulkId:g"}, {"value": "bulkId:nobody"}]),
        post("g", path="/Groups", displayName="Guides", members=[{"value": "bulkId:u"}]),
    )
    steps = [GO, ("POST /Users", Reply(201, {}, user("1"))), GO, ("POST /Groups", Reply(201, {}, group("5")))]
    played = play("POST /Bulk", steps, body=sent)
    assert codes(played) == [("201", ""), ("201", "")]
    assert "groups" not in played.calls[0].body


def test_a_bulkId_is_found_however_it_is_compared(play):
    sent = bulk(patch("/Groups/1", {"op": "remove", "path": "members[value eq bulkId:NOBODY]"}))
    assert codes(play("POST /Bulk", [], body=sent)) == [("400", "SG134")]


def test_a_path_may_name_what_the_same_request_makes(play, user):
    sent = bulk(
        patch("Groups/5", {"op": "remove", "path": 'members[value eq "bulkId:u"]'}, add_members("bulkId:u")),
        patch("/Users/bulkId:u", {"op": "replace", "path": "title", "value": "Guide"}),
        {"method": "delete", "path": f"{BASE}/Users/bulkId%3Au"},
        post("u", userName="bjensen"),
    )
    steps = [
        GO,
        ("POST /Users", Reply(201, {}, user("1"))),
        GO,
        ("PATCH /Groups/5", Reply(204)),
        GO,
        ("PATCH /Users/1", Reply(204)),
        GO,
        ("DELETE /Users/1", Reply(204)),
    ]
    played = play("POST /Bulk", steps, body=sent)
    assert [one["status"] for one in results(played)] == ["204", "204", "204", "201"]
    assert [one["location"] for one in results(played)][1:] == [f"{BASE}/Users/1"] * 3
    assert "bulkId" not in str([call.body for call in played.calls])
    assert results(played)[2]["method"] == "DELETE"


def test_two_groups_that_hold_each_other_are_made_and_then_joined(play):
    """RFC 7644 3.7.1, figure of the circular reference."""
    sent = bulk(
        post("a", path="/Groups", displayName="A", members=[{"value": "bulkId:b", "type": "Group"}, {"value": "7"}]),
        post("b", path="/Groups", displayName="B", members=[{"value": "bulkId:a", "type": "Group"}]),
    )
    steps = [
        GO,
        ("POST /Groups", Reply(201, {}, group("1", "A"))),
        GO,
        ("POST /Groups", Reply(201, {}, group("2", "B"))),
        GO,
        ("PATCH /Groups/1", Reply(204)),
    ]
    played = play("POST /Bulk", steps, body=sent)
    assert [(one["status"], one["location"]) for one in results(played)] == [
        ("201", f"{BASE}/Groups/1"),
        ("201", f"{BASE}/Groups/2"),
    ]
    first, second, joined = (call.body for call in played.calls)
    assert [one["value"] for one in first["members"]] == ["7"]
    assert [one["value"] for one in second["members"]] == ["1"]
    assert [one["value"] for one in joined["Operations"][0]["value"]] == ["2"]


def test_two_people_who_manage_each_other_are_made_and_then_joined(play, user):
    sent = bulk(
        post("a", userName="ann", **{ENTERPRISE: {"manager": {"value": "bulkId:b"}, "department": "Tours"}}),
        post("b", userName="bob", **{ENTERPRISE: {"manager": {"value": "bulkId:a"}}}),
    )
    steps = [
        GO,
        ("POST /Users", Reply(201, {}, user("1", "ann"))),
        GO,
        ("POST /Users", Reply(201, {}, user("2", "bob"))),
        GO,
        ("PATCH /Users/1", Reply(204)),
    ]
    played = play("POST /Bulk", steps, body=sent)
    assert [one["status"] for one in results(played)] == ["201", "201"]
    assert played.calls[0].body[ENTERPRISE] == {"department": "Tours"}
    assert played.calls[1].body[ENTERPRISE] == {"manager": {"value": "1"}}
    assert "'2'" in str(played.calls[2].body["Operations"])


def test_a_circle_that_cannot_be_closed_is_a_conflict_and_its_resources_are_told(play):
    sent = bulk(
        post("a", path="/Groups", displayName="A", members=[{"value": "bulkId:b"}]),
        post("b", path="/Groups", displayName="B", members=[{"value": "bulkId:a"}]),
    )
    steps = [
        GO,
        ("POST /Groups", Reply(201, {}, group("1", "A"))),
        GO,
        ("POST /Groups", Reply(201, {}, group("2", "B"))),
        GO,
        ("PATCH /Groups/1", Reply(400, {}, {"detail": "no groups in groups"})),
    ]
    first, second = results(play("POST /Bulk", steps, body=sent))
    assert (first["status"], first["location"]) == ("409", f"{BASE}/Groups/1")
    assert first["response"]["detail"].startswith("The resource was created, but what refers to resources")
    assert second["status"] == "201"


def test_what_refers_to_itself_is_made_and_then_joined(play):
    sent = bulk(post("a", path="/Groups", displayName="A", members=[{"value": "bulkId:a"}]))
    steps = [GO, ("POST /Groups", Reply(201, {}, group("1", "A"))), GO, ("PATCH /Groups/1", Reply(204))]
    assert codes(play("POST /Bulk", steps, body=sent)) == [("201", "")]


def test_a_circle_whose_other_end_fails_says_so_at_both_ends(play):
    sent = bulk(
        post("a", path="/Groups", displayName="A", members=[{"value": "bulkId:b"}]),
        post("b", path="/Groups", displayName="B", members=[{"value": "bulkId:a"}]),
    )
    steps = [GO, ("POST /Groups", Reply(201, {}, group("1", "A"))), GO, ("POST /Groups", Reply(409))]
    played = play("POST /Bulk", steps, body=sent)
    assert codes(played) == [("409", "SG137"), ("409", "SG204")]
    refused = play("POST /Bulk", [GO, ("POST /Groups", Reply(409))], body=sent)
    assert codes(refused) == [("409", "SG204"), ("424", "SG135")]


def test_what_depends_on_a_failed_operation_fails_and_calls_nobody(play):
    sent = bulk(
        post("u", userName="bjensen"),
        post("g", path="/Groups", displayName="Guides", members=[{"value": "bulkId:u"}]),
        patch("/Groups/bulkId:g", {"op": "replace", "path": "displayName", "value": "x"}),
        patch("/Groups/5", add_members("bulkId:u")),
    )
    played = play("POST /Bulk", [GO, ("POST /Users", Reply(409))], body=sent)
    assert codes(played) == [("409", "SG204"), ("424", "SG135"), ("424", "SG135"), ("424", "SG135")]
    assert ["location" in one for one in results(played)] == [False, False, False, True]


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ({"method": "POST", "path": "/Users", "data": {"userName": "x"}}, "400", "SG132"),
        ({"method": "POST", "path": "/Users", "bulkId": "x"}, "400", "SG201"),
        ({"method": "POST", "path": "/Users", "bulkId": "x", "data": [{"userName": "x"}]}, "400", "SG201"),
        ({"method": "PATCH", "path": "/Users/1", "data": [{"op": "remove", "path": "title"}]}, "400", "SG201"),
        ({"method": "PATCH", "path": "/Users/1"}, "400", "SG201"),
        ({"method": "GET", "path": "/Users/1"}, "400", "SG131"),
        ({"method": "", "path": "/Users/1"}, "400", "SG131"),
        ({"path": "/Users/1"}, "400", "SG131"),
        ({"method": "DELETE"}, "400", "SG131"),
        ({"method": "DELETE", "path": "/"}, "400", "SG131"),
        ({"method": "DELETE", "path": "/Users/1?filter=x"}, "400", "SG131"),
        ({"method": "DELETE", "path": "/Users"}, "405", "SG105"),
        ({"method": "POST", "path": "/Bulk", "bulkId": "x", "data": bulk()}, "400", "SG131"),
        ({"method": "POST", "path": "/.search", "bulkId": "x", "data": {}}, "400", "SG131"),
        ({"method": "POST", "path": "/Users/.search", "bulkId": "x", "data": {}}, "400", "SG131"),
        ({"method": "PUT", "path": "/Schemas/x", "data": {}}, "405", "SG105"),
        ({"method": "DELETE", "path": "/Me"}, "501", "SG107"),
        ({"method": "DELETE", "path": "/Users/../Groups/1"}, "404", "SG104"),
        ({"method": "DELETE", "path": "/Users/%2e%2e"}, "404", "SG110"),
        ({"method": "DELETE", "path": "/Users/%ff"}, "404", "SG104"),
        ({"method": "DELETE", "path": "https://elsewhere.example/scim/v2/Users/1"}, "404", "SG104"),
        ({"method": "DELETE", "path": "/Users/bulkId:nobody"}, "400", "SG134"),
        (post("x", path="/Groups", displayName="x", members=[{"value": "bulkId:nobody"}]), "400", "SG134"),
        (patch("/Groups/1", {"op": "remove", "path": 'members[value eq "bulkId:nobody"]'}), "400", "SG134"),
    ],
)
def test_an_operation_that_cannot_be_fails_alone(play, user, operation, status, code):
    steps = [GO, ("POST /Users", Reply(201, {}, user("1")))]
    played = play(
        "POST /Bulk", [*([GO] if code == "SG201" else []), *steps], body=bulk(operation, post("ok", userName="b"))
    )
    assert codes(played) == [(status, code), ("201", "")]


def test_a_bulkId_that_is_used_twice_is_refused_with_whoever_refers_to_it(play):
    sent = bulk(
        post("u", userName="ann"),
        post("u", userName="bob"),
        post("g", path="/Groups", displayName="Guides", members=[{"value": "bulkId:u"}]),
    )
    assert codes(play("POST /Bulk", [], body=sent)) == [("400", "SG133"), ("400", "SG133"), ("400", "SG134")]


@pytest.mark.parametrize(("most", "listed"), [(1, 1), (2, 3), (3, 4), (None, 4), ("2", 3)])
def test_after_so_many_errors_nothing_more_is_done_or_listed(play, user, most, listed):
    sent = bulk(
        {"method": "DELETE", "path": "/Users/1"},
        post("a", userName="bjensen"),
        {"method": "DELETE", "path": "/Users/2"},
        {"method": "DELETE", "path": "/Users/3"},
        **({} if most is None else {"failOnErrors": most}),
    )
    steps = [GO, ("DELETE /Users/1", Reply(404)), GO, ("POST /Users", Reply(201, {}, user("7")))]
    steps += [GO, ("DELETE /Users/2", Reply(404)), GO, ("DELETE /Users/3", Reply(404))]
    played = play("POST /Bulk", steps[: 2 * listed], body=sent)
    assert [one["status"] for one in results(played)] == ["404", "201", "404", "404"][:listed]


def test_a_stop_inside_a_circle_leaves_what_was_made_told_as_incomplete(play):
    sent = bulk(
        post("a", path="/Groups", displayName="A", members=[{"value": "bulkId:b"}]),
        post("b", path="/Groups", displayName="B", members=[{"value": "bulkId:a"}]),
        post("c", path="/Groups", displayName="C"),
        failOnErrors=1,
    )
    steps = [
        GO,
        ("POST /Groups", Reply(201, {}, group("3", "C"))),
        GO,
        ("POST /Groups", Reply(201, {}, group("1", "A"))),
        GO,
        ("POST /Groups", Reply(409)),
    ]
    first, second, third = results(play("POST /Bulk", steps, body=sent))
    assert (first["status"], first["location"]) == ("409", f"{BASE}/Groups/1")
    assert (second["status"], third["status"]) == ("409", "201")


def test_when_time_is_up_what_was_done_is_told_and_the_rest_is_to_be_sent_again(play, user):
    sent = bulk(post("a", userName="ann"), post("b", userName="bob"), {"method": "DELETE", "path": "/Users/9"})
    steps = [GO, ("POST /Users", Reply(201, {}, user("1"))), ("wait 0", False), ("wait 0", False)]
    played = play("POST /Bulk", steps, body=sent)
    assert codes(played) == [("201", ""), ("503", "SG136"), ("503", "SG136")]
    assert "Send it again" in results(played)[1]["response"]["detail"]


def test_a_write_whose_answer_is_lost_is_told_as_unknown_and_the_others_go_on(play):
    sent = bulk({"method": "DELETE", "path": "/Users/1"}, {"method": "DELETE", "path": "/Users/2"})
    steps = [GO, ("DELETE /Users/1", Lost("unknown", "timeout")), GO, ("DELETE /Users/2", Reply(204))]
    played = play("POST /Bulk", steps, body=sent)
    assert [status for status, _ in codes(played)] == ["503", "204"]


def test_a_version_acts_like_if_match(play, user):
    replace = {"method": "PUT", "path": "/Users/7", "data": {"userName": "jsmith"}}
    read = ("GET /Users/7", Reply(200, {}, user("7", "john")))
    steps = [
        GO,
        ("hold 7", True),
        read,
        ("release 7", None),
        GO,
        ("hold 7", True),
        read,
        ("PUT /Users/7", Reply(200, {}, user("7", "jsmith"))),
        ("release 7", None),
        GO,
    ]
    current = play("GET /Users/7", [read]).headers["ETag"]
    sent = bulk({**replace, "version": 'W/"stale"'}, {**replace, "version": current}, {**replace, "version": "x"})
    played = play("POST /Bulk", steps, body=sent, **{"if-match": 'W/"of nothing in it"'})
    assert codes(played) == [("412", "SG511"), ("200", ""), ("400", "SG140")]
    assert results(played)[1]["version"] != current


def test_a_password_is_in_no_answer(play, user):
    secret = "t1meMa$heen"
    sent = bulk(
        post("a", userName="ann", password=secret, nothing=secret),
        post("b", userName="bob", password=f"bulkId:{secret}"),
        patch("/Users/9", {"op": "replace", "path": "password", "value": f"bulkId:{secret}"}),
        patch("/Users/9", {"op": "replace", "path": "pasword", "value": secret}),
    )
    steps = [
        GO,
        ("POST /Users", Reply(400, {}, {"detail": f"password {secret} is too short"})),
        GO,
        ("POST /Users", Reply(201, {}, user("1", password=secret))),
        GO,
        ("PATCH /Users/9", Reply(400, {}, {"detail": f"password bulkId:{secret} is too short"})),
        GO,
    ]
    played = play("POST /Bulk", steps, body=sent)
    assert played.calls[1].body["password"] == f"bulkId:{secret}"
    assert [one["status"] for one in results(played)] == ["400", "201", "400", "400"]
    assert secret not in str(played.body)


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        ({}, 400, "SG201"),
        ({"schemas": [PATCH_OP], "Operations": []}, 400, "SG201"),
        ({"schemas": [BULK]}, 400, "SG201"),
        ({"schemas": [BULK], "Operations": {}}, 400, "SG201"),
        (bulk("POST /Users"), 400, "SG201"),
        (bulk({"method": 5, "path": "/Users"}), 400, "SG201"),
        (bulk(post("a", userName="x"), {"method": "POST", "path": "/Users", "bulkId": 5}), 400, "SG201"),
        (bulk({"method": "POST", "path": ["/Users"], "bulkId": "x"}), 400, "SG201"),
        (bulk({"method": "DELETE", "path": "/Users/1", "PATH": "/Users/2"}), 400, "SG201"),
        (bulk({"method": "DELETE", "path": "/Users/1"}, failOnErrors=0), 400, "SG202"),
        (bulk({"method": "DELETE", "path": "/Users/1"}, failOnErrors=-1), 400, "SG202"),
        (bulk({"method": "DELETE", "path": "/Users/1"}, failOnErrors=True), 400, "SG202"),
        (bulk({"method": "DELETE", "path": "/Users/1"}, failOnErrors="many"), 400, "SG202"),
        (bulk(*[{"method": "DELETE", "path": "/Users/1"}] * (MAX_BULK_OPERATIONS + 1)), 413, "SG130"),
    ],
)
def test_a_message_that_is_none_does_nothing_at_all(play, sent, status, code):
    played = play("POST /Bulk", [], body=sent)
    assert (played.status, played.finished.code) == (status, code)
    assert status != 413 or f"maxOperations is {MAX_BULK_OPERATIONS}" in played.detail


def test_names_come_in_any_letter_case_and_nothing_to_do_is_nothing_done(play, user):
    sent = {
        "SCHEMAS": [BULK.lower()],
        "operations": [{"Method": "post", "PATH": "/Users", "bulkid": "x", "Data": {"userName": "b"}}],
    }
    played = play("POST /Bulk", [GO, ("POST /Users", Reply(201, {}, user("1")))], body=sent)
    (result,) = results(played)
    assert (result["method"], result["bulkId"], result["status"]) == ("POST", "x", "201")
    assert results(play("POST /Bulk", [], body=bulk())) == []


def test_bulk_and_its_limits_are_advertised_as_they_are(play):
    document = play("GET /ServiceProviderConfig", []).body
    assert document["bulk"] == {
        "supported": True,
        "maxOperations": MAX_BULK_OPERATIONS,
        "maxPayloadSize": MAX_BODY,
    }
