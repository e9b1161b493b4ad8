"""State URLs, and the names of entries."""

import pytest

from gateway.conversation.effects import Key
from gateway.edge.secrets import Secret
from gateway.edge.state_address import StateAddress, parse_state_url
from gateway.edge.state_names import Namer

GOOD = {
    "memory://": StateAddress("memory"),
    "redis://redis": StateAddress("single", hosts=(("redis", 6379),)),
    "redis://redis:6380/3": StateAddress("single", hosts=(("redis", 6380),), db=3),
    "rediss://gw@redis:6379/0": StateAddress("single", tls=True, hosts=(("redis", 6379),), username="gw"),
    "redis://[::1]:6379/0": StateAddress("single", hosts=(("::1", 6379),)),
    "redis://[::1]": StateAddress("single", hosts=(("::1", 6379),)),
    "redis+sentinel://h1:26379,h2:26379/mymaster/0": StateAddress(
        "sentinel", hosts=(("h1", 26379), ("h2", 26379)), service="mymaster"
    ),
    "redis+cluster://h1:6379,h2:6379": StateAddress("cluster", hosts=(("h1", 6379), ("h2", 6379))),
    "redis+unix:///run/redis.sock": StateAddress("unix", path="/run/redis.sock"),
}


@pytest.mark.parametrize(("url", "address"), GOOD.items())
def test_a_state_url_is_read(url, address):
    assert parse_state_url(url) == address


def test_user_and_password_come_beside_the_url():
    password = Secret(env="REDIS_PASSWORD")
    address = parse_state_url("redis://redis:6379/0", "gw", password)
    assert (address.username, address.password) == ("gw", password)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis://gw:s3cret@redis:6379/0", "password does not stand in the URL"),
        ("redis://:s3cret@redis:6379/0", "password does not stand in the URL"),
        ("redis://redis:6379/0?ssl_cert_reqs=none", "no query"),
        ("memcached://redis", "begins with one of"),
        ("redis", "begins with one of"),
        ("redis://", "name:port"),
        ("redis://redis:port", "name:port"),
        ("redis://redis:99999", "name:port"),
        ("redis://redis/zero", "database number"),
        ("redis+sentinel://h1:26379", "names the master"),
    ],
)
def test_a_bad_state_url_is_refused_without_repeating_a_password(url, says):
    with pytest.raises(ValueError, match=says) as refusal:
        parse_state_url(url)
    assert "s3cret" not in str(refusal.value)


def test_entries_of_one_tenant_at_one_backend_share_a_hash_tag():
    namer = Namer([b"k" * 32])
    names = [namer.name(Key("kept", "acme", "cube", "User", name)) for name in ("1", "2")]
    assert [name.rpartition(":")[0] for name in names] == ["scimgw:1:{acme|cube}:kept"] * 2
    assert names[0] != names[1]


def test_a_name_depends_on_the_secret_and_on_every_part_of_the_key():
    base = Key("kept", "acme", "cube", "User", "1")
    others = [Key("kept", "acme", "cube", "Group", "1"), Key("kept", "acme", "cube", "Use", "r\x001")]
    names = {Namer([b"a" * 32]).name(base), Namer([b"b" * 32]).name(base)}
    names |= {Namer([b"a" * 32]).name(other) for other in others}
    assert len(names) == 4
