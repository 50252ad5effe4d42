"""npm packages and their locks; CycloneDX and SPDX in JSON. Only names, purls and versions are read.

The JSON parser of the standard library gives no lines; names and purls are found again in the text,
in the order in which they stand there.
"""

from __future__ import annotations

import bisect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from aruntime.detect import images
from aruntime.detect.model import Fact, Place, Unread, Version, listed
from aruntime.detect.python_files import TRANSITIVE, table
from aruntime.detect.yaml_files import Source

_STRING: Final = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"')
_EXACT: Final = re.compile(r"^[=v]*\s*(\d+\.\d+\.\d+[\w.+-]*)$")
_ENDS: Final = ("spdxElementId", "relatedSpdxElement")
_SECTIONS: Final = {
    "dependencies": ("seen", ""),
    "optionalDependencies": ("seen", "optional"),
    "devDependencies": ("unused", "only for development"),
    "peerDependencies": ("unused", "expected of whoever uses the package"),
}


class Positions:
    """Places of quoted words in a text; each search goes on where the last one of its word ended.

    Args:
        words: the words that will be looked for.
    """

    def __init__(self, text: str, source: Source, words: Iterable[str]) -> None:
        self.source = source
        self.found: dict[str, list[tuple[int, int]]] = {word: [] for word in words}
        self.next: dict[str, int] = {}
        self.starts = [0]
        for line in source.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        for match in _STRING.finditer(text):
            word = match[1]
            if "\\" in word:
                word = _decoded(match[0])
            if word in self.found:
                self.found[word].append(match.span())

    def of(self, word: str, after: int = 0) -> Place:
        """The place of the next *word*; the beginning of the file if there is none."""
        spans = self.found.get(word, [])
        number = bisect.bisect_left(spans, (max(after, self.next.get(word, 0)), 0))
        if number == len(spans):
            return self.source.place(0, 0, 1)
        at, end = spans[number]
        self.next[word] = end
        line = bisect.bisect_right(self.starts, at) - 1
        return self.source.place(line, at - self.starts[line], end - at)


