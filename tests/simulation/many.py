"""Histories by hand, so many of each weather: `python tests/simulation/many.py followed 9000`.

Or `alone`, `split`, `tenants`.
"""

import sys
from pathlib import Path
from time import monotonic, process_time

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("simulation", "stage")]

import test_followed_simulation as followed  # noqa: E402  # the folders are named above
import test_simulation as alone  # noqa: E402
import test_split_simulation as split  # noqa: E402
import test_tenants_simulation as tenants  # noqa: E402

KINDS = {"alone": alone, "followed": followed, "split": split, "tenants": tenants}


def main(kind: str, histories: int, first: int = 0) -> int:
    """Print what went wrong; 1 when anything did."""
    began, worked, found = monotonic(), process_time(), 0
    weathers = KINDS[kind].WEATHERS
    for name in weathers:
        broken = KINDS[kind].broken(name, range(first, first + histories))
        found += len(broken)
        for seed, wrong in broken.items():
            print(f"{name}, {seed}: {wrong}", flush=True)
        print(f"{name}: {histories} histories, {process_time() - worked:.0f} s so far", flush=True)
    total = histories * len(weathers)
    print(f"{total} histories, {monotonic() - began:.0f} s, {process_time() - worked:.0f} s of CPU, {found} wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
