"""The site of the small graph: every link leads somewhere, data is never markup, and the same graph
gives the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from os.path import normpath
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from aruntime import paths
from aruntime.errors import UsageError
from aruntime.opening import open_graph
from aruntime.site import components
from aruntime.site.browserdata import as_json
from aruntime.site.links import web
from aruntime.site.rendering import POLICY, listed, plural
from aruntime.site.site import Made, build_site
from tests.conftest import Run
from tests.published import by_pyld, oxigraph

STATIC = Path(__file__).parent.parent / "aruntime" / "site" / "static"
HOSTILE = """
@prefix ar: <https://w3id.org/aruntime/ns#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix family: <https://w3id.org/aruntime/id/family/> .
@prefix runtime: <https://w3id.org/aruntime/id/runtime/> .
runtime:hostile a ar:Runtime ; rdfs:label "<script>alert(1)</script>"@en ;
    dcterms:description "\\"><img src=x onerror=alert(2)> & =cmd|' /C calc'!A0"@en ;
    ar:primaryFamily family:model-serving ;
    foaf:homepage <javascript:alert(3)> , <https://example.org/"onmouseover="alert(4)> .
<https://w3id.org/aruntime/id/runtime/../../evil> a ar:Runtime ; rdfs:label "up"@en .
""".replace('<https://example.org/"onmouseover="alert(4)>', "<data:text/html,alert(4)>")


@pytest.fixture(scope="module")
def made(small_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Made]]:
    """The site of the small graph with a hostile overlay."""
    folder = tmp_path_factory.mktemp("site")
    overlay = folder / "hostile.ttl"
    overlay.write_text(HOSTILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paths, "_ROOT", str(small_root))
        patch.setattr(components, "MANY", 5)  # so that some have a further page here too
        graph = open_graph([overlay], in_memory=True)
        yield folder / "one", build_site(graph, folder / "one", every_pair=True)


@pytest.fixture(scope="module")
def site(made: tuple[Path, Made]) -> Path:
    """The folder of that site."""
    return made[0]


class Page(HTMLParser):
    """What matters of a page: links, anchors, text, and whatever could run."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.active: list[str] = []
        self.policy: str | None = None
        self.text = ""
        self._in_script = False
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._in_script = tag == "script"
        if tag == "img" or (tag == "script" and "src" not in given):
            self.active.append(tag)
        self.active += [name for name in given if name == "style" or name.startswith("on")]
        if "id" in given:
            assert given["id"] not in self.anchors, f"id {given['id']} twice"
            self.anchors.add(given["id"] or "")
        for name in ("href", "src", "action"):
            if name in given:
                self.links.append(given[name] or "")
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given.get("content")

    def handle_data(self, data: str) -> None:
        if self._in_script:
            assert not data.strip(), "a script in the page"
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def pages(folder: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in sorted(folder.rglob("*.html"))}


@pytest.fixture(scope="module")
def read(site: Path) -> dict[Path, Page]:
    """What each page holds."""
    return pages(site)


def dead_links(folder: Path, read: dict[Path, Page]) -> list[str]:
    """Links of pages that lead to no file or no anchor of the folder."""
    files = {path for path in folder.rglob("*") if path.is_file()}
    dead = []
    for path, page in read.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                if parts.scheme not in ("http", "https"):
                    dead.append(f"{path}: {link}")
                continue
            target = Path(normpath(path.parent / unquote(parts.path))) if parts.path else path
            anchor = unquote(parts.fragment)
            if target not in files or (
                anchor and target in read and anchor not in read[target].anchors
            ):
                dead.append(f"{path.relative_to(folder)}: {link}")
    return dead


def test_every_link_leads_to_a_page_and_an_anchor(site: Path, read: dict[Path, Page]) -> None:
    assert dead_links(site, read) == []


def test_pages_have_a_policy_and_nothing_that_runs(read: dict[Path, Page]) -> None:
    for path, page in read.items():
        more = "; style-src-attr 'unsafe-inline'" if path.name == "playground.html" else ""
        assert page.policy == POLICY + more, path
        assert page.active == [], path


def test_pages_ask_nothing_of_another_origin(site: Path) -> None:
    for path in site.rglob("*.html"):
        loaded = re.findall(
            r"<(?:link|script|img)[^>]*?(?:href|src)=\"([^\"]*)\"", path.read_text()
        )
        assert not [link for link in loaded if urlsplit(link).scheme], path


def test_labels_that_look_like_markup_stay_text(site: Path) -> None:
    page = Page(site / "id" / "runtime" / "hostile.html")
    assert "<script>alert(1)</script>" in page.text
    assert "onerror=alert(2)" in page.text
    assert not [link for link in page.links if link.startswith(("javascript:", "data:"))]
    assert "<script>alert(1)" not in (site / "index.html").read_text()


