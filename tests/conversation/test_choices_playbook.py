"""One of several rules for an attribute, as calls: the branch that holds is written, the one that held is cleared."""

import pytest
from change_stage import ENTERPRISE, patch

from gateway.conversation.effects import Reply

NUMBER = f"{ENTERPRISE}:employeeNumber"
BODY = {
    "userName": "bjensen",
    "userType": "Contractor",
    "displayName": "R",
    "active": True,
    "title": "Lead",
    ENTERPRISE: {"employeeNumber": "12"},
}
RECORD = {
    "id": "7",
    "login": "bjensen",
    "kind": "Contractor",
    "on": "Y",
    "dept": "R",
    "work": {"contractor": "12"},
    "grade": "z",
}
READ = ("GET /people/7", Reply(200, {}, RECORD))


def held(*steps):
    return [("hold 7", True), *steps, ("release 7", None)]


def sent_by(call):
    return {key: value for key, value in call.body.items() if key != "schemas"}


@pytest.fixture
def ask(play, make_gateway):
    return lambda line, steps=(), **more: play(line, steps, gateway=make_gateway("choice-vendor"), **more)


@pytest.mark.parametrize(
    ("changed", "sent"),
    [
        ({}, {"work": {"contractor": "12"}, "grade": "x"}),
        ({"userType": "Employee"}, {"work": {"employee": "E-12"}, "grade": "x"}),
        ({"active": False}, {"work": {"contractor": "12"}, "rank": "a"}),
        (
            {"active": False, "displayName": "Q", "userType": "Employee"},
            {"work": {"employee": "E-12"}, "level": "Lead"},
        ),
    ],
)
def test_a_create_writes_the_field_of_the_branch_that_holds(ask, changed, sent):
    played = ask("POST /Users", [("POST /people", Reply(201, {}, RECORD))], body=BODY | changed)
    written = sent_by(played.calls[0])
    assert {key: written[key] for key in ("work", "rank", "grade", "level") if key in written} == sent


@pytest.mark.parametrize(("name", "value"), [("title", "Boss"), ("nickName", "Babs")])
def test_a_value_that_no_branch_takes_is_refused_before_a_call(ask, name, value):
    played = ask("POST /Users", body=BODY | {name: value})
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
    assert name in played.detail


def test_a_put_of_what_is_there_writes_nothing(ask):
    assert ask("PUT /Users/7", held(READ), body=BODY).status == 200


def test_a_put_that_changes_the_branch_leaves_the_old_field_out(ask):
    after = {**RECORD, "kind": "Employee", "work": {"employee": "E-12"}}
    steps = held(READ, ("PUT /people/7", Reply(200, {}, after)))
    played = ask("PUT /Users/7", steps, body=BODY | {"userType": "Employee"})
    assert sent_by(played.calls[1]) == {key: value for key, value in after.items() if key != "id"}
    assert played.body[ENTERPRISE] == {"employeeNumber": "12"}


@pytest.mark.parametrize(
    ("operation", "sent"),
    [
        (("replace", "userType", "Employee"), {"kind": "Employee", "work": {"contractor": None, "employee": "E-12"}}),
        (("remove", "userType"), {"kind": None, "work": {"contractor": None, "employee": "E-12"}}),
        (("replace", "active", False), {"on": "N", "grade": None, "rank": "a"}),
        (("replace", "displayName", "Q"), {"dept": "Q"}),  # the branch holds for another reason now
        (("replace", NUMBER, "13"), {"work": {"contractor": "13"}}),
        (("remove", "title"), {"grade": None}),
    ],
)
def test_a_patch_writes_one_branch_and_clears_the_other(ask, operation, sent):
    steps = held(READ, ("PATCH /people/7", Reply(200, {}, RECORD)))
    played = ask("PATCH /Users/7", steps, body=patch(operation))
    assert (played.status, sent_by(played.calls[1])) == (200, sent)


@pytest.mark.parametrize(
    "operation", [("replace", "userType", "Contractor"), ("replace", NUMBER, "12"), ("replace", "title", "Lead")]
)
def test_a_patch_that_changes_nothing_writes_nothing(ask, operation):
    assert ask("PATCH /Users/7", held(READ), body=patch(operation)).status == 200


def test_a_patch_that_no_branch_takes_is_refused_before_it_is_written(ask):
    played = ask("PATCH /Users/7", held(READ), body=patch(("replace", "title", "Boss")))
    assert (played.status, played.body["scimType"]) == (400, "invalidValue")
    assert "title" in played.detail


CONTRACTOR = 'work.contractor eq "12" and kind eq "Contractor"'
EMPLOYEE = 'work.employee eq "E-12" and not (kind eq "Contractor")'


STALE = {**RECORD, "id": "8", "kind": "Employee"}  # a number in the field of a branch that does not hold


@pytest.mark.parametrize(
    ("asked", "pushed", "people"),
    [
        (f'{NUMBER} eq "12"', f"filter={CONTRACTOR} or {EMPLOYEE}&", [RECORD]),
        (
            f'userType eq "Contractor" and {NUMBER} eq "12"',
            f'filter=kind eq "Contractor" and ({CONTRACTOR} or {EMPLOYEE})&',
            [RECORD],
        ),
        (f'userType eq "Contractor" and {NUMBER} co "1"', 'filter=kind eq "Contractor"&', [RECORD]),
        (f'{NUMBER} co "1"', "", [RECORD, STALE]),
    ],
)
def test_a_filter_asks_each_branch_with_its_condition(ask, asked, pushed, people):
    found = Reply(200, {}, {"people": people, "count": len(people)})
    played = ask(f"GET /Users?filter={asked}", [(f"GET /people?{pushed}from=0&limit=50", found)])
    assert [one["id"] for one in played.body["Resources"]] == ["7"]
