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
WORD, SENT = "create userName=ada", encode(Word("sent")).decode()


def late(mapping="scim2"):
    dialect = load(mapping)
    return replace(dialect, connect=replace(dialect.connect, shows_after=4.0))


@pytest.fixture(params=["a create", "a change"])
def story(request, play, user):
    """A create in `rest`, or a change, that wants the name: what is said of creates in `sales`, and what follows."""

    def tell(said, *rest, own=SENT):
        told = said if isinstance(said, Unavailable) else (encode(said).decode() if isinstance(said, Word) else said,)
        if request.param == "a create":
            both = told if isinstance(told, Unavailable) else (own, *told)
            steps = [HELD, (f"recall {WORD}, {WORD}", both), *rest, RELEASED]
            return play("POST /Users", steps, gateway=GATEWAY, body=ADA)
        begun = [("hold 17", True), ("GET /Users/17", Reply(200, {}, user("17", "bob"))), (f"recall {WORD}", told)]
        steps = [HELD, *begun, *rest, ("release 17", None), RELEASED]
        return play("PATCH /Users/rest~~17", steps, gateway=GATEWAY, body=RENAMED)

    tell.writes = "POST /Users" if request.param == "a create" else "PATCH /Users/17"
    return tell


@pytest.mark.parametrize("state", ["sent", "lost", "part"])
def test_what_may_still_be_made_in_another_branch_is_waited_for(story, page, state):
    played = story(Word(state), (LOOK, page()))
    assert (played.status, played.finished.code) == (503, "SG514")
    assert "another backend, sales" in played.detail
    assert played.headers["Retry-After"]
    assert backends(played)[-1] == "sales"


@pytest.mark.parametrize("state", ["sent", "lost", "part"])
def test_what_it_made_is_in_the_way(story, page, user, state):
    played = story(Word(state), (LOOK, page(user("9", "Ada"))))
    assert (played.status, played.finished.code) == (409, "SG204")


def test_whom_lists_do_not_show_yet_is_in_the_way(story, page, user):
    made = ("GET /Users/9", Reply(200, {}, user("9", "Ada")))
    played = story(Word("done", "9"), (LOOK, page()), made)
    assert (played.status, played.finished.code) == (409, "SG204")


@pytest.mark.parametrize("now", [Reply(404), "renamed"])
def test_who_was_made_there_and_left_is_not(story, page, user, now):
    reply = Reply(200, {}, user("9", "lovelace")) if now == "renamed" else now
    written = (story.writes, Reply(201 if "POST" in story.writes else 200, {}, user("17", "ada")))
    played = story(Word("done", "9"), (LOOK, page()), ("GET /Users/9", reply), written)
    assert (played.status, played.body["id"]) == (written[1].status, "rest~~17")


def test_garbage_in_the_store_is_no_word(story, page, user):
    written = (story.writes, Reply(201 if "POST" in story.writes else 200, {}, user("17", "ada")))
    played = story(b"\xff", (LOOK, page()), written)
    assert played.status == written[1].status


def test_without_the_store_a_look_is_all_there_is(story, page, user):
    written = (story.writes, Reply(201 if "POST" in story.writes else 200, {}, user("17", "ada")))
    played = story(Unavailable(), (LOOK, page()), written)
    assert played.status == written[1].status
    assert played.noted(CreateUnprotected) == [CreateUnprotected("acme", "rest")]


def test_a_create_that_the_store_forgot_is_counted(story, page, user):
    written = (story.writes, Reply(201 if "POST" in story.writes else 200, {}, user("17", "ada")))
    played = story(None, (LOOK, page()), written, own=None)
    wanted = [CreateUnprotected("acme", "rest")] if "POST" in story.writes else []
    assert played.noted(CreateUnprotected) == wanted


def test_a_backend_that_takes_any_name_is_asked_as_well(play, page, user):
    free = {key: replace(load("scim2"), resources=untied(load("scim2"))) for key in ("sales", "rest")}
    found = page(user("9", "Ada"))
    played = play("POST /Users", [HELD, (LOOK, found), RELEASED], gateway=split_gateway(SALES, dialects=free), body=ADA)
    assert (played.status, backends(played)) == (409, ["sales"])


def untied(dialect):
    return {name: replace(one, unique=()) for name, one in dialect.resources.items()}


@pytest.mark.parametrize("there", [None, b"of who has the name in this branch"])
@pytest.mark.parametrize("given", [True, False])
def test_who_gets_another_name_leaves_word_where_lists_are_late(play, page, user, there, given):
    """Before it is given nobody else's word is overwritten: the backend may refuse the name, as another has it."""
    gateway = split_gateway(SALES, dialects={"sales": late(), "rest": late()})
    word = 'create userName=ada = {"state":"done","native":"17"}'
    told = [(f"keep {word} for 4", True)] if given else []
    steps = [HELD, ("hold 17", True), ("GET /Users/17", Reply(200, {}, user("17", "bob"))),
             (LOOK, page()), ("claim create userName=ada", (there,)),
             ("PATCH /Users/17", Reply(200, {}, user("17", "ada")) if given else Reply(409)), *told,
             ("release 17", None), RELEASED]  # fmt: skip
    played = play("PATCH /Users/rest~~17", steps, gateway=gateway, body=RENAMED)
    assert played.status == (200 if given else 409)
