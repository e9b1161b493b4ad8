"""Fuzz one target by hand, for as long as it is told: `python tests/hostile/fuzz.py TARGET [SECONDS]`.

Guided by coverage where atheris is installed (it is no dependency: `pip install atheris`), blindly otherwise. A finding
ends the run with its traceback and its bytes; an input that takes longer than ten seconds is one. What is found becomes
a row of the tables beside this file.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parent), str(Path(__file__).parents[1] / "stage")]

SLOW = 10  # seconds of one input


def mutate(seeds: list[bytes], words: tuple[bytes, ...], chance: random.Random) -> bytes:
    """A seed with pieces taken out, doubled, exchanged, and words put in."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, 6)):
        at, to = sorted(chance.randrange(len(data) + 1) for _ in range(2))
        other = chance.choice(seeds)
        piece = chance.choice(
            [b"", chance.choice(words), bytes(data[at:to]) * 2, chance.randbytes(2), other[at:to], chance.choice(words)]
        )
        data[at : at + chance.choice([0, 0, 1, to - at])] = piece
    return bytes(data)


def fuzz_blindly(target: Callable[[bytes], None], name: str, seconds: float) -> int:
    """The number of inputs that were tried."""
    from fuzz_seeds import SEEDS, WORDS

    chance, end, tried = random.Random(time.time_ns()), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        data, began = mutate(SEEDS[name], WORDS, chance), time.monotonic()
        try:
            target(data)
        except BaseException:
            print(f"{name}: {data!r}", file=sys.stderr)
            raise
        if time.monotonic() - began > SLOW:
            raise SystemExit(f"{name}: slow: {data!r}")
        tried += 1
    return tried


def fuzz_guided(name: str, seconds: float) -> None:
    """libFuzzer's loop, which ends the process."""
    import atheris

    with atheris.instrument_imports(include=["gateway"], enable_loader_override=False):
        from fuzz_seeds import SEEDS, WORDS
        from fuzz_targets import TARGETS
    folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{name}-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = folder / "words"
    words.write_text("".join(f'"{"".join(f"{chr(92)}x{byte:02x}" for byte in word[:60])}"\n' for word in WORDS))
    flags = [f"-max_total_time={seconds:g}", f"-timeout={SLOW}", f"-dict={words}", f"-artifact_prefix={folder}/"]
    atheris.Setup([sys.argv[0], *flags, "-print_final_stats=1", "-max_len=8192", str(corpus)], TARGETS[name])
    atheris.Fuzz()


def main() -> None:
    name, seconds = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    try:
        fuzz_guided(name, seconds)
    except ImportError:
        from fuzz_targets import TARGETS

        print(f"{name}: {fuzz_blindly(TARGETS[name], name, seconds)} inputs, nothing found")


if __name__ == "__main__":
    main()
