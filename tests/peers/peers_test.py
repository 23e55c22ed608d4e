"""bench/peers: a small workload with the plain loops, passes and whole fits, and what is refused.

    python3 peers_test.py SOURCE_FOLDER COMMAND

Ends with 77 (skipped) where NumPy is missing.
"""

import json
import os
import subprocess
import sys
import tempfile
import types
import unittest

try:
    import numpy as np
except ImportError:
    print("NumPy is not installed")
    sys.exit(77)

SOURCE, COMMAND = (os.path.abspath(argument) for argument in sys.argv[1:3])
PEERS = os.path.join(SOURCE, "bench", "peers")
sys.path.insert(0, PEERS)


class Scripts(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = holder.name

    def call(self, *flags):
        return subprocess.run(
            [sys.executable, "-B", os.path.join(PEERS, "run.py"), "--command", COMMAND, "--folder",
             self.folder, "--data", os.path.join(self.folder, "nowhere"), "-T", "1", *flags],
            capture_output=True, text=True, check=False)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def figures(self, mode):
        """Of the one workload, by subject; those that were measured."""
        data = json.loads(self.read(mode + ".json"))
        self.assertEqual(len(data["results"]), 1)
        return {f["name"]: f for f in data["results"][0]["figures"] if f["rounds"]}

    def check_files(self, mode, printed):
        table = self.read(mode + "-table.md")
        self.assertRegex(table.split("\n")[0],
                         r": \d{4}-\d\d-\d\d, .+, 1 thread, Python .+, one round")
        widths = {line.count("|") for line in table.split("\n") if line.startswith("|")}
        self.assertEqual(len(widths), 1, table)
        self.assertIn("| 4,000 × 3, k = 4 |", table)
        self.assertEqual(printed.rstrip("\n"), self.read(mode + ".md").rstrip("\n"))
        self.assertIn("Skipped: MNIST, 60,000 × 784, k = 10: mnist_train.npy is not in", printed)
        self.assertEqual(self.read(mode + ".csv").split("\n")[0].split(",")[0], "mode")

    def test_passes(self):
        done = self.call("--quick", "--rounds", "1", "--peers", "NumPy, C", "mnist-10",
                         "four-gaussians")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_files("passes", done.stdout)
        found = self.figures("passes")
        for name in ("kmeans", "NumPy"):
            self.assertEqual(found[name]["passes"], 50)
        for figure in found.values():  # C and AVX-512 where they are there
            self.assertGreater(figure["rounds"][0], 0)
            self.assertGreater(figure["peak"], 0)
            excess = figure["objective"] / found["kmeans"]["objective"] - 1
            self.assertAlmostEqual(excess, 0, delta=1e-9)
        self.assertRegex(self.read("passes-table.md"), "NumPy took [0-9.,]+ times as long")

    def test_whole_fits(self):
        done = self.call("--quick", "--fits", "--rounds", "1", "--peers", "NumPy", "mnist-10",
                         "four-gaussians")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_files("fits", done.stdout)
        found = self.figures("fits")
        self.assertEqual(found["kmeans"]["passes"], found["NumPy"]["passes"])
        self.assertRegex(self.read("fits-table.md"), r"ms, \d+ passes, \+0.0e\+00")

    def test_what_is_refused(self):
        for flags, text in ((["--rounds", "0"], "'0' is no whole number from 1 on"),
                            (["--rounds", "-1"], "'-1' is no whole number from 1 on"),
                            (["--rounds", "2.5"], "'2.5' is no whole number from 1 on"),
                            (["--threads", "0"], "'0' is no whole number from 1 on"),
                            (["--peers", "NumPi"], "no peer 'NumPi'; there are: scikit-learn"),
                            (["d129"], "no workload 'd129'; there are: four-gaussians"),
                            (["--command", self.folder], "build it, or name it with --command"),
                            (["mnist-10"], "nothing was measured")):
            done = self.call(*flags)
            self.assertNotEqual(done.returncode, 0, flags)
            self.assertIn(text, done.stderr)
            self.assertEqual(done.stdout, "")


class Report(unittest.TestCase):
    def test_bytes_are_held_against_a_read_of_bytes(self):
        import report

        def figure(name, seconds):
            return types.SimpleNamespace(name=name, seconds=seconds, rounds=[seconds], isa="avx2",
                                         own=name.startswith("kmeans"))
        result = {"title": "rows", "d": 784, "read": 0.004, "read_u8": 0.001, "figures": [
            figure("kmeans", 0.004), figure("kmeans uint8", 0.002), figure("C", 0.008)]}
        lines = report.against_fastest([result]).split("\n")
        self.assertIn("| 4 | 2× (< 10×, but 100% of one read) |", lines[2])
        self.assertIn("| 1 | **4×** (< 10×; 50% of one read) |", lines[3])


class Tools(unittest.TestCase):
    def test_loops(self):
        """NumPy and Python: the same passes, to a fixpoint or so many; an empty cluster stays."""
        import tools
        x = np.array([[0, 0], [0, 2], [9, 9], [9, 7], [8, 8]], dtype=np.float32)
        start = np.array([[0, 0], [9, 9], [100, 100]], dtype=np.float32)
        for kind in (tools.NumPy, tools.Python):
            tool = kind(".", 1)
            for c, made, passes in ((*tool.whole(x, start), 2), (*tool.fixed(x, start, 5), 5)):
                self.assertEqual(made, passes, kind.name)
                np.testing.assert_allclose(c, [[0, 1], [26 / 3, 8], [100, 100]], rtol=1e-6)

    def test_every_workload_has_a_name(self):
        import workloads
        shapes = {(w.n, w.d, w.k) for w in workloads.WORKLOADS if w.kind != "file"}
        self.assertEqual(shapes, {(4000, 3, 4), (10**6, 2, 10), (10**6, 2, 40), (10**5, 128, 1024),
                                  (2 * 10**5, 64, 256), (10**5, 32, 1024), (50000, 768, 1000),
                                  (10**6, 14, 127), (10**6, 128, 10)})
        files = {(w.file, w.k, w.as_bytes) for w in workloads.WORKLOADS if w.kind == "file"}
        self.assertEqual(files, {("kodim23.npy", 64, False), ("mnist_train.npy", 10, True),
                                 ("mnist_train.npy", 100, True), ("mnist_train.npy", 1000, True)})
        self.assertEqual(len({w.name for w in workloads.WORKLOADS}), len(workloads.WORKLOADS))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
