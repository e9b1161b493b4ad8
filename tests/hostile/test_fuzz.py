"""What reads clients and vendors takes any bytes: it answers or refuses, and never takes more steps than they are long.

The long runs, guided by coverage, are made by hand with `fuzz.py`; what they find becomes a row.
"""

import sys
from types import FrameType
from typing import Any

import pytest
from fuzz_seeds import SEEDS, WORDS
from fuzz_targets import TARGETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

STEPS = 4_000  # calls of any function that a small input may take, over and above those for its length
PER_BYTE = 60


def inputs(name: str) -> st.SearchStrategy[bytes]:
    """Seeds with a piece exchanged for words, words in a row, and plain bytes."""
    seeds, words = st.sampled_from(SEEDS[name]), st.sampled_from(WORDS)
    spoken = st.lists(words, max_size=12).map(b"".join)

    @st.composite
    def mutated(draw: st.DrawFn) -> bytes:
        seed = draw(seeds)
        at, to = sorted((draw(st.integers(0, len(seed))), draw(st.integers(0, len(seed)))))
        return seed[:at] + draw(spoken | st.binary(max_size=8) | seeds.map(lambda other: other[at:to])) + seed[to:]

    return mutated() | spoken | st.binary(max_size=200)


def count_calls(name: str, data: bytes) -> int:
    """How many functions the target called, Python's and C's."""
    calls = 0

    def count(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        TARGETS[name](data)
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_are_read_or_refused(name: str) -> None:
    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(inputs(name))
    def run(data: bytes) -> None:
        TARGETS[name](data)

    for seed in SEEDS[name]:
        TARGETS[name](seed)
    run()


LONG: dict[str, list[bytes]] = {
    "json": [b"[" * 9, b'{"a":', b'"a",', b"1,", b'\\"', b'{"a":1,"b":2},'],
    "filter": [b"(", b"not (", b"userName pr and ", b'"', b"\\", b"a.", b"urn:a:", b'emails[value eq "a"] or ', b" "],
    "path": [b"a.", b"urn:a:", b"[", b"emails[", b"]", b"("],
    "patch": [b'{"op":"add","path":"emails","value":[{"value":"a"}]},', b'{"op":"remove","path":"emails"},'],
    "messages": [b'"a", ', b"W/", b",", b'{"method":"POST","path":"/Users","bulkId":"a","data":{}},'],
    "answer": [b'{"id":"a","userName":"b"},', b'"a",', b"[", b"a1"],
}
FRAMES: dict[str, tuple[bytes, bytes]] = {
    "patch": (b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[', b"{}]}"),
    "messages": (b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[', b"{}]}"),
    "answer": (b'\x00\x64{"totalResults":5,"Resources":[', b"{}]}"),
    "json": (b"[", b"1]"),
}


@pytest.mark.parametrize(("name", "piece"), [(name, piece) for name, pieces in LONG.items() for piece in pieces])
def test_four_times_the_length_is_four_times_the_steps_and_no_more(name: str, piece: bytes) -> None:
    head, tail = FRAMES.get(name, (b"", b""))
    for seed in (b"", head):
        short, long = (seed + piece * many + (tail if seed else b"") for many in (250, 1_000))
        few, most = count_calls(name, short), count_calls(name, long)
        assert most <= 6 * few + STEPS, (few, most)
        assert most <= STEPS + PER_BYTE * len(long), (few, most)
