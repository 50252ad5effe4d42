"""From templates to pages. Everything that data says is escaped; a page links by relative paths."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import jinja2
from markupsafe import Markup

from aruntime.namespaces import curie, slug
from aruntime.site.claims import Claims
from aruntime.site.facts import Facts
from aruntime.site.links import Links, web

TEMPLATES: Final = Path(__file__).parent / "templates"
POLICY: Final = "; ".join((
    "default-src 'none'", "style-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "img-src 'self' data:",
    "connect-src 'self'", "worker-src 'self'", "form-action 'self'", "base-uri 'none'",
))  # fmt: skip
"""Content security policy of every page: nothing from elsewhere, no script or style in the page."""


class Settings(NamedTuple):
    """What a site is told about itself.

    Attributes:
        version: of this program and its graph.
        repository: web address of the repository that readers edit and report in, if known.
        branch: the branch that edit links point at.
        engine: whether the site carries the query engine.
        editor: whether it carries the query editor.
        address: where it will be served, if known, with ``/`` at its end.
    """

    version: str
    repository: str | None = None
    branch: str = "main"
    engine: bool = False
    editor: bool = False
    address: str | None = None


class Where(NamedTuple):
    """Where a node is described: a file below the root, and its line."""

    path: str
    line: int


class At:
    """A page's own place, from which its links lead.

    Args:
        root: the way to the site's root; if absent, as many ``../`` as the path needs.
    """

    def __init__(self, path: str, links: Links, root: str | None = None) -> None:
        self.path = path
        self.root = "../" * path.count("/") if root is None else root
        self._links = links

    def href(self, thing: str) -> str | None:
        """A link to where a thing is described, or ``None``."""
        target = self._links.target(thing)
        return None if target is None else self.to(target)

    def to(self, path: str) -> str:
        """A link to a path of the site."""
        top, _, rest = self.path.partition("/")
        shared = rest and path.startswith(top + "/")
        return self.root[3:] + path[len(top) + 1 :] if shared else self.root + path


class Renderer:
    """Renders pages of a graph.

    Args:
        places: for nodes of the data files, where they are described.
        documents: paths of the publication's files, where it lies in the same folder.
    """

    def __init__(
        self,
        facts: Facts,
        places: dict[str, Where],
        settings: Settings,
        documents: frozenset[str] = frozenset(),
    ) -> None:
        self.facts = facts
        self.links = Links(facts)
        self.claims = Claims(facts, self.links)
        self.places = places
        self.documents = documents
        self.settings = settings

    @cached_property
    def environment(self) -> jinja2.Environment:
        """The templates' environment; names that nobody set are errors."""
        made = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        facts = self.facts
        made.filters.update(
            label=facts.label,
            definition=facts.definition,
            slug=slug,
            curie=curie,
            web=web,
            day=lambda instant: (instant or "")[:10],
            plural=plural,
            listed=listed,
            number=lambda value: f"{value:,}",
            lower_first=lower_first,
        )
        made.globals.update(
            facts=facts, claims=self.claims, site=self.settings, policy=POLICY, where=self.where,
            edit=self.edit, report=self.report, numbered=self.numbered,
            documents=self.documents,
        )  # fmt: skip
        return made

    def page(self, path: str, template: str, **context: Any) -> str:
        """The text of the page at *path*; a *root* is for one that is shown at other places too."""
        found = self.environment.get_template(template)
        at = At(path, self.links, context.pop("root", None))
        return found.render(at=at, path=path, **context)

    def numbered(self, curie: str) -> list[str]:
        """Members of a class in the order of their numbers."""
        members = self.facts.members(curie)
        return sorted(members, key=lambda thing: int(self.facts.value(thing, "ar:number") or 0))

    def where(self, node: str) -> str:
        """File and line that describe a node, or an empty text."""
        place = self.places.get(node)
        return f"{place.path}:{place.line}" if place else ""

    def edit(self, node: str) -> str | None:
        """Where the repository shows the lines that describe a node."""
        place, repository = self.places.get(node), web(self.settings.repository)
        if place is None or repository is None:
            return None
        return f"{repository}/blob/{self.settings.branch}/{place.path}#L{place.line}"

    def report(self, node: str) -> str | None:
        """Where a reader reports that something is wrong, with its name filled in."""
        repository = web(self.settings.repository)
        if repository is None:
            return None
        title = quote(f"Wrong: {slug(node)}", safe="")
        body = quote(f"{node}\n{self.where(node)}\n\nWhat is wrong, and which source says so?")
        return f"{repository}/issues/new?title={title}&body={body}"


def lower_first(text: str) -> str:
    """A text as it stands within a sentence: ``Autoscaling`` becomes small, ``KV cache`` does not."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def plural(number: int, one: str, many: str = "") -> str:
    """A number with its noun: ``1 claim``, ``2 claims``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Sequence[str], word: str = "and") -> str | Markup:
    """``a, b and c``; markup stays markup, text stays text that is escaped."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    joined = Markup(", ").join(parts[:-1]) + Markup(" {} ").format(word) + parts[-1]
    return joined
