"""A child that holds one graph in one engine and answers questions; see ``bench/child.py`` for how it is spoken to.

``python -m bench.answer ENGINE N-TRIPLES`` loads the file, says how long that took, and then answers each
``{name, text, bound, bindings, readings}`` with ``{seconds, rows}``: the time from the query's text to its whole answer as
SPARQL 1.1 results in JSON. Where an engine takes parameters, it is given ``text`` and ``bindings``; where it takes text
alone, ``bound``. The first reading is left out: it pays for what every later one finds ready.
"""

from __future__ import annotations

import io
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, Final

from bench.child import quiet_stdout

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]
"""Number of rows and the bytes of an answer."""
SPENT: Final = 2.0
"""Seconds after which no further reading of one question is begun."""


def ours(path: Path, *, kept: bool = True) -> Answer:
    """The program, as its command line asks it: the compiled store on disk, kept answers, its own JSON."""
    from bench import ours as program

    ask = program.opened(kept=kept)
    return lambda request: (-1, ask(request["name"], _terms(request)))


def ours_store(path: Path) -> Answer:
    """The program where no answer is kept, as after a change: the compiled store alone."""
    return ours(path, kept=False)


def oxigraph(path: Path) -> Answer:
    """Oxigraph's store in memory."""
    from pyoxigraph import RdfFormat, Store

    store = Store()
    store.bulk_load(path=str(path), format=RdfFormat.N_TRIPLES)
    return _raw(store)


def oxigraph_disk(path: Path) -> Answer:
    """Oxigraph's store on disk, opened read-only."""
    import tempfile

    from pyoxigraph import RdfFormat, Store

    folder = tempfile.mkdtemp(dir=path.parent)
    store = Store(folder)
    store.bulk_load(path=str(path), format=RdfFormat.N_TRIPLES)
    store.optimize()
    store.flush()
    del store
    return _raw(Store.read_only(folder))


def _raw(store: Any) -> Answer:
    from pyoxigraph import QueryResultsFormat, QuerySolutions, Variable

    def ask(request: dict[str, Any]) -> tuple[int, bytes]:
        bindings = {Variable(name): term for name, term in _terms(request).items()}
        answer = store.query(request["text"], substitutions=bindings or None)
        assert isinstance(answer, QuerySolutions)
        return -1, answer.serialize(format=QueryResultsFormat.JSON) or b""

    return ask


def maplib(path: Path) -> Answer:
    """maplib, over Polars."""
    import maplib as library

    model = library.Model()
    model.read(str(path), format="ntriples")
    return lambda request: (-1, str(model.query(request["bound"], return_json=True)).encode())


def rdflib(path: Path) -> Answer:
    """rdflib, the reference."""
    import rdflib as library

    graph = library.Graph()
    graph.parse(str(path), format="nt")

    def ask(request: dict[str, Any]) -> tuple[int, bytes]:
        answer = graph.query(request["bound"])
        out = io.BytesIO()
        answer.serialize(out, format="json")
        return len(answer), out.getvalue()

    return ask


_ENGINES: Final[dict[str, Callable[[Path], Answer]]] = {
    "aruntime": ours,
    "aruntime-store": ours_store,
    "oxigraph": oxigraph,
    "oxigraph-disk": oxigraph_disk,
    "maplib": maplib,
    "rdflib": rdflib,
}


def _terms(request: dict[str, Any]) -> dict[str, Any]:
    from pyoxigraph import Literal, NamedNode

    return {name: NamedNode(value[1:-1]) if value.startswith("<") else Literal(json.loads(value)) for name, value in request["bindings"].items()}


def _late(number: int, frame: FrameType | None) -> None:
    raise TimeoutError


def measured(ask: Answer, request: dict[str, Any]) -> dict[str, Any]:
    """Readings of one question; an engine written in Python is interrupted in time, others are ended from outside."""
    signal.signal(signal.SIGALRM, _late)
    signal.setitimer(signal.ITIMER_REAL, request["limit"])
    try:
        start = time.perf_counter()
        rows, body = ask(request)
        first = time.perf_counter() - start
        found: list[float] = []
        while len(found) < request["readings"] and first + sum(found) < SPENT:
            start = time.perf_counter()
            ask(request)
            found.append(time.perf_counter() - start)
    except TimeoutError:
        return {"error": f"longer than {request['limit']:.0f} s"}
    except BaseException as error:  # a panic in Rust is no Exception, and what panicked cannot be asked again
        message = " ".join(str(error).split())
        return {"error": f"{type(error).__name__}: {message[:80]} … {message[-80:]}", "fatal": not isinstance(error, Exception)}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return {
        "seconds": found or [first],
        "first": first,
        "rows": rows if rows >= 0 else len(json.loads(body)["results"]["bindings"]),
        "bytes": len(body),
    }


def main() -> None:
    """Load, then answer until nobody asks any more."""
    out = quiet_stdout()
    start = time.perf_counter()
    try:
        ask = _ENGINES[sys.argv[1]](Path(sys.argv[2]))
    except BaseException as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"[:300]}), file=out, flush=True)
        return
    print(json.dumps({"seconds": [time.perf_counter() - start]}), file=out, flush=True)
    for line in sys.stdin:
        answer = measured(ask, json.loads(line))
        print(json.dumps(answer), file=out, flush=True)
        if answer.get("fatal"):
            return


if __name__ == "__main__":
    main()
