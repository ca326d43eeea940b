"""`--memory` is a ceiling on the peak resident set, at any input size, also where the kernel enforces it."""
import os
import shutil
import tempfile

import numpy as np
import zarr

import support
from support import MIB, TesseraCase, limited_group, run_measured

ROWS, COLUMNS = 204_800, 768
BUDGET = 64 * MIB


def block(first, rows):
    """Rows of the big matrix, by rule: quantised so that they compress, and different everywhere."""
    row = np.arange(first, first + rows, dtype=np.int64)[:, None]
    column = np.arange(COLUMNS, dtype=np.int64)[None, :]
    return ((row * 2654435761 + column * 40503) % 1021).astype("float32")


class Memory(TesseraCase):
    @classmethod
    def setUpClass(cls):
        support.binary()
        cls.shared = tempfile.mkdtemp(prefix="tessera-memory-")
        cls.addClassCleanup(shutil.rmtree, cls.shared, True)
        cls.rows_first = os.path.join(cls.shared, "c.npy")
        cls.columns_first = os.path.join(cls.shared, "f.npy")
        c = np.lib.format.open_memmap(cls.rows_first, "w+", "float32", (ROWS, COLUMNS))
        f = np.lib.format.open_memmap(cls.columns_first, "w+", "float32", (ROWS, COLUMNS), fortran_order=True)
        for first in range(0, ROWS, 8192):
            part = block(first, min(8192, ROWS - first))
            c[first:first + len(part)] = part
            f[first:first + len(part)] = part
        c.flush(), f.flush()

    def _within(self, *arguments, cgroup="-"):
        result = run_measured(*arguments, "--memory", "64MiB", "--overwrite", cgroup=cgroup)
        self.assertEqual(result.code, 0, result)
        self.assertLessEqual(result.peak_bytes, BUDGET, f"peak {result.peak_bytes / MIB:.1f} MiB\n{result}")

    def _holds(self, read):
        for first in range(0, ROWS, 16384):
            rows = min(16384, ROWS - first)
            if not np.array_equal(read(first, first + rows), block(first, rows)):
                self.fail(f"rows {first} to {first + rows} differ")

    def _store_holds(self, path):
        array = zarr.open_array(path, mode="r")
        whole = array[...] if array.chunks[0] > 50_000 else array
        self._holds(lambda a, b: whole[a:b])

    def _jobs(self, cgroup):
        raw, lz4, tall = (self.path(f"{name}.zarr") for name in ("raw", "lz4", "tall"))
        with self.subTest(".npy to a raw store, and that to lz4"):
            self._within("convert", self.rows_first, raw, "--codec", "none", cgroup=cgroup)
            self._within("convert", raw, lz4, "--codec", "lz4", cgroup=cgroup)
            self._store_holds(lz4)
        with self.subTest("lz4 to .npy"):
            self._within("convert", lz4, self.path("back.npy"), cgroup=cgroup)
            back = np.load(self.path("back.npy"), mmap_mode="r")
            self._holds(lambda a, b: back[a:b])
            del back
        shutil.rmtree(raw, True)
        with self.subTest("Fortran order to lz4"):
            self._within("convert", self.columns_first, lz4, "--codec", "lz4", cgroup=cgroup)
            self._store_holds(lz4)
        with self.subTest("wide chunks to tall ones"):
            self._within("convert", lz4, tall, "--codec", "lz4", "--chunks", f"{ROWS // 2}x8", cgroup=cgroup)
            self._store_holds(tall)

    def test_peak_stays_under_the_budget(self):
        self._jobs("-")

    def test_peak_stays_under_the_budget_where_the_kernel_limits_memory(self):
        with limited_group() as cgroup:
            raw = self.path("raw.zarr")
            self._within("convert", self.rows_first, raw, "--codec", "lz4", cgroup=cgroup)
            self._store_holds(raw)
            self._within("convert", self.columns_first, raw, "--codec", "none", cgroup=cgroup)
            self._store_holds(raw)

    def test_the_default_budget_follows_the_limit_of_the_group(self):
        with limited_group(512 * MIB) as cgroup:
            result = run_measured("convert", self.rows_first, self.path("x.zarr"), "--codec", "lz4", cgroup=cgroup)
            self.assertEqual(result.code, 0, result)
            self.assertLessEqual(result.peak_bytes, 128 * MIB, "a quarter of what the process may use")

    def test_strips_of_columns_count_with_what_lies_between(self):
        for text, columns in ((":,:64", slice(64)), (":,::12", slice(None, None, 12))):
            with self.subTest(text):
                self._within("slice", self.rows_first, text, "-o", self.path("s.npy"))
                strip = np.load(self.path("s.npy"), mmap_mode="r")
                for first in range(0, ROWS, 32768):
                    np.testing.assert_array_equal(strip[first:first + 4096], block(first, 4096)[:, columns])
                del strip

    def test_a_few_elements_of_huge_pages(self):
        """A file that is written in large pieces is cached in large folios, of which one touch may map the whole."""
        source = self.path("x.npy")
        with open(self.rows_first, "rb") as rows, open(source, "wb", buffering=0) as file:
            while piece := rows.read(8 * MIB):
                file.write(piece)
        x = np.load(self.rows_first, mmap_mode="r")
        for text, index in (("::300,::2", np.s_[::300, ::2]), ("::100,5", np.s_[::100, 5])):
            with self.subTest(text):
                self._within("slice", source, text, "-o", self.path("s.npy"))
                np.testing.assert_array_equal(np.load(self.path("s.npy")), x[index])

    def test_deflated_members_are_streamed(self):
        archive = self.path("x.npz")
        np.savez_compressed(archive, x=np.zeros((ROWS // 2, COLUMNS), dtype="float32"))
        self._within("convert", f"{archive}/x", self.path("x.zarr"))
        self.assertFalse(zarr.open_array(self.path("x.zarr"), mode="r")[::1000].any())

    def test_deflating_members_is_streamed(self):
        self._within("convert", self.rows_first, self.path("x.npz"), "--codec", "gzip", "--level", "1")
        self._within("convert", f"{self.path('x.npz')}/arr_0", self.path("x.npy"))
        x = np.load(self.path("x.npy"), mmap_mode="r")
        self._holds(lambda first, end: x[first:end])

    def test_looking_costs_next_to_nothing(self):
        for arguments in (["info", self.rows_first], ["slice", self.rows_first, "100000:100003,:4"]):
            self._within(*arguments)

    def test_a_budget_too_small_is_said_before_any_work(self):
        self.fails("convert", self.rows_first, self.path("x.zarr"), "--memory", "1MiB", code=2, names=["64"])
        chunks = ["--chunks", f"{ROWS}x{COLUMNS}", "--codec", "lz4", "--memory", "64MiB"]
        self.fails("convert", self.rows_first, self.path("x.zarr"), *chunks, names=["MiB", "GiB"])
        self.assertOnlyHolds()
