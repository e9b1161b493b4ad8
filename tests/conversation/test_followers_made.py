"""What the word of a create says that was carried out and not answered, and until when it is believed."""

from itertools import count

import pytest
from followed import make_followed
from followers_stage import World, change

from gateway.conversation.announcing import SENT_SECONDS, Word, announcement_keys, conclude, read_word, say
from gateway.conversation.effects import TakeMarks
from gateway.pipeline.target import find_target

ADA = {"userName": "ada", "title": "Clerk"}
GATEWAY = make_followed()


def words(world):
    """What is announced of ada."""
    target = find_target(GATEWAY.tenants["acme"], "User")
    keys = announcement_keys(ADA, target)
    found = [(key, world.entries[key][0]) for key in keys if key in world.entries]
    return target, keys, [read_word(target, key, entry) for key, entry in found]


def died():
    """A world in which the process died while it brought the follower in step, and the client heard nothing."""
    for at in count():
        world = World(at, "dies")
        with pytest.raises(ConnectionAbortedError):
            world.ask(GATEWAY, "POST /Users", ADA)
        world.locks.clear()
        if words(world)[2] == [Word("made", "h1")]:
            return world
    raise AssertionError


def test_who_repeats_it_gets_the_same_id_and_who_comes_after_that_a_conflict():
    world = died()
    assert (status := world.ask(GATEWAY, "POST /Users", ADA))[0] == 201, status
    assert world.ask(GATEWAY, "POST /Users", ADA)[0] == 409
    assert [*world.hr.all["User"]] == ["h1"]


def test_who_asks_for_another_is_told_of_a_conflict():
    assert died().ask(GATEWAY, "POST /Users", {**ADA, "title": "Captain"})[0] == 409


@pytest.mark.parametrize(
    ("line", "body", "status"),
    [
        ("DELETE /Users/h1", None, 204),
        ("PATCH /Users/h1", change(("replace", "userName", "lovelace")), 200),
    ],
    ids=["deleted", "renamed"],
)
def test_who_was_deleted_or_renamed_since_is_not_answered(line, body, status):
    world = died()
    assert world.ask(GATEWAY, line, body)[0] == status
    made, said = world.ask(GATEWAY, "POST /Users", ADA)
    assert (made, said["id"]) == (201, "h2")
    assert words(world)[2] == []


def test_who_was_changed_since_is_not_what_was_asked_for():
    world = died()
    assert world.ask(GATEWAY, "PATCH /Users/h1", change(("replace", "title", "Guide")))[0] == 200
    assert world.ask(GATEWAY, "POST /Users", ADA)[0] == 409


def test_the_word_does_not_outlast_its_time():
    world = died()
    world.now += SENT_SECONDS
    assert world.ask(GATEWAY, "POST /Users", ADA)[0] == 409


@pytest.mark.parametrize("word", [Word("sent"), Word("made", "h2"), Word("lost")])
def test_who_is_answered_takes_no_word_of_another_away(word):
    world = World()
    target, keys, _ = words(world)
    world.run(say(target, keys, word, SENT_SECONDS))
    world.run(conclude(target, keys, "h1"))
    assert words(world)[2] == [word]


def test_a_mark_that_the_store_forgot_while_a_worker_had_it_is_set_again():
    """Who is who may be known again by then: nothing else would tell that the follower lacks something."""
    world = World()
    world.down.add("desk")
    assert world.ask(GATEWAY, "POST /Users", ADA)[0] == 201
    answer = world.answer

    def forget(effect):
        answered = answer(effect)
        if isinstance(effect, TakeMarks) and answered:
            world.marks.open.clear()
        return answered

    world.answer = forget
    world.work_off(GATEWAY)
    world.answer = answer
    assert world.marks.open
    world.down.clear()
    world.work_off(GATEWAY)
    assert not world.marks.open
    assert [one["userName"] for one in world.desk.all["User"].values()] == ["ada"]
