"""The import law: a module imports only from a lower step, and nothing internal inside a function
or under TYPE_CHECKING.

A name stands for a module or a whole folder; modules of one folder may import each other, but never
in a circle.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "aruntime"
STEPS = (
    ("errors", "namespaces", "paths", "versions", "digest"),
    ("model", "turtle", "atomic", "settings", "git"),
    ("corpus", "store", "folder"),
    ("closure", "infer"),
    ("build", "engines"),
    ("questions", "runtime_files"),
    ("names", "fields"),
    ("graph",),
    ("opening", "stack"),
    ("composition", "detect"),
    ("background", "judged"),
    ("verdicts",),
    ("stacks", "examples"),
    ("check",),
    ("comparison", "selection", "search", "show", "why", "stats", "export", "new"),
    ("overlay",),
    ("evidence", "validation"),
    ("publication", "doctor"),
    ("render",),
    ("serve", "session", "site"),
    ("mcp_server",),
    ("cli",),
    ("__main__",),
)
ADDRESSES = {
    "click": {"cli", "render"},
    "rdflib": {"validation"},
    "pyshacl": {"validation"},
    "yaml": {"questions", "examples", "detect"},
    "packaging": {"versions", "detect", "check"},
    "mcp": {"mcp_server"},
    "pandas": {"session"},
    "starlette": {"serve"},
    "uvicorn": {"serve"},
    "jinja2": {"site"},
    "markupsafe": {"site"},
}
"""Libraries with one home."""
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_graph" not in path.parts)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def step(name: str) -> int:
    return next(number for number, names in enumerate(STEPS) if name in names)


def imports(path: Path) -> list[tuple[str, bool]]:
    """Dotted names that a module imports, and whether it does so at its top level."""
    tree = ast.parse(path.read_text())
    top = [
        *tree.body,
        *(node for block in tree.body if isinstance(block, ast.Try) for node in block.body),
    ]
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(f"{node.module}.{alias.name}", node in top) for alias in node.names]
    return found


def loaded_by_name(path: Path) -> list[str]:
    """Modules that are loaded when they are needed, ``import_module("…")``: they lie backwards
    too."""
    calls = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module"
    )
    names = (call.args[0] for call in calls)
    return [n.value for n in names if isinstance(n, ast.Constant) and isinstance(n.value, str)]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_module_looks_only_backwards(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    for name, top in imports(path):
        if name.startswith("aruntime."):
            assert top, f"{name} is imported inside a function"
            other = name.split(".")[1]
            assert step(other) < step(room(path)) or other == room(path), (
                f"{room(path)} imports {other}"
            )
    for name in loaded_by_name(path):
        other = name.split(".")[1]
        assert step(other) < step(room(path)) or other == room(path), f"{room(path)} loads {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_library_stays_at_its_address(path: Path) -> None:
    for name, _ in imports(path):
        homes = ADDRESSES.get(name.split(".")[0])
        assert homes is None or room(path) in homes, f"{name} in {room(path)}"


def test_no_room_holds_a_circle() -> None:
    edges = {path: {name for name, _ in imports(path)} for path in MODULES}
    names = {
        path: "aruntime." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        for path in MODULES
    }
    left = set(MODULES)
    while left:
        free = {
            p
            for p in left
            if not any(
                e == names[q] or e.startswith(names[q] + ".") for q in left - {p} for e in edges[p]
            )
        }
        assert free, sorted(names[p] for p in left)
        left -= free


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_module_is_short_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text)) or path == PACKAGE / "__init__.py"
    assert path.stem not in ("utils", "helpers", "common", "misc", "base")
