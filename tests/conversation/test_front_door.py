"""What a stranger meets: tokens, paths, methods, bodies, discovery, and errors that help."""

import json
from urllib.parse import quote

import pytest

from gateway.conversation.effects import Reply
from gateway.observations import AuthenticationFailed, TranslationFailed
from gateway.pipeline.problems import PROBLEMS, Problem

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
FOREIGN = "Bearer secret-token-of-emea"


@pytest.mark.parametrize(
    ("header", "code", "reason"),
    [
        ("", "SG101", "missing"),
        ("Basic dXNlcjpwYXNz", "SG102", "scheme"),
        ("Bearer", "SG102", "malformed"),
        ("Bearer one two", "SG102", "malformed"),
        ("Bearer nobody", "SG103", "unknown"),
        (FOREIGN, "SG103", "foreign"),
    ],
)
def test_without_a_token_of_this_tenant_nothing_is_said(play, header, code, reason):
    played = play("GET /Users", [], authorization=header)
    assert (played.status, played.finished.code) == (401, code)
    assert played.headers["WWW-Authenticate"].startswith('Bearer realm="scim"')
    assert [fact.reason for fact in played.noted(AuthenticationFailed)] == [reason]
    assert played.finished.tenant == "_none"


def test_a_foreign_token_and_a_tenant_that_does_not_exist_are_answered_alike(drive_path):
    foreign = drive_path("GET", "/acme/scim/v2/Users", FOREIGN)
    nowhere = drive_path("GET", "/nobody/scim/v2/Users", FOREIGN)
    assert (foreign.status, foreign.body, foreign.headers) == (nowhere.status, nowhere.body, nowhere.headers)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_written_in_any_letter_case(play, scheme):
    played = play("GET /ServiceProviderConfig", [], authorization=f"{scheme} secret-token-of-acme")
    assert played.status == 200


def test_the_token_alone_names_the_tenant(drive_path, user):
    steps = [("GET /Users/1", Reply(200, {}, user("1")))]
    played = drive_path("GET", "/scim/v2/Users/1", "Bearer secret-token-of-acme", steps)
    assert played.body["meta"]["location"] == "https://scim.example.com/scim/v2/Users/1"
    assert played.finished.tenant == "acme"
    assert played.finished.caller == "okta-2026"


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        ("GET /Nothing", 404, "SG106"),
        ("DELETE /Nothing/1", 404, "SG106"),
        ("GET /Users/1/emails", 404, "SG104"),
        ("GET /Users/%zz", 404, "SG110"),
        ("GET /Users/%ff", 404, "SG104"),
        ("GET /Users/%00", 404, "SG110"),
        ("GET /Users/%2e%2e%2f", 404, "SG110"),
        ("GET /Users/..", 404, "SG110"),
        ("GET /Users/%2e", 404, "SG110"),
        ("GET /Users/a%2Fb", 404, "SG110"),
        ("GET /Users/a%252Fb", 404, "SG110"),
        ("DELETE /Users/a%0d%0ab", 404, "SG110"),
        ("GET /Users/~2f", 404, "SG110"),
        ("GET /Users/~41", 404, "SG110"),
        ("GET /Users/" + "a" * 1025, 404, "SG110"),
        ("GET /Me", 501, "SG107"),
        ("PATCH /Me", 501, "SG107"),
        ("POST /Bulk", 400, "SG201"),
        ("GET /Bulk", 405, "SG105"),
        ("POST /Bulk/1", 404, "SG106"),
        ("GET /Me/emails", 501, "SG107"),
        ("DELETE /Me/.search", 501, "SG107"),
        ("POST /", 405, "SG105"),
        ("GET /.search", 405, "SG105"),
        ("GET /?filter=", 400, "SG301"),
        ("GET /?filter=userName", 400, "SG301"),
        ("GET /?filter=active gt true", 400, "SG301"),
        ("GET /?cursor=forged", 400, "SG310"),
        ("DELETE /Users", 405, "SG105"),
        ("GET /Users/.search", 405, "SG105"),
        ("POST /Schemas", 405, "SG105"),
        ("GET /Schemas/urn:none", 404, "SG112"),
        ("GET /ServiceProviderConfig/x", 404, "SG104"),
        ('GET /ResourceTypes?filter=name eq "User"', 403, "SG111"),
        ("GET /Users?filter=%ff", 400, "SG114"),
        ("GET /Users?" + "&".join(["a=b"] * 101), 400, "SG114"),
        ("GET /Users?filter=userName", 400, "SG301"),
        ("GET /Users?filter=", 400, "SG301"),
        ('GET /Users?filter=userName regex "b"', 400, "SG301"),
        ("GET /Users?count=many", 400, "SG202"),
        ("GET /Users?attributes=userName&excludedAttributes=title", 400, "SG202"),
    ],
)
def test_a_request_that_cannot_be_is_refused_before_any_call(play, line, status, code):
    played = play(line, [])
    assert (played.status, played.finished.code) == (status, code)
    assert played.body["status"] == str(status)
    assert played.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert played.detail.endswith(f"({code})")


