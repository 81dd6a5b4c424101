"""A door on loopback that puts a token into every call: the suite knows of none. All else passes as it is."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
END = b"\r\n\r\n"


def _calls(client: socket.socket, server: socket.socket, header: bytes) -> None:
    """Call by call, as a connection may carry several."""
    held = b""
    while True:
        while END not in held:
            piece = client.recv(65536)
            if not piece:
                return
            held += piece
        head, _, held = held.partition(END)
        found = _LENGTH.search(head)
        left = int(found[1]) if found else 0
        while len(held) < left:
            piece = client.recv(65536)
            if not piece:  # gone in the middle of a call
                return
            held += piece
        server.sendall(head + b"\r\n" + header + END + held[:left])
        held = held[left:]


def _answers(server: socket.socket, client: socket.socket) -> None:
    with suppress(OSError):
        while piece := server.recv(65536):
            client.sendall(piece)
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)


def _serve(client: socket.socket, port: int, header: bytes) -> None:
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        back = threading.Thread(target=_answers, args=(server, client))
        back.start()
        with suppress(OSError):
            _calls(client, server, header)
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        back.join()


@contextmanager
def bearing(port: int, headers: dict[str, str]) -> Iterator[int]:
    """The port of the door."""
    header = "\r\n".join(f"{key}: {value}" for key, value in headers.items()).encode()
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    threads.append(threading.Thread(target=_serve, args=(client, port, header)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join(10)
