"""The mappings that come with the gateway: without a fault, their examples true, and what each tells its clients."""

import json
from pathlib import Path

import pytest

from gateway.mapping.diagnose import MappingError, format_diagnostic
from gateway.mapping.load import check_mapping, is_abstract, known_mappings, load_dialect
from gateway.mapping.source import read_yaml
from gateway.scim.schema import render_resource_type, render_schema

ADVERTISED = Path(__file__).parent / "advertised"
NAMES = sorted(known_mappings())
OFFERED = [name for name in NAMES if not is_abstract(name)]
TYPES = [(name, resource) for name in OFFERED for resource in load_dialect(name).resources]


def test_the_vendors_and_the_standard_are_shipped() -> None:
    assert NAMES == [
        "atlassian",
        "aws-identity-center",
        "cube-cloud",
        "databricks",
        "github-emu",
        "gitlab-group",
        "google-cloud-identity",
        "huawei-identity-center",
        "jupyterhub",
        "new-relic",
        "ping-directory",
        "rsa-unified-directory",
        "salesforce",
        "scim2",
        "scim2-base",
        "slack",
        "snowflake",
        "webex",
        "zoom",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_mapping_passes_the_strict_check(name: str) -> None:
    said = [format_diagnostic(one) for one in check_mapping(name).diagnosis.diagnostics if one.level != "note"]
    assert said == []


@pytest.mark.parametrize("name", OFFERED)
def test_a_shipped_vendor_has_examples_from_its_pages(name: str) -> None:
    if name == "scim2":
        return
    examples = read_yaml(known_mappings()[name].read_text("utf-8"), name).data["examples"]
    assert {resource for resource, rows in examples.items() if rows} >= {"User"}


def test_the_abstract_parent_is_refused_for_a_backend() -> None:
    with pytest.raises(MappingError) as caught:
        load_dialect("scim2-base")
    assert [one.code for one in caught.value.diagnostics] == ["E122"]


@pytest.mark.parametrize(("name", "resource"), TYPES)
def test_what_is_advertised_is_what_was_reviewed(name: str, resource: str, accept: bool) -> None:
    type_ = load_dialect(name).resources[resource].type
    advertised = {
        "resourceType": render_resource_type(type_),
        "schemas": [render_schema(schema) for schema in (type_.schema, *type_.extensions)],
    }
    said = json.dumps(without_descriptions(advertised), indent=1, ensure_ascii=False) + "\n"
    file = ADVERTISED / f"{name}.{resource}.json"
    if accept:
        file.write_text(said, "utf-8")
    assert said == file.read_text("utf-8")


def without_descriptions(document: object) -> object:
    """The RFC's descriptions are the same everywhere and would bury what differs."""
    if isinstance(document, dict):
        return {key: without_descriptions(value) for key, value in document.items() if key != "description"}
    return [without_descriptions(one) for one in document] if isinstance(document, list) else document


def test_no_advertisement_is_left_behind() -> None:
    assert {file.stem for file in ADVERTISED.glob("*.json")} == {f"{name}.{resource}" for name, resource in TYPES}


# Facts of the vendors' own pages, said once more in another form.
FACTS = [
    ("cube-cloud", "User", "emails.type", {"mutability": "readOnly", "canonicalValues": ["work"]}),
    ("cube-cloud", "User", "name.formatted", {"mutability": "readOnly"}),
    ("cube-cloud", "User", "title", None),
    ("cube-cloud", "Group", "externalId", None),
    ("huawei-identity-center", "User", "profileUrl", {"mutability": "writeOnly", "returned": "never"}),
    ("huawei-identity-center", "User", "phoneNumbers.display", None),
    ("huawei-identity-center", "User", "password", None),
    ("rsa-unified-directory", "User", "emails.type", {"canonicalValues": ["work", "home", "other"]}),
    ("rsa-unified-directory", "User", "password", {"mutability": "writeOnly", "returned": "never"}),
    ("rsa-unified-directory", "User", "timezone", None),
    ("ping-directory", "User", "password", {"mutability": "writeOnly", "returned": "never"}),
    ("ping-directory", "User", "userName", {"required": True}),
    ("zoom", "User", "userType", {"canonicalValues": ["Basic", "Licensed", "On-Prem"]}),
    ("zoom", "User", "addresses", None),
    ("aws-identity-center", "Group", "members", {"mutability": "writeOnly", "returned": "never"}),
    ("aws-identity-center", "User", "displayName", {"required": False}),
    ("aws-identity-center", "User", "roles", None),
    ("google-cloud-identity", "Group", "members", {"mutability": "writeOnly", "returned": "never"}),
    ("google-cloud-identity", "User", "emails.primary", {"mutability": "readOnly"}),
    ("gitlab-group", "User", "displayName", {"mutability": "readOnly"}),
    ("snowflake", "User", "password", {"mutability": "writeOnly", "returned": "never"}),
    ("snowflake", "User", "emails.type", {"mutability": "readOnly", "canonicalValues": ["work"]}),
    ("slack", "User", "nickName", {"mutability": "readOnly"}),
    ("slack", "User", "phoneNumbers", None),
    ("slack", "User", "password", {"mutability": "writeOnly", "returned": "never"}),
    ("github-emu", "User", "displayName", {"required": False}),
    ("github-emu", "User", "title", None),
    ("atlassian", "User", "addresses", None),
    ("webex", "User", "password", None),
    ("new-relic", "User", "groups", {"mutability": "readOnly"}),
    ("new-relic", "User", "displayName", {"mutability": "readOnly"}),
    ("databricks", "User", "emails", {"mutability": "immutable"}),
    ("databricks", "ServicePrincipal", "applicationId", {"mutability": "immutable", "uniqueness": "server"}),
    ("scim2", "User", "groups", {"mutability": "readOnly"}),
    ("scim2", "Group", "members.value", {"mutability": "immutable"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "resource", "path", "wanted"), FACTS)
def test_an_attribute_is_advertised_as_the_vendor_has_it(
    name: str, resource: str, path: str, wanted: dict[str, object] | None
) -> None:
    schema = json.loads((ADVERTISED / f"{name}.{resource}.json").read_text("utf-8"))["schemas"][0]
    found = find_attribute(schema["attributes"], path.split("."))
    assert (None if found is None or wanted is None else {key: found[key] for key in wanted}) == wanted
    assert (found is None) == (wanted is None)


def find_attribute(attributes: list[dict], path: list[str]) -> dict | None:
    found = next((one for one in attributes if one["name"] == path[0]), None)
    return found if found is None or len(path) == 1 else find_attribute(found.get("subAttributes", []), path[1:])
