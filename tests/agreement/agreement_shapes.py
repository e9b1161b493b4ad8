"""What clients send, as strategies over small pools: few names and few values, so that requests meet each other."""

from collections.abc import Sequence
from typing import Any

from agreement_world import Asked
from hypothesis import strategies as st

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

Ids = Sequence[str]

logins = st.sampled_from(["bjensen", "BJensen", "jsmith", 'o"brien', "jsmith@example.com", "zoë", "a (b) and c"])
words = st.sampled_from(["Babs", "babs", "Tour Guide", "Zoë", 'say "hi"', "a\\b", "x", "Jensen, Barbara"])
types = st.sampled_from(["work", "home", "other"])
addresses = st.sampled_from(["bjensen@example.com", "BJENSEN@example.com", "babs@jensen.org", "x@example.com"])
phones = st.sampled_from(["tel:+1-201-555-0123", "tel:+44-20-7946-0000"])
texts = ["displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone", "profileUrl"]
TEXT_VALUES = {
    "preferredLanguage": st.sampled_from(["en-US", "fr"]),
    "locale": st.sampled_from(["en-US", "fr-FR"]),
    "timezone": st.sampled_from(["America/Denver", "Europe/Paris"]),
    "profileUrl": st.sampled_from(["https://example.com/bjensen", "https://example.com/jsmith"]),
}
name_parts = ["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"]
work_parts = ["employeeNumber", "costCenter", "organization", "division", "department"]


def text_of(attribute: str) -> st.SearchStrategy[str]:
    return TEXT_VALUES.get(attribute, words)


def some_of(parts: dict[str, st.SearchStrategy[Any]], least: int = 0) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of these keys."""
    chosen = st.fixed_dictionaries({}, optional=parts)
    return chosen.filter(lambda found: len(found) >= least)


names = some_of(dict.fromkeys(name_parts, words), 1)


def values(value: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A list of values, at most one of them primary, no two alike."""
    one = st.fixed_dictionaries({"value": value, "type": types}, optional={"display": words})
    lists = st.lists(one, min_size=1, max_size=most, unique_by=lambda each: (each["value"].lower(), each["type"]))
    return st.tuples(lists, st.integers(-1, most - 1)).map(crown)


def crown(drawn: tuple[list[dict[str, Any]], int]) -> list[dict[str, Any]]:
    elements, at = drawn
    return [{**each, "primary": True} if index == at else each for index, each in enumerate(elements)]


postal = some_of({"locality": words, "region": words, "country": st.just("US"), "streetAddress": words}, 1)
address_lists = st.lists(
    st.tuples(types, postal).map(lambda two: {"type": two[0], **two[1]}),
    min_size=1, max_size=2, unique_by=lambda each: each["type"],
)  # fmt: skip
LISTS: dict[str, st.SearchStrategy[Any]] = {
    "emails": values(addresses),
    "phoneNumbers": values(phones, 2),
    "roles": values(words, 2),
    "entitlements": values(words, 2),
    "addresses": address_lists,
}


def extension(ids: Ids) -> st.SearchStrategy[dict[str, Any]]:
    manager = st.fixed_dictionaries({"value": st.sampled_from(ids)}) if ids else st.nothing()
    return some_of({**dict.fromkeys(work_parts, words), **({"manager": manager} if ids else {})}, 1)


@st.composite
def users(draw: Any, ids: Ids = ()) -> dict[str, Any]:
    body = draw(
        some_of(
            {
                "externalId": st.sampled_from(["701984", "701985", "A1", "a1"]),
                "name": names,
                "active": st.booleans(),
                "password": st.just("t1meMa$heen"),
                **{each: text_of(each) for each in texts},
                **LISTS,
                ENTERPRISE: extension(ids),
            }
        )
    )
    schemas = [USER, ENTERPRISE] if ENTERPRISE in body else [USER]
    return {"schemas": schemas, "userName": draw(logins), **body}


def members(ids: Ids) -> st.SearchStrategy[list[dict[str, Any]]]:
    one = st.sampled_from(ids).map(lambda native: {"value": native}) if ids else st.nothing()
    return st.lists(one, max_size=4, unique_by=lambda each: each["value"]) if ids else st.just([])


