"""Where meaning, facts and questions lie: inside the wheel, or beside the package in a checkout;
and the cache.

A command that only asks gets by with plain strings; :mod:`pathlib`, which takes longer to load than
a question to answer, is loaded for those who want a ``Path``.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_HERE = os.path.dirname(os.path.realpath(__file__))
_SHIPPED = os.path.join(_HERE, "_graph")
_ROOT = _SHIPPED if os.path.isdir(_SHIPPED) else os.path.dirname(_HERE)


def root() -> str:
    """The folder that holds ``ontology/``, ``data/`` and ``queries/``."""
    return _ROOT


def installed() -> bool:
    """Whether the graph lies inside an installed package, whose files nobody edits."""
    return root() == _SHIPPED


def ontology() -> Path:
    """Meaning: classes, properties, vocabularies, shapes, checks and rules."""
    return _below("ontology")


def data() -> Path:
    """Facts: one thing, one file, one name."""
    return _below("data")


def queries() -> Path:
    """Questions: one SPARQL file each."""
    return _below("queries")


def _below(name: str) -> Path:
    from pathlib import Path

    return Path(root(), name)


def question(name: str) -> str:
    """The file of a question of that name, whether or not there is one."""
    return os.path.join(root(), "queries", f"{name}.rq")


def cache() -> Path:
    """The user's cache folder for compiled stores; ``ARUNTIME_CACHE`` overrides it."""
    from pathlib import Path

    return Path(cache_folder())


def cache_folder() -> str:
    """See :func:`cache`."""
    if override := os.environ.get("ARUNTIME_CACHE"):
        return override
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    return os.path.join(base, "aruntime")
