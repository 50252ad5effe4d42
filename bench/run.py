"""Measures what the project promises about speed, against the libraries that do the same, in one run.

``python bench/run.py`` makes a graph of each size (``bench/generate.py``), measures, and prints tables of medians, ratios and
peak memory. ``--save FILE`` keeps everything as JSON; ``--report FILE`` renders a saved run as Markdown, which is where the
figures in ``docs/performance.md`` come from. ``--quick`` takes 100,000 triples (25,000 for owlrl) and under a minute.

Each engine and each job has a process of its own, so that its peak memory is its own and a bad query can be ended. Times are
seconds. Compare the ratios; machines differ.

* closure_vs_owlrl: how many times faster the closure is than owlrl's, on the same schema and facts.
* validate_vs_pyshacl: how many times faster all shapes are applied to the whole graph than by pySHACL, files read before.
* whole_validate_vs_pyshacl: the same for all rules, from files to findings, with pySHACL for the shapes.
* questions_vs_rdflib_geomean: how many times faster the questions are than on rdflib, geometric mean, same graph; where
  rdflib did not answer in time, its time limit counts.
* worst_question_vs_rdflib_time: ours over theirs for the question where that is worst.
* cold_vs_import: a whole command's time over that of ``python -c "import click, pyoxigraph"`` (median of ask and compose).
* incremental_vs_full_validate: time to validate one file that has just changed over that of all files.
* rebuild_vs_build: time to build after one file has changed over that of a build from nothing.
* worst_question_vs_best_peer_time: ours over the best of raw Oxigraph, maplib and Virtuoso, for the worst question.
  Half a millisecond is the least that counts, on either side; an engine with another number of rows is left out.
* memory_vs_oxigraph, build_memory_vs_oxigraph: peak memory of asking, and of building, over that of raw Oxigraph in memory.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import generate, report
from bench.asked import Asked, asked_of
from bench.child import Child, Failed
from bench.peers import Jena, Peer, PythonPeer, environment, version_of
from bench.virtuoso import Virtuoso

Json = dict[str, Any]
JOB: Final = 3600.0
"""Seconds that one job may take."""
REFERENCE: Final = 150_000
"""Triples up to which rdflib, pySHACL and pyrudof are measured."""
_VERSIONS: Final = ("pyoxigraph", "rdflib", "pyshacl", "owlrl", "reasonable", "pyrudof", "maplib")
LARGEST: Final = {"rdflib": REFERENCE, "jena": 2_000_000}
"""Triples above which an engine would take hours."""


@dataclass(frozen=True)
class Plan:
    """What one run measures.

    Attributes:
        sizes: triples of each graph, with conclusions.
        owlrl: triples of the graph that owlrl closes.
        readings: of each question and command, beside one that is left out.
        limit: seconds for one question.
        slow: seconds for one question on rdflib.
        total: seconds of the whole run after which rdflib is asked no further; it is always asked for *least* seconds.
        least: see *total*.
        all: whether every peer is measured, and questions also with an optional parameter bound.
    """

    sizes: tuple[int, ...]
    owlrl: int
    readings: int
    limit: float
    slow: float
    total: float
    least: float
    all: bool


class Bench:
    """One size: its checkout, and what was measured on it."""

    def __init__(self, plan: Plan, size: int, work: Path, began: float) -> None:
        self.began, self.plan, self.size, self.folder = began, plan, size, work / str(size)
        self.graph = self.folder / "union" / "union.nt"
        self.variables = environment(self.folder, self.folder / "cache")
        if not self.graph.parent.is_dir():
            say(f"{size:,} triples: making the graph")
            generate.checkout(self.folder, size)
            self.graph.parent.mkdir()

    def job(self, name: str, *arguments: str) -> Json:
        """What one job of ``bench/jobs.py`` says, with its peak memory in MiB; or why it could not be done."""
        say(f"{self.size:,} triples: {name} {' '.join(arguments) if name != 'dump' else ''}")
        child = Child([sys.executable, "-m", "bench.jobs", name, *arguments], self.folder, self.variables)
        try:
            found = child.read(JOB)
            return {**found, "seconds": statistics.median(found["seconds"]), "peak": child.peak()}
        except Failed as error:
            return {"reason": str(error)}
        finally:
            child.end()

    def jobs(self) -> Json:
        """Build, closure and validation."""
        found = {"build": self.job("build"), "rebuild": self.job("rebuild"), "closure": self.job("closure", "3" if self.size < 2_000_000 else "1")}
        found["dump"] = self.job("dump", str(self.graph))
        found["validate"] = self.job("validate")
        found["validate one file"] = self.job("validate_one", "3")
        found["shapes"] = self.job("shapes", "fast", "3" if self.size < 2_000_000 else "1")
        if self.size <= REFERENCE:
            found["shapes by pySHACL"] = self.job("shapes", "reference")
        if self.size <= REFERENCE and self.plan.all:
            found["validate with pySHACL"] = self.job("validate", "reference")
            found["shapes by pyrudof"] = self.job("pyrudof", str(self.graph.parent))
            found["closure by reasonable"] = self.job("reasonable")
        return found

    def cold(self) -> Json:
        """Whole-process seconds of the bare import and of two commands on the compiled store."""
        say(f"{self.size:,} triples: cold commands")
        lines = {
            "import": [sys.executable, "-c", "import click, pyoxigraph"],
            "ask": [sys.executable, "-m", "aruntime", "ask", "who-owns-batching", "-p", "runtime=vllm-1"],
            "compose": [sys.executable, "-m", "aruntime", "compose", "kserve-1", "vllm-1", "--format", "json"],
        }
        times: dict[str, list[float]] = {name: [] for name in lines}
        found: Json = {}
        own = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | self.variables
        for reading in range(2 * self.plan.readings + 2):
            for name, line in lines.items():
                start = time.perf_counter()
                done = subprocess.run(line, env=own, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                if reading:
                    times[name].append(time.perf_counter() - start)
                if done.returncode:
                    found[name] = {"reason": (done.stderr.strip().splitlines() or ["?"])[-1]}
        return {name: found.get(name) or {"seconds": statistics.median(times[name])} for name in lines}

    def peers(self) -> list[Peer]:
        """Every engine that answers questions, ours first."""

        def python(name: str, package: str) -> Peer:
            return PythonPeer(name, package, self.folder, self.graph, self.variables)

        found = [python("aruntime", "aruntime"), python("oxigraph", "pyoxigraph"), python("maplib", "maplib")]
        if self.plan.all:
            found += [
                python("aruntime-store", "aruntime"),
                python("oxigraph-disk", "pyoxigraph"),
                Virtuoso(self.graph),
                Jena(self.folder, self.graph, self.variables),
            ]
        return [*found, python("rdflib", "rdflib")]

    def questions(self) -> tuple[Json, Json]:
        """Engines with their load time and memory, and seconds and rows of each question by engine."""
        asked = asked_of(self.folder, optional=self.plan.all)
        engines: Json = {}
        answers: Json = {question.label: {} for question in asked}
        for peer in self.peers():
            engine = engines[peer.name] = {"version": peer.version, "answer": peer.answer}
            reason = peer.missing()
            if self.size > LARGEST.get(peer.name, self.size):
                reason = f"not measured above {LARGEST[peer.name]:,} triples"
            if reason is None and not self.graph.is_file():
                reason = "there is no graph to load: it could not be built"
            if reason is not None:
                engine["reason"] = reason
                continue
            say(f"{self.size:,} triples: questions on {peer.name}")
            try:
                engine |= {"seconds": peer.start(), "peak": peer.peak()}
                self._ask(peer, asked, answers)
            except Failed as error:
                engine["reason"] = str(error)
            finally:
                engine["peak asking"] = peer.peak()
                peer.stop()
        return engines, answers

    def _ask(self, peer: Peer, asked: list[Asked], answers: Json) -> None:
        slow = peer.name == "rdflib"
        limit, readings = (self.plan.slow, 0) if slow else (self.plan.limit, self.plan.readings)
        end = max(self.began + self.plan.total, time.monotonic() + self.plan.least) if slow else math.inf
        for question in random.Random(generate.SEED).sample(asked, len(asked)):  # so that what is asked in time is no alphabetic choice
            if time.monotonic() > end:
                answers[question.label][peer.name] = {"reason": "not asked: the time for this engine was spent"}
                continue
            try:
                found = peer.ask(question, readings, limit)
                answers[question.label][peer.name] = {"seconds": statistics.median(found["seconds"]), "rows": found["rows"], "bytes": found["bytes"]}
            except Failed as error:
                late = str(error).startswith("longer than")
                answers[question.label][peer.name] = {"reason": str(error), **({"at least": limit} if late else {})}


def owlrl(plan: Plan, work: Path, began: float) -> Json:
    """Our closure and owlrl's on the same schema and facts."""
    bench = Bench(plan, plan.owlrl, work, began)
    return {"triples": plan.owlrl, "closure": bench.job("closure", "5"), "owlrl": bench.job("owlrl")}


