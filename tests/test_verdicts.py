"""The truth table: each case of ``ontology/examples`` comes to its verdict."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from pyoxigraph import NamedNode, Store, Triple

from aruntime import build, corpus, examples, paths, stack
from aruntime.composition import Row
from aruntime.corpus import Corpus
from aruntime.engines.oxigraph import Oxigraph
from aruntime.errors import DataError
from aruntime.examples import Case
from aruntime.graph import Graph
from aruntime.model import text
from aruntime.namespaces import ID, iri, slug
from aruntime.verdicts import judged
from tests.example_stacks import (
    AVAILABLE,
    CLAIM_CLAUSES,
    CONFIGURATION_CLAUSES,
    EXAMPLE,
    STANCES,
    stack_of,
)

CASES = {case.name: case for case in examples.load()}


@pytest.fixture(scope="module")
def ontology() -> Store:
    """The real ontology, without any data."""
    files = {corpus.graph_name(path): path for path in corpus.vocabulary_files()}
    triples = {name: corpus.triples_of(path) for name, path in files.items()}
    return build.in_memory(Corpus(triples, files))


@pytest.fixture(scope="module")
def vocabulary(ontology: Store) -> tuple[Triple, ...]:
    """What of it decides verdicts."""
    return stack.vocabulary(Graph(Oxigraph(ontology)))


@pytest.fixture(scope="module")
def concepts(ontology: Store) -> set[str]:
    """Every concept: responsibilities, parts, units, scopes …"""
    return {q.subject.value for q in ontology if isinstance(q.subject, NamedNode)}


@pytest.mark.parametrize("name", CASES)
def test_case_comes_to_its_verdict(name: str, vocabulary: tuple[Triple, ...]) -> None:
    case = CASES[name]
    found = judged(stack_of(case, vocabulary))
    row = next((r for r in found.rows if r.responsibility == case.responsibility), None)
    assert row is not None, "no row"
    assert said(row, case) == expected(row, case), case.because


def test_what_a_default_option_selects_is_the_default_of_the_other_choice(
    vocabulary: tuple[Triple, ...],
) -> None:
    case = CASES["owned-in-one-option-of-two"]._replace(
        components=("launcher", "engine"),
        configurations=(
            "launcher elastic, option of launcher, default, selects engine hosted",
            "launcher plain, option of launcher",
            "engine automatic, option of device, default",
            "engine hosted, option of device",
        ),
    )
    defaults = {c.choice: c.default for c in judged(stack_of(case, vocabulary)).choices}
    assert defaults == {"launcher": "elastic", "device": "hosted"}
    alone = case._replace(components=("engine",), configurations=case.configurations[2:], claims=())
    assert [c.default for c in judged(stack_of(alone, vocabulary)).choices] == ["automatic"]


def said(row: Row, case: Case) -> dict[str, object]:
    """What a row says, as far as the case speaks of it."""
    return {
        "verdict": row.verdict,
        "units": dict(row.units) if case.units is not None else None,
        "owners": sorted(row.owners) if case.owners is not None else None,
        "missing": sorted(row.missing) if case.missing is not None else None,
        "conditions": [c for c in case.conditions if c in row.conditions],
        "options": {f"{o.component}#{o.configuration}": o.owners for o in row.options}
        if case.options is not None
        else None,
        "reviewed": row.reviewed if case.reviewed is not None else None,
    }


def expected(row: Row, case: Case) -> dict[str, object]:
    """What the case says that the row must say."""
    return {
        "verdict": case.verdict,
        "units": case.units,
        "owners": None if case.owners is None else sorted(case.owners),
        "missing": None if case.missing is None else sorted(case.missing),
        "conditions": list(case.conditions),
        "options": case.options,
        "reviewed": case.reviewed,
    }


def test_every_verdict_has_at_least_five_cases(vocabulary: tuple[Triple, ...]) -> None:
    ranked = (t.subject for t in vocabulary if t.predicate == iri("ar:precedence"))
    verdicts = {slug(text(verdict) or "") for verdict in ranked}
    counts = Counter(case.verdict for case in CASES.values())
    assert set(counts) == verdicts
    assert min(counts.values()) >= 5


def test_names_are_unique() -> None:
    assert len(examples.load()) == len(CASES)


def test_a_case_stands_in_the_file_of_its_verdict() -> None:
    for file in (paths.ontology() / "examples").glob("*.yaml"):
        assert {case.verdict for case in examples.read(file)} == {file.stem}
        assert examples.of_verdict(file.stem) == examples.read(file)


def test_contrasts_exist_and_come_to_another_verdict() -> None:
    for case in CASES.values():
        assert case.contrast, case.name
        for name in case.contrast:
            assert CASES[name].verdict != case.verdict, f"{case.name}: {name}"


def test_names_and_reasons_are_short_and_plain() -> None:
    for case in CASES.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", case.name), case.name
        assert case.because.endswith(".") and case.because.count(". ") == 0, case.name
        assert len(case.because) <= 89, case.name


@pytest.mark.parametrize("name", CASES)
def test_case_uses_words_of_the_vocabulary(
    name: str, concepts: set[str], vocabulary: tuple[Triple, ...]
) -> None:
    store = stack_of(CASES[name], vocabulary).store
    used = {text(term) or "" for q in store for term in (q.subject, q.object)}
    own = (EXAMPLE, f"{ID}stack/")
    named = {term for term in used if term.startswith(ID) and not term.startswith(own)}
    assert named <= concepts, sorted(named - concepts)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("claims: [engine owns sampling / request / process]", "of the form COMPONENT STANCE"),
        ("claims: ['engine native sampling / request / pod, on it']", "begins with none of to"),
        ("joins: [engine calls]", "of the form COMPONENT RELATION COMPONENT"),
        ("configurations: ['engine fast, default']", "say 'option of' before it"),
    ],
)
def test_a_line_of_another_form_is_named(
    tmp_path: Path, line: str, message: str, vocabulary: tuple[Triple, ...]
) -> None:
    (case,) = examples.read(written(tmp_path, line))
    with pytest.raises(ValueError, match=message):
        stack_of(case, vocabulary)


def test_a_key_that_no_case_has_is_named(tmp_path: Path) -> None:
    file = written(tmp_path, "colour: red")
    with pytest.raises(DataError, match="one: no case has a key colour") as error:
        examples.read(file)
    assert str(file) in str(error.value)


def written(folder: Path, line: str) -> Path:
    """A file with one case, which says *line* too."""
    file = folder / "owned.yaml"
    said = "name: one, because: So., components: [engine], responsibility: sampling, verdict: owned"
    file.write_text(f"- {{{said}, {line}}}\n")
    return file


def test_the_readme_names_every_clause_and_key() -> None:
    readme = (paths.ontology() / "examples" / "README.md").read_text("utf-8")
    clauses = (*CLAIM_CLAUSES, *CONFIGURATION_CLAUSES)
    words = (*clauses, *examples.KEYS, *STANCES, *AVAILABLE)
    assert [word for word in words if f"`{word}" not in readme and f"{word}: " not in readme] == []
    shown = yaml.safe_load(readme.partition("```yaml")[2].partition("```")[0])
    assert CASES[shown[0]["name"]].claims == tuple(shown[0]["claims"])
