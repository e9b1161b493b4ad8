"""The bulk message, and where `bulkId:x` refers to something."""

import pytest

from gateway.scim.bulk import BulkOperation, BulkResult, bulk_response, read_bulk
from gateway.scim.bulk_references import defer_references, fill_references, find_references, reference_names
from gateway.scim.errors import ScimError
from gateway.scim.schema import standard

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
NAMES = reference_names((standard("User"), standard("Group")))
DELETE = {"method": "delete", "path": " /Users/1 ", "version": 'W/"a"'}


def read(*operations, **more):
    return read_bulk({"schemas": [BULK], "Operations": list(operations), **more})


def test_an_operation_is_read_as_it_was_sent():
    data = {"userName": "b"}
    assert read(
        DELETE, {"METHOD": "Post", "Path": "Users", "bulkID": "q", "DATA": data}, failOnErrors="2"
    ).operations == (
        BulkOperation("DELETE", "/Users/1", version='W/"a"'),
        BulkOperation("POST", "Users", "q", data=data),
    )
    assert read(failOnErrors="2").fail_on_errors == 2
    assert read(failOnErrors=None).fail_on_errors is None


@pytest.mark.parametrize(
    ("document", "scim_type", "says"),
    [
        ([], "invalidSyntax", "must be a JSON object"),
        ({"schemas": []}, "invalidSyntax", "BulkRequest URN"),
        ({"schemas": [BULK], "Operations": "x"}, "invalidSyntax", "takes a list"),
        ({"schemas": [BULK], "Operations": [], "operations": []}, "invalidSyntax", "same key twice"),
        ({"schemas": [BULK], "Operations": [DELETE, 5]}, "invalidSyntax", "Operation 2 must be"),
        ({"schemas": [BULK], "Operations": [DELETE, {**DELETE, "Method": ""}]}, "invalidSyntax", "Operation 2 gives"),
        ({"schemas": [BULK], "Operations": [{**DELETE, "bulkId": 5}]}, "invalidSyntax", "`bulkId` of operation 1"),
        ({"schemas": [BULK], "Operations": [{**DELETE, "version": {}}]}, "invalidSyntax", "`version` of operation 1"),
        ({"schemas": [BULK], "Operations": [], "failOnErrors": 1.5}, "invalidValue", "`failOnErrors`"),
        ({"schemas": [BULK], "Operations": [], "failOnErrors": 0}, "invalidValue", "`failOnErrors`"),
    ],
)
def test_a_message_that_is_none_is_refused_by_name(document, scim_type, says):
    with pytest.raises(ScimError, match=says) as caught:
        read_bulk(document)
    assert caught.value.scim_type == scim_type


def test_a_result_says_what_is_known():
    error = {"detail": "no"}
    results = [BulkResult("POST", 201, "q", "http://x/Users/1", 'W/"1"'), BulkResult("DELETE", 404, response=error)]
    assert bulk_response(results)["Operations"] == [
        {"location": "http://x/Users/1", "method": "POST", "bulkId": "q", "version": 'W/"1"', "status": "201"},
        {"method": "DELETE", "status": "404", "response": error},
    ]


def test_the_attributes_that_refer_are_those_with_a_reference():
    assert set(NAMES) == {"members", "manager"}


