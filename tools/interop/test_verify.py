"""`verify`: quiet on what is whole, and the name of the chunk where it is not."""
import os
import pathlib
import random as pseudorandom

import numpy as np

import cases
from support import SEED, TesseraCase, run


class Verify(TesseraCase):
    def _store(self, name="x.zarr", *options):
        values = cases.array(np.random.default_rng(SEED), "int32", (64, 40))
        store = self.path(name)
        self.ok("convert", self.save("x.npy", values), store, "--chunks", "8x20", "--shards", "32x40", *options)
        return store

    def _flip(self, path, position, bit):
        data = bytearray(pathlib.Path(path).read_bytes())
        data[position] ^= 1 << bit
        pathlib.Path(path).write_bytes(data)

    def _is_found(self, store, words):
        result = run("verify", store)
        self.assertEqual(result.code, 1, result)
        self.assertNotIn("Fatal error", result.err)
        self.assertTrue(result.err.startswith("tessera: error:"), result)
        said = result.out + result.err
        for word in words:
            self.assertIn(word, said, result)

    def test_good_stores_pass(self):
        for codec in cases.CODECS:
            with self.subTest(codec):
                self.ok("verify", self._store(f"{codec}.zarr", "--codec", codec, "--checksum"))

    def test_a_flipped_bit_of_an_index_is_found(self):
        random = pseudorandom.Random(SEED)
        index_bytes = 8 * 16 + 4
        for case in range(12):
            with self.subTest(f"seed {SEED} case {case}"):
                store = self._store(f"{case}.zarr", "--codec", "lz4")
                shard = os.path.join(store, "c", "1", "0")
                size = os.path.getsize(shard)
                self._flip(shard, size - 1 - random.randrange(index_bytes), random.randrange(8))
                self._is_found(store, ["c/1/0"])

    def test_a_flipped_bit_of_a_checked_chunk_is_found(self):
        random = pseudorandom.Random(SEED + 1)
        for codec in ["none", "lz4", "zstd"]:
            for case in range(6):
                with self.subTest(f"seed {SEED} {codec} case {case}"):
                    store = self._store(f"{codec}{case}.zarr", "--codec", codec, "--checksum")
                    shard = os.path.join(store, "c", "0", "0")
                    body = os.path.getsize(shard) - (8 * 16 + 4)
                    self._flip(shard, random.randrange(body), random.randrange(8))
                    self._is_found(store, ["c/0/0", "chunk"])

    def test_a_truncated_shard_is_found(self):
        store = self._store("t.zarr", "--codec", "lz4")
        shard = os.path.join(store, "c", "0", "0")
        os.truncate(shard, os.path.getsize(shard) - 7)
        self._is_found(store, ["c/0/0"])

    def test_npy_and_npz_are_verified_too(self):
        values = np.arange(4000, dtype="float32").reshape(100, 40)
        whole = self.save("x.npy", values)
        self.ok("verify", whole)
        np.savez_compressed(self.path("x.npz"), a=values, b=values)
        self.ok("verify", self.path("x.npz"))
        os.truncate(whole, os.path.getsize(whole) - 1)
        self.assertEqual(run("verify", whole).code, 1)
        np.savez(self.path("y.npz"), a=values)
        self._flip(self.path("y.npz"), 5000, 3)
        self.assertEqual(run("verify", self.path("y.npz")).code, 1)
