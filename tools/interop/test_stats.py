"""`stats` against NumPy: NaNs left out and counted, one pass, the same numbers on stdout and in files."""
import json

import numpy as np

from support import TesseraCase

KEYS = ["count", "nan_count", "min", "max", "mean", "std"]


def expected(x, axis):
    """What NumPy says, in float64, of any real array."""
    wide = x.astype("f8")
    isnan = np.isnan(wide)
    count = (~isnan).sum(axis)
    some = count > 0
    with np.errstate(all="ignore"):
        mean = np.where(isnan, 0, wide).sum(axis) / count
        spread = np.where(isnan, 0, (wide - np.expand_dims(mean, axis) if axis is not None else wide - mean) ** 2)
        return {
            "count": count,
            "nan_count": isnan.sum(axis),
            "min": np.where(some, np.where(isnan, np.inf, wide).min(axis, initial=np.inf), np.nan),
            "max": np.where(some, np.where(isnan, -np.inf, wide).max(axis, initial=-np.inf), np.nan),
            "mean": mean,
            "std": np.sqrt(spread.sum(axis) / count),
        }


def numbers(value):
    """JSON's numbers, specials as strings, as float64."""
    if isinstance(value, list):
        return [numbers(part) for part in value]
    return float(value)


class Stats(TesseraCase):
    def assertStats(self, got, wanted, note):
        for key in KEYS:
            a, b = np.asarray(got[key], dtype="f8"), np.asarray(wanted[key], dtype="f8")
            self.assertEqual(a.shape, b.shape, f"{note} {key}")
            # A deviation a billion times smaller than the numbers has lost half its digits before anybody looks.
            rtol = 1e-8 if note == "big numbers" else 1e-12
            np.testing.assert_allclose(a, b, rtol=rtol, atol=1e-12, err_msg=f"{note} {key}")

    def json(self, *arguments):
        result = self.ok("stats", *arguments, "--json")
        document = json.loads(result.out, parse_constant=lambda word: self.fail(f"{word} is no JSON"))
        self.assertEqual(list(document), ["shape", "dtype", "axis", *KEYS])
        return document

    def arrays(self, random):
        x = random.normal(size=(400, 23)).astype("f4") * 10
        x[random.random(x.shape) < 0.1] = np.nan
        x[:, 3] = np.nan
        x[7, 5] = np.inf
        x[9, 6], x[11, 6] = np.inf, -np.inf
        x[:, 8] = 3
        yield "float32", x
        yield "float64", x.astype("f8")
        yield "float16", x.astype("f2")
        yield "big numbers", random.normal(size=(300, 4)) + 1e9
        yield "3-D", x[:396].reshape(4, 99, 23)
        yield "int64", random.integers(-(2**40), 2**40, (200, 5))
        yield "uint8", random.integers(0, 256, (300, 5), dtype="u1")
        yield "bool", random.random((300, 5)) < 0.3
        yield "1-D", x[:, 0].copy()
        yield "scalar", np.array(2.5)
        yield "Fortran", np.asfortranarray(x)
        yield "big-endian", x.astype(">f4")
        yield "no rows", np.zeros((0, 3), "f4")
        yield "no rows of integers", np.zeros((0, 3), "i4")
        yield "no columns", np.zeros((3, 0), "f8")

    def test_as_numpy(self):
        for name, x in self.arrays(self.random("stats")):
            path = self.save("x.npy", x)
            axes = [None, "--all", *range(-x.ndim, x.ndim)]
            for axis in axes:
                with self.subTest(f"{name} axis {axis}"):
                    options = [] if axis is None else ["--all"] if axis == "--all" else ["--axis", axis]
                    along = (0 if x.ndim > 1 else None) if axis is None else None if axis == "--all" else axis % x.ndim
                    got = self.json(path, *options)
                    self.assertEqual(got["axis"], along)
                    self.assertEqual((got["shape"], got["dtype"]), (list(x.shape), x.dtype.newbyteorder("=").name))
                    shape = np.empty(x.shape).sum(along).shape
                    self.assertStats(
                        {key: np.reshape(numbers(got[key]), shape) for key in KEYS}, expected(x, along), name)

    def test_files_hold_the_same(self):
        x = next(self.arrays(self.random("files")))[1]
        path = self.save("x.npy", x)
        got = self.json(path, "-o", self.path("t.npz"))
        self.ok("stats", path, "-o", self.path("t.csv"))
        archive = np.load(self.path("t.npz"))
        table = np.genfromtxt(self.path("t.csv"), delimiter=",", names=True)
        self.assertEqual(sorted(archive.files), sorted(KEYS))
        self.assertEqual(list(table.dtype.names), KEYS)
        self.assertEqual([archive[key].dtype.name for key in KEYS],
                         ["int64", "int64", "float32", "float32", "float64", "float64"])
        for key in KEYS:
            np.testing.assert_array_equal(archive[key].astype("f8"), numbers(got[key]), key)
            np.testing.assert_array_equal(table[key], numbers(got[key]), key)
        self.fails("stats", path, "-o", self.path("t.csv"), names=["exists"])
        self.fails("stats", path, "-o", self.path("t.npz"), names=["exists"])
        self.fails("stats", path, "-o", self.path("t.txt"), code=2, names=[".npz"])
        self.ok("slice", self.path("t.csv"), ":2")

    def test_stores_and_archives(self):
        x = next(self.arrays(self.random("stores")))[1]
        path = self.save("x.npy", x)
        self.ok("convert", path, self.path("x.zarr"), "--codec", "lz4", "--chunks", "17x5")
        np.savez_compressed(self.path("x.npz"), x=x)
        wanted = expected(x, 0)
        for name in ("x.zarr", "x.npz", "x.npz/x"):
            got = self.json(self.path(name))
            self.assertStats({key: np.array(numbers(got[key])) for key in KEYS}, wanted, name)

    def test_threads_and_budget_change_no_bit(self):
        path = self.save("x.npy", self.random("bits").normal(size=(60_000, 31)).astype("f4"))
        outs = {self.ok("stats", path, "--json", *options).out
                for options in ([], ["--threads", 1], ["--threads", 5], ["--memory", "64MiB"])}
        self.assertEqual(len(outs), 1)

    def test_one_pass_over_the_file(self):
        for shape in ((5000, 8), (80_000, 4)):
            x = np.ones(shape, "f4")
            path = self.save("x.npy", x)
            for options in ([], ["--all"], ["--axis", "1"], ["-o", self.path("t.npz")]):
                plan = json.loads(self.ok("stats", path, "--explain", "--json", *options).out)
                with self.subTest(f"{shape} {options}"):
                    self.assertEqual((len(plan["passes"]), plan["bytes_read"]), (1, x.nbytes))
                    self.assertGreater(plan["predicted_peak_bytes"], 0)
        self.assertOnlyHolds("x.npy")

    def test_a_plan_of_many_results_is_no_long_document(self):
        path = self.save("x.npy", np.zeros((150_000, 1), "f4"))
        for command in (["stats", path], ["reduce", "mean", path]):
            self.fails(*command, "--axis", "1", "--json", code=2, names=["too many"])
            plan = json.loads(self.ok(*command, "--axis", "1", "--json", "--explain").out)
            self.assertEqual(plan["bytes_read"], 600_000)

    def test_the_table_fits_a_screen(self):
        path = self.save("x.npy", np.arange(3000.0).reshape(10, 300))
        lines = self.ok("stats", path).out.splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertEqual(len(self.ok("stats", path, "--all-features").out.splitlines()), 302)

    def test_mistakes(self):
        path = self.save("x.npy", np.zeros((3, 4)))
        self.save("c.npy", np.zeros((3, 4), "c8"))
        self.fails("stats", path, "--axis", "2", code=(1, 2), names=["axis 2"])
        self.fails("stats", path, "--axis", "-3", code=(1, 2), names=["axis -3"])
        self.fails("stats", path, "--axis", "x", code=2)
        self.fails("stats", path, "--axis", "0", "--all", code=2)
        self.fails("stats", self.path("c.npy"), code=(1, 2), names=["complex"])
        self.fails("stats", self.path("no.npy"), names=["no.npy"])
        archive = self.path("x.npz")
        np.savez(archive, x=np.zeros((3, 4)))
        self.fails("stats", archive, "-o", archive, names=["exists"])
        self.fails("stats", archive, "-o", archive, "--overwrite", code=2, names=["overlap"])
        self.assertSame(np.load(archive)["x"], np.zeros((3, 4)))
        table = self.path("x.csv")
        with open(table, "w") as file:
            file.write("a,b\n1,2\n3,4\n")
        self.fails("stats", table, "-o", table, "--overwrite", code=2, names=["overlap"])
        with open(table) as file:
            self.assertEqual(file.read(), "a,b\n1,2\n3,4\n")
