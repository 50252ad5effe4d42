"""aruntime: who owns what in a stack of AI runtimes, in which unit of work, for which version, and says which source.

>>> import aruntime
>>> graph = aruntime.Graph.open()
>>> aruntime.compose(graph, ["kserve", "vllm"]).summary
"""

from aruntime.comparison import compare as compare
from aruntime.composition import compose as compose
from aruntime.description import describe as describe
from aruntime.graph import Graph as Graph
from aruntime.selection import select as select
