"""What a backend's answer means: the mapping's rows first, then the defaults; nobody's values in the words."""

import pytest

from gateway.conversation.effects import Reply
from gateway.lens.holes import Template
from gateway.mapping.dialect import BackendCall, ErrorRule, Errors
from gateway.mapping.load import load_dialect
from gateway.mapping.notation import read_reply_keys
from gateway.pipeline.interpret import (
    clean_message,
    dig,
    fill,
    is_refused,
    judge,
    read_problem,
    read_record,
    retry_seconds,
)
from gateway.pipeline.problems import Problem
from gateway.scim.condition import parse_condition
from gateway.scim.filter import And, AttrPath, Compare, parse_filter

PATH = Template(("/x",), "/x")
CALL = BackendCall(verb="GET", path=PATH)


def rule(when, status, scim_type=None, detail=None):
    return ErrorRule(parse_filter(when) if isinstance(when, str) else when, status, scim_type, detail)


DEEP = Compare(AttrPath(None, "body", "errorCauses.errorSummary"), "co", "already exists")


ERRORS = Errors(
    detail=(("detail",), ("errorCauses", "0", "errorSummary"), ("message",)),
    table=(
        rule(And((parse_filter("status eq 400"), DEEP)), 409, "uniqueness"),
        rule("status eq 400 and body.scimType pr", 400, "{body.scimType}"),
        rule('text co "canonical types"', 400, "invalidValue"),
        rule('status eq 500 and body.detail co "password"', 400, "invalidValue", "Choose another password."),
        rule('body.ok eq "no"', 503),
        rule('header.x-throttled eq "yes"', 429),
    ),
)


@pytest.mark.parametrize(
    ("answer", "status", "scim_type", "code", "blame"),
    [
        (Reply(400, {}, {"errorCauses": [{"errorSummary": "login Already Exists"}]}), 409, "uniqueness", "SG204",
         "client"),
        (Reply(400, {}, {"scimType": "mutability"}), 400, "mutability", "SG509", "client"),
        (Reply(400, {}, {"scimType": "vendorSpecial"}), 400, None, "SG509", "client"),
        (Reply(400, {}, None, readable=False, text="{type is not one of the canonical types}"), 400, "invalidValue",
         "SG509", "client"),
        (Reply(500, {}, {"detail": "Unable to set password"}), 400, "invalidValue", "SG509", "client"),
        (Reply(200, {}, {"ok": "no"}), 503, None, "SG503", "backend"),
        (Reply(400, {"x-throttled": "yes"}, {}), 429, None, "SG504", "backend"),
        (Reply(400, {}, {}), 502, None, "SG506", "backend"),
        (Reply(418, {}, {}), 502, None, "SG506", "backend"),
        (Reply(302, {}, {}), 502, None, "SG506", "backend"),
        (Reply(401, {}, {}), 503, None, "SG601", "gateway"),
        (Reply(403, {}, {}), 503, None, "SG601", "gateway"),
        (Reply(404, {}, {}), 404, None, "SG110", "client"),
        (Reply(410, {}, {}), 404, None, "SG110", "client"),
        (Reply(409, {}, {}), 409, "uniqueness", "SG204", "client"),
        (Reply(412, {}, {}), 412, None, "SG511", "client"),
        (Reply(429, {}, {}), 429, None, "SG504", "backend"),
        (Reply(500, {}, {}), 503, None, "SG503", "backend"),
        (Reply(503, {}, {}), 503, None, "SG503", "backend"),
    ],
)  # fmt: skip
def test_every_refusal_has_one_meaning(answer, status, scim_type, code, blame):
    assert is_refused(answer, CALL, ERRORS)
    problem = read_problem(answer, ERRORS, on_id=True)
    assert (problem.status, problem.scim_type, problem.code, problem.blame) == (status, scim_type, code, blame)
    assert problem.detail.endswith(f"({code})")


def test_a_conflict_that_is_not_about_uniqueness_says_so():
    errors = Errors(table=(rule("status eq 409", 409, "mutability"),))
    assert read_problem(Reply(409), errors, on_id=True).code == "SG510"


def test_not_found_without_an_id_is_a_wrong_url_and_never_a_missing_resource():
    assert read_problem(Reply(404), ERRORS, on_id=False).code == "SG512"


@pytest.mark.parametrize(
    "name", ["scim2", "cube-cloud", "rsa-unified-directory", "huawei-identity-center", "ping-directory"]
)
@pytest.mark.parametrize(("status", "shown"), [(401, 503), (403, 503), (409, 409), (429, 429), (500, 503), (503, 503)])
def test_the_shipped_mappings_keep_to_the_same_meanings(name, status, shown):
    assert read_problem(Reply(status, {}, {}), load_dialect(name).errors, on_id=True).status == shown


@pytest.mark.parametrize(
    ("status", "expect", "refused"), [(201, (201,), False), (200, (201,), True), (204, (), False), (302, (), True)]
)
def test_success_is_what_the_mapping_expects(status, expect, refused):
    assert is_refused(Reply(status), BackendCall(verb="POST", path=PATH, expect=expect), Errors()) is refused


def _edit(path, value):
    return {"Operations": [{"op": "replace", "path": path, "value": value}]}