def _decoded(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted


def parsed(text: str, source: Source, unread: list[Unread]) -> Any:
    """A JSON value, or ``None`` with the reason in *unread*."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        why = getattr(error, "msg", None) or "nested too deep"
        unread.append(Unread(source.file, line, f"malformed JSON: {why}"))
        return None


_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


def as_yaml(text: str) -> str:
    """JSON as YAML that is read alike, with everything in its line and column: tabs and halves of
    characters, which YAML refuses, are replaced."""
    return _SURROGATE.sub(r"\\uFFFD", text.replace("\t", " "))


def package_facts(content: Any, text: str, source: Source) -> Iterator[Fact]:
    """The facts of ``package.json``."""
    positions = Positions(text, source, (n for s in _SECTIONS for n in table(content, s)))
    for section, (status, note) in _SECTIONS.items():
        entries = table(content, section)
        start = max(0, text.find(f'"{section}"'))
        for name, wanted in entries.items():
            if isinstance(wanted, str):
                place = positions.of(name, start)
                exact = _EXACT.match(wanted)
                version = Version(
                    None, "lower-bound" if re.search(r"\d", wanted) else "unknown", wanted, place
                )
                if exact:
                    version = images.version_of(exact[1], False, None)._replace(written=wanted)
                yield _npm(name, wanted, place, "npm", version, status, note)


def lock_facts(content: Any, text: str, source: Source) -> Iterator[Fact]:
    """The facts of ``package-lock.json``: versions 2 and 3 by folder, version 1 by name."""
    packages = table(content, "packages")
    positions = Positions(text, source, packages or table(content, "dependencies"))
    if packages:
        root = packages.get("") if isinstance(packages.get(""), dict) else {}
        direct = {**table(root, "optionalDependencies"), **table(root, "dependencies")}
        for folder, entry in packages.items():
            name = folder.rpartition("node_modules/")[2]
            if folder and name and isinstance(entry, dict) and "link" not in entry:
                top = folder == f"node_modules/{name}"
                yield from _locked(entry, name, top and name in direct, positions.of(folder))
        return
    for name, entry in table(content, "dependencies").items():
        if isinstance(entry, dict):
            place = positions.of(name)
            yield from _locked(entry, name, not entry.get("requires_by"), place)


def sbom_facts(content: Any, text: str, source: Source) -> Iterator[Fact]:
    """The facts of a CycloneDX or SPDX document: each purl, and whether the root requires it."""
    purls = list(_purls(content))
    positions = Positions(text, source, (purl for purl, _ in purls))
    for purl, direct in purls:
        place = positions.of(purl)
        name, _, rest = purl.partition("@") if not purl.startswith("pkg:npm/@") else _scoped(purl)
        version_text = unquote(rest.split("?")[0].split("#")[0])
        status, note = ("seen", "") if direct is not False else ("transitive", TRANSITIVE)
        kind, named = "package", name.split("?")[0].split("#")[0]
        if named.startswith(("pkg:docker/", "pkg:oci/")):
            image = images.parse(_image_of(purl, named))
            if image is None:
                continue
            kind, named = "image", image.repository
        elif named.startswith("pkg:pypi/"):
            named = named.lower().replace("_", "-")
        version = images.version_of(version_text, False, place)
        version = version._replace(place=None)
        yield listed(kind, named, version_text, place, "sbom", version, status, note)


def is_sbom(content: Any) -> bool:
    """Whether a JSON value is a CycloneDX or SPDX document."""
    return isinstance(content, dict) and (
        content.get("bomFormat") == "CycloneDX" or "spdxVersion" in content
    )


def is_deployment(content: Any) -> bool:
    """Whether a JSON value is a Kubernetes object, or a compose file."""
    return isinstance(content, dict) and (
        bool(_text(content, "apiVersion") and _text(content, "kind"))
        or bool(table(content, "services"))
    )


def _purls(content: Mapping[str, Any]) -> Iterator[tuple[str, bool | None]]:
    """Each purl, and whether the root requires it; ``None`` if not said."""
    if "spdxVersion" in content:
        related = [
            tuple(_text(r, key) for key in ("relationshipType", *_ENDS))
            for r in _list(content, "relationships")
        ]
        roots = {other for kind, _, other in related if kind == "DESCRIBES"}
        below = {other for kind, one, other in related if kind == "DEPENDS_ON" and one in roots}
        for package in _list(content, "packages"):
            for reference in _list(package, "externalRefs"):
                if _text(reference, "referenceType") == "purl":
                    name = _text(package, "SPDXID")
                    direct = name in below if below else None
                    yield _text(reference, "referenceLocator"), direct
        return
    root = _text(table(content, "metadata", "component"), "bom-ref")
    required: set[str] = set()
    for entry in _list(content, "dependencies"):
        if root and _text(entry, "ref") == root:
            required = set(map(str, _list(entry, "dependsOn")))
    queue = list(_list(content, "components"))
    for component in queue:  # it grows by those that stand in another
        queue += _list(component, "components")
        purl = _text(component, "purl")
        if purl:
            name = _text(component, "bom-ref") or purl
            yield purl, (name in required if required else None)


def _image_of(purl: str, named: str) -> str:
    match = re.search(r"[?&]repository_url=([^&#]+)", purl)
    return unquote(match[1]) if match else named.partition("/")[2]


def _scoped(purl: str) -> tuple[str, str, str]:
    name, at, rest = purl.removeprefix("pkg:npm/@").partition("@")
    return f"pkg:npm/%40{name}", at, rest


def _locked(entry: Mapping[str, Any], name: str, direct: bool, place: Place) -> Iterator[Fact]:
    stated = entry.get("version")
    if isinstance(stated, str):
        version = images.version_of(stated, False, place)._replace(written=stated, place=None)
        status, note = ("seen", "") if direct else ("transitive", TRANSITIVE)
        if entry.get("dev") is True:
            status, note = "unused", "only for development"
        yield _npm(name, stated, place, "lock", version, status, note)


def _npm(
    name: str, value: str, place: Place, resource: str, version: Version, status: str, note: str
) -> Fact:
    purl = f"pkg:npm/{name.replace('@', '%40', 1) if name.startswith('@') else name}"
    return listed("package", purl, value, place, resource, version, status, note)


def _list(content: Any, key: str) -> list[Any]:
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, list) else []


def _text(content: Any, key: str) -> str:
    found = content.get(key) if isinstance(content, dict) else None
    return found if isinstance(found, str) else ""
