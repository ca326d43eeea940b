"""Bars and lines: well-formed, in proportion, and with every name in them."""
import unittest
import xml.etree.ElementTree as ElementTree

from benchmarks.report.bars import PEAK_LIMIT, SECONDS, bars
from benchmarks.report.lines import PLOT_HEIGHT, PLOT_WIDTH, lines
from benchmarks.report.svg import element

from .figures import comparison, curve, failed, row

SVG = "{http://www.w3.org/2000/svg}"


def parsed(markup):
    return ElementTree.fromstring(markup)


def of_class(tree, tag, name):
    return [each for each in tree.iter(SVG + tag) if name in each.get("class", "").split()]


def texts(tree):
    return [each.text for each in tree.iter(SVG + "text")]


class ElementTests(unittest.TestCase):
    def test_what_is_no_markup_is_escaped(self):
        inner = element("b", "a < b & c")
        self.assertEqual(element("p", inner, ' "', title='"x" <y>'),
                         '<p title="&quot;x&quot; &lt;y&gt;"><b>a &lt; b &amp; c</b> "</p>')

    def test_names_of_attributes(self):
        self.assertEqual(element("i", class_="own", aria_label="x", id=None, x=1.26),
                         '<i class="own" aria-label="x" x="1.3"></i>')


class BarTests(unittest.TestCase):
    def test_widths_are_in_proportion_to_seconds(self):
        tree = parsed(bars(comparison(row("tessera", 0.5), row("Dask", 2.0), row("NumPy", 1.0))))
        widths = [float(bar.get("width")) for bar in tree.iter(SVG + "rect") if "whole" in bar.get("class")]
        self.assertEqual(widths, [SECONDS / 4, SECONDS / 2, SECONDS])

    def test_fastest_first_and_ratios_to_tessera(self):
        words = texts(parsed(bars(comparison(row("Dask", 2.0), row("tessera", 0.5), row("cp", 0.25, is_limit=True)))))
        self.assertEqual([word for word in words if word in ("Dask", "tessera", "cp")], ["cp", "tessera", "Dask"])
        self.assertIn("2 s · 4x", words)
        self.assertIn("0.5 s", words)

    def test_a_limit_is_a_line_at_its_seconds(self):
        tree = parsed(bars(comparison(row("tessera", 1.0), row("Dask", 4.0), limit=2.0)))
        bar = of_class(tree, "rect", "peer")[0]
        line = of_class(tree, "line", "bound")[0]
        self.assertAlmostEqual(float(line.get("x1")), float(bar.get("x")) + SECONDS / 2)
        self.assertIn("limit 2 s", texts(tree))

    def test_the_budget_is_a_line_only_where_somebody_is_near_it(self):
        small = parsed(bars(comparison(row("tessera", 1.0))))
        large = parsed(bars(comparison(row("tessera", 1.0), row("NumPy", 1.0, peak_bytes=4 * PEAK_LIMIT))))
        self.assertEqual((len(of_class(small, "line", "bound")), len(of_class(large, "line", "bound"))), (0, 1))

    def test_who_failed_is_named_with_the_reason(self):
        tree = parsed(bars(comparison(row("tessera", 1.0), failed("Blosc2", "wrong answer: <nan> & more"))))
        self.assertIn("Blosc2", texts(tree))
        self.assertEqual([each.text for each in of_class(tree, "text", "problem")], ["wrong answer: <nan> & more"])

    def test_when_all_failed_there_is_a_picture_all_the_same(self):
        tree = parsed(bars(comparison(failed("tessera", "a"), failed("Dask", "b"), limit=1.0)))
        self.assertEqual(len(of_class(tree, "text", "problem")), 2)


class LineTests(unittest.TestCase):
    def test_cost_in_proportion_to_size_is_a_straight_line(self):
        tree = parsed(lines(curve(work={1 << 28: 0.25, 1 << 29: 0.5, 1 << 30: 1.0})))
        points = of_class(tree, "polyline", "s0")[0].get("points").split()
        (x0, y0), (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in points)
        self.assertAlmostEqual((y0 - y1) / (x1 - x0), (y1 - y2) / (x2 - x1), delta=0.02)
        self.assertAlmostEqual((x2 - x0) / PLOT_WIDTH, 3 / 4, delta=0.01)

    def test_nothing_leaves_the_plot(self):
        tree = parsed(lines(curve(a={1: 0.7, 2: 1e-3}, b={1: 13.0, 2: 6.0})))
        for line in of_class(tree, "polyline", "line"):
            heights = [float(point.split(",")[1]) for point in line.get("points").split()]
            self.assertTrue(all(0 <= y <= 2 * PLOT_HEIGHT for y in heights), heights)

    def test_a_line_in_both_plots_for_every_series_and_one_legend(self):
        tree = parsed(lines(curve(a={1: 1.0, 2: 1.0}, b={1: 1.0, 2: 1.0}, c={1: 1.0, 2: 1.01})))
        self.assertEqual(len(of_class(tree, "polyline", "line")), 6)
        self.assertEqual([each.text for each in of_class(tree, "text", "series")], ["a", "b", "c"])

    def test_one_point_is_drawn_on_a_logarithmic_axis(self):
        one = curve(a={4096: 0.5}) | {"logarithmic": True}
        self.assertEqual(len(of_class(parsed(lines(one)), "circle", "dot")), 3)
