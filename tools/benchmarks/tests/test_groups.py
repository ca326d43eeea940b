"""Groups and goals name what there is, and a run keeps what a suite measured apart."""
import argparse
import contextlib
import io
import json
import pathlib
import tempfile
import unittest
import unittest.mock

from benchmarks import run
from benchmarks.comparison import Comparison, Limit
from benchmarks.groups import GROUPS, Group
from benchmarks.measure import Row, Run
from benchmarks.session import SUITES
from benchmarks.suite import Suite


class GroupTests(unittest.TestCase):
    def test_every_job_of_every_group_exists(self):
        for name, group in GROUPS.items():
            for suite, job in group.jobs:
                with self.subTest(group=name, job=job):
                    self.assertIn(job, SUITES[suite].jobs)

    def test_every_job_of_every_suite_is_in_one_group(self):
        listed = [job for group in GROUPS.values() for job in group.jobs]
        there = [(name, job) for name, suite in SUITES.items() for job in suite.jobs]
        self.assertEqual(sorted(listed), sorted(there))


class Small(Suite):
    """Jobs that take no time, on a clock of their own."""

    def _one(self, name, seconds):
        row = Row(name, "tessera", runs=[Run(seconds, 0.0, 1)])
        self.comparisons.append(Comparison(name, name, [row]))

    jobs = {"a": lambda self: self._one("a", 1.0), "b": lambda self: self._one("b", 2.0)}


class Session:
    def __init__(self, groups, keep=False, size=1):
        self.settings = argparse.Namespace(groups=groups, keep=keep, size=size, **dict.fromkeys(
            ("columns", "data", "runs", "seed", "memory", "components", "chunks", "shards", "peer_cache"), 1))
        self.log, self.bounds, self.suites, self.dropped = print, argparse.Namespace(), {}, []

    def suite(self, name):
        return self.suites.setdefault(name, Small(pathlib.Path("."), self))

    def drop(self, name):
        self.dropped.append(name)


class RunTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        known = {"first": Group("First", [("x", "a"), ("y", "a")]), "second": Group("Second", [("x", "b")])}
        patch = unittest.mock.patch.object(run.groups, "GROUPS", known)
        patch.start()
        self.addCleanup(patch.stop)

    def run_groups(self, session):
        with contextlib.redirect_stdout(io.StringIO()):
            return run.run(session, self.folder)

    def test_groups_hold_their_own_comparisons_and_suites_end_with_their_last_group(self):
        session = Session(["second", "first"])
        figures = self.run_groups(session)
        jobs = [[comparison["job"] for comparison in group["comparisons"]] for group in figures["groups"]]
        self.assertEqual(jobs, [["a", "a"], ["b"]])
        self.assertEqual(session.dropped, ["y", "x"])
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["figures.json", "index.html"])

    def test_kept_groups_stand_in_order_beside_new_ones(self):
        self.run_groups(Session(["second"]))
        figures = self.run_groups(Session(["first"], keep=True))
        self.assertEqual([group["name"] for group in figures["groups"]], ["first", "second"])
        again = self.run_groups(Session(["second"], keep=True))
        self.assertEqual([group["name"] for group in again["groups"]], ["first", "second"])
        self.assertEqual([group["name"] for group in self.run_groups(Session(["second"]))["groups"]], ["second"])

    def test_figures_of_other_settings_are_not_kept(self):
        self.run_groups(Session(["second"]))
        with self.assertRaisesRegex(SystemExit, "another size"):
            self.run_groups(Session(["first"], keep=True, size=2))
        kept = json.loads((self.folder / "figures.json").read_text())
        self.assertEqual([group["name"] for group in kept["groups"]], ["second"])

    def test_problems_are_those_of_rows_and_curves(self):
        group = {"comparisons": [{"title": "T", "rows": [{"who": "A", "problem": None}, {"who": "B", "problem": "wrong"}]}],
                 "curves": [{"title": "C", "problems": ["work, 1: late"]}]}
        self.assertEqual(run.problems({"groups": [group]}), ["T: B: wrong", "C: work, 1: late"])


class ComparisonTests(unittest.TestCase):
    def test_the_limit_is_the_one_that_was_known_or_the_best_that_ran(self):
        rows = [Row("j", "tessera", runs=[Run(1.0, 1.0, 1)]), Row("j", "in RAM", is_limit=True, runs=[Run(2.0, 1.0, 1, 0.5)]),
                Row("j", "slow", is_limit=True, runs=[Run(1.0, 1.0, 1, 0.9)]), Row("j", "failed", is_limit=True, problem="x")]
        self.assertEqual(Comparison("j", "J", rows).limit, Limit(0.5, "in RAM"))
        self.assertEqual(Comparison("j", "J", rows, Limit(0.1, "reading")).limit.words, "reading")
        self.assertIsNone(Comparison("j", "J", rows[:1]).limit)
