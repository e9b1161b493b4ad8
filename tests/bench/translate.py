"""How long a translation takes, as a ratio to `msgspec.json.decode` of the same user.

Run by hand: `python tests/bench/translate.py`. Rounds are interleaved and medians compared, so that a busy machine
slows all of them alike.
"""

import timeit
from collections.abc import Callable
from statistics import median
from typing import Any

import msgspec

from gateway.lens.lens import Lens
from gateway.mapping.load import is_abstract, known_mappings, load_dialect
from gateway.scim.names import ENTERPRISE

ROUNDS, LOOPS = 41, 2000

USER: dict[str, Any] = {
    "externalId": "701984",
    "userName": "bjensen@example.com",
    "name": {
        "formatted": "Ms. Barbara J Jensen, III",
        "familyName": "Jensen",
        "givenName": "Barbara",
        "middleName": "Jane",
    },
    "displayName": "Babs Jensen",
    "nickName": "Babs",
    "profileUrl": "https://login.example.com/bjensen",
    "title": "Tour Guide",
    "userType": "Employee",
    "preferredLanguage": "en-US",
    "locale": "en-US",
    "timezone": "America/Los_Angeles",
    "active": True,
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "555-555-5555", "type": "work"}],
    "addresses": [
        {"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA",
         "postalCode": "91608", "country": "US", "primary": True}
    ],
    ENTERPRISE: {"employeeNumber": "701984", "costCenter": "4130", "department": "Tour Operations"},
}  # fmt: skip


def count_attributes(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(count_attributes, value.values()))
    return sum(map(count_attributes, value)) if isinstance(value, list) else 1


def measure(works: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Median seconds per call, rounds interleaved."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(timeit.timeit(work, number=LOOPS) / LOOPS)
    return {name: median(found) for name, found in times.items()}


def bench(lens: Lens) -> dict[str, float]:
    record = lens.out(USER, None, "create")
    stored = {
        **record,
        "id": "2819c223",
        "meta": {"created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z"},
    }
    raw = msgspec.json.encode(USER)
    return measure(
        {
            "decode": lambda: msgspec.json.decode(raw),
            "out": lambda: lens.out(USER, None, "create"),
            "onto": lambda: lens.out(USER, stored, "replace"),
            "in": lambda: lens.into(stored),
        }
    )


def main() -> None:
    print(f"{count_attributes(USER)} attributes, {len(msgspec.json.encode(USER))} bytes")
    print(
        f"{'mapping':<28}{'decode us':>10}{'out us':>9}{'ratio':>7}{'onto us':>9}{'ratio':>7}{'in us':>9}{'ratio':>7}"
    )
    for name in known_mappings():
        if is_abstract(name):
            continue
        found = bench(load_dialect(name).resources["User"].lens)
        base = found["decode"]
        row = "".join(f"{found[key] * 1e6:9.2f}{found[key] / base:7.2f}" for key in ("out", "onto", "in"))
        print(f"{name:<28}{base * 1e6:>10.2f}{row}", flush=True)


if __name__ == "__main__":
    main()
