"""Measures the engine against its peers: the same query text, the same files, the same shapes.

``python -m bench`` makes a graph (``bench/generate.py``), measures everything on it, and prints
Markdown tables; ``--save`` keeps the run as JSON, ``--report`` prints saved runs and measures
nothing. ``--quick`` takes a small graph, our store, raw Oxigraph and rdflib alone, and prints JSON.

Ratios of ``…_vs_owlrl``, ``…_vs_pyshacl`` and ``…_vs_rdflib_geomean`` say how many times faster we
are; all others are our time over theirs. How they are read: ``bench/readings.py``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from bench.readings import Plan
from bench.report import markdown
from bench.run import Size, measured

QUICK = Size(
    40_000, 300, 20, Plan(5, 60.0, 60.0, warm=False), Plan(5, 0.1, 0.8), quick=True, spent=8.0
)


def main() -> None:
    """Measure, or print what was measured."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--quick", action="store_true", help="within 50 s of processor time; JSON")
    parser.add_argument("--triples", type=int, default=100_000, help="size of the compiled graph")
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for one question")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the run as JSON")
    parser.add_argument("--report", type=Path, nargs="+", metavar="FILE", help="print saved runs")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keep the graphs, and use them")
    options = parser.parse_args()
    if options.report:
        print("\n".join(markdown(json.loads(path.read_text())) for path in options.report), end="")
        return
    every = max(1, options.triples // 8_000)
    looked = Plan(5, 60.0, 3600.0, warm=False), Plan(5, options.limit / 4, options.limit)
    full = Size(options.triples, 1_500, every, *looked, spent=20 * options.limit)
    with tempfile.TemporaryDirectory(prefix="aruntime-bench-") as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        found = measured(QUICK if options.quick else full, work)
    if options.save:
        options.save.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    json.dump(found, sys.stdout, indent=1) if options.quick else print(markdown(found), end="")


if __name__ == "__main__":
    main()
