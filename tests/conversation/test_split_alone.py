"""The store forgot the lock of a name while it was given: the other branches are asked again, and of two one goes."""

import pytest
from acme_stage import load
from msgspec.structs import replace
from split_stage import backends, split_gateway

from gateway.conversation.effects import Lost, Reply, Unavailable
from gateway.observations import CreateUnprotected

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
KEYS = ("sales", "rest")
SALES = ((KEYS[0], "scim2", f'{ENTERPRISE}:department eq "Sales"'), (KEYS[1], "scim2", None))
GATEWAY = split_gateway(SALES)
ADA = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada"}
RENAMED = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "userName", "value": "ada"}]}
NAME = "userName=ada"
TAKEN, GIVEN = (f"hold {NAME}", True), (f"release {NAME}", None)
OURS, LOST = (f"held {NAME}", True), (f"held {NAME}", False)
REGAINED = [GIVEN, TAKEN, OURS]
LOOK = 'GET /Users?filter=userName eq "ada"&startIndex=1&count=1'
MINE = 'GET /Users?filter=userName eq "ada"&startIndex=1&count=2'
GONE = ("DELETE /Users/17", Reply(204))


@pytest.fixture
def create(play, user, page):
    """A create in `rest` whose lock was lost after the POST; `rest` is what follows."""

    def tell(*rest, made=None):
        made = made or ("POST /Users", Reply(201, {}, user("17", "ada")))
        return play("POST /Users", [TAKEN, (LOOK, page()), OURS, made, *rest, GIVEN], gateway=GATEWAY, body=ADA)

    return tell


def test_who_is_nowhere_else_stays(create, page):
    played = create(LOST, *REGAINED, (LOOK, page()))
    assert (played.status, played.body["id"]) == (201, "rest~~17")


def test_who_is_in_another_branch_by_now_is_taken_away_again(create, page, user):
    played = create(LOST, *REGAINED, (LOOK, page(user("9", "ada"))), GONE)
    assert (played.status, played.finished.code) == (409, "SG204")
    assert backends(played) == ["sales", "rest", "sales", "rest"]


def test_while_another_branch_does_not_answer_nobody_knows(create):
    away = (LOOK, Reply(503))
    pauses = [[away, (f"wait {pause}", True), *REGAINED] for pause in ("0.5", "1", "2")]
    played = create(LOST, *REGAINED, *(step for steps in pauses for step in steps), away)
    assert (played.status, played.finished.code) == (503, "SG354"), "others may have been told of it by now: it stays"


def test_a_branch_that_answers_after_a_while_settles_it(create, page):
    played = create(LOST, *REGAINED, (LOOK, Reply(503)), ("wait 0.5", True), *REGAINED, (LOOK, page()))
    assert played.status == 201


def test_who_gives_the_name_for_long_is_in_the_way(create):
    kept = [GIVEN, (f"hold {NAME}", False)]
    waits = [step for pause in ("0.5", "1", "2") for step in (*kept, (f"wait {pause}", True))]
    played = create(LOST, *waits, *kept)
    assert (played.status, played.finished.code) == (503, "SG354")


UNPROVEN = [Lost("unknown", "timeout"), Reply(500), Reply(503, {"retry-after": "1"})]


@pytest.mark.parametrize("answer", UNPROVEN)
@pytest.mark.parametrize("then", [Reply(204), Reply(404)])
def test_what_is_not_proven_to_be_undone_is_undone_again(create, page, user, answer, then):
    found = (LOOK, page(user("9", "ada")))
    again = ("DELETE /Users/17", then)
    played = create(LOST, *REGAINED, found, ("DELETE /Users/17", answer), ("wait 0.1", True), again)
    assert (played.status, played.finished.code) == (409, "SG204")


