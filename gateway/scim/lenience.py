"""Every kindness of the gateway, as a table: where a client's habit is read although the standard spells it otherwise.

A tenant's `client` chooses the rows. What no row names is read by the standard alone.
"""

from typing import Final, Literal

from msgspec import Struct

from gateway.scim.errors import ScimError

# `all`: everybody but `strict`; `any`: the default too, for another client it may mean something else; `named`: only
# those known to send it, since the standard says otherwise.
Reach = Literal["all", "any", "named"]
Habit = Literal[
    "blank-as-plus", "no-content-type", "flag-before-path", "slashes", "plural-config", "no-schemas", "other-schemas",
    "undeclared-extension", "dotted-key", "urn-key", "path-as-key", "text-for-boolean", "text-for-number",
    "text-for-object", "one-for-list", "list-for-one", "json-in-text", "empty-text", "op-letter-case",
    "operation-keys", "empty-path", "read-only-in-value", "removal-by-value", "removal-with-value", "add-creates",
    "replace-creates", "bare-operation", "partial-resource", "unquoted-value", "constant-letter-case",
    "path-in-filter", "filter-in-projection", "whole-schema",
    "older-config", "own-versions",
]  # fmt: skip

CLIENTS: Final = (
    "any", "authentik", "canaille", "entra", "forgerock", "jumpcloud", "keycloak", "okta", "onelogin", "pingfederate",
    "sailpoint", "strict",
)  # fmt: skip


class Kindness(Struct, frozen=True):
    """One row. `section` is what the standard says and where; `instead` tells a strict client what to send.

    `sent_by` are the clients known for it; none where it was met in tools that nobody names.
    """

    section: str
    says: str
    accepted: str
    instead: str
    sent_by: tuple[str, ...] = ()
    reach: Reach = "all"
    scim_type: str = "invalidSyntax"


