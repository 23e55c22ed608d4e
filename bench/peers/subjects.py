"""What is measured: a peer in its child process, or this library through its command."""

import json
import os
import select
import subprocess
import sys
import tempfile

TIME_LIMIT = 300.0  # seconds that one answer may take


class Failed(Exception):
    """The tool is not installed, refused, or took too long: the text goes into the report."""


class Peer:
    """A process of its own per tool and workload, so that memory is the tool's alone."""

    own_start = False

    def __init__(self, tool, arrays, folder, threads):
        self.name, self.note = tool.name, tool.note
        self.own_start = "cannot take a start" in tool.note
        here = os.path.dirname(os.path.abspath(__file__))
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(here, "child.py"), tool.name, folder, arrays.rows,
             arrays.start, str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        try:
            self.version = self.reply()["version"]
        except Failed:
            self.close()
            raise

    def reply(self):
        ready, _, _ = select.select([self.process.stdout], [], [], TIME_LIMIT)
        line = self.process.stdout.readline() if ready else b""
        if not ready:
            self.process.kill()
            raise Failed(f"no answer within {TIME_LIMIT:.0f} s")
        if not line:
            raise Failed(f"ended with status {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def run(self, passes, save=None):
        try:
            self.process.stdin.write(json.dumps({"passes": passes, "save": save}).encode() + b"\n")
        except BrokenPipeError:
            raise Failed(f"ended with status {self.process.wait()}") from None
        return self.reply()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Own:
    """`kmeans fit`: the seconds of its JSON; of passes alone, or of a whole fit with reading."""

    note = "this library"
    default_stop = "a fixpoint, or 300 passes"
    own_start = False

    def __init__(self, name, command, arrays, threads, isa=None, as_bytes=False):
        self.name = name
        rows = arrays.rows_u8 if as_bytes else arrays.rows
        self.call = [command, "fit", rows, "--init", arrays.start, "-T", str(threads), "-q",
                     "--json", "-", "--cluster-inertia", "off"]
        self.call += ["--isa", isa] if isa else []
        self.isa = isa
        self.version = ""

    def run(self, passes, save=None):
        call = self.call + (["--iterations", str(passes)] if passes > 0 else [])
        call += ["--centroids", save] if save else []
        with tempfile.TemporaryFile() as errors:
            done = subprocess.run(call, stdout=subprocess.PIPE, stderr=errors, check=False)
            errors.seek(0)
            if done.returncode != 0:
                raise Failed(errors.read().decode().strip().split("\n")[0])
        result = json.loads(done.stdout)
        seconds = result["seconds"]
        self.isa, self.version = result["isa"], result["version"]
        return {"seconds": seconds["iterate"] if passes > 0 else seconds["load"] + seconds["total"],
                "passes": result["iterations"], "peak": result["bytes"]["resident_peak"]}

    def close(self):
        pass
