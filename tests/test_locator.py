"""What a locator says about a text, on many small texts made by a seeded generator: line ends,
digests, headings, anchors."""

from __future__ import annotations

import hashlib
import random
import subprocess
from collections.abc import Iterator

import pytest

from aruntime.evidence import passage
from aruntime.evidence.passage import CitedFile, find

WORDS = (
    "",
    "plain",
    "two words",
    "  indented",
    "# Title",
    "tab\tbed",
    "ünïcode — ✓",
    "trailing ",
    "kv_cache.block_size",
    "\x0c",
    "\u2028",
    "==",
)


def texts(number: int = 200) -> Iterator[list[str]]:
    """Lists of lines, none of which ends in a carriage return."""
    chance = random.Random(20260101)
    for _ in range(number):
        yield [chance.choice(WORDS) for _ in range(chance.randint(1, 12))]


def ranges(length: int) -> Iterator[tuple[int, int]]:
    for start in range(1, length + 1):
        for end in range(start, length + 1):
            yield start, end


def test_line_ends_do_not_matter() -> None:
    for lines in texts():
        unix, windows = (
            "".join(f"{line}{end}" for line in lines).encode() for end in ("\n", "\r\n")
        )
        assert (
            passage.split_lines(unix)
            == passage.split_lines(windows)
            == [line.encode() for line in lines]
        )
        for start, end in ranges(len(lines)):
            assert passage.file_digest(passage.cited(unix, start, end)) == passage.file_digest(
                passage.cited(windows, start, end)
            )
            assert passage.heading(unix, start, "a.md") == passage.heading(windows, start, "a.md")


def test_a_missing_final_line_end_does_not_matter_for_the_lines() -> None:
    for lines in texts():
        whole = "".join(f"{line}\n" for line in lines).encode()
        cut = whole.removesuffix(b"\n")
        assert passage.blob_hash(whole) != passage.blob_hash(cut)
        if lines[-1]:
            assert passage.cited(whole, 1, len(lines)) == passage.cited(cut, 1, len(lines)) == whole


def test_cited_lines_join_to_the_text_and_their_digest_is_theirs() -> None:
    for lines in texts():
        whole = "".join(f"{line}\n" for line in lines).encode()
        assert b"".join(passage.cited(whole, n, n) for n in range(1, len(lines) + 1)) == whole
        for start, end in ranges(len(lines)):
            expected = "".join(f"{line}\n" for line in lines[start - 1 : end]).encode()
            assert (
                passage.file_digest(passage.cited(whole, start, end))
                == hashlib.sha256(expected).hexdigest()
            )


@pytest.mark.parametrize("lines", [(0, 1), (1, 4), (3, 2), (-1, 1), (4, 4)])
def test_lines_that_do_not_exist_are_refused(lines: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="the text has 3 lines"):
        passage.cited(b"a\nb\nc", *lines)


def test_an_empty_text_has_no_lines() -> None:
    assert passage.split_lines(b"") == []
    with pytest.raises(ValueError, match="0 lines"):
        passage.cited(b"", 1, 1)


def test_cited_lines_are_found_again_wherever_they_went() -> None:
    for lines in texts(60):
        whole = "".join(f"{line}\n" for line in lines).encode()
        for start, end in ranges(len(lines)):
            wanted = passage.cited(whole, start, end)
            moved = b"a preface\r\n\r\n" + whole.replace(b"\n", b"\r\n")
            for text in (whole, moved):
                found = find(text, wanted)
                assert found is not None and passage.cited(text, *found) == wanted
        assert find(whole, b"a line that is nowhere\n") is None


