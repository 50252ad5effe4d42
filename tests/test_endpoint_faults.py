"""A server that does everything wrong: none of it is taken for an answer, none gives a traceback, and
none reaches the terminal raw.

Each entry of the table is what the server sends; each must end in one plain error with its code.
"""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from aruntime.cli import run
from aruntime.engines import remote, upload
from aruntime.engines.http import PASSWORD, USER
from aruntime.engines.remote import Remote
from aruntime.errors import EndpointError, UsageError
from aruntime.model import Rows
from tests.conftest import every_third

Script = Callable[[socket.socket], None]
JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
SELECT = "SELECT ?x ?y { ?x a ?y }"
ONE = {"x": {"type": "uri", "value": "http://e.org/a"}, "y": {"type": "literal", "value": "b"}}


class Listener:
    """A server on loopback that reads one request and then does as its script says."""

    def __init__(self) -> None:
        self.script: Script = lambda client: None
        self.requests: list[tuple[str, str, bytes]] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/query"
        Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError), client:
            client.settimeout(10)
            file = client.makefile("rb")
            method, target, _ = file.readline().decode().split(" ")
            length = 0
            while (line := file.readline().strip()) != b"":
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.requests.append((method, target, file.read(length)))
            self.script(client)


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def sends(content: bytes) -> Script:
    return lambda client: client.sendall(content)


