"""A short run of the command line, with the binary under test: that answers are right and the files are there."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parents[2]


def bench(*words):
    environment = os.environ | {"PYTHONPATH": str(TOOLS)}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *map(str, words)], capture_output=True, text=True, env=environment, timeout=300)


class CommandTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    @unittest.skipUnless(os.environ.get("TESSERA"), "TESSERA names no binary")
    def test_a_run_answers_rightly_and_leaves_figures_and_a_page(self):
        output = self.folder / "out"
        done = bench("run", "--size", "1MiB", "--runs", 1, "--folder", self.folder, "--output", output, "adopt", "scaling")
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        figures = json.loads((output / "figures.json").read_text())
        self.assertEqual([group["name"] for group in figures["groups"]], ["adopt", "scaling"])
        for curve in figures["groups"][1]["curves"]:
            self.assertEqual(curve["problems"], [])
            for series in curve["series"]:
                for point in series["points"]:
                    self.assertGreater(point["io"]["rchar"] + point["io"]["wchar"], 0, (curve["title"], series["name"]))
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["out"])

        page = output / "index.html"
        written = page.read_text()
        page.unlink()
        self.assertEqual(bench("page", output / "figures.json").returncode, 0)
        self.assertEqual(page.read_text(), written)

    def test_unknown_groups_and_jobs_are_refused_with_those_that_there_are(self):
        for words in (["run", "reduction"], ["engine", "--jobs", "mean"], ["linalg", "--jobs", "gram,inv"]):
            done = bench(*words, "--folder", self.folder)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertRegex(done.stderr, "unknown (groups|jobs) (reduction|mean|inv); there are ")
        self.assertEqual(list(self.folder.iterdir()), [])
