"""Walks through one object: a Kubernetes object, the values of a chart, a service.

Nothing here knows a component. A walk gives every field, image, command line, environment variable
and address as a :class:`.model.Fact`, as far as some key looks for one of that name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

import yaml

from aruntime.detect import images, yaml_files
from aruntime.detect.commands import Word, arguments, words
from aruntime.detect.model import Fact, Place, Unread, Version
from aruntime.detect.yaml_files import Budget, Node, Source, cost, get, pairs, text

_SCHEME: Final = re.compile(r"^([a-z][a-z0-9+.-]{1,20})://\S")
_COMMANDS: Final = ("command", "args", "entrypoint", "serverArgs", "extraArgs")
_ENVIRONMENTS: Final = ("env", "envs", "environment", "extraEnv")
_TAGS: Final = ("tag", "imageTag", "version")
_ARGUMENTS: Final = re.compile(r"(?:^|_)(?:ARGS|ARGUMENTS|OPTS|OPTIONS)$")
_NESTED: Final = re.compile(r"(?:\.ya?ml|serveConfigV2|[Cc]onfig|-)$")
_YAML: Final = re.compile(r"^\s*(?:- )?[\w.\"'/-]+:(?:\s|$)")
_RANGE: Final = re.compile(r"^[><=~^*!]|\|\||\s")
_MAX_NESTING: Final = 2
_LONGEST: Final = 2_000
"""Characters of a path at which a key can look for something."""
_CHARACTERS: Final = 8
"""Characters of YAML within YAML that count as one node."""


class Wanted(NamedTuple):
    """What keys look for, so that nothing else is collected.

    Attributes:
        fields: last parts of paths.
        arguments: words and options.
    """

    fields: Collection[str]
    arguments: Collection[str]


class Context(NamedTuple):
    """What is known of an object while it is walked through.

    Attributes:
        variables: values of variables that are known, or ``None`` where ``${…}`` is no variable.
        entry: whether no command stands in the place of an image's entry point.
    """

    source: Source
    wanted: Wanted
    object: str
    resource: str
    scope: str
    unit: str
    budget: Budget
    status: str = "seen"
    note: str = ""
    namespace: str = ""
    variables: Mapping[str, str] | None = None
    nesting: int = 0
    entry: bool = True


def walk(node: Node, context: Context, path: str = "", depth: int = 0) -> Iterator[Fact]:
    """The facts of a node and of everything below it.

    Raises:
        TooLarge: the budget of the file is spent.
    """
    context.budget.spend(depth, cost(node, path))
    if isinstance(node, yaml.MappingNode):
        yield from _mapping(node, context, path, depth)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            below = context
            if isinstance(item, yaml.MappingNode) and _is_container(item):
                below = context._replace(unit=f"{context.unit}{path}[{number}]")
            elif path.rpartition(".")[2] in context.wanted.fields and (said := text(item)):
                yield fact(context, "field", f"{path}[]", said, context.source.of(item))
            yield from walk(item, below, f"{path}[]", depth + 1)
    elif isinstance(node, yaml.ScalarNode):
        yield from _scalar(node, context, path, depth)


def fact(context: Context, kind: str, name: str, value: str | None, place: Place) -> Fact:
    """A fact about the object that *context* is about."""
    return Fact(
        kind, name, value, place, context.unit, context.scope, context.object,
        context.resource,
        status=context.status, note=context.note, namespace=context.namespace, entry=context.entry,
    )  # fmt: skip


def image(
    context: Context, written: str, place: Place, tag: tuple[str, Place] | None = None
) -> Iterator[Fact]:
    """The fact that an image is used; nothing where the text is a placeholder.

    Args:
        tag: the tag and its place, where it stands apart from the repository.
    """
    found = images.parse(written, context.variables)
    if found is None:
        return
    named, where = tag if tag is not None else (found.tag or "", place)
    named, default = images.substituted(named, context.variables)
    version = images.version_of(
        named.partition("@")[0] or found.tag, found.default or default, where
    )
    if not version.written and found.digest:
        version = version._replace(written=f"@{found.digest}")
    yield fact(context, "image", found.repository, version.text, place)._replace(version=version)


def chart_fact(
    context: Context, name: str, repository: str | None, node: Node, version: Node | None
) -> Fact:
    """The fact that a chart is used.

    Args:
        repository: address of the repository that has it, if that is said.
        node: where its name stands.
        version: its version, or a range of versions.
    """
    place = context.source.of(node)
    host = re.sub(r"^[a-z]+://", "", repository or "").strip("/")
    written = text(version) or ""
    where = context.source.of(version) if version is not None else None
    found = fact(context, "chart", f"{host}/{name}" if host else name, name, place)
    return found._replace(version=_version(written, where))


def _version(written: str, place: Place | None) -> Version:
    """The version of a chart; of a range only what it begins with, as a lower bound."""
    if not written or place is None:
        return Version(None, "unknown", "", None)
    if _RANGE.search(written):
        return Version(None, "lower-bound", written, place)
    return images.version_of(written, False, place)


def _mapping(node: yaml.MappingNode, context: Context, path: str, depth: int) -> Iterator[Fact]:
    entries = pairs(node)
    values = {key.value: value for key, value in entries}
    if _off(values) and path:
        context = context._replace(
            status="unused", note=f"{path.rpartition('.')[2]}.enabled is false"
        )
    if path and not path.endswith("]") and _is_container(node):
        context = context._replace(unit=f"{context.unit}.{path}")
    own = values.get("entrypoint" if context.resource == "compose" else "command")
    if text(own) or yaml_files.items(own):
        context = context._replace(entry=False)
    yield from _image(values, context)
    chart, version = values.get("chart"), values.get("targetRevision") or values.get("version")
    if chart is not None and version is not None and (named := text(chart)):
        repository = text(values.get("repoURL") or values.get("repo"))
        yield chart_fact(context, named, repository, chart, version)
    commands = [values[name] for name in _COMMANDS if name in values]
    if commands:
        yield from _command(words(commands, context.source, context.budget), context)
    for key, value in entries:
        below = f"{path}.{key.value}" if path else key.value
        yield from _field(key, value, context, below)
        if key.value in _ENVIRONMENTS:
            yield from environment(value, context)
        command = key.value in _COMMANDS and not isinstance(value, yaml.MappingNode)
        if command or (key.value == "image" and isinstance(value, yaml.ScalarNode)):
            context.budget.spend(depth, cost(value, below))
            continue
        yield from walk(value, context, below, depth + 1)


def _is_container(node: Node) -> bool:
    """Whether a mapping describes what runs as one: it has an image, a command, or a repository."""

    def has(*names: str) -> bool:
        return any(get(node, name) is not None for name in names)

    return (
        has("image", "mainContainer")
        or (has("repository") and has("tag"))
        or (has("name") and has("command", "args", "env"))
    )


def _off(values: Mapping[str, Node]) -> bool:
    return (text(values.get("enabled")) or "").lower() == "false"


def _image(values: Mapping[str, Node], context: Context) -> Iterator[Fact]:
    """The image of a mapping: in one scalar, or as repository and tag."""
    source = context.source
    for name, node in values.items():
        written = text(node)
        if written and (name in ("image", "imageName") or name.endswith("Image")):
            place = source.of(node)
            if name != "image" or "repository" not in values:
                tag = next((values[t] for t in _TAGS[:2] if t in values), None)
                apart = text(tag) if ":" not in written.rpartition("/")[2] else None
                yield from image(
                    context, written, place, (apart, source.of(tag)) if apart and tag else None
                )
    registry = text(values.get("registry") or values.get("hub"))
    repository = values.get("repository") or (values.get("name") if registry else None)
    tag = next((values[name] for name in _TAGS if name in values), None)
    named = text(repository)
    if repository is None or not named or "://" in named or not (tag or ":" in named):
        return
    whole = f"{registry}/{named}" if registry else named
    beside = (text(tag) or "", source.of(tag)) if tag is not None else None
    yield from image(context, whole, source.of(repository), beside)


def _command(line: list[Word], context: Context) -> Iterator[Fact]:
    for name, value, place in arguments(line):
        if name in context.wanted.arguments:
            yield fact(context, "argument", name, value, place)


def environment(node: Node, context: Context) -> Iterator[Fact]:
    """The facts of environment variables, written as mapping, as ``NAME=value`` or as a list of
    names and values; a variable that carries arguments gives these, too."""
    source = context.source
    found: list[tuple[str, Node | None, Place]] = []
    for key, value in pairs(node):
        found.append((key.value, value, source.of(key)))
    for item in yaml_files.items(node):
        context.budget.spend(0, cost(item))
        if isinstance(item, yaml.ScalarNode):
            name, _, _ = item.value.partition("=")
            found.append((name, item, source.of(item)))
        else:
            name_node = get(item, "name")
            if isinstance(name_node, yaml.ScalarNode):
                found.append((name_node.value, get(item, "value"), source.of(name_node)))
    for name, value_node, place in found:
        context.budget.spend(0, cost(value_node))
        said = text(value_node)
        if isinstance(node, yaml.SequenceNode) and said and said.startswith(f"{name}="):
            said = said.removeprefix(f"{name}=")
        plain = None if said is None else images.substituted(said, context.variables)[0]
        yield fact(context, "environment", name, plain, place)
        if said and _ARGUMENTS.search(name) and isinstance(value_node, yaml.ScalarNode):
            yield from _command(words([value_node], source, context.budget), context)


def _field(key: yaml.ScalarNode, value: Node, context: Context, path: str) -> Iterator[Fact]:
    """The fact that a field is there: with its text, the kind and name of the object that it names,
    or ``{}`` for what holds more."""
    if key.value not in context.wanted.fields or len(path) > _LONGEST:
        return
    said = text(value) if isinstance(value, yaml.ScalarNode) else "{}"
    if named := text(get(value, "name")):
        said = f"{text(get(value, 'kind')) or ''}/{named}"
    if said is None:
        return
    place = context.source.of(key)
    stated = value if isinstance(value, yaml.ScalarNode) else get(value, "runtimeVersion")
    written = text(stated)
    version = None
    if written and stated is not None:
        version = images.version_of(written, False, context.source.of(stated))
    yield fact(context, "field", path, said, place)._replace(version=version)


def _scalar(node: yaml.ScalarNode, context: Context, path: str, depth: int) -> Iterator[Fact]:
    match = _SCHEME.match(node.value)
    if match:
        yield fact(context, "address", match[1], node.value, context.source.of(node))
    if "\n" in node.value and context.nesting < _MAX_NESTING and _looks_like_yaml(node, path):
        context.budget.spend(depth, len(node.value) // _CHARACTERS)
        inside = yaml_files.inner(node, context.source)
        ignored: list[Unread] = []
        for document, source in yaml_files.documents(inside, ignored):
            below = context._replace(source=source, nesting=context.nesting + 1)
            kind = text(get(document, "kind"))
            group = (text(get(document, "apiVersion")) or "").rpartition("/")[0]
            if kind and group:
                name_place = source.of(get(document, "kind") or document)
                below = below._replace(resource=f"{group}/{kind}")
                yield fact(below, "resource", f"{group}/{kind}", None, name_place)
                yield from walk(document, below, "", depth + 1)
            else:
                yield from walk(document, below, path, depth + 1)


def _looks_like_yaml(node: yaml.ScalarNode, path: str) -> bool:
    first = next(
        (
            line
            for line in node.value.split("\n")
            if line.strip() and not line.lstrip().startswith("#")
        ),
        "",
    )
    return bool(_YAML.match(first)) and (
        bool(_NESTED.search(path)) or "\nkind:" in "\n" + node.value
    )