@pytest.mark.parametrize("path", ["/Users/1", "/Users?count=1", "/Schemas", "/ResourceTypes/User"])
def test_head_is_answered_like_get(play, user, page, path):
    steps = {
        "/Users/1": [("GET /Users/1", Reply(200, {}, user("1")))],
        "/Users?count=1": [("GET /Users?startIndex=1&count=1", page(user("1")))],
    }
    asked, read = (play(f"{method} {path}", steps.get(path, [])) for method in ("HEAD", "GET"))
    assert (asked.status, asked.headers, asked.body) == (200, read.headers, read.body)
    assert asked.finished.operation == read.finished.operation


def test_a_refused_method_names_those_that_are_taken(play):
    assert play("DELETE /Users", []).headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("path", ["/Users/1/", "//Users//1", "/%55sers/1"])
def test_slashes_too_many_and_needless_encoding_are_forgiven(play, user, path):
    assert play(f"GET {path}", [("GET /Users/1", Reply(200, {}, user("1")))]).status == 200


@pytest.mark.parametrize("native", ["a|b", "auth0|7", "bjensen@example.com", "Größe", "a/b", "a..b", "a b"])
def test_any_native_id_comes_back_as_one_encoded_segment(play, page, user, native):
    shown = play("GET /Users?count=1", [("GET /Users?startIndex=1&count=1", page(user(native)))]).body["Resources"][0][
        "id"
    ]
    steps = [(f"GET /Users/{quote(native, safe='')}", Reply(200, {}, user(native)))]
    assert play(f"GET /Users/{shown}", steps).body["id"] == shown


@pytest.mark.parametrize("shown", ["~2E~2E", "~2E", "a~2F..~2Fb", "..~2FGroups", "a~5C..~5Cb", "a~00", "a~0Ab"])
def test_an_id_that_a_server_could_read_as_a_step_is_nobody_and_calls_nobody(play, shown):
    assert play(f"GET /Users/{shown}", []).status == 404


