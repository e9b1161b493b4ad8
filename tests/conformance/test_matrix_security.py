"""Who may ask what, and what stays secret (RFC 7644 sections 2, 6 and 7, RFC 7643 section 9)."""

import base64
import json
import logging
from pathlib import Path
from typing import Any

import msgspec
import yaml
from matrix_bench import Bench, Ending, fresh, person, refused, row, send
from scene import VENDOR_TOKEN

from gateway.edge.logs import LOGGER
from gateway.settings import check_settings

SECRET = "t1meMa$heen-1789"


def check(bench: Bench, **changed: Any) -> list[str]:
    """What is said of the stand's configuration with these keys changed."""
    config = yaml.safe_load(bench.stand.config.read_text()) | changed
    file = bench.stand.config.with_name("changed.yaml")
    file.write_text(yaml.safe_dump(config))
    return [f"{one.level} {one.message}" for one in check_settings(str(file)).diagnostics]


def signed(**claims: Any) -> str:
    """A token of the kind that some other authority issues."""
    parts = ({"alg": "RS256", "typ": "JWT"}, claims)
    return ".".join(
        [*(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts), "c2ln"]
    )


def refuse_token(bench: Bench, token: str) -> None:
    answer = bench.get("/Users", token=token)
    refused(answer, 401)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@row(local=True)
def test_P004_a_token_is_of_one_tenant(bench: Bench) -> Ending:
    foreign = bench.at("emea").stand
    refused(Bench(msgspec.structs.replace(foreign, token=bench.stand.token)).get("/Users"), 401)


@row(local=True, absent="a token may do all that its tenant may")
def test_P005_tokens_have_no_scope_and_strangers_reach_no_backend(bench: Bench) -> Ending:
    nothing = bench.stand.count_calls()
    known, before = bench.add(), bench.stand.count_calls()
    assert before > nothing
    refuse_token(Bench(bench.stand), fresh("token"))
    refused(bench.patch(f"/Users/{known['id']}", {"op": "remove", "path": "title"}, token=fresh("token")), 401)
    assert bench.stand.count_calls() == before


@row()
def test_P006_nobody_is_let_in_by_another_issuer(bench: Bench) -> Ending:
    refuse_token(bench, signed(iss="https://elsewhere.example", sub="me"))


@row()
def test_P007_basic_is_not_taken(bench: Bench) -> Ending:
    told = base64.b64encode(f"user:{bench.stand.token}".encode()).decode()
    refused(bench.get("/Users", token="", Authorization=f"Basic {told}"), 401)


@row(absent="tokens are opaque; a signed one is one that nobody has")
def test_P008_signed_tokens_are_not_taken(bench: Bench) -> Ending:
    refuse_token(bench, signed(aud="https://another.example", exp=4102444800))
    refuse_token(bench, signed(aud=bench.stand.url, exp=4102444800))


@row(absent="a token may do all that its tenant may")
def test_P009_a_token_may_do_all_that_its_tenant_may(bench: Bench) -> Ending:
    refuse_token(bench, signed(scope="scim.read"))


@row(local=True)
def test_P156_an_external_id_is_unique_in_its_tenant(bench: Bench) -> Ending:
    external, other = fresh("e"), bench.at("emea")
    ours, theirs = bench.add(externalId=external), other.add(externalId=external)
    assert bench.search(f'externalId eq "{external}"').found == [ours["id"]]
    assert other.search(f'externalId eq "{external}"').found == [theirs["id"]]
    other.tidy()


@row(local=True)
def test_P157_the_tenant_of_the_path_is_that_of_the_token(bench: Bench) -> Ending:
    for name in ("emea", "nobody"):
        foreign = msgspec.structs.replace(bench.stand, url=f"{bench.stand.root}/{name}/scim/v2")
        refused(Bench(foreign).get("/Users"), 401)


@row(local=True, absent="TLS ends at what stands before the gateway")
def test_P158_tls_ends_before_the_gateway(bench: Bench) -> Ending:
    assert any(one.startswith("error") for one in check(bench, listen={"address": "0.0.0.0:443", "tls": "cert.pem"}))


