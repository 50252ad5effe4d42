"""The child's side: ``python -m bench.worker NAME ARGUMENT…`` prepares one task and repeats it.

A task is a function that prepares (loads a graph, reads files) and returns what takes a request and
makes ready for one reading; only what that returns is timed.

**Seconds** are the smaller of wall time and of this process's processor time: on a machine shared
with others the wall clock counts their work too, and processor time counts every thread of an
engine that uses several at once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from bench import engines, jobs

Json = dict[str, Any]
TASKS: dict[str, Callable[..., Callable[[Json], Callable[[], int]]]] = {
    **engines.ENGINES,
    **jobs.JOBS,
}


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What *work* returns, and the seconds it took."""
    wall, processor = time.perf_counter(), time.process_time()
    found = work()
    return found, min(time.perf_counter() - wall, time.process_time() - processor)


def main() -> None:
    """Prepare, then take readings until nobody asks any more."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print goes to the errors
    signal.signal(signal.SIGPROF, _late)

    def say(work: Callable[[], Json]) -> None:
        try:
            answer = work()
        except TimeoutError:
            answer = {"error": "longer than its limit"}
        except BaseException as error:  # a panic in Rust is no Exception
            answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"}
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps({**answer, "peak": peak()}), file=out, flush=True)

    task: list[Any] = []

    def prepare() -> Json:
        found, seconds = timed(lambda: TASKS[sys.argv[1]](*sys.argv[2:]))
        task.append(found)
        return {"seconds": seconds}

    say(prepare)
    for line in sys.stdin:
        request = json.loads(line)
        say(lambda: reading(task[0], request))  # noqa: B023 - called before the next line


def reading(task: Callable[[Json], Callable[[], Any]], request: Json) -> Json:
    """One reading; one that is written in Python can be interrupted, others are ended."""
    signal.setitimer(signal.ITIMER_PROF, request["limit"])
    work = task(request)
    if (times := request.get("times", 1)) > 1:
        counts, seconds = timed(lambda: [work() for _ in range(times)])
        return {"seconds": seconds / times, "count": counts[-1]}
    count, seconds = timed(work)
    if not (request.get("kinds") and request.get("first")):
        return {"seconds": seconds, "count": count}
    kinds = work.kinds()  # type: ignore[attr-defined]
    return {"seconds": seconds, "count": sum(kinds.values()), "kinds": kinds}


def peak() -> float:
    """The most memory this process has held, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _late(number: int, frame: FrameType | None) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
