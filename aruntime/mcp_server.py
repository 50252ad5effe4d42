"""Tools for agents: the questions of the command line over the Model Context Protocol
(https://modelcontextprotocol.io), with the official SDK (the extra ``mcp``).

Each tool calls the function that the command of its name calls. Answers are JSON objects; every
statement in them carries the claims that it rests on, and each claim its source. An answer is kept
short where an agent needs only what is to be decided: ``everything`` gives the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib.metadata import version
from typing import Annotated, Any, Final, Literal, ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, InputRequiredResult, ToolAnnotations
from pydantic import Field, ValidationError

from aruntime import questions
from aruntime.composition import Claim, Composition, Row, shown
from aruntime.errors import AruntimeError
from aruntime.model import Json, plain
from aruntime.names import name_of
from aruntime.namespaces import curie, slug
from aruntime.render import stack as stacks
from aruntime.session import Session

INSTRUCTIONS: Final = " ".join(
    """\
aruntime knows who owns what in a stack of AI runtimes (vLLM, KServe, Ray Serve …): in which unit of
work, for which version, and which primary source says so. Ask `compose` what must be decided when
several components run together, `select` which components meet needs, `compare` where two differ,
`why` for the cited lines behind a claim or statement, `show` and `search` to find things, and `ask`
the named questions that `list_questions` lists. Names are slugs such as vllm; a wrong one is
answered with near ones. `unknown` means that nobody has shown anything: it is never a no. Cite the
source and locator of a claim that you use.""".split()
)
"""What an agent is told of the tools as a whole."""

_READS: Final = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
MAX_ROWS: Final = 200
"""Most rows, matches or claims of an answer; it says how many there are."""

Given = ParamSpec("Given")
Names = Annotated[
    list[str], Field(description="Slugs of runtimes or other components.", min_length=1)
]
Needs = Annotated[list[str] | None, Field(description="Slugs; every one must be met.")]


class _Server(MCPServer):
    """A server that says in our words what is wrong with the arguments of a tool; the SDK itself
    drops an argument that the tool does not take."""

    async def call_tool(
        self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None
    ) -> CallToolResult | InputRequiredResult:
        """See :meth:`MCPServer.call_tool`."""
        tools = {tool.name: tool.input_schema["properties"] for tool in await self.list_tools()}
        takes = tools.get(name, arguments)
        for argument in arguments:
            if argument not in takes:
                near, all_ = questions.suggestion(argument, takes), ", ".join(takes) or "nothing"
                raise ToolError(f"{name} takes no {argument!r}{near}; it takes {all_}")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if not isinstance(error.__cause__, ValidationError):
                raise
            wrong = error.__cause__.errors()[0]
            argument = str(wrong["loc"][0])
            said = "is missing" if wrong["type"] == "missing" else f"is wrong: {wrong['msg']}"
            meant = takes[argument].get("description", "a name")
            raise ToolError(f"{name}: {argument} {said}; give {meant}") from None


@contextmanager
def _errors() -> Iterator[None]:
    """An error of ours is the tool's answer: the agent reads what is wrong and tries again."""
    try:
        yield
    except AruntimeError as error:
        raise ToolError(error.message) from None


