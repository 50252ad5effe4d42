"""The checks of OOPS! (http://oops.linkeddata.es), FOOPS! (https://w3id.org/foops), LOV and qSKOS
(https://github.com/cmader/qSKOS) as queries: the published files keep all of them.

Two are left out on purpose. OOPS! P13 wants an inverse of every property, which this ontology
states where readers go both ways; qSKOS counts concepts of a flat list as orphans, where here each
is a top concept. Parts are named within their responsibility, so that two may have one label.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import QuerySolutions, RdfFormat, Store

from aruntime.namespaces import PREFIXES, SCHEMES
from tests.published import oxigraph
from tests.test_publication import folder as folder
from tests.test_publication import root as root

FOLDER = Path(__file__).parent / "linked_data"
CHECKS = sorted(path.stem for path in FOLDER.glob("*.rq"))


def found(name: str, store: Store) -> list[str]:
    answer = store.query((FOLDER / f"{name}.rq").read_text(), prefixes=PREFIXES)
    assert isinstance(answer, QuerySolutions)
    return [str(row[0]) for row in answer]


@pytest.fixture(scope="module")
def stores(folder: Path) -> dict[str, Store]:
    """The ontology alone, and all vocabularies together."""
    ontology, vocabularies = Store(), Store()
    ontology.bulk_extend(oxigraph(folder / "ns/ontology.ttl"))
    for name in SCHEMES:
        vocabularies.bulk_extend(oxigraph(folder / f"vocabulary/{name}.ttl"))
    return {"ontology": ontology, "vocabularies": vocabularies}


@pytest.mark.parametrize("name", CHECKS)
def test_the_published_files_keep_it(name: str, stores: dict[str, Store]) -> None:
    store = stores["vocabularies" if name.startswith("qskos") else "ontology"]
    assert len(store) > 1000
    assert found(name, store) == []


@pytest.mark.parametrize("name", CHECKS)
def test_it_finds_what_it_looks_for(name: str) -> None:
    store = Store()
    store.load(path=str(FOLDER / "bad.ttl"), format=RdfFormat.TURTLE)
    assert found(name, store) != []