ENDS = {
    "refused for good": [("DELETE /Users/17", Reply(400))],
    "no time is left": [("DELETE /Users/17", Reply(500)), ("wait 0.1", False)],
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_cannot_be_undone_is_told(create, page, user, end):
    played = create(LOST, *REGAINED, (LOOK, page(user("9", "ada"))), *end)
    assert (played.status, played.finished.code) == (503, "SG354")
    assert "is not undone" in played.detail


def test_who_was_found_after_an_answer_was_lost_may_be_anothers_and_stays(create, page, user):
    made = ("POST /Users", Lost("unknown", "timeout"))
    played = create((MINE, page(user("17", "ada"))), LOST, *REGAINED, (LOOK, page(user("9", "ada"))), made=made)
    assert (played.status, played.finished.code) == (503, "SG354")


def test_without_the_store_the_second_look_is_all_there_is(play, page, user):
    away, nothing = (f"recall create {NAME}, create {NAME}", Unavailable()), (f"recall create {NAME}", Unavailable())
    vain = [step for _ in range(3) for step in (GIVEN, TAKEN, LOST, ("wait 0.1", True))]
    made = ("POST /Users", Reply(201, {}, user("17", "ada")))
    steps = [TAKEN, away, (LOOK, page()), LOST, *vain, made, LOST, *vain, nothing, (LOOK, page()), GIVEN]
    played = play("POST /Users", steps, gateway=GATEWAY, body=ADA)
    assert (played.status, played.noted(CreateUnprotected)) == (201, [CreateUnprotected("acme", "rest")])


def test_a_lock_that_is_lost_before_anything_is_sent_is_taken_again_first(play, page, user):
    steps = [TAKEN, (LOOK, page()), LOST, *REGAINED, (LOOK, page(user("9", "ada"))), GIVEN]
    played = play("POST /Users", steps, gateway=GATEWAY, body=ADA)
    assert (played.status, played.finished.code, backends(played)) == (409, "SG204", ["sales", "sales"])


@pytest.fixture
def late(play, page):
    """A create at backends whose lists are late, by what the store says of its watch."""
    slow = {key: replace(load("scim2"), connect=replace(load("scim2").connect, shows_after=4.0)) for key in KEYS}
    gateway = split_gateway(SALES, dialects=slow)

    def tell(said, *rest):
        steps = [TAKEN, ("recall watch , watch begun", said), *rest, GIVEN]
        return play("POST /Users", steps, gateway=gateway, body=ADA)

    return tell


WATCHES = {
    "it has watched for long": ((b"1", None), []),
    "it began a moment ago": ((b"1", b"1"), [("wait 4", True)]),
    "it forgot, or is new": (
        (None, None),
        [("keep watch begun = 1 for 4", True), ("keep watch  = 1 for 2592000", True), ("wait 4", True)],
    ),
    "it does not answer": (Unavailable(), []),
}


@pytest.mark.parametrize(("said", "steps"), WATCHES.values(), ids=WATCHES)
def test_where_the_store_cannot_tell_whom_lists_do_not_show_yet_they_are_waited_for(late, page, user, said, steps):
    assert late(said, *steps, (LOOK, page(user("9", "ada")))).finished.code == "SG204"


def test_where_no_time_is_left_for_that_nothing_is_sent(late):
    played = late((b"1", b"1"), ("wait 4", False))
    assert (played.status, played.finished.code, played.calls) == (503, "SG604", [])


@pytest.fixture
def rename(play, user, page):
    """The same of somebody in `rest` who gets the name."""

    def tell(*rest, answer=None):
        read = ("GET /Users/17", Reply(200, {}, user("17", "bob")))
        sent = ("PATCH /Users/17", answer or Reply(200, {}, user("17", "ada")))
        steps = [TAKEN, ("hold 17", True), read, (LOOK, page()), OURS, sent, LOST, *REGAINED, *rest]
        return play("PATCH /Users/rest~~17", [*steps, ("release 17", None), GIVEN], gateway=GATEWAY, body=RENAMED)

    return tell


def test_a_name_that_is_nobody_elses_stays(rename, page):
    played = rename((LOOK, page()))
    assert (played.status, played.body["userName"]) == (200, "ada")


@pytest.mark.parametrize("answer", [None, Lost("unknown", "timeout")])
def test_a_name_that_is_somebodys_by_now_is_given_up_again(rename, page, user, answer):
    now = ("GET /Users/17", Reply(200, {}, user("17", "ada")))
    back = ("PATCH /Users/17", Reply(200, {}, user("17", "bob")))
    played = rename((LOOK, page(user("9", "ada"))), now, back, answer=answer)
    assert (played.status, played.finished.code) == (409, "SG204")
    assert [call.body["Operations"] for call in played.calls if call.method == "PATCH"][1] == [
        {"op": "replace", "path": "userName", "value": "bob"}
    ]


@pytest.mark.parametrize("now", ["eve", None])
def test_who_has_another_name_again_or_is_gone_is_left_alone(rename, page, user, now):
    there = ("GET /Users/17", Reply(404) if now is None else Reply(200, {}, user("17", now)))
    played = rename((LOOK, page(user("9", "ada"))), there)
    assert (played.status, played.finished.code) == (409, "SG204")


def test_a_rename_that_cannot_be_undone_is_told(rename, page, user):
    now = ("GET /Users/17", Reply(200, {}, user("17", "ada")))
    played = rename((LOOK, page(user("9", "ada"))), now, ("PATCH /Users/17", Reply(400)))
    assert (played.status, played.finished.code) == (503, "SG354")
