"""The endpoint under load: many clients, some queries of which are hostile.

``python -m bench.load`` starts ``aruntime serve`` and lets 50 clients ask it for 60 s, each from an
address of its own; one request in twenty is hostile. Every answer is compared with the one that was
given when the server was idle. ``python -m bench.load --beside`` asks the named questions of
``aruntime serve`` and of ``oxigraph serve-read-only`` in turns, and prints requests per second of
processor time; then it sends both the queries that end processes. Linux alone.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import Store

from aruntime import questions
from aruntime.engines.engine import bind_inside
from aruntime.engines.oxigraph import Oxigraph
from aruntime.opening import open_graph
from bench.clients import (
    Connection,
    Request,
    Seen,
    memory,
    processor_time,
    quantile,
    sparql,
)

OK: Final = frozenset({200})
BUSY: Final = frozenset({200, 429, 503})
"""A client's own query may be refused when there is too much to do; a named question never."""
HOSTILE: Final = {
    "cross product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "endless rows": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "endless path": "SELECT (COUNT(*) AS ?n) { ?a (!rdf:nil)* ?b . ?b (!rdf:nil)* ?c }",
    "sorting without end": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?a",
    "text without end": "SELECT (GROUP_CONCAT(?c) AS ?t) { ?a ?b ?c . ?d ?e ?f }",
    "doubling text": 'SELECT ?t29 { BIND ("x" AS ?t) '
    + " ".join(
        f"BIND (CONCAT(?t{n or ''}, ?t{n or ''}, ?t{n or ''}) AS ?t{n + 1})" for n in range(29)
    )
    + " }",
    "deep groups": f"ASK {'{' * 20000}{'}' * 20000}",
    "deep negation": f"ASK {{ FILTER ({'!' * 30000}true) }}",
    "federation": "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "a file": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "malformed": "SELECT * { ?s ?p",
}
"""Queries that must get a true error."""
PREFIXES: Final = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
ERRORS: Final = frozenset({400, 422, 429, 503, 504})
SHORT: Final = (
    "SELECT * { ?s a ar:Runtime } ORDER BY ?s",
    "SELECT ?label { runtime:vllm rdfs:label ?label }",
    "SELECT ?claim ?said { ?claim ar:subject runtime:kserve ; ar:statement ?said } ORDER BY ?claim",
    "ASK { runtime:vllm a ar:Runtime }",
)
THINGS: Final = ("runtime/vllm", "runtime/kserve", "responsibility/autoscaling", "stance/native")


def named() -> list[tuple[str, dict[str, str]]]:
    """Named questions with their example parameters: those that people ask."""
    return [
        (name, {p.name: p.example for p in asked.parameters if p.required})
        for name, asked in questions.catalogue().items()
    ]


def peaceful() -> list[Request]:
    """Requests that are answered."""
    found = []
    for name, given in named():
        query = "&".join(f"{key}={value.replace('#', '%23')}" for key, value in given.items())
        found.append(Request("named question", f"/questions/{name}?{query}", OK))
    found += [Request("description", f"/id/{thing}.ttl", OK) for thing in THINGS]
    found += [Request("short query", sparql(text), BUSY) for text in SHORT]
    return found


@contextmanager
def served(*options: str) -> Iterator[tuple[int, int]]:
    """Port and process number of an endpoint over the shipped graph."""
    command = [sys.executable, "-m", "aruntime", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        said = next((line for line in process.stderr if "http://" in line), "")
        found = re.search(r":(\d+)/", said)
        assert found, "the server does not start"
        yield int(found.group(1)), process.pid
    finally:
        process.terminate()
        process.wait(60)


async def idle(port: int, requests: Sequence[Request]) -> list[Request]:
    """The requests with what an idle server answers them."""
    connection = Connection(port, "127.0.0.1")
    found = []
    for request in requests:
        status, body = await connection._exchange(request)
        assert status == 200, (request.path, status, body)
        found.append(request._replace(body=body))
    connection.close()
    return found


async def load(
    port: int, pid: int, requests: Sequence[Request], clients: int, seconds: float, hostile: float
) -> tuple[list[Seen], int]:
    """What many clients saw, and the most memory that the server held, in MiB."""
    end = time.monotonic() + seconds
    seen: list[Seen] = []
    kinds = sorted({request.kind for request in requests})
    by_kind = {kind: [r for r in requests if r.kind == kind] for kind in kinds}
    attacks = [Request(f"hostile: {name}", sparql(text), ERRORS) for name, text in HOSTILE.items()]

    async def client(number: int) -> None:
        chance = random.Random(number)
        connection = Connection(port, f"127.0.{1 + number // 200}.{1 + number % 200}")
        while time.monotonic() < end:
            if chance.random() < hostile:  # none is sent twice in the same words
                request = chance.choice(attacks)
                request = request._replace(path=f"{request.path}%20%23{chance.random()}")
            else:
                request = chance.choice(by_kind[chance.choice(kinds)])
            seen.append(await connection.send(request))
        connection.close()

    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, await asyncio.to_thread(memory, pid))
            await asyncio.sleep(1)

    watching = asyncio.ensure_future(watch())
    await asyncio.gather(*map(client, range(clients)))
    watching.cancel()
    return seen, most


def summary(seen: Sequence[Seen], seconds: float) -> str:
    """A Markdown table, one row a kind of request."""
    lines = [
        "| requests | answers | by status | p50 | p99 | longest | wrong | cut |",
        "|---|--:|---|--:|--:|--:|--:|--:|",
    ]
    for kind in sorted({one.kind for one in seen}):
        own = [one for one in seen if one.kind == kind]
        times = [one.seconds * 1000 for one in own]
        statuses = ", ".join(f"{s}: {n}" for s, n in sorted(Counter(o.status for o in own).items()))
        faults = Counter(one.fault for one in own)
        cells = (
            kind,
            len(own),
            statuses,
            f"{quantile(times, 0.5):.0f} ms",
            f"{quantile(times, 0.99):.0f} ms",
            f"{max(times):.0f} ms",
            faults["wrong"],
            faults["cut"],
        )
        lines.append(f"| {' | '.join(map(str, cells))} |")
    good = [one for one in seen if not one.kind.startswith("hostile")]
    lines.append(f"\n{len(seen)} answers, {len(good) / seconds:.0f} peaceful ones a second.")
    return "\n".join(lines)


# Beside Oxigraph's own server


class Rate(NamedTuple):
    """How many answers and refusals clients got, for how much of the server's processor time."""

    answers: int
    refused: int
    seconds: float


@contextmanager
def oxigraph(folder: Path, seconds: int) -> Iterator[tuple[int, int]]:
    """Port and process number of Oxigraph's server, read-only, over the same graph, with that time
    limit."""
    program = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    assert program, "pip install oxigraph"
    store = Store(str(folder))
    engine = open_graph().engine
    assert isinstance(engine, Oxigraph)
    store.bulk_extend(engine.store.quads_for_pattern(None, None, None, None))
    store.optimize()
    store.flush()
    del store
    port = 7899
    command = [program, "serve-read-only", "--location", str(folder)]
    command += ["--bind", f"127.0.0.1:{port}", "--timeout-s", str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(2)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


async def rate(port: int, pid: int, requests: Sequence[Request], seconds: float) -> Rate:
    """What 8 clients got."""
    end = time.monotonic() + seconds
    before = processor_time(pid)
    seen: list[Seen] = []

    async def client(number: int) -> None:
        connection = Connection(port, f"127.0.3.{number + 1}")
        place = number
        while time.monotonic() < end:
            one = await connection.send(requests[place % len(requests)])
            assert not one.fault, (one, requests[place % len(requests)].path[:80])
            seen.append(one)
            place += 7
        connection.close()

    await asyncio.gather(*map(client, range(8)))
    found = sum(one.status == 200 for one in seen)
    return Rate(found, len(seen) - found, processor_time(pid) - before)


async def beside(rounds: int, seconds: float) -> str:
    """Requests per second of processor time of both servers, asked in turns."""
    graph = open_graph()
    texts, paths = [], []
    for name, given in named():
        text = questions.text_of(name)
        values = {
            parameter.name: graph.resolve(parameter.kind, given[parameter.name])
            for parameter in questions.signature(text).parameters
            if parameter.name in given
        }
        texts.append(bind_inside(text, questions.bindings(name, text, values)))
        query = "&".join(f"{key}={value.replace('#', '%23')}" for key, value in given.items())
        paths.append(f"/questions/{name}?{query}")
    json = "application/sparql-results+json"
    with (
        tempfile.TemporaryDirectory() as folder,
        served("--timeout", "60") as ours,
        oxigraph(Path(folder), 60) as theirs,
    ):
        ways = {
            "aruntime, question as a resource": (
                *ours, [Request("q", path, OK) for path in paths]),
            "aruntime, its text as a query": (
                *ours, [Request("q", sparql(text), BUSY, json) for text in texts]),
            "oxigraph serve-read-only, its text": (
                *theirs, [Request("q", f"/query{sparql(t)[7:]}", OK, json) for t in texts]),
        }  # fmt: skip
        total = {name: Rate(0, 0, 0.0) for name in ways}
        for _ in range(rounds):
            for name, (port, pid, requests) in ways.items():
                found = await rate(port, pid, requests, seconds)
                total[name] = Rate(*(a + b for a, b in zip(total[name], found, strict=True)))
        lines = [
            f"{len(paths)} named questions, 8 clients, {rounds} × {seconds:g} s each way, in turns.\n",
            "| server | answers | refused | processor time | answers per second of it |",
            "|---|--:|--:|--:|--:|",
        ]
        for name, (count, refused, used) in total.items():
            each = f"{count / used:.0f}"
            lines.append(f"| {name} | {count} | {refused} | {used:.1f} s | {each} |")
    return "\n".join(lines)


async def survived() -> str:
    """What becomes of both servers when hostile queries are sent, one after the other."""
    lines = ["| hostile query | aruntime serve | oxigraph serve-read-only |", "|---|---|---|"]
    with (
        tempfile.TemporaryDirectory() as folder,
        served("--timeout", "3") as ours,
        oxigraph(Path(folder), 3) as theirs,
    ):
        for name, text in HOSTILE.items():
            if name != "a file":  # to Oxigraph a graph without triples
                answers = [
                    await attacked(*ours, "/sparql", text),
                    await attacked(*theirs, "/query", text),
                ]
                lines.append(f"| {name} | {' | '.join(answers)} |")
    return "\n".join(lines)


async def attacked(port: int, pid: int, path: str, text: str) -> str:
    """What becomes of a server to which a hostile query is posted."""
    if _defunct(pid):
        return "dead"
    begun = time.monotonic()
    said = await asyncio.to_thread(_posted, port, path, f"{PREFIXES}{text}")
    took = f"{said} after {time.monotonic() - begun:.1f} s"
    await asyncio.sleep(0.5)
    return f"{took}; the server died" if _defunct(pid) else took


def _posted(port: int, path: str, text: str) -> str:
    """The status of the answer, and whether it is whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    status = 0
    try:
        connection.request("POST", path, text, {"Content-Type": "application/sparql-query"})
        answer = connection.getresponse()
        status = answer.status
        end = time.monotonic() + 15
        while answer.read1(2**20):
            if time.monotonic() > end:
                return f"{status}, endless"
    except TimeoutError:
        return f"{status or 'no answer'}, not ended"
    except (OSError, http.client.HTTPException):
        return f"{status or 'no answer'}, cut"
    finally:
        connection.close()
    return str(status)


def _defunct(pid: int) -> bool:
    """Whether a process of ours has ended."""
    return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()


async def under_load(clients: int, seconds: float, hostile: float) -> tuple[list[Seen], str]:
    """What the clients saw, and it in words."""
    with served() as (port, pid):
        requests = await idle(port, peaceful())
        before, at_rest = processor_time(pid), memory(pid)
        seen, most = await load(port, pid, requests, clients, seconds, hostile)
        used = processor_time(pid) - before
        figures = f"Memory: {at_rest} MiB idle, {most} MiB at most. Processor time: {used:.0f} s."
        return seen, f"{summary(seen, seconds)} {figures}"


def main() -> None:
    """Measure, and print Markdown."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.load", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--hostile", type=float, default=0.05, help="part of the requests")
    parser.add_argument("--beside", action="store_true", help="beside oxigraph serve-read-only")
    options = parser.parse_args()
    if options.beside:
        print(asyncio.run(beside(4, options.seconds / 12)), flush=True)
        print("\n" + asyncio.run(survived()))
    else:
        print(asyncio.run(under_load(options.clients, options.seconds, options.hostile))[1])


if __name__ == "__main__":
    main()
