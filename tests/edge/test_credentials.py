"""OAuth2 tokens over their life, with a clock in hand and an endpoint that is a function."""

from typing import Any

import pytest

from gateway.edge.credentials import DEFAULT_LIFE, CredentialError, Fetched, OAuth2, life_of
from gateway.edge.secrets import Secret, SecretError, read_secret

AUTH = OAuth2("https://login.example.com/token", "gw", Secret(env="X"))


class Endpoint:
    def __init__(self) -> None:
        self.fetched = 0
        self.down = False
        self.life: Any = 100

    async def __call__(self, auth: OAuth2) -> dict[str, Any]:
        if self.down:
            raise CredentialError("down")
        self.fetched += 1
        return {"access_token": f"tok-{self.fetched}", "expires_in": self.life}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def set_up() -> tuple[Endpoint, Clock, Fetched]:
    endpoint, clock = Endpoint(), Clock()
    return endpoint, clock, Fetched(AUTH, endpoint, clock)


async def test_a_token_is_used_for_four_fifths_of_its_life_and_then_renewed(set_up):
    endpoint, clock, fetched = set_up
    used = []
    for clock.now in (0.0, 79.0, 81.0, 100.0):
        used.append((await fetched.headers())["Authorization"])
    assert used == ["Bearer tok-1", "Bearer tok-1", "Bearer tok-2", "Bearer tok-2"]
    assert endpoint.fetched == 2


async def test_a_token_that_still_holds_bridges_an_endpoint_that_is_down(set_up):
    endpoint, clock, fetched = set_up
    await fetched.headers()
    endpoint.down = True
    clock.now = 90.0
    assert (await fetched.headers())["Authorization"] == "Bearer tok-1"
    clock.now = 101.0
    with pytest.raises(CredentialError):
        await fetched.headers()


async def test_a_refused_token_is_not_used_again(set_up):
    _, _, fetched = set_up
    sent = await fetched.headers()
    assert fetched.refuse(sent)
    assert (await fetched.headers())["Authorization"] == "Bearer tok-2"


async def test_a_late_refusal_of_an_old_token_does_not_throw_the_new_one_away(set_up):
    endpoint, _, fetched = set_up
    old = await fetched.headers()
    fetched.refuse(old)
    await fetched.headers()
    fetched.refuse(old)
    assert (await fetched.headers())["Authorization"] == "Bearer tok-2"
    assert endpoint.fetched == 2


@pytest.mark.parametrize("said", [None, 0, -5, "soon", [], 1e12, float("nan")])
def test_nonsense_about_a_life_is_five_minutes(said):
    assert life_of(said) == DEFAULT_LIFE


def test_a_life_may_be_a_text():
    assert life_of("3600") == 3600.0


@pytest.mark.parametrize(
    ("secret", "value", "says"),
    [
        (Secret(env="ABSENT"), None, "ABSENT is not set"),
        (Secret(env="GIVEN"), "", "GIVEN is empty"),
        (Secret(env="GIVEN"), "s3cret\nx", "cannot stand in an HTTP header"),
        (Secret(env="GIVEN"), "s3crét", "cannot stand in an HTTP header"),
        (Secret(file="/nowhere/token"), None, "/nowhere/token cannot be read"),
    ],
)
def test_a_secret_that_cannot_be_used_is_named_and_never_shown(monkeypatch, secret, value, says):
    monkeypatch.delenv("ABSENT", raising=False)
    if value is not None:
        monkeypatch.setenv("GIVEN", value)
    with pytest.raises(SecretError, match=says) as refusal:
        read_secret(secret)
    assert "s3cr" not in str(refusal.value)
