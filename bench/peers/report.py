"""The figures as Markdown, CSV and JSON."""

import csv
import json
import os
from dataclasses import asdict

from workloads import targets

FLOOR_SHARE = 0.85  # of what one read of the rows allows: enough, whatever the peers do


def number(value, digits=3):
    """Three significant digits, without exponents."""
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def names_of(results):
    names = []
    for result in results:
        names += [f.name for f in result["figures"] if f.name not in names]
    return sorted(names, key=lambda name: not name.startswith("kmeans"))


def cells(result, names, text):
    by_name = {f.name: f for f in result["figures"]}
    return [text(by_name[name]) if name in by_name else "" for name in names]


def matrix(results, text):
    """Workloads down, subjects across."""
    names = names_of(results)
    return table(["", *names],
                 [[result["title"], *cells(result, names, text)] for result in results])


def fastest_peer(result):
    peers = [f for f in result["figures"] if f.rounds and not f.own]
    return min(peers, key=lambda f: f.seconds) if peers else None


def verdict(seconds, peer, target, read):
    """The ratio to the fastest peer, and whether it is what was aimed at."""
    ratio = peer.seconds / seconds
    if target is None:
        return f"{number(ratio)}×"
    if ratio >= target:
        return f"{number(ratio)}× (≥ {target:g}×)"
    if read is None:
        return f"**{number(ratio)}×** (< {target:g}×)"
    share = read / seconds
    if share >= FLOOR_SHARE:
        return f"{number(ratio)}× (< {target:g}×, but {share:.0%} of one read)"
    return f"**{number(ratio)}×** (< {target:g}×; {share:.0%} of one read)"


def against_fastest(results):
    rows = []
    for result in results:
        peer = fastest_peer(result)
        if peer is None:
            continue
        best, avx512 = targets(result["d"])
        for own in (f for f in result["figures"] if f.own and f.rounds):
            target = avx512 if own.name.endswith("avx512") else best
            read = result["read_u8" if "uint8" in own.name else "read"]
            rows.append([result["title"], f"{own.name} ({own.isa})", number(own.seconds * 1e3),
                         peer.name, number(peer.seconds * 1e3), number(read and read * 1e3),
                         verdict(own.seconds, peer, target, read)])
    return table(["", "", "ms", "fastest peer", "ms", "one read, ms", "ratio (aimed at)"], rows)


def excess(result):
    """Objectives relative to this library's, of subjects that took the same start."""
    own = next((f.objective for f in result["figures"] if f.own and f.objective), None)

    def text(figure):
        if figure.objective is None or own is None:
            return "–"
        if figure.own:
            return f"{figure.objective:.10g}"
        mark = " (own start)" if figure.own_start else ""
        return f"{figure.objective / own - 1:+.1e}{mark}"
    return text


def objectives(results):
    names = names_of(results)
    return table(["", *names],
                 [[result["title"], *cells(result, names, excess(result))] for result in results])


def subjects_list(results):
    seen = {}
    for result in results:
        for f in result["figures"]:
            if f.name not in seen or not seen[f.name].version:
                seen[f.name] = f
    return "".join(f"- {f.name} {f.version}: {f.note}\n" for f in seen.values() if f.version)


def gaps(results):
    """Everything that was not measured as the tables say, with its reason."""
    reasons = {}
    for result in results:
        for f in result["figures"]:
            if f.failure:
                reasons.setdefault((f.name, f.failure), []).append(result["title"])
    return "".join(f"- {name}: {'; '.join(titles)}: {why}\n"
                   for (name, why), titles in reasons.items()) or "- nothing\n"


def markdown_passes(results, about):
    return "\n".join([
        "# Passes\n", about,
        "Milliseconds per pass: (a fit of P passes − a fit of 1) / (P − 1), the same for every "
        "subject.\n",
        matrix(results, lambda f: number(f.seconds * 1e3) if f.rounds else "–"),
        "This library against the fastest peer:\n", against_fastest(results),
        "Objective after those passes, recomputed in float64 from each subject's own centroids: "
        "this library's, and the relative excess of the peers' over it.\n", objectives(results),
        "Peak resident memory of the process in MB, interpreter and mapped rows included.\n",
        matrix(results, lambda f: number(f.peak / 1e6) if f.peak else "–"),
        "Subjects:\n", subjects_list(results), "Not measured, or not like the others:\n",
        gaps(results)])


