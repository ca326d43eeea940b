"""`normalize` against scikit-learn: every method, dtype and axis, parameters there and back, memory, and the same bits."""
import json
import os
import shutil
import tempfile
import time
import unittest
import warnings

import numpy as np
from sklearn import preprocessing

import peers
import support
from support import MIB, TesseraCase, run_measured

SCALERS = {
    "zscore": preprocessing.StandardScaler,
    "minmax": preprocessing.MinMaxScaler,
    "maxabs": preprocessing.MaxAbsScaler,
    "robust": preprocessing.RobustScaler,
}
ROWS = ("l2", "l1")
DTYPES = ("float64", "float32", "float16", "int64", "int32", "uint8", "bool")
SHAPES = ((1000, 37), (5000, 3), (7, 2000), (1, 4))


def expected_parameters(method, fitted, features):
    """What a fitted scaler would save as center and scale."""
    if method == "zscore":
        return fitted.mean_, fitted.scale_
    if method == "minmax":
        return fitted.data_min_, 1 / fitted.scale_
    if method == "maxabs":
        return np.zeros(features), fitted.scale_
    return fitted.center_, fitted.scale_


def ulps(got, expected):
    """The greatest distance in units of the last place of the expected values; NaNs agree."""
    got, expected = got.astype("float64"), expected.astype(got.dtype)
    unit = np.spacing(np.abs(expected)).astype("float64")
    return np.nanmax(np.abs(got - expected.astype("float64")) / unit, initial=0)


