"""Pages over HTTP, for a browser on this machine."""

from __future__ import annotations

import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from threading import Lock, Semaphore
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from pipeline.errors import TrustlistError, UsageError
from pipeline.site import pages

HEADERS: Final = {
    "Content-Security-Policy": f"{pages.POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What every answer says: run nothing else, keep nothing, show it to no other site."""

_ALLOWED: Final = ("GET", "HEAD")


_MOST: Final = 32
"""Connections that are served at a time, each by a thread."""


class Server(HTTPServer):
    """Serves the pages of a database; ``port`` 0 takes any that is free.

    It has a bounded number of threads. When all are taken, who has waited longest without sending
    a request has to go.

    Raises:
        UsageError: nobody can listen there.
    """

    request_queue_size = 128

    def __init__(self, database_url: str, host: str, port: int):
        self.host = host
        self._threads = ThreadPoolExecutor(_MOST, "page")
        self._free = Semaphore(_MOST)
        self._lock = Lock()
        self._silent: dict[socket.socket, None] = {}
        if ":" in host:
            self.address_family = socket.AF_INET6
        try:
            super().__init__((host, port), partial(_Handler, database_url))
        except (OSError, UnicodeError) as error:  # the latter: no name of a host
            reason = getattr(error, "strerror", None) or "this is no address"
            raise UsageError(f"{host}:{port}: can't be listened on: {reason}.") from error

    @property
    def url(self) -> str:
        """Where it is to be seen."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.server_port}/"

    @property
    def is_local(self) -> bool:
        """Whether only programs on this machine can reach it."""
        return ip_address(str(self.server_address[0])).is_loopback

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection to a thread, when there is a free one."""
        if not self._free.acquire(blocking=False):
            self._hang_up(1)
            self._free.acquire()
        with self._lock:
            self._silent[request] = None
        self._threads.submit(self._serve, request, client_address)

    def has_asked(self, request: socket.socket) -> None:
        """Note that a request has come, so that its connection is kept until it is answered."""
        with self._lock:
            self._silent.pop(request, None)

    def server_close(self) -> None:
        """End it, and every connection that still says nothing."""
        super().server_close()
        self._hang_up(_MOST)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _serve(self, request: Any, client_address: Any) -> None:
        try:
            self.finish_request(request, client_address)
        except Exception:  # the server goes on, whatever a page does
            self.handle_error(request, client_address)
        finally:
            self.has_asked(request)
            self.shutdown_request(request)
            self._free.release()

    def _hang_up(self, number: int) -> None:
        """End the connections that have said nothing for longest."""
        with self._lock:
            for request in list(self._silent)[:number]:
                del self._silent[request]
                with suppress(OSError):  # it has gone by itself
                    request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing if a browser went away."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "trustlist"
    sys_version = ""
    timeout = 10  # seconds for a request to come

    def __init__(self, database_url: str, *arguments: Any):
        self.database_url = database_url
        super().__init__(*arguments)

    def parse_request(self) -> bool:
        """Read what is asked for."""
        is_right = super().parse_request()
        self.server.has_asked(self.connection)
        return is_right

    def do_GET(self) -> None:
        """Answer with a page."""
        status, page = self._answer()
        self._send(status, page)

    def do_HEAD(self) -> None:
        """Answer with what stands before the page."""
        self.do_GET()

    def _answer(self) -> tuple[HTTPStatus, str]:
        if not self._is_meant():
            return HTTPStatus.MISDIRECTED_REQUEST, pages.error_page(
                "This site goes by its address only; open it by that."
            )
        try:
            path, parameters = _parsed(self.path)
            return HTTPStatus.OK, pages.page(self.database_url, path, parameters)
        except pages.NoPageError as error:
            return HTTPStatus.NOT_FOUND, pages.error_page(*error.lines)
        except UsageError as error:
            return HTTPStatus.BAD_REQUEST, pages.error_page(*error.lines)
        except TrustlistError as error:
            return HTTPStatus.SERVICE_UNAVAILABLE, pages.error_page(*error.lines)

    def _is_meant(self) -> bool:
        """Whether the browser asked for this machine, and no other site's name leads here.

        A page elsewhere can make a name of its own mean 127.0.0.1 ("DNS rebinding"); the browser
        then takes it for the owner of what it reads. An address can't be made to mean another.
        """
        try:
            hosts = [urlsplit(f"//{self.headers.get('Host', '')}").hostname or ""]
            if not self.path.startswith("/"):  # a whole address, as proxies are asked for
                hosts.append(urlsplit(self.path).hostname or "")
        except ValueError:
            return False
        own = ("localhost", self.server.host.lower())
        return all(host in own or _is_address(host) for host in hosts)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request for a page."""
        status = HTTPStatus(code)
        if status is HTTPStatus.NOT_IMPLEMENTED:
            status = HTTPStatus.METHOD_NOT_ALLOWED
        self._send(status, pages.error_page(f"{status.phrase}."))

    def _send(self, status: HTTPStatus, page: str) -> None:
        body = page.encode()
        if self.request_version == "HTTP/0.9":  # or what is no HTTP at all: it gets a status, too
            self.request_version = "HTTP/1.0"
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", ", ".join(_ALLOWED))
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Keep no log."""


def _parsed(target: str) -> tuple[str, dict[str, str]]:
    try:
        url = urlsplit(target.encode("latin-1").decode("utf-8", "replace"))
        parameters = dict(parse_qsl(url.query, keep_blank_values=True, max_num_fields=10))
        return unquote(url.path), parameters
    except ValueError:
        raise UsageError("This is no address of a page.") from None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
