"""What a filter costs: reading it, planning it, and answering it here over 10,000 users. CPU time, medians.

    .venv/bin/python tests/bench/filters.py [rounds]

Rounds go over all rows in turn, so that what else the machine does falls on each of them.
"""

import random
import sys
from collections.abc import Callable
from itertools import count
from statistics import median
from time import process_time_ns
from typing import Any

from gateway.lens.filters import carry_filter
from gateway.lens.partial import into_part
from gateway.lens.plans import plan_filter
from gateway.mapping.load import load_dialect
from gateway.scim.bind import bind_filter
from gateway.scim.filter import parse_filter, walk
from gateway.scim.forms import read_filter
from gateway.scim.match import compile_match

USERS = 10_000
USER = load_dialect("scim2").resources["User"]
LENS, TYPE, ABILITY = USER.lens, USER.lens.type, USER.can.filter
SEVEN = (
    'userName eq "{}" and (title eq "Guide" or title eq "Driver") and active eq true and name.familyName sw "J"'
    ' and emails[type eq "work" and value co "@example.com"]'
)
SCANNED = {
    "1 term": 'title eq "guide"',
    "7 terms, usual": SEVEN.format("user77@example.com"),
    "7 terms, each evaluated for most": 'title co "zz" or displayName ew "zz" or name.givenName sw "zz" '
    'or userName eq "zz" or name.familyName eq "zz" or nickName eq "zz" or active eq false',
    "7 terms, each true of all": 'userName co "@example.com" and displayName sw "user" and name.givenName sw "B" '
    'and title pr and name.familyName pr and emails[type eq "work" and value co "@example.com"]',
}


def make_records() -> list[dict[str, Any]]:
    draw = random.Random(7)
    return [
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "id": f"u{number}",
            "userName": f"user{number}@example.com",
            "displayName": f"User {number}",
            "active": number % 3 > 0,
            "title": draw.choice(["Guide", "Driver", "Cook"]),
            "name": {"familyName": draw.choice(["Jensen", "Smith"]), "givenName": f"B{number}"},
            "emails": [
                {"value": f"user{number}@example.com", "type": "work", "primary": True},
                {"value": f"user{number}@home.example", "type": "home"},
            ],
            "meta": {"created": "2020-01-01T00:00:00Z", "lastModified": "2020-01-01T00:00:00Z"},
        }
        for number in range(USERS)
    ]


def planning() -> dict[str, tuple[int, Callable[[], object]]]:
    """Rows in microseconds per call, with how many calls make one measurement."""
    numbers = count()

    def fresh() -> str:
        return SEVEN.format(f"user{next(numbers)}")

    parsed = parse_filter(fresh(), TYPE.urns)
    bound = bind_filter(parsed, TYPE)

    def again() -> object:
        reading = read_filter(fresh(), TYPE)
        return plan_filter(LENS, reading.filter, reading.form, ABILITY, USER.plans)

    return {
        "parse, 1 term, us": (200, lambda: parse_filter('userName eq "bjensen"', TYPE.urns)),
        "parse, 7 terms, us": (200, lambda: parse_filter(fresh(), TYPE.urns)),
        "bind, us": (200, lambda: bind_filter(parsed, TYPE)),
        "carry, us": (100, lambda: carry_filter(LENS, bound, ABILITY)),
        "parse, bind and carry of a known form, us": (200, again),
    }


def scanning(records: list[dict[str, Any]]) -> dict[str, tuple[int, Callable[[], object]]]:
    """Rows in milliseconds per list."""
    rows: dict[str, tuple[int, Callable[[], object]]] = {}
    for name, text in SCANNED.items():
        wanted = bind_filter(parse_filter(text, TYPE.urns), TYPE)
        into = into_part(LENS, tuple(walk(wanted)))
        parts = [into(one) for one in records]

        def match(wanted: Any = wanted, parts: Any = parts) -> object:
            holds = compile_match(wanted, TYPE)
            return [part for part in parts if holds(part)]

        rows[f"match, {name}, ms"] = (1, match)
        rows[f"read in part, {name}, ms"] = (1, lambda into=into: [into(one) for one in records])
    rows["read whole, ms"] = (1, lambda: [LENS.into(one) for one in records])
    return rows


def main(rounds: int) -> None:
    rows = {**planning(), **scanning(make_records())}
    seen: dict[str, list[float]] = {name: [] for name in rows}
    for _ in range(rounds):
        for name, (times, run) in rows.items():
            begin = process_time_ns()
            for _ in range(times):
                run()
            seen[name].append((process_time_ns() - begin) / times / (1_000_000 if name.endswith("ms") else 1_000))
    for name, found in seen.items():
        print(f"{name:50} {median(found):8.1f}   ({min(found):.1f} - {max(found):.1f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
