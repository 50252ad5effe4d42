"""The endpoint, over HTTP: the same answers as the commands, in every form, and no answer that is
cut."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    parse,
    parse_query_results,
)

from aruntime import questions
from aruntime.engines.oxigraph import Oxigraph
from aruntime.engines.sandbox import MAX_BYTES
from aruntime.graph import Graph
from aruntime.namespaces import ID, NS, iri
from aruntime.render.formats import Screen, rows_as_text
from aruntime.serve import negotiation, protocol
from aruntime.serve.limits import Limits, Problem, form_of
from aruntime.serve.pool import SPARE, Worker
from aruntime.serve.workers import ForkServer, packed
from tests.serving import Server, alive, running
from tests.test_questions import CASES, NAMES, case, engines


def fourfold(number: int) -> str:
    """A text four times as long as the one before."""
    times = ", ".join([f"?t{number}"] * 4)
    return f"BIND (CONCAT({times}) AS ?t{number + 1})"


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
GROWING = f"SELECT ?t14 {{ BIND ('x' AS ?t0) {' '.join(map(fourfold, range(14)))} }}"
"""A text of 256 MiB."""
SECONDS = 2.0
"""Time limit of the server in these tests."""
HOSTILE = '<script>alert("1")</script>'


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny world with a thing that wants to be markup, as a file of quads."""
    store = Store()
    engine = engines(CASES / "world.ttl")["embedded"]
    assert isinstance(engine, Oxigraph)
    store.extend(engine.store.quads_for_pattern(None, None, None, None))
    odd = NamedNode(ID + "runtime/odd")
    store.extend(
        [
            Quad(odd, iri("rdf:type"), iri("ar:Runtime")),
            Quad(odd, iri("rdf:type"), iri("ar:Component")),
            Quad(odd, iri("rdfs:label"), Literal(HOSTILE)),
            Quad(odd, iri("rdfs:seeAlso"), NamedNode("javascript:alert(2)")),
            Quad(NamedNode(f"{odd.value}#part"), iri("rdfs:label"), Literal(HOSTILE)),
        ]
    )
    path = tmp_path_factory.mktemp("served") / "world.nq"
    store.dump(path, format=RdfFormat.N_QUADS)
    return path


@pytest.fixture(scope="module")
def server(quads: Path) -> Iterator[Server]:
    limits = (f"seconds={SECONDS}", "memory=67108864", "rows=5000", "queue=2")
    with running(quads, *limits) as found:
        yield found


@pytest.fixture(scope="module")
def world(quads: Path) -> Graph:
    """The same graph in this process."""
    store = Store()
    store.bulk_load(path=quads, format=RdfFormat.N_QUADS)
    return Graph(Oxigraph(store))


# Named questions


@pytest.mark.parametrize("name", NAMES)
def test_named_question_gives_the_bytes_that_the_command_prints(
    name: str, server: Server, world: Graph
) -> None:
    data, given, _ = case(name)
    if data.name != "world.ttl":
        pytest.skip("the question is tested on a graph of its own")
    query = urlencode(given)
    reply = server.ask(f"/questions/{name}?{query}")
    assert reply.status == 200, reply
    assert reply.text == rows_as_text(world.answer(name, given), "json", Screen())


def test_rows_come_in_every_form(server: Server) -> None:
    path = "/questions/who-owns-batching"
    formats = {
        "json": QueryResultsFormat.JSON,
        "xml": QueryResultsFormat.XML,
        "tsv": QueryResultsFormat.TSV,
    }
    read = {}
    for form, syntax in formats.items():
        found = parse_query_results(server.ask(f"{path}.{form}").body, format=syntax)
        assert isinstance(found, QuerySolutions)
        read[form] = [tuple(row) for row in found]
    plain = read["json"]
    assert plain
    assert plain == read["xml"] == read["tsv"]
    assert len(server.ask(f"{path}.csv").text.split("\r\n")) == len(plain) + 2
    assert server.ask(path, "text/html").text.count("<tr>") == len(plain) + 1


