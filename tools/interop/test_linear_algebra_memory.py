"""Products and Gram matrices at `--memory 64MiB`, in a memory-limited group, on files several times larger than the budget.

Products are checked by random vectors, the others against NumPy's float64 sums of blocks.
"""
import json
import os
import shutil
import tempfile

import numpy as np

import support
from support import MIB, TesseraCase, forget, limited_group, run_measured

BUDGET, LIMIT = 64 * MIB, 128 * MIB
SQUARE = 4864
ROWS, COLUMNS = 278_528, 256
HEIGHT = 16384


class LinearAlgebraMemory(TesseraCase):
    @classmethod
    def setUpClass(cls):
        support.binary()
        cls.shared = tempfile.mkdtemp(prefix="tessera-linear-memory-")
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        random = np.random.default_rng([support.SEED, 5])
        cls.make(random, "a", (SQUARE, SQUARE)), cls.make(random, "b", (SQUARE, SQUARE))
        cls.make(random, "w", (COLUMNS, 16)), cls.make_tall(random)

    @classmethod
    def shared_path(cls, name):
        return os.path.join(cls.shared, f"{name}.npy")

    @classmethod
    def make(cls, random, name, shape):
        np.save(cls.shared_path(name), random.standard_normal(shape, dtype="f4"))

    @classmethod
    def make_tall(cls, random):
        """Columns that depend on one another, with means."""
        mix = random.standard_normal((COLUMNS, COLUMNS)) * 0.8 ** np.arange(COLUMNS)[:, None] * 10
        means = (random.standard_normal(COLUMNS) * 3).astype("f4")
        x = np.lib.format.open_memmap(cls.shared_path("x"), "w+", "float32", (ROWS, COLUMNS))
        total, cls.squares = np.zeros(COLUMNS), np.zeros((COLUMNS, COLUMNS))
        for first in range(0, ROWS, HEIGHT):
            rows = slice(first, min(first + HEIGHT, ROWS))
            noise = random.standard_normal((rows.stop - first, COLUMNS), dtype="f4")
            x[rows] = noise @ mix.astype("f4") + random.standard_normal(noise.shape, dtype="f4") + means
            wide = x[rows].astype("f8")
            total += wide.sum(0)
            cls.squares += wide.T @ wide
        x.flush()
        mean = total / ROWS
        cls.scatter = cls.squares - ROWS * np.outer(mean, mean)

    def within(self, command, sources, *options):
        """Runs it in the limited group; what was foretold and its peak are within the budget."""
        words = [command, *map(self.shared_path, sources), *options, "--memory", "64MiB"]
        plan = json.loads(self.ok(*words, "--explain", "--json").out)
        self.assertLessEqual(plan["predicted_peak_bytes"], BUDGET, words)
        forget(*map(self.shared_path, sources))
        with limited_group(LIMIT) as cgroup:
            result = run_measured(*words, cgroup=cgroup)
        self.assertEqual(result.code, 0, result)
        self.assertLessEqual(result.peak_bytes, BUDGET, f"peak {result.peak_bytes / MIB:.1f} MiB\n{result}")

    def test_square_product(self):
        """Operands and result are four times the budget together."""
        a, b = (np.load(self.shared_path(name), mmap_mode="r") for name in "ab")
        vector = np.random.default_rng(support.SEED).standard_normal(SQUARE)
        for options, left, right in [([], a, b), (["--transpose-a"], a.T, b), (["--transpose-b"], a, b.T)]:
            with self.subTest(options=options):
                self.within("matmul", "ab", self.path("c.npy"), *options, "--overwrite")
                c = np.load(self.path("c.npy"), mmap_mode="r")
                expected = left @ (right @ vector)
                # Random signs: the error of float32 sums grows as the root of their length.
                np.testing.assert_allclose(c @ vector, expected, atol=1e-5 * np.abs(expected).max())
                some = slice(4000, 4004)
                np.testing.assert_allclose(c[some], left[some].astype("f8") @ right, atol=2e-3)

    def test_tall_product(self):
        self.within("matmul", "xw", self.path("c.npy"))
        x, w, c = np.load(self.shared_path("x"), mmap_mode="r"), np.load(self.shared_path("w")), np.load(self.path("c.npy"))
        self.assertEqual(c.shape, (ROWS, 16))
        for first in range(0, ROWS, 5 * HEIGHT):
            rows = slice(first, first + 1000)
            np.testing.assert_allclose(c[rows], x[rows].astype("f8") @ w, atol=2e-3)

    def test_gram_and_covariance(self):
        covariance = self.scatter / (ROWS - 1)
        deviations = np.sqrt(np.diag(covariance))
        for command, expected in [("gram", self.squares), ("cov", covariance),
                                  ("corr", covariance / np.outer(deviations, deviations))]:
            with self.subTest(command):
                self.within(command, "x", self.path(f"{command}.npy"))
                got = np.load(self.path(f"{command}.npy"))
                scale = np.sqrt(np.diag(expected))
                self.assertLess(np.abs((got - expected) / np.outer(scale, scale)).max(), 1e-5)
