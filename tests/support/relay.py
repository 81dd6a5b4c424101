"""A wire that breaks when it is told to: between a client and a service, on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """`lose`: the answer to the next call whose head has this in it is lost, once for each entry.

    `cut`: a connection is cut behind the first event with this in it, once for each entry.
    """

    port: int
    lose: list[bytes] = field(default_factory=list)
    cut: list[bytes] = field(default_factory=list)
    calls: list[bytes] = field(default_factory=list)

    def serve(self, client: socket.socket, upstream: int) -> None:
        with client, socket.create_connection(("127.0.0.1", upstream)) as server:
            forth = threading.Thread(target=self._forth, args=(client, server))
            forth.start()
            with suppress(OSError):
                self._back(server, client)
            for end in (client, server):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            forth.join()

    def _forth(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := client.recv(65536):
                self.calls.append(piece)
                server.sendall(piece)
            server.shutdown(socket.SHUT_RDWR)  # nobody is left to hear the rest

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        while piece := server.recv(65536):
            if self.lose and any(self.lose[0] in call for call in self.calls[-2:]):
                self.lose.pop(0)
                return
            if self.cut and self.cut[0] in piece:
                begins = piece.index(self.cut.pop(0))
                while b"\n\n" not in piece[begins:] and (more := server.recv(65536)):
                    piece += more
                client.sendall(piece[: piece.index(b"\n\n", begins) + 2])
                return
            client.sendall(piece)


@contextmanager
def relay(upstream: int) -> Iterator[Relay]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Relay(listener.getsockname()[1])
        threads: list[threading.Thread] = []

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    thread = threading.Thread(target=made.serve, args=(client, upstream))
                    thread.start()
                    threads.append(thread)

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield made
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join(10)


@contextmanager
def answering(*answers: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server that gives these answers, one a connection, the last one for ever; and what it heard."""
    heard: list[bytes] = []
    left = list(answers)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    with client, suppress(OSError):
                        heard.append(client.recv(65536))
                        client.sendall(left.pop(0) if len(left) > 1 else left[0])

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield listener.getsockname()[1], heard
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()


def http(
    status: int, body: bytes = b"{}", *headers: bytes, kind: bytes = b"application/json"
) -> bytes:
    head = [b"HTTP/1.1 %d x" % status, b"Content-Type: " + kind, b"Connection: close", *headers]
    return b"\r\n".join([*head, b"Content-Length: %d" % len(body), b"", body])
