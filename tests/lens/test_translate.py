# ruff: noqa: E501 (tables: one row, one line)
"""Each kind of rule in a mini mapping: a row says what goes out, what comes back, and what is refused."""

import builtins
from collections.abc import Callable
from typing import Any

import pytest

from gateway.lens.lens import Lens, LensError
from gateway.lens.losses import losses

Mini = Callable[..., Lens]
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def body(shape: str, map_: str, rest: str = "") -> str:
    lines = ["id: { path: id }", "shape:", "  id: string ro", "  login: string! key", "  on: bool"]
    lines += [f"  {line}" for line in shape.strip().splitlines()]
    lines += ["map:", "  userName: login"] + ([] if "active:" in map_ else ["  active: on"])
    lines += [f"  {line}" for line in map_.strip().splitlines()]
    return "\n".join([*lines, *rest.strip().splitlines()])


TABLE = body(
    "state: enum(ACTIVE|SUSPENDED|LOCKED)",
    "active: { to: state, values: { true: ACTIVE, false: SUSPENDED }, also: { LOCKED: false } }",
)
PLACES = body(
    "works[]: { number: string!, kind: string, note: string }",
    "phoneNumbers: { to: works, each: { value: number, type: kind } }",
)
UNTYPED = body(
    "mails[]: { value: string, primary: bool }",
    "emails: { to: mails, each: { value: value, primary: primary, type: { assume: work, of: primary } } }",
)
ALL_WORK = body("mails[]: { value: string }", "emails: { to: mails, each: { value: value, type: { assume: work } } }")

