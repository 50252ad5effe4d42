"""Versions: which is newer, which are builds of one release, and what lies within bounds."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from aruntime import corpus
from aruntime.namespaces import iri
from aruntime.versions import compare, is_stable, order_key, variant, within

PAIRS = [
    # older, newer
    ("0.6.1", "0.6.1.post1"),
    ("0.6.1.post1", "0.6.1.post2"),
    ("0.6.1.post1", "0.6.2"),
    ("0.6.1.post1", "0.6.2.dev1"),
    ("1.0.dev3", "1.0a1"),
    ("1.0a1", "1.0a2"),
    ("1.0a9", "1.0b1"),
    ("1.0b2", "1.0rc1"),
    ("1.0rc1", "1.0"),
    ("1.0rc9", "1.0rc10"),
    ("1.0a1.dev1", "1.0a1"),
    ("1.0rc1", "1.0rc1.post1"),
    ("1.3.0rc29", "1.3.0"),
    ("3.12.0.dev", "3.12.0"),
    ("0.9", "0.10"),
    ("0.9.9", "0.10.0"),
    ("1.9.0", "1.10.0"),
    ("1.99", "2"),
    ("2.30.7", "2.33.0"),
    ("26.01", "26.02"),
    ("2024.12.31", "2025.1.1"),
    ("9.9", "1!0.1"),
    ("1.0.0-alpha", "1.0.0-beta"),
    ("1.0.0-alpha.1", "1.0.0-alpha.2"),
    ("1.0.0-alpha.1", "1.0.0-alpha.1.2"),
    ("1.0.0-beta.11", "1.0.0-rc.1"),
    ("1.0.0-rc.1", "1.0.0"),
    ("5.0.0-preview.7", "5.0.0"),
    ("2.0.0-canary.3", "2.0.0-alpha.1"),
    ("1.2-SNAPSHOT", "1.2"),
    ("1.2.0-nightly.20260101", "1.2.0-nightly.20260102"),
    ("nightly-2026.1.1", "2026.1.1"),
    ("v0.9", "v0.10"),
    ("v0.9", "0.10"),
    ("v1.2-rc1-ubuntu22.04", "v1.2-ubuntu22.04"),
    ("0.6.1-cu121", "0.6.1.post1"),
    ("0.6.1-cu121", "0.6.2-cu118"),
    ("0.6.1-cu121", "0.6.1.post1-cu118"),
    ("python-1.31.0", "python-1.31.1"),
    ("python-1.9.0", "python-1.31.0"),
    ("b999", "b4567"),
    ("release/1.2", "release/1.10"),
    ("charts/kserve-v0.15.0", "charts/kserve-v0.15.1"),
    ("llvmorg-17.0.6", "llvmorg-18.1.0"),
    ("go1.9", "go1.21"),
    ("k8s-1.2", "k8s-1.10"),
    ("sdk@1.2.3", "sdk@1.2.4"),
    ("1.21.0+dfsg", "1.21.1"),
    ("1.2.3-patch1", "1.2.4"),
    ("1.2.3", "1.2.3-hotfix.1"),
    ("main", "0.0.1.dev1"),
    ("75db3c093b6d", "0.1"),
]
EQUAL = [
    ("1.0", "1.0.0"),
    ("1", "1.0.0"),
    ("v1.2", "1.2"),
    ("V1.2", "1.2"),
    ("1.0rc1", "1.0-rc.1"),
    ("1.0-rc1", "1.0.rc1"),
    ("2.0.0-beta.1", "2.0b1"),
    ("0.6.1-cu121", "0.6.1"),
    ("0.6.1-cu121", "0.6.1-cu118"),
    ("0.6.1+cu121", "0.6.1"),
    ("v1.2-ubuntu22.04", "1.2"),
    ("24.01-py3", "24.1"),
    ("24.01-trtllm-python-py3", "24.01-py3"),
    ("0.6.1.post1-cu12", "0.6.1.post1"),
    ("1.0.0-rc1-cu121", "1.0rc1"),
    ("1.21.0+dfsg", "1.21.0"),
    ("python-1.31.0", "1.31.0"),
    ("1.4.0-ga", "1.4"),
    ("1.0", " 1.0 "),
]
VARIANTS = [
    ("0.6.1", ""),
    ("0.6.1-cu121", "cu121"),
    ("0.6.1+cu121", "cu121"),
    ("v1.2-ubuntu22.04", "ubuntu22.04"),
    ("24.01-trtllm-python-py3", "trtllm-python-py3"),
    ("1.0.0-rc1-cu121", "cu121"),
    ("1.0rc1", ""),
    ("0.6.1.post1", ""),
]
WITHIN = [
    # version, from, until, whether
    ("0.9.2", None, None, True),
    ("0.9.2", "0.9", None, True),
    ("0.8", "0.9", None, False),
    ("0.9.2", None, "0.9", True),
    ("0.10", None, "0.9", False),
    ("0.9.2", None, "0.9.1", False),
    ("0.9.2", None, "0.9.*", True),
    ("0.9", None, "0.9.*", True),
    ("0.10.0", None, "0.9.*", False),
    ("0.9.0", "0.9.*", "0.9.*", True),
    ("0.9.0rc1", "0.9.*", "0.9.*", True),
    ("0.9.0rc1", "0.9", None, False),
    ("0.8.9", "0.9.*", None, False),
    ("10.14.1", "10.14.*", "10.14.*", True),
    ("10.15.0", "10.14.*", "10.14.*", False),
    ("10.13.9", "10.14.*", "10.14.*", False),
    ("10.15.0", "10.14.*", None, True),
    ("10.14.1", None, "10.x", True),
    ("0.6.1.post1", None, "0.6.1", True),
    ("0.6.2.dev1", None, "0.6.1", False),
    ("0.6.1.post2", None, "0.6.1.post1", False),
    ("0.6.1-cu121", "0.6.1", "0.6.1", True),
    ("v0.6.1", "0.6", "0.6", True),
    ("python-1.31.0", "1.31", None, True),
    ("0.9", None, "0.9.0", True),
    ("1.0rc2", None, "1.0rc1", False),
    ("main", "0.1", None, False),
]

NUMBERS = st.integers(0, 10**30) | st.integers(0, 12)
WORDS = st.sampled_from(
    ["a", "alpha", "b", "beta", "rc", "dev", "post", "nightly", "cu121", "ubuntu22.04", "py3", "x"]
)
TAILS = st.lists(
    st.builds(
        lambda join, word, dot, number: f"{join}{word}{dot}{number}",
        st.sampled_from(["", ".", "-", "_", "+"]), WORDS, st.sampled_from(["", "."]),
        st.just("") | NUMBERS,
    ),
    max_size=3,
).map("".join)  # fmt: skip
VERSIONS = st.text(max_size=8) | st.builds(
    lambda prefix, numbers, tail: prefix + ".".join(map(str, numbers)) + tail,
    st.sampled_from(["", "v", "python-", "b", "1!", "release/", "nightly-"]),
    st.lists(NUMBERS, min_size=1, max_size=4),
    TAILS,
)


@pytest.mark.parametrize(("older", "newer"), PAIRS)
def test_the_older_version_is_first(older: str, newer: str) -> None:
    assert (compare(older, newer), compare(newer, older)) == (-1, 1)
    assert order_key(older) < order_key(newer)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_builds_and_spellings_of_a_release_are_equal_in_rank(one: str, other: str) -> None:
    assert compare(one, other) == compare(other, one) == 0
    assert order_key(one) == order_key(other)


@pytest.mark.parametrize(("version", "expected"), VARIANTS)
def test_builds_can_be_told_apart(version: str, expected: str) -> None:
    assert variant(version) == expected


@pytest.mark.parametrize(("version", "first", "last", "expected"), WITHIN)
def test_within(version: str, first: str | None, last: str | None, expected: bool) -> None:
    assert within(version, first, last) is expected


@pytest.mark.parametrize(
    "version", ["1.0", "v0.9", "b4567", "0.6.1.post1", "24.01-py3", "torch-1.0"]
)
def test_releases_are_stable(version: str) -> None:
    assert is_stable(version)


@pytest.mark.parametrize(
    "version",
    ["v2.0rc1", "v2.0-beta.1", "v3.0.dev1", "3.0a1", "nightly-4", "main", "", "1.0-rc1-gpu"],
)
def test_previews_and_words_are_not(version: str) -> None:
    assert not is_stable(version)


@given(VERSIONS, VERSIONS)
def test_the_order_of_keys_is_the_order_of_versions(one: str, other: str) -> None:
    first, second = order_key(one), order_key(other)
    assert (first > second) - (first < second) == compare(one, other)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_it_is_an_order(one: str, two: str, three: str) -> None:
    ordered = sorted([one, two, three], key=order_key)
    assert all(compare(left, right) <= 0 for left, right in pairwise(ordered))
    assert compare(one, one) == 0


@given(VERSIONS)
def test_a_version_lies_within_its_own_bounds(version: str) -> None:
    assert within(version, version, version)


PEP440 = st.builds(
    lambda numbers, pre, post, dev: ".".join(map(str, numbers)) + pre + post + dev,
    st.lists(st.integers(0, 20), min_size=1, max_size=4),
    st.sampled_from(["", "a1", "b2", "rc1", "rc10"]),
    st.sampled_from(["", ".post0", ".post1"]),
    st.sampled_from(["", ".dev0", ".dev2"]),
)


@given(PEP440, PEP440)
def test_python_versions_are_ordered_as_packaging_orders_them(one: str, other: str) -> None:
    first, second = Version(one), Version(other)
    assert compare(one, other) == (first > second) - (first < second)


def test_every_version_of_the_graph_is_one_or_names_a_commit(shipped: corpus.Corpus) -> None:
    said = [t.object for t in shipped.triples() if t.predicate == iri("ar:version")]
    words = {v.value for v in said if order_key(v.value).startswith(".")}  # type: ignore[union-attr]
    assert all(re.fullmatch("[0-9a-f]{7,40}", word) for word in words)