KINDNESSES: Final[dict[Habit, Kindness]] = {
    "blank-as-plus": Kindness(
        "RFC 3986 2.2", "`+` in a query stands for itself", "`+` for a blank, as HTML forms have it; in quotes only "
        "where the blanks outside of them are written so", "Write a blank as %20.",
        ("authentik", "canaille", "entra"),
        scim_type="invalidFilter"),
    "no-content-type": Kindness(
        "RFC 7644 3.1", "a body is declared as application/scim+json", "a body without Content-Type, read as JSON",
        "Send Content-Type: application/scim+json."),
    "flag-before-path": Kindness(
        "RFC 3986 3.4", "the query follows the path", "`?aadOptscim062020` between the base and `/Users`",
        "Put the flag behind the path.", ("entra",), "any"),
    "slashes": Kindness(
        "RFC 7644 3.2", "a resource has one URL", "a slash at the end of the path, or two in a row",
        "Leave out the slash."),
    "plural-config": Kindness(
        "RFC 7644 4", "the endpoint is `/ServiceProviderConfig`", "SCIM 1.1's `/ServiceProviderConfigs`",
        "Ask for /ServiceProviderConfig.", ("authentik", "okta")),
    "no-schemas": Kindness(
        "RFC 7643 3", "a resource names its schemas", "a resource without `schemas`, of the type its URL names",
        "Send `schemas` with the URN of the resource's schema.", ("authentik",)),
    "other-schemas": Kindness(
        "RFC 7643 3", "`schemas` holds URNs of the resource type only", "other URNs beside them or instead, such as "
        "SCIM 1.0's or Microsoft's", "List the schemas that /ResourceTypes names.", ("entra", "onelogin")),
    "undeclared-extension": Kindness(
        "RFC 7643 3.3", "`schemas` names each extension that the resource carries", "attributes of an extension that "
        "`schemas` does not name", "Add the extension's URN to `schemas`.", ("entra",)),
    "dotted-key": Kindness(
        "RFC 7643 2.1", "the name of an attribute has no dot", '`"name.givenName": "x"` as a key of a value',
        'Send an object: `"name": {"givenName": ...}`.', ("entra",)),
    "urn-key": Kindness(
        "RFC 7643 3.3", "an extension's attributes stand in an object named by its URN", '`"urn:...:User:department": '
        '"x"` as a key of a value', "Send an object named by the extension's URN.", ("entra",)),
    "path-as-key": Kindness(
        "RFC 7644 3.5.2", "a value without a path holds attributes", '`"emails[type eq \'work\'].value": "x"` as a '
        "key of a value", "Send an operation with a `path`.", ("entra",), scim_type="invalidValue"),
    "text-for-boolean": Kindness(
        "RFC 7643 2.3.2", "a boolean is true or false, without quotes", '`"True"` and `"false"`, in filters too',
        "Send true or false without quotes.", ("entra", "keycloak", "onelogin"), scim_type="invalidValue"),
    "text-for-number": Kindness(
        "RFC 7643 2.3.4", "a number has no quotes", '`"7"` for a number', "Send the number without quotes.",
        ("entra",), scim_type="invalidValue"),
    "text-for-object": Kindness(
        "RFC 7643 2.3.8", "a complex value is an object", "a text for its `value`: a manager, a member, an address",
        'Send an object: `{"value": ...}`.', ("entra", "forgerock"), scim_type="invalidValue"),
    "one-for-list": Kindness(
        "RFC 7643 2.4", "a multi-valued attribute is a list", "one value without the list around it",
        "Send a list of one.", scim_type="invalidValue"),
    "list-for-one": Kindness(
        "RFC 7643 2.2", "a singular attribute has one value, not a list", "a list of one reference, such as a manager",
        "Send the value without the list.", ("entra",), scim_type="invalidValue"),
    "json-in-text": Kindness(
        "RFC 7643 4.1.2", "a role's `value` is the role", 'a role as JSON in its `value`: `"{\\"value\\":\\"x\\"}"`',
        "Send the object itself.", ("entra",), "any", "invalidValue"),
    "empty-text": Kindness(
        "RFC 7643 2.5", "null and the empty list mean: no value", "an empty text for no value; an item left with "
        "nothing but `type` and `primary` is no item", "Send null, or leave it out.",
        ("entra", "okta", "onelogin"), scim_type="invalidValue"),
    "op-letter-case": Kindness(
        "RFC 7644 3.5.2", "`op` is add, remove or replace", "`Add`, `Remove`, `Replace` in any letter case",
        "Write `op` in lower case.", ("entra",)),
    "operation-keys": Kindness(
        "RFC 7644 3.5.2", "an operation has `op`, `path` and `value`", '`"name": "addMember"` and other keys, ignored',
        "Leave out what is neither `op`, `path` nor `value`.", ("entra",)),
    "empty-path": Kindness(
        "RFC 7644 3.5.2", "`path` names an attribute, or is left out", "an empty `path`, as if it were left out",
        "Leave out `path`.", scim_type="invalidPath"),
    "read-only-in-value": Kindness(
        "RFC 7644 3.5.2", "a readOnly attribute is not modified", "`id`, `meta` and other readOnly attributes in the "
        "value of an operation without path, ignored", "Leave it out of the value.",
        ("authentik", "forgerock", "okta"), scim_type="mutability"),
    "removal-by-value": Kindness(
        "RFC 7644 3.5.2.2", "`remove` of a list without a filter takes all of it", "a `value` beside it: exactly "
        "those values are removed, never all", "Name the values in the path: `members[value eq \"...\"]`.",
        ("authentik", "entra", "jumpcloud"), scim_type="invalidValue"),
    "removal-with-value": Kindness(
        "RFC 7644 3.5.2.2", "`remove` has a path and no value", "a `value` beside a path that says it all, ignored",
        "Leave out `value`.", ("entra",), scim_type="invalidValue"),
    "add-creates": Kindness(
        "RFC 7644 3.5.2.1, erratum 8097", "`add` to a selected value that is not there: not said", "the value is "
        "created as its filter describes it", "Add the value to the whole attribute.", ("entra",), "any", "noTarget"),
    "replace-creates": Kindness(
        "RFC 7644 3.5.2.3", "`replace` of a selected value that is not there is noTarget", "the value is created as "
        "its filter describes it", "Add the value to the whole attribute.", ("entra",), "named", "noTarget"),
    "bare-operation": Kindness(
        "RFC 7644 3.5.2", "a PATCH holds `schemas` and `Operations`", "one operation as the whole body",
        "Wrap it: `schemas` with the PatchOp URN, and a list `Operations`.", (), "any"),
    "partial-resource": Kindness(
        "RFC 7644 3.5.2", "a PATCH holds `schemas` and `Operations`", "SCIM 1.1's part of a resource: what it lists is "
        "added, nothing is removed", "Send a PatchOp message.", (), "any"),
    "unquoted-value": Kindness(
        "RFC 7644 3.4.2.2", "text in a filter stands in double quotes", "`externalId eq nekman`",
        "Put text in double quotes.", ("authentik", "entra"), "any", "invalidFilter"),
    "constant-letter-case": Kindness(
        "RFC 7644 3.4.2.2", "true, false and null are written as in JSON", "`active eq True`",
        "Write true, false and null in lower case.", ("entra",), scim_type="invalidFilter"),
    "path-in-filter": Kindness(
        "RFC 7644 3.4.2.2", "nothing follows the brackets of a filter's value path", '`emails[type eq "work"].value eq '
        '"x"`', 'Write the comparison inside: `emails[type eq "work" and value eq "x"]`.',
        ("entra",), scim_type="invalidFilter"),
    "filter-in-projection": Kindness(
        "RFC 7644 3.10", "`attributes` lists names", '`attributes=emails[type eq "work"]`, read as `emails`',
        "Ask for the whole attribute.", ("entra",), scim_type="invalidPath"),
    "whole-schema": Kindness(
        "RFC 7643 7", "`/Schemas` lists what the service provider has", "a client that can only send what `/Schemas` "
        "lists is told the whole standard; what the backend has no place for is writeOnly, never returned",
        "Send what /Schemas lists.", ("canaille",), "named"),
    "older-config": Kindness(
        "RFC 9865 4", "`/ServiceProviderConfig` tells of `pagination`", "a client that reads only what RFC 7643 lists "
        "there is not told; cursors work all the same", "Ignore what is not known.", ("canaille",), "named"),
    "own-versions": Kindness(
        "RFC 7644 3.14", "If-Match holds a version that the service provider gave", "a client that would send versions "
        "of its own making is told of none, and sends none", "Send the version that was read.", ("canaille",), "named"),
}  # fmt: skip


