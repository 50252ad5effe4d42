"""What a child does once: build, close, validate. ``python -m bench.jobs NAME ARGUMENT…`` writes one JSON object.

``seconds`` is the work alone, without starting the process and reading its input; ``count`` what came out of it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.child import quiet_stdout

Result = dict[str, Any]


def _timed(work: Callable[[], Any], readings: int = 1, before: Callable[[], Any] = lambda: None) -> Result:
    found, count = [], None
    for _ in range(readings):
        before()
        start = time.perf_counter()
        count = work()
        found.append(time.perf_counter() - start)
    return {"seconds": found, "count": count if isinstance(count, int) else None}


def build() -> Result:
    """Our store from files, whatever the cache holds."""
    from bench import ours

    return _timed(ours.build)


def rebuild() -> Result:
    """Our store after one file has changed."""
    from bench import ours

    with ours.passing():
        return _timed(ours.rebuild, before=ours.change)


def dump(path: str) -> Result:
    """Our graph as N-Triples."""
    from bench import ours

    return _timed(lambda: ours.dump(Path(path)))


def closure(readings: str) -> Result:
    """Our closure."""
    from bench import ours

    schema, facts = ours.closure_input()
    return _timed(lambda: ours.close(schema, facts), int(readings)) | {"facts": len(schema) + len(facts)}


def owlrl() -> Result:
    """owlrl's closure of the same schema and facts."""
    import owlrl as library
    import rdflib

    from aruntime.engines.rdflib import to_rdflib
    from bench import ours

    schema, facts = ours.closure_input()
    graph = rdflib.Graph()
    for s, p, o in [*((t.subject, t.predicate, t.object) for t in schema), *facts]:
        graph.add((to_rdflib(s), to_rdflib(p), to_rdflib(o)))
    before = len(graph)

    def expand() -> int:
        library.DeductiveClosure(library.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
        return len(graph) - before

    return _timed(expand) | {"facts": before}


def reasonable() -> Result:
    """reasonable's closure of the same schema and facts; it knows no property chains."""
    import tempfile

    import reasonable as library
    from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

    from bench import ours

    schema, facts = ours.closure_input()
    triples = [*schema, *(Triple(s, p, o) for s, p, o in facts if isinstance(s, NamedNode))]
    with tempfile.NamedTemporaryFile(suffix=".n3") as file:
        file.write(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")
        file.flush()
        reasoner = library.PyReasoner()
        reasoner.load_file(file.name)
    return _timed(lambda: len(reasoner.reason())) | {"facts": len(set(triples))}


def validate(engine: str = "fast") -> Result:
    """Every rule on every file, shapes by this program or by pySHACL (``reference``)."""
    from bench import ours

    return _timed(lambda: ours.validated([], engine))  # type: ignore[arg-type]


def shapes(engine: str, readings: str = "1") -> Result:
    """The shapes alone on the whole graph; reading files is not counted."""
    from bench import ours

    return _timed(ours.shapes_alone(engine), int(readings))


def validate_one(readings: str) -> Result:
    """Every rule, reported for one file that has just changed."""
    from bench import ours

    with ours.passing():
        return _timed(lambda: ours.validated([ours.first_file()]), int(readings), before=ours.change)


def pyrudof(folder: str) -> Result:
    """The shapes alone by pyrudof; reading is not counted, as for the others."""
    import pyrudof as library

    from bench import ours

    rules, data = ours.shapes_and_data(Path(folder))
    session = library.Rudof(library.RudofConfig())
    start = time.perf_counter()
    session.read_data(str(data), library.RDFFormat.NTriples)
    session.read_shacl(str(rules))
    read = time.perf_counter() - start
    return _timed(lambda: len(session.validate_shacl())) | {"read": read}


_JOBS: dict[str, Callable[..., Result]] = {
    job.__name__: job for job in (build, rebuild, dump, closure, owlrl, reasonable, validate, validate_one, shapes, pyrudof)
}


def main() -> None:
    """Do one job, say what came out, and wait until somebody has read how much memory it took."""
    out = quiet_stdout()
    try:
        answer = _JOBS[sys.argv[1]](*sys.argv[2:])
    except Exception as error:  # a peer may fail in any way, and the row says how
        answer = {"error": f"{type(error).__name__}: {error}"[:300]}
    print(json.dumps(answer), file=out, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
