"""Readings in turns, medians of them, and ratios by pairs.

On a shared machine a time says little and a ratio much, if both its sides were read one right after
the other: a ratio here is the median of the ratios of such pairs.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from bench.child import Failed, Json, Peer

LEAST: Final = 0.0002
"""Seconds that every reading of a query counts at least: below that a pair compares clocks."""
LONG: Final = 0.02
"""Seconds that a reading takes at least: what is quicker is repeated, and the mean counts, since a
busy machine counts processor time in steps of some milliseconds."""
MOST: Final = 20
"""Most repetitions in one reading."""


class Plan(NamedTuple):
    """How long to look.

    Attributes:
        readings: of each.
        spend: seconds on one thing after which fewer readings do.
        limit: seconds that one reading may take.
        warm: whether the first, which pays for what later ones find ready, counts only where no
            other was taken.
    """

    readings: int
    spend: float
    limit: float
    warm: bool = True


def in_turns(peers: Mapping[str, Peer], request: Json, plan: Plan) -> dict[str, Json]:
    """Readings of one request by several peers, each in its turn."""
    found: dict[str, Json] = {}
    wanted: dict[str, int] = {}
    times: dict[str, int] = {}
    for name, peer in peers.items():
        try:
            first = peer.ask({**request, "first": True}, plan.limit)
        except Failed as error:
            found[name] = {"reason": str(error)}
            if "longer than" in str(error) or "no answer within" in str(error):
                found[name]["at least"] = plan.limit
            continue
        often = int(plan.spend / max(first["seconds"], 1e-6))
        times[name] = min(MOST, 1 + int(LONG / max(first["seconds"], LEAST)))
        wanted[name] = min(plan.readings - (not plan.warm), often)
        kept = [] if plan.warm and wanted[name] else [first["seconds"]]
        found[name] = {**first, "first": first["seconds"], "readings": kept}
    for turn in range(plan.readings):
        for name in [*wanted] if turn % 2 else [*reversed(wanted)]:
            if turn < wanted[name]:
                reading = peers[name].ask({**request, "times": times[name]}, plan.limit)
                found[name]["readings"].append(reading["seconds"])
    for answer in found.values():
        if "readings" in answer:
            answer["seconds"] = statistics.median(answer["readings"])
    return found


def ratio(one: Json, other: Json, least: float = 0.0) -> float | None:
    """One thing's time over another's, by pairs; a limit that was reached counts as a time."""
    pairs = list(zip(_times(one), _times(other), strict=False))
    if not pairs:
        return None
    return statistics.median(max(a, least) / max(b, least) for a, b in pairs)


def _times(answer: Json) -> Sequence[float]:
    return answer.get("readings") or ([answer["at least"]] if "at least" in answer else [])


def cold(line: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[float, int]:
    """Seconds of a whole process, as ``bench/worker.py`` counts them, and its exit code."""
    null, own = subprocess.DEVNULL, {**os.environ, **environment}
    start = time.perf_counter()
    process = subprocess.Popen(line, cwd=folder, env=own, stdin=null, stdout=null, stderr=null)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return min(wall, usage.ru_utime + usage.ru_stime), process.returncode
