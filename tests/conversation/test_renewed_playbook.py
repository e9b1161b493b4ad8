"""A secret is rotated: what never expires is sealed anew where it is met, and all of it when somebody asks for that."""

import pytest
from reconcile_stage import FOLLOWER, PRIMARY, SEAL, Theatre, at_once, person, step

from gateway.conversation.effects import Recall, Reseal
from gateway.conversation.followers.marking import Open, mark_key, read_open, seal_open
from gateway.conversation.reconcile.renewing import Renewed, renew_all
from gateway.conversation.sealed import open_entry
from gateway.pipeline.problems import Problem
from gateway.pipeline.sealing import Seal

NEW = Seal((b"the new secret of thirty-two byt",))
BOTH = Seal((*NEW.secrets, *SEAL.secrets))
ANN, BOB = "ann.able@example.com", "bob.best@example.com"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0"
SEARCH = f"{MESSAGES}:SearchRequest"


class Turning(Theatre):
    """`meanwhile` happens once, between a read of kept values and what is done with them."""

    meanwhile = None

    def serve(self, effect):
        if isinstance(effect, Reseal) and self.meanwhile is not None:
            change, self.meanwhile = self.meanwhile, None
            change()
        return super().serve(effect)

    def renew(self):
        return self.run(renew_all(self.tenant, step))

    def sealed_with(self, seal):
        """The kinds of promises that these secrets open."""
        found = [key for key, entry in self.state.promises.items() if open_entry(seal, key, entry) is not None]
        return sorted((key.kind, key.backend) for key in found)


@pytest.fixture
def theatre():
    """Ann and Bob, whose externalId the primary has no place for."""
    opened = Turning("rsa-unified-directory", "cube-cloud")
    for login, number in ((ANN, "1"), (BOB, "2")):
        status, made = opened.ask("POST /Users", person(login, externalId=number, displayName=login))
        assert status == 201, made
    opened.give(BOTH)
    return opened


def ids(theatre):
    return {one["userName"]: native for native, one in theatre.primary.all().items()}


def find(theatre, number):
    """Who is found by this externalId."""
    status, body = theatre.ask("POST /Users/.search", {"schemas": [SEARCH], "filter": f'externalId eq "{number}"'})
    return status, [one["userName"] for one in body.get("Resources", ())]


def patch(op, value=None):
    one = {"op": op, "path": "externalId", **({} if value is None else {"value": value})}
    return {"schemas": [f"{MESSAGES}:PatchOp"], "Operations": [one]}


ALL = [("kept", PRIMARY)] * 2 + [("kept-index", PRIMARY)] * 2


def test_a_read_seals_anew_what_it_meets_and_what_finds_it(theatre):
    assert theatre.ask(f"GET /Users/{ids(theatre)[ANN]}")[1]["externalId"] == "1"
    assert theatre.sealed_with(NEW) == [("kept", PRIMARY), ("kept-index", PRIMARY)]
    assert theatre.sealed_with(SEAL) == [("kept", PRIMARY), ("kept-index", PRIMARY)], "Bob was not met"
    theatre.give(NEW)
    assert theatre.ask(f"GET /Users/{ids(theatre)[ANN]}")[1]["externalId"] == "1"


def test_all_is_sealed_anew_and_outlives_the_old_secret(theatre):
    assert theatre.renew() == [Renewed(PRIMARY, "User", sealed=2), Renewed(FOLLOWER)]
    assert (theatre.sealed_with(NEW), theatre.sealed_with(SEAL)) == (ALL, [])
    assert theatre.renew() == [Renewed(PRIMARY, "User"), Renewed(FOLLOWER)]
    theatre.give(NEW)
    assert [find(theatre, number) for number in "12"] == [(200, [ANN]), (200, [BOB])]


def test_a_comparison_of_everything_meets_everything(theatre):
    theatre.reconcile()
    assert (theatre.sealed_with(NEW), theatre.sealed_with(SEAL)) == (ALL, [])


