"""Stores that Tessera writes, read back by zarr-python, zarrs and TensorStore."""
import json
import pathlib

import ml_dtypes
import numpy as np
import zarr

import cases
import peers
from support import SEED, TesseraCase


class ZarrWrites(TesseraCase):
    def test_random_version_3_stores(self):
        self._random_stores("v3", zarr_format=3, count=70)

    def test_random_version_2_stores(self):
        self._random_stores("v2", zarr_format=2, count=40)

    def _random_stores(self, salt, zarr_format, count):
        random = self.random(salt)
        for case in range(count):
            dtype, shape = str(random.choice(cases.DTYPES)), cases.shape(random)
            layout = cases.layout(random, shape, zarr_format)
            values = cases.array(random, dtype, shape)
            source_order, big = str(random.choice(["C", "F"])), random.random() < 0.25
            stored = np.asarray(values.astype(values.dtype.newbyteorder(">")) if big else values, order=source_order)
            note = f"seed {SEED} case {case}: {dtype} {shape} {source_order}{' big' if big else ''} {layout}"
            with self.subTest(note):
                source = self.save(f"{case}.npy", stored)
                store = self.path(f"{case}.zarr")
                self.ok("convert", source, store, *layout.options())
                self._read_by_all(store, values, layout, note)
                self.ok("verify", store)
                self.ok("convert", store, self.path(f"{case}-back.npy"))
                self.assertSame(np.load(self.path(f"{case}-back.npy")), values, f"back: {note}")

    def _read_by_all(self, store, values, layout, note):
        for name, read in peers.readers(layout.zarr_format, layout.codec).items():
            self.assertSame(read(store), values, f"{name}: {note}")

    def test_asked_for_layout_is_the_layout_written(self):
        source = self.save("x.npy", np.arange(6000, dtype="float32").reshape(100, 60))
        store = self.path("x.zarr")
        self.ok("convert", source, store, "--codec", "lz4", "--chunks", "10x20", "--shards", "50x60")
        metadata = json.loads((pathlib.Path(store) / "zarr.json").read_text())
        self.assertEqual(metadata["chunk_grid"]["configuration"]["chunk_shape"], [50, 60])
        shard = metadata["codecs"][0]
        self.assertEqual(shard["name"], "sharding_indexed")
        self.assertEqual(shard["configuration"]["chunk_shape"], [10, 20])
        blosc = shard["configuration"]["codecs"][-1]
        self.assertEqual(blosc["name"], "blosc")
        self.assertEqual((blosc["configuration"]["cname"], blosc["configuration"]["shuffle"]), ("lz4", "shuffle"))

    def test_rechunking_a_store_keeps_every_bit(self):
        random = self.random("rechunk")
        values = cases.array(random, "int32", (61, 47, 9))
        before = self.path("0.zarr")
        self.ok("convert", self.save("x.npy", values), before, "--chunks", "7x9x9", "--shards", "21x18x9")
        for step in range(1, 7):
            layout = cases.layout(random, values.shape)
            after = self.path(f"{step}.zarr")
            self.ok("convert", before, after, *layout.options())
            self._read_by_all(after, values, layout, f"seed {SEED} step {step} {layout}")
            before = after

    def test_bfloat16_rounds_to_nearest_even(self):
        random = self.random("bfloat16")
        values = random.standard_normal((50, 33)).astype("float32")
        values[0, :3] = [np.inf, -0.0, 1 + 2.0**-8]
        store = self.path("x.zarr")
        self.ok("convert", self.save("x.npy", values), store, "--dtype", "bfloat16", "--codec", "lz4")
        self.assertSame(peers.tensorstore_v3(store), values.astype(ml_dtypes.bfloat16))

    def test_attributes_survive_from_store_to_store(self):
        source = self.path("source.zarr")
        attributes = {"unit": "µm", "nested": {"list": [1, 2.5, None, True]}}
        zarr.create_array(source, shape=(5, 4), dtype="int32", attributes=attributes)[...] = 3
        for zarr_format in ("3", "2"):
            store = self.path(f"to{zarr_format}.zarr")
            self.ok("convert", source, store, "--zarr-format", zarr_format)
            self.assertEqual(dict(zarr.open_array(store, mode="r").attrs), attributes)

    def test_groups_keep_their_attributes_and_empty_groups(self):
        for source_format in (2, 3):
            source = self.path(f"from{source_format}.zarr")
            root = zarr.create_group(source, zarr_format=source_format, attributes={"title": "T"})
            inner = root.create_group("sub", attributes={"x": 1})
            inner.create_array("a", shape=(5, 4), dtype="int32")[...] = 3
            root.create_group("empty")
            for zarr_format in (2, 3):
                store = self.path(f"{source_format}to{zarr_format}.zarr")
                self.ok("convert", source, store, "--zarr-format", zarr_format)
                for consolidated in (True, False):
                    with self.subTest(f"{source_format} to {zarr_format}, consolidated: {consolidated}"):
                        group = zarr.open_group(store, mode="r", use_consolidated=consolidated)
                        self.assertEqual(dict(group.attrs), {"title": "T"})
                        self.assertEqual(dict(group["sub"].attrs), {"x": 1})
                        self.assertEqual(sorted(group.group_keys()), ["empty", "sub"])
                        self.assertSame(group["sub/a"][...], np.full((5, 4), 3, "int32"))

    def test_dimension_names_survive_from_store_to_store(self):
        source, store, part = self.path("source.zarr"), self.path("store.zarr"), self.path("part.zarr")
        zarr.create_array(
            source, shape=(10, 6), chunks=(3, 4), dtype="float32", dimension_names=["time", "x"])[...] = 3
        self.ok("convert", source, store, "--codec", "lz4")
        self.assertEqual(zarr.open_array(store, mode="r").metadata.dimension_names, ("time", "x"))
        self.ok("slice", source, "None,2,1:", "-o", part)
        self.assertEqual(zarr.open_array(part, mode="r").metadata.dimension_names, (None, "x"))