def test_question_has_a_tag_that_saves_asking_again(server: Server) -> None:
    first = server.ask("/questions/families", "text/csv")
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    again = server.ask(
        "/questions/families", "text/csv", headers={"If-None-Match": f'"x", W/{tag}'}
    )
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    for name in ("cache-control", "vary"):
        assert again.headers[name] == first.headers[name], "as RFC 9110, 15.4.5 asks"
    other = server.ask("/questions/families", "text/html", headers={"If-None-Match": tag})
    assert other.status == 200
    assert other.headers["etag"] != tag


def test_mistakes_in_a_question_say_how_to_mend_them(server: Server) -> None:
    assert server.ask("/questions/who-owns-batchin").status == 404
    assert "did you mean who-owns-batching" in server.ask("/questions/who-owns-batchin").detail
    needs = server.ask("/questions/evidence-of")
    assert needs.status == 400
    assert "needs claim" in needs.detail
    unknown = server.ask("/questions/families?runtim=engine")
    assert unknown.status == 400
    assert "did you mean runtime" in unknown.detail
    assert "did you mean engine" in server.ask("/questions/families?runtime=engin").detail
    assert "twice" in server.ask("/questions/families?runtime=engine&runtime=server").detail
    assert server.ask("/questions/families?runtime=%FF").status == 400


def test_people_get_fields_for_what_a_question_needs(server: Server) -> None:
    reply = server.ask("/questions/evidence-of", "text/html")
    assert reply.status == 200
    assert '<input id="claim" name="claim"' in reply.text


def test_catalogue_lists_every_question(server: Server) -> None:
    listed = json.loads(server.ask("/questions.json").body)
    assert [entry["name"] for entry in listed] == NAMES
    text = server.ask("/questions/families.rq")
    assert text.headers["content-type"] == "application/sparql-query; charset=utf-8"
    assert text.text == questions.text_of("families")


# Dereferencing


def test_thing_leads_to_the_description_that_the_client_likes(server: Server) -> None:
    wanted = {"text/html": "html", "application/ld+json": "jsonld", "text/turtle": "ttl",
              "application/rdf+xml": "rdf", "application/n-triples": "nt"}  # fmt: skip
    for accept, form in wanted.items():
        reply = server.ask("/id/runtime/engine", accept)
        assert (reply.status, reply.headers["location"]) == (303, f"/id/runtime/engine.{form}")
        assert reply.headers["vary"] == "accept"
        found = server.ask(reply.headers["location"])
        assert found.status == 200
        assert found.headers["content-type"].startswith(accept)


def test_description_in_json_reads_without_knowing_rdf(server: Server) -> None:
    """As the published documents, with the names that it uses, so that nothing is fetched."""
    found = json.loads(server.ask("/id/runtime/engine.jsonld", "application/json").body)
    context, base = found["@context"]
    assert (found["id"], base) == ("runtime/engine", {"@base": ID})
    assert all(claim["statement"].endswith(".") for claim in found["claims"])
    assert "statement" in context and "hardwareTopology" not in context


def test_what_the_description_names_leads_to_it(server: Server) -> None:
    for path in ("/catalog", "/dataset", "/tables", "/vocabulary", "/graph/derived"):
        reply = server.ask(path, "text/turtle")
        assert (reply.status, reply.headers["location"]) == (303, "/void"), path
    rule = server.ask("/id/rule/claim-has-statement")
    assert (rule.status, rule.headers["location"]) == (303, "/shapes")
    shapes = server.ask("/shapes", "text/turtle")
    versioned = re.search(r"versionIRI <https://w3id.org/aruntime(/shapes/[0-9.]+)>", shapes.text)
    assert versioned is not None and "rule:claim-has-statement\n" in shapes.text
    assert server.ask(versioned[1], "text/turtle").text == shapes.text
    assert server.ask("/shapes/9.9.9").status == 404
    reply = server.ask("/question/families")
    assert (reply.status, reply.headers["location"]) == (303, "/questions/families.rq")


