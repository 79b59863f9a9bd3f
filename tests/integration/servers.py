"""Real servers on this machine: for mail, in LINE's shape, and for a webhook."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller

from tests.e2e.running import free_port


class Mailbox:
    """Takes every mail, after refusing the first ``refusals``. ``rcpt`` and ``data`` are the answers that it gives to
    single recipients and, once each, to contents; ``drop`` cuts the connection so often after having taken a mail."""

    def __init__(self, refusals: int = 0, rcpt: Mapping[str, str] | None = None, drop: int = 0) -> None:
        self.rcpt = dict(rcpt or {})
        self.data = ["451 try again later"] * refusals
        self.drop = drop
        self.mails: list[tuple[list[str], bytes]] = []
        self.logins: list[tuple[bytes, bytes]] = []
        self.connections = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, session: Any, _envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if answer := self.rcpt.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.data:
            return self.data.pop(0)
        self.mails.append((envelope.rcpt_tos, envelope.content))
        if self.drop:
            self.drop -= 1
            server.transport.abort()
        return "250 OK"

    @contextmanager
    def served(self, **settings: Any) -> Iterator[int]:
        """The port on which it listens."""
        port = free_port()
        server = Controller(self, hostname="127.0.0.1", port=port, **settings)
        server.start()
        try:
            yield port
        finally:
            server.stop()


class DsnServer(socketserver.ThreadingTCPServer):
    """A mail server that offers delivery status notices; it remembers the commands."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.commands: list[str] = []
        super().__init__(("127.0.0.1", 0), _DsnSession)


class _DsnSession(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, DsnServer)
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            command = line.decode().strip()
            self.server.commands.append(command)
            word = command[:4].upper()
            if word == "EHLO":
                self.wfile.write(b"250-here\r\n250-DSN\r\n250 SIZE 1000000\r\n")
            elif word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
                self.wfile.write(b"250 taken\r\n")
            else:
                self.wfile.write(b"221 bye\r\n" if word == "QUIT" else b"250 OK\r\n")


@dataclass(frozen=True)
class Request:
    """What somebody posted."""

    path: str
    headers: Mapping[str, str]
    body: bytes


Reply = tuple[int, Mapping[str, str], bytes]


@dataclass
class Receiver:
    """An HTTP server that answers as told and remembers what it took."""

    answer: Callable[[Request], Reply]
    requests: list[Request] = field(default_factory=list)

    @contextmanager
    def served(self) -> Iterator[str]:
        """The address at which it listens."""
        receiver, lock = self, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with lock:
                    request = Request(self.path, dict(self.headers), body)
                    receiver.requests.append(request)
                    status, headers, content = receiver.answer(request)
                if not status:
                    return  # the connection ends without an answer
                self.send_response_only(status)
                for name, value in {**headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class Line:
    """LINE as it is seen from outside: a push is delivered once a retry key; ``troubles`` are answered first, each with
    or without the push having been delivered all the same."""

    def __init__(self, *troubles: tuple[int, bool], refused: Mapping[str, Reply] | None = None) -> None:
        self.troubles = list(troubles)
        self.refused = refused or {}
        self.delivered: list[tuple[str, str]] = []
        self.keys: set[str] = set()
        self.receiver = Receiver(self._answer)

    def _answer(self, request: Request) -> Reply:
        push = json.loads(request.body)
        key, user = request.headers["X-Line-Retry-Key"], push["to"]
        if user in self.refused:
            return self.refused[user]
        if key in self.keys:
            return 409, {}, b'{"message": "The retry key is already accepted"}'
        status, goes_through = self.troubles.pop(0) if self.troubles else (200, True)
        if goes_through:
            self.keys.add(key)
            self.delivered.append((user, push["messages"][0]["text"]))
        return status, {}, b"{}"
