"""How clients point at resources: a `$ref` means the id at its end, and a type must be one that the list takes."""

import pytest

from gateway.mapping.load import check_mapping
from gateway.pipeline.pointing import by_value, check_operations, check_types
from gateway.scim.errors import ScimError
from gateway.scim.filter import format_filter, parse_filter
from gateway.scim.names import PATCH_OP
from gateway.scim.patch import parse_patch

RICH = check_mapping("scim2", ()).dialect.resources["Group"]
POOR = check_mapping("huawei-identity-center", ()).dialect.resources["Group"]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ('members.$ref eq "https://x.example/acme/scim/v2/Users/u-1"', 'members.value eq "u-1"'),
        ('members.$REF eq "https://x.example/scim/Users/u-1"', 'members.value eq "u-1"'),
        ('members.$ref eq "../Users/u-1"', 'members.value eq "u-1"'),
        ('members.$ref eq "Users/u-1"', 'members.value eq "u-1"'),
        ('members[$ref eq "Users/u-1" or $ref eq "Users/u-2"]', 'members[value eq "u-1" or value eq "u-2"]'),
        ('not (members.$ref eq "Users/u-1")', 'not (members.value eq "u-1")'),
        ('members.$ref eq "Groups/g-1"', 'members.$ref eq "Groups/g-1"'),
        ('members.$ref eq "u-1"', 'members.$ref eq "u-1"'),
        ('members.$ref sw "Users/"', 'members.$ref sw "Users/"'),
        ('displayName eq "Users/u-1"', 'displayName eq "Users/u-1"'),
    ],
)
def test_a_reference_is_compared_by_its_id(asked: str, meant: str) -> None:
    assert format_filter(by_value(parse_filter(asked, ()), POOR.lens.referred)) == meant


def test_a_list_of_several_types_takes_references_to_each() -> None:
    asked = parse_filter('members.$ref eq "https://x.example/scim/v2/Groups/g-1"', ())
    assert format_filter(by_value(asked, RICH.lens.referred)) == 'members.value eq "g-1"'


@pytest.mark.parametrize(("said", "taken"), [("User", True), ("user", True), ("direct", True), ("Group", False)])
def test_a_member_is_of_a_type_that_the_list_takes(said: str, taken: bool) -> None:
    document = {"members": [{"value": "1"}, {"value": "2", "type": said}]}
    if taken:
        check_types(document, POOR)
        return
    with pytest.raises(ScimError, match="takes no Group among `members`") as raised:
        check_types(document, POOR)
    assert raised.value.scim_type == "invalidValue"
    check_types(document, RICH)


def test_operations_are_checked_alike() -> None:
    removal = {"op": "remove", "path": 'members[$ref eq "Users/u-1"]'}
    addition = {"op": "add", "path": "members", "value": [{"value": "g-1", "type": "Group"}]}
    patched = parse_patch({"schemas": [PATCH_OP], "Operations": [removal]}, POOR.type)
    meant = check_operations(patched, POOR)[0].path.where
    assert meant is not None
    assert format_filter(meant) == 'value eq "u-1"'
    added = parse_patch({"schemas": [PATCH_OP], "Operations": [addition]}, RICH.type)
    assert check_operations(added, RICH) == added
    with pytest.raises(ScimError):
        check_operations(added, POOR)
