"""Reads side by side: whose turn it is, how many go at once, and what a failure does to the others."""

import pytest

from gateway.conversation.abreast import ABREAST, abreast
from gateway.conversation.effects import Call, Hold, Key, Note, Release, Reply, Together, Wait, ask
from gateway.observations import CallRetried
from gateway.pipeline.problems import Problem


def call(name):
    return Call("acme", "query", "GET", f"/{name}", safe=True)


def reading(*names, closed=None):
    """A conversation that makes these calls, one after another, and returns what it was told."""
    found = []
    try:
        for name in names:
            found.append((yield from ask(call(name))).body)
    finally:
        if closed is not None:
            closed.append(names)
    return found


def drive(conversation, answer=lambda call: Reply(200, {}, call.path)):
    """What the conversation returns, and the effects in their order."""
    seen, said = [], None
    while True:
        try:
            effect = conversation.send(said)
        except StopIteration as end:
            return end.value, seen
        if isinstance(effect, Together):
            seen.append([one.path for one in effect.calls])
            said = tuple(map(answer, effect.calls))
        elif isinstance(effect, Call):
            seen.append(effect.path)
            said = answer(effect)
        else:
            seen.append(effect)
            said = True


def test_calls_of_one_round_are_made_together_and_answers_find_their_own():
    found, seen = drive(abreast([reading("a", "b"), reading(), reading("c"), reading("d", "e", "f")]))
    assert found == [["/a", "/b"], [], ["/c"], ["/d", "/e", "/f"]]
    assert seen == [["/a", "/c", "/d"], ["/b", "/e"], "/f"]


@pytest.mark.parametrize(("talks", "widest"), [(0, 0), (1, 1), (ABREAST, ABREAST), (3 * ABREAST + 1, ABREAST)])
def test_no_more_than_the_bound_go_at_once_and_who_ends_makes_room(talks, widest):
    found, seen = drive(abreast(reading(str(number)) for number in range(talks)))
    assert found == [[f"/{number}"] for number in range(talks)]
    assert max((len(one) if isinstance(one, list) else 1 for one in seen), default=0) == widest
    assert len(seen) == -(-talks // ABREAST)


def test_reads_side_by_side_within_others_keep_the_bound_too():
    def whole(number):
        return (yield from abreast(reading(f"{number}-{page}") for page in range(ABREAST)))

    found, seen = drive(abreast(whole(number) for number in range(3)))
    assert found[2][1] == ["/2-1"]
    assert [len(one) for one in seen] == [ABREAST] * 3


def test_who_has_to_pause_pauses_with_the_others_and_no_longer_than_the_longest():
    def patient(seconds):
        yield from ask(call("busy"))
        yield Note(CallRetried("acme", "throttled"))
        rested = yield from ask(Wait(seconds))
        return rested, (yield from ask(call("again"))).body

    found, seen = drive(abreast([patient(1.0), patient(3.0), reading("a", "b")]))
    assert found == [(True, "/again"), (True, "/again"), ["/a", "/b"]]
    assert [one for one in seen if isinstance(one, Wait)] == [Wait(3.0)]
    assert seen[-1] == ["/again", "/again"]


def test_when_one_fails_the_others_are_given_up():
    closed = []

    def failing():
        yield from ask(call("x"))
        raise Problem("SG505")

    with pytest.raises(Problem, match="SG505"):
        drive(abreast([reading("a", "b", closed=closed), failing(), reading("c", "d", closed=closed)]))
    assert sorted(closed) == [("a", "b"), ("c", "d")]


def test_nobody_is_begun_before_there_is_room():
    begun = []

    def counted(number):
        begun.append(number)
        return (yield from reading("a", "b"))

    conversation = abreast(counted(number) for number in range(2 * ABREAST))
    next(conversation)
    assert begun == list(range(ABREAST))
    conversation.close()
    assert begun == list(range(ABREAST))


LOCK = Key("lock", "acme", "acme-prod", "User", "7")


def locked(name, seconds):
    """A conversation that makes two calls under a lock that all of these want."""
    if not (yield from ask(Hold(LOCK, seconds))):
        return "taken"
    found = yield from reading(name, name)
    yield from ask(Release(LOCK))
    return found


def test_two_of_them_that_want_one_lock_have_it_in_turn_and_the_rest_go_on():
    found, seen = drive(abreast([locked("a", 9.0), locked("b", 9.0), reading("x", "y", "z")]))
    assert found == [["/a", "/a"], ["/b", "/b"], ["/x", "/y", "/z"]]
    told = [one for one in seen if not isinstance(one, Wait)]
    tried, freed = Hold(LOCK, 0.0), Release(LOCK)
    assert told == [tried, ["/a", "/x"], ["/a", "/y"], freed, tried, ["/b", "/z"], "/b", freed]


def test_a_lock_is_waited_for_no_longer_than_was_asked():
    found, _ = drive(abreast([locked("a", 9.0), locked("b", 0.0), locked("c", 0.1)]))
    assert found == [["/a", "/a"], "taken", "taken"]
