"""Kubernetes objects: plain, many in a file, in lists, and custom ones by group and kind."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Final

from aruntime.detect.model import Fact
from aruntime.detect.objects import Context, Wanted, fact, walk
from aruntime.detect.yaml_files import Budget, Node, Source, cost, get, items, text

_ORIGIN: Final = re.compile(r"^#\s*Source:\s*(\S+)")
_CORE: Final = "core"
"""The group of objects whose apiVersion names none."""
_LONGEST: Final = 300
"""Characters of a group, a kind or a name; Kubernetes allows 253."""


def is_object(node: Node) -> bool:
    """Whether a document is a Kubernetes object, or a list of such."""
    return bool(text(get(node, "apiVersion")) and text(get(node, "kind")))


def group_kind(node: Node) -> str:
    """Group and kind of an object, such as ``ray.io/RayCluster``; ``core/Pod`` without a group."""
    group, _, _ = (text(get(node, "apiVersion")) or "")[:_LONGEST].rpartition("/")
    return f"{group or _CORE}/{(text(get(node, 'kind')) or '')[:_LONGEST]}"


def objects(node: Node, budget: Budget) -> Iterator[Node]:
    """The objects of a document: itself, or the items of a list, lists of lists included.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    queue = deque([node] if is_object(node) else ())
    while queue:
        current = queue.popleft()
        inside = items(get(current, "items"))
        if (text(get(current, "kind")) or "").endswith("List") and inside:
            for item in inside:
                budget.spend(0, cost(item))
                if is_object(item):
                    queue.append(item)
        else:
            yield current


def facts(node: Node, source: Source, wanted: Wanted, budget: Budget) -> Iterator[Fact]:
    """What the objects of a document say.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    for found in objects(node, budget):
        kind = group_kind(found)
        name = (text(get(found, "metadata", "name")) or "")[:_LONGEST]
        place = source.of(get(found, "kind") or found)
        unit = f"{source.file}:{place.line}"
        named = f"{kind.partition('/')[2]}/{name}"
        context = Context(source, wanted, named, kind, unit, unit, budget)
        space = text(get(found, "metadata", "namespace")) or ""
        context = context._replace(note=_origin(source, found), namespace=space)
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
