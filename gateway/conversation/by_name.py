"""Who is meant by references that hold names, and what those are called who are meant by ids.

A few names are read one by one, more of them cost a look at the whole list: what a group of a thousand costs is a
thousandth of that for each.
"""

from collections.abc import Iterable, Sequence

from gateway.conversation.abreast import abreast
from gateway.conversation.effects import Conversation
from gateway.conversation.listing import read_everything
from gateway.conversation.naming import find_owner, find_under, search_owner
from gateway.lens.lens import Document, FieldChange
from gateway.pipeline.by_name import Named, natives_in, natives_told, rewrite
from gateway.pipeline.naming import first_name, identify, name_of
from gateway.pipeline.problems import Problem
from gateway.pipeline.target import Target

FEW = 20
MOST = 100_000


def settle(target: Target, records: Sequence[Document]) -> Conversation[list[Document]]:
    """Records as the backend has them, with ids where they hold names. A name of nobody refers to nobody."""
    if not target.pointing:
        return list(records)
    found = dict.fromkeys(one for record in records for one in natives_in(target, record))
    owners: dict[Named, str] = {}
    for kind in dict.fromkeys(kind for kind, _ in found):
        names = [name for of, name in found if of == kind]
        known = yield from identify_all(target.peer(kind), names)
        owners |= {(kind, name): native for name, native in known.items()}
    return [rewrite(target, record, owners.get) for record in records]


def settle_one(target: Target, record: Document) -> Conversation[Document]:
    """The same of one record."""
    (settled,) = yield from settle(target, [record])
    return settled


def identify_all(there: Target, names: Sequence[str]) -> Conversation[dict[str, str]]:
    """The ids of those who have these names now; what they are called is remembered."""
    if len(names) <= FEW:
        ids = yield from abreast(identify_one(there, name) for name in names)
        known = {name: native for name, native in zip(names, ids, strict=True) if native is not None}
    else:
        known = yield from identify_among_all(there, frozenset(names))
    there.names.update({native: name for name, native in known.items()})
    return known


def identify_one(there: Target, name: str) -> Conversation[str | None]:
    """Whose name it is; None where it is nobody's, or of somebody whose id is another's."""
    record = yield from find_under(there, name)
    if record is None:
        return None
    if first_name(there, record) is None and (yield from search_owner(there, name)) is not None:
        return None
    return identify(there, record)


def identify_among_all(there: Target, names: frozenset[str]) -> Conversation[dict[str, str]]:
    """The same, by one look at everybody."""
    records = yield from read_everything(there, (), MOST)
    taken = {first_name(there, record) for record in records}
    wanted = [record for record in records if name_of(there, record) in names]
    own = [one for one in wanted if first_name(there, one) is not None or name_of(there, one) not in taken]
    return {name_of(there, record): identify(there, record) for record in own}


def meet(
    target: Target, document: Document, changes: Sequence[FieldChange] = (), before: Document | None = None
) -> Conversation[None]:
    """Learn the names of all whom a record or changes refer to. A 400 Problem for an id that is nobody's.

    `before` is the record that becomes this one: who is to leave is called by name as well, and may have gone.
    """
    if target.pointing:
        told = [*natives_in(target, document), *natives_told(target, changes)]
        yield from learn(target, told)
        leaving = set(natives_in(target, before or {})).difference(told)
        yield from learn(target, [*sorted(leaving), *natives_gone(target, changes)], needed=False)


def natives_gone(target: Target, changes: Sequence[FieldChange]) -> Iterable[Named]:
    """The references that changes take away."""
    gone = [FieldChange("add", one.path, one.value) for one in changes if one.op == "remove" and one.value is not None]
    return natives_told(target, gone)


def learn(target: Target, told: Sequence[Named], *, needed: bool = True) -> Conversation[None]:
    unknown = [(kind, native) for kind, native in dict.fromkeys(told) if native not in target.peer(kind).names]
    yield from abreast(learn_one(target.peer(kind), native, needed=needed) for kind, native in unknown)


def learn_one(there: Target, native: str, *, needed: bool) -> Conversation[None]:
    try:
        yield from find_owner(there, native)
    except Problem as problem:
        if problem.code != "SG110":
            raise
        if needed:
            raise Problem("SG364") from problem
