"""An engine that is opened when it is first asked: many commands are answered from what was kept at build."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from pyoxigraph import Triple

from aruntime.engines.seam import Engine
from aruntime.model import Rows, Term


class Deferred:
    """Another engine, opened at its first question.

    Args:
        opening: opens it.
    """

    def __init__(self, opening: Callable[[], Engine]) -> None:
        self._opening = opening

    @cached_property
    def opened(self) -> Engine:
        """The engine itself."""
        return self._opening()

    def select(self, text: str, bindings: Mapping[str, Term]) -> Rows:
        """See :class:`aruntime.engines.seam.Engine`."""
        return self.opened.select(text, bindings)

    def select_json(self, text: str, bindings: Mapping[str, Term]) -> bytes:
        """See :class:`aruntime.engines.seam.Engine`."""
        return self.opened.select_json(text, bindings)

    def run(self, text: str) -> Rows | bool | list[Triple]:
        """See :class:`aruntime.engines.seam.Engine`."""
        return self.opened.run(text)
