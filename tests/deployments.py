"""Deployments that projects document, and what must be found in them.

Files and expected rows lie outside the repository: where ``ARUNTIME_DEPLOYMENTS`` says, else in
``shared/testdata/deployments`` and ``shared/reference/deployments.tsv`` beside the checkout.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import NamedTuple

from aruntime.detect.model import Detection

_SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
FOLDER = Path(os.environ.get("ARUNTIME_DEPLOYMENTS", _SHARED / "testdata" / "deployments"))
TABLE = Path(os.environ.get("ARUNTIME_DEPLOYMENT_ROWS", _SHARED / "reference" / "deployments.tsv"))

MEANS = {
    "LLMInferenceService": "kserve#llmisvc",
    "LLMInferenceService with scheduler": "kserve#llmisvc-scheduler",
    "InferenceService, Knative mode": "kserve#knative",
    "InferenceService, Standard mode": "kserve#standard",
    "multi-node InferenceService": "kserve#huggingface-multi-node",
    "vLLM Ray executor": None,
    "Serve LLM, vLLM engine": "ray-serve#serve-llm",
    "GCS fault tolerance with external Redis": "ray#gcs-redis",
    "KV-aware routing": "KV-aware routing",
    "CPU offloading": "CPU offloading",
    "controller enabled": "controller enabled",
    "prefix caching": "prefix caching",
    "explicit attention backend": "explicit attention backend",
    "Open MPI": "Open MPI",
    "compose": "compose",
    "JavaScript": "JavaScript",
    "vLLM backend": "dynamo#vllm-backend",
    "in-memory store, ZMQ events: no etcd, no NATS": "in-memory store",
    "k8s-onprem chart, autoscaling enabled": "triton-inference-server#helm-autoscaling",
    "SDK 0.16.0 locked": "SDK, not the server",
    "tensor parallel 8, pipeline parallel 2": "vllm#tensor-parallel",
}
"""What an expected configuration is called in the graph or in a setting; ``None`` where it says
only what another row says too."""
FORBIDDEN = {
    ("o01-kserve-llmisvc", "vllm"),
    ("o06-raycluster-redis", "gcs"),
    ("o11-restate-pydantic-ai", "temporal"),
    ("o11-restate-pydantic-ai", "logfire"),
    ("o13-dynamo-vllm", "etcd"),
}
"""What must never be reported as seen."""
_LATER = ("implied", "transitive", "only with profile")


class Expected(NamedTuple):
    """One row of the table."""

    deployment: str
    file: str
    component: str
    version: str | None
    configuration: str
    line: int

    @property
    def status(self) -> str:
        """``seen``, or that it may be told with another status."""
        return "other" if self.configuration.startswith(_LATER) else "seen"


def expected() -> list[Expected]:
    """All rows; components that the graph does not know (in parentheses) among them."""
    with TABLE.open(encoding="utf-8") as file:
        return [
            Expected(
                row["id"],
                row["path"],
                row["component"].strip("()"),
                row["version"] or None,
                row["configuration"] or "",
                int(row["line"]),
            )
            for row in csv.DictReader(file, delimiter="\t")
        ]


def is_at(row: Expected, found: Detection) -> bool:
    """Whether a row is found where it is expected: kind and apiVersion are one place, and so are
    what brings a component in and what gives its version."""
    lines = [found.place.line] + ([found.version_place.line] if found.version_place else [])
    return (
        found.place.file.endswith(row.file)
        and found.component == row.component
        and any(abs(line - row.line) <= 1 for line in lines)
    )


def says(row: Expected, found: Detection) -> bool:
    """Whether a row that is found says what is expected of version, status and configuration."""
    if row.status == "other":
        return found.status != "seen"
    told_elsewhere = row.version is None and bool(row.configuration)
    known = found.version == row.version or told_elsewhere
    wanted = MEANS.get(row.configuration)
    said = wanted is None or wanted in (*found.configurations, *found.settings)
    return found.status == "seen" and known and said
