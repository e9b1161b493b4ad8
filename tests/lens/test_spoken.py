"""A backend's words with its fields called as clients call them, and with nothing else changed."""

import pytest

from gateway.lens.spoken import name_fields, rename_fields
from gateway.mapping.load import load_dialect

NAMES = {"lastName": "name.familyName", "profile.lastName": "name.familyName", "login": "userName", "org_unit": "title"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("lastName is required.", "name.familyName is required."),
        ("profile.lastName: too long", "name.familyName: too long"),
        ("see profile.lastName.", "see name.familyName."),
        ("no org_unit", "no title"),
        ("the field 'login' is taken", "the field 'userName' is taken"),
        ("the field `login` is taken", "the field `userName` is taken"),
        ("your login failed", "your login failed"),
        ("lastNames and my_lastName", "lastNames and my_lastName"),
        ("see https://x.example/lastName", "see https://x.example/lastName"),
        ("profile.lastName.first", "profile.lastName.first"),
        ("LASTNAME", "LASTNAME"),
        ("don't, it's lastName", "don't, it's name.familyName"),
        ("", ""),
    ],
)
def test_fields_are_called_as_clients_call_them_and_plain_words_stay(words: str, said: str) -> None:
    assert rename_fields(words, NAMES) == said
    assert rename_fields(words, {}) == words


def test_a_field_is_called_by_its_attribute_where_it_carries_one_alone() -> None:
    names = name_fields(load_dialect("slack").resources["User"].lens.rules)
    assert names["managerId"].endswith("User:manager.value")
    assert {"userName", "value", "type"} & names.keys() == set()
