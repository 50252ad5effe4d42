"""Where meaning, facts and questions lie: inside the wheel, or beside the package in a checkout; and the cache."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_ROOT = _HERE / "_graph" if (_HERE / "_graph").is_dir() else _HERE.parent


def root() -> Path:
    """The folder that holds ``ontology/``, ``data/`` and ``queries/``."""
    return _ROOT


def ontology() -> Path:
    """Meaning: classes, properties, vocabularies, shapes, checks and rules."""
    return root() / "ontology"


def data() -> Path:
    """Facts: one thing, one file, one name."""
    return root() / "data"


def queries() -> Path:
    """Questions: one SPARQL file each."""
    return root() / "queries"


def cache() -> Path:
    """The user's cache folder for compiled stores; ``ARUNTIME_CACHE`` overrides it."""
    if override := os.environ.get("ARUNTIME_CACHE"):
        return Path(override)
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "aruntime"
