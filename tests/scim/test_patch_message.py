"""The PatchOp message itself: what is one, what is told about it, and what a refusal says."""

from typing import Any

import pytest

from gateway.scim.errors import ScimError
from gateway.scim.names import PATCH_OP, USER
from gateway.scim.patch import apply_patch, parse_patch, read_patch
from gateway.scim.schema import standard

RT = standard("User")
REMOVAL = {"op": "remove", "path": "title"}


def replacing(value: Any, **path: str) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": value} | path]}


MESSAGES: list[tuple[str, Any]] = [
    ("a list", []),
    ("null", None),
    ("no schemas", {"Operations": [REMOVAL]}),
    ("another message", {"schemas": [USER], "Operations": [REMOVAL]}),
    ("schemas as text", {"schemas": PATCH_OP, "Operations": [REMOVAL]}),
    ("no operations", {"schemas": [PATCH_OP]}),
    ("empty operations", {"schemas": [PATCH_OP], "Operations": []}),
    ("operations as an object", {"schemas": [PATCH_OP], "Operations": REMOVAL}),
    ("too many operations", {"schemas": [PATCH_OP], "Operations": [REMOVAL] * 1001}),
]  # fmt: skip


@pytest.mark.parametrize("doc", [row[1] for row in MESSAGES], ids=[row[0] for row in MESSAGES])
def test_what_is_no_patch_message_is_invalid_syntax(doc: Any) -> None:
    with pytest.raises(ScimError) as refused:
        parse_patch(doc, RT)
    assert refused.value.scim_type == "invalidSyntax"


def test_the_message_may_be_spelled_in_another_letter_case() -> None:
    doc = {"SCHEMAS": [PATCH_OP.upper()], "operations": [{"OP": "REPLACE", "Path": "NICKNAME", "Value": "B"}]}
    assert apply_patch({"userName": "b"}, parse_patch(doc, RT), RT)["nickName"] == "B"


def test_names_nobody_knows_inside_values_are_told() -> None:
    found = read_patch(replacing({"x": 1, "name": {"y": 2}, "emails": [{"z": 3, "value": "a"}]}), RT)
    assert found.ignored == ("x", "name.y", "emails.z")


def test_a_refusal_names_the_nearest_attribute_and_no_value() -> None:
    with pytest.raises(ScimError) as refused:
        parse_patch(replacing("Babs", path="nickNam"), RT)
    assert "`nickName`" in refused.value.hint
    assert "Babs" not in refused.value.detail + refused.value.hint
