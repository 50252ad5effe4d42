"""The Python API with the commands as methods."""

from __future__ import annotations

import ast
import builtins
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import aruntime
from aruntime import comparison, composition, paths, session, show, why
from aruntime.errors import DataError, UsageError
from aruntime.graph import Graph
from aruntime.render.formats import Table
from aruntime.render.html import table
from aruntime.session import Session
from aruntime.stacks import compose


@pytest.fixture
def near(small: Graph) -> Session:
    """A session on the small graph."""
    return aruntime.open()


@pytest.fixture(scope="module")
def results(small_root: Path) -> dict[str, Any]:
    """What each method gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_ROOT", str(small_root))
        near = aruntime.open()
    return {
        "compose": near.compose("server", "engine"),
        "select": near.select(owns="continuous-batching", works_with=["server"]),
        "compare": near.compare("engine", "server", layers=[3, 4]),
        "show": near.show("engine"),
        "why": near.why("server", "hosts", "engine"),
        "search": near.search("batching"),
        "question": near.question("who-owns-batching", runtime="engine"),
        "query": near.query("SELECT ?s (1.5 AS ?n) (true AS ?b) ?none { ?s a ar:Runtime }"),
    }


def test_methods_give_what_the_functions_give(near: Session) -> None:
    found = near.compose("server", "engine")
    assert isinstance(found, composition.Composition)
    assert found == compose(near, ["server", "engine"])
    assert found._replace(notes=("x",)).heading().count("x") == 1
    assert isinstance(near.compare("engine", "server", layers=[3, 4]), comparison.Comparison)
    assert near.show("engine") == show.describe(near, "engine")
    assert near.why("server", "hosts", "engine") == why.reasons(near, "server", "hosts", "engine")
    assert near.question("families") == near.ask("families")
    assert near.stats()["runtimes"] == 4


@pytest.mark.parametrize(
    "name", ["compose", "select", "compare", "show", "why", "search", "question", "query"]
)
def test_notebook_shows_a_table_with_a_row_for_each_entry(
    name: str, results: dict[str, Any]
) -> None:
    class Seen(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.rows = 0

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.rows += tag == "tr"

    found = results[name]
    seen = Seen()
    seen.feed(found._repr_html_())
    assert seen.rows == len(found.table().rows) + 1 > 1


@pytest.mark.parametrize(
    "name", ["compose", "select", "compare", "show", "why", "search", "question", "query"]
)
def test_result_becomes_a_data_frame(name: str, results: dict[str, Any]) -> None:
    pytest.importorskip("pandas", reason="the extra pandas is not installed")
    found = results[name]
    frame = found.to_pandas()
    assert len(frame) == (
        len(found.rows) if name in ("compose", "query") else len(found.table().rows)
    )
    if name == "compose":
        assert sorted(frame["responsibility"]) == sorted(r.responsibility for r in found.rows)
        assert frame["act"].dtype == bool
        assert any(frame["claims"].map(len))
    if name == "query":
        assert (frame["n"] == 1.5).all()
        assert frame["b"].dtype == bool
        assert frame["none"].isna().all()


def test_pandas_that_is_missing_is_one_clear_error(
    near: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *others: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'aruntime\[pandas\]'"):
        near.search("batching").to_pandas()


def test_cells_are_never_markup() -> None:
    hostile = "<script>alert(1)</script>"
    shown = table(Table((hostile,), ((hostile,),), hostile), [hostile])
    assert shown.count("&lt;script&gt;") == 4
    assert "<script" not in shown


def test_mistakes_are_errors_with_a_remedy(near: Session) -> None:
    with pytest.raises(UsageError, match="kinds are owns, target"):
        near.select(own="batching")
    with pytest.raises(UsageError, match="at least one component"):
        near.compose()
    with pytest.raises(DataError, match="no SELECT query"):
        near.query("ASK {}")
    with pytest.raises(UsageError, match="exclude each other"):
        aruntime.open("a.ttl", endpoint="http://127.0.0.1:9/")
    with pytest.raises(UsageError):
        aruntime.open(Path("nowhere.ttl"))


def test_stack_and_choices_are_taken(graph: Graph) -> None:
    whole = Session(graph.engine)
    found = whole.compose("kserve", "vllm", configurations={"kserve": "standard"})
    assert "standard" in {c.chosen for c in found.choices if c.component == "kserve"}
    name = whole.question("things", kind="stack").records()[0]["thing"]
    assert name
    assert whole.compose(stack=name.rpartition("/")[2]).components


def test_types_of_the_package_name_what_it_exports() -> None:
    stub = Path(aruntime.__file__).with_suffix(".pyi")
    names = {
        alias.asname
        for node in ast.walk(ast.parse(stub.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert names == set(aruntime.__all__)
    assert all(callable(getattr(aruntime, name)) for name in names)
    assert aruntime.open is session.open