def test_a_version_of_the_ontology_is_at_its_name(server: Server) -> None:
    newest = server.ask("/ns.nt").body
    version = re.search(rb"versionIRI> <https://w3id.org/aruntime(/ns/[0-9.]+)>", newest)
    assert version is not None
    for accept in ("application/n-triples", "text/n3"):
        assert server.ask(version[1].decode(), accept).status == 200
    assert server.ask(version[1].decode(), "application/n-triples").body == newest
    assert server.ask("/ns/9.9.9").status == 404


def test_description_is_the_same_graph_in_every_form(server: Server) -> None:
    graphs = {}
    for form, (media, *_) in negotiation.TRIPLES.items():
        reply = server.ask(f"/id/runtime/engine.{form}")
        read = RdfFormat.from_media_type(media)
        assert read is not None
        graphs[form] = {quad.triple for quad in parse(reply.body, format=read)}
    assert len({frozenset(map(str, found)) for found in graphs.values()}) == 1
    heads = re.findall(r"@prefix (\w*): ", server.ask("/id/runtime/engine.ttl").text)
    assert "prov" in heads and "spdx" not in heads, "a file declares the prefixes that it uses"
    engine = NamedNode(ID + "runtime/engine")
    subjects = {triple.subject for triple in graphs["ttl"]}
    assert engine in subjects
    assert any(str(s).startswith(f"<{engine.value}#") for s in subjects), "its claims are in it"
    assert any(triple.object == engine and triple.subject != engine for triple in graphs["ttl"])


def test_ontology_and_dataset_are_described(server: Server) -> None:
    ontology = server.ask("/ns", "text/turtle")
    assert ontology.status == 200
    subjects = {q.subject for q in parse(ontology.body, format=RdfFormat.TURTLE)}
    assert NamedNode(NS + "Claim") in subjects
    moved = server.ask("/.well-known/void")
    assert (moved.status, moved.headers["location"]) == (303, "/void")
    store = Store()
    store.load(server.ask("/sparql", "text/turtle").body, format=RdfFormat.TURTLE)
    triples = server.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "text/csv").text.split()[1]
    assert store.query(
        f"""PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        PREFIX void: <http://rdfs.org/ns/void#>
        ASK {{ ?service a sd:Service ; sd:endpoint ?service ; sd:defaultDataset ?dataset .
               ?dataset void:triples {triples} ; void:sparqlEndpoint ?service ;
                        void:classPartition [ void:class <{NS}Runtime> ] .
               FILTER (?service = <http://127.0.0.1:{server.port}/sparql>) }}"""
    )


def test_unknown_things_are_not_found(server: Server) -> None:
    reply = server.ask("/id/runtime/engin", "text/turtle")
    assert reply.status == 404
    assert "did you mean engine" in reply.detail
    assert reply.detail.endswith("see /questions/things?kind=runtime"), "no command for a browser"
    assert server.ask("/id/runtime/engin.ttl").status == 404
    assert server.ask("/nothing").status == 404
    assert server.ask("/id/runtime/engine", "image/png").status == 406


