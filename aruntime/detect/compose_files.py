"""Docker Compose files: services with their images, command lines and environment.

A service with a profile runs only when somebody asks for the profile. Variables take the values of
``.env`` beside the file, as Compose does, and else their defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import yaml

from aruntime.detect.model import Fact, Unread
from aruntime.detect.objects import Context, Wanted, fact, walk
from aruntime.detect.yaml_files import Budget, Node, Source, get, items, pairs, text

_LONGEST: Final = 512
"""Characters of the value of a variable."""


def is_compose(node: Node) -> bool:
    """Whether a document is a compose file: services, each a mapping, and no Kubernetes object."""
    services = [value for _, value in pairs(get(node, "services"))]
    return (
        bool(services)
        and get(node, "apiVersion") is None
        and all(isinstance(service, yaml.MappingNode) for service in services)
    )


def facts(
    node: Node, source: Source, wanted: Wanted, budget: Budget, variables: Mapping[str, str]
) -> Iterator[Fact]:
    """What a compose file says.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    for key, value in pairs(node):
        if key.value == "services":
            whole = Context(source, wanted, "compose", "compose", source.file, source.file, budget)
            whole = whole._replace(variables=variables)
            yield fact(whole, "field", "services", "{}", source.of(key))
            for name, service in pairs(value):
                unit = f"{source.file}:{name.value}"
                profiles = [text(p) for p in items(get(service, "profiles"))]
                below = whole._replace(object=f"service/{name.value}", scope=unit, unit=unit)
                if profiles:
                    below = below._replace(
                        status="unused",
                        note=f"only with profile {' or '.join(filter(None, profiles))}",
                    )
                yield from walk(service, below, "", 1)


def left_out(node: Node, source: Source) -> Iterator[Unread]:
    """What a compose file takes from elsewhere, which is not read there."""
    for key, _ in pairs(node):
        if key.value == "include":
            why = "include is not followed: name the files that it leads to, too"
            yield Unread(source.file, source.of(key).line, why)
    for name, service in pairs(get(node, "services")):
        extends = get(service, "extends")
        if extends is not None:
            why = f"extends is not followed: what service {name.value[:_LONGEST]} takes over"
            yield Unread(source.file, source.of(extends).line, why)


def variables_of(env: str) -> dict[str, str]:
    """The variables of a ``.env`` file; of a long value only the beginning."""
    found = {}
    for line in env.splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and name.isidentifier():
            found[name] = value.strip().strip("\"'")[:_LONGEST]
    return found
