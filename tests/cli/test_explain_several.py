"""`explain` for tenants with several backends: how followers are brought in step, and which branch a request goes to.

What is told stands in explanations/, one file for each request; `--accept` writes them anew, and then they are read.
"""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gateway.cli import run_command

ROOT = Path(__file__).parents[2]
EXPLANATIONS = Path(__file__).parent / "explanations"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
CONFIG = f"""\
backends:
  cube: {{ mapping: cube-cloud, url: 'https://cube.example/scim', auth: none }}
  rsa: {{ mapping: rsa-unified-directory, url: 'https://rsa.example/scim', auth: none }}
  huawei: {{ mapping: huawei-identity-center, url: 'https://huawei.example/scim', auth: none }}
tenants:
  led:
    tokens: [{{ sha256: {"ab" * 32} }}]
    backends: [cube, {{ use: rsa, when: 'userName ew "@acme.example"' }}, huawei]
    leaves: delete
    followers: {{ require: all }}
  split:
    tokens: [{{ sha256: {"cd" * 32} }}]
    split: [{{ use: cube, when: 'userName ew "@eu.example"' }}, {{ use: huawei }}]
  keeping:
    tokens: [{{ sha256: {"0f" * 32} }}]
    split: [{{ use: cube, when: 'userName ew "@eu.example"' }}, {{ use: huawei }}]
    absent_member: keep
  named:
    tokens: [{{ sha256: {"ef" * 32} }}]
    split: [{{ use: cube, when: 'name.familyName sw "J"' }}, {{ use: huawei }}]
"""
BABS = {
    "userName": "babs@acme.example",
    "displayName": "Babs",
    "externalId": "hr-1",
    "password": "correct-horse",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "emails": [{"value": "babs@acme.example", "type": "home", "primary": True}, {"value": "b@home.example"}],
}
DOCUMENTS = {
    "babs": BABS,
    "guest": {**BABS, "userName": "babs@guests.example"},
    "eu": {**BABS, "userName": "babs@eu.example"},
    "long": {"userName": "babs@acme.example", "name": {"givenName": "B" * 1025}},
    "guides": {"displayName": "Guides", "members": [{"value": "7"}]},
    "european": {"displayName": "Guides", "members": [{"value": "cube~~7"}]},
    "both": {"displayName": "Guides", "members": [{"value": "cube~~7"}, {"value": "huawei~~7"}]},
    "rename": {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "userName", "value": "babs"}]},
    "barb": {
        "schemas": [PATCH_OP],
        "Operations": [{"op": "replace", "path": "userName", "value": "barb@acme.example"}],
    },
    "record": {"id": "7", "userName": "babs@eu.example", "active": True},
    "outsider": {"id": "7", "userName": "babs@guests.example", "name": BABS["name"], "active": True},
    "disable": {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "active", "value": False}]},
}
REQUESTS: dict[str, tuple[str, ...]] = {
    "led-create": ("led", "POST", "/Users", "--body", "babs.json"),
    "led-create-outside": ("led", "POST", "/Users", "--body", "guest.json"),
    "led-create-refused": ("led", "POST", "/Users", "--body", "long.json"),
    "led-create-group": ("led", "POST", "/Groups", "--body", "guides.json"),
    "led-replace": ("led", "PUT", "/Users/7", "--body", "babs.json"),
    "led-modify": ("led", "PATCH", "/Users/7", "--body", "disable.json"),
    "led-modify-comes-in": ("led", "PATCH", "/Users/7", "--body", "barb.json", "--record", "outsider.json"),
    "led-modify-outside": ("led", "PATCH", "/Users/7", "--body", "disable.json", "--record", "outsider.json"),
    "led-delete": ("led", "DELETE", "/Users/7"),
    "led-delete-outside": ("led", "DELETE", "/Users/7", "--record", "outsider.json"),
    "led-query": ("led", "GET", '/Users?filter=userName eq "a"'),
    "split-create": ("split", "POST", "/Users", "--body", "eu.json"),
    "split-create-rest": ("split", "POST", "/Users", "--body", "babs.json"),
    "split-create-group": ("split", "POST", "/Groups", "--body", "european.json"),
    "split-create-after-a-look": ("named", "POST", "/Users", "--body", "eu.json"),
    "split-replace-after-a-look": ("named", "PUT", "/Users/huawei~~7", "--body", "eu.json"),
    "split-modify": ("split", "PATCH", "/Users/huawei~~7", "--body", "barb.json", "--record", "outsider.json"),
    "split-delete": ("split", "DELETE", "/Users/huawei~~7"),
    "split-delete-nobody": ("split", "DELETE", "/Users/7"),
    "split-query": ("split", "GET", "/Groups"),
    "split-query-of-one": ("split", "GET", '/Users?filter=userName eq "babs@eu.example"'),
    "split-create-over-both": ("split", "POST", "/Groups", "--body", "both.json"),
    "keeping-create-over-both": ("keeping", "POST", "/Groups", "--body", "both.json"),
    "keeping-replace": ("keeping", "PUT", "/Groups/cube~~7", "--body", "both.json"),
    "split-modify-refused": ("split", "PATCH", "/Users/cube~~7", "--body", "rename.json", "--record", "record.json"),
    "split-query-of-a-later-page": ("split", "GET", "/Users?startIndex=11&count=10"),
    "keeping-query": ("keeping", "GET", '/Groups?filter=members eq "cube~~7" and displayName eq "Guides"'),
    "split-root": ("split", "GET", '/?filter=displayName eq "Babs"'),
}
Tell = Callable[..., str]


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    """What `explain` prints, without the places of this checkout."""
    (tmp_path / "gateway.yaml").write_text(CONFIG)
    for name, document in DOCUMENTS.items():
        (tmp_path / f"{name}.json").write_bytes(msgspec.json.encode(document))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> str:
        run_command(["explain", *words])
        return re.sub(r"(\.yaml):\d+:\d+", r"\1", capsys.readouterr().out.replace(f"{ROOT}/", ""))

    return run


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_told_as_it_was_reviewed(name: str, accept: bool, tell: Tell) -> None:
    said, file = tell(*REQUESTS[name]), EXPLANATIONS / f"{name}.txt"
    if accept:
        file.write_text(said, "utf-8")
    assert said == file.read_text("utf-8")


