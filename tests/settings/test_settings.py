"""`gateway.yaml`: what is read, and every way to be refused, with place, code and hint."""

import re
from pathlib import Path

import pytest

from gateway.edge.credentials import Basic, Bearer, Header, OAuth2
from gateway.edge.secrets import Secret
from gateway.pipeline.brake import Brake
from gateway.settings import Address, Token
from gateway.settings.values import Desk

GOOD = """\
listen: 127.0.0.1:0
admin: 127.0.0.1:0
public_url: https://scim.example.com/
backends:
  prod:
    mapping: scim2
    url: https://vendor.example.com/scim/v2/
    auth: { bearer: { env: PROD_TOKEN } }
    timeout: 8s
    pace: 25/s
    concurrency: 16
  spare: { mapping: scim2, url: "http://127.0.0.1:9001/scim", auth: none }
tenants:
  acme:
    tokens:
      - sha256: 3e2f1c7a9b5d4e6f8a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f
        label: okta-2026
    backends: [prod]
    deadline: 20s
  emea:
    tokens: [{ sha256: 4e2f1c7a9b5d4e6f8a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f }]
    backends: [{ use: spare }]
"""


def test_a_good_file_becomes_settings(check):
    report = check(GOOD)
    assert {one.level for one in report.diagnostics} == {"note"}
    settings = report.settings
    assert settings is not None
    assert settings.listen == Address("127.0.0.1", 0)
    assert settings.public_url == "https://scim.example.com"
    link = settings.backends["prod"].link
    assert link.base == "https://vendor.example.com/scim/v2"
    assert (link.timeout, link.pace, link.concurrency) == (8.0, 25.0, 16)
    assert link.auth == Bearer(Secret(env="PROD_TOKEN"))
    assert settings.backends["spare"].link.auth is None
    acme, emea = settings.tenants["acme"], settings.tenants["emea"]
    assert acme.tokens == (Token("3e2f1c7a9b5d4e6f8a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f", "okta-2026"),)
    assert (acme.backend, acme.deadline, emea.backend, emea.deadline) == ("prod", 20.0, "spare", 25.0)
    assert "s3cret" not in repr(settings)


