"""`gram`, `cov` and `corr` against NumPy: dtypes, NaN, constant and empty columns, large means, one pass, the same bits."""
import json
import os
import warnings

import numpy as np

from support import SEED, TesseraCase

COMMANDS = ("gram", "cov", "corr")
EPSILON = np.finfo("f8").eps


def numpys(command, x, ddof=1):
    """What NumPy says, of integers and floats in float64."""
    wide = x.astype("c16" if x.dtype.kind == "c" else "f8")
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        if command == "gram":
            return wide.conj().T @ wide
        if command == "cov":
            return np.cov(wide, rowvar=False, ddof=ddof)
        return np.corrcoef(wide, rowvar=False)


class Gram(TesseraCase):
    def compute(self, command, x, *options):
        source = self.save("x.npy", x)
        self.ok(command, source, self.path("g.npy"), "--overwrite", *options)
        return np.load(self.path("g.npy"))

    def assertClose(self, got, command, x, expected=None, note=""):
        """Errors are relative to the norms of the two columns, centred ones of covariances."""
        expected = numpys(command, x) if expected is None else expected
        # NumPy's covariance of one feature has no axes.
        self.assertEqual(got.shape, np.shape(expected), note)
        got, expected = (np.reshape(each, 2 * (x.shape[1],)) for each in (got, expected))
        isnan = np.isnan(expected)
        np.testing.assert_array_equal(np.isnan(got), isnan, note)
        epsilon = EPSILON if got.dtype in (np.float64, np.complex128) and x.dtype not in (np.float32, np.complex64) else np.finfo("f4").eps
        # A float32 Gram is a sum of len(x) products, made in blocks: far below len(x) ulps, and no larger than this.
        scale = np.sqrt(np.abs(np.diag(expected)))
        bound = 16 * np.sqrt(len(x) + 16) * epsilon * np.outer(scale, scale) + np.finfo("f4").tiny
        with np.errstate(invalid="ignore"):
            distance = np.abs(np.where(isnan, 0, got - expected))
        bound = np.where(isnan | np.isinf(bound), 1, bound)
        infinite = np.isinf(expected)
        np.testing.assert_array_equal(got[infinite], expected[infinite], note)
        distance[infinite] = 0
        self.assertTrue(np.all(distance <= bound), f"{note}: off by {np.max(distance / bound, initial=0)} times the bound")

    def test_random_shapes_and_dtypes(self):
        random = self.random("gram")
        for case in range(18):
            n, m = int(random.integers(2, 700)), int(random.choice([1, 2, 3, 7, 31, 64, 97, 130]))
            dtype = ["float32", "float64", "int16", "uint8", "bool", "complex128", "complex64", "int64", "float16"][case % 9]
            x = random.normal(size=(n, m)) * 5
            x = (x + 1j * random.normal(size=(n, m)) if dtype[0] == "c" else x > 0 if dtype == "bool"
                 else np.abs(x) if dtype[0] == "u" else x).astype(dtype)
            for command in COMMANDS:
                with self.subTest(f"case {case} of seed {SEED}: {command} {dtype} {x.shape}"):
                    if dtype == "float16":
                        # NumPy's own sums of squares overflow: whoever takes it must be right in a wider dtype.
                        got = self.compute(command, x).astype("f8")
                        np.testing.assert_allclose(got, numpys(command, x), rtol=2e-3, atol=2e-3 * np.abs(got).max())
                        continue
                    self.assertClose(self.compute(command, x), command, x)

    def test_dtypes_of_results(self):
        for dtype, allowed in [("float32", ["float32"]), ("float64", ["float64"]), ("int8", ["int64", "float64"]),
                               ("uint64", ["int64", "uint64", "float64"]), ("bool", ["int64", "float64"]), ("complex64", ["complex64"])]:
            with self.subTest(dtype):
                self.assertIn(self.compute("gram", np.ones((5, 3), dtype)).dtype, allowed)
        for command in ("cov", "corr"):
            for dtype in ("int8", "bool", "float64", "int64"):
                with self.subTest(f"{command} {dtype}"):
                    self.assertEqual(self.compute(command, np.eye(5, 3, dtype=dtype)).dtype, np.float64)

    def test_integers_do_not_wrap(self):
        x = np.full((1000, 3), 127, "i1")
        x[:, 1] = -128
        self.assertTrue((self.compute("gram", x) == x.astype("i8").T @ x.astype("i8")).all())
        big = np.array([[2**40, 3], [2**40, 5]])
        got = self.compute("gram", big)
        np.testing.assert_allclose(got.astype("f8"), [[2.0**81, 2.0**43], [2.0**43, 34]], rtol=1e-15)

    def test_ddof(self):
        x = self.random("ddof").normal(size=(20, 4))
        for ddof in (0, 1, 3, 19):
            self.assertClose(self.compute("cov", x, "--ddof", ddof), "cov", x, numpys("cov", x, ddof), f"ddof {ddof}")
        for ddof in (20, 25):  # NumPy warns, and divides by nothing
            expected = numpys("cov", x, ddof)
            got = self.compute("cov", x, "--ddof", ddof)
            np.testing.assert_array_equal(np.isfinite(got), np.isfinite(expected), f"ddof {ddof}")
        self.fails("corr", self.path("x.npy"), self.path("y.npy"), "--ddof", "1", code=2)

    def test_a_constant_column_has_no_correlation(self):
        x = self.random("constant").normal(size=(500, 6))
        x[:, 2] = 3
        x[:, 4] = -x[:, 0]
        got = self.compute("corr", x)
        self.assertClose(got, "corr", x)
        self.assertTrue(np.isnan(got[2]).all() and np.isnan(got[:, 2]).all())
        self.assertLessEqual(np.nanmax(np.abs(got)), 1)
        self.assertAlmostEqual(got[0, 4], -1, 12)
        self.assertFalse(np.any(self.compute("cov", x)[2]))

    def test_large_means_lose_nothing(self):
        random = self.random("means")
        small = random.normal(size=(20_000, 5))
        for dtype, mean, rtol in [("float64", 1e8, 1e-7), ("float64", 1e12, 2e-3), ("float32", 1e4, 1e-5)]:
            with self.subTest(f"{dtype} {mean} seed {SEED}"):
                x = (small + mean * np.arange(1, 6)).astype(dtype)
                # Against the covariance of what was stored, computed from exact deviations.
                deviations = x.astype("f8") - x[0].astype("f8")
                expected = np.cov(deviations, rowvar=False)
                for command in ("cov", "corr"):
                    wanted = expected if command == "cov" else np.corrcoef(deviations, rowvar=False)
                    np.testing.assert_allclose(self.compute(command, x), wanted, rtol=rtol, atol=rtol, err_msg=command)

    def test_columns_of_very_different_sizes(self):
        x = self.random("scales").normal(size=(3000, 5)) * 10.0 ** np.array([-150, -8, 0, 8, 150])
        for command in COMMANDS:
            with self.subTest(command):
                got, expected = self.compute(command, x), numpys(command, x)
                np.testing.assert_allclose(np.diag(got), np.diag(expected), rtol=1e-12)
                self.assertTrue(np.isfinite(got).all())

    def test_symmetric_to_the_bit(self):
        x = self.random("symmetric").normal(size=(3000, 83)).astype("f4")
        for command in ("gram", "cov"):
            got = self.compute(command, x)
            self.assertSame(got, got.T, command)

    def test_specials(self):
        x = self.random("specials").normal(size=(300, 7))
        for dtype in ("float32", "float64"):
            for value in (np.nan, np.inf, -np.inf):
                y = x.astype(dtype)
                y[37, 3] = value
                for command in COMMANDS:
                    with self.subTest(f"{command} {dtype} {value}"):
                        self.assertClose(self.compute(command, y), command, y)

    def test_few_rows_and_none(self):
        for shape in [(1, 3), (2, 1), (3, 0), (1, 1), (2, 40)]:
            x = self.random(f"few{shape}").normal(size=shape)
            for command in COMMANDS:
                if shape[1] == 0 and command == "corr":
                    continue
                with self.subTest(f"{command} {shape}"):
                    expected = np.zeros((0, 0)) if shape[1] == 0 else numpys(command, x)
                    self.assertClose(self.compute(command, x), command, x, expected)
        self.assertSame(self.compute("gram", np.zeros((0, 3), "f4")), np.zeros((3, 3), "f4"))
        self.assertTrue(np.isnan(self.compute("cov", np.zeros((0, 3)))).all())

    def test_forms(self):
        x = self.random("forms").normal(size=(900, 37)).astype("f4") + 3
        np.savez_compressed(self.path("p.npz"), x=x)
        self.save("x.npy", x), self.save("f.npy", np.asfortranarray(x)), self.save("b.npy", x.astype(">f4"))
        for name, options in {
            "r.zarr": ["--codec", "none", "--chunks", "100x37"], "l.zarr": ["--codec", "lz4", "--chunks", "117x5", "--shards", "none"],
            "z.zarr": ["--zarr-format", "2", "--codec", "zstd", "--chunks", "900x4"],
        }.items():
            self.ok("convert", self.path("x.npy"), self.path(name), *options)
        np.savetxt(self.path("x.csv"), x[:50], delimiter=",")
        for command in COMMANDS:
            for name in ("f.npy", "b.npy", "p.npz", "r.zarr", "l.zarr", "z.zarr"):
                with self.subTest(f"{command} {name}"):
                    self.ok(command, self.path(name), self.path("g.npy"), "--overwrite")
                    self.assertClose(np.load(self.path("g.npy")), command, x)
            self.ok(command, self.path("x.csv"), self.path("g.zarr"), "--codec", "lz4", "--chunks", "5x9", "--overwrite")
            self.ok("convert", self.path("g.zarr"), self.path("g.npy"), "--overwrite")
            self.assertClose(np.load(self.path("g.npy")), command, x[:50], note="csv to a store")

    def test_a_wider_dtype_is_a_wider_sum(self):
        x = (self.random("wide").normal(size=(50_000, 11)) + 10).astype("f4")
        for command in COMMANDS:
            got = self.compute(command, x, "--dtype", "float64")
            self.assertEqual(got.dtype, np.float64)
            np.testing.assert_allclose(got, numpys(command, x), rtol=1e-11, atol=1e-12, err_msg=command)

    def test_threads_and_budget_change_no_bit(self):
        random = self.random("bits")
        for dtype, shape in [("float32", (60_000, 131)), ("float64", (20_000, 97)), ("int32", (20_000, 31))]:
            x = (random.normal(size=shape) * 9).astype(dtype)
            for command in COMMANDS:
                kept = self.compute(command, x)
                for options in (["--threads", 1], ["--threads", 2, "--memory", "64MiB"], ["--threads", 3]):
                    with self.subTest(f"{command} {dtype} {options} seed {SEED}"):
                        self.assertSame(self.compute(command, x, *options), kept)

    def test_one_pass(self):
        x = np.ones((50_000, 40), "f4")
        source, out = self.save("x.npy", x), self.path("g.npy")
        for command in COMMANDS:
            plan = json.loads(self.ok(command, source, out, "--explain", "--json", "--memory", "64MiB").out)
            with self.subTest(command):
                self.assertEqual(plan["bytes_read"], x.nbytes)
                self.assertGreaterEqual(plan["bytes_written"], 40 * 40 * 4)
                self.assertLessEqual(plan["predicted_peak_bytes"], 64 << 20)
        self.assertOnlyHolds("x.npy")
        report = json.loads(self.ok("cov", source, out, "--json").out)
        self.assertEqual(report["destination"], out)

    def test_mistakes(self):
        source, cube = self.save("x.npy", np.ones((9, 3))), self.save("cube.npy", np.ones((2, 2, 2)))
        out = self.path("g.npy")
        for command in COMMANDS:
            for arguments, code, names in [
                ([source], 2, []), ([source, out, "more"], 2, []), ([self.path("gone.npy"), out], 1, ["gone.npy"]),
                ([cube, out], (1, 2), ["2-D", "two", "2 dimension", "(2, 2, 2)"]), ([source, self.path("g.txt")], (1, 2), ["g.txt"]),
                ([source, source], (1, 2), ["exists"]), ([source, source, "--overwrite"], (1, 2), ["overlap"]),
                ([source, out, "--memory", "1MiB"], 2, ["64"]), ([source, out, "--ddof", "x"], 2, ["ddof"]),
            ]:
                with self.subTest(f"{command} {' '.join(map(os.path.basename, arguments))}"):
                    self.fails(command, *arguments, code=code, names=names)
                    self.assertOnlyHolds("cube.npy", "x.npy")
            self.assertIn(f"tessera {command} ", self.ok(command, "--help").out)
