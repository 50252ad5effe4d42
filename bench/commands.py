"""Every command as a whole process, against the import of what every command needs."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

from bench.child import Json
from bench.readings import cold

IMPORT: Final = "import click, pyoxigraph"
READ: Final = {
    "--version": "",
    "--help": "",
    "select": "--owns continuous-batching --target amd-gpu",
    "compare": "vllm kserve",
    "ask": "who-owns-batching -p runtime=vllm",
    "why": "kserve hosts vllm",
    "show": "kserve",
    "search": "continuous batching",
    "list": "runtime",
    "query": "three.rq",
    "stats": "--format json",
    "rules": "gap",
}
"""Commands that read the graph and say a little of it, with arguments."""
SPEND: Final = 10.0
"""Seconds on one command after which no further reading of it is taken."""
OTHER: Final = {
    "compose": "kserve vllm",
    "detect": "deployment.yaml",
    "check": "deployment.yaml",
    "export": "--format ntriples -o whole.nt",
    "site": "public-{round}",
    "publish": "published-{round}",
    "evidence": "stale",
    "doctor": "",
    "new": "runtime my-engine --into new-{round}",
    "fmt": "--check {data}/runtime/vllm",
    "validate": "{data}/runtime/vllm",
    "build": "",
}
"""Commands that do more: put a whole together, write all of it, check, or compile."""
QUERY: Final = "SELECT * { ?s a ar:Runtime } LIMIT 3"
LASTING: Final = ("serve", "mcp")
"""Commands that run until they are told to stop; :mod:`bench.load` measures the server."""

DEPLOYMENT: Final = """\
apiVersion: v1
kind: Pod
spec:
  containers:
    - image: vllm/vllm-openai:v0.33.0
"""


def measured(folder: Path, environment: Mapping[str, str], rounds: int, *, all_: bool) -> Json:
    """Seconds of each command by rounds, and over those of the import in the same round."""
    chosen = {**READ, **OTHER} if all_ else {**READ, "compose": OTHER["compose"]}
    lines = {name: f"{name} {rest}".split() for name, rest in chosen.items()}
    (folder / "deployment.yaml").write_text(DEPLOYMENT)
    (folder / "three.rq").write_text(QUERY)
    found: Json = {IMPORT: {"readings": []}, **{name: {"readings": []} for name in lines}}
    for turn in range(-1, rounds):  # the first fills caches and is left out
        for name, answer in found.items():
            if sum(answer["readings"]) > SPEND:
                continue
            rest = lines.get(name, [])
            values = {"{round}": str(turn), "{data}": "aruntime/_graph/data"}
            for key, value in values.items():
                rest = [word.replace(key, value) for word in rest]
            what = ["-m", "aruntime", *rest] if rest else ["-c", IMPORT]
            seconds, code = cold([sys.executable, *what], folder, environment)
            if turn >= 0:
                answer["readings"].append(seconds)
                answer["code"] = code
    floor = found[IMPORT]["readings"]
    for answer in found.values():
        answer["seconds"] = median(answer["readings"])
        pairs = zip(answer["readings"], floor, strict=False)
        answer["ratio"] = median(mine / least for mine, least in pairs)
    return found
