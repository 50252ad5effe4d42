"""Content from the network: a server on this machine that answers well, wrongly, too much, too
slowly, or elsewhere."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aruntime.errors import DataError
from aruntime.evidence import network
from aruntime.evidence.network import Network

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serve(routes: Mapping[str, Answer]) -> Iterator[tuple[str, list[str]]]:
    """A server on the loopback address: its root without final slash, and the paths that were asked
    for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            try:
                routes.get(self.path, status(404))(self)
            except OSError:
                pass  # the caller went away, as it may
            self.close_connection = True

        do_POST = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def status(code: int, **headers: str) -> Answer:
    """An answer without content."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    return answer


def body(content: bytes, length: int | None = None, pause: float = 0) -> Answer:
    """An answer with content, one byte after the other if there is a pause."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) if length is None else length))
        handler.end_headers()
        for part in [content] if not pause else [content[n : n + 1] for n in range(len(content))]:
            handler.wfile.write(part)
            time.sleep(pause)

    return answer


def drip_head(handler: BaseHTTPRequestHandler) -> None:
    """A head that comes one byte after the other."""
    for byte in b"HTTP/1.0 200 OK\r\nServer: slow\r\nContent-Length: 2\r\n\r\nok":
        handler.wfile.write(bytes([byte]))
        time.sleep(0.04)


HASH = "a" * 40
ROUTES: dict[str, Answer] = {
    f"/api/1/content/sha1_git:{HASH}/raw/": body(b"held by the archive"),
    "/ok": body(b"content\n"),
    "/empty": body(b""),
    "/error": status(500),
    "/created": status(201),
    "/short": body(b"abc", length=10),
    "/long": body(b"x" * 2000),
    "/slow": body(b"x" * 60, pause=0.05),
    "/slow-head": drip_head,
    "/elsewhere": status(302, Location="/ok"),
    "/twice": status(307, Location="/elsewhere"),
    "/loop": status(302, Location="/loop"),
    "/nowhere": status(302),
    "/to-file": status(302, Location="file:///etc/passwd"),
    "/to-ftp": status(301, Location="ftp://127.0.0.1/x"),
    "/to-brackets": status(302, Location="http://[bad/"),
    "/to-port": status(302, Location="http://127.0.0.1:99999/"),
    "/to-letter": status(302, Location="/\u00e9"),
    "/to-label": status(302, Location=f"http://{'a' * 64}.example/"),
}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, list[str]]]:
    with serve(ROUTES) as found:
        yield found


@pytest.fixture
def root(server: tuple[str, list[str]]) -> str:
    server[1].clear()
    return server[0]


def fetch(address: str) -> bytes | None:
    return Network(private=True).fetch(address)


def error_of(address: str) -> Exception | None:
    """What fetching raises, without the frames that would keep its connection open."""
    try:
        fetch(address)
    except Exception as error:
        return error.with_traceback(None)
    return None


def test_an_answer_is_given_as_it_is(root: str) -> None:
    assert fetch(f"{root}/ok") == b"content\n"
    assert fetch(f"{root}/empty") == b""


def test_nothing_there_is_no_error(root: str) -> None:
    assert fetch(f"{root}/not-there") is None


def test_content_is_asked_for_by_its_hash(root: str, server: tuple[str, list[str]]) -> None:
    assert Network(archive=root, private=True).content(HASH) == b"held by the archive"
    assert Network(archive=root, private=True).content("b" * 40) is None
    assert server[1] == [f"/api/1/content/sha1_git:{letter * 40}/raw/" for letter in "ab"]


@pytest.mark.parametrize("path", ["/elsewhere", "/twice"])
def test_a_few_redirects_are_followed(root: str, path: str) -> None:
    assert fetch(root + path) == b"content\n"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/error", "answered 500"),
        ("/created", "answered 201"),
        ("/loop", "redirected more than 3 times"),
        ("/nowhere", "redirected more than 3 times"),
        ("/to-file", "file:///etc/passwd is no https address"),
        ("/to-ftp", "no https address"),
    ],
)
def test_a_bad_answer_is_one_error_that_names_the_address(
    root: str, path: str, message: str
) -> None:
    error = error_of(root + path)
    assert isinstance(error, DataError) and message in str(error)
    assert "\n" not in str(error)


def test_a_loop_is_left_after_a_few_steps(root: str, server: tuple[str, list[str]]) -> None:
    assert isinstance(error_of(f"{root}/loop"), DataError)
    assert len(server[1]) == network.REDIRECTS + 1