class Normalize(TesseraCase):
    def setUp(self):
        super().setUp()
        warnings.simplefilter("ignore")

    def data(self, salt, dtype, shape, nan=False):
        """Features of different means and spreads; one is constant, and with `nan` one is nothing but NaN."""
        random = self.random(salt)
        x = random.normal(size=shape) * random.uniform(0.5, 30, shape[1]) + random.uniform(-80, 80, shape[1])
        if dtype == "bool":
            x = x > 0
        elif dtype == "uint8":
            x = np.abs(x) % 256
        x = x.astype(dtype)
        x[:, 1] = 1
        if nan:
            x[random.random(shape) < 0.05] = np.nan
            x[:, 2] = np.nan
        return x

    def normalize(self, x, *options):
        source = self.save("x.npy", x)
        self.ok("normalize", source, self.path("z.npy"), "--overwrite", *options)
        return np.load(self.path("z.npy"))

    def tolerance(self, method, dtype):
        # scikit-learn rounds x * scale + min twice for minmax.
        return {"float16": 2e-3, "float32": 4e-6}.get(dtype, 1e-11)

    def test_scalers(self):
        for dtype in DTYPES:
            for shape in SHAPES:
                for nan in (False, True) if dtype.startswith("float") else (False,):
                    x = self.data(f"{dtype}{shape}", dtype, shape, nan)
                    for method, scaler in SCALERS.items():
                        with self.subTest(method=method, dtype=dtype, shape=shape, nan=nan, seed=support.SEED):
                            self.check(x, method, scaler)

    def check(self, x, method, scaler):
        parameters = self.path("p.npz")
        z = self.normalize(x, "--method", method, "--save-params", parameters)
        fitted = scaler().fit(x)
        self.assertEqual(z.dtype, fitted.transform(x).dtype)
        if x.dtype == np.float16:
            # scikit-learn computes in float16, parameters included: float32 tells more of what is right.
            fitted = scaler().fit(x.astype("float32"))
        want = fitted.transform(x.astype("float32") if x.dtype == np.float16 else x)
        np.testing.assert_array_equal(np.isnan(z), np.isnan(want))
        close = self.tolerance(method, x.dtype.name)
        np.testing.assert_allclose(z.astype("f8"), want.astype("f8"), rtol=close, atol=close)
        with np.load(parameters, allow_pickle=False) as saved:
            self.assertEqual(str(saved["method"]), method)
            self.assertEqual(saved["method"].shape, ())
            center, scale = expected_parameters(method, fitted, x.shape[1])
            np.testing.assert_allclose(saved["center"], center, rtol=max(close, 1e-9), atol=close)
            np.testing.assert_allclose(saved["scale"], scale, rtol=max(close, 1e-9))
            self.assertEqual(saved["center"].dtype, np.float64)
            # The formula of the file gives what was written, to the bit.
            working = np.float64 if z.dtype == np.float64 else np.float32
            center, scale = (saved[name].astype(working) for name in ("center", "scale"))
            np.testing.assert_array_equal(z, ((x.astype(working) - center) / scale).astype(z.dtype))

    def test_float32_is_within_an_ulp_or_two(self):
        x = self.data("ulps", "float32", (20000, 40))
        for method in ("zscore", "maxabs", "robust"):
            with self.subTest(method=method, seed=support.SEED):
                z = self.normalize(x, "--method", method)
                self.assertLessEqual(ulps(z, SCALERS[method]().fit_transform(x)), 2)
        z = self.normalize(x, "--method", "minmax")
        self.assertEqual((z.min(), z.max()), (0, 1))
        exact = (x.astype("f8") - x.min(0)) / np.where(np.ptp(x, 0) == 0, 1, np.ptp(x.astype("f8"), 0))
        self.assertLessEqual(ulps(z, exact), 2)

    def test_rows(self):
        for dtype in DTYPES:
            for shape in SHAPES + ((3, 100_000), (70_000, 5)):
                x = self.data(f"rows{dtype}{shape}", dtype, shape)
                x[0] = 0
                for method in ROWS:
                    with self.subTest(method=method, dtype=dtype, shape=shape, seed=support.SEED):
                        z = self.normalize(x, "--method", method)
                        # In float64: scikit-learn's squares of float16 overflow.
                        want = preprocessing.normalize(x.astype("f8"), norm=method)
                        self.assertEqual(z.dtype, x.dtype if dtype.startswith("float") else np.float64)
                        close = {"float16": 1e-3, "float32": 2e-7}.get(dtype, 1e-13)
                        np.testing.assert_allclose(z.astype("f8"), want, rtol=close, atol=close * 1e-3)

    def test_axes(self):
        x = self.data("axes", "float64", (60, 50))
        for method, scaler in SCALERS.items():
            z = self.normalize(x, "--method", method, "--axis", "1")
            np.testing.assert_allclose(z, scaler().fit_transform(x.T).T, rtol=1e-11, atol=1e-11)
        for method in ROWS:
            z = self.normalize(x, "--method", method, "--axis", "0")
            np.testing.assert_allclose(z, preprocessing.normalize(x, norm=method, axis=0), rtol=1e-13)
        cube = self.random("cube").normal(size=(8, 9, 10))
        for axis in range(-3, 3):
            z = self.normalize(cube, "--axis", str(axis))
            want = (cube - cube.mean(axis, keepdims=True)) / cube.std(axis, keepdims=True)
            np.testing.assert_allclose(z, want, rtol=1e-12, atol=1e-12)

    def test_forms(self):
        x = self.data("forms", "float32", (3000, 20))
        source = self.save("x.npy", x)
        np.save(self.path("f.npy"), np.asfortranarray(x))
        self.ok("convert", source, self.path("x.zarr"), "--codec", "lz4", "--chunks", "500x7", "--shards", "none")
        want = self.normalize(x)
        for name in ("f.npy", "x.zarr"):
            self.ok("normalize", self.path(name), self.path("z.zarr"), "--codec", "lz4", "--overwrite")
            np.testing.assert_allclose(peers.zarrs(self.path("z.zarr")), want, rtol=1e-5, atol=1e-6)

    def test_parameters_there_and_back(self):
        train, test = (self.data(salt, "float32", (500, 12)) for salt in ("train", "test"))
        for method, scaler in SCALERS.items():
            parameters = self.path(f"{method}.npz")
            self.normalize(train, "--method", method, "--save-params", parameters)
            source = self.save("test.npy", test)
            self.ok("normalize", source, self.path("t.npy"), "--params", parameters, "--overwrite")
            want = scaler().fit(train).transform(test)
            np.testing.assert_allclose(np.load(self.path("t.npy")), want, rtol=4e-6, atol=4e-6)
        # Parameters that NumPy wrote.
        np.savez(self.path("own.npz"), center=np.arange(12), scale=np.full(12, 2.0), method="zscore")
        self.ok("normalize", source, self.path("t.npy"), "--params", self.path("own.npz"), "--overwrite")
        self.assertSame(np.load(self.path("t.npy")), (test - np.arange(12, dtype="f4")) / np.float32(2))
        np.savez_compressed(self.path("packed.npz"), center=np.arange(12), scale=np.full(12, 2.0), method="zscore")
        self.ok("normalize", source, self.path("u.npy"), "--params", self.path("packed.npz"))
        self.assertSame(np.load(self.path("u.npy")), np.load(self.path("t.npy")))

    def test_hostile_parameters(self):
        source = self.save("x.npy", self.data("hostile", "float32", (30, 3)))
        good = {"center": np.zeros(3), "scale": np.ones(3), "method": "zscore"}
        bad = [{"center": np.zeros(4)}, {"scale": np.zeros(3)}, {"scale": -np.ones(3)}, {"method": "boxcox"},
               {"method": np.zeros(3)}, {"method": np.array(["zscore"])}, {"center": np.array(["a", "b", "c"])},
               {"center": np.zeros(3, dtype=complex)}, {"axis": 7}, {"method": np.array("zscore", dtype=object)},
               {"center": np.zeros(4), "scale": np.ones(4)}, {"center": np.zeros((3, 1)), "scale": np.ones((3, 1))}]
        for changes in bad:
            with self.subTest(changes=changes):
                np.savez(self.path("p.npz"), **{**good, **changes})
                self.fails("normalize", source, self.path("z.npy"), "--params", self.path("p.npz"), code=(1, 2))
        for missing in good:
            np.savez(self.path("p.npz"), **{name: good[name] for name in good if name != missing})
            self.fails("normalize", source, self.path("z.npy"), "--params", self.path("p.npz"), names=[missing])
        self.assertOnlyHolds("p.npz", "x.npy")

    def test_killed_then_resumed(self):
        x = self.random("resume").standard_normal((150_000, 64), dtype="f4").round(1)
        source = self.save("x.npy", x)
        for name, scale in (("p.npz", 2.0), ("q.npz", 3.0)):
            np.savez(self.path(name), center=np.zeros(64), scale=np.full(64, scale), method="zscore")
        command = ["normalize", source, self.path("z.zarr"), "--codec", "gzip", "--level", "6", "--chunks", "2000x64",
                   "--shards", "10000x64", "--threads", "1", "--params"]
        base = support.tree_bytes(self.folder)
        process = support.start(*command, self.path("p.npz"))
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if support.tree_bytes(self.folder) - base > 4 * MIB:
                process.kill()
                break
            time.sleep(0.005)
        process.wait(60)
        process.stderr.close()
        self.assertEqual(process.returncode, -9, "ended before it could be killed")
        # Other parameters are another job; the first one can still go on.
        self.fails(*command, self.path("q.npz"), "--resume", code=2, names=["resume"])
        self.ok(*command, self.path("p.npz"), "--resume")
        self.assertSame(peers.zarrs(self.path("z.zarr")), x / np.float32(2))


