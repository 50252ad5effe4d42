"""Begins an overlay: private data about one component, a policy, a deployment, a CI workflow.

Its files stand beside this module, in ``files/``: each is a text in which ``$name`` is filled in
(:class:`string.Template`); Turtle is written in its canonical form. Things have names in the
organisation's own namespace, so that nothing of them is ever mistaken for a claim of this project.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, parse

from aruntime import atomic, turtle
from aruntime.errors import DataError, UsageError
from aruntime.fields import check_slug
from aruntime.namespaces import BASE, located
from aruntime.new import REVIEW_AFTER

FILES: Final = Path(__file__).parent / "files"
"""What an overlay begins with."""
_COMPONENT: Final = "component"
"""What stands in names of files for the component's slug."""
_ORGANISATION: Final = "organisation"


def overlay(
    folder: Path,
    component: str = "acme-gateway",
    organisation: str = "acme",
    namespace: str | None = None,
    today: datetime | None = None,
) -> list[Path]:
    """Write a new overlay.

    Args:
        folder: where it begins; it may exist, but none of the files may.
        component: slug of the component that the example describes.
        organisation: slug of the organisation that maintains it.
        namespace: IRI that the names of its things begin with, ending with ``/``; if absent,
            ``https://ORGANISATION.example/id/``.
        today: the day of the example's dates; this day if absent.

    Returns:
        The files written.

    Raises:
        UsageError: a slug or the namespace is none, or a file exists: nothing is overwritten.
        DataError: a file cannot be written.

    Example:
        >>> [path.name for path in overlay(Path("private"))][-1]
        'gateway.yaml'
    """
    check_slug(component, "--component")
    check_slug(organisation, "--organisation")
    base = namespace or f"https://{organisation}.example/id/"
    _check_namespace(base, component)
    now = today or datetime.now(UTC)
    values = {
        "component": component,
        "label": component.replace("-", " ").title(),
        "organisation": organisation,
        "organisation_label": organisation.replace("-", " ").title(),
        "namespace": base,
        "today": f"{now:%Y-%m-%d}",
        "later": f"{now + REVIEW_AFTER:%Y-%m-%d}",
    }
    names = {_COMPONENT: component, _ORGANISATION: organisation}
    written: dict[Path, bytes] = {}
    for path in sorted(p for p in FILES.rglob("*") if p.is_file()):
        parts = path.relative_to(FILES).parts
        target = folder.joinpath(*(_renamed(part, names) for part in parts))
        text = Template(path.read_text("utf-8")).substitute(values)
        written[target] = _canonical(text) if path.suffix == ".ttl" else text.encode()
    for target in written:
        if target.exists() or target.is_symlink():
            raise UsageError("the file exists already; nothing was written", path=target)
    for target, content in written.items():
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(
                f"the folder cannot be made: {error.strerror}", path=target.parent
            ) from None
        atomic.write(target, content)
    return list(written)


def _renamed(part: str, names: dict[str, str]) -> str:
    """The name of a file or folder, with the slug of what its first word stands for."""
    first = part.partition(".")[0].partition("-")[0]
    return names.get(first, first) + part.removeprefix(first)


def _canonical(text: str) -> bytes:
    return turtle.write(quad.triple for quad in parse(text.encode(), RdfFormat.TURTLE)).encode()


def _check_namespace(base: str, component: str) -> None:
    """Refuse what things cannot be named in.

    Raises:
        UsageError: it is no IRI that ends with ``/``, or it is this project's.
    """
    try:
        found = located(NamedNode(f"{base}runtime/{component}").value)
    except ValueError:
        found = None
    if found is None or found[0] != base or "#" in base or "?" in base:
        raise UsageError(
            f"{base!r} is no namespace; write one such as https://acme.example/id/, with a / at its end"
        )
    if base.startswith(BASE):
        raise UsageError(f"{base} is this project's; name things in a namespace of your own")