# what it shows, the blocks, the resource, the record sent, the resource read back
ROWS: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("a rename", body("", ""), {}, {}, {}),
    ("nesting", body("person: { names: { shown: string } }", "displayName: person.names.shown"),
     {"displayName": "Babs"}, {"person": {"names": {"shown": "Babs"}}}, {"displayName": "Babs"}),
    ("unnesting", body("first: string", "name.givenName: first"), {"name": {"givenName": "B"}}, {"first": "B"}, {"name": {"givenName": "B"}}),
    ("an extension into the core", body("dept: string", "enterprise:department: dept"),
     {ENTERPRISE: {"department": "Sales"}}, {"dept": "Sales"}, {ENTERPRISE: {"department": "Sales"}}),
    ("a table", TABLE, {"active": False}, {"state": "SUSPENDED"}, {"active": False}),
    ("a codec", body("age: int", "title: { to: age, via: int_text }"), {"title": "42"}, {"age": 42}, {"title": "42"}),
    ("a canonical spelling", body("kind: string", "userType: { to: kind, via: [trim, lower] }"), {"userType": " Staff "}, {"kind": "staff"}, {"userType": "staff"}),
    ("a prefix", body("badge: string", 'title: { to: badge, via: prefix("emp#") }'), {"title": "7"}, {"badge": "emp#7"}, {"title": "7"}),
    ("the first complete fill", body("shown: string!", 'displayName: { to: shown, fill: ["{name.formatted}", "{nickName} ({userName})", "{userName}"] }'),
     {"nickName": "Babs"}, {"shown": "Babs (bjensen)"}, {"displayName": "Babs (bjensen)"}),
    ("the last fill", body("shown: string!", 'displayName: { to: shown, fill: ["{name.formatted}", "{nickName}", "{userName}"] }'),
     {}, {"shown": "bjensen"}, {"displayName": "bjensen"}),
    ("a fill by class that does not fit", body("mail: string", 'title: { to: mail, fill: "{userName|email}" }'), {}, {}, {}),
    ("a value that is there is not filled", body("shown: string!", 'displayName: { to: shown, fill: "{userName}" }'),
     {"displayName": "B"}, {"shown": "B"}, {"displayName": "B"}),
    ("an assumed value", body("lang: string", "locale: { to: lang, assume: en-US }"), {}, {}, {"locale": "en-US"}),
    ("a constant sent", body("source: string", "", "send: { source: scim }"), {}, {"source": "scim"}, {}),
    ("a constant sent on condition", body("approval: string", "title: { keep: gateway }", "send: { approval: { value: pending, when: 'title eq \"Contractor\"' } }"),
     {"title": "contractor"}, {"approval": "pending"}, {}),
    ("a condition that does not hold", body("approval: string", "title: { keep: gateway }", "send: { approval: { value: pending, when: 'title eq \"Contractor\"' } }"),
     {"title": "Employee"}, {}, {}),
    ("a constant shown", body("", "", "show: { userType: Employee }"), {}, {}, {"userType": "Employee"}),
    ("a template shown", body("first: string", "name.givenName: first", 'show: { displayName: "{first} ({login})" }'),
     {"name": {"givenName": "B"}}, {"first": "B"}, {"name": {"givenName": "B"}, "displayName": "B (bjensen)"}),
    ("a template with a hole is not shown", body("first: string", "name.givenName: first", 'show: { displayName: "{first} ({login})" }'), {}, {}, {}),
    ("a truth in a text that is sent", body("word: string", "", 'send: { word: "is {active}" }'), {"active": False},
     {"on": False, "word": "is false"}, {"active": False}),
    ("a truth in a text that fills", body("word: string", "title: { to: word, fill: \"{active}\" }"), {"active": True}, {"on": True, "word": "true"}, {"active": True, "title": "true"}),
    ("a number that is of a class of texts", body("age: int", "title: { to: age, via: int_text }", 'show: { nickName: ["{age|email}", "{age|digits}"] }'),
     {"title": "42"}, {"age": 42}, {"title": "42", "nickName": "42"}),
    ("a list renamed", PLACES, {"phoneNumbers": [{"value": "1", "type": "work"}]}, {"works": [{"number": "1", "kind": "work"}]},
     {"phoneNumbers": [{"value": "1", "type": "work"}]}),
    ("what an item cannot carry is lost, and the item is not", PLACES, {"phoneNumbers": [{"value": "1", "display": "x"}]},
     {"works": [{"number": "1"}]}, {"phoneNumbers": [{"value": "1"}]}),
    ("a list of texts", body("tags[]: string", "roles: tags"), {"roles": [{"value": "a"}, {"value": "b"}]}, {"tags": ["a", "b"]},
     {"roles": [{"value": "a"}, {"value": "b"}]}),
    ("an item of a list of texts without a value", body("tags[]: string", "roles: tags"), {"roles": [{"display": "a"}]}, {}, {}),
    ("a reference", body("boss: ref(User)", "enterprise:manager.value: boss"), {ENTERPRISE: {"manager": {"value": "a~2Fb"}}}, {"boss": "a/b"},
     {ENTERPRISE: {"manager": {"value": "a~2Fb"}}}),
    ("a type that is dropped", body("mails[]: { value: string, type: enum(work|home) }", "emails: { to: mails, each: same, types: { other: drop, \"*\": home } }"),
     {"emails": [{"value": "a", "type": "other"}, {"value": "b", "type": "x"}, {"value": "c", "type": "work"}]},
     {"mails": [{"value": "b", "type": "home"}, {"value": "c", "type": "work"}]},
     {"emails": [{"value": "b", "type": "home"}, {"value": "c", "type": "work"}]}),
    ("a type renamed", body("mails[]: { value: string, type: string }", "emails: { to: mails, each: same, types: { work: office, \"*\": other } }"),
     {"emails": [{"value": "b", "type": "work"}]}, {"mails": [{"value": "b", "type": "office"}]}, {"emails": [{"value": "b", "type": "work"}]}),
    ("digits alone are sent", body("sms: string", "", 'send: { sms: { value: "{title}", via: digits } }'), {"title": "+1 (2)"}, {"sms": "12"}, {}),
    ("without digits nothing is sent", body("sms: string", "", 'send: { sms: { value: "{title}", via: digits } }'), {"title": "ext"}, {}, {}),
    ("the first complete text is sent", body("label: string", "", 'send: { label: ["{title} {nickName}", "{title?}{nickName?}", x] }'), {"title": "T"}, {"label": "T"}, {}),
    ("nothing is left of holes that may be absent", body("label: string", "", 'send: { label: ["{title} {nickName}", "{title?}{nickName?}", x] }'), {}, {"label": "x"}, {}),
    ("no text is complete", body("label: string", "", 'send: { label: ["{title}", "{nickName?}"] }'), {}, {}, {}),
    ("a text is sent as a number", body("n: int", "", 'send: { n: { value: "{title}", via: [trim, int_text] } }'), {"title": " 7 "}, {"n": 7}, {}),
    ("a limit keeps the primary value", body("mails[0..1]: { value: string, primary: bool }", "emails: { to: mails, each: same, limit: { max: 1, over: truncate } }"),
     {"emails": [{"value": "a"}, {"value": "b", "primary": True}]}, {"mails": [{"value": "b", "primary": True}]},
     {"emails": [{"value": "b", "primary": True}]}),
    ("a limit keeps the primary value of two that are one to the backend", body("mails[0..1]: { value: string, primary: bool }",
     "emails: { to: mails, each: { value: value, primary: { to: primary, fill: true }, type: { assume: work } }, limit: { max: 1, over: truncate } }"),
     {"emails": [{"value": "a"}, {"value": "b"}, {"value": "b", "primary": True}]}, {"mails": [{"value": "b", "primary": True}]},
     {"emails": [{"value": "b", "primary": True, "type": "work"}]}),
    ("a text cut", body("short: string(..3)", "title: { to: short, limit: { over: truncate } }"), {"title": "abcdé"}, {"short": "abc"}, {"title": "abc"}),
    ("a list filled in", body("mails[1..]!: { value: string! }", 'emails: { to: mails, each: { value: value }, fill: [{ value: "{userName}@example.com" }] }'),
     {}, {"mails": [{"value": "bjensen@example.com"}]}, {"emails": [{"value": "bjensen@example.com"}]}),
    ("the primary item alone shows what is assumed of it", UNTYPED,
     {"emails": [{"value": "h", "type": "home"}, {"value": "w", "type": "work", "primary": True}]}, {"mails": [{"value": "h"}, {"value": "w", "primary": True}]},
     {"emails": [{"value": "h"}, {"value": "w", "type": "work", "primary": True}]}),
    ("the first item shows it where none is primary", UNTYPED, {"emails": [{"value": "a", "type": "home"}, {"value": "b", "primary": False}]},
     {"mails": [{"value": "a"}, {"value": "b", "primary": False}]}, {"emails": [{"value": "a", "type": "work"}, {"value": "b", "primary": False}]}),
    ("the first item shows it where nothing says which is primary", body("pics[]: { at: string }", "photos: { to: pics, each: { value: at, primary: { assume: true, of: primary } } }"),
     {"photos": [{"value": "https://example.com/a"}, {"value": "https://example.com/b"}]}, {"pics": [{"at": "https://example.com/a"}, {"at": "https://example.com/b"}]},
     {"photos": [{"value": "https://example.com/a", "primary": True}, {"value": "https://example.com/b"}]}),
    ("every item shows what is assumed of all", ALL_WORK, {"emails": [{"value": "a"}, {"value": "b", "type": "home"}]}, {"mails": [{"value": "a"}, {"value": "b"}]},
     {"emails": [{"value": "a", "type": "work"}, {"value": "b", "type": "work"}]}),
    ("items that differ only in what is assumed are sent once", ALL_WORK, {"emails": [{"value": "a", "type": "home"}, {"value": "b"}, {"value": "a", "type": "work"}]},
     {"mails": [{"value": "a"}, {"value": "b"}]}, {"emails": [{"value": "a", "type": "work"}, {"value": "b", "type": "work"}]}),
    ("a primary item and another of its value are two", UNTYPED, {"emails": [{"value": "a", "type": "home"}, {"value": "a", "type": "work", "primary": True}]},
     {"mails": [{"value": "a"}, {"value": "a", "primary": True}]}, {"emails": [{"value": "a"}, {"value": "a", "type": "work", "primary": True}]}),
    ("a limit counts what is sent", body("mails[0..1]: { value: string }", "emails: { to: mails, each: { value: value, type: { assume: work } }, limit: { max: 1, over: reject } }"),
     {"emails": [{"value": "a", "type": "home"}, {"value": "a", "type": "work"}]}, {"mails": [{"value": "a"}]}, {"emails": [{"value": "a", "type": "work"}]}),
    ("a write-only field", body("pass: string wo", "password: pass"), {"password": "t1meMa$heen"}, {"pass": "t1meMa$heen"}, {}),
    ("a field accepted and never shown", body("secret: string echo:sent", "title: secret"), {"title": "x"}, {"secret": "x"}, {}),
    ("a number that came as a text", body("age: int", "title: { to: age, via: int_text }"), {"title": "0"}, {"age": 0}, {"title": "0"}),
]  # fmt: skip