PATHS = {"Operations": [{"op": "remove", "path": 'members[value eq "bulkId:a" or value eq "bulkId:b"]'}]}
ROWS = [
    # data, the bulkIds it refers to, the same with `<id>` for each
    ({"members": [{"value": "bulkId:a"}, {"value": "7"}]}, "a", {"members": [{"value": "<a>"}, {"value": "7"}]}),
    ({"MEMBERS": {"Value": "bulkId:a"}}, "a", {"MEMBERS": {"Value": "<a>"}}),
    ({"manager": "bulkId:a"}, "a", {"manager": "<a>"}),
    ({"manager.value": "bulkId:a b"}, "a b", {"manager.value": "<a b>"}),
    ({ENTERPRISE: {"manager": {"value": "bulkId:a"}}}, "a", {ENTERPRISE: {"manager": {"value": "<a>"}}}),
    ({f"{ENTERPRISE}:manager.value": "bulkId:a"}, "a", {f"{ENTERPRISE}:manager.value": "<a>"}),
    ({"members": [{"$ref": "https://x/v2/Users/bulkId:a"}]}, "a", {"members": [{"$ref": "https://x/v2/Users/<a>"}]}),
    ({"members": [{"value": "bulkId:"}]}, "", None),
    ({"members": [{"value": "a bulkId:a"}]}, "", None),
    ({"members": [{"value": "BULKID:a"}]}, "a", {"members": [{"value": "<a>"}]}),
    ({"groups": [{"value": "bulkId:a"}]}, "", None),
    ({"Operations": [{"op": "remove", "path": "members[value eq bulkId:a]"}]}, "a",
     {"Operations": [{"op": "remove", "path": 'members[value eq "<a>"]'}]}),
    ({"Operations": [{"op": "remove", "path": 'members[value eq "BulkID:a b"]'}]}, "a b",
     {"Operations": [{"op": "remove", "path": 'members[value eq "<a b>"]'}]}),
    ({"Operations": [{"op": "remove", "path": 'members[display eq "x-bulkId:a or bulkId:b"]'}]}, "", None),
    ({"displayName": "bulkId:a", "emails": [{"value": "bulkId:b"}]}, "", None),
    ({"membership": ["bulkId:a"]}, "", None),
    ({"Operations": [{"op": "add", "path": "members", "value": ["bulkId:a"]}]}, "a",
     {"Operations": [{"op": "add", "path": "members", "value": ["<a>"]}]}),
    ({"Operations": [{"op": "add", "PATH": f"{ENTERPRISE}:manager", "value": "bulkId:a"}]}, "a",
     {"Operations": [{"op": "add", "PATH": f"{ENTERPRISE}:manager", "value": "<a>"}]}),
    ({"Operations": [{"op": "add", "value": {"members": [{"value": "bulkId:a"}]}}]}, "a",
     {"Operations": [{"op": "add", "value": {"members": [{"value": "<a>"}]}}]}),
    (PATHS, "a|b", {"Operations": [{"op": "remove", "path": 'members[value eq "<a>" or value eq "<b>"]'}]}),
    ({"Operations": [{"op": "add", "path": "title", "value": "bulkId:a"}]}, "", None),
    ({"Operations": [{"op": "remove", "path": 'emails[value eq "bulkId:a"]'}]}, "", None),
    ("bulkId:a", "", None),
    (None, "", None),
]  # fmt: skip


@pytest.mark.parametrize(("data", "found", "filled"), ROWS, ids=[str(row[0])[:60] for row in ROWS])
def test_a_reference_is_found_where_references_stand(data, found, filled):
    assert find_references(data, NAMES) == set(filter(None, found.split("|")))
    assert fill_references(data, NAMES, lambda bulk_id: f"<{bulk_id}>") == (data if filled is None else filled)


DEFERRED = [
    (
        {"displayName": "A", "members": [{"value": "bulkId:a"}, {"value": "bulkId:b"}, {"value": "7"}]},
        {"displayName": "A", "members": [{"value": "bulkId:b"}, {"value": "7"}]},
        [{"op": "add", "path": "members", "value": [{"value": "bulkId:a"}]}],
    ),
    (
        {"members": [{"value": "bulkId:a"}]},
        {},
        [{"op": "add", "path": "members", "value": [{"value": "bulkId:a"}]}],
    ),
    (
        {"userName": "b", ENTERPRISE: {"manager": {"value": "bulkId:a"}, "department": "x"}},
        {"userName": "b", ENTERPRISE: {"department": "x"}},
        [{"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": "bulkId:a"}}],
    ),
    (
        {"userName": "b", f"{ENTERPRISE}:manager": "bulkId:a"},
        {"userName": "b"},
        [{"op": "add", "path": f"{ENTERPRISE}:manager", "value": "bulkId:a"}],
    ),
    ({"userName": "bulkId:a"}, {"userName": "bulkId:a"}, []),
]


@pytest.mark.parametrize(("data", "kept", "later"), DEFERRED)
def test_what_refers_to_the_missing_is_put_off_and_nothing_else(data, kept, later):
    assert defer_references(data, NAMES, {"a"}) == (kept, later)