def test_a_name_that_leads_out_of_the_folder_has_no_page(site: Path) -> None:
    assert not list(site.parent.rglob("evil*"))


def test_browser_data_is_json_of_the_site_alone(site: Path) -> None:
    for path in (site / "data").rglob("*.json"):
        json.loads(path.read_text("utf-8"))
    names = [entry[1] for entry in json.loads((site / "data" / "components.json").read_text())]
    assert "<script>alert(1)</script>" in names


def test_twins_say_the_same(site: Path) -> None:
    for path in sorted((site / "id" / "runtime").glob("*.ttl")):
        turtle = oxigraph(path)
        assert len(turtle) > 3
        assert by_pyld(path.with_suffix(".jsonld")) == turtle, path.name


@pytest.mark.slow
def test_the_same_graph_gives_the_same_bytes(made: tuple[Path, Made], site: Path) -> None:
    build_site(open_graph([site.parent / "hostile.ttl"], in_memory=True), site.parent / "two", every_pair=True)  # fmt: skip
    one, two = (
        {p.relative_to(base).as_posix(): p.read_bytes() for p in base.rglob("*") if p.is_file()}
        for base in (site, site.parent / "two")
    )
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    assert len(one) == made[1].files


def test_every_kind_of_thing_has_a_page(site: Path) -> None:
    kinds = {path.name for path in (site / "id").iterdir()}
    assert kinds >= {
        "family", "layer", "mechanism", "responsibility", "rule", "runtime", "source", "stack",
        "trade-off", "unit", "verdict",
    }  # fmt: skip
    assert (site / "ns" / "class" / "Claim.html").is_file()
    assert (site / "ns" / "property" / "owns.html").is_file()
    guide = {path.stem for path in (site / "guide").iterdir()}
    assert guide == {
        "index", "taxonomy", "stack-overview", "selection-guide", "directory", "benchmarking",
        "hardware-and-compilers", "generative-inference", "serving-and-distributed", "edge-and-browser",
        "emerging-architectures",
    }  # fmt: skip


def test_claims_are_shown_with_their_source(site: Path, small_root: Path) -> None:
    runtime = next(
        p for p in sorted((site / "id" / "runtime").glob("*.html")) if p.stem != "hostile"
    )
    page = Page(runtime)
    assert "read 20" in page.text
    assert [link for link in page.links if "/source/" in link or "/blob/" in link]


def test_a_folder_of_somebody_else_is_left_alone(small: object, tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(UsageError, match="did not make"):
        build_site(open_graph(in_memory=True), tmp_path)
    assert (tmp_path / "precious.txt").read_text() == "mine"
    assert not list(tmp_path.parent.glob(".aruntime-site-*"))


@pytest.mark.slow
def test_the_command_makes_and_replaces_its_folder(
    small: object, aruntime: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ARUNTIME_SITE_ENGINE", raising=False)
    code, out, err = aruntime("site", tmp_path / "public", "--repository", "https://example.org/r")
    assert (code, out) == (0, "")
    assert "no query engine" in err and " pages, " in err
    (tmp_path / "public" / "old.html").write_text("gone next time")
    code, _, _ = aruntime("site", tmp_path / "public")
    assert code == 0
    assert not (tmp_path / "public" / "old.html").exists()
    assert (tmp_path / "public" / ".aruntime-site").is_file()


def test_an_engine_folder_without_the_engine_is_refused(
    small: object, aruntime: Run, tmp_path: Path
) -> None:
    code, _, err = aruntime("site", tmp_path / "public", "--engine", tmp_path)
    assert code == 2
    assert "npm install" in err and "Traceback" not in err


def test_the_browsers_program_is_small() -> None:
    lines = {path.name: path.read_text().splitlines() for path in STATIC.glob("*.js")}
    assert sum(map(len, lines.values())) < 1500
    for name, text in lines.items():
        assert text[0].startswith("//"), f"{name} does not say what it is for"
        assert max(map(len, text)) <= 200, name
        assert not re.search(
            r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", "\n".join(text)
        )


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("https://example.org/a?b=c#d", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ('https://example.org/" onclick="x', False),
        ("//example.org", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_followed(address: str | None, followed: bool) -> None:
    assert (web(address) is not None) is followed


def test_words() -> None:
    assert plural(1, "claim") == "1 claim"
    assert plural(2, "responsibility", "responsibilities") == "2 responsibilities"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["<b>"]) == "<b>"
    assert str(listed(["<b>", "c"])) == "&lt;b&gt; and c"
    assert as_json({"a": ["é"]}) == '{"a":["é"]}'