# What a field without a type may hold, and how a text shows it: as JSON writes it, and not at all where it has no form.
HELD: list[tuple[Any, str | None]] = [
    (True, "true"), (False, "false"), (0, "0"), (-7, "-7"), (1.5, "1.5"), (1e22, "1e+22"), ("None", "None"),
    (None, None), ("", None), ([], None), (["a"], None), ({"a": 1}, None),
]  # fmt: skip


@pytest.mark.parametrize(("value", "shown"), HELD, ids=[str(row[0]) for row in HELD])
def test_a_text_shows_values_as_json_writes_them(mini: Mini, value: Any, shown: str | None) -> None:
    lens = mini(body("field: any", "", 'show: { title: "<{field}>", nickName: "{field?}" }'))
    read = lens.into({"id": "7", "login": "bjensen", "field": value})
    assert (read.get("title"), read.get("nickName")) == (shown and f"<{shown}>", shown)


@pytest.mark.parametrize(("what", "text", "resource", "record", "shown"), ROWS, ids=[row[0] for row in ROWS])
def test_a_rule_goes_out_and_comes_back(
    mini: Mini, what: str, text: str, resource: dict[str, Any], record: dict[str, Any], shown: dict[str, Any]
) -> None:
    lens = mini(f"{text}\n")
    made = lens.out({"userName": "bjensen", **resource}, None)
    assert made == {"schemas": [CORE], "login": "bjensen", **record}
    assert lens.into({**made, "id": "7"}) == {"id": "7", "userName": "bjensen", **shown}


