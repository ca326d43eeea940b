"""What other software wrote, Tessera reads: every fixture, bit for bit, or refused by name."""
import json
import os
import tempfile
import unittest

import numpy as np

from support import FIXTURES, TesseraCase, run

ENTRIES = json.loads((FIXTURES / "index.json").read_text())


class Fixtures(TesseraCase):
    def test_every_fixture_converts_to_what_its_producer_meant(self):
        for entry in ENTRIES:
            if "refused" not in entry:
                with self.subTest(entry["path"]):
                    self._converts(entry)

    def _converts(self, entry):
        expected = np.load(FIXTURES / entry["expected"])
        out = self.path("out.npy")
        options = []
        if entry["dtype"] == "bfloat16":
            # .npy has no bfloat16; widened, it is the same number with sixteen more zero bits.
            options = ["--dtype", "float32"]
            expected = (expected.astype("<u4") << 16).view("<f4")
        self.ok("convert", FIXTURES / entry["path"], out, "--overwrite", *options)
        self.assertSame(np.load(out), expected, entry["path"])

    def test_info_agrees_with_the_index(self):
        for entry in ENTRIES:
            if "refused" not in entry:
                with self.subTest(entry["path"]):
                    said = json.loads(self.ok("info", FIXTURES / entry["path"], "--json").out)
                    self.assertEqual((said["shape"], said["dtype"]), (entry["shape"], entry["dtype"]))

    def test_what_must_be_refused_is_refused_by_name(self):
        for entry in ENTRIES:
            if "refused" in entry:
                with self.subTest(entry["path"]), tempfile.TemporaryDirectory(dir=self.folder) as folder:
                    self.fails("convert", FIXTURES / entry["path"], f"{folder}/out.npy", names=entry["names"])
                    self.assertEqual(os.listdir(folder), [])

    def test_info_of_the_refused_describes_or_says_why(self):
        for entry in ENTRIES:
            if "refused" not in entry:
                continue
            with self.subTest(entry["path"]):
                result = run("info", FIXTURES / entry["path"], "--json")
                if result.code == 0:
                    json.loads(result.out)
                else:
                    self.assertEqual((result.code, entry["info"]), (1, "either"), result)
                    self.assertOneLine(result)

    def test_groups_and_archives_list_their_members(self):
        for path, names in {
            "npz/stored.npz": {"features", "labels", "scalar", "empty", "fortran", "big"},
            "npz/deflated.npz": {"features", "labels", "scalar", "empty", "fortran", "big"},
            "zarr-python/group-v3.zarr": {"features", "labels"},
            "zarr-python/group-v2.zarr": {"features", "labels"},
        }.items():
            with self.subTest(path):
                said = json.loads(self.ok("info", FIXTURES / path, "--json").out)
                self.assertLessEqual(names, {member["name"] for member in said["members"]})

    def test_reading_changes_nothing(self):
        before = {entry["path"]: _times(FIXTURES / entry["path"]) for entry in ENTRIES if ".zarr" in entry["path"]}
        for path in list(before)[::9]:
            run("info", FIXTURES / path)
            run("verify", FIXTURES / path)
            self.assertEqual(_times(FIXTURES / path), before[path], path)


def _times(folder):
    return sorted((str(p), p.stat().st_mtime_ns) for p in folder.rglob("*")) if os.path.isdir(folder) else None


if __name__ == "__main__":
    unittest.main()
