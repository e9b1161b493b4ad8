"""Reading and writing one attribute of a resource by its path."""

from typing import Any

from msgspec import UNSET

from gateway.lens.kinds import LeafRule, keys_of
from gateway.lens.lens import Document, Lens
from gateway.scim.filter import AttrPath
from gateway.scim.patch import Operation


def read_attribute(document: Document, path: AttrPath) -> Any:
    """The value, None when absent. Lists are not entered."""
    here: Any = document
    for key in keys_of(path):
        here = here.get(key) if isinstance(here, dict) else None
    return here


def write_attribute(document: Document, path: AttrPath, value: Any) -> None:
    """Set the value in place; objects on the way are made or copied, never shared."""
    *parents, last = keys_of(path)
    for parent in parents:
        document[parent] = dict(document.get(parent) or {})
        document = document[parent]
    document[last] = value


def with_attribute(document: Document, path: AttrPath, value: Any) -> Document:
    """A copy with the value; without the attribute where there is none."""
    made = dict(document)
    if value in (None, []):
        remove_attribute(made, path)
    else:
        write_attribute(made, path, value)
    return made


def document_with(path: AttrPath, value: Any) -> Document:
    """A document that holds nothing but this value."""
    document = value
    for key in (path.sub, path.attr, path.urn):
        document = document if key is None else {key: document}
    return document if isinstance(document, dict) else {}


def remove_attribute(document: Document, path: AttrPath) -> None:
    """Take the value out in place, and with it the object that it leaves empty."""
    remove_keys(document, keys_of(path))


def remove_keys(document: Document, keys: tuple[str, ...]) -> None:
    first, *rest = keys
    if not rest:
        document.pop(first, None)
    elif isinstance(document.get(first), dict):
        inner = dict(document[first])
        remove_keys(inner, tuple(rest))
        if inner:
            document[first] = inner
        else:
            del document[first]


def hold_absent(lens: Lens, wanted: Document, current: Document) -> Document:
    """The wanted resource, with the present values of attributes that the backend would give one of its own if they
    were taken away: removing `active` must not let somebody in.
    """
    held = dict(wanted)
    for rule in lens.rules:
        if isinstance(rule, LeafRule) and rule.absent is not UNSET and read_attribute(wanted, rule.s) is None:
            value = read_attribute(current, rule.s)
            if value is not None:
                write_attribute(held, rule.s, value)
    return held


def complete(lens: Lens, sent: Document, shown: Document) -> Document:
    """The answer to one write: what the backend accepts but does not return is shown as it was sent.

    Only fields that the shape marks `echo:sent`; write-only ones are never echoed.
    """
    completed = dict(shown)
    for path in lens.unechoed:
        value = read_attribute(sent, path)
        if value is not None and read_attribute(shown, path) is None:
            write_attribute(completed, path, value)
    return completed


def values_sent(lens: Lens, operations: tuple[Operation, ...]) -> Document:
    """Of a PATCH, the values that its answer may have to be completed with."""
    sent: Document = {}
    for one in operations:
        if one.path.target in lens.unechoed and one.op != "remove":
            write_attribute(sent, one.path.target, one.value)
    return sent