REFUSED: list[tuple[str, str, dict[str, Any], str, str]] = [  # what, blocks, resource, attribute, reason
    ("a value no table lists", body("kind: enum(emp|ctr)", "userType: { to: kind, values: { Employee: emp, Contractor: ctr } }"), {"userType": "Intern"}, "userType", "no value at the backend"),
    ("a value outside the enumeration", body("kind: enum(emp|ctr)", "userType: kind"), {"userType": "Intern"}, "userType", "none of the values"),
    ("a text too long", body("short: string(..3)", "title: short"), {"title": "abcd"}, "title", "longer than the 3"),
    ("a text too short", body("short: string(3..)", "title: short"), {"title": "ab"}, "title", "shorter than the 3"),
    ("too many values", body("mails[0..1]: { value: string }", "emails: { to: mails, each: same, limit: { max: 1, over: reject } }"), {"emails": [{"value": "a"}, {"value": "b"}]}, "emails", "more than the 1"),
    ("too few values", body("mails[2..]: { value: string }", "emails: { to: mails, each: same }"), {"emails": [{"value": "a"}]}, "emails", "fewer than the 2"),
    ("a type rejected", body("mails[]: { value: string, type: enum(work) }", 'emails: { to: mails, each: same, types: { "*": reject } }'), {"emails": [{"value": "a", "type": "home"}]}, "emails.type", "none of the types"),
    ("what a codec cannot read", body("age: int", "title: { to: age, via: int_text }"), {"title": "old"}, "title", "cannot be written"),
    ("an id of nobody", body("boss: ref(User)", "enterprise:manager.value: boss"), {ENTERPRISE: {"manager": {"value": "a/b"}}}, f"{ENTERPRISE}:manager.value", "not the id"),
    ("a required part of an item", PLACES, {"phoneNumbers": [{"type": "work"}]}, "phoneNumbers.value", "required by the backend"),
    ("a required text of which a part is absent", body("label: string!", "", 'send: { label: ["{title} of {nickName}", reject] }'), {"nickName": "N"}, "title", "required by the backend"),
    ("a required list", body("mails[1..]!: { value: string! }", 'emails: { to: mails, each: { value: value }, fill: [{ value: "{userName|email}" }] }'), {}, "emails", "required by the backend"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "resource", "attribute", "reason"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_the_backend_cannot_take_is_refused_by_name(
    mini: Mini, what: str, text: str, resource: dict[str, Any], attribute: str, reason: str
) -> None:
    lens = mini(text)
    with pytest.raises(LensError, match=reason) as refusal:
        lens.out({"userName": "bjensen", **resource}, None)
    assert refusal.value.attribute == attribute
    assert refusal.value.scim_type == "invalidValue"


# what, blocks, the record read, the resource wanted, the record written
ONTO: list[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("a locked user replayed as inactive stays locked", TABLE, {"state": "LOCKED"}, {"active": False}, {"state": "LOCKED"}),
    ("a locked user who is activated is active", TABLE, {"state": "LOCKED"}, {"active": True}, {"state": "ACTIVE"}),
    ("an active user who is deactivated is suspended", TABLE, {"state": "ACTIVE"}, {"active": False}, {"state": "SUSPENDED"}),
    ("unknown fields survive at every depth", body("person: { shown: string }", "displayName: person.shown"),
     {"x": 1, "person": {"shown": "A", "y": [2]}}, {"displayName": "B"}, {"x": 1, "person": {"shown": "B", "y": [2]}}),
    ("an object that is emptied goes", body("person: { shown: string }", "displayName: person.shown"), {"person": {"shown": "A"}}, {}, {}),
    ("an object with unknown fields stays", body("person: { shown: string }", "displayName: person.shown"),
     {"person": {"shown": "A", "y": 1}}, {}, {"person": {"y": 1}}),
    ("a null that stays absent stays a null", body("shown: string", "displayName: shown"), {"shown": None}, {}, {"shown": None}),
    ("a write-only field is not taken away", body("pass: string wo", "password: pass"), {"pass": "x"}, {}, {"pass": "x"}),
    ("an instant in another spelling is not rewritten", body("since: datetime", "title: { to: since }"), {"since": "2022-12-17T09:03:39-05:00"},
     {"title": "2022-12-17T14:03:39Z"}, {"since": "2022-12-17T09:03:39-05:00"}),
    ("a text that is shown the same is not rewritten", body("kind: string", "userType: { to: kind, via: lower }"), {"kind": "Staff"}, {"userType": "Staff"}, {"kind": "Staff"}),
    ("items keep what the mapping does not know, by their value", PLACES, {"works": [{"number": "1", "note": "n", "x": 1}, {"number": "2", "x": 2}]},
     {"phoneNumbers": [{"value": "2", "type": "home"}, {"value": "3"}, {"value": "1"}]},
     {"works": [{"number": "2", "x": 2, "kind": "home"}, {"number": "3"}, {"number": "1", "note": "n", "x": 1}]}),
    ("of two items with one value each keeps its own", PLACES, {"works": [{"number": "1", "kind": "work", "x": 1}, {"number": "1", "kind": "home", "x": 2}]},
     {"phoneNumbers": [{"value": "1", "type": "home"}]}, {"works": [{"number": "1", "kind": "home", "x": 2}]}),
    ("items without a key are known by all that they show", body("homes[]: { country: string, region: string }", "addresses: { to: homes, each: same }"),
     {"homes": [{"country": "US", "x": 1}, {"country": "DE", "x": 2}]}, {"addresses": [{"country": "DE"}, {"country": "FR"}]},
     {"homes": [{"country": "DE", "x": 2}, {"country": "FR"}]}),
    ("an address that is there is not added again, whatever its type", UNTYPED, {"mails": [{"value": "w", "primary": True}, {"value": "h", "x": 1}]},
     {"emails": [{"value": "w", "primary": True, "type": "work"}, {"value": "h"}, {"value": "h", "type": "home"}]},
     {"mails": [{"value": "w", "primary": True}, {"value": "h", "x": 1}]}),
    ("an address that is not primary is the same, said or not", UNTYPED, {"mails": [{"value": "h", "primary": False}]},
     {"emails": [{"value": "h", "primary": False, "type": "work"}, {"value": "h", "type": "home"}]}, {"mails": [{"value": "h", "primary": False}]}),
    ("equal items that the backend holds stay, each as it was", UNTYPED, {"mails": [{"value": "a", "x": 1}, {"value": "a", "x": 2}]},
     {"emails": [{"value": "a", "type": "work"}, {"value": "a"}]}, {"mails": [{"value": "a", "x": 1}, {"value": "a", "x": 2}]}),
    ("as many equal items stay as the backend holds", UNTYPED, {"mails": [{"value": "a", "x": 1}, {"value": "a", "x": 2}]},
     {"emails": [{"value": "a", "type": "work"}, {"value": "a"}, {"value": "a", "type": "home"}]}, {"mails": [{"value": "a", "x": 1}, {"value": "a", "x": 2}]}),
    ("equal items stay where all show the same", ALL_WORK, {"mails": [{"value": "a", "x": 1}, {"value": "a", "x": 2}]},
     {"emails": [{"value": "a", "type": "work"}, {"value": "a", "type": "work"}]}, {"mails": [{"value": "a", "x": 1}, {"value": "a", "x": 2}]}),
    ("an immutable field may be given again", body("org: string im", "title: org"), {"org": "a"}, {"title": "a"}, {"org": "a"}),
    ("an immutable field may be given for the first time", body("org: string im", "title: org"), {}, {"title": "a"}, {"org": "a"}),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "record", "resource", "written"), ONTO, ids=[row[0] for row in ONTO])
def test_writing_onto_a_record(
    mini: Mini, what: str, text: str, record: dict[str, Any], resource: dict[str, Any], written: dict[str, Any]
) -> None:
    common = {"schemas": [CORE], "id": "7", "login": "bjensen"}
    before = {**common, **record}
    made = mini(text).out({"userName": "bjensen", **resource}, before)
    assert made == {**common, **written}
    assert before == {**common, **record}, "the record read must stay as it was"


def test_an_immutable_field_that_changes_is_refused_with_mutability(mini: Mini) -> None:
    lens = mini(body("org: string im", "title: org"))
    with pytest.raises(LensError, match="cannot be changed") as refusal:
        lens.out({"userName": "bjensen", "title": "b"}, {"id": "7", "login": "bjensen", "org": "a"})
    assert refusal.value.scim_type == "mutability"


def test_an_id_sent_by_a_template_is_the_native_one(mini: Mini) -> None:
    lens = mini(body("self: string", "", "send: { self: { value: '{id}', on: replace } }"))
    made = lens.out({"id": "a~2Fb", "userName": "bjensen"}, {"id": "a/b", "login": "bjensen"})
    assert made["self"] == "a/b"


def test_generated_code_sees_the_built_in_names(mini: Mini) -> None:
    named = mini(body("", "")).into.__globals__
    assert not {name for name in vars(builtins) if name in named and not name.startswith("__")}


@pytest.mark.parametrize(
    "told", ["2010-01-23T24:00:00Z", "2010-02-29T04:56:22Z", "2010-01-23T04:56:22ZZ", "2010-W03-6", 7, {}, ["2010"]]
)
def test_a_date_that_there_is_not_is_refused(mini: Mini, told: Any) -> None:
    lens = mini(body("hired: datetime", "meta.created: hired"))
    with pytest.raises(LensError, match="is not a date-time"):
        lens.into({"id": "7", "login": "bjensen", "hired": told})


def test_a_record_without_an_id_is_refused(mini: Mini) -> None:
    with pytest.raises(LensError, match="id is missing"):
        mini(body("", "")).into({"login": "bjensen"})


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"login": ["x"]}, "login is not a text"),
        ({"login": True}, "login is not a text"),
        ({"on": 1}, "on is not true or false"),
        ({"works": "x"}, "works is not a list"),
        ({"works": [7]}, "works is not an object"),
        ({"works": [{"number": {}}]}, "number is not a text"),
    ],
)
def test_a_record_that_is_not_what_the_shape_says_is_refused(mini: Mini, record: dict[str, Any], reason: str) -> None:
    with pytest.raises(LensError, match=reason):
        mini(PLACES).into({"id": "7", **record})


