"""Names that are ids, over real sockets: nobody gets another's id, and what the vendor has is as it was before."""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from circle_stage import CircleWorld
from hall import Loop, RawVendor, Script, answer_with, open_gateway
from raw_stage import json_bytes
from rows_naming import CLAIMED, FIXED, NOBODY, TAKEN, UNKEPT, Ask, Record, Row, create, members, put, rename
from scene import ACME, EMEA, backend, tenant, write_config, write_secret
from test_hostile_requests import check_error
from wire import Heard, request, speak

from gateway.conversation.effects import Call
from gateway.pipeline.problems import PROBLEMS

VENDORS = Path(__file__).parents[1] / "mapping" / "vendors"
TENANTS = {"moving": ACME, "fixed": EMEA}
PEOPLE: Mapping[str, Record] = {
    "robert": {"handle": "robert", "origin": "bob"},
    "carl": {"handle": "carl", "job": "cook"},
    "mike": {"handle": "mike"},
}
CIRCLES: Mapping[str, Record] = {"guides": {"title": "guides", "people": ["robert"]}}


class Register:
    """A gateway before a vendor of names, whose world is made anew for each row."""

    def __init__(self, port: int, vendor: RawVendor) -> None:
        self.port, self.vendor = port, vendor
        self.world: Any = None

    def open(self, people: Mapping[str, Record] = {}, *, drops: bool = False) -> None:
        self.world = CircleWorld()  # type: ignore[no-untyped-call]
        self.world.records = deepcopy({**PEOPLE, **people})
        self.world.circles = deepcopy(dict(CIRCLES))
        self.world.drops = drops
        self.vendor.asked.clear()
        self.vendor.script = self.serve

    def serve(self, asked: bytes) -> bytes:
        head, _, body = asked.partition(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        url = urlsplit(target)
        path, query = url.path.removeprefix("/scim/v2"), tuple(parse_qsl(url.query))
        reply = self.world.serve(Call("raw", "", method, path, query, (), json.loads(body) if body else None))
        return answer_with(b"" if reply.body is None else json_bytes(reply.body), f"{reply.status} So")

    def ask(self, one: Ask, tenant: str = "moving") -> Heard:
        bearer = {"Authorization": f"Bearer {TENANTS[tenant]}"}
        return speak(self.port, request(one.method, f"/{tenant}/scim/v2{one.target}", one.raw, bearer))

    def writes(self) -> list[str]:
        return [line for line in self.vendor.lines() if not line.startswith("GET ")]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    folder, loop, vendor = tmp_path_factory.mktemp("naming"), Loop(), RawVendor()
    secret, mappings = write_secret(folder), {"moving": "circle-vendor", "fixed": "name-vendor"}
    backends = {name: backend(mapping, vendor.url, secret) for name, mapping in mappings.items()}
    tenants = {name: tenant(token, name) for name, token in TENANTS.items()}
    config = write_config(folder, backends, tenants, mappings=[str(VENDORS)])
    try:
        with open_gateway(config, loop) as running:
            yield Register(int(running.url.rsplit(":", 1)[1]), vendor)
    finally:
        vendor.close()
        loop.close()


def check_nothing_happened(register: Register, row: Row) -> None:
    assert register.world.records == {**PEOPLE, **row.people}
    assert register.world.circles == CIRCLES


@pytest.mark.parametrize("row", FIXED.values(), ids=FIXED)
def test_a_name_that_is_the_id_stays(row: Row, register: Register) -> None:
    register.open(row.people)
    check_error(register.ask(row.ask, "fixed"), row.code)
    assert register.writes() == []
    check_nothing_happened(register, row)


@pytest.mark.parametrize("row", [*TAKEN.values(), *NOBODY.values(), *CLAIMED.values()], ids=[*TAKEN, *NOBODY, *CLAIMED])
def test_what_would_mean_another_person_is_refused_before_anything_is_written(row: Row, register: Register) -> None:
    register.open(row.people)
    heard = register.ask(row.ask)
    check_error(heard, row.code)
    assert heard.document.get("scimType") == PROBLEMS[row.code].scim_type
    assert register.writes() == []
    check_nothing_happened(register, row)


@pytest.mark.parametrize("row", UNKEPT.values(), ids=UNKEPT)
def test_nobody_gets_another_name_whose_first_one_is_not_kept(row: Row, register: Register) -> None:
    register.open(row.people, drops=True)
    check_error(register.ask(row.ask), row.code)
    assert not any("karl" in line for line in register.vendor.lines())
    check_nothing_happened(register, row)


def test_a_bulk_request_refuses_them_one_by_one_and_carries_out_the_rest(register: Register) -> None:
    register.open()
    asks = [
        TAKEN["the id of somebody who has another name now"].ask,
        NOBODY["a member who is nobody"].ask,
        create("eve"),
    ]
    operations = [
        {"method": one.method, "path": one.target, "data": one.body, "bulkId": f"b{number}"}
        for number, one in enumerate(asks)
    ]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    told = register.ask(Ask("POST", "/Bulk", body)).document["Operations"]
    assert [one["status"] for one in told] == ["409", "400", "201"]
    assert [one["response"]["detail"][-7:] for one in told[:2]] == ["(SG361)", "(SG364)"]
    assert register.world.records == {**PEOPLE, "eve": {"handle": "eve", "origin": "eve"}}
    assert register.world.circles == CIRCLES


FRESH = count()  # so that nothing is remembered of who is asked for


def unfit(record: Any, **more: Any) -> bytes:
    return answer_with(json_bytes({"people": [record], "count": 1, **more}))


# What a search for whose id it is may be answered with; ID stands for the id.
UNFIT: dict[str, bytes] = {
    "nothing": answer_with(b""),
    "HTML": answer_with(b"<!doctype html><p>Please sign in</p>"),
    "an error with 200": answer_with(b'{"error":"no such field"}'),
    "a server error": answer_with(b"{}", "500 Oops"),
    "no leave": answer_with(b"{}", "403 Forbidden"),
    "a list cut short": answer_with(json_bytes({"people": [], "count": 7})),
    "an item that is null": unfit(None),
    "a first name that is a list": unfit({"handle": "carl", "origin": ["ID"]}),
    "a first name that is an object": unfit({"handle": "carl", "origin": {"$ne": None}}),
    "a first name that is true": unfit({"handle": "carl", "origin": True}),
    "a name that is a list": unfit({"handle": ["carl"], "origin": "ID"}),
    "a name that is an object": unfit({"handle": {"$ne": ""}, "origin": "ID"}),
    "a name that is empty": unfit({"handle": "", "origin": "ID"}),
    "nobody's name": unfit({"origin": "ID"}),
}
WHOSE: dict[str, Callable[[str], Ask]] = {
    "read": lambda id_: Ask("GET", f"/Users/{id_}"),
    "renamed": lambda id_: rename(id_, "rob"),
    "put": lambda id_: put(id_, "rob"),
    "deleted": lambda id_: Ask("DELETE", f"/Users/{id_}"),
    "made": create,
    "a member": lambda id_: members("add", id_),
}


def unfit_to_searches(register: Register, raw: bytes) -> Script:
    return lambda asked: raw if b"origin=" in asked.split(b"\r\n")[0] else register.serve(asked)


@pytest.mark.parametrize("ask", WHOSE.values(), ids=WHOSE)
@pytest.mark.parametrize("raw", UNFIT.values(), ids=UNFIT)
def test_nobody_is_taken_for_another_when_the_search_for_them_fails(
    raw: bytes, ask: Callable[[str], Ask], register: Register
) -> None:
    id_ = f"p{next(FRESH):03}"
    register.open()
    register.vendor.script = unfit_to_searches(register, raw.replace(b'"ID"', f'"{id_}"'.encode()))
    heard = register.ask(ask(id_))
    assert heard.status in (502, 503), heard.body
    assert (raw == UNFIT["a list cut short"]) == heard.document["detail"].endswith("(SG365)")
    assert register.writes() == []


# What the record under the id itself may hold.
ODD: dict[str, Record] = {
    "a first name that is a list": {"origin": ["ID"]},
    "a first name that is an object": {"origin": {"$ne": None}},
    "a first name that is true": {"origin": True},
    "no name": {"handle": None},
    "a name that is an object, and a first one that fits": {"handle": {"$ne": ""}, "origin": "ID"},
    "no name, and a first one that fits": {"handle": None, "origin": "ID"},
}


@pytest.mark.parametrize("how", [how for how in WHOSE if how != "made"])
@pytest.mark.parametrize("fields", ODD.values(), ids=ODD)
def test_a_record_without_a_readable_name_is_nobody_to_change(fields: Record, how: str, register: Register) -> None:
    id_ = f"p{next(FRESH):03}"
    register.open({id_: {"handle": id_, **fields, **({"origin": id_} if fields.get("origin") == "ID" else {})}})
    heard = register.ask(WHOSE[how](id_))
    assert heard.status == 502, heard.body
    assert heard.document["detail"].endswith("(SG507)")
    assert register.writes() == []


def test_a_search_that_is_answered_with_everybody_finds_the_one(register: Register) -> None:
    register.open()
    everybody = answer_with(json_bytes({"people": list(PEOPLE.values()), "count": len(PEOPLE)}))
    register.vendor.script = unfit_to_searches(register, everybody)
    assert register.ask(WHOSE["read"]("bob")).document["userName"] == "robert"
    assert register.ask(create("eve")).status == 201
    check_error(register.ask(create("bob")), "SG361")
