"""Parts of items that the backend lacks and SCIM is shown: `emails.type` where addresses have none.

Called by generated translations. What is assumed of one item only is shown by the primary one, else by the first; on
the way out items that differ in nothing else are one.
"""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Any

from gateway.lens.lens import Document, LensError
from gateway.lens.runtime import Show, Write, show_each


def show_on_one(items: Sequence[Document], assumed: Mapping[str, Any]) -> None:
    """Put what is assumed into the primary item, or into the first where none is."""
    shown = items[0]
    if len(items) > 1:
        shown = next((one for one in items if one.get("primary") is True), shown)
    shown.update(assumed)


def send_once(items: Sequence[Document], old: Any, of_one: Set[str], write: Write, show: Show) -> list[Document]:
    """The items to write, without the parts that one item shows: those have no field to go to.

    An item that becomes equal to an earlier one is left out (a client that does not find its address by type adds it
    at each cycle), unless the old list holds that many equals.
    """
    bare = [{key: value for key, value in one.items() if key not in of_one} for one in items]
    if len(bare) == 1:
        return bare
    olds = old if isinstance(old, list) else [old] if old else []
    held = Counter(_sent_as(one, write) for one in show_each(show, olds))
    met: Counter[str] = Counter()
    kept: list[Document] = []
    for one in bare:
        sent = _sent_as(one, write)
        met[sent] += 1
        if not sent or met[sent] <= max(held[sent], 1):
            kept.append(one)
    return kept


def _sent_as(item: Document, write: Write) -> str:
    """What is sent of an item where there is no old one, as a text to compare; empty for one that is refused.

    False counts as absent: `primary` is false where nothing says so (RFC 7643 section 2.4).
    """
    try:
        made: Any = next(iter(write([item])), {})
    except LensError:
        return ""
    if isinstance(made, dict):
        made = sorted((key, value) for key, value in made.items() if value is not False)
    return repr(made)
