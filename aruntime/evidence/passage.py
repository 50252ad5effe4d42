"""A file at one version, and lines of it: what is cited, and what tells that it still says the
same.

A **cited file** is a file at a commit of a repository, named by the git blob hash that its SWHID
carries (ISO/IEC 18670:2025), or a member of a released package, named by its SHA-256. A **passage**
is lines of such a file:

* the **digest**: SHA-256 of the cited lines, each ended by one line feed;
* the **heading** under which they stand;
* two to five **anchor terms**, short names that occur in them.

Everything here is a pure function of bytes.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

ANCHOR_LIMIT: Final = 40
"""Longest anchor term, in characters: a name, never a sentence."""

_MARKDOWN = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$")
_UNDERLINE = re.compile(r"^([=\-~^\"'`*+#.:_])\1{2,}\s*$")
_FENCE = re.compile(r"^\s*(?:[-*+]\s+|\d+[.)]\s+|>\s*)*(`{3,}|~{3,})([^`]*)$")
"""What begins or ends a block of code in Markdown."""
_SYMBOL = re.compile(
    r"^\s*(?:export\s+|pub(?:\([^)]*\))?\s+|public\s+|private\s+|protected\s+|static\s+|final\s+|abstract\s+|async\s+|default\s+)*"
    r"(?:class|def|func|fn|function|struct|enum|trait|interface|message|service|type|namespace|impl)\s+(?:\([^)]*\)\s*)?([A-Za-z_][\w:.]*)"
)
_HTML_HEADING = re.compile(r"<h[1-6][^>]*>(.*?)</h[1-6]>", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{3,}[A-Za-z0-9]")
_PLAIN = re.compile(r"^[a-z]+$")
_MARKUP = (".md", ".mdx", ".markdown", ".rst", ".txt", ".html", ".adoc", ".ipynb")


@dataclass(frozen=True)
class CitedFile:
    """A file at one version, in a repository or in a package.

    Attributes:
        path: from the root of the repository or archive, with forward slashes.
        digest: what its bytes are: a git blob hash in a repository, a SHA-256 in a package.
        repository: the repository's public address, as SWHIDs spell it (no trailing ``.git``).
        commit: 40 hexadecimal digits.
        purl: the package with its version (https://github.com/package-url/purl-spec);
            ``?file_name=`` says which of its files, where it has several.
    """

    path: str
    digest: str = ""
    repository: str = ""
    commit: str = ""
    purl: str = ""

    def digest_of(self, content: bytes) -> str:
        """The digest that *content* has in a file of this kind."""
        return blob_hash(content) if self.repository else file_digest(content)

    @property
    def swhid(self) -> str:
        """The qualified SWHID of the whole file, if it is in a repository.

        ``;`` and ``%`` in a path are percent-encoded, as the SWHID specification asks.
        """
        escaped = self.path.replace("%", "%25").replace(";", "%3B")
        where = f"origin={self.repository};anchor=swh:1:rev:{self.commit};path=/{escaped}"
        return f"swh:1:cnt:{self.digest};{where}"


@dataclass(frozen=True)
class Passage:
    """Lines of a cited file, as a claim rests on them.

    Attributes:
        file: ``None`` for a paper or specification, which has sections instead of lines.
        start, end: first and last line, counted from 1.
        heading: the heading or symbol above them, if there is one.
        anchors: terms that occur in them.
        digest: SHA-256 of the lines.
        evidence, claim, runtime, source: IRIs of the passage in the graph and of what it belongs
            to.
        locator: all of this as people write it.
    """

    file: CitedFile | None
    start: int
    end: int
    heading: str | None
    anchors: tuple[str, ...]
    digest: str
    evidence: str = ""
    claim: str = ""
    runtime: str = ""
    source: str = ""
    locator: str = ""

    @property
    def key(self) -> str:
        """A digest of everything that is checked: a passage that changed has another one."""
        lines = (self.start, self.end, self.heading, self.anchors, self.digest)
        return file_digest(repr((self.evidence, self.file, *lines)).encode())


def blob_hash(content: bytes) -> str:
    """The git blob hash of *content*: 40 hexadecimal digits."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def file_digest(content: bytes) -> str:
    """SHA-256 of a whole file: 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def split_lines(content: bytes) -> list[bytes]:
    """Lines without their ends; a final line feed opens no further line, CRLF counts as one end."""
    lines = content.replace(b"\r\n", b"\n").split(b"\n")
    return lines[:-1] if lines and lines[-1] == b"" else lines


def cited(content: bytes, start: int, end: int) -> bytes:
    """Lines *start* to *end* (counted from 1, both included), each ended by one line feed.

    Raises:
        ValueError: the text has no such lines.
    """
    lines = split_lines(content)
    if not 1 <= start <= end <= len(lines):
        raise ValueError(f"lines {start}-{end} do not exist; the text has {len(lines)} lines")
    return b"".join(line + b"\n" for line in lines[start - 1 : end])


def find(text: bytes, wanted: bytes) -> tuple[int, int] | None:
    """Where some lines stand in a text, if they do: their first and last line."""
    lines, sought = split_lines(text), split_lines(wanted)
    for start in range(len(lines) - len(sought) + 1 if sought else 0):
        if lines[start] == sought[0] and lines[start : start + len(sought)] == sought:
            return start + 1, start + len(sought)
    return None


def has_anchor(text: bytes, term: str) -> bool:
    """Whether *term* occurs in the cited text, letter case and runs of white space aside."""
    flat = " ".join(text.decode("utf-8", "replace").casefold().split())
    return " ".join(term.casefold().split()) in flat


def heading(content: bytes, start: int, path: str) -> str | None:
    """The nearest heading (in prose) or enclosing symbol (in code) at or above line *start*."""
    lines = [line.decode("utf-8", "replace") for line in split_lines(content)[: start + 1]]
    prose = path.lower().endswith(_MARKUP)
    markdown = prose and not path.lower().endswith(".rst")
    if markdown:
        lines = _without_code(lines)
    for index in range(min(start, len(lines)) - 1, -1, -1):
        found = _prose_heading(lines, index, markdown) if prose else _symbol(lines[index])
        if found:
            return found
    return None


def _without_code(lines: list[str]) -> list[str]:
    """Lines of Markdown in which blocks of code are empty, since their remarks look like
    headings."""
    fence, found = "", []
    for line in lines:
        match = _FENCE.match(line)
        if not fence:
            fence = match.group(1) if match else ""
            found.append("" if match else line)
            continue
        found.append("")
        if match and match.group(1).startswith(fence) and not match.group(2).strip():
            fence = ""
    return found


def _prose_heading(lines: list[str], index: int, markdown: bool) -> str | None:
    line = lines[index]
    marked = _MARKDOWN.match(line) if markdown else None
    if match := marked or _HTML_HEADING.search(line):
        return _clean(match.group(1))
    following = lines[index + 1] if index + 1 < len(lines) else ""
    underlined = line.strip() and _UNDERLINE.match(following) and not _UNDERLINE.match(line)
    return _clean(line) if underlined and len(following.strip()) >= len(line.strip()) - 1 else None


def _symbol(line: str) -> str | None:
    match = _SYMBOL.match(line)
    return match.group(1) if match else None


def _clean(text: str) -> str | None:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"<[^>]+>|\{#[^}]*\}", "", text))
    return " ".join(text.replace("`", "").replace("**", "").strip(" #").split()) or None


def suggest_anchors(text: bytes, count: int = 4) -> list[str]:
    """Up to *count* distinctive names of the cited text: identifiers first, then rare long
    words."""
    words = _WORD.findall(text.decode("utf-8", "replace"))
    seen = Counter(words)
    ranked = sorted(seen, key=lambda word: (bool(_PLAIN.match(word)), seen[word], -len(word), word))
    return [word for word in ranked if len(word) <= ANCHOR_LIMIT][:count]
