"""What a comparison would change, told by the names of attributes and never by their values."""

from gateway.conversation.comparing import Comparison, difference_steps, leave_added, modify_calls
from gateway.conversation.keeping import kept_of, put_kept
from gateway.conversation.reading import translate_in
from gateway.conversation.writing import write_onto
from gateway.lens.lens import Document
from gateway.pipeline.by_name import natives_in
from gateway.pipeline.naming import name_of
from gateway.pipeline.target import Target

OURS = ("id", "meta", "schemas")


def differing(target: Target, compared: Comparison) -> tuple[str, ...] | None:
    """The attributes that sending the difference would change; None where nothing would be sent or kept.

    Raises a Problem where the backend has no way to change them.
    """
    compared = leave_added(target, compared)
    target.names[compared.native] = name_of(target, compared.record)
    changed = write_onto(target, compared.wanted, compared.record)
    let_ids_stand(target, compared.record, changed)
    before, after = kept_of(target, compared.current), kept_of(target, compared.wanted)
    steps = difference_steps(target, compared.native, compared.record, changed, modify_calls)
    if not steps and before == after:
        return None
    shown = translate_in(target, changed)
    put_kept(target, shown, after)
    told = names_differing(target, compared.current, shown)
    return told or names_differing(target, compared.current, compared.wanted)


def let_ids_stand(target: Target, *records: Document) -> None:
    """Whom records refer to, where the backend would be sent their names: nothing is sent, so their ids will do."""
    for record in records:
        for kind, native in natives_in(target, record):
            target.peer(kind).names.setdefault(native, native)


def names_differing(target: Target, one: Document, other: Document) -> tuple[str, ...]:
    """The attributes whose values are not the same; those of an extension stand behind its URN."""
    urns = {extension.id for extension in target.type.extensions}
    found: list[str] = []
    for name in one.keys() | other.keys():
        if name in OURS or one.get(name) == other.get(name):
            continue
        if name in urns:
            here, there = one.get(name) or {}, other.get(name) or {}
            found += (f"{name}:{part}" for part in here.keys() | there.keys() if here.get(part) != there.get(part))
        else:
            found.append(name)
    return tuple(sorted(found))