def test_labels_that_carry_markup_stay_text(server: Server) -> None:
    class Seen(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: set[str] = set()
            self.links: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    for path in ("/id/runtime/odd.html", "/questions/things.html?kind=runtime"):
        text = server.ask(path).text
        assert "&lt;script&gt;" in text
        seen = Seen()
        seen.feed(text)
        assert "script" not in seen.tags
        assert not [link for link in seen.links if link.startswith("javascript:")]
    page = server.ask("/id/runtime/odd.html").text
    assert "javascript:alert(2)" in page
    assert '<h3 id="part">' in page, "a fragment of its IRI leads somewhere"


# SPARQL, and what bounds it


def test_query_forms_are_answered_in_what_the_client_likes(server: Server) -> None:
    select = "SELECT * { ?s a ar:Runtime }"
    assert server.query(select).headers["content-type"] == "application/sparql-results+json"
    for accept in ("application/sparql-results+xml", "text/csv; charset=utf-8", "text/html"):
        reply = server.query(select, accept)
        assert reply.headers["content-type"].startswith(accept.partition(";")[0])
    assert json.loads(server.query("ASK { ?s a ar:Runtime }").body)["boolean"] is True
    triples = server.query("CONSTRUCT { ?s a ar:Runtime } WHERE { ?s a ar:Runtime }")
    assert len(list(parse(triples.body, format=RdfFormat.TURTLE))) == 5
    assert server.query("DESCRIBE runtime:engine", "application/ld+json").status == 200
    assert server.query(select, "text/turtle").status == 406


@pytest.mark.parametrize(
    ("text", "status", "word"),
    [
        ("SELECT", 400, "line 1, column 7"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, "SERVICE"),
        ("SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", 400, "default-graph-uri"),
        ("INSERT DATA { <a:> <a:> <a:> }", 400, "read-only"),
        ("LOAD <file:///etc/passwd>", 400, "read-only"),
        ("", 400, "has none of SELECT"),
        (f"ASK {'{' * 20000}{'}' * 20000}", 400, "nests deeper"),
        (f"ASK {{ FILTER ({'!' * 30000}true) }}", 422, "nests too deeply"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 6000", 422, "more than 5000 rows"),
        (GROWING, 422, "memory"),
        (ENDLESS, 504, "within 2 s"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_hostile_query_gets_a_true_error(text: str, status: int, word: str, server: Server) -> None:
    headers = {"Content-Type": "application/sparql-query"}
    reply = server.ask("/sparql", method="POST", body=text.encode(), headers=headers)
    if text == GROWING and reply.status == 504:  # its time was up before it had grown
        word, status = "within 2 s", 504
    assert (reply.status, word in reply.detail) == (status, True), reply
    assert server.query("ASK {}").status == 200


@pytest.mark.slow
def test_others_are_answered_while_queries_run_endlessly(server: Server) -> None:
    with ThreadPoolExecutor(8) as many:
        idle = state(server)
        endless = [many.submit(server.query, ENDLESS, None, f"127.0.0.{n}") for n in range(2, 10)]
        assert eventually(lambda: state(server)["ready"] < idle["ready"])
        named = [server.ask(f"/questions/{name}") for name in ("names", "families", "locators")]
        assert not all(future.done() for future in endless)
        short = server.query("SELECT * { ?s a ar:Runtime }", client="127.0.0.20")
        assert {reply.status for reply in named} | {short.status} == {200}
        statuses = [future.result().status for future in endless]
    assert set(statuses) == {503, 504}
    assert statuses.count(504) >= Limits().long


@pytest.mark.slow
def test_one_query_of_a_client_runs_at_a_time(server: Server) -> None:
    with ThreadPoolExecutor(6) as many:
        begun = time.monotonic()
        mine = [many.submit(server.query, ENDLESS, None, "127.0.1.1") for _ in range(2)]
        statuses = [future.result().status for future in mine]
        assert statuses == [504, 504]
        assert time.monotonic() - begun > 2 * SECONDS
        more = [many.submit(server.query, ENDLESS, None, "127.0.1.2") for _ in range(6)]
        replies = [future.result() for future in more]
    assert [reply.status for reply in replies].count(429) == 3
    assert next(r for r in replies if r.status == 429).headers["retry-after"] == "1"


@pytest.mark.slow
def test_query_of_a_client_that_left_is_ended(quads: Path) -> None:
    """Long before its time is up."""
    with running(quads, "seconds=600") as server:
        assert eventually(lambda: state(server)["ready"] > 0)
        idle = state(server)
        with socket.create_connection(("127.0.0.1", server.port)) as gone:
            query = ENDLESS.replace(" ", "+").replace("?", "%3F")
            gone.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            assert eventually(lambda: state(server)["ready"] < idle["ready"])
        assert eventually(lambda: state(server) == idle)


def test_dead_worker_is_replaced(server: Server) -> None:
    for pid in server.children() - {server.fork_server}:
        os.kill(pid, signal.SIGKILL)
    replies = [server.query("ASK {}").status for _ in range(6)]
    assert replies[-1] == 200
    assert set(replies) <= {200, 422}


def test_requests_that_are_too_large_are_refused(server: Server) -> None:
    form = {"Content-Type": "application/sparql-query"}
    text = b"ASK {} #" + b"x" * MAX_BYTES
    assert server.ask("/sparql", method="POST", body=text, headers=form).status == 413
    huge = b"x" * (protocol.MAX_BODY + 1)
    assert server.ask("/sparql", method="POST", body=huge, headers=form).status == 413
    assert server.ask(f"/sparql?query={huge.decode()}").status in (400, 414)


def test_worker_that_evaluates_a_query_reaches_no_server(quads: Path) -> None:
    """What the filter of keywords lets pass, if anything, still opens no socket."""
    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0.3)
        address = f"http://127.0.0.1:{trap.getsockname()[1]}/"
        text = f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}"
        fork_server = ForkServer(lambda: Store(), Limits())
        try:
            worker = Worker(*fork_server.fork())
            job = {"task": "query", "query": text, "default": [], "named": [], "as": "json"}
            asyncio.run(worker.ask(packed(job)))
            with pytest.raises(TimeoutError):
                trap.accept()
            worker.channel.close()
        finally:
            fork_server.close()
        with ThreadPoolExecutor(1) as one:  # as it does where nothing is sealed
            one.submit(Store().query, text)
            trap.settimeout(5)
            trap.accept()[0].close()


# HTTP


def test_every_answer_is_safe_to_show_and_open_to_all(server: Server) -> None:
    for path, status in (("/", 200), ("/nothing", 404), ("/id/runtime/engine", 303)):
        reply = server.ask(path, "text/html")
        assert reply.status == status
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in reply.headers
        assert "server" not in reply.headers
    asked = server.ask("/sparql", method="OPTIONS", headers={"Origin": "https://example.org"})
    assert asked.status == 204
    assert "POST" in asked.headers["access-control-allow-methods"]


def test_head_is_answered_as_get_without_a_body(server: Server) -> None:
    for path in ("/questions/families", "/id/runtime/engine.ttl", "/sparql?query=ASK%7B%7D"):
        head, get = server.ask(path, method="HEAD"), server.ask(path)
        assert (head.status, head.body) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"]


def test_other_methods_are_refused(server: Server) -> None:
    for path, allowed in (
        ("/questions/families", {"GET", "HEAD"}),
        ("/sparql", {"GET", "HEAD", "POST"}),
    ):
        reply = server.ask(path, method="DELETE")
        assert reply.status == 405
        assert set(reply.headers["allow"].replace(" ", "").split(",")) == allowed


@pytest.mark.slow
def test_private_files_are_closed_to_pages_of_other_origins(quads: Path) -> None:
    with running(quads, "--private", "workers=2") as server:
        reply = server.ask("/questions/families", headers={"Origin": "https://example.org"})
        assert reply.status == 200
        assert "access-control-allow-origin" not in reply.headers
        assert reply.headers["cache-control"].startswith("private")
        for host in ("rebound.example", "[", "127.0.0.1.example:80"):
            assert server.ask("/", headers={"Host": host}).status == 421


@pytest.mark.slow
def test_server_finishes_what_runs_and_leaves_nothing_behind(quads: Path) -> None:
    with running(quads, "seconds=2") as server:
        children = server.children()
        assert len(children) == 1 + Limits().workers + SPARE
        with ThreadPoolExecutor(1) as one:
            idle = state(server)
            last = one.submit(server.query, ENDLESS)
            assert eventually(lambda: state(server)["ready"] < idle["ready"])
            server.process.send_signal(signal.SIGTERM)
            assert last.result().status == 504
        assert server.process.wait(20) == 0
        assert not any(map(alive, children))
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            server.ask("/")


@pytest.mark.slow
def test_workers_end_with_a_server_that_was_killed(quads: Path) -> None:
    with running(quads, "seconds=30") as server, ThreadPoolExecutor(1) as one:
        children = server.children()
        idle = state(server)
        lost = one.submit(server.query, ENDLESS)
        assert eventually(lambda: state(server)["ready"] < idle["ready"])
        children |= server.children()
        server.process.kill()
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            lost.result()
        assert eventually(lambda: not any(map(alive, children)))


@pytest.mark.slow
def test_server_stops_if_the_process_that_holds_the_graph_dies(quads: Path) -> None:
    with running(quads) as server:
        children = server.children()
        fork_server = server.fork_server
        os.kill(fork_server, signal.SIGKILL)
        for pid in children - {fork_server}:
            os.kill(pid, signal.SIGKILL)
        server.query("ASK {}")
        assert server.process.wait(20) == 1
        assert server.process.stderr is not None
        assert "the process that holds the graph died" in server.process.stderr.read()


def state(server: Server) -> dict[str, int]:
    found = json.loads(server.ask("/health").body)
    assert isinstance(found, dict)
    return found


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something comes true; who waits in vain waits long, so that load makes nothing red."""
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return found


# Parts


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "html"),
        ("", "html"),
        ("*/*", "html"),
        ("text/*", "html"),
        ("text/turtle, */*;q=0.1", "ttl"),
        ("*/*, text/turtle", "ttl"),
        ("text/html;q=0.1, application/rdf+xml;q=0.9", "rdf"),
        ("application/json", "jsonld"),
        ("text/html;q=0, text/turtle;q=0, */*;q=0.5", "jsonld"),
        ("TEXT/TURTLE;Q=1.0", "ttl"),
        ("text/turtle;q=x, application/n-triples;q=0.2", "nt"),
    ],
)
def test_form_is_what_the_client_likes_best(accept: str | None, form: str) -> None:
    assert negotiation.choose(accept, negotiation.RESOURCE) == form


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0", "*/*;q=0", "text/turtle;q=nan"])
def test_form_that_is_not_there_is_not_acceptable(accept: str) -> None:
    with pytest.raises(Problem, match="there are text/html"):
        negotiation.choose(accept, negotiation.RESOURCE)


def test_form_of_a_query_is_found_without_parsing_it() -> None:
    hidden = "PREFIX ask: <http://from/> # SERVICE\nselect ?from { ?from ask:x 'SERVICE FROM' }"
    assert form_of(hidden, dataset=False) == "select"
    assert form_of("BASE <http://a/> DESCRIBE <b>", dataset=False) == "describe"
    assert form_of("ASK FROM <http://a/> {}", dataset=True) == "ask"


def test_request_reads_graphs_from_url_and_body() -> None:
    graphs = "default-graph-uri=http://a/&named-graph-uri=http://b/"
    form = "application/x-www-form-urlencoded; charset=UTF-8"
    found = protocol.read("POST", graphs, form, b"query=ASK%7B%7D&default-graph-uri=http://c/")
    assert found == protocol.Request("ASK{}", ("http://a/", "http://c/"), ("http://b/",))
    assert protocol.read("GET", "", "", b"") is None
    with pytest.raises(Problem, match="no absolute IRI"):
        protocol.read("GET", "query=ASK%7B%7D&default-graph-uri=a", "", b"")
