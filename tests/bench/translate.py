"""How long a translation takes, as a ratio to `msgspec.json.decode` of the same user.

Run by hand: `python tests/bench/translate.py`. Rounds are interleaved and medians compared, so that a busy machine
slows all of them alike.
"""

import timeit
from collections.abc import Callable
from statistics import median
from typing import Any

import msgspec

from gateway.lens.lens import Lens, LensError
from gateway.mapping.load import is_abstract, known_mappings, load_dialect
from gateway.scim.names import ENTERPRISE

ROUNDS, LOOPS = 41, 400

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


def fitting(lens: Lens) -> dict[str, Any]:
    """The user without what the backend refuses, such as a `userType` of its own list."""
    user = dict(USER)
    while True:
        try:
            lens.out(user, None)
        except LensError as refused:
            del user[refused.attribute]
        else:
            return user


def bench(lens: Lens) -> dict[str, float]:
    """Median ratios to `decode` of the user; `own` is the decoding of the record that `in` reads."""
    user = fitting(lens)
    record = lens.out(user, None)
    stored = {
        **record,
        "id": "2819c223",
        "meta": {"created": "2010-01-23T04:56:22Z", "lastModified": "2011-05-13T04:42:34Z"},
    }
    raw, own = msgspec.json.encode(user), msgspec.json.encode(stored)
    found = measure(
        {
            "decode": lambda: msgspec.json.decode(raw),
            "own": lambda: msgspec.json.decode(own),
            "out": lambda: lens.out(user, None),
            "onto": lambda: lens.out(user, stored),
            "in": lambda: lens.into(stored),
        }
    )
    return {
        "decode": found["decode"] * 1e6,
        **{name: time / found["decode"] for name, time in found.items() if name != "decode"},
    }


def load_time(name: str) -> float:
    """Median milliseconds to load and check a mapping, warm."""
    return median(timeit.repeat(lambda: load_dialect(name), number=1, repeat=9)) * 1e3


def main() -> None:
    print(f"{count_attributes(USER)} attributes, {len(msgspec.json.encode(USER))} bytes")
    print(f"{'mapping':<26}{'decode us':>10}{'own':>7}{'out':>7}{'onto':>7}{'in':>7}{'load ms':>9}")
    for name in known_mappings():
        resource = None if is_abstract(name) else load_dialect(name).resources.get("User")
        if resource is not None:
            found = bench(resource.lens)
            row = "".join(f"{found[key]:7.2f}" for key in ("own", "out", "onto", "in"))
            print(f"{name:<26}{found['decode']:>10.2f}{row}{load_time(name):>9.1f}", flush=True)


if __name__ == "__main__":
    main()