LOST = [
    (
        "a text cut",
        body("short: string(..3)", "title: { to: short, limit: { over: truncate } }"),
        {"title": "abcd"},
        (("title", "cut"),),
    ),
    (
        "a text that fits",
        body("short: string(..3)", "title: { to: short, limit: { over: truncate } }"),
        {"title": "abc"},
        (),
    ),
    (
        "a list cut",
        body(
            "mails[0..1]: { value: string }",
            "emails: { to: mails, each: { value: value }, limit: { max: 1, over: truncate } }",
        ),
        {"emails": [{"value": "a"}, {"value": "b"}]},
        (("emails", "cut"),),
    ),
    (
        "a type dropped",
        body(
            "mails[]: { value: string, type: enum(work|home) }",
            'emails: { to: mails, each: same, types: { other: drop, "*": home } }',
        ),
        {"emails": [{"value": "a", "type": "other"}]},
        (("emails", "dropped"),),
    ),
    (
        "a list that fits",
        body(
            "mails[]: { value: string, type: enum(work|home) }",
            'emails: { to: mails, each: same, types: { other: drop, "*": home } }',
        ),
        {"emails": [{"value": "a", "type": "x"}]},
        (),
    ),
]


@pytest.mark.parametrize(("shaped", "resource", "told"), [row[1:] for row in LOST], ids=[row[0] for row in LOST])
def test_what_is_left_out_is_told(mini: Mini, shaped: str, resource: dict[str, Any], told: tuple[Any, ...]) -> None:
    assert losses(mini(shaped), {"userName": "b", **resource}, anew=True) == told