def answers(
    body: bytes | str,
    media: str = JSON,
    head: str = "200 OK",
    length: int | str | None = None,
    **more: str,
) -> Script:
    """A well-formed answer, but for what is given."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {head}", f"Content-Type: {media}"] if media else [f"HTTP/1.1 {head}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    lines.append(f"Content-Length: {len(content) if length is None else length}")
    return sends(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + content)


def rows(*found: object, columns: tuple[str, ...] = ("x", "y")) -> str:
    return json.dumps({"head": {"vars": columns}, "results": {"bindings": found}})


def slowly(content: bytes, pause: float = 0.2) -> Script:
    def script(client: socket.socket) -> None:
        for number in range(len(content)):
            client.sendall(content[number : number + 1])
            time.sleep(pause)

    return script


def endless(client: socket.socket) -> None:
    client.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\n\r\n".encode())
    for _ in range(10_000):
        client.sendall(b" " * 10_000)


def chunked(content: bytes, end: bytes = b"0\r\n\r\n") -> Script:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return sends(head + b"%x\r\n" % len(content) + content + b"\r\n" + end)


def redirect(to: str, code: int = 302) -> Script:
    return answers("", head=f"{code} Found", Location=to)


def nested(depth: int) -> str:
    """A row whose value is a quoted triple in a quoted triple …"""
    term = '{"type":"uri","value":"http://e.org/a"}'
    text = f'{{"type":"triple","value":{{"subject":{term},"predicate":{term},"object":'
    return (
        '{"head":{"vars":["x","y"]},"results":{"bindings":[{"x":'
        + text * depth + term + "}}" * depth + "}]}}"
    )  # fmt: skip


GOOD = rows(ONE).encode()
CONSTRUCT = "CONSTRUCT WHERE { ?x a ?y }"
BOMB = "<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
HTML = "<!DOCTYPE html><title>Welcome</title>"
BAD: dict[str, Script] = {
    "it closes at once": lambda client: None,
    "it sends nothing": lambda client: time.sleep(5),
    "it closes after the first line": sends(b"HTTP/1.1 200 OK\r\n"),
    "it closes within a header": sends(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "it does not speak HTTP": sends(b"\x00\x01SSH-2.0-OpenSSH\r\n\r\n"),
    "it speaks HTTP/0.9": sends(GOOD),
    "its status is no number": sends(b"HTTP/1.1 abc OK\r\n\r\n"),
    "its status is out of range": answers(GOOD, head="999 Odd"),
    "a header of 100 kB": answers(GOOD, X="y" * 100_000),
    "1,000 headers": answers(GOOD, **{f"X{n}": "y" for n in range(1000)}),
    "the body is cut": answers(GOOD, length=len(GOOD) + 5),
    "the announced length cuts the body": answers(GOOD, length=len(GOOD) - 5),
    "no body": answers("", length=0),
    "two lengths": answers(GOOD, content_length="7"),
    "a negative length": answers(GOOD, length=-1),
    "a length that is no number": answers(GOOD, length="1e3"),
    "an enormous length": answers(GOOD, length=10**15),
    "a chunk is cut": chunked(GOOD, end=b"ff\r\nabc"),
    "the last chunk is missing": chunked(GOOD, end=b""),
    "the size of a chunk is no number": chunked(GOOD, end=b"zz\r\n"),
    "a negative chunk": chunked(GOOD, end=b"-5\r\n"),
    "compressed": answers(GOOD, Content_Encoding="gzip"),
    "an endless body": endless,
    "slow headers": slowly(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde"),
    "a slow body": lambda client: (answers("", length=100)(client), slowly(b"a" * 99)(client))[1],
    "a slow error": lambda client: (
        answers("", head="500 No", length=100)(client), slowly(b"a" * 99)(client))[1],
    "a redirect to another host": redirect("http://localhost.localdomain/query"),
    "a redirect to another port": redirect("http://127.0.0.1:9/query", 307),
    "a redirect to another scheme": redirect("https://127.0.0.1/query", 308),
    "a redirect to FTP": redirect("ftp://127.0.0.1/query"),
    "a redirect to a file": redirect("file:///etc/passwd"),
    "a redirect in a circle": redirect("/query", 307),
    "a redirect to nowhere": answers("", head="302 Found"),
    "a redirect with control characters": redirect("http://\x1b[2J.example/"),
    "part of the content": answers(GOOD, head="206 Partial Content"),
    "a note that rows are missing": answers(GOOD, X_SPARQL_MaxRows="\x1b[31m10"),
    "a note that it was stopped": answers(GOOD, X_SQL_State="S1TAT", X_SQL_Message="\x1b]0;a\x07"),
    "no content": answers("", media="", head="204 No Content"),
    "an error with escape sequences": answers("\x1b]0;owned\x07\x1b[2J", head="500 No"),
    "an error without words": answers("", head="503 "),
    "an error page": answers(HTML, "text/html", head="404 Not Found"),
    "a page": answers(HTML, "text/html"),
    "a page that calls itself results": answers(HTML),
    "no kind": answers(GOOD, media=""),
    "a kind of control characters": answers(GOOD, media="text/\x1b[2Jx"),
    "CSV": answers("x,y\n1,2\n", "text/csv"),
    "brackets without end": answers("[" * 1_000_000),
    "elements without end": answers("<a>" * 100_000, XML),
    "20,000 nested triples": answers(nested(20_000)),
    "40 nested triples": answers(nested(40)),
    "results without a head": answers('{"results":{"bindings":[]}}'),
    "results without bindings": answers('{"head":{"vars":["x","y"]}}'),
    "a list": answers("[]"),
    "null": answers("null"),
    "a column is missing": answers(rows(columns=("x",))),
    "a column too many": answers(rows(columns=("x", "y", "z"))),
    "other columns": answers(rows(columns=("a", "\x1b[2J"))),
    "a column twice": answers(rows(columns=("x", "x"))),
    "a value of no column": answers(rows({**ONE, "z": ONE["x"]})),
    "true where rows are asked for": answers('{"head":{},"boolean":true}'),
    "triples where rows are asked for": answers("", "application/n-triples"),
    "no UTF-8": answers(GOOD.replace(b"b", b"\xff")),
    "half a surrogate": answers(rows({**ONE, "y": {"type": "literal", "value": "\ud800"}})),
    "a value that is a number": answers(rows({**ONE, "y": {"type": "literal", "value": 5}})),
    "an unknown kind of term": answers(rows({**ONE, "y": {"type": "thing", "value": "b"}})),
    "an address with spaces": answers(rows({**ONE, "x": {"type": "uri", "value": "no iri"}})),
    "an impossible language": answers(
        rows({**ONE, "y": {"type": "literal", "value": "b", "xml:lang": "not a language"}})),
    "a blank node without a name": answers(rows({**ONE, "x": {"type": "bnode"}})),
    "entities": answers(f"{BOMB}]><sparql>&i;</sparql>", XML),
}  # fmt: skip
OTHERS: dict[str, tuple[str, Script]] = {
    "rows where triples are asked for": (CONSTRUCT, answers(GOOD)),
    "triples that may be cut": (
        CONSTRUCT, sends(b"HTTP/1.0 200 OK\r\nContent-Type: application/n-triples\r\n\r\n")),
    "malformed triples": (CONSTRUCT, answers("<a> <b>", "text/turtle")),
    "nested Turtle": (CONSTRUCT, answers("<http://e.org/a> <http://e.org/b> " + "[" * 100_000, "text/turtle")),
    "quads of a graph that nobody named": (CONSTRUCT, answers("junk", "application/n-quads")),
    "an entity bomb": (
        CONSTRUCT, answers(f"{BOMB}]><r>&i;</r>", "application/rdf+xml")),
    "two rows where a truth is asked for": ("ASK {}", answers(rows(ONE, ONE))),
    "a text where a truth is asked for": ("ASK {}", answers('{"head":{},"boolean":"yes"}')),
}  # fmt: skip
EVERY = {**{name: (SELECT, script) for name, script in BAD.items()}, **OTHERS}


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little patience, so that the tests need none."""
    monkeypatch.setattr(remote, "TIMEOUT", 0.7)
    monkeypatch.setattr(remote, "LIMIT", 8 * 1024 * 1024)


