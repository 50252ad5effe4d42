"""From facts to components: the keys of the graph, and how they are matched.

What a key looks for, whose version stands beside it and what it shows is data
(``data/recognition``, ``ontology/recognition.ttl``); here is only how a fact is compared with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from aruntime.detect.model import Fact
from aruntime.detect.objects import Wanted
from aruntime.graph import Graph
from aruntime.namespaces import slug
from aruntime.questions import lookup

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
        above: the number that the value must exceed, if it is one.
        relations: components by relation, in the order of :data:`RELATIONS`.
        versions: components whose version stands beside it.
        shows: configurations, as ``component#configuration``.
        starts: those that an image shows by its own entry point.
        only_with: a configuration without which the key shows none.
        puts_in_use: the kind of object that it names, and which is not in use otherwise.
        used_anyway: names of objects, as patterns, that are in use though nothing names them.
        sets_replicas: the object whose number of replicas it sets, with {} for the name that it has.
    """

    kind: str
    pattern: str
    value: str | None
    above: int | None
    resource: str | None
    relations: tuple[tuple[str, str], ...]
    versions: tuple[str, ...]
    shows: tuple[str, ...]
    starts: tuple[str, ...]
    only_with: str | None
    setting: str | None
    rules_out: tuple[str, ...]
    puts_in_use: str | None
    used_anyway: tuple[str, ...]
    sets_replicas: str | None

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
        self.named: dict[str, tuple[str, ...]] = {}
        for (_, cls), properties in found.items():
            key = _key(_KINDS[cls], properties)
            self.by_name.setdefault((key.kind, _index(key)), []).append(key)
            if key.pattern.endswith("*") and key.kind == "environment":
                self.endings.append(key)
            if key.puts_in_use:
                self.named[key.puts_in_use] = key.used_anyway
        self.needs: dict[str, list[str]] = {}
        for row in graph.engine.select(lookup("shown-configurations"), {}).records():
            needed = slug(row["needed"] or "")
            self.needs.setdefault(slug(row["configuration"] or ""), []).append(needed)
        self.conditions: dict[str, dict[tuple[str, bool], dict[str, bool]]] = {}
        for said in graph.engine.select(lookup("key-conditions"), {}).known():
            choices = self.conditions.setdefault(slug(said["condition"]), {})
            shown = choices.setdefault((said["choice"], said["default"] == "true"), {})
            shown[slug(said["shown"])] = said["fits"] == "true"

    def holds(self, key: Key, shown: Iterable[str]) -> bool:
        """Whether a key shows anything in an object in which other keys show some configurations:
        in each choice the option that it needs, or none where that is the default."""
        needed = self.conditions.get(key.only_with, {}) if key.only_with else {}
        for (_, usual), known in needed.items():
            said = {known[name] for name in shown if name in known}
            if True not in said and (said or not usual):
                return False
        return True

    @property
    def wanted(self) -> Wanted:
        """Names of fields and arguments that some key looks for."""
        return Wanted(
            frozenset(name for kind, name in self.by_name if kind == "field"),
            frozenset(name for kind, name in self.by_name if kind == "argument"),
        )

    def matching(self, fact: Fact) -> Iterator[Key]:
        """The keys that a fact matches."""
        name = _last(fact.name) if fact.kind == "field" else fact.name
        candidates = self.by_name.get((fact.kind, name), [])
        if fact.kind == "chart" and not candidates:
            candidates = self.by_name.get(("chart", name.rpartition("/")[2]), [])
        if not candidates and name.startswith("pkg:conda/"):  # named alike, but for a few
            candidates = self.by_name.get(("package", name.replace("conda", "pypi", 1)), [])
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

    def slugs(name: str) -> tuple[str, ...]:
        return tuple(map(slug, properties.get(name, ())))

    return Key(
        kind=kind,
        pattern=first("pattern") or "",
        value=first("withValue"),
        above=int(above) if (above := first("above")) else None,
        resource=first("inResource"),
        relations=tuple((r, slug(c)) for r in RELATIONS for c in properties.get(r, ())),
        versions=slugs("carriesVersionOf"),
        shows=slugs("shows"),
        starts=slugs("startsAs"),
        only_with=next(iter(slugs("onlyWith")), None),
        setting=first("showsInWords"),
        rules_out=slugs("rulesOut"),
        puts_in_use=first("putsInUse"),
        used_anyway=tuple(properties.get("usedAnyway", ())),
        sets_replicas=first("setsReplicasOf"),
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
    if key.above is not None and said.isdecimal():
        return int(said[:9]) > key.above
    return key.kind != "field" or said.casefold() not in _NOTHING
