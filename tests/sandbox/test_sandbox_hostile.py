"""Whatever is sent, a pretend vendor answers with a refusal or with a document, and a refusal changes nothing."""

from copy import deepcopy
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.sandbox import VENDORS, Records
from gateway.sandbox.profile import Setting
from gateway.sandbox.service import Asked, Service

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PING_PROFILE = "urn:pingidentity:schemas:sample:profile:1.0"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
STORED = {
    "userName": "bjensen",
    "displayName": "Barbara Jensen",
    "name": {"familyName": "Jensen", "givenName": "Barbara"},
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
}
WITHIN_CUBE = {
    "userName": "bjensen",
    "name": {"familyName": "Jensen", "givenName": "Barbara"},
    "emails": [{"value": "bjensen@example.com", "primary": True}],
}
NAMES = [
    "userName",
    "displayName",
    "name",
    "emails",
    "active",
    "externalId",
    "phoneNumbers",
    "members",
    "schemas",
    "id",
]
PATHS = [
    *NAMES,
    *("name.givenName", "emails.value", 'emails[type eq "work"]', 'emails[type eq "work"].value', 'name[x eq "1"]'),
    *('emails[value co "x" and', "emails[", "", ".", "$ref", ENTERPRISE, f"{ENTERPRISE}:manager", PING_PROFILE),
    *(f"{ENTERPRISE}:manager.value", f"{PING_PROFILE}:birthDate", "urn:x:y:z"),
]
SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "work", "true", "[]", '{"value":1}'])
)
KEYS = st.sampled_from([*NAMES, "value", "type", "primary", "givenName", "manager", "birthDate", "path", "x"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=6
)
OPERATIONS = VALUES | st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "replace", "remove", "Add", "x"])},
    optional={"path": st.sampled_from(PATHS) | SCALARS, "value": VALUES},
)
BODIES = st.fixed_dictionaries({"schemas": st.just([PATCH_OP]), "Operations": st.lists(OPERATIONS, max_size=4)})


def kept_by(vendor):
    return deepcopy(WITHIN_CUBE if vendor == "cube-cloud" else STORED)


def send(vendor, method, body, *, options=(), params=None, stored=True):
    profile = VENDORS[vendor]
    records = Records(clock=lambda: NOW)
    record = records.add("Users", kept_by(vendor)) if stored else None
    segments = ("Users", record.id) if method in ("PATCH", "PUT") else ("Users",)
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    headers = {name.lower(): "tests" for name in profile.demands}
    asked = Asked(method, segments, params or {}, "application/scim+json", raw, headers)
    answer = Service(profile, records, Setting("http://127.0.0.1/x", NOW, frozenset(options))).answer(asked)
    return answer, record


@pytest.mark.parametrize("vendor", sorted(VENDORS))
@settings(max_examples=250, deadline=None)
@given(body=BODIES)
def test_any_patch_is_applied_or_refused_and_a_refusal_changes_nothing(vendor, body):
    answer, record = send(vendor, "PATCH", body)
    assert answer.status in (200, 204, 400, 500)
    assert (answer.status == 500) <= (vendor == "rsa-unified-directory")
    if answer.status in (200, 204):
        assert isinstance(record.document["userName"], str)
        assert None not in record.document.values()
    else:
        assert record.document == kept_by(vendor)


@pytest.mark.parametrize("vendor", sorted(VENDORS))
@pytest.mark.parametrize("method", ["POST", "PUT"])
@settings(max_examples=120, deadline=None)
@given(body=st.dictionaries(st.sampled_from(PATHS), VALUES, max_size=6))
def test_any_document_is_kept_or_refused(vendor, method, body):
    answer, _ = send(vendor, method, body, stored=method == "PUT")
    assert answer.status in ({405} if method in VENDORS[vendor].closed.get("Users", ()) else {200, 201, 400, 500})
    assert (answer.status == 500) <= (vendor == "rsa-unified-directory")


@pytest.mark.parametrize("vendor", sorted(VENDORS))
@pytest.mark.parametrize("depth", [50, 400, 900, 100_000])
def test_deep_nesting_is_refused(vendor, depth):
    deep = b'{"name":' * depth + b"1" + b"}" * depth
    for method, body in (
        ("POST", deep),
        ("PATCH", b'{"schemas":["%s"],"Operations":[{"op":"add","value":%s}]}' % (PATCH_OP.encode(), deep)),
    ):
        answer, _ = send(vendor, method, body)
        overlooked = VENDORS[vendor].strictness.overlooks_unknown and method == "PATCH"
        assert answer.status == 400 or (overlooked and depth <= 900)


@pytest.mark.parametrize("vendor", sorted(VENDORS))
@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=30), index=st.text(max_size=5))
def test_any_query_is_answered_or_refused(vendor, text, index):
    for params in (
        {"filter": text},
        {"startIndex": index, "count": index},
        {"attributes": text},
        {"excludedAttributes": text},
    ):
        answer, _ = send(vendor, "GET", b"", params=params, options=("filter-works",))
        assert answer.status in (200, 400)