def spoil(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


AUTH = "auth: { bearer: { env: PROD_TOKEN } }"
SHA = "3e2f1c7a9b5d4e6f8a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f"
WELL_KNOWN = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"  # of "secret"
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

# What is spoilt; where the complaint stands, its code, and words of it or of its hint.
REFUSED: dict[str, tuple[str, str, str]] = {
    "unknown key": (spoil("listen:", "lisen:"), "1:1: error E102", "did you mean listen"),
    "unknown key of a backend": (spoil("pace:", "speed:"), "10:5: error E102", "unknown key 'speed'"),
    "unknown key of a tenant": (spoil("deadline:", "deadlin:"), "19:5: error E102", "did you mean deadline"),
    "unknown key of a token": (spoil("label:", "lable:"), "17:9: error E102", "did you mean label"),
    "key twice": (spoil("    pace: 25/s", "    pace: 25/s\n    pace: 5/s"), "11:5: error E103", "twice"),
    "alias": (spoil("[prod]", "&a [prod]\n    adopt: *a"), "error E109", "anchor"),
    "not YAML": ("a: [", "2:1: error E100", "bracket"),
    "a list": ("- a", "1:1: error E102", "table"),
    "no port": (spoil("127.0.0.1:0", "127.0.0.1"), "1:1: error E803", "127.0.0.1:8080"),
    "the same port twice": (GOOD.replace("127.0.0.1:0", "127.0.0.1:8080"), "2:1: error E803", "same address"),
    "public_url with a query": (spoil(".com/\n", ".com/?a=b\n"), "3:1: error E804", "query"),
    "url with a query": (spoil("/scim/v2/", "/scim/v2?tenant=1"), "7:5: error E804", "query"),
    "url with a password": (spoil("https://vendor", "https://u:s3cret@vendor"), "7:5: error E804", "auth:"),
    "url without a scheme": (spoil("https://vendor", "vendor"), "7:5: error E804", "https"),
    "url of another scheme": (spoil("https://vendor", "file://vendor"), "7:5: error E804", "https"),
    "url with a bad port": (spoil("example.com/scim/v2/", "example.com:99999/"), "7:5: error E804", "URL"),
    "state of another kind": (GOOD + "state: memcached://x\n", "error E805", "memory://"),
    "state with a password": (GOOD + "state: redis://:s3cret@redis\n", "error E805", "does not stand in the URL"),
    "shared state without a secret": (GOOD + "state: redis://redis:6379/0\n", "error E806", "SCIM_GATEWAY_SECRET"),
    "short secret": (GOOD + "secret: { env: PROD_TOKEN }\n", "error E806", "shorter than 32"),
    "literal secret": (spoil("{ env: PROD_TOKEN }", "s3cret-token"), "8:13: error E807", "{ env: NAME }"),
    "literal key": (GOOD + "secret: s3cret-0123456789abcdef0123456789abcdef\n", "error E807", "never what it is"),
    "a secret in both ways": (spoil("{ env: PROD_TOKEN }", "{ env: A, file: b }"), "error E807", "{ env: NAME }"),
    "missing variable": (spoil("env: PROD_TOKEN", "env: NO_TOKEN"), "8:13: error E808", "NO_TOKEN is not set"),
    "missing file": (spoil("env: PROD_TOKEN", "file: /nowhere"), "8:13: error E808", "/nowhere cannot be read"),
    "name of a tenant": (spoil("  acme:", "  Acme_1:"), "14:3: error E809", "lower-case"),
    "name of a backend": (GOOD.replace("prod", "prod.eu"), "5:3: error E809", "lower-case"),
    "a token of two tenants": (GOOD.replace("4e2f", "3e2f"), "21:16: error E810", "acme already"),
    "the hash of a word": (spoil(SHA, WELL_KNOWN), "16:9: error E811", "token new"),
    "the hash of nothing": (spoil(SHA, NOTHING), "16:9: error E811", "well-known word"),
    "half a hash": (spoil(SHA, "3e2f1c"), "16:9: error E812", "64"),
    "a literal token": (spoil(f"sha256: {SHA}", "token: s3cret"), "16:9: error E102", "unknown key 'token'"),
    "unknown backend": (spoil("[prod]", "[prodd]"), "18:16: error E813", "did you mean prod"),
    "idle backend": (spoil("[prod]", "[spare]"), "5:3: error E814", "no tenant uses the backend prod"),
    "unknown mapping": (spoil("mapping: scim2", "mapping: scim3"), "6:5: error E815", "did you mean scim2"),
    "abstract mapping": (spoil("mapping: scim2", "mapping: scim2-base"), "6:5: error E816", "only a parent"),
    "unknown param": (spoil("timeout: 8s", "params: { hots: a.example.com }"), "9:15: error E817", "no param hots"),
    "no base": (spoil("    url: https://vendor.example.com/scim/v2/\n", ""), "error E817", ""),
    "duration": (spoil("8s", "8 seconds"), "9:5: error E818", "250ms"),
    "duration of zero": (spoil("8s", "0s"), "9:5: error E818", "250ms"),
    "deadline too long": (spoil("20s", "6h"), "19:5: error E818", "300s"),
    "pace": (spoil("25/s", "fast"), "10:5: error E818", "25/s"),
    "concurrency": (spoil("concurrency: 16", "concurrency: 0"), "11:5: error E818", "1 to 1000"),
    "no auth": (spoil(f"    {AUTH}\n", ""), "5:3: error E819", "bearer"),
    "unknown scheme": (spoil("bearer:", "baerer:"), "8:5: error E819", "did you mean bearer"),
    "two schemes": (spoil("} }", "}, basic: {} }"), "8:5: error E819", "one scheme"),
    "a colon in a basic user": (
        spoil(AUTH, "auth: { basic: { user: 'a:b', password: { env: PROD_TOKEN } } }"),
        "error E819",
        "RFC 7617",
    ),
    "a header without a name": (
        spoil(AUTH, "auth: { header: { value: { env: PROD_TOKEN } } }"),
        "error E819",
        "X-Api-Key",
    ),
    "a brake of nothing": (spoil("deadline: 20s", "brake: { removals: 0/h }"), "19:14: error E818", "100/h"),
    "a brake by the week": (spoil("deadline: 20s", "brake: { removals: 9/w }"), "19:14: error E818", "500/d"),
    "a brake without a bound": (spoil("deadline: 20s", "brake: {}"), "error E102", "removals"),
    "a brake of another kind": (spoil("deadline: 20s", "brake: 100/h"), "19:5: error E102", "table"),
    "no tokens": (spoil("[{ sha256: 4e2f", "[] #"), "error E821", "token new"),
    "no backend of a tenant": (spoil("    backends: [prod]\n", ""), "error E821", "no backend"),
    "no tenants": (GOOD.split("tenants:")[0], "error E821", "no tenants"),
    "no such folder": (GOOD + "mappings: [./nowhere]\n", "error E822", "no folder ./nowhere"),
    "unknown client": (spoil("deadline: 20s", "client: octa"), "19:5: error E802", "did you mean okta"),
    "adopt by what finds nobody": (spoil("deadline: 20s", "adopt: [userName, titel]"), "19:23: error E823", "titel"),
    "a client nobody knows": (spoil("deadline: 20s", "client: qqqq"), "19:5: error E802", "known: any, authentik"),
}


@pytest.mark.parametrize(("text", "place", "words"), REFUSED.values(), ids=REFUSED)
def test_a_mistake_is_refused_with_its_place_its_code_and_what_to_do(check, text, place, words):
    report = check(text)
    assert report.settings is None
    complaints = [str(one) for one in report.diagnostics]
    fitting = [one for one in complaints if place in one]
    assert fitting, complaints
    assert words in fitting[0]
    assert "hint: " in fitting[0]
    assert not any("s3cret" in one for one in complaints)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("timeout: 5", "timeout: 5s"),
        ("timeout: 5000", "timeout: 5000ms"),
        ("timeout: 2.5", "timeout: 2500ms"),
        ("timeout: 0", "timeout: 8s"),
        ("timeout: true", "timeout: 8s"),
        ("pace: 600", "pace: 600/s"),
        ("pace: 0.5", "pace: 25/s"),
        ("deadline: 30", "deadline: 30s"),
        ("deadline: 20000", "deadline: 20000ms"),
        ("deadline: 100000000", "deadline: 25s"),
        ("reconcile: 3600", "reconcile: 3600s"),
        ("reconcile: 6", "reconcile: 6h"),
    ],
)
def test_a_number_without_a_unit_is_told_what_is_taken_instead(check, typed, hint):
    key = typed.partition(":")[0]
    there = next((one for one in ("timeout: 8s", "pace: 25/s", "deadline: 20s") if one.startswith(key)), None)
    tenant = "    backends: [prod, spare]\n    deadline: 20s\n"
    good = spoil("    backends: [prod]\n    deadline: 20s\n", f"{tenant}    {hint}\n" if there is None else tenant)
    there = there or hint
    (refused,) = [one for one in check(good.replace(there, typed)).diagnostics if one.level == "error"]
    assert (refused.code, refused.hint) == ("E102", hint)
    assert not [one for one in check(good.replace(there, hint)).diagnostics if one.level == "error"]


