"""`reduce` against NumPy: every operation, dtype by dtype, with axes, in one pass."""
import itertools
import json
import warnings

import numpy as np

from support import MIB, TesseraCase, run_measured

PLAIN = ["sum", "prod", "min", "max", "mean", "var", "std", "any", "all", "count_nonzero"]
NAN = ["nansum", "nanprod", "nanmin", "nanmax", "nanmean", "nanvar", "nanstd"]
ARG = ["argmin", "argmax", "nanargmin", "nanargmax"]
DDOF = ["var", "std", "nanvar", "nanstd"]
EXACT = {"min", "max", "any", "all", "count_nonzero", "nanmin", "nanmax", *ARG}


def numpys(op, x, axis, keepdims=False, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(getattr(np, op)(x, axis=axis, keepdims=keepdims, **options))


def in_float64(op, x, axis, keepdims=False, **options):
    """Where NumPy accumulates in a short dtype, what it would say with a longer one."""
    wide = {"f": "f8", "c": "c16"}.get(x.dtype.kind)
    return numpys(op, x.astype(wide) if wide else x, axis, keepdims, **options)


class Reduce(TesseraCase):
    def assertReduced(self, got, op, x, axis, keepdims=False, note="", **options):
        expected = numpys(op, x, axis, keepdims, **options)
        note = f"{note} {op} {axis} {options}"
        self.assertEqual((got.dtype, got.shape), (expected.dtype, expected.shape), note)
        if op in EXACT or x.dtype.kind in "biu" and op in ("sum", "prod", "nansum", "nanprod"):
            np.testing.assert_array_equal(got, expected, note)
            return
        with np.errstate(over="ignore"):
            wanted = in_float64(op, x, axis, keepdims, **options).astype(expected.dtype)
        bits = {2: 2e-3, 4: 1e-6, 8: 1e-11, 16: 1e-11}[wanted.dtype.itemsize if wanted.dtype != "c8" else 4]
        np.testing.assert_allclose(got, wanted, rtol=bits, atol=bits, err_msg=note)

    def arrays(self, random):
        x = random.normal(size=(60, 7, 11)) * 3
        x[random.random(x.shape) < 0.05] = 0
        withnan = x.copy()
        withnan[random.random(x.shape) < 0.1] = np.nan
        yield "float64", x
        yield "float32", x.astype("f4")
        yield "float64 with NaN", withnan
        yield "float32 with NaN", withnan.astype("f4")
        yield "float16", withnan[:5, :5, :5].astype("f2")
        yield "int64", random.integers(-50, 50, x.shape)
        yield "int8", random.integers(-128, 128, x.shape, dtype="i1")
        yield "uint16", random.integers(0, 2**16, x.shape, dtype="u2")
        yield "bool", random.random(x.shape) < 0.9
        yield "complex128", x[:20] + 1j * x[20:40]

    def test_every_operation_along_every_axis(self):
        for name, x in self.arrays(self.random("reduce")):
            path = self.save("x.npy", x)
            operations = PLAIN + NAN
            for axis in [None, 0, 1, 2, -1, (0, 1), (0, 2), (-1, 0), (0, 1, 2)]:
                options = [] if axis is None else ["--axis", ",".join(map(str, np.atleast_1d(axis)))]
                self.ok("reduce", ",".join(operations), path, *options, "-o", self.path("t.npz"), "--overwrite")
                with np.load(self.path("t.npz")) as archive:
                    self.assertEqual(archive.files, operations)
                    for op in operations:
                        with self.subTest(f"{name} {op} {axis}"):
                            self.assertReduced(archive[op], op, x, axis, note=name)
            for axis in (None, 0, 1, -1):
                options = [] if axis is None else ["--axis", axis]
                self.ok("reduce", ",".join(ARG), path, *options, "-o", self.path("t.npz"), "--overwrite")
                with np.load(self.path("t.npz")) as archive:
                    for op in ARG:
                        with self.subTest(f"{name} {op} {axis}"):
                            self.assertReduced(archive[op], op, x, axis, note=name)

    def test_keepdims_and_ddof(self):
        for name, x in itertools.islice(self.arrays(self.random("ddof")), 4):
            path = self.save("x.npy", x)
            for axis, ddof in [((0, 2), 1), (1, 2), (None, 3), (1, 7)]:
                options = [] if axis is None else ["--axis", ",".join(map(str, np.atleast_1d(axis)))]
                self.ok("reduce", ",".join(DDOF), path, *options, "--ddof", ddof, "--keepdims", "-o",
                        self.path("t.npz"), "--overwrite")
                with np.load(self.path("t.npz")) as archive:
                    for op in DDOF:
                        with self.subTest(f"{name} {op} {axis}"):
                            self.assertReduced(archive[op], op, x, axis, keepdims=True, note=name, ddof=ddof)

    def test_quantiles(self):
        for name, x in itertools.islice(self.arrays(self.random("quantiles")), 9):
            path = self.save("x.npy", x)
            for axis, keepdims in [(None, False), (0, False), (1, True), ((0, 2), False)]:
                options = [] if axis is None else ["--axis", ",".join(map(str, np.atleast_1d(axis)))]
                options += ["--keepdims"] * keepdims
                for q, given in [("0.5", 0.5), ("0.1,0.9", [0.1, 0.9]), ("0,0.333,1", [0, 0.333, 1])]:
                    operations = ["median", "nanmedian", "quantile", "nanquantile"]
                    if x.dtype == bool:  # no numbers to lie between
                        operations = operations[:2]
                    if x.dtype == bool and q != "0.5":
                        continue
                    more = [] if x.dtype == bool else ["--q", q]
                    self.ok("reduce", ",".join(operations), path, *options, *more, "-o", self.path("t.npz"),
                            "--overwrite")
                    with np.load(self.path("t.npz")) as archive:
                        for op in operations:
                            with self.subTest(f"{name} {op} {axis} {q}"):
                                extra = {"q": given} if "quantile" in op else {}
                                self.assertReduced(archive[op], op, x, axis, keepdims, name, **extra)

    def test_destinations(self):
        x = self.random("out").normal(size=(50, 6)).astype("f4")
        path = self.save("x.npy", x)
        self.ok("reduce", "max", path, "--axis", 0, "-o", self.path("m.npy"))
        self.assertSame(np.load(self.path("m.npy")), x.max(0))
        self.ok("reduce", "max", path, "--axis", 1, "-o", self.path("m.zarr"), "--codec", "lz4", "--dtype", "float64")
        self.ok("convert", self.path("m.zarr"), self.path("back.npy"))
        self.assertSame(np.load(self.path("back.npy")), x.max(1).astype("f8"))
        self.ok("reduce", "max", path, "-o", self.path("m.npz"))
        self.assertSame(np.load(self.path("m.npz"))["max"], x.max())
        self.fails("reduce", "max,min", path, "-o", self.path("two.npy"), code=2, names=[".npz"])
        self.fails("reduce", "max", path, "-o", self.path("m.npy"), names=["exists"])
        self.fails("reduce", "max", path, "-o", path, "--overwrite", code=(1, 2), names=["overlap"])
        self.assertSame(np.load(path), x)

    def test_prints_as_numpy(self):
        x = (self.random("print").normal(size=(40, 9)) * 100).astype("f4")
        path = self.save("x.npy", x)
        self.assertEqual(self.ok("reduce", "max", path).out, f"{x.max()!s}\n")
        self.assertEqual(self.ok("reduce", "min", path, "--axis", 0).out, f"{x.min(0)}\n")
        self.assertEqual(self.ok("reduce", "any", path).out, "True\n")
        self.assertEqual(self.ok("reduce", "max,argmax", path).out, f"max     {x.max()!s}\nargmax  {x.argmax()}\n")
        self.assertEqual(self.ok("reduce", "max,min", path, "--axis", "1").out, f"max\n{x.max(1)}\nmin\n{x.min(1)}\n")

    def test_json(self):
        x = np.array([[1, np.nan], [np.inf, -np.inf]])
        path = self.save("x.npy", x)
        one = json.loads(self.ok("reduce", "max", path, "--axis", 1, "--json").out)
        self.assertEqual(one, {"shape": [2], "dtype": "float64", "data": ["NaN", "Infinity"]})
        two = json.loads(self.ok("reduce", "nanmin,count_nonzero", path, "--json").out)
        self.assertEqual(two, {"nanmin": {"shape": [], "dtype": "float64", "data": "-Infinity"},
                               "count_nonzero": {"shape": [], "dtype": "int64", "data": 4}})

    def test_empty_axes(self):
        x = np.zeros((0, 3), "f4")
        path = self.save("x.npy", x)
        for op in ("sum", "prod", "mean", "any", "all", "count_nonzero", "nansum"):
            for axis in (0, 1, None):
                out = self.path("t.npy")
                self.ok("reduce", op, path, *([] if axis is None else ["--axis", axis]), "-o", out, "--overwrite")
                self.assertReduced(np.load(out), op, x, axis)
        for op in ("min", "argmax", "nanmax"):
            self.fails("reduce", op, path, "--axis", 0, code=(1, 2))
            self.ok("reduce", op, path, "--axis", 1)

    def test_one_pass(self):
        for shape, axis in [((3000, 20), 0), ((100_000, 4), 1), ((3000, 20), None)]:
            x = np.ones(shape, "f4")
            path = self.save("x.npy", x)
            for out in ([], ["-o", self.path("t.npz")]):
                arguments = [path, *([] if axis is None else ["--axis", axis]), *out]
                plan = json.loads(self.ok("reduce", "mean,std,nanmin,argmax", *arguments, "--explain", "--json").out)
                self.assertEqual((len(plan["passes"]), plan["bytes_read"]), (1, x.nbytes), (shape, axis))
        self.assertOnlyHolds("x.npy")

    def test_mistakes(self):
        path = self.save("x.npy", np.zeros((3, 4)))
        for arguments, name in [
            (["meen", path], "mean"), (["sum,stdd", path], "std"), (["frobnicate", path], "nansum"),
            (["sum", path, "--axis", "2"], "axis 2"), (["sum", path, "--axis", "0,0"], "duplicate"),
            (["argmax", path, "--axis", "0,1"], "one axis"), (["sum", path, "--ddof", "1"], "ddof"),
            (["sum", path, "--q", "0.5"], "q"), (["sum,sum", path], "once"), (["", path], "unknown"),
            (["sum", path, "--codec", "lz4"], "-o"), (["quantile", path], "--q"),
            (["quantile", path, "--q", "1.5"], "1.5"), (["quantile", path, "--q", "nan"], "nan"),
        ]:
            with self.subTest(" ".join(arguments)):
                self.fails("reduce", *arguments, code=(1, 2), names=[name])

    def test_all_nan(self):
        path = self.save("x.npy", np.full((3, 4), np.nan))
        self.assertEqual(self.ok("reduce", "nanmax", path).out, "nan\n")
        self.fails("reduce", "nanargmax", path, code=(1, 2), names=["All-NaN"])


class Memory(TesseraCase):
    """A 400 MB file within 64 MiB."""

    def test_peak_stays_under_the_budget(self):
        rows, columns = 260_000, 400
        path = self.path("big.npy")
        self.ok("random", f"{rows}x{columns}", path, "--seed", 1, "--memory", "64MiB")
        x = np.load(path, mmap_mode="r")
        jobs = [
            ["stats", path], ["stats", path, "--all"], ["stats", path, "--axis", "1", "-o", self.path("t.npz")],
            ["reduce", "mean,std,nanmax,argmin", path, "--axis", "0"], ["reduce", "mean,var", path],
            ["reduce", "std", path, "--axis", "1", "-o", self.path("s.npy")],
            ["random", f"{rows}x{columns}", self.path("r.zarr"), "--chunks", "65000x16", "--codec", "lz4"],
        ]
        for job in jobs:
            with self.subTest(" ".join(job[:4])):
                result = run_measured(*job, "--memory", "64MiB")
                self.assertEqual(result.code, 0, result)
                self.assertLessEqual(result.peak_bytes, 64 * MIB, f"peak {result.peak_bytes / MIB:.1f} MiB\n{result}")
        np.testing.assert_allclose(np.load(self.path("s.npy")), x.std(1, dtype="f8"), rtol=1e-6)
