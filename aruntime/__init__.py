"""aruntime: who owns what in a stack of AI runtimes, in which unit of work, for which version, and says which source.

    >>> import aruntime
    >>> graph = aruntime.Graph.open()
    >>> aruntime.compose(graph, ["kserve", "vllm"]).summary

Names are loaded when they are first used, so that a command pays only for what it needs.
"""

from importlib import import_module as _import_module

_HOMES = {
    "Graph": "graph",
    "compare": "comparison",
    "compose": "composition",
    "describe": "description",
    "explain": "explanation",
    "select": "selection",
    "validate": "validation.validate",
}

__all__ = ["Graph", "compare", "compose", "describe", "explain", "select", "validate"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'aruntime' has no attribute {name!r}")
    return getattr(_import_module(f"aruntime.{_HOMES[name]}"), name)
