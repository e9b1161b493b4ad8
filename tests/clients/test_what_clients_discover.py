"""What clients read before they provision: SailPoint five documents, authentik one, Canaille three (real HTTP).

Sources: SailPoint, SCIM 2.0 SaaS, prerequisites; goauthentik/authentik, providers/scim/clients/schema.py; scim2-client.
"""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from scene import Stage, backend, open_stage, tenant, write_config, write_secret
from scim2_models import Resource, ResourceType, Schema, ServiceProviderConfig

from gateway.scim.patch import MAX_OPERATIONS
from gateway.scim.schema import standard

MAPPINGS = sorted(file.stem for file in Path("mappings").glob("*.yaml") if file.stem != "scim2-base")


def token_of(mapping: str, client: str) -> str:
    return sha256(f"{mapping} {client}".encode()).hexdigest()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """One gateway before all of them: each mapping as a usual client sees it, and as Canaille does."""
    secret = write_secret(tmp_path)
    backends = {name: backend(name, "https://vendor.example.com/scim/v2", secret) for name in MAPPINGS}
    tenants = {
        f"{name}-{client}": tenant(token_of(name, client), name, client=client)
        for name in MAPPINGS
        for client in ("any", "canaille")
    }
    async with open_stage(write_config(tmp_path, backends, tenants)) as opened:
        yield opened


async def read(stage: Stage, mapping: str, path: str, client: str = "any") -> Any:
    headers = {"Authorization": f"Bearer {token_of(mapping, client)}"}
    answer = await stage.ask("GET", f"/scim/v2/{path}", headers=headers)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/scim+json"), path
    return answer.body


async def test_the_resource_types_lead_to_each_schema_and_each_part_reads_as_in_the_list(stage: Stage) -> None:
    for mapping in MAPPINGS:
        schemas = {one["id"]: one for one in (await read(stage, mapping, "Schemas"))["Resources"]}
        types = (await read(stage, mapping, "ResourceTypes"))["Resources"]
        assert "User" in [one["name"] for one in types]
        for one in types:
            ResourceType.model_validate(one)
            assert await read(stage, mapping, f"ResourceTypes/{one['id']}") == one
            named = {one["schema"], *(each["schema"] for each in one["schemaExtensions"])}
            assert named <= set(schemas)
        for urn, one in schemas.items():
            Schema.model_validate(one)
            assert await read(stage, mapping, f"Schemas/{urn}") == one


async def test_what_is_supported_is_told_in_every_part_that_clients_require(stage: Stage) -> None:
    for mapping in MAPPINGS:
        told = await read(stage, mapping, "ServiceProviderConfig")
        ServiceProviderConfig.model_validate(told)
        assert told["patch"]["supported"] is True  # else authentik writes groups with PUT
        assert 1 <= told["bulk"]["maxOperations"] <= MAX_OPERATIONS  # authentik cuts a PATCH to pieces of this size
        assert {"supported"} <= {*told["filter"], *told["changePassword"], *told["sort"]}
        assert [one["type"] for one in told["authenticationSchemes"]] == ["oauthbearertoken"]


async def test_canaille_is_told_of_nothing_that_came_after_rfc_7643_nor_of_versions(stage: Stage) -> None:
    for mapping in MAPPINGS:
        usual = await read(stage, mapping, "ServiceProviderConfig")
        told = await read(stage, mapping, "ServiceProviderConfig", "canaille")
        assert {name for name in usual if name not in told} == {"pagination"}
        assert {name for name in told if told[name] != usual[name]} == {"etag"}
        assert told["etag"] == {"supported": False}  # it would send If-Match with versions of its own


def attributes_of(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in document["attributes"]}


async def test_canaille_is_told_the_whole_standard_and_what_of_it_is_forgotten(stage: Stage) -> None:
    user = standard("User")
    for mapping in MAPPINGS:
        usual = attributes_of(await read(stage, mapping, f"Schemas/{user.schema.id}"))
        whole = attributes_of(await read(stage, mapping, f"Schemas/{user.schema.id}", "canaille"))
        assert {one.name for one in user.schema.attributes} <= set(whole)
        for name, told in whole.items():
            if name in usual:
                assert (told["mutability"], told["returned"]) == (usual[name]["mutability"], usual[name]["returned"])
            elif told["mutability"] != "readOnly":  # what only a provider writes stays: `groups`
                assert (told["mutability"], told["returned"], told["required"]) == ("writeOnly", "never", False)


async def test_a_model_made_of_what_canaille_is_told_takes_every_attribute_it_sends(stage: Stage) -> None:
    sent = {"title", "phone_numbers", "addresses", "photos", "profile_url", "preferred_language", "password", "groups"}
    for mapping in MAPPINGS:
        document = await read(stage, mapping, f"Schemas/{standard('User').schema.id}", "canaille")
        model = Resource.from_schema(Schema.model_validate(document))
        assert sent <= set(model.model_fields)
