"""Numbers as people read them."""
import unittest

from benchmarks.report import units


class UnitTests(unittest.TestCase):
    def test_seconds(self):
        for value, text in [(0, "0 ms"), (0.0081, "8.1 ms"), (0.0123, "12.3 ms"), (0.1234, "0.123 s"), (5.678, "5.68 s"),
                            (12.34, "12.3 s"), (123.4, "123 s")]:
            self.assertEqual(units.seconds(value), text)

    def test_sizes(self):
        for count, text in [(0, "0 B"), (1023, "1023 B"), (1 << 10, "1 KiB"), (3 << 19, "1.5 MiB"), (1 << 30, "1 GiB"),
                            (1023 << 20, "1023 MiB"), (2000 << 30, "2000 GiB")]:
            self.assertEqual(units.size(count), text)

    def test_ratios(self):
        self.assertEqual([units.ratio(value) for value in (0.5, 4.567, 41.6, 123.4)], ["0.5x", "4.57x", "41.6x", "123x"])

    def test_ticks_reach_the_greatest_value_and_no_further_than_needed(self):
        for greatest in (1e-4, 0.013, 0.9, 1.0, 1.01, 7, 99, 100, 12345):
            marks = units.ticks(greatest)
            self.assertEqual(marks[0], 0)
            self.assertTrue(marks[-2] < greatest <= marks[-1] * (1 + 1e-9), (greatest, marks))
            self.assertTrue(3 <= len(marks) <= 6, (greatest, marks))
            self.assertEqual(len({round(b - a, 12) for a, b in zip(marks, marks[1:])}), 1, marks)

    def test_ticks_of_nothing(self):
        self.assertEqual(units.ticks(0), [0, 1])