@pytest.mark.parametrize("path", ["/to-brackets", "/to-port", "/to-letter", "/to-label"])
def test_a_redirect_to_a_malformed_address_is_an_error_of_ours(root: str, path: str) -> None:
    assert isinstance(error_of(root + path), DataError)


def test_an_answer_that_ends_too_early_is_an_error(root: str) -> None:
    assert isinstance(error_of(f"{root}/short"), DataError)


def test_an_answer_that_is_too_large_is_refused(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "MAX_BYTES", 1000)
    assert fetch(f"{root}/ok") == b"content\n"
    assert "larger than 1000 bytes" in str(error_of(f"{root}/long"))


@pytest.mark.parametrize(
    "path",
    ["/slow", "/slow-head"],
)
def test_an_answer_that_drips_is_left_at_the_deadline(
    root: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both would be answered well, if one waited for the whole of them."""
    monkeypatch.setattr(network, "DEADLINE", 0.4)
    assert isinstance(error_of(root + path), DataError)


def test_a_silent_server_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "DEADLINE", 0.3)
    left = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        """Says nothing for as long as somebody waits, and would then answer well."""
        left.wait(60)
        body(b"late")(handler)

    with serve({"/silent": silent}) as (root, _):
        error = error_of(f"{root}/silent")
        left.set()
    assert "cannot be read" in str(error)


def test_a_server_that_is_gone_is_an_error() -> None:
    with serve({}) as (root, _):
        pass
    assert "cannot be read" in str(error_of(f"{root}/ok"))


def test_https_is_not_spoken_to_a_server_that_does_not_speak_it(root: str) -> None:
    assert "cannot be read" in str(error_of(root.replace("http:", "https:") + "/ok"))


@pytest.mark.parametrize("path", ["/long", "/error"])
def test_no_connection_is_left_open(root: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []
    respond = http.client.HTTPConnection.getresponse
    monkeypatch.setattr(
        http.client.HTTPConnection,
        "getresponse",
        lambda self: kept.append(respond(self)) or kept[-1],
    )
    monkeypatch.setattr(network, "MAX_BYTES", 1000)
    assert error_of(root + path)
    open_answers = [answer for answer in kept if not answer.isclosed()]
    for answer in open_answers:
        answer.close()
    assert not open_answers


def test_plain_http_is_refused(root: str, server: tuple[str, list[str]]) -> None:
    with pytest.raises(DataError, match="no https address"):
        Network().fetch(f"{root}/ok")
    assert server[1] == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "127.1",
    ],
)
def test_private_addresses_are_refused(host: str) -> None:
    with pytest.raises(DataError, match="leads to a private address"):
        Network().fetch(f"https://{host}/")


PUBLIC, PRIVATE = "93.184.215.14", "10.0.0.7"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, list[str]], list[str], list[str]]:
    """A resolver of the test's own: addresses by name; names that were asked for, in order; and
    addresses that were connected to, none of which answers."""
    known: dict[str, list[str]] = {}
    asked: list[str] = []
    reached: list[str] = []

    def resolve(host: str, port: int, **more: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in known[host]]

    def connect(address: tuple[str, int], *more: object) -> socket.socket:
        reached.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    return known, asked, reached


@pytest.mark.parametrize(
    "addresses",
    [[PUBLIC, PRIVATE], [PRIVATE, PUBLIC], [PUBLIC, "::1"], [PUBLIC, PUBLIC, "169.254.169.254"]],
    ids=" ".join,
)
def test_a_host_with_one_private_address_among_public_ones_is_refused(
    names: tuple[dict[str, list[str]], list[str], list[str]], addresses: list[str]
) -> None:
    """Whoever answers for a name chooses which of its addresses comes first."""
    known, _, reached = names
    known["two-faced.example"] = addresses
    with pytest.raises(DataError, match="leads to a private address"):
        Network().fetch("https://two-faced.example/file")
    assert reached == []


def test_the_address_that_was_looked_at_is_the_one_that_is_reached(
    names: tuple[dict[str, list[str]], list[str], list[str]],
) -> None:
    """A name is resolved once, so that it cannot lead elsewhere after the look."""
    known, asked, reached = names
    known["public.example"] = [PUBLIC]
    with pytest.raises(DataError, match="cannot be read"):
        Network().fetch("https://public.example/file")
    assert (asked, reached) == (["public.example"], [PUBLIC])


@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "ftp://example.org/x", "/etc/passwd", ""]
)
def test_only_https_is_spoken(address: str) -> None:
    with pytest.raises(DataError, match="no https address"):
        Network().fetch(address)


def test_the_archive_is_asked_over_https() -> None:
    assert Network().archive.startswith("https://")
    assert not Network().private
