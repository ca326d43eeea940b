"""`matmul` against NumPy: shapes, dtypes, transposes, stored forms, and the same bits whatever the threads and the budget."""
import json
import os

import numpy as np

import cases
from support import SEED, TesseraCase

PRIMES = (1, 2, 3, 7, 31, 97)


def values(random, dtype, shape):
    """Small enough that float16 does not overflow; integers of their whole range, which wraps."""
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return random.random(shape) < 0.2
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return random.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
    x = random.normal(size=shape)
    return (x + 1j * random.normal(size=shape) if dtype.kind == "c" else x).astype(dtype)


class MatmulCase(TesseraCase):
    def matmul(self, a, b, *options):
        sources = [self.save("a.npy", a), self.save("b.npy", b)]
        self.ok("matmul", *sources, self.path("c.npy"), "--overwrite", *options)
        return np.load(self.path("c.npy"))

    def assertProduct(self, got, a, b, note=""):
        """NumPy's dtype and shape; integers and bools exactly, others within the bound of any order of summation."""
        with np.errstate(all="ignore"):
            expected = np.asarray(np.matmul(a, b))
        self.assertEqual((got.dtype, got.shape), (expected.dtype, expected.shape), note)
        if expected.dtype.kind not in "fc":
            return np.testing.assert_array_equal(got, expected, note)
        wide = "c16" if expected.dtype.kind == "c" else "f8"
        exact = np.matmul(a.astype(wide), b.astype(wide))
        # Higham, Accuracy and Stability, 3.5: |error| <= gamma_k |a||b|, and float16 is accumulated in float32.
        k = a.shape[-1]
        epsilon = np.finfo(expected.dtype).eps
        gamma = 4 * (k + 2) * (np.finfo("f4").eps if expected.dtype == np.float16 else epsilon)
        gamma += epsilon
        bound = gamma * np.matmul(np.abs(a).astype("f8"), np.abs(b).astype("f8")) + np.finfo(expected.dtype).tiny
        distance = np.abs(got.astype(wide) - exact)
        self.assertTrue(np.all(distance <= bound), f"{note}: off by {np.max(distance / bound, initial=0)} times the bound")


