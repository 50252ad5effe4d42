"""Stacks as pictures: what is drawn is what compose says, and data is never markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from aruntime.composition import Composition
from aruntime.graph import Graph
from aruntime.render.picture import mermaid, svg
from aruntime.stacks import compose
from tests.conftest import Run

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '"]; click c0 "javascript:alert(1)" <script>alert(1)</script> & %% #quot; `'


@pytest.fixture
def found(small: Graph) -> Composition:
    return compose(small, ["server", "engine"])


@pytest.fixture
def hostile(found: Composition) -> Composition:
    """The same with a version and a responsibility that try to be markup."""
    first, *others = found.components
    rows = [row._replace(responsibility=HOSTILE) if row.act else row for row in found.rows]
    members = (first._replace(version=HOSTILE), *others)
    return found._replace(components=members, rows=tuple(rows))


def texts(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]


def test_mermaid_draws_components_seams_and_decisions(found: Composition) -> None:
    lines = mermaid(found).splitlines()
    assert lines[0] == "flowchart TB"
    assert [line.strip() for line in lines if line.strip().startswith("c0[")] == [
        'c0["server 1.0"]'
    ]
    seams = {(s.subject, s.object) for s in found.seams if s.verdict == "evidenced"}
    arrows = [line for line in lines if " -->|" in line]
    assert len(arrows) == len(seams) > 0
    for row in (row for row in found.rows if row.act and row.asked):
        assert row.responsibility in mermaid(found), row.responsibility


def test_svg_draws_components_seams_and_decisions(found: Composition) -> None:
    drawn = texts(svg(found))
    told = " ".join(drawn)
    assert {member.name for member in found.components} == {"server", "engine"}
    assert {f"{member.name} {member.version}" for member in found.components} <= set(drawn)
    for seam in found.seams:
        word = {"delegatesTo": "hands work to"}.get(seam.relation or "", seam.relation or "")
        assert seam.verdict != "evidenced" or word.replace("-", " ") in told
    for row in (row for row in found.rows if row.act and row.asked):
        symbol = found.words[row.verdict][1]
        assert row.responsibility in told and symbol in told


def test_svg_needs_nothing_else_and_says_in_words_what_it_shows(found: Composition) -> None:
    picture = ElementTree.fromstring(svg(found))
    assert picture.get("role") == "img"
    ids = {element.get("id"): element.text or "" for element in picture.iter()}
    assert ids["title"] == "Stack of server, engine"
    assert "server" in ids["desc"]
    assert {element.tag.removeprefix(SVG) for element in picture.iter()} <= {
        "svg", "title", "desc", "style", "defs", "marker", "path", "rect", "text",
    }  # fmt: skip
    assert "href" not in svg(found)


def test_names_are_never_markup(hostile: Composition) -> None:
    picture = ElementTree.fromstring(svg(hostile))
    assert not list(picture.iter(f"{SVG}script")) and not list(picture.iter("script"))
    assert any(HOSTILE in text for text in texts(svg(hostile)))
    for line in mermaid(hostile).splitlines():
        for quoted in re.findall(r'"([^"]*)"', line):
            assert not set(quoted.replace("<br/>", "")) & set('<>&"`[]{}()\\'), quoted
        outside = re.sub(r'"[^"]*"', "", line)
        assert "click" not in outside and "script" not in outside


def test_the_command_draws(aruntime: Run, small: Graph) -> None:
    code, out, _ = aruntime("compose", "server", "engine", "--format", "mermaid")
    assert (code, out) == (0, mermaid(compose(small, ["server", "engine"])))
    code, out, _ = aruntime("compose", "server", "engine", "--format", "svg")
    assert code == 0 and ElementTree.fromstring(out).tag == f"{SVG}svg"
    code, _, err = aruntime(
        "compose", "server", "engine", "--instead", "server=engine", "--format", "svg"
    )
    assert (code, "draw either stack" in err) == (2, True)