def test_the_table_is_long_enough() -> None:
    assert len(EVERY) >= 70


@pytest.mark.parametrize("name", every_third(EVERY))
def test_a_misbehaviour_is_one_plain_error(
    name: str, listener: Listener, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, listener.script = EVERY[name]
    query = tmp_path / "query.rq"
    query.write_text(text)
    begun = time.monotonic()
    code = run(["query", str(query), "--endpoint", listener.address, "--timeout", "4"])
    said = capsys.readouterr()
    assert (code, said.out) in ((4, ""), (5, ""))
    assert time.monotonic() - begun < 4
    assert re.fullmatch(r"aruntime: [^\n\x00-\x1f\x7f-\x9f]{10,600}\n", said.err), repr(said.err)
    assert "unexpected" not in said.err and "Traceback" not in said.err
    assert listener.address in said.err


def test_what_is_right_is_an_answer(listener: Listener) -> None:
    engine = Remote(listener.address)
    for script in (
        answers(GOOD),
        chunked(GOOD),
        sends(b"HTTP/1.0 200 OK\r\nContent-Type: " + JSON.encode() + b"\r\n\r\n" + GOOD),
    ):
        listener.script = script
        found = engine.run(SELECT)
        assert isinstance(found, Rows) and len(found) == 1
    listener.script = answers(rows({"y": ONE["y"]}, columns=("y", "x")))
    assert engine.run(SELECT) == Rows(("x", "y"), ((None, found.rows[0][1]),))
    deep = json.loads(nested(3))
    listener.script = answers(json.dumps(deep))
    assert isinstance(engine.run(SELECT), Rows)
    listener.script = answers('{"head":{},"boolean":false}')
    assert engine.run("ASK {}") is False


def test_a_redirect_on_the_same_origin_is_followed(listener: Listener) -> None:
    def script(client: socket.socket) -> None:
        there = listener.requests[-1][1] == "/there"
        (answers(GOOD) if there else redirect("/there", 307))(client)

    listener.script = script
    assert isinstance(Remote(listener.address).run(SELECT), Rows)
    assert [r[0] for r in listener.requests] == ["POST", "POST"], "the query goes with it"


@pytest.mark.parametrize(
    "challenge", ["Digest nonsense", "Digest realm", "Basic", "Bearer x", "Digest qop=\x1b", ""]
)
def test_an_odd_challenge_is_one_plain_error(listener: Listener, challenge: str) -> None:
    listener.script = answers("", head="401 No", WWW_Authenticate=challenge)
    credentials = {USER: "anna", PASSWORD: "geheim"}
    with patch.dict("os.environ", credentials), pytest.raises(EndpointError) as caught:
        Remote(listener.address).run(SELECT)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "address",
    ["http://", "http://[", "http://:80", "http://a:b/", "http://a:0/", "http://a b/", "http://a/\x1b", "https://a:99999/"],
)  # fmt: skip
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        Remote(address)
    assert str(caught.value).isprintable()


