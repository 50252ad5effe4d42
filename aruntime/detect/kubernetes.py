"""Kubernetes objects: plain, many in a file, in lists, and custom ones by group and kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from aruntime.detect.model import Fact, Unread
from aruntime.detect.objects import Context, Wanted, fact, walk
from aruntime.detect.yaml_files import Budget, Node, Source, documents, get, items, text

_ORIGIN: Final = re.compile(r"^#\s*Source:\s*(\S+)")
_CORE: Final = "core"
"""The group of objects whose apiVersion names none."""


def is_object(node: Node) -> bool:
    """Whether a document is a Kubernetes object, or a list of such."""
    return bool(text(get(node, "apiVersion")) and text(get(node, "kind")))


def group_kind(node: Node) -> str:
    """Group and kind of an object, such as ``ray.io/RayCluster``; ``core/Pod`` without a group."""
    group, _, _ = (text(get(node, "apiVersion")) or "").rpartition("/")
    return f"{group or _CORE}/{text(get(node, 'kind'))}"


def objects(node: Node) -> Iterator[Node]:
    """The objects of a document: itself, or the items of a list, lists of lists included."""
    queue = [node]
    for _ in range(100_000):
        if not queue:
            return
        current = queue.pop(0)
        inside = items(get(current, "items"))
        if (text(get(current, "kind")) or "").endswith("List") and inside:
            queue += [item for item in inside if is_object(item)]
        elif is_object(current):
            yield current


def facts(node: Node, source: Source, wanted: Wanted, budget: Budget) -> Iterator[Fact]:
    """What the objects of a document say.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    for found in objects(node):
        kind = group_kind(found)
        name = text(get(found, "metadata", "name")) or ""
        place = source.of(get(found, "kind") or found)
        unit = f"{source.file}:{place.line}"
        context = Context(
            source, wanted, f"{kind.partition('/')[2]}/{name}", kind, unit, unit, budget
        )
        context = context._replace(note=_origin(source, found))
        yield fact(context, "resource", "*", None, source.of(get(found, "apiVersion") or found))
        yield fact(context, "resource", kind, None, place)
        if kind.endswith("/CustomResourceDefinition"):
            continue
        yield from walk(found, context)


def _origin(source: Source, node: Node) -> str:
    """``rendered from …`` where ``helm template`` says in a comment which template made an
    object."""
    line = node.start_mark.line
    for number in range(line - 1, max(-1, line - 4), -1):
        match = _ORIGIN.match(source.lines[number]) if number < len(source.lines) else None
        if match:
            return f"rendered from {match[1]}"
    return ""


def read(source: Source, wanted: Wanted, unread: list[Unread]) -> Iterator[Fact]:
    """The facts of all documents of a text that are Kubernetes objects."""
    budget = Budget()
    for node, where in documents(source, unread):
        yield from facts(node, where, wanted, budget)
