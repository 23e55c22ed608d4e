#!/usr/bin/env python3
"""This library beside other k-means: same rows, same start, same number of passes, same threads.

    python3 -m venv build/peers-python
    build/peers-python/bin/pip install -r bench/peers/requirements.txt
    build/peers-python/bin/python bench/peers/run.py --command build/release/kmeans

Every peer runs in a process of its own, in alternating order, --rounds times; what is shown are
medians of the rounds. A peer that is not installed, fails or is left out is named with the reason.
After each workload the files in --folder are written anew: passes.md (or fits.md), the same as .csv
and .json, and passes-table.md, the table for a README.
"""

import argparse
import ctypes
import datetime
import os
import platform
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def positive(text):
    """A whole number from 1 on."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1 on")
    return int(text)


def arguments(workload_names, tool_names):
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD",
                        help=f"some of: {' '.join(workload_names)} (default: all)")
    parser.add_argument("--quick", action="store_true",
                        help="three workloads, generated ones with 20,000 rows at most, and "
                             "fewer runs of what is short")
    parser.add_argument("--fits", action="store_true",
                        help="whole fits, each tool's own default stop rule, instead of passes")
    parser.add_argument("--peers", metavar="LIST", default=",".join(tool_names),
                        help=f"with commas, some of: {', '.join(tool_names)}")
    parser.add_argument("--rounds", type=positive, default=3,
                        help="the median of so many is shown")
    parser.add_argument("-T", "--threads", type=positive, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--command", default="build/release/kmeans", help="this library's command")
    parser.add_argument("--data", default=os.environ.get("KMEANS_DATA_DIR", "../shared/data"),
                        help="folder of the real data (KMEANS_DATA_DIR)")
    parser.add_argument("--folder", default="build/peers", help="for arrays and results")
    return parser.parse_args()


def choose(given, known, what):
    unknown = [name for name in given if name not in known]
    if unknown:
        sys.exit(f"run.py: no {what} '{unknown[0]}'; there are: {', '.join(known)}")
    return [known[name] for name in given]


def compile_plain(folder):
    """The two forms of plain.c; a form that cannot be compiled fails as a peer later."""
    compiler = os.environ.get("CC", "cc")
    for name, flags in (("plain.so", []), ("plain_openmp.so", ["-fopenmp"])):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            os.remove(path)  # of another compiler or machine
        try:
            subprocess.run([compiler, "-O3", "-march=native", *flags, "-shared", "-fPIC",
                            os.path.join(HERE, "plain.c"), "-o", path], check=False)
        except OSError as why:
            print(f"run.py: {compiler}: {why.strerror}", file=sys.stderr)


def read_seconds(path, folder):
    """Seconds of one read of the rows in the file by all threads: the least that a pass over all of
    them can take. None where plain.c could not be compiled with threads."""
    import numpy as np
    try:
        plain = ctypes.CDLL(os.path.join(os.path.abspath(folder), "plain_openmp.so"))
    except OSError:
        return None
    plain.plain_read.restype = ctypes.c_uint64
    x = np.load(path, mmap_mode="r")
    least = float("inf")
    for _ in range(5):
        begin = time.perf_counter()
        plain.plain_read(ctypes.c_void_p(x.ctypes.data), ctypes.c_int64(x.nbytes // 8))
        least = min(least, time.perf_counter() - begin)
    return least


def machine(threads, rounds):
    cpu = platform.processor()
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    day = datetime.date.today().isoformat()
    return (f"{day}, {cpu}, {threads} thread{'s' if threads != 1 else ''}, Python "
            f"{platform.python_version()}, "
            f"{f'medians of {rounds} rounds' if rounds > 1 else 'one round'}.\n")


def main():
    import tools
    import workloads
    known = {w.name: w for w in workloads.WORKLOADS}
    peers = {t.name: t for t in tools.TOOLS}
    args = arguments(known, peers)
    chosen = choose(args.workloads, known, "workload") or [
        w for w in workloads.WORKLOADS if (w.quick or not args.quick) and (w.fits or not args.fits)]
    used = choose([name.strip() for name in args.peers.split(",") if name.strip()], peers, "peer")
    if not os.path.isfile(args.command) or not os.access(args.command, os.X_OK):
        sys.exit(f"run.py: {args.command} is not there: build it, or name it with --command")
    for variable in THREAD_VARIABLES:  # for the children
        os.environ[variable] = str(args.threads)
    os.makedirs(args.folder, exist_ok=True)
    compile_plain(args.folder)
    run_all(args, chosen, used)


def run_one(args, workload, used):
    """The result of one workload. Without its data: FileNotFoundError."""
    import measure
    import workloads
    arrays = workloads.make_arrays(workload, args.folder, args.data, args.command, args.quick)
    w = arrays.workload
    title = w.title if w.n == workload.n or workload.kind == "file" else \
        f"{w.n:,} × {w.d}, k = {w.k:,}"
    return {
        "mode": "fits" if args.fits else "passes", "name": w.name, "title": title, "n": w.n,
        "d": w.d, "k": w.k, "read": read_seconds(arrays.rows, args.folder),
        "read_u8": read_seconds(arrays.rows_u8, args.folder) if arrays.rows_u8 else None,
        "figures": measure.measure(arrays, used, args.command, args.folder, args.threads,
                                   args.rounds, args.fits, args.quick)}


def run_all(args, chosen, used):
    import report
    about = machine(args.threads, args.rounds)
    results = []
    for workload in chosen:
        print(f"{workload.name} …", file=sys.stderr, flush=True)
        begin = time.perf_counter()
        try:
            results.append(run_one(args, workload, used))
        except FileNotFoundError as why:
            print(f"{workload.name}: skipped: {why}", file=sys.stderr)
            about += f"Skipped: {workload.title}: {why}.\n"
            continue
        report.write_all(args.folder, "fits" if args.fits else "passes", results, about)
        print(f"    {time.perf_counter() - begin:.0f} s", file=sys.stderr, flush=True)
    if not results:
        sys.exit("run.py: nothing was measured")
    print((report.markdown_fits if args.fits else report.markdown_passes)(results, about))


if __name__ == "__main__":
    main()
