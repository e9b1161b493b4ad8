"""Discovery (RFC 7644 section 4, RFC 7643 sections 2 to 7): what is said is what is so."""

import re
from collections.abc import Iterator
from typing import Any

from matrix_bench import Bench, Document, Ending, refused, row

from gateway.scim.names import ENTERPRISE, LIST_RESPONSE, PATCH_OP, SERVICE_PROVIDER_CONFIG, USER

KINDS = {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"}
CHARACTERISTICS = {"name", "type", "multiValued", "required", "caseExact", "mutability", "returned", "uniqueness"}


def attributes(bench: Bench) -> Iterator[Document]:
    """Every attribute and sub-attribute that is advertised."""
    for schema in bench.get("/Schemas").body["Resources"]:
        for one in schema["attributes"]:
            yield one
            yield from one.get("subAttributes", [])


@row()
def test_P001_locations_carry_no_query(bench: Bench) -> Ending:
    known = bench.add()
    shown = bench.get(f"/Users/{known['id']}?attributes=meta&foo=bar").body
    assert shown["meta"]["location"] == f"{bench.stand.url}/Users/{known['id']}"


@row()
def test_P011_messages_are_not_schemas(bench: Bench) -> Ending:
    refused(bench.get(f"/Schemas/{PATCH_OP}"), 404)
    assert not any(":api:messages:" in one["id"] for one in bench.get("/Schemas").body["Resources"])


@row()
def test_P013_endpoints_are_plurals(bench: Bench) -> Ending:
    for one in bench.get("/ResourceTypes").body["Resources"]:
        assert one["endpoint"] == f"/{one['name']}s"


@row()
def test_P149_the_configuration_names_its_schema(bench: Bench) -> Ending:
    answer = bench.get("/ServiceProviderConfig")
    assert (answer.status, answer.body["schemas"]) == (200, [SERVICE_PROVIDER_CONFIG])


@row()
def test_P150_schemas_lists_them_all(bench: Bench) -> Ending:
    body = bench.get("/Schemas").body
    used = {one["schema"] for one in bench.get("/ResourceTypes").body["Resources"]} | {ENTERPRISE}
    assert body["schemas"] == [LIST_RESPONSE]
    assert used == {one["id"] for one in body["Resources"]}
    assert body["totalResults"] == len(body["Resources"]) == len(used)


@row()
def test_P151_one_document_is_no_list(bench: Bench) -> Ending:
    assert bench.get(f"/Schemas/{USER}").body["id"] == USER
    assert bench.get("/ResourceTypes/User").body["name"] == "User"


@row()
def test_P152_several_documents_are_a_list(bench: Bench) -> Ending:
    for path in ("/ResourceTypes", "/Schemas"):
        assert bench.get(path).body["schemas"] == [LIST_RESPONSE]


@row()
def test_P153_parameters_mean_nothing_to_discovery(bench: Bench) -> Ending:
    for path in ("/ResourceTypes", "/Schemas"):
        plain, asked = bench.get(path), bench.get(f"{path}?count=1&startIndex=2&sortBy=id&attributes=name")
        assert (asked.status, asked.body) == (200, plain.body)


@row()
def test_P154_discovery_takes_no_filter(bench: Bench) -> Ending:
    for path in ("/ResourceTypes", "/Schemas", "/ServiceProviderConfig"):
        refused(bench.get(f'{path}?filter=name eq "User"'), 403)


@row()
def test_S001_parts_are_simple(bench: Bench) -> Ending:
    for one in attributes(bench):
        assert ("subAttributes" in one) == (one["type"] == "complex"), one["name"]
        assert not any(part["type"] == "complex" for part in one.get("subAttributes", []))


@row()
def test_S004_characteristics_are_all_told(bench: Bench) -> Ending:
    for one in attributes(bench):
        assert set(one) >= CHARACTERISTICS - ({"caseExact", "uniqueness"} if one["type"] == "complex" else set())


@row()
def test_S005_there_are_eight_types(bench: Bench) -> Ending:
    assert {one["type"] for one in attributes(bench)} <= KINDS


@row()
def test_S013_primary_is_a_truth(bench: Bench) -> Ending:
    primaries = [one for one in attributes(bench) if one["name"] == "primary"]
    assert primaries
    assert {one["type"] for one in primaries} == {"boolean"}
    assert {one["type"] for one in attributes(bench) if one["name"] == "$ref"} == {"reference"}


@row()
def test_S034_the_common_attributes_are_as_the_standard_has_them(bench: Bench) -> Ending:
    for schema in bench.get("/Schemas").body["Resources"]:
        common = {one["name"]: one for one in schema["attributes"] if one["name"] in ("id", "meta", "externalId")}
        assert common.get("id", {}).get("mutability", "readOnly") == "readOnly"
        assert common.get("meta", {}).get("mutability", "readOnly") == "readOnly"
        assert all(one.get("caseExact", True) for name, one in common.items() if name != "meta")


@row()
def test_S036_extensions_redefine_nothing(bench: Bench) -> Ending:
    schemas = {
        one["id"]: {each["name"] for each in one["attributes"]} for one in bench.get("/Schemas").body["Resources"]
    }
    for one in bench.get("/ResourceTypes").body["Resources"]:
        for extension in one.get("schemaExtensions", []):
            assert schemas[extension["schema"]].isdisjoint(schemas[one["schema"]])


@row()
def test_S059_the_configuration_says_everything(bench: Bench) -> Ending:
    body = bench.get("/ServiceProviderConfig").body
    for feature in ("patch", "bulk", "filter", "changePassword", "sort", "etag"):
        assert type(body[feature]["supported"]) is bool
    assert isinstance(body["filter"]["maxResults"], int)
    assert {type(body["bulk"][name]) for name in ("maxOperations", "maxPayloadSize")} == {int}
    assert all({"type", "name", "description"} <= set(one) for one in body["authenticationSchemes"])
    password = any(one["name"] == "password" for one in attributes(bench))
    assert body["changePassword"]["supported"] is password


@row()
def test_S060_the_configuration_is_read_only(bench: Bench) -> Ending:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        answer = bench.ask(method, "/ServiceProviderConfig", {} if method != "DELETE" else None)
        refused(answer, 405)
        assert answer.headers["allow"] == "GET, HEAD"


@row(absent="the configuration is the tenant's, and the token tells the tenant")
def test_S061_the_configuration_is_for_who_has_a_token(bench: Bench) -> Ending:
    refused(bench.get("/ServiceProviderConfig", token=""), 401)


@row()
def test_S062_a_resource_type_is_whole(bench: Bench) -> Ending:
    for one in bench.get("/ResourceTypes").body["Resources"]:
        assert one["id"] == one["name"]
        assert one["endpoint"].startswith("/")
        for urn in (one["schema"], *(each["schema"] for each in one.get("schemaExtensions", []))):
            assert bench.get(f"/Schemas/{urn}").body["id"] == urn


@row()
def test_S063_no_extension_is_required(bench: Bench) -> Ending:
    types = bench.get("/ResourceTypes").body["Resources"]
    extensions = [each for one in types for each in one.get("schemaExtensions", [])]
    assert extensions
    assert not any(each["required"] for each in extensions)
    assert ENTERPRISE not in bench.add()


@row()
def test_S064_every_schema_in_use_is_there(bench: Bench) -> Ending:
    wide = bench.add(**{ENTERPRISE: {"department": "Tours"}})
    for urn in (*wide["schemas"], *bench.add_group()["schemas"]):
        assert bench.get(f"/Schemas/{urn}").status == 200
    refused(bench.ask("PUT", f"/Schemas/{USER}", {}), 405)


@row()
def test_S065_a_schema_is_whole(bench: Bench) -> Ending:
    for one in bench.get("/Schemas").body["Resources"]:
        assert one["id"].startswith("urn:")
        assert one["name"]
        assert one["meta"]["resourceType"] == "Schema"
        assert one["meta"]["location"] == f"{bench.stand.url}/Schemas/{one['id']}"
        assert all(each["subAttributes"] for each in one["attributes"] if each["type"] == "complex")


@row()
def test_S072_urns_keep_their_form(bench: Bench) -> Ending:
    known = re.compile(r"urn:(ietf:params:scim:schemas:(core|extension:[\w.-]+):2\.0:\w+|(?!ietf:)[\w.:-]+)")
    for one in bench.get("/Schemas").body["Resources"]:
        assert known.fullmatch(one["id"])


@row()
def test_D01_a_type_is_there_when_it_is_configured(bench: Bench) -> Ending:
    types = bench.get("/ResourceTypes").body["Resources"]
    assert {one["name"] for one in types} == {"User", "Group"}
    refused(bench.get("/Devices"), 404)


def feature(bench: Bench, name: str) -> Any:
    """What the configuration says of one feature."""
    return bench.get("/ServiceProviderConfig").body.get(name)


@row()
def test_E015_events_are_not_claimed(bench: Bench) -> Ending:
    assert feature(bench, "securityEvents") is None
