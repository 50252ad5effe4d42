"""The truth table of verdicts: small stacks, each with the verdict that it must get and the reason.

Cases stand in ``ontology/examples/<verdict>.yaml``; the README of that folder describes their form.
They are shown as they are written; ``tests/example_stacks.py`` makes a stack of each, and
``tests/test_verdicts.py`` judges it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aruntime import paths
from aruntime.errors import DataError
from aruntime.model import Json

if TYPE_CHECKING:
    from pathlib import Path

KEYS: Final = {
    "name", "because", "components", "platforms", "families", "claims", "joins", "configurations",
    "in", "purpose", "versions", "searched", "responsibility", "verdict", "units", "owners",
    "missing", "conditions", "options", "reviewed", "contrast",
}  # fmt: skip
"""What a case can say."""


class Case(NamedTuple):
    """One stack, and what it must come to.

    Attributes:
        name: unique among all cases.
        because: the reason for the verdict, one sentence.
        components: names of the components, platforms included.
        platforms: those of them that run anything, so that nothing follows from their presence.
        families: the primary family of some of them, from which the purpose of the stack follows.
        claims: what is claimed, a line each.
        joins: how components work together, a line each.
        configurations: configurations that exist, a line each.
        chosen: configurations that are chosen, as pairs of component and configuration.
        purpose: what the stack is for, where it is said.
        versions: versions in use, by component.
        searched: components in whose sources the responsibility was looked for and not found.
        responsibility: what is judged.
        verdict: the verdict on it.
        units: the verdict in each unit of work, where that is part of the case.
        owners: who owns it, where that is part of the case.
        missing: components that are absent and to which it is handed.
        conditions: what must be said beside the verdict.
        options: who owns it once a configuration is chosen, by ``component#configuration``.
        reviewed: whether sources were searched for it.
        contrast: names of cases that it is easily mixed up with.
    """

    name: str
    because: str
    components: tuple[str, ...]
    platforms: tuple[str, ...]
    families: Mapping[str, str]
    claims: tuple[str, ...]
    joins: tuple[str, ...]
    configurations: tuple[str, ...]
    chosen: tuple[tuple[str, str], ...]
    purpose: str | None
    versions: Mapping[str, str]
    searched: tuple[str, ...]
    responsibility: str
    verdict: str
    units: Mapping[str, str] | None
    owners: tuple[str, ...] | None
    missing: tuple[str, ...] | None
    conditions: tuple[str, ...]
    options: Mapping[str, tuple[str, ...]] | None
    reviewed: bool | None
    contrast: tuple[str, ...]

    def json(self) -> Json:
        """What the case says; what it does not speak of is left out."""
        said = {key: value for key, value in self._asdict().items() if value or value is False}
        return said | ({"chosen": [list(pair) for pair in self.chosen]} if self.chosen else {})


def load() -> tuple[Case, ...]:
    """All cases, by verdict and in the order of their files.

    Raises:
        DataError: a file has other keys than the README of the folder says, or is no YAML.
    """
    files = sorted((paths.ontology() / "examples").glob("*.yaml"))
    return tuple(case for file in files for case in read(file))


def of_verdict(verdict: str) -> tuple[Case, ...]:
    """The cases of one verdict, the plainest first; none if it has no file.

    Raises:
        DataError: as :func:`load`.
    """
    file = paths.ontology() / "examples" / f"{verdict}.yaml"
    return read(file) if file.is_file() else ()


def read(file: Path) -> tuple[Case, ...]:
    """The cases of one file.

    Raises:
        DataError: as :func:`load`.
    """
    import yaml

    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it was built so
        found = yaml.load(file.read_text("utf-8"), loader)
        return tuple(_case(entry, file) for entry in found)
    except yaml.YAMLError as error:
        raise DataError(f"no YAML: {error}", path=file) from None


def _case(entry: Mapping[str, Any], file: Path) -> Case:
    """A case as its file says it."""
    name = entry.get("name", "a case without a name")
    if unknown := set(entry) - KEYS:
        raise DataError(f"{name}: no case has a key {', '.join(sorted(unknown))}", path=file)
    if absent := {"name", "because", "components", "responsibility", "verdict"} - set(entry):
        raise DataError(f"{name}: say {', '.join(sorted(absent))} too", path=file)
    chosen = entry.get("in", {})
    return Case(
        name=name,
        because=entry["because"],
        components=(*entry["components"], *entry.get("platforms", ())),
        platforms=tuple(entry.get("platforms", ())),
        families=entry.get("families", {}),
        claims=tuple(entry.get("claims", ())),
        joins=tuple(entry.get("joins", ())),
        configurations=tuple(entry.get("configurations", ())),
        chosen=tuple((who, name) for who, names in chosen.items() for name in _several(names)),
        purpose=entry.get("purpose"),
        versions={who: str(version) for who, version in entry.get("versions", {}).items()},
        searched=tuple(entry.get("searched", ())),
        responsibility=entry["responsibility"],
        verdict=entry["verdict"],
        units=entry.get("units"),
        owners=None if "owners" not in entry else tuple(entry["owners"]),
        missing=None if "missing" not in entry else tuple(entry["missing"]),
        conditions=tuple(entry.get("conditions", ())),
        options=_options(entry.get("options")),
        reviewed=entry.get("reviewed"),
        contrast=_several(entry.get("contrast", ())),
    )


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _options(given: Mapping[str, Any] | None) -> Mapping[str, tuple[str, ...]] | None:
    return None if given is None else {name: _several(owners) for name, owners in given.items()}
