"""`info --json`, `--explain` and the other answers that scripts rely on."""
import json
import os

import numpy as np

from support import TesseraCase, tree_bytes

KEYS = {"shape", "dtype", "format", "chunks", "shards", "codec", "logical_bytes", "stored_bytes", "ratio"}


class Info(TesseraCase):
    def _said(self, path):
        return json.loads(self.ok("info", path, "--json").out)

    def test_keys_and_numbers_of_a_store(self):
        values = np.arange(64000, dtype="float32").reshape(1000, 64)
        store = self.path("x.zarr")
        self.ok("convert", self.save("x.npy", values), store, "--codec", "lz4", "--chunks", "100x64",
                "--shards", "500x64")
        said = self._said(store)
        self.assertLessEqual(KEYS, set(said))
        self.assertEqual((said["shape"], said["dtype"]), ([1000, 64], "float32"))
        self.assertEqual((said["chunks"], said["shards"]), ([100, 64], [500, 64]))
        self.assertEqual(said["logical_bytes"], values.nbytes)
        self.assertLess(said["stored_bytes"], values.nbytes)
        self.assertLessEqual(abs(said["stored_bytes"] - tree_bytes(store)), 4096)
        self.assertAlmostEqual(said["ratio"], values.nbytes / said["stored_bytes"], places=1)
        self.assertIn("lz4", said["codec"])

    def test_keys_of_npy(self):
        values = np.zeros((7, 3), dtype=">i2")
        said = self._said(self.save("x.npy", values))
        self.assertLessEqual(KEYS, set(said))
        self.assertEqual((said["shape"], said["dtype"], said["logical_bytes"]), ([7, 3], "int16", 42))

    def test_members_of_an_archive(self):
        np.savez(self.path("x.npz"), a=np.zeros(3), b=np.ones((2, 2), dtype="int8"))
        said = self._said(self.path("x.npz"))
        self.assertEqual({member["name"] for member in said["members"]}, {"a", "b"})
        self.assertEqual(self._said(self.path("x.npz/b"))["shape"], [2, 2])

    def test_text_names_what_matters(self):
        text = self.ok("info", self.save("x.npy", np.zeros((12, 34), dtype="float32"))).out
        for word in ["float32", "12", "34"]:
            self.assertIn(word, text)

    def test_explain_runs_nothing(self):
        source = self.save("x.npy", np.zeros((500, 40), dtype="float32"))
        said = json.loads(self.ok("convert", source, self.path("y.zarr"), "--explain", "--json").out)
        self.assertLessEqual({"passes", "bytes_read", "bytes_written", "predicted_peak_bytes"}, set(said))
        self.assertIsInstance(said["passes"], list)
        self.assertGreaterEqual(said["bytes_read"], 80000)
        self.assertFalse(os.path.exists(self.path("y.zarr")))
        self.assertTrue(self.ok("convert", source, self.path("y.zarr"), "--explain").out)

    def test_results_in_json_parse(self):
        source = self.save("x.npy", np.array([1.5, np.nan, np.inf, -np.inf]))
        said = self.ok("slice", source, ":", "--json").out
        for word in ['"NaN"', '"Infinity"', '"-Infinity"']:
            self.assertIn(word, said)
        json.loads(said)
        json.loads(self.ok("convert", source, self.path("x.zarr"), "--json").out)
        json.loads(self.ok("verify", self.path("x.zarr"), "--json").out)

    def test_help_and_version(self):
        self.assertIn("lz4", self.ok("--version").out.lower())
        self.assertIn("convert", self.ok("--help").out)
        for command in ["info", "convert", "adopt", "append", "slice", "verify"]:
            self.assertIn(f"tessera {command}", self.ok(command, "--help").out)
