"""The peers: each makes a number of passes over x from `start` and returns (centroids, passes).

fixed(...) makes `passes` passes with every other stop rule off, as far as the tool allows: some
still stop at a fixpoint, which is why the number comes back. whole(...) is a fit under the tool's
own default stop rule, on all rows (FAISS and SuperKMeans would else draw a sample). Both are
fit(x, start, ...) of the tool: with what exactly(passes) says, and with `usual`.
Imports are inside: each tool runs in a process of its own, which loads nothing else.
"""

import ctypes
import os
import sys
import warnings

import numpy as np

MANY = 300  # passes of whole fits of tools without a default, at most
ALL_ROWS = 1 << 30  # points per centroid: no sampling


class Tool:
    name = ""
    package = ""  # whose version is shown
    module = ""
    note = ""
    default_stop = "a fixpoint, or 300 passes"
    work_limit = None  # n·k·d above which it is left out: it would take minutes
    whole_limit = None  # the same in whole fits

    def __init__(self, folder, threads):
        self.folder = folder
        self.threads = threads

    def version(self):
        """Loads it too, so that no time has the import in it."""
        from importlib import import_module
        from importlib.metadata import version
        import_module(self.module)
        return version(self.package)

    usual = {}  # options of fit(...) for a whole fit

    def exactly(self, passes):
        """Options of fit(...) for so many passes."""
        raise NotImplementedError

    def fit(self, x, start, **options):
        raise NotImplementedError

    def fixed(self, x, start, passes):
        return self.fit(x, start, **self.exactly(passes))

    def whole(self, x, start):
        return self.fit(x, start, **self.usual)


class ScikitLearn(Tool):
    name = "scikit-learn"
    package = "scikit-learn"
    module = "sklearn.cluster"
    note = "stops at a fixpoint"
    default_stop = "tol=1e-4, or 300 passes"

    def exactly(self, passes):
        return {"max_iter": passes, "tol": 0}

    def fit(self, x, start, **options):
        kmeans = sys.modules[self.module].KMeans
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # not converged: that is meant
            model = kmeans(len(start), init=start, n_init=1, **options).fit(x)
        return model.cluster_centers_, model.n_iter_


class Intelex(ScikitLearn):
    name = "oneDAL"
    package = "scikit-learn-intelex"
    module = "sklearnex.cluster"
    note = "scikit-learn-intelex; stops at a fixpoint"


class Faiss(Tool):
    name = "FAISS"
    package = "faiss-cpu"
    module = "faiss"
    note = "stops at a fixpoint"
    default_stop = "25 passes, or a fixpoint"
    options = {}

    def exactly(self, passes):
        return {"niter": passes}

    def fit(self, x, start, **options):
        import faiss
        faiss.omp_set_num_threads(self.threads)
        model = faiss.Kmeans(x.shape[1], len(start), max_points_per_centroid=ALL_ROWS,
                             min_points_per_centroid=1, **self.options, **options)
        model.train(x, init_centroids=start)
        return model.centroids, len(model.iteration_stats)


class FaissSuper(Faiss):
    name = "FAISS super"
    note = "use_super_kmeans=True; stops at a fixpoint"
    options = {"use_super_kmeans": True}


class SuperKMeans(Tool):
    name = "SuperKMeans"
    package = "superkmeans"
    module = "superkmeans"
    note = "cannot take a start: it draws its own"
    default_stop = "10 passes, or tol=1e-4"

    def exactly(self, passes):
        return {"iters": passes, "early_termination": False}

    def fit(self, x, start, **options):
        from superkmeans import SuperKMeans as Model
        model = Model(len(start), x.shape[1], hierarchical=False, sampling_fraction=1.0,
                      max_points_per_cluster=ALL_ROWS, n_threads=self.threads, **options)
        centroids = model.train(x)
        return centroids, len(model.iteration_stats)


