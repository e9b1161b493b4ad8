"""The law of what is filled in: where an attribute is absent, the first of its texts that is complete is sent."""

from collections.abc import Iterator
from copy import deepcopy

from gateway.lens.absence import prune, read_at, write_at
from gateway.lens.footprints import keys_read, used_holes
from gateway.lens.holes import Source
from gateway.lens.kinds import Field, ListRule, SendRule, TextRule, attributes_of, keys_of
from gateway.lens.laws_case import Case
from gateway.lens.laws_spots import spots
from gateway.lens.laws_values import send
from gateway.lens.lens import Document, Lens, LensError

ADDRESS = "bjensen@example.com"  # what a hole of the class `email` takes


def fill(case: Case, full: Document) -> None:
    """Without the attribute each text serves in turn, once those before it lack something."""
    made = case.out(full, None)
    onto = [None, case.stored({}), *([] if isinstance(made, LensError) else [case.stored(made)])]
    for absent, sources in _fillings(case.lens):
        rest = deepcopy(full)
        for keys in absent:
            write_at(rest, keys, None)
        for source in sources:
            paths = [(hole, keys_read(hole)) for hole in used_holes((source,))]
            for hole, keys in paths:
                if hole.kind == "email" and read_at(rest, keys) is not None:
                    write_at(rest, keys, ADDRESS)
            _send(case, rest, onto)
            for _, keys in paths[:1]:
                write_at(rest, keys, None)
        _send(case, rest, onto)


def _send(case: Case, resource: Document, onto: list[Document | None]) -> None:
    for record in onto:
        send(case, (prune(resource), record))


def _fillings(lens: Lens) -> Iterator[tuple[list[Field], tuple[Source, ...]]]:
    """What is absent, and the texts that then serve."""
    for spot in spots(lens):
        keys = keys_of(spot.rule.s)
        yield [keys[:-1] if spot.named else keys], spot.rule.fill
    for rule in lens.rules:
        if isinstance(rule, TextRule):
            yield [keys_of(path) for path in attributes_of(rule)], rule.fill
        elif isinstance(rule, SendRule):
            yield [], rule.values
        elif isinstance(rule, ListRule):
            yield from (([keys_of(rule.s)], tuple(item.values())) for item in rule.fill)
