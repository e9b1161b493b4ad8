"""Paths, callers and filters that lead nowhere."""

import json
from urllib.parse import quote

from rows import BEARER, PATCH_OP, USERS, Row, get, search
from scene import ACME, EMEA
from wire import request

SEARCH = b"urn:ietf:params:scim:api:messages:2.0:SearchRequest"
PATHS = {
    "dots and an encoded slash": Row(get(f"{USERS}/%2e%2e%2fGroups"), (404,)),
    "dots and an encoded slash in capitals": Row(get(f"{USERS}/%2E%2E%2FGroups%2F1"), (404,)),
    "an encoded slash": Row(get(f"{USERS}/a%2fb"), (404,)),
    "an encoded backslash": Row(get(f"{USERS}/..%5c..%5cwindows"), (404,)),
    "dots twice encoded": Row(get(f"{USERS}/%252e%252e%252fGroups"), (404,)),
    "plain dots": Row(get(f"{USERS}/.."), (404,)),
    "plain dots and more": Row(get(f"{USERS}/../Groups"), (404,)),
    "encoded dots alone": Row(get(f"{USERS}/%2e%2e"), (404,)),
    "one encoded dot": Row(get(f"{USERS}/%2e"), (404,)),
    "NUL": Row(get(f"{USERS}/%00"), (404,)),
    "NUL inside": Row(get(f"{USERS}/u-1%00.json"), (404,)),
    "a line break inside": Row(get(f"{USERS}/u-1%0d%0aX-Evil:%201"), (404,)),
    "bytes that are no UTF-8": Row(get(f"{USERS}/%ff%fe"), (404,)),
    "an encoded question mark": Row(get(f"{USERS}/u-1%3ffilter=x"), (404,)),
    "an encoded hash": Row(get(f"{USERS}/u-1%23x"), (404,)),
    "a semicolon": Row(get(f"{USERS}/u-1;jsessionid=1"), (404,)),
    "a space": Row(get(f"{USERS}/u%201"), (404,)),
    "our own escape of a slash, after dots": Row(get(f"{USERS}/..~2F..~2FGroups"), (404,)),
    "our own escape of dots": Row(get(f"{USERS}/~2E~2E"), (404,)),
    "our own escape of dots, to be deleted": Row(request("DELETE", f"{USERS}/~2E~2E", None, BEARER), (404,)),
    "our own escape of one dot": Row(get(f"{USERS}/~2E"), (404,)),
    "our own escape of NUL": Row(get(f"{USERS}/~00"), (404,)),
    "our own escape of a line break": Row(get(f"{USERS}/u-1~0D~0AX"), (404,)),
    "an escape of ours, cut": Row(get(f"{USERS}/u-1~2"), (404,)),
    "an escape of ours in small letters": Row(get(f"{USERS}/u-1~2f"), (404,)),
    "an escape of ours that is none": Row(get(f"{USERS}/u-1~ZZ"), (404,)),
    "escapes of ours that are no UTF-8": Row(get(f"{USERS}/~FF~FE"), (404,)),
    "an escape of ours of what needs none": Row(get(f"{USERS}/~61"), (404,)),
    "an id of five thousand characters": Row(get(f"{USERS}/{'u' * 5000}"), (404,)),
    "an id beyond a line": Row(get(f"{USERS}/{'u' * 20_000}"), (400, 404, 414)),
    "one segment too many": Row(get(f"{USERS}/u-1/emails"), (404,)),
    "another version": Row(get("/acme/scim/v1/Users"), (400,)),
    "the root": Row(get("/"), (404,)),
    "nothing that is served": Row(get("/etc/passwd"), (404,)),
    "the admin's metrics": Row(get("/metrics"), (404,)),
    "the base alone, to be written": Row(request("POST", "/acme/scim/v2", b"{}", BEARER), (405,)),
    "the base alone, to be deleted": Row(request("DELETE", "/acme/scim/v2/", None, BEARER), (405,)),
    "a search of everything that is none": Row(request("POST", "/acme/scim/v2/.search", b"{}", BEARER), (400,)),
    "a search of everything with a number for a filter": Row(
        request("POST", "/acme/scim/v2/.search", b'{"schemas":["%s"],"filter":5}' % SEARCH, BEARER), (400,)
    ),
    "a search of everything a thousand parentheses deep": Row(
        get("/acme/scim/v2?filter=" + quote("(" * 1000 + "userName pr" + ")" * 1000)), (400,)
    ),
    "a search of everything by a cursor": Row(get("/acme/scim/v2?cursor=x"), (400,)),
    "Me": Row(get("/acme/scim/v2/Me"), (501,)),
    "what is below Me": Row(request("DELETE", "/acme/scim/v2/Me/../Users", None, BEARER), (501,)),
    "a GET of Bulk": Row(get("/acme/scim/v2/Bulk"), (405,)),
    "a type nobody offers": Row(get("/acme/scim/v2/Devices"), (404,)),
    "a type in another letter case": Row(get("/acme/scim/v2/users"), (404,)),
    "an absolute target": Row(get("http://169.254.169.254/latest/meta-data"), (404,)),
    "an absolute target of another scheme": Row(get("file:///etc/passwd"), (400, 404)),
    "CONNECT": Row(request("CONNECT", "internal.example.com:443", None, BEARER), (400, 404, 405)),
    "OPTIONS of everything": Row(request("OPTIONS", "*", None, BEARER), (400, 404, 405)),
    "TRACE": Row(request("TRACE", USERS, None, BEARER), (405,)),
    "a method of our own": Row(request("FROBNICATE", USERS, None, BEARER), (400, 405)),
    "a DELETE of everyone": Row(request("DELETE", USERS, None, BEARER), (405,)),
    "a PUT of everyone": Row(request("PUT", USERS, b"{}", BEARER), (405,)),
    "a POST to one": Row(request("POST", f"{USERS}/u-1", b'{"userName":"x"}', BEARER), (405,)),
    "discovery, to be changed": Row(request("PUT", "/acme/scim/v2/Schemas", b"{}", BEARER), (405,)),
    "discovery with a filter": Row(get('/acme/scim/v2/Schemas?filter=id%20eq%20"x"'), (403,)),
    "a schema nobody has": Row(get("/acme/scim/v2/Schemas/urn:nobody"), (404,)),
}

