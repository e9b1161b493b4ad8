"""Schemas and resource types: what they know, and how they are shown to those who discover them."""

import pytest
from scim2_models import EnterpriseUser, Group, User
from scim2_models import ResourceType as TheirResourceType
from scim2_models import Schema as TheirSchema

from gateway.scim.errors import ScimError
from gateway.scim.filter import AttrPath
from gateway.scim.names import ENTERPRISE, GROUP, USER
from gateway.scim.schema import read_schema, render_resource_type, render_schema, standard

RT = standard("User")

CANONICAL = [
    (AttrPath(None, "USERNAME", None), "userName"),
    (AttrPath(None, "Name", "GIVENNAME"), "name.givenName"),
    (AttrPath(USER.upper(), "username", None), "userName"),
    (AttrPath(ENTERPRISE.upper(), "DEPARTMENT", None), f"{ENTERPRISE}:department"),
    (AttrPath(ENTERPRISE, "manager", "$REF"), f"{ENTERPRISE}:manager.$ref"),
    (AttrPath(ENTERPRISE.lower(), None, None), ENTERPRISE),
    (AttrPath(None, "externalid", None), "externalId"),
    (AttrPath(None, "META", "lastmodified"), "meta.lastModified"),
]


@pytest.mark.parametrize(("path", "expected"), CANONICAL)
def test_a_path_in_any_letter_case_has_one_canonical_spelling(path: AttrPath, expected: str) -> None:
    assert str(RT.canonical(path)) == expected


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        (AttrPath(None, "usrName", None), "`userName`"),
        (AttrPath(None, "name", "givnName"), "`name.givenName`"),
        (AttrPath(None, "name", "x"), "/Schemas"),
        (AttrPath(ENTERPRISE, "departmnt", None), f"`{ENTERPRISE}:department`"),
        (AttrPath(ENTERPRISE, "manager", "valeu"), f"`{ENTERPRISE}:manager.value`"),
        (AttrPath(ENTERPRISE[:-1], "x", None), f"`{ENTERPRISE}`"),
        (AttrPath(None, "department", None), f"`{ENTERPRISE}:department`"),
        (AttrPath("urn:nobody", "x", None), "/Schemas"),
        (AttrPath(USER, None, None), "/Schemas"),
    ],
)
def test_an_unknown_path_is_refused_with_the_nearest_name(path: AttrPath, hint: str) -> None:
    with pytest.raises(ScimError) as refused:
        RT.canonical(path)
    assert refused.value.scim_type == "invalidPath"
    assert hint in refused.value.hint


def test_schemas_of_a_resource_are_the_core_and_the_extensions_it_carries() -> None:
    assert RT.schema_of({"userName": "bjensen"}) == [USER]
    assert RT.schema_of({ENTERPRISE: {"department": "x"}}) == [USER, ENTERPRISE]
    assert RT.schema_of({ENTERPRISE: {}}) == [USER]


def facts(attribute: object, prefix: str = "") -> dict[str, tuple[object, ...]]:
    """What two publishers of the same schema must agree on."""
    found = {}
    for each in attribute:  # type: ignore[attr-defined]
        name = prefix + each["name"]
        found[name] = tuple(
            each.get(key)
            for key in ("type", "multiValued", "required", "mutability", "returned", "canonicalValues")
        )  # fmt: skip
        found |= facts(each.get("subAttributes") or (), name + ".")
    return found


@pytest.mark.parametrize(
    ("file_name", "model"), [("user", User), ("group", Group), ("enterprise", EnterpriseUser)]
)  # fmt: skip
def test_the_packaged_schemas_agree_with_an_independent_reading_of_the_rfc(file_name: str, model: type) -> None:
    ours = facts(render_schema(read_schema(file_name))["attributes"])
    theirs = facts(model.to_schema().model_dump()["attributes"])  # type: ignore[attr-defined]
    disputed = {"manager.value", "manager.$ref"}  # RFC 7643 8.7.1 prints `required: false`
    assert {name: ours[name] for name in ours.keys() - disputed} == {
        name: theirs[name] for name in theirs.keys() - disputed
    }


@pytest.mark.parametrize(
    "name", ["user", "group", "enterprise", "service_provider_config", "resource_type", "schema"]
)  # fmt: skip
def test_every_published_schema_is_accepted_by_an_independent_reader(name: str) -> None:
    document = render_schema(read_schema(name), f"https://example.com/Schemas/{name}")
    read = TheirSchema.model_validate(document)
    assert str(read.id) == read_schema(name).id
    assert [each.name for each in read.attributes or ()] == [each["name"] for each in document["attributes"]]


def test_a_resource_type_is_published_with_its_extensions() -> None:
    document = render_resource_type(RT, "https://example.com/ResourceTypes/User")
    assert document["schemaExtensions"] == [{"schema": ENTERPRISE, "required": False}]
    assert document["meta"] == {"resourceType": "ResourceType", "location": "https://example.com/ResourceTypes/User"}
    assert str(TheirResourceType.model_validate(document).endpoint) == "/Users"


def test_the_group_has_members_of_either_kind() -> None:
    group = standard("Group")
    assert group.urns == (GROUP,)
    reference = group.find(AttrPath(None, "members", "$ref"))
    assert reference is not None
    assert reference.reference_types == ("User", "Group")


def test_a_simple_list_answers_to_value_as_erratum_7122_says() -> None:
    schemas = RT.find(AttrPath(None, "schemas", None))
    assert schemas is not None
    element = schemas.find("value")
    assert element is not None
    assert (element.type, element.multi_valued) == ("reference", False)
