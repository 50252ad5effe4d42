"""Where the site's tests find what the browser runs: its own program, and packages from npm."""

from __future__ import annotations

import os
from pathlib import Path

from aruntime import paths

STATIC = Path(__file__).parent.parent / "aruntime" / "site" / "static"
PACKAGES = Path(os.environ.get("ARUNTIME_SITE_ENGINE") or paths.cache() / "site")
"""Where npm put oxigraph, codemirror and axe-core; see aruntime/site/engine.py."""
