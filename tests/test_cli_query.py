"""Queries of one's own: prefixes that need no declaration, refusals, limits, and mistakes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Store, parse

from aruntime import paths
from aruntime.engines import sandbox, syntax
from aruntime.engines.oxigraph import Oxigraph
from aruntime.engines.remote import _declared
from aruntime.errors import DataError, UsageError
from aruntime.graph import Graph
from aruntime.model import Rows
from aruntime.namespaces import ID, NS, PREFIXES
from aruntime.session import Session
from aruntime.store import location
from tests.conftest import Run
from tests.rdflib_engine import Rdflib
from tests.test_archive import body, serve

VLLM = f"{ID}runtime/vllm"


@pytest.fixture(autouse=True)
def compiled(graph: Graph) -> None:
    """The store is there, so that compiling it takes no part."""


def ask(aruntime: Run, tmp_path: Path, text: str, *arguments: object) -> tuple[int, str, str]:
    path = tmp_path / "query.rq"
    path.write_text(text, "utf-8", newline="")
    return aruntime("query", path, *arguments)


def test_a_query_answers_in_each_form(
    aruntime: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = "SELECT ?s { ?s a ar:Runtime } ORDER BY ?s"
    code, out, err = ask(aruntime, tmp_path, select, "--format", "csv")
    assert (code, err) == (0, "")
    assert VLLM in out.splitlines()
    assert ask(aruntime, tmp_path, "\ufeff" + select, "--format", "csv")[1] == out
    assert ask(aruntime, tmp_path, "ASK { ?s ?p ?o }")[:2] == (0, "true\n")
    found = ask(aruntime, tmp_path, "ASK { ?s ?p <https://e/nowhere> }", "--format", "json")[1]
    assert json.loads(found) == {"head": {}, "boolean": False}
    assert ask(aruntime, tmp_path, select, "--format", "turtle")[0] == 2
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(select.encode())))
    assert aruntime("query", "-", "--format", "csv")[1] == out


@pytest.mark.parametrize(
    ("form", "rdf"),
    [("turtle", RdfFormat.TURTLE), ("nquads", RdfFormat.N_QUADS), ("jsonld", RdfFormat.JSON_LD)],
)
def test_triples_are_written_in_each_form(
    aruntime: Run, tmp_path: Path, form: str, rdf: RdfFormat
) -> None:
    text = "CONSTRUCT { runtime:vllm a ?c } { runtime:vllm a ?c }"
    code, out, _ = ask(aruntime, tmp_path, text, "--format", form)
    assert code == 0
    assert {quad.subject.value for quad in parse(out.encode(), rdf)} == {VLLM}
    assert ask(aruntime, tmp_path, "DESCRIBE runtime:vllm", "--format", form)[0] == 0


def test_prefixes_of_the_project_need_no_declaration_and_can_be_declared_otherwise() -> None:
    store = Store()
    for engine in (Oxigraph(store), Rdflib.of(store)):
        found = engine.run("SELECT ?x { VALUES ?x { unit:request } }")
        assert isinstance(found, Rows)
        assert [str(term) for (term,) in found.rows] == [f"<{ID}unit/request>"]
        found = engine.run("PREFIX unit: <https://e/> SELECT ?x { VALUES ?x { unit:request } }")
        assert isinstance(found, Rows)
        assert [str(term) for (term,) in found.rows] == ["<https://e/request>"]
    assert (
        _declared("SELECT * { ?s a ar:Runtime }")
        == f"PREFIX ar: <{NS}> SELECT * {{ ?s a ar:Runtime }}"
    )
    assert (
        _declared("PREFIX ar: <https://e/>\nASK { ?s a ar:R }")
        == "PREFIX ar: <https://e/>\nASK { ?s a ar:R }"
    )


def test_a_term_that_the_ontology_lacks_is_told(aruntime: Run, tmp_path: Path) -> None:
    text = "PREFIX x: <https://w3id.org/aruntime/ns#>\nSELECT ?s { ?s a ar:Runtim ; x:statment ?x . # ar:comment\n}"
    code, out, err = ask(aruntime, tmp_path, text)
    assert (code, out) == (0, "?s\n")
    assert err.splitlines() == [
        "aruntime: ar:Runtim is no class or property of the ontology; did you mean Runtime or EdgeRuntime or AgentRuntime?",
        "aruntime: ar:statment is no class or property of the ontology; did you mean statement or stateKind?",
    ]
    assert ask(aruntime, tmp_path, "SELECT ?s { ?s a ar:Runtime ; ar:hosts 'ar:nothing' }")[2] == ""


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence"),
    [
        ("", 1, 1, "the query is empty"),
        ("# nothing but this\n", 1, 1, "the query is empty"),
        ("SELEC * {}", 1, 1, "'SELEC' cannot stand here; did you mean SELECT?"),
        ("(", 1, 1, "'(' stands where SELECT, ASK, CONSTRUCT or DESCRIBE is expected"),
        ("SELECT * { ?s foo:bar ?o }", 1, 15, "the prefix foo: is not declared"),
        ("SELECT *\n{ ?s ?p ?o }\nLIMIT x\n", 3, 7, "'x' stands where a number is expected"),
        ("SELECT * { ?s ?p }", 1, 18, "'}' stands where a variable or IRI is expected"),
        ("SELECT * { ?s ?p ?o", 1, 20, "the query ends where } is expected"),
        ("SELECT * {{{ ?s ?p ?o }", 1, 24, "the query ends where } is expected"),
        ("SELECT * { ?s ?p ?o } }", 1, 23, "'}' cannot stand here"),
        ("SELECT * { ?s a 'x }", 1, 17, "the string that begins here is not closed"),
        ("SELECT * { ?s a ar:A ?t a ar:B }", 1, 22, "'?t' cannot stand here; is a '.' or ';' missing before it?"),
        ("SELECT * { ?s ?p ?o FILTR(?o > 3) }", 1, 21, "'FILTR' cannot stand here; did you mean FILTER?"),
        ("SELECT * { ?s ?p ?o . # é\n OPTIONAL ?s ?p ?o }", 2, 11, "'?s' stands where { is expected"),
        ("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "'?s' stands where BY is expected"),
        ("SELECT * { ?s ?p ?o } ORDER BY", 1, 31, "the query ends where a variable or IRI is expected"),
        ("SELECT * { <a> ?p ?o }", 1, 12, "'<a>' is no absolute IRI; write it in full"),
        ("PREFIX a <https://e/> SELECT * {}", 1, 8, "'a' stands where a prefix with its colon is expected"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }", 1, 1, "SELECT names a variable that is neither grouped by nor counted"),
    ],
)  # fmt: skip
def test_a_malformed_query_is_explained_in_one_sentence(
    text: str, line: int, column: int, sentence: str
) -> None:
    with pytest.raises(SyntaxError) as error:
        Store().query(text, prefixes=PREFIXES)
    assert syntax.complain(text, PREFIXES, error.value.msg) == (sentence, line, column)


def test_a_malformed_query_says_in_which_file(aruntime: Run, tmp_path: Path) -> None:
    code, out, err = ask(aruntime, tmp_path, "SELECT *\n{ ?s ?p ?o }\nLIMIT x\n")
    assert (code, out) == (3, "")
    assert err == (
        f"aruntime: {tmp_path / 'query.rq'}:3: malformed SPARQL: line 3, column 7: 'x' stands where a number is expected\n"
    )


REFUSED = {
    "SERVICE": "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "sErViCe": "SELECT * { sErViCe SILENT ?e { ?s ?p ?o } }",
    "in a subselect": "SELECT * { { SELECT * { SERVICE<URL>{ ?s ?p ?o } } } }",
    "after a comparison": "SELECT * { ?s ?p ?o FILTER(?o<5)SERVICE<URL>{ ?a ?b ?c } }",
    "after a comment": "SELECT * { # a comment\nSERVICE <URL> { ?s ?p ?o } }",
    "after a quote in a comment": "SELECT * { # it's\nSERVICE <URL> { ?s ?p ?o } # it's\n}",
    "after a string": 'SELECT * { BIND("\\"" AS ?x) SERVICE <URL> { ?s ?p ?o } BIND("" AS ?y) }',
    "by a codepoint": "SELECT * { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "INSERT": "INSERT DATA { <https://e/a> <https://e/b> 1 }",
    "an update with a prologue": "PREFIX a: <https://e/>\nBASE <https://e/> # x\ndelete where { ?s ?p ?o }",
    "LOAD": "LOAD <URL>",
    "CLEAR": "CLEAR ALL",
    "nesting": "SELECT * " + "{ " * 70 + "?s ?p ?o" + " }" * 70,
    "nested brackets": "ASK { FILTER(" + "(" * 70 + "1" + ")" * 70 + ") }",
    "length": "ASK {} #" + "x" * 70_000,
}  # fmt: skip


def test_what_would_leave_change_or_crash_is_refused(aruntime: Run, tmp_path: Path) -> None:
    with serve({"/": body(b"")}) as (root, asked):
        for name, text in REFUSED.items():
            code, out, err = ask(aruntime, tmp_path, text.replace("URL", f"{root}/"))
            assert (code, out, err.count("\n")) == (2, "", 1), name
        assert asked == []


HIDING = {
    "an escaped sharp": "OPTIONAL { ?x ?y p:a\\#b } CALL",
    "an escaped quote": "OPTIONAL { ?x ?y p:a\\'b } CALL OPTIONAL { ?x ?y p:a\\'b }",
    "an accent before an escape": "OPTIONAL { ?x ?y p:a\u0300\\#b } CALL",
    "a no-break space": "OPTIONAL { ?x ?y <http://x/\u00a0'> } CALL OPTIONAL { ?x ?y <http://x/'> }",
    "an escape in an IRI": "OPTIONAL { ?x ?y <http://x/'\\u0041> } CALL OPTIONAL { ?x ?y 'b' }",
    "a comparison with a name": "BIND((1<p:b&&'>'='x') AS ?q) CALL BIND('' AS ?z)",
    "a comparison before a comment": "BIND(1<2#>'''\n AS ?q) CALL #'''\n",
    "a wrong escape in a long string": "VALUES ?v { '''a' #\\q\n } CALL #'''\n",
    "a surrogate in a long string": "VALUES ?v { '''a' #\\uD800\n } CALL #'''\n",
    "a quoted triple": "BIND(<<(p:s p:p'>')>> AS ?q) CALL BIND('' AS ?z)",
    "a truth just before": "OPTIONAL { ?x ?y trueSERVICE <URL> { ?a ?b ?c } }",
    "a full stop just before": "OPTIONAL { ?x ?y p:.SERVICE <URL> { ?a ?b ?c } }",
    "a language just before": "OPTIONAL { ?x ?y 'a'@en.SERVICE:x { ?a ?b ?c } }",
    "a name just behind": "SERVICE:x { ?a ?b ?c }",
    "a comment behind a name": "SERVICE:x # {\n { ?a ?b ?c }",
    "SILENT just behind": "SERVICESILENT<URL> { ?a ?b ?c }",
    "SILENT and a name": "SERVICESILENT:x { ?a ?b ?c }",
}


@pytest.mark.parametrize("inside", HIDING.values(), ids=HIDING)
def test_nothing_hides_a_request_from_the_look(inside: str, small: Graph) -> None:
    """What Oxigraph takes for SERVICE is not part of a string, IRI, name or comment here."""
    with serve({"/": body(b"")}) as (root, asked):
        inside = inside.replace("CALL", "SERVICE <URL> { ?a ?b ?c }").replace("URL", f"{root}/")
        text = f"PREFIX p: <http://x/> PREFIX : <{root}/> SELECT ?a {{ {inside} }}"
        with pytest.raises(UsageError):
            sandbox.refuse(text)
        with pytest.raises(UsageError):
            Session(small.engine).query(text)
        assert asked == []


@pytest.mark.parametrize("text", ["SELECT*FROM:x{}", "ASKFROM<http://x>{}", "ASK FROMNAMED:x {}"])
def test_nothing_hides_a_dataset(text: str) -> None:
    with pytest.raises(UsageError, match="FROM is refused"):
        sandbox.refuse(text)
    assert "from" in sandbox.refuse(text, dataset=True)


@pytest.mark.skipif(sys.platform != "linux", reason="needs limits of open files")
def test_a_query_that_is_not_looked_through_reaches_nothing_either(
    aruntime: Run, small: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "refuse", lambda text, dataset=False: ("select",))
    with serve({"/": body(b"")}) as (root, asked):
        text = f"SELECT * {{ SERVICE <{root}/> {{ ?s ?p ?o }} }}"
        assert ask(aruntime, tmp_path, text)[0] == 3
        with pytest.raises(DataError, match="cannot be answered"):
            Session(small.engine).query(text)
        assert asked == []


def test_all_tables_of_the_store_are_open_before_a_query_runs(graph: Graph) -> None:
    """The database opens this many at once, and others as they are read, which a query cannot."""
    tables = [*(Path(location()) / "graph").glob("*.sst")]
    assert 0 < len(tables) <= 16


def test_a_carriage_return_ends_a_comment() -> None:
    with pytest.raises(UsageError, match="SERVICE"):
        sandbox.refuse("SELECT * { # a comment\rSERVICE <https://example.org/> { ?s ?p ?o } }")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service $SERVICE { BIND(\"SERVICE <x>\" AS ?service) BIND('''it's a SERVICE''' AS ?SERVICE) }",
        "PREFIX service: <https://e/SERVICE#> SELECT * { service:service service:SERVICE ?service . <https://e/service> ?p ?o }",
        "SELECT * { ?s ?p ?o FILTER(?o < 5 || ?o > 6) } # SERVICE\nLIMIT 1",
        "SELECT (1 AS ?insert) { BIND('DELETE' AS ?x) }",
        "PREFIX service: <https://e/> SELECT * { GRAPH service:x { ?s a service:a\\#b } ?s ?p 'a'@service }",
        "SELECT * { ?s <urn:x#y> <https://e/it's(a)#b> FILTER(?s = <https://e/it's>) FILTER(1 <2) }",
        "BASE <https://e/> SELECT * { <#a> ?p 'it\\'s \\\\d \\u0041' }",
        "SELECT * " + "{ " * 20 + "?s ?p ?o" + " }" * 20 + " LIMIT 1",
    ],
)
def test_words_that_only_look_like_it_are_answered(
    aruntime: Run, tmp_path: Path, text: str
) -> None:
    code, _, err = ask(aruntime, tmp_path, text)
    assert code == 0, err


LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def test_a_query_that_takes_too_long_is_ended(aruntime: Run, tmp_path: Path) -> None:
    code, out, err = ask(aruntime, tmp_path, LONG, "--timeout", "0.5")
    assert (code, out) == (5, "")
    assert err == "aruntime: the query did not end within 0.5 s; narrow it, or raise --timeout\n"


@pytest.mark.parametrize("limit", ["nan", "inf", "-inf", "-1", "0", "1e300"])
def test_a_time_limit_is_a_number_of_seconds(aruntime: Run, tmp_path: Path, limit: str) -> None:
    code, out, err = ask(aruntime, tmp_path, "ASK {}", f"--timeout={limit}")
    assert (code, out) == (2, "")
    assert "more than 0 and at most 86400 seconds" in err


def _fill_memory() -> str:
    return "x" * (8 * 1024**3)


def _crash() -> str:
    raise SystemExit


def test_a_query_that_ends_its_process_or_takes_all_memory_is_one_message() -> None:
    text = "ASK { FILTER(" + "!" * 60_000 + "true) }"
    command = [sys.executable, "-m", "aruntime", "query", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert (
        done.stderr
        == "aruntime: standard input: the query ended the process that answered it; simplify it\n"
    )
    for work in (_fill_memory, _crash):
        with pytest.raises(sandbox.DataError, match="ended the process"):
            sandbox.within(20, work)


def test_a_compiled_store_that_is_missing_is_compiled_before_the_time_runs(
    aruntime: Run, small_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("ARUNTIME_CACHE", str(cache))
    monkeypatch.setattr(paths, "_ROOT", str(small_root))
    stores: list[int] = []
    within = sandbox.within

    def looked_at(*arguments: object) -> object:
        """Where the time begins to run."""
        stores.append(len([*cache.glob("store-*")]))
        return within(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sandbox, "within", looked_at)
    assert ask(aruntime, tmp_path, "ASK {}") == (0, "true\n", "")
    assert stores == [1]
    assert not [*cache.glob(".building-*")]
