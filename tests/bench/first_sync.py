"""How long a first sync takes: so many users and a group for each hundred, into a follower that has nobody yet.

Both vendors are pretend ones in this process, without sockets; what they take is told apart, as their searches go over
all their records.

    python tests/bench/first_sync.py 1000
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "conversation"))

from reconcile_stage import Theatre, person


def populate(theatre, number):
    for one in range(number):
        theatre.primary.put(f"p{one}", **person(f"user{one}@example.com"))
    for first in range(0, number, 100):
        members = [{"value": f"p{one}"} for one in range(first, min(first + 100, number))]
        theatre.primary.put(f"g{first}", "Groups", displayName=f"Floor {first}", members=members)


def time_vendors(theatre, spent):
    for vendor in theatre.vendors.values():

        def timed(call, answer=vendor.answer):
            began = time.perf_counter()
            try:
                return answer(call)
            finally:
                spent.append(time.perf_counter() - began)

        vendor.answer = timed


def measure(theatre, spent, what):
    spent.clear()
    for vendor in theatre.vendors.values():
        vendor.calls.clear()
    began = time.perf_counter()
    left = sum(one.left for one in theatre.reconcile().values())
    seconds = time.perf_counter() - began
    calls = " + ".join(str(len(vendor.calls)) for vendor in theatre.vendors.values())
    print(f"{what}: {seconds:.1f} s, of which the vendors {sum(spent):.1f} s; {calls} calls; {left} left")


def main():
    theatre, spent = Theatre(follower="webex"), []
    populate(theatre, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
    time_vendors(theatre, spent)
    measure(theatre, spent, "first")
    measure(theatre, spent, "again")


if __name__ == "__main__":
    main()
