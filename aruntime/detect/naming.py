"""Which form a text has that comes without a name: that of a file of which name."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from packaging.requirements import InvalidRequirement, Requirement

from aruntime.detect import dockerfiles, json_files

_TABLE: Final = re.compile(r"^\[\[?[\w.\" -]+\]\]?[ \t]*(?:#.*)?$", re.MULTILINE)
_OPTION: Final = re.compile(r"-(?:r|c|e|i|f|-[a-z][a-z-]+)(?:[ =]|$)")
_PINS: Final = re.compile(r"[=<>~!]=|[<>@\[]|^-")
_FIRST: Final = 50
"""Lines of a text that are looked at."""


def name_of(text: str) -> str | None:
    """The name of a file that would hold a text; ``None`` for what has no form that is read.

    Example:
        >>> name_of("vllm==0.8.5"), name_of("FROM vllm/vllm-openai:v0.8.5"), name_of("Hello world!")
        ('requirements.txt', 'Dockerfile', None)
    """
    if dockerfiles.is_dockerfile(text):
        return "Dockerfile"
    if text.lstrip().startswith("{"):
        return _of_json(text)
    if _TABLE.search(text):
        try:
            return _of_toml(tomllib.loads(text))
        except (ValueError, RecursionError):
            pass  # YAML may look so, too
    if _is_requirements(text):
        return "requirements.txt"
    return "stdin.yaml" if ":" in text else None


def _of_json(text: str) -> str | None:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return "stdin.yaml"  # which then says what is wrong
    if json_files.is_sbom(content):
        return "bom.json"
    if json_files.is_deployment(content):
        return "stdin.json"
    if "lockfileVersion" in content:
        return "package-lock.json"
    return "package.json" if {"dependencies", "devDependencies"} & set(content) else None


def _of_toml(content: Mapping[str, Any]) -> str | None:
    if {"project", "tool", "build-system", "dependency-groups"} & set(content):
        return "pyproject.toml"
    if isinstance(content.get("package"), list):
        return "uv.lock"
    return "pylock.toml" if isinstance(content.get("packages"), list) else None


def _is_requirements(text: str) -> bool:
    """Whether the first lines are requirements, and one of them says more than a name."""
    lines = [line.partition(" #")[0].strip(" \\") for line in text.split("\n")]
    said = [line for line in lines if line and not line.startswith("#")][:_FIRST]
    for line in said:
        if not _OPTION.match(line):
            try:
                Requirement(line.partition(" --")[0][:1000])
            except InvalidRequirement:
                return False
    return any(_PINS.search(line) for line in said)
