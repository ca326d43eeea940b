"""`adopt` and `append`: the result is read by NumPy, zarr-python, zarrs and TensorStore."""
import os

import numpy as np

import cases
import peers
from support import SEED, TesseraCase


class Adopt(TesseraCase):
    def test_adopted_files_are_read_by_all_four(self):
        random = self.random("adopt")
        shapes = [(1000, 96), (7, 3), (1, 1), (513,), (40, 5, 6), (4096, 8), (100003, 2)]
        for case, shape in enumerate(shapes):
            dtype = str(random.choice(cases.DTYPES))
            note = f"seed {SEED} case {case}: {dtype} {shape}"
            with self.subTest(note):
                values = cases.array(random, dtype, shape)
                source, store = self.save(f"{case}.npy", values), self.path(f"{case}.zarr")
                self.ok("adopt", source, store)
                self.assertFalse(os.path.exists(source), "without --link the name goes")
                self._read_by_all(store, values, note)

    def _read_by_all(self, store, values, note):
        shard = os.path.join(store, "c", *["0"] * values.ndim)
        self.assertSame(np.load(shard, mmap_mode="r"), values, f"NumPy: {note}")
        for name, read in peers.V3.items():
            self.assertSame(read(store), values, f"{name}: {note}")
        self.ok("verify", store)
        self.ok("convert", store, self.path("back.npy"), "--overwrite")
        self.assertSame(np.load(self.path("back.npy")), values, f"back: {note}")

    def test_link_keeps_the_name_and_shares_the_file(self):
        values = cases.array(self.random("link"), "float32", (300, 20))
        source, store = self.save("x.npy", values), self.path("x.zarr")
        self.ok("adopt", source, store, "--link")
        self.assertTrue(os.path.samefile(source, os.path.join(store, "c", "0", "0")))
        self.assertSame(np.load(source), values)
        self._read_by_all(store, values, "--link")

    def test_fortran_order_is_adopted_as_it_is(self):
        for case, shape in enumerate([(300, 20), (7, 5, 64), (1000,)]):
            values = np.asfortranarray(cases.array(self.random("fortran"), "float32", shape))
            source, store = self.save(f"f{case}.npy", values), self.path(f"f{case}.zarr")
            self.ok("adopt", source, store)
            self._read_by_all(store, values, f"Fortran order {shape}")

    def test_what_cannot_be_adopted_is_refused_and_untouched(self):
        cases_ = {
            "scalar": np.float64(1.0),
            "empty": np.zeros((0, 3)),
            "object": np.array([{}], dtype=object),
        }
        for name, values in cases_.items():
            with self.subTest(name):
                source = self.path(f"{name}.npy")
                np.save(source, values, allow_pickle=True)
                before = open(source, "rb").read()
                self.fails("adopt", source, self.path(f"{name}.zarr"), code=1 if name == "object" else 2)
                self.assertEqual(open(source, "rb").read(), before)
                self.assertFalse(os.path.exists(self.path(f"{name}.zarr")))

    def test_big_endian_is_adopted_as_it_is(self):
        values = np.arange(600, dtype=">i4").reshape(60, 10)
        store = self.path("x.zarr")
        self.ok("adopt", self.save("x.npy", values), store)
        self._read_by_all(store, values, "big endian")


class Append(TesseraCase):
    def test_rows_follow_rows_in_zarr(self):
        random = self.random("append-zarr")
        for case in range(10):
            dtype = str(random.choice(cases.DTYPES))
            tail = tuple(int(random.integers(1, 12)) for _ in range(int(random.integers(0, 3))))
            layout = cases.layout(random, (50, *tail), zarr_format=int(random.choice([3, 3, 2])))
            note = f"seed {SEED} case {case}: {dtype} {tail} {layout}"
            with self.subTest(note):
                parts = [cases.array(random, dtype, (int(random.integers(1, 60)), *tail)) for _ in range(4)]
                sources = [self.save(f"{case}-{i}.npy", part) for i, part in enumerate(parts)]
                store = self.path(f"{case}.zarr")
                self.ok("convert", sources[0], store, *layout.options())
                self.ok("append", store, sources[1])
                self.ok("append", store, *sources[2:])
                for name, read in peers.readers(layout.zarr_format, layout.codec).items():
                    self.assertSame(read(store), np.concatenate(parts), f"{name}: {note}")
                self.ok("verify", store)

    def test_rows_follow_rows_in_npy(self):
        random = self.random("append-npy")
        for shape in [(5,), (9, 4), (3, 2, 2)]:
            parts = [cases.array(random, "float32", shape) for _ in range(60)]
            target = self.save("x.npy", parts[0])
            for i, part in enumerate(parts[1:4]):
                self.ok("append", target, self.save(f"{i}.npy", part))
            # The row count grows a digit; the header has room for that.
            self.ok("append", target, *[self.save(f"{i}.npy", part) for i, part in enumerate(parts[4:])])
            self.assertSame(np.load(target), np.concatenate(parts), f"seed {SEED} {shape}")

    def test_append_to_an_adopted_store(self):
        random = self.random("append-adopted")
        first, second = cases.array(random, "float64", (130, 9)), cases.array(random, "float64", (77, 9))
        store = self.path("x.zarr")
        self.ok("adopt", self.save("a.npy", first), store)
        self.ok("append", store, self.save("b.npy", second))
        for name, read in peers.V3.items():
            self.assertSame(read(store), np.concatenate([first, second]), name)

    def test_append_from_another_format(self):
        first, second = np.arange(20.0).reshape(10, 2), np.arange(6.0).reshape(3, 2)
        target, other = self.save("a.npy", first), self.path("b.zarr")
        self.ok("convert", self.save("b.npy", second), other, "--codec", "zstd")
        self.ok("append", target, other)
        self.assertSame(np.load(target), np.concatenate([first, second]))

    def test_rows_that_do_not_fit_change_nothing(self):
        target = self.save("x.npy", np.zeros((4, 3), dtype="float32"))
        store = self.path("x.zarr")
        self.ok("convert", target, store)
        before = open(target, "rb").read()
        for name, values in {"columns": np.zeros((2, 5), "float32"), "rank": np.zeros(3, "float32")}.items():
            with self.subTest(name):
                source = self.save(f"{name}.npy", values)
                self.fails("append", target, source, code=(1, 2))
                self.fails("append", store, source, code=(1, 2))
                self.assertEqual(open(target, "rb").read(), before)
                self.assertEqual(peers.zarr_python(store).shape, (4, 3))