@st.composite
def groups(draw: Any, ids: Ids = ()) -> dict[str, Any]:
    body = {"schemas": [GROUP], "displayName": draw(words)}
    given_members = draw(members(ids))
    if given_members:
        body["members"] = given_members
    if draw(st.booleans()):
        body["externalId"] = draw(st.sampled_from(["g1", "G1", "g2"]))
    return body


def simple_paths(ids: Ids) -> st.SearchStrategy[tuple[str, Any]]:
    """A path without a filter and a value that suits it."""
    pairs: dict[str, st.SearchStrategy[Any]] = {
        **{each: text_of(each) for each in texts},
        **{f"name.{each}": words for each in name_parts},
        **{f"{ENTERPRISE}:{each}": words for each in work_parts},
        **LISTS,
        "name": names,
        "active": st.booleans(),
        "userName": logins,
        "externalId": st.sampled_from(["701984", "A1"]),
        "NickName": words,
        f"{USER}:title": words,
        "emails.display": words,
        "phoneNumbers.type": types,
        ENTERPRISE: extension(ids),
        **({f"{ENTERPRISE}:manager.value": st.sampled_from(ids)} if ids else {}),
        **({f"{ENTERPRISE}:manager": st.sampled_from(ids).map(lambda native: {"value": native})} if ids else {}),
    }
    return st.sampled_from(sorted(pairs)).flatmap(lambda path: st.tuples(st.just(path), pairs[path]))


FILTERS = [
    'type eq "work"', 'type eq "home"', 'value eq "bjensen@example.com"', 'type eq "work" and value co "example"',
    'not (type eq "work")', 'type eq "home" or type eq "other"', "primary eq true", 'value ew ".org"', "display pr",
]  # fmt: skip
SUBS = {"value": addresses, "display": words, "type": types, "primary": st.booleans()}


@st.composite
def value_paths(draw: Any) -> tuple[str, Any]:
    """`emails[...]`, with and without a sub-attribute, and a value that suits it."""
    where = draw(st.sampled_from(FILTERS))
    sub = draw(st.sampled_from([None, *SUBS]))
    if sub is not None:
        return f"emails[{where}].{sub}", draw(SUBS[sub])
    return f"emails[{where}]", draw(some_of({"value": addresses, "display": words}, 1))


@st.composite
def operations(draw: Any, ids: Ids = ()) -> dict[str, Any]:
    """One operation of a PATCH of a user, in any form that the RFC, Entra ID or Okta gives it."""
    op = draw(st.sampled_from(["add", "replace", "remove", "replace", "add", "Replace"]))
    if op != "remove" and draw(st.integers(0, 4)) == 0:
        body = {key: each for key, each in draw(users(ids)).items() if key != "schemas"}
        if draw(st.booleans()):
            body.pop("userName")
        return {"op": op, "value": body or {"nickName": "Babs"}}
    path, value = draw(st.one_of(simple_paths(ids), value_paths()))
    return {"op": op, "path": path} | ({} if op == "remove" else {"value": value})


WRONG = [
    {"op": "replace", "path": "shoeSize", "value": "9"},
    {"op": "replace", "path": "id", "value": "other"},
    {"op": "replace", "path": "meta.created", "value": "2020-01-01T00:00:00Z"},
    {"op": "remove", "path": "userName"},
    {"op": "remove"},
    {"op": "move", "path": "title", "value": "x"},
    {"op": "add", "path": "title"},
    {"op": "replace", "path": "emails[type eq", "value": "x"},
    {"op": "replace", "path": "emails[shoe eq 1].value", "value": "x@example.com"},
    {"op": "replace", "path": "active", "value": {"value": 1}},
    {"op": "replace", "path": "emails[primary gt true].value", "value": "x@example.com"},
    {"op": "add", "path": "name.shoeSize", "value": "9"},
    {"op": "replace", "value": "Babs"},
]


