"""Paths, callers and filters that lead nowhere."""

import json
from urllib.parse import quote

from rows import BEARER, PATCH_OP, USERS, Row, get, search
from scene import ACME, EMEA
from wire import request

SEARCH = b"urn:ietf:params:scim:api:messages:2.0:SearchRequest"
PATHS = {
    "dots and an encoded slash": Row(get(f"{USERS}/%2e%2e%2fGroups"), "SG110"),
    "dots and an encoded slash in capitals": Row(get(f"{USERS}/%2E%2E%2FGroups%2F1"), "SG110"),
    "an encoded slash": Row(get(f"{USERS}/a%2fb"), "SG110"),
    "an encoded backslash": Row(get(f"{USERS}/..%5c..%5cwindows"), "SG110"),
    "dots twice encoded": Row(get(f"{USERS}/%252e%252e%252fGroups"), "SG110"),
    "plain dots": Row(get(f"{USERS}/.."), "SG110"),
    "plain dots and more": Row(get(f"{USERS}/../Groups"), "SG104"),
    "encoded dots alone": Row(get(f"{USERS}/%2e%2e"), "SG110"),
    "one encoded dot": Row(get(f"{USERS}/%2e"), "SG110"),
    "NUL": Row(get(f"{USERS}/%00"), "SG110"),
    "NUL inside": Row(get(f"{USERS}/u-1%00.json"), "SG110"),
    "a line break inside": Row(get(f"{USERS}/u-1%0d%0aX-Evil:%201"), "SG110"),
    "bytes that are no UTF-8": Row(get(f"{USERS}/%ff%fe"), "SG104"),
    "an encoded question mark": Row(get(f"{USERS}/u-1%3ffilter=x"), "SG110"),
    "an encoded hash": Row(get(f"{USERS}/u-1%23x"), "SG110"),
    "a semicolon": Row(get(f"{USERS}/u-1;jsessionid=1"), "SG110"),
    "a space": Row(get(f"{USERS}/u%201"), "SG110"),
    "our own escape of a slash, after dots": Row(get(f"{USERS}/..~2F..~2FGroups"), "SG110"),
    "our own escape of dots": Row(get(f"{USERS}/~2E~2E"), "SG110"),
    "our own escape of dots, to be deleted": Row(request("DELETE", f"{USERS}/~2E~2E", None, BEARER), "SG110"),
    "our own escape of one dot": Row(get(f"{USERS}/~2E"), "SG110"),
    "our own escape of NUL": Row(get(f"{USERS}/~00"), "SG110"),
    "our own escape of a line break": Row(get(f"{USERS}/u-1~0D~0AX"), "SG110"),
    "an escape of ours, cut": Row(get(f"{USERS}/u-1~2"), "SG110"),
    "an escape of ours in small letters": Row(get(f"{USERS}/u-1~2f"), "SG110"),
    "an escape of ours that is none": Row(get(f"{USERS}/u-1~ZZ"), "SG110"),
    "escapes of ours that are no UTF-8": Row(get(f"{USERS}/~FF~FE"), "SG110"),
    "an escape of ours of what needs none": Row(get(f"{USERS}/~61"), "SG110"),
    "an id of five thousand characters": Row(get(f"{USERS}/{'u' * 5000}"), "SG110"),
    "an id beyond a line": Row(get(f"{USERS}/{'u' * 20_000}"), "SG150"),
    "one segment too many": Row(get(f"{USERS}/u-1/emails"), "SG104"),
    "another version": Row(get("/acme/scim/v1/Users"), "SG207"),
    "the root": Row(get("/"), "SG104"),
    "nothing that is served": Row(get("/etc/passwd"), "SG104"),
    "the admin's metrics": Row(get("/metrics"), "SG104"),
    "the base alone, to be written": Row(request("POST", "/acme/scim/v2", b"{}", BEARER), "SG105"),
    "the base alone, to be deleted": Row(request("DELETE", "/acme/scim/v2/", None, BEARER), "SG105"),
    "a search of everything that is none": Row(request("POST", "/acme/scim/v2/.search", b"{}", BEARER), "SG201"),
    "a search of everything with a number for a filter": Row(
        request("POST", "/acme/scim/v2/.search", b'{"schemas":["%s"],"filter":5}' % SEARCH, BEARER), "SG202"
    ),
    "a search of everything a thousand parentheses deep": Row(
        get("/acme/scim/v2?filter=" + quote("(" * 1000 + "userName pr" + ")" * 1000)), "SG301"
    ),
    "a search of everything by a cursor": Row(get("/acme/scim/v2?cursor=x"), "SG310"),
    "Me": Row(get("/acme/scim/v2/Me"), "SG107"),
    "what is below Me": Row(request("DELETE", "/acme/scim/v2/Me/../Users", None, BEARER), "SG107"),
    "a GET of Bulk": Row(get("/acme/scim/v2/Bulk"), "SG105"),
    "a type nobody offers": Row(get("/acme/scim/v2/Devices"), "SG106"),
    "a type in another letter case": Row(get("/acme/scim/v2/users"), "SG106"),
    "an absolute target": Row(get("http://169.254.169.254/latest/meta-data"), "SG104"),
    "an absolute target of another scheme": Row(get("file:///etc/passwd"), "SG116"),
    "CONNECT": Row(request("CONNECT", "internal.example.com:443", None, BEARER), "SG116"),
    "OPTIONS of everything": Row(request("OPTIONS", "*", None, BEARER), "SG116"),
    "TRACE": Row(request("TRACE", USERS, None, BEARER), "SG105"),
    "a method of our own": Row(request("FROBNICATE", USERS, None, BEARER), "SG116"),
    "a DELETE of everyone": Row(request("DELETE", USERS, None, BEARER), "SG105"),
    "a PUT of everyone": Row(request("PUT", USERS, b"{}", BEARER), "SG105"),
    "a POST to one": Row(request("POST", f"{USERS}/u-1", b'{"userName":"x"}', BEARER), "SG105"),
    "discovery, to be changed": Row(request("PUT", "/acme/scim/v2/Schemas", b"{}", BEARER), "SG105"),
    "discovery with a filter": Row(get('/acme/scim/v2/Schemas?filter=id%20eq%20"x"'), "SG111"),
    "a schema nobody has": Row(get("/acme/scim/v2/Schemas/urn:nobody"), "SG112"),
}