def test_no_explanation_is_left_behind() -> None:
    assert {file.stem for file in EXPLANATIONS.glob("*")} == set(REQUESTS)


def test_a_machine_is_told_the_same(tell: Tell) -> None:
    told = msgspec.json.decode(tell(*REQUESTS["led-create"], "--json"))
    rsa, huawei = told["followers"]
    assert (rsa["backend"], rsa["when"], "when" in huawei) == ("rsa", 'userName ew "@acme.example"', False)
    assert [call["method"] for call in (*rsa["finds"], *rsa["creates"])] == ["GET", "POST"]
    assert rsa["creates"][0]["body"]["userName"] == "babs@acme.example"
    assert {one["attribute"] for one in huawei["narrowed"]} >= {"password"}
    split = msgspec.json.decode(tell(*REQUESTS["split-create"], "--json"))
    assert (split["backend"], split["branch"]) == ("cube", 'cube: userName ew "@eu.example" holds')


def test_each_operation_of_a_bulk_request_tells_its_branch_and_its_followers(tell: Tell, tmp_path: Path) -> None:
    operations = [
        {"method": "POST", "path": "/Users", "bulkId": name, "data": DOCUMENTS[name]} for name in ("eu", "guest")
    ]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    (tmp_path / "bulk.json").write_bytes(msgspec.json.encode(body))
    split = msgspec.json.decode(tell("split", "POST", "/Bulk", "--body", "bulk.json", "--json"))
    assert [one["branch"].partition(":")[0] for one in split["operations"]] == ["cube", "huawei"]
    led = msgspec.json.decode(tell("led", "POST", "/Bulk", "--body", "bulk.json", "--json"))
    assert [[one["backend"] for one in each["followers"]] for each in led["operations"]] == [["rsa", "huawei"]] * 2


def test_who_refers_to_what_a_bulk_request_creates_goes_to_the_same_branch(tell: Tell, tmp_path: Path) -> None:
    group = {"displayName": "Guides", "members": [{"value": "bulkId:guest"}]}
    operations = [
        {"method": "POST", "path": "/Groups", "bulkId": "g", "data": group},
        {"method": "POST", "path": "/Users", "bulkId": "guest", "data": DOCUMENTS["guest"]},
        {"method": "PATCH", "path": "/Users/bulkId:guest", "data": DOCUMENTS["disable"]},
    ]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    (tmp_path / "bulk.json").write_bytes(msgspec.json.encode(body))
    told = msgspec.json.decode(tell("split", "POST", "/Bulk", "--body", "bulk.json", "--json"))["operations"]
    assert [one["branch"].partition(":")[0] for one in told] == ["huawei"] * 3
    made = next(one for one in told if one["operation"] == 1)
    assert made["calls"][0]["body"]["members"] == [{"value": "{guest}"}]
