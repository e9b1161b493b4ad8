"""Small rooms: merge documents, attributes of documents, what may be written, sorting, positions in lists."""

import pytest
from msgspec.structs import replace

from gateway.conversation.effects import Reply
from gateway.lens.lens import FieldChange
from gateway.mapping.dialect import Can, Paging
from gateway.mapping.load import load_dialect
from gateway.pipeline.accepting import accept_type
from gateway.pipeline.documents import complete, read_attribute, remove_attribute, write_attribute
from gateway.pipeline.merge import can_merge, merge_changes, merge_difference
from gateway.pipeline.paging import Position, first_position, page_pairs, read_page
from gateway.pipeline.sorting import sort_pairs, sorted_field
from gateway.scim.filter import AttrPath

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.parametrize(
    ("old", "new", "document"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {}, {"a": None}),
        ({}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": None}}),
        ({"a": [1, 2]}, {"a": [2]}, {"a": [2]}),
        ({"a": 1}, {"a": {"b": 1}}, {"a": {"b": 1}}),
    ],
)
def test_a_merge_document_turns_the_old_record_into_the_new_one(old, new, document):
    assert merge_difference(old, new) == document
    assert merge(old, document) == new


def merge(record, document):
    """RFC 7396, as the backend does it."""
    merged = dict(record)
    for key, value in document.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            before = merged.get(key)
            merged[key] = merge(before if isinstance(before, dict) else {}, value)
        else:
            merged[key] = value
    return merged


FIELDS = {"a.b": ("a", "b"), "a.c": ("a", "c"), "x.title": ("x.title",), "d": ("d",), "members": ("members",),
          f"{ENTERPRISE}:manager.value": (ENTERPRISE, "manager", "value")}  # fmt: skip


def test_changes_become_one_merge_document_by_the_keys_of_their_fields():
    changes = (
        FieldChange("replace", "a.b", 1),
        FieldChange("remove", "a.c"),
        FieldChange("add", "d", "x"),
        FieldChange("replace", "x.title", "y"),
        FieldChange("replace", f"{ENTERPRISE}:manager.value", "7"),
    )
    assert can_merge(changes, FIELDS)
    assert merge_changes(changes, FIELDS) == {
        "a": {"b": 1, "c": None}, "d": "x", "x.title": "y", ENTERPRISE: {"manager": {"value": "7"}},
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [FieldChange("remove", "members", [{"value": "1"}]), FieldChange("add", "members", [{"value": "1"}]),
     FieldChange("replace", "unheard.of", 1)],
)  # fmt: skip
def test_a_merge_document_selects_nothing_inside_lists_and_adds_nothing_to_them(change):
    assert not can_merge((change,), FIELDS)


@pytest.mark.parametrize(
    ("path", "value", "after"),
    [
        (AttrPath(None, "title"), "x", {"title": "x", "name": {"givenName": "B"}}),
        (AttrPath(None, "name", "familyName"), "J", {"name": {"givenName": "B", "familyName": "J"}}),
        (AttrPath(ENTERPRISE, "manager", "value"), "m",
         {"name": {"givenName": "B"}, ENTERPRISE: {"manager": {"value": "m"}}}),
    ],
)  # fmt: skip
def test_an_attribute_is_written_read_and_taken_out_again(path, value, after):
    inner = {"givenName": "B"}
    document = {"name": inner}
    write_attribute(document, path, value)
    assert document == after
    assert read_attribute(document, path) == value
    remove_attribute(document, path)
    assert document == {"name": {"givenName": "B"}}
    assert inner == {"givenName": "B"}


def test_taking_out_what_is_not_there_changes_nothing():
    document = {"a": 1}
    remove_attribute(document, AttrPath(ENTERPRISE, "manager", "value"))
    assert document == {"a": 1}


def test_only_what_is_not_echoed_completes_an_answer():
    lens = load_dialect("rsa-unified-directory").resources["User"].lens
    sent = {"title": "sent", "password": "secret-1", ENTERPRISE: {"department": "Tours"}}
    assert complete(lens, sent, {"id": "1"}) == {"id": "1", ENTERPRISE: {"department": "Tours"}}


@pytest.mark.parametrize(
    ("mapping", "path", "mutability"),
    [
        ("cube-cloud", AttrPath(None, "title"), "readWrite"),  # dropped
        ("cube-cloud", AttrPath(None, "displayName"), "readWrite"),  # shown
        ("cube-cloud", AttrPath(None, "name", "formatted"), "readWrite"),  # shown, inside a complex attribute
        ("cube-cloud", AttrPath(None, "emails", "type"), "readWrite"),  # assumed
        ("cube-cloud", AttrPath(ENTERPRISE, "department"), "readWrite"),  # a dropped extension
        ("cube-cloud", AttrPath(None, "groups"), "readOnly"),  # the RFC's own
        ("cube-cloud", AttrPath(None, "id"), "readOnly"),
        ("ping-directory", AttrPath("urn:pingidentity:schemas:sample:profile:1.0", "birthDate"), "readWrite"),
    ],
)
def test_a_client_may_write_what_the_backend_does_not_carry(mapping, path, mutability):
    found = accept_type(load_dialect(mapping).resources["User"]).find(path)
    assert found is not None
    assert found.mutability == mutability
    assert not found.required


def test_what_is_advertised_stays_narrow():
    assert load_dialect("cube-cloud").resources["User"].type.find(AttrPath(None, "title")) is None


@pytest.mark.parametrize(
    ("by", "field"),
    [(AttrPath(None, "userName"), "userName"), (AttrPath(None, "name", "familyName"), "name.familyName"),
     (AttrPath(None, "title"), None), (AttrPath(None, "emails"), None)],
)  # fmt: skip
def test_only_a_declared_field_is_sorted_by_the_backend(by, field):
    resource = load_dialect("scim2").resources["User"]
    able = replace(resource, can=Can(sort=frozenset({"userName", "name.familyName"})))
    assert sorted_field(able, by) == field
    assert sort_pairs("x", descending=False) == (("sortBy", "x"), ("sortOrder", "ascending"))


@pytest.mark.parametrize(
    ("paging", "skip", "size", "pairs"),
    [
        (Paging(), 4, 10, (("startIndex", "5"), ("count", "10"))),
        (Paging(style="offset", start="first", size="max"), 4, 10, (("first", "4"), ("max", "10"))),
        (Paging(style="page", start="page", size="n", first=0), 25, 10, (("page", "2"), ("n", "10"))),
        (Paging(style="page", start="page", size="n", first=1), 25, 10, (("page", "3"), ("n", "10"))),
        (Paging(style="cursor", start="after", size=None, next=("n",)), 25, 10, ()),
        (Paging(style="none"), 25, 10, ()),
        (Paging(total=None), 25, 10, (("startIndex", "1"), ("count", "10"))),
    ],
)
def test_the_first_page_is_asked_for_where_the_window_begins_if_one_can_jump(paging, skip, size, pairs):
    assert page_pairs(paging, first_position(paging, skip, size), size) == pairs


def test_a_cursor_is_sent_as_it_came():
    paging = Paging(style="cursor", start="after", size="n", next=("links", "next"))
    page = read_page(Reply(200, {}, {"Resources": [{}], "totalResults": "3", "links": {"next": "a/b=="}}), paging)
    assert (page.total, page.cursor) == (3, "a/b==")
    assert page_pairs(paging, Position(1, page.cursor), 5) == (("after", "a/b=="), ("n", "5"))
    assert read_page(Reply(200, {}, {"Resources": [], "links": {"next": ""}}), paging).cursor is None
