"""What the gateway is measured against: the plainest proxy that aiohttp makes, `web.Server` and `ClientSession`.

It passes method, path, body, media type and credential on, and status, media type and body back; it looks at nothing.
Run as a program with the vendor's port: prints the port it listens on.
"""

import asyncio
import gc
import sys

import aiohttp
import uvloop
from aiohttp import web
from yarl import URL

PASSED = ("Authorization", "Content-Type", "Accept")


class Plain:
    """The proxy."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self.session = session
        self.base = f"http://127.0.0.1:{port}"

    async def answer(self, request: web.BaseRequest) -> web.Response:
        body = await request.read() if request.body_exists else None
        headers = {name: request.headers[name] for name in PASSED if name in request.headers}
        url = URL(self.base + request.raw_path, encoded=True)
        async with self.session.request(request.method, url, data=body, headers=headers) as reply:
            content = await reply.read()
            shown = {name: reply.headers[name] for name in ("Content-Type",) if name in reply.headers}
            return web.Response(status=reply.status, body=content or None, headers=shown)


async def main(port: int) -> None:
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        answer = Plain(session, port).answer
        server = await asyncio.get_running_loop().create_server(web.Server(answer, access_log=None), "127.0.0.1", 0)
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 50, 50)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
