# ruff: noqa: E501 (tables: one row, one line)
"""The envelopes, and the guard that reads JSON."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.scim.bulk import read_bulk
from gateway.scim.errors import STATUS, ScimError
from gateway.scim.messages import (
    SearchRequest,
    decode_json,
    encode_json,
    error_body,
    list_response,
    parse_query,
    parse_search,
)
from gateway.scim.names import BULK_REQUEST, ERROR, LIST_RESPONSE, PATCH_OP, SEARCH_REQUEST
from gateway.scim.patch import parse_patch
from gateway.scim.schema import standard

HOSTILE: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "empty"),
    ("blanks", b" \r\n\t", "empty"),
    ("a byte order mark alone", b"\xef\xbb\xbf", "empty"),
    ("half an object", b'{"a":', "not valid JSON"),
    ("two documents", b"{} {}", "not valid JSON at byte"),
    ("a trailing comma", b'{"a":1,}', "not valid JSON"),
    ("single quotes", b"{'a':1}", "not valid JSON"),
    ("latin-1", b'{"a":"\xe9"}', "UTF-8"),
    ("UTF-16", '{"a":1}'.encode("utf-16"), "not valid JSON"),
    ("a lone surrogate", b'{"a":"\\ud800"}', "not valid JSON"),
    ("NaN", b'{"a":NaN}', "not valid JSON"),
    ("Infinity", b'{"a":-Infinity}', "not valid JSON"),
    ("a number beyond a double", b'{"a":1e999}', "not valid JSON"),
    ("a whole number beyond 64 bits", b'{"a":9223372036854775808}', "64 bits"),
    ("a whole number below 64 bits", b'{"a":-9223372036854775809}', "64 bits"),
    ("a number of 5000 digits", b'{"a":' + b"9" * 5000 + b"}", "valid JSON|64 bits"),
    ("a raw control character", b'{"a":"\x01"}', "not valid JSON"),
    ("65 levels", b"[" * 65 + b"]" * 65, "deeper than 64"),
    ("65 levels of objects", b'{"a":' * 65 + b"1" + b"}" * 65, "deeper than 64"),
    ("a million brackets", b"[" * 1_000_000, "deeper than 64|not valid JSON"),
    ("brackets in a wide document", b"[" + b"[],{}," * 500 + b"[" * 64 + b"]" * 64 + b"]", "deeper than 64"),
    ("a key twice", b'{"a":1,"a":2}', "same key twice"),
    ("a key twice by escape", b'{"a":1,"\\u0061":2}', "same key twice"),
    ("a key twice far inside", b'{"x":[{"y":{"a":1,"b":2,"a":1}}]}', "same key twice"),
]


@pytest.mark.parametrize(("raw", "word"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_the_guard_refuses_what_is_ambiguous_or_hostile(raw: bytes, word: str) -> None:
    with pytest.raises(ScimError, match=word) as refused:
        decode_json(raw)
    assert refused.value.scim_type == "invalidSyntax"


FINE: list[tuple[bytes, Any]] = [
    (b"{}", {}),
    (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
    (b'{"a":"[[[{{{\\"]"}', {"a": '[[[{{{"]'}),
    (b"[" * 64 + b"]" * 64, None),
    (b'["' + b"[" * 500 + b'"]', ["[" * 500]),
    (b'[{"a":1},{"a":2}]', [{"a": 1}, {"a": 2}]),
    (b'{"a":{"a":{"a":null}}}', {"a": {"a": {"a": None}}}),
    (b'{"a":9223372036854775807,"b":-9223372036854775808}', {"a": 2**63 - 1, "b": -(2**63)}),
    ('{"é":"漢🙂"}'.encode(), {"é": "漢🙂"}),
    (b'{"a":"\\u0000"}', {"a": "\x00"}),
    (b"[" + b",".join([b"{}"] * 5000) + b"]", [{}] * 5000),
]


@pytest.mark.parametrize(("raw", "expected"), FINE)
def test_the_guard_lets_sound_documents_pass(raw: bytes, expected: Any) -> None:
    found = decode_json(raw)
    assert expected is None or found == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_what_is_encoded_is_read_back_equal(document: Any) -> None:
    assert decode_json(encode_json(document)) == document


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=40) | st.text(alphabet='{}[]":,\\u0019-e. aé', max_size=40).map(str.encode))
def test_any_bytes_are_read_or_refused_as_invalid_syntax(raw: bytes) -> None:
    with suppress(ScimError):
        assert decode_json(encode_json(decode_json(raw))) == decode_json(raw)


QUERIES: list[tuple[list[tuple[str, str]], SearchRequest]] = [
    ([], SearchRequest()),
    ([("filter", 'a eq "b"'), ("startIndex", "3"), ("count", "5")], SearchRequest('a eq "b"', start_index=3, count=5)),
    ([("STARTINDEX", "2"), ("sortby", "userName")], SearchRequest(start_index=2, sort_by="userName")),
    ([("startIndex", "0")], SearchRequest(start_index=1)),
    ([("startIndex", "-7")], SearchRequest(start_index=1)),
    ([("count", "-1")], SearchRequest(count=0)),
    ([("count", "0")], SearchRequest(count=0)),
    ([("filter", "")], SearchRequest(filter="")),
    ([("attributes", "id,name"), ("excludedAttributes", "")], SearchRequest(attributes="id,name")),
    ([("excludedAttributes", "members")], SearchRequest(excluded="members")),
    ([("sortOrder", "Descending"), ("sortBy", "id")], SearchRequest(sort_by="id", sort_order="descending")),
    ([("cursor", "")], SearchRequest(cursor="")),
    ([("aadOptscim062020", ""), ("x", "1"), ("x", "2")], SearchRequest()),
    ([("count", "5"), ("count", "5")], SearchRequest(count=5)),
]


@pytest.mark.parametrize(("params", "expected"), QUERIES)
def test_query_parameters_make_a_search_request(params: list[tuple[str, str]], expected: SearchRequest) -> None:
    assert parse_query(params) == expected


@pytest.mark.parametrize(
    "params",
    [
        [("startIndex", "one")],
        [("count", "1.5")],
        [("count", "")],
        [("count", "9" * 5000)],
        [("count", "٣")],
        [("sortOrder", "up")],
        [("attributes", "id"), ("excludedAttributes", "name")],
        [("filter", "a pr"), ("FILTER", "b pr")],
    ],
)
def test_query_parameters_that_mean_nothing_are_refused(params: list[tuple[str, str]]) -> None:
    with pytest.raises(ScimError) as refused:
        parse_query(params)
    assert refused.value.scim_type == "invalidValue"


def search(**fields: Any) -> dict[str, Any]:
    return {"schemas": [SEARCH_REQUEST]} | fields


SEARCHES = [
    (search(), SearchRequest()),
    (
        search(attributes=["displayName", "userName"], filter="a pr", startIndex=1, count=10),
        SearchRequest("a pr", "displayName,userName", start_index=1, count=10),
    ),
    (search(excludedAttributes="members", Count="7", startindex=-1, sortBy=None), SearchRequest(excluded="members", count=7)),
    (search(attributes=[], excludedAttributes=["a"]), SearchRequest(excluded="a")),
]  # fmt: skip


@pytest.mark.parametrize(("doc", "expected"), SEARCHES)
def test_a_search_message_makes_a_search_request(doc: dict[str, Any], expected: SearchRequest) -> None:
    assert parse_search(doc) == expected


BAD_SEARCHES = [
    ([], "invalidSyntax"),
    ({}, "invalidSyntax"),
    ({"schemas": [LIST_RESPONSE]}, "invalidSyntax"),
    (search(filter=5), "invalidValue"),
    (search(count=True), "invalidValue"),
    (search(count=1.5), "invalidValue"),
    (search(attributes=[1]), "invalidValue"),
    (search(attributes=["a"], excludedAttributes=["b"]), "invalidValue"),
    (search(sortOrder="up"), "invalidValue"),
]


@pytest.mark.parametrize(("doc", "scim_type"), BAD_SEARCHES)
def test_a_search_message_that_means_nothing_is_refused(doc: object, scim_type: str) -> None:
    with pytest.raises(ScimError) as refused:
        parse_search(doc)
    assert refused.value.scim_type == scim_type


@pytest.mark.parametrize(
    ("read", "urn"),
    [
        (parse_search, SEARCH_REQUEST),
        (read_bulk, BULK_REQUEST),
        (lambda doc: parse_patch(doc, standard("User")), PATCH_OP),
    ],
    ids=["search", "bulk", "patch"],
)
def test_a_message_of_another_kind_is_told_which_urn_to_add(read: Callable[[object], object], urn: str) -> None:
    with pytest.raises(ScimError) as refused:
        read({"schemas": [ERROR], "Operations": []})
    assert (refused.value.scim_type, refused.value.hint) == ("invalidSyntax", f"Add `{urn}` to it.")


def test_a_list_response_counts_what_it_shows_and_never_shows_more_than_asked() -> None:
    assert list_response([], 0, 1, 10) == {
        "schemas": [LIST_RESPONSE], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [],
    }  # fmt: skip
    page = list_response([{"id": "1"}, {"id": "2"}, {"id": "3"}], 9, 4, 2)
    assert (page["itemsPerPage"], page["Resources"]) == (2, [{"id": "1"}, {"id": "2"}])
    assert list_response([{"id": "1"}], 9, 9, 2)["itemsPerPage"] == 1


def test_an_error_body_has_a_text_for_its_status() -> None:
    assert error_body(404, None, "gone") == {"schemas": [ERROR], "status": "404", "detail": "gone"}
    assert error_body(400, "invalidFilter", "x")["scimType"] == "invalidFilter"


@pytest.mark.parametrize(
    ("scim_type", "status"), [("uniqueness", 409), ("sensitive", 403), ("invalidPath", 400), (None, 400)]
)
def test_every_scim_type_has_the_status_of_table_9(scim_type: str | None, status: int) -> None:
    assert ScimError(scim_type, "x").status == status
    assert set(STATUS.values()) == {400, 403, 409}
