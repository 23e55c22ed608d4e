"""Times of passes and of whole fits, every subject in turn, round by round."""

import os
import statistics
import time
from dataclasses import dataclass, field

import numpy as np

from subjects import Failed, Own, Peer

ENOUGH, QUICK = 0.4, 0.05  # seconds of runs per round and subject, for what is short; --quick
SLOW = 60.0  # seconds: tools that would take more for all passes make one
NOT_AGAIN = 4.0  # a peer so many times slower than the fastest is measured in one round only
PAUSE = 0.2  # seconds for the threads of the last subject to fall asleep


@dataclass
class Figures:
    """Of one subject on one workload."""

    name: str
    note: str = ""
    version: str = ""
    isa: str = ""
    own: bool = False  # this library
    own_start: bool = False
    rounds: list = field(default_factory=list)  # seconds: per pass, or per fit
    passes: int = 0
    objective: float = None
    peak: int = 0
    failure: str = ""

    @property
    def seconds(self):
        return statistics.median(self.rounds) if self.rounds else None


def open_subjects(arrays, tools, command, folder, threads, fits):
    """The subjects that start, and the figures of all: what does not start says why."""
    subjects, figures = {}, {}
    for own in (Own("kmeans", command, arrays, threads),
                Own("kmeans avx512", command, arrays, threads, isa="avx512")):
        subjects[own.name] = own
    if arrays.rows_u8:
        for own in (Own("kmeans uint8", command, arrays, threads, as_bytes=True),
                    Own("kmeans uint8 avx512", command, arrays, threads, isa="avx512",
                        as_bytes=True)):
            subjects[own.name] = own
    for name, own in subjects.items():
        figures[name] = Figures(name, note=note_of(own, fits), own=True)
    w = arrays.workload
    for tool in tools:
        figures[tool.name] = Figures(tool.name, note=note_of(tool, fits))
        limit = tool.whole_limit if fits else tool.work_limit
        if limit and w.n * w.k * w.d > limit:
            figures[tool.name].failure = f"left out: a pass has more than {limit:g} multiply-adds"
            continue
        try:
            subjects[tool.name] = Peer(tool, arrays, folder, threads)
            figures[tool.name].version = subjects[tool.name].version
            figures[tool.name].own_start = subjects[tool.name].own_start
        except Failed as why:
            figures[tool.name].failure = str(why)
    return subjects, figures


def note_of(subject, fits):
    if not fits:
        return subject.note
    note = subject.note.replace("; stops at a fixpoint", "").replace("stops at a fixpoint", "")
    return f"{note}; stops at {subject.default_stop}".lstrip("; ")


def pass_seconds(subject, figure, passes, save, enough):
    """Seconds per pass: (a fit of all passes - a fit of one) / (passes - 1), the shortest of each,
    so that what a fit costs once (checks, copies, labels at the end) is nobody's pass."""
    short = subject.run(1)
    if not figure.rounds and short["seconds"] * passes < SLOW:
        short = subject.run(1)  # the first was the warm-up
    if short["seconds"] * passes > SLOW:
        figure.passes, figure.peak = 1, short["peak"]
        figure.failure = "1 pass only, and what a fit costs once is in it"
        return short["seconds"], False
    long = subject.run(passes, save)
    least, most, spent = short["seconds"], long["seconds"], 0.0
    while spent + least + most < enough:
        a, b = subject.run(1)["seconds"], subject.run(passes)["seconds"]
        least, most, spent = min(least, a), min(most, b), spent + a + b
    figure.passes, figure.peak = long["passes"], max(figure.peak, long["peak"])
    if long["passes"] < 2 or most <= least:  # nothing to take the difference of
        return most / max(1, long["passes"]), True
    return (most - least) / (long["passes"] - 1), True


def fit_seconds(subject, figure, _, save, enough):
    if not figure.rounds:
        subject.run(1)  # the warm-up
    whole = subject.run(0, save)
    least = spent = whole["seconds"]
    while spent < enough:
        again = subject.run(0)["seconds"]
        least, spent = min(least, again), spent + again
    figure.passes, figure.peak = whole["passes"], max(figure.peak, whole["peak"])
    return least, True


def measure(arrays, tools, command, folder, threads, rounds, fits=False, quick=False):
    """Figures of all subjects on a workload, in a list."""
    def take(*what):
        return (fit_seconds if fits else pass_seconds)(*what, QUICK if quick else ENOUGH)
    x = np.load(arrays.rows, mmap_mode="r")
    subjects, figures = open_subjects(arrays, tools, command, folder, threads, fits)
    for r in range(rounds):
        order = list(subjects)
        for name in order if r % 2 == 0 else reversed(order):
            one_round(take, subjects, figures[name], arrays, folder, x)
        drop_slow(subjects, figures)
    for subject in subjects.values():
        subject.close()
    return list(figures.values())


def one_round(take, subjects, figure, arrays, folder, x):
    subject = subjects[figure.name]
    save = os.path.join(folder, "centroids.npy")
    time.sleep(PAUSE)
    try:
        seconds, saved = take(subject, figure, arrays.workload.passes, save)
    except Failed as why:
        figure.failure = str(why)
        subject.close()
        del subjects[figure.name]
        return
    figure.rounds.append(seconds)
    if figure.own:
        figure.isa, figure.version = subject.isa, subject.version
    if saved and figure.objective is None:
        figure.objective = objective(x, np.load(save))


def drop_slow(subjects, figures):
    times = [f.seconds for f in figures.values() if f.rounds and not f.own]
    for name in [name for name in subjects if not figures[name].own]:
        if figures[name].seconds > NOT_AGAIN * min(times):
            subjects.pop(name).close()


def objective(x, c):
    """Sum of squared distances to the nearest centroid, all in float64: the nearest by the expanded
    form, its distance by differences."""
    half = 0.5 * np.einsum("jp,jp->j", c, c)
    rows = max(1, 16_000_000 // max(len(c), c.shape[1]))
    total = 0.0
    for i in range(0, len(x), rows):
        part = np.asarray(x[i:i + rows], dtype=np.float64)
        labels = np.argmin(half - part @ c.T, axis=1)
        part -= c[labels]
        total += float(np.einsum("ip,ip->", part, part))
    return total
