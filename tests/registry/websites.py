"""Real websites on this machine, with the faults that real ones have."""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Reply:
    """What a website sends. The faults: another length than the body's, a cut, a silence before, a drip."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    is_chunked: bool = False
    cut_after: int | None = None
    is_reset: bool = False
    silence: float = 0
    drip: float = 0


@dataclass(frozen=True)
class Request:
    """What a website was asked."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


Answer = Reply | Sequence[Reply] | Callable[[Request], Reply]


class Website:
    """Answers at ``address``. A list of replies is used up one by one, its last one stays."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._scheme = "https" if certificate else "http"
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def reply(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            answer = self.answers.get(request.path, Reply(b"<html>no such page", 404, {"content-type": "text/html"}))
            if isinstance(answer, Reply):
                return answer
            if callable(answer):
                return answer(request)
            first, *rest = answer
            self.answers[request.path] = rest or [first]
            return first

    @contextmanager
    def open(self) -> Iterator[Self]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.close()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                target = urlsplit(self.path)
                query = {name: values[-1] for name, values in parse_qs(target.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                try:
                    self._send(site.reply(Request(unquote(target.path), query, headers)))
                except OSError:
                    self.close_connection = True  # the asker gave up

            def _send(self, reply: Reply) -> None:
                time.sleep(reply.silence)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.is_chunked:
                    self.send_header("transfer-encoding", "chunked")
                elif reply.status != 304:
                    self.send_header("content-length", str(len(reply.body) if reply.length is None else reply.length))
                self.end_headers()
                body = reply.body if reply.cut_after is None else reply.body[: reply.cut_after]
                step = 1 if reply.drip else max(len(body), 1)
                for start in range(0, len(body), step):
                    part = body[start : start + step]
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if reply.is_chunked else part)
                    time.sleep(reply.drip)
                if reply.is_chunked and reply.cut_after is None:
                    self.wfile.write(b"0\r\n\r\n")
                self.close_connection = reply.cut_after is not None or reply.length is not None
                if reply.is_reset:
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()

            def log_message(self, *_: Any) -> None:
                """Nothing on the screen."""

        return Handler


Records = list[dict[str, Any]]


class Portal(Website):
    """A CKAN-shaped portal: ``tables`` by resource, ``packages`` by name; ``before`` runs ahead of each page."""

    def __init__(self) -> None:
        super().__init__()
        self.prefix = "/api/3/action"
        self.cap = 32_000
        self.tables: dict[str, tuple[list[str], Records]] = {}
        self.packages: dict[str, list[dict[str, Any]]] = {}
        self.before: Callable[[int], None] = lambda page: None
        self.pages = 0

    def call(self, verb: str, **query: str) -> str:
        return f"{self.address}{self.prefix}/{verb}?" + "&".join(f"{name}={value}" for name, value in query.items())

    def reply(self, request: Request) -> Reply:
        folder, _, verb = request.path.rpartition("/")
        if folder != self.prefix or request.path in self.answers:
            return super().reply(request)
        self.requests.append(request)
        return self._show(request.query["id"]) if verb == "package_show" else self._search(request.query)

    def _show(self, name: str) -> Reply:
        if name not in self.packages:
            return saying({"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}}, 404)
        return saying({"success": True, "result": {"name": name, "resources": self.packages[name]}})

    def _search(self, query: Mapping[str, str]) -> Reply:
        self.before(self.pages)
        self.pages += 1
        names, records = self.tables[query["resource_id"]]
        limit, offset = min(int(query.get("limit", "100")), self.cap), int(query.get("offset", "0"))
        fields = [{"id": "_id", "type": "int"}, *({"id": name, "type": "text"} for name in names)]
        page = records[offset : offset + limit]
        return saying({"success": True, "result": {"fields": fields, "records": page, "total": len(records)}})


def saying(content: object, status: int = 200) -> Reply:
    return Reply(json.dumps(content, ensure_ascii=False).encode(), status, {"content-type": "application/json"})


def numbered(count: int) -> Records:
    """Rows as a portal keeps them, each with its row number."""
    return [{"_id": n, "name": f"กลุ่มที่ {n}", "stars": str(n % 5 + 1)} for n in range(1, count + 1)]


def write_certificate(place: Path) -> Path:
    """A key and its certificate for this machine, which whoever trusts the file trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key(), serial_number=1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(here, critical=False)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    place.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return place
