"""The configuration: what the contract refuses is refused with place and hint, whatever stands where, all at once."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from contract_stage import TINY

from gateway.settings import check_settings

TOKEN = "94e71c624d6043305a2a35901e01a74bf3857e00b191fd9a837c0b692ee26df7"
OTHER = "9eb720f11d141c159399e43b14f0dc392c7ca14db01b06647a5f78eabba6b92b"
WORD = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"  # of "secret"
URL = "http://127.0.0.1:9/scim/v2"

WHOLE = f"""\
listen: 127.0.0.1:8080
admin: 127.0.0.1:9090
public_url: https://scim.example.com
state: {{ url: "redis://redis:6379/0", username: gateway, password: {{ file: long }} }}
secret: [ {{ file: long }} ]
mappings: [ . ]
backends:
  bearer:
    mapping: tiny
    url: '{URL}'
    auth: {{ bearer: {{ file: long }} }}
    timeout: 8s
    pace: 25/s
    concurrency: 16
  basic: {{ mapping: tiny, url: '{URL}', auth: {{ basic: {{ user: gateway, password: {{ file: long }} }} }} }}
  header: {{ mapping: tiny, url: '{URL}', auth: {{ header: {{ name: X-Api-Key, value: {{ file: long }} }} }} }}
  client:
    mapping: tiny
    url: '{URL}'
    auth: {{ oauth2: {{ token_url: '{URL}', client_id: gateway, client_secret: {{ file: long }}, scope: scim }} }}
tenants:
  acme:
    tokens: [ {{ sha256: {TOKEN}, label: okta }} ]
    backends: [ bearer, {{ use: basic, when: userName pr }} ]
    followers: {{ require: all }}
    leaves: delete
    reconcile: 6h
    client: okta
    deadline: 20s
    brake: {{ removals: 100/h }}
  emea:
    tokens: [ {{ sha256: {OTHER} }} ]
    split: [ {{ use: bearer, when: userName pr }}, basic ]
    absent_member: keep
  apac: {{ tokens: [ {{ sha256: {OTHER[::-1]} }} ], backends: [ header ] }}
  west: {{ tokens: [ {{ sha256: {TOKEN[::-1]} }} ], backends: [ client ] }}
"""
STRANGE: list[Any] = [None, 5, True, -1.5, "", "x", [], [None], {}, {"a": None}, 10**300]


def walk(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    below = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in below:
        yield from walk(value, (*path, key))


def replace(path: tuple[Any, ...], value: Any) -> Any:
    data = yaml.safe_load(WHOLE)
    if not path:
        return value
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return data


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "long").write_text("0123456789abcdef0123456789abcdef")
    (tmp_path / "tiny.yaml").write_text(TINY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_whole_configuration_is_good(folder):
    Path("gateway.yaml").write_text(WHOLE)
    report = check_settings("gateway.yaml")
    assert report.settings is not None
    assert {one.place.file for one in report.diagnostics if one.code != "N824"} == {"tiny.yaml"}


@pytest.mark.parametrize("path", list(walk(yaml.safe_load(WHOLE))), ids=lambda path: ".".join(map(str, path)) or "file")
def test_a_strange_value_anywhere_is_a_complaint_with_its_line_and_never_a_breakdown(folder, path):
    for value in STRANGE:
        Path("gateway.yaml").write_text(yaml.safe_dump(replace(path, value)))
        report = check_settings("gateway.yaml")
        for one in report.diagnostics:
            assert re.match(r"(gateway|tiny)\.yaml:\d+:\d+: (error|warning|note) [EWN]\d{3}: ", str(one)), (
                value,
                str(one),
            )
        refused = any(one.level == "error" for one in report.diagnostics)
        assert refused is (report.settings is None), value


SPOILT = f"""\
listen: 127.0.0.1
public_url: https://scim.example.com/?a=b
lisen: 127.0.0.1:8080
state: redis://:s3cret@redis:6379/0
backends:
  one: {{ mapping: scim2, url: '{URL}?a=b', auth: {{ bearer: {{ env: NO_SUCH_VARIABLE }} }} }}
  two: {{ mapping: scim3, url: '{URL}', auth: none, speed: 5/s }}
  idle: {{ mapping: scim2, url: '{URL}', auth: none }}
