"""What a compiled store was made of: each file by size and time, and what it stated.

A later build compares it with the files as they are, and so knows what has changed and what a changed file no longer states.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, Triple, parse, serialize

from aruntime import compiled, corpus, paths

_MANIFEST: Final = "manifest.json"
_STATED: Final = "stated"
SOUND: Final = "sound"
"""Stands in the folder of a store whose overlays were found to keep all rules."""
MOST: Final = 0.25
"""Part of the files that may have changed for a store to be continued; beyond it, starting anew is as fast."""


class Ledger:
    """The ledger in a store's folder."""

    def __init__(self, folder: Path, files: Mapping[str, str], rules: str) -> None:
        self.folder = folder
        self.files = dict(files)
        self.rules = rules

    @classmethod
    def begin(cls, folder: Path) -> Ledger:
        """An empty ledger."""
        (folder / _STATED).mkdir()
        return cls(folder, {}, _rules())

    @classmethod
    def read(cls, folder: Path) -> Ledger | None:
        """The ledger of a finished store, or ``None`` if it has none that can be read."""
        try:
            found = json.loads((folder / _MANIFEST).read_text("utf-8"))
            return cls(folder, found["files"], found["rules"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, name: str, stamp: str, triples: Collection[Triple]) -> None:
        """Enter what the file of graph *name*, with that stamp, states."""
        self.files[name] = stamp
        self._leaf(name).unlink(missing_ok=True)  # may be a link into another store's ledger
        serialize(triples, str(self._leaf(name)), RdfFormat.N_TRIPLES)

    def stated(self, name: str) -> dict[Triple, None]:
        """What the file of graph *name* stated; nothing if it was not there."""
        return dict.fromkeys(quad.triple for quad in parse(path=str(self._leaf(name)), format=RdfFormat.N_TRIPLES)) if name in self.files else {}

    def repeated(self) -> list[Triple]:
        """Triples that more than one file states."""
        counts = Counter(line for name in self.files for line in self._leaf(name).read_bytes().splitlines())
        return [quad.triple for quad in parse(b"\n".join(line for line, n in counts.items() if n > 1), RdfFormat.N_TRIPLES)]

    def close(self) -> None:
        """Write the ledger down."""
        (self.folder / _MANIFEST).unlink(missing_ok=True)
        (self.folder / _MANIFEST).write_text(json.dumps({"rules": self.rules, "files": self.files}), "utf-8")

    def changed(self, files: Mapping[str, Path]) -> list[str] | None:
        """Names of graphs whose files differ from *files*, or ``None`` if a store must not be continued from here.

        What follows from everything is what vocabulary, rules and questions say: where these have changed, nothing may be kept.
        """
        now = {name: stamp_of(path) for name, path in files.items()}
        found = [name for name in self.files.keys() | now.keys() if self.files.get(name) != now.get(name)]
        fixed = {corpus.graph_name(path) for path in corpus.vocabulary_files()}
        return None if self.rules != _rules() or fixed.intersection(found) or len(found) > MOST * len(now) else sorted(found)

    def successor(self, folder: Path) -> Ledger:
        """This ledger, and what lies beside the store, in the folder of a store that continues it: by links, without a copy.

        What was found out about the old store as a whole stays with it.
        """
        for entry in os.scandir(self.folder):
            if entry.is_file() and entry.name != SOUND:
                _link(entry.path, str(folder / entry.name))
            elif entry.is_dir() and entry.name not in ("graph", "answers"):
                shutil.copytree(entry.path, folder / entry.name, copy_function=_link)
        return Ledger(folder, self.files, self.rules)

    def drop(self, name: str) -> None:
        """Strike out a file that is gone."""
        self.files.pop(name, None)
        self._leaf(name).unlink(missing_ok=True)

    def _leaf(self, name: str) -> Path:
        return self.folder / _STATED / (hashlib.blake2b(name.encode(), digest_size=12).hexdigest() + ".nt")


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def stamp_of(path: Path) -> str:
    """Name, size and time of a file: what it says has changed when this has."""
    status = path.stat()
    return f"{os.path.realpath(path)} {status.st_size} {status.st_mtime_ns}"


def _rules() -> str:
    return "\n".join([compiled.LAYOUT, *(stamp_of(path) for path in (*corpus.rule_files(), *sorted(paths.queries().glob("*.rq"))))])


def union(statements: Iterable[Mapping[Triple, None]]) -> dict[Triple, None]:
    """Triples of several files, each once."""
    return {triple: None for stated in statements for triple in stated}
