"""What the browser needs of others: the query engine and the query editor, from npm packages.

Nothing of them is shipped or fetched here. A folder of packages is made with npm, once:

    npm install --prefix ~/.cache/aruntime/site oxigraph@0.5 codemirror@6 codemirror-lang-sparql@2

and found there, in ``./node_modules``, or where ``--engine`` points. Without it the site works with
what was composed when it was built, and says what is missing.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from aruntime import paths, questions
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import UsageError
from aruntime.folder import Folder
from aruntime.model import Term, text
from aruntime.namespaces import PREFIXES
from aruntime.site.composer import Composer
from aruntime.stack import query, steps
from aruntime.store import match
from aruntime.verdicts import READING

_ENGINE: Final = ("web.js", "web_bg.wasm")
_EDITOR: Final = ("codemirror", "codemirror-lang-sparql")
_IMPORT: Final = re.compile(
    r"""^((?:import|export)\b[^"';]*?\bfrom\s*|import\s*)(["'])(@?[a-z][^"']*)\2""", re.MULTILINE
)
"""An import of another package, at the beginning of a line."""
_HOW: Final = "npm install --prefix {} oxigraph@0.5 codemirror@6 codemirror-lang-sparql@2"


class Packages(NamedTuple):
    """Packages that were found.

    Attributes:
        folder: the folder that holds them, if there is one.
        engine, editor: whether each is there.
        notes: what is missing, and how to add it.
    """

    folder: Path | None
    engine: bool
    editor: bool
    notes: tuple[str, ...]

    def write(self, made: Folder, composer: Composer, names: Iterable[str]) -> None:
        """Copy what was found into the site, with the queries and triples that the engine reads.

        Args:
            names: components that a stack may have.
        """
        sizes = {}
        made.write("data/questions.json", json.dumps(question_texts(), ensure_ascii=False))
        if self.folder is not None and self.engine:
            for name in _ENGINE:
                content = (self.folder / "oxigraph" / name).read_bytes()
                made.write(f"engine/{name}", content)
                sizes[name] = len(zlib.compress(content))
            sizes["graph.ttl"] = _write_graph(made, composer, names)
        if self.folder is not None and self.editor:
            for name, text in _modules(self.folder, _EDITOR):
                made.write(f"engine/{name}.js", text)
        known = {"engine": self.engine, "editor": self.editor, "sizes": sizes}
        made.write("data/site.json", json.dumps(known))


def find(folder: Path | None) -> Packages:
    """The packages of a folder, or of the places where they are looked for.

    Args:
        folder: the folder that ``npm install --prefix`` was given, or its ``node_modules``.

    Raises:
        UsageError: a folder was named, and it does not hold the engine.
    """
    home = paths.cache() / "site"
    places = [folder] if folder is not None else [Path(), home]
    for place in places:
        for base in (place / "node_modules", place):
            if all((base / "oxigraph" / name).is_file() for name in _ENGINE):
                editor = all((base / name).is_dir() for name in _EDITOR)
                note = "no query editor: the playground has a plain text field; " + _HOW.format(
                    home
                )
                return Packages(base, True, editor, () if editor else (note,))
    how = _HOW.format(home)
    if folder is not None:
        raise UsageError(f"no package oxigraph in it; make the folder with: {how}", path=folder)
    return Packages(None, False, False, (
        "no query engine: three and more components, choices, versions and the playground are left out; "
        f"to add them: {how}",
    ))  # fmt: skip


def _write_graph(made: Folder, composer: Composer, names: Iterable[str]) -> int:
    """What the engine reads: the whole graph, the queries that judge a stack, and for these the
    vocabulary and each component.

    Returns:
        bytes of the graph as it is sent, compressed.
    """
    graph = composer.graph
    assert isinstance(graph.engine, Oxigraph)
    facts = (Triple(s, p, o) for s, p, o in match(graph.engine.store) if isinstance(s, NamedNode))
    whole = serialize(sorted(facts, key=str), format=RdfFormat.TURTLE, prefixes=PREFIXES)
    made.write("engine/graph.ttl", whole or b"")
    made.write("engine/prefixes.json", json.dumps(PREFIXES))
    made.write("engine/stack.json", json.dumps(stack_queries()))
    made.write("engine/vocabulary.nt", ntriples(composer.vocabulary))
    for name in names:
        made.write(f"engine/of/{name}.nt", ntriples(composer.component(name).facts))
    return len(zlib.compress(whole or b""))


def ntriples(quads: Iterable[Quad]) -> bytes:
    """Triples, sorted, as the engine reads them."""
    return serialize(sorted(quads, key=str), format=RdfFormat.N_TRIPLES) or b""


def stack_queries() -> dict[str, object]:
    """The queries that judge a stack, as ``static/stack.js`` runs them, in their order."""
    names = sorted(p.stem for p in (paths.queries() / "stack").glob("*.rq"))
    return {
        "steps": steps(),
        "queries": {name: query(name) for name in names},
        "reading": READING,
    }


def question_texts() -> dict[str, dict[str, object]]:
    """The text of every named question, with example values of the parameters that it needs."""
    found: dict[str, dict[str, object]] = {}
    for name in questions.names():
        said = questions.text_of(name)
        needed = [p for p in questions.signature(said).parameters if p.required]
        example = {p.name: _term(questions.term(p.kind, p.example)) for p in needed}
        found[name] = {"text": said, "example": example}
    return found


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, Literal):
        return {"type": "literal", "value": term.value}
    return {"type": "uri", "value": text(term) or ""}


def _modules(folder: Path, roots: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """ES modules of packages and of all that they import, with relative imports.

    Raises:
        UsageError: a package has no ES module.
    """
    left, seen = list(roots), set(roots)
    while left:
        name = left.pop(0)
        try:
            manifest = json.loads((folder / name / "package.json").read_text("utf-8"))
            text = (folder / name / _entry(manifest, name)).read_text("utf-8")
        except OSError as error:
            raise UsageError(
                f"the package {name} is not complete: {error.strerror}; install it again",
                path=folder,
            ) from None
        for needed in sorted({found[3] for found in _IMPORT.finditer(text)} - seen):
            seen.add(needed)
            left.append(needed)
        yield _flat(name), _IMPORT.sub(lambda m: f'{m[1]}"./{_flat(m[3])}.js"', text)


def _entry(manifest: dict[str, object], name: str) -> str:
    exports = manifest.get("exports")
    here = exports.get(".", exports) if isinstance(exports, dict) else None
    entry = here.get("import") if isinstance(here, dict) else None
    entry = entry.get("default") if isinstance(entry, dict) else entry
    entry = entry or manifest.get("module")
    if not isinstance(entry, str):
        raise UsageError(f"the package {name} has no ES module; try another version of it")
    return entry


def _flat(name: str) -> str:
    return name.replace("@", "").replace("/", "-")
