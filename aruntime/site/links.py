"""Where things stand in the site, and where cited lines stand in the world.

A thing's page is its IRI without the base: ``…/id/runtime/vllm`` is ``id/runtime/vllm.html``, its
documents are ``.ttl`` and ``.jsonld`` beside it. A claim is a fragment of its component's page. Every
link within the site is relative, so that the folder works below any path and from a disk.
"""

from __future__ import annotations

import posixpath
import re
from typing import Final, NamedTuple
from urllib.parse import quote

from aruntime.namespaces import ID, NS, slug
from aruntime.site.facts import Facts

_NAME: Final = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$")
"""What may be the name of a file on every system, and needs no escape in a link."""
_TERMS: Final = {
    "owl:Class": "class",
    "owl:ObjectProperty": "property",
    "owl:DatatypeProperty": "property",
    "owl:AnnotationProperty": "property",
}
_WEB: Final = re.compile(r"^https?://[^\s\"'<>\\^`{|}\x00-\x20]+$")
APART: Final = 75
"""Of a component with more current claims on responsibilities than this, those of each layer stand
on a page of their own; its page has their names, and of what it owns as a whole the sentences."""
_DIGEST: Final = re.compile(r"^[0-9a-f]{64}$")
_ARCHIVE: Final = "https://archive.softwareheritage.org/browse/content/sha256:{}/#L{}-L{}"
"""Where the archive of published software shows a file of a package: found by its digest, it is
the very file or none."""


class Package(NamedTuple):
    """A file of a released package, and the lines of it that are cited."""

    purl: str
    path: str
    digest: str
    lines: str


class Place(NamedTuple):
    """Cited lines, as a page shows them.

    Attributes:
        evidence: IRI of the piece of evidence.
        text: short, for the eye.
        full: the whole locator.
        address: where the lines open; ``None`` where no address leads to them.
        source: IRI of the registered source.
        package: for lines of a package, how they are found: its purl, the file in it, its digest.
    """

    evidence: str
    text: str
    full: str
    address: str | None
    source: str
    package: Package | None = None

    @property
    def anchor(self) -> str:
        """The fragment under which its source's page has it."""
        return slug(self.evidence).replace("#", ".")


class Links:
    """Pages of the things that *facts* describe."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._targets: dict[str, str | None] = {}
        self._apart: dict[str, bool] = {}

    def is_apart(self, component: str) -> bool:
        """Whether claims about a component stand on a page for each layer."""
        if component not in self._apart:
            claims = self.facts.pointing(component, "ar:subject")
            counted = [
                c for c in claims if self.facts.value(c, "ar:stance") and self._is_current(c)
            ]
            self._apart[component] = len(counted) > APART
        return self._apart[component]

    def _is_current(self, claim: str) -> bool:
        return self.facts.is_a(claim, "ar:CurrentClaim")

    def page(self, thing: str) -> str | None:
        """The path of a thing's own page below the site's root, or ``None`` if it has none."""
        if thing.startswith(NS):
            name = thing.removeprefix(NS)
            kind = next((k for c, k in _TERMS.items() if self.facts.is_a(thing, c)), None)
            return f"ns/{kind}/{name}.html" if kind and _NAME.match(name) else None
        if not thing.startswith(ID) or thing not in self.facts:
            return None
        kind, _, name = thing.removeprefix(ID).partition("/")
        name, _, fragment = name.partition("#")
        if not (_NAME.match(kind) and _NAME.match(name)) or kind == "prefix":
            return None
        if not fragment:
            return f"id/{kind}/{name}.html"
        owned = self.facts.is_a(thing, "ar:Configuration") or self.facts.is_a(thing, "ar:Choice")
        return f"id/{kind}/{name}/{fragment}.html" if owned and _NAME.match(fragment) else None

    def target(self, thing: str) -> str | None:
        """The path of a thing's page, or of the page and fragment where it is described."""
        if thing not in self._targets:
            self._targets[thing] = self._target(thing)
        return self._targets[thing]

    def _target(self, thing: str) -> str | None:
        if page := self.page(thing):
            return page
        whole, _, fragment = thing.partition("#")
        page = self.page(whole) if fragment and thing in self.facts else None
        if page is None:
            return None
        if self._is_current(thing):
            beside = page
            if self.facts.value(thing, "ar:stance") and self.is_apart(whole):
                layer = slug(self.facts.value(thing, "ar:layer") or "")
                beside = f"{page.removesuffix('.html')}/layer-{layer}.html"
            return f"{beside}#{quote(fragment)}"
        if self.facts.is_a(thing, "ar:Claim"):
            return f"{page.removesuffix('.html')}/ended.html#{quote(fragment)}"
        if self.facts.is_a(thing, "ar:Evidence"):
            source = self.page(self.facts.value(thing, "ar:source") or "")
            return f"{source}#{slug(thing).replace('#', '.')}" if source else page
        return page

    def place(self, evidence: str) -> Place:
        """Where the lines of a piece of evidence stand."""
        facts = self.facts
        locator = facts.value(evidence, "ar:locator") or ""
        source = facts.value(evidence, "ar:source") or ""
        path = facts.value(evidence, "ar:path") or ""
        bounds = facts.value(evidence, "ar:startLine"), facts.value(evidence, "ar:endLine")
        shown = f"{posixpath.basename(path)} · {_lines(*bounds)}"
        if repository := facts.value(evidence, "ar:repository"):
            commit = (facts.value(evidence, "ar:commit") or "")[:7]
            name = posixpath.basename(repository.rstrip("/"))
            return Place(evidence, f"{name}@{commit} {shown}", locator, web(locator), source)
        if purl := facts.value(evidence, "ar:purl"):
            name = posixpath.basename(purl.partition("?")[0])
            digest = facts.value(evidence, "ar:fileDigest") or ""
            package = Package(purl, path, digest, _lines(*bounds))
            address = _ARCHIVE.format(digest, *bounds) if _DIGEST.match(digest) else None
            return Place(evidence, f"{name} {shown}", locator, address, source, package)
        address, _, section = locator.partition(" ")
        text = " · ".join(part for part in (address.partition("://")[2], section) if part)
        return Place(evidence, text or locator, locator, web(address), source)


def _lines(start: str | None, end: str | None) -> str:
    if start is None:
        return ""
    return f"line {start}" if end in (None, start) else f"lines {start}–{end}"


def web(address: str | None) -> str | None:
    """An address if a browser may follow it: http or https, and nothing that could end a value."""
    return address if address and _WEB.match(address) else None
