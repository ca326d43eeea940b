"""Statistics, reductions and normalization at `--memory 64MiB`, in a memory-limited group, on files of more than three times its limit.

Peaks are held against the budget and against what `--explain` foretold; answers against exact ones. Inputs are not in
the page cache, so that the group is charged for every page that is read.
"""
import json
import os
import shutil
import tempfile

import numpy as np

import support
from support import MIB, TesseraCase, forget, limited_group, run_measured

ROWS, COLUMNS = 147_456, 768
VALUES = 1021
BUDGET, LIMIT = 64 * MIB, 128 * MIB
HEIGHT = 8192


def block(first):
    """Rows of the matrix from `first` on, by rule: small whole numbers, of which all statistics are known exactly."""
    row = np.arange(first, min(first + HEIGHT, ROWS), dtype=np.int64)[:, None]
    column = np.arange(COLUMNS, dtype=np.int64)[None, :]
    return (row * 2654435761 + column * 40503 + row // 7 * column) % VALUES


class Expected:
    """Answers from how often each value is in each column, and from the rows one by one."""

    def __init__(self):
        self.counts = np.zeros((COLUMNS, VALUES), np.int64)
        self.row_mean, self.row_std = np.empty(ROWS), np.empty(ROWS)

    def add(self, first, values):
        keys = values + np.arange(COLUMNS) * VALUES
        self.counts += np.bincount(keys.ravel(), minlength=self.counts.size).reshape(self.counts.shape)
        rows = slice(first, first + len(values))
        self.row_mean[rows] = total = values.sum(1) / COLUMNS
        self.row_std[rows] = np.sqrt((values * values).sum(1) / COLUMNS - total * total)

    def moments(self, counts):
        values, number = np.arange(VALUES), counts.sum(-1)
        mean = counts @ values / number
        return mean, np.sqrt((counts * (values - mean[..., None]) ** 2).sum(-1) / number)

    def median(self, counts):
        """The mean of the two middle elements, of counts of each value."""
        last = np.cumsum(counts, -1)[..., None]
        number = counts.sum(-1)
        middle = np.stack([(number - 1) // 2, number // 2], -1)
        return (last <= middle[..., None, :]).sum(-2).mean(-1)

    def columns(self, operation):
        return self.of(operation, self.counts)

    def overall(self, operation):
        return self.of(operation, self.counts.sum(0))

    def of(self, operation, counts):
        present = counts > 0
        return {
            "mean": lambda: self.moments(counts)[0], "std": lambda: self.moments(counts)[1],
            "min": lambda: present.argmax(-1), "max": lambda: VALUES - 1 - present[..., ::-1].argmax(-1),
            "median": lambda: self.median(counts), "count": lambda: counts.sum(-1),
        }[operation]()


class EngineMemory(TesseraCase):
    @classmethod
    def setUpClass(cls):
        support.binary()
        cls.shared = tempfile.mkdtemp(prefix="tessera-engine-memory-")
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.expected = Expected()
        cls.rows_first = os.path.join(cls.shared, "c.npy")
        x = np.lib.format.open_memmap(cls.rows_first, "w+", "float32", (ROWS, COLUMNS))
        for first in range(0, ROWS, HEIGHT):
            values = block(first)
            x[first:first + len(values)] = values
            cls.expected.add(first, values)
        x.flush()
        cls.lz4 = os.path.join(cls.shared, "x.zarr")
        done = support.run("convert", cls.rows_first, cls.lz4, "--codec", "lz4", "--memory", "64MiB")
        assert done.code == 0, done

    def within(self, command, source, *options):
        """Runs it in the limited group; its peak is within the budget, and within what the plan said."""
        words = [*command.split(), source, *options, "--memory", "64MiB"]
        plan = json.loads(self.ok(*words, "--explain", "--json").out)
        predicted = plan["predicted_peak_bytes"]
        self.assertLessEqual(predicted, BUDGET, words)
        forget(source)
        with limited_group(LIMIT) as cgroup:
            result = run_measured(*words, cgroup=cgroup)
        self.assertEqual(result.code, 0, result)
        peaks = f"peak {result.peak_bytes / MIB:.1f} MiB, predicted {predicted / MIB:.1f}\n{result}"
        self.assertLessEqual(result.peak_bytes, BUDGET, peaks)
        self.assertLessEqual(result.peak_bytes, predicted, peaks)
        return result

    def holds(self, archive, operations, expected, rtol=1e-6):
        with np.load(archive) as got:
            for operation in operations:
                # Results of float32 are float32.
                np.testing.assert_allclose(got[operation], expected(operation), rtol=rtol, err_msg=operation)
        os.unlink(archive)

    def test_statistics(self):
        table = self.path("t.npz")
        operations = ["count", "min", "max", "mean", "std"]
        for source in (self.rows_first, self.lz4):
            with self.subTest("columns", source=source):
                self.within("stats", source, "-o", table)
                self.holds(table, operations, self.expected.columns, rtol=1e-12)
        with self.subTest("everything"):
            self.within("stats --all", self.rows_first, "-o", table)
            self.holds(table, operations, self.expected.overall, rtol=1e-12)
        with self.subTest("rows"):
            self.within("stats --axis 1", self.lz4, "-o", table)
            self.holds(table, ["mean", "std"], lambda name: getattr(self.expected, f"row_{name}"), rtol=1e-11)

    def test_reductions(self):
        table, operations = self.path("t.npz"), ["mean", "std", "min", "max"]
        for source in (self.rows_first, self.lz4):
            with self.subTest("columns", source=source):
                self.within("reduce mean,std,min,max", source, "--axis", "0", "-o", table)
                self.holds(table, operations, self.expected.columns)
            with self.subTest("rows", source=source):
                self.within("reduce mean,std", source, "--axis", "1", "-o", table)
                self.holds(table, ["mean", "std"], lambda name: getattr(self.expected, f"row_{name}"))
        with self.subTest("everything"):
            self.within("reduce mean,std,min,max", self.lz4, "-o", table)
            self.holds(table, operations, self.expected.overall)

    def test_medians(self):
        table = self.path("t.npz")
        with self.subTest("columns"):
            self.within("reduce median", self.rows_first, "--axis", "0", "-o", table)
            self.holds(table, ["median"], self.expected.columns, rtol=0)
        with self.subTest("everything"):
            self.within("reduce median", self.lz4, "-o", table)
            self.holds(table, ["median"], self.expected.overall, rtol=0)

    def test_normalization(self):
        mean, std = (self.expected.columns(name) for name in ("mean", "std"))
        median = self.expected.columns("median")
        norm = np.sqrt(COLUMNS * (self.expected.row_std**2 + self.expected.row_mean**2))[:, None]
        wanted = {
            "zscore": lambda x, rows: (x - mean) / std,
            "robust": lambda x, rows: (x - median) / self.spread(),
            "l2": lambda x, rows: x / norm[rows],
        }
        for method, source, name in [
            ("zscore", self.rows_first, "z.npy"), ("zscore", self.lz4, "z.npy"),
            ("robust", self.rows_first, "z.npy"), ("l2", self.lz4, "z.npy"),
        ]:
            with self.subTest(method, source=source):
                self.within(f"normalize --method {method}", source, self.path(name))
                z = np.load(self.path(name), mmap_mode="r")
                for first in range(0, ROWS, 5 * HEIGHT):
                    rows = slice(first, min(first + HEIGHT, ROWS))
                    expected = wanted[method](block(first), rows)
                    np.testing.assert_allclose(z[rows], expected, rtol=3e-6, atol=3e-6)
                del z
                os.unlink(self.path(name))

    def spread(self):
        """The distance of the quartiles of each column: robust scaling's unit."""
        last, number = np.cumsum(self.expected.counts, 1), ROWS - 1

        def quantile(fraction):
            position = fraction * number
            below = int(position)
            low, high = ((last <= each).sum(1) for each in (below, min(below + 1, number)))
            return low + (high - low) * (position - below)

        return quantile(0.75) - quantile(0.25)

    def test_the_default_budget_follows_the_limit_of_the_group(self):
        forget(self.lz4)
        with limited_group(4 * LIMIT) as cgroup:
            result = run_measured("reduce", "mean,std", self.lz4, cgroup=cgroup)
        self.assertEqual(result.code, 0, result)
        self.assertLessEqual(result.peak_bytes, LIMIT, "a quarter of what the process may use")
