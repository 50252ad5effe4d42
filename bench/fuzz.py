"""Random and broken input for everything that reads: no traceback, no hang, no wrong exit code.

    python -m bench.fuzz [--inputs 100000] [--seed 1] [TARGET …]

Seeds are pieces of what is well-formed; each input is a seed, changed here and there. What a target
may raise is an error of ours, with its exit code; anything else is a finding, printed with the seed
that makes it again.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import RdfFormat, Store

from aruntime import build, cli, paths, questions, turtle, versions
from aruntime.check import policy, suppression
from aruntime.detect.objects import Wanted
from aruntime.detect.reading import read_paths
from aruntime.engines import answers, sandbox
from aruntime.engines.http import Server, printable
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import AruntimeError
from aruntime.evidence import journal, passage, pin
from aruntime.evidence.packages import Purl
from aruntime.model import Rows
from aruntime.render import formats, rdf
from aruntime.render.formats import Screen
from aruntime.render.safe import safe
from aruntime.validation import formatting

SLOW: Final = 5.0
"""Seconds of processor time after which an input counts as a hang; or ten times as long on the
clock, since other programs run too."""
CODES: Final = range(6)
_UNSAFE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_PIECES: Final = (
    "\x00", "\x1b[2J", "\u202e", "\ufeff", "\ud800", "\U0010ffff", "é", "<", ">", '"', "'", "\\", "\\u", "\\uD800",
    "{", "}", "[", "]", "(", ")", "#", "@", ":", ";", ",", ".", "%", "%s", "{0}", "$x", "${X:-", "*", "&a", "*a", "!!",
    "\n", "\r\n", "\t", " ", "-1", "0", "9" * 30, "1e999", "NaN", "null", "true", "../", "/dev/null", "file:///etc",
    "[b]", "[/x]", "<script>", "=cmd|", "javascript:", "--", "-", "|", "~", "^^", "a" * 300,
)  # fmt: skip


class Target(NamedTuple):
    """Something that reads.

    Attributes:
        seeds: well-formed inputs.
        read: reads one input; raises errors of ours alone.
        weight: its share of the inputs.
    """

    seeds: tuple[str, ...]
    read: Callable[[str], object]
    weight: int


class Finding(NamedTuple):
    """An input that was not taken as it must be."""

    target: str
    what: str
    text: str


def changed(text: str, dice: random.Random) -> str:
    """*text*, changed here and there."""
    for _ in range(dice.choice((1, 1, 1, 2, 3, 8))):
        at, end = sorted(dice.randint(0, len(text)) for _ in range(2))
        match dice.randrange(7):
            case 0:
                text = text[:at] + dice.choice(_PIECES) + text[at:]
            case 1:
                text = text[:at] + text[min(end, at + 9) :]
            case 2:
                text = text[:at] + text[at : at + 9] * dice.randint(2, 40) + text[at:]
            case 3:
                text = text[:at] + chr(dice.randrange(0x500)) + text[at + 1 :]
            case 4:
                text = text[:end]
            case 5:
                text = text[:at] + dice.choice(_PIECES) * dice.randint(2, 200) + text[at:]
            case _:
                text = text[end:] + text[:at]
    return text[:20_000]


def bytes_of(text: str) -> bytes:
    """A text as bytes that are not always UTF-8."""
    return text.encode("utf-8", "surrogatepass")


_TURTLE: Final = """@prefix ar: <https://w3id.org/aruntime/ns#> .
<https://e.org/a> a ar:Runtime ; ar:layer 3 , 1.5 , true ; <https://e.org/p> "x"@en , \"\"\"y\"\"\" , [ ] , ( 1 2 ) .
"""
_OTHERS: Final = {
    ".nt": '<https://e.org/a> <https://e.org/b> "c"^^<https://e.org/d> .\n_:a <https://e.org/b> _:b .\n',
    ".nq": '<https://e.org/a> <https://e.org/b> "c"@en <https://e.org/g> .\n',
    ".trig": "@prefix e: <https://e.org/> .\ne:g { e:a e:b e:c , [] . }\n",
    ".rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://e.org/">'
    '<rdf:Description rdf:about="https://e.org/a"><e:b>c</e:b></rdf:Description></rdf:RDF>',
    ".jsonld": '{"@context":{"e":"https://e.org/"},"@id":"e:a","e:b":[{"@value":"c","@language":"en"}]}',
}
_QUERIES: Final = (
    "SELECT ?s (COUNT(*) AS ?n) { ?s a ar:Runtime ; rdfs:label ?l . OPTIONAL { ?s ar:layer ?y } } GROUP BY ?s ORDER BY ?n LIMIT 3",
    "PREFIX e: <https://e.org/> ASK { ?a e:b+/e:c|^e:d ?x FILTER REGEX(STR(?x), '^a', 'i') MINUS { ?a a e:b } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { VALUES (?s ?p) { (UNDEF <https://e.org/a>) } ?s ?p ?o . BIND (1 + 2 AS ?z) }",
)
_HEADER: Final = """#+ summary: Which runtimes are there?
#+ row: One runtime.
#+ persona: architect
#+ params:
#+   runtime: {kind: runtime, example: vllm, required: true}
#+ tags: [a, b]
#+ columns:
#+   runtime: A runtime.
SELECT ?runtime WHERE { ?runtime a ?c }
"""
_JSON_ROWS: Final = (
    '{"head":{"vars":["x","y"]},"results":{"bindings":[{"x":{"type":"uri","value":"http://e.org/a"},'
    '"y":{"type":"literal","value":"b","xml:lang":"en"}},{"x":{"type":"bnode","value":"nodeID://b"}}]}}'
)
_XML_ROWS: Final = (
    '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head><variable name="x"/>'
    '<variable name="y"/></head><results><result><binding name="x"><uri>http://e.org/a</uri></binding>'
    '<binding name="y"><literal xml:lang="en">b</literal></binding></result></results></sparql>'
)
_DEPLOYMENTS: Final = {
    "deploy.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n"
    "      - {name: v, image: 'vllm/vllm-openai:v0.11.0', args: [--model, x, --tensor-parallel-size=2], env: [{name: A, value: b}]}\n"
    "---\napiVersion: v1\nkind: List\nitems: [{kind: Pod}]\n",
    "compose.yaml": "services:\n  a:\n    image: ${REG:-docker.io}/ollama/ollama:${TAG-0.5}\n    command: serve --port 80\n"
    "    deploy: {replicas: 2}\n",
    "requirements.txt": "vllm[flashinfer]==0.11.0 ; python_version > '3.9'\n-r other.txt\ntorch>=2,<3 # x\ngit+https://e.org/a@v1#egg=a\n",
    "pyproject.toml": "[project]\nname = 'a'\ndependencies = ['vllm>=0.1', 'ray[serve]~=2.1']\n[tool.poetry.dependencies]\n"
    "torch = {version = '^2'}\n",
    "uv.lock": "version = 1\n[[package]]\nname = 'vllm'\nversion = '0.11.0'\n",
    "package-lock.json": '{"name":"a","lockfileVersion":3,"packages":{"":{"dependencies":{"a":"^1"}},'
    '"node_modules/@mlc-ai/web-llm":{"version":"0.2.83"}}}',
    "Chart.yaml": "apiVersion: v2\nname: a\nversion: 1.0.0\n"
    "dependencies: [{name: kserve, version: ~0.15, repository: 'https://e.org', condition: a.b}]\n",
    "kustomization.yaml": "resources: [deploy.yaml, ../x]\nimages: [{name: vllm/vllm-openai, newTag: v1}]\n"
    "patches: [{patch: 'kind: A', target: {kind: B}}]\n",
    "bom.json": '{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","purl":"pkg:pypi/vllm@0.11.0?a=b#c"}]}',
    "Dockerfile": "ARG TAG=1\nFROM --platform=linux/amd64 vllm/vllm-openai:${TAG} AS a\nRUN pip install 'vllm==0.11.0' \\\n  ray\n"
    "ENV A=b C=\"d e\"\nENTRYPOINT [\"vllm\", \"serve\"]\n",
}  # fmt: skip
_POLICY: Final = """[check]
fail-on = ['contended']
at = ['vllm=0.11.0']
[[ignore]]
rule = 'contended'
path = 'a/*'
reason = 'b'
until = 2027-01-01
"""
_VERSIONS: Final = (
    "v0.11.0rc1",
    "2025.3.1-alpha.2+build",
    "release-1.2_3",
    "1!2.0.post1.dev3",
    "b1234",
    "nightly-2026-01-02",
)
_LOCATORS: Final = (
    "https://github.com/vllm-project/vllm/blob/v0.11.0/docs/a.md#L10-L24",
    "pkg:pypi/vllm@0.11.0?file_name=a.whl#pkg/b.py",
    "swh:1:cnt:94a9ed024d3859793618152ea559a168bbcbb5e2;origin=https://e.org/a;lines=1-9",
    "https://e.org/sparql?a=b",
)
_WORDS: Final = (
    "show vllm", "show unit/request", "search batching scheduler", "ask who-owns-batching -p runtime=engine", "why engine#owns",
    "why engine owns continuous-batching", "list runtime --format json", "select --owns continuous-batching", "compare engine server --layer 3",
    "compose engine server --at engine=1.0 --in engine=a", "ask families --format csv", "evidence verify engine", "new agent a/b", "rules x",
    "query - --timeout 1", "fmt nowhere.ttl", "validate nowhere.ttl", "detect nowhere.yaml", "export --format nope", "stats --format markdown",
)  # fmt: skip


@cache
def _empty() -> Oxigraph:
    return Oxigraph(Store())


@cache
def _scratch() -> Path:
    return Path(
        tempfile.mkdtemp(
            prefix="aruntime-fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None
        )
    )


def _file(name: str, text: str) -> Path:
    path = _scratch() / name
    path.write_bytes(bytes_of(text))
    return path


def _rdf(suffix: str) -> Callable[[str], object]:
    form = turtle.FORMATS[suffix]

    def read(text: str) -> None:
        quads = turtle.parse_bytes(bytes_of(text), form, Path(f"a{suffix}"))
        written = rdf.triples_as_text([quad.triple for quad in quads], "turtle")
        assert not _UNSAFE.search(written), "what is shown moves the cursor"

    return read


def _canonical(text: str) -> None:
    path = _file("a.ttl", text)
    written = formatting.canonical(path)
    before = {q.triple for q in turtle.canonical(formatting.read(path))}
    again = turtle.parse_bytes(written, RdfFormat.TURTLE, path)
    assert {q.triple for q in turtle.canonical(again)} == before, "fmt changes the meaning"


def _query(text: str) -> None:
    sandbox.refuse(text)
    found = _empty().run(text)
    if isinstance(found, Rows):
        for form in ("table", "tsv", "json", "csv", "markdown"):
            formats.rows_as_text(found, form, Screen())


def _header(text: str) -> None:
    questions.header(text, "a.rq")
    questions.signature(text)


def _answer(kind: str, form: str) -> Callable[[str], object]:
    def read(text: str) -> None:
        query = "SELECT ?x ?y {}" if form == "select" else "CONSTRUCT WHERE {}"
        found = answers.unpacked(answers.read(bytes_of(text), kind, True, query, form))
        if isinstance(found, Rows):
            shown = formats.rows_as_text(found, "table", Screen())
            assert not _UNSAFE.search(shown), "what is shown moves the cursor"

    return read


def _deployment(name: str) -> Callable[[str], object]:
    wanted = Wanted(frozenset(("replicas",)), frozenset(("vllm", "serve")))

    def read(text: str) -> None:
        path = _file(name, text)
        read_paths([str(path)], wanted)
        path.unlink()
        if name.endswith(".yaml"):
            read_paths(["-"], wanted, text)

    return read


def _policy(text: str) -> None:
    policy.read(str(_file("policy.toml", text)))


def _baseline(text: str) -> None:
    suppression.read_baseline(str(_file("baseline.json", text)))


def _journal(text: str) -> None:
    with journal.opened(_file("journal", text)) as found:
        found.add("a", "verified")


def _version(text: str) -> None:
    versions.order_key(text)
    versions.compare(text, "1.0")
    versions.within(text, "0.9", "2.0")
    versions.release(text)


def _locator(text: str) -> None:
    with contextlib.suppress(AruntimeError):
        pin.read(pin.Place(text, repositories=_scratch()))
    with contextlib.suppress(AruntimeError):
        Server(text)
    Purl.parse(text).at("2.0", Path("a.whl"))
    for kind in ("runtime", "thing", "claim", "text", "integer", "unit"):
        with contextlib.suppress(AruntimeError):
            questions.term(kind, text)


def _passage(text: str) -> None:
    lines = passage.split_lines(bytes_of(text))
    passage.heading(bytes_of(text), min(2, len(lines)), "a.md")
    assert not _UNSAFE.search(safe(text)) and printable(text).isprintable()


def _arguments(text: str) -> None:
    words = [word for word in text.replace("\x00", "").split(" ") if word][:12]
    code, said = command([*words])
    assert code in CODES, f"exit code {code}"
    assert "unexpected error" not in said and "Traceback" not in said, said
    assert not _UNSAFE.search(said), "a message moves the cursor"


def command(words: list[str], stdin: bytes = b"ASK {}") -> tuple[int, str]:
    """The exit code of a command line that may start nothing, and what it says of errors."""
    if {"serve", "mcp", "site", "build", "--online", "--endpoint", "--to-endpoint"} & {*words}:
        return 0, ""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace") for _ in range(2))
    given = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
    before, here = (sys.stdin, sys.stdout, sys.stderr), os.getcwd()
    sys.stdin, sys.stdout, sys.stderr = given, out, err
    os.chdir(_scratch())
    try:
        code = cli.run(words)
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        os.chdir(here)
    err.flush()
    assert isinstance(err.buffer, io.BytesIO)
    return code, err.buffer.getvalue().decode()


TARGETS: Final[dict[str, Target]] = {
    "turtle": Target((_TURTLE,), _rdf(".ttl"), 10),
    **{f"rdf{suffix}": Target((text,), _rdf(suffix), 5) for suffix, text in _OTHERS.items()},
    "fmt": Target((_TURTLE,), _canonical, 6),
    "query": Target(_QUERIES, _query, 12),
    "header": Target((_HEADER,), _header, 4),
    "answer-json": Target((_JSON_ROWS,), _answer("application/sparql-results+json", "select"), 10),
    "answer-xml": Target((_XML_ROWS,), _answer("application/sparql-results+xml", "select"), 6),
    "answer-turtle": Target((_TURTLE,), _answer("text/turtle", "construct"), 4),
    **{f"deployment:{n}": Target((t,), _deployment(n), 4) for n, t in _DEPLOYMENTS.items()},
    "policy": Target((_POLICY,), _policy, 3),
    "baseline": Target((json.dumps({"version": 2, "findings": [{"fingerprint": "a", "rule": "gap"}]}),), _baseline, 2),
    "journal": Target(('{"key": "a", "status": "verified"}\n',), _journal, 2),
    "version": Target(_VERSIONS, _version, 4),
    "locator": Target(_LOCATORS, _locator, 6),
    "passage": Target(("# A\n\ntext\n=====\ndef f():\n",), _passage, 3),
    "arguments": Target(_WORDS, _arguments, 1),
}  # fmt: skip


def tried(name: str, text: str) -> Finding | None:
    """What is wrong with how a target takes an input; ``None`` if nothing is."""
    begun, used = time.monotonic(), time.process_time()
    try:
        TARGETS[name].read(text)
    except AruntimeError as error:
        if error.exit_code not in CODES or not error.message:
            return Finding(name, f"exit code {error.exit_code}", text)
    except BaseException as error:  # what Rust raises for a panic is no Exception
        if isinstance(error, KeyboardInterrupt):
            raise
        return Finding(name, f"{type(error).__name__}: {str(error)[:200]!r}", text)
    taken = max(time.process_time() - used, (time.monotonic() - begun) / 10)
    if taken > SLOW:
        return Finding(name, f"took {taken:.1f} s", text)
    return None


def inputs(name: str, number: int, seed: int) -> Iterator[str]:
    """Inputs for a target, the same for the same seed."""
    dice = random.Random(f"{seed} {name}")
    for _ in range(number):
        yield changed(dice.choice(TARGETS[name].seeds), dice)


@contextlib.contextmanager
def small() -> Iterator[None]:
    """The frozen world of the tests in place of the shipped graph, compiled once."""
    checkout = Path(__file__).resolve().parent.parent
    with tempfile.TemporaryDirectory(prefix="aruntime-fuzz-") as folder:
        root = Path(folder)
        for name in ("ontology", "queries"):
            (root / name).symlink_to(checkout / name)
        (root / "data" / "runtime").mkdir(parents=True)
        shutil.copy(checkout / "tests" / "questions" / "world.ttl", root / "data" / "runtime")
        before = paths._ROOT, os.environ.get("ARUNTIME_CACHE")
        paths._ROOT, os.environ["ARUNTIME_CACHE"] = str(root), str(root / "cache")
        try:
            build.build()
            yield
        finally:
            paths._ROOT = before[0]
            os.environ["ARUNTIME_CACHE"] = before[1] or ""
            shutil.rmtree(_scratch(), ignore_errors=True)


def main() -> int:
    """Try every target; exit code 1 if there are findings."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    given = parser.parse_args()
    with small():
        return run(given.targets or [*TARGETS], given.inputs, given.seed)


def run(names: Sequence[str], number_of_inputs: int, seed: int) -> int:
    """Try some targets, and say what was found."""
    shares = sum(TARGETS[name].weight for name in names)
    kinds: Counter[str] = Counter()
    total, begun = 0, time.monotonic()
    for name in names:
        number = -(-number_of_inputs * TARGETS[name].weight // shares)
        started = time.monotonic()
        for text in inputs(name, number, seed):
            total += 1
            if found := tried(name, text):
                kinds[f"{name}: {found.what[:60]}"] += 1
                if kinds[f"{name}: {found.what[:60]}"] == 1:
                    print(f"{name}: {found.what}\n  {found.text[:400]!r}", flush=True)
        print(f"{name}: {number} inputs in {time.monotonic() - started:.1f} s", flush=True)
    print(f"{total} inputs, {sum(kinds.values())} findings, {time.monotonic() - begun:.0f} s")
    return int(bool(kinds))


if __name__ == "__main__":
    sys.exit(main())
