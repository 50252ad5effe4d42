"""Versions as publishers write them, in order.

What PEP 440 can read (https://peps.python.org/pep-0440/) is ordered as ``packaging`` orders it:
development builds, then alpha, beta and candidate releases, then the release, then its
post-releases. Other spellings (semantic versions, tags, image tags) are taken apart into the same
parts:

=====================  =====================================================
``v0.9``               the release 0.9
``python-1.31.0``      the release 1.31.0; a tag's prefix orders nothing
``2.0.0-beta.1``       the first beta of 2.0.0
``1.2-SNAPSHOT``       a development build of 1.2
``0.6.1-cu121``        a build of 0.6.1: the same rank, another variant
``1.0+dfsg``           the same: a local label is a build, not a later release
``main``               no version; before every version
=====================  =====================================================
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from packaging.version import Version

_DEV, _ALPHA, _BETA, _CANDIDATE, _FINAL = range(5)
_DEV_BUILD, _NO_BUILD = (0, 0), (1, 0)
_WORDS: Final = {_ALPHA: "a", _BETA: "b", _CANDIDATE: "rc"}
"""What stands in a version before the number of a preview."""

_PREVIEWS: Final = {
    "a": _ALPHA, "alpha": _ALPHA, "ea": _ALPHA,
    "b": _BETA, "beta": _BETA, "m": _BETA, "milestone": _BETA,
    "c": _CANDIDATE, "cr": _CANDIDATE, "pre": _CANDIDATE, "preview": _CANDIDATE, "rc": _CANDIDATE,
    "canary": _DEV, "dev": _DEV, "nightly": _DEV, "snapshot": _DEV, "unstable": _DEV,
}  # fmt: skip
"""What publishers call releases before the release, and how near to it that is."""
_LATER: Final = frozenset(("post", "rev", "r", "hotfix", "patch", "p", "sp"))
"""What they call releases of the same version after it."""
_NOTHING: Final = frozenset(("final", "ga", "release", "stable"))
"""What they add to the release itself."""

_PREFIXES: Final = (
    re.compile(r"^v?(?P<version>[0-9].*)$"),
    re.compile(r"^(?P<prefix>[a-z][a-z_./@-]*?)[-_/@]v?(?P<version>[0-9].*)$"),  # python-1.31.0
    re.compile(r"^(?P<prefix>[a-z]+)(?P<version>[0-9.]+(?:[-_+].*)?)$"),  # b4567, go1.21
    re.compile(r"^(?P<prefix>[a-z][a-z0-9_./@-]*?)[-_/@]v?(?P<version>[0-9].*)$"),  # k8s-1.2
)
"""What may stand before a version, the likeliest first."""
_COMMIT = re.compile(r"^(?=[0-9]*[a-f])[0-9a-f]{7,64}$")
_RELEASE = re.compile(r"^(?:(?P<epoch>[0-9]+)[!:])?(?P<release>[0-9]+(?:\.[0-9]+)*)")
_PART = re.compile(r"^(?P<word>[a-z]+)[._]?(?P<numbers>[0-9]+(?:\.[0-9]+)*)?$")
_BREAK = re.compile(r"[-_+~]|\.(?=[a-z])")
_WILD = re.compile(r"(?<=\d)\.[*x]$")
_WORD: Final = re.compile(rf"(?:{'|'.join((*_PREVIEWS, *_LATER))})(?![a-z])")
_LONGEST: Final = 256
"""Characters of what can be a version; a tag has 128 at most."""


class Rank(NamedTuple):
    """What orders a version; field by field, as tuples are compared.

    Attributes:
        epoch: PEP 440's epoch; almost always 0.
        release: the numbers of the release without final zeros; ``()`` stands for what is no
            version.
        preview: how near to the release: 0 for a development build to 4 for the release itself.
        preview_number: which preview; more than one number in ``beta.1.2``.
        post: the number of a post-release plus 1; 0 if it is none.
        dev: (0, its number) of a development build, else (1, 0).
        text: the whole text of what is no version, so that such texts have an order, too.
    """

    epoch: int
    release: tuple[int, ...]
    preview: int
    preview_number: tuple[int, ...]
    post: int
    dev: tuple[int, int]
    text: str


class _Parts(NamedTuple):
    """A version taken apart: its rank, its release with all zeros, and what names the build."""

    rank: Rank
    release: tuple[int, ...]
    variant: str


def rank(version: str) -> Rank:
    """What orders *version* among others; equal for builds of one release.

    >>> rank("v0.6.1-cu121") == rank("0.6.1") < rank("0.6.1.post1")
    True
    """
    return _parts(version).rank


def variant(version: str) -> str:
    """The build of a release that *version* names, such as ``cu121``; empty for the release
    itself."""
    return _parts(version).variant


def is_stable(version: str) -> bool:
    """Whether *version* is a release, not a preview, a development build or a mere word."""
    found = rank(version)
    return bool(found.release) and found.preview == _FINAL and found.dev == _NO_BUILD


def compare(one: str, two: str) -> int:
    """-1, 0 or 1 as *one* is before, equal in rank to, or after *two*."""
    first, second = rank(one), rank(two)
    return (first > second) - (first < second)


def order_key(version: str) -> str:
    """A string whose order among such strings, character by character, is the order of versions.

    It has only digits, lower-case letters and ``.``, so that SPARQL's ``<`` compares it everywhere
    alike. A number is written after a letter for its length, so that 9 comes before 10; ``.`` ends
    what may go on.

    >>> order_key("0.9") < order_key("0.10.0rc1") < order_key("0.10.0")
    True
    """
    found = rank(version)
    if not found.release:
        return "." + "".join(_number(ord(character)) for character in found.text)
    numbers = "".join(map(_number, found.release))
    previews = "".join(map(_number, found.preview_number))
    post = "0" if not found.post else f"1{_number(found.post)}"
    dev = f"{found.dev[0]}{_number(found.dev[1])}"
    return f"{_number(found.epoch)}{numbers}.{found.preview}{previews}.{post}{dev}"


def within(version: str, first: str | None, last: str | None) -> bool:
    """Whether *version* lies between two bounds, both included; ``None`` is no bound.

    The upper bound stands for every release that begins with it: 0.9.2 and 0.9.2.post1 lie below
    0.9. A bound may say so (``0.9.*``, ``0.9.x``); as the lower bound such a one includes the
    previews of 0.9, which ``0.9`` does not.

    >>> within("0.9.2", "0.8", "0.9"), within("0.9rc1", "0.9", None), within("0.9rc1", "0.9.*", None)
    (True, False, True)
    """
    if first is not None and compare(version, _WILD.sub("", first)) < 0:
        return _WILD.search(first) is not None and _begins_with(version, _WILD.sub("", first))
    if last is None:
        return True
    bound = _WILD.sub("", last)
    return compare(version, bound) <= 0 or (is_stable(bound) and _begins_with(version, bound))


def _begins_with(version: str, bound: str) -> bool:
    """Whether the release of *version* begins with the numbers of *bound*: 0.9.2 with 0.9, and 0.9
    with 0.9.0."""
    whole, start = _parts(version), _parts(bound)
    padded = whole.release + (0,) * len(start.release)
    return (
        bool(start.release)
        and whole.rank.epoch == start.rank.epoch
        and padded[: len(start.release)] == start.release
        and start.rank.post in (0, whole.rank.post)
    )


def _number(value: int) -> str:
    """A number that sorts as text: its length as a letter (``a`` for 1), then its digits."""
    digits = str(value)
    if len(digits) < 26:
        return chr(ord("a") + len(digits) - 1) + digits
    return "z" + _number(len(digits)) + digits


@lru_cache(maxsize=4096)
def _parts(version: str) -> _Parts:
    from packaging.version import InvalidVersion, Version  # takes longer to load than to compare

    text = version.strip().lower()
    prefix, numbered = _without_prefix(text)
    match = _RELEASE.match(numbered)
    if match is None or _COMMIT.match(text) or len(text) > _LONGEST:
        return _Parts(Rank(0, (), _DEV, (), 0, _DEV_BUILD, text), (), "")
    if prefix not in _PREVIEWS or len(prefix) == 1:
        try:
            return _of_packaging(Version(numbered))
        except InvalidVersion:
            pass
    return _of_tag(match, numbered[match.end() :], prefix)


def _without_prefix(text: str) -> tuple[str, str]:
    """What stands before a version, without what joins it, and the version, if there is one."""
    for pattern in _PREFIXES:
        if match := pattern.match(text):
            return match.groupdict().get("prefix", ""), match["version"]
    return "", text


def _of_packaging(version: Version) -> _Parts:
    """PEP 440's parts; a development build of a preview or post-release stands before that, not
    before all."""
    letter, number = version.pre or ("", 0)
    only_dev = version.dev is not None and version.pre is None and version.post is None
    preview = {"a": _ALPHA, "b": _BETA, "rc": _CANDIDATE}.get(letter, _DEV if only_dev else _FINAL)
    post = 0 if version.post is None else version.post + 1
    dev = _NO_BUILD if version.dev is None else (0, version.dev)
    found = Rank(version.epoch, _trimmed(version.release), preview, (number,), post, dev, "")
    return _Parts(found, version.release, version.local or "")


def _of_tag(match: re.Match[str], tail: str, prefix: str) -> _Parts:
    """The same parts of a tag: a release, then words for previews and post-releases, and what names
    a build."""
    release = tuple(map(int, match["release"].split(".")))
    preview, post, dev = _FINAL, 0, _NO_BUILD
    number: tuple[int, ...] = (0,)
    builds: list[str] = []
    if prefix in _PREVIEWS:  # nightly-2026.1.1
        preview = _PREVIEWS[prefix]
    for part in filter(None, _BREAK.split(tail)):
        word = _PART.match(part)
        numbers = tuple(map(int, word["numbers"].split("."))) if word and word["numbers"] else (0,)
        if word and word["word"] in _PREVIEWS and not builds:
            preview, number = _PREVIEWS[word["word"]], numbers
        elif word and word["word"] in _LATER and not builds:
            post = numbers[0] + 1
        elif not word or word["word"] not in _NOTHING:
            builds.append(part)
    if preview == _DEV:
        number, dev = (0,), (0, number[0])
    found = Rank(int(match["epoch"] or 0), _trimmed(release), preview, number, post, dev, "")
    return _Parts(found, release, "-".join(builds))


def _trimmed(release: tuple[int, ...]) -> tuple[int, ...]:
    """The numbers of a release without final zeros, so that 1.0 is 1; one number stays."""
    while len(release) > 1 and release[-1] == 0:
        release = release[:-1]
    return release


def release(version: str) -> str | None:
    """The version in *version* without prefix and variant, in PEP 440's normal form where it has
    one; ``None`` where there is none. Numbers stay as they are written.

    >>> release("v0.3.9post2"), release("2.52.0-py311-cu128"), release("26.07-py3"), release("main")
    ('0.3.9.post2', '2.52.0', '26.07', None)
    """
    found = _parts(version)
    if not found.rank.release:
        return None
    _, numbered = _without_prefix(version.strip().lower())
    match = _RELEASE.match(numbered)
    assert match is not None
    text, tail = match["release"], numbered[match.end() :]
    if tail[:1].isalpha() and not _WORD.match(tail):  # 2.46.0.0e19ea: what follows names a commit
        text = text.rpartition(".")[0] or text
    if found.rank.preview in _WORDS:
        text += _WORDS[found.rank.preview] + ".".join(map(str, found.rank.preview_number))
    if found.rank.post:
        text += f".post{found.rank.post - 1}"
    return text + (f".dev{found.rank.dev[1]}" if found.rank.dev != _NO_BUILD else "")