class SciPy(Tool):
    name = "SciPy"
    package = "scipy"
    module = "scipy.cluster.vq"
    note = "kmeans2; threads only where BLAS has them (d >= 5)"
    default_stop = "10 passes"
    work_limit = whole_limit = 2e10
    usual = {"passes": 10}

    def exactly(self, passes):
        return {"passes": passes}

    def fit(self, x, start, passes):
        from scipy.cluster.vq import kmeans2
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # empty clusters stay where they are
            return kmeans2(x, start, iter=passes, minit="matrix")[0], passes


class Loop(Tool):
    """Has no stop rule of its own: whole fits end at a fixpoint."""

    usual = {"passes": MANY, "until_fixpoint": True}

    def exactly(self, passes):
        return {"passes": passes, "until_fixpoint": False}


class PlainC(Loop):
    """bench/peers/plain.c, compiled by run.py."""

    name = "C"
    note = "cc -O3 -march=native"
    library = "plain.so"
    work_limit = 1.5e10
    whole_limit = 5e8

    def version(self):
        return "plain.c"

    def fit(self, x, start, passes, until_fixpoint):
        plain = ctypes.CDLL(os.path.join(self.folder, self.library))
        plain.plain_kmeans.restype = ctypes.c_int64
        x = np.ascontiguousarray(x, dtype=np.float32)
        c = np.array(start, dtype=np.float32)
        (n, d), k = x.shape, len(c)
        made = plain.plain_kmeans(
            ctypes.c_void_p(x.ctypes.data), ctypes.c_int64(n), ctypes.c_int64(d),
            ctypes.c_void_p(c.ctypes.data), ctypes.c_int64(k), ctypes.c_int64(passes),
            ctypes.c_int(until_fixpoint))
        if made < 0:
            raise MemoryError("plain.c")
        return c, made


class PlainOpenMP(PlainC):
    name = "C OpenMP"
    note = "cc -O3 -march=native -fopenmp"
    library = "plain_openmp.so"
    work_limit = 3e10
    whole_limit = 1e9


class NumPy(Loop):
    name = "NumPy"
    package = "numpy"
    module = "numpy"
    note = "vectorised: one n × k × d array"
    work_limit = 5e7
    whole_limit = 1e6

    def fit(self, x, start, passes, until_fixpoint):
        c = np.array(start)
        labels = None
        for made in range(1, passes + 1):
            before, labels = labels, ((x[:, None, :] - c[None, :, :]) ** 2).sum(2).argmin(1)
            c = np.array([x[labels == j].mean(0) if (labels == j).any() else c[j]
                          for j in range(len(c))])
            if until_fixpoint and np.array_equal(before, labels):
                break
        return c, made


class Python(Loop):
    name = "Python"
    note = "plain loops over lists"
    work_limit = whole_limit = 1e6

    def version(self):
        import platform
        return platform.python_version()

    def fit(self, x, start, passes, until_fixpoint):
        rows, c = x.tolist(), start.tolist()
        labels = None
        for made in range(1, passes + 1):
            before, labels = labels, [nearest(row, c) for row in rows]
            c = means(rows, labels, c)
            if until_fixpoint and before == labels:
                break
        return np.array(c), made


def nearest(row, c):
    best, least = 0, float("inf")
    for j, centroid in enumerate(c):
        d2 = 0.0
        for a, b in zip(row, centroid):
            d2 += (a - b) * (a - b)
        if d2 < least:
            best, least = j, d2
    return best


def means(rows, labels, c):
    sums = [[0.0] * len(centroid) for centroid in c]
    count = [0] * len(c)
    for row, j in zip(rows, labels):
        count[j] += 1
        for p, value in enumerate(row):
            sums[j][p] += value
    return [[s / count[j] for s in sums[j]] if count[j] else c[j] for j in range(len(c))]


TOOLS = (ScikitLearn, Intelex, Faiss, FaissSuper, SuperKMeans, SciPy, PlainOpenMP, PlainC, NumPy,
         Python)
