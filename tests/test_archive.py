"""The archive that holds cited files: a server on this machine that answers well, wrongly, too much,
too slowly, or elsewhere. What any server may do is in ``test_endpoint_faults.py``."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from aruntime.engines.http import PASSWORD, USER
from aruntime.errors import AruntimeError, EndpointError, TimeLimitError, UsageError
from aruntime.evidence import archive
from aruntime.evidence.archive import Archive

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
            handler.send_header(name.replace("_", "-"), value)
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


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Content whose length is not announced, for as long as somebody reads."""
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 1000)


HASH = "a" * 40
PATH = f"/api/1/content/sha1_git:{HASH}/raw/"


def content(answer: Answer) -> tuple[bytes | AruntimeError | None, list[str]]:
    """What the archive gives that answers so, or the error; and the paths that it was asked for."""
    with serve({PATH: answer, "/moved": body(b"moved")}) as (root, asked):
        try:
            return Archive(root).content(HASH), asked
        except AruntimeError as error:
            return error.with_traceback(None), asked


@pytest.mark.parametrize(
    ("answer", "found"),
    [(body(b"held\n"), b"held\n"), (body(b""), b""), (status(404), None)],
)
def test_content_is_asked_for_by_its_hash(answer: Answer, found: bytes | None) -> None:
    assert content(answer) == (found, [PATH])


def test_a_redirect_leads_nowhere_but_to_the_archive() -> None:
    assert content(status(302, Location="/moved")) == (b"moved", [PATH, "/moved"])
    with serve({PATH: body(b"elsewhere")}) as (root, asked):
        error, _ = content(status(302, Location=root + PATH))
    assert isinstance(error, EndpointError) and "leads elsewhere" in str(error)
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (status(500), "answered 500"),
        (body(b"abc", length=10), "cut off after 3 of 10 bytes|cannot be reached"),
        (body(b"x" * 2000), "more than 1000 bytes"),
        (endless, "more than 1000 bytes"),
    ],
)
def test_a_bad_answer_is_one_error(
    answer: Answer, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1000)
    with pytest.raises(EndpointError, match=message):
        raise content(answer)[0]  # type: ignore[misc]


def test_an_answer_that_drips_is_left_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be answered well, if one waited for the whole of it."""
    monkeypatch.setattr(archive, "DEADLINE", 0.4)
    assert isinstance(content(body(b"x" * 60, pause=0.05))[0], TimeLimitError)


def test_the_archive_is_told_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(USER, "somebody")
    monkeypatch.setenv(PASSWORD, "secret")
    error, asked = content(status(401, WWW_Authenticate='Basic realm="archive"'))
    assert isinstance(error, EndpointError) and error.status == 401
    assert asked == [PATH]


def test_the_archive_is_asked_over_https() -> None:
    assert Archive().address.startswith("https://")
    with pytest.raises(UsageError, match="no http or https address"):
        Archive("ftp://archive.example").content(HASH)
