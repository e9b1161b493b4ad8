"""The chart's schema and the gateway's own grammar know the same keys of gateway.yaml."""

from typing import Any

import jsonschema
import pytest
from msgspec import Struct
from msgspec.structs import fields

from gateway.edge.state_address import SCHEMES
from gateway.settings.grammar import (
    BackendRow,
    BasicRow,
    BrakeRow,
    FileRow,
    FollowersRow,
    HeaderAuthRow,
    OAuth2Row,
    StateRow,
    TenantRow,
    TokenRow,
    UseRow,
)

Json = dict[str, Any]
PLACES: dict[str, type[Struct]] = {
    "config": FileRow,
    "state/anyOf/1": StateRow,
    "backend": BackendRow,
    "auth/properties/basic": BasicRow,
    "auth/properties/header": HeaderAuthRow,
    "auth/properties/oauth2": OAuth2Row,
    "tenant": TenantRow,
    "tenant/properties/tokens/items": TokenRow,
    "tenant/properties/brake": BrakeRow,
    "tenant/properties/followers": FollowersRow,
    "use/anyOf/1": UseRow,
}


def at(schema: Json, place: str) -> Json:
    found: Any = schema["definitions"]
    for step in place.split("/"):
        found = found[int(step)] if isinstance(found, list) else found[step]
    return dict(found)


@pytest.mark.parametrize(("place", "row"), PLACES.items(), ids=PLACES)
def test_both_know_the_same_keys(schema: Json, place: str, row: type[Struct]) -> None:
    found = at(schema, place)
    assert set(found["properties"]) == {field.name for field in fields(row)}
    missing = {field.name for field in fields(row) if field.required}
    assert set(found.get("required", [])) >= missing


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_kind_of_state_store_is_known(schema: Json, scheme: str) -> None:
    url = "memory://" if scheme == "memory" else f"{scheme}://redis-0:6379/0"
    jsonschema.validate(url, at(schema, "stateUrl"))


@pytest.mark.parametrize("url", ["postgres://db", "redis:", "redis://", "rediss+unix:///tmp/x"])
def test_no_other_is(schema: Json, url: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(url, at(schema, "stateUrl"))
