"""A proxy of TCP connections that fails as it is told: what stands between a gateway and a vendor in the tests."""

import socket
import threading
from contextlib import suppress
from typing import Literal
from urllib.parse import urlsplit

How = Literal["pass", "refuse", "mute", "hold"]


class FaultProxy:
    """Forwards requests to a vendor and its answers back. What it does with a connection is settled when it comes, and
    those that were open before are closed.

    `refuse`: closes it at once. `mute`: the vendor gets the request, and nobody its answer. `hold`: nothing happens.
    """

    def __init__(self, vendor: str) -> None:
        target = urlsplit(vendor)
        self.target = (target.hostname or "", target.port or 80)
        self.how: How = "pass"
        self.open: set[socket.socket] = set()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}{target.path}"
        threading.Thread(target=self.accept, daemon=True).start()

    def turn(self, how: How) -> None:
        """From now on."""
        self.how = how
        for one in tuple(self.open):
            shut(one, socket.SHUT_RDWR)

    def accept(self) -> None:
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client, self.how), daemon=True).start()

    def serve(self, client: socket.socket, how: How) -> None:
        self.open.add(client)
        if how == "hold":
            client.settimeout(60)
            while client.recv(65_536):
                pass
        elif how != "refuse":
            with socket.create_connection(self.target) as vendor:
                back = threading.Thread(target=pour, args=(vendor, client, how == "mute"), daemon=True)
                back.start()
                pour(client, vendor, False)
                back.join()
        self.open.discard(client)
        client.close()

    def close(self) -> None:
        self.listening.close()


def pour(source: socket.socket, sink: socket.socket, muted: bool) -> None:
    """All that comes from one end to the other; a muted answer ends the connection."""
    try:
        while chunk := source.recv(65_536):
            if muted:
                break
            sink.sendall(chunk)
    except OSError:
        pass
    for one, end in ((sink, socket.SHUT_WR), (source, socket.SHUT_RD)):
        shut(one, socket.SHUT_RDWR if muted else end)


def shut(one: socket.socket, end: int) -> None:
    """Say that nothing more comes; whoever is gone already need not hear it."""
    with suppress(OSError):
        one.shutdown(end)