def patch(listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": listed}


@st.composite
def user_patches(draw: Any, ids: Ids = ()) -> dict[str, Any]:
    listed = draw(st.lists(operations(ids), min_size=1, max_size=3))
    if draw(st.integers(0, 9)) == 0:
        listed.insert(draw(st.integers(0, len(listed))), draw(st.sampled_from(WRONG)))
    return patch(listed)


@st.composite
def group_patches(draw: Any, ids: Ids) -> dict[str, Any]:
    one = st.sampled_from(ids)
    listed = st.lists(one, min_size=1, max_size=3, unique=True).map(lambda found: [{"value": each} for each in found])
    operation = st.one_of(
        listed.map(lambda value: {"op": "add", "path": "members", "value": value}),
        one.map(lambda native: {"op": "add", "path": "members", "value": {"value": native}}),
        one.map(lambda native: {"op": "remove", "path": f'members[value eq "{native}"]'}),
        listed.map(lambda value: {"op": "replace", "path": "members", "value": value}),
        listed.map(lambda value: {"op": "add", "value": {"members": value}}),
        st.just({"op": "remove", "path": "members"}),
        words.map(lambda word: {"op": "replace", "path": "displayName", "value": word}),
        words.map(lambda word: {"op": "replace", "value": {"displayName": word, "id": "group-001"}}),
    )
    return patch(draw(st.lists(operation, min_size=1, max_size=3)))


COMPARED = {
    "userName": logins, "displayName": words, "nickName": words, "title": words, "name.familyName": words,
    "emails.value": addresses, "emails.type": types, "externalId": st.sampled_from(["701984", "A1", "a1"]),
    f"{ENTERPRISE}:department": words, "emails": addresses, "phoneNumbers.value": phones,
    "profileUrl": text_of("profileUrl"),
}  # fmt: skip


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def comparisons(draw: Any, compared: dict[str, Any]) -> str:
    path = draw(st.sampled_from(sorted(compared)))
    if draw(st.integers(0, 5)) == 0:
        return f"{path} pr"
    op = draw(st.sampled_from(["eq", "ne", "co", "sw", "ew", "eq", "gt", "le", "EQ"]))
    return f"{path} {op} {quoted(draw(compared[path]))}"


def filters(compared: dict[str, Any], *, brackets: bool = True) -> st.SearchStrategy[str]:
    """A filter, up to a few clauses deep."""
    within = st.sampled_from(FILTERS).map(lambda where: f"emails[{where}]")
    plain = st.one_of(
        comparisons(compared), *([st.sampled_from(["active eq true", "active ne true"]), within] if brackets else [])
    )
    return st.recursive(
        plain,
        lambda below: st.one_of(
            st.tuples(below, below).map(" and ".join),
            st.tuples(below, below).map(" or ".join),
            below.map(lambda inner: f"not ({inner})"),
            st.tuples(below, below).map(lambda two: f"({two[0]}) and {two[1]}"),
        ),
        max_leaves=4,
    )


user_filters = filters(COMPARED)
GROUP_COMPARED = {"displayName": words, "members.value": st.just("user-001"), "externalId": st.just("g1")}
group_filters = filters(GROUP_COMPARED, brackets=False)
SORTED = ["userName", "displayName", "name.familyName", "emails.value", "id"]
PROJECTED = [
    "userName", "emails", "emails.value", "name", "name.familyName", "active", "id", "meta", ENTERPRISE, "groups",
    f"{ENTERPRISE}:department", "displayName", "members", "password", "schemas", "shoeSize", "title", "EMAILS",
]  # fmt: skip
projections = st.one_of(
    st.just(()),
    st.lists(st.sampled_from(PROJECTED), min_size=1, max_size=3, unique=True).flatmap(
        lambda chosen: st.sampled_from(["attributes", "excludedAttributes"]).map(lambda how: ((how, ",".join(chosen)),))
    ),
)


@st.composite
def queries(draw: Any, path: str, wanted: st.SearchStrategy[str]) -> Asked:
    params = list(draw(projections))
    if draw(st.booleans()):
        params.append(("filter", draw(wanted)))
    if draw(st.booleans()):
        params.append(("startIndex", str(draw(st.integers(-1, 5)))))
    if draw(st.booleans()):
        params.append(("count", str(draw(st.integers(-1, 4)))))
    if draw(st.integers(0, 2)) == 0:
        params.append(("sortBy", draw(st.sampled_from(SORTED))))
        if draw(st.booleans()):
            params.append(("sortOrder", draw(st.sampled_from(["ascending", "descending"]))))
    if draw(st.integers(0, 3)) == 0:
        numbers = ("startIndex", "count")
        named = {key: int(value) if key in numbers else value for key, value in params}
        named = {key: value.split(",") if "ttributes" in key else value for key, value in named.items()}
        return Asked("POST", f"{path}/.search", body={"schemas": [SEARCH], **named})
    return Asked("GET", path, tuple(params))