@pytest.mark.parametrize(
    ("message", "sent", "said"),
    [
        ("bjensen is taken", {"userName": "bjensen"}, "... is taken"),
        ("BJensen is taken", {"userName": "bjensen"}, "... is taken"),
        ("no match for Rad", ('title eq "Radler"',), "no match for Rad"),
        ("no match for radler", ('title eq "Radler"',), "no match for ..."),
        ("cannot replace title by Radler", _edit("title", "Radler"), "cannot replace title by ..."),
        ("no mails of b@x.no", _edit('mails[value eq "b@x.no"].type', "home"), "no mails of ..."),
        ("path of Radler is wrong", {"path": "Radler"}, "path of ... is wrong"),
        ("value abc", {"x": "abc"}, "value abc"),
        ("deep a@example.com", {"emails": [{"value": "a@example.com"}]}, "deep ..."),
        ('say "x"\x00\n  twice', None, "say 'x' twice"),
        ("refused (correlationID=3f9c2f8e-1) now", None, "refused now"),
        ("refused, request id: 0123456789ab", None, "refused,"),
    ],
)
def test_the_backends_words_hold_no_value_of_the_request(message, sent, said):
    assert clean_message(message, sent) == said


def test_words_that_are_all_secret_are_not_quoted():
    answer = Reply(400, {}, {"scimType": "invalidValue", "detail": "bjensen."})
    assert read_problem(answer, ERRORS, on_id=True, sent="bjensen").sentence == "The backend refused the request."


def test_long_words_are_cut():
    assert len(clean_message("a" * 5_000, None)) == 300


def test_a_field_of_the_backends_is_called_as_the_client_calls_it_after_its_value_was_left_out():
    said = read_problem(
        Reply(400, {}, {"scimType": "invalidValue", "detail": "lastName 'Jensen' is too long for lastName"}),
        ERRORS,
        on_id=True,
        sent={"lastName": "Jensen"},
        names={"lastName": "name.familyName"},
    )
    assert said.sentence == "The backend says: \"name.familyName '...' is too long for name.familyName\"."


def test_the_mappings_own_sentence_is_shown_as_it_is():
    problem = read_problem(Reply(500, {}, {"detail": "password too short"}), ERRORS, on_id=True)
    assert problem.detail.startswith("Choose another password.")
    quoted = read_problem(Reply(400, {}, {"scimType": "invalidValue", "detail": "too short"}), ERRORS, on_id=True)
    assert quoted.detail.startswith('The backend says: "too short".')


@pytest.mark.parametrize(("text", "said"), [("{no such type}", "no such type"), ("<html>oops</html>", ""), ("", "")])
def test_a_plain_text_is_read_out_of_its_braces_and_a_page_is_not(text, said):
    assert judge(Reply(400, {}, None, readable=False, text=text), Errors()).message == said


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("99999", 3600), ("9" * 5_000, 3600), ("0" * 5_000 + "7", 7), ("soon", 1), ("-1", 1), ("", None)],
)
def test_retry_after_is_seconds_and_a_date_means_soon(header, seconds):
    assert retry_seconds(Reply(503, {"retry-after": header})) == seconds


@pytest.mark.parametrize(
    ("template", "filled"), [("{body.a.b}", "1"), ("x {status}", "x 400"), ("{body.none}", ""), ("{header.etag}", "W")]
)
def test_a_rows_text_is_filled_from_the_answer(template, filled):
    assert fill(template, {"status": 400, "header": {"etag": "W"}, "body": {"a": {"b": 1}}}) == filled


@pytest.mark.parametrize(
    ("path", "value"), [(("a", "1", "b"), 2), (("a", "7"), None), (("x",), None), ((), {"a": [{}, {"b": 2}]})]
)
def test_digging_follows_keys_and_numbers(path, value):
    assert dig({"a": [{}, {"b": 2}]}, path) == value


def test_a_record_is_found_where_the_mapping_says():
    op = BackendCall(verb="GET", path=PATH, result=("data", "user"))
    assert read_record(Reply(200, {}, {"data": {"user": {"id": 1}}}), op) == {"id": 1}
    assert read_record(Reply(204), op) is None
    for answer in (Reply(200, {}, {"data": {"user": []}}), Reply(200, {}, None, readable=False)):
        with pytest.raises(Problem) as caught:
            read_record(answer, op)
        assert caught.value.code == "SG505"


DEEP = {"error": {"message": {"text": "login is taken"}}, "errorCauses": [{"code": 7, "errorSummary": "taken"}, {}]}


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ('body.error.message.text co "taken"', True),
        ('body.error.message.text co "free"', False),
        ('body.errorCauses.errorSummary eq "taken"', True),
        ('body.errorCauses[0].errorSummary eq "taken"', True),
        ('body.errorCauses[1].errorSummary eq "taken"', False),
        ("body.errorCauses[2] pr", False),
        ('body.errorCauses[code eq 7].errorSummary sw "ta"', True),
        ('body.errorCauses[code eq 8].errorSummary sw "ta"', False),
    ],
)
def test_a_condition_looks_as_deep_into_an_answer_as_it_says(when, found):
    errors = Errors((), (ErrorRule(parse_condition(when), 409, "uniqueness"),))
    assert (judge(Reply(400, {}, DEEP), errors).status == 409) is found


def test_words_are_taken_from_an_item_of_a_list():
    detail = read_reply_keys("errorCauses[0].errorSummary")
    assert judge(Reply(400, {}, DEEP), Errors((detail,), ())).message == "taken"
    assert fill("{body.errorCauses[0].code} {body.error.message.text}", {"body": DEEP}) == "7 login is taken"


@pytest.mark.parametrize(
    ("status", "expect", "refused"), [(409, (200, 409), False), (409, (200,), True), (200, (), True)]
)
def test_a_status_that_a_call_expects_is_a_yes_whatever_the_table_has_for_others(status, expect, refused):
    table = (rule("status eq 409", 409), rule('body.error eq "no"', 400))
    call = BackendCall(verb="POST", path=PATH, expect=expect)
    assert is_refused(Reply(status, {}, {"error": "no"}), call, Errors((), table)) is refused
