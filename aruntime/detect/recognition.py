"""From facts to components: the keys of the graph, and how they are matched.

What a key looks for, whose version stands beside it and what it shows is data
(``data/recognition``, ``ontology/recognition.ttl``); here is only how a fact is compared with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from aruntime.detect.model import Fact
from aruntime.detect.objects import Wanted
from aruntime.graph import Graph
from aruntime.namespaces import slug
from aruntime.stack import lookup

RELATIONS: Final = {
    "recognises": "seen",
    "bringsAlong": "implied",
    "addresses": "named",
    "configures": "",
}
"""What a component is where a key of each relation is found; a key that configures shows nothing
by itself."""
_KINDS: Final = {
    "AddressKey": "address", "ArgumentKey": "argument", "ChartKey": "chart", "EnvironmentKey": "environment",
    "FieldKey": "field", "ImageKey": "image", "PackageKey": "package", "ResourceKey": "resource",
}  # fmt: skip
_LAST: Final = re.compile(r"(?:^|\.)(?:annotations|labels|limits|requests)\.(.+)$")
"""Maps whose own keys have dots."""
_MOST: Final = 8
"""Parts of an image's path in which that of another registry is looked for."""
_NOTHING: Final = frozenset(("", "false", "null", "none"))


class Key(NamedTuple):
    """A recognition key.

    Attributes:
        kind: the kind of fact that it matches.
        relations: components by relation, in the order of :data:`RELATIONS`.
        versions: components whose version stands beside it.
        shows: configurations, as ``component#configuration``.
    """

    kind: str
    pattern: str
    value: str | None
    resource: str | None
    relations: tuple[tuple[str, str], ...]
    versions: tuple[str, ...]
    shows: tuple[str, ...]
    setting: str | None
    rules_out: tuple[str, ...]

    @property
    def words(self) -> str:
        """How the key is told, such as ``argument --router-mode=kv``."""
        return f"{self.kind} {self.pattern}" + (f"={self.value}" if self.value else "")


class Keys:
    """All keys of a graph, ready to be matched.

    Example:
        >>> keys = Keys(open_graph())
    """

    def __init__(self, graph: Graph) -> None:
        found: dict[tuple[str, str], dict[str, list[str]]] = {}
        for row in graph.engine.select(lookup("recognition-keys"), {}).records():
            node = found.setdefault((row["key"] or "", slug(row["class"] or "")), {})
            node.setdefault(slug(row["property"] or ""), []).append(row["value"] or "")
        self.by_name: dict[tuple[str, str], list[Key]] = {}
        self.endings: list[Key] = []
        for (_, cls), properties in found.items():
            key = _key(_KINDS[cls], properties)
            self.by_name.setdefault((key.kind, _index(key)), []).append(key)
            if key.pattern.endswith("*") and key.kind == "environment":
                self.endings.append(key)
        self.needs: dict[str, list[str]] = {}
        for row in graph.engine.select(lookup("shown-configurations"), {}).records():
            needed = slug(row["needed"] or "")
            self.needs.setdefault(slug(row["configuration"] or ""), []).append(needed)

    @property
    def wanted(self) -> Wanted:
        """Names of fields and arguments that some key looks for."""
        return Wanted(
            frozenset(name for kind, name in self.by_name if kind == "field"),
            frozenset(name for kind, name in self.by_name if kind == "argument"),
        )

    def matching(self, fact: Fact) -> Iterator[Key]:
        """The keys that a fact matches."""
        name = fact.name
        if fact.kind == "field":
            name = _last(fact.name)
        candidates = self.by_name.get((fact.kind, name), [])
        if fact.kind == "chart" and not candidates:
            candidates = self.by_name.get(("chart", name.rpartition("/")[2]), [])
        if fact.kind == "image" and not candidates:
            candidates = self._mirrored(name)
        if fact.kind == "environment":
            candidates = candidates + [k for k in self.endings if name.startswith(k.pattern[:-1])]
        for key in candidates:
            if _fits(key, fact):
                yield key

    def _mirrored(self, repository: str) -> list[Key]:
        """Keys of an image that another registry holds under its own path, such as
        ``registry.example/mirror/vllm/vllm-openai``; a single word is no path."""
        host, *parts = repository.split("/")
        if "." not in host and ":" not in host:
            return []
        for start in range(max(0, len(parts) - _MOST), len(parts) - 1):
            found = self.by_name.get(("image", "/".join(parts[start:])), [])
            if found:
                return found
        return []


def _key(kind: str, properties: dict[str, list[str]]) -> Key:
    def first(name: str) -> str | None:
        return next(iter(properties.get(name, ())), None)

    return Key(
        kind=kind,
        pattern=first("pattern") or "",
        value=first("withValue"),
        resource=first("inResource"),
        relations=tuple((r, slug(c)) for r in RELATIONS for c in properties.get(r, ())),
        versions=tuple(map(slug, properties.get("carriesVersionOf", ()))),
        shows=tuple(map(slug, properties.get("shows", ()))),
        setting=first("setting"),
        rules_out=tuple(map(slug, properties.get("rulesOut", ()))),
    )


def _index(key: Key) -> str:
    return _last(key.pattern) if key.kind == "field" else key.pattern


def _last(path: str) -> str:
    """The last part of a path; parts of annotations, labels and resources have dots of their own."""
    match = _LAST.search(path)
    return match[1] if match else path.rpartition(".")[2].removesuffix("[]")


def _fits(key: Key, fact: Fact) -> bool:
    if key.kind == "field":
        if key.pattern.startswith("*."):
            if not ("." + fact.name).endswith(key.pattern[1:]):
                return False
        elif fact.name != key.pattern:
            return False
        if key.resource is None and "/" not in fact.resource:
            return False
    if key.resource is not None and key.resource != fact.resource:
        return False
    said = (fact.value or "").strip()
    if key.value is not None:
        return said.casefold() == key.value.casefold()
    return key.kind != "field" or said.casefold() not in _NOTHING
