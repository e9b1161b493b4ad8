"""Who is meant by an id that is a first name: read by the name of today, and never believed without a look.

| tried | taken when |
|---|---|
| the name that is remembered (`alias`, a hint) | the record's anchor is the id |
| the id as a name | the record's anchor is the id; or it has no anchor, and nobody else's is the id |
| a search by the anchor | exactly one record has it |

A record under the right name with another anchor is somebody else's. Losing the hints costs a search, never an answer.
"""

from gateway.conversation.calling import build_call, obtain_reply
from gateway.conversation.effects import Conversation, Forget, Keep, Key, Recall, Unavailable, ask, note
from gateway.conversation.listing import read_everything
from gateway.conversation.sealed import close_entry, read_entry
from gateway.lens.addresses import field_path
from gateway.lens.asked import render_filter
from gateway.lens.guards import holds
from gateway.lens.lens import Document
from gateway.observations import LookUp, StateUsed
from gateway.pipeline.compose import Known
from gateway.pipeline.interpret import read_record
from gateway.pipeline.naming import first_name, is_owner, name_of
from gateway.pipeline.paging import Pairs
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target
from gateway.scim.filter import Compare

ENDLESS = {  # why a search for the owner has no end, and what would give it one
    "SG303": (
        "the search by its field {field} takes more than {most:,} records",
        "Ask the gateway's operator to let the backend search by that field, or to raise the mapping's `scan`.",
    ),
    "SG304": (
        "the backend cut what it found by its field {field} before the end, and offers no way on",
        "Ask the gateway's operator to compare the mapping's paging with what the backend answers.",
    ),
}


def read_under(target: Target, name: str, fields: Pairs = ()) -> Conversation[Document]:
    """The record that the backend has under this id or name; a 404 Problem when there is none."""
    op = target.op("retrieve")
    call = build_call(target, "retrieve", query=fields, known=Known(target.lens, name))
    reply = yield from obtain_reply(target, call, op, on_id=True, sent=name)
    record = read_record(reply, op)
    if record is None:
        raise Problem("SG505")
    return record


def find_under(target: Target, name: str, fields: Pairs = ()) -> Conversation[Document | None]:
    """The same; None when there is none."""
    try:
        return (yield from read_under(target, name, fields))
    except Problem as problem:
        if problem.code == "SG110":
            return None
        raise


def find_owner(target: Target, native: str, fields: Pairs = ()) -> Conversation[Document]:
    """The record whose id this is, whatever its name is now; a 404 Problem when it is nobody's."""
    alias = target.names.get(native) or (yield from recall_alias(target, native))
    record: Document | None = None
    for name in dict.fromkeys(one for one in (alias, native) if one is not None):
        record = yield from find_under(target, name, fields)
        if record is not None and is_owner(target, record, native) and not is_deleted(target, record):
            if name != (alias or native):
                yield from forget_alias(target, native)
            return known(target, native, record)
    found = yield from search_owner(target, native)
    if found is not None:
        yield from keep_alias(target, native, name_of(target, found))
        return known(target, native, found)
    if record is not None and first_name(target, record) is None:
        return known(target, native, record)
    raise Problem("SG110")


def known(target: Target, native: str, record: Document) -> Document:
    """The record, whose name calls go by from now on."""
    target.names[native] = name_of(target, record)
    return record


def search_owner(target: Target, native: str) -> Conversation[Document | None]:
    """The one record whose anchor is this id. Of deleted ones it is spoken only where nobody else has it.

    A search that does not come to its end is no fault of a client, who asked for one person and has nothing to narrow.
    """
    most = max(target.resource.can.filter.scan, target.tenant.max_results)
    try:
        records = yield from read_everything(target, search_pairs(target, native), most)
    except Problem as problem:
        if problem.code not in ENDLESS:
            raise
        why, hint = ENDLESS[problem.code]
        told = why.format(field=field_path(target.lens.anchor or target.lens.id_field), most=most)
        raise Problem("SG365", f"Whose first name this is cannot be said: {told}", hint) from problem
    owners = [record for record in records if is_owner(target, record, native)]
    living = [record for record in owners if not is_deleted(target, record)]
    if len(living or owners) > 1:
        raise Problem("SG362")
    return next(iter(living or owners), None)


def search_pairs(target: Target, native: str) -> Pairs:
    """The anchor, as the backend is asked for it; nothing where everybody is read and looked at."""
    ability, field = target.resource.can.filter, field_path(target.lens.anchor or target.lens.id_field)
    question = ability.question(str(field), "eq")
    if question is None or not ability.can_write(question, native):
        return ()
    return render_filter(Compare(field, "eq", native), ability)


def locate(target: Target, native: str) -> Conversation[None]:
    """Learn the name that calls go by, where it is not known yet."""
    if target.lens.anchor is not None and native not in target.names:
        yield from find_owner(target, native)


def refuse_taken(target: Target, name: str) -> Conversation[None]:
    """A 409 Problem where a name that is going to be given is the id of somebody who has another name now."""
    owner = yield from search_owner(target, name)
    if owner is not None and name_of(target, owner) != name and not is_deleted(target, owner):
        raise Problem("SG361")


def is_deleted(target: Target, record: Document) -> bool:
    return target.resource.gone is not None and holds(target.resource.gone, record)


def follow_name(target: Target, native: str, name: str) -> Conversation[None]:
    """The record has a new name."""
    target.names[native] = name
    yield from keep_alias(target, native, name)


def require_anchor(target: Target, native: str, shown: Document | None) -> Conversation[None]:
    """A 502 Problem where the backend took the first name and does not show it. `shown`: its answer, if it has one."""
    record = shown if shown is not None else (yield from read_under(target, target.address(native)))
    if not is_owner(target, record, native):
        raise Problem("SG363")


def alias_key(target: Target, native: str) -> Key:
    return Key("alias", target.tenant.name, target.backend, target.resource.name, native)


def recall_alias(target: Target, native: str) -> Conversation[str | None]:
    """The name under which the record was seen last, as far as that is remembered."""
    key = alias_key(target, native)
    entries = yield from ask(Recall((key,)))
    entry = None if isinstance(entries, Unavailable) else entries[0]
    name = yield from read_entry(target.tenant.seal, key, entry)
    found: LookUp = "miss" if name is None else "hit"
    yield from note(StateUsed("alias", "error" if isinstance(entries, Unavailable) else found))
    return None if name is None else name.decode()


def keep_alias(target: Target, native: str, name: str) -> Conversation[None]:
    """Remember the name for a while; one that is the id needs no memory."""
    if name == native:
        yield from forget_alias(target, native)
        return
    key = alias_key(target, native)
    sealed = close_entry(target.tenant.seal, key, name.encode())
    yield from ask(Keep(((key, sealed),), target.tenant.correlation_seconds))


def forget_alias(target: Target, native: str) -> Conversation[None]:
    yield from ask(Forget((alias_key(target, native),)))
