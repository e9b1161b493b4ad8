"""Entries of the state store that tell of somebody: nobody else can read them, or lay one in another's place."""

from typing import get_args, get_type_hints

import pytest
from acme_stage import SEAL

from gateway.conversation.effects import Key, Reseal
from gateway.conversation.sealed import BOUND, close_entry, open_entry, read_entry, renew, renewed
from gateway.observations import StateFailed
from gateway.pipeline.sealing import Seal

KINDS = get_args(get_type_hints(Key)["kind"])
TEXT = b'{"externalId":"bjensen@example.com"}'
OTHERS = {"kind": "lock", "tenant": "emea", "backend": "emea-prod", "resource": "Group", "name": "externalId=2"}
PLACES = tuple(OTHERS)


def key(kind="kept", **other):
    return Key(**{"kind": kind, "tenant": "acme", "backend": "prod", "resource": "User", "name": "7", **other})


def reading(entry, where=None):
    facts = []
    talk = read_entry(SEAL, where or key(), entry)
    try:
        while True:
            facts.append(next(talk).observation)
    except StopIteration as end:
        return end.value, facts


@pytest.mark.parametrize("kind", KINDS)
def test_an_entry_opens_under_its_own_key_alone(kind):
    entry = close_entry(SEAL, key(kind), TEXT)
    assert open_entry(SEAL, key(kind), entry) == TEXT
    assert not any(word in entry for word in (b"externalId", b"bjensen", b"example"))
    bound = PLACES[: BOUND.get(kind)]
    for place, other in OTHERS.items():
        if other != kind:
            assert (open_entry(SEAL, key(**{"kind": kind, place: other}), entry) is None) == (place in bound), place


def test_what_opens_is_told_of_only_when_it_does_not():
    assert reading(close_entry(SEAL, key(), TEXT)) == (TEXT, [])
    assert reading(None) == (None, [])
    for entry in (b"", TEXT, b"\xff", close_entry(SEAL, key(), TEXT)[:-1]):
        assert reading(entry) == (None, [StateFailed("recall", "garbage")])


def test_while_a_secret_is_turned_over_both_open():
    old, new = SEAL, Seal((b"the new secret of thirty-two byt", *SEAL.secrets))
    assert open_entry(new, key(), close_entry(old, key(), TEXT)) == TEXT
    assert open_entry(old, key(), close_entry(new, key(), TEXT)) is None


def test_what_an_older_secret_opens_is_sealed_anew_and_nothing_else():
    both = Seal((b"the new secret of thirty-two byt", *SEAL.secrets))
    old, new = close_entry(SEAL, key(), TEXT), close_entry(both, key(), TEXT)
    assert renewed(both, key(), old) == new
    for entry in (new, None, b"", b"garbage", close_entry(SEAL, key(name="8"), TEXT)):
        assert renewed(both, key(), entry) is None
    assert renewed(SEAL, key(), old) is None
    effect = next(renew(both, [(key(), old), (key(name="8"), new), (key(name="9"), None)]))
    assert effect == Reseal(((key(), old, new),))


def test_without_a_secret_nothing_is_written_that_anybody_could_read():
    assert close_entry(Seal(), key(), TEXT) == b""
    assert open_entry(Seal(), key(), b"") is None
