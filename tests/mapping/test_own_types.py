"""Resource types beside the standard's: the file is sound, they are advertised as declared, and keep every law."""

from functools import cache
from pathlib import Path

import pytest

from gateway.lens.laws import LAWS, Law, check
from gateway.mapping.dialect import Dialect
from gateway.mapping.load import check_mapping, load_dialect
from gateway.scim.schema import Attribute, ResourceType

VENDORS = Path(__file__).parent / "vendors"
EXAMPLES = 40
CORE = "urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"
UNIT = "urn:example:params:scim:schemas:extension:unit:2.0:User"


@cache
def dialect() -> Dialect:
    return load_dialect("principals", (VENDORS,))


def type_of(name: str) -> ResourceType:
    return dialect().resources[name].type


def attribute(kind: str, text: str) -> Attribute:
    path = type_of(kind).parse_name(text)
    found = None if path is None else type_of(kind).find(path)
    assert found is not None, text
    return found


def test_the_vendor_is_described_without_a_fault() -> None:
    assert check_mapping("principals", (VENDORS,)).diagnosis.diagnostics == []


def test_a_type_of_its_own_has_the_schema_that_it_names_and_an_endpoint_in_the_plural() -> None:
    own = type_of("ServicePrincipal")
    assert (own.name, own.endpoint, own.urns) == ("ServicePrincipal", "/ServicePrincipals", (CORE,))
    names = [one.name for one in own.schema.attributes]
    assert names == ["applicationId", "displayName", "active", "groups", "entitlements", "roles", "rate"]


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("ServicePrincipal", "applicationId", {"required": True, "uniqueness": "server", "case_exact": True}),
        ("ServicePrincipal", "displayName", {"required": True, "uniqueness": "none", "case_exact": False}),
        ("ServicePrincipal", "active", {"type": "boolean", "required": False}),
        ("ServicePrincipal", "groups", {"type": "complex", "multi_valued": True, "mutability": "readOnly"}),
        ("ServicePrincipal", "groups.value", {"type": "string", "case_exact": True, "mutability": "readOnly"}),
        ("ServicePrincipal", "groups.$ref", {"type": "reference", "reference_types": ("Group",)}),
        ("ServicePrincipal", "entitlements.value", {"required": True}),
        ("ServicePrincipal", "entitlements.display", {"mutability": "readOnly"}),
        ("ServicePrincipal", "rate", {"type": "decimal"}),
        ("User", f"{UNIT}:robots.$ref", {"reference_types": ("ServicePrincipal",)}),
        ("User", f"{UNIT}:home.since", {"type": "dateTime"}),
        ("User", f"{UNIT}:grade", {"canonical_values": ("a", "b"), "mutability": "readOnly"}),
    ],
)
def test_the_notation_of_types_says_what_an_attribute_is(kind: str, text: str, wanted: dict[str, object]) -> None:
    found = attribute(kind, text)
    assert {key: getattr(found, key) for key in wanted} == wanted


def test_a_child_replaces_an_attribute_whatever_is_written_behind_its_name(tmp_path: Path) -> None:
    (tmp_path / "principals.yaml").write_text((VENDORS / "principals.yaml").read_text("utf-8"))
    child = "resources:\n  ServicePrincipal:\n    scim: { 'entitlements[] ro': { value: string } }\n"
    (tmp_path / "child.yaml").write_text(f"scimap: 1\nname: child\nextends: principals\n{child}")
    own = load_dialect("child", (tmp_path,)).resources["ServicePrincipal"].type
    assert [(one.name, one.mutability) for one in own.schema.attributes if one.name == "entitlements"] == [
        ("entitlements", "readOnly")
    ]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
@pytest.mark.parametrize("kind", ["User", "Group", "ServicePrincipal"])
def test_the_vendor_keeps_the_law(kind: str, law: Law) -> None:
    found = check(dialect().resources[kind], law, EXAMPLES)
    assert found is None, f"{law.sentence}\n{found.why}\ngiven {found.given}\nmade  {found.made}"
