"""Ways to divide a tenant that are not enough, one for each thing that is done beyond them: the controls."""

from msgspec.structs import replace

from gateway.conversation.spread import find_part
from gateway.mapping.prefixing import with_prefix


def send_on(target, current, changed):
    """A change is made, wherever the resource would belong then."""


def look_nowhere(target, resource, announced=()):
    """Who is in the other branches is not asked."""
    yield from ()
    return True


def hold_nothing(target, twins, work):
    """Two that want one name at once do not wait for each other."""
    return (yield from work())


def hear_nothing(twins, announced):
    """Creates in other branches that were not answered are not asked for."""
    yield from ()
    return True, [None for _ in twins]


def believe_locks(keys):
    """A lock that was taken is taken for ours, whatever the store forgot."""
    yield from ()
    return True


def look_no_more(target, named, undo, *, counted=False):
    """Whom another branch made while the lock was lost is not seen."""
    yield from ()


def show_alike(dialect, prefix):
    """Ids do not tell the branch."""
    return with_prefix(dialect, "eu~~")


def is_nowhere_else(target, shown):
    """Whoever is referred to is taken for one of this branch."""
    return False


def page_each(plan):
    """Every branch is asked for the page that the client asked for."""
    found, total = [], 0
    for part in plan.parts:
        listed = yield from find_part(part, replace(part.plan, start=plan.start, count=plan.count))
        found += [(part, one) for one in listed.resources]
        total += listed.total
    return found[: plan.count], total


CONVERSATION, PIPELINE = "gateway.conversation", "gateway.pipeline"
NAIVE = {
    "changes are sent on": ("calm", ((f"{CONVERSATION}.comparing.refuse_move", send_on),)),
    "no look at the others": (
        "calm",
        ((f"{CONVERSATION}.alone.refuse_twins", look_nowhere),),
    ),
    "no lock": ("calm", ((f"{CONVERSATION}.splitting.hold_names", hold_nothing),)),
    "no word of creates": (
        "three branches, and members are kept",
        ((f"{CONVERSATION}.twins.hear_words", hear_nothing),),
    ),
    "locks are believed": ("the store forgets", ((f"{CONVERSATION}.alone.are_ours", believe_locks),)),
    "no second look": (
        "the store forgets",
        tuple((f"{CONVERSATION}.{place}.stay_alone", look_no_more) for place in ("alone", "comparing")),
    ),
    "lists alone, which are late": ("lists are late", ((f"{CONVERSATION}.twins.hear_words", hear_nothing),)),
    "ids alike": ("calm", ((f"{PIPELINE}.dividing.with_prefix", show_alike),)),
    "members anywhere": ("calm", ((f"{PIPELINE}.abroad.is_abroad", is_nowhere_else),)),
    "nothing is kept": (
        "three branches, and members are kept",
        ((f"{PIPELINE}.absent.is_abroad", is_nowhere_else),),
    ),
    "pages of each": ("calm", ((f"{CONVERSATION}.spread.find_in_turn", page_each),)),
}