TRIPLES = [
    Triple(NamedNode("http://e.org/a"), NamedNode("http://e.org/b"), NamedNode(f"http://e.org/{n}"))
    for n in range(5)
]


class GraphStore:
    """A Graph Store that keeps what it is sent, or does what a test says instead."""

    def __init__(self, listener: Listener, **instead: Script) -> None:
        self.graphs: dict[str, list[Triple]] = {"default": TRIPLES[:1]}
        self._listener = listener
        self._instead = instead
        listener.script = self._answer

    def _answer(self, client: socket.socket) -> None:
        method, target, body = self._listener.requests[-1]
        given = parse_qs(urlsplit(target).query)
        name = given["graph"][0] if "graph" in given else "default"
        sent = [quad.triple for quad in parse(body, RdfFormat.N_TRIPLES)] if body else []
        step = f"{method}_{'beside' if name != 'default' else 'graph'}"
        if step in self._instead:
            self._instead[step](client)
            return
        if method == "PUT":
            self.graphs[name] = sent
        elif method == "POST":
            self.graphs[name] += sent
        elif method == "DELETE":
            self.graphs.pop(name, None)
        text = "".join(f"{one} .\n" for one in self.graphs.get(name, ())) if method == "GET" else ""
        answers(text, "application/n-triples")(client)


UPLOADS: dict[str, tuple[dict[str, Script], str, bool]] = {
    "a page answers everything": (
        {step: answers(HTML, "text/html") for step in
         ("PUT_beside", "POST_beside", "GET_beside", "PUT_graph", "GET_graph")},
        "text/html where a graph should be; nothing was replaced", True),
    "it keeps nothing": ({"POST_beside": answers("")}, "nothing was replaced", True),
    "it keeps part": (
        {"GET_beside": answers(f"{TRIPLES[0]} .\n", "application/n-triples")},
        "does not hold the 5 triples", True),
    "it gives back something else": (
        {"GET_beside": answers("<http://e.org/a> <http://e.org/b> <http://e.org/z> .\n" * 5,
                               "application/n-triples")},
        "does not hold", True),
    "it gives back nonsense": (
        {"GET_beside": answers("<a", "application/n-triples")}, "cannot be read", True),
    "it gives back brackets": (
        {"GET_beside": answers("[" * 100_000, "text/turtle")}, "nests deeper", True),
    "it does not read back": ({"GET_beside": answers("", head="405 No")}, "405", True),
    "it refuses": ({"PUT_beside": answers("", head="403 No")}, "403", True),
    "it refuses later": ({"POST_beside": answers("", head="507 Full")}, "507", True),
    "it leads elsewhere": ({"PUT_beside": redirect("http://127.0.0.1:9/", 307)}, "leads elsewhere", True),
    "it refuses to replace": ({"PUT_graph": answers("", head="413 Large")}, "413", True),
    "it only says that it replaced": ({"PUT_graph": answers("")}, "look at that graph", True),
}  # fmt: skip


@pytest.mark.parametrize("name", UPLOADS)
def test_an_upload_never_empties_first(name: str, listener: Listener) -> None:
    instead, message, untouched = UPLOADS[name]
    store = GraphStore(listener, **instead)
    with pytest.raises(EndpointError, match=message):
        upload.put(listener.address, TRIPLES)
    assert (store.graphs["default"] == TRIPLES[:1]) is untouched


def test_an_upload_replaces_the_graph_and_leaves_nothing_beside(listener: Listener) -> None:
    store = GraphStore(listener)
    assert upload.put(listener.address, TRIPLES) == 5
    assert store.graphs == {"default": TRIPLES}
    with pytest.raises(UsageError, match="no IRI"):
        upload.put(listener.address, TRIPLES, "no iri")