class Matmul(MatmulCase):
    def test_every_dtype(self):
        random = self.random("dtypes")
        for dtype in cases.DTYPES:
            for m, k, n in [(1, 1, 1), (31, 97, 7), (2, 131, 61)]:
                with self.subTest(f"{dtype} {m, k, n} seed {SEED}"):
                    a, b = values(random, dtype, (m, k)), values(random, dtype, (k, n))
                    self.assertProduct(self.matmul(a, b), a, b)

    def test_mixed_dtypes_are_promoted(self):
        random = self.random("mixed")
        pairs = [("bool", "int8"), ("int8", "uint8"), ("int32", "float32"), ("int64", "uint64"), ("float16", "float32"),
                 ("float32", "float64"), ("float32", "complex64"), ("int64", "complex64"), ("uint8", "float16")]
        for first, second in pairs:
            for a, b in [(first, second), (second, first)]:
                with self.subTest(f"{a} by {b} seed {SEED}"):
                    # Not the whole range: float16 has none for it, and float64 none for int64's.
                    a, b = ((values(random, d, s).astype("f8").clip(0, 9) if np.dtype(d).kind in "iu"
                             else values(random, d, s)).astype(d) for d, s in [(a, (5, 17)), (b, (17, 6))])
                    self.assertProduct(self.matmul(a, b), a, b)

    def test_random_shapes(self):
        random = self.random("shapes")
        for case in range(24):
            m, k, n = (int(random.choice(PRIMES)) if random.random() < 0.7 else int(random.integers(1, 300)) for _ in "mkn")
            dtype = str(random.choice(["float32", "float64", "complex64", "int32", "complex128"]))
            with self.subTest(f"case {case} of seed {SEED}: {m, k, n} {dtype}"):
                a, b = values(random, dtype, (m, k)), values(random, dtype, (k, n))
                options = []
                for flag in ("a", "b"):
                    if random.random() < 0.4:
                        options.append(f"--transpose-{flag}")
                turned_a = np.ascontiguousarray(a.T) if "--transpose-a" in options else a
                turned_b = np.ascontiguousarray(b.T) if "--transpose-b" in options else b
                if random.random() < 0.3:
                    turned_a = np.asfortranarray(turned_a)
                if random.random() < 0.3:
                    turned_b = np.asfortranarray(turned_b)
                self.assertProduct(self.matmul(turned_a, turned_b, *options), a, b)

    def test_vectors_and_stacks(self):
        random = self.random("stacks")
        shapes = [
            ((5,), (5,)), ((5,), (5, 3)), ((4, 5), (5,)), ((5,), (2, 5, 3)), ((2, 4, 5), (5,)),
            ((3, 4, 5), (3, 5, 6)), ((3, 4, 5), (5, 6)), ((4, 5), (3, 5, 6)), ((1, 4, 5), (7, 5, 6)),
            ((2, 1, 4, 5), (3, 5, 6)), ((2, 3, 1, 5), (2, 3, 5, 1)), ((11, 1, 1), (11, 1, 1)),
        ]
        for a, b in shapes:
            for dtype in ("float32", "int16", "complex128"):
                with self.subTest(f"{a} by {b} {dtype} seed {SEED}"):
                    x, y = values(random, dtype, a), values(random, dtype, b)
                    self.assertProduct(self.matmul(x, y), x, y)
        a, b = values(random, "float64", (3, 5, 4)), values(random, "float64", (3, 6, 5))
        got = self.matmul(a, b, "--transpose-a", "--transpose-b")
        self.assertProduct(got, a.swapaxes(1, 2), b.swapaxes(1, 2), "transposes are of the last two axes")

    def test_empty(self):
        for a, b in [((0, 3), (3, 4)), ((3, 0), (0, 4)), ((3, 4), (4, 0)), ((0, 0), (0, 0)), ((2, 3, 0), (0, 4)),
                     ((0, 3, 4), (4, 5)), ((0,), (0,)), ((0,), (0, 3))]:
            for dtype in ("float32", "int64", "bool"):
                with self.subTest(f"{a} by {b} {dtype}"):
                    x, y = np.zeros(a, dtype), np.zeros(b, dtype)
                    self.assertProduct(self.matmul(x, y), x, y)

    def test_specials(self):
        a = np.array([[1, np.nan], [np.inf, 1], [0, -np.inf], [2, 3]], "f4")
        b = np.array([[1, 0, -1], [2, 1, 0]], "f4")
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(self.matmul(a, b), a @ b)
        # The one NaN spoils its own row and nothing else, however tiles are padded.
        random = self.random("specials")
        x, y = values(random, "float32", (97, 61)), values(random, "float32", (61, 83))
        x[13, 60] = np.nan
        got = self.matmul(x, y)
        self.assertTrue(np.isnan(got[13]).all())
        self.assertProduct(np.delete(got, 13, 0), np.delete(x, 13, 0), y)

    def test_forms(self):
        random = self.random("forms")
        a, b = values(random, "float32", (211, 157)), values(random, "float32", (157, 89))
        expected = self.matmul(a, b)
        self.assertProduct(expected, a, b)
        np.savez_compressed(self.path("p.npz"), a=a, b=b)
        self.save("af.npy", np.asfortranarray(a)), self.save("bb.npy", b.astype(">f4"))
        self.ok("convert", self.path("a.npy"), self.path("a.zarr"), "--codec", "lz4", "--chunks", "17x31", "--shards", "none")
        self.ok("convert", self.path("b.npy"), self.path("b.zarr"), "--codec", "none", "--chunks", "64x13", "--shards", "128x26")
        self.ok("convert", self.path("b.npy"), self.path("b2.zarr"), "--zarr-format", "2", "--codec", "zstd", "--chunks", "50x50")
        for number, (left, right) in enumerate([("af.npy", "bb.npy"), ("a.zarr", "b.zarr"), ("p.npz/a", "b2.zarr"), ("a.npy", "p.npz/b")]):
            for out in (["c.zarr", "--codec", "lz4", "--chunks", "37x41"], [f"d{number}.npz/c"], ["g.zarr/c", "--zarr-format", "2"]):
                with self.subTest(f"{left} by {right} to {out}"):
                    self.ok("matmul", self.path(left), self.path(right), self.path(out[0]), *out[1:], "--overwrite")
                    self.ok("convert", self.path(out[0]), self.path("back.npy"), "--overwrite")
                    self.assertProduct(np.load(self.path("back.npy")), a, b)

    def test_dtype_of_the_result(self):
        random = self.random("cast")
        a, b = values(random, "float32", (40, 30)), values(random, "float32", (30, 20))
        got = self.matmul(a, b, "--dtype", "float64")
        self.assertEqual(got.dtype, np.float64)
        np.testing.assert_allclose(got, a.astype("f8") @ b.astype("f8"), rtol=0, atol=1e-4)

    def test_threads_and_budget_change_no_bit(self):
        random = self.random("bits")
        for dtype, (m, k, n) in [("float32", (2300, 1900, 2100)), ("float64", (700, 3100, 900)), ("complex64", (300, 999, 700)),
                                 ("int32", (300, 500, 200)), ("float16", (200, 700, 100))]:
            a, b = values(random, dtype, (m, k)), values(random, dtype, (k, n))
            kept = self.matmul(a, b)
            self.assertProduct(kept[:40], a[:40], b)
            for options in (["--threads", 1], ["--threads", 2, "--memory", "64MiB"], ["--threads", 3, "--memory", "100MiB"]):
                with self.subTest(f"{dtype} {options} seed {SEED}"):
                    self.assertSame(self.matmul(a, b, *options), kept)
            self.ok("convert", self.path("a.npy"), self.path("a.zarr"), "--codec", "lz4", "--chunks", "119x203", "--overwrite")
            self.ok("matmul", self.path("a.zarr"), self.path("b.npy"), self.path("c.npy"), "--overwrite")
            with self.subTest(f"{dtype}: from chunks, seed {SEED}"):
                self.assertSame(np.load(self.path("c.npy")), kept)

    def test_the_plan(self):
        a, b = self.save("a.npy", np.ones((600, 500), "f4")), self.save("b.npy", np.ones((500, 400), "f4"))
        out = self.path("c.npy")
        plan = json.loads(self.ok("matmul", a, b, out, "--explain", "--json").out)
        self.assertEqual(plan["bytes_written"], 600 * 400 * 4)
        self.assertGreaterEqual(plan["bytes_read"], (600 * 500 + 500 * 400) * 4)
        self.assertGreater(len(plan["passes"]), 0)
        self.assertTrue(self.ok("matmul", a, b, out, "--explain").out)
        self.assertOnlyHolds("a.npy", "b.npy")
        report = json.loads(self.ok("matmul", a, b, out, "--json").out)
        self.assertEqual(report["bytes_out"], 600 * 400 * 4)
        self.assertEqual(report["destination"], out)

    def test_mismatched_shapes_are_both_named(self):
        for a, b in [((3, 4), (5, 6)), ((4,), (5,)), ((2, 3, 4), (3, 4, 5)), ((3, 4), (3,)), ((2, 3, 4), (2, 3, 4))]:
            with self.subTest(f"{a} by {b}"):
                sources = [self.save("a.npy", np.zeros(a, "f4")), self.save("b.npy", np.zeros(b, "f4"))]
                error = self.fails("matmul", *sources, self.path("c.npy"), code=(1, 2)).err
                for shape in (a, b):
                    self.assertIn(str(shape), error)
                self.assertOnlyHolds("a.npy", "b.npy")

    def test_mistakes(self):
        x, scalar = self.save("x.npy", np.ones((3, 3), "f4")), self.save("s.npy", np.float32(2))
        out = self.path("c.npy")
        for arguments, code, names in [
            ([x, x], 2, []), ([x], 2, []), ([x, x, out, "--transpose"], 2, ["--transpose-a"]),
            ([x, self.path("gone.npy"), out], 1, ["gone.npy"]), ([x, x, self.path("c.txt")], (1, 2), ["c.txt"]),
            ([scalar, x, out], (1, 2), ["()", "0"]), ([x, x, x], (1, 2), ["exists"]),
            ([x, x, x, "--overwrite"], (1, 2), ["overlap"]), ([x, x, out, "--memory", "1MiB"], 2, ["64"]),
        ]:
            with self.subTest(" ".join(map(os.path.basename, map(str, arguments)))):
                self.fails("matmul", *arguments, code=code, names=names)
                self.assertOnlyHolds("s.npy", "x.npy")
        self.fails("matmol", x, x, out, code=2, names=["matmul"])
        self.assertIn("tessera matmul ", self.ok("matmul", "--help").out)
