"""`random`: uniform numbers are NumPy's bit for bit, and no layout, thread or seed's neighbour changes them."""
import unittest

import numpy as np
import zarr

from support import TesseraCase


def numpy_uniform(seed, shape, dtype):
    return np.random.Generator(np.random.Philox(seed)).random(shape, dtype=dtype)


class Random(TesseraCase):
    def test_uniform_is_numpys(self):
        for seed in (0, 1, 7, 2**32, 2**64 - 1, 2**127 + 5):
            for dtype in ("float32", "float64"):
                for shape in ((5,), (1000, 37), (3, 4, 5), (1,), (0, 7)):
                    with self.subTest(f"{seed} {dtype} {shape}"):
                        out = self.path("r.npy")
                        self.ok("random", "x".join(map(str, shape)), out, "--seed", seed, "--dtype", dtype,
                                "--overwrite")
                        self.assertSame(np.load(out), numpy_uniform(seed, shape, dtype))

    def test_float32_and_seed_0_by_default(self):
        self.ok("random", "50x3", self.path("r.npy"))
        self.assertSame(np.load(self.path("r.npy")), numpy_uniform(0, (50, 3), "float32"))

    def test_layout_and_threads_change_nothing(self):
        shape = (317, 53)
        for name, options in {
            "uniform": ["--dtype", "float32"], "float64": ["--dtype", "float64"], "normal": ["--dist", "normal"],
            "half": ["--dtype", "float16"], "integers": ["--dist", "integers:-7:12", "--dtype", "int16"],
            "gamma": ["--dist", "gamma:0.5:2"], "binomial": ["--dist", "binomial:90:0.4"],
        }.items():
            with self.subTest(name):
                plain, store = self.path(f"{name}.npy"), self.path(f"{name}.zarr")
                self.ok("random", "317x53", plain, "--seed", 3, "--threads", 1, *options)
                expected = np.load(plain)
                for chunks, threads in [("7x11", 2), ("317x1", 3), ("1x53", 1)]:
                    self.ok("random", "317x53", store, "--seed", 3, "--threads", threads, "--chunks", chunks,
                            "--shards", "none", "--overwrite", *options)
                    self.assertSame(zarr.open_array(store, mode="r")[...], expected, chunks)
                self.assertEqual(expected.shape, shape)

    def test_distributions(self):
        self.ok("random", "200000", self.path("n.npy"), "--dist", "normal", "--seed", 5)
        normal = np.load(self.path("n.npy")).astype("f8")
        self.assertEqual(np.load(self.path("n.npy")).dtype, np.float32)
        self.assertLess(abs(normal.mean()), 0.01)
        self.assertLess(abs(normal.std() - 1), 0.01)
        self.ok("random", "200000", self.path("i.npy"), "--dist", "integers:-3:5", "--seed", 5)
        integers = np.load(self.path("i.npy"))
        self.assertEqual(integers.dtype, np.int64)
        values, counts = np.unique(integers, return_counts=True)
        self.assertEqual(values.tolist(), list(range(-3, 5)))
        self.assertLess(np.abs(counts / 25000 - 1).max(), 0.05)

    def test_parts_can_be_sliced_and_scalars_made(self):
        self.ok("random", "()", self.path("s.npy"), "--seed", 4, "--dtype", "float64")
        self.assertSame(np.load(self.path("s.npy")), np.asarray(numpy_uniform(4, (1,), "float64")[0]))

    def test_mistakes(self):
        out = self.path("r.npy")
        for arguments in [["3xa", out], ["", out], ["-3", out], ["3", out, "--dist", "integers:5:5"],
                          ["3", out, "--dist", "gauss"], ["3", out, "--seed", "-1"], ["3", out, "--dtype", "int32"],
                          ["3", out, "--dist", "integers:0:300", "--dtype", "uint8"], ["9" * 30, out],
                          ["9999999999x9999999999", out]]:
            with self.subTest(" ".join(arguments)):
                self.fails("random", *arguments, code=2)
                self.assertOnlyHolds()

    def test_the_plan_reads_nothing(self):
        import json
        plan = json.loads(self.ok("random", "1000x10", self.path("r.npy"), "--explain", "--json").out)
        self.assertEqual((plan["bytes_read"], plan["bytes_written"], len(plan["passes"])), (0, 40000, 1))
        self.assertOnlyHolds()


if __name__ == "__main__":
    unittest.main()
