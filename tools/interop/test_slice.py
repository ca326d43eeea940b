"""`slice`: what it prints is what NumPy prints, and `-o` holds what NumPy selects."""
import json
import os

import numpy as np

import cases
from support import FIXTURES, SEED, TesseraCase, run

PRINTED = [
    np.arange(24).reshape(4, 6), np.arange(10.0) / 3, np.array([1e-10, 1.0, 1e10]), np.array([True, False]),
    np.array([np.nan, np.inf, -np.inf, -0.0, 1.5]), np.linspace(0, 1, 40, dtype="float32").reshape(5, 8),
    np.array([[1 + 2j, 3.5 - 1j]]), np.array([2**63, 1], dtype="uint64"), np.array([-128, 5], dtype="int8"),
    np.array([0.1, 0.25], dtype="float16"), np.array([123456.789, 0.001]), np.array([1e300, 1e-300]),
    np.zeros((2, 0)), np.arange(2000).reshape(1000, 2), np.arange(3000.0), np.array(3.25), np.array(7),
    np.array([1e16, 1.0]), np.array([100000000.0]), np.array([[1.5, np.nan], [2.25, 3]], dtype="float32"),
    np.array([1e-5, 1], dtype="float32"), np.array([0.1, 0.2, 0.3]), np.arange(60).reshape(3, 4, 5),
]


class Slice(TesseraCase):
    def test_whole_arrays_print_as_numpy_prints_them(self):
        for case, values in enumerate(PRINTED):
            with self.subTest(f"{values.dtype} {values.shape}"):
                source = self.save(f"{case}.npy", values)
                printed = self.ok("slice", source, "...").out
                self.assertEqual(printed.rstrip("\n"), str(values))

    def test_random_slices_print_as_numpy_prints_them(self):
        self._random("print", 60, self._prints)

    def test_random_slices_are_written_as_numpy_selects(self):
        self._random("write", 60, self._writes)

    def _random(self, salt, count, check):
        random = self.random(f"slice-{salt}")
        for case in range(count):
            dtype = str(random.choice(["int32", "float32", "float64", "bool", "uint8", "complex64", "float16"]))
            shape = tuple(int(n) for n in random.integers(1, 12, int(random.integers(1, 4))))
            values = (random.standard_normal(shape) * 10 ** float(random.integers(-2, 4))).astype(dtype)
            text, items = cases.selection(random, shape)
            note = f"seed {SEED} case {case}: {dtype} {shape} [{text}]"
            with self.subTest(note):
                source = self.save(f"{case}.npy", values)
                if random.random() < 0.5:
                    layout = cases.layout(random, shape)
                    self.ok("convert", source, self.path(f"{case}.zarr"), *layout.options())
                    source = self.path(f"{case}.zarr")
                check(source, text, values[items], note)

    def _prints(self, source, text, expected, note):
        printed = self.ok("slice", source, text).out
        self.assertEqual(printed.rstrip("\n"), str(expected), note)

    def _writes(self, source, text, expected, note):
        for suffix in ("npy", "zarr"):
            out = self.path(f"out.{suffix}")
            self.ok("slice", source, text, "-o", out, "--overwrite")
            if suffix == "zarr":
                self.ok("convert", out, self.path("back.npy"), "--overwrite")
                out = self.path("back.npy")
            self.assertSame(np.load(out), np.asarray(expected), note)

    def test_slices_of_what_others_wrote(self):
        for path in ["zarr-python/nested-sharding.zarr", "zarr-python/transpose-3d.zarr", "npz/deflated.npz/features",
                     "tensorstore/v2-zlib-f.zarr", "npy/float64-fortran.npy", "zarr-python/v2-big-f-order.zarr"]:
            values = np.load(FIXTURES / f"{_expected(path)}")
            for text, items in [("1:5", np.s_[1:5]), ("::-2,1", np.s_[::-2, 1]), ("...,-3:", np.s_[..., -3:])]:
                with self.subTest(f"{path} [{text}]"):
                    out = self.path("out.npy")
                    self.ok("slice", FIXTURES / path, text, "-o", out, "--overwrite")
                    self.assertSame(np.load(out), values[items], path)

    def test_selections_that_cannot_be_are_refused(self):
        source = self.save("x.npy", np.zeros((4, 5)))
        for text in ["4", "-5", ":,5", ":,:,:", "a", "::0", "1:2:3:4", ""]:
            with self.subTest(text):
                result = run("slice", source, text)
                self.assertIn(result.code, (1, 2), result)
                self.assertOneLine(result)
        self.assertEqual(os.listdir(self.folder), ["x.npy"])


def _expected(path):
    entries = json.loads((FIXTURES / "index.json").read_text())
    return next(entry["expected"] for entry in entries if entry["path"] == path)
