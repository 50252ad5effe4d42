"""Measures what the project promises about speed, against the libraries that are its reference, in one run.

``python bench/run.py`` prints a table; ``--format json`` prints ``{"ratios": …, "times": …}`` with times in seconds, each
the median of its readings. Ratios are what to compare: machines differ.

* cold_vs_import: a whole command's time over that of ``python -c "import click, pyoxigraph"`` (median of ask and compose).
* closure_vs_owlrl: how many times faster the closure is than owlrl, on ``--owlrl-triples`` triples.
* questions_vs_rdflib_geomean: how many times faster the questions are than on rdflib, geometric mean, same graph.
* worst_question_vs_rdflib_time: ours over theirs for the question where that is worst.
* incremental_vs_full_validate: time to validate one changed file over that of all files.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pyoxigraph import Store

sys.path.insert(0, str(Path(__file__).parent.parent))

from aruntime import corpus, paths, questions, store
from aruntime.engines.embedded import Embedded
from aruntime.engines.reference import Reference, to_rdflib
from aruntime.infer import Closure
from aruntime.validation.validate import validate
from bench.generate import corpus_of


def timed(work: Callable[[], object], readings: int) -> float:
    """Median seconds of several readings."""
    found = []
    for _ in range(readings):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def cold(readings: int) -> dict[str, float]:
    """Whole-process seconds of the bare import and of two commands on a compiled store."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as cache:
        environment["ARUNTIME_CACHE"] = cache
        lines = {
            "import": [sys.executable, "-c", "import click, pyoxigraph"],
            "ask": [sys.executable, "-m", "aruntime", "ask", "who-owns-batching", "-p", "runtime=vllm"],
            "compose": [sys.executable, "-m", "aruntime", "compose", "kserve", "vllm", "--format", "json"],
        }

        def run(line: list[str]) -> None:
            subprocess.run(line, env=environment, cwd=paths.root(), stdout=subprocess.DEVNULL, check=True)

        for line in lines.values():
            run(line)
        return {name: timed(lambda line=line: run(line), readings) for name, line in lines.items()}  # type: ignore[misc]


def closure(triples: int) -> dict[str, float]:
    """Seconds of our closure and of owlrl's on the same schema and facts."""
    import owlrl
    import rdflib

    stated = corpus_of(triples)
    filled = Store()
    store.fill(filled, stated)
    schema, facts = list(store.schema(stated)), list(store.facts(stated, filled))
    ours = timed(lambda: Closure(schema, facts), 3)
    graph = rdflib.Graph()
    for s, p, o in [*((t.subject, t.predicate, t.object) for t in schema), *facts]:
        graph.add((to_rdflib(s), to_rdflib(p), to_rdflib(o)))
    start = time.perf_counter()
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    return {"closure": ours, "owlrl": time.perf_counter() - start}


def asked(triples: int, seconds: float) -> dict[str, tuple[float, float]]:
    """Seconds of each question, ours and rdflib's, until *seconds* are spent on rdflib."""
    filled = store.in_memory(corpus_of(triples))
    fast, slow = Embedded(filled), Reference.of(filled)
    found, spent = {}, 0.0
    for name in questions.names():
        question = questions.load(name)
        parameters = {p.name: _example(p.kind, p.example) for p in question.parameters if p.required}
        ours = timed(lambda n=name, p=parameters: questions.ask(fast, n, p), 3)  # type: ignore[misc]
        if spent > seconds:
            continue
        start = time.perf_counter()
        questions.ask(slow, name, parameters)
        theirs = time.perf_counter() - start
        spent += theirs
        found[name] = (ours, theirs)
    return found


def _example(kind: str, example: str) -> str:
    """Names of the generated graph for kinds that it has of its own."""
    own = {"runtime": "engine-1", "component": "runtime:engine-1", "stack": "pair-1", "claim": "engine-1#claim-1", "thing": "runtime/engine-1"}
    return own.get(kind, example)


def validation() -> dict[str, float]:
    """Seconds to validate all shipped files, and one of them."""
    one = sorted((paths.data() / "runtime").glob("*.ttl"))[0]
    return {"validate": timed(validate, 1), "validate one file": timed(lambda: validate([one]), 1)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer readings, and rdflib for at most ten seconds")
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--owlrl-triples", type=int, default=25_000)
    parser.add_argument("--format", choices=["table", "json"], default="table")
    options = parser.parse_args()
    readings, limit = (5, 10.0) if options.quick else (15, 300.0)
    times: dict[str, float] = {}
    times |= {f"cold {name}": value for name, value in cold(readings).items()}
    times |= closure(options.owlrl_triples)
    pairs = asked(options.triples, limit)
    times |= {f"question {name}": ours for name, (ours, _) in pairs.items()}
    times |= {f"rdflib {name}": theirs for name, (_, theirs) in pairs.items()}
    times |= validation()
    ratios = {
        "cold_vs_import": statistics.median([times["cold ask"], times["cold compose"]]) / times["cold import"],
        "closure_vs_owlrl": times["owlrl"] / times["closure"],
        "questions_vs_rdflib_geomean": math.exp(statistics.fmean(math.log(theirs / ours) for ours, theirs in pairs.values())),
        "worst_question_vs_rdflib_time": max(ours / theirs for ours, theirs in pairs.values()),
        "incremental_vs_full_validate": times["validate one file"] / times["validate"],
    }
    if options.format == "json":
        print(json.dumps({"ratios": ratios, "times": times}, indent=1))
        return
    for name, value in ratios.items():
        print(f"{name:40} {value:10.2f}")
    for name, value in times.items():
        print(f"{name:60} {value * 1000:10.1f} ms")
    print(f"{len(corpus.data_files())} data files; Python {sys.version.split()[0]}")


if __name__ == "__main__":
    main()