def test_every_mistake_is_told_at_once(check):
    text = GOOD
    for good, bad in (("8s", "soon"), ("25/s", "fast"), ("PROD_TOKEN", "NO_TOKEN"), ("[prod]", "[prd]")):
        text = text.replace(good, bad)
    codes = sorted(one.code for one in check(text).diagnostics)
    assert codes == ["E808", "E813", "E814", "E818", "E818"]


def test_a_file_that_is_not_there_says_how_to_name_one(check, tmp_path: Path):
    from gateway.settings import check_settings

    (one,) = check_settings("nowhere.yaml").diagnostics
    assert one.code == "E801"
    assert "--config FILE" in one.hint


def test_a_credential_over_plain_http_is_a_warning_except_on_this_machine(check):
    report = check(spoil("https://vendor", "http://vendor"))
    assert [one.code for one in report.diagnostics if one.level != "note"] == ["W830"]
    assert report.settings is not None
    here = check(spoil("https://vendor.example.com", "http://127.0.0.1:9001"))
    assert {one.level for one in here.diagnostics} == {"note"}


def test_a_brake_is_read_and_a_tenant_without_one_is_told_of(check):
    report = check(spoil("deadline: 20s", "brake: { removals: 500/d }"))
    assert report.settings is not None
    assert [one.brake for one in report.settings.tenants.values()] == [Brake(500, 86_400), None]
    (one,) = report.diagnostics
    assert (one.code, one.level, one.place.line) == ("N824", "note", 20)
    assert "emea" in str(one)


AUTHS = {
    "basic": (
        "basic: { user: gw, password: { env: PROD_TOKEN } }",
        Basic("gw", Secret(env="PROD_TOKEN")),
    ),
    "header": (
        "header: { name: X-Api-Key, value: { env: PROD_TOKEN } }",
        Header("X-Api-Key", Secret(env="PROD_TOKEN")),
    ),
    "oauth2": (
        "oauth2: { token_url: https://login.example.com/token, client_id: gw, client_secret: { env: PROD_TOKEN } }",
        OAuth2("https://login.example.com/token", "gw", Secret(env="PROD_TOKEN")),
    ),
}


