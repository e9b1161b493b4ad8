"""How long a translation takes, as a ratio to `msgspec.json.decode` of the same user.

Run by hand: `python tests/bench/translate.py [MAPPING ...]`. Rounds are interleaved, and processor time counts: on a
busy machine the clock on the wall would now and then charge one of them alone with the waiting.
"""

import sys
import timeit
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import msgspec

from gateway.lens.lens import Lens, LensError
from gateway.mapping.load import is_abstract, known_mappings, load_dialect
from gateway.scim.names import ENTERPRISE, USER

ROUNDS, LOOPS = 41, 400

STORED: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "id": "2819c223-7f76-453a-919d-413861904646",
    "externalId": "701984",
    "userName": "bjensen@example.com",
    "name": {"formatted": "Ms. Barbara J Jensen, III", "familyName": "Jensen", "givenName": "Barbara"},
    "displayName": "Babs Jensen",
    "title": "Tour Guide",
    "preferredLanguage": "en-US",
    "timezone": "America/Los_Angeles",
    "active": True,
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "555-555-5555", "type": "work"}],
    "addresses": [
        {"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "country": "US"}
    ],
    ENTERPRISE: {
        "employeeNumber": "701984",
        "department": "Tour Operations",
        "manager": {"value": "26118915-6090-4610-87e4-49d8ca9f808d"},
    },
    "meta": {
        "resourceType": "User",
        "created": "2010-01-23T04:56:22Z",
        "lastModified": "2011-05-13T04:42:34Z",
        "location": "https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646",
        "version": 'W/"3694e05e9dff591"',
    },
}


def measure(works: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Median seconds of processor time per call, rounds interleaved."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            times[name].append(timeit.timeit(work, timer=process_time, number=LOOPS) / LOOPS)
    return {name: median(found) for name, found in times.items()}


def fitting(lens: Lens) -> dict[str, Any]:
    """The user as a client sends it: a short name where no address is taken, without what else is refused."""
    user = {key: value for key, value in STORED.items() if key not in ("schemas", "id", "meta")}
    while True:
        try:
            lens.out(user, None)
        except LensError as refused:
            if refused.attribute == "userName":
                user["userName"] = "bjensen"
            else:
                del user[refused.attribute.partition(".")[0]]
        else:
            return user


def bench(lens: Lens) -> dict[str, float]:
    """Median ratios to `decode` of the user; `own` is the decoding of the record that `in` reads."""
    user = fitting(lens)
    record = lens.out(user, None)
    stored = {**record, "id": STORED["id"], "meta": STORED["meta"]}
    raw, own = msgspec.json.encode(STORED), msgspec.json.encode(stored)
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
    return median(timeit.repeat(lambda: load_dialect(name), timer=process_time, number=1, repeat=9)) * 1e3


def main() -> None:
    print(f"{len(msgspec.json.encode(STORED))} bytes")
    print(f"{'mapping':<26}{'decode us':>10}{'own':>7}{'out':>7}{'onto':>7}{'in':>7}{'load ms':>9}")
    for name in sys.argv[1:] or known_mappings():
        resource = None if is_abstract(name) else load_dialect(name).resources.get("User")
        if resource is not None:
            found = bench(resource.lens)
            row = "".join(f"{found[key]:7.2f}" for key in ("own", "out", "onto", "in"))
            print(f"{name:<26}{found['decode']:>10.2f}{row}{load_time(name):>9.1f}", flush=True)


if __name__ == "__main__":
    main()
