"""`translate`: both ways, from a file and from standard input; what is lost is told, what is refused is a sentence."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USER = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "bjensen@example.com",
    "displayName": "Babs",
    "name": {"givenName": "Barbara", "familyName": "Jensen"},
    "nickName": "Babs",
    "active": True,
    "shoeSize": 44,
}
RECORD = {"id": "u-1", "userName": "bjensen@example.com", "active": False, "emails": [{"value": "bjensen@example.com"}]}


def translate(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", "translate", *words]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=180, cwd=ROOT, check=False)


def test_a_resource_becomes_the_record_and_what_is_lost_is_told():
    ended = translate("cube-cloud", "User", "--out", given=json.dumps(USER))
    assert ended.returncode == 0
    assert json.loads(ended.stdout) == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "bjensen@example.com",
        "name": {"givenName": "Barbara", "familyName": "Jensen"},
        "active": True,
    }
    assert ended.stderr.splitlines() == [
        "ignored: shoeSize (no such attribute)",
        "not sent: displayName (the mapping only shows it)",
        "dropped: nickName (the mapping does not carry it)",
    ]


def test_a_list_that_is_cut_to_what_the_backend_takes_is_told():
    emails = [{"value": "home@example.com"}, {"value": "bjensen@example.com", "primary": True}]
    ended = translate("new-relic", "User", "--out", given=json.dumps({**USER, "emails": emails}))
    assert ended.returncode == 0
    assert json.loads(ended.stdout)["emails"] == [{"value": "bjensen@example.com", "primary": True}]
    assert "cut: emails (the backend takes no more of it)" in ended.stderr.splitlines()


def test_a_record_becomes_the_resource_that_a_client_sees():
    ended = translate("cube-cloud", "User", "--in", given=json.dumps(RECORD))
    assert ended.returncode == 0
    assert json.loads(ended.stdout) == {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "u-1",
        "userName": "bjensen@example.com",
        "active": False,
        "emails": [{"value": "bjensen@example.com", "type": "work"}],
    }
    assert ended.stderr == ""


def test_what_the_gateway_keeps_is_told_apart():
    user = {"userName": "bjensen", "externalId": "701984", "emails": [{"value": "b@example.com", "type": "work"}]}
    ended = translate("rsa-unified-directory", "User", "--out", given=json.dumps(user))
    assert ended.returncode == 0
    assert "externalId" not in json.loads(ended.stdout)
    assert ended.stderr.splitlines() == ["kept: externalId (by the gateway, not by the backend)"]


def test_a_mapping_and_a_document_may_be_files(tmp_path: Path):
    document = tmp_path / "user.json"
    document.write_text(json.dumps(USER))
    by_file = translate("mappings/cube-cloud.yaml", "User", "--out", str(document))
    assert by_file.returncode == 0
    assert by_file.stdout == translate("cube-cloud", "User", "--out", given=json.dumps(USER)).stdout


@pytest.mark.parametrize(
    ("words", "given", "code", "said"),
    [
        (("cube-cloud", "User", "--out"), "{", 1, "is not JSON"),
        (("cube-cloud", "User", "--out"), "[1]", 1, "not an object"),
        (("cube-cloud", "User", "--out"), "{}", 1, "`userName` is required"),
        (("cube-cloud", "User", "--out"), '{"userName": 5}', 1, "userName"),
        (("huawei-identity-center", "User", "--out"), '{"userName": "bjensen"}', 1, "emails is required"),
        (("cube-cloud", "User", "--in"), "{}", 1, "id is missing"),
        (("cube-cloud", "User", "--in"), '{"id": "1", "active": "perhaps"}', 1, "active is not true or false"),
        (("cube-cloud", "User", "--in", "no-such.json"), "", 1, "no-such.json"),
        (("cube-cloud", "Users", "--in"), "{}", 2, "did you mean User?"),
        (("cube-clout", "User", "--in"), "{}", 1, "did you mean cube-cloud?"),
        (("mappings/none.yaml", "User", "--in"), "{}", 1, "there is no such mapping file"),
        (("scim2-base", "User", "--in"), "{}", 1, "E122"),
        (("cube-cloud", "User"), "{}", 2, "--out --in is required"),
        (("cube-cloud", "User", "--in", "--out"), "{}", 2, "not allowed with"),
    ],
)
def test_a_refusal_is_a_sentence(words: tuple[str, ...], given: str, code: int, said: str):
    ended = translate(*words, given=given)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


TEXTS, CHOICES = "tests/mapping/vendors/text-vendor.yaml", "tests/mapping/vendors/choice-vendor.yaml"


@pytest.mark.parametrize(
    ("mapping", "user", "said"),
    [
        (TEXTS, {"name": {"givenName": "Mary Ann", "familyName": "Smith"}}, ["name.givenName", "name.familyName"]),
        (TEXTS, {"name": {"givenName": "Mary"}}, ["name.givenName", "name.familyName is missing"]),
        (CHOICES, {"active": True, "title": "Boss"}, ["title has no value"]),
    ],
)
def test_a_refusal_names_the_attributes_of_the_rule_and_its_line(mapping: str, user: dict, said: list[str]):
    ended = translate(mapping, "User", "--out", given=json.dumps({"userName": "b@example.com", "active": True} | user))
    found = re.search(r"decided at \S*?([\w-]+\.yaml):(\d+):\d+\)", ended.stderr)
    assert ended.returncode == 1
    assert [word for word in said if word not in ended.stderr] == []
    assert found is not None
    rule = (ROOT / mapping).read_text("utf-8").splitlines()[int(found[2]) - 1]
    assert said[0].split()[0] in rule


def test_help_shows_an_example():
    ended = translate("--help")
    assert ended.returncode == 0
    assert "scim-gateway translate cube-cloud User --out user.json" in ended.stdout
