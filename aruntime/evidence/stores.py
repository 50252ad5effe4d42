"""Where cited files are looked for: local clones, downloaded packages, and the public archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aruntime.evidence.archive import Archive
from aruntime.evidence.packages import Packages
from aruntime.evidence.passage import CitedFile
from aruntime.evidence.repositories import Repositories


@dataclass(frozen=True)
class Stores:
    """Places of content; ``None`` is one that may not be asked."""

    repositories: Repositories | None = None
    packages: Packages | None = None
    archive: Archive | None = None

    @classmethod
    def at(cls, repositories: Path | None, packages: Path | None, online: bool = False) -> Stores:
        """Stores in these folders, and the archive if it may be asked."""
        return cls(
            None if repositories is None else Repositories(repositories),
            None if packages is None else Packages(packages),
            Archive() if online else None,
        )

    def of(self, file: CitedFile) -> Repositories | Packages | None:
        """Where *file* is looked for on this machine, if that is at hand."""
        return self.repositories if file.repository else self.packages
