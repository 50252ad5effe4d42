"""The tools for agents, asked by a real client of the protocol."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Coroutine
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra mcp is not installed")
from mcp import Client, StdioServerParameters
from mcp_types import CallToolResult

from aruntime.graph import Graph
from aruntime.mcp_server import INSTRUCTIONS, MAX_ROWS, server
from aruntime.session import Session
from aruntime.stacks import compose

NAMES = {"compose", "select", "compare", "why", "show", "search", "ask", "list_questions"}


def call(graph: Graph, name: str, **arguments: object) -> CallToolResult:
    """What a client gets from one tool."""

    async def ask() -> CallToolResult:
        async with Client(server(Session(graph.engine))) as client:
            return await client.call_tool(name, arguments)

    return run(ask())


def run(work: Coroutine[Any, Any, CallToolResult]) -> CallToolResult:
    return asyncio.run(work)


def answer(graph: Graph, name: str, **arguments: object) -> dict[str, Any]:
    found = call(graph, name, **arguments)
    assert not found.is_error, found.content
    assert isinstance(found.structured_content, dict)
    assert json.loads(found.content[0].text) == found.structured_content  # type: ignore[union-attr]
    return found.structured_content


def test_tools_say_what_they_do_and_change_nothing(small: Graph) -> None:
    async def listed() -> Any:
        async with Client(server(Session(small.engine))) as client:
            assert client.instructions == INSTRUCTIONS
            return (await client.list_tools()).tools

    tools = asyncio.run(listed())
    assert {tool.name for tool in tools} == NAMES
    for tool in tools:
        assert tool.description
        assert tool.annotations.read_only_hint is True
        assert tool.output_schema is not None


def test_compose_gives_decisions_with_claims_and_sources(small: Graph) -> None:
    found = answer(small, "compose", components=["server", "engine"])
    whole = compose(small, ["server", "engine"])
    acting = [row.responsibility for row in whole.rows if row.act and row.asked]
    assert acting
    assert set(acting) <= {row["responsibility"] for row in found["responsibilities"]}
    claims = [claim for row in found["responsibilities"] for claim in row["claims"]]
    assert claims
    assert all(claim["statement"] and claim["source"] and claim["locator"] for claim in claims)
    assert answer(small, "compose", components=["server", "engine"], everything=True) == json.loads(
        json.dumps(whole.json())
    )


def test_each_tool_answers_from_the_graph(small: Graph) -> None:
    asked = answer(small, "ask", question="who-owns-batching", parameters={"runtime": "engine"})
    assert asked["in_all"] == len(asked["rows"]) > 0
    claim = asked["rows"][0]["claim"]
    assert asked["rows"][0]["runtime"] == "engine"
    assert claim.startswith("engine#")
    cited = answer(small, "why", parts=[claim])["evidence"]
    assert cited[0]["locator"]
    shown = answer(small, "show", thing="engine")
    assert claim in [one["claim"] for one in shown["claims"]]
    found = answer(small, "search", words="batching")
    assert found["in_all"] >= len(found["matches"]) > 0
    selected = answer(small, "select", owns=["continuous-batching"])
    assert "engine" in [candidate["component"] for candidate in selected["candidates"]]
    compared = answer(small, "compare", left="engine", right="server", layers=[3, 4])
    assert compared["lines"]
    listed = answer(small, "list_questions")["questions"]
    assert "who-owns-batching" in [question["name"] for question in listed]


def test_answers_are_bounded_and_say_so(small: Graph) -> None:
    found = answer(small, "ask", question="names", terms="iris")
    assert len(found["rows"]) == MAX_ROWS < found["in_all"]
    assert found["rows"][0]["thing"].startswith("https://")


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("compose", {"components": ["engin"]}, "did you mean engine"),
        ("compose", {"components": []}, "components"),
        ("compose", {"component": ["engine"]}, "did you mean components?; it takes components"),
        ("why", {"claim": "engine#batches"}, "why takes no 'claim'; it takes parts"),
        ("why", {}, "why: parts is missing; give A claim"),
        ("why", {"parts": "engine#batches"}, "parts is wrong"),
        ("list_questions", {"tag": "x"}, "takes no 'tag'"),
        ("ask", {"question": "who-owns-batchin"}, "did you mean who-owns-batching"),
        ("ask", {"question": "evidence-of"}, "needs claim"),
        ("why", {"parts": ["engine"]}, "is not a claim"),
        ("why", {"parts": ["engine", "hosts"]}, "give a claim"),
        ("select", {}, "say what is needed"),
        ("select", {"owns": ["batchin"]}, "did you mean batching"),
        ("show", {"thing": "engin"}, "did you mean engine"),
        ("search", {"words": " "}, "say a word"),
    ],
)
def test_mistakes_are_answered_with_a_remedy(
    name: str, arguments: dict[str, object], words: str, small: Graph
) -> None:
    found = call(small, name, **arguments)
    assert found.is_error
    assert words in found.content[0].text  # type: ignore[union-attr]
    assert "Traceback" not in found.content[0].text  # type: ignore[union-attr]


@pytest.mark.slow
def test_installed_command_speaks_the_protocol_on_its_standard_streams(graph: Graph) -> None:
    async def ask() -> CallToolResult:
        command = StdioServerParameters(
            command=sys.executable, args=["-m", "aruntime", "mcp"], env=dict(os.environ)
        )
        async with Client(command, read_timeout_seconds=60) as client:
            return await client.call_tool("compose", {"components": ["kserve", "vllm"]})

    found = run(ask())
    assert isinstance(found.structured_content, dict)
    components = [one["component"] for one in found.structured_content["components"]]
    assert components == ["kserve", "vllm"]
    assert found.structured_content["summary"] == compose(graph, ["kserve", "vllm"]).summary