@pytest.mark.parametrize(("text", "auth"), AUTHS.values(), ids=AUTHS)
def test_every_scheme_of_the_contract_is_read(check, text, auth):
    report = check(spoil("bearer: { env: PROD_TOKEN }", text))
    assert report.settings is not None, report.diagnostics
    assert report.settings.backends["prod"].link.auth == auth


VENDOR = """\
scimap: 1
name: vendor
extends: scim2
params:
  host: { type: host, example: acme.example.com }
  org: { type: string, default: main }
connect:
  base: https://{host}/org/{org}/scim
  auth: { header: { name: Authorization, value: "SSWS {secret}" } }
  timeout: 3s
  pace: 10/s
  concurrency: 4
"""


def with_vendor(tmp_path: Path, backend: str) -> str:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "vendor.yaml").write_text(VENDOR)
    return re.sub(r"  prod:\n(    .*\n)+", f"  prod: {{ mapping: vendor, {backend} }}\n", GOOD) + "mappings: [./mine]\n"


HEADER_AUTH = "auth: { header: { value: { env: PROD_TOKEN } } }"


@pytest.mark.parametrize(
    ("params", "base"),
    [
        ("params: { host: acme.example.com }", "https://acme.example.com/org/main/scim"),
        ("params: { host: 'acme.example.com:8443', org: 'a/b c' }", "https://acme.example.com:8443/org/a%2Fb%20c/scim"),
        ("url: 'http://127.0.0.1:9001/x'", "http://127.0.0.1:9001/x"),
    ],
)
def test_params_fill_the_mapping_s_base_and_url_replaces_it(check, tmp_path, params, base):
    report = check(with_vendor(tmp_path, f"{params}, {HEADER_AUTH}"))
    assert report.settings is not None, report.diagnostics
    link = report.settings.backends["prod"].link
    assert link.base == base
    assert link.auth == Header("Authorization", Secret(env="PROD_TOKEN"), "SSWS {secret}")
    assert (link.timeout, link.pace, link.concurrency) == (3.0, 10.0, 4)


@pytest.mark.parametrize(
    ("backend", "code", "words"),
    [
        (HEADER_AUTH, "E817", "host is missing"),
        (f"params: {{ host: 'evil.example.com/x?' }}, {HEADER_AUTH}", "E817", "host name"),
        (f"params: {{ host: 'user@evil.example.com' }}, {HEADER_AUTH}", "E817", "host name"),
        (f"params: {{ hst: acme.example.com }}, {HEADER_AUTH}", "E817", "did you mean host"),
        (f"params: {{ host: acme.example.com }}, {AUTH}", "E819", "header"),
    ],
)
def test_params_and_auth_that_do_not_fit_the_mapping_are_refused(check, tmp_path, backend, code, words):
    complaints = [str(one) for one in check(with_vendor(tmp_path, backend)).diagnostics]
    assert any(code in one and words in one for one in complaints), complaints


def test_a_mapping_s_own_mistakes_are_told_with_its_own_places(check, tmp_path):
    text = with_vendor(tmp_path, f"params: {{ host: acme.example.com }}, {HEADER_AUTH}")
    (tmp_path / "mine" / "vendor.yaml").write_text(VENDOR.replace("scimap: 1", "scimap: 1\nnonsense: 1"))
    complaints = [str(one) for one in check(text).diagnostics]
    assert any("vendor.yaml:2:1: error E102" in one for one in complaints), complaints


def test_a_fragment_overrides_its_mapping_for_one_backend(check):
    text = spoil("    timeout: 8s\n", "    overrides: { resources: { User: { map: { nickNam: nickName } } } }\n")
    complaints = [str(one) for one in check(text).diagnostics]
    assert any("gateway.yaml:9:" in one and "nickNam" in one for one in complaints), complaints


def test_the_digest_changes_with_the_file(check):
    first, same, other = check(GOOD), check(GOOD), check(GOOD + "# more\n")
    assert first.settings
    assert same.settings
    assert other.settings
    assert first.settings.digest == same.settings.digest != other.settings.digest


@pytest.mark.parametrize(
    ("text", "seconds"), [("250ms", 0.25), ("8s", 8.0), ("1.5s", 1.5), ("5m", 300.0), ("1h", 3600.0)]
)
def test_a_duration_is_seconds(check, text, seconds):
    from gateway.mapping.source import read_yaml

    desk = Desk(read_yaml(f"timeout: {text}", "gateway.yaml"))
    assert desk.duration(text, ("timeout",)) == seconds
    assert not desk.diagnosis.has_errors
