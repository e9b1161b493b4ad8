"""A backend's own words reach the client with its fields called as the client calls them, and without values."""

import pytest

from gateway.conversation.effects import Reply

BODY = {"userName": "bjensen", "title": "Tour Guide"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("'job' is longer than 5 for login bjensen", "'title' is longer than 5 for login ..."),
        ("'login' bjensen: no such job Tour Guide", "'userName' ...: no such job ..."),
        ("refused with Bearer abcdef123456", "refused with ..."),
    ],
)
def test_a_refusal_names_attributes_and_repeats_no_value(play, make_gateway, words, said):
    steps = [("POST /users?activate=false", Reply(400, {}, {"error": {"message": words}}))]
    played = play("POST /Users", steps, gateway=make_gateway("stepwise"), body=BODY)
    assert f'"{said}"' in played.detail
    assert "bjensen" not in played.detail