class Lenience(Struct, frozen=True):
    """The kindnesses that one kind of client gets."""

    client: str
    habits: frozenset[Habit]

    def allows(self, habit: Habit) -> bool:
        return habit in self.habits

    def require(self, habit: Habit, subject: str = "The request") -> None:
        """Pass where the client has this kindness; else a Strictness that says what the standard has instead."""
        if habit not in self.habits:
            raise Strictness(habit, self.client, subject)


class Strictness(ScimError):
    """A habit that this tenant's client is not allowed. `subject` says what it was met in."""

    def __init__(self, habit: Habit, client: str, subject: str) -> None:
        row = KINDNESSES[habit]
        detail = f"{subject} is not spelled as {row.section} has it: {row.says}."
        hint = f"{row.instead} The tenant is set to `client: {client}`, which is not allowed `{habit}`."
        super().__init__(row.scim_type, detail, hint)
        self.habit = habit


def lenience_of(client: str) -> Lenience:
    """What a client of the list CLIENTS is allowed."""
    return Lenience(client, frozenset(habit for habit, row in KINDNESSES.items() if _reaches(row, client)))


def _reaches(row: Kindness, client: str) -> bool:
    if client == "strict":
        return False
    return row.reach == "all" or (row.reach == "any" and client == "any") or client in row.sent_by


LENIENCES: Final = {client: lenience_of(client) for client in CLIENTS}
ANY: Final = LENIENCES["any"]
OURS: Final = Lenience("", frozenset({"path-in-filter"}))  # what mappings write, which is our own language
