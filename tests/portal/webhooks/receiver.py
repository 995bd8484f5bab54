"""A system of an NGO that receives webhooks: a real server on this machine, over http or over https."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook as Verifier

Headers = dict[str, str]


@dataclass
class Receiver:
    """What it got, and what it answers: (status, headers, body) in turn, the last one for ever."""

    address: str = ""
    answers: list[tuple[int, Headers, bytes]] = field(default_factory=lambda: [(204, {}, b"")])
    got: list[tuple[str, Headers, bytes]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None  # done before it answers

    def answer(self, *statuses: int) -> None:
        self.answers = [(status, {}, b"") for status in statuses]

    def verified(self, place: int, secret: str) -> Any:
        """A message as the library of the receiver reads it; raises WebhookVerificationError."""
        _, headers, body = self.got[place]
        return Verifier(secret).verify(body, headers)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.got]


class Quiet(ThreadingHTTPServer):
    """Says nothing of callers that go away in the middle."""

    def handle_error(self, *_: Any) -> None:
        """They may: an answer is read for a while only."""


@contextmanager
def listening(certificate: tuple[Path, Path] | None = None) -> Iterator[Receiver]:
    """The server while it runs; `certificate`: its chain and key, for https at `localhost`."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            found.meanwhile()
            status, headers, text = found.answers.pop(0) if len(found.answers) > 1 else found.answers[0]
            self.send_response(status)
            for name, value in {"Content-Length": str(len(text)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            """It keeps what it got."""

    server = Quiet(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme, host = ("https", "localhost") if certificate else ("http", "127.0.0.1")
    found.address = f"{scheme}://{host}:{server.server_port}/hook?key=k"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate that vouches for itself: (certificate, key), for a host of this name."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))
    return paths
