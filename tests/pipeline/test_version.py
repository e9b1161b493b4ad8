"""Versions: the same for what means the same, another for whatever a client can see change, and no URL in them."""

import re

import pytest
from msgspec.structs import replace

from gateway.mapping.load import load_dialect
from gateway.pipeline.present import make_view
from gateway.pipeline.version import stamp, version_of
from gateway.scim.names import ENTERPRISE

SERVED = load_dialect("scim2").resources
VIEW = make_view(SERVED["User"], SERVED)
MAILS = [{"value": "b@example.com", "type": "work", "primary": True}, {"value": "babs@example.com", "type": "home"}]
MANAGER = {"manager": {"value": "u-26"}, "division": "Park"}
META = {"resourceType": "User", "created": "2026-01-05T09:00:00Z", "lastModified": "2026-01-05T09:00:00Z"}
BABS = {"id": "u-1", "userName": "bjensen", "active": True, "emails": MAILS, ENTERPRISE: MANAGER, "meta": META}


def test_a_version_is_a_weak_entity_tag_that_no_release_of_python_or_msgspec_changes():
    assert version_of(BABS, VIEW) == 'W/"LyiylrERxTwhjk9_"'
    assert re.fullmatch(r'W/"[A-Za-z0-9_-]{16}"', version_of(BABS, VIEW))


@pytest.mark.parametrize(
    "other",
    [
        dict(reversed(BABS.items())),
        {**BABS, "emails": MAILS[::-1]},
        {**BABS, "emails": [dict(reversed(one.items())) for one in MAILS]},
        {**BABS, ENTERPRISE: dict(reversed(MANAGER.items()))},
        {**BABS, "meta": {**META, "lastModified": "2026-01-05T09:00:00.920Z"}},
    ],
    ids=["attributes", "values of a list", "parts of a value", "attributes of an extension", "a fraction of a second"],
)
def test_what_has_no_meaning_has_no_part(other):
    assert version_of(other, VIEW) == version_of(BABS, VIEW)


@pytest.mark.parametrize(
    "changed",
    [
        {"active": False},
        {"active": "true"},
        {"userName": "BJENSEN"},
        {"title": "Guide"},
        {"emails": MAILS[:1]},
        {"emails": [*MAILS, MAILS[0]]},
        {"emails": [{**MAILS[0], "primary": False}, MAILS[1]]},
        {ENTERPRISE: {**MANAGER, "manager": {"value": "u-27"}}},
        {"meta": {**META, "lastModified": "2026-01-05T09:00:01Z"}},
        {"meta": {**META, "version": 'W/"2"'}},
    ],
    ids=lambda one: ", ".join(one),
)
def test_a_change_of_anything_shown_or_told_by_the_backend_is_another_version(changed):
    assert version_of({**BABS, **changed}, VIEW) != version_of(BABS, VIEW)


def test_what_is_never_shown_cannot_be_guessed_from_a_version():
    assert version_of({**BABS, "password": "t1meMa$heen"}, VIEW) == version_of(BABS, VIEW)


def test_what_is_shown_on_request_alone_has_its_part():
    schema = SERVED["User"].type.schema
    attributes = tuple(replace(one, returned="request") if one.name == "title" else one for one in schema.attributes)
    kind = replace(SERVED["User"].type, schema=replace(schema, attributes=attributes))
    view = make_view(replace(SERVED["User"], type=kind), SERVED)
    assert version_of({**BABS, "title": "Guide"}, view) != version_of({**BABS, "title": "Driver"}, view)
    assert version_of({**BABS, "title": "Guide"}, view) == version_of({**BABS, "title": "Guide"}, VIEW)


@pytest.mark.parametrize("meta", [META, {**META, "version": 'W/"the backend\'s"'}])
def test_a_stamp_puts_our_version_where_the_backends_was_or_none(meta):
    resource = {**BABS, "meta": meta}
    assert stamp(resource, VIEW, whole=True) == {**BABS, "meta": {**META, "version": version_of(resource, VIEW)}}
    assert stamp(resource, VIEW, whole=False) == BABS
    assert resource["meta"] == meta
