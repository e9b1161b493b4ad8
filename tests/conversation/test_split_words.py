"""Creates in another branch of a split tenant that nobody answered, or that lists do not show yet: their words tell."""

import pytest
from acme_stage import load
from msgspec.json import encode
from msgspec.structs import replace
from split_stage import backends, split_gateway

from gateway.conversation.announcing import Word
from gateway.conversation.effects import Reply, Unavailable
from gateway.observations import CreateUnprotected

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SALES = (("sales", "scim2", f'{ENTERPRISE}:department eq "Sales"'), ("rest", "scim2", None))
GATEWAY = split_gateway(SALES)
ADA = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada"}
RENAMED = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "userName", "value": "ada"}]}
HELD, RELEASED = ("hold userName=ada", True), ("release userName=ada", None)
LOOK = 'GET /Users?filter=userName eq "ada"&startIndex=1&count=1'
BEGUN = {"a create": [], "a change": [("hold 17", True), ("GET /Users/17", None)]}
ENDED = {"a create": [], "a change": [("release 17", None)]}


def recall(*words):
    return ("recall create userName=ada", tuple(word if word is None else encode(word).decode() for word in words))


def late(mapping="scim2"):
    dialect = load(mapping)
    return replace(dialect, connect=replace(dialect.connect, shows_after=4.0))


@pytest.fixture(params=["a create", "a change"])
def story(request, play, user):
    """A create in `rest`, or a change there, that wants the name: what comes between the locks, and how it ends."""

    def tell(*between, gateway=GATEWAY):
        bob = Reply(200, {}, user("17", "bob"))
        begun, ended = ([(line, bob if answer is None and line != "release 17" else answer) for line, answer in steps]
                        for steps in (BEGUN[request.param], ENDED[request.param]))  # fmt: skip
        steps = [HELD, *begun, *between, *ended, RELEASED]
        if request.param == "a create":
            return play("POST /Users", steps, gateway=gateway, body=ADA)
        return play("PATCH /Users/rest~~17", steps, gateway=gateway, body=RENAMED)

    tell.writes = "POST /Users" if request.param == "a create" else "PATCH /Users/17"
    return tell


@pytest.mark.parametrize("state", ["sent", "lost", "part"])
def test_what_may_still_be_made_in_another_branch_is_waited_for(story, page, state):
    played = story(recall(Word(state)), (LOOK, page()))
    assert (played.status, played.finished.code) == (503, "SG514")
    assert "another backend, sales" in played.detail
    assert played.headers["Retry-After"]
    assert backends(played)[-1] == "sales"


@pytest.mark.parametrize("state", ["sent", "lost", "part"])
def test_what_it_made_is_in_the_way(story, page, user, state):
    played = story(recall(Word(state)), (LOOK, page(user("9", "Ada"))))
    assert (played.status, played.finished.code) == (409, "SG204")


def test_whom_lists_do_not_show_yet_is_in_the_way(story, page, user):
    made = ("GET /Users/9", Reply(200, {}, user("9", "Ada")))
    played = story(recall(Word("done", "9")), (LOOK, page()), made)
    assert (played.status, played.finished.code) == (409, "SG204")


@pytest.mark.parametrize("now", [Reply(404), "renamed"])
def test_who_was_made_there_and_left_is_not(story, page, user, now):
    reply = Reply(200, {}, user("9", "lovelace")) if now == "renamed" else now
    written = (story.writes, Reply(201 if "POST" in story.writes else 200, {}, user("17", "ada")))
    played = story(recall(Word("done", "9")), (LOOK, page()), ("GET /Users/9", reply), written)
    assert (played.status, played.body["id"]) == (written[1].status, "rest~~17")


def test_garbage_in_the_store_is_no_word(story, page, user):
    written = (story.writes, Reply(201 if "POST" in story.writes else 200, {}, user("17", "ada")))
    played = story(("recall create userName=ada", (b"\xff",)), (LOOK, page()), written)
    assert played.status == written[1].status


def test_without_the_store_a_look_is_all_there_is(story, page, user):
    written = (story.writes, Reply(201 if "POST" in story.writes else 200, {}, user("17", "ada")))
    played = story(("recall create userName=ada", Unavailable()), (LOOK, page()), written)
    assert played.status == written[1].status
    wanted = [CreateUnprotected("acme", "rest")] if "POST" in story.writes else []
    assert played.noted(CreateUnprotected) == wanted


def test_a_backend_that_takes_any_name_is_asked_as_well(play, page, user):
    free = {key: replace(load("scim2"), resources=untied(load("scim2"))) for key in ("sales", "rest")}
    found = page(user("9", "Ada"))
    played = play("POST /Users", [HELD, (LOOK, found), RELEASED], gateway=split_gateway(SALES, dialects=free), body=ADA)
    assert (played.status, backends(played)) == (409, ["sales"])


def untied(dialect):
    return {name: replace(one, unique=()) for name, one in dialect.resources.items()}


def test_who_gets_another_name_leaves_word_where_lists_are_late(play, page, user):
    gateway = split_gateway(SALES, dialects={"sales": late(), "rest": late()})
    steps = [HELD, ("hold 17", True), ("GET /Users/17", Reply(200, {}, user("17", "bob"))),
             (LOOK, page()),
             ('keep create userName=ada = {"state":"done","native":"17"} for 29', True),
             ("PATCH /Users/17", Reply(200, {}, user("17", "ada"))), ("release 17", None), RELEASED]  # fmt: skip
    played = play("PATCH /Users/rest~~17", steps, gateway=gateway, body=RENAMED)
    assert played.status == 200