def test_with_one_secret_nothing_is_looked_at_twice(theatre):
    theatre.give(SEAL)
    assert theatre.renew() == [Renewed(PRIMARY, "User"), Renewed(FOLLOWER)]
    theatre.give(NEW)
    assert theatre.renew()[0] == Renewed(PRIMARY, "User", unopened=2)


@pytest.mark.parametrize("what", [patch("replace", "3"), patch("remove")], ids=["changed", "removed"])
def test_a_newer_value_is_never_written_over(theatre, what):
    ann = ids(theatre)[ANN]
    theatre.meanwhile = lambda: theatre.run(theatre.request(f"PATCH /Users/{ann}", what))
    theatre.ask(f"GET /Users/{ann}")
    shown = theatre.ask(f"GET /Users/{ann}")[1]
    value = what["Operations"][0].get("value")
    assert shown.get("externalId") == value
    assert find(theatre, "1") == (200, [])
    assert find(theatre, "3") == (200, [ANN] if value else [])


def test_what_the_store_did_not_take_is_told_and_done_the_next_time(theatre):
    serve = theatre.serve
    theatre.serve = lambda effect: theatre.fail(effect) if isinstance(effect, Reseal) else serve(effect)
    assert theatre.renew() == [Renewed(PRIMARY, "User", left=2), Renewed(FOLLOWER)]
    theatre.serve = serve
    assert theatre.renew() == [Renewed(PRIMARY, "User", sealed=2), Renewed(FOLLOWER)]


def test_without_the_store_nobody_says_that_all_is_done(theatre):
    theatre.strike = next(number for number, one in effects_of(theatre) if isinstance(one, Recall))
    with pytest.raises(Problem) as refused:
        theatre.renew()
    assert refused.value.code == "SG605"


def effects_of(theatre):
    """What is asked for, with the numbers of `strike`."""
    seen = []
    serve = theatre.serve
    theatre.serve = lambda effect: (seen.append(effect), serve(effect))[1]
    theatre.give(SEAL)
    theatre.renew()
    theatre.serve = serve
    theatre.give(BOTH)
    return list(enumerate(seen))


# Followers


def park(theatre, **said):
    """A mark that was parked while the old secret was the first."""
    theatre.give(SEAL)
    one = Open("User", ids(theatre)[ANN], parked=True, tries=8, **said)
    seat = theatre.one.seat
    (booked,) = at_once(theatre.state.mark([(mark_key(seat, one), seal_open(seat, one))], 0))
    assert at_once(theatre.state.postpone(mark_key(seat, one), booked.grip, seal_open(seat, one), None))
    theatre.give(BOTH)
    return one


def marks(theatre):
    return at_once(theatre.state.list_marks("acme", FOLLOWER))


def test_a_parked_mark_is_sealed_anew_and_stays_parked(theatre):
    one = park(theatre, code="SG509")
    assert theatre.renew()[-1] == Renewed(FOLLOWER, sealed=1)
    theatre.give(NEW)
    (mark,) = marks(theatre)
    assert (mark.parked, read_open(theatre.one.seat, mark.entry)) == (True, one)
    assert theatre.renew()[-1] == Renewed(FOLLOWER)


def test_what_a_lasting_difference_rests_on_lasts_as_long(theatre):
    (there,) = (native for native, one in theatre.follower.all().items() if one["userName"] == ANN)
    park(theatre, code="SG346", there=there, fixed=("userName",))
    links = [key for key in theatre.state.hints if key.kind in ("link", "origin")]
    mine = [key for key in links if key.name in (ids(theatre)[ANN], there)]
    theatre.renew()
    opened = {key.kind for key in mine if open_entry(NEW, key, theatre.state.hints[key][0]) is not None}
    assert opened == {"link", "origin"}


def test_a_mark_that_no_secret_opens_is_counted(theatre):
    park(theatre, code="SG509")
    theatre.give(NEW)
    assert theatre.renew()[-1] == Renewed(FOLLOWER, unopened=1)
