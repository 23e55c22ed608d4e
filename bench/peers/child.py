"""One peer in a process of its own, for one workload.

    python child.py TOOL FOLDER ROWS.npy START.npy THREADS

Reads requests from standard input, one JSON object a line, and answers each with one line:
{"passes": P, "save": FILE or null} -> seconds of a fit of P passes (0: of a whole fit), the passes
that were made, and the process's largest resident memory so far. Times are taken here, around the
fit alone. What a peer itself prints goes to standard error.
"""

import json
import os
import sys
import time

import numpy as np

import tools


def resident_peak():
    """VmHWM: getrusage would count the parent's memory before exec too."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def answer(tool, x, start, request):
    begin = time.perf_counter()
    if request["passes"] > 0:
        centroids, passes = tool.fixed(x, start, request["passes"])
    else:
        centroids, passes = tool.whole(x, start)
    seconds = time.perf_counter() - begin
    peak = resident_peak()
    if request["save"]:
        np.save(request["save"], np.asarray(centroids, dtype=np.float64))
    return {"seconds": seconds, "passes": int(passes), "peak": peak}


def main():
    name, folder, rows, start, threads = sys.argv[1:]
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    tool = {t.name: t for t in tools.TOOLS}[name](folder, int(threads))
    # The rows are mapped, as this library maps them; every peer makes what copies it wants.
    x = np.asarray(np.load(rows, mmap_mode="r"))
    c = np.load(start)
    try:
        reply = {"version": tool.version()}
    except Exception as error:
        reply = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(reply), file=replies, flush=True)
    for line in sys.stdin:
        try:
            reply = answer(tool, x, c, json.loads(line))
        except Exception as error:  # whatever a peer raises is shown in the table
            reply = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(reply), file=replies, flush=True)


if __name__ == "__main__":
    main()