def readme_row(result, title, own, avx512, peers):
    """A row of the table for a README: this library by its best table and by AVX-512, the peers,
    the ratios of the fastest of them to both."""
    by_name = {f.name: f for f in result["figures"]}
    peer = fastest_peer(result)

    def milliseconds(name):
        figure = by_name.get(name)
        return number(figure.seconds * 1e3) if figure and figure.rounds else "–"

    def ratio(name):
        figure = by_name.get(name)
        if peer is None or figure is None or not figure.rounds:
            return "–"
        return number(peer.seconds / figure.seconds, 2)
    return [title, milliseconds(own), milliseconds(avx512), *map(milliseconds, peers), ratio(own),
            ratio(avx512)]


def readme_passes(results, about):
    """One table, dated, with the machine: what a README takes as it is."""
    named = ("NumPy", "Python")  # in a sentence below: they are run on small workloads only
    measured = {f.name for result in results for f in result["figures"] if f.rounds}
    peers = [name for name in names_of(results) if name in measured and name not in named
             and not name.startswith("kmeans")]
    rows = []
    for result in results:
        rows.append(readme_row(result, result["title"], "kmeans", "kmeans avx512", peers))
        if any(f.name == "kmeans uint8" for f in result["figures"]):
            rows.append(readme_row(result, "the same, kmeans on uint8", "kmeans uint8",
                                   "kmeans uint8 avx512", peers))
    slow = [f"{f.name} took {number(f.seconds / own.seconds)} times as long as kmeans at "
            f"{result['title']}." for result in results
            for own in result["figures"] if own.name == "kmeans" and own.rounds
            for f in result["figures"] if f.name in named and f.rounds]
    return "\n".join([
        f"Milliseconds per pass, rows as float32: {about}",
        table(["", "kmeans", "AVX-512 only", *peers, "ratio", "AVX-512's"], rows),
        " ".join(["Ratio: the fastest peer over kmeans.", *slow]) + "\n"])


def readme_fits(results, about):
    return f"Whole fits: {about}\n{fits_table(results)}"


def fits_table(results):
    def text(best):
        return lambda f: "–" if not f.rounds else (
            f"{number(f.seconds * 1e3)} ms, {f.passes} passes, "
            f"{f.objective / best - 1:+.1e}{' (own start)' if f.own_start else ''}")
    names = names_of(results)
    rows = []
    for result in results:
        found = [f.objective for f in result["figures"] if f.objective and not f.own_start]
        rows.append([result["title"], *(cells(result, names, text(min(found))) if found
                                        else ["–"] * len(names))])
    return table(["", *names], rows)


def markdown_fits(results, about):
    return "\n".join([
        "# Whole fits\n", about,
        "From one start, each under its own default stop rule, on all rows: time, passes, relative "
        "excess of the objective over the best found from that start. This library's time has the "
        "reading of the file in it.\n",
        fits_table(results), "Subjects:\n", subjects_list(results), "Not measured:\n",
        gaps(results)])


def write_csv(path, results):
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["mode", "workload", "n", "d", "k", "subject", "version", "isa", "passes",
                      "seconds", "least", "most", "ratio_to_fastest_peer", "objective",
                      "peak_bytes", "failure"])
        for result in results:
            peer = fastest_peer(result)
            for f in result["figures"]:
                ratio = peer.seconds / f.seconds if peer and f.rounds and f.seconds else ""
                out.writerow([result["mode"], result["name"], result["n"], result["d"],
                              result["k"], f.name, f.version, f.isa, f.passes, f.seconds,
                              min(f.rounds, default=""), max(f.rounds, default=""), ratio,
                              f.objective, f.peak, f.failure])


def write_json(path, results, about):
    data = [{**result, "figures": [asdict(f) for f in result["figures"]]} for result in results]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"about": about, "results": data}, file, indent=1)


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def write_all(folder, mode, results, about):
    """All files of a mode, "passes" or "fits"."""
    stem = os.path.join(folder, mode)
    fits = mode == "fits"
    write_text(stem + ".md", (markdown_fits if fits else markdown_passes)(results, about))
    write_text(stem + "-table.md", (readme_fits if fits else readme_passes)(results, about))
    write_csv(stem + ".csv", results)
    write_json(stem + ".json", results, about)