def measured(plan: Plan, work: Path) -> Iterator[Json]:
    """Everything with the ratios, again after each size, so that what takes an hour is not lost at its end."""
    began = time.monotonic()
    result: Json = {"machine": machine(), "plan": {**vars(plan), "sizes": list(plan.sizes)}, "closure": owlrl(plan, work, began), "sizes": {}}
    for size in plan.sizes:
        bench = Bench(plan, size, work, began)
        jobs, cold = bench.jobs(), bench.cold()
        engines, answers = bench.questions()
        result["sizes"][str(size)] = {
            "triples": jobs["dump"].get("count"),
            "jobs": jobs,
            "cold": cold,
            "engines": engines,
            "questions": answers,
        }
        result |= {"ratios": ratios(result), "times": times(result), "took": time.monotonic() - began}
        yield result


def ratios(result: Json) -> Json:
    """The promises, as far as they were measured: plain names for the smallest graph, ``name@size`` for each larger one."""
    found: Json = {}
    add(found, "closure_vs_owlrl", over(result["closure"]["owlrl"], result["closure"]["closure"]))
    for number, (size, at) in enumerate(result["sizes"].items()):
        jobs, cold, engines = at["jobs"], at["cold"], at["engines"]
        own = dict[str, Any]()
        add(own, "validate_vs_pyshacl", over(jobs.get("shapes by pySHACL", {}), jobs["shapes"]))
        add(own, "whole_validate_vs_pyshacl", over(jobs.get("validate with pySHACL", {}), jobs["validate"]))
        pairs = [pair for answer in at["questions"].values() if (pair := report.against(answer, ("rdflib",)))]
        if pairs:
            own["questions_vs_rdflib_geomean"] = math.exp(-statistics.fmean(math.log(pair) for pair in pairs))
            own["worst_question_vs_rdflib_time"] = max(pairs)
        commands = [ratio for name in ("ask", "compose") if (ratio := over(cold[name], cold["import"]))]
        add(own, "cold_vs_import", statistics.median(commands) if commands else None)
        add(own, "incremental_vs_full_validate", over(jobs["validate one file"], jobs["validate"]))
        add(own, "rebuild_vs_build", over(jobs["rebuild"], jobs["build"]))
        best = [pair for answer in at["questions"].values() if (pair := report.against(answer, report.BEST))]
        add(own, "worst_question_vs_best_peer_time", max(best, default=None))
        raw = engines["oxigraph"].get("peak asking")
        add(own, "memory_vs_oxigraph", over(engines["aruntime"], engines["oxigraph"], "peak asking"))
        add(own, "build_memory_vs_oxigraph", jobs["build"]["peak"] / raw if raw and jobs["build"].get("peak") else None)
        found |= {name if number == 0 else f"{name}@{size}": value for name, value in own.items()}
    return found


