"""Ways to keep followers in step that are not enough, one for each thing that is done beyond them: the controls."""

from msgspec.structs import replace

from gateway.conversation.followers import converging
from gateway.conversation.followers.bringing import equalise
from gateway.conversation.followers.looking import BLIND
from gateway.conversation.followers.marking import Held, end_mark, mark_key
from gateway.conversation.followers.peering import find_peer
from gateway.conversation.followers.shortcut import send_on
from gateway.pipeline.plans import ModifyDirectly


def set_no_marks(marks, seconds=0.0):
    """Nothing is remembered of what is open."""
    yield from ()
    return [Held(mark_key(seat, one), one, b"") for seat, one in marks]


def send_straight_on(plan, one, password):
    """The client's operations are sent to the follower as they are, whatever it missed before."""
    if not isinstance(plan, ModifyDirectly):
        yield from equalise(plan, one, password)
        return
    yield from send_on(plan, one.pair, one.open)
    yield from end_mark(one.mark)


def find_linked_alone(there, linked, named):
    """Whom no link leads to is not looked for."""
    return (yield from find_peer(there, linked, ())) if linked else None


def find_no_owner(seat, one, peer):
    """Who has the name is taken over, whoever it was so far."""
    yield from ()


def mark_no_referrers(leader, follower, one):
    """Who comes to belong is made, and that is all."""
    yield from ()


def converge_anyhow(pair, one, password="", path=(), sight=BLIND):
    """Without a lock: two that are at one resource at once do not wait for each other."""
    return (yield from converging.converge_held(pair, one, password, (*path, one.reference), sight))


def ask_for_named_alone(there, rule, ids, named, sight, *, sure):
    """Whoever no change names is taken to be in the list that is never shown, whatever is known of it."""
    yield from ()
    return named, True


def name_the_last_alone(one, named):
    """A mark says whom the last change names, and nobody of those before."""
    return replace(one, named=tuple(named or ()), sure=one.sure and named is not None)


def wait_for_each_other(pair, circle):
    """Names that go round are left to those who have them."""
    yield from ()
    return False


BRINGING, CONVERGING, LEADING, SETTLING = (
    f"gateway.conversation.followers.{name}" for name in ("bringing", "converging", "leading", "settling")
)
NAIVE = {
    "no mark": ((f"{LEADING}.set_marks", set_no_marks), (f"{BRINGING}.set_marks", set_no_marks)),
    "straight on": ((f"{BRINGING}.equalise", send_straight_on),),
    "no look-up": (("gateway.conversation.followers.recognising.find_peer", find_linked_alone),),
    "no owner": (
        (f"{CONVERGING}.find_owner", find_no_owner),
        ("gateway.conversation.followers.owning.find_owner", find_no_owner),
    ),
    "no round": (("gateway.conversation.followers.freeing.rotate", wait_for_each_other),),
    "no referrers": ((f"{CONVERGING}.mark_referrers", mark_no_referrers),),
    "no doubt": (("gateway.conversation.followers.looking.find_doubted", ask_for_named_alone),),
    "no memory": (
        (f"{LEADING}.remember_named", name_the_last_alone),
        ("gateway.conversation.followers.marking.remember_named", name_the_last_alone),
    ),
    "no lock": (
        (f"{CONVERGING}.converge", converge_anyhow),
        (f"{SETTLING}.converge", converge_anyhow),
    ),
}
