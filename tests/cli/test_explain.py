"""`scim-gateway explain`: what a request would become, told without making a call."""

import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from gateway.cli import run_command

SECRET = "very-secret-credential"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
TENANTS = {
    "cube": ("cube-cloud", "https://acme.cubecloud.dev/api/scim/v2"),
    "rsa": ("rsa-unified-directory", "https://rsa.example.com/scim"),
    "huawei": ("huawei-identity-center", "https://huawei.example.com/d-1/scim/v2"),
    "ping": ("ping-directory", "https://ping.example.com/scim/v2"),
    "stepwise": ("stepwise", "https://vendor.example.com"),
    "tombstones": ("tombstones", "https://vendor.example.com"),
    "barless": ("barless", "https://vendor.example.com"),
    "texts": ("text-vendor", "https://vendor.example.com"),
    "club": ("club-vendor", "https://vendor.example.com"),
    "team": ("team-vendor", "https://vendor.example.com"),
    "wanting": ("snowflake", "https://vendor.example.com"),
}
VENDORS = Path(__file__).parents[1] / "mapping" / "vendors"
USER = {
    "userName": "bjensen@example.com",
    "displayName": "Babs",
    "title": "Tour Guide",
    "emails": [{"value": "bjensen@example.com", "type": "work"}, {"value": "babs@example.com"}],
    ENTERPRISE: {"department": "Tours"},
}
RECORD = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "1",
    "userName": "bjensen@example.com",
    "active": True,
    "displayName": "Babs",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
}
BABS = {"id": "7", "login": "bjensen", "status": "ACTIVE"}
DISABLE = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "active", "value": False}]}
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
OPERATIONS = [
    {
        "method": "POST",
        "path": "/Groups",
        "bulkId": "g",
        "data": {"displayName": "Guides", "members": [{"value": "bulkId:u"}, {"value": "bulkId:h"}]},
    },
    {"method": "PATCH", "path": "/Users/bulkId:u", "data": DISABLE},
    {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "bjensen@example.com"}},
    {
        "method": "POST",
        "path": "/Groups",
        "bulkId": "h",
        "data": {"displayName": "Drivers", "members": [{"value": "bulkId:g"}]},
    },
    {"method": "DELETE", "path": "/Users?x=1"},
]
DOCUMENTS = {
    "user": USER,
    "record": RECORD,
    "disable": DISABLE,
    "babs": BABS,
    "ada": {"userName": "ada", "active": True},
    "guides": {"displayName": "Guides", "members": [{"value": "a"}]},
    "bulk": {"schemas": [BULK], "failOnErrors": 2, "Operations": OPERATIONS},
    "many": {"schemas": [BULK], "Operations": [{"method": "DELETE", "path": "/Users/1"}] * 1001},
    "club": {"id": "g", "title": "Guides", "people": [{"person": "a"}]},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration of four tenants, and the documents that the rows name."""
    monkeypatch.setenv("BACKEND_SECRET", SECRET)
    lines = [f"mappings: ['{VENDORS}']", "backends:"]
    for name, (mapping, url) in TENANTS.items():
        lines.append(f"  {name}: {{ mapping: {mapping}, url: '{url}', auth: {{ bearer: {{ env: BACKEND_SECRET }} }} }}")
    lines.append("tenants:")
    for name in TENANTS:
        digest = sha256(f"token of {name}".encode()).hexdigest()
        lines.append(f"  {name}: {{ tokens: [ {{ sha256: {digest} }} ], backends: [ {name} ] }}")
    (tmp_path / "gateway.yaml").write_text("\n".join(lines))
    for name, document in DOCUMENTS.items():
        (tmp_path / f"{name}.json").write_bytes(msgspec.json.encode(document))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def explain(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict]:
    """Exit code, and what was told to a machine."""
    code = run_command(["explain", *words, "--json"])
    out = capsys.readouterr().out
    return code, msgspec.json.decode(out)


@pytest.mark.parametrize(
    ("tenant", "filter_", "how", "exact", "url"),
    [
        ("ping", 'userName eq "x"', "pages", True, '/Users?filter=userName eq "x"&startIndex=1&count='),
        ("ping", 'name.familyName sw "J" or userName eq "x"', "pages", True, "/Users?filter=name.familyName sw"),
        ("rsa", 'userName eq "x"', "pages", True, '/Users?filter=userName eq "x"&startIndex=1&count='),
        ("rsa", 'userName sw "x"', "scan", False, "/Users?startIndex=1&count="),
        ("rsa", 'id eq "42"', "read", False, "/Users/42"),
        ("cube", 'userName eq "x"', "scan", False, '/Users?filter=userName eq "x"&startIndex=1&count='),
        ("cube", 'externalId eq "x"', "scan", False, "/Users?startIndex=1&count="),
        ("huawei", 'userName eq "x"', "scan", False, "/Users"),
    ],
)
def test_a_query_tells_what_is_pushed_and_what_is_checked_here(
    folder: Path, capsys: pytest.CaptureFixture[str], tenant: str, filter_: str, how: str, exact: bool, url: str
) -> None:
    code, told = explain(capsys, tenant, "GET", f"/Users?filter={filter_}")
    assert code == 0
    assert told["query"]["how"] == how
    assert told["query"]["exact"] is exact
    assert (told["query"]["checked_here"] is None) is exact
    assert told["calls"][0]["method"] == "GET"
    assert told["calls"][0]["url"].startswith(TENANTS[tenant][1] + url)
    assert any(re.fullmatch(r"decided at: .*\.yaml:\d+:\d+", line) for line in told["plan"])


def test_an_attribute_that_the_gateway_keeps_is_looked_up_and_no_list_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = explain(capsys, "rsa", "GET", '/Users?filter=externalId eq "hr-1"')
    assert (code, told["query"]["how"], told["calls"]) == (0, "recall", [])
    assert told["note"] == "The state store tells the id; one read of that record follows."


def line_of(file: str, line: int, column: int) -> str:
    """What stands at a place."""
    return Path(file).read_text().splitlines()[line - 1][column - 1 :]


@pytest.mark.parametrize(
    ("tenant", "attribute", "how", "stands_there"),
    [
        ("cube", "title", "dropped", "title,"),
        ("cube", "displayName", "shown", 'displayName: "{name.givenName} {name.familyName}"'),
        ("cube", "emails.type", "dropped", "emails.type,"),
        ("cube", f"{ENTERPRISE}:department", "dropped", "enterprise]"),
        ("ping", f"{ENTERPRISE}:department", "dropped", "enterprise]"),
        ("huawei", "emails", "cut to 1", "emails:"),
    ],
)
def test_what_is_not_carried_is_told_with_the_very_place_that_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], tenant: str, attribute: str, how: str, stands_there: str
) -> None:
    code, told = explain(capsys, tenant, "POST", "/Users", "--body", "user.json")
    assert code == 0
    (loss,) = [one for one in told["narrowed"] if one["attribute"] == attribute]
    assert loss["how"] == how
    assert line_of(loss["file"], loss["line"], loss["column"]).startswith(stands_there)


def test_overrides_of_a_backend_are_named_by_their_line_in_the_configuration(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = folder / "gateway.yaml"
    mark = "auth: { bearer: { env: BACKEND_SECRET } } }"
    own = "overrides: { resources: { User: { shape: { title: ~ }, drop: [title, ims, photos, entitlements, roles, "
    own += "x509Certificates, enterprise] } } }"
    lines = [
        line.replace(mark, f"{mark[:-1]}, {own} }}") if line.startswith("  ping: { m") else line
        for line in config.read_text().splitlines()
    ]
    config.write_text("\n".join(lines))
    code, told = explain(capsys, "ping", "POST", "/Users", "--body", "user.json")
    assert code == 0
    (loss,) = [one for one in told["narrowed"] if one["attribute"] == "title"]
    assert (loss["how"], loss["file"]) == ("dropped", "gateway.yaml")
    assert line_of(loss["file"], loss["line"], loss["column"]).startswith("title,")


def test_names_that_scim_does_not_know_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "odd.json").write_bytes(msgspec.json.encode({**USER, "shoeSize": 38}))
    _, told = explain(capsys, "ping", "POST", "/Users", "--body", "odd.json")
    assert {"attribute": "shoeSize", "how": "unknown to SCIM"} in told["narrowed"]


@pytest.mark.parametrize("tenant", ["cube", "rsa", "ping"])
def test_a_patch_that_crosses_whole_is_one_call(folder: Path, capsys: pytest.CaptureFixture[str], tenant: str) -> None:
    code, told = explain(capsys, tenant, "PATCH", "/Users/42", "--body", "disable.json")
    url = f"{TENANTS[tenant][1]}/Users/42"
    assert (code, told["plan"][0]) == (0, "modify directly")
    assert told["calls"] == [{"method": "PATCH", "url": url, "body": DISABLE}]


def test_a_patch_by_comparison_shows_its_read_and_asks_for_the_record(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = explain(capsys, "huawei", "PATCH", "/Users/1", "--body", "disable.json")
    assert (code, told["plan"][0]) == (0, "modify by comparison")
    assert told["calls"] == [{"method": "GET", "url": f"{TENANTS['huawei'][1]}/Users/1"}]
    assert "--record" in told["note"]


def test_with_the_record_the_write_is_shown_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("huawei", "PATCH", "/Users/1", "--body", "disable.json", "--record", "record.json")
    _, told = explain(capsys, *words)
    read, write = told["calls"]
    assert (read["method"], write["method"]) == ("GET", "PUT")
    assert write["body"]["active"] is False
    assert write["body"]["id"] == "1"
    assert write["body"]["userName"] == "bjensen@example.com"
    assert "note" not in told


def test_a_value_that_is_not_there_is_no_target_for_a_client_not_known_to_expect_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mobile = {"op": "replace", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"}
    (folder / "mobile.json").write_bytes(msgspec.json.encode({"schemas": [PATCH_OP], "Operations": [mobile]}))
    words = ("huawei", "PATCH", "?aadOptscim062020/Users/1", "--body", "mobile.json", "--record", "record.json")
    _, told = explain(capsys, *words)
    assert (told["refused"]["code"], told["refused"]["scimType"]) == ("SG402", "noTarget")


def test_a_write_that_would_change_nothing_is_not_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "off.json").write_bytes(msgspec.json.encode({**RECORD, "active": False}))
    _, told = explain(capsys, "huawei", "PATCH", "/Users/1", "--body", "disable.json", "--record", "off.json")
    assert [call["method"] for call in told["calls"]] == ["GET"]
    assert told["note"] == "Nothing would change: no write follows."


def test_a_query_on_the_root_tells_the_query_of_each_type(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = explain(capsys, "cube", "GET", '/?filter=displayName eq "A"&count=5')
    assert (code, told["intent"][0]) == (0, "query on the root")
    assert told["intent"][1:3] == ['User: displayName eq "A"', 'Group: displayName eq "A"']
    assert [call["url"].partition("?")[0].rpartition("/")[2] for call in told["calls"]] == ["Users", "Groups"]
    assert told["note"] == "All are asked side by side."
    _, later = explain(capsys, "cube", "GET", "/?startIndex=6&count=5")
    assert later["note"].endswith("where the page of one type begins, the totals of those before it say.")
    _, ordered = explain(capsys, "cube", "GET", "/?sortBy=displayName")
    assert ordered["note"] == "All are asked side by side, and every further page follows."
    _, nobody = explain(capsys, "cube", "GET", "/?filter=shoeSize pr")
    assert nobody["calls"] == []
    assert "the filter holds of no resource type" in nobody["intent"]


def test_a_bulk_request_tells_its_operations_in_the_order_in_which_they_would_be_carried_out(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = explain(capsys, "cube", "POST", "/Bulk", "--body", "bulk.json")
    assert (code, told["intent"]) == (0, ["5 operations, until 2 of them fail"])
    steps = told["operations"]
    assert [(one["operation"], one["request"]) for one in steps] == [
        (3, "POST /Users"),
        (2, "PATCH /Users/bulkId:u"),
        (5, "DELETE /Users?x=1"),
        (1, "POST /Groups"),
        (4, "POST /Groups"),
        (1, "PATCH /Groups/{g}, which completes it"),
    ]
    base = TENANTS["cube"][1]
    urls = [[call["url"].removeprefix(base) for call in one.get("calls", ())] for one in steps]
    assert urls == [["/Users"], ["/Users/{u}"], [], ["/Groups"], ["/Groups"], ["/Groups/{g}"]]
    members = [steps[number]["calls"][0]["body"]["members"] for number in (3, 4)]
    assert members == [[{"value": "{u}"}], [{"value": "{g}"}]]
    assert steps[5]["calls"][0]["body"]["Operations"][0]["value"] == [{"value": "{h}"}]
    assert steps[2]["refused"]["code"] == "SG131"


def test_people_read_each_operation_of_a_bulk_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["explain", "cube", "POST", "/Bulk", "--body", "bulk.json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "-- operation 3: POST /Users, bulkId u" in lines
    assert "-- operation 1: PATCH /Groups/{g}, which completes it, bulkId g" in lines
    assert "          code: SG131" in lines


def test_a_type_that_cannot_be_asked_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = explain(capsys, "wanting", "GET", "/")
    assert (code, told["refused"]["code"]) == (1, "SG305")
    assert "every User too" in told["refused"]["detail"]


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("rsa", "GET", "/Groups"), 404, "SG106"),
        (("rsa", "GET", '/Users?filter=password eq "x"'), 400, "SG301"),
        (("ping", "GET", "/Users?filter=userName"), 400, "SG301"),
        (("cube", "GET", "/Nothing/here/at/all"), 404, "SG104"),
        (("cube", "TRACE", "/Users"), 405, "SG105"),
        (("cube", "POST", "/Bulk"), 400, "SG201"),
        (("cube", "POST", "/Bulk", "--body", "many.json"), 413, "SG130"),
        (("cube", "POST", "/Users"), 400, "SG201"),
    ],
)
def test_a_refusal_is_told_as_the_client_would_read_it(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], status: int, code: str
) -> None:
    exit_code, told = explain(capsys, *words)
    assert exit_code == 1
    assert (told["refused"]["status"], told["refused"]["code"]) == (status, code)
    assert told["refused"]["detail"].endswith(f"({code})")
    assert "calls" not in told


def test_a_text_that_would_be_misread_is_told_with_its_rule(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = {"givenName": "Mary Ann", "familyName": "Smith"}
    (folder / "mary.json").write_bytes(msgspec.json.encode({**USER, "name": name, "title": "Guide"}))
    exit_code, told = explain(capsys, "texts", "POST", "/Users", "--body", "mary.json")
    assert (exit_code, told["refused"]["scimType"]) == (1, "invalidValue")
    assert "name.givenName does not fit" in told["refused"]["detail"]
    assert "{name.familyName}" in told["refused"]["detail"]
    line = int(re.fullmatch(r".*text-vendor\.yaml:(\d+):\d+", told["refused"]["decided_at"])[1])
    assert "person.full" in (VENDORS / "text-vendor.yaml").read_text("utf-8").splitlines()[line - 1]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("cubo", "GET", "/Users"), "did you mean cube?"),
        (("cube", "POST", "/Users", "--body", "nowhere.json"), "nowhere.json cannot be read"),
        (("cube", "PATCH", "/Users/1", "--body", "disable.json", "--record", "gateway.yaml"), "is not JSON"),
    ],
)
def test_a_mistake_in_the_command_is_a_sentence_and_exit_2(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert run_command(["explain", *words]) == 2
    assert says in capsys.readouterr().err


def test_people_read_intent_plan_losses_and_calls(folder: Path) -> None:
    command = [sys.executable, "-m", "gateway", "explain", "cube", "POST", "/Users", "--body", "user.json"]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=True, timeout=30)
    lines = done.stdout.splitlines()
    assert lines[0] == "POST /Users   tenant cube, backend cube, mapping cube-cloud"
    assert "intent    create User" in lines
    assert "plan      create" in lines
    assert "not carried as sent" in lines
    assert "          1. POST https://acme.cubecloud.dev/api/scim/v2/Users" in lines
    assert re.search(r"\n {10}dropped +title +\S*cube-cloud\.yaml:\d+:\d+\n", done.stdout)
    assert SECRET not in done.stdout + done.stderr


def calls_of(told: dict) -> list[str]:
    return [f"{one['method']} {one['url'].removeprefix(TENANTS['stepwise'][1])}" for one in told["calls"]]


def test_the_calls_of_one_operation_are_told_in_their_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = explain(capsys, "stepwise", "DELETE", "/Users/7")
    assert (code, calls_of(told)) == (0, ["POST /users/7/deactivate", "POST /users/purge"])
    assert told["calls"][1]["body"] == {"ids": ["7"]}


def test_the_calls_that_need_the_new_id_are_told_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = explain(capsys, "stepwise", "POST", "/Users", "--body", "user.json")
    calls = ["POST /users?activate=false", "POST /users/{id}/activate", "POST /invitations", "GET /users/{id}"]
    assert (code, calls_of(told)) == (0, calls)
    assert told["calls"][0]["body"] == {"data": {"user": {"login": "bjensen@example.com", "job": "Tour Guide"}}}
    assert told["note"] == "The answer to the first call tells {id}."


CREATE_SAYS = "The answer to the first call tells {id}."
NEEDS_PEOPLE = (
    "The write that follows depends on the record: "
    "give it with --record FILE, with what those calls list as its people."
)
LACKS = "What the new record lacks is written onto it."
SAME = "Nothing would change: no write follows."
EACH_SHOWN = "Further pages follow as far as they are needed. {id} stands for each record that is shown."
EACH_READ = "Every further page follows. {id} stands for each record that is read."
APART = "What is read apart is taken from --record: people."
SPARED = "Unless the new record shows it already, there follows: POST /people/{id}/resume."


@pytest.mark.parametrize(
    ("tenant", "words", "note"),
    [
        ("club", ("POST", "/Groups", "--body", "guides.json"), CREATE_SAYS),
        ("club", ("POST", "/Users", "--body", "ada.json"), f"{CREATE_SAYS} {SPARED}"),
        ("team", ("POST", "/Groups", "--body", "guides.json"), f"{CREATE_SAYS} {LACKS}"),
        (
            "club",
            ("PUT", "/Groups/g", "--body", "guides.json"),
            NEEDS_PEOPLE,
        ),
        (
            "club",
            ("PUT", "/Groups/g", "--body", "guides.json", "--record", "club.json"),
            f"{APART} {SAME}",
        ),
        (
            "club",
            ("GET", "/Groups"),
            "Further pages follow as far as they are needed. {id} stands for each record that is shown.",
        ),
        (
            "club",
            ("GET", '/Groups?filter=members.value eq "a"'),
            "Every further page follows. {id} stands for each record that is read.",
        ),
    ],
)
def test_what_only_an_answer_can_tell_is_said_in_sentences(
    folder: Path, capsys: pytest.CaptureFixture[str], tenant: str, words: tuple[str, ...], note: str
) -> None:
    code, told = explain(capsys, tenant, *words)
    assert (code, told["note"]) == (0, note)


def test_a_deletion_that_is_a_change_depends_on_the_record(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = explain(capsys, "tombstones", "DELETE", "/Users/7")
    assert (code, calls_of(told)) == (0, ["GET /users/7"])
    assert told["note"] == "The change that follows depends on the record: give it with --record FILE."
    _, told = explain(capsys, "tombstones", "DELETE", "/Users/7", "--record", "babs.json")
    assert calls_of(told) == ["GET /users/7", "PATCH /users/7"]
    assert told["calls"][1]["body"] == {"status": "DELETED", "kind": "leaver"}


def test_a_condition_is_told_with_the_read_that_it_takes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("DELETE", "/Users/7", "--header", 'If-Match: W/"b", "a"', "--header", "If-None-Match: *")
    code, told = explain(capsys, "club", *words)
    assert (code, calls_of(told)) == (0, ["GET /people/7", "DELETE /people/7"])
    assert told["intent"][2:] == ['only of version: "a", "b"', "not of version: *"]
    assert told["note"] == "Nothing is written unless the resource read has a version that the request allows."


def test_a_header_needs_a_colon(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["explain", "club", "DELETE", "/Users/7", "--header", "If-Match"]) == 2
    said = "scim-gateway explain: --header If-Match has no colon; write it as 'If-Match: *'"
    assert capsys.readouterr().err.strip() == said


def test_a_deactivation_that_deletes_is_told_as_such(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("barless", "PATCH", "/Users/7", "--body", "disable.json", "--record", "babs.json")
    code, told = explain(capsys, *words)
    assert (code, calls_of(told)) == (0, ["GET /users/7", "DELETE /users/7"])