CALLERS = {
    "no token": Row(request("GET", USERS), (401,)),
    "a wrong token": Row(get(USERS, Authorization="Bearer nobody"), (401,)),
    "half of a token": Row(get(USERS, Authorization=f"Bearer {ACME[:-1]}"), (401,)),
    "a token and more": Row(get(USERS, Authorization=f"Bearer {ACME}x"), (401,)),
    "two tokens in one header": Row(get(USERS, Authorization=f"Bearer {ACME} {EMEA}"), (401,)),
    "two headers": Row(
        get(USERS).replace(b"Connection", f"Authorization: Bearer {EMEA}\r\nConnection".encode()), (400,)
    ),
    "an empty token": Row(get(USERS, Authorization="Bearer "), (401,)),
    "a token without its scheme": Row(get(USERS, Authorization=ACME), (401,)),
    "another scheme": Row(get(USERS, Authorization="Basic YWNtZTphY21l"), (401,)),
    "a token in the URL": Row(request("GET", f"{USERS}?access_token={ACME}"), (401,)),
    "a token in a cookie": Row(request("GET", USERS, None, {"Cookie": f"token={ACME}"}), (401,)),
    "another tenant's token": Row(get(USERS, Authorization=f"Bearer {EMEA}"), (401,)),
    "our token on another tenant's path": Row(get("/emea/scim/v2/Users"), (401,)),
    "a tenant nobody has": Row(get("/nobody/scim/v2/Users"), (401,)),
    "a tenant in another letter case": Row(get("/ACME/scim/v2/Users"), (401,)),
    "a tenant with dots": Row(get("/../scim/v2/Users"), (401, 404)),
    "an encoded tenant": Row(get("/%61cme/scim/v2/Users"), (401, 404)),
    "no token on the metrics": Row(request("GET", "/metrics"), (401, 404)),
    "a token of ten thousand characters": Row(get(USERS, Authorization="Bearer " + "x" * 6000), (401,)),
    "a token that is no text": Row(get(USERS, Authorization="Bearer \xff\xfe"), (401, 400)),
}

FILTERS = {
    "a quote that ends early": Row(search('userName eq "a" or "1"="1"'), (400,)),
    "an open quote": Row(search('userName eq "a'), (400,)),
    "single quotes": Row(search("userName eq 'a'"), (400,)),
    "an open parenthesis": Row(search('(userName eq "a"'), (400,)),
    "a closed one too many": Row(search('userName eq "a")'), (400,)),
    "ten thousand parentheses": Row(search("(" * 2000 + 'userName eq "a"' + ")" * 2000), (400,)),
    "an unknown operator": Row(search('userName matches "a"'), (400,)),
    "no operand": Row(search("userName eq"), (400,)),
    "no attribute": Row(search('eq "a"'), (400,)),
    "nothing": Row(get(f"{USERS}?filter="), (400,)),
    "not without parentheses": Row(search('not userName eq "a"'), (400,)),
    "an unknown attribute": Row(search('shoeSize eq "43"'), (400,)),
    "an attribute of another type": Row(search('members eq "a"'), (400,)),
    "a boolean that is larger": Row(search("active gt true"), (400,)),
    "a path in a path": Row(search('emails[value[type eq "a"] eq "b"]'), (400,)),
    "SQL": Row(search('userName eq "a"; DROP TABLE users; --'), (400,)),
    "LDAP": Row(search("(&(uid=*)(objectClass=*))"), (400,)),
    "a control character": Row(search('userName eq "a\x00b" and'), (400,)),
    "half a percent escape": Row(get(f"{USERS}?filter=%zz"), (400,)),
    "bytes that are no UTF-8": Row(get(f"{USERS}?filter=userName%20eq%20%22%ff%22"), (400,)),
    "two filters": Row(get(f"{USERS}?filter=active%20eq%20true&filter=active%20eq%20false"), (400,)),
    "a count that is a text": Row(get(f"{USERS}?count=many"), (400,)),
    "a count of twenty digits": Row(get(f"{USERS}?startIndex=many&count=99999999999999999999"), (400,)),
    "both projections": Row(get(f"{USERS}?attributes=userName&excludedAttributes=emails"), (400,)),
    "two hundred parameters": Row(get(f"{USERS}?" + "&".join(f"a{n}=1" for n in range(200))), (400,)),
    "a query beyond a line": Row(get(f"{USERS}?filter=" + "x" * 20_000), (400, 414)),
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
        (400,),
    ),
    "a search that is a PATCH": Row(
        request("POST", f"{USERS}/.search", json.dumps({"schemas": [PATCH_OP]}).encode(), BEARER), (400,)
    ),
}