CALLERS = {
    "no token": Row(request("GET", USERS), "SG101"),
    "a wrong token": Row(get(USERS, Authorization="Bearer nobody"), "SG103"),
    "half of a token": Row(get(USERS, Authorization=f"Bearer {ACME[:-1]}"), "SG103"),
    "a token and more": Row(get(USERS, Authorization=f"Bearer {ACME}x"), "SG103"),
    "two tokens in one header": Row(get(USERS, Authorization=f"Bearer {ACME} {EMEA}"), "SG102"),
    "two headers": Row(
        get(USERS).replace(b"Connection", f"Authorization: Bearer {EMEA}\r\nConnection".encode()), "SG116"
    ),
    "an empty token": Row(get(USERS, Authorization="Bearer "), "SG102"),
    "a token without its scheme": Row(get(USERS, Authorization=ACME), "SG102"),
    "another scheme": Row(get(USERS, Authorization="Basic YWNtZTphY21l"), "SG102"),
    "a token in the URL": Row(request("GET", f"{USERS}?access_token={ACME}"), "SG101"),
    "a token in a cookie": Row(request("GET", USERS, None, {"Cookie": f"token={ACME}"}), "SG101"),
    "another tenant's token": Row(get(USERS, Authorization=f"Bearer {EMEA}"), "SG103"),
    "our token on another tenant's path": Row(get("/emea/scim/v2/Users"), "SG103"),
    "a tenant nobody has": Row(get("/nobody/scim/v2/Users"), "SG103"),
    "a tenant in another letter case": Row(get("/ACME/scim/v2/Users"), "SG103"),
    "a tenant with dots": Row(get("/../scim/v2/Users"), "SG103"),
    "an encoded tenant": Row(get("/%61cme/scim/v2/Users"), "SG103"),
    "no token on the metrics": Row(request("GET", "/metrics"), "SG101"),
    "a token of ten thousand characters": Row(get(USERS, Authorization="Bearer " + "x" * 6000), "SG103"),
    "a token that is no text": Row(get(USERS, Authorization="Bearer \xff\xfe"), "SG103"),
}

FILTERS = {
    "a quote that ends early": Row(search('userName eq "a" or "1"="1"'), "SG301"),
    "an open quote": Row(search('userName eq "a'), "SG301"),
    "single quotes": Row(search("userName eq 'a'"), "SG301"),
    "an open parenthesis": Row(search('(userName eq "a"'), "SG301"),
    "a closed one too many": Row(search('userName eq "a")'), "SG301"),
    "four thousand brackets": Row(search("(" * 2000 + 'userName eq "a"' + ")" * 2000), "SG150"),
    "an unknown operator": Row(search('userName matches "a"'), "SG301"),
    "no operand": Row(search("userName eq"), "SG301"),
    "no attribute": Row(search('eq "a"'), "SG301"),
    "nothing": Row(get(f"{USERS}?filter="), "SG301"),
    "not without parentheses": Row(search('not userName eq "a"'), "SG301"),
    "an unknown attribute": Row(search('shoeSize eq "43"'), "SG301"),
    "an attribute of another type": Row(search('members eq "a"'), "SG301"),
    "a boolean that is larger": Row(search("active gt true"), "SG301"),
    "a path in a path": Row(search('emails[value[type eq "a"] eq "b"]'), "SG301"),
    "SQL": Row(search('userName eq "a"; DROP TABLE users; --'), "SG301"),
    "LDAP": Row(search("(&(uid=*)(objectClass=*))"), "SG301"),
    "a control character": Row(search('userName eq "a\x00b" and'), "SG301"),
    "half a percent escape": Row(get(f"{USERS}?filter=%zz"), "SG301"),
    "bytes that are no UTF-8": Row(get(f"{USERS}?filter=userName%20eq%20%22%ff%22"), "SG114"),
    "two filters": Row(get(f"{USERS}?filter=active%20eq%20true&filter=active%20eq%20false"), "SG202"),
    "a count that is a text": Row(get(f"{USERS}?count=many"), "SG202"),
    "a count of twenty digits": Row(get(f"{USERS}?count=99999999999999999999"), "SG202"),
    "both projections": Row(get(f"{USERS}?attributes=userName&excludedAttributes=emails"), "SG202"),
    "two hundred parameters": Row(get(f"{USERS}?" + "&".join(f"a{n}=1" for n in range(200))), "SG114"),
    "a query beyond a line": Row(get(f"{USERS}?filter=" + "x" * 20_000), "SG150"),
    "ten thousand terms in a search": Row(
        request(
            "POST",
            f"{USERS}/.search",
            json.dumps(
                {
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
                    "filter": " or ".join(['userName eq "a"'] * 10_000),
                }
            ).encode(),
            BEARER,
        ),
        "SG301",
    ),
    "a search that is a PATCH": Row(
        request("POST", f"{USERS}/.search", json.dumps({"schemas": [PATCH_OP]}).encode(), BEARER), "SG201"
    ),
}