@row(local=True)
def test_P161_a_credential_never_travels_in_clear(bench: Bench) -> Ending:
    backends = yaml.safe_load(bench.stand.config.read_text())["backends"]
    name = next(iter(backends))
    bare = backends | {name: backends[name] | {"url": "http://vendor.example/scim/v2"}}
    assert f"warning the credential of {name} travels unencrypted" in check(bench, backends=bare)


@row(local=True)
def test_P160_weak_tokens_are_refused(bench: Bench) -> Ending:
    for number in range(16):
        refuse_token(bench, f"{number:04x}")
    weak = {"tokens": [{"sha256": "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"}]}  # "secret"
    tenants = yaml.safe_load(bench.stand.config.read_text())["tenants"]
    said = check(bench, tenants=tenants | {"acme": tenants["acme"] | weak})
    assert "error that is the hash of a well-known word" in said


@row(absent="a token is valid until it is taken out of the configuration")
def test_P162_a_token_has_no_end_of_its_own(bench: Bench) -> Ending:
    refuse_token(bench, signed(exp=1))


class Heard(logging.Handler):
    """What the gateway logs, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def __enter__(self) -> "Heard":
        self.before = LOGGER.level
        LOGGER.addHandler(self)
        LOGGER.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        LOGGER.removeHandler(self)
        LOGGER.setLevel(self.before)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {vars(record)}")


@row(local=True)
def test_P163_a_filter_stands_in_no_log_and_no_metric(bench: Bench) -> Ending:
    name = fresh("secretive")
    with Heard() as heard:
        assert bench.search(f'userName eq "{name}"').found == []
        refused(bench.search(f'nosuch.thing[ eq "{name}"'), 400, "invalidFilter")
    assert heard.lines
    assert not any(name in line for line in heard.lines)
    assert name.encode() not in read_metrics(bench)


def read_metrics(bench: Bench) -> bytes:
    return send(bench.stand.admin, "GET", "/metrics", None, {}).raw


@row(absent="filters by GET are usual; a password cannot be searched at all")
def test_P164_only_the_password_is_kept_out_of_urls(bench: Bench) -> Ending:
    answer = bench.search(f'password eq "{SECRET}"')
    assert answer.status in (400, 403)
    assert SECRET not in answer.body["detail"]


@row()
def test_P166_nobody_is_anonymous(bench: Bench) -> Ending:
    refused(bench.post("/Users", person(), token=""), 401)


@row(local=True, absent="a client may reach all of its tenant, and nothing else")
def test_P167_a_client_reaches_its_tenant_alone(bench: Bench) -> Ending:
    known, other = bench.add(), bench.at("emea")
    refused(other.get(f"/Users/{known['id']}"), 404)
    refused(other.delete(f"/Users/{known['id']}"), 404)
    assert bench.get(f"/Users/{known['id']}").status == 200


@row(local=True)
def test_S027_external_ids_are_of_one_domain(bench: Bench) -> Ending:
    external = fresh("e")
    bench.add(externalId=external)
    assert bench.at("emea").search(f'externalId eq "{external}"').found == []


@row(local=True)
def test_S071_nobody_sees_anothers_external_id(bench: Bench) -> Ending:
    external = fresh("e")
    bench.add(externalId=external)
    assert external.encode() not in bench.at("emea").get("/Users").raw


@row(local=True)
def test_S044_no_password_waits_anywhere(bench: Bench) -> Ending:
    known = bench.add(password=SECRET)
    bench.put(f"/Users/{known['id']}", person(userName=known["userName"], password=SECRET))
    kept = repr(vars(bench.stand.running.state)) if bench.stand.running else ""
    assert kept
    assert SECRET not in kept


@row(local=True)
def test_S070_no_password_is_stored(bench: Bench) -> Ending:
    bench.add(password=SECRET)
    folder: Path = bench.stand.config.parent
    assert not any(SECRET.encode() in file.read_bytes() for file in folder.iterdir() if file.is_file())
    assert SECRET.encode() not in read_metrics(bench)
    assert VENDOR_TOKEN.encode() not in read_metrics(bench)