@pytest.mark.parametrize(
    ("body", "media", "status", "code"),
    [
        (b'{"userName":"a"}', "text/plain", 415, "SG113"),
        (b"", "application/json", 400, "SG201"),
        (b"[]", "application/json", 400, "SG201"),
        (b'"x"', "", 400, "SG201"),
        (b'{"userName":', "application/scim+json", 400, "SG201"),
        (b'{"userName":"a","userName":"b"}', "application/scim+json", 400, "SG201"),
        (b'{"userName":"\xff"}', "application/scim+json", 400, "SG201"),
        (b'{"a":' * 100_000, "application/scim+json", 400, "SG201"),
        (b'{"userName":NaN}', "application/scim+json", 400, "SG201"),
        (b'{"title":"no name"}', "application/scim+json; charset=utf-8", 400, "SG202"),
        (b'{"userName":"a","emails":[{"value":"a","primary":true},{"value":"b","primary":true}]}', "", 400, "SG202"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_before_any_call(play, body, media, status, code):
    played = play("POST /Users", [], body=body, **{"content-type": media})
    assert (played.status, played.finished.code) == (status, code)


def test_a_search_without_its_urn_is_refused(play):
    played = play("POST /Users/.search", [], body={"schemas": [USER]})
    assert (played.status, played.body["scimType"]) == (400, "invalidSyntax")


# Discovery


def test_the_provider_says_what_is_true(play):
    body = play("GET /ServiceProviderConfig", []).body
    assert body["patch"] == {"supported": True}
    assert body["bulk"] == {"supported": True, "maxOperations": 1000, "maxPayloadSize": 2 * 1024 * 1024}
    assert body["filter"] == {"supported": True, "maxResults": 1000}
    assert body["authenticationSchemes"][0]["type"] == "oauthbearertoken"
    assert body["meta"]["location"] == "https://scim.example.com/acme/scim/v2/ServiceProviderConfig"
    assert play("GET /ServiceProviderConfigs", []).body == body


def test_password_change_is_offered_where_a_password_is_carried(play, make_gateway):
    offered = [play("GET /ServiceProviderConfig", [], gateway=make_gateway(name)).body["changePassword"]["supported"]
               for name in ("ping-directory", "cube-cloud")]  # fmt: skip
    assert offered == [True, False]


@pytest.mark.parametrize(("mapping", "types"), [("scim2", ["User", "Group"]), ("rsa-unified-directory", ["User"])])
def test_resource_types_are_those_of_the_mapping(play, make_gateway, mapping, types):
    body = play("GET /ResourceTypes?count=1", [], gateway=make_gateway(mapping)).body
    assert sorted(one["name"] for one in body["Resources"]) == sorted(types)
    assert body["totalResults"] == len(types)


def test_discovery_documents_are_also_served_one_by_one(play):
    listed = play("GET /Schemas", []).body["Resources"]
    for one in listed:
        assert play(f"GET /Schemas/{one['id']}", []).body == one
        assert one["meta"]["location"].endswith(f"/acme/scim/v2/Schemas/{one['id']}")
    assert play(f"GET /Schemas/{USER.upper()}", []).status == 200
    assert play("GET /ResourceTypes/User", []).body["endpoint"] == "/Users"


def test_a_type_that_is_not_offered_has_no_endpoint(play, make_gateway):
    played = play("GET /Groups", [], gateway=make_gateway("rsa-unified-directory"))
    assert (played.status, played.finished.code) == (404, "SG106")


# Blame


def test_the_backends_refusal_of_our_credential_is_ours(play):
    for status in (401, 403):
        played = play("GET /Users/1", [("GET /Users/1", Reply(status, {}, {"detail": "token expired"}))])
        assert (played.status, played.finished.code, played.finished.blame) == (503, "SG601", "gateway")
        assert "token expired" not in played.detail


def test_an_untranslatable_value_is_counted_by_direction(play, make_gateway):
    played = play("GET /Users/1", [("GET /Users/1", Reply(200, {}, {"userName": "no id"}))])
    assert [(fact.mapping, fact.direction) for fact in played.noted(TranslationFailed)] == [("scim2", "in")]
    gateway = make_gateway("huawei-identity-center")
    refused = play("POST /Users", [], body={"userName": "x" * 2000}, gateway=gateway)
    assert [fact.direction for fact in refused.noted(TranslationFailed)] == ["out"]


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_says_what_to_do_and_ends_with_its_code(code):
    problem = Problem(code)
    row = PROBLEMS[code]
    assert problem.detail == f"{row.sentence} {row.hint} ({code})"
    assert row.sentence.endswith(".")
    assert row.hint.endswith(".")
    assert (row.status in (429, 503)) == ("Retry-After" in dict(problem.headers))
    assert (row.blame == "client") == ((row.status < 500 and row.status != 429) or row.status == 501)
    assert json.dumps(problem.detail).isascii()