@pytest.mark.parametrize(
    "content", [b"", b"x", b"x\n", b"x\r\ny", bytes(range(256)), "ü".encode() * 5000]
)
def test_blob_hash_is_that_of_git(content: bytes) -> None:
    done = subprocess.run(
        ["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True
    )
    assert passage.blob_hash(content) == done.stdout.decode().strip()


def test_swhid_escapes_what_would_end_its_path() -> None:
    file = CitedFile("a;b%c/d e.md", passage.blob_hash(b""), "https://e.org/r", "c" * 40)
    blob = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    anchor = f"swh:1:rev:{'c' * 40}"
    assert file.swhid == (
        f"swh:1:cnt:{blob};origin=https://e.org/r;anchor={anchor};path=/a%3Bb%25c/d e.md"
    )


def test_suggested_anchors_are_few_short_names_of_the_text() -> None:
    long = "a_name_of_more_than_forty_characters_is_no_anchor_term"
    for lines in texts():
        text = "\n".join([*lines, long, "Scheduler.pick_next"]).encode()
        found = passage.suggest_anchors(text)
        assert len(found) == len(set(found)) <= 4 and long not in found
        assert all(
            len(term) <= passage.ANCHOR_LIMIT and passage.has_anchor(text, term) for term in found
        )
        assert "Scheduler.pick_next" in found
        assert found == passage.suggest_anchors(text)


def test_an_anchor_is_found_in_any_case_and_across_lines() -> None:
    assert passage.has_anchor(b"The Continuous\r\n   Batching loop", "continuous batching")
    assert not passage.has_anchor(b"continuous_batching", "continuous batching")
    assert passage.has_anchor(b"broken \xff bytes stay", "bytes stay")


MARKDOWN = "intro\n\n# The `one` title #\n\ntext\n\n## Two [link](https://e.org) {#two}\n\nThree\n-----\nbelow\n"
RST = "Title\n=====\n\ntext\n\nPart two\n--------\n\nbelow\n\n.. note::\n\n   ====\n"
HTML = '<h1>One</h1>\n<p>text</p>\n<h2 class="x">Two <em>three</em></h2>\n<p>text</p>\n'
PYTHON = "import x\n\n# a comment\nclass Engine(Base):\n    size = 1\n\n    async def step(self):\n        return 1\n"
GO = "package a\n\nfunc (s *Scheduler) Pick(x int) {\n\treturn\n}\n\ntype Queue struct {\n\tn int\n}\n"
RUST = "pub(crate) struct Pool;\n\nimpl Pool {\n    pub async fn take(&self) {}\n}\n"
PROTO = "service Infer {\n  rpc A(B) returns (C);\n}\nmessage Request {\n  string id = 1;\n}\n"
TYPESCRIPT = (
    "export default class Worker {\n  run() {}\n}\nexport async function main() {\n  go();\n}\n"
)
HEADINGS = [
    (
        "a.md",
        MARKDOWN,
        {
            1: None,
            3: "The one title",
            5: "The one title",
            7: "Two link",
            8: "Two link",
            9: "Three",
            11: "Three",
        },
    ),
    ("a.MDX", "# Big\ntext\n", {2: "Big"}),
    ("a.md", "#no heading\n\ntext\n\n####### none\n", {3: None, 5: None}),
    ("a.rst", RST, {1: "Title", 4: "Title", 6: "Part two", 9: "Part two", 13: "Part two"}),
    ("a.html", HTML, {2: "One", 4: "Two three"}),
    ("a.py", PYTHON, {1: None, 4: "Engine", 5: "Engine", 7: "step", 8: "step"}),
    ("a.go", GO, {1: None, 4: "Pick", 8: "Queue"}),
    ("a.rs", RUST, {1: "Pool", 3: "Pool", 4: "take"}),
    ("a.proto", PROTO, {2: "Infer", 5: "Request"}),
    ("a.ts", TYPESCRIPT, {2: "Worker", 5: "main"}),
]


@pytest.mark.parametrize(
    ("path", "text", "expected"), HEADINGS, ids=[path for path, _, _ in HEADINGS]
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_heading_is_the_nearest_above(
    path: str, text: str, expected: dict[int, str | None], end: str
) -> None:
    content = text.replace("\n", end).encode()
    assert {line: passage.heading(content, line, path) for line in expected} == expected


def test_what_stands_in_a_block_of_code_is_no_heading() -> None:
    text = b"# One\n\n```python\n# a remark\ncall();\n});\n```\n\nAfter it.\n- ~~~\n  # another\n  ~~~\n## Two\n"
    assert {passage.heading(text, line, "a.md") for line in range(1, 13)} == {"One"}
    assert passage.heading(text, 13, "a.md") == "Two"
    assert passage.heading(b"One\n===\n\n# a remark\n", 4, "a.rst") == "One"


def test_the_last_line_needs_no_line_end_to_have_a_heading() -> None:
    assert passage.heading(b"# One\ntext", 2, "a.md") == "One"
    assert passage.heading(b"# One", 1, "a.md") == "One"


@pytest.mark.parametrize("title", ["The `code`", "`code` first", "**Bold** first"])
def test_a_heading_keeps_its_marks_in_pairs(title: str) -> None:
    found = passage.heading(f"# {title}\n".encode(), 1, "a.md") or ""
    assert found.count("`") % 2 == 0 and found.count("**") % 2 == 0
