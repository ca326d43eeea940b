"""Who is the rival, by how much, and whether goals are reached."""
import unittest

from benchmarks.report.goals import GOALS
from benchmarks.report.summary import count_goals, summarize

from .figures import comparison, failed, figures, row


class SummaryTests(unittest.TestCase):
    def test_rivals_are_the_fastest_of_their_kind(self):
        found = summarize(comparison(
            row("tessera", 0.1), row("NumPy", 3.0), row("Dask", 1.0, peak_bytes=7 << 20), row("NumPy blocked", 0.9),
            row("NumPy blocked, threads", 0.5), limit=0.08))
        self.assertEqual((found.library.who, found.library.peak_bytes), ("Dask", 7 << 20))
        self.assertAlmostEqual(found.library.ratio, 10)
        self.assertEqual(found.expert.who, "NumPy blocked, threads")
        self.assertAlmostEqual(found.expert.ratio, 5)
        self.assertAlmostEqual(found.share, 0.8)

    def test_ratios_are_of_durable_seconds_and_shares_of_the_process(self):
        found = summarize(comparison(
            row("tessera", 1.0, durable_seconds=2.0), row("Dask", 1.0, durable_seconds=6.0), limit=0.5))
        self.assertAlmostEqual(found.library.ratio, 3)
        self.assertAlmostEqual(found.share, 0.5)

    def test_who_failed_answered_wrongly_or_is_a_limit_is_no_rival(self):
        found = summarize(comparison(
            row("tessera", 1.0), row("in RAM", 0.5, is_limit=True), row("Blosc2", 0.7, problem="wrong answer: 3"),
            failed("zarrs", "exit 1"), row("Dask", 4.0)))
        self.assertEqual(found.library.who, "Dask")
        self.assertIsNone(found.expert)
        self.assertIsNone(found.share)

    def test_without_tessera_nothing_is_claimed(self):
        found = summarize(comparison(failed("tessera", "there is no binary"), row("Dask", 1.0), limit=0.5))
        self.assertEqual((found.seconds, found.library, found.share, found.verdicts()), (None, None, None, {}))

    def test_verdicts_are_of_what_was_measured(self):
        goal = GOALS["columns-npy"]
        found = summarize(comparison(row("tessera", 1.0), row("Dask", goal.library), limit=goal.share / 2))
        self.assertEqual({name: reached for name, (reached, _, _) in found.verdicts().items()},
                         {"library": True, "share": False})

    def test_a_job_without_goals_has_no_verdict(self):
        found = summarize(comparison(row("tessera", 1.0), row("Dask", 4.0), job="info"))
        self.assertEqual(found.verdicts(), {})

    def test_goals_are_counted_over_all_groups(self):
        some = figures(comparison(row("tessera", 1.0), row("Dask", 100.0), row("NumPy blocked", 1.0)))
        some["groups"].append({"name": "x", "title": "X", "curves": [], "comparisons": [
            comparison(row("tessera", 1.0), row("Dask", 5.0), job="expression-npy")]})
        self.assertEqual(count_goals(some), (2, 3))
