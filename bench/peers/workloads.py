"""The workloads: what is clustered, into how many clusters, and what is aimed at."""

import os
import subprocess
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    k: int
    n: int = 0
    d: int = 0
    kind: str = "blobs"  # of `kmeans generate`, or "file"
    file: str = ""  # in the folder of the real data
    passes: int = 10
    as_bytes: bool = False  # this library also reads the rows as uint8
    quick: bool = False  # in --quick
    fits: bool = False  # in --fits


# Blobs: as many as clusters, centres in [-10, 10)^d, standard deviation SPREAD: they overlap.
SPREAD = 4

WORKLOADS = (
    Workload("four-gaussians", "4,000 × 3, k = 4", 4, 4_000, 3, "four-gaussians", passes=50,
             quick=True, fits=True),
    Workload("plane-10", "1,000,000 × 2, k = 10", 10, 1_000_000, 2, fits=True),
    Workload("plane-40", "1,000,000 × 2, k = 40", 40, 1_000_000, 2),
    Workload("photograph", "photograph, 393,216 × 3, k = 64", 64, kind="file", file="kodim23.npy",
             quick=True, fits=True),
    Workload("mnist-10", "MNIST, 60,000 × 784, k = 10", 10, kind="file", file="mnist_train.npy",
             as_bytes=True, fits=True),
    Workload("mnist-100", "MNIST, 60,000 × 784, k = 100", 100, kind="file", file="mnist_train.npy",
             as_bytes=True),
    Workload("mnist-1000", "MNIST, 60,000 × 784, k = 1,000", 1000, kind="file",
             file="mnist_train.npy", as_bytes=True),
    Workload("d128", "100,000 × 128, k = 1,024", 1024, 100_000, 128),
    Workload("d64", "200,000 × 64, k = 256", 256, 200_000, 64, fits=True),
    Workload("d32", "100,000 × 32, k = 1,024", 1024, 100_000, 32, quick=True),
    # After six passes nothing moves any more: further ones would show who notices.
    Workload("d768", "50,000 × 768, k = 1,000", 1000, 50_000, 768, passes=6),
    Workload("d14", "1,000,000 × 14, k = 127", 127, 1_000_000, 14),
    Workload("d128-10", "1,000,000 × 128, k = 10", 10, 1_000_000, 128),
)


def targets(d):
    """How many times faster than the fastest peer a pass is to be: by the best table, by AVX-512
    (None: nothing is aimed at)."""
    if d <= 3:
        return 10.0, None
    if d <= 64:
        return 8.0, 2.5
    return 10.0, 1.6


@dataclass(frozen=True)
class Arrays:
    """Files of a workload: rows and start as float32, and where there are, the rows as bytes."""

    workload: Workload
    rows: str
    start: str
    rows_u8: str = ""


def make_arrays(workload, folder, data, command, quick):
    """Write the files of a workload, unless they are there. Without its data: FileNotFoundError."""
    stem = os.path.join(folder, workload.name + ("-quick" if quick else ""))
    rows, start = stem + ".npy", stem + "-start.npy"
    rows_u8 = ""
    if workload.kind == "file":
        source = os.path.join(data, workload.file)
        if not os.path.exists(source):
            raise FileNotFoundError(f"{workload.file} is not in {data} (KMEANS_DATA_DIR)")
        rows = os.path.join(folder, workload.file.replace(".npy", "-f32.npy"))
        rows_u8 = source if workload.as_bytes else ""
        if not os.path.exists(rows):
            np.save(rows, np.load(source).astype(np.float32))
    elif not os.path.exists(rows):
        generate(workload, rows, command, quick)
    x = np.load(rows, mmap_mode="r")
    np.save(start, first_centroids(x, workload.k))
    sized = replace(workload, n=x.shape[0], d=x.shape[1])
    return Arrays(sized, rows, start, rows_u8)


def generate(workload, path, command, quick):
    """Generated rows are the same on every machine."""
    rows = min(workload.n, 20_000) if quick else workload.n
    shape = ["--rows", str(rows), "--cols", str(workload.d), "--clusters", str(workload.k),
             "--spread", str(SPREAD)] if workload.kind == "blobs" else []
    subprocess.run([command, "generate", workload.kind, *shape, "--seed", "1", "--dtype", "f32",
                    "-q", "-o", path], check=True)


def first_centroids(x, k):
    """k different rows, drawn at random from a fixed seed."""
    order = np.random.default_rng(1).permutation(x.shape[0])
    chosen, seen = [], set()
    for i in order:
        row = np.ascontiguousarray(x[i])
        if row.tobytes() not in seen:
            seen.add(row.tobytes())
            chosen.append(row)
        if len(chosen) == k:
            return np.array(chosen, dtype=np.float32)
    raise ValueError(f"fewer than {k} different rows")