def server(graph: Session) -> MCPServer:
    """The tools over a graph.

    Example:
        >>> server(aruntime.open()).run("stdio")
    """
    made = _Server(
        "aruntime",
        title="Who owns what in a stack of AI runtimes",
        instructions=INSTRUCTIONS,
        version=version("aruntime"),
        log_level="WARNING",
    )

    def tool(function: Callable[Given, Json]) -> Callable[Given, Json]:
        @wraps(function)
        def guarded(*arguments: Given.args, **named: Given.kwargs) -> Json:
            with _errors():
                return function(*arguments, **named)

        return made.tool(annotations=_READS)(guarded)

    @tool
    def compose(
        components: Names,
        configurations: Annotated[
            dict[str, str] | None,
            Field(description='By component the configuration in use, {"kserve": "standard"}.'),
        ] = None,
        versions: Annotated[
            dict[str, str] | None,
            Field(description='By component the version in use, {"vllm": "0.33.0"}.'),
        ] = None,
        purpose: Annotated[
            str | None,
            Field(description="What it is for, such as online-serving; follows if absent."),
        ] = None,
        everything: Annotated[
            bool, Field(description="Also what is settled or not asked for, and further fields.")
        ] = False,
    ) -> dict[str, Any]:
        """Who owns what when components run together, and what an architect must decide: choices of
        configuration, conflicts, missing components, what is owned in part or by nobody."""
        found = graph.compose(
            *components, configurations=configurations, versions=versions, purpose=purpose
        )
        return found.json() if everything else decisions(found)

    @tool
    def select(
        owns: Needs = None,
        target: Needs = None,
        precision: Needs = None,
        exposes: Needs = None,
        consumes: Needs = None,
        works_with: Needs = None,
        boundary: Needs = None,
        execution: Needs = None,
        lifecycle: Needs = None,
        unit: Annotated[str | None, Field(description="Unit of work of what is owned.")] = None,
        everything: Annotated[
            bool, Field(description="Also candidates that do not meet it.")
        ] = False,
    ) -> dict[str, Any]:
        """Which components meet needs: responsibilities that they own, hardware targets,
        precisions, interfaces that they expose or consume, components that they work with, where
        and how they run, and their lifecycle. An answer is yes, part, no or unknown, with its
        claims."""
        needs = {
            "owns": owns, "target": target, "precision": precision, "exposes": exposes,
            "consumes": consumes, "works_with": works_with, "boundary": boundary,
            "execution": execution, "lifecycle": lifecycle,
        }  # fmt: skip
        found = graph.select(
            unit=unit, **{kind: values for kind, values in needs.items() if values}
        )
        kept = [c for c in found if everything or c.verdict in ("yes", "part")]
        return {"candidates": [c.json() for c in kept], "others": len(found) - len(kept)}

    @tool
    def compare(
        left: str,
        right: str,
        layers: Annotated[
            list[int] | None, Field(description="Layers 0 to 6 that declare the scope.")
        ] = None,
    ) -> dict[str, Any]:
        """Where two components of one family and layer differ, what is known of one alone, and
        where they agree; with claims. Never a ranking."""
        return graph.compare(left, right, layers=layers or ()).json()

    @tool
    def why(
        parts: Annotated[
            list[str],
            Field(description='A claim, ["kserve#hosts-vllm"], or ["kserve", "hosts", "vllm"].'),
        ],
    ) -> dict[str, Any]:
        """The cited lines behind a claim, or the rules and claims behind a statement."""
        return graph.why(*parts).json()

    @tool
    def show(
        thing: Annotated[
            str, Field(description="vllm, unit/request, vllm#family, ar:Claim, an IRI.")
        ],
    ) -> dict[str, Any]:
        """Everything about one thing: its properties, and claims that are about it or name it, with
        their sources."""
        found = graph.show(thing).json()
        claims = found["claims"]
        return {**found, "claims": claims[:MAX_ROWS], "claims_in_all": len(claims)}

    @tool
    def search(
        words: Annotated[str, Field(description="All must occur; case and order do not matter.")],
    ) -> dict[str, Any]:
        """Things and claims in whose labels, definition or statement all words occur."""
        found = graph.search(*words.split())
        matches = [
            {
                "name": name_of(m.thing),
                "property": curie(m.property),
                "text": m.text,
                "status": m.status,
            }
            for m in found
        ]
        return {"matches": matches[:MAX_ROWS], "in_all": len(matches)}

    @tool
    def ask(
        question: Annotated[
            str, Field(description="The name of a question, see `list_questions`.")
        ],
        parameters: Annotated[
            dict[str, str] | None, Field(description='By parameter a name, {"runtime": "vllm"}.')
        ] = None,
        terms: Annotated[
            Literal["names", "iris"], Field(description="Write things as names or as IRIs.")
        ] = "names",
    ) -> dict[str, Any]:
        """The rows of a named question."""
        found = graph.question(question, **(parameters or {}))
        rows = found.records()
        if terms == "names":
            table = found.table()
            rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
        return {"question": question, "rows": rows[:MAX_ROWS], "in_all": len(rows)}

    @tool
    def list_questions() -> dict[str, Any]:
        """The named questions: what each asks, and its parameters."""
        asked = map(questions.described, questions.catalogue())
        return {
            "questions": [{k: one[k] for k in ("name", "summary", "parameters")} for one in asked]
        }

    return made


def decisions(found: Composition) -> Json:
    """What a composition asks an architect to decide, with claims and sources.

    Returns:
        ``components``, ``purposes``, ``summary``, ``warnings``, ``choices`` that are open,
        ``missing`` components, ``responsibilities`` on which somebody must act, ``settled`` and
        ``unknown`` by name.
    """
    rows = [row for row in found.ordered if shown(row)]
    whole = found.json()
    return {
        "components": whole["components"],
        "purposes": whole["purposes"],
        "summary": whole["summary"],
        "warnings": stacks.warnings(found),
        "choices": [choice for choice in whole["choices"] if choice["chosen"] is None],
        "missing": whole["missing"],
        "responsibilities": [_acting(row) for row in rows if row.act],
        "settled": {row.responsibility: list(row.owners) for row in rows if row.settled},
        "unknown": [row.responsibility for row in rows if row.verdict == "unknown"],
    }


def _acting(row: Row) -> Json:
    return {
        "responsibility": row.responsibility,
        "verdict": row.verdict,
        "layer": row.layer,
        "owners": list(row.owners),
        "missing": list(row.missing),
        "conditions": list(row.conditions),
        "options": plain(row.options),
        "claims": [_cited(claim) for claim in row.claims],
    }


def _cited(claim: Claim) -> Json:
    return {
        "claim": claim.claim,
        "who": stacks.who(claim),
        "statement": claim.statement,
        "source": slug(claim.source),
        "locator": claim.locator,
    }