tenants:
  acme: {{ tokens: [ {{ sha256: {TOKEN} }} ], backends: [ one ] }}
  emea: {{ tokens: [ {{ sha256: {TOKEN} }}, {{ sha256: {WORD} }} ], backends: [ two ] }}
  Apac: {{ tokens: [], backends: [ three ] }}
"""
TOLD = {
    (1, "E803"), (2, "E804"), (3, "E102"), (4, "E805"), (6, "E804"), (6, "E808"), (7, "E815"), (7, "E102"), (8, "E814"),
    (11, "E810"), (11, "E811"), (12, "E809"), (12, "E821"), (12, "E813"),
}  # fmt: skip


def test_all_that_is_wrong_is_told_at_once_with_place_and_hint_and_nothing_starts(
    folder: Path, run: Callable[..., Any]
):
    Path("gateway.yaml").write_text(SPOILT)
    checked = run("check", folder=folder)
    found = re.findall(r"^gateway\.yaml:(\d+):\d+: error (E\d{3}): .+\n    hint: .+", checked.stdout, re.M)
    assert {(int(line), code) for line, code in found} == TOLD
    assert checked.returncode == 1
    assert f"{len(TOLD)} to correct" in checked.stderr
    served = run("serve", folder=folder)
    assert served.returncode == 1
    assert served.stderr.startswith(checked.stdout)
    assert served.stdout == ""
    assert "s3cret" not in checked.stdout + served.stderr


PROMISED = f"""\
listen: 127.0.0.1:8080              # SCIM
admin: 127.0.0.1:9090               # /metrics /livez /readyz, never routed to clients
public_url: https://scim.acme.example   # what meta.location shows; without it, the scheme and Host of the request
state: memory://                    # the embedded default
mappings: [./mappings]              # searched before the mappings that come with the gateway

backends:
  cube-prod:
    mapping: cube-cloud
    params: {{ host: acme.cubecloud.dev }}    # fills the mapping's base URL
    # url: http://127.0.0.1:9001/api/scim/v2    # or replaces it whole
    auth: {{ bearer: {{ env: CUBE_TOKEN }} }}   # a secret is {{ env: NAME }} or {{ file: PATH }}; never a literal
    timeout: 8s
    pace: 25/s
    concurrency: 16
  rsa-prod:
    mapping: rsa-unified-directory
    url: https://rsa.acme.example/scim/v2
    auth: {{ bearer: {{ file: rsa }} }}
  cube-eu: {{ mapping: cube-cloud, params: {{ host: eu.cubecloud.dev }}, auth: {{ bearer: {{ env: CUBE_EU }} }} }}
  cube-us: {{ mapping: cube-cloud, params: {{ host: us.cubecloud.dev }}, auth: {{ bearer: {{ env: CUBE_US }} }} }}

tenants:
  acme:
    tokens:
      - sha256: {TOKEN}
        label: okta-2026
    backends:
      - cube-prod                           # the primary
      - {{ use: rsa-prod, when: 'userName ew "@acme.example"' }}   # a follower
  emea:
    tokens: [ {{ sha256: {OTHER} }} ]
    split:                                  # each resource lives in exactly one backend: the first whose filter matches
      - {{ use: cube-eu, when: 'userName ew "@eu.acme.example"' }}
      - {{ use: cube-us }}
"""
TOKENS = {"CUBE_TOKEN": "one", "CUBE_EU": "two", "CUBE_US": "three"}
FREE = {"127.0.0.1:8080": "127.0.0.1:0", "127.0.0.1:9090": "127.0.0.1:0"}


def test_the_configuration_with_followers_and_branches_passes_and_is_served(
    folder: Path, run: Callable[..., Any], start: Callable[..., Any]
):
    (folder / "mappings").mkdir()
    (folder / "rsa").write_text("four")
    text = PROMISED
    for taken, free in FREE.items():
        text = text.replace(taken, free)
    Path("gateway.yaml").write_text(text)
    checked = run("check", "--strict", folder=folder, **TOKENS)
    assert (checked.returncode, checked.stderr) == (0, "")
    process = start("serve", folder=folder, **TOKENS)
    assert process.wait_for_event("startup")["tenants"] == 2
    assert process.stop() == 0
