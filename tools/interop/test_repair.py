"""`verify --repair`: what is dropped reads as the fill value, in zarr-python too, and all else is what it was."""
import json
import os
import pathlib
import random as pseudorandom
import signal
import subprocess
import time

import numpy as np
import zarr

from support import SEED, TesseraCase, binary, run

KINDS = {
    "sharded": ["--shards", "32x40", "--checksum"],
    "sharded-zstd": ["--shards", "32x40", "--checksum", "--codec", "zstd"],
    "files": ["--shards", "none", "--checksum"],
    "v2": ["--zarr-format", "2", "--codec", "gzip"],
}


class Repair(TesseraCase):
    def _store(self, name, *options, rows=64):
        """Without an element that is the fill value."""
        values = np.arange(1, rows * 40 + 1, dtype="int32").reshape(rows, 40)
        store = self.path(name)
        self.ok("convert", self.save("x.npy", values), store, "--chunks", "8x20", "--overwrite", *options)
        return values, store

    def _files(self, store):
        """The chunk files and shards."""
        paths = sorted(path for path in pathlib.Path(store).rglob("*") if path.is_file())
        return [path for path in paths if path.name not in ("zarr.json", ".zarray", ".zattrs")]

    def _damage(self, path, random):
        data = bytearray(path.read_bytes())
        # The first chunk's bytes: gzip, zstd and checksums all notice these.
        data[random.randrange(3)] ^= 1 << random.randrange(8)
        path.write_bytes(data)

    def test_zarr_python_reads_what_is_left(self):
        for kind, options in KINDS.items():
            random = pseudorandom.Random(SEED)
            with self.subTest(f"seed {SEED} {kind}"):
                values, store = self._store(f"{kind}.zarr", *options)
                for path in self._files(store)[:2]:
                    self._damage(path, random)
                self.assertEqual(run("verify", store).code, 1)
                report = json.loads(self.ok("verify", store, "--repair", "--json").out)
                self.assertEqual(len(report["dropped"]), 2, report)
                for loss in report["dropped"]:
                    values[tuple(map(slice, loss["start"], loss["stop"]))] = 0
                self.assertEqual((values == 0).sum(), report["dropped_elements"])
                self.ok("verify", store)
                np.testing.assert_array_equal(zarr.open(store, mode="r")[...], values)

    def test_a_killed_repair_is_run_again(self):
        random = pseudorandom.Random(SEED)
        for case in range(12):
            kind = random.choice(list(KINDS))
            with self.subTest(f"seed {SEED} case {case} {kind}"):
                values, store = self._store("killed.zarr", *KINDS[kind], rows=640)
                for path in self._files(store):
                    self._damage(path, random)
                process = subprocess.Popen(
                    [binary(), "verify", store, "--repair"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(random.random() * 0.06)
                process.send_signal(signal.SIGKILL)
                process.wait()
                self.ok("verify", store, "--repair")
                self.ok("verify", store)
                read = zarr.open(store, mode="r")[...]
                self.assertTrue(((read == values) | (read == 0)).all())
                # The first chunk of each of 20 shards, or every chunk.
                chunks = 20 if kind.startswith("sharded") else 160
                self.assertEqual((read == 0).sum(), chunks * 8 * 20)
                self.assertFalse([path for path in pathlib.Path(store).rglob("*partial*")])

    def test_links_that_lead_out(self):
        values, store = self._store("x.zarr", "--shards", "32x40")
        shard = os.path.join(store, "c", "0", "0")
        os.rename(shard, self.path("outside"))
        os.symlink(self.path("outside"), shard)
        for words in (["info", store], ["slice", store, "0:2"], ["verify", store], ["verify", store, "--repair"]):
            result = run(*words)
            self.assertEqual(result.code, 1, result)
            self.assertIn("symbolic link", result.out + result.err)
            self.assertNotIn("Fatal error", result.err)
        self.ok("convert", store, self.path("y.npy"), "--follow-links")
        np.testing.assert_array_equal(np.load(self.path("y.npy")), values)
