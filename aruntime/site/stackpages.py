"""Pages of the stacks that ship, and compositions for the browser."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from aruntime.composition import RELATIONS, ROLES, Composition
from aruntime.folder import Folder
from aruntime.namespaces import slug
from aruntime.render import stack as words
from aruntime.site import composed
from aruntime.site.composer import Composer
from aruntime.site.rendering import Renderer
from aruntime.stacks import shipped_stack


def write_stack(pages: Renderer, folder: Folder, composer: Composer, iri: str) -> None:
    """Write the page of a documented stack: its composition in the configurations it names."""
    path = pages.links.page(iri)
    if path is None:
        return
    places = [pages.links.place(node) for node in pages.facts.values(iri, "ar:evidence")]
    shown = found(pages, composer, iri)
    folder.write(path, pages.page(path, "stack.html", iri=iri, places=places, **shown))


def found(pages: Renderer, composer: Composer, iri: str) -> dict[str, Any]:
    """What a page shows of a documented stack."""
    members, configurations = shipped_stack(composer.graph, slug(iri))
    return context(pages, composer.compose(members, configurations), configurations)


def context(
    pages: Renderer, found: Composition, chosen: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """What the macros of ``composition.html`` show of a composition."""
    return {
        "view": composed.view(pages.facts, found),
        "warnings": words.warnings(found),
        "query": address([m.name for m in found.components], chosen),
        "command": composed.command(found),
        "limits": partial(composed.limits, pages.facts),
        "named_in": partial(composed.chosen, pages.facts, found),
        "worded": partial(composed.worded, pages.facts),
        "roles": ROLES,
        "states": composed.STATES,
        "relations": RELATIONS,
        "pressing": composed.PRESSING,
    }


def address(members: Sequence[str], chosen: Sequence[tuple[str, str]] = ()) -> str:
    """The query of the compose page's address: ``c=kserve,vllm&in=kserve.standard``."""
    return "&".join([f"c={','.join(members)}", *(f"in={c}.{name}" for c, name in chosen)])
