"""Creates that ended unseen, parked because the primary cannot show who has the name: reconcile ends their marks."""

import pytest
from reconcile_stage import FOLLOWER, Killed, Theatre, at_once, person

from gateway.conversation.effects import Call
from gateway.conversation.followers.settling import PARK_AFTER
from gateway.observations_followers import MarkParked

ANN, BOB = "ann.able@example.com", "bob.best@example.com"
SENSELESS = {"name": "Ann"}


class Dying(Theatre):
    """The process dies once the primary has answered the create."""

    dies = False

    def answer(self, effect):
        answer = super().answer(effect)
        if self.dies and isinstance(effect, Call) and effect.method == "POST":
            raise Killed
        return answer


@pytest.fixture
def theatre():
    """Ann was made, nobody was told, and what the primary shows of her cannot be read; her mark is parked."""
    opened = Dying(follower="webex")
    opened.dies = True
    with pytest.raises(Killed):
        opened.ask("POST /Users", person(ANN))
    opened.dies = False
    (ann,) = opened.primary.all()
    opened.primary.put(ann, **SENSELESS)
    for _ in range(PARK_AFTER):
        opened.catch_up()
    assert [fact.code for fact in opened.facts if isinstance(fact, MarkParked)] == ["SG507"]
    assert counted(opened) == (0, 1)
    return opened


def counted(theatre):
    found = at_once(theatre.state.count_marks("acme", FOLLOWER))
    return found.waiting, found.parked


def ann(theatre):
    (native,) = (native for native, one in theatre.primary.all().items() if one["userName"] == ANN)
    return native


def test_it_ends_once_she_is_in_step(theatre):
    theatre.primary.put(ann(theatre), name=person(ANN)["name"])
    dry = theatre.compare(repairs=False)
    assert (dry.types[0].left, counted(theatre)) == (1, (0, 1))
    done = theatre.compare()
    assert (done.types[0].left, theatre.follower.names(), counted(theatre)) == (0, [ANN], (0, 0))


def test_it_ends_once_the_primary_has_nobody_of_that_name(theatre):
    theatre.primary.drop(ann(theatre))
    theatre.primary.put("p9", **person(BOB))
    theatre.follower.refuses = BOB
    assert theatre.compare().types[0].left == 1, "another's drift is none of hers"
    assert counted(theatre) == (1, 0)


def test_it_stays_while_a_record_of_the_primarys_may_be_hers(theatre):
    assert [(one.kind, one.code) for one in theatre.compare().types[0].drifts] == [("unreadable", "SG507")]
    assert counted(theatre) == (0, 1)


def test_it_stays_while_she_is_out_of_step(theatre):
    theatre.primary.put(ann(theatre), name=person(ANN)["name"])
    theatre.follower.refuses = ANN
    assert theatre.compare().types[0].left == 1
    assert counted(theatre) == (1, 1)
    theatre.follower.refuses = ""
    theatre.compare()
    theatre.catch_up()
    theatre.compare()
    assert (theatre.follower.names(), counted(theatre)) == ([ANN], (0, 0))