def over(one: Json, other: Json, key: str = "seconds") -> float | None:
    """One time over another, if both were measured."""
    return one[key] / other[key] if one.get(key) and other.get(key) else None


def add(found: Json, name: str, value: float | None) -> None:
    """Put *value* in if there is one."""
    if value is not None:
        found[name] = value


def times(result: Json) -> dict[str, float]:
    """Every median in seconds, by what was measured."""
    found = {
        f"{name} {result['closure']['triples']}": part["seconds"]
        for name, part in result["closure"].items()
        if name != "triples" and "seconds" in part
    }
    for size, at in result["sizes"].items():
        found |= {f"{name} {size}": job["seconds"] for name, job in at["jobs"].items() if "seconds" in job}
        found |= {f"cold {name} {size}": part["seconds"] for name, part in at["cold"].items() if "seconds" in part}
        found |= {f"load {name} {size}": part["seconds"] for name, part in at["engines"].items() if "seconds" in part}
        for label, answer in at["questions"].items():
            found |= {f"{label} {name} {size}": part["seconds"] for name, part in answer.items() if "seconds" in part}
    return found


def machine() -> Json:
    """What was measured on, and with which versions."""
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "versions": {name: version for name in _VERSIONS if (version := version_of(name))},
    }


def say(text: str) -> None:
    """Progress, for people."""
    print(text.rstrip(), file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one small graph, few readings, only peers that load at once")
    parser.add_argument("--triples", type=int, nargs="+", default=[100_000], help="sizes of the graphs, with conclusions")
    parser.add_argument("--owlrl-triples", type=int, default=25_000, help="size of the graph that owlrl closes")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds that one question may take")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the run as JSON")
    parser.add_argument("--report", type=Path, metavar="FILE", help="render a saved run as Markdown, and measure nothing")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keep the graphs here, and use those that are")
    options = parser.parse_args()
    if options.report:
        print(report.markdown(json.loads(options.report.read_text("utf-8"))))
        return
    sizes = tuple(sorted(options.triples))
    plan = (
        Plan(sizes, options.owlrl_triples, 2, 5.0, 1.0, 44.0, 6.0, False)
        if options.quick
        else Plan(sizes, options.owlrl_triples, 5, options.limit, min(options.limit, 20.0), 0.0, 300.0, True)
    )
    with tempfile.TemporaryDirectory(prefix="aruntime-bench-") as temporary:
        for result in measured(plan, options.work or Path(temporary)):
            if options.save:
                options.save.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(json.dumps(result, indent=1) if options.format == "json" else report.markdown(result))


if __name__ == "__main__":
    main()
