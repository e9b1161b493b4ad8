"""Histories of split tenants by hand, so many of each weather: `python tests/simulation/many_split.py 2000`."""

import sys
from pathlib import Path
from time import monotonic, process_time

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("simulation", "stage")]

from sim_split import play  # noqa: E402  # the folders are named above
from sim_split_weather import WEATHERS, gateway_of  # noqa: E402


def main(histories: int, first: int = 0) -> int:
    """Print what went wrong; 1 when anything did."""
    began, worked, found = monotonic(), process_time(), 0
    for name, weather in WEATHERS.items():
        gateway = gateway_of(weather)
        for seed in range(first, first + histories):
            wrong = play(seed, weather, gateway).wrong
            if wrong:
                found += 1
                print(f"{name}, {seed}: {wrong}", flush=True)
        print(f"{name}: {histories} histories, {process_time() - worked:.0f} s so far", flush=True)
    total = histories * len(WEATHERS)
    print(f"{total} histories, {monotonic() - began:.0f} s, {process_time() - worked:.0f} s of CPU, {found} wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
