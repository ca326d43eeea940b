"""The page and docs/performance.md, from figures alone."""
import html.parser
import json
import pathlib
import tempfile
import unittest

from benchmarks.report import docs, prose, write_docs, write_page

from .figures import comparison, curve, failed, figures, row, run

SOME = figures(
    comparison(row("tessera", 0.1), row("Dask", 1.0), row("NumPy blocked", 0.3, error=2e-7), failed("zarrs", "exit 1"),
               limit=0.09),
    comparison(failed("tessera", "there is no binary"), row("Dask", 1.0), title="a | b"),
    curves=[curve(work={1 << 28: 0.25, 1 << 29: 0.5})])


class Balanced(html.parser.HTMLParser):
    """Every element is closed, and in the right order."""

    def __init__(self):
        super().__init__()
        self.open, self.addresses = [], []

    def handle_starttag(self, tag, attributes):
        self.addresses += [value for name, value in attributes if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


class PageTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "out"

    def test_the_page_is_whole_and_needs_no_other_file(self):
        write_page(json.loads(json.dumps(SOME)), self.path)
        text, parser = self.path.read_text(), Balanced()
        parser.feed(text)
        self.assertEqual(parser.open, [])
        self.assertTrue(all(address.startswith("#") for address in parser.addresses), parser.addresses)
        for words in ("A CPU &lt;of two cores&gt;", "numpy 2.4.6", "tessera 0.1.0, abc1234", "Dask takes 10x (goal 8x)",
                      "NumPy blocked takes 3x (goal 4x)", "90% of the limit (goal 80%)", "Tessera did not run.", "exit 1",
                      "Cost against size", "Goals reached: 2 of 3."):
            self.assertIn(words, text)

    def test_a_run_without_groups_has_a_page(self):
        write_page(SOME | {"groups": []}, self.path)
        self.assertNotIn("Goals reached", self.path.read_text())

    def test_a_group_of_another_day_or_revision_says_so(self):
        other = SOME | {"groups": [SOME["groups"][0] | {"measured": {"date": "2026-01-01", "tessera": "tessera 0.1.0, abc1234"}}]}
        same = SOME | {"groups": [SOME["groups"][0] | {"measured": {"date": "2026-01-02", "tessera": "tessera 0.1.0, abc1234"}}]}
        for write in (write_page, write_docs):
            self.path.unlink(missing_ok=True)
            write(same, self.path)
            self.assertNotIn("Measured 2026", self.path.read_text())
            write(other, self.path)
            self.assertIn("Measured 2026-01-01, tessera 0.1.0, abc1234.", self.path.read_text())

    def test_a_group_that_others_disturbed_says_so(self):
        for others, words in [(0.1, []), (1.0, ["Disturbed: other processes used 50% of the cores meanwhile."])]:
            quiet = row("tessera", 1.0, runs=[run(seconds=1.0, others_cpu_seconds=others)] * 3)
            one = figures(comparison(quiet, failed("Dask", "x")))
            self.assertEqual(prose.of_group(one, one["groups"][0]), words)

    def test_docs_are_made_and_replaced_between_the_marks(self):
        write_docs(SOME, self.path)
        first = self.path.read_text()
        self.assertIn("| mean of every column, .npy | 0.1 s | Dask 10x (8x) | NumPy blocked 3x (4x) | 90% (80%) |", first)
        self.assertIn(r"| a \| b | did not run |", first)
        self.path.write_text(f"by hand above\n{first}\nby hand below\n")
        write_docs(SOME | {"groups": []}, self.path)
        second = self.path.read_text()
        self.assertTrue(second.startswith("by hand above\n") and second.endswith("\nby hand below\n"), second)
        self.assertNotIn("Dask 10x", second)

    def test_docs_without_marks_are_left_alone(self):
        self.path.write_text("by hand\n")
        with self.assertRaisesRegex(SystemExit, "measured: begin"):
            write_docs(SOME, self.path)
        self.assertEqual(self.path.read_text(), "by hand\n")

    def test_every_table_has_as_many_cells_in_each_row(self):
        for line in docs.measured(SOME).split("\n\n"):
            if line.startswith("|"):
                self.assertEqual(len({row.replace(r"\|", "").count("|") for row in line.splitlines()}), 1, line)
