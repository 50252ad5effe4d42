"""Container images: the reference grammar of the distribution project, and what a tag says.

https://pkg.go.dev/github.com/distribution/reference: an image is ``[host/]path[:tag][@digest]``,
where a host has a dot, a port or is ``localhost``. ``docker.io`` and ``library`` may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from aruntime import versions
from aruntime.detect.model import Place, Version

_PART: Final = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_REFERENCE: Final = re.compile(
    rf"^(?P<name>(?:(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?=:[0-9]+/))"
    rf"(?::[0-9]+)?/)?{_PART}(?:/{_PART})*)(?::(?P<tag>[\w][\w.-]{{0,127}}))?"
    rf"(?:@(?P<digest>[a-z0-9]+:[0-9a-f]{{32,}}))?$"
)
_VARIABLE: Final = re.compile(
    r"\$\{(?P<name>\w+)(?:(?P<how>:?[-?+=])(?P<text>[^{}]*))?\}|\$(?P<bare>\w+)"
)
_MOVING: Final = frozenset(
    ("latest", "nightly", "main", "master", "stable", "edge", "dev", "devel", "head", "canary", "release")
)  # fmt: skip
_NO_VERSION: Final = re.compile(
    r"^(?:v?20[0-9]{2}-?[01][0-9]-?[0-3][0-9]|(?:sha|git|commit|build|pr)-)"
)
"""Tags that are a date or name a commit."""
_BUILT_FROM_BRANCH: Final = re.compile(r"^main-(?P<release>v[0-9]+\.[0-9]+\.[0-9]+.*)$")
"""Tags that name a release behind its branch, such as ``main-v1.77.0-stable``."""
_LONGEST: Final = 512
_MOST: Final = 100
"""Variables of known value that are replaced in one text."""


class Image(NamedTuple):
    """An image reference.

    Attributes:
        repository: in small letters without ``docker.io`` and ``library``, as keys are written.
        tag, digest: what the reference pins, if it does.
        default: whether a variable could put another image in its place.
    """

    repository: str
    tag: str | None
    digest: str | None
    default: bool


def substituted(text: str, variables: Mapping[str, str] | None = None) -> tuple[str, bool]:
    """*text* with variables replaced by their defaults, and whether any default was taken.

    Args:
        variables: values that are known, such as those of ``.env``.

    Example:
        >>> substituted("${IMAGE:-redis:7.4-alpine}")
        ('redis:7.4-alpine', True)
    """
    known, default = variables or {}, False

    def value(match: re.Match[str]) -> str:
        nonlocal default
        name = match["name"] or match["bare"]
        if name in known:
            return known[name]
        if match["how"] in (":-", "-"):
            default = True
            return match["text"] or ""
        return match.group()

    return _VARIABLE.sub(value, text, count=_MOST if known else 0), default


def parse(text: str, variables: Mapping[str, str] | None = None) -> Image | None:
    """The image that *text* names, or ``None`` where it is a placeholder or no image at all.

    Example:
        >>> parse("docker.io/library/redis:7.4-alpine").repository
        'redis'
    """
    plain, default = substituted(text.strip()[:_LONGEST], variables)
    plain = plain.removeprefix("docker://").removeprefix("oci://")
    match = _REFERENCE.match(plain[:_LONGEST])
    if match is None:
        return None
    repository = match["name"].lower().removeprefix("index.").removeprefix("docker.io/")
    return Image(repository.removeprefix("library/"), match["tag"], match["digest"], default)


def version_of(tag: str | None, default: bool, place: Place | None) -> Version:
    """The version that a tag names, without variant, and how sure it is.

    Example:
        >>> version_of("v0.3.9post2", False, None)[:2]
        ('0.3.9.post2', 'exact')
        >>> version_of("7.4-alpine", False, None)[:2], version_of("latest", False, None)[:2]
        (('7.4', 'partial'), (None, 'moving-tag'))
    """
    if not tag:
        return Version(None, "unknown", "", None)
    if built := _BUILT_FROM_BRANCH.match(tag):
        return version_of(built["release"], default, place)._replace(written=tag)
    if tag.lower() in _MOVING or re.split(r"[-_.]", tag.lower())[0] in _MOVING:
        return Version(None, "moving-tag", tag, place)
    text = None if _NO_VERSION.match(tag.lower()) else versions.release(tag)
    if text is None:
        return Version(None, "unknown", tag, place)
    certainty = "exact" if text.count(".") >= 2 else "partial"
    return Version(text, "default" if default else certainty, tag, place)