ROWS_BIG, COLUMNS_BIG = 68_267, 768


class NormalizeLarge(TesseraCase):
    """200 MB in 64 MiB, and the same bits whatever the budget and the number of threads."""

    @classmethod
    def setUpClass(cls):
        support.binary()
        cls.shared = tempfile.mkdtemp(prefix="tessera-normalize-")
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.source = os.path.join(cls.shared, "x.npy")
        random = np.random.default_rng([support.SEED, 400])
        x = np.lib.format.open_memmap(cls.source, "w+", "float32", (ROWS_BIG, COLUMNS_BIG))
        for first in range(0, ROWS_BIG, 8192):
            rows = min(8192, ROWS_BIG - first)
            x[first:first + rows] = random.standard_normal((rows, COLUMNS_BIG), dtype="f4") * 3 + 7
        x.flush()

    def test_peak_and_bits(self):
        for method in (*SCALERS, *ROWS):
            with self.subTest(method=method):
                kept = None
                for threads, memory in ((2, "64MiB"), (1, None)):
                    limit = ["--memory", memory] if memory else []
                    result = run_measured(
                        "normalize", self.source, self.path("z.npy"), "--method", method, "--overwrite",
                        "--threads", threads, *limit)
                    self.assertEqual(result.code, 0, result)
                    if memory:
                        self.assertLessEqual(
                            result.peak_bytes, 64 * MIB, f"peak {result.peak_bytes / MIB:.1f} MiB\n{result}")
                    z = np.load(self.path("z.npy"), mmap_mode="r")
                    if kept is None:
                        os.rename(self.path("z.npy"), self.path("kept.npy"))
                        kept = np.load(self.path("kept.npy"), mmap_mode="r")
                        self.holds(method, kept)
                    else:
                        for first in range(0, ROWS_BIG, 16384):
                            part = slice(first, first + 16384)
                            same = np.array_equal(z[part].view("u4"), kept[part].view("u4"))
                            self.assertTrue(same, f"{method}, {threads} threads, {memory}: rows from {first}")
                    del z

    def holds(self, method, z):
        x = np.load(self.source, mmap_mode="r")
        part = slice(5000, 9000)
        if method in ROWS:
            want = preprocessing.normalize(x[part], norm=method)
        else:
            want = SCALERS[method]().fit(x).transform(x[part])
        np.testing.assert_allclose(z[part], want, rtol=4e-6, atol=4e-6)

    def test_explain_foretells_both_passes(self):
        plan = json.loads(self.ok(
            "normalize", self.source, self.path("z.npy"), "--explain", "--json", "--memory", "64MiB").out)
        self.assertEqual(len(plan["passes"]), 2)
        size = ROWS_BIG * COLUMNS_BIG * 4
        self.assertEqual((plan["bytes_read"], plan["bytes_written"]), (2 * size, size))
        self.assertLessEqual(plan["predicted_peak_bytes"], 64 * MIB)


if __name__ == "__main__":
    unittest.main()
