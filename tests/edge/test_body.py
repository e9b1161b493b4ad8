"""Large bodies are decoded aside, so that nobody else waits for them."""

import asyncio

from msgspec import UNSET
from msgspec.json import encode

from gateway.edge.body import LARGE, decode_aside

MANY = {"members": [{"value": f"2819c223-7f76-453a-919d-{number:012d}"} for number in range(40_000)]}


async def test_a_small_body_is_left_to_the_core():
    assert await decode_aside(b'{"userName":"bjensen"}') is UNSET


async def test_a_large_body_is_decoded_while_others_go_on():
    body = encode(MANY)
    assert len(body) > LARGE
    turns = 0
    decoding = asyncio.create_task(decode_aside(body))
    while not decoding.done():
        turns += 1
        await asyncio.sleep(0)
    assert decoding.result() == MANY
    assert turns > 2


async def test_what_is_wrong_with_a_large_body_is_said_by_the_core():
    assert await decode_aside(encode(MANY)[:-1]) is UNSET
    assert await decode_aside(b'{"a":1,' + encode(MANY)[1:-1] + b',"a":2}') is UNSET
